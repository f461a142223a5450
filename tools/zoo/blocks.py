"""Numbers in other formats, rounded to the nearest: plain ones, and the blocks of GGUF files.

The blocks hold the nearest numbers under the scale that the largest of a block asks for; nothing is searched for,
and no example text is weighed in, so they are a little coarser than the best that their format can do.  Q8_0, Q5_1,
Q4_1 and Q4_0 are the bytes that llama.cpp's reference code makes.
"""
import numpy

F4 = numpy.float32
NONLINEAR = numpy.array([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], F4)
NUMBER = {'F32': 0, 'F16': 1, 'Q4_0': 2, 'Q4_1': 3, 'Q5_1': 7, 'Q8_0': 8, 'Q4_K': 12, 'Q6_K': 14,
          'IQ4_NL': 20, 'BF16': 30}  # GGUF's numbers of the types


def bf16(array):
    """Nearest, ties to even; finite numbers only."""
    words = numpy.ascontiguousarray(array, '<f4').view('<u4')
    return ((words + 0x7fff + (words >> 16 & 1)) >> 16).astype('<u2')


def f8(array):
    """E4M3 without infinities: nearest, ties to even, at most 448."""
    small = numpy.minimum(numpy.abs(array), F4(448))
    power = numpy.maximum(numpy.frexp(small)[1] - 1, -6)
    steps = numpy.rint(numpy.ldexp(small, 3 - power)).astype(numpy.int32)  # 8 to 16, or fewer below 2^-6
    over = steps == 16
    power, steps = power + over, numpy.where(over, 8, steps)
    code = numpy.where(steps < 8, steps, (power + 7 << 3) + steps - 8)
    return (code | numpy.signbit(array).astype(numpy.int32) << 7).astype('u1')


PLAIN = {'F32': lambda array: numpy.ascontiguousarray(array, '<f4'),
         'F16': lambda array: array.astype('<f2'), 'BF16': bf16, 'F8_E4M3': f8}


def divide(one, other):
    """one / other, and 0 where other is 0."""
    return numpy.divide(one, other, out=numpy.zeros(numpy.broadcast(one, other).shape, F4), where=other != 0)


def away(array):
    """Nearest, halves away from zero."""
    return numpy.sign(array) * numpy.floor(numpy.abs(array) + F4(0.5))


def raw(*fields):
    """Blocks as rows of bytes, from their fields."""
    return numpy.concatenate([numpy.ascontiguousarray(field).view('u1').reshape(len(field), -1)
                              for field in fields], axis=1)


def largest(x):
    """Of each row, the number farthest from zero, with its sign."""
    return numpy.take_along_axis(x, numpy.abs(x).argmax(-1)[..., None], -1)


def q8_0(array):
    x = array.reshape(-1, 32)
    scale = numpy.abs(x).max(1, keepdims=True) / F4(127)
    return raw(scale.astype('<f2'), away(x * divide(F4(1), scale)).astype('i1'))


def halves(q):
    """32 numbers below 16 in 16 bytes, the second half in the upper bits."""
    return (q[:, :16] | q[:, 16:] << 4).astype('u1')


def q4_0(array):
    x = array.reshape(-1, 32)
    scale = largest(x) / F4(-8)
    q = numpy.minimum((x * divide(F4(1), scale) + F4(8.5)).astype('u1'), 15)
    return raw(scale.astype('<f2'), halves(q))


def between(x, top):
    """(step, least, numbers from 0 to top) of each row."""
    least = x.min(1, keepdims=True)
    scale = (x.max(1, keepdims=True) - least) / F4(top)
    q = ((x - least) * divide(F4(1), scale) + F4(0.5)).astype('u1')
    return scale, least, numpy.minimum(q, top)


def q4_1(array):
    scale, least, q = between(array.reshape(-1, 32), 15)
    return raw(scale.astype('<f2'), least.astype('<f2'), halves(q))


def q5_1(array):
    scale, least, q = between(array.reshape(-1, 32), 31)
    return raw(scale.astype('<f2'), least.astype('<f2'),
               numpy.packbits(q >> 4, axis=1, bitorder='little'), halves(q & 15))


def iq4_nl(array):
    x = array.reshape(-1, 32)
    scale = (largest(x) / F4(-127)).astype('<f2')
    q = numpy.abs(divide(x, scale.astype(F4))[..., None] - NONLINEAR).argmin(-1)
    return raw(scale, halves(q))


def q6_k(array):
    """256 numbers in 16 groups, each group with a scale of 8 bits, under one scale."""
    x = array.reshape(-1, 16, 16)
    groups = largest(x)[..., 0] / F4(-32)
    scale = (largest(groups) / F4(-128)).astype('<f2')
    small = numpy.clip(away(divide(groups, scale.astype(F4))), -128, 127)
    q = numpy.clip(away(divide(x, (scale.astype(F4) * small)[..., None])), -32, 31).astype(int) + 32
    q = q.reshape(-1, 2, 4, 32)  # two halves of four runs
    low = numpy.stack([q[:, :, 0] & 15 | (q[:, :, 2] & 15) << 4,
                       q[:, :, 1] & 15 | (q[:, :, 3] & 15) << 4], axis=2).astype('u1')
    high = sum((q[:, :, run] >> 4) << 2 * run for run in range(4)).astype('u1')
    return raw(low.reshape(-1, 128), high.reshape(-1, 64), small.astype('i1'), scale)


def six_bits(scales, leasts):
    """Eight scales and eight offsets of 6 bits in 12 bytes."""
    first = scales[:, :4] | (scales[:, 4:] >> 4) << 6
    second = leasts[:, :4] | (leasts[:, 4:] >> 4) << 6
    return numpy.concatenate([first, second, scales[:, 4:] & 15 | (leasts[:, 4:] & 15) << 4],
                             axis=1).astype('u1')


def q4_k(array):
    """256 numbers in 8 groups, each with a scale and an offset of 6 bits, under one scale for each."""
    x = array.reshape(-1, 8, 32)
    least = numpy.minimum(x.min(2), 0)
    step = (x.max(2) - least) / F4(15)
    scale = (step.max(1, keepdims=True) / F4(63)).astype('<f2')
    offset = (-least.min(1, keepdims=True) / F4(63)).astype('<f2')
    steps = numpy.minimum(away(divide(step, scale.astype(F4))), 63).astype(int)
    leasts = numpy.minimum(away(divide(-least, offset.astype(F4))), 63).astype(int)
    own, below = scale.astype(F4) * steps.astype(F4), offset.astype(F4) * leasts.astype(F4)
    q = numpy.clip(away(divide(x + below[..., None], own[..., None])), 0, 15).astype(int)
    q = q.reshape(-1, 4, 2, 32)
    return raw(scale, offset, six_bits(steps, leasts), (q[:, :, 0] | q[:, :, 1] << 4).astype('u1').reshape(-1, 128))


BLOCKS = {'Q8_0': q8_0, 'Q5_1': q5_1, 'Q4_1': q4_1, 'Q4_0': q4_0, 'IQ4_NL': iq4_nl, 'Q6_K': q6_k, 'Q4_K': q4_k}

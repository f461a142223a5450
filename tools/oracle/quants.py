"""Compare the dequantization of every type of weights with the Python package gguf (F8: torch), bit for bit.

    quants.py live [--blocks N] [--seed S]   random and edge blocks through libpot's kernels, at every instruction set
    quants.py golden                         writes tests/golden/quants/: a few blocks per type and what gguf makes of them

Blocks are random bytes; in half of them the f16 scales are replaced by edge values: zero, denormal, smallest,
negative, largest.  Scales that are infinite or NaN do not occur: pot refuses such weights (docs/format/gguf.md).
"""
import argparse
import ctypes
import os
import subprocess
import sys

import numpy as np
from gguf import GGMLQuantizationType as T
from gguf import GGML_QUANT_SIZES
from gguf.quants import dequantize

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
GOLDEN = os.path.join(ROOT, "tests/golden/quants")
# in the order of POT_DTYPE_LIST; with the places of f16 scales
TYPES = dict(F32=[], F16=[0], BF16=[], Q4_0=[0], Q4_1=[0, 2], Q5_0=[0], Q5_1=[0, 2], Q8_0=[0], Q2_K=[80, 82], Q3_K=[108],
             Q4_K=[0, 2], Q5_K=[0, 2], Q6_K=[208], IQ2_XXS=[0], IQ2_XS=[0], IQ3_XXS=[0], IQ1_S=[0], IQ4_NL=[0], IQ3_S=[0],
             IQ2_S=[0], IQ4_XS=[0], IQ1_M=[], TQ1_0=[52], TQ2_0=[64], MXFP4=[], F8_E4M3=[], F8_E5M2=[])
F8 = dict(F8_E4M3="float8_e4m3fn", F8_E5M2="float8_e5m2")  # torch's, where gguf has none
EDGES = np.array([0x0000, 0x8000, 0x0001, 0x8001, 0x03ff, 0x83ff, 0x0400, 0x8400, 0x3c00, 0xbc00, 0x7bff, 0xfbff], np.uint16)


def finite(h):
    """Halves that are neither infinite nor NaN."""
    return np.where((h & 0x7C00) == 0x7C00, h & 0xBFFF, h).astype(np.uint16)


def block(name):
    """Elements and bytes."""
    return (1, 1) if name in F8 else GGML_QUANT_SIZES[T[name]]


def blocks(name, n, rng):
    if name in F8:
        b = np.resize(np.arange(256), n)
        special = (b & 0x7F) == 0x7F if name == "F8_E4M3" else (b & 0x7C) == 0x7C
        return np.where(special, 0, b).astype(np.uint8).reshape(n, 1)
    size = block(name)[1]
    b = rng.integers(0, 256, (n, size), dtype=np.uint8)
    edge = rng.random(n) < 0.5
    for at in TYPES[name]:
        h = finite(b[:, at].astype(np.uint16) | b[:, at + 1].astype(np.uint16) << 8)
        h = np.where(edge, rng.choice(EDGES, n), h)
        b[:, at], b[:, at + 1] = h & 255, h >> 8
    if name == "IQ1_M":
        top = [49, 51, 53, 55]
        h = sum((b[:, at].astype(np.uint16) >> 4) << 4 * i for i, at in enumerate(top)).astype(np.uint16)
        h = np.where(edge, rng.choice(EDGES, n), finite(h))
        for i, at in enumerate(top):
            b[:, at] = b[:, at] & 15 | ((h >> 4 * i) & 15) << 4
    if name == "MXFP4":
        b[:, 0] = np.where(edge, rng.choice([0, 1, 2, 127, 252], n), b[:, 0] % 253)
    if name in ("F32", "BF16"):
        b[:, -1] &= 0xBF  # exponents below those of infinities
    return b


def reference(name, b):
    if name in F8:
        import torch
        return torch.from_numpy(b).view(getattr(torch, F8[name])).float().numpy().reshape(-1)
    with np.errstate(all="ignore"):
        return np.ascontiguousarray(dequantize(b, T[name]), dtype=np.float32).reshape(-1)


DRIVER = r"""
#include "kernel/kernel.h"
#include <string.h>
__attribute__((visibility("default"))) int widen(const char *level, float *out, const void *in, int type, size_t n)
{
    pot_kernels k;
    if (!pot_kernels_init(&k, level) || strcmp(k.name, level) != 0) return 1;
    k.widen(out, in, (pot_dtype)type, n);
    return 0;
}
"""


def library():
    made = os.path.join(ROOT, "build/oracle-quants.so")
    source = made[:-3] + ".c"
    with open(source, "w") as f:
        f.write(DRIVER)
    subprocess.run(["gcc", "-std=c11", "-O2", "-shared", "-fPIC", "-I" + os.path.join(ROOT, "src"), "-I" + os.path.join(ROOT, "include"),
                    "-o", made, source, os.path.join(ROOT, "build/release/libpot.a"), "-lm"], check=True)
    return ctypes.CDLL(made)


def live(n, seed):
    lib, rng, bad = library(), np.random.default_rng(seed), 0
    for number, name in enumerate(TYPES):
        b = blocks(name, n, rng)
        want = reference(name, b)
        told = []
        for level in ("ref", "avx2", "avx512"):
            got = np.full(want.size, np.nan, np.float32)
            if lib.widen(level.encode(), got.ctypes.data_as(ctypes.c_void_p), b.ctypes.data_as(ctypes.c_void_p), number,
                         ctypes.c_size_t(want.size)):
                continue
            wrong = int(np.sum(got.view(np.uint32) != want.view(np.uint32)))
            bad += wrong
            told.append(f"{level} {wrong} differ")
        print(f"{name:8} {n} blocks, {want.size} elements: {', '.join(told)}")
    print("quants:", "no difference" if not bad else f"{bad} differences", f"(--seed {seed})")
    return bad != 0


def golden():
    os.makedirs(GOLDEN, exist_ok=True)
    rng = np.random.default_rng(1)
    for name in TYPES:
        n = 256 if name in F8 else 64 if block(name)[0] == 1 else 4
        b = blocks(name, n, rng)
        with open(os.path.join(GOLDEN, name), "wb") as f:
            f.write(b.tobytes() + reference(name, b).tobytes())


if __name__ == "__main__":
    p = argparse.ArgumentParser()
    p.add_argument("what", choices=["live", "golden"])
    p.add_argument("--blocks", type=int, default=2000)
    p.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "little"))
    a = p.parse_args()
    sys.exit(live(a.blocks, a.seed) if a.what == "live" else golden())

#!/usr/bin/env python3
"""Find the polynomials of src/kernel/coef.h again: minimax by the Remez exchange in mpmath.

Needs the mpmath package; prints the coefficients as f32 and the largest error of each fit.
"""
import struct

from mpmath import cos, erf, log, lu_solve, matrix, mp, mpf, nstr, pi, sqrt, tanh

mp.prec = 160


def f32(x):
    return struct.unpack("f", struct.pack("f", float(x)))[0]


def extrema(points, errors, want):
    """One extremum of the error per run of equal sign; the smaller end ones go first."""
    runs = []
    for i, e in enumerate(errors):
        sign = e >= 0
        if not runs or runs[-1][0] != sign:
            runs.append((sign, i))
        elif abs(e) > abs(errors[runs[-1][1]]):
            runs[-1] = (sign, i)
    while len(runs) > want:
        runs.pop(0 if abs(errors[runs[0][1]]) < abs(errors[runs[-1][1]]) else -1)
    return [points[i] for _, i in runs]


def remez(f, weight, a, b, n):
    """Coefficients c[0..n) that minimize the largest weight(x) |sum c_i x^i - f(x)| on [a, b]."""
    xs = [(a + b) / 2 - (b - a) / 2 * cos(pi * i / n) for i in range(n + 1)]
    grid = [a + (b - a) * mpf(i) / 2000 for i in range(2001)]
    for _ in range(30):
        system, right = matrix(n + 1, n + 1), matrix(n + 1, 1)
        for i, x in enumerate(xs):
            for j in range(n):
                system[i, j] = x**j
            system[i, n] = (-1) ** i / weight(x)
            right[i] = f(x)
        c = [lu_solve(system, right)[j] for j in range(n)]
        errors = [weight(x) * (sum(c[j] * x**j for j in range(n)) - f(x)) for x in grid]
        new = extrema(grid, errors, n + 1)
        if len(new) < n + 1:
            break
        xs = new
    return c, max(abs(e) for e in errors)


def show(name, fit):
    c, error = fit
    print(f"{name}: largest error {nstr(error, 3)}")
    print("    " + ", ".join(f32(x).hex() for x in c))


tiny = mpf("1e-12")
show("TANH_C", remez(lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, lambda z: z, tiny, mpf("0.625") ** 2, 5))
show("ERF_P", remez(lambda z: erf(sqrt(z)) / sqrt(z) - 1, lambda z: mpf(1), tiny, mpf("0.921875") ** 2, 7))
show("ERF_Q", remez(lambda x: -log(1 - erf(x)) / x - 1, lambda x: x * (1 - erf(x)), mpf("0.921875"), mpf(4), 6))

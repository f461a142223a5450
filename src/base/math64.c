#include "base/math64.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define LN2_HI 0x1.62e42feep-1 /* 32 bits, so that k * LN2_HI is exact */
#define LN2_LO 0x1.a39ef35793c76p-33
#define LOG2_E 0x1.71547652b82fep0

/* pi/2 in parts of 33 bits: n * PIO2_1 and n * PIO2_2 are exact for n < 2^20. */
#define PIO2_1   0x1.921fb544p0
#define PIO2_2   0x1.0b4611a6p-34
#define PIO2_3   0x1.3198a2e037073p-69
#define TWO_O_PI 0x1.45f306dc9c883p-1

#define ROUNDER 0x1.8p52 /* adding and subtracting it rounds to an integer, ties to even */

static uint64_t bits(double x)
{
    uint64_t u;
    memcpy(&u, &x, sizeof u);
    return u;
}

static double from_bits(uint64_t u)
{
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

/* Sum of c[i] x^i, i < n. */
static double horner(const double *c, int n, double x)
{
    double y = c[n - 1];
    for (int i = n - 2; i >= 0; i--)
        y = y * x + c[i];
    return y;
}

double pot_log(double x)
{
    if (!(x > 0)) return x == 0 ? -HUGE_VAL : (double)NAN;
    if (x > 0x1.fffffffffffffp1023) return x;
    int k = 0;
    if (x < 0x1p-1022) x *= 0x1p54, k = -54;
    /* x = 2^k m, sqrt(1/2) <= m < sqrt(2) */
    const uint64_t u = bits(x) + (0x3ff0000000000000u - 0x3fe6a09e00000000u);
    k += (int)(u >> 52) - 1023;
    const double m = from_bits((u & 0x000fffffffffffffu) + 0x3fe6a09e00000000u);

    /* log m = f - f^2/2 + s (f^2/2 + R),  s = f/(2+f),  R = 2 s^2/3 + 2 s^4/5 + ... */
    static const double c[] = {0,        2.0 / 3,  2.0 / 5,  2.0 / 7,  2.0 / 9,  2.0 / 11,
                               2.0 / 13, 2.0 / 15, 2.0 / 17, 2.0 / 19, 2.0 / 21, 2.0 / 23};
    const double f = m - 1, s = f / (2 + f), half = 0.5 * f * f;
    const double r = horner(c, 12, s * s);
    return k * LN2_HI - ((half - (s * (half + r) + k * LN2_LO)) - f);
}

static double two_to(int k) /* -1022 <= k <= 1023 */
{
    return from_bits((uint64_t)(k + 1023) << 52);
}

double pot_exp(double x)
{
    if (x != x) return x;
    if (x > 710) return HUGE_VAL;
    if (x < -746) return 0;
    static const double c[] = {1.0,
                               1.0,
                               1.0 / 2,
                               1.0 / 6,
                               1.0 / 24,
                               1.0 / 120,
                               1.0 / 720,
                               1.0 / 5040,
                               1.0 / 40320,
                               1.0 / 362880,
                               1.0 / 3628800,
                               1.0 / 39916800,
                               1.0 / 479001600,
                               1.0 / 6227020800};
    const double n = (x * LOG2_E + ROUNDER) - ROUNDER;
    const double r = (x - n * LN2_HI) - n * LN2_LO; /* |r| <= ln(2)/2 */
    const int k = (int)n, half = k / 2;
    return horner(c, 14, r) * two_to(half) * two_to(k - half);
}

double pot_pow(double x, double y)
{
    return pot_exp(y * pot_log(x));
}

void pot_sincos(double x, double *sin_x, double *cos_x)
{
    static const double s[] = {1.0,
                               -1.0 / 6,
                               1.0 / 120,
                               -1.0 / 5040,
                               1.0 / 362880,
                               -1.0 / 39916800,
                               1.0 / 6227020800,
                               -1.0 / 1307674368000,
                               1.0 / 355687428096000};
    static const double c[] = {1.0,
                               -1.0 / 2,
                               1.0 / 24,
                               -1.0 / 720,
                               1.0 / 40320,
                               -1.0 / 3628800,
                               1.0 / 479001600,
                               -1.0 / 87178291200,
                               1.0 / 20922789888000,
                               -1.0 / 6402373705728000};
    if (!(x >= 0 && x <= 1.6e6)) {
        *sin_x = *cos_x = (double)NAN;
        return;
    }
    const double n = (x * TWO_O_PI + ROUNDER) - ROUNDER;
    const double r = ((x - n * PIO2_1) - n * PIO2_2) - n * PIO2_3; /* |r| <= pi/4 */
    const double z = r * r, sr = r * horner(s, 9, z), cr = horner(c, 10, z);
    switch ((unsigned)n & 3) { /* the quadrant */
    case 0:
        *sin_x = sr, *cos_x = cr;
        break;
    case 1:
        *sin_x = cr, *cos_x = -sr;
        break;
    case 2:
        *sin_x = -sr, *cos_x = -cr;
        break;
    default:
        *sin_x = -cr, *cos_x = sr;
        break;
    }
}

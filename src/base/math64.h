/* math64.h - logarithm, exponential, sine and power in binary64 with the same bits
 * everywhere: libm's differ from one version and processor to the next, ours are a fixed
 * sequence of +, -, * and / (no fma, no contraction).  Errors stay below 2 ulp, of sine and
 * cosine below 3; the polynomials are Taylor series, cut where the next term is below 2^-57
 * of the sum. */
#ifndef POT_BASE_MATH64_H
#define POT_BASE_MATH64_H

double pot_log(double x);           /* x > 0; 0 -> -inf, negative or NaN -> NaN */
double pot_exp(double x);           /* underflows to 0 through the denormals, overflows to inf */
double pot_pow(double x, double y); /* x > 0; error below 2 + 2.5 |y log x| ulp */

/* 0 <= x <= 1.6e6, the range of a position; outside it NaN. */
void pot_sincos(double x, double *sin_x, double *cos_x);

#endif

/* coef.h - constants of the f32 functions; part of the contract pot-f32-1.
 *
 * Written as hexadecimal floats, so that they are the same bits for every compiler.
 * tools/fit_f32.py finds them again; tests/unit/test_fmath.c measures the errors. */
#ifndef POT_KERNEL_COEF_H
#define POT_KERNEL_COEF_H

/* exp x = 2^n e^r,  n = round(x log2 e),  r = x - n ln 2.  Taylor series of e^r to r^7: the
 * next term is 5e-9, a tenth of half an ulp. */
#define EXP_LOG2E   0x1.715476p+0f
#define EXP_LN2_HI  0x1.62e430p-1f
#define EXP_LN2_LO  (-0x1.05c610p-29f)
#define EXP_ROUNDER 0x1.8p23f /* adding it rounds to an integer, ties to even */
#define EXP_MIN     -104.0f   /* below: 0 */
#define EXP_MAX     89.0f     /* above: infinity */
static const float EXP_C[8] = {1.0f,           1.0f,           0x1p-1f,         0x1.555556p-3f,
                               0x1.555556p-5f, 0x1.111112p-7f, 0x1.6c16c2p-10f, 0x1.a01a02p-13f};

/* |x| < 0.625: tanh x = x + x z P(z), z = x^2 (error 4e-9); else 1 - 2 / (exp 2|x| + 1). */
#define TANH_SPLIT 0.625f
static const float TANH_C[5] = {-0x1.555534p-2f, 0x1.110768p-3f, -0x1.b84448p-5f, 0x1.5256d8p-6f,
                                -0x1.76ac1cp-8f};

/* |x| < 59/64: erf x = x + x P(z) (error 4e-10); else 1 - exp(-(t + t Q(t))), t = min(|x|, 4)
 * (error 3e-9; 1 - erf 4 is less than half an ulp of 1). */
#define ERF_SPLIT 0x1.d8p-1f
#define ERF_MAX   4.0f
static const float ERF_P[7] = {0x1.06eba8p-3f, -0x1.812744p-2f,  0x1.ce2e30p-4f, -0x1.b811c2p-6f,
                               0x1.54e652p-8f, -0x1.ab48e0p-11f, 0x1.603abep-14f};
static const float ERF_Q[6] = {0x1.073054p-3f,  0x1.457eccp-1f, 0x1.af1236p-4f,
                               -0x1.76d0b0p-6f, 0x1.a4d82cp-9f, -0x1.bfad4ep-13f};

#define GELU_SQRT_HALF 0x1.6a09e6p-1f /* 1/sqrt(2) */
#define GELU_SQRT_2_PI 0x1.988454p-1f /* sqrt(2/pi) */
#define GELU_CUBE      0x1.6e4e26p-5f /* 0.044715 */
#define QUICK_GELU     0x1.b3b646p+0f /* 1.702 */
#define SWIGLU_LIMIT   7.0f

#endif

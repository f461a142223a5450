/* fpenv.h - the floating-point environment of the numeric contract.
 *
 * Round to nearest even, denormals kept, no traps: what a C program starts with, but a host
 * that was linked with -ffast-math switches to flush-to-zero for all its threads.  Code
 * whose bits count runs between pot_fp_enter and pot_fp_leave. */
#ifndef POT_BASE_FPENV_H
#define POT_BASE_FPENV_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__)
static inline uint64_t pot_fp_enter(void)
{
    const unsigned old = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(0x1f80);
    return old;
}

static inline void pot_fp_leave(uint64_t old)
{
    __builtin_ia32_ldmxcsr((unsigned)old);
}

/* Within a kernel of pot-bf16-1: denormal operands are zeros, and so are results that are tiny
 * after rounding (see kernel.h). */
static inline uint64_t pot_fp_flush(void)
{
    const unsigned old = __builtin_ia32_stmxcsr();
    __builtin_ia32_ldmxcsr(0x9fc0);
    return old;
}
#elif defined(__aarch64__)
static inline uint64_t pot_fp_enter(void)
{
    uint64_t old;
    __asm__ volatile("mrs %0, fpcr" : "=r"(old));
    __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)0));
    return old;
}

static inline void pot_fp_leave(uint64_t old)
{
    __asm__ volatile("msr fpcr, %0" : : "r"(old) : "memory");
}

/* Here results are flushed that are tiny before rounding, which are a few more.  pot_fp_flushed
 * tells whether there was one since. */
static inline uint64_t pot_fp_flush(void)
{
    uint64_t old;
    __asm__ volatile("mrs %0, fpcr" : "=r"(old));
    __asm__ volatile("msr fpcr, %0\n\tmsr fpsr, xzr" : : "r"((uint64_t)1 << 24) : "memory");
    return old;
}

static inline bool pot_fp_flushed(void)
{
    uint64_t flags;
    __asm__ volatile("mrs %0, fpsr" : "=r"(flags) : : "memory");
    return flags & 8; /* underflow */
}
#else
#error "this processor needs its own pot_fp_enter: say how to keep denormals and round to even"
#endif

#endif

#include "kernel/kernel.h"

#include "base/fail.h"

#include <string.h>

#if defined(__x86_64__)
#include <cpuid.h>

static bool has_avx2(void)
{
    unsigned a, b, c, d;
    __builtin_cpu_init(); /* looks at the registers that the system saves, too */
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return false;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C); /* clang 14 has no name for it */
}

static bool has_avx512(void)
{
    return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

static bool has_avx512bf16(void)
{
    unsigned a, b, c, d;
    return has_avx512() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1u << 5);
}
#endif

static bool always(void)
{
    return true;
}

#if defined(__x86_64__)
#define X86(here, fill) here, fill
#define ARM(here, fill) NULL, NULL
#elif defined(__aarch64__)
#define X86(here, fill) NULL, NULL
#define ARM(here, fill) here, fill
#endif

/* From slow to fast, with those of other processors, so that a name means a limit anywhere. */
static const struct level {
    const char *name;
    bool (*here)(void); /* NULL: another processor's */
    void (*fill)(pot_kernels *k);
} levels[] = {
    {"ref", always, pot_kernels_ref},
    {"neon", ARM(always, pot_kernels_neon)},
    {"avx2", X86(has_avx2, pot_kernels_avx2)},
    {"avx512", X86(has_avx512, pot_kernels_avx512)},
    {"avx512bf16", X86(has_avx512bf16, pot_kernels_avx512bf16)},
};
enum { LEVELS = sizeof levels / sizeof *levels };

const char *pot_kernels_level(size_t i)
{
    for (size_t l = 0; l < LEVELS; l++)
        if (levels[l].here && i-- == 0) return levels[l].name;
    return NULL;
}

bool pot_kernels_init(pot_kernels *k, const char *max)
{
    size_t n = 0;
    for (size_t i = 0; i < LEVELS; i++)
        if (!max || strcmp(max, levels[i].name) == 0) n = i + 1;
    for (size_t i = 0; i < n; i++)
        if (levels[i].here && levels[i].here()) levels[i].fill(k);
    return n > 0 && pot_kernels_profile(k, NULL);
}

bool pot_kernels_profile(pot_kernels *k, const char *profile)
{
    if (profile && strcmp(profile, k->f32.profile) != 0 && strcmp(profile, k->bf16.profile) != 0)
        return false;
    k->linear = profile && strcmp(profile, k->bf16.profile) == 0 ? k->bf16 : k->f32;
    return true;
}

pot_status pot_kernels_choose(pot_kernels *k, const pot_compute *how, pot_error *err)
{
    if (!pot_kernels_init(k, how->kernel))
        return pot_fail(err, POT_E_ARG,
                        "there is no kernel \"%.20s\"; ref, neon, avx2, avx512 and avx512bf16 are",
                        how->kernel);
    if (!pot_kernels_profile(k, how->profile))
        return pot_fail(err, POT_E_ARG,
                        "there is no numeric profile \"%.20s\"; pot-f32-1 and pot-bf16-1 are",
                        how->profile);
    return POT_OK;
}

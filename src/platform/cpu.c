// SPDX-License-Identifier: MIT
#include <ruview/platform/cpu.h>

#include <ruview/math/kernels.h>

#include <stdlib.h>

static uint32_t
detect(void)
{
    uint32_t mask = 0;
#if defined(__x86_64__) && (defined(__GNUC__) || defined(__clang__))
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("popcnt")) {
        mask |= RV_CPU_AVX2;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
            __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")) {
            mask |= RV_CPU_AVX512;
        }
    }
#endif
    return mask;
}

uint32_t
rv_cpu_mask(void)
{
    const uint32_t    found = detect();
    const char *const text  = getenv("RUVIEW_CPU_MASK");
    if (!text || !*text) {
        return found;
    }
    char               *end    = NULL;
    const unsigned long wanted = strtoul(text, &end, 0);
    if (*end) { // not a number: say nothing, be safe
        return 0;
    }
    return (found & (uint32_t)wanted) | ((uint32_t)wanted & RV_CPU_PLAIN);
}

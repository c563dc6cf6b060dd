// SPDX-License-Identifier: MIT
#include "cir/hot.h"

#define CIR_CPU_AVX2   1U
#define CIR_CPU_AVX512 2U
#define CIR_CPU_PLAIN  256U

extern const rv_cir_hot rv_cir_hot_base;
#ifdef RV_HAVE_VARIANT_plain
extern const rv_cir_hot rv_cir_hot_plain;
#endif
#ifdef RV_HAVE_VARIANT_avx2
extern const rv_cir_hot rv_cir_hot_avx2;
#endif
#ifdef RV_HAVE_VARIANT_avx512
extern const rv_cir_hot rv_cir_hot_avx512;
#endif

const rv_cir_hot *
rv_cir_hot_for(const uint32_t cpu_mask)
{
#ifdef RV_HAVE_VARIANT_plain
    if (cpu_mask & CIR_CPU_PLAIN) {
        return &rv_cir_hot_plain;
    }
#endif
#ifdef RV_HAVE_VARIANT_avx512
    if ((cpu_mask & CIR_CPU_AVX512) && (cpu_mask & CIR_CPU_AVX2)) {
        return &rv_cir_hot_avx512;
    }
#endif
#ifdef RV_HAVE_VARIANT_avx2
    if (cpu_mask & CIR_CPU_AVX2) {
        return &rv_cir_hot_avx2;
    }
#endif
    return &rv_cir_hot_base;
}

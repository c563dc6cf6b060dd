// SPDX-License-Identifier: MIT
#include "cir/hot.h"

#include "math/variants.h"

#define DECLARE(name)                                                                  \
    extern const rv_cir_hot      rv_cir_hot_##name;                                    \
    extern const rv_cir_gradient rv_cir_gradient_##name;                               \
    extern const rv_cir_fit      rv_cir_fit_##name;
RV_VARIANTS(DECLARE)
#undef DECLARE

typedef struct {
    const rv_cir_hot      *hot;
    const rv_cir_gradient *gradient;
    const rv_cir_fit      *fit;
} variant;

static const variant all[] = {
#define ROW(name) {&rv_cir_hot_##name, &rv_cir_gradient_##name, &rv_cir_fit_##name},
    RV_VARIANTS(ROW)
#undef ROW
};

static const variant *
variant_for(const uint32_t cpu_mask)
{
    const rv_kernels *const chosen = rv_kernels_for(cpu_mask);
    for (uint32_t i = 0; i < sizeof all / sizeof *all; ++i) {
        if (rv_kernels_variant(i) == chosen) {
            return &all[i];
        }
    }
    return &all[0];
}

const rv_cir_hot *
rv_cir_hot_for(const uint32_t cpu_mask)
{
    return variant_for(cpu_mask)->hot;
}

const rv_cir_gradient *
rv_cir_gradient_for(const uint32_t cpu_mask)
{
    return variant_for(cpu_mask)->gradient;
}

const rv_cir_fit *
rv_cir_fit_for(const uint32_t cpu_mask)
{
    return variant_for(cpu_mask)->fit;
}

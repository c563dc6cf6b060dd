// SPDX-License-Identifier: MIT
#include <ruview/math/kernels.h>

#include "math/variants.h"

static const rv_kernels *const all[] = {
#define RV_VARIANT_ROW(name) &rv_kernels_##name,
    RV_VARIANTS(RV_VARIANT_ROW)
#undef RV_VARIANT_ROW
};

enum { n_all = sizeof all / sizeof *all };

const rv_kernels *
rv_kernels_variant(const uint32_t index)
{
    return index < n_all ? all[index] : 0;
}

static uint32_t
choose(const uint32_t cpu_mask)
{
    uint32_t i = 0;
    RV_VARIANT_CHOOSE(all, n_all, cpu_mask, i);
    return i;
}

const rv_kernels *
rv_kernels_for(const uint32_t cpu_mask)
{
    return all[choose(cpu_mask)];
}

// Whether any source of the variant was compiled to fused multiply-adds
static int
fuses(const uint32_t index)
{
    static int (*const probes[])(void) = {
#define RV_VARIANT_ROW(name)                                                           \
    rv_fuses_kernels_##name, rv_fuses_kernels_16_##name, rv_fuses_elementary_##name,   \
        rv_fuses_fft_##name,
        RV_VARIANTS(RV_VARIANT_ROW)
#undef RV_VARIANT_ROW
    };
    enum { per_variant = sizeof probes / sizeof *probes / n_all };
    int found = 0;
    for (uint32_t i = 0; i < per_variant; ++i) {
        found |= probes[index * per_variant + i]();
    }
    return found;
}

rv_status
rv_math_selftest(const uint32_t cpu_mask)
{
    volatile float       tiny  = 1.17549435e-38F; // the smallest normal number
    volatile float       half  = 0.5F;
    volatile float       one   = 1.0F;
    volatile float       small = 5.96046448e-8F; // 2^-24: a tie with 1
    volatile double      wide  = 2.2250738585072014e-308;
    const volatile float under = tiny * half;
    if (under == 0.0F || under * 2.0F != tiny || wide * 0.5 == 0.0) {
        return RV_ERR_MACHINE; // subnormals are flushed
    }
    if (one + small != 1.0F || one + small * 1.5F != 1.00000012F ||
        -one - small * 1.5F != -1.00000012F || one - small * 0.5F != 1.0F) {
        return RV_ERR_MACHINE; // another rounding than to nearest, ties to even
    }
    volatile float a =
        1.000244140625F; // 1 + 2^-12: the last term of a^2 is rounded off
    volatile float c = -1.00048828125F;
    if (a * a + c != 0.0F || fuses(choose(cpu_mask))) {
        return RV_ERR_MACHINE; // contracted to a fused multiply-add
    }
    return RV_OK;
}

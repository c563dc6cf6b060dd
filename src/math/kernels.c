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

const rv_kernels *
rv_kernels_for(const uint32_t cpu_mask)
{
    if (cpu_mask & RV_CPU_PLAIN) {
        return all[0];
    }
    uint32_t i = n_all - 1;
    while (i > 1 && (all[i]->needs & ~cpu_mask) != 0) {
        --i;
    }
    return all[i];
}

// A product that rounding changes: fused with the sum it would give another result.
// (1 + 2^-12)(1 + 2^-12) = 1 + 2^-11 + 2^-24, and the last term is lost when rounded.
static int
fuses(const rv_kernels *const k)
{
    volatile float a = 1.000244140625F;
    volatile float c = -1.00048828125F;
    const float    x = a;
    float          y = c;
    k->axpy(x, &x, &y, 1);
    return y != 0.0F;
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
    volatile float a = 1.000244140625F;
    volatile float c = -1.00048828125F;
    if (a * a + c != 0.0F || fuses(rv_kernels_for(cpu_mask))) {
        return RV_ERR_MACHINE; // contracted to a fused multiply-add
    }
    return RV_OK;
}

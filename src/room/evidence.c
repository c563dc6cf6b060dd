// SPDX-License-Identifier: MIT
#include "room/evidence.h"

#include "math/variants.h"

#define DECLARE(name) extern const rv_evidence_kernel rv_evidence_kernel_##name;
RV_VARIANTS(DECLARE)
#undef DECLARE

static const rv_evidence_kernel *const all[] = {
#define ROW(name) &rv_evidence_kernel_##name,
    RV_VARIANTS(ROW)
#undef ROW
};

enum { n_all = sizeof all / sizeof *all };

const rv_evidence_kernel *
rv_evidence_kernel_variant(const uint32_t index)
{
    return index < n_all ? all[index] : 0;
}

const rv_evidence_kernel *
rv_evidence_kernel_for(const uint32_t cpu_mask)
{
    uint32_t i = 0;
    RV_VARIANT_CHOOSE(all, n_all, cpu_mask, i);
    return all[i];
}

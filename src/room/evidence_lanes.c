// SPDX-License-Identifier: MIT
#include "room/evidence.h"

#include "math/lanes.h"
#include "math/variants.h"

enum { lanes = 16 };

// One pair for a body whose log signal over the floor is u, over the empty room.
// ln(1 + e^u) from e^-|u| as (1 - |u| / 16)^16 and a quintic of the logarithm: within
// 0.02 of the truth.
RV_INLINE rv_vf
evidence_of(const rv_evidence_term *const t, const rv_vf u)
{
    const rv_vf one   = rv_splat(1.0F);
    const rv_vf zero  = rv_splat(0.0F);
    const rv_vf size  = rv_vabs(u);
    const rv_vf slope = one - size * rv_splat(0.0625F);
    const rv_vf root  = rv_select(rv_above(rv_splat(16.0F), size), slope, zero);
    const rv_vf r2    = root * root;
    const rv_vf r4    = r2 * r2;
    const rv_vf r8    = r4 * r4;
    const rv_vf w     = r8 * r8;
    const rv_vf p1    = rv_splat(-0.13606275F) + w * rv_splat(0.03215845F);
    const rv_vf p2    = rv_splat(0.28947478F) + w * p1;
    const rv_vf p3    = rv_splat(-0.49190896F) + w * p2;
    const rv_vf p4    = rv_splat(0.99949556F) + w * p3;
    const rv_vi up    = rv_above(u, zero);
    const rv_vf rise  = rv_select(up, u, zero) + w * p4;
    const rv_vf f     = rv_select(up, one, w) / (one + w);
    const rv_vf rest  = one - f;
    const rv_vf left  = rv_splat(t->excess) - rise;
    const rv_vf left2 = left * left;
    const rv_vf grow =
        rv_splat(t->grown) + (rv_splat(t->bend) * f + rv_splat(t->slope)) * f;
    const rv_vf mixed = rv_splat(t->share2) * rest * rest + f * f;
    const rv_vf wide  = rv_splat(t->base) + rv_splat(t->misfit2) * mixed;
    const rv_vf cost  = left2 / (wide + left2 * rv_splat(1.0F / rv_evidence_bound));
    return rv_splat(t->trust) * (rv_splat(-0.5F) * (cost + grow) - rv_splat(t->null));
}

static void
scan(const rv_evidence *const e, float *const log_strength, float *const score)
{
    for (uint32_t c = 0; c < e->n_cells; c += RV_WIDTH) {
        rv_vf sum = rv_splat(0.0F);
        for (uint32_t i = 0; i < e->n_terms; ++i) {
            const rv_evidence_term *const t = &e->term[i];
            sum += rv_splat(t->pull) * rv_load(t->gain + c, RV_WIDTH);
        }
        const rv_vf strength = rv_splat(e->mean) - rv_splat(e->scale) * sum;
        const rv_vf off      = strength - rv_splat(e->usual);
        rv_vf       total    = rv_splat(e->spread_scale) * off * off;
        for (uint32_t i = 0; i < e->n_terms; ++i) {
            const rv_evidence_term *const t    = &e->term[i];
            const rv_vf                   gain = rv_load(t->gain + c, RV_WIDTH);
            total += evidence_of(t, strength + gain - rv_splat(t->log_floor));
        }
        rv_store(log_strength + c, RV_WIDTH, strength);
        rv_store(score + c, RV_WIDTH, total);
    }
}

const rv_evidence_kernel RV_VARIANT_NAME(rv_evidence_kernel) = {
    .name = RV_VARIANT_TEXT, .needs = RV_VARIANT_NEEDS, .scan = scan};

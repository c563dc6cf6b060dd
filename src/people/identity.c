// SPDX-License-Identifier: MIT
#include <ruview/people/identity.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

// Chi-square, 99 %, of 1 .. 4 degrees of freedom
static const float fits[RV_GAIT_FEATURES + 1] = {0.0F, 6.63F, 9.21F, 11.34F, 13.28F};

// Least cosine of two bumps: what is smaller is rounding
static const float least = 1e-12F;

void
rv_identity_begin(rv_identity_store *const self, const rv_gait_config *const gait)
{
    memset(self, 0, sizeof *self);
    for (uint32_t f = 0; f < RV_GAIT_FEATURES; ++f) {
        const rv_gait_feature *const k     = &gait->feature[f];
        const float                  ratio = k->between / k->sigma;
        self->n[f]                         = k->n;
        self->most[f]                      = 0.5F * rv_log_f32(1.0F + ratio * ratio);
        self->share[f]                     = ratio * ratio / (1.0F + ratio * ratio);
    }
    self->needed = 4.6F;
    self->stray  = 0.02F;
}

static uint32_t
find(const rv_identity_store *const self, const uint32_t id)
{
    uint32_t at = 0;
    while (at < self->count && self->id[at] != id) {
        ++at;
    }
    return at;
}

void
rv_identity_enrol(rv_identity_store *const self, const uint32_t id,
                  const float *const value)
{
    uint32_t at = find(self, id);
    if (at == self->count) {
        at         = self->next;
        self->next = (self->next + 1) % RV_IDENTITY_MAX;
        self->count += self->count < RV_IDENTITY_MAX;
    }
    self->id[at] = id;
    memcpy(self->value[at], value, sizeof self->value[at]);
}

static float
dot(const float *const a, const float *const b, const uint32_t n)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

rv_likeness
rv_identity_likeness(const rv_identity_store *const self, const float *const a,
                     const float *const b)
{
    rv_likeness out    = {.cosine = dot(a, b, RV_GAIT_DIM), .fits = true};
    float       misfit = 0.0F;
    uint32_t    at = 0, known = 0;
    for (uint32_t f = 0; f < RV_GAIT_FEATURES; at += self->n[f++]) {
        const float aa = dot(a + at, a + at, self->n[f]);
        const float bb = dot(b + at, b + at, self->n[f]);
        if (!(aa > 0.0F && bb > 0.0F)) {
            continue; // one of them has no such number
        }
        const float cosine =
            dot(a + at, b + at, self->n[f]) / (rv_sqrt_f32(aa) * rv_sqrt_f32(bb));
        const float log  = rv_log_f32(cosine < least  ? least
                                      : cosine < 1.0F ? cosine
                                                      : 1.0F); // -d^2 / 4 s^2
        const float same = rv_exp_f32(self->most[f] + self->share[f] * log);
        out.odds += rv_log_f32((1.0F - self->stray) * same + self->stray);
        misfit -= 2.0F * log;
        ++known;
    }
    out.fits = misfit <= fits[known];
    return out;
}

rv_identity
rv_identity_who(const rv_identity_store *const self, const float *const value,
                const uint32_t *const among, const uint32_t n_among,
                const bool may_be_new)
{
    rv_identity    out  = {.reason = RV_REASON_NO_DATA};
    rv_likeness    best = {.fits = false}, next = best;
    const uint32_t n = among ? n_among : self->count;
    for (uint32_t i = 0; i < n; ++i) {
        const uint32_t at = among ? find(self, among[i]) : i;
        if (at == self->count) {
            return (rv_identity){.reason = RV_REASON_NO_DATA};
        }
        const rv_likeness now = rv_identity_likeness(self, value, self->value[at]);
        if (i == 0 || now.odds > best.odds) {
            next   = best;
            best   = now;
            out.id = self->id[at];
        } else if (i == 1 || now.odds > next.odds) {
            next = now;
        }
    }
    if (n == 0) {
        return out;
    }
    // As if all others were as near as the nearest of them
    const float others = n > 1 ? rv_log_f32((float)(n - 1)) : 0.0F;
    const float crowd  = may_be_new ? rv_log_f32((float)n) : 0.0F;
    out.cosine         = best.cosine;
    out.margin         = best.cosine - (n > 1 ? next.cosine : 0.0F);
    out.reason =
        !best.fits                                               ? RV_REASON_LOW_QUALITY
        : may_be_new && best.odds - crowd < self->needed         ? RV_REASON_LOW_QUALITY
        : n > 1 && best.odds - next.odds - others < self->needed ? RV_REASON_AMBIGUOUS
                                                                 : RV_REASON_NONE;
    return out;
}

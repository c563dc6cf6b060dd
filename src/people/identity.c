// SPDX-License-Identifier: MIT
#include <ruview/people/identity.h>

#include "base/exact.h"

#include <string.h>

void
rv_identity_begin(rv_identity_store *const self, const rv_gait_config *const gait)
{
    memset(self, 0, sizeof *self);
    self->information = rv_gait_information(gait);
    self->needed      = 4.6F;
    self->floor       = 0.8F;
    self->margin      = 0.5F;
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
dot(const float *const a, const float *const b)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < RV_GAIT_DIM; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

rv_identity
rv_identity_who(const rv_identity_store *const self, const float *const value,
                const uint32_t *const among, const uint32_t n_among,
                const uint32_t except)
{
    rv_identity    out   = {.reason = RV_REASON_NO_DATA};
    float          next  = 0.0F;
    const uint32_t n     = among ? n_among : self->count;
    uint32_t       asked = 0;
    for (uint32_t i = 0; i < n; ++i) {
        const uint32_t at = among ? find(self, among[i]) : i;
        if (at == self->count) {
            return (rv_identity){.reason = RV_REASON_NO_DATA};
        }
        if (self->id[at] == except) {
            continue;
        }
        const float cosine = dot(value, self->value[at]);
        if (asked++ == 0 || cosine > out.cosine) {
            next       = asked == 1 ? 0.0F : out.cosine;
            out.cosine = cosine;
            out.id     = self->id[at];
        } else if (cosine > next) {
            next = cosine;
        }
    }
    if (asked != 0) {
        out.margin = out.cosine - next;
        out.reason = self->information < self->needed ? RV_REASON_LOW_QUALITY
                     : out.cosine < self->floor       ? RV_REASON_LOW_QUALITY
                     : out.margin < self->margin      ? RV_REASON_AMBIGUOUS
                                                      : RV_REASON_NONE;
    }
    return out;
}

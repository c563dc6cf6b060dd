// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "base/try.h"
#include "vital/statistics.h"

#include <ruview/math/elementary.h>
#include <ruview/vital/presence.h>

rv_presence_config
rv_presence_config_default(void)
{
    const rv_presence_config config = {60.0F, 4.0F, 2000000U};
    return config;
}

rv_status
rv_presence_init(rv_presence *const self, const rv_presence_config *const config)
{
    if (!(config->memory_s >= 0.0F && config->memory_s <= 86400.0F) ||
        !(config->deviation > 0.0F && config->deviation <= 100.0F)) {
        return RV_ERR_CONFIG;
    }
    *self = (rv_presence){.config = *config};
    return RV_OK;
}

/// What the links say together
typedef struct {
    uint32_t    known;     ///< Links whose motion is known
    uint32_t    moving;    ///< Of them
    uint32_t    stirring;  ///< Of them
    uint32_t    based;     ///< Links with an empty-room baseline
    uint32_t    deviating; ///< Of them
    float       largest;   ///< Statistic
    uint32_t    n;         ///< All links
    rv_estimate level;     ///< Of the moving link whose level is highest; of the surest
                           ///< when none moves
    float     breathing;   ///< Quality of the best, 0: none
    rv_reason reason;      ///< Of the first link without an answer
} tally;

// Of links that move the one with the highest level, else the one that knows best
static bool
says_more(const tally *const t, const rv_motion_result *const m)
{
    if (t->known == 0 || m->moving != (t->moving > 0)) {
        return t->known == 0 || m->moving;
    }
    return m->moving ? m->level.value > t->level.value
                     : m->level.sigma < t->level.sigma;
}

static tally
count(const rv_presence *const self, const rv_presence_link *const link,
      const uint32_t n_links)
{
    tally t = {.n = n_links, .reason = RV_REASON_NO_DATA};
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_motion_result *const m = &link[i].motion;
        if (m->reason == RV_REASON_NONE) {
            t.largest = t.known == 0 || m->statistic.value > t.largest
                            ? m->statistic.value
                            : t.largest;
            t.level   = says_more(&t, m) ? m->level : t.level;
            t.moving += m->moving;
            t.stirring += m->stirring;
            ++t.known;
        } else if (t.reason == RV_REASON_NO_DATA) {
            t.reason = m->reason;
        }
        const bool has_base  = rv_is_known(link[i].deviation);
        const bool has_field = rv_is_known(link[i].field);
        t.based += has_base || has_field;
        t.deviating += (has_base && link[i].deviation.value > self->config.deviation) ||
                       (has_field && link[i].field.value > 1.0F);
        if (rv_is_known(link[i].breathing) && link[i].breathing.quality > t.breathing) {
            t.breathing = link[i].breathing.quality;
        }
    }
    return t;
}

/// Motion of the room: two links agree, or one is beyond what the best of n noisy links
/// reaches by chance
static bool
is_moving(const tally *const t)
{
    const float alone =
        rv_normal_quantile(1e-3F / (float)(t->known > 0 ? t->known : 1));
    return t->moving >= 2 || (t->moving == 1 && t->largest >= alone) ||
           (t->moving == 1 && t->known <= 2);
}

static float
age_s(const uint64_t now_us, const uint64_t then_us)
{
    return (float)((double)(now_us - then_us) * 1e-6);
}

static void
decide_presence(const rv_presence *const self, const uint64_t t_us,
                const tally *const t, rv_presence_result *const out)
{
    const float memory = self->config.memory_s;
    const bool  moved  = self->moved_us && age_s(t_us, self->moved_us) <= memory;
    const bool  breath = self->breath_us && age_s(t_us, self->breath_us) <= memory;
    if (moved || breath) {
        const uint64_t last =
            self->moved_us > self->breath_us ? self->moved_us : self->breath_us;
        out->presence = RV_PRESENCE_YES;
        out->quality  = memory > 0.0F ? 1.0F - 0.5F * age_s(t_us, last) / memory : 1.0F;
    } else if (t->deviating >= 2 || (t->deviating == 1 && t->based <= 2)) {
        out->presence = RV_PRESENCE_YES;
        out->quality  = (float)t->deviating / (float)t->based;
    } else if (t->based > 0 && t->deviating == 0 && t->known > 0) {
        out->presence = RV_PRESENCE_NO;
        out->quality  = (float)t->based / (float)t->n;
    } else {
        out->presence        = RV_PRESENCE_UNKNOWN;
        out->presence_reason = t->known == 0 ? t->reason : RV_REASON_CANNOT_TELL;
    }
}

void
rv_presence_update(rv_presence *const self, const uint64_t t_us,
                   const rv_presence_link *const link, const uint32_t n_links,
                   rv_presence_result *const out)
{
    const tally t = count(self, link, n_links);
    *out          = (rv_presence_result){.presence  = RV_PRESENCE_UNKNOWN,
                                         .moving    = RV_PRESENCE_UNKNOWN,
                                         .motion    = rv_unknown(t.reason),
                                         .statistic = rv_unknown(t.reason),
                                         .occupancy = rv_unknown(t.reason)};
    if (t.known == 0) {
        // silence: what was known is not known any more
        out->presence_reason = t.reason;
        out->moving_reason   = t.reason;
        if (t.reason == RV_REASON_NO_DATA) {
            self->moved_us  = 0;
            self->breath_us = 0;
        }
        return;
    }
    const bool moving = is_moving(&t);
    // small motions are a living body as well, when two links or one beyond chance see
    // them
    const bool stirring = t.stirring >= 2 || t.largest >= rv_normal_quantile(1e-7F);
    self->moved_us      = moving || stirring ? t_us : self->moved_us;
    self->breath_us     = t.breathing > 0.0F ? t_us : self->breath_us;
    out->moving         = moving ? RV_PRESENCE_YES : RV_PRESENCE_NO;
    // What was measured, by how many of the links
    const float coverage = (float)t.known / (float)t.n;
    out->motion    = rv_known(moving ? t.level.value : 0.0F, t.level.sigma, coverage);
    out->statistic = rv_known(t.largest, 1.0F, coverage); // its null has sigma 1
    decide_presence(self, t_us, &t, out);
    if (out->presence == RV_PRESENCE_YES) {
        out->occupancy = rv_known(1.0F, rv_sqrt_f32(1.0F - out->quality), out->quality);
        out->at_least  = true;
    } else if (out->presence == RV_PRESENCE_NO) {
        out->occupancy = rv_known(0.0F, rv_sqrt_f32(1.0F - out->quality), out->quality);
    } else {
        out->occupancy = rv_unknown(out->presence_reason);
    }
}

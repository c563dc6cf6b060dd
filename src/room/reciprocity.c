// SPDX-License-Identifier: MIT
#include <ruview/room/reciprocity.h>

#include "base/exact.h"
#include "base/try.h"
#include "room/pairs.h"

#include <ruview/math/elementary.h>

#include <string.h>

rv_reciprocity_config
rv_reciprocity_config_default(void)
{
    return (rv_reciprocity_config){.step_us   = 1000000,
                                   .floor     = 4.0F,
                                   .slack     = 0.7F,
                                   .cap       = 2.0F,
                                   .limit     = 4.0F,
                                   .min_pairs = 2};
}

rv_status
rv_reciprocity_init(rv_reciprocity *const self, const rv_reciprocity_config *const cfg)
{
    if (cfg->step_us == 0 || !(cfg->floor > 1.0F && cfg->floor < 1e6F) ||
        !(cfg->slack > 0.0F && cfg->cap > cfg->slack && cfg->cap <= 100.0F) ||
        !(cfg->limit > 0.0F && cfg->limit < 1e6F) || cfg->min_pairs < 1) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->cfg = *cfg;
    return RV_OK;
}

rv_status
rv_reciprocity_set_links(rv_reciprocity *const self, const rv_room_link *const links,
                         const uint8_t *const receiver, const uint32_t n)
{
    if (n > RV_ROOM_MAX_LINKS) {
        return RV_ERR_RANGE;
    }
    RV_TRY(rv_pairs_check(links, n));
    uint8_t      path[RV_ROOM_MAX_LINKS];
    rv_room_pair pair[RV_ROOM_MAX_LINKS];
    bool         taken[RV_ROOM_MAX_LINKS] = {false};
    (void)rv_pairs_build(links, n, path, pair);
    self->n_links = n;
    self->n_pairs = 0;
    self->looked  = false;
    memset(self->pair, 0, sizeof self->pair);
    memcpy(self->receiver, receiver, n);
    for (uint32_t i = 0; i < n; ++i) {
        uint32_t j = i + 1;
        while (j < n &&
               (taken[j] || path[j] != path[i] || receiver[j] == receiver[i])) {
            ++j;
        }
        if (!taken[i] && path[i] != RV_PAIR_NONE && j < n) {
            taken[j]                         = true;
            self->pair[self->n_pairs].link   = (uint8_t)i;
            self->pair[self->n_pairs++].back = (uint8_t)j;
        }
    }
    return RV_OK;
}

static float
summed(const rv_reciprocity_config *const cfg, const float sum, const float x)
{
    const float next = sum + x - cfg->slack;
    const float most = cfg->limit + cfg->cap; // So that a suspicion can end
    return next > 0.0F ? rv_min_f32(next, most) : 0.0F;
}

// Motion power over noise; 0: says nothing
static float
motion_of(const rv_room_sample *const s)
{
    return s->valid && s->sigma_db > 0.0F && s->variance_db2 > 0.0F
               ? s->variance_db2 / (s->sigma_db * s->sigma_db)
               : 0.0F;
}

static void
look(rv_reciprocity *const self, const rv_room_sample *const sample)
{
    const rv_reciprocity_config *const cfg = &self->cfg;
    self->n_compared                       = 0;
    for (uint32_t p = 0; p < self->n_pairs; ++p) {
        rv_reciprocity_pair *const  pair  = &self->pair[p];
        const rv_room_sample *const there = &sample[pair->link];
        const rv_room_sample *const back  = &sample[pair->back];
        const float                 a = motion_of(there), b = motion_of(back);
        float                       x = 0.0F;
        if (a > 0.0F && b > 0.0F && rv_max_f32(a, b) >= cfg->floor) {
            x = rv_log_f32(there->variance_db2) - rv_log_f32(back->variance_db2);
            x = rv_clamp_f32(x, -cfg->cap, cfg->cap);
            ++self->n_compared;
        }
        pair->to_rx   = summed(cfg, pair->to_rx, x);
        pair->from_rx = summed(cfg, pair->from_rx, -x);
    }
}

static void
blame(const rv_reciprocity *const self, rv_reciprocity_frame *const out)
{
    uint8_t against[256] = {0}, of[256] = {0};
    for (uint32_t p = 0; p < self->n_pairs; ++p) {
        const rv_reciprocity_pair *const pair  = &self->pair[p];
        const uint8_t                    there = self->receiver[pair->link];
        const uint8_t                    back  = self->receiver[pair->back];
        ++of[there];
        ++of[back];
        against[there] = (uint8_t)(against[there] + (pair->to_rx > self->cfg.limit));
        against[back]  = (uint8_t)(against[back] + (pair->from_rx > self->cfg.limit));
        out->largest = rv_max_f32(out->largest, rv_max_f32(pair->to_rx, pair->from_rx));
    }
    for (uint32_t r = 0; r < 256 && out->n_suspects < RV_RECIPROCITY_SUSPECTS; ++r) {
        if (against[r] >= self->cfg.min_pairs && 2 * against[r] >= of[r]) {
            out->suspect[out->n_suspects++] = (uint8_t)r;
        }
    }
}

rv_status
rv_reciprocity_push(rv_reciprocity *const self, const uint64_t t_us,
                    const rv_room_sample *const sample, const uint32_t n,
                    rv_reciprocity_frame *const out)
{
    if (n != self->n_links) {
        return RV_ERR_RANGE;
    }
    memset(out, 0, sizeof *out);
    if (!self->started || t_us + self->cfg.step_us < self->next_us) {
        self->started = true; // Or the timeline began anew
        self->next_us = t_us + self->cfg.step_us;
    }
    if (t_us >= self->next_us) {
        look(self, sample);
        self->looked  = true;
        self->next_us = t_us + self->cfg.step_us;
    }
    out->n_pairs    = self->n_pairs;
    out->n_compared = self->n_compared;
    out->reason     = self->n_pairs == 0 ? RV_REASON_NO_GEOMETRY
                      : self->looked     ? RV_REASON_NONE
                                         : RV_REASON_WARMING_UP;
    blame(self, out);
    return RV_OK;
}

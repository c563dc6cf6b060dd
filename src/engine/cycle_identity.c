// SPDX-License-Identifier: MIT
// Stage 8, second half: signatures of those who walk, who is who after a meeting, and
// who has been here before. Nothing of it leaves the engine but the answer.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

// Tracks are looked at this often
static const uint64_t look_us = 200000;

// Median interval of the slowest link that shows strides
static const uint32_t slowest_us = 12500;

// Seconds of walking between two looks at who it is
static const float again_s = 5.0F;

static void
begin(rv_engine *const self, const rv_track *const track)
{
    rv_engine_identity *const who = &self->identity[track->slot];
    rv_gait_reset(&self->gait, track->slot);
    *who = (rv_engine_identity){.id        = track->id,
                                .ambiguous = track->ambiguous,
                                .next_s    = self->gait.cfg.seconds,
                                .answer    = {.reason = RV_REASON_WARMING_UP}};
}

static uint32_t
others_of(const rv_engine *const self, const rv_track *const track,
          float others[RV_TRACKER_MAX_TRACKS][2])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < self->tracks.n_tracks; ++i) {
        const rv_track *const other = &self->tracks.track[i];
        if (other->id != track->id && other->state == RV_TRACKER_ACTIVE) {
            others[n][0]   = other->position_m[0];
            others[n++][1] = other->position_m[1];
        }
    }
    return n;
}

static void
sample(rv_engine *const self, const rv_track *const track, const float dt_s)
{
    const rv_track_line line = rv_tracker_line(&self->tracker, track->slot);
    rv_gait_sample      s    = {.dt_s = dt_s};
    if (!line.valid || !track->observed) {
        rv_gait_push(&self->gait, track->slot, &s);
        return;
    }
    rv_room_sample rooms[RV_MAX_LINKS];
    float          others[RV_TRACKER_MAX_TRACKS][2];
    for (int l = 0; l < self->links.n_links; ++l) {
        rooms[l] = rv_link_level_get(&self->links.link[l].level);
    }
    const uint32_t n_others = others_of(self, track, others);
    const double   v2       = line.velocity_mps[0] * line.velocity_mps[0] +
                      line.velocity_mps[1] * line.velocity_mps[1];
    s.speed_mps = (float)rv_sqrt_f64(v2);
    s.has_level =
        rv_gait_level(&self->gait.cfg, self->room_link, rooms, self->localise.n_links,
                      track->position_m, (const float(*)[2])others, n_others, &s.level);
    rv_gait_push(&self->gait, track->slot, &s);
}

// Everybody known who is not being tracked
static uint32_t
absent(const rv_engine *const self, uint32_t among[RV_IDENTITY_MAX])
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < self->known.count; ++k) {
        bool here = false;
        for (uint32_t i = 0; i < self->tracks.n_tracks; ++i) {
            here = here || self->tracks.track[i].id == self->known.id[k];
        }
        if (!here) {
            among[n++] = self->known.id[k];
        }
    }
    return n;
}

// A track that met somebody: it is one of those whom it may have been exchanged with
static void
settle_meeting(rv_engine *const self, const rv_track *const track,
               const float value[RV_GAIT_DIM])
{
    const rv_tracker_slot *const slot = &self->tracker.slot[track->slot];
    uint32_t                     among[RV_TRACKER_MAX_TRACKS + 1], n = 0;
    among[n++] = slot->id;
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        if ((slot->mates >> s & 1U) != 0 && self->tracker.slot[s].id != 0) {
            among[n++] = self->tracker.slot[s].id;
        }
    }
    rv_engine_identity *const who = &self->identity[track->slot];
    who->answer = n > 1 ? rv_identity_who(&self->known, value, among, n, false)
                        : (rv_identity){.reason = RV_REASON_NO_DATA};
    if (who->answer.reason == RV_REASON_NONE) {
        (void)!rv_tracker_identify(&self->tracker, track->slot, who->answer.id);
    }
}

static void
look(rv_engine *const self, const rv_track *const track)
{
    rv_engine_identity *const who = &self->identity[track->slot];
    float                     value[RV_GAIT_DIM];
    const rv_reason           why = rv_gait_embed(&self->gait, track->slot, value);
    if (why != RV_REASON_NONE) {
        who->answer = (rv_identity){.reason = why};
        return;
    }
    if (rv_gait_walked_s(&self->gait, track->slot) < who->next_s) {
        return;
    }
    who->next_s += again_s;
    if (track->ambiguous) {
        settle_meeting(self, track, value);
        return;
    }
    if (!who->judged) {
        uint32_t       among[RV_IDENTITY_MAX];
        const uint32_t n = absent(self, among);
        who->answer      = rv_identity_who(&self->known, value, among, n, true);
        who->judged      = true;
    }
    rv_identity_enrol(&self->known, track->id, value);
}

static void
begin_new(rv_engine *const self)
{
    for (uint32_t i = 0; i < self->tracks.n_tracks; ++i) {
        const rv_track *const           track = &self->tracks.track[i];
        const rv_engine_identity *const who   = &self->identity[track->slot];
        if (who->id != track->id || who->ambiguous != track->ambiguous) {
            begin(self, track);
        }
    }
}

// Frames are taken apart for strides while somebody is tracked and enough links are
// fast
static void
choose_links(rv_engine *const self)
{
    const rv_stride_config *const cfg  = &self->gait.cfg.stride;
    uint32_t                      fast = 0;
    for (int l = 0; l < self->links.n_links && self->tracks.n_tracks > 0; ++l) {
        const uint32_t interval = rv_link_interval_us(&self->links.link[l]);
        fast += interval > 0 && interval <= slowest_us;
    }
    self->strides = self->has_room && fast >= cfg->links &&
                    cfg->period_us == self->config.period_us;
}

// Motion of the legs, from the links on which each track is most of what moves
static void
step(rv_engine *const self, const uint64_t end_us)
{
    float motion[RV_MAX_LINKS];
    bool  known[RV_MAX_LINKS];
    for (int l = 0; l < self->links.n_links; ++l) {
        rv_link *const link = &self->links.link[l];
        known[l]            = self->strides && l < (int)self->localise.n_links &&
                   rv_stride_link_motion(&link->stride, end_us, &motion[l]);
    }
    for (uint32_t i = 0; i < self->tracks.n_tracks; ++i) {
        const rv_track *const track = &self->tracks.track[i];
        float                 others[RV_TRACKER_MAX_TRACKS][2];
        const uint32_t        n_others = others_of(self, track, others);
        float                 sum      = 0.0F;
        uint32_t              n        = 0;
        for (int l = 0; l < self->links.n_links; ++l) {
            if (known[l] && track->state == RV_TRACKER_ACTIVE &&
                rv_gait_owns(&self->gait.cfg, &self->room_link[l], track->position_m,
                             (const float(*)[2])others, n_others)) {
                sum += motion[l];
                ++n;
            }
        }
        rv_gait_step(&self->gait, track->slot, n > 0 ? sum / (float)n : 0.0F, n);
    }
}

void
rv_cycle_identity(rv_engine *const self, const uint64_t end_us)
{
    begin_new(self);
    if (self->strides || self->strode) {
        step(self, end_us);
    }
    self->strode = self->strides;
    if (self->identity_us != 0 && end_us - self->identity_us < look_us) {
        return;
    }
    const float dt_s =
        self->identity_us != 0 && end_us - self->identity_us <= 2 * look_us
            ? (float)(end_us - self->identity_us) * 1e-6F
            : 0.0F;
    self->identity_us = end_us;
    choose_links(self);
    for (uint32_t i = 0; i < self->tracks.n_tracks; ++i) {
        const rv_track *const track = &self->tracks.track[i];
        if (dt_s > 0.0F && self->has_room) {
            sample(self, track, dt_s);
            look(self, track);
        }
    }
}

// SPDX-License-Identifier: MIT
// What the empty room is like and whether it is still the same room: the field model of
// each link, change points over all links, and what follows from them.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

// Motion that lasts no longer belongs to the step itself: the window and the hold of
// the motion test, 2 s and 1 s, and as long for the aligner to take the new channel
// [us]
static const uint64_t jolt_us = 6000000;

// After the last motion and the last breath nobody is assumed for so long [us]
static const uint64_t still_us  = 3000000;
static const uint64_t breath_us = 30000000;

// Somebody who moved may still sit there for so long; as presence remembers [us]
static const uint64_t memory_us = 60000000;

// Share of a calibration after which the modes are taken; the rest of it shows how far
// the energy outside of them scatters
static const float modes_share = 0.4F;

// ---- field model, per frame

static bool
log_amplitudes(const rv_link *const link, const rv_csi *const csi,
               float out[RV_LINK_FIELD_TONES])
{
    uint32_t n = 0;
    for (uint32_t k = 0; k < csi->n_tones && n < link->field.cfg.n_tones;
         k += link->field_stride) {
        const float power = csi->re[k] * csi->re[k] + csi->im[k] * csi->im[k];
        if (!(power > 0.0F)) {
            return false; // A tone without power has no logarithm
        }
        out[n++] = 10.0F * rv_log10_f32(power);
    }
    return n == link->field.cfg.n_tones;
}

void
rv_watch_frame(rv_engine *const self, rv_link *const link, const rv_csi *const csi)
{
    float                           level_db[RV_LINK_FIELD_TONES];
    const rv_calibration_run *const run = &self->calibration;
    if ((!run->active && link->field.state != RV_FIELD_READY) ||
        !log_amplitudes(link, csi, level_db)) {
        return;
    }
    if (!run->active) {
        (void)!rv_field_model_push(&link->field, level_db, csi->t_us, &link->field_now);
        return;
    }
    if (link->field.state == RV_FIELD_READY) {
        (void)!rv_field_model_learn(&link->field, level_db);
        return;
    }
    (void)!rv_field_model_feed(&link->field, level_db);
    const float share =
        (float)(csi->t_us - run->session) / (float)(run->end_us - run->session);
    if (csi->t_us > run->session && share >= modes_share) {
        (void)!rv_field_model_finalise(&link->field, csi->t_us);
    }
}

void
rv_watch_calibrate_begin(rv_engine *const self)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_field_model_reset(&self->links.link[i].field);
    }
}

void
rv_watch_calibrated(rv_link *const link, const bool qualified)
{
    memset(&link->field_now, 0, sizeof link->field_now);
    link->field_now.energy = rv_unknown(RV_REASON_WARMING_UP);
    if (!qualified) {
        rv_field_model_reset(&link->field);
    }
    link->displaced = link->displaced && !qualified;
}

// ---- what the links say, per cycle

static rv_estimate
field_of(const rv_engine *const self, const rv_link *const link)
{
    const rv_field_frame *const now = &link->field_now;
    if (self->calibration.active) {
        return rv_unknown(RV_REASON_WARMING_UP);
    }
    if (link->field.state != RV_FIELD_READY) {
        return rv_unknown(link->field.n_frames == 0 ? RV_REASON_NOT_CALIBRATED
                                                    : RV_REASON_TOO_SHORT);
    }
    // Without its own empty-room scatter the false-alarm rate is not the designed one
    if (link->field.n_history < RV_FIELD_LEAST_HISTORY) {
        return rv_unknown(RV_REASON_TOO_SHORT);
    }
    if (!rv_is_known(now->energy)) {
        return rv_unknown(now->energy.reason);
    }
    return rv_known(now->statistic / now->threshold, 1.0F / now->threshold,
                    now->energy.quality);
}

void
rv_watch_field(rv_engine *const self)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link *const  link = &self->links.link[i];
        rv_record_link *const out  = &self->record_link[i];
        out->field = out->stale ? rv_unknown(RV_REASON_STALE) : field_of(self, link);
        if (rv_is_known(out->field)) {
            rv_engine_digest(self, RV_STAGE_ROOM, "field", link->id, &out->field.value,
                             1);
        }
    }
}

static void
fill_levels(rv_engine *const self)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_record_link *const out = &self->record_link[i];
        out->level_db             = out->stale ? rv_unknown(RV_REASON_STALE)
                                               : rv_change_level(&self->watch.change, (uint32_t)i);
        out->changed = rv_change_is_in_alarm(&self->watch.change, (uint32_t)i);
        if (rv_is_known(out->level_db)) {
            rv_engine_digest(self, RV_STAGE_ROOM, "level_db", out->link,
                             &out->level_db.value, 1);
        }
    }
}

// ---- did the room change?

static void
note_motion(rv_watch *const watch, const rv_presence *const presence,
            const uint64_t end_us)
{
    const bool lives = presence->moved_us == end_us || presence->breath_us == end_us;
    if (!lives) {
        return;
    }
    if (watch->lived_us == 0 || end_us - watch->lived_us > memory_us) {
        watch->began_us = end_us;
    }
    watch->lived_us = end_us;
}

static bool
is_quiet(const rv_watch *const watch, const rv_presence *const presence,
         const uint64_t end_us)
{
    return (watch->lived_us == 0 || end_us - watch->lived_us > still_us) &&
           (presence->breath_us == 0 || end_us - presence->breath_us > breath_us);
}

// Nobody moved but the thing itself
static bool
moved_by_itself(const rv_watch *const watch, const uint64_t end_us)
{
    if (watch->lived_us == 0 || end_us - watch->lived_us > memory_us) {
        return true;
    }
    const uint64_t step_us = watch->seen.t_us;
    return watch->lived_us - watch->began_us <= jolt_us &&
           watch->began_us <= step_us + jolt_us && step_us <= watch->began_us + jolt_us;
}

// A thing that moved scatters otherwise than before, by the same law as a body that
// moves: the squared steps stand in for the variance
static void
locate_change(rv_engine *const self, rv_record_event *const event)
{
    rv_room_sample     sample[RV_MAX_LINKS];
    rv_localise_result found;
    event->place_reason = RV_REASON_NO_GEOMETRY;
    if (!self->has_room || self->room_links != self->links.n_links) {
        return;
    }
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_estimate step = rv_change_level(&self->watch.change, (uint32_t)i);
        sample[i]              = rv_link_level_get(&self->links.link[i].level);
        sample[i].valid        = sample[i].valid && rv_is_known(step);
        sample[i].variance_db2 = step.value * step.value;
        sample[i].sigma_db     = step.sigma > 0.0F ? step.sigma : 1.0F;
    }
    const rv_localise_memory memory   = self->localise.memory;
    const float              residual = self->localise.residual;
    const float              freedom  = self->localise.freedom;
    memset(&self->localise.memory, 0, sizeof memory);
    const bool ok = rv_localise_push(&self->localise, sample, self->links.n_links, NULL,
                                     &found) == RV_OK;
    self->localise.memory   = memory; // People are not what this fit was of
    self->localise.residual = residual;
    self->localise.freedom  = freedom;
    event->place_reason     = !ok                              ? RV_REASON_ERROR
                              : found.reason != RV_REASON_NONE ? found.reason
                              : found.n_detections == 0        ? RV_REASON_LOW_QUALITY
                                                               : RV_REASON_NONE;
    if (event->place_reason == RV_REASON_NONE) {
        event->position_m[0] = found.detection[0].position_m[0];
        event->position_m[1] = found.detection[0].position_m[1];
        event->sigma_m       = found.sigma_m;
    }
}

// The baselines follow the room: levels at once; what was recorded of the empty room is
// not believed until they are calibrated again on links that left it, or are half way
// to being taken for somebody
static void
follow_room(rv_engine *const self)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        rv_link *const    link    = &self->links.link[i];
        const rv_estimate off     = self->record_link[i].deviation;
        const bool        alarmed = (self->watch.seen.links >> i & 1U) != 0;
        if (alarmed) {
            rv_link_level_move_base(&link->level,
                                    rv_change_step(&self->watch.change, (uint32_t)i));
        }
        const bool based = rv_is_known(off) || link->field.state == RV_FIELD_READY;
        link->displaced =
            link->displaced ||
            (based && (alarmed || off.value > 0.5F * self->presence.config.deviation ||
                       2.0F * link->field_now.statistic > link->field_now.threshold));
    }
}

static void
report(rv_engine *const self, const rv_reason reason)
{
    rv_watch *const watch = &self->watch;
    // While it moved nobody looked at levels: then the motion says when
    const bool jolted = reason == RV_REASON_STEP && watch->lived_us != 0 &&
                        watch->began_us + 2 * jolt_us >= watch->seen.t_us &&
                        watch->began_us < watch->seen.t_us;
    rv_record_event event = {.kind       = RV_EVENT_CHANGE_POINT,
                             .t_us       = jolted ? watch->began_us : watch->seen.t_us,
                             .subject    = watch->seen.largest,
                             .confidence = watch->seen.confidence,
                             .reason     = reason};
    locate_change(self, &event);
    if (self->n_events < RV_MAX_EVENTS) {
        self->record_event[self->n_events++] = event;
    }
    if (reason == RV_REASON_STEP) {
        follow_room(self);
        watch->told = true;
    }
    rv_change_settle(&watch->change, true);
    watch->waiting = false;
}

static void
resolve(rv_engine *const self, const bool is_new, const uint64_t end_us)
{
    rv_watch *const watch = &self->watch;
    if (is_new && moved_by_itself(watch, end_us)) {
        report(self, RV_REASON_STEP);
    } else if (watch->lived_us > watch->noticed_us) {
        // Somebody sat there, and moved or breathed again
        rv_change_settle(&watch->change, false);
        watch->waiting = false;
    } else if (end_us - watch->lived_us > memory_us) {
        report(self, RV_REASON_AMBIGUOUS);
    }
}

void
rv_watch_room(rv_engine *const self, const uint64_t end_us)
{
    rv_watch *const watch = &self->watch;
    float           level_db[RV_MAX_LINKS];
    bool            valid[RV_MAX_LINKS];
    rv_change_frame now;
    watch->told = false;
    note_motion(watch, &self->presence, end_us);
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link *const link   = &self->links.link[i];
        const rv_room_sample sample = rv_link_level_get(&link->level);
        level_db[i]                 = sample.level_db;
        valid[i] = sample.valid && sample.level_db != 0.0F && link->weight > 0.0F &&
                   link->gated.decision != RV_GATE_REJECT;
    }
    if (rv_change_push(&watch->change, end_us, level_db, valid, self->links.n_links,
                       is_quiet(watch, &self->presence, end_us), &now) != RV_OK) {
        rv_change_rebaseline(&watch->change); // The timeline began anew
        memset(&watch->seen, 0, sizeof watch->seen);
        watch->waiting  = false;
        watch->lived_us = 0;
        return;
    }
    if (now.changed) {
        watch->waiting    = true;
        watch->noticed_us = end_us;
    }
    if (now.n_alarms > 0) {
        watch->seen = now;
    }
    fill_levels(self);
    if (watch->waiting) {
        resolve(self, now.changed, end_us);
    }
}

bool
rv_watch_has_changed(const rv_engine *const self, uint16_t *const link)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        if (self->links.link[i].displaced) {
            *link = (uint16_t)i;
            return true;
        }
    }
    *link = (uint16_t)self->watch.seen.largest;
    return self->watch.told;
}

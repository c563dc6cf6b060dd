// SPDX-License-Identifier: MIT
// Stages 9 and 10 of a cycle: how far the picture is to be believed, what of it may be
// shown, its witness, and its text.
#include "engine/engine_state.h"

#include "base/exact.h"
#include "base/try.h"

#include <ruview/math/elementary.h>
#include <ruview/publish/json_record.h>

#include <string.h>

static void
measure_calibration(const rv_engine *const self, rv_quality_input *const in)
{
    uint64_t session[RV_MAX_LINKS];
    uint32_t n = 0;
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link *const       link = &self->links.link[i];
        const rv_calibrate_verdict now  = rv_calibrate_get(&link->calibrate);
        if (link->weight <= 0.0F) {
            continue;
        }
        ++in->n_links;
        if (now.state != RV_CALIBRATE_READY) {
            continue;
        }
        ++in->n_links_calibrated;
        session[n++] = now.session;
        if (in->calibrated_us == 0 || now.captured_us < in->calibrated_us) {
            in->calibrated_us = now.captured_us;
        }
        if (!rv_is_known(in->drift) || link->calibrated.drift > in->drift.value) {
            in->drift = rv_known(link->calibrated.drift, link->calibrated.drift_sigma,
                                 link->calibrated.match);
            in->drift_link = link->id;
        }
    }
    uint64_t modal = 0;
    if (n > 0) {
        in->n_sessions = rv_calibrate_modal(session, n, &modal) > 0 ? 2 : 1;
    }
}

static void
measure_nodes(const rv_engine *const self, rv_quality_input *const in,
              const uint64_t end_us)
{
    const rv_clock *clock[RV_MAX_NODES];
    uint32_t        n = 0;
    in->loss          = rv_unknown(RV_REASON_UNSUPPORTED);
    for (int i = 0; i < self->n_nodes; ++i) {
        const rv_record_node *const node = &self->record_node[i];
        if (!rv_engine_is_ours(self, &self->node[i])) {
            continue;
        }
        clock[n++] = &self->node[i].clock;
        if (!node->present) {
            in->first_absent =
                in->n_nodes_absent++ == 0 ? node->node : in->first_absent;
        }
        if (rv_is_known(node->loss) &&
            (!rv_is_known(in->loss) || node->loss.value > in->loss.value)) {
            in->loss = node->loss;
        }
    }
    const rv_estimate mesh = rv_clock_mesh_spread(clock, n, end_us);
    if (rv_is_known(mesh) && mesh.value > (float)in->spread_us) {
        in->spread_us = (uint64_t)rv_to_i64((double)mesh.value);
    }
    in->partition = rv_cycle_partition(self, end_us);
}

static rv_estimate
median_dominant(const rv_engine *const self)
{
    rv_estimate sorted[RV_MAX_LINKS];
    uint32_t    n = 0;
    for (int i = 0; i < self->record.n_links; ++i) {
        const rv_estimate ratio = self->record_link[i].dominant_ratio;
        if (!rv_is_known(ratio)) {
            continue;
        }
        uint32_t k = n++;
        for (; k > 0 && sorted[k - 1].value > ratio.value; --k) {
            sorted[k] = sorted[k - 1];
        }
        sorted[k] = ratio;
    }
    return n > 0 ? sorted[n / 2] : rv_unknown(RV_REASON_UNSUPPORTED);
}

/// Two opinions that may exclude each other: nobody is there, and somebody is being
/// tracked. A share of belief q in an answer is a probability of (1 + q) / 2
static void
measure_agreement(const rv_engine *const self, rv_quality_input *const in)
{
    const rv_record *const record = &self->record;
    float                  most   = 0.0F;
    for (int i = 0; i < record->n_persons; ++i) {
        const rv_record_person *const person = &record->persons[i];
        if (person->state == RV_TRACK_ACTIVE && person->confidence > most) {
            most = person->confidence;
        }
    }
    if (record->presence == RV_UNKNOWN || most <= 0.0F) {
        return;
    }
    const float sign = record->presence == RV_YES ? 0.5F : -0.5F;
    in->has_opinions = true;
    in->by_links     = 0.5F + sign * record->presence_quality;
    in->by_tracks    = 0.5F + 0.5F * most;
}

/// The room is not the one that was calibrated, or changed in this cycle
static void
measure_change(const rv_engine *const self, rv_quality_input *const in)
{
    uint16_t link    = 0;
    in->change_point = rv_watch_has_changed(self, &link);
    in->change_link  = link;
}

/// Should the room be calibrated again? Silence says nothing about that
static void
advise(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    bool             is_new = false;
    if (!record->live) {
        return;
    }
    const rv_reason cause = rv_advisor_push(&self->advisor, end_us, record->coherence,
                                            record->flags, &is_new);
    record->recalibrate   = record->recalibrate || cause != RV_REASON_NONE;
    if (is_new) {
        rv_engine_add_event(self, RV_EVENT_RECALIBRATE, end_us, 0, 1.0F, cause);
    }
}

/// What speaks against the cycle speaks against everything that it says of the room.
/// What single nodes and links measured of themselves stays as it was measured.
static void
weigh_confidence(rv_record *const record, const float factor)
{
    record->presence_quality *= factor;
    record->motion.quality *= factor;
    record->occupancy.quality *= factor;
    record->breathing_bpm.quality *= factor;
    record->heart_bpm.quality *= factor;
    for (int i = 0; i < record->n_persons; ++i) {
        record->persons[i].confidence *= factor;
    }
}

static void
score_cycle(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    rv_quality_input in;
    memset(&in, 0, sizeof in);
    in.t_us            = end_us;
    in.newest_frame_us = self->newest_us;
    in.spread_us       = self->spread_last_us - self->spread_first_us;
    in.coherence       = record->coherence;
    in.drift           = rv_unknown(RV_REASON_NOT_CALIBRATED);
    in.phase           = median_dominant(self);
    in.geometry        = self->has_room && self->image.reason == RV_REASON_NONE
                             ? rv_known(self->image.resolution, 0.0F, record->geometry.quality)
                             : rv_unknown(record->map_reason);
    measure_calibration(self, &in);
    measure_nodes(self, &in, end_us);
    measure_agreement(self, &in);
    measure_change(self, &in);
    in.one_sided       = self->one_sided.n_suspects > 0;
    in.one_sided_node  = self->one_sided.suspect[0];
    in.one_sided_sum   = self->one_sided.largest;
    in.one_sided_limit = self->reciprocity.cfg.limit;
    rv_quality_score(&self->quality_config, &in, &self->quality);
    record->quality = self->quality.score;
    record->flags   = self->quality.flags;
    weigh_confidence(record, self->quality.factor);
    rv_engine_digest(self, RV_STAGE_TRUST, "quality", 0, &record->quality, 1);
    rv_engine_digest(self, RV_STAGE_TRUST, "factor", 0, &self->quality.factor, 1);
}

/// The record's bytes and its place in the witness chain
static rv_status
write_witness(rv_engine *const self)
{
    self->n_canonical      = RV_CANONICAL_BYTES;
    const rv_status status = rv_witness_seal(&self->witness, &self->record,
                                             self->canonical, &self->n_canonical);
    if (status != RV_OK) {
        self->n_canonical = 0;
    }
    return status;
}

/// An error of ours: what is published in the record's place says that and nothing
/// else, and what follows is restricted until cycles succeed again
static rv_status
fail_closed(rv_engine *const self)
{
    ++self->counters.refused[RV_REASON_ERROR];
    rv_privacy_fail(&self->privacy, &self->record);
    return write_witness(self);
}

// The witness, and the world that believes what was published
static void
seal(rv_engine *const self)
{
    self->unsealed = self->witness;
    if (write_witness(self) != RV_OK && fail_closed(self) != RV_OK) {
        return;
    }
    // What found no room in the graph is only not remembered
    (void)!rv_world_push(self->world, &self->record, &self->quality);
    rv_gather_remember(self);
}

/// The record's text; one that cannot be written is taken back and fails closed
static rv_status
write_text(rv_engine *const self, size_t *const n)
{
    *n = RV_JSON_BYTES;
    if (rv_json_record(&self->record, self->json, n) == RV_OK) {
        return RV_OK;
    }
    self->witness = self->unsealed;
    RV_TRY(fail_closed(self));
    (void)!rv_world_push(self->world, &self->record, &self->quality);
    *n = RV_JSON_BYTES;
    return rv_json_record(&self->record, self->json, n);
}

void
rv_cycle_trust(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    score_cycle(self, end_us);
    advise(self, end_us);
    record->n_events                   = self->n_events;
    const rv_privacy_evidence evidence = {.t_us      = end_us,
                                          .succeeded = true,
                                          .is_silent = !record->live,
                                          .weakness  = self->quality.weakness};
    (void)rv_privacy_step(&self->privacy, &evidence);
    rv_privacy_gate(&self->privacy, self->config.sink, record);
    seal(self);
}

void
rv_cycle_publish(rv_engine *const self)
{
    size_t n_json = 0;
    if (self->n_canonical == 0 || write_text(self, &n_json) != RV_OK) {
        ++self->counters.refused[RV_REASON_ERROR];
        return;
    }
    if (self->digests.is_on) {
        rv_stage_add_bytes(&self->digests, RV_STAGE_PUBLISH, self->canonical,
                           self->n_canonical);
        rv_stage_digests_end(&self->digests, &self->digest_row);
    }
    if (self->sink) {
        const rv_cycle_output output = {
            .record      = &self->record,
            .canonical   = self->canonical,
            .n_canonical = self->n_canonical,
            .json        = self->json,
            .n_json      = n_json,
            .stages      = self->digests.is_on ? &self->digest_row : NULL,
            .quality     = &self->quality,
            .attested    = self->attested,
            .n_attested  = self->n_attested};
        self->sink(self->sink_context, &output);
    }
    self->n_attested = 0;
}

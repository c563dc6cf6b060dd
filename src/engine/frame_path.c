// SPDX-License-Identifier: MIT
// Stages 1 to 3: what happens to each frame as it arrives. The samples are written
// once, into the link's ring, and worked on where they lie.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/prep/despike.h>

static const float rssi_memory = 10.0F; // frames

static void
refuse(rv_engine *const self, const rv_reason reason)
{
    ++self->counters.refused[reason];
    ++self->counters.frames_refused;
}

// Sequence and time of the node; false when the frame is not to be used
static bool
note_arrival(rv_engine *const self, rv_node *const node, const rv_frame *const frame)
{
    const uint64_t  lost_before = node->clock.n_lost;
    const rv_reason noted =
        rv_clock_push_frame(&node->clock, frame->sequence, frame->has_sequence,
                            frame->device_us, frame->t_us);
    self->counters.lost += node->clock.n_lost - lost_before;
    if (noted == RV_REASON_DUPLICATE || noted == RV_REASON_TIME_BACKWARDS) {
        refuse(self, noted);
        return false;
    }
    self->counters.noted[noted] += (noted != RV_REASON_NONE);
    return true;
}

static void
note_power(rv_node *const node, rv_link *const link, const rv_frame *const frame)
{
    link->rssi_dbm = frame->rssi_dbm;
    if (frame->rssi_dbm == RV_DBM_UNKNOWN) {
        rv_running_miss(&node->rssi_dbm, rssi_memory);
    } else {
        rv_running_push(&node->rssi_dbm, (float)frame->rssi_dbm, rssi_memory);
    }
}

static void
note_times(rv_engine *const self, rv_node *const node, const uint64_t t_us)
{
    node->has_spoken = true;
    node->newest_us  = t_us > node->newest_us ? t_us : node->newest_us;
    self->heard      = true;
    self->newest_us  = t_us > self->newest_us ? t_us : self->newest_us;
    // A cycle closes one lateness after its end, so that it takes the frames of a
    // period shifted by that; what the first cycle takes before says nothing about
    // clocks
    if (t_us < self->clock.open_us + self->clock.lateness_us) {
        return;
    }
    if (self->spread_first_us == 0 || t_us < self->spread_first_us) {
        self->spread_first_us = t_us;
    }
    self->spread_last_us = t_us > self->spread_last_us ? t_us : self->spread_last_us;
}

// Lone tones that jump out of the last frames; only among frames that were aligned
static void
despike(const rv_link *const link, rv_csi *const csi)
{
    const rv_despike_config cfg = rv_despike_config_default();
    const rv_csi           *past[RV_DESPIKE_PAST];
    bool                    whole;
    if (link->sanitised.reason != RV_REASON_NONE ||
        link->ring.count <= RV_DESPIKE_PAST) {
        return;
    }
    for (uint32_t age = 0; age < RV_DESPIKE_PAST; ++age) {
        past[age] = &link->slot[rv_ring_slot(&link->ring, age + 1)];
    }
    (void)rv_despike_push(&cfg, past, RV_DESPIKE_PAST, csi, link->spiky, &whole);
}

// Stage 2 takes what stage 3 aligned, so the aligner runs first; both are timed
static void
align_and_calibrate(rv_engine *const self, rv_link *const link, rv_csi *const csi,
                    uint64_t start)
{
    if (rv_sanitise_push(&link->sanitise, csi, rv_normalise_weight(&link->normalise),
                         &link->sanitised) != RV_OK) {
        return;
    }
    const size_t n = (size_t)csi->n_streams * csi->n_tones;
    rv_engine_digest(self, RV_STAGE_ALIGN, "re", link->id, csi->re, n);
    rv_engine_digest(self, RV_STAGE_ALIGN, "im", link->id, csi->im, n);
    rv_engine_digest(self, RV_STAGE_ALIGN, "sto_ns", link->id, &csi->sto_ns, 1);
    despike(link, csi);
    start = rv_engine_lap(self, RV_STAGE_ALIGN, start);
    if (self->calibration.active) {
        if (link->ring.total == 1) { // it was not there when the recording began
            rv_calibrate_begin(&link->calibrate, self->calibration.session);
        }
        (void)!rv_calibrate_record(&link->calibrate, csi);
    }
    if (rv_calibrate_apply(&link->calibrate, csi, &link->calibrated) == RV_OK) {
        rv_engine_digest(self, RV_STAGE_CALIBRATE, "deviation", link->id,
                         &link->calibrated.deviation.value, 1);
        rv_engine_digest(self, RV_STAGE_CALIBRATE, "echo_ratio", link->id,
                         &link->calibrated.echo.value, 1);
    }
    rv_engine_lap(self, RV_STAGE_CALIBRATE, start);
}

void
rv_engine_take_frame(rv_engine *const self, const rv_frame *const frame)
{
    uint64_t start = rv_engine_now(self);
    if (frame->synthetic && !self->config.allow_synthetic) {
        refuse(self, RV_REASON_SYNTHETIC_REFUSED);
        return;
    }
    const rv_reason fault = rv_frame_check(frame);
    if (fault != RV_REASON_NONE) {
        refuse(self, fault);
        return;
    }
    rv_node *const node = rv_engine_node(self, frame->node);
    if (!node) {
        refuse(self, RV_REASON_TABLE_FULL);
        return;
    }
    if (!note_arrival(self, node, frame)) {
        return;
    }
    // When it was measured, as far as the node's clock is known; else when it arrived
    rv_frame known = *frame;
    (void)rv_clock_place(&node->clock, frame->sequence, frame->has_sequence,
                         frame->device_us, frame->t_us, &known.t_us);
    if (known.tx == RV_TX_UNKNOWN && node->config) {
        known.tx = node->config->tx;
    }
    rv_link  *link  = NULL;
    rv_reason found = rv_link_table_find(&self->links, &known, &link);
    if (found == RV_REASON_NONE) {
        found = rv_normalise_push(&link->normalise, &known, rv_link_next_slot(link));
    }
    if (found != RV_REASON_NONE) {
        refuse(self, found);
        return;
    }
    rv_csi *const csi = rv_link_next_slot(link);
    rv_link_note_frame(link, csi->t_us);
    note_power(node, link, &known);
    note_times(self, node, csi->t_us);
    self->synthetic = self->synthetic || known.synthetic;
    ++self->counters.frames_accepted;
    const size_t n = (size_t)csi->n_streams * csi->n_tones;
    rv_engine_digest(self, RV_STAGE_INGEST, "re", link->id, csi->re, n);
    rv_engine_digest(self, RV_STAGE_INGEST, "im", link->id, csi->im, n);
    rv_engine_digest(self, RV_STAGE_INGEST, "gain_db", link->id, &csi->gain_db, 1);
    start = rv_engine_lap(self, RV_STAGE_INGEST, start);

    align_and_calibrate(self, link, csi, start);

    start = rv_engine_now(self);
    if (rv_coherence_push(&link->coherence, csi, &link->coherent) == RV_OK) {
        link->stepped   = link->stepped || link->coherent.step;
        link->restarted = link->restarted || link->coherent.restarted;
    }
    rv_engine_lap(self, RV_STAGE_GATE, start);
    const rv_estimate power = known.rssi_dbm == RV_DBM_UNKNOWN
                                  ? rv_unknown(RV_REASON_UNSUPPORTED)
                                  : rv_exact((float)known.rssi_dbm, 1.0F);
    (void)!rv_link_level_push(&link->level, csi, power);
    rv_watch_frame(self, link, csi);
    start = rv_engine_now(self);
    rv_motion_push(&link->motion, csi);
    const rv_motion_result *const motion = &link->motion.result;
    if (motion->change >= 0.0F) {
        rv_fall_push(
            &self->fall, link->id, csi->t_us, motion->change, motion->interval_s,
            motion->reason == RV_REASON_NONE && !motion->stirring && !motion->moving);
    }
    rv_sampler_push(link->sampler, csi, motion->moving);
    if (self->has_pose) {
        rv_pose_link_push(&link->pose, csi);
    }
    if (self->strides && link->sanitised.reason == RV_REASON_NONE) {
        rv_stride_link_push(&link->stride, csi);
    }
    rv_engine_lap(self, RV_STAGE_VITAL, start);
}

// SPDX-License-Identifier: MIT
// The skeleton of each active track, where a model is loaded.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

bool
rv_engine_link_ends(const rv_engine *const self, const rv_link *const link,
                    rv_room_link *const ends)
{
    const float *const tx = rv_engine_config_tx_position(&self->config, link->key.tx);
    const rv_node_config *const node =
        rv_engine_config_node(&self->config, link->key.node);
    memset(ends, 0, sizeof *ends);
    if (tx && node && node->has_position) {
        memcpy(ends->tx_m, tx, sizeof ends->tx_m);
        memcpy(ends->rx_m, node->position_m, sizeof ends->rx_m);
        ends->located = true;
    }
    return ends->located;
}

uint32_t
rv_engine_pose_links(const rv_engine *const self, rv_pose_seen out[RV_MAX_LINKS])
{
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link *const link = &self->links.link[i];
        out[i].frames             = &link->pose;
        out[i].level              = rv_link_level_get(&link->level);
        out[i].wavelength_m       = 299.792458F / (float)link->key.freq_mhz;
        (void)rv_engine_link_ends(self, link, &out[i].ends);
    }
    return self->links.n_links;
}

rv_status
rv_engine_set_pose_model(rv_engine *const self, const rv_pose_model *const model)
{
    if (self->counters.inputs > 0 || self->has_pose) {
        return RV_ERR_STATE;
    }
    rv_pose_config config  = rv_pose_config_default();
    config.period_us       = self->config.period_us;
    config.cpu_mask        = self->config.cpu_mask;
    const rv_status status = rv_pose_init(&self->pose, &config, model);
    if (status != RV_OK) {
        return status;
    }
    uint8_t start[RV_DIGEST_BYTES];
    memcpy(self->run_header.model, model->digest, sizeof self->run_header.model);
    rv_run_digest(&self->run_header, start);
    rv_witness_init(&self->witness, start, 0);
    self->witness.cpu_mask = self->config.cpu_mask;
    self->has_pose         = true;
    return RV_OK;
}

static rv_pose_track_state
state_of(const rv_track *const track)
{
    const float variance = 0.5F * (track->covariance_m2[0] + track->covariance_m2[2]);
    return (rv_pose_track_state){
        .position_m   = {track->position_m[0], track->position_m[1]},
        .velocity_mps = {track->velocity_mps[0], track->velocity_mps[1]},
        .sigma_m      = rv_sqrt_f32(variance > 0.0F ? variance : 0.0F),
        .sigma_mps    = track->velocity_sigma_mps};
}

static void
fill(rv_engine *const self, const rv_track *const track,
     const rv_pose_result *const pose, rv_record_person *const out)
{
    out->keypoint_reason = pose->reason;
    if (pose->reason != RV_REASON_NONE) {
        return;
    }
    memcpy(out->keypoint_m, pose->position_m, sizeof out->keypoint_m);
    memcpy(out->keypoint_sigma_m, pose->sigma_m, sizeof out->keypoint_sigma_m);
    rv_engine_digest(self, RV_STAGE_PEOPLE, "keypoint_m", track->id,
                     &out->keypoint_m[0][0], (size_t)RV_N_KEYPOINTS * 3);
    rv_engine_digest(self, RV_STAGE_PEOPLE, "keypoint_sigma_m", track->id,
                     out->keypoint_sigma_m, RV_N_KEYPOINTS);
}

void
rv_cycle_pose(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    if (!self->has_pose || record->n_persons == 0) {
        return;
    }
    rv_pose_seen   seen[RV_MAX_LINKS];
    const uint32_t n = rv_engine_pose_links(self, seen);
    for (uint32_t i = 0; i < self->tracks.n_tracks; ++i) {
        const rv_track *const     track = &self->tracks.track[i];
        const rv_pose_track_state state = state_of(track);
        rv_pose_result            pose;
        if (rv_pose_push(&self->pose, track->slot, track->id, end_us, &state, seen, n,
                         &pose) != RV_OK) {
            continue;
        }
        for (int p = 0; p < record->n_persons; ++p) {
            rv_record_person *const person = &record->persons[p];
            if (person->id != track->id) {
                continue;
            }
            // Somebody who is not seen has no pose, whatever the room does meanwhile
            pose.reason =
                person->state != RV_TRACK_ACTIVE ? RV_REASON_STALE : pose.reason;
            fill(self, track, &pose, person);
        }
    }
}

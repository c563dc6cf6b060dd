// SPDX-License-Identifier: MIT
#include <ruview/people/pose.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

// Cycles before the newest that the head sees, and its forgetting means
static const uint8_t lags[RV_POSE_LAGS]         = {0, 4, 8, 12, 16, 24};
static const float   memory_s[RV_POSE_MEMORIES] = {2.0F, 8.0F};

// The network knows the 2.4 GHz band and no other
static const float least_wave_m = 0.11F;

enum { network_period_us = 50000, longest_gap = 3 }; // cycles without the track

rv_pose_config
rv_pose_config_default(void)
{
    return (rv_pose_config){
        .period_us = network_period_us, .correlation_s = 0.8F, .least_gain = 0.05F};
}

rv_status
rv_pose_init(rv_pose *const self, const rv_pose_config *const cfg,
             const rv_pose_model *const model)
{
    if (!(cfg->correlation_s > 0.0F && cfg->correlation_s <= 60.0F) ||
        !(cfg->least_gain >= -10.0F && cfg->least_gain <= 10.0F) ||
        cfg->period_us == 0) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->cfg      = *cfg;
    self->model    = model;
    const float dt = (float)cfg->period_us * 1e-6F;
    for (int i = 0; i < RV_POSE_MEMORIES; ++i) {
        self->share[i] = 1.0F - rv_exp_f32(-dt / memory_s[i]);
    }
    return RV_OK;
}

/// Links into the pool; says why it stays empty
static rv_reason
pool_links(const rv_pose *const self, const rv_pose_heading *const heading,
           const uint64_t t_us, const rv_pose_track_state *const track,
           const rv_pose_seen *const seen, const uint32_t n, rv_pose_pool *const pool)
{
    rv_reason why = n > 0 ? RV_REASON_NO_GEOMETRY : RV_REASON_NO_DATA;
    for (uint32_t i = 0; i < n; ++i) {
        float features[RV_POSE_LINK_FEATURES];
        if (!seen[i].ends.located) {
            continue;
        }
        if (seen[i].wavelength_m < least_wave_m) {
            why = why == RV_REASON_NO_DATA ? why : RV_REASON_UNSUPPORTED;
            continue;
        }
        if (rv_pose_link_features(seen[i].frames, &seen[i].ends, &seen[i].level, track,
                                  heading, seen[i].wavelength_m, t_us, features)) {
            rv_pose_pool_add(self->model, self->cfg.cpu_mask, features, pool);
        }
        why = RV_REASON_NO_DATA;
    }
    return pool->n > 0 ? RV_REASON_NONE : why;
}

static void
remember(const rv_pose *const self, rv_pose_slot *const s,
         const float embedding[RV_POSE_EMBEDDING])
{
    memcpy(s->ring[s->next], embedding, sizeof s->ring[0]);
    for (int m = 0; m < RV_POSE_MEMORIES; ++m) {
        const float share = s->n == 0 ? 1.0F : self->share[m];
        for (int i = 0; i < RV_POSE_EMBEDDING; ++i) {
            s->memory[m][i] += share * (embedding[i] - s->memory[m][i]);
        }
    }
    s->next = (s->next + 1) % RV_POSE_RING;
    s->n += s->n < RV_POSE_RING;
}

static void
ask_network(const rv_pose *const self, const rv_pose_slot *const s,
            rv_pose_output *const out)
{
    float in[RV_POSE_HEAD_IN];
    for (int i = 0; i < RV_POSE_LAGS; ++i) {
        const uint32_t at = (s->next + RV_POSE_RING - 1 - lags[i]) % RV_POSE_RING;
        memcpy(in + (size_t)i * RV_POSE_EMBEDDING, s->ring[at], sizeof s->ring[at]);
    }
    memcpy(in + (size_t)RV_POSE_LAGS * RV_POSE_EMBEDDING, s->memory, sizeof s->memory);
    rv_pose_answer(self->model, self->cfg.cpu_mask, in, out);
}

/// Nats per joint and axis that the stated variances gain over the usual pose
static float
gain_over_mean(const rv_pose_model *const model, const rv_pose_track_state *const track,
               const rv_pose_output *const said)
{
    float sum = 0.0F;
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        const float plan = model->mean_sigma[j * 2];
        const float up   = model->mean_sigma[j * 2 + 1];
        const float wide = rv_sqrt_f32(plan * plan + track->sigma_m * track->sigma_m);
        sum += 2.0F * rv_log_f32(wide / said->sigma_m[j][0]) +
               rv_log_f32(up / said->sigma_m[j][1]);
    }
    return sum / (3.0F * RV_POSE_JOINTS);
}

/// About the track, which has a filter of its own: what is left to follow are limbs
static void
place(const rv_pose *const self, const rv_pose_slot *const s,
      const rv_pose_output *const said, rv_keypoint_seen seen[RV_POSE_JOINTS])
{
    const float wider =
        rv_sqrt_f32(self->cfg.correlation_s * 1e6F / (float)self->cfg.period_us);
    float sigma[2] = {0.0F, 0.0F};
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        sigma[0] += said->sigma_m[j][0] * (1.0F / (float)RV_POSE_JOINTS);
        sigma[1] += said->sigma_m[j][1] * (1.0F / (float)RV_POSE_JOINTS);
    }
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        const float *const p = said->position_m[j];
        const float *const f = s->heading.forward;
        seen[j]              = (rv_keypoint_seen){
                         .position_m = {p[0] * f[0] - p[1] * f[1], p[0] * f[1] + p[1] * f[0], p[2]},
                         .sigma_m    = wider * sigma[0],
                         .sigma_up_m = wider * sigma[1],
                         .valid      = true};
    }
}

static void
report(const rv_keypoints_frame *const filtered, const rv_pose_track_state *const track,
       rv_pose_result *const out)
{
    out->jitter_m = filtered->jitter_m;
    out->reason   = RV_REASON_NONE;
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        const float plan = out->network.sigma_m[j][0];
        const float up   = out->network.sigma_m[j][1];
        const float own  = rv_sqrt_f32((2.0F * plan * plan + up * up) / 3.0F);
        for (int k = 0; k < 3; ++k) {
            out->position_m[j][k] =
                filtered->position_m[j][k] + (k < 2 ? track->position_m[k] : 0.0F);
        }
        out->sigma_m[j] = own;
        if (!filtered->known[j]) {
            out->reason = RV_REASON_LOW_QUALITY;
        }
    }
}

static rv_status
begin(rv_pose_slot *const s, const uint32_t id, const uint64_t t_us)
{
    rv_keypoints_config filter = rv_keypoints_config_default();
    filter.lost_sigma_m        = 5.0F; // the network's own judgement counts
    // Its errors are alike for all joints of a body, which the filter cannot know:
    // bones would outweigh what it says of the joints among themselves
    filter.bone_sigma_m = 10.0F;
    // Alike for all joints, with one sigma and no gate, so that a body keeps its shape
    filter.torso_mps2 = 2.5F; // about the track, not about the room
    filter.limb_mps2  = 2.5F;
    filter.gate       = 1e6F;
    memset(s, 0, sizeof *s);
    s->id   = id;
    s->t_us = t_us;
    return rv_keypoints_init(&s->filter, &filter);
}

rv_status
rv_pose_push(rv_pose *const self, const uint32_t slot, const uint32_t id,
             const uint64_t t_us, const rv_pose_track_state *const track,
             const rv_pose_seen *const seen, const uint32_t n,
             rv_pose_result *const out)
{
    if (slot >= RV_TRACKER_MAX_TRACKS || id == 0) {
        return RV_ERR_RANGE;
    }
    memset(out, 0, sizeof *out);
    out->reason = RV_REASON_UNSUPPORTED;
    if (self->cfg.period_us != network_period_us) {
        return RV_OK;
    }
    rv_pose_slot *const s = &self->slot[slot];
    if (s->id != id || t_us < s->t_us ||
        t_us - s->t_us > (uint64_t)longest_gap * self->cfg.period_us) {
        (void)!begin(s, id, t_us);
    }
    s->t_us = t_us;
    rv_pose_heading_push(&s->heading, t_us, track);
    rv_pose_pool pool;
    memset(&pool, 0, sizeof pool);
    out->reason = pool_links(self, &s->heading, t_us, track, seen, n, &pool);
    if (out->reason != RV_REASON_NONE) {
        s->n = 0;
        return RV_OK;
    }
    float features[RV_POSE_TRACK_FEATURES], embedding[RV_POSE_EMBEDDING];
    rv_pose_track_features(track, &s->heading, pool.n, features);
    rv_pose_embed(self->model, self->cfg.cpu_mask, &pool, features, embedding);
    remember(self, s, embedding);
    out->reason = RV_REASON_WARMING_UP;
    if (s->n < RV_POSE_RING) {
        return RV_OK;
    }
    rv_keypoint_seen   joint[RV_POSE_JOINTS];
    rv_keypoints_frame filtered;
    ask_network(self, s, &out->network);
    out->gain = gain_over_mean(self->model, track, &out->network);
    place(self, s, &out->network, joint);
    if (rv_keypoints_push(&s->filter, t_us, joint, &filtered) != RV_OK) {
        out->reason = RV_REASON_ERROR;
        return RV_OK;
    }
    report(&filtered, track, out);
    if (out->reason == RV_REASON_NONE && !(out->gain >= self->cfg.least_gain)) {
        out->reason = RV_REASON_LOW_QUALITY;
    }
    return RV_OK;
}

// SPDX-License-Identifier: MIT
// Features, network, filter: three tracks among twelve links of noise for four seconds,
// with random weights.
#include "proofs/proof.h"
#include "tests/pose_weights.h"

#include <ruview/math/elementary.h>
#include <ruview/people/pose.h>

#include <stdlib.h>

enum { n_links = 12, n_tracks = 3, n_cycles = 80, tones = 56 };

typedef struct {
    pose_weights weights;
    rv_pose      pose;
    rv_pose_link link[n_links];
    rv_pose_seen seen[n_links];
} room;

/// A standing path and three moving ones, noise, now and then a lost frame
static void
hear(room *const r, rv_random *const random, const uint64_t t_us, const int cycle)
{
    float   re[tones], im[tones];
    int16_t tone[tones];
    for (int i = 0; i < n_links; ++i) {
        if (rv_random_below(random, 20) == 0) {
            continue;
        }
        for (int k = 0; k < tones; ++k) {
            tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
            re[k]   = 1.0F + 0.03F * rv_random_normal_f32(random);
            im[k]   = 0.03F * rv_random_normal_f32(random);
            for (int p = 0; p < 3; ++p) {
                const float angle = 0.2F * (float)((p + 1) * cycle) + 0.4F * (float)i -
                                    0.02F * (float)(tone[k] * (p + 1));
                re[k] += 0.1F * rv_cos_f32(angle);
                im[k] += 0.1F * rv_sin_f32(angle);
            }
        }
        const rv_csi csi = {.t_us       = t_us - (uint64_t)(1000 * i),
                            .n_tones    = tones,
                            .n_streams  = 1,
                            .spacing_hz = 312500,
                            .tone       = tone,
                            .re         = re,
                            .im         = im};
        rv_pose_link_push(&r->link[i], &csi);
    }
}

static void
add(rv_proof *const proof, const rv_pose_result *const out)
{
    const uint32_t reason = (uint32_t)out->reason;
    rv_proof_u32(proof, &reason, 1);
    rv_proof_f32(proof, &out->position_m[0][0], (size_t)RV_POSE_JOINTS * 3);
    rv_proof_f32(proof, out->sigma_m, RV_POSE_JOINTS);
    rv_proof_f32(proof, &out->network.position_m[0][0], (size_t)RV_POSE_JOINTS * 3);
    rv_proof_f32(proof, &out->network.sigma_m[0][0], (size_t)RV_POSE_JOINTS * 2);
    rv_proof_f32(proof, &out->gain, 1);
}

int
main(int argc, char **argv)
{
    rv_proof    proof;
    rv_random   random;
    room *const r = calloc(1, sizeof *r);
    rv_proof_begin(&proof, "pose", argc, argv);
    rv_pose_config cfg = rv_pose_config_default();
    cfg.cpu_mask       = proof.cpu_mask;
    cfg.least_gain     = -10.0F;
    if (!r || pose_weights_init(&r->weights, 11) != RV_OK ||
        rv_pose_init(&r->pose, &cfg, &r->weights.model) != RV_OK) {
        return 2;
    }
    rv_random_init(&random, 5, 5);
    for (int i = 0; i < n_links; ++i) {
        r->seen[i] = (rv_pose_seen){
            .frames       = &r->link[i],
            .ends         = {{0.5F * (float)i, 0.0F, 1.0F}, {2.0F, 5.0F, 1.5F}, true},
            .level        = {.loss_db = 0.1F * (float)i, .variance_db2 = 0.5F},
            .wavelength_m = 0.123F};
    }
    for (int c = 0; c < n_cycles; ++c) {
        const uint64_t t_us = 1000000000 + (uint64_t)c * 50000;
        hear(r, &random, t_us, c);
        for (uint32_t t = 0; t < n_tracks; ++t) {
            const float               v     = 0.3F * (float)t;
            const rv_pose_track_state track = {
                .position_m   = {1.0F + (float)t, 1.0F + 0.05F * v * (float)c},
                .velocity_mps = {0.02F * (float)(c % 7), v},
                .sigma_m      = 0.2F,
                .sigma_mps    = 0.1F};
            rv_pose_result out;
            if (rv_pose_push(&r->pose, t, t + 1, t_us, &track, r->seen, n_links,
                             &out) != RV_OK) {
                return 2;
            }
            add(&proof, &out);
        }
        if (c % 20 == 19) {
            rv_proof_part(&proof, "second");
        }
    }
    free(r);
    return rv_proof_end(&proof);
}

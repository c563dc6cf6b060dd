// SPDX-License-Identifier: MIT
// A pose network with random weights, for proofs, benches and tests that need some
// network and not the one that ships.
#ifndef RV_TESTS_POSE_WEIGHTS_H
#define RV_TESTS_POSE_WEIGHTS_H

#include <ruview/math/random.h>
#include <ruview/people/pose_model.h>

#include <string.h>

typedef struct {
    float         values[110000];
    rv_pose_model model;
} pose_weights;

static inline rv_status
pose_weights_init(pose_weights *const self, const uint64_t seed)
{
    static const struct {
        const char *name;
        uint32_t    n_rows, n_columns;
        float       scale, offset;
    } all[] = {
        {"link.0.weight", RV_POSE_WIDE, RV_POSE_LINK_FEATURES, 0.22F, 0.0F},
        {"link.0.bias", 1, RV_POSE_WIDE, 0.1F, 0.0F},
        {"link.1.weight", RV_POSE_POOLED, RV_POSE_WIDE, 0.18F, 0.0F},
        {"link.1.bias", 1, RV_POSE_POOLED, 0.1F, 0.0F},
        {"cycle.weight", RV_POSE_EMBEDDING, RV_POSE_CYCLE_IN, 0.14F, 0.0F},
        {"cycle.bias", 1, RV_POSE_EMBEDDING, 0.1F, 0.0F},
        {"head.0.weight", RV_POSE_HIDDEN, RV_POSE_HEAD_IN, 0.06F, 0.0F},
        {"head.0.bias", 1, RV_POSE_HIDDEN, 0.1F, 0.0F},
        {"head.1.weight", RV_POSE_HIDDEN, RV_POSE_HIDDEN, 0.12F, 0.0F},
        {"head.1.bias", 1, RV_POSE_HIDDEN, 0.1F, 0.0F},
        {"head.2.weight", RV_POSE_OUTPUTS, RV_POSE_HIDDEN, 0.02F, 0.0F},
        {"head.2.bias", 1, RV_POSE_OUTPUTS, 0.1F, -1.5F},
        {"mean.position", RV_POSE_JOINTS, 3, 0.3F, 0.5F},
        {"mean.sigma", RV_POSE_JOINTS, 2, 0.0F, 1.0F},
    };
    enum { n = sizeof all / sizeof *all };
    rv_pose_tensor tensor[n];
    uint8_t        digest[RV_POSE_DIGEST] = {1, 2, 3};
    float         *to                     = self->values;
    rv_random      random;
    rv_random_init(&random, seed, 0);
    for (int i = 0; i < n; ++i) {
        const uint32_t count = all[i].n_rows * all[i].n_columns;
        tensor[i] = (rv_pose_tensor){all[i].name, all[i].n_rows, all[i].n_columns, to};
        for (uint32_t k = 0; k < count; ++k) {
            *to++ = all[i].offset + all[i].scale * rv_random_normal_f32(&random);
        }
    }
    return rv_pose_model_init(&self->model, tensor, n, digest);
}

/// A link that saw `n` frames of noise up to `t_us`, 20 a second
static inline void
pose_weights_link(rv_pose_link *const link, rv_random *const random,
                  const uint64_t t_us, const uint32_t n)
{
    static const int16_t tone[8] = {-26, -20, -12, -3, 3, 12, 20, 26};
    memset(link, 0, sizeof *link);
    for (uint32_t i = 0; i < n; ++i) {
        float re[8], im[8];
        for (int k = 0; k < 8; ++k) {
            re[k] = 1.0F + 0.1F * rv_random_normal_f32(random);
            im[k] = 0.1F * rv_random_normal_f32(random);
        }
        const rv_csi csi = {.t_us       = t_us - (uint64_t)(n - 1 - i) * 50000,
                            .n_tones    = 8,
                            .n_streams  = 1,
                            .spacing_hz = 312500,
                            .tone       = tone,
                            .re         = re,
                            .im         = im};
        rv_pose_link_push(link, &csi);
    }
}

#endif // RV_TESTS_POSE_WEIGHTS_H

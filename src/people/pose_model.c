// SPDX-License-Identifier: MIT
#include <ruview/people/pose_model.h>

#include "base/exact.h"
#include "base/try.h"

#include <ruview/math/elementary.h>
#include <ruview/math/kernels.h>

#include <string.h>

static bool
same(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        ++a;
        ++b;
    }
    return *a == *b;
}

/// Where the numbers of a tensor go
typedef struct {
    const char   *name;
    uint32_t      n_rows, n_columns;
    const float **to;
} wanted;

static rv_status
take(const wanted *const want, const rv_pose_tensor *const tensors, const uint32_t n)
{
    const rv_kernels *const kernels = rv_kernels_for(0);
    for (uint32_t i = 0; i < n; ++i) {
        const rv_pose_tensor *const t = &tensors[i];
        if (!same(t->name, want->name)) {
            continue;
        }
        if (t->n_rows != want->n_rows || t->n_columns != want->n_columns) {
            return RV_ERR_SHAPE;
        }
        if (!kernels->all_finite(t->values, (size_t)t->n_rows * t->n_columns)) {
            return RV_ERR_NONFINITE;
        }
        *want->to = t->values;
        return RV_OK;
    }
    return RV_ERR_NOT_FOUND;
}

rv_status
rv_pose_model_init(rv_pose_model *const self, const rv_pose_tensor *const tensors,
                   const uint32_t n_tensors, const uint8_t digest[RV_POSE_DIGEST])
{
    rv_pose_model m;
    memset(&m, 0, sizeof m);
    const wanted all[] = {
        {"link.0.weight", RV_POSE_WIDE, RV_POSE_LINK_FEATURES, &m.link[0].weight},
        {"link.0.bias", 1, RV_POSE_WIDE, &m.link[0].bias},
        {"link.1.weight", RV_POSE_POOLED, RV_POSE_WIDE, &m.link[1].weight},
        {"link.1.bias", 1, RV_POSE_POOLED, &m.link[1].bias},
        {"cycle.weight", RV_POSE_EMBEDDING, RV_POSE_CYCLE_IN, &m.cycle.weight},
        {"cycle.bias", 1, RV_POSE_EMBEDDING, &m.cycle.bias},
        {"head.0.weight", RV_POSE_HIDDEN, RV_POSE_HEAD_IN, &m.head[0].weight},
        {"head.0.bias", 1, RV_POSE_HIDDEN, &m.head[0].bias},
        {"head.1.weight", RV_POSE_HIDDEN, RV_POSE_HIDDEN, &m.head[1].weight},
        {"head.1.bias", 1, RV_POSE_HIDDEN, &m.head[1].bias},
        {"head.2.weight", RV_POSE_OUTPUTS, RV_POSE_HIDDEN, &m.head[2].weight},
        {"head.2.bias", 1, RV_POSE_OUTPUTS, &m.head[2].bias},
        {"mean.position", RV_POSE_JOINTS, 3, &m.mean_position},
        {"mean.sigma", RV_POSE_JOINTS, 2, &m.mean_sigma},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; ++i) {
        RV_TRY(take(&all[i], tensors, n_tensors));
    }
    memcpy(m.digest, digest, sizeof m.digest);
    *self = m;
    return RV_OK;
}

static void
dense(const rv_kernels *const kernels, const rv_pose_layer *const layer,
      const float *const in, const uint32_t n_in, float *const out,
      const uint32_t n_out, const bool rectify)
{
    for (uint32_t i = 0; i < n_out; ++i) {
        const float x =
            kernels->dot(layer->weight + (size_t)i * n_in, in, n_in) + layer->bias[i];
        out[i] = rectify && !(x > 0.0F) ? 0.0F : x;
    }
}

void
rv_pose_pool_add(const rv_pose_model *const self, const uint32_t cpu_mask,
                 const float features[RV_POSE_LINK_FEATURES], rv_pose_pool *const pool)
{
    const rv_kernels *const kernels = rv_kernels_for(cpu_mask);
    float                   wide[RV_POSE_WIDE], one[RV_POSE_POOLED];
    dense(kernels, &self->link[0], features, RV_POSE_LINK_FEATURES, wide, RV_POSE_WIDE,
          true);
    dense(kernels, &self->link[1], wide, RV_POSE_WIDE, one, RV_POSE_POOLED, true);
    for (int i = 0; i < RV_POSE_POOLED; ++i) {
        pool->sum[i] += one[i];
        pool->most[i] = one[i] > pool->most[i] ? one[i] : pool->most[i];
    }
    ++pool->n;
}

void
rv_pose_embed(const rv_pose_model *const self, const uint32_t cpu_mask,
              const rv_pose_pool *const pool, const float track[RV_POSE_TRACK_FEATURES],
              float out[RV_POSE_EMBEDDING])
{
    float       in[RV_POSE_CYCLE_IN];
    const float n = pool->n > 0 ? (float)pool->n : 1.0F;
    for (int i = 0; i < RV_POSE_POOLED; ++i) {
        in[i]                  = pool->sum[i] / n;
        in[RV_POSE_POOLED + i] = pool->most[i];
    }
    memcpy(in + 2 * RV_POSE_POOLED, track, sizeof(float) * RV_POSE_TRACK_FEATURES);
    dense(rv_kernels_for(cpu_mask), &self->cycle, in, RV_POSE_CYCLE_IN, out,
          RV_POSE_EMBEDDING, true);
}

void
rv_pose_answer(const rv_pose_model *const self, const uint32_t cpu_mask,
               const float in[RV_POSE_HEAD_IN], rv_pose_output *const out)
{
    const rv_kernels *const kernels = rv_kernels_for(cpu_mask);
    float                   a[RV_POSE_HIDDEN], b[RV_POSE_HIDDEN], y[RV_POSE_OUTPUTS];
    dense(kernels, &self->head[0], in, RV_POSE_HEAD_IN, a, RV_POSE_HIDDEN, true);
    dense(kernels, &self->head[1], a, RV_POSE_HIDDEN, b, RV_POSE_HIDDEN, true);
    dense(kernels, &self->head[2], b, RV_POSE_HIDDEN, y, RV_POSE_OUTPUTS, false);
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        memcpy(out->position_m[j], y + (size_t)j * 3, sizeof out->position_m[j]);
        for (int k = 0; k < 2; ++k) {
            const float s      = y[RV_POSE_JOINTS * 3 + j * 2 + k];
            out->sigma_m[j][k] = rv_exp_f32(s < -4.0F ? -4.0F : s > 1.0F ? 1.0F : s);
        }
    }
}

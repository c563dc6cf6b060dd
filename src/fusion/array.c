// SPDX-License-Identifier: MIT
#include <ruview/fusion/array.h>

#include <ruview/math/elementary.h>

#include "base/exact.h"

rv_array_config
rv_array_config_default(void)
{
    return (rv_array_config){.coherence     = 0.7F,
                             .hysteresis    = 0.05F,
                             .spread_us     = 20000.0F,
                             .spread_max_us = 60000.0F,
                             .outlier       = 3.0F,
                             .outlier_floor = 0.05F};
}

void
rv_array_init(rv_array *const self, const rv_array_config *const cfg)
{
    *self = (rv_array){.cfg = *cfg};
}

static bool
pass_coherence(rv_array *const self, const uint32_t i, const rv_estimate c)
{
    const float limit =
        self->cfg.coherence - (self->open[i] ? self->cfg.hysteresis : 0.0F);
    self->open[i] = rv_is_known(c) && c.value >= limit;
    return self->open[i];
}

static rv_array_part
place(rv_array *const self, const uint32_t i, const rv_array_node *const node,
      rv_reason *const why)
{
    const bool coherent = pass_coherence(self, i, node->coherence);
    *why                = RV_REASON_NONE;
    if (!node->clock.present) {
        *why = RV_REASON_NO_DATA;
        return RV_ARRAY_OUT;
    }
    if (!rv_is_known(node->clock.spread_us) ||
        !(node->clock.spread_us.value < self->cfg.spread_max_us)) {
        *why = RV_REASON_CLOCK;
        return RV_ARRAY_OUT;
    }
    if (!coherent) {
        *why = rv_is_known(node->coherence) ? RV_REASON_LOW_QUALITY
                                            : node->coherence.reason;
        return RV_ARRAY_OUT;
    }
    if (node->clock.reason != RV_REASON_NONE ||
        !(node->clock.spread_us.value < self->cfg.spread_us)) {
        *why =
            node->clock.reason != RV_REASON_NONE ? node->clock.reason : RV_REASON_CLOCK;
        return RV_ARRAY_WATCHED;
    }
    return RV_ARRAY_IN;
}

// How far node i lies below the others' mean, in their own spread without it
static float
leave_one_out(const rv_array *const self, const rv_array_node *const node,
              const uint32_t n, const uint32_t i)
{
    float    sum = 0.0F, sum2 = 0.0F;
    uint32_t count = 0;
    for (uint32_t j = 0; j < n; ++j) {
        if (j != i && rv_is_known(node[j].coherence) && node[j].clock.present) {
            sum += node[j].coherence.value;
            ++count;
        }
    }
    if (count < 2 || !rv_is_known(node[i].coherence)) {
        return 0.0F;
    }
    const float mean = sum / (float)count;
    for (uint32_t j = 0; j < n; ++j) {
        if (j != i && rv_is_known(node[j].coherence) && node[j].clock.present) {
            const float d = node[j].coherence.value - mean;
            sum2 += d * d;
        }
    }
    const float sd =
        rv_max_f32(rv_sqrt_f32(sum2 / (float)(count - 1)), self->cfg.outlier_floor);
    return (mean - node[i].coherence.value) / sd;
}

rv_status
rv_array_push(rv_array *const self, const rv_array_node *const node, const uint32_t n,
              rv_array_result *const result)
{
    if (n > RV_ARRAY_NODES) {
        return RV_ERR_RANGE;
    }
    *result     = (rv_array_result){.contradicts = -1,
                                    .spread_us   = rv_unknown(RV_REASON_NO_DATA)};
    float total = 0.0F;
    float worst = self->cfg.outlier;
    for (uint32_t i = 0; i < n; ++i) {
        result->part[i] = place(self, i, &node[i], &result->why[i]);
        result->n_in += result->part[i] == RV_ARRAY_IN;
        result->n_watched += result->part[i] == RV_ARRAY_WATCHED;
        result->sigma[i] = leave_one_out(self, node, n, i);
        if (result->sigma[i] > worst) {
            worst               = result->sigma[i];
            result->contradicts = (int16_t)i;
        }
        if (result->part[i] == RV_ARRAY_IN) {
            const float loss  = rv_is_known(node[i].clock.loss)
                                    ? rv_clamp_f32(node[i].clock.loss.value, 0.0F, 1.0F)
                                    : 0.0F;
            result->weight[i] = (1.0F - loss) * node[i].coherence.value;
            total += result->weight[i];
            const float spread = node[i].clock.spread_us.value;
            if (!rv_is_known(result->spread_us) || spread > result->spread_us.value) {
                result->spread_us = node[i].clock.spread_us;
            }
        }
    }
    for (uint32_t i = 0; i < n; ++i) {
        result->weight[i] = total > 0.0F ? result->weight[i] / total : 0.0F;
    }
    return RV_OK;
}

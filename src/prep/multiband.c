// SPDX-License-Identifier: MIT
#include <ruview/prep/multiband.h>

#include <ruview/frame/layout.h>
#include <ruview/math/elementary.h>

#include "base/exact.h"

static const float least_variance = 1.0e-12F;

rv_multiband_config
rv_multiband_config_default(void)
{
    return (rv_multiband_config){.window_us = 200000, .min_coherence = 0.3F};
}

void
rv_multiband_init(rv_multiband *const self, const rv_multiband_config *const cfg)
{
    *self = (rv_multiband){.cfg = *cfg};
}

rv_status
rv_multiband_push(rv_multiband *const self, const rv_csi *const csi,
                  const uint32_t freq_mhz)
{
    if (self->n > 0 && self->band[0].csi->n_tones != csi->n_tones) {
        return RV_ERR_SHAPE;
    }
    uint32_t at = 0;
    while (at < self->n && self->band[at].freq_mhz < freq_mhz) {
        ++at;
    }
    if (at < self->n && self->band[at].freq_mhz == freq_mhz) {
        self->band[at].csi = csi;
        return RV_OK;
    }
    if (self->n == RV_MAX_BANDS) {
        return RV_ERR_FULL;
    }
    for (uint32_t i = self->n; i > at; --i) {
        self->band[i] = self->band[i - 1];
    }
    self->band[at] = (rv_band){.csi = csi, .freq_mhz = freq_mhz};
    ++self->n;
    return RV_OK;
}

static void
drop_old(rv_multiband *const self, const uint64_t now_us)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < self->n; ++i) {
        const uint64_t t = self->band[i].csi->t_us;
        if (t >= now_us || now_us - t <= self->cfg.window_us) {
            self->band[kept++] = self->band[i];
        }
    }
    self->n = kept;
}

float
rv_pearson(const float *const a, const float *const b, const uint32_t n)
{
    float sum_a = 0.0F, sum_b = 0.0F, ab = 0.0F, aa = 0.0F, bb = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        sum_a += a[i];
        sum_b += b[i];
    }
    const float mean_a = sum_a / (float)n;
    const float mean_b = sum_b / (float)n;
    for (uint32_t i = 0; i < n; ++i) {
        const float da = a[i] - mean_a;
        const float db = b[i] - mean_b;
        ab += da * db;
        aa += da * da;
        bb += db * db;
    }
    const float size = rv_sqrt_f32(aa * bb);
    return size < least_variance ? 0.0F : rv_clamp_f32(ab / size, -1.0F, 1.0F);
}

static void
amplitude_of(const rv_csi *const csi, float *const out)
{
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        out[k] = rv_sqrt_f32(csi->re[k] * csi->re[k] + csi->im[k] * csi->im[k]);
    }
}

// Mean correlation over all pairs of channels
static float
agreement(const rv_multiband *const self)
{
    float    a[RV_MAX_TONES], b[RV_MAX_TONES];
    float    sum   = 0.0F;
    uint32_t pairs = 0;
    for (uint32_t i = 0; i + 1 < self->n; ++i) {
        amplitude_of(self->band[i].csi, a);
        for (uint32_t j = i + 1; j < self->n; ++j) {
            amplitude_of(self->band[j].csi, b);
            sum += rv_pearson(a, b, self->band[i].csi->n_tones);
            ++pairs;
        }
    }
    return sum / (float)pairs;
}

rv_multiband_view
rv_multiband_get(rv_multiband *const self, const uint64_t now_us)
{
    drop_old(self, now_us);
    rv_multiband_view view = {.reason    = RV_REASON_NO_DATA,
                              .n         = self->n,
                              .band      = self->band,
                              .coherence = rv_unknown(RV_REASON_NO_DATA)};
    if (self->n == 0) {
        return view;
    }
    uint64_t oldest = UINT64_MAX, newest = 0;
    for (uint32_t i = 0; i < self->n; ++i) {
        const uint64_t t = self->band[i].csi->t_us;
        oldest           = t < oldest ? t : oldest;
        newest           = t > newest ? t : newest;
    }
    view.span_us = newest - oldest;
    view.reason = view.span_us > self->cfg.window_us ? RV_REASON_STALE : RV_REASON_NONE;
    if (self->n < 2) {
        view.coherence = rv_unknown(RV_REASON_UNSUPPORTED);
        return view;
    }
    const float r = rv_clamp_f32(agreement(self), 0.0F, 1.0F);
    // Standard error of a correlation; quality: how near in time
    const float n  = (float)self->band[0].csi->n_tones;
    view.coherence = rv_known(
        r, (1.0F - r * r) / rv_sqrt_f32(n - 1.0F),
        rv_max_f32(1.0F - (float)view.span_us / (float)self->cfg.window_us, 0.0F));
    if (view.reason == RV_REASON_NONE && r < self->cfg.min_coherence) {
        view.reason = RV_REASON_LOW_QUALITY;
    }
    return view;
}

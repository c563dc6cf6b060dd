// SPDX-License-Identifier: MIT
#include "vital/tones.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

rv_tones
rv_tones_for(const rv_csi *const csi)
{
    const uint32_t all    = (uint32_t)csi->n_tones * csi->n_streams;
    const uint32_t apart  = csi->spacing_hz;
    const uint32_t fine   = apart ? (312500U + apart / 2) / apart : 1U;
    const uint32_t narrow = (all + RV_VITAL_TONES - 1) / RV_VITAL_TONES;
    uint32_t       stride = fine > narrow ? fine : narrow;
    stride                = stride > 0 ? stride : 1;
    const rv_tones tones  = {csi->n_tones, csi->n_streams, (uint16_t)stride,
                             (uint16_t)((all + stride - 1) / stride)};
    return tones;
}

bool
rv_tones_fit(const rv_tones *const self, const rv_csi *const csi)
{
    return self->n_in == csi->n_tones && self->n_streams == csi->n_streams;
}

bool
rv_tones_take(const rv_tones *const self, const rv_csi *const csi, float *const x)
{
    float power = 0.0F;
    for (uint32_t i = 0; i < self->n; ++i) {
        const uint32_t k = i * self->stride;
        const float    p = csi->re[k] * csi->re[k] + csi->im[k] * csi->im[k];
        x[i]             = rv_sqrt_f32(p);
        power += p;
    }
    const float rms = rv_sqrt_f32(power / (float)self->n);
    if (!(rms > 0.0F) || !(rms < 1e18F)) {
        return false;
    }
    for (uint32_t i = 0; i < self->n; ++i) {
        x[i] /= rms;
    }
    return true;
}

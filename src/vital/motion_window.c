// SPDX-License-Identifier: MIT
#include "vital/motion_window.h"

#include "base/exact.h"

#include <string.h>

void
rv_motion_block_add(rv_motion_block *const b, const float *const x,
                    const float *const last, const float *const far, const uint16_t n,
                    const uint16_t apart)
{
    for (uint16_t i = 0; i < n; ++i) {
        const double v = (double)x[i];
        const double u = (double)last[i];
        const double w = (double)far[i];
        b->sum[i] += v;
        b->before[i] += u;
        b->square[i] += v * v;
        b->lag[i] += v * u;
        b->far_before[i] += w;
        b->far_lag[i] += v * w;
    }
    for (uint16_t i = 0; i + apart < n; ++i) {
        b->neighbour[i] += (double)x[i] * (double)x[i + apart];
    }
    ++b->n;
}

/// The blocks of a window added up, oldest first
static void
add_up(const rv_motion *const self, rv_motion_block *const all)
{
    memset(all, 0, sizeof *all);
    for (uint32_t k = 0; k < self->n_blocks; ++k) {
        const uint32_t slot =
            (self->current + RV_MOTION_BLOCKS + 1 - self->n_blocks + k) %
            (RV_MOTION_BLOCKS + 1);
        const rv_motion_block *const b = &self->block[slot];
        for (uint16_t i = 0; i < self->n_tones; ++i) {
            all->sum[i] += b->sum[i];
            all->before[i] += b->before[i];
            all->square[i] += b->square[i];
            all->lag[i] += b->lag[i];
            all->far_before[i] += b->far_before[i];
            all->far_lag[i] += b->far_lag[i];
            all->neighbour[i] += b->neighbour[i];
        }
        all->n += b->n;
        all->from_us = k == 0 ? b->from_us : all->from_us;
        all->to_us   = b->to_us;
    }
}

rv_motion_moments
rv_motion_measure(const rv_motion *const self)
{
    rv_motion_block b;
    add_up(self, &b);
    rv_motion_moments m   = {.n = b.n, .from_us = b.from_us, .to_us = b.to_us};
    const double      n   = m.n > 0 ? (double)m.n : 1.0;
    double            far = 0.0;
    for (uint16_t i = 0; i < self->n_tones; ++i) {
        const double mean = b.sum[i] / n;
        m.variance += b.square[i] / n - mean * mean;
        m.lag += (b.lag[i] - mean * (b.sum[i] + b.before[i])) / n + mean * mean;
        far += (b.far_lag[i] - mean * (b.sum[i] + b.far_before[i])) / n + mean * mean;
    }
    const uint16_t pairs = (uint16_t)(self->n_tones - self->apart);
    for (uint16_t i = 0; i < pairs; ++i) {
        m.joint += b.neighbour[i] / n - b.sum[i] / n * (b.sum[i + self->apart] / n);
    }
    m.variance /= self->n_tones;
    m.lag = (far < m.lag ? far : m.lag) / self->n_tones;
    m.joint /= pairs > 0 ? pairs : 1;
    return m;
}

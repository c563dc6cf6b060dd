// SPDX-License-Identifier: MIT
#include "vital/motion_window.h"

#include "base/exact.h"

#include <string.h>

void
rv_motion_block_add(rv_motion_block *const b, const float *const x,
                    const float *const last, const float *const far, const uint16_t n,
                    const uint16_t apart)
{
    double square = 0.0, lag = 0.0, far_lag = 0.0, neighbour = 0.0;
    for (uint16_t i = 0; i < n; ++i) {
        const double v = (double)x[i];
        const double u = (double)last[i];
        const double w = (double)far[i];
        square += v * v;
        lag += v * u;
        far_lag += v * w;
        b->sum[i] += v;
        b->drift[i] += last[i] - x[i];
        b->far_drift[i] += far[i] - x[i];
    }
    for (uint16_t i = 0; i + apart < n; ++i) {
        neighbour += (double)x[i] * (double)x[i + apart];
    }
    b->square += square;
    b->lag += lag;
    b->far_lag += far_lag;
    b->neighbour += neighbour;
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
            all->drift[i] += b->drift[i];
            all->far_drift[i] += b->far_drift[i];
        }
        all->square += b->square;
        all->lag += b->lag;
        all->far_lag += b->far_lag;
        all->neighbour += b->neighbour;
        all->n += b->n;
        all->strangers += b->strangers;
        all->from_us = k == 0 ? b->from_us : all->from_us;
        all->to_us   = b->to_us;
    }
}

rv_motion_moments
rv_motion_measure(const rv_motion *const self)
{
    rv_motion_block b;
    add_up(self, &b);
    rv_motion_moments m = {
        .n = b.n, .heard = b.n + b.strangers, .from_us = b.from_us, .to_us = b.to_us};
    const double n      = m.n > 0 ? (double)m.n : 1.0;
    double       square = 0.0, drift = 0.0, far_drift = 0.0, pair = 0.0;
    for (uint16_t i = 0; i < self->n_tones; ++i) {
        const double mean = b.sum[i] / n;
        square += mean * mean;
        drift += mean * (double)b.drift[i] / n;
        far_drift += mean * (double)b.far_drift[i] / n;
    }
    const uint16_t pairs = (uint16_t)(self->n_tones - self->apart);
    for (uint16_t i = 0; i < pairs; ++i) {
        pair += b.sum[i] / n * (b.sum[i + self->apart] / n);
    }
    const double near_lag = b.lag / n - drift - square;
    const double far_lag  = b.far_lag / n - far_drift - square;
    m.variance            = (b.square / n - square) / self->n_tones;
    m.lag                 = (far_lag < near_lag ? far_lag : near_lag) / self->n_tones;
    m.joint               = (b.neighbour / n - pair) / (pairs > 0 ? pairs : 1);
    return m;
}

// SPDX-License-Identifier: MIT
#include "vital/motion_window.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

static double
product(const float *const a, const float *const b, const uint32_t n)
{
    double sum = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

void
rv_motion_block_add(rv_motion_block *const b, const float *const x,
                    const float *const before[3], const uint16_t n,
                    const uint16_t apart)
{
    for (uint16_t i = 0; i < n; ++i) {
        b->sum[i] += (double)x[i];
    }
    for (int k = 0; k < 3; ++k) {
        b->lag[k] += product(x, before[k], n);
        for (uint16_t i = 0; i < n; ++i) {
            b->drift[k][i] += before[k][i] - x[i];
        }
    }
    b->square += product(x, x, n);
    b->neighbour += n > apart ? product(x, x + apart, (uint32_t)n - apart) : 0.0;
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
        }
        for (int l = 0; l < 3; ++l) {
            all->lag[l] += b->lag[l];
            for (uint16_t i = 0; i < self->n_tones; ++i) {
                all->drift[l][i] += b->drift[l][i];
            }
        }
        all->square += b->square;
        all->neighbour += b->neighbour;
        all->n += b->n;
        all->strangers += b->strangers;
        all->from_us = k == 0 ? b->from_us : all->from_us;
        all->to_us   = b->to_us;
    }
}

/// Covariance with the frames before of one of the three distances, summed over tones;
/// `square` is the sum of the squared means
static double
covariance(const rv_motion_block *const b, const int which, const uint16_t n_tones,
           const double n, const double square)
{
    double drift = 0.0;
    for (uint16_t i = 0; i < n_tones; ++i) {
        drift += b->sum[i] / n * (double)b->drift[which][i] / n;
    }
    return b->lag[which] / n - drift - square;
}

rv_motion_moments
rv_motion_measure(const rv_motion *const self)
{
    rv_motion_block b;
    add_up(self, &b);
    rv_motion_moments m = {
        .n = b.n, .heard = b.n + b.strangers, .from_us = b.from_us, .to_us = b.to_us};
    const double n      = m.n > 0 ? (double)m.n : 1.0;
    double       square = 0.0, pair = 0.0;
    for (uint16_t i = 0; i < self->n_tones; ++i) {
        square += b.sum[i] / n * (b.sum[i] / n);
    }
    const uint16_t pairs = (uint16_t)(self->n_tones - self->apart);
    for (uint16_t i = 0; i < pairs; ++i) {
        pair += b.sum[i] / n * (b.sum[i + self->apart] / n);
    }
    double lag[3];
    for (int k = 0; k < 3; ++k) {
        lag[k] = covariance(&b, k, self->n_tones, n, square);
    }
    const double second = rv_abs_f64(lag[1]), third = rv_abs_f64(lag[2]);
    const double most = second > third ? second : third;
    m.variance        = (b.square / n - square) / self->n_tones;
    m.lag             = (lag[0] < most ? lag[0] : most) / self->n_tones;
    m.joint           = (b.neighbour / n - pair) / (pairs > 0 ? pairs : 1);
    return m;
}

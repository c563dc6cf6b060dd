// SPDX-License-Identifier: MIT
#include <ruview/people/stride.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

enum {
    window_us    = 200000,
    apart_us     = 6000, ///< Nearer frames are left out
    least_frames = 16,   ///< In the window
    stale_us     = 2000000,
    n_shifts     = 3,
    first_shift  = 5, ///< In turns per window: 25 Hz
};

static const float  cell_s = 50e-9F;
static const float  mean_s = 10.0F, smooth_s = 1.05F, shortest_s = 1.5F;
static const double below = 0.3; // The slow part may lie this far below its mean [nats]
static const float  low_hz = 0.75F, step_hz = 0.005F;
static const float  apart  = 0.12F; // ln of two rates that are not the same peak
static const uint32_t edge = 4;     // A peak so near the end of the list is none

rv_stride_config
rv_stride_config_default(void)
{
    return (rv_stride_config){
        .period_us = 50000, .seconds = 10.0F, .sigmas = 3.5F, .links = 24};
}

rv_status
rv_stride_config_check(const rv_stride_config *const cfg)
{
    const bool ok = cfg->period_us >= 25000 && cfg->period_us <= 100000 &&
                    cfg->seconds > 0.0F && cfg->sigmas > 0.0F && cfg->links > 0;
    return ok ? RV_OK : RV_ERR_CONFIG;
}

// ---- a link

typedef struct {
    float re, im;
} turn;

static turn
times(const turn a, const turn b)
{
    return (turn){a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
}

void
rv_stride_link_push(rv_stride_link *const self, const rv_csi *const csi)
{
    const uint32_t last = (self->next + RV_STRIDE_FRAMES - 1) % RV_STRIDE_FRAMES;
    if (csi->amplitude_only || csi->n_tones == 0 ||
        (self->count != 0 && csi->t_us >= self->t_us[last] &&
         csi->t_us - self->t_us[last] < apart_us)) {
        return;
    }
    const float angle = 2.0F * RV_PI_F32 * cell_s * (float)csi->spacing_hz;
    turn        step, at;
    int32_t     tone = csi->tone[0];
    rv_sincos_f32(angle, &step.im, &step.re);
    rv_sincos_f32(angle * (float)tone, &at.im, &at.re);
    turn cell[RV_STRIDE_CELLS] = {{0.0F, 0.0F}};
    for (uint32_t k = 0; k < csi->n_tones; ++k) {
        for (; tone < csi->tone[k]; ++tone) {
            at = times(at, step);
        }
        // Delays of -1, 0, 1 and 2 cells
        const turn y      = {csi->re[k], csi->im[k]};
        const turn later  = times(y, at);
        const turn latest = times(later, at);
        const turn before = times(y, (turn){at.re, -at.im});
        cell[0].re += before.re;
        cell[0].im += before.im;
        cell[1].re += y.re;
        cell[1].im += y.im;
        cell[2].re += later.re;
        cell[2].im += later.im;
        cell[3].re += latest.re;
        cell[3].im += latest.im;
    }
    for (uint32_t c = 0; c < RV_STRIDE_CELLS; ++c) {
        self->re[self->next][c] = cell[c].re;
        self->im[self->next][c] = cell[c].im;
    }
    self->t_us[self->next] = csi->t_us;
    self->next             = (self->next + 1) % RV_STRIDE_FRAMES;
    self->count += self->count < RV_STRIDE_FRAMES;
}

// Frames of the window, in the order of the ring, and the mean of their cells
static uint32_t
choose(const rv_stride_link *const self, const uint64_t t_us,
       uint32_t chosen[RV_STRIDE_FRAMES], turn mean[RV_STRIDE_CELLS])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < self->count; ++i) {
        if (self->t_us[i] <= t_us && self->t_us[i] + window_us > t_us) {
            chosen[n++] = i;
            for (uint32_t c = 0; c < RV_STRIDE_CELLS; ++c) {
                mean[c].re += self->re[i][c];
                mean[c].im += self->im[i][c];
            }
        }
    }
    for (uint32_t c = 0; c < RV_STRIDE_CELLS && n != 0; ++c) {
        mean[c].re /= (float)n;
        mean[c].im /= (float)n;
    }
    return n;
}

// Sum of ln power over the shifts; -inf when nothing moves at all
static float
log_power(const rv_stride_link *const self, const uint64_t t_us,
          const uint32_t *const chosen, const uint32_t n, const turn *const mean)
{
    turn up[n_shifts][RV_STRIDE_CELLS]   = {{{0.0F, 0.0F}}};
    turn down[n_shifts][RV_STRIDE_CELLS] = {{{0.0F, 0.0F}}};
    for (uint32_t i = 0; i < n; ++i) {
        const float back = (float)(t_us - self->t_us[chosen[i]]) / (float)window_us;
        turn        once, w;
        rv_sincos_f32(2.0F * RV_PI_F32 * back, &once.im, &once.re);
        const float hann  = 0.5F - 0.5F * once.re;
        const turn  twice = times(once, once);
        w                 = times(times(twice, twice), once); // first_shift turns
        for (uint32_t s = 0; s < n_shifts; ++s, w = times(w, once)) {
            for (uint32_t c = 0; c < RV_STRIDE_CELLS; ++c) {
                const turn d = {hann * (self->re[chosen[i]][c] - mean[c].re),
                                hann * (self->im[chosen[i]][c] - mean[c].im)};
                const turn a = times(d, w);
                const turn b = times(d, (turn){w.re, -w.im});
                up[s][c].re += a.re;
                up[s][c].im += a.im;
                down[s][c].re += b.re;
                down[s][c].im += b.im;
            }
        }
    }
    float sum = 0.0F;
    for (uint32_t s = 0; s < n_shifts; ++s) {
        float power = 0.0F;
        for (uint32_t c = 0; c < RV_STRIDE_CELLS; ++c) {
            power += up[s][c].re * up[s][c].re + up[s][c].im * up[s][c].im +
                     down[s][c].re * down[s][c].re + down[s][c].im * down[s][c].im;
        }
        sum += rv_log_f32(power);
    }
    return sum;
}

bool
rv_stride_link_motion(rv_stride_link *const self, const uint64_t t_us, float *const out)
{
    _Static_assert(first_shift == 5, "log_power() begins there");
    uint32_t       chosen[RV_STRIDE_FRAMES];
    turn           mean[RV_STRIDE_CELLS] = {{0.0F, 0.0F}};
    const uint32_t n                     = choose(self, t_us, chosen, mean);
    if (n < least_frames) {
        return false;
    }
    const float sum = log_power(self, t_us, chosen, n, mean);
    if (!rv_is_finite_f32(sum)) {
        return false;
    }
    const bool  stale = t_us < self->last_us || t_us - self->last_us > stale_us;
    const float dt_s  = stale ? 0.0F : (float)(t_us - self->last_us) * 1e-6F;
    self->n           = stale ? 1 : self->n + 1;
    const float first = 1.0F / (float)self->n;
    const float share = dt_s / mean_s;
    self->mean =
        stale ? sum : self->mean + (first > share ? first : share) * (sum - self->mean);
    self->last_us = t_us;
    *out          = sum - self->mean;
    return true;
}

// ---- a track

// Least squares line through a run: value in the middle and slope per cycle
static void
straight_part(const float *const run, const uint32_t n, float *const mean,
              float *const slope)
{
    float sum = 0.0F, moment = 0.0F, square = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        const float t = (float)i - 0.5F * (float)(n - 1);
        sum += run[i];
        moment += t * run[i];
        square += t * t;
    }
    *mean  = sum / (float)n;
    *slope = moment / square;
}

static float
hann_of(const uint32_t i, const uint32_t n)
{
    return 0.5F - 0.5F * rv_cos_f32(2.0F * RV_PI_F32 * (float)(i + 1) / (float)(n + 1));
}

// A run is over: less its straight part, weighted by the root of a Hann window, so that
// the ends count for less but are not lost
static void
add_run(rv_stride *const self, const rv_stride_config *const cfg)
{
    const uint32_t n      = self->n_run;
    const float    period = (float)cfg->period_us * 1e-6F;
    self->n_run           = 0;
    if ((float)n * period < shortest_s) {
        return;
    }
    float mean, slope, norm = 0.0F;
    float re[RV_STRIDE_RATES] = {0.0F}, im[RV_STRIDE_RATES] = {0.0F};
    turn  at[RV_STRIDE_RATES], step[RV_STRIDE_RATES];
    straight_part(self->run, n, &mean, &slope);
    for (uint32_t f = 0; f < RV_STRIDE_RATES; ++f) {
        const float hz = 2.0F * (low_hz + step_hz * (float)f); // two steps a stride
        rv_sincos_f32(2.0F * RV_PI_F32 * hz * period, &step[f].im, &step[f].re);
        at[f] = (turn){1.0F, 0.0F};
    }
    for (uint32_t i = 0; i < n; ++i) {
        const float t = (float)i - 0.5F * (float)(n - 1);
        const float w = hann_of(i, n);
        const float y = rv_sqrt_f32(w) * (self->run[i] - mean - slope * t);
        norm += w;
        for (uint32_t f = 0; f < RV_STRIDE_RATES; ++f) {
            re[f] += y * at[f].re;
            im[f] += y * at[f].im;
            at[f] = times(at[f], step[f]);
        }
    }
    for (uint32_t f = 0; f < RV_STRIDE_RATES; ++f) {
        self->power[f] += re[f] * re[f] + im[f] * im[f];
    }
    self->weight += norm;
    self->weight2 += norm * norm;
    self->steady_s += (float)n * period;
}

// Mean of the newest cycles about the middle one, Hann weights
static float
slow_part(const rv_stride *const self, const uint32_t n)
{
    float sum = 0.0F, norm = 0.0F;
    for (uint32_t i = 0; i < n; ++i) { // from the oldest
        const uint32_t at = (self->next + RV_STRIDE_SMOOTH - n + i) % RV_STRIDE_SMOOTH;
        const float    w  = hann_of(i, n);
        sum += w * self->recent[at];
        norm += w;
    }
    return sum / norm;
}

void
rv_stride_push(rv_stride *const self, const rv_stride_config *const cfg,
               const float motion, const uint32_t n_links)
{
    if (n_links < cfg->links || !rv_is_finite_f32(motion)) {
        add_run(self, cfg);
        self->n_recent = 0;
        return;
    }
    const float    period    = (float)cfg->period_us * 1e-6F;
    const uint32_t half      = (uint32_t)(0.5F * smooth_s / period);
    const uint32_t n         = 2 * half + 1;
    self->recent[self->next] = motion;
    self->next               = (self->next + 1) % RV_STRIDE_SMOOTH;
    self->n_recent += self->n_recent < RV_STRIDE_SMOOTH;
    if (self->n_recent < n) {
        return;
    }
    const double slow  = (double)slow_part(self, n);
    const double first = 1.0 / (double)++self->n_mean;
    const double share = (double)period / (double)mean_s;
    self->mean += (first > share ? first : share) * (slow - self->mean);
    if (!(slow > self->mean - below)) {
        add_run(self, cfg);
        return;
    }
    self->run[self->n_run++] =
        self->recent[(self->next + RV_STRIDE_SMOOTH - 1 - half) % RV_STRIDE_SMOOTH];
    if (self->n_run == RV_STRIDE_RUN) {
        add_run(self, cfg);
    }
}

// What a rate has, over what chance gives it: the background falls as 1 / f
static float
strength(const rv_stride *const self, const uint32_t f)
{
    return self->power[f] * (low_hz + step_hz * (float)f);
}

rv_reason
rv_stride_measure(const rv_stride *const self, const rv_stride_config *const cfg,
                  float *const hz)
{
    if (self->n_mean == 0) {
        return RV_REASON_RATE_TOO_LOW;
    }
    if (self->steady_s < cfg->seconds) {
        return RV_REASON_WARMING_UP;
    }
    uint32_t best = 0;
    for (uint32_t f = 1; f < RV_STRIDE_RATES; ++f) {
        best = strength(self, f) > strength(self, best) ? f : best;
    }
    const float peak = low_hz + step_hz * (float)best;
    float       rest = 0.0F;
    uint32_t    n    = 0;
    for (uint32_t f = 0; f < RV_STRIDE_RATES; ++f) {
        const float off = rv_log_f32((low_hz + step_hz * (float)f) / peak);
        if (off > apart || off < -apart) {
            rest += strength(self, f);
            ++n;
        }
    }
    // As many runs of one weight
    const float ninth = self->weight2 / (9.0F * self->weight * self->weight);
    const float root  = 1.0F - ninth + cfg->sigmas * rv_sqrt_f32(ninth);
    if (best < edge || best + edge >= RV_STRIDE_RATES ||
        !(strength(self, best) * (float)n > root * root * root * rest)) {
        return RV_REASON_LOW_QUALITY;
    }
    *hz = peak;
    return RV_REASON_NONE;
}

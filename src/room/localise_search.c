// SPDX-License-Identifier: MIT
#include "room/localise_search.h"

#include "room/evidence.h"

#include "room/room_math.h"

#include <string.h>

// Moments of a peak are taken within this distance: three standard deviations of the
// weakest geometry there is, four nodes (Cramer-Rao bound 1.15 m), so that cutting the
// density off does not make it look certain [m]
static const float peak_radius_m = 3.5F;

void
rv_localise_cell_centre(const rv_localise *const self, const uint32_t cell,
                        float out[3])
{
    out[0] =
        self->cfg.origin_m[0] + ((float)(cell % self->nx) + 0.5F) * self->cfg.step_m;
    out[1] =
        self->cfg.origin_m[1] + ((float)(cell / self->nx) + 0.5F) * self->cfg.step_m;
    out[2] = self->cfg.origin_m[2] + self->cfg.body_m;
}

// Standing power of each pair [ln], relative to what the room would show at 1 m in free
// space, so that neither transmit power nor unit matters
static void
measure_power(const rv_localise *const self, rv_scene *const s)
{
    const float ln_per_db = 0.230258509F;
    float       sum       = 0.0F;
    uint32_t    n         = 0;
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const float level    = s->sample[i].level_db;
        const float free     = -2.0F * room_log_f32(self->pair[s->pair[i]].length_m);
        s->term[i].log_power = level != 0.0F ? ln_per_db * level : free;
        if (level != 0.0F) {
            sum += s->term[i].log_power - free;
            ++n;
        }
    }
    for (uint32_t i = 0; i < s->n_pairs && n != 0; ++i) {
        if (s->sample[i].level_db != 0.0F) {
            s->term[i].log_power -= sum / (float)n;
        }
    }
}

static float
bounded(const float squared)
{
    return squared / (1.0F + squared / rv_evidence_bound);
}

// Scatter when the new body has share f: independent speckles of diluted shares
static inline float
scatter_at(const rv_evidence_term *const t, const float f)
{
    const float rest = 1.0F - f;
    return t->base + t->misfit2 * (t->share2 * rest * rest + f * f);
}

static void
prepare_term(const rv_localise *const self, const rv_scene *const s, const uint32_t i,
             const uint32_t except, rv_evidence_term *const t)
{
    const float noise = s->sample[i].noise_db2;
    float       floor = noise;
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        floor += b != except ? s->body[b].part[i] : 0.0F;
    }
    t->share2 = 0.0F;
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        const float share = b != except ? s->body[b].part[i] / floor : 0.0F;
        t->share2 += share * share;
    }
    const float least = 0.02F * noise;
    const float v =
        s->sample[i].variance_db2 > least ? s->sample[i].variance_db2 : least;
    const float signal = v - floor > 0.1F * v ? v - floor : 0.1F * v;
    const float raised = room_log_f32(v / noise);
    t->gain            = self->gain + (size_t)s->pair[i] * self->n_cells;
    t->excess          = room_log_f32(v / floor);
    t->log_floor       = room_log_f32(floor) + t->log_power;
    t->log_signal      = room_log_f32(signal) + t->log_power;
    t->trust           = s->sample[i].looks < 1.0F ? s->sample[i].looks : 1.0F;
    t->misfit2         = self->cfg.misfit * self->cfg.misfit;
    t->pull            = t->trust * (signal / v) * (signal / v) / t->misfit2;
    t->base            = 2.0F / self->cfg.variance_looks;
    t->null            = -0.5F * bounded(raised * raised / t->base);
    t->grown           = room_log_f32(scatter_at(t, 0.0F) / t->base);
    // A quadratic through f = 0, 1/2, 1
    const float full = room_log_f32(scatter_at(t, 1.0F) / t->base) - t->grown;
    const float half = room_log_f32(scatter_at(t, 0.5F) / t->base) - t->grown;
    t->slope         = 4.0F * half - full;
    t->bend          = full - t->slope;
}

static uint32_t
scan(rv_localise *const self, const rv_scene *const s)
{
    const float spread2 = self->cfg.strength_spread * self->cfg.strength_spread;
    float       weight  = 1.0F / spread2;
    float       sum     = weight * self->cfg.log_strength;
    rv_evidence e       = {.n_terms      = s->n_pairs,
                           .n_cells      = self->n_cells,
                           .usual        = self->cfg.log_strength,
                           .spread_scale = -0.5F / spread2};
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        weight += s->term[i].pull;
        sum += s->term[i].pull * s->term[i].log_signal;
    }
    e.mean  = sum / weight;
    e.scale = 1.0F / weight;
    e.term  = s->term;
    rv_evidence_kernel_for(self->cfg.cpu_mask)
        ->scan(&e, self->log_strength, self->score);
    uint32_t best = 0;
    for (uint32_t c = 1; c < self->nx * self->ny; ++c) {
        if (self->score[c] > self->score[best]) {
            best = c;
        }
    }
    return best;
}

// Sums of the evidence as a density, about the peak [m]
typedef struct {
    float w, x, y, xx, xy, yy;
} moments;

static moments
gather(const rv_localise *const self, const float *const score, const uint32_t peak)
{
    moments        m    = {0};
    const float    step = self->cfg.step_m;
    const uint32_t px   = peak % self->nx;
    const uint32_t py   = peak / self->nx;
    for (uint32_t y = 0; y < self->ny; ++y) {
        const float dy = ((float)y - (float)py) * step;
        for (uint32_t x = 0; x < self->nx; ++x) {
            const float dx   = ((float)x - (float)px) * step;
            const float less = score[y * self->nx + x] - score[peak];
            if (dx * dx + dy * dy > peak_radius_m * peak_radius_m || less < -12.0F) {
                continue;
            }
            const float w = rv_exp_f32(less);
            m.w += w;
            m.x += w * dx;
            m.y += w * dy;
            m.xx += w * dx * dx;
            m.xy += w * dx * dy;
            m.yy += w * dy * dy;
        }
    }
    return m;
}

// Mean of the place, and its covariance in units of the fit's own residuals: the model
// errs by `scale` times the variance that the density was made with
static void
describe_peak(const rv_localise *const self, const float *const score,
              const uint32_t peak, rv_detection *const out)
{
    const moments m     = gather(self, score, peak);
    const float   step  = self->cfg.step_m;
    const float   grain = step * step / 12.0F;
    const float   scale = self->residual / self->freedom;
    const float   mx    = m.x / m.w;
    const float   my    = m.y / m.w;
    float         at[3];
    rv_localise_cell_centre(self, peak, at);
    out->lag_s            = self->cfg.lag_s;
    out->position_m[0]    = at[0] + mx;
    out->position_m[1]    = at[1] + my;
    out->position_m[2]    = at[2];
    out->covariance_m2[0] = scale * (m.xx / m.w - mx * mx) + grain;
    out->covariance_m2[1] = scale * (m.xy / m.w - mx * my);
    out->covariance_m2[2] = scale * (m.yy / m.w - my * my) + grain;
}

void
rv_scene_begin(const rv_localise *const self, const rv_pair_sample *const merged,
               rv_scene *const s)
{
    s->n_pairs  = 0;
    s->n_bodies = 0;
    for (uint32_t p = 0; p < self->n_pairs; ++p) {
        if (merged[p].valid) {
            s->sample[s->n_pairs] = merged[p];
            s->pair[s->n_pairs++] = p;
        }
    }
    measure_power(self, s);
}

void
rv_scene_place(const rv_localise *const self, rv_scene *const s, const uint32_t b,
               const uint32_t cell, const float log_strength)
{
    const float    off = log_strength - self->cfg.log_strength;
    rv_body *const now = &s->body[b];
    now->cell          = cell;
    now->log_strength  = log_strength;
    now->penalty =
        -0.5F * off * off / (self->cfg.strength_spread * self->cfg.strength_spread);
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const float gain = self->gain[(size_t)s->pair[i] * self->n_cells + cell];
        now->part[i]     = rv_exp_f32(log_strength + gain - s->term[i].log_power);
    }
}

float
rv_scene_fit(rv_localise *const self, rv_scene *const s, const uint32_t b)
{
    float total = 0.0F;
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        prepare_term(self, s, i, b, &s->term[i]);
    }
    for (uint32_t other = 0; other < s->n_bodies; ++other) {
        total += other != b ? s->body[other].penalty : 0.0F;
    }
    const uint32_t peak = scan(self, s);
    rv_scene_place(self, s, b, peak, self->log_strength[peak]);
    s->n_bodies = s->n_bodies > b ? s->n_bodies : b + 1;
    return total + self->score[peak];
}

// Log residual of a pair, and the variance that the model gives it
static float
residual_of(const rv_scene *const s, const uint32_t i, float *const wide)
{
    const rv_pair_sample *const sample = &s->sample[i];
    float                       all = sample->noise_db2, squares = 0.0F;
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        all += s->body[b].part[i];
        squares += s->body[b].part[i] * s->body[b].part[i];
    }
    const float least = 0.02F * sample->noise_db2;
    const float v     = sample->variance_db2 > least ? sample->variance_db2 : least;
    *wide             = s->term[i].base + s->term[i].misfit2 * squares / (all * all);
    return room_log_f32(v / all);
}

float
rv_scene_weigh(const rv_scene *const s)
{
    float total = 0.0F;
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        total += s->body[b].penalty;
    }
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const rv_evidence_term *const t = &s->term[i];
        float                         wide;
        const float                   left = residual_of(s, i, &wide);
        const float cost = bounded(left * left / wide) + room_log_f32(wide / t->base);
        total += t->trust * (-0.5F * cost - t->null);
    }
    return total;
}

float
rv_scene_misfit(const rv_scene *const s)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        float       wide;
        const float left = residual_of(s, i, &wide);
        sum += left * left / wide;
    }
    return sum;
}

void
rv_scene_describe(const rv_localise *const self, const float *const score,
                  rv_body *const b)
{
    describe_peak(self, score, b->cell, &b->detection);
}

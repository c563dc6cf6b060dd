// SPDX-License-Identifier: MIT
#include "room/localise_search.h"

#include "room/room_math.h"

#include <string.h>

// Influence of one link is bounded at this squared residual
static const float bounded_at = 9.0F;

// Moments of a peak are taken within this distance [m]
static const float peak_radius_m = 1.5F;

// Bodies are fitted in turn, each beside the others, this often
enum { refits = 2 };

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

// One pair in the search for a body beside others
typedef struct {
    const float *gain;
    float        excess;      // log variance over the floor of noise and other bodies
    float        log_floor;   // of that floor, in scattered power
    float        log_signal;  // of v - floor, in scattered power
    float        log_power;   // standing power over that of free space at 1 m
    float        base;        // variance of the log variance of a still room
    float        share2;      // sum of squared shares of the other bodies in the floor
    float        misfit2;     // what a body alone adds to the scatter
    float        grown;       // ln(scatter / base) without the new body
    float        bend, slope; // ln(scatter / base) = grown + (bend f + slope) f
    float        null;        // log-likelihood of the empty room
    float        pull;        // weight in the estimate of the strength
    float        trust;
} term;

// A body found: its part of each pair's variance, and what its strength costs
typedef struct {
    float        part[RV_ROOM_MAX_LINKS];
    float        penalty;
    rv_detection detection;
} body;

typedef struct {
    uint32_t       n_pairs, n_cells, n_bodies;
    uint32_t       pair[RV_ROOM_MAX_LINKS];
    rv_pair_sample sample[RV_ROOM_MAX_LINKS];
    term           term[RV_ROOM_MAX_LINKS];
    body           body[RV_MAX_DETECTIONS];
} scene;

// Standing power of each pair [ln], relative to what the room would show at 1 m in free
// space, so that neither transmit power nor unit matters
static void
measure_power(const rv_localise *const self, scene *const s)
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

static inline float
bounded(const float squared)
{
    return squared / (1.0F + squared / bounded_at);
}

// Scatter when the new body has share f: independent speckles of diluted shares
static inline float
scatter_at(const term *const t, const float f)
{
    const float rest = 1.0F - f;
    return t->base + t->misfit2 * (t->share2 * rest * rest + f * f);
}

static void
prepare_term(const rv_localise *const self, const scene *const s, const uint32_t i,
             const uint32_t except, term *const t)
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
    t->gain            = self->gain + (size_t)s->pair[i] * s->n_cells;
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

// Strength that fits best in each cell: a weighted mean of log signal - log gain
static void
fit_strength(rv_localise *const self, const scene *const s)
{
    const float spread2 = self->cfg.strength_spread * self->cfg.strength_spread;
    float       weight  = 1.0F / spread2;
    float       sum     = weight * self->cfg.log_strength;
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        weight += s->term[i].pull;
        sum += s->term[i].pull * s->term[i].log_signal;
    }
    float *const restrict log_strength = self->log_strength;
    for (uint32_t c = 0; c < s->n_cells; ++c) {
        log_strength[c] = sum / weight;
    }
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const float a                    = s->term[i].pull / weight;
        const float *const restrict gain = s->term[i].gain;
        for (uint32_t c = 0; c < s->n_cells; ++c) {
            log_strength[c] -= a * gain[c];
        }
    }
}

// Log-likelihood of one pair for a body whose log signal over the floor is u, over that
// of the empty room. log(1 + e^u) from e^-|u| as (1 - |u| / 16)^16 and a quintic of the
// logarithm: within 0.02 of the truth, and the same arithmetic for every cell.
static inline float
evidence_of(const term *const t, const float u)
{
    const float size = u < 0.0F ? -u : u;
    const float root = size < 16.0F ? 1.0F - size * 0.0625F : 0.0F;
    const float r2   = root * root;
    const float r4   = r2 * r2;
    const float r8   = r4 * r4;
    const float w    = r8 * r8;
    const float p1   = -0.13606275F + w * 0.03215845F;
    const float p2   = -0.49190896F + w * (0.28947478F + w * p1);
    const float rise = (u > 0.0F ? u : 0.0F) + w * (0.99949556F + w * p2);
    const float f    = (u > 0.0F ? 1.0F : w) / (1.0F + w);
    const float grow = t->grown + (t->bend * f + t->slope) * f;
    const float left = t->excess - rise;
    return -0.5F * (bounded(left * left / scatter_at(t, f)) + grow) - t->null;
}

static uint32_t
scan(rv_localise *const self, const scene *const s)
{
    const float spread2         = self->cfg.strength_spread * self->cfg.strength_spread;
    const float usual           = self->cfg.log_strength;
    float *const restrict score = self->score;
    const float *const log_strength = self->log_strength;
    fit_strength(self, s);
    for (uint32_t c = 0; c < s->n_cells; ++c) {
        const float off = log_strength[c] - usual;
        score[c]        = -0.5F * off * off / spread2;
    }
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const term t = s->term[i];
        for (uint32_t c = 0; c < s->n_cells; ++c) {
            score[c] +=
                t.trust * evidence_of(&t, log_strength[c] + t.gain[c] - t.log_floor);
        }
    }
    uint32_t best = 0;
    for (uint32_t c = 1; c < s->n_cells; ++c) {
        if (score[c] > score[best]) {
            best = c;
        }
    }
    return best;
}

// Mean and covariance of the place, weighted by the evidence around the peak
static void
describe_peak(const rv_localise *const self, const uint32_t peak,
              rv_detection *const out)
{
    float at[3];
    rv_localise_cell_centre(self, peak, at);
    float sum = 0.0F, mx = 0.0F, my = 0.0F, xx = 0.0F, xy = 0.0F, yy = 0.0F;
    for (uint32_t c = 0; c < self->nx * self->ny; ++c) {
        float point[3];
        rv_localise_cell_centre(self, c, point);
        const float dx   = point[0] - at[0];
        const float dy   = point[1] - at[1];
        const float less = self->score[c] - self->score[peak];
        if (dx * dx + dy * dy > peak_radius_m * peak_radius_m || less < -12.0F) {
            continue;
        }
        const float w = rv_exp_f32(less);
        sum += w;
        mx += w * dx;
        my += w * dy;
        xx += w * dx * dx;
        xy += w * dx * dy;
        yy += w * dy * dy;
    }
    mx /= sum;
    my /= sum;
    const float grain     = self->cfg.step_m * self->cfg.step_m / 12.0F;
    out->lag_s            = self->cfg.lag_s;
    out->position_m[0]    = at[0] + mx;
    out->position_m[1]    = at[1] + my;
    out->position_m[2]    = at[2];
    out->covariance_m2[0] = xx / sum - mx * mx + grain;
    out->covariance_m2[1] = xy / sum - mx * my;
    out->covariance_m2[2] = yy / sum - my * my + grain;
}

// Fit body `b` beside the others; evidence of all of them over the empty room
static float
fit(rv_localise *const self, scene *const s, const uint32_t b)
{
    float total = 0.0F;
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        prepare_term(self, s, i, b, &s->term[i]);
    }
    for (uint32_t other = 0; other < s->n_bodies; ++other) {
        total += other != b ? s->body[other].penalty : 0.0F;
    }
    const uint32_t peak = scan(self, s);
    const float    off  = self->log_strength[peak] - self->cfg.log_strength;
    body *const    now  = &s->body[b];
    now->penalty =
        -0.5F * off * off / (self->cfg.strength_spread * self->cfg.strength_spread);
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        now->part[i] = rv_exp_f32(self->log_strength[peak] + s->term[i].gain[peak] -
                                  s->term[i].log_power);
    }
    describe_peak(self, peak, &now->detection);
    return total + self->score[peak];
}

// One body more, all fitted anew; what that gains
static float
add_body(rv_localise *const self, scene *const s, const float before)
{
    const uint32_t b     = s->n_bodies;
    float          total = fit(self, s, b);
    ++s->n_bodies;
    for (uint32_t round = 0; round < refits && b != 0; ++round) {
        for (uint32_t other = 0; other <= b; ++other) {
            total = fit(self, s, other);
        }
    }
    return total - before;
}

static void
report(const scene *const s, const float gained, const float threshold,
       rv_localise_result *const out)
{
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        const float strength =
            b < out->n_detections ? out->detection[b].strength : gained;
        out->detection[b]            = s->body[b].detection;
        out->detection[b].strength   = strength;
        out->detection[b].confidence = strength / (strength + threshold);
    }
    out->n_detections      = s->n_bodies;
    const float *const var = out->detection[0].covariance_m2;
    out->sigma_m           = rv_sqrt_f32(0.5F * (var[0] + var[2]));
}

void
rv_localise_search(rv_localise *const self, const rv_pair_sample *const merged,
                   rv_localise_result *const out)
{
    scene s;
    s.n_cells  = self->nx * self->ny;
    s.n_pairs  = 0;
    s.n_bodies = 0;
    for (uint32_t p = 0; p < self->n_pairs; ++p) {
        if (merged[p].valid) {
            s.sample[s.n_pairs] = merged[p];
            s.pair[s.n_pairs++] = p;
        }
    }
    measure_power(self, &s);
    float total = 0.0F;
    while (s.n_bodies < self->cfg.max_detections) {
        const float gained = add_body(self, &s, total);
        const float limit =
            s.n_bodies == 1 ? self->cfg.threshold : self->cfg.threshold_more;
        out->evidence = s.n_bodies == 1 ? gained : out->evidence;
        if (!(gained > limit)) {
            return;
        }
        total += gained;
        report(&s, gained, self->cfg.threshold, out);
    }
}

// SPDX-License-Identifier: MIT
#include <ruview/room/localise.h>

#include "base/try.h"
#include "room/pairs.h"
#include "room/room_math.h"

#include <ruview/base/arena.h>

enum { max_cells = 16384 };

// Distances below this are inside the body [m]
static const float nearest_m = 0.3F;

// Influence of one link is bounded at this squared residual
static const float bounded_at = 9.0F;

// Moments of a peak are taken within this distance [m]
static const float peak_radius_m = 1.5F;

rv_localise_config
rv_localise_config_default(const float origin_m[3], const float size_m[3])
{
    return (rv_localise_config){
        .origin_m        = {origin_m[0], origin_m[1], origin_m[2]},
        .size_m          = {size_m[0], size_m[1], size_m[2]},
        .step_m          = 0.25F,
        .max_links       = RV_ROOM_MAX_LINKS,
        .body_m          = 1.0F,
        .variance_looks  = 8.0F,
        .strength_db2    = 3.0F,
        .strength_spread = 1.2F,
        .block_gain      = 8.0F,
        .block_m         = 0.05F,
        .misfit          = 0.8F,
        .threshold       = 8.0F,
        .max_detections  = 4,
    };
}

static bool
in_range(const float x, const float lowest, const float highest)
{
    return x >= lowest && x <= highest; // false for NaN
}

static uint32_t
cells(const float extent_m, const float step_m)
{
    uint32_t n = 1;
    while ((float)n * step_m < extent_m - 1e-3F * step_m && n <= max_cells) {
        ++n;
    }
    return n;
}

static rv_status
check_config(const rv_localise_config *const c)
{
    for (uint32_t k = 0; k < 3; ++k) {
        if (!in_range(c->origin_m[k], -1e4F, 1e4F) ||
            !in_range(c->size_m[k], 0.1F, 1e3F)) {
            return RV_ERR_CONFIG;
        }
    }
    const bool ok =
        in_range(c->step_m, 0.05F, 1.0F) && c->max_links >= 1 &&
        c->max_links <= RV_ROOM_MAX_LINKS && in_range(c->body_m, 0.0F, 3.0F) &&
        in_range(c->variance_looks, 1.0F, 1e4F) &&
        in_range(c->strength_db2, 1e-6F, 1e6F) &&
        in_range(c->strength_spread, 1e-3F, 1e3F) &&
        in_range(c->block_gain, 0.0F, 1e6F) && in_range(c->block_m, 1e-3F, 10.0F) &&
        in_range(c->misfit, 1e-3F, 10.0F) && in_range(c->threshold, 0.0F, 1e6F) &&
        c->max_detections >= 1 && c->max_detections <= RV_MAX_DETECTIONS;
    if (!ok ||
        cells(c->size_m[0], c->step_m) * (uint64_t)cells(c->size_m[1], c->step_m) >
            max_cells) {
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

static void
lay_out(rv_localise *const self, rv_arena *const arena)
{
    const size_t n_cells = (size_t)self->nx * self->ny;
    self->gain  = rv_arena_take(arena, n_cells * self->cfg.max_links, sizeof(float));
    self->score = rv_arena_take(arena, n_cells, sizeof(float));
    self->log_strength = rv_arena_take(arena, n_cells, sizeof(float));
}

static rv_localise
start(const rv_localise_config *const cfg)
{
    return (rv_localise){
        .cfg = *cfg,
        .nx  = cells(cfg->size_m[0], cfg->step_m),
        .ny  = cells(cfg->size_m[1], cfg->step_m),
    };
}

rv_status
rv_localise_size(const rv_localise_config *const cfg, size_t *const n_bytes)
{
    RV_TRY(check_config(cfg));
    rv_localise self  = start(cfg);
    rv_arena    arena = {0};
    lay_out(&self, &arena);
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_localise_init(rv_localise *const self, const rv_localise_config *const cfg,
                 void *const mem, const size_t n_bytes)
{
    size_t needed = 0;
    RV_TRY(rv_localise_size(cfg, &needed));
    if (!mem || (uintptr_t)mem % RV_ARENA_ALIGN != 0 || n_bytes < needed) {
        return RV_ERR_MEMORY;
    }
    *self          = start(cfg);
    rv_arena arena = {.base = mem, .size = n_bytes};
    memset(mem, 0, needed);
    lay_out(self, &arena);
    return RV_OK;
}

static float
distance(const float a[3], const float b[3])
{
    const float dx = a[0] - b[0];
    const float dy = a[1] - b[1];
    const float dz = a[2] - b[2];
    return __builtin_sqrtf(dx * dx + dy * dy + dz * dz);
}

static void
cell_centre(const rv_localise *const self, const uint32_t cell, float out[3])
{
    out[0] =
        self->cfg.origin_m[0] + ((float)(cell % self->nx) + 0.5F) * self->cfg.step_m;
    out[1] =
        self->cfg.origin_m[1] + ((float)(cell / self->nx) + 0.5F) * self->cfg.step_m;
    out[2] = self->cfg.origin_m[2] + self->cfg.body_m;
}

static float
log_gain(const rv_localise *const self, const rv_room_pair *const pair,
         const float point[3])
{
    const float  da     = distance(point, pair->a_m);
    const float  db     = distance(point, pair->b_m);
    const float  detour = da + db - pair->length_m;
    const float  near_a = da > nearest_m ? da : nearest_m;
    const float  near_b = db > nearest_m ? db : nearest_m;
    const float  ratio  = pair->length_m / (near_a * near_b);
    const double block  = (double)self->cfg.block_gain *
                         room_exp(-(double)detour / (double)self->cfg.block_m);
    return (float)room_log((double)ratio * (double)ratio + block);
}

rv_status
rv_localise_set_links(rv_localise *const self, const rv_room_link *const links,
                      const uint32_t n_links)
{
    if (n_links > self->cfg.max_links) {
        return RV_ERR_RANGE;
    }
    RV_TRY(rv_pairs_check(links, n_links));
    rv_room_pair   pair[RV_ROOM_MAX_LINKS];
    const uint32_t n_pairs = rv_pairs_build(links, n_links, self->pair_of, pair);
    const uint32_t n_cells = self->nx * self->ny;
    for (uint32_t p = 0; p < n_pairs; ++p) {
        const rv_room_pair *const old  = &self->pair[p];
        const bool                same = p < self->n_pairs &&
                          memcmp(old->a_m, pair[p].a_m, sizeof old->a_m) == 0 &&
                          memcmp(old->b_m, pair[p].b_m, sizeof old->b_m) == 0;
        self->pair[p] = pair[p];
        for (uint32_t c = 0; c < n_cells && !same; ++c) {
            float point[3];
            cell_centre(self, c, point);
            self->gain[(size_t)p * n_cells + c] = log_gain(self, &pair[p], point);
        }
    }
    self->n_pairs = n_pairs;
    self->n_links = n_links;
    return RV_OK;
}

// What one pair contributes to the search for one more body
typedef struct {
    const float *gain;
    float        log_floor;   // of noise and the bodies found so far
    float        excess;      // log variance over the floor
    float        scatter;     // variance of the log variance without the new body
    float        misfit2;     // what a body of share f adds to it: misfit2 q, q = f^2
    float        bend, slope; // log of that growth: (bend q + slope) q
    float        pull;        // weight in the estimate of the strength
    float        log_signal;
    float        trust;
} term;

typedef struct {
    uint32_t       n_pairs, n_cells;
    uint32_t       pair[RV_ROOM_MAX_LINKS];
    rv_pair_sample sample[RV_ROOM_MAX_LINKS];
    float          explained[RV_ROOM_MAX_LINKS]; // variance of the bodies found
    term           term[RV_ROOM_MAX_LINKS];
} scene;

static float
log_of(const float x)
{
    return (float)room_log((double)x);
}

static void
prepare(const rv_localise *const self, scene *const s)
{
    const float misfit2 = self->cfg.misfit * self->cfg.misfit;
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const rv_pair_sample *const m     = &s->sample[s->pair[i]];
        term *const                 t     = &s->term[i];
        const float                 floor = m->noise_db2 + s->explained[i];
        const float                 share = s->explained[i] / floor;
        const float                 v =
            m->variance_db2 > 0.02F * floor ? m->variance_db2 : 0.02F * floor;
        const float signal = v - floor > 0.05F * v ? v - floor : 0.05F * v;
        t->gain            = self->gain + (size_t)s->pair[i] * s->n_cells;
        t->log_floor       = log_of(floor);
        t->excess          = log_of(v) - t->log_floor;
        t->scatter         = 2.0F / self->cfg.variance_looks + misfit2 * share * share;
        t->log_signal      = log_of(signal);
        t->trust           = m->looks < 1.0F ? m->looks : 1.0F;
        t->pull            = t->trust * (signal / v) * (signal / v) / misfit2;
        // log(1 + k f^2) as a quadratic in q = f^2 through q = 0, 1/2, 1
        t->misfit2       = misfit2;
        const float k    = misfit2 / t->scatter;
        const float full = log_of(1.0F + k);
        const float half = log_of(1.0F + 0.5F * k);
        t->slope         = 4.0F * half - full;
        t->bend          = full - t->slope;
    }
}

// Strength that fits best in each cell: a weighted mean of log signal - log gain
static void
fit_strength(rv_localise *const self, const scene *const s)
{
    const float spread2 = self->cfg.strength_spread * self->cfg.strength_spread;
    float       weight  = 1.0F / spread2;
    float       sum     = weight * log_of(self->cfg.strength_db2);
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        weight += s->term[i].pull;
        sum += s->term[i].pull * s->term[i].log_signal;
    }
    for (uint32_t c = 0; c < s->n_cells; ++c) {
        self->log_strength[c] = sum / weight;
    }
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const float        a    = s->term[i].pull / weight;
        const float *const gain = s->term[i].gain;
        for (uint32_t c = 0; c < s->n_cells; ++c) {
            self->log_strength[c] -= a * gain[c];
        }
    }
}

static inline float
bounded(const float squared)
{
    return squared / (1.0F + squared / bounded_at);
}

// Log-likelihood of one pair for a body whose log signal over the floor is u, minus the
// same without body. log(1 + e^u) from e^-|u| as (1 - |u|/16)^16 and a quintic of the
// logarithm: within 0.02 of the truth, and the same arithmetic for every cell.
static inline float
gain_in_evidence(const term *const t, const float u, const float without)
{
    const float size = u < 0.0F ? -u : u;
    const float root = size < 16.0F ? 1.0F - size * 0.0625F : 0.0F;
    const float r2   = root * root;
    const float r4   = r2 * r2;
    const float r8   = r4 * r4;
    const float w    = r8 * r8;
    const float log1 =
        w *
        (0.99949556F +
         w * (-0.49190896F + w * (0.28947478F + w * (-0.13606275F + w * 0.03215845F))));
    const float rise    = (u > 0.0F ? u : 0.0F) + log1;
    const float share   = (u > 0.0F ? 1.0F : w) / (1.0F + w);
    const float q       = share * share;
    const float grow    = (t->bend * q + t->slope) * q; // log of scatter / scatter at 0
    const float left    = t->excess - rise;
    const float scatter = t->scatter + t->misfit2 * q;
    return -0.5F * (bounded(left * left / scatter) + grow) - without;
}

static float
scan(rv_localise *const self, const scene *const s, uint32_t *const best)
{
    const float spread2 = self->cfg.strength_spread * self->cfg.strength_spread;
    const float usual   = log_of(self->cfg.strength_db2);
    fit_strength(self, s);
    for (uint32_t c = 0; c < s->n_cells; ++c) {
        const float off = self->log_strength[c] - usual;
        self->score[c]  = -0.5F * off * off / spread2;
    }
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const term *const t       = &s->term[i];
        const float       without = -0.5F * bounded(t->excess * t->excess / t->scatter);
        for (uint32_t c = 0; c < s->n_cells; ++c) {
            const float u = self->log_strength[c] + t->gain[c] - t->log_floor;
            self->score[c] += t->trust * gain_in_evidence(t, u, without);
        }
    }
    *best = 0;
    for (uint32_t c = 1; c < s->n_cells; ++c) {
        if (self->score[c] > self->score[*best]) {
            *best = c;
        }
    }
    return self->score[*best];
}

// Mean and covariance of the place, weighted by the evidence around the peak
static void
describe_peak(const rv_localise *const self, const uint32_t peak,
              rv_detection *const out)
{
    float at[3];
    cell_centre(self, peak, at);
    float sum = 0.0F, mx = 0.0F, my = 0.0F, xx = 0.0F, xy = 0.0F, yy = 0.0F;
    for (uint32_t c = 0; c < self->nx * self->ny; ++c) {
        float point[3];
        cell_centre(self, c, point);
        const float dx   = point[0] - at[0];
        const float dy   = point[1] - at[1];
        const float less = self->score[c] - self->score[peak];
        if (dx * dx + dy * dy > peak_radius_m * peak_radius_m || less < -12.0F) {
            continue;
        }
        const float w = (float)room_exp((double)less);
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
    out->position_m[0]    = at[0] + mx;
    out->position_m[1]    = at[1] + my;
    out->position_m[2]    = at[2];
    out->covariance_m2[0] = xx / sum - mx * mx + grain;
    out->covariance_m2[1] = xy / sum - mx * my;
    out->covariance_m2[2] = yy / sum - my * my + grain;
}

static void
add_to_background(const rv_localise *const self, scene *const s, const uint32_t peak)
{
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        s->explained[i] +=
            (float)room_exp((double)(self->log_strength[peak] + s->term[i].gain[peak]));
    }
}

static void
search(rv_localise *const self, scene *const s, rv_localise_result *const out)
{
    while (out->n_detections < self->cfg.max_detections) {
        uint32_t peak = 0;
        prepare(self, s);
        const float evidence = scan(self, s, &peak);
        if (out->n_detections == 0) {
            out->evidence = evidence;
        }
        if (!(evidence > self->cfg.threshold)) {
            return;
        }
        rv_detection *const d = &out->detection[out->n_detections++];
        *d                    = (rv_detection){.strength = evidence};
        d->confidence         = evidence / (evidence + self->cfg.threshold);
        describe_peak(self, peak, d);
        if (out->n_detections == 1) {
            out->sigma_m =
                __builtin_sqrtf(0.5F * (d->covariance_m2[0] + d->covariance_m2[2]));
        }
        add_to_background(self, s, peak);
    }
}

rv_status
rv_localise_push(rv_localise *const self, const rv_room_sample *const samples,
                 const uint32_t n, const rv_tomography_frame *const image,
                 rv_localise_result *const out)
{
    if (n != self->n_links) {
        return RV_ERR_SHAPE;
    }
    (void)image;
    scene s;
    memset(&s, 0, sizeof s);
    s.n_cells = self->nx * self->ny;
    rv_pairs_merge(samples, self->pair_of, n, self->n_pairs, s.sample);
    uint64_t which = 0;
    for (uint32_t p = 0; p < self->n_pairs; ++p) {
        if (s.sample[p].valid) {
            s.pair[s.n_pairs++] = p;
            which |= (uint64_t)1 << p;
        }
    }
    memset(out, 0, sizeof *out);
    if (self->n_pairs == 0) {
        out->reason = RV_REASON_NO_GEOMETRY;
    } else if (s.n_pairs == 0) {
        out->reason = RV_REASON_NO_DATA;
    } else if (rv_pairs_directions(self->pair, self->n_pairs, which) <
               RV_MIN_DIRECTIONS) {
        out->reason = RV_REASON_GEOMETRY_INSUFFICIENT;
    } else {
        search(self, &s, out);
    }
    return RV_OK;
}

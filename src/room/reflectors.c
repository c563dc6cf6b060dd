// SPDX-License-Identifier: MIT
#include <ruview/room/reflectors.h>

#include "room/room_math.h"

#include <string.h>

static const double us_per_day = 8.64e10;

// Standard errors by which a drift must clear a bound to count as certain
static const double certain = 2.0;

rv_reflectors_config
rv_reflectors_config_default(void)
{
    return (rv_reflectors_config){
        .least_hz         = 1.5e8F,
        .gate             = 13.8F,
        .min_sightings    = 20,
        .wall_m_per_day   = 0.05F,
        .mobile_m_per_day = 1.0F,
        .memory_us        = UINT64_C(86400000000),
        .drop_us          = UINT64_C(259200000000),
        .floor_m          = 0.05F,
    };
}

rv_status
rv_reflectors_init(rv_reflectors *const self, const rv_reflectors_config *const cfg,
                   const float bandwidth_hz)
{
    const bool ok = room_in_range(cfg->least_hz, 0.0F, 1e12F) &&
                    room_in_range(cfg->gate, 0.1F, 1e6F) && cfg->min_sightings >= 3 &&
                    room_in_range(cfg->wall_m_per_day, 0.0F, 1e6F) &&
                    room_in_range(cfg->mobile_m_per_day, cfg->wall_m_per_day, 1e6F) &&
                    cfg->memory_us >= 1000 && cfg->drop_us >= 1000 &&
                    room_in_range(cfg->floor_m, 1e-4F, 10.0F) &&
                    room_in_range(bandwidth_hz, 0.0F, 1e12F);
    if (!ok) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->cfg     = *cfg;
    self->next_id = 1;
    self->reason  = bandwidth_hz < cfg->least_hz ? RV_REASON_BANDWIDTH : RV_REASON_NONE;
    return RV_OK;
}

// Forget, and move the origin of time to `t_us`
static void
age(const rv_reflectors *const self, rv_reflector_sums *const r, const uint64_t t_us)
{
    const double dt = (double)(t_us - r->last_us) / us_per_day;
    const double keep =
        rv_exp_f64(-(double)(t_us - r->last_us) / (double)self->cfg.memory_us);
    r->tt = keep * (r->tt - 2.0 * dt * r->t + dt * dt * r->w);
    r->t  = keep * (r->t - dt * r->w);
    for (uint32_t k = 0; k < 2; ++k) {
        r->tp[k] = keep * (r->tp[k] - dt * r->p[k]);
        r->p[k] *= keep;
    }
    r->w *= keep;
    r->pp *= keep;
    r->last_us = t_us;
}

typedef struct {
    double place[2], slope[2]; // at the last sighting; per day
    double place_var, slope_var;
    bool   has_slope;
} line;

static line
regress(const rv_reflectors *const self, const rv_reflector_sums *const r)
{
    const double floor2 = (double)self->cfg.floor_m * (double)self->cfg.floor_m;
    const double mean_t = r->t / r->w;
    const double spread = r->tt - r->t * mean_t;
    line         l      = {.place = {r->p[0] / r->w, r->p[1] / r->w}};
    double       left   = r->pp;
    l.has_slope         = r->sightings >= self->cfg.min_sightings && spread > 1e-12;
    for (uint32_t k = 0; k < 2; ++k) {
        left -= r->p[k] * r->p[k] / r->w;
    }
    // Scatter of one sighting, per axis and unit of weight
    const double n     = r->sightings < 3 ? 3.0 : r->sightings;
    const double noise = left > 0.0 ? left / (2.0 * n) : 0.0;
    l.place_var        = (1.0 + noise) / r->w + floor2;
    if (l.has_slope) {
        for (uint32_t k = 0; k < 2; ++k) {
            l.slope[k] = (r->tp[k] - r->t * r->p[k] / r->w) / spread;
            l.place[k] -= l.slope[k] * mean_t;
        }
        l.slope_var = (1.0 + noise) / spread;
    }
    return l;
}

static double
distance2(const line *const l, const rv_sighting *const s)
{
    const double xx  = (double)s->covariance_m2[0] + l->place_var;
    const double xy  = (double)s->covariance_m2[1];
    const double yy  = (double)s->covariance_m2[2] + l->place_var;
    const double dx  = (double)s->position_m[0] - l->place[0];
    const double dy  = (double)s->position_m[1] - l->place[1];
    const double det = xx * yy - xy * xy;
    return (yy * dx * dx - 2.0 * xy * dx * dy + xx * dy * dy) / det;
}

static void
fold(rv_reflector_sums *const r, const rv_sighting *const s)
{
    const double var =
        0.5 * ((double)s->covariance_m2[0] + (double)s->covariance_m2[2]);
    const double w = 1.0 / var;
    r->w += w; // at time 0: nothing to add to the sums of time
    for (uint32_t k = 0; k < 2; ++k) {
        const double p = (double)s->position_m[k];
        r->p[k] += w * p;
        r->pp += w * p * p;
    }
    r->sightings += (r->sightings < UINT32_MAX);
}

static bool
usable(const rv_sighting *const s)
{
    const float *const c = s->covariance_m2;
    return room_in_range(s->position_m[0], -1e4F, 1e4F) &&
           room_in_range(s->position_m[1], -1e4F, 1e4F) &&
           room_in_range(c[0], 1e-8F, 1e4F) && room_in_range(c[2], 1e-8F, 1e4F) &&
           c[1] * c[1] < c[0] * c[2];
}

static void
remove_slot(rv_reflectors *const self, const uint32_t i)
{
    memmove(&self->slot[i], &self->slot[i + 1],
            (self->n - i - 1) * sizeof self->slot[i]);
    --self->n;
}

static bool
take(rv_reflectors *const self, const uint64_t t_us, const rv_sighting *const s)
{
    uint32_t best  = self->n;
    double   least = (double)self->cfg.gate;
    for (uint32_t i = 0; i < self->n; ++i) {
        const line   l  = regress(self, &self->slot[i]);
        const double d2 = distance2(&l, s);
        if (d2 < least) {
            least = d2;
            best  = i;
        }
    }
    if (best == self->n) {
        if (self->n == RV_REFLECTORS_MAX) {
            return false;
        }
        self->slot[self->n++] = (rv_reflector_sums){
            .id = self->next_id++, .first_us = t_us, .last_us = t_us};
    } else {
        age(self, &self->slot[best], t_us);
    }
    fold(&self->slot[best], s);
    return true;
}

// The later of two whose places cannot be told apart ends
static void
merge_and_drop(rv_reflectors *const self, const uint64_t t_us)
{
    for (uint32_t i = self->n; i-- > 0;) {
        if (t_us - self->slot[i].last_us > self->cfg.drop_us) {
            remove_slot(self, i);
        }
    }
    for (uint32_t i = self->n; i-- > 1;) {
        const line a = regress(self, &self->slot[i]);
        for (uint32_t j = 0; j < i; ++j) {
            const line   b    = regress(self, &self->slot[j]);
            const double dx   = a.place[0] - b.place[0];
            const double dy   = a.place[1] - b.place[1];
            const double near = a.place_var + b.place_var;
            if (dx * dx + dy * dy < near &&
                self->slot[j].last_us >= self->slot[i].last_us) {
                remove_slot(self, i);
                break;
            }
        }
    }
}

rv_status
rv_reflectors_push(rv_reflectors *const self, const uint64_t t_us,
                   const rv_sighting *const sightings, const uint32_t n,
                   uint32_t *const n_taken)
{
    if (t_us < self->t_us) {
        return RV_ERR_RANGE;
    }
    *n_taken   = 0;
    self->t_us = t_us;
    for (uint32_t i = 0; i < n && self->reason == RV_REASON_NONE; ++i) {
        if (usable(&sightings[i])) {
            *n_taken += take(self, t_us, &sightings[i]);
        }
    }
    merge_and_drop(self, t_us);
    return RV_OK;
}

static rv_reflector_class
classify(const rv_reflectors *const self, const line *const l, const double drift)
{
    if (!l->has_slope) {
        return RV_REFLECTOR_UNKNOWN;
    }
    const double error = certain * rv_sqrt_f64(l->slope_var);
    if (drift - error > (double)self->cfg.mobile_m_per_day) {
        return RV_REFLECTOR_MOBILE;
    }
    if (drift + error < (double)self->cfg.wall_m_per_day) {
        return RV_REFLECTOR_WALL;
    }
    return drift - error > (double)self->cfg.wall_m_per_day ? RV_REFLECTOR_FURNITURE
                                                            : RV_REFLECTOR_UNKNOWN;
}

uint32_t
rv_reflectors_list(const rv_reflectors *const self, rv_reflector *const out)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < self->n; ++i) {
        const rv_reflector_sums *const r = &self->slot[i];
        if (r->sightings < self->cfg.min_sightings) {
            continue;
        }
        const line   l = regress(self, r);
        const double drift =
            rv_sqrt_f64(l.slope[0] * l.slope[0] + l.slope[1] * l.slope[1]);
        out[n++] = (rv_reflector){
            .id                    = r->id,
            .kind                  = classify(self, &l, drift),
            .sightings             = r->sightings,
            .position_m            = {(float)l.place[0], (float)l.place[1]},
            .sigma_m               = (float)rv_sqrt_f64(l.place_var),
            .drift_m_per_day       = (float)drift,
            .drift_sigma_m_per_day = (float)rv_sqrt_f64(l.slope_var),
            .first_us              = r->first_us,
            .last_us               = r->last_us,
        };
    }
    return n;
}

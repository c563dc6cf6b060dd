// SPDX-License-Identifier: MIT
#include <ruview/people/gait.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

// The level's slow part, against which it is uneven [s]
static const double slow_s = 1.0;

// A body is most of what moves on a link from this share on
static const float most = 0.8F;

// Distances below this are inside the body, and its scattering centre is so high [m]
static const float nearest_m = 0.3F, body_m = 1.0F;

// A link says something when its variance is so far above its noise
static const float above_noise = 4.0F;

static const float ln_per_db = 0.230258509F;

rv_gait_config
rv_gait_config_default(void)
{
    // Scatters: reid_accuracy 4 12 60 1 (simulated, four nodes, 20 frames a second); of
    // the stride 8 13 45 1 100
    return (rv_gait_config){
        .feature   = {{24, 0.3F, 2.2F, 0.092F, 0.062F, 0.1F},
                      {44, -1.0F, 2.0F, 0.071F, 0.085F, 0.2F},
                      {18, 0.0F, 1.0F, 0.065F, 0.048F, 0.1F},
                      {42, 0.75F, 1.6F, 0.033F, 0.105F, 0.6F}},
        .seconds   = 10.0F,
        .least_mps = 0.4F,
        .falloff   = 1.7F,
        .stride    = rv_stride_config_default(),
    };
}

float
rv_gait_information(const rv_gait_config *const cfg)
{
    float nats = 0.0F;
    for (uint32_t f = 0; f < RV_GAIT_FEATURES; ++f) {
        const float ratio = cfg->feature[f].between / cfg->feature[f].sigma;
        nats += 0.5F * rv_log_f32(1.0F + ratio * ratio);
    }
    return nats;
}

rv_status
rv_gait_init(rv_gait *const self, const rv_gait_config *const cfg)
{
    uint32_t n  = 0;
    bool     ok = cfg->seconds > 0.0F && cfg->least_mps >= 0.0F && cfg->falloff > 0.0F;
    for (uint32_t f = 0; f < RV_GAIT_FEATURES; ++f) {
        const rv_gait_feature *const k = &cfg->feature[f];
        ok =
            ok && k->n >= 2 && k->high > k->low && k->sigma > 0.0F && k->weight >= 0.0F;
        n += k->n;
    }
    if (!ok || n != RV_GAIT_DIM || rv_stride_config_check(&cfg->stride) != RV_OK) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->cfg = *cfg;
    return RV_OK;
}

void
rv_gait_reset(rv_gait *const self, const uint32_t track)
{
    memset(&self->track[track], 0, sizeof self->track[track]);
    memset(&self->stride[track], 0, sizeof self->stride[track]);
}

void
rv_gait_step(rv_gait *const self, const uint32_t track, const float motion,
             const uint32_t n_links)
{
    rv_stride_push(&self->stride[track], &self->cfg.stride, motion, n_links);
}

void
rv_gait_push(rv_gait *const self, const uint32_t track,
             const rv_gait_sample *const sample)
{
    rv_gait_sums *const t = &self->track[track];
    if (!rv_is_finite_f32(sample->dt_s) || !rv_is_finite_f32(sample->speed_mps) ||
        !(sample->dt_s > 0.0F) || !(sample->speed_mps >= self->cfg.least_mps)) {
        t->has_slow = false;
        return;
    }
    const double dt = (double)sample->dt_s;
    t->walked_s += dt;
    t->speed += dt * (double)sample->speed_mps;
    if (!sample->has_level || !rv_is_finite_f32(sample->level)) {
        t->has_slow = false;
        return;
    }
    const double level = (double)sample->level;
    t->level_s += dt;
    t->level += dt * level;
    if (t->has_slow) {
        const double off = level - t->slow;
        t->uneven_s += dt;
        t->uneven += dt * off * off;
        t->slow += (dt < slow_s ? dt / slow_s : 1.0) * off;
    } else {
        t->slow = level;
    }
    t->has_slow = true;
}

float
rv_gait_walked_s(const rv_gait *const self, const uint32_t track)
{
    return (float)self->track[track].walked_s;
}

rv_reason
rv_gait_measure(const rv_gait *const self, const uint32_t track,
                float out[RV_GAIT_FEATURES])
{
    const rv_gait_sums *const t = &self->track[track];
    if (t->walked_s < (double)self->cfg.seconds) {
        return RV_REASON_WARMING_UP;
    }
    if (!(t->uneven_s > 0.25 * t->walked_s)) {
        return RV_REASON_NO_GEOMETRY;
    }
    out[0] = (float)(t->speed / t->walked_s);
    out[1] = (float)(t->level / t->level_s);
    out[2] = (float)rv_sqrt_f64(t->uneven / t->uneven_s);
    out[3] = 0.0F;
    (void)!rv_stride_measure(&self->stride[track], &self->cfg.stride, &out[3]);
    return RV_REASON_NONE;
}

// Bumps of one feature, of length root of its weight
static void
put_bumps(const rv_gait_feature *const f, const float x, float *const out)
{
    const float at    = x < f->low ? f->low : x > f->high ? f->high : x;
    const float step  = (f->high - f->low) / (float)(f->n - 1);
    const float width = f->sigma > step ? f->sigma : step;
    float       sum   = 0.0F;
    for (uint32_t i = 0; i < f->n; ++i) {
        const float off = (at - (f->low + (float)i * step)) / width;
        out[i]          = rv_exp_f32(-0.5F * off * off);
        sum += out[i] * out[i];
    }
    const float scale = rv_sqrt_f32(f->weight / sum);
    for (uint32_t i = 0; i < f->n; ++i) {
        out[i] *= scale;
    }
}

rv_reason
rv_gait_embed(const rv_gait *const self, const uint32_t track, float *const out)
{
    float           x[RV_GAIT_FEATURES];
    const rv_reason why = rv_gait_measure(self, track, x);
    if (why != RV_REASON_NONE) {
        return why;
    }
    uint32_t at  = 0;
    float    sum = 0.0F;
    for (uint32_t f = 0; f < RV_GAIT_FEATURES; ++f) {
        if (f == 3 && x[f] == 0.0F) {
            memset(out + at, 0, self->cfg.feature[f].n * sizeof *out);
        } else {
            put_bumps(&self->cfg.feature[f], x[f], out + at);
        }
        at += self->cfg.feature[f].n;
    }
    for (uint32_t i = 0; i < RV_GAIT_DIM; ++i) {
        sum += out[i] * out[i];
    }
    const float scale = 1.0F / rv_sqrt_f32(sum);
    for (uint32_t i = 0; i < RV_GAIT_DIM; ++i) {
        out[i] *= scale;
    }
    return RV_REASON_NONE;
}

static float
distance(const float a[3], const float x, const float y)
{
    const float dx = a[0] - x;
    const float dy = a[1] - y;
    const float dz = a[2] - body_m;
    const float d  = rv_sqrt_f32(dx * dx + dy * dy + dz * dz);
    return d > nearest_m ? d : nearest_m;
}

// ln of what a body at (x, y) adds to a link, without its strength
static float
log_gain(const rv_gait_config *const cfg, const rv_room_link *const link, const float x,
         const float y)
{
    return -cfg->falloff *
           rv_log_f32(distance(link->tx_m, x, y) * distance(link->rx_m, x, y));
}

static bool
is_mine(const rv_gait_config *const cfg, const rv_room_link *const link,
        const float mine, const float (*const others_m)[2], const uint32_t n_others)
{
    float rest = 0.0F;
    for (uint32_t o = 0; o < n_others; ++o) {
        rest += rv_exp_f32(log_gain(cfg, link, others_m[o][0], others_m[o][1]) - mine);
    }
    return rest < (1.0F - most) / most;
}

bool
rv_gait_owns(const rv_gait_config *const cfg, const rv_room_link *const link,
             const float    position_m[3], const float (*const others_m)[2],
             const uint32_t n_others)
{
    return link->located &&
           is_mine(cfg, link, log_gain(cfg, link, position_m[0], position_m[1]),
                   others_m, n_others);
}

bool
rv_gait_level(const rv_gait_config *const cfg, const rv_room_link *const links,
              const rv_room_sample *const samples, const uint32_t n_links,
              const float    position_m[3], const float (*const others_m)[2],
              const uint32_t n_others, float *const level)
{
    float    sum = 0.0F, power = 0.0F;
    uint32_t n = 0, n_power = 0;
    for (uint32_t l = 0; l < n_links; ++l) {
        const rv_room_sample *const s = &samples[l];
        if (!links[l].located || !s->valid || s->level_db == 0.0F) {
            continue;
        }
        const float dx = links[l].tx_m[0] - links[l].rx_m[0];
        const float dy = links[l].tx_m[1] - links[l].rx_m[1];
        const float dz = links[l].tx_m[2] - links[l].rx_m[2];
        // As much as the room would show at 1 m in free space
        power += ln_per_db * s->level_db +
                 rv_log_f32(dx * dx + dy * dy + dz * dz + nearest_m * nearest_m);
        ++n_power;
        const float gain   = log_gain(cfg, &links[l], position_m[0], position_m[1]);
        const float noise2 = s->sigma_db * s->sigma_db;
        if (s->variance_db2 > above_noise * noise2 &&
            is_mine(cfg, &links[l], gain, others_m, n_others)) {
            sum += rv_log_f32(s->variance_db2) + ln_per_db * s->level_db - gain;
            ++n;
        }
    }
    if (n == 0 || n_power == 0) {
        return false;
    }
    *level = sum / (float)n - power / (float)n_power;
    return true;
}

// SPDX-License-Identifier: MIT
#include <ruview/people/keypoints.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <string.h>

typedef struct {
    uint8_t from, to;
    double  share; // of body height
} bone;

// Joined joints and their distance over body height
static const bone bones[RV_KEYPOINTS_BONES] = {
    {5, 7, 0.186},   {7, 9, 0.146},   {6, 8, 0.186},   {8, 10, 0.146}, {11, 13, 0.245},
    {13, 15, 0.246}, {12, 14, 0.245}, {14, 16, 0.246}, {5, 6, 0.258},  {11, 12, 0.191},
    {5, 11, 0.290},  {6, 12, 0.290},  {5, 12, 0.366},  {6, 11, 0.366},
};

// Limbs that fold: the ends stay apart by this share of both bones together
static const struct {
    uint8_t from, to, upper, lower; // upper, lower: the two bones
} limbs[4] = {{5, 9, 0, 1}, {6, 10, 2, 3}, {11, 15, 4, 5}, {12, 16, 6, 7}};

static const double folded_share = 0.26; // two equal bones at 30 degrees

// A joint refused this often in a row has really moved; times that bones are asked
enum { refusals_to_believe = 5, n_torso = 4, n_passes = 3 };

static const uint8_t torso[n_torso] = {5, 6, 11, 12};

// Scatter of a joint's speed when it is first seen [m/s]
static const double first_speed = 0.7;

rv_keypoints_config
rv_keypoints_config_default(void)
{
    return (rv_keypoints_config){
        .torso_mps2   = 2.0F,
        .limb_mps2    = 8.0F,
        .gate         = 16.3F,
        .bone_sigma_m = 0.03F,
        .height_m     = 1.7F,
        .lost_sigma_m = 0.4F,
        .max_dt_us    = 1000000,
    };
}

static bool
within(const float x, const float low, const float high)
{
    return x >= low && x <= high; // false for NaN
}

rv_status
rv_keypoints_init(rv_keypoints *const self, const rv_keypoints_config *const cfg)
{
    const bool ok =
        within(cfg->torso_mps2, 1e-3F, 1e3F) && within(cfg->limb_mps2, 1e-3F, 1e3F) &&
        within(cfg->gate, 0.1F, 1e6F) && within(cfg->bone_sigma_m, 1e-3F, 10.0F) &&
        within(cfg->height_m, 0.4F, 2.5F) && within(cfg->lost_sigma_m, 0.01F, 100.0F) &&
        cfg->max_dt_us >= 1000;
    if (!ok) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->cfg = *cfg;
    for (uint32_t b = 0; b < RV_KEYPOINTS_BONES; ++b) {
        self->length[b]     = bones[b].share * (double)cfg->height_m;
        const double spread = 0.15 * self->length[b];
        self->length_var[b] = spread * spread;
    }
    return RV_OK;
}

static bool
usable(const rv_keypoint_seen *const s)
{
    return s->valid && within(s->position_m[0], -1e4F, 1e4F) &&
           within(s->position_m[1], -1e4F, 1e4F) &&
           within(s->position_m[2], -1e4F, 1e4F) && within(s->sigma_m, 1e-4F, 1e3F) &&
           (s->sigma_up_m == 0.0F || within(s->sigma_up_m, 1e-4F, 1e3F));
}

// Variance of what was seen along axis k
static double
variance_of(const rv_keypoint_seen *const s, const uint32_t k)
{
    const double sigma =
        (double)(k == 2 && s->sigma_up_m > 0.0F ? s->sigma_up_m : s->sigma_m);
    return sigma * sigma;
}

static void
predict(rv_keypoint_axis *const a, const double dt, const double accel)
{
    const double q = accel * accel;
    a->p += dt * a->v;
    a->pp += 2.0 * dt * a->pv + dt * dt * a->vv + 0.25 * q * dt * dt * dt * dt;
    a->pv += dt * a->vv + 0.5 * q * dt * dt * dt;
    a->vv += q * dt * dt;
}

// Scalar update by an innovation of `off`, whose variance is s
static void
update(rv_keypoint_axis *const a, const double off, const double s)
{
    const double kp = a->pp / s;
    const double kv = a->pv / s;
    const double pv = a->pv;
    a->p += kp * off;
    a->v += kv * off;
    a->pp -= kp * a->pp;
    a->pv -= kp * pv;
    a->vv -= kv * pv;
}

static void
start_joint(rv_keypoints *const self, const uint32_t j, const rv_keypoint_seen *const s)
{
    for (uint32_t k = 0; k < 3; ++k) {
        self->axis[j][k] = (rv_keypoint_axis){.p  = (double)s->position_m[k],
                                              .pp = variance_of(s, k),
                                              .vv = first_speed * first_speed};
    }
    self->alive[j]   = true;
    self->refused[j] = 0;
}

static void
take(rv_keypoints *const self, const uint32_t j, const rv_keypoint_seen *const s,
     rv_keypoints_frame *const out)
{
    if (!self->alive[j]) {
        start_joint(self, j, s);
        return;
    }
    double d2 = 0.0;
    for (uint32_t k = 0; k < 3; ++k) {
        const double off = (double)s->position_m[k] - self->axis[j][k].p;
        d2 += off * off / (self->axis[j][k].pp + variance_of(s, k));
    }
    if (d2 > (double)self->cfg.gate) {
        ++out->n_gated;
        if (++self->refused[j] >= refusals_to_believe) {
            start_joint(self, j, s);
        }
        return;
    }
    self->refused[j] = 0;
    for (uint32_t k = 0; k < 3; ++k) {
        rv_keypoint_axis *const a = &self->axis[j][k];
        update(a, (double)s->position_m[k] - a->p, a->pp + variance_of(s, k));
    }
}

// Where the joints are once the bones have been asked
typedef double positions[RV_KEYPOINTS_N][3];

// Unit vector between two joints and their distance; false when they coincide
static bool
direction(positions at, const uint32_t from, const uint32_t to, double u[3],
          double *const length)
{
    double sum = 0.0;
    for (uint32_t k = 0; k < 3; ++k) {
        u[k] = at[to][k] - at[from][k];
        sum += u[k] * u[k];
    }
    *length = rv_sqrt_f64(sum);
    for (uint32_t k = 0; k < 3 && sum > 1e-12; ++k) {
        u[k] /= *length;
    }
    return sum > 1e-12;
}

static double
variance_along(const rv_keypoints *const self, const uint32_t joint, const double u[3])
{
    double s = 0.0;
    for (uint32_t k = 0; k < 3; ++k) {
        s += u[k] * u[k] * self->axis[joint][k].pp;
    }
    return s;
}

// "The distance is `wanted`", as a measurement along the line between the joints. It
// tells where the two are to each other and not where they are, which variances per
// joint cannot hold; so it moves the joints and leaves their variances as they are.
static void
pull(const rv_keypoints *const self, positions at, const uint32_t from,
     const uint32_t to, const double wanted, const double variance)
{
    double u[3], length;
    if (!direction(at, from, to, u, &length)) {
        return;
    }
    const double near = variance_along(self, from, u);
    const double far  = variance_along(self, to, u);
    const double off  = (wanted - length) / (near + far + variance);
    for (uint32_t k = 0; k < 3; ++k) {
        at[to][k] += off * far * u[k];
        at[from][k] -= off * near * u[k];
    }
}

// The person's own lengths: noise makes a distance long by its part across the bone
static void
learn_lengths(rv_keypoints *const self, positions at)
{
    const double soft = (double)self->cfg.bone_sigma_m * (double)self->cfg.bone_sigma_m;
    for (uint32_t b = 0; b < RV_KEYPOINTS_BONES; ++b) {
        const uint32_t from = bones[b].from;
        const uint32_t to   = bones[b].to;
        double         u[3], length;
        if (self->alive[from] && self->alive[to] &&
            direction(at, from, to, u, &length)) {
            const double var =
                variance_along(self, from, u) + variance_along(self, to, u);
            const double gain =
                self->length_var[b] / (self->length_var[b] + 20.0 * (var + soft));
            self->length[b] += gain * (length - var / length - self->length[b]);
            self->length_var[b] = (1.0 - gain) * self->length_var[b] + 1e-8;
        }
    }
}

static void
hold_together(const rv_keypoints *const self, positions at)
{
    const double soft = (double)self->cfg.bone_sigma_m * (double)self->cfg.bone_sigma_m;
    for (uint32_t pass = 0; pass < n_passes; ++pass) {
        for (uint32_t b = 0; b < RV_KEYPOINTS_BONES; ++b) {
            if (self->alive[bones[b].from] && self->alive[bones[b].to]) {
                pull(self, at, bones[b].from, bones[b].to, self->length[b],
                     soft + self->length_var[b]);
            }
        }
    }
    for (uint32_t l = 0; l < 4; ++l) {
        double u[3], length;
        if (!self->alive[limbs[l].from] || !self->alive[limbs[l].to] ||
            !direction(at, limbs[l].from, limbs[l].to, u, &length)) {
            continue;
        }
        const double least = folded_share * (self->length[limbs[l].upper] +
                                             self->length[limbs[l].lower]);
        if (length < least) {
            pull(self, at, limbs[l].from, limbs[l].to, least, soft);
        }
    }
}

static void
note_jitter(rv_keypoints *const self, positions at, const double dt,
            rv_keypoints_frame *const out)
{
    double sum = 0.0;
    bool   all = true;
    for (uint32_t t = 0; t < n_torso; ++t) {
        all = all && self->alive[torso[t]];
        for (uint32_t k = 0; k < 3; ++k) {
            const double now    = at[torso[t]][k];
            const double second = now - 2.0 * self->past[0][t][k] + self->past[1][t][k];
            sum += second * second / n_torso;
            self->past[1][t][k] = self->past[0][t][k];
            self->past[0][t][k] = now;
        }
    }
    self->n_past = all ? self->n_past + (self->n_past < 3) : 0;
    if (self->n_past == 3) {
        self->jitter2 += dt / (1.0 + dt) * (sum - self->jitter2);
    }
    out->jitter_m = (float)rv_sqrt_f64(self->jitter2);
}

static void
report(const rv_keypoints *const self, positions at, rv_keypoints_frame *const out)
{
    out->reason = RV_REASON_NO_DATA;
    for (uint32_t j = 0; j < RV_KEYPOINTS_N; ++j) {
        double sum = 0.0;
        for (uint32_t k = 0; k < 3; ++k) {
            sum += self->axis[j][k].pp;
        }
        const float sigma = (float)rv_sqrt_f64(sum / 3.0);
        out->known[j]     = self->alive[j] && sigma <= self->cfg.lost_sigma_m;
        if (!out->known[j]) {
            continue;
        }
        out->reason     = RV_REASON_NONE;
        out->sigma_m[j] = sigma;
        for (uint32_t k = 0; k < 3; ++k) {
            out->position_m[j][k] = (float)at[j][k];
        }
    }
    double   misfit = 0.0;
    uint32_t n      = 0;
    for (uint32_t b = 0; b < RV_KEYPOINTS_BONES; ++b) {
        double u[3], length;
        if (out->known[bones[b].from] && out->known[bones[b].to] &&
            direction(at, bones[b].from, bones[b].to, u, &length)) {
            misfit += (length - self->length[b]) * (length - self->length[b]);
            ++n;
        }
    }
    out->bone_m = n != 0 ? (float)rv_sqrt_f64(misfit / n) : 0.0F;
}

rv_status
rv_keypoints_push(rv_keypoints *const self, const uint64_t t_us,
                  const rv_keypoint_seen    seen[RV_KEYPOINTS_N],
                  rv_keypoints_frame *const out)
{
    if (self->started && t_us < self->t_us) {
        return RV_ERR_RANGE;
    }
    memset(out, 0, sizeof *out);
    const uint64_t elapsed = self->started ? t_us - self->t_us : 0;
    const double   dt      = (double)elapsed * 1e-6;
    self->started          = true;
    self->t_us             = t_us;
    if (elapsed > self->cfg.max_dt_us) {
        memset(self->alive, 0, sizeof self->alive);
        self->n_past = 0;
    }
    for (uint32_t j = 0; j < RV_KEYPOINTS_N; ++j) {
        const bool   limb = (j >= 7 && j <= 10) || j >= 13;
        const double accel =
            (double)(limb ? self->cfg.limb_mps2 : self->cfg.torso_mps2);
        for (uint32_t k = 0; k < 3 && self->alive[j]; ++k) {
            predict(&self->axis[j][k], dt, accel);
        }
        if (usable(&seen[j])) {
            take(self, j, &seen[j], out);
        }
    }
    positions at;
    for (uint32_t j = 0; j < RV_KEYPOINTS_N; ++j) {
        for (uint32_t k = 0; k < 3; ++k) {
            at[j][k] = self->axis[j][k].p;
        }
    }
    learn_lengths(self, at);
    hold_together(self, at);
    for (uint32_t j = 0; j < RV_KEYPOINTS_N; ++j) {
        for (uint32_t k = 0; k < 3; ++k) {
            self->axis[j][k].p = at[j][k];
        }
    }
    note_jitter(self, at, dt, out);
    report(self, at, out);
    return RV_OK;
}

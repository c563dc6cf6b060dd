// SPDX-License-Identifier: MIT
#include <ruview/people/tracker.h>

#include "base/exact.h"
#include "base/try.h"
#include "people/track_associate.h"
#include "people/track_line.h"
#include "people/track_meeting.h"
#include "people/track_motion.h"

#include <ruview/math/elementary.h>

#include <string.h>

// Evidence is bounded, so that long certainty does not outlive the person [nats]
static const double evidence_cap = 10.0;

// Scatter of a height that nobody measured [m]
static const double height_sigma_m = 0.5;

rv_tracker_config
rv_tracker_config_default(void)
{
    return (rv_tracker_config){
        .max_tracks    = RV_TRACKER_MAX_TRACKS,
        .accel_mps2    = 3.0F,
        .speed_mps     = 0.8F,
        .gate          = 13.8F,
        .noise_cycles  = 4.0F,
        .miss_evidence = 3.0F,
        .birth_hits    = 8,
        .birth_window  = 12,
        .lost_us       = 1000000,
        .forget_us     = 10000000,
        .merge_m       = 0.5F,
        .max_dt_us     = 500000,
        .resolution_m  = 0.8F,
        .wander        = 0.0025F,
        .unsteady      = 0.05F,
        .decide_nats   = 4.6F,
        .line_us       = 2400000,
        .stop_us       = 5000000,
        .judge_us      = 2400000,
        .lower_m       = {-100.0F, -100.0F},
        .upper_m       = {100.0F, 100.0F},
    };
}

static rv_status
check_config(const rv_tracker_config *const c)
{
    const bool ok =
        c->max_tracks >= 1 && c->max_tracks <= RV_TRACKER_MAX_TRACKS &&
        rv_tracker_in_range(c->accel_mps2, 1e-3F, 100.0F) &&
        rv_tracker_in_range(c->speed_mps, 0.0F, 10.0F) &&
        rv_tracker_in_range(c->gate, 0.1F, 1e3F) &&
        rv_tracker_in_range(c->noise_cycles, 1.0F, 1e3F) &&
        rv_tracker_in_range(c->miss_evidence, 0.0F, 1e3F) && c->birth_window >= 1 &&
        c->birth_window <= 32 && c->birth_hits >= 1 &&
        c->birth_hits <= c->birth_window && c->lost_us >= 1 && c->forget_us >= 1 &&
        rv_tracker_in_range(c->merge_m, 0.0F, 10.0F) && c->max_dt_us >= 1000 &&
        rv_tracker_in_range(c->resolution_m, 0.0F, 10.0F) &&
        rv_tracker_in_range(c->wander, 1e-6F, 100.0F) &&
        rv_tracker_in_range(c->unsteady, 1e-6F, 0.999F) &&
        rv_tracker_in_range(c->decide_nats, 0.0F, 1e3F) && c->line_us >= 1000 &&
        c->stop_us >= 1 && c->judge_us >= 1 &&
        rv_tracker_in_range(c->lower_m[0], -1e4F, c->upper_m[0]) &&
        rv_tracker_in_range(c->lower_m[1], -1e4F, c->upper_m[1]) &&
        rv_tracker_in_range(c->upper_m[0], -1e4F, 1e4F) &&
        rv_tracker_in_range(c->upper_m[1], -1e4F, 1e4F);
    return ok ? RV_OK : RV_ERR_CONFIG;
}

rv_status
rv_tracker_init(rv_tracker *const self, const rv_tracker_config *const cfg)
{
    RV_TRY(check_config(cfg));
    memset(self, 0, sizeof *self);
    self->cfg     = *cfg;
    self->next_id = 1;
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        self->slot[s].state = RV_TRACKER_FREE;
    }
    return RV_OK;
}

static void
release(rv_tracker *const self, const uint32_t s)
{
    memset(&self->slot[s], 0, sizeof self->slot[s]);
    self->slot[s].state = RV_TRACKER_FREE;
    rv_meetings_forget(self, s);
    for (uint32_t other = 0; other < RV_TRACKER_MAX_TRACKS; ++other) {
        rv_tracker_slot *const t = &self->slot[other];
        t->orphan                = t->orphan || (t->mates >> s & 1U) != 0;
        t->mates &= (uint8_t) ~(1U << s);
    }
}

// Nobody walks through a wall: who would have is at it
static void
stay_inside(const rv_tracker *const self, rv_tracker_slot *const t)
{
    for (uint32_t k = 0; k < 2; ++k) {
        const double lower = (double)self->cfg.lower_m[k];
        const double upper = (double)self->cfg.upper_m[k];
        if (t->x[k] < lower || t->x[k] > upper) {
            const bool below = t->x[k] < lower;
            const bool away  = below ? t->x[2 + k] < 0.0 : t->x[2 + k] > 0.0;
            t->x[k]          = below ? lower : upper;
            t->x[2 + k]      = away ? 0.0 : t->x[2 + k];
        }
    }
}

static void
predict_all(rv_tracker *const self, uint64_t elapsed_us)
{
    while (elapsed_us > 0) {
        const uint64_t now =
            elapsed_us < self->cfg.max_dt_us ? elapsed_us : self->cfg.max_dt_us;
        const double dt = (double)now * 1e-6;
        // Who cannot be told from another walks on as before
        const double steady = rv_sqrt_f64((double)self->cfg.wander / dt);
        for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
            rv_tracker_slot *const t = &self->slot[s];
            if (t->state != RV_TRACKER_FREE) {
                // A lost person may have stopped or turned: hold the velocity back
                const double keep = t->state == RV_TRACKER_LOST ? 0.7 : 1.0;
                const double accel =
                    rv_meeting_of(self, s) ? steady : (double)self->cfg.accel_mps2;
                rv_motion_predict(t->x, t->p, dt, accel, keep);
                stay_inside(self, t);
                t->z_var += 0.01 * dt;
            }
        }
        elapsed_us -= now;
        // Beyond this nothing is left to predict: everything will be forgotten
        if (elapsed_us > 2 * self->cfg.forget_us) {
            elapsed_us = 0;
        }
    }
}

static void
absorb(rv_tracker *const self, rv_tracker_slot *const t, const rv_detection *const d)
{
    const double z[2] = {(double)d->position_m[0], (double)d->position_m[1]};
    double       r[3];
    rv_tracker_noise(self, d, r);
    rv_motion_update(t->x, t->p, z, r, (double)d->lag_s);
    if (!rv_meeting_of(self, (uint32_t)(t - self->slot))) {
        const double   raw[3] = {(double)d->covariance_m2[0], 0.0,
                                 (double)d->covariance_m2[2]};
        const uint64_t lag_us = (uint64_t)rv_to_i64((double)d->lag_s * 1e6);
        rv_trail_push(&t->trail, self->t_us > lag_us ? self->t_us - lag_us : 0, z, raw,
                      self->cfg.line_us);
    }
    const double height_var = height_sigma_m * height_sigma_m;
    const double gain       = t->z_var / (t->z_var + height_var);
    t->z += gain * ((double)d->position_m[2] - t->z);
    t->z_var *= 1.0 - gain;
    const double gained = (double)d->strength / (double)self->cfg.noise_cycles;
    t->evidence += gained > 1.0 ? 1.0 : gained;
    t->evidence = t->evidence > evidence_cap ? evidence_cap : t->evidence;
    t->hits |= 1U;
    t->seen_us = self->t_us;
    if (t->state == RV_TRACKER_LOST) {
        t->state = RV_TRACKER_ACTIVE;
    }
}

static uint32_t
count_bits(uint32_t x)
{
    uint32_t n = 0;
    for (; x != 0; x &= x - 1) {
        ++n;
    }
    return n;
}

static uint32_t
window_mask(const uint32_t n)
{
    return n >= 32 ? 0xFFFFFFFFU : (1U << n) - 1U;
}

static void
confirm(rv_tracker *const self, rv_tracker_slot *const t, rv_tracker_frame *const out)
{
    const uint32_t hits = count_bits(t->hits & window_mask(self->cfg.birth_window));
    if (t->state == RV_TRACKER_TENTATIVE && hits >= self->cfg.birth_hits) {
        t->state = RV_TRACKER_ACTIVE;
        t->id    = self->next_id++;
        ++out->n_born;
    }
}

static void
end_track(rv_tracker *const self, const uint32_t s, rv_tracker_frame *const out)
{
    if (self->slot[s].id != 0) {
        out->ended_id[out->n_ended++] = self->slot[s].id;
    }
    release(self, s);
}

static bool
inside(const rv_tracker *const self, const rv_tracker_slot *const t)
{
    const double margin = 1.0;
    for (uint32_t k = 0; k < 2; ++k) {
        if (t->x[k] < (double)self->cfg.lower_m[k] - margin ||
            t->x[k] > (double)self->cfg.upper_m[k] + margin) {
            return false;
        }
    }
    return true;
}

static void
miss(rv_tracker *const self, const uint32_t s, const uint64_t elapsed_us,
     const bool blind, rv_tracker_frame *const out)
{
    rv_tracker_slot *const t = &self->slot[s];
    t->evidence -= 0.5;
    t->evidence = t->evidence < 0.0 ? 0.0 : t->evidence;
    if (t->state == RV_TRACKER_TENTATIVE) {
        const uint32_t hits = count_bits(t->hits & window_mask(self->cfg.birth_window));
        if (!blind && (t->age >= self->cfg.birth_window || hits == 0)) {
            end_track(self, s, out);
        }
        return;
    }
    if (blind) {
        t->seen_us += elapsed_us; // Nobody could have been seen: the clock stands
        return;
    }
    const uint64_t unseen_us = self->t_us - t->seen_us;
    if (t->state == RV_TRACKER_ACTIVE && unseen_us > self->cfg.lost_us) {
        t->state   = RV_TRACKER_LOST;
        t->lost_us = self->t_us;
    }
    if ((t->state == RV_TRACKER_LOST &&
         self->t_us - t->lost_us > self->cfg.forget_us) ||
        !inside(self, t)) {
        end_track(self, s, out);
    }
}

static bool
near_older(const rv_tracker *const self, const float position_m[3],
           const uint32_t except)
{
    const double limit2 = (double)self->cfg.merge_m * (double)self->cfg.merge_m;
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        const rv_tracker_slot *const t = &self->slot[s];
        if (s == except || t->state == RV_TRACKER_FREE ||
            t->state == RV_TRACKER_TENTATIVE) {
            continue;
        }
        const double dx = t->x[0] - (double)position_m[0];
        const double dy = t->x[1] - (double)position_m[1];
        if (dx * dx + dy * dy < limit2) {
            return true;
        }
    }
    return false;
}

static void
give_birth(rv_tracker *const self, const rv_detection *const d, const uint32_t index)
{
    uint32_t s = 0;
    while (s < self->cfg.max_tracks && self->slot[s].state != RV_TRACKER_FREE) {
        ++s;
    }
    if (s == self->cfg.max_tracks ||
        near_older(self, d->position_m, RV_TRACKER_MAX_TRACKS)) {
        return;
    }
    double r[3];
    rv_tracker_noise(self, d, r);
    rv_tracker_slot *const t = &self->slot[s];
    const double speed_var = (double)self->cfg.speed_mps * (double)self->cfg.speed_mps;
    *t                     = (rv_tracker_slot){
                            .state     = RV_TRACKER_TENTATIVE,
                            .x         = {(double)d->position_m[0], (double)d->position_m[1]},
                            .p         = {r[0], r[1], 0.0, 0.0, r[2], 0.0, 0.0, speed_var, 0.0, speed_var},
                            .z         = (double)d->position_m[2],
                            .z_var     = height_sigma_m * height_sigma_m,
                            .hits      = 1,
                            .born_us   = self->t_us,
                            .seen_us   = self->t_us,
                            .zone      = -1,
                            .detection = (int8_t)index,
    };
}

static void
publish_slot(const rv_tracker *const self, const uint32_t s, rv_track *const out)
{
    const rv_tracker_slot *const t = &self->slot[s];
    *out                           = (rv_track){
                                  .id                 = t->id,
                                  .state              = t->state,
                                  .confidence         = (float)(t->evidence / evidence_cap),
                                  .existence          = (float)(1.0 / (1.0 + rv_exp_f64(-t->evidence))),
                                  .position_m         = {(float)t->x[0], (float)t->x[1], (float)t->z},
                                  .velocity_mps       = {(float)t->x[2], (float)t->x[3], 0.0F},
                                  .covariance_m2      = {(float)t->p[0], (float)t->p[1], (float)t->p[4]},
                                  .velocity_sigma_mps = (float)__builtin_sqrt(0.5 * (t->p[7] + t->p[9])),
                                  .observed           = t->detection >= 0,
                                  .ambiguous          = rv_meeting_ambiguous(self, s),
                                  .zone               = t->zone,
                                  .slot               = (uint8_t)s,
                                  .detection          = t->detection,
                                  .born_us            = t->born_us,
                                  .seen_us            = t->seen_us,
    };
}

// By id: insertion, eight at most
static void
publish(const rv_tracker *const self, rv_tracker_frame *const out)
{
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        const rv_tracker_slot *const t = &self->slot[s];
        if (t->id == 0) {
            continue;
        }
        uint32_t at = out->n_tracks++;
        while (at > 0 && out->track[at - 1].id > t->id) {
            out->track[at] = out->track[at - 1];
            --at;
        }
        publish_slot(self, s, &out->track[at]);
        out->n_active += (t->state == RV_TRACKER_ACTIVE);
    }
}

// Who walks is seen, if nobody else moves to hide it: who is not has stopped
static void
stand_still(rv_tracker *const self, rv_tracker_slot *const t)
{
    const double speed_var = (double)self->cfg.speed_mps * (double)self->cfg.speed_mps;
    const double p[10]     = {t->p[0], t->p[1], 0.0,       0.0, t->p[4],
                              0.0,     0.0,     speed_var, 0.0, speed_var};
    memcpy(t->p, p, sizeof t->p);
    t->x[2] = 0.0;
    t->x[3] = 0.0;
}

static void
settle(rv_tracker *const self, const rv_detection *const detections, const uint32_t n,
       const uint32_t shared, const uint64_t elapsed_us, const bool blind,
       rv_tracker_frame *const out)
{
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        rv_tracker_slot *const t = &self->slot[s];
        if (t->state == RV_TRACKER_FREE || (shared >> s & 1U) != 0) {
            continue;
        }
        t->age += (t->age < 0x7FFFFFFFU);
        if (t->detection >= 0) {
            absorb(self, t, &detections[t->detection]);
            confirm(self, t, out);
        } else {
            if (n == 0 && !blind && t->state != RV_TRACKER_TENTATIVE) {
                stand_still(self, t);
            }
            miss(self, s, elapsed_us, blind, out);
        }
    }
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        rv_tracker_slot *const t = &self->slot[s];
        stay_inside(self, t);
        const float position[3] = {(float)t->x[0], (float)t->x[1], 0};
        if (t->state == RV_TRACKER_TENTATIVE && near_older(self, position, s)) {
            release(self, s);
        }
    }
}

rv_status
rv_tracker_push(rv_tracker *const self, const uint64_t t_us,
                const rv_detection *const detections, const uint32_t n,
                const bool blind, rv_tracker_frame *const out)
{
    if ((self->started && t_us < self->t_us) || n > RV_MAX_DETECTIONS) {
        return RV_ERR_RANGE;
    }
    const uint64_t elapsed_us = self->started ? t_us - self->t_us : 0;
    self->started             = true;
    self->t_us                = t_us;
    memset(out, 0, sizeof *out);
    predict_all(self, elapsed_us);
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        self->slot[s].detection = -1;
        self->slot[s].hits <<= blind ? 0 : 1;
    }
    int8_t taken_by[RV_MAX_DETECTIONS];
    memset(taken_by, -1, sizeof taken_by);
    uint32_t shared = 0;
    if (!blind) {
        rv_tracker_associate(self, detections, n, taken_by);
        shared = rv_meetings_share(self, detections, n, taken_by);
    }
    settle(self, detections, n, shared, elapsed_us, blind, out);
    for (uint32_t d = 0; d < n && !blind; ++d) {
        if (taken_by[d] == -1 && rv_tracker_usable(self, &detections[d])) {
            give_birth(self, &detections[d], d);
        }
    }
    rv_meetings_step(self);
    publish(self, out);
    return RV_OK;
}

rv_track_line
rv_tracker_line(const rv_tracker *const self, const uint32_t slot)
{
    if (slot >= RV_TRACKER_MAX_TRACKS || self->slot[slot].state != RV_TRACKER_ACTIVE ||
        rv_meeting_of(self, slot)) {
        return (rv_track_line){.valid = false};
    }
    return rv_trail_fit(&self->slot[slot].trail, self->cfg.line_us);
}

rv_status
rv_tracker_identify(rv_tracker *const self, const uint32_t slot, const uint32_t id)
{
    if (slot >= RV_TRACKER_MAX_TRACKS || self->slot[slot].id == 0 ||
        (self->slot[slot].mates == 0 && !self->slot[slot].orphan)) {
        return RV_ERR_NOT_FOUND;
    }
    rv_tracker_slot *const t = &self->slot[slot];
    for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
        rv_tracker_slot *const mate    = &self->slot[s];
        const bool             is_mate = ((uint32_t)t->mates >> s & 1U) != 0;
        if ((s == slot || is_mate) && mate->id == id) {
            mate->id = t->id;
            t->id    = id;
            rv_meetings_settle(self, slot, s);
            for (uint32_t k = 0; k < RV_TRACKER_MAX_TRACKS; ++k) {
                self->slot[k].mates &= (uint8_t) ~(1U << slot);
            }
            t->mates  = 0;
            t->orphan = false;
            return RV_OK;
        }
    }
    return RV_ERR_NOT_FOUND;
}

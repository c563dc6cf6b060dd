// SPDX-License-Identifier: MIT
#include "sim/script.h"

/// Time that a change of posture takes, down and up again [s]
static const float change_s[RV_SIM_N_POSTURES][2] = {
    [RV_SIM_STAND] = {0.5F, 0.5F}, [RV_SIM_SIT] = {1.2F, 1.2F},
    [RV_SIM_LIE] = {2.5F, 2.5F},   [RV_SIM_FALL] = {0.5F, 3.0F},
    [RV_SIM_JUMP] = {0.3F, 0.3F},  [RV_SIM_WAVE] = {0.5F, 0.5F},
    [RV_SIM_RAISE] = {0.6F, 0.6F},
};

static uint16_t
next_stop(const rv_sim_person *const person, const uint16_t i)
{
    return i + 1 < person->n_waypoints ? (uint16_t)(i + 1) : 0;
}

static bool
is_last(const rv_sim_person *const person, const uint16_t i)
{
    return i + 1 == person->n_waypoints && !person->loop;
}

/// Duration of a way with acceleration at both ends
static float
walk_time(const float length, const float speed)
{
    const float a = RV_SIM_GAIT_ACCELERATION;
    return length > speed * speed / a ? length / speed + speed / a
                                      : 2.0F * __builtin_sqrtf(length / a);
}

void
rv_script_init(rv_script *const self, const rv_sim_person *const person)
{
    float t       = 0.0F;
    float heading = person->facing_rad;
    for (uint16_t i = 0; i < person->n_waypoints; ++i) {
        const rv_sim_waypoint *const a = &person->waypoint[i];
        const rv_sim_waypoint *const b = &person->waypoint[next_stop(person, i)];
        const float                  x = b->x_m - a->x_m;
        const float                  y = b->y_m - a->y_m;
        const float                  d = __builtin_sqrtf(x * x + y * y);
        heading                        = d > 1e-3F ? rv_atan2_f32(y, x) : heading;
        self->start_s[i]               = t;
        self->heading[i]               = heading;
        self->length_m[i]              = is_last(person, i) ? 0.0F : d;
        self->walk_s[i]                = walk_time(self->length_m[i], a->speed_mps);
        t += a->pause_s + self->walk_s[i];
    }
    self->total_s = t;
}

/// Way and speed after `t` seconds of a way
static void
along(const float length, const float speed, const float duration, const float t,
      float *const s, float *const v)
{
    const float a    = RV_SIM_GAIT_ACCELERATION;
    const float top  = length > speed * speed / a ? speed : a * duration * 0.5F;
    const float ramp = top / a;
    if (t < ramp) {
        *s = 0.5F * a * t * t;
        *v = a * t;
    } else if (t < duration - ramp) {
        *s = 0.5F * a * ramp * ramp + top * (t - ramp);
        *v = top;
    } else {
        const float rest = duration - t > 0.0F ? duration - t : 0.0F;
        *s               = length - 0.5F * a * rest * rest;
        *v               = a * rest;
    }
}

static float
turned(const float from, const float to, const float share)
{
    float d = to - from;
    d -= (float)(2.0 * RV_SIM_PI) *
         (float)rv_sim_floor((double)d / (2.0 * RV_SIM_PI) + 0.5);
    return from + d * rv_sim_smooth(share);
}

static void
resting(const rv_sim_waypoint *const stop, const float t, const bool for_ever,
        rv_script_state *const out)
{
    const float down = change_s[stop->posture][0];
    const float up   = change_s[stop->posture][1];
    const float left = for_ever ? 1e9F : stop->pause_s - t;
    const float in   = stop->posture == RV_SIM_FALL // a fall speeds up to its end
                           ? rv_sim_clamp(t * t / (down * down), 0.0F, 1.0F)
                           : rv_sim_smooth(t / down);
    const float end  = rv_sim_smooth(left / up);
    out->blend       = in < end ? in : end;
    out->posture_s   = t;
    out->moving      = stop->posture != RV_SIM_STAND && (t < down || left < up);
    out->moving |= stop->posture == RV_SIM_WAVE || stop->posture == RV_SIM_RAISE;
    out->moving |= stop->posture == RV_SIM_JUMP && t < 3.0F;
}

rv_script_state
rv_script_at(const rv_script *const self, const rv_sim_person *const person,
             const double t_s)
{
    rv_script_state out = {0};
    out.present         = t_s >= (double)person->from_s &&
                  (person->until_s <= 0.0F || t_s < (double)person->until_s);
    double t = t_s - (double)person->from_s;
    t        = t > 0.0 ? t : 0.0;
    if (person->loop && self->total_s > 0.0F) {
        t -= rv_sim_floor(t / (double)self->total_s) * (double)self->total_s;
    }
    uint16_t i = (uint16_t)(person->n_waypoints - 1);
    while (i > 0 && (double)self->start_s[i] > t) {
        --i;
    }
    const rv_sim_waypoint *const stop    = &person->waypoint[i];
    const float                  in_stop = (float)(t - (double)self->start_s[i]);
    const uint16_t               before =
        i > 0 ? (uint16_t)(i - 1) : (uint16_t)(person->n_waypoints - 1);
    float facing = i == 0 && !person->loop ? person->facing_rad : self->heading[before];
    if (person->turn_rad[i] != 0.0F) { // on the spot, within 1.2 s
        facing += person->turn_rad[i] * rv_sim_smooth((in_stop - 0.3F) / 1.2F);
    }
    out.nominal = stop->speed_mps;
    out.posture = stop->posture;
    if (in_stop < stop->pause_s || is_last(person, i)) {
        out.x       = stop->x_m;
        out.y       = stop->y_m;
        out.heading = facing;
        resting(stop, in_stop, is_last(person, i), &out);
        return out;
    }
    const float t_walk = in_stop - stop->pause_s;
    float       s      = 0.0F;
    along(self->length_m[i], stop->speed_mps, self->walk_s[i], t_walk, &s, &out.speed);
    out.walked_m      = s;
    out.moving        = true;
    out.heading       = turned(facing, self->heading[i], t_walk / 0.5F);
    out.walking       = rv_sim_clamp(out.speed / (0.5F * stop->speed_mps), 0.0F, 1.0F);
    const rv_cplx way = rv_sim_turn((double)self->heading[i] / (2.0 * RV_SIM_PI));
    out.x             = stop->x_m + s * way.re;
    out.y             = stop->y_m + s * way.im;
    out.vx            = out.speed * way.re;
    out.vy            = out.speed * way.im;
    return out;
}

// SPDX-License-Identifier: MIT
#include "people/track_meeting.h"

#include "base/exact.h"
#include "people/track_associate.h"
#include "people/track_line.h"
#include "people/track_motion.h"

#include <string.h>

// Two places are one below this: chi-square, 2 degrees of freedom, 99 %
static const double overlap_gate = 9.21;

// Permutations of two detections are told apart above this [squared sigmas]
static const double clear_margin = 6.0;

// Apart is a little farther than together, so that a meeting does not flicker
static const double apart_ratio = 1.25;

// Nobody meets who is farther off, in resolutions
static const double far_ratio = 2.0;

// Who is seen as one with another is so far from the middle, one sigma, in resolutions
static const double near_share = 0.5;

// Cycles in a row in which both were seen for themselves, before they have parted
enum { apart_cycles = 4 };

// Of two who meet one may go unseen for so long before they must be at one place
static const uint64_t hidden_us = 600000;

static rv_line_model
model_of(const rv_tracker *const self)
{
    return (rv_line_model){.wander    = (double)self->cfg.wander,
                           .unsteady  = (double)self->cfg.unsteady,
                           .speed_mps = (double)self->cfg.speed_mps};
}

static double
distance2(const rv_tracker_slot *const a, const rv_tracker_slot *const b)
{
    const double dx = a->x[0] - b->x[0];
    const double dy = a->x[1] - b->x[1];
    return dx * dx + dy * dy;
}

static bool
is_close(const rv_tracker *const self, const rv_tracker_slot *const a,
         const rv_tracker_slot *const b, const double ratio)
{
    const double limit = ratio * (double)self->cfg.resolution_m;
    return distance2(a, b) < limit * limit;
}

static bool
overlap(const rv_tracker_slot *const a, const rv_tracker_slot *const b)
{
    const double z[2] = {b->x[0], b->x[1]};
    const double r[3] = {b->p[0], b->p[1], b->p[4]};
    return rv_motion_distance2(a->x, a->p, z, r, 0.0) < overlap_gate;
}

// Places that overlap count up to a distance: where nodes are few, everything overlaps
static bool
may_be_one(const rv_tracker *const self, const rv_tracker_slot *const a,
           const rv_tracker_slot *const b)
{
    return is_close(self, a, b, far_ratio) && overlap(a, b);
}

const rv_track_meeting *
rv_meeting_of(const rv_tracker *const self, const uint32_t slot)
{
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS; ++k) {
        const rv_track_meeting *const m = &self->meeting[k];
        if (m->state == RV_MEETING_TOGETHER &&
            (m->slot[0] == slot || m->slot[1] == slot)) {
            return m;
        }
    }
    return NULL;
}

bool
rv_meeting_ambiguous(const rv_tracker *const self, const uint32_t slot)
{
    bool open = self->slot[slot].mates != 0 || self->slot[slot].orphan;
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS; ++k) {
        const rv_track_meeting *const m = &self->meeting[k];
        open = open || (m->state != RV_MEETING_NONE && m->blurred &&
                        (m->slot[0] == slot || m->slot[1] == slot));
    }
    return open;
}

static double
cost(const rv_tracker *const self, const rv_tracker_slot *const t,
     const rv_detection *const d)
{
    const double z[2] = {(double)d->position_m[0], (double)d->position_m[1]};
    double       r[3];
    rv_tracker_noise(self, d, r);
    return rv_motion_distance2(t->x, t->p, z, r, (double)d->lag_s);
}

// Are two detections two people?
static bool
two_places(const rv_tracker *const self, const rv_detection *const da,
           const rv_detection *const db)
{
    const double dx    = (double)da->position_m[0] - (double)db->position_m[0];
    const double dy    = (double)da->position_m[1] - (double)db->position_m[1];
    const double limit = apart_ratio * (double)self->cfg.resolution_m;
    return dx * dx + dy * dy > limit * limit;
}

// Is it clear which of two detections is whose?
static bool
told_apart(const rv_tracker *const self, const rv_tracker_slot *const a,
           const rv_tracker_slot *const b, const rv_detection *const da,
           const rv_detection *const db)
{
    const double kept    = cost(self, a, da) + cost(self, b, db);
    const double crossed = cost(self, a, db) + cost(self, b, da);
    return crossed - kept > clear_margin;
}

// One detection of both: it is of their middle, and they are near each other
static void
move_both(const rv_tracker *const self, rv_tracker_slot *const a,
          rv_tracker_slot *const b, const rv_detection *const d)
{
    const double reach = near_share * (double)self->cfg.resolution_m;
    const double z[2]  = {(double)d->position_m[0], (double)d->position_m[1]};
    double       r[3];
    rv_tracker_noise(self, d, r);
    r[0] += reach * reach;
    r[2] += reach * reach;
    rv_motion_update(a->x, a->p, z, r, (double)d->lag_s);
    rv_motion_update(b->x, b->p, z, r, (double)d->lag_s);
}

// A detection nobody took, near the middle of two who should have walked on by now
static int
left_behind(const rv_tracker *const self, const rv_tracker_slot *const a,
            const rv_tracker_slot *const b, const rv_detection *const detections,
            const uint32_t n, const int8_t *const taken_by)
{
    const double limit = (double)self->cfg.resolution_m;
    for (uint32_t d = 0; d < n; ++d) {
        const double dx =
            0.5 * (a->x[0] + b->x[0]) - (double)detections[d].position_m[0];
        const double dy =
            0.5 * (a->x[1] + b->x[1]) - (double)detections[d].position_m[1];
        if (taken_by[d] == -1 && rv_tracker_usable(self, &detections[d]) &&
            dx * dx + dy * dy < limit * limit) {
            return (int)d;
        }
    }
    return -1;
}

static void
mark_mates(rv_tracker *const self, const rv_track_meeting *const m)
{
    self->slot[m->slot[0]].mates |= (uint8_t)(1U << m->slot[1]);
    self->slot[m->slot[1]].mates |= (uint8_t)(1U << m->slot[0]);
}

// They stand where the detection is: what they came with says nothing any more
static void
stop(rv_tracker *const self, rv_track_meeting *const m, const rv_detection *const d)
{
    const double reach = 0.5 * (double)self->cfg.resolution_m;
    const double speed = (double)self->cfg.speed_mps;
    for (uint32_t k = 0; k < 2; ++k) {
        rv_tracker_slot *const t = &self->slot[m->slot[k]];
        const double p[10] = {reach * reach, 0.0, 0.0,           0.0, reach * reach,
                              0.0,           0.0, speed * speed, 0.0, speed * speed};
        t->x[0]            = (double)d->position_m[0];
        t->x[1]            = (double)d->position_m[1];
        t->x[2]            = 0.0;
        t->x[3]            = 0.0;
        memcpy(t->p, p, sizeof t->p);
    }
    mark_mates(self, m);
    m->state = RV_MEETING_STOPPED;
}

static uint32_t
take_part(rv_tracker_slot *const t, const uint32_t s, const int8_t detection,
          const uint64_t t_us)
{
    t->detection = detection;
    t->seen_us   = t_us;
    t->hits |= 1U;
    return 1U << s;
}

static uint32_t
share(rv_tracker *const self, rv_track_meeting *const m,
      const rv_detection *const detections, const uint32_t n, int8_t *const taken_by)
{
    rv_tracker_slot *const a  = &self->slot[m->slot[0]];
    rv_tracker_slot *const b  = &self->slot[m->slot[1]];
    int8_t                 da = a->detection, db = b->detection;
    if (da >= 0 && db >= 0) {
        const bool clear = told_apart(self, a, b, &detections[da], &detections[db]);
        const bool two   = two_places(self, &detections[da], &detections[db]);
        m->apart         = clear || two ? m->apart + 1 : 0;
        m->blurred       = m->blurred || !clear;
        return 0;
    } else if (da < 0 && db < 0) {
        const int left = left_behind(self, a, b, detections, n, taken_by);
        m->apart       = 0;
        if (left < 0) {
            return 0;
        }
        taken_by[left] = (int8_t)m->slot[0];
        m->blurred     = true;
        stop(self, m, &detections[left]);
        return take_part(a, m->slot[0], (int8_t)left, self->t_us) |
               take_part(b, m->slot[1], (int8_t)left, self->t_us);
    } else if (!is_close(self, a, b, apart_ratio)) {
        // One was seen; the other is hidden or beside it, and after a while beside it
        const uint64_t unseen_us = self->t_us - (da < 0 ? a->seen_us : b->seen_us);
        m->apart                 = 0;
        m->blurred               = true;
        if (unseen_us <= hidden_us) {
            return 0;
        }
        da = da < 0 ? db : da;
        stop(self, m, &detections[da]);
        return take_part(a, m->slot[0], da, self->t_us) |
               take_part(b, m->slot[1], da, self->t_us);
    }
    m->apart   = 0;
    m->blurred = true;
    da         = da < 0 ? db : da;
    move_both(self, a, b, &detections[da]);
    return take_part(a, m->slot[0], da, self->t_us) |
           take_part(b, m->slot[1], da, self->t_us);
}

// Of two who stand together one detection is of both, for a while
static void
keep_both(rv_tracker *const self, const rv_track_meeting *const m)
{
    rv_tracker_slot *const a = &self->slot[m->slot[0]];
    rv_tracker_slot *const b = &self->slot[m->slot[1]];
    if (!is_close(self, a, b, 1.0) ||
        self->t_us - m->since_us > 2 * self->cfg.stop_us) {
        return;
    }
    if (a->detection < 0) {
        a->detection = b->detection;
    } else if (b->detection < 0) {
        b->detection = a->detection;
    }
}

uint32_t
rv_meetings_share(rv_tracker *const self, const rv_detection *const detections,
                  const uint32_t n, int8_t *const taken_by)
{
    uint32_t shared = 0;
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS; ++k) {
        rv_track_meeting *const m = &self->meeting[k];
        if (m->state == RV_MEETING_TOGETHER) {
            shared |= share(self, m, detections, n, taken_by);
        } else if (m->state == RV_MEETING_STOPPED) {
            keep_both(self, m);
        }
    }
    return shared;
}

static void
clear_trails(rv_tracker *const self, const rv_track_meeting *const m)
{
    self->slot[m->slot[0]].trail.count = 0;
    self->slot[m->slot[1]].trail.count = 0;
}

// Their lines since they parted against those before
static void
judge(rv_tracker *const self, rv_track_meeting *const m)
{
    rv_tracker_slot *const a      = &self->slot[m->slot[0]];
    rv_tracker_slot *const b      = &self->slot[m->slot[1]];
    const rv_line_model    model  = model_of(self);
    const rv_track_line    out[2] = {rv_trail_fit(&a->trail, self->cfg.line_us),
                                     rv_trail_fit(&b->trail, self->cfg.line_us)};
    double                 odds   = 0.0;
    if (m->in[0].valid && m->in[1].valid && out[0].valid && out[1].valid) {
        odds = rv_line_choice(m->in, out, &model);
    }
    const double limit = (double)self->cfg.decide_nats;
    if (odds < -limit) {
        const uint32_t id = a->id;
        a->id             = b->id;
        b->id             = id;
        // Who was in doubt with one of them is now in doubt with either
        const uint8_t mates = a->mates | b->mates;
        a->mates            = mates & (uint8_t) ~(1U << m->slot[0]);
        b->mates            = mates & (uint8_t) ~(1U << m->slot[1]);
    }
    if (odds < -limit || odds > limit) {
        m->state = RV_MEETING_NONE;
    } else if (self->t_us - m->parted_us > self->cfg.judge_us) {
        mark_mates(self, m);
        m->state = RV_MEETING_NONE;
    }
}

static void
together(rv_tracker *const self, rv_track_meeting *const m)
{
    rv_tracker_slot *const a = &self->slot[m->slot[0]];
    rv_tracker_slot *const b = &self->slot[m->slot[1]];
    if (self->t_us - m->since_us > self->cfg.stop_us) {
        if (m->blurred) {
            mark_mates(self, m);
            m->state = RV_MEETING_STOPPED;
        } else {
            m->since_us = self->t_us; // side by side, and always seen apart
        }
    } else if (m->apart >= apart_cycles && !is_close(self, a, b, apart_ratio)) {
        m->state     = m->blurred ? RV_MEETING_PARTED : RV_MEETING_NONE;
        m->parted_us = self->t_us;
        clear_trails(self, m);
    }
}

static void
step(rv_tracker *const self, rv_track_meeting *const m)
{
    rv_tracker_slot *const a = &self->slot[m->slot[0]];
    rv_tracker_slot *const b = &self->slot[m->slot[1]];
    if (a->state != RV_TRACKER_ACTIVE || b->state != RV_TRACKER_ACTIVE) {
        if (m->blurred) {
            mark_mates(self, m);
        }
        m->state = RV_MEETING_NONE;
        return;
    }
    switch (m->state) {
    case RV_MEETING_TOGETHER:
        together(self, m);
        break;
    case RV_MEETING_PARTED:
        if (is_close(self, a, b, 1.0)) {
            m->state = RV_MEETING_TOGETHER;
            m->apart = 0;
            clear_trails(self, m);
        } else {
            judge(self, m);
        }
        break;
    case RV_MEETING_STOPPED:
        if (!is_close(self, a, b, apart_ratio) && !may_be_one(self, a, b)) {
            m->state = RV_MEETING_NONE;
            clear_trails(self, m);
        }
        break;
    case RV_MEETING_NONE:
        break;
    }
}

static bool
is_known(const rv_tracker *const self, const uint32_t a, const uint32_t b)
{
    bool known = false;
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS; ++k) {
        const rv_track_meeting *const m = &self->meeting[k];
        known                           = known ||
                (m->state != RV_MEETING_NONE && m->slot[0] == a && m->slot[1] == b);
    }
    return known;
}

static void
meet(rv_tracker *const self, const uint32_t a, const uint32_t b)
{
    rv_track_meeting *m = NULL;
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS && !m; ++k) {
        m = self->meeting[k].state == RV_MEETING_NONE ? &self->meeting[k] : NULL;
    }
    if (!m) {
        self->slot[a].mates |= (uint8_t)(1U << b);
        self->slot[b].mates |= (uint8_t)(1U << a);
        return;
    }
    *m = (rv_track_meeting){.slot = {(uint8_t)a, (uint8_t)b}, .since_us = self->t_us};
    const rv_line_model model = model_of(self);
    for (uint32_t k = 0; k < 2; ++k) {
        rv_tracker_slot *const t = &self->slot[m->slot[k]];
        // Who is in another meeting comes from nowhere
        if (!rv_meeting_of(self, m->slot[k])) {
            m->in[k] = rv_trail_fit(&t->trail, self->cfg.line_us);
        }
        if (m->in[k].valid) {
            rv_line_state(&m->in[k], &model, self->t_us, t->x, t->p);
        }
    }
    m->state = RV_MEETING_TOGETHER;
}

static void
look_at_pair(rv_tracker *const self, const uint32_t i, const uint32_t j)
{
    rv_tracker_slot *const a = &self->slot[i];
    rv_tracker_slot *const b = &self->slot[j];
    if (a->id == 0 || b->id == 0 || is_known(self, i, j)) {
        return;
    }
    if (a->state == RV_TRACKER_ACTIVE && b->state == RV_TRACKER_ACTIVE) {
        if (is_close(self, a, b, 1.0) || may_be_one(self, a, b)) {
            meet(self, i, j);
        }
    } else if (overlap(a, b)) { // what a lost one did before is long ago
        a->mates |= (uint8_t)(1U << j);
        b->mates |= (uint8_t)(1U << i);
    }
}

void
rv_meetings_step(rv_tracker *const self)
{
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS; ++k) {
        if (self->meeting[k].state != RV_MEETING_NONE) {
            step(self, &self->meeting[k]);
        }
    }
    for (uint32_t i = 0; i < RV_TRACKER_MAX_TRACKS; ++i) {
        for (uint32_t j = i + 1; j < RV_TRACKER_MAX_TRACKS; ++j) {
            look_at_pair(self, i, j);
        }
    }
}

void
rv_meetings_settle(rv_tracker *const self, const uint32_t known, const uint32_t other)
{
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS; ++k) {
        rv_track_meeting *const m        = &self->meeting[k];
        const bool              of_known = m->slot[0] == known || m->slot[1] == known;
        const bool              of_other = m->slot[0] == other || m->slot[1] == other;
        if (m->state == RV_MEETING_NONE || !(of_known || of_other)) {
            continue;
        }
        if (m->blurred && !of_known) {
            mark_mates(self, m);
        }
        clear_trails(self, m);
        m->state = RV_MEETING_NONE;
    }
}

void
rv_meetings_forget(rv_tracker *const self, const uint32_t slot)
{
    for (uint32_t k = 0; k < RV_TRACKER_MAX_MEETINGS; ++k) {
        rv_track_meeting *const m = &self->meeting[k];
        if (m->slot[0] == slot || m->slot[1] == slot) {
            rv_tracker_slot *const left =
                &self->slot[m->slot[0] == slot ? m->slot[1] : m->slot[0]];
            left->orphan = left->orphan || (m->state != RV_MEETING_NONE && m->blurred);
            m->state     = RV_MEETING_NONE;
        }
    }
}

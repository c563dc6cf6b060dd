// SPDX-License-Identifier: MIT
#include "sim/sim_math.h"

#include <ruview/sim/scenario.h>

#include <stddef.h>

void
rv_sim_person_default(rv_sim_person *const p)
{
    *p             = (rv_sim_person){0};
    p->height_m    = 1.75F;
    p->breath_hz   = 0.25F;
    p->breath_m    = RV_SIM_BREATH_M;
    p->breath_fm   = 0.03F;
    p->heart_hz    = 1.1F;
    p->heart_m     = RV_SIM_HEART_M;
    p->sway_m      = RV_SIM_SWAY_M;
    p->loop        = true;
    p->n_waypoints = 1;
    p->waypoint[0] = (rv_sim_waypoint){3.0F, 2.5F, 10.0F, 1.0F, RV_SIM_STAND};
}

void
rv_sim_furniture_default(rv_sim_furniture *const f)
{
    *f = (rv_sim_furniture){.at_m   = {3.0F, 2.5F},
                            .size_m = {0.8F, 0.8F, 0.9F},
                            .rcs_m2 = RV_SIM_RCS_FURNITURE};
}

static void
radio_default(rv_sim_radio *const r)
{
    r->freq_mhz          = 2437;
    r->rate_hz           = 20.0F;
    r->n_entries         = 128;
    r->tx_dbm            = RV_SIM_TX_DBM;
    r->noise_figure_db   = RV_SIM_NOISE_FIGURE_DB;
    r->noise             = true;
    r->evm_db            = RV_SIM_EVM_DB;
    r->common_phase      = true;
    r->sto_ns            = 15.0F;
    r->agc_step_db       = 1.0F;
    r->agc_toggle        = 0.02F;
    r->agc_target        = 20.0F;
    r->loss              = 0.02F;
    r->loss_burst        = 2.0F;
    r->slot_jitter_us    = 300.0F;
    r->arrival_delay_us  = 1500.0F;
    r->arrival_jitter_us = 800.0F;
}

void
rv_sim_config_default(rv_sim_config *const c)
{
    static const float corner[4][3] = {
        {0.3F, 0.3F, 1.2F}, {5.7F, 0.3F, 1.0F}, {5.7F, 4.7F, 1.3F}, {0.3F, 4.7F, 1.1F}};
    *c            = (rv_sim_config){0};
    c->seed       = 1;
    c->start_us   = UINT64_C(1700000000000000);
    c->duration_s = 60.0F;
    c->room       = (rv_sim_room){{6.0F, 5.0F, 2.6F},
                                  {RV_SIM_BRICK, RV_SIM_PLASTERBOARD, RV_SIM_BRICK,
                                   RV_SIM_PLASTERBOARD, RV_SIM_CONCRETE, RV_SIM_CONCRETE}};
    radio_default(&c->radio);
    c->n_clutter = 20;
    c->n_nodes   = 4;
    for (int i = 0; i < 4; ++i) {
        c->node[i].id              = (uint8_t)(i + 1);
        c->node[i].transmits       = true;
        c->node[i].receives        = true;
        c->node[i].clock_offset_us = 1500.0F * (float)i;
        c->node[i].clock_drift_ppm = 8.0F - 5.0F * (float)i;
        for (int axis = 0; axis < 3; ++axis) {
            c->node[i].position_m[axis] = corner[i][axis];
        }
    }
}

rv_status
rv_sim_person_wander(rv_sim_person *const person, const rv_sim_room *const room,
                     const uint64_t seed, const uint16_t n)
{
    if (n < 1 || n > RV_SIM_MAX_WAYPOINTS) {
        return RV_ERR_RANGE;
    }
    rv_random random;
    rv_random_init(&random, seed, RV_SIM_STREAM_WANDER);
    for (uint16_t i = 0; i < n; ++i) {
        rv_sim_waypoint *const w = &person->waypoint[i];
        w->x_m       = 0.5F + (room->size_m[0] - 1.0F) * rv_random_uniform_f32(&random);
        w->y_m       = 0.5F + (room->size_m[1] - 1.0F) * rv_random_uniform_f32(&random);
        w->speed_mps = 0.6F + 0.8F * rv_random_uniform_f32(&random);
        w->posture   = RV_SIM_STAND;
        const float pause = rv_random_uniform_f32(&random);
        w->pause_s        = pause < 0.5F ? 0.0F : 8.0F * (pause - 0.5F);
        const float what  = rv_random_uniform_f32(&random);
        if (what < 0.15F) {
            w->posture = RV_SIM_SIT;
            w->pause_s += 5.0F;
        } else if (what < 0.25F) {
            w->posture = RV_SIM_WAVE;
            w->pause_s += 3.0F;
        }
    }
    person->n_waypoints = n;
    person->loop        = true;
    return RV_OK;
}

static bool
within(const float x, const float low, const float high)
{
    return x >= low && x <= high; // false for NaN
}

static const char *
check_radio(const rv_sim_radio *const r)
{
    if (r->freq_mhz < 2400 || r->freq_mhz > 7200) {
        return "radio: freq_mhz must lie within 2400..7200";
    }
    if (!within(r->rate_hz, 0.1F, 1000.0F)) {
        return "radio: rate_hz must lie within 0.1..1000";
    }
    if (r->n_entries != 64 && r->n_entries != 128) {
        return "radio: n_entries must be 64 or 128";
    }
    if (!within(r->tx_dbm, -20.0F, 40.0F) || !within(r->noise_figure_db, 0.0F, 40.0F) ||
        !within(r->evm_db, -100.0F, 0.0F) || !within(r->sto_ns, 0.0F, 400.0F)) {
        return "radio: tx_dbm, noise_figure_db, evm_db or sto_ns is out of range";
    }
    if (!within(r->agc_step_db, 0.0F, 20.0F) || !within(r->agc_toggle, 0.0F, 1.0F) ||
        !within(r->agc_target, 1.0F, 100.0F)) {
        return "radio: agc_step_db, agc_toggle or agc_target is out of range";
    }
    if (!within(r->loss, 0.0F, 0.95F) || !within(r->loss_burst, 1.0F, 1000.0F)) {
        return "radio: loss must lie within 0..0.95 and loss_burst be at least 1";
    }
    if (!within(r->slot_jitter_us, 0.0F, 1e5F) ||
        !within(r->arrival_delay_us, 0.0F, 1e6F) ||
        !within(r->arrival_jitter_us, 0.0F, 1e5F)) {
        return "radio: a delay or jitter is out of range";
    }
    return r->n_dead <= RV_SIM_MAX_DEAD ? NULL : "radio: too many dead tones";
}

static bool
is_inside(const rv_sim_room *const room, const float x, const float y, const float z)
{
    return within(x, 0.0F, room->size_m[0]) && within(y, 0.0F, room->size_m[1]) &&
           within(z, 0.0F, room->size_m[2]);
}

// In order and apart
static bool
are_spans(const rv_sim_span *const span, const int n)
{
    float last = 0.0F;
    for (int i = 0; i < n && n <= RV_SIM_MAX_SPANS; ++i) {
        if (!within(span[i].from_s, last, 1e9F) ||
            !within(span[i].to_s, span[i].from_s, 1e9F)) {
            return false;
        }
        last = span[i].to_s;
    }
    return n <= RV_SIM_MAX_SPANS;
}

static const char *
check_nodes(const rv_sim_config *const c)
{
    int tx = 0;
    int rx = 0;
    if (c->n_nodes < 2 || c->n_nodes > RV_SIM_MAX_NODES) {
        return "nodes: there must be 2..16";
    }
    for (int i = 0; i < c->n_nodes; ++i) {
        const rv_sim_node *const n = &c->node[i];
        if (!is_inside(&c->room, n->position_m[0], n->position_m[1],
                       n->position_m[2])) {
            return "nodes: a position lies outside the room";
        }
        if (!within(n->clock_offset_us, -1e9F, 1e9F) ||
            !within(n->clock_drift_ppm, -1000.0F, 1000.0F)) {
            return "nodes: clock_offset_us or clock_drift_ppm is out of range";
        }
        if (!within(n->clock_step_us, -1e9F, 1e9F) ||
            !within(n->clock_step_s, 0.0F, 1e9F) || !are_spans(n->off, n->n_off)) {
            return "nodes: clock_step_us, clock_step_s or off is out of range";
        }
        tx += n->transmits;
        rx += n->receives;
        for (int k = 0; k < i; ++k) {
            if (c->node[k].id == n->id) {
                return "nodes: an id stands twice";
            }
        }
    }
    return tx > 0 && rx > 0 ? NULL
                            : "nodes: somebody must transmit and somebody receive";
}

static const char *
check_person(const rv_sim_config *const c, const rv_sim_person *const p)
{
    if (!within(p->height_m, 0.5F, 2.5F) || !within(p->breath_hz, 0.02F, 2.0F) ||
        !within(p->breath_m, 0.0F, 0.1F) || !within(p->breath_fm, 0.0F, 0.2F) ||
        !within(p->heart_hz, 0.3F, 4.0F) || !within(p->heart_m, 0.0F, 0.01F) ||
        !within(p->sway_m, 0.0F, 0.1F) || !within(p->facing_rad, -10.0F, 10.0F) ||
        !within(p->from_s, 0.0F, 1e9F) || !within(p->until_s, 0.0F, 1e9F)) {
        return "persons: a number is out of range";
    }
    const float share[3] = {p->leg, p->arm, p->breadth};
    for (int i = 0; i < 3; ++i) {
        if (share[i] != 0.0F && !within(share[i], 0.7F, 1.3F)) {
            return "persons: leg, arm and breadth must lie within 0.7..1.3";
        }
    }
    if (!within(p->gait_phase, 0.0F, 1.0F)) {
        return "persons: gait_phase must lie within 0..1";
    }
    if (p->n_held > RV_SIM_MAX_SPANS || p->n_waypoints < 1 ||
        p->n_waypoints > RV_SIM_MAX_WAYPOINTS) {
        return "persons: too many or too few list entries";
    }
    for (int i = 0; i < p->n_waypoints; ++i) {
        const rv_sim_waypoint *const w = &p->waypoint[i];
        if (!is_inside(&c->room, w->x_m, w->y_m, 0.0F)) {
            return "persons: a stop lies outside the room";
        }
        if (!within(p->turn_rad[i], -10.0F, 10.0F)) {
            return "persons: turn_rad of a stop is out of range";
        }
        if (!within(w->pause_s, 0.0F, 1e6F) || !within(w->speed_mps, 0.05F, 10.0F) ||
            (unsigned)w->posture >= RV_SIM_N_POSTURES) {
            return "persons: pause_s, speed_mps or posture of a stop is out of range";
        }
    }
    return NULL;
}

static const char *
check_furniture(const rv_sim_config *const c)
{
    if (c->n_furniture > RV_SIM_MAX_FURNITURE) {
        return "furniture: at most 8 pieces";
    }
    for (int i = 0; i < c->n_furniture; ++i) {
        const rv_sim_furniture *const f = &c->furniture[i];
        bool good = f->n_moves <= RV_SIM_MAX_MOVES && within(f->rcs_m2, 0.0F, 100.0F) &&
                    is_inside(&c->room, f->at_m[0], f->at_m[1], 0.0F);
        for (int k = 0; k < 3; ++k) {
            good = good && within(f->size_m[k], 0.05F, 5.0F);
        }
        for (int m = 0; good && m < f->n_moves; ++m) {
            good = within(f->move_s[m], m > 0 ? f->move_s[m - 1] : 0.0F, 1e9F) &&
                   is_inside(&c->room, f->to_m[m][0], f->to_m[m][1], 0.0F);
        }
        if (!good) {
            return "furniture: size, rcs_m2, place or time of a move is out of range";
        }
    }
    return NULL;
}

static const char *
check_rest(const rv_sim_config *const c)
{
    if (c->n_persons > RV_SIM_MAX_PERSONS || c->n_partitions > RV_SIM_MAX_PARTITIONS ||
        c->n_fans > RV_SIM_MAX_FANS || c->n_clutter > RV_SIM_MAX_CLUTTER) {
        return "a list has too many entries";
    }
    for (int i = 0; i < c->n_persons; ++i) {
        const char *const what = check_person(c, &c->person[i]);
        if (what) {
            return what;
        }
    }
    for (int i = 0; i < c->n_partitions; ++i) {
        const rv_sim_partition *const p = &c->partition[i];
        if ((unsigned)p->material >= RV_SIM_N_MATERIALS ||
            p->n_open > RV_SIM_MAX_SPANS || !within(p->thickness_m, 0.0F, 2.0F)) {
            return "partitions: material, thickness_m or open is out of range";
        }
    }
    for (int i = 0; i < c->n_fans; ++i) {
        const rv_sim_fan *const f = &c->fan[i];
        if (f->n_blades < 1 || f->n_blades > 8 || !within(f->radius_m, 0.01F, 2.0F) ||
            !within(f->rpm, 0.0F, 1e4F) || !within(f->swing_period_s, 0.1F, 1e4F)) {
            return "fans: n_blades, radius_m, rpm or swing_period_s is out of range";
        }
    }
    return NULL;
}

rv_status
rv_sim_config_check(const rv_sim_config *const c, const char **const what)
{
    const char *wrong = NULL;
    for (int i = 0; i < 3; ++i) {
        if (!within(c->room.size_m[i], 0.5F, 100.0F)) {
            wrong = "room: size_m must lie within 0.5..100";
        }
    }
    for (int i = 0; i < 6; ++i) {
        if ((unsigned)c->room.wall[i] >= RV_SIM_N_MATERIALS) {
            wrong = "room: a wall has no known material";
        }
    }
    wrong = wrong ? wrong : check_radio(&c->radio);
    wrong = wrong ? wrong : check_nodes(c);
    wrong = wrong ? wrong : check_rest(c);
    wrong = wrong ? wrong : check_furniture(c);
    if (what) {
        *what = wrong;
    }
    return wrong ? RV_ERR_CONFIG : RV_OK;
}

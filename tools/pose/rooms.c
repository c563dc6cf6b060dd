// SPDX-License-Identifier: MIT
#include "tools/pose/rooms.h"

#include <ruview/math/random.h>

enum { train_rooms = 400, train_bodies = 300, held_out = 100000, stops = 40 };

const char *const pose_set_name[POSE_N_SETS] = {
    "train", "check", "in-domain", "cross-body", "cross-room", "cross-both",
};

pose_run
pose_run_of(const pose_set set, const uint32_t index)
{
    pose_run run = {.room = (index * 7U) % train_rooms,
                    .body = (index * 11U) % train_bodies,
                    .walk = index + (uint32_t)set * 1000000U};
    if (set == POSE_CROSS_BODY || set == POSE_CROSS_BOTH) {
        run.body = held_out * (uint32_t)set + index;
    }
    if (set == POSE_CROSS_ROOM || set == POSE_CROSS_BOTH) {
        run.room = held_out * (uint32_t)set + index;
    }
    return run;
}

static float
between(rv_random *const r, const float low, const float high)
{
    return low + (high - low) * rv_random_uniform_f32(r);
}

static void
build_room(const uint32_t seed, rv_sim_config *const c)
{
    static const rv_sim_material walls[] = {
        RV_SIM_CONCRETE, RV_SIM_BRICK, RV_SIM_PLASTERBOARD, RV_SIM_WOOD, RV_SIM_GLASS};
    rv_random r;
    rv_random_init(&r, seed, 1);
    rv_sim_config_default(c);
    c->seed           = seed;
    c->room.size_m[0] = between(&r, 3.2F, 8.0F);
    c->room.size_m[1] = between(&r, 3.0F, 7.0F);
    c->room.size_m[2] = between(&r, 2.4F, 3.0F);
    for (int i = 0; i < 6; ++i) {
        c->room.wall[i] = walls[rv_random_below(&r, i < 4 ? 5 : 2)];
    }
    c->n_clutter = (uint16_t)(5 + rv_random_below(&r, 36));
    c->n_nodes =
        (uint16_t)(4 + (rv_random_below(&r, 10) >= 7) + (rv_random_below(&r, 10) >= 8));
    for (int i = 0; i < c->n_nodes; ++i) { // along the walls, about evenly
        const float at = ((float)i + between(&r, -0.35F, 0.35F)) / (float)c->n_nodes;
        const float around = (at < 0.0F ? at + 1.0F : at) * 2.0F *
                             (c->room.size_m[0] + c->room.size_m[1]);
        const float sx   = c->room.size_m[0];
        const float sy   = c->room.size_m[1];
        const float wall = between(&r, 0.05F, 0.4F);
        float      *p    = c->node[i].position_m;
        if (around < sx) {
            p[0] = around;
            p[1] = wall;
        } else if (around < sx + sy) {
            p[0] = sx - wall;
            p[1] = around - sx;
        } else if (around < 2.0F * sx + sy) {
            p[0] = 2.0F * sx + sy - around;
            p[1] = sy - wall;
        } else {
            p[0] = wall;
            p[1] = 2.0F * (sx + sy) - around;
        }
        for (int k = 0; k < 2; ++k) {
            const float most = c->room.size_m[k] - 0.05F;
            p[k]             = p[k] < 0.05F ? 0.05F : p[k] > most ? most : p[k];
        }
        p[2]                       = between(&r, 0.4F, 2.2F);
        c->node[i].id              = (uint8_t)(i + 1);
        c->node[i].transmits       = true;
        c->node[i].receives        = true;
        c->node[i].clock_offset_us = between(&r, 0.0F, 8000.0F);
        c->node[i].clock_drift_ppm = between(&r, -15.0F, 15.0F);
    }
    c->radio.freq_mhz    = 2412 + 5 * rv_random_below(&r, 13);
    c->radio.evm_db      = between(&r, -34.0F, -26.0F);
    c->radio.sto_ns      = between(&r, 5.0F, 30.0F);
    c->radio.agc_step_db = between(&r, 0.0F, 2.0F);
    c->radio.agc_toggle  = between(&r, 0.0F, 0.05F);
    c->radio.loss        = between(&r, 0.0F, 0.06F);
    c->radio.tx_dbm      = between(&r, 12.0F, 20.0F);
}

static void
build_body(const uint32_t seed, rv_sim_person *const p)
{
    rv_random r;
    rv_random_init(&r, seed, 2);
    rv_sim_person_default(p);
    p->height_m    = between(&r, 1.50F, 1.95F);
    p->leg         = between(&r, 0.92F, 1.08F);
    p->arm         = between(&r, 0.90F, 1.10F);
    p->breadth     = between(&r, 0.85F, 1.15F);
    p->left_handed = rv_random_below(&r, 2) == 1;
    p->breath_hz   = between(&r, 0.16F, 0.40F);
    p->heart_hz    = between(&r, 0.9F, 1.6F);
    p->sway_m      = between(&r, 0.002F, 0.007F);
}

static void
plan_walk(rv_random *const r, const rv_sim_room *const room, rv_sim_person *const p)
{
    for (int i = 0; i < stops; ++i) {
        rv_sim_waypoint *const w = &p->waypoint[i];
        w->x_m                   = between(r, 0.6F, room->size_m[0] - 0.6F);
        w->y_m                   = between(r, 0.6F, room->size_m[1] - 0.6F);
        w->speed_mps             = between(r, 0.5F, 1.4F);
        const float what         = rv_random_uniform_f32(r);
        w->posture               = what < 0.50F   ? RV_SIM_STAND
                                   : what < 0.70F ? RV_SIM_SIT
                                   : what < 0.85F ? RV_SIM_WAVE
                                   : what < 0.97F ? RV_SIM_RAISE
                                                  : RV_SIM_JUMP;
        const bool pass = w->posture == RV_SIM_STAND && rv_random_below(r, 2) == 0;
        w->pause_s =
            pass ? 0.0F : between(r, 2.0F, w->posture == RV_SIM_SIT ? 12.0F : 7.0F);
        p->turn_rad[i] = rv_random_below(r, 2) == 0 ? between(r, -3.1F, 3.1F) : 0.0F;
    }
    p->n_waypoints = stops;
    p->loop        = true;
    p->facing_rad  = between(r, -3.1F, 3.1F);
    p->gait_phase  = rv_random_uniform_f32(r);
}

void
pose_furnish(const pose_run *const run, rv_sim_config *const c, float *const empty_s)
{
    rv_random r;
    build_room(run->room, c);
    c->start_us += (uint64_t)run->walk * 1000000U;
    rv_random_init(&r, run->walk, 3);
    *empty_s     = rv_random_below(&r, 2) == 0 ? 14.0F : 0.0F;
    c->n_persons = (uint16_t)(1 + (rv_random_below(&r, 8) == 0));
    for (uint16_t i = 0; i < c->n_persons; ++i) {
        build_body(run->body + i * 50000U, &c->person[i]);
        plan_walk(&r, &c->room, &c->person[i]);
        c->person[i].from_s = *empty_s;
    }
}

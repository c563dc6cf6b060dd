// SPDX-License-Identifier: MIT
#include "tools/pose/play.h"
#include "platform/lend.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// Errors of a tracker: of the position and of the velocity, each with a memory
typedef struct {
    rv_random random;
    float     sigma_m, sigma_mps;
    float     says_m, says_mps; ///< What the tracker would state
    float     late_s;           ///< Time constant of its velocity
    float     behind_s;         ///< Its position is of so long ago
    float     off_m[2], off_mps[2];
    float     velocity[2]; ///< The true one, smoothed over late_s
    bool      started;
} tracker_errors;

typedef struct {
    rv_sim_config    scene;
    rv_engine_config config;
    rv_sim           sim;
    rv_engine       *engine;
    tracker_errors   errors;
    pose_tracks      tracks;
    uint32_t         n, id;
    pose_look       *look;
    void            *context;
} play;

/// Stages that the features do not need
static void
leave_out(rv_engine *const engine, const pose_tracks tracks)
{
    engine->has_room = engine->has_room && tracks == POSE_OWN_TRACKS;
    for (int i = 0; i < engine->links.n_tone_sets; ++i) {
        engine->links.tone_set[i].has_cir = false;
    }
}

static void
begin_errors(tracker_errors *const e, const uint32_t seed)
{
    memset(e, 0, sizeof *e);
    rv_random_init(&e->random, seed, 4);
    rv_random *const r     = &e->random;
    const bool       rough = seed % 1000000U >= 700U; // the last runs of the training
    if (rough) {
        e->sigma_m   = 0.06F * expf(2.2F * rv_random_uniform_f32(r)); // 6 .. 54 cm
        e->sigma_mps = 0.05F + 0.4F * rv_random_uniform_f32(r);
        e->late_s    = 0.1F + 0.5F * rv_random_uniform_f32(r);
        e->says_m    = e->sigma_m * expf(0.1F + 0.3F * rv_random_normal_f32(r));
        e->says_mps  = e->sigma_mps * expf(0.3F * rv_random_normal_f32(r));
    } else {
        e->sigma_m   = 0.06F * expf(2.1F * rv_random_uniform_f32(r)); // 6 .. 49 cm
        e->sigma_mps = 0.05F + 0.25F * rv_random_uniform_f32(r);
        e->late_s    = 0.3F;
        e->says_m    = e->sigma_m * expf(0.2F * rv_random_normal_f32(r));
        e->says_mps  = e->sigma_mps * expf(0.2F * rv_random_normal_f32(r));
    }
    e->behind_s = rough ? 0.5F * e->late_s : 0.0F;
}

/// Ornstein and Uhlenbeck's process
static float
wander(rv_random *const r, const float x, const float sigma, const float share)
{
    return x * (1.0F - share) +
           sigma * sqrtf(share * (2.0F - share)) * rv_random_normal_f32(r);
}

static void
spoil(tracker_errors *const e, const rv_sim_truth_person *const truth,
      rv_pose_track_state *const out)
{
    const float dt = 0.05F;
    for (int i = 0; i < 2; ++i) {
        e->off_m[i] =
            wander(&e->random, e->off_m[i], e->sigma_m, e->started ? dt / 1.5F : 1.0F);
        e->off_mps[i] = wander(&e->random, e->off_mps[i], e->sigma_mps,
                               e->started ? dt / 0.7F : 1.0F);
        e->velocity[i] +=
            dt / (e->late_s + dt) * (truth->velocity_mps[i] - e->velocity[i]);
        out->position_m[i] =
            truth->position_m[i] + e->off_m[i] - e->behind_s * truth->velocity_mps[i];
        out->velocity_mps[i] = e->velocity[i] + e->off_mps[i];
    }
    e->started     = true;
    out->sigma_m   = e->says_m;
    out->sigma_mps = e->says_mps;
}

/// The nearest active track within a metre; a change of its number is a new track
static bool
own_track(play *const p, const rv_sim_truth_person *const truth,
          rv_pose_track_state *const out)
{
    const rv_track *best = NULL;
    float           near = 1.0F;
    for (uint32_t i = 0; i < p->engine->tracks.n_tracks; ++i) {
        const rv_track *const t = &p->engine->tracks.track[i];
        const float           d = hypotf(t->position_m[0] - truth->position_m[0],
                                         t->position_m[1] - truth->position_m[1]);
        if (d < near && t->id != 0) {
            near = d;
            best = t;
        }
    }
    if (!best) {
        return false;
    }
    p->n  = best->id == p->id ? p->n : 0;
    p->id = best->id;
    memcpy(out->position_m, best->position_m, sizeof out->position_m);
    memcpy(out->velocity_mps, best->velocity_mps, sizeof out->velocity_mps);
    out->sigma_m   = sqrtf(0.5F * (best->covariance_m2[0] + best->covariance_m2[2]));
    out->sigma_mps = best->velocity_sigma_mps;
    return true;
}

static void
close_cycle(void *const context, const rv_cycle_output *const output)
{
    play *const  p = context;
    rv_sim_truth truth;
    pose_moment  m = {.t_us = output->record->t_us, .engine = p->engine};
    rv_sim_truth_at(&p->sim, m.t_us, &truth);
    m.truth = truth.person[0];
    if (!m.truth.present) {
        p->n = 0;
        return;
    }
    if (p->tracks == POSE_NOISY_TRUTH) {
        spoil(&p->errors, &m.truth, &m.track);
    } else if (!own_track(p, &m.truth, &m.track)) {
        p->n = 0;
        return;
    }
    m.n = p->n++;
    p->look(p->context, &m);
}

static void
take_site(play *const p)
{
    p->config.has_room = true;
    memcpy(p->config.room_m, p->scene.room.size_m, sizeof p->config.room_m);
    for (int i = 0; i < p->scene.n_nodes; ++i) {
        rv_node_config *const        node = &p->config.node[i];
        rv_transmitter_config *const tx   = &p->config.transmitter[i];
        node->node                        = p->scene.node[i].id;
        node->has_position                = true;
        memcpy(node->position_m, p->scene.node[i].position_m, sizeof node->position_m);
        tx->tx           = rv_sim_tx_hash(&p->sim, (uint16_t)i);
        tx->has_position = true;
        memcpy(tx->position_m, p->scene.node[i].position_m, sizeof tx->position_m);
    }
    p->config.n_nodes        = (uint8_t)p->scene.n_nodes;
    p->config.n_transmitters = (uint8_t)p->scene.n_nodes;
}

static bool
calibrate(play *const p, const float empty_s)
{
    uint8_t          bytes[RV_COMMAND_HEADER];
    rv_writer        w       = {.bytes = bytes, .size = sizeof bytes};
    const rv_command command = {.kind  = RV_COMMAND_CALIBRATE_START,
                                .value = (uint64_t)empty_s - 3};
    if (rv_command_encode(&command, &w) != RV_OK) {
        return false;
    }
    const rv_input input = {.kind  = RV_INPUT_COMMAND,
                            .t_us  = p->scene.start_us + 2000000U,
                            .bytes = bytes,
                            .n     = w.at};
    return rv_engine_push(p->engine, &input) == RV_OK;
}

static bool
run_all(play *const p, const double seconds, const float empty_s)
{
    const uint64_t end  = p->scene.start_us + (uint64_t)(seconds * 1e6);
    bool           told = !(empty_s > 0.0F);
    rv_sim_packet  packet;
    while (rv_sim_next(&p->sim, &packet) == RV_OK && packet.t_us < end) {
        if (!told && packet.t_us >= p->scene.start_us + 2000000U) {
            told = true;
            if (!calibrate(p, empty_s)) {
                return false;
            }
        }
        leave_out(p->engine, p->tracks);
        const rv_input input = {.kind  = RV_INPUT_DATAGRAM,
                                .t_us  = packet.t_us,
                                .bytes = packet.bytes,
                                .n     = packet.n_bytes};
        if (rv_engine_push(p->engine, &input) != RV_OK) {
            return false;
        }
    }
    return true;
}

bool
pose_play(const pose_run *const run, const double seconds, const pose_tracks tracks,
          pose_look *const look, void *const context)
{
    play *const p       = calloc(1, sizeof *p);
    void       *memory  = NULL;
    void       *engine  = NULL;
    size_t      n       = 0;
    float       empty_s = 0.0F;
    bool        good    = p != NULL;
    if (good) {
        pose_furnish(run, &p->scene, &empty_s);
        begin_errors(&p->errors, run->walk);
        p->look    = look;
        p->context = context;
        p->tracks  = tracks;
        good       = rv_sim_size(&p->scene, &n) == RV_OK;
        memory     = good ? rv_lend(n) : NULL;
        good       = memory && rv_sim_init(&p->sim, &p->scene, memory, n) == RV_OK;
    }
    if (good) {
        p->config                 = rv_engine_config_default();
        p->config.allow_synthetic = true;
        p->config.mode            = RV_MODE_STRICT_NO_IDENTITY; // least text
        take_site(p);
        good   = rv_engine_size(&p->config, &n) == RV_OK;
        engine = good ? rv_lend(n) : NULL;
        good   = engine && rv_engine_init(&p->engine, &p->config, engine, n) == RV_OK;
    }
    if (good) {
        p->engine->has_pose = true;
        rv_engine_set_sink(p->engine, close_cycle, p);
        good = run_all(p, seconds + (double)empty_s, empty_s);
    }
    free(engine);
    free(memory);
    free(p);
    return good;
}

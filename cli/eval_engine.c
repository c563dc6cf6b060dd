// SPDX-License-Identifier: MIT
#include "cli/eval_engine.h"

#include <ruview/engine/engine.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
    rv_sim         sim;
    uint64_t       start_us;
    rv_eval_heard *heard;
    void          *context;
} listener;

static void
take(void *const context, const rv_cycle_output *const output)
{
    listener *const        l = context;
    const rv_record *const r = output->record;
    rv_sim_truth           truth;
    rv_sim_truth_at(&l->sim, r->t_us, &truth);
    l->heard(l->context, (double)(int64_t)(r->t_us - l->start_us) * 1e-6, r, &truth);
}

static void *
room_for(const size_t n)
{
    return aligned_alloc(64, (n + 63) & ~(size_t)63);
}

static bool
feed(rv_engine *const engine, listener *const l, const uint64_t end_us)
{
    rv_sim_packet p    = {.t_us = 0};
    bool          good = true;
    while (good && p.t_us < end_us) {
        good                 = rv_sim_next(&l->sim, &p) == RV_OK;
        const rv_input input = {.kind  = RV_INPUT_DATAGRAM,
                                .t_us  = p.t_us,
                                .bytes = p.bytes,
                                .n     = p.n_bytes};
        good                 = good && rv_engine_push(engine, &input) == RV_OK;
    }
    return good;
}

static void
know_site(rv_engine_config *const c, const rv_sim_config *const room,
          const rv_sim *const sim)
{
    c->max_links = RV_MAX_LINKS;
    c->link_pool = (size_t)24 << 20;
    c->has_room  = true;
    memcpy(c->room_m, room->room.size_m, sizeof c->room_m);
    c->n_nodes        = (uint8_t)room->n_nodes;
    c->n_transmitters = (uint8_t)room->n_nodes;
    for (int i = 0; i < room->n_nodes; ++i) {
        const float *const at          = room->node[i].position_m;
        c->node[i].node                = room->node[i].id;
        c->node[i].has_position        = true;
        c->transmitter[i].tx           = rv_sim_tx_hash(sim, (uint16_t)i);
        c->transmitter[i].has_position = true;
        memcpy(c->node[i].position_m, at, sizeof c->node[i].position_m);
        memcpy(c->transmitter[i].position_m, at, sizeof c->transmitter[i].position_m);
    }
}

bool
rv_eval_engine_play(const rv_sim_config *const room, const bool placed,
                    const double minutes, rv_eval_heard *const heard,
                    void *const context)
{
    listener l = {.start_us = room->start_us, .heard = heard, .context = context};
    rv_engine_config config = rv_engine_config_default();
    config.allow_synthetic  = true;
    config.mode             = RV_MODE_RAW_RESEARCH;
    config.consent          = true;
    size_t n_sim = 0, n_engine = 0;
    if (rv_sim_size(room, &n_sim) != RV_OK) {
        return false;
    }
    void *const sim  = room_for(n_sim);
    bool        good = sim && rv_sim_init(&l.sim, room, sim, n_sim) == RV_OK;
    if (good && placed) {
        know_site(&config, room, &l.sim);
    }
    good               = good && rv_engine_size(&config, &n_engine) == RV_OK;
    void *const memory = good ? room_for(n_engine) : NULL;
    rv_engine  *engine = NULL;
    good = memory && rv_engine_init(&engine, &config, memory, n_engine) == RV_OK;
    if (good) {
        rv_engine_set_sink(engine, take, &l);
        good = feed(engine, &l, room->start_us + (uint64_t)(minutes * 60e6));
    }
    free(memory);
    free(sim);
    return good;
}

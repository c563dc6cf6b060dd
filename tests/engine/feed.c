// SPDX-License-Identifier: MIT
#include "feed.h"
#include "platform/lend.h"

#include <stdlib.h>
#include <string.h>

void
feed_defaults(feed *const self)
{
    memset(self, 0, sizeof *self);
    rv_sim_config_default(&self->scene);
    self->config                 = rv_engine_config_default();
    self->config.allow_synthetic = true;
    self->config.mode            = RV_MODE_RAW_RESEARCH;
}

static void
sink(void *const context, const rv_cycle_output *const output)
{
    feed *const self = context;
    ++self->n_cycles;
    self->last = *output->record;
    memcpy(self->witness, output->record->witness, sizeof self->witness);
    if (self->look) {
        self->look(self->context, output->record);
    }
}

static void
take_site(feed *const self)
{
    const rv_sim_config *const scene = &self->scene;
    self->config.has_room            = true;
    self->config.n_nodes             = 0;
    memcpy(self->config.room_m, scene->room.size_m, sizeof self->config.room_m);
    for (int i = 0; i < scene->n_nodes; ++i) {
        rv_transmitter_config *const tx = &self->config.transmitter[i];
        if (scene->node[i].receives && (i == 0 || i != self->stranger)) {
            rv_node_config *const node = &self->config.node[self->config.n_nodes++];
            node->node                 = scene->node[i].id;
            node->has_position         = true;
            memcpy(node->position_m, scene->node[i].position_m,
                   sizeof node->position_m);
        }
        tx->tx           = rv_sim_tx_hash(&self->sim, (uint16_t)i);
        tx->has_position = true;
        memcpy(tx->position_m, scene->node[i].position_m, sizeof tx->position_m);
    }
    self->config.n_transmitters = (uint8_t)scene->n_nodes;
}

static void
must(const rv_status status)
{
    if (status != RV_OK) {
        abort();
    }
}

void
feed_start(feed *const self)
{
    size_t n = 0;
    must(rv_sim_size(&self->scene, &n));
    self->sim_memory = rv_lend(n);
    must(rv_sim_init(&self->sim, &self->scene, self->sim_memory, n));
    take_site(self);
    must(rv_engine_size(&self->config, &self->n_memory));
    self->memory = rv_lend(self->n_memory);
    must(rv_engine_init(&self->engine, &self->config, self->memory, self->n_memory));
    rv_engine_set_sink(self->engine, sink, self);
    self->now_us = self->scene.start_us;
}

void
feed_stop(feed *const self)
{
    free(self->sim_memory);
    free(self->memory);
}

void
feed_datagram(feed *const self, const uint8_t *const bytes, const size_t n)
{
    const rv_input input = {
        .kind = RV_INPUT_DATAGRAM, .t_us = self->now_us, .bytes = bytes, .n = n};
    must(rv_engine_push(self->engine, &input));
}

void
feed_run(feed *const self, const double seconds)
{
    const uint64_t end = self->now_us + (uint64_t)(seconds * 1e6);
    rv_sim_packet  packet;
    while (self->now_us < end) {
        must(rv_sim_next(&self->sim, &packet));
        // After a silence the simulator is behind: its datagrams of that time are
        // skipped
        if (packet.t_us < self->now_us) {
            continue;
        }
        self->now_us = packet.t_us;
        feed_datagram(self, packet.bytes, packet.n_bytes);
    }
}

void
feed_silence(feed *const self, const double seconds)
{
    const uint64_t end = self->now_us + (uint64_t)(seconds * 1e6);
    while (self->now_us < end) {
        self->now_us += 50000;
        const rv_input input = {.kind = RV_INPUT_TICK, .t_us = self->now_us};
        must(rv_engine_push(self->engine, &input));
    }
}

// SPDX-License-Identifier: MIT
#include "bench/engine_bed.h"

#include "bench/harness.h"
#include "platform/lend.h"

#include <ruview/base/bytes.h>
#include <ruview/capture/adr018.h>
#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/sim/sim.h>

#include <stdlib.h>
#include <string.h>

enum {
    most_bytes  = 1500,
    wide_nodes  = 12,
    wide_tones  = 256,
    wide_hz     = 20,
    wide_paths  = 5,
    second_us   = 1000000,
    packets_max = 1000, ///< Per second
};

static bool
make_space(rv_bed *const self, const uint32_t seconds, const size_t packet_bytes)
{
    memset(self, 0, sizeof *self);
    self->round_us = (uint64_t)seconds * second_us;
    self->packets  = calloc((size_t)seconds * packets_max, sizeof *self->packets);
    self->bytes    = malloc((size_t)seconds * packets_max * packet_bytes);
    self->config   = rv_engine_config_default();
    self->config.allow_synthetic = true;
    self->config.mode            = RV_MODE_RAW_RESEARCH;
    self->config.has_room        = true;
    return self->packets && self->bytes;
}

static void
keep(rv_bed *const self, const uint64_t t_us, const uint8_t *const bytes,
     const uint16_t n)
{
    memcpy(self->bytes + self->n_bytes, bytes, n);
    self->packets[self->n_packets++] =
        (rv_bed_packet){.t_us = t_us, .at = (uint32_t)self->n_bytes, .n = n};
    self->n_bytes += n;
}

static void
place(rv_bed *const self, const uint8_t node, const uint64_t tx,
      const float position_m[3])
{
    rv_node_config *const n = &self->config.node[self->config.n_nodes++];
    n->node                 = node;
    n->has_position         = true;
    memcpy(n->position_m, position_m, sizeof n->position_m);
    if (tx != RV_TX_UNKNOWN) {
        rv_transmitter_config *const t =
            &self->config.transmitter[self->config.n_transmitters++];
        t->tx           = tx;
        t->has_position = true;
        memcpy(t->position_m, position_m, sizeof t->position_m);
    }
}

bool
rv_bed_make_room(rv_bed *const self, const uint32_t seconds)
{
    static rv_sim_config scene;
    rv_sim               sim;
    size_t               n = 0;
    rv_sim_config_default(&scene);
    scene.n_persons = 1;
    rv_sim_person_default(&scene.person[0]);
    (void)!rv_sim_person_wander(&scene.person[0], &scene.room, 7, 24);
    if (!make_space(self, seconds, RV_SIM_MAX_BYTES) ||
        rv_sim_size(&scene, &n) != RV_OK) {
        return false;
    }
    void *const memory = rv_lend(n);
    if (!memory || rv_sim_init(&sim, &scene, memory, n) != RV_OK) {
        free(memory);
        return false;
    }
    rv_sim_packet p;
    while (self->n_packets < seconds * packets_max && rv_sim_next(&sim, &p) == RV_OK &&
           p.t_us < scene.start_us + self->round_us) {
        keep(self, p.t_us, p.bytes, p.n_bytes);
        if (!p.sync) {
            self->per_round[p.node] = rv_load_u32(p.bytes + 12) + 1;
        }
    }
    memcpy(self->config.room_m, scene.room.size_m, sizeof self->config.room_m);
    for (uint16_t i = 0; i < scene.n_nodes; ++i) {
        place(self, scene.node[i].id, rv_sim_tx_hash(&sim, i),
              scene.node[i].position_m);
    }
    free(memory);
    return self->n_packets > 0;
}

/// Channel of one node at one moment, as int8 pairs, imaginary part first
static void
make_wide_iq(rv_random *const random, const uint8_t node, const uint32_t moment,
             int8_t iq[2 * wide_tones])
{
    const double offset = 40.0 * rv_random_uniform_f64(random);
    for (int i = 0; i < wide_tones; ++i) {
        const int tone = i < wide_tones / 2 ? i : i - wide_tones;
        double    re   = 0.4 * rv_random_normal_f64(random);
        double    im   = 0.4 * rv_random_normal_f64(random);
        for (int p = 0; p < wide_paths; ++p) {
            const double delay = 20.0 + 23.0 * p + 3.0 * node + offset;
            const double turn =
                p == wide_paths - 1 ? 0.11 * moment : 0.7 * p + 0.3 * node;
            double s, c;
            rv_sincos_f64(turn - 2.0 * RV_PI_F64 * tone * 78125.0 * delay * 1e-9, &s,
                          &c);
            re += 24.0 / (1 + p) * c;
            im += 24.0 / (1 + p) * s;
        }
        iq[2 * i]     = (int8_t)im;
        iq[2 * i + 1] = (int8_t)re;
    }
}

bool
rv_bed_make_wide(rv_bed *const self, const uint32_t seconds)
{
    static int8_t      iq[2 * wide_tones];
    static uint8_t     bytes[most_bytes];
    rv_random          random;
    const uint64_t     start_us  = UINT64_C(1700000000000000);
    static const float room_m[3] = {10.0F, 8.0F, 3.0F};
    if (!make_space(self, seconds, most_bytes)) {
        return false;
    }
    rv_random_init(&random, 12, 256);
    for (uint32_t k = 0; k < seconds * wide_hz; ++k) {
        for (uint8_t node = 1; node <= wide_nodes; ++node) {
            make_wide_iq(&random, node, k, iq);
            const rv_packet p = {.kind   = RV_PACKET_CSI,
                                 .node   = node,
                                 .as.csi = {.n_antennas = 1,
                                            .n_tones    = wide_tones,
                                            .freq_mhz   = 2437,
                                            .sequence   = k,
                                            .rssi_dbm   = -50,
                                            .noise_dbm  = -92,
                                            .ppdu       = 1,
                                            .flags      = RV_CSI_FLAG_TRAILER,
                                            .iq         = (const uint8_t *)iq,
                                            .has_tx     = true,
                                            .tx_hash    = 0xA1,
                                            .simulated  = true}};
            size_t          n = 0;
            if (rv_adr018_encode(&p, bytes, sizeof bytes, &n) != RV_OK) {
                return false;
            }
            keep(self, start_us + (uint64_t)k * (second_us / wide_hz) + 3000U * node,
                 bytes, (uint16_t)n);
            self->per_round[node] = k + 1;
        }
    }
    memcpy(self->config.room_m, room_m, sizeof room_m);
    for (uint8_t node = 1; node <= wide_nodes; ++node) {
        const float at[3] = {0.3F + 9.4F * (float)((node * 5) % 12) / 11.0F,
                             0.3F + 7.4F * (float)((node * 7) % 12) / 11.0F, 1.2F};
        place(self, node, RV_TX_UNKNOWN, at);
    }
    self->config.transmitter[0] = (rv_transmitter_config){
        .tx = 0xA1, .has_position = true, .position_m = {5.0F, 7.8F, 2.2F}};
    self->config.n_transmitters = 1;
    self->config.link_pool      = (size_t)24 << 20;
    return true;
}

void
rv_bed_free(rv_bed *const self)
{
    free(self->packets);
    free(self->bytes);
}

static void
count_cycle(void *const context, const rv_cycle_output *const output)
{
    ++((rv_bed_run *)context)->n_cycles;
    rv_bench_keep(output->json);
}

bool
rv_bed_start(rv_bed_run *const run, const rv_bed *const bed, const uint32_t cpu_mask,
             const bool digests)
{
    rv_engine_config config = bed->config;
    config.cpu_mask         = cpu_mask;
    config.digests          = digests;
    *run                    = (rv_bed_run){.bed = bed};
    run->bytes              = malloc(bed->n_bytes);
    if (!run->bytes || rv_engine_size(&config, &run->n_memory) != RV_OK ||
        !(run->memory = rv_lend(run->n_memory)) ||
        rv_engine_init(&run->engine, &config, run->memory, run->n_memory) != RV_OK) {
        rv_bed_stop(run);
        return false;
    }
    memcpy(run->bytes, bed->bytes, bed->n_bytes);
    rv_engine_set_sink(run->engine, count_cycle, run);
    return true;
}

void
rv_bed_stop(rv_bed_run *const run)
{
    free(run->bytes);
    free(run->memory);
    *run = (rv_bed_run){0};
}

void
rv_bed_push(rv_bed_run *const run)
{
    const rv_bed *const        bed   = run->bed;
    const rv_bed_packet *const p     = &bed->packets[run->next];
    uint8_t *const             bytes = run->bytes + p->at;
    const rv_input             input = {.kind  = RV_INPUT_DATAGRAM,
                                        .t_us  = p->t_us + run->shift_us,
                                        .bytes = bytes,
                                        .n     = p->n};
    (void)!rv_engine_push(run->engine, &input);
    // Numbers and stamps of the next round go on where this one ends
    if (rv_load_u32(bytes) == (uint32_t)RV_MAGIC_CSI) {
        rv_store_u32(bytes + 12, rv_load_u32(bytes + 12) + bed->per_round[bytes[4]]);
    } else if (rv_load_u32(bytes) == (uint32_t)RV_MAGIC_SYNC) {
        rv_store_u64(bytes + 8, rv_load_u64(bytes + 8) + bed->round_us);
        rv_store_u64(bytes + 16, rv_load_u64(bytes + 16) + bed->round_us);
        rv_store_u32(bytes + 24, rv_load_u32(bytes + 24) + bed->per_round[bytes[4]]);
    }
    if (++run->next == bed->n_packets) {
        run->next = 0;
        run->shift_us += bed->round_us;
    }
}

void
rv_bed_cycles(rv_bed_run *const run, const uint64_t n)
{
    const uint64_t end = run->n_cycles + n;
    while (run->n_cycles < end) {
        rv_bed_push(run);
    }
}

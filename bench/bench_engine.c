// SPDX-License-Identifier: MIT
// The whole pipeline: a simulated room with one walker, four nodes in turn, 56 tones,
// twelve links at 20 Hz. Datagrams are made beforehand; a sample is all the work of one
// cycle, frames included, in processor time. A recorded minute is pushed again and
// again with stamps and sequence numbers that go on, so that nothing repeats for the
// engine.
#define _POSIX_C_SOURCE 200809L
#include "bench/harness.h"

#include <ruview/base/bytes.h>
#include <ruview/engine/engine.h>
#include <ruview/sim/sim.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    loop_s       = 60,
    max_packets  = 40000,
    max_samples  = 100000,
    cycle_us     = 50000,
    n_cold       = 200,
    n_steady     = 2000,
    first_steady = 1000,
    late_steady  = 20000,
};

typedef struct {
    uint64_t t_us;
    uint32_t at;
    uint16_t n;
} packet;

typedef struct {
    packet   packets[max_packets];
    uint8_t *bytes;
    size_t   n_bytes;
    uint32_t n_packets;
    uint32_t next;
    uint64_t shift_us; ///< Of the present round
    uint32_t rounds;
    uint32_t per_round[256]; ///< Sequence numbers that a node uses up in a round

    rv_engine *engine;
    uint64_t   n_cycles;
    double     sample[max_samples];
    uint32_t   n_samples;
} bench_run;

static bool
make_packets(bench_run *const run)
{
    static rv_sim_config scene;
    rv_sim               sim;
    size_t               n = 0;
    rv_sim_config_default(&scene);
    scene.n_persons = 1;
    rv_sim_person_default(&scene.person[0]);
    (void)!rv_sim_person_wander(&scene.person[0], &scene.room, 7, 24);
    if (rv_sim_size(&scene, &n) != RV_OK) {
        return false;
    }
    void *const memory = aligned_alloc(64, (n + 63) & ~(size_t)63);
    run->bytes         = malloc((size_t)max_packets * RV_SIM_MAX_BYTES);
    if (!memory || !run->bytes || rv_sim_init(&sim, &scene, memory, n) != RV_OK) {
        free(memory);
        return false;
    }
    rv_sim_packet p;
    while (run->n_packets < max_packets && rv_sim_next(&sim, &p) == RV_OK &&
           p.t_us < scene.start_us + (uint64_t)loop_s * 1000000U) {
        memcpy(run->bytes + run->n_bytes, p.bytes, p.n_bytes);
        run->packets[run->n_packets++] =
            (packet){.t_us = p.t_us, .at = (uint32_t)run->n_bytes, .n = p.n_bytes};
        if (!p.sync) {
            run->per_round[p.node] = rv_load_u32(p.bytes + 12) + 1;
        }
        run->n_bytes += p.n_bytes;
    }
    free(memory);
    return run->n_packets > 0;
}

static void
push_next(bench_run *const run)
{
    const packet *const p     = &run->packets[run->next];
    uint8_t *const      bytes = run->bytes + p->at;
    const rv_input      input = {.kind  = RV_INPUT_DATAGRAM,
                                 .t_us  = p->t_us + run->shift_us,
                                 .bytes = bytes,
                                 .n     = p->n};
    (void)!rv_engine_push(run->engine, &input);
    // Numbers and stamps of the next round go on where this one ends
    if (rv_load_u32(bytes) == (uint32_t)RV_MAGIC_CSI) {
        rv_store_u32(bytes + 12, rv_load_u32(bytes + 12) + run->per_round[bytes[4]]);
    } else if (rv_load_u32(bytes) == (uint32_t)RV_MAGIC_SYNC) {
        rv_store_u64(bytes + 8, rv_load_u64(bytes + 8) + (uint64_t)loop_s * 1000000U);
        rv_store_u64(bytes + 16, rv_load_u64(bytes + 16) + (uint64_t)loop_s * 1000000U);
        rv_store_u32(bytes + 24, rv_load_u32(bytes + 24) + run->per_round[bytes[4]]);
    }
    if (++run->next == run->n_packets) {
        run->next = 0;
        run->shift_us += (uint64_t)loop_s * 1000000U;
    }
}

static void
count_cycle(void *const context, const rv_cycle_output *const output)
{
    ++((bench_run *)context)->n_cycles;
    rv_bench_keep(output->json);
}

// Processor time of this thread: what the work costs, whoever else uses the machine
static uint64_t
worked_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static void
run_cycles(bench_run *const run, const uint64_t n, const bool keep)
{
    const uint64_t end = run->n_cycles + n;
    while (run->n_cycles < end) {
        const uint64_t cycle = run->n_cycles;
        const uint64_t begin = worked_ns();
        while (run->n_cycles == cycle) {
            push_next(run);
        }
        if (keep && run->n_samples < max_samples) {
            run->sample[run->n_samples++] = (double)(worked_ns() - begin);
        }
    }
}

static int
ascending(const void *const a, const void *const b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static rv_bench_result
report(rv_bench *const b, bench_run *const run, const char *const name,
       const int64_t allocations)
{
    qsort(run->sample, run->n_samples, sizeof *run->sample, ascending);
    const rv_bench_result r = {
        .median_ns = run->sample[run->n_samples / 2],
        .p99_ns    = run->sample[run->n_samples - 1 - run->n_samples / 100],
        .min_ns    = run->sample[0],
        .allocations =
            allocations < 0 ? -1.0 : (double)allocations / (double)run->n_samples,
        .n_calls = run->n_samples};
    rv_bench_report(b, name, &r);
    run->n_samples = 0;
    return r;
}

static rv_bench_result
sample_cycles(rv_bench *const b, bench_run *const run, const char *const name,
              const uint64_t n)
{
    const int64_t before = rv_bench_allocations();
    run_cycles(run, n, true);
    const int64_t after = rv_bench_allocations();
    return report(b, run, name, before < 0 ? -1 : after - before);
}

static uint64_t
clock_ns(void *const unused)
{
    (void)unused;
    return worked_ns();
}

static void
report_stages(rv_bench *const b, const bench_run *const run)
{
    for (int s = 0; s < RV_N_STAGES; ++s) {
        const rv_histogram *const h = rv_engine_get_histogram(run->engine, (rv_stage)s);
        char                      name[64];
        if (h->count == 0) {
            continue;
        }
        snprintf(name, sizeof name, "stage %s", rv_stage_name((rv_stage)s));
        const rv_bench_result r = {.median_ns =
                                       (double)rv_histogram_quantile(h, 500000),
                                   .p99_ns = (double)rv_histogram_quantile(h, 990000),
                                   .min_ns = 0.0,
                                   .allocations = -1.0,
                                   .n_calls     = h->count};
        rv_bench_report(b, name, &r);
    }
}

static void *
start_engine(rv_bench *const b, bench_run *const run, const bool digests)
{
    rv_engine_config config = rv_engine_config_default();
    config.allow_synthetic  = true;
    config.mode             = RV_MODE_RAW_RESEARCH;
    config.cpu_mask         = b->cpu_mask;
    config.has_room         = true;
    config.digests          = digests;
    static rv_sim_config scene;
    rv_sim_config_default(&scene);
    memcpy(config.room_m, scene.room.size_m, sizeof config.room_m);
    // Who transmits is known from the first packets that each node's hash appears in
    for (int i = 0; i < scene.n_nodes; ++i) {
        config.node[i].node         = scene.node[i].id;
        config.node[i].has_position = true;
        memcpy(config.node[i].position_m, scene.node[i].position_m,
               sizeof config.node[i].position_m);
    }
    config.n_nodes = (uint8_t)scene.n_nodes;
    static rv_sim sim;
    size_t        n_sim = 0, n = 0;
    if (rv_sim_size(&scene, &n_sim) != RV_OK) {
        return NULL;
    }
    void *const sim_memory = aligned_alloc(64, (n_sim + 63) & ~(size_t)63);
    if (!sim_memory || rv_sim_init(&sim, &scene, sim_memory, n_sim) != RV_OK) {
        free(sim_memory);
        return NULL;
    }
    for (int i = 0; i < scene.n_nodes; ++i) {
        config.transmitter[i].tx           = rv_sim_tx_hash(&sim, (uint16_t)i);
        config.transmitter[i].has_position = true;
        memcpy(config.transmitter[i].position_m, scene.node[i].position_m,
               sizeof config.transmitter[i].position_m);
    }
    config.n_transmitters = (uint8_t)scene.n_nodes;
    free(sim_memory);
    if (rv_engine_size(&config, &n) != RV_OK) {
        return NULL;
    }
    void *const memory = aligned_alloc(64, n);
    if (!memory || rv_engine_init(&run->engine, &config, memory, n) != RV_OK) {
        free(memory);
        return NULL;
    }
    char note[96];
    snprintf(note, sizeof note, "memory, everything on: %zu bytes", n);
    if (!digests) {
        rv_bench_note(b, note);
    }
    rv_engine_set_sink(run->engine, count_cycle, run);
    return memory;
}

void
rv_bench_engine(rv_bench *const b)
{
    bench_run *const run = calloc(1, sizeof *run);
    if (!run || !make_packets(run)) {
        rv_bench_note(b, "not run: no memory for the simulated minute");
        free(run);
        return;
    }
    void *const memory = start_engine(b, run, false);
    if (memory) {
        (void)sample_cycles(b, run, "cycle cold", n_cold);
        run_cycles(run, first_steady - n_cold, false);
        const rv_bench_result early =
            sample_cycles(b, run, "cycle after 1000", n_steady);
        run_cycles(run, late_steady - first_steady - n_steady, false);
        const rv_bench_result late =
            sample_cycles(b, run, "cycle after 20000", n_steady);
        rv_bench_bound(b, "p99 of a cycle [us]", late.p99_ns / 1e3, 500.0);
        rv_bench_bound(b, "cycle after 20000 / after 1000",
                       late.median_ns / early.median_ns, 1.1);
        rv_engine_set_clock(run->engine, clock_ns, NULL);
        run_cycles(run, n_steady, false);
        report_stages(b, run);
    }
    free(memory);
    void *const proving = start_engine(b, run, true);
    if (proving) {
        run->n_cycles = 0;
        run_cycles(run, first_steady, false);
        (void)sample_cycles(b, run, "cycle with stage digests", n_steady);
    }
    free(proving);
    free(run->bytes);
    free(run);
}

// SPDX-License-Identifier: MIT
// Hours of an empty simulated flat through the whole engine, after one calibration: how
// often is somebody detected, tracked or said to be present, and how often is the room
// said to have changed? One flat per seed and call, so that calls run side by side;
// empty_day.sh adds them up. With a fourth argument an armchair is put elsewhere half a
// minute after the calibration, and the row says when and where that was reported.
#include "engine/engine_state.h"
#include "flat.h"

#include <ruview/base/bytes.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double settle_s = 10.0, calibrate_s = 60.0;

typedef struct {
    rv_engine      *engine;
    uint64_t        from_us;
    uint64_t        cycles, detected, tracked, present, unknown;
    unsigned        detections, tracks, presences, changes; ///< Onsets
    bool            was_detected, was_tracked, was_present;
    uint64_t        moved_us, told_us; ///< 0: not
    rv_record_event told;
} day;

static void *
lend(const size_t n)
{
    void *const mem = aligned_alloc(64, (n + 63) / 64 * 64);
    if (!mem) {
        abort();
    }
    return mem;
}

static void
must(const rv_status status)
{
    if (status != RV_OK) {
        fprintf(stderr, "empty_day: %s\n", rv_status_text(status));
        exit(2);
    }
}

static void
look(void *const context, const rv_cycle_output *const output)
{
    day *const             d = context;
    const rv_record *const r = output->record;
    if (r->t_us < d->from_us) {
        return;
    }
    const bool detected = d->engine->found.n_detections > 0;
    const bool tracked  = d->engine->tracks.n_active > 0;
    const bool present  = r->presence == RV_YES;
    ++d->cycles;
    d->detected += detected;
    d->tracked += tracked;
    d->present += present;
    d->unknown += r->presence == RV_UNKNOWN;
    d->detections += detected && !d->was_detected;
    d->tracks += tracked && !d->was_tracked;
    d->presences += present && !d->was_present;
    d->was_detected = detected;
    d->was_tracked  = tracked;
    d->was_present  = present;
    for (uint16_t i = 0; i < d->engine->n_events; ++i) {
        const rv_record_event *const event = &d->engine->record_event[i];
        d->changes += event->kind == RV_EVENT_CHANGE_POINT;
        if (event->kind == RV_EVENT_CHANGE_POINT && d->told_us == 0) {
            d->told_us = r->t_us;
            d->told    = *event;
        }
    }
}

static void
take_site(const rv_sim_config *const scene, const rv_sim *const sim,
          rv_engine_config *const c)
{
    *c                 = rv_engine_config_default();
    c->allow_synthetic = true;
    c->mode            = RV_MODE_STRICT_NO_IDENTITY; // Least to print
    c->max_links       = RV_MAX_LINKS;
    c->link_pool       = (size_t)32 << 20;
    c->has_room        = true;
    c->n_nodes         = (uint8_t)scene->n_nodes;
    c->n_transmitters  = (uint8_t)scene->n_nodes;
    memcpy(c->room_m, scene->room.size_m, sizeof c->room_m);
    for (int i = 0; i < scene->n_nodes; ++i) {
        rv_node_config *const        node = &c->node[i];
        rv_transmitter_config *const tx   = &c->transmitter[i];
        node->node                        = scene->node[i].id;
        node->has_position                = true;
        tx->tx                            = rv_sim_tx_hash(sim, (uint16_t)i);
        tx->has_position                  = true;
        memcpy(node->position_m, scene->node[i].position_m, sizeof node->position_m);
        memcpy(tx->position_m, scene->node[i].position_m, sizeof tx->position_m);
    }
}

static void
calibrate(rv_engine *const engine, const uint64_t t_us)
{
    uint8_t          bytes[64];
    rv_writer        w       = {.bytes = bytes, .size = sizeof bytes};
    const rv_command command = {.kind  = RV_COMMAND_CALIBRATE_START,
                                .value = (uint64_t)calibrate_s};
    must(rv_command_encode(&command, &w));
    const rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = t_us, .bytes = bytes, .n = w.at};
    must(rv_engine_push(engine, &input));
}

// An armchair somewhere in the flat, and somewhere else at least 1.5 m away
static void
put_armchair(rv_sim_config *const scene, const float at_s)
{
    rv_sim_furniture *const f    = &scene->furniture[0];
    uint32_t                seed = (uint32_t)scene->seed * 2654435761U + 17U;
    scene->n_furniture           = 1;
    rv_sim_furniture_default(f);
    f->n_moves   = 1;
    f->move_s[0] = at_s;
    do {
        float u[4];
        for (int k = 0; k < 4; ++k) {
            seed = seed * 1664525U + 1013904223U;
            u[k] = (float)(seed >> 8) / 16777216.0F;
        }
        for (int k = 0; k < 2; ++k) {
            const float size = scene->room.size_m[k] - 1.2F;
            f->at_m[k]       = 0.6F + size * u[k];
            f->to_m[0][k]    = 0.6F + size * u[k + 2];
        }
    } while (hypotf(f->at_m[0] - f->to_m[0][0], f->at_m[1] - f->to_m[0][1]) < 1.5F);
}

// How late it was reported, as what, how far from where it was, is, or went
static void
print_move(const day *const d, const rv_sim_furniture *const f)
{
    if (d->told_us == 0) {
        puts("not reported");
        return;
    }
    const float gx = f->to_m[0][0] - f->at_m[0];
    const float gy = f->to_m[0][1] - f->at_m[1];
    const float x  = d->told.position_m[0] - f->at_m[0];
    const float y  = d->told.position_m[1] - f->at_m[1];
    const float u  = fminf(fmaxf((x * gx + y * gy) / (gx * gx + gy * gy), 0.0F), 1.0F);
    printf("%.2f s %s %s %.2f m sigma %.2f m\n",
           (double)(d->told_us - d->moved_us) * 1e-6, rv_reason_name(d->told.reason),
           rv_reason_name(d->told.place_reason), (double)hypotf(x - u * gx, y - u * gy),
           (double)d->told.sigma_m);
}

int
main(const int argc, char **const argv)
{
    if (argc != 4 && argc != 5) {
        puts("usage: empty_day NODES SEED HOURS [furniture]\n"
             "One row: nodes, seed, hours, onsets of detections, tracks, presence and "
             "change points, cycles of each but the last, cycles unknown, speed-up");
        return 2;
    }
    static rv_sim_config    scene;
    static rv_engine_config config;
    static day              d;
    rv_sim                  sim;
    rv_sim_packet           packet;
    size_t                  n     = 0;
    const double            hours = atof(argv[3]);
    flat_furnish(&scene, (unsigned)atoi(argv[2]), atoi(argv[1]), 0, 60.0);
    const float move_s = (float)(settle_s + calibrate_s + 30.0);
    if (argc == 5) {
        put_armchair(&scene, move_s);
        d.moved_us = scene.start_us + (uint64_t)(move_s * 1e6F);
    }
    must(rv_sim_size(&scene, &n));
    must(rv_sim_init(&sim, &scene, lend(n), n));
    take_site(&scene, &sim, &config);
    must(rv_engine_size(&config, &n));
    must(rv_engine_init(&d.engine, &config, lend(n), n));
    rv_engine_set_sink(d.engine, look, &d);
    const uint64_t begin  = scene.start_us + (uint64_t)(settle_s * 1e6);
    d.from_us             = begin + (uint64_t)((calibrate_s + 2.0) * 1e6);
    const uint64_t end_us = d.from_us + (uint64_t)(hours * 3.6e9);
    bool           done   = false;
    const clock_t  start  = clock();
    do {
        must(rv_sim_next(&sim, &packet));
        if (!done && packet.t_us >= begin) {
            calibrate(d.engine, packet.t_us);
            done = true;
        }
        const rv_input input = {.kind  = RV_INPUT_DATAGRAM,
                                .t_us  = packet.t_us,
                                .bytes = packet.bytes,
                                .n     = packet.n_bytes};
        must(rv_engine_push(d.engine, &input));
    } while (packet.t_us < end_us);
    if (argc == 5) {
        printf("%s %s ", argv[1], argv[2]);
        print_move(&d, &scene.furniture[0]);
        return 0;
    }
    const double spent = (double)(clock() - start) / CLOCKS_PER_SEC;
    printf("%s %s %.3f %u %u %u %u %llu %llu %llu %llu %.0f\n", argv[1], argv[2],
           (double)d.cycles * 0.05 / 3600.0, d.detections, d.tracks, d.presences,
           d.changes, (unsigned long long)d.detected, (unsigned long long)d.tracked,
           (unsigned long long)d.present, (unsigned long long)d.unknown,
           hours * 3600.0 / spent);
    return 0;
}

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

/// What holds for a while: onsets and time of each are counted
#define STATES(X)                                                                      \
    X(detection)     /* somebody is located */                                         \
    X(track)         /* a track is active */                                           \
    X(person)        /* one is listed as a person */                                   \
    X(presence)      /* presence is published as yes */                                \
    X(unknown)       /* presence is unknown */                                         \
    X(breath)        /* a rate of breathing is published */                            \
    X(heart)         /* a heart rate is published */                                   \
    X(one_sided)     /* motion at one receiver only is flagged */                      \
    X(contradiction) /* any other contradiction is flagged */                          \
    X(recalibrate)   /* a calibration is advised */                                    \
    X(demoted)       /* the privacy class is tightened */

/// What happens
#define HAPPENINGS(X)                                                                  \
    X(change_point, CHANGE_POINT)                                                      \
    X(fall_candidate, FALL_CANDIDATE)                                                  \
    X(fall, FALL_CONFIRMED)                                                            \
    X(apnoea, APNOEA)                                                                  \
    X(advice, RECALIBRATE)

#define COUNT_ONE(...) +1
enum { n_states = 0 STATES(COUNT_ONE), n_happenings = 0 HAPPENINGS(COUNT_ONE) };

#define NAME_ONE(name, ...) #name,
static const char *const state_name[]     = {STATES(NAME_ONE)};
static const char *const happening_name[] = {HAPPENINGS(NAME_ONE)};

typedef struct {
    rv_engine      *engine;
    uint64_t        from_us;
    uint64_t        cycles, held[n_states]; ///< Cycles of each state
    unsigned        onsets[n_states], happened[n_happenings];
    bool            was[n_states];
    uint64_t        moved_us, told_us; ///< 0: not
    rv_record_event told;
} day;

// A cycle's text is written for nobody here: a tenth of the run
rv_status __wrap_rv_json_record(const rv_record *record, char *out, size_t *n_bytes);

rv_status
__wrap_rv_json_record(const rv_record *const record, char *const out,
                      size_t *const n_bytes)
{
    (void)record;
    *out     = '\0';
    *n_bytes = 0;
    return RV_OK;
}

static void
count_events(day *const d, const uint64_t t_us)
{
#define KIND_ONE(name, kind) RV_EVENT_##kind,
    static const rv_event_kind kind[] = {HAPPENINGS(KIND_ONE)};
    for (uint16_t i = 0; i < d->engine->n_events; ++i) {
        const rv_record_event *const event = &d->engine->record_event[i];
        for (int k = 0; k < n_happenings; ++k) {
            d->happened[k] += event->kind == kind[k];
        }
        if (event->kind == RV_EVENT_CHANGE_POINT && d->told_us == 0) {
            d->told_us = t_us;
            d->told    = *event;
        }
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
    const bool detection     = d->engine->found.n_detections > 0;
    const bool track         = d->engine->tracks.n_active > 0;
    const bool person        = d->engine->tracks.n_tracks > 0;
    const bool presence      = r->presence == RV_YES;
    const bool unknown       = r->presence == RV_UNKNOWN;
    const bool breath        = rv_is_known(r->breathing_bpm);
    const bool heart         = rv_is_known(r->heart_bpm);
    const bool one_sided     = (r->flags & RV_FLAG_ONE_SIDED) != 0;
    const bool contradiction = (r->flags & RV_FLAG_CONTRADICTION) != 0;
    const bool recalibrate   = r->recalibrate;
    const bool demoted       = r->demoted;
#define STATE_ONE(name) name,
    const bool now[] = {STATES(STATE_ONE)};
    ++d->cycles;
    for (int k = 0; k < n_states; ++k) {
        d->held[k] += now[k];
        d->onsets[k] += now[k] && !d->was[k];
        d->was[k] = now[k];
    }
    count_events(d, r->t_us);
}

static void
print_header(void)
{
    printf("nodes seed hours speed");
    for (int k = 0; k < n_states; ++k) {
        printf(" %s %s_s", state_name[k], state_name[k]);
    }
    for (int k = 0; k < n_happenings; ++k) {
        printf(" %s", happening_name[k]);
    }
    puts("");
}

static void
print_row(const day *const d, const char *const nodes, const char *const seed,
          const double speed)
{
    const double cycle_s = 0.05;
    printf("%s %s %.3f %.0f", nodes, seed, (double)d->cycles * cycle_s / 3600.0, speed);
    for (int k = 0; k < n_states; ++k) {
        printf(" %u %.2f", d->onsets[k], (double)d->held[k] * cycle_s);
    }
    for (int k = 0; k < n_happenings; ++k) {
        printf(" %u", d->happened[k]);
    }
    puts("");
}

static void
take_site(const rv_sim_config *const scene, const rv_sim *const sim,
          rv_engine_config *const c)
{
    *c                 = rv_engine_config_default();
    c->allow_synthetic = true;
    // With consent vital signs show; where the furniture went is shown in raw alone
    c->mode      = scene->n_furniture > 0 ? RV_MODE_RAW_RESEARCH : RV_MODE_PRIVATE_HOME;
    c->consent   = true;
    c->max_links = RV_MAX_LINKS;
    c->link_pool = (size_t)32 << 20;
    c->has_room  = true;
    c->n_nodes   = (uint8_t)scene->n_nodes;
    c->n_transmitters = (uint8_t)scene->n_nodes;
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
    flat_must(rv_command_encode(&command, &w));
    const rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = t_us, .bytes = bytes, .n = w.at};
    flat_must(rv_engine_push(engine, &input));
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
    if (argc == 2 && strcmp(argv[1], "--header") == 0) {
        print_header();
        return 0;
    }
    if (argc != 4 && argc != 5) {
        puts(
            "usage: empty_day NODES SEED HOURS [furniture]\n"
            "       empty_day --header\n"
            "One row, its columns named by --header: onsets and seconds of each state, "
            "then events");
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
    flat_must(rv_sim_size(&scene, &n));
    flat_must(rv_sim_init(&sim, &scene, flat_lend(n), n));
    take_site(&scene, &sim, &config);
    flat_must(rv_engine_size(&config, &n));
    flat_must(rv_engine_init(&d.engine, &config, flat_lend(n), n));
    rv_engine_set_sink(d.engine, look, &d);
    const uint64_t begin  = scene.start_us + (uint64_t)(settle_s * 1e6);
    d.from_us             = begin + (uint64_t)((calibrate_s + 2.0) * 1e6);
    const uint64_t end_us = d.from_us + (uint64_t)(hours * 3.6e9);
    bool           done   = false;
    const clock_t  start  = clock();
    do {
        flat_must(rv_sim_next(&sim, &packet));
        if (!done && packet.t_us >= begin) {
            calibrate(d.engine, packet.t_us);
            done = true;
        }
        const rv_input input = {.kind  = RV_INPUT_DATAGRAM,
                                .t_us  = packet.t_us,
                                .bytes = packet.bytes,
                                .n     = packet.n_bytes};
        flat_must(rv_engine_push(d.engine, &input));
    } while (packet.t_us < end_us);
    if (argc == 5) {
        printf("%s %s ", argv[1], argv[2]);
        print_move(&d, &scene.furniture[0]);
        return 0;
    }
    const double spent = (double)(clock() - start) / CLOCKS_PER_SEC;
    print_row(&d, argv[1], argv[2], (double)(end_us - scene.start_us) * 1e-6 / spent);
    return 0;
}

// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/live.h"

#include "cli/calibration_store.h"
#include "cli/chronicle.h"
#include "cli/command_queue.h"
#include "cli/face.h"
#include "cli/home.h"
#include "cli/recorder.h"
#include "cli/verb.h"

#include "platform/signature.h"

#include <ruview/engine/settings.h>

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { metrics_room = 1 << 16 };

typedef struct {
    const rv_live   *live;
    rv_engine       *engine;
    rv_live_source   source;
    rv_face         *face;
    rv_recorder      recorder;
    bool             is_recording;
    rv_home         *home;      ///< NULL: no broker
    rv_chronicle    *chronicle; ///< NULL: no history file
    rv_signer       *signer;    ///< NULL: decisions about privacy are not signed
    rv_command_queue commands;
    rv_clash         clash;
    uint64_t         newest_us; ///< Of the log
    rv_privacy_mode  mode;
    rv_privacy_class class_;
    char             text[metrics_room];
} live_run;

static volatile sig_atomic_t stop_asked;
static volatile sig_atomic_t reload_asked;

static void
ask_to_stop(const int signal_number)
{
    (void)signal_number;
    stop_asked = 1;
}

static void
ask_to_reload(const int signal_number)
{
    (void)signal_number;
    reload_asked = 1;
}

static void
take_cycle(void *const context, const rv_cycle_output *const output)
{
    live_run *const run = context;
    if (run->face) {
        // What was cached under another mode or a laxer class must not be served longer
        if (output->record->privacy_mode != run->mode ||
            output->record->privacy_class > run->class_) {
            rv_face_purge(run->face);
        }
        run->mode   = output->record->privacy_mode;
        run->class_ = output->record->privacy_class;
        rv_face_privacy(run->face, run->mode, output->record->consent);
        // From class anonymous on, and in a run gated for the network, all see the same
        const bool for_all = output->record->privacy_class >= RV_CLASS_ANONYMOUS ||
                             run->live->host->config.sink != RV_SINK_LOCAL;
        rv_face_record(run->face, for_all, output->json, output->n_json);
    }
    if (run->live->as_json) {
        fwrite(output->json, 1, output->n_json, stdout);
        fputc('\n', stdout);
    }
    if (run->home) {
        rv_home_cycle(run->home, output);
    }
    if (run->chronicle) {
        rv_chronicle_cycle(run->chronicle, output);
    }
    if (run->is_recording) {
        rv_recorder_cycle(&run->recorder, output);
    }
}

// Every input goes into the recording before the engine sees it
static void
push(live_run *const run, rv_input *const input)
{
    run->newest_us = input->t_us > run->newest_us ? input->t_us : run->newest_us;
    if (run->is_recording) {
        rv_recorder_input(&run->recorder, input);
    }
    (void)!rv_engine_push(run->engine, input);
}

static void
push_command(live_run *const run, const rv_command *const command)
{
    const size_t   room  = RV_COMMAND_HEADER + (size_t)command->n_blob;
    uint8_t *const bytes = malloc(room);
    rv_writer      w     = {.bytes = bytes, .size = room};
    if (!bytes || rv_command_encode(command, &w) != RV_OK) {
        free(bytes);
        return;
    }
    const uint64_t now   = rv_host_wall_us();
    rv_input       input = {.kind  = RV_INPUT_COMMAND,
                            .t_us  = now > run->newest_us ? now : run->newest_us,
                            .bytes = bytes,
                            .n     = w.at};
    push(run, &input);
    free(bytes);
}

static void
push_named(live_run *const run, const rv_queued_command *const queued)
{
    rv_command command = queued->command;
    command.blob       = (const uint8_t *)queued->actor;
    command.n_blob     = (uint32_t)strlen(queued->actor);
    push_command(run, &command);
}

/// Read the configuration again; what cannot be taken is said and changes nothing
static void
reload(live_run *const run)
{
    uint8_t   bytes[RV_SETTINGS_BYTES];
    rv_writer w = {.bytes = bytes, .size = sizeof bytes};
    char      why[512];
    if (!rv_host_reload(run->live->host, &w, why)) {
        fprintf(stderr, "ruview: not reloaded: %s\n", why);
        return;
    }
    const rv_command command = {
        .kind = RV_COMMAND_RELOAD, .blob = bytes, .n_blob = (uint32_t)w.at};
    push_command(run, &command);
    run->live->host->config = *rv_engine_get_config(run->engine);
    fputs("ruview: the configuration was read again\n", stderr);
    if (run->face) {
        const size_t n = rv_host_hello(run->live->host, run->text, metrics_room);
        rv_face_hello(run->face, run->text, n);
    }
}

static void
push_baseline(void *const context, const uint8_t *const bytes, const size_t n)
{
    const rv_command command = {
        .kind = RV_COMMAND_BASELINE, .blob = bytes, .n_blob = (uint32_t)n};
    push_command(context, &command);
}

static bool
push_baselines(live_run *const run, const char *const path)
{
    rv_calibration_store *const store = rv_calibration_store_read(path);
    const bool good = store && rv_calibration_store_each(store, push_baseline, run);
    rv_calibration_store_close(store);
    return good;
}

static void
take_datagram(void *const context, rv_input *const input)
{
    live_run *const run = context;
    rv_clash_push(&run->clash, input);
    push(run, input);
}

static void
receive(live_run *const run)
{
    rv_live_source_receive(&run->source, take_datagram, run);
    const rv_command lost = {.kind  = RV_COMMAND_SOCKET_LOSS,
                             .value = rv_live_source_lost(&run->source)};
    if (lost.value > 0) {
        push_command(run, &lost);
    }
}

// Silence is an input too: without datagrams, ticks carry the time
static void
tick(live_run *const run)
{
    const uint64_t now    = rv_host_wall_us();
    const uint64_t period = run->live->host->config.period_us;
    if (now >= run->newest_us + period) {
        rv_input input = {.kind = RV_INPUT_TICK, .t_us = now};
        push(run, &input);
    }
}

static void
publish_metrics(live_run *const run)
{
    if (run->is_recording) {
        rv_recorder_flush(&run->recorder);
    }
    if (!run->face) {
        return;
    }
    const unsigned clients = rv_face_clients(run->face);
    size_t n = rv_host_metrics_json(run->live->host, clients, run->text, metrics_room);
    rv_face_metrics(run->face, run->text, n);
    n = rv_host_metrics_text(run->live->host, clients, run->text, metrics_room);
    rv_face_prometheus(run->face, run->text, n);
}

static void
loop(live_run *const run)
{
    const uint64_t begin        = rv_host_now_ns(NULL);
    const uint64_t limit        = run->live->seconds * UINT64_C(1000000000);
    uint64_t       next_metrics = begin;
    const int      step_ms      = (int)(run->live->host->config.period_us / 2000U);
    while (!stop_asked) {
        rv_live_source_wait(&run->source, step_ms > 0 ? step_ms : 1);
        receive(run);
        tick(run);
        rv_queued_command queued;
        while (rv_command_queue_take(&run->commands, &queued)) {
            if (queued.command.kind == RV_COMMAND_RELOAD) {
                reload_asked = 1;
            } else {
                push_named(run, &queued);
            }
        }
        if (reload_asked) {
            reload_asked = 0;
            reload(run);
        }
        const uint64_t now = rv_host_now_ns(NULL);
        if (now >= next_metrics) {
            publish_metrics(run);
            next_metrics = now + UINT64_C(1000000000);
            if (run->live->as_json) {
                fflush(stdout);
            }
        }
        if (limit > 0 && now - begin >= limit) {
            break;
        }
    }
}

/// What somebody who starts it for the first time would ask
static void
print_hints(const live_run *const run, FILE *const out)
{
    const rv_live *const live = run->live;
    if (live->start_source) {
        fputs("          simulated: nobody real is seen\n", out);
    } else if (!live->interface &&
               strncmp(live->host->edge.udp_address, "127.", 4) == 0) {
        fputs("          from this machine alone; --udp-bind 0.0.0.0 takes those of "
              "nodes elsewhere\n",
              out);
    }
    if (live->seconds == 0) {
        fputs("Ctrl-C ends it\n", out);
    }
}

static bool
open_edges(live_run *const run)
{
    const rv_live *const live  = run->live;
    rv_host *const       host  = live->host;
    rv_live_place        place = {.address   = host->edge.udp_address,
                                  .port      = {host->edge.udp_port},
                                  .n_ports   = 1 + live->n_more_ports,
                                  .interface = live->interface};
    memcpy(place.port + 1, live->more_port, sizeof live->more_port);
    if (!rv_live_source_open(&run->source, &place)) {
        return false;
    }
    if (!rv_host_start(host, take_cycle, run)) {
        return false;
    }
    run->engine = host->engine;
    if (host->edge.signing_key[0] != '\0' &&
        rv_signer_open(&run->signer, host->edge.signing_key) != RV_OK) {
        fprintf(stderr,
                "ruview: %s is no Ed25519 private key; openssl genpkey -algorithm "
                "ed25519 makes one\n",
                host->edge.signing_key);
        return false;
    }
    if (live->record_path) {
        run->is_recording = rv_recorder_open(&run->recorder, live->record_path,
                                             run->engine, rv_host_wall_us());
        if (!run->is_recording) {
            return false;
        }
        run->recorder.signer = run->signer;
    }
    if (host->edge.history_file[0] != '\0') {
        run->chronicle =
            rv_chronicle_open(host->edge.history_file, run->engine, run->signer);
        if (!run->chronicle) {
            return false;
        }
    }
    if (host->edge.mqtt_host[0] != '\0') {
        run->home = rv_home_open(&host->edge, &host->config);
        if (!run->home) {
            return false;
        }
    }
    if (!live->page) {
        return true;
    }
    run->face = rv_face_open(&host->edge, live->token, &run->commands);
    if (!run->face) {
        return false;
    }
    const size_t n = rv_host_hello(host, run->text, metrics_room);
    rv_face_hello(run->face, run->text, n);
    return true;
}

static void
close_edges(live_run *const run)
{
    if (run->engine) {
        rv_engine_finish(run->engine);
    }
    rv_face_close(run->face);
    rv_home_close(run->home);
    (void)!rv_chronicle_close(run->chronicle);
    if (run->is_recording) {
        rv_recorder_flush(&run->recorder);
        fprintf(stderr, "recorded  %llu inputs, %llu bytes in %s\n",
                (unsigned long long)run->recorder.inputs,
                (unsigned long long)run->recorder.bytes, run->live->record_path);
        (void)!rv_recorder_close(&run->recorder);
    }
    rv_live_source_close(&run->source);
}

int
rv_live_run(const rv_live *const live)
{
    live_run *const run = calloc(1, sizeof *run);
    if (!run) {
        return RV_EXIT_USAGE;
    }
#ifdef M_MMAP_THRESHOLD
    // Large blocks (snapshots of the world) go back to the system after use, so that
    // resident memory is what is held, the same after a day as after an hour
    mallopt(M_MMAP_THRESHOLD, 1 << 17);
#endif
    run->live              = live;
    run->live->host->clash = &run->clash;
    run->mode              = live->host->config.mode;
    rv_command_queue_init(&run->commands);
    struct sigaction action = {.sa_handler = ask_to_stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_handler = ask_to_reload;
    sigaction(SIGHUP, &action, NULL);

    bool good = open_edges(run);
    if (good && live->start_source) {
        good = live->start_source(live->context, rv_live_source_port(&run->source));
    }
    if (good) {
        FILE *const people = live->as_json ? stderr : stdout;
        if (run->face) {
            fprintf(people, "page      http://%s:%u/\n", live->host->edge.bind_address,
                    rv_face_port(run->face));
        }
        rv_live_source_print(&run->source, people);
        print_hints(run, people);
        fflush(people);
        if (live->baselines) {
            good = push_baselines(run, live->baselines);
        }
        if (live->calibrate_at_start) {
            const rv_command calibrate = {.kind  = RV_COMMAND_CALIBRATE_START,
                                          .value = live->calibrate_seconds};
            push_command(run, &calibrate);
        }
        if (good) {
            loop(run);
        }
    }
    close_edges(run);
    if (good) {
        rv_host_print_summary(live->host, stderr);
    }
    live->host->clash = NULL;
    rv_host_stop(live->host);
    rv_signer_close(run->signer);
    free(run);
    return good ? RV_EXIT_OK : RV_EXIT_USAGE;
}

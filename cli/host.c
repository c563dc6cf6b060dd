// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/host.h"

#include "cli/pose_shipped.h"
#include "platform/lend.h"

#include <ruview/base/version.h>
#include <ruview/frame/layout.h>
#include <ruview/platform/cpu.h>
#include <ruview/publish/json_metrics.h>
#include <ruview/publish/prometheus.h>

#include <jansson.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

uint64_t
rv_host_now_ns(void *const unused)
{
    (void)unused;
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec;
}

uint64_t
rv_host_wall_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000U + (uint64_t)t.tv_nsec / 1000U;
}

bool
rv_host_configure(rv_host *const host, const char *const path)
{
    memset(host, 0, sizeof *host);
    host->config          = rv_engine_config_default();
    host->config.cpu_mask = rv_cpu_mask();
    host->edge            = rv_edge_config_default();
    host->edge_file       = host->edge;
    if (!path) {
        return true;
    }
    host->path = path;
    char error[RV_CONFIG_ERROR_BYTES];
    if (rv_config_load(path, &host->config, &host->edge, error) != RV_OK) {
        fprintf(stderr, "ruview: %s\n", error);
        return false;
    }
    host->edge_file = host->edge;
    return true;
}

bool
rv_host_set_threads(rv_host *const host, const char *const text)
{
    char               *end = NULL;
    const unsigned long n   = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || n < 1 || n > RV_MAX_WORKERS) {
        fprintf(stderr, "ruview: --threads must be a number from 1 to %d, not '%s'\n",
                RV_MAX_WORKERS, text);
        return false;
    }
    host->config.n_workers = (uint8_t)n;
    return true;
}

/// The model that is part of the program
static bool
take_pose_model(rv_host *const host)
{
    const char *why = NULL;
    if (rv_n_pose_shipped == 0) {
        fputs("ruview: configuration: pose: this program ships no model\n", stderr);
        return false;
    }
    rv_status status =
        rv_pose_file_parse(rv_pose_shipped, rv_n_pose_shipped, &host->pose, &why);
    if (status == RV_OK) {
        status = rv_engine_set_pose_model(host->engine, rv_pose_file_model(host->pose));
    }
    if (status != RV_OK) {
        fprintf(stderr, "ruview: the pose model: %s\n",
                why ? why : rv_status_text(status));
    }
    return status == RV_OK;
}

bool
rv_host_start(rv_host *const host, rv_engine_sink *const sink, void *const context)
{
    const char *why = NULL;
    if (rv_engine_config_check(&host->config, &why) != RV_OK) {
        fprintf(stderr, "ruview: configuration: %s\n", why);
        return false;
    }
    rv_status status = rv_engine_size(&host->config, &host->n_memory);
    if (status == RV_OK) {
        host->memory = rv_lend(host->n_memory);
        status       = host->memory ? rv_engine_init(&host->engine, &host->config,
                                                     host->memory, host->n_memory)
                                    : RV_ERR_MEMORY;
    }
    if (status != RV_OK) {
        fprintf(stderr, "ruview: the engine does not start: %s\n",
                rv_status_text(status));
        rv_host_stop(host);
        return false;
    }
    if (host->config.pose && !take_pose_model(host)) {
        rv_host_stop(host);
        return false;
    }
    host->started_ns = rv_host_now_ns(NULL);
    rv_engine_set_sink(host->engine, sink, context);
    rv_engine_set_clock(host->engine, rv_host_now_ns, NULL);
    if (host->config.n_workers > 1) {
        host->workers = rv_workers_create(host->config.n_workers);
        rv_engine_set_parallel(host->engine, host->workers ? rv_workers_run : NULL,
                               host->workers);
    }
    return true;
}

void
rv_host_stop(rv_host *const host)
{
    rv_workers_destroy(host->workers);
    free(host->memory);
    rv_pose_file_close(host->pose);
    host->pose    = NULL;
    host->workers = NULL;
    host->memory  = NULL;
    host->engine  = NULL;
}

// ---- numbers for people

enum { n_counters = 6 };

typedef struct {
    rv_metrics         metrics;
    rv_metrics_stage   stage[RV_N_STAGES];
    rv_metrics_counter counter[n_counters];
    uint8_t            clashes[RV_CLASH_NODES];
} host_metrics;

static uint64_t
resident_bytes(void)
{
    unsigned long pages = 0;
    FILE *const   file  = fopen("/proc/self/statm", "r");
    if (file) {
        if (fscanf(file, "%*u %lu", &pages) != 1) {
            pages = 0;
        }
        fclose(file);
    }
    return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
measure(const rv_host *const host, const unsigned clients, host_metrics *const out)
{
    const rv_engine_counters *const counters = rv_engine_get_counters(host->engine);
    for (int s = 0; s < RV_N_STAGES; ++s) {
        const rv_histogram *const h =
            rv_engine_get_histogram(host->engine, (rv_stage)s);
        const uint32_t budget = rv_stage_budget_us((rv_stage)s);
        out->stage[s]         = (rv_metrics_stage){
                    .stage       = rv_stage_name((rv_stage)s),
                    .calls       = h->count,
                    .p50_us      = (float)rv_histogram_quantile(h, 500000) * 1e-3F,
                    .p99_us      = (float)rv_histogram_quantile(h, 990000) * 1e-3F,
                    .max_us      = (float)h->max_ns * 1e-3F,
                    .budget_us   = (float)budget,
                    .over_budget = rv_histogram_above(h, (uint64_t)budget * 1000U),
                    .sum_s       = (double)h->sum_ns * 1e-9};
    }
    const rv_metrics_counter counter[n_counters] = {
        {"inputs", counters->inputs},
        {"datagrams", counters->datagrams},
        {"frames_accepted", counters->frames_accepted},
        {"frames_refused", counters->frames_refused},
        {"frames_lost", counters->lost},
        {"datagrams_shed", counters->noted[RV_REASON_OVERLOAD]},
    };
    memcpy(out->counter, counter, sizeof counter);
    out->metrics = (rv_metrics){
        .uptime_s   = (double)(rv_host_now_ns(NULL) - host->started_ns) * 1e-9,
        .cycles     = counters->cycles,
        .rss_bytes  = resident_bytes(),
        .clients    = clients,
        .n_stages   = RV_N_STAGES,
        .n_counters = n_counters,
        .stages     = out->stage,
        .counters   = out->counter,
        .refused    = counters->refused,
        .clashes    = out->clashes};
    if (host->clash) {
        out->metrics.n_clashes =
            (uint16_t)rv_clash_list(host->clash, rv_host_wall_us(), out->clashes);
    }
}

size_t
rv_host_metrics_json(const rv_host *const host, const unsigned clients, char *const out,
                     size_t room)
{
    host_metrics m;
    measure(host, clients, &m);
    return rv_json_metrics(&m.metrics, out, &room) == RV_OK ? room : 0;
}

size_t
rv_host_metrics_text(const rv_host *const host, const unsigned clients, char *const out,
                     size_t room)
{
    host_metrics m;
    measure(host, clients, &m);
    return rv_prometheus(&m.metrics, NULL, out, &room) == RV_OK ? room : 0;
}

// ---- hello

static json_t *
numbers(const float *const value, const int n)
{
    json_t *const list = json_array();
    for (int i = 0; i < n; ++i) {
        // Millimetres: what a configuration says, without the tail of binary floats
        json_array_append_new(
            list, json_real((double)(int32_t)(value[i] * 1000.0F) / 1000.0));
    }
    return list;
}

static json_t *
tx_text(const uint64_t tx)
{
    char text[17];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)tx);
    return json_string(text);
}

static json_t *
hello_places(const rv_engine_config *const config, json_t *const hello)
{
    json_t *const nodes = json_array();
    json_t *const txs   = json_array();
    json_t *const zones = json_array();
    for (int i = 0; i < config->n_nodes; ++i) {
        const rv_node_config *const node = &config->node[i];
        json_array_append_new(
            nodes,
            json_pack("{s:i,s:s,s:o}", "node_id", node->node, "name", node->name,
                      "position",
                      node->has_position ? numbers(node->position_m, 3) : json_null()));
    }
    for (int i = 0; i < config->n_transmitters; ++i) {
        const rv_transmitter_config *const tx = &config->transmitter[i];
        json_array_append_new(txs, json_pack("{s:o,s:s,s:o}", "tx", tx_text(tx->tx),
                                             "name", tx->name, "position",
                                             numbers(tx->position_m, 3)));
    }
    for (int i = 0; i < config->n_zones; ++i) {
        json_t *const polygon = json_array();
        for (int v = 0; v < config->zone[i].n_vertices; ++v) {
            json_array_append_new(polygon, numbers(config->zone[i].vertex_m[v], 2));
        }
        json_array_append_new(zones,
                              json_pack("{s:i,s:s,s:o}", "zone", i, "name",
                                        config->zone[i].name, "polygon_m", polygon));
    }
    json_object_set_new(hello, "nodes", nodes);
    json_object_set_new(hello, "transmitters", txs);
    json_object_set_new(hello, "zones", zones);
    return hello;
}

static void
hello_lists(json_t *const hello)
{
    uint32_t               n       = 0;
    const rv_layout *const table   = rv_layout_table(&n);
    json_t *const          layouts = json_array();
    json_t *const          reasons = json_array();
    for (uint32_t i = 0; i < n; ++i) {
        json_array_append_new(layouts,
                              json_pack("{s:i,s:s,s:i}", "layout", table[i].id, "name",
                                        table[i].name, "tones",
                                        table[i].segment[table[i].primary].n_tones));
    }
    for (int r = 0; r < RV_REASON_COUNT; ++r) {
        json_array_append_new(reasons, json_pack("{s:s,s:s}", "reason",
                                                 rv_reason_name((rv_reason)r), "text",
                                                 rv_reason_text((rv_reason)r)));
    }
    json_object_set_new(hello, "layouts", layouts);
    json_object_set_new(hello, "reasons", reasons);
}

size_t
rv_host_hello(const rv_host *const host, char *const out, const size_t room)
{
    char                run[2 * RV_DIGEST_BYTES + 1];
    const rv_run_header header = rv_engine_get_run_header(host->engine);
    uint8_t             digest[RV_DIGEST_BYTES];
    rv_run_digest(&header, digest);
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        snprintf(run + (ptrdiff_t)2 * i, 3, "%02x", digest[i]);
    }
    const rv_engine_config *const config = &host->config;
    json_t *const                 hello =
        json_pack("{s:s,s:i,s:s,s:i,s:i,s:s,s:b,s:i,s:o}", "type", "hello", "schema", 1,
                  "software", RV_VERSION, "record_format", RV_RECORD_FORMAT,
                  "digest_epoch", RV_DIGEST_EPOCH, "run", run, "synthetic",
                  config->allow_synthetic, "period_us", (int)config->period_us, "room",
                  config->has_room ? json_pack("{s:s,s:o}", "name", config->room_name,
                                               "size_m", numbers(config->room_m, 3))
                                   : json_null());
    hello_places(config, hello);
    hello_lists(hello);
    const size_t n = json_dumpb(hello, out, room, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(hello);
    return n <= room ? n : 0;
}

// ---- summary

void
rv_host_print_summary(const rv_host *const host, FILE *const out)
{
    const rv_engine_counters *const c = rv_engine_get_counters(host->engine);
    fprintf(out, "cycles    %llu\nframes    %llu accepted, %llu refused, %llu lost\n",
            (unsigned long long)c->cycles, (unsigned long long)c->frames_accepted,
            (unsigned long long)c->frames_refused, (unsigned long long)c->lost);
    for (int r = 1; r < RV_REASON_COUNT; ++r) {
        if (c->refused[r] > 0) {
            fprintf(out, "refused   %llu %s: %s\n", (unsigned long long)c->refused[r],
                    rv_reason_name((rv_reason)r), rv_reason_text((rv_reason)r));
        }
    }
    for (int r = 1; r < RV_REASON_COUNT; ++r) {
        if (c->noted[r] > 0) {
            fprintf(out, "noted     %llu %s: %s\n", (unsigned long long)c->noted[r],
                    rv_reason_name((rv_reason)r), rv_reason_text((rv_reason)r));
        }
    }
}

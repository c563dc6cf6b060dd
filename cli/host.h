// SPDX-License-Identifier: MIT
/**
   @file host.h
   An engine with its memory, its clock for the histograms, and its numbers for people:
   what replay, serve and demo have in common.
*/
#ifndef RV_CLI_HOST_H
#define RV_CLI_HOST_H

#include "cli/clash.h"

#include <ruview/engine/engine.h>
#include <ruview/platform/config_file.h>
#include <ruview/platform/pose_file.h>
#include <ruview/platform/workers.h>

#include <stdio.h>

typedef struct {
    rv_engine_config config;
    rv_edge_config   edge;
    rv_edge_config  edge_file; ///< As the file says, before options of the command line
    const char     *path;      ///< Of the configuration; NULL: none
    rv_engine      *engine;
    void           *memory;
    size_t          n_memory;
    uint64_t        started_ns;
    rv_workers     *workers; ///< NULL: one thread
    rv_pose_file   *pose;    ///< NULL: no model
    const rv_clash *clash;   ///< Of a live run; NULL: none
} rv_host;

/// Defaults, or what `path` says; prints the reason and returns false when it cannot
bool rv_host_configure(rv_host *host, const char *path);

/**
   Read the configuration again. What a running engine can take (engine/settings.h) is
   encoded for it; anything else that differs needs a restart, and nothing is taken.

   @param out  O  Bytes of a RELOAD command.
   @param why  O  On failure: the reason and the next step.
*/
bool rv_host_reload(const rv_host *host, rv_writer *out, char why[512]);

/// Start the engine from host->config; prints the reason and returns false on failure
bool rv_host_start(rv_host *host, rv_engine_sink *sink, void *context);

void rv_host_stop(rv_host *host);

/// One line of text, the object `hello` of docs/schema.md; returns its length
size_t rv_host_hello(const rv_host *host, char *out, size_t room);

/// The object `metrics`
size_t rv_host_metrics_json(const rv_host *host, unsigned clients, char *out,
                            size_t room);

/// The same as Prometheus text
size_t rv_host_metrics_text(const rv_host *host, unsigned clients, char *out,
                            size_t room);

/// What was taken and refused, for people
void rv_host_print_summary(const rv_host *host, FILE *out);

/// Parse a thread count for host->config; prints the reason and returns false
bool rv_host_set_threads(rv_host *host, const char *text);

/// Monotonic and wall time
uint64_t rv_host_now_ns(void *unused);
uint64_t rv_host_wall_us(void);

#endif // RV_CLI_HOST_H

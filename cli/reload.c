// SPDX-License-Identifier: MIT
// Reading the configuration again while the engine runs.
#define _GNU_SOURCE
#include "cli/host.h"

#include <ruview/engine/settings.h>

#include <string.h>

/// What of the edges differs, or NULL
static const char *
edge_difference(const rv_edge_config *const a, const rv_edge_config *const b)
{
    bool names = a->n_hosts == b->n_hosts && a->n_origins == b->n_origins;
    for (int i = 0; names && i < a->n_hosts; ++i) {
        names = strcmp(a->host[i], b->host[i]) == 0;
    }
    for (int i = 0; names && i < a->n_origins; ++i) {
        names = strcmp(a->origin[i], b->origin[i]) == 0;
    }
    const bool server = strcmp(a->bind_address, b->bind_address) == 0 &&
                        a->http_port == b->http_port &&
                        strcmp(a->token_file, b->token_file) == 0 &&
                        strcmp(a->tls_certificate, b->tls_certificate) == 0 &&
                        strcmp(a->tls_key, b->tls_key) == 0;
    const bool udp = strcmp(a->udp_address, b->udp_address) == 0 &&
                     strcmp(a->udp_interface, b->udp_interface) == 0 &&
                     a->udp_port == b->udp_port && a->n_udp_listen == b->n_udp_listen &&
                     memcmp(a->udp_listen, b->udp_listen, sizeof a->udp_listen) == 0;
    return !server || !names ? "server"
           : !udp            ? "udp"
           : strcmp(a->mqtt_host, b->mqtt_host) != 0 || a->mqtt_port != b->mqtt_port
               ? "mqtt"
           : strcmp(a->history_file, b->history_file) != 0 ? "history"
           : strcmp(a->signing_key, b->signing_key) != 0   ? "privacy: signing_key"
                                                           : NULL;
}

bool
rv_host_reload(const rv_host *const host, rv_writer *const out, char why[512])
{
    char               error[RV_CONFIG_ERROR_BYTES];
    const char        *differs = NULL;
    rv_engine_settings settings;
    rv_engine_config   config = rv_engine_config_default();
    rv_edge_config     edge   = rv_edge_config_default();
    if (!host->path) {
        snprintf(why, 512, "this run was started without a configuration file");
        return false;
    }
    if (rv_config_load(host->path, &config, &edge, error) != RV_OK) {
        snprintf(why, 512, "%.480s", error);
        return false;
    }
    // Not in the file, but of the run
    config.allow_synthetic = host->config.allow_synthetic;
    config.cpu_mask        = host->config.cpu_mask;
    config.sink            = host->config.sink;
    config.n_workers       = host->config.n_workers;
    config.digests         = host->config.digests;
    differs                = edge_difference(&host->edge_file, &edge);
    if (differs || rv_engine_settings_check(rv_engine_get_config(host->engine), &config,
                                            &differs) != RV_OK) {
        snprintf(why, 512, "%s: changed; that needs a restart, nothing was taken",
                 differs);
        return false;
    }
    rv_engine_settings_of(&config, &settings);
    return rv_engine_settings_encode(&settings, out) == RV_OK;
}

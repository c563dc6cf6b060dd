// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/live_options.h"

#include "cli/verb.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *config, *bind, *udp_bind, *port, *udp_port, *seconds, *seed, *mode;
} texts;

static bool
number(const char *const text, const char *const what, const unsigned long most,
       unsigned long *const out)
{
    char *end = NULL;
    *out      = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || *out > most) {
        fprintf(stderr, "ruview: %s must be a number from 0 to %lu, not '%s'\n", what,
                most, text);
        return false;
    }
    return true;
}

static bool
add_port(rv_live *const live, const uint16_t port)
{
    if (live->n_more_ports == RV_LIVE_PORTS - 1) {
        fprintf(stderr, "ruview: at most %d ports are listened to\n", RV_LIVE_PORTS);
        return false;
    }
    live->more_port[live->n_more_ports++] = port;
    return true;
}

static bool
take_port(rv_live *const live, const char *const text)
{
    unsigned long n = 0;
    return number(text, "--listen", 65535, &n) && add_port(live, (uint16_t)n);
}

static bool
is_loopback(const char *const address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
           strcmp(address, "localhost") == 0;
}

static bool
apply(const texts *const given, rv_live_options *const out)
{
    unsigned long n = 0;
    if (!rv_host_configure(&out->host, given->config)) {
        return false;
    }
    rv_edge_config *const edge = &out->host.edge;
    if (given->bind) {
        snprintf(edge->bind_address, sizeof edge->bind_address, "%s", given->bind);
    }
    if (given->udp_bind) {
        snprintf(edge->udp_address, sizeof edge->udp_address, "%s", given->udp_bind);
    }
    if (given->port) {
        if (!number(given->port, "--port", 65535, &n)) {
            return false;
        }
        edge->http_port = (uint16_t)n;
    }
    if (given->udp_port) {
        if (!number(given->udp_port, "--udp-port", 65535, &n)) {
            return false;
        }
        edge->udp_port = (uint16_t)n;
    }
    if (given->seconds) {
        if (!number(given->seconds, "--seconds", 1000000000, &n)) {
            return false;
        }
        out->live.seconds = n;
    }
    if (given->seed) {
        if (!number(given->seed, "--seed", 0xFFFFFFFF, &n)) {
            return false;
        }
        out->seed = n;
    }
    for (int i = 0; i < edge->n_udp_listen; ++i) {
        if (!add_port(&out->live, edge->udp_listen[i])) {
            return false;
        }
    }
    if (!out->live.interface && edge->udp_interface[0]) {
        out->live.interface = edge->udp_interface;
    }
    // Whatever a configuration says: only `demo` takes simulated datagrams
    out->host.config.allow_synthetic = false;
    out->host.config.sink =
        is_loopback(edge->bind_address) ? RV_SINK_LOCAL : RV_SINK_NETWORK;
    out->live.host = &out->host;
    return true;
}

bool
rv_live_parse(const int argc, char **const argv, const unsigned which,
              const char *const help, rv_live_options *const out,
              const char **const from, int *const rest, int *const code)
{
    enum {
        o_bind = 256,
        o_udp_bind,
        o_port,
        o_udp_port,
        o_listen,
        o_interface,
        o_seconds,
        o_seed,
        o_from,
        o_base
    };
    static const struct option options[] = {
        {"config", required_argument, NULL, 'c'},
        {"format", required_argument, NULL, 'F'},
        {"output", required_argument, NULL, 'o'},
        {"bind", required_argument, NULL, o_bind},
        {"port", required_argument, NULL, o_port},
        {"udp-bind", required_argument, NULL, o_udp_bind},
        {"udp-port", required_argument, NULL, o_udp_port},
        {"listen", required_argument, NULL, o_listen},
        {"interface", required_argument, NULL, o_interface},
        {"seconds", required_argument, NULL, o_seconds},
        {"seed", required_argument, NULL, o_seed},
        {"from", required_argument, NULL, o_from},
        {"baselines", required_argument, NULL, o_base},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0}};
    texts given = {.config = NULL};
    memset(out, 0, sizeof *out);
    *code = RV_EXIT_USAGE;
    for (int c; (c = getopt_long(argc, argv, "c:F:o:h", options, NULL)) != -1;) {
        bool known = true;
        switch (c) {
        case 'c':
            given.config = optarg;
            break;
        case 'F':
            out->live.as_json = strcmp(optarg, "json") == 0;
            if (!out->live.as_json && strcmp(optarg, "text") != 0) {
                fprintf(stderr, "ruview: format is text or json, not '%s'\n", optarg);
                return false;
            }
            break;
        case 'o':
            out->live.record_path = optarg;
            break;
        case o_bind:
            given.bind = optarg;
            break;
        case o_udp_bind:
            given.udp_bind = optarg;
            break;
        case o_port:
            given.port = optarg;
            break;
        case o_udp_port:
            given.udp_port = optarg;
            break;
        case o_listen:
            if (!take_port(&out->live, optarg)) {
                return false;
            }
            break;
        case o_interface:
            out->live.interface = optarg;
            known               = (which & RV_LIVE_DEMO) == 0;
            break;
        case o_seconds:
            given.seconds = optarg;
            break;
        case o_seed:
            given.seed = optarg;
            known      = (which & RV_LIVE_DEMO) != 0;
            break;
        case o_base:
            out->live.baselines = optarg;
            break;
        case o_from:
            *from = optarg;
            known = (which & RV_LIVE_FROM) != 0;
            break;
        case 'h':
            fputs(help, stdout);
            *code = RV_EXIT_OK;
            return false;
        default:
            known = false;
        }
        if (!known) {
            (void)rv_misused(argv[0],
                             c == '?' ? NULL : "that option is of another verb");
            return false;
        }
    }
    *rest = optind;
    return apply(&given, out);
}

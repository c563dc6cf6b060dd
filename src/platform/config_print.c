// SPDX-License-Identifier: MIT
#include <ruview/platform/config_print.h>

#include <stdarg.h>
#include <stdio.h>

typedef struct {
    char  *text;
    size_t room;
    size_t at;
} printer;

__attribute__((format(printf, 2, 3))) static void
say(printer *const p, const char *const format, ...)
{
    va_list args;
    va_start(args, format);
    const int n = vsnprintf(p->text + p->at, p->room - p->at, format, args);
    va_end(args);
    if (n >= 0 && (size_t)n < p->room - p->at) {
        p->at += (size_t)n;
    } else {
        p->room = p->at; // full: nothing more fits
    }
}

// Nine digits bring a float back to the same bits
static void
say_numbers(printer *const p, const float *const value, const int n)
{
    say(p, "[");
    for (int i = 0; i < n; ++i) {
        say(p, "%s%.9g", i > 0 ? ", " : "", (double)value[i]);
    }
    say(p, "]");
}

static void
say_name(printer *const p, const char *const name)
{
    if (name[0] != '\0') {
        say(p, "\n    name: \"");
        for (const char *c = name; *c; ++c) {
            say(p, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
        }
        say(p, "\"");
    }
}

static void
say_nodes(printer *const p, const rv_engine_config *const config)
{
    say(p, config->n_nodes > 0 ? "nodes:\n" : "");
    for (int i = 0; i < config->n_nodes; ++i) {
        const rv_node_config *const node = &config->node[i];
        say(p, "  - id: %u", node->node);
        say_name(p, node->name);
        if (node->has_position) {
            say(p, "\n    position: ");
            say_numbers(p, node->position_m, 3);
        }
        if (node->tx != 0) {
            say(p, "\n    transmitter: \"%016llx\"", (unsigned long long)node->tx);
        }
        say(p, "\n");
    }
    say(p, config->n_transmitters > 0 ? "transmitters:\n" : "");
    for (int i = 0; i < config->n_transmitters; ++i) {
        const rv_transmitter_config *const tx = &config->transmitter[i];
        say(p, "  - id: \"%016llx\"", (unsigned long long)tx->tx);
        say_name(p, tx->name);
        say(p, "\n    position: ");
        say_numbers(p, tx->position_m, 3);
        say(p, "\n");
    }
}

static void
say_zones(printer *const p, const rv_engine_config *const config)
{
    say(p, config->n_zones > 0 ? "zones:\n" : "");
    for (int i = 0; i < config->n_zones; ++i) {
        const rv_zone_config *const zone = &config->zone[i];
        say(p, "  - polygon: [");
        for (int v = 0; v < zone->n_vertices; ++v) {
            say(p, v > 0 ? ", " : "");
            say_numbers(p, zone->vertex_m[v], 2);
        }
        say(p, "]");
        say_name(p, zone->name);
        say(p, "\n");
    }
}

size_t
rv_config_print(const rv_engine_config *const config, char *const out,
                const size_t room)
{
    static const char *const modes[] = {"raw_research", "private_home",
                                        "enterprise_anonymous", "care_with_consent",
                                        "strict_no_identity"};
    static const char *const sinks[] = {"local", "network", "matter"};
    printer                  p       = {.text = out, .room = room};
    if (config->has_room) {
        say(&p, "room:");
        say_name(&p, config->room_name);
        say(&p, "\n    size: ");
        say_numbers(&p, config->room_m, 3);
        say(&p, "\n");
    }
    say_nodes(&p, config);
    say_zones(&p, config);
    say(&p, "privacy: {mode: %s, consent: %s, vitals: %s}\n", modes[config->mode],
        config->consent ? "true" : "false", config->vitals_opt_in ? "true" : "false");
    say(&p, config->pose ? "pose: true\n" : "");
    say(&p, "timing: {period_us: %u, lateness_us: %u, no_data_us: %u}\n",
        config->period_us, config->lateness_us, config->no_data_us);
    say(&p, "run: {simulated: %s, sink: %s}\n",
        config->allow_synthetic ? "true" : "false", sinks[config->sink]);
    return p.at < p.room ? p.at : 0;
}

// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L // strdup, open_memstream
#include "cli/progress.h"
#include "cli/scenario_file.h"
#include "cli/verb.h"
#include "platform/lend.h"

#include <ruview/capture/adr018.h>
#include <ruview/capture/pcapng.h>
#include <ruview/platform/config_print.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview simulate SCENARIO [-o FILE.pcapng] [--truth FILE] [--site FILE]\n"
    "                       [--seconds N] [--seed N] [--quiet]\n"
    "       ruview simulate --list\n\n"
    "Simulates a room and writes what its nodes would send. SCENARIO is a name from\n"
    "--list or a YAML file. Beside the output lie the truth (JSON Lines, 20 a second)\n"
    "and the site, a configuration with the places of nodes and transmitters, which "
    "also\n"
    "travels inside the recording. Where the room stands empty at first, the "
    "recording\n"
    "holds the command to calibrate then.\n"
    "  ruview simulate one-walker -o walk.pcapng\n"
    "  ruview replay walk.pcapng\n\n"
    "  -o FILE        the recording (SCENARIO.pcapng)\n"
    "  --truth FILE   the truth (FILE.truth.jsonl)\n"
    "  --site FILE    the configuration of the site (FILE.site.yaml)\n"
    "  --seconds N    how long (what the scenario says)\n"
    "  --seed N       another seed than the scenario's\n"
    "  --quiet        no progress\n\n"
    "Exit codes: 0 written, 2 wrong usage or a file that cannot be read or written.\n";

typedef struct {
    const char *scenario, *out, *truth, *site;
    double      seconds;
    uint64_t    seed;
    bool        has_seconds, has_seed, quiet, list, help;
} arguments;

static bool
parse_number(const char *const text, double *const out)
{
    char *end = NULL;
    *out      = strtod(text, &end);
    return end != text && *end == '\0' && *out > 0.0 && *out <= 1e7;
}

static bool
parse_seed(const char *const text, uint64_t *const out)
{
    char *end = NULL;
    errno     = 0;
    *out      = strtoull(text, &end, 10);
    return end != text && *end == '\0' && errno == 0 && text[0] != '-';
}

static const char *
parse(const int argc, char **const argv, arguments *const a)
{
    *a            = (arguments){0};
    bool is_plain = false; // behind --
    for (int i = 1; i < argc; ++i) {
        const char *const word  = argv[i];
        const char *const value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!is_plain && strcmp(word, "--") == 0) {
            is_plain = true;
        } else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
            a->help = true;
        } else if (strcmp(word, "--list") == 0) {
            a->list = true;
        } else if (strcmp(word, "--quiet") == 0 || strcmp(word, "-q") == 0) {
            a->quiet = true;
        } else if (is_plain || word[0] != '-') {
            if (a->scenario) {
                return "one scenario at a time";
            }
            a->scenario = word;
        } else if (!value) {
            return "an option lacks its value";
        } else {
            ++i;
            if (strcmp(word, "-o") == 0) {
                a->out = value;
            } else if (strcmp(word, "--truth") == 0) {
                a->truth = value;
            } else if (strcmp(word, "--site") == 0) {
                a->site = value;
            } else if (strcmp(word, "--seconds") == 0) {
                a->has_seconds = true;
                if (!parse_number(value, &a->seconds)) {
                    return "--seconds takes a number above 0, at most 10000000";
                }
            } else if (strcmp(word, "--seed") == 0) {
                a->has_seed = true;
                if (!parse_seed(value, &a->seed)) {
                    return "--seed takes a whole number";
                }
            } else {
                return "unknown option";
            }
        }
    }
    if (a->help || a->list) {
        return NULL;
    }
    return !a->scenario ? "name a scenario" : NULL;
}

/// `path` with another ending: x.pcapng becomes x.truth.jsonl
static char *
beside(const char *const path, const char *const ending)
{
    const char *const dot   = strrchr(path, '.');
    const char *const slash = strrchr(path, '/');
    const size_t      n =
        dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
    char *const out = malloc(n + strlen(ending) + 1);
    if (out) {
        memcpy(out, path, n);
        strcpy(out + n, ending);
    }
    return out;
}

static bool
write_header(FILE *const file)
{
    uint8_t   bytes[RV_PCAPNG_HEADER];
    rv_writer w = {.bytes = bytes, .size = sizeof bytes};
    return rv_pcapng_write_header(&w) == RV_OK && fwrite(bytes, 1, w.at, file) == w.at;
}

static bool
write_input(const rv_input *const input, FILE *const file)
{
    uint8_t   bytes[RV_SIM_MAX_BYTES + 16384];
    rv_writer w = {.bytes = bytes, .size = sizeof bytes};
    return rv_pcapng_write(input, &w) == RV_OK && fwrite(bytes, 1, w.at, file) == w.at;
}

/// The configuration of the site, as a note that replay reads
static bool
write_site(const rv_sim *const sim, const rv_sim_config *const c, FILE *const file)
{
    char       *text = NULL;
    size_t      n    = 0;
    FILE *const to   = open_memstream(&text, &n);
    if (!to) {
        return false;
    }
    fputs(RV_CONFIG_NOTE, to);
    rv_scenario_print_site(to, sim, c);
    fclose(to);
    const rv_input note = {.kind  = RV_INPUT_NOTE,
                           .t_us  = c->start_us,
                           .bytes = (const uint8_t *)text,
                           .n     = n};
    const bool     good = write_input(&note, file);
    free(text);
    return good;
}

/// Seconds from the start in which nobody is there, at most 20
static float
empty_seconds(const rv_sim_config *const c)
{
    float empty = 20.0F;
    for (uint16_t i = 0; i < c->n_persons; ++i) {
        empty = c->person[i].from_s < empty ? c->person[i].from_s : empty;
    }
    return empty;
}

/// Somebody who sets such a room up calibrates it while it is empty
static bool
write_calibration(const rv_sim_config *const c, FILE *const file)
{
    enum { settle_s = 2, least_s = 10 };
    const uint64_t seconds = (uint64_t)empty_seconds(c);
    if (seconds < settle_s + least_s + 1) {
        return true;
    }
    uint8_t          bytes[RV_COMMAND_HEADER];
    rv_writer        w         = {.bytes = bytes, .size = sizeof bytes};
    const rv_command calibrate = {.kind  = RV_COMMAND_CALIBRATE_START,
                                  .value = seconds - settle_s - 1};
    if (rv_command_encode(&calibrate, &w) != RV_OK) {
        return false;
    }
    const rv_input input = {.kind  = RV_INPUT_COMMAND,
                            .t_us  = c->start_us + settle_s * 1000000U,
                            .bytes = bytes,
                            .n     = w.at};
    return write_input(&input, file);
}

static bool
write_packet(const rv_sim_packet *const p, FILE *const file)
{
    const rv_input input = {
        .kind  = RV_INPUT_DATAGRAM,
        .t_us  = p->t_us,
        .from  = rv_address_v4(UINT32_C(0x0A000000) + p->node, 50000),
        .to    = rv_address_v4(UINT32_C(0x0A0000FE), RV_ADR018_PORT),
        .bytes = p->bytes,
        .n     = p->n_bytes,
    };
    return write_input(&input, file);
}

/// Runs the simulator into both files
static bool
run(rv_sim *const sim, const rv_sim_config *const c, const double seconds,
    const bool quiet, FILE *const out, FILE *const truth, uint64_t *const n_packets)
{
    enum { truth_period_us = 50000 };
    const uint64_t end        = c->start_us + (uint64_t)(seconds * 1e6);
    uint64_t       next_truth = c->start_us;
    rv_progress    progress   = rv_progress_begin("simulate", quiet);
    bool           calibrated = false;
    bool           good       = write_header(out) && write_site(sim, c, out);
    while (good) {
        rv_sim_packet p;
        if (rv_sim_next(sim, &p) != RV_OK) {
            good = false;
            break;
        }
        for (; next_truth <= p.t_us && next_truth < end;
             next_truth += truth_period_us) {
            rv_sim_truth t;
            rv_sim_truth_at(sim, next_truth, &t);
            rv_scenario_print_truth(truth, &t);
        }
        if (p.t_us >= end) {
            break;
        }
        if (!calibrated && p.t_us >= c->start_us + 2000000U) {
            calibrated = true;
            good       = write_calibration(c, out);
        }
        good = good && write_packet(&p, out);
        ++*n_packets;
        rv_progress_show(&progress, (double)(p.t_us - c->start_us) / (seconds * 1e6));
    }
    rv_progress_end(&progress);
    return good;
}

static int
complain(const char *const path)
{
    fprintf(stderr, "ruview simulate: %s: %s\n", path, strerror(errno));
    return RV_EXIT_USAGE;
}

static int
simulate_into(const arguments *const a, const rv_sim_config *const c, rv_sim *const sim,
              const char *const truth_path, const char *const site_path)
{
    if (!rv_output_spares("simulate", a->out, a->scenario) ||
        !rv_output_spares("simulate", truth_path, a->scenario) ||
        !rv_output_spares("simulate", site_path, a->scenario)) {
        return RV_EXIT_USAGE;
    }
    FILE *const out   = fopen(a->out, "wb");
    FILE *const truth = out ? fopen(truth_path, "w") : NULL;
    FILE *const site  = truth ? fopen(site_path, "w") : NULL;
    if (!site) {
        const int code = complain(!out ? a->out : !truth ? truth_path : site_path);
        if (out) {
            fclose(out);
        }
        if (truth) {
            fclose(truth);
        }
        return code;
    }
    rv_scenario_print_site(site, sim, c);
    const double seconds = a->has_seconds ? a->seconds : (double)c->duration_s;
    uint64_t     n       = 0;
    bool         good    = run(sim, c, seconds, a->quiet, out, truth, &n);
    good &= fclose(out) == 0;
    good &= fclose(truth) == 0;
    good &= fclose(site) == 0;
    if (!good) {
        const int code = complain(a->out);
        rv_output_discard(a->out);
        rv_output_discard(truth_path);
        rv_output_discard(site_path);
        return code;
    }
    const rv_sim_counters counts = rv_sim_counts(sim);
    fprintf(
        stderr,
        "%s: %llu datagrams in %g s, %llu lost on the way; truth in %s, site in %s\n",
        a->out, (unsigned long long)n, seconds, (unsigned long long)counts.lost,
        truth_path, site_path);
    return RV_EXIT_OK;
}

/// The scenario's own name with the ending of a recording, in this folder
static char *
default_output(const char *const scenario)
{
    const char *const slash = strrchr(scenario, '/');
    return beside(slash ? slash + 1 : scenario, ".pcapng");
}

static int
simulate(const arguments *const a, const rv_sim_config *const c)
{
    size_t      n = 0;
    rv_sim      sim;
    void       *memory = NULL;
    char *const truth  = a->truth ? strdup(a->truth) : beside(a->out, ".truth.jsonl");
    char *const site   = a->site ? strdup(a->site) : beside(a->out, ".site.yaml");
    int         code   = RV_EXIT_USAGE;
    if (rv_sim_size(c, &n) == RV_OK) {
        memory = rv_lend(n);
    }
    if (memory && truth && site && rv_sim_init(&sim, c, memory, n) == RV_OK) {
        code = simulate_into(a, c, &sim, truth, site);
    } else {
        fputs("ruview simulate: no memory\n", stderr);
    }
    free(memory);
    free(truth);
    free(site);
    return code;
}

int
rv_verb_simulate(const int argc, char **const argv)
{
    arguments         a;
    const char *const wrong = parse(argc, argv, &a);
    if (wrong) {
        return rv_misused("simulate", wrong);
    }
    if (a.help) {
        fputs(help, stdout);
        return RV_EXIT_OK;
    }
    if (a.list) {
        for (const rv_scenario_shipped *s = rv_scenarios_shipped; s->name; ++s) {
            puts(s->name);
        }
        return RV_EXIT_OK;
    }
    static rv_sim_config config;
    char                 error[RV_SCENARIO_ERROR_BYTES];
    if (rv_scenario_load(a.scenario, &config, error) != RV_OK) {
        fprintf(stderr, "ruview simulate: %s\n", error);
        return RV_EXIT_USAGE;
    }
    if (a.has_seed) {
        config.seed = a.seed;
    }
    char *const chosen = a.out ? NULL : default_output(a.scenario);
    a.out              = a.out ? a.out : chosen;
    const int code     = a.out ? simulate(&a, &config) : RV_EXIT_USAGE;
    free(chosen);
    return code;
}

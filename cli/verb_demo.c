// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/live_options.h"
#include "cli/pose_shipped.h"
#include "cli/sim_source.h"
#include "cli/verb.h"

static const char help[] =
    "usage: ruview demo [OPTIONS] [SCENARIO]\n\n"
    "Watch a simulated flat live: simulated nodes send real datagrams over UDP to "
    "this\n"
    "machine, the pipeline works on them as on any others, the page shows the "
    "picture.\n"
    "Every record says that it is synthetic. Nobody real is seen, so the page shows "
    "all.\n\n"
    "SCENARIO is a name that `ruview simulate --list` tells, or a YAML file; else "
    "one-walker.\n\n"
    "  -c, --config FILE    server, mqtt, history, signing key; room and nodes are "
    "the\n"
    "                       simulated ones\n"
    "  -F, --format json    print every record to standard output, one per line\n"
    "  -o, --output FILE    record the run to FILE (pcapng) as well\n"
    "      --seed N         another world of the same scenario\n"
    "      --bind ADDRESS   address of the page (127.0.0.1)\n"
    "      --port N         its port (8080; 0: any free one)\n"
    "      --udp-port N     port of the nodes (5005; 0: any free one)\n"
    "      --seconds N      stop after N seconds (0: at Ctrl-C)\n"
    "  -h, --help           this text\n\n"
    "Exit codes: 0 stopped as asked, 2 wrong usage or a port that cannot be opened.\n";

// The room of the shipped scenarios stands empty for 20 s
enum { calibrate_seconds = 15 };

static bool
start_source(void *const context, const uint16_t port)
{
    return rv_sim_source_start(context, port);
}

int
rv_verb_demo(const int argc, char **const argv)
{
    static rv_live_options options;
    const char            *from = NULL;
    int                    rest = 0, code = 0;
    if (!rv_live_parse(argc, argv, RV_LIVE_RECORD | RV_LIVE_DEMO, help, &options, &from,
                       &rest, &code)) {
        return code;
    }
    if (rest + 1 < argc) {
        return rv_misused("demo", "one SCENARIO at a time");
    }
    rv_engine_config *const config = &options.host.config;
    rv_sim_source *const    source = rv_sim_source_open(
           rest < argc ? argv[rest] : "one-walker", options.seed, config);
    if (!source) {
        return RV_EXIT_USAGE;
    }
    config->allow_synthetic = true;
    config->mode            = RV_MODE_RAW_RESEARCH;
    config->pose =
        rv_n_pose_shipped > 0; // Of simulated bodies, by what simulated bodies taught
    options.live.page               = true;
    options.live.calibrate_at_start = true;
    options.live.calibrate_seconds  = calibrate_seconds;
    options.live.start_source       = start_source;
    options.live.context            = source;
    code                            = rv_live_run(&options.live);
    rv_sim_source_close(source);
    return code;
}

// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/live_options.h"
#include "cli/verb.h"

static const char help[] =
    "usage: ruview serve [OPTIONS]\n\n"
    "Listen to nodes on UDP, run the pipeline, serve the page and the streams.\n"
    "Only this machine is listened to and answered unless you say otherwise; another\n"
    "address for the page needs a token (server: token_file: in the configuration).\n\n"
    "  -c, --config FILE    rooms, nodes, zones, privacy (see packaging/ruview.yaml)\n"
    "  -o, --output FILE    record everything to FILE (pcapng) as well\n"
    "  -F, --format json    print every record to standard output, one per line\n"
    "      --bind ADDRESS   address of the page (127.0.0.1)\n"
    "      --port N         its port (8080; 0: any free one)\n"
    "      --udp-bind ADDR  address where nodes send to (127.0.0.1)\n"
    "      --udp-port N     its port (5005)\n"
    "      --listen N       one more port (5500 Nexmon, 5001 ESPectre); may be "
    "repeated\n"
    "      --interface IF   listen on a network interface instead (libpcap; needs the\n"
    "                       right CAP_NET_RAW): the ports above, 5001 and 5500\n"
    "      --baselines FILE start from these baselines (ruview calibrate -o FILE)\n"
    "      --seconds N      stop after N seconds (0: at Ctrl-C)\n"
    "  -h, --help           this text\n\n"
    "Exit codes: 0 stopped as asked, 2 wrong usage or a port that cannot be opened.\n";

int
rv_verb_serve(const int argc, char **const argv)
{
    static rv_live_options options;
    const char            *from = NULL;
    int                    rest = 0, code = 0;
    if (!rv_live_parse(argc, argv, RV_LIVE_RECORD, help, &options, &from, &rest,
                       &code)) {
        return code;
    }
    if (rest != argc) {
        return rv_misused("serve", "it takes options alone; -c FILE names the "
                                   "configuration");
    }
    options.live.page = true;
    return rv_live_run(&options.live);
}

// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/input_file.h"
#include "cli/live_options.h"
#include "cli/recorder.h"
#include "cli/verb.h"

static const char help[] =
    "usage: ruview record -o FILE [OPTIONS]\n"
    "       ruview record --from CAPTURE -o FILE [OPTIONS]\n\n"
    "Record what nodes send, as pcapng, with the configuration inside and the witness "
    "log\n"
    "beside it (FILE.witness.jsonl). With --from: run a capture of any format and "
    "write\n"
    "the recording of that run, which `ruview verify` can check.\n\n"
    "  -o, --output FILE    the recording; must not exist\n"
    "      --from CAPTURE   read this instead of listening\n"
    "  -c, --config FILE    rooms, nodes, zones, privacy\n"
    "      --udp-bind ADDR  address where nodes send to (127.0.0.1)\n"
    "      --udp-port N     its port (5005)\n"
    "      --listen N       one more port (5500 Nexmon, 5001 ESPectre); may be "
    "repeated\n"
    "      --interface IF   listen on a network interface instead (libpcap; needs the\n"
    "                       right CAP_NET_RAW): the ports above, 5001 and 5500\n"
    "      --baselines FILE start from these baselines (ruview calibrate -o FILE)\n"
    "      --seconds N      stop after N seconds (0: at Ctrl-C)\n"
    "  -h, --help           this text\n\n"
    "Exit codes: 0 recorded, 1 nothing was accepted, 2 wrong usage or no such file.\n";

static void
note_cycle(void *const recorder, const rv_cycle_output *const output)
{
    rv_recorder_cycle(recorder, output);
}

static int
record_from(rv_live_options *const options, const char *const from)
{
    rv_input_file   file;
    rv_recorder     recorder;
    rv_capture_item item;
    rv_host *const  host = &options->host;
    if (!rv_input_file_start(&file, &item, from, host, false, note_cycle, &recorder)) {
        return RV_EXIT_USAGE;
    }
    bool good = rv_recorder_open(&recorder, options->live.record_path, host->engine,
                                 item.input.t_us);
    if (!good) {
        rv_input_file_close(&file);
        rv_host_stop(host);
        return RV_EXIT_USAGE;
    }
    for (rv_status status = RV_OK; status == RV_OK;
         status           = rv_input_file_next(&file, &item)) {
        if (item.reason == RV_REASON_NONE) {
            rv_recorder_input(&recorder, &item.input);
            (void)!rv_engine_push(host->engine, &item.input);
        }
    }
    rv_engine_finish(host->engine);
    const bool any = rv_engine_get_counters(host->engine)->frames_accepted > 0;
    rv_host_print_summary(host, stdout);
    good = rv_recorder_close(&recorder);
    rv_input_file_close(&file);
    rv_host_stop(host);
    return !good ? RV_EXIT_USAGE : any ? RV_EXIT_OK : RV_EXIT_NEGATIVE;
}

int
rv_verb_record(const int argc, char **const argv)
{
    static rv_live_options options;
    const char            *from = NULL;
    int                    rest = 0, code = 0;
    if (!rv_live_parse(argc, argv, RV_LIVE_RECORD | RV_LIVE_FROM, help, &options, &from,
                       &rest, &code)) {
        return code;
    }
    if (rest != argc || !options.live.record_path) {
        return rv_misused("record", rest == argc ? "-o FILE is needed"
                                                 : "it takes options alone; -o FILE");
    }
    return from ? record_from(&options, from) : rv_live_run(&options.live);
}

// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/calibration_store.h"
#include "cli/guardrail.h"
#include "cli/host.h"
#include "cli/input_file.h"
#include "cli/stage_times.h"
#include "cli/verb.h"
#include "cli/witness_log.h"

#include <ruview/platform/cpu.h>

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char help[] =
    "usage: ruview replay [OPTIONS] FILE\n\n"
    "Run a capture (pcapng, pcap, JSON Lines, …) through the pipeline, as fast as it "
    "can.\n"
    "The same file gives the same records and the same witness on every machine.\n\n"
    "  -F, --format FMT    text (default): a summary; json: every record, one per "
    "line\n"
    "  -c, --config FILE   rooms, nodes, zones, privacy (default: what the file "
    "carries)\n"
    "  -o, --output FILE   write records there instead of standard output\n"
    "  -w, --witness FILE  write cycle, time and witness of every record, JSON Lines\n"
    "      --digests FILE  the same with a digest of every stage, for ruview diff\n"
    "      --guardrail FILE  write the distributions that a change must not move\n"
    "      --times         print what every stage took, in processor time\n"
    "      --baselines FILE  start from these baselines of the empty room (ruview "
    "calibrate)\n"
    "      --realtime      no faster than it was recorded\n"
    "      --threads N     threads that work at once, 1 to 8 (changes no bit)\n"
    "      --cpu MASK      instruction sets that may be used (changes speed, not "
    "bits)\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 done, 1 no frame was accepted, 2 wrong usage or unreadable file.\n";

typedef struct {
    rv_host      host;
    FILE        *records; ///< NULL: none wanted
    FILE        *witness;
    bool         realtime;
    bool         times;   ///< Print them at the end
    bool         digests; ///< The witness log names the digest of every stage
    bool         failed;  ///< Something could not be written
    FILE        *guardrail_file;
    rv_guardrail guardrail;
    uint64_t     first_us, began_us;
    uint8_t      last[RV_DIGEST_BYTES];
    uint64_t     cycles;
    uint64_t     unknown_presence, presence, persons_cycles;
    const char  *config_path;
    const char  *baselines; ///< NULL: none
} replay;

static void
print_hex(FILE *const out, const uint8_t *const bytes)
{
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        fprintf(out, "%02x", bytes[i]);
    }
}

static void
take_cycle(void *const context, const rv_cycle_output *const output)
{
    replay *const self = context;
    ++self->cycles;
    self->unknown_presence += (output->record->presence == RV_UNKNOWN);
    self->presence += (output->record->presence == RV_YES);
    self->persons_cycles += (output->record->n_persons > 0);
    if (self->guardrail_file) {
        rv_guardrail_push(&self->guardrail, output->record);
    }
    memcpy(self->last, output->record->witness, sizeof self->last);
    if (self->records) {
        fwrite(output->json, 1, output->n_json, self->records);
        fputc('\n', self->records);
    }
    if (self->witness &&
        (!rv_witness_log_attested(self->witness, output, NULL) ||
         !rv_witness_log_cycle(self->witness, output, self->digests))) {
        self->failed = true;
    }
}

static void
push_baseline(void *const context, const uint8_t *const bytes, const size_t n)
{
    replay *const    self    = context;
    const size_t     room    = RV_COMMAND_HEADER + n;
    uint8_t *const   encoded = malloc(room);
    rv_writer        w       = {.bytes = encoded, .size = room};
    const rv_command command = {
        .kind = RV_COMMAND_BASELINE, .blob = bytes, .n_blob = (uint32_t)n};
    if (encoded && rv_command_encode(&command, &w) == RV_OK) {
        const rv_input input = {.kind  = RV_INPUT_COMMAND,
                                .t_us  = self->first_us,
                                .bytes = encoded,
                                .n     = w.at};
        (void)!rv_engine_push(self->host.engine, &input);
        if (self->witness && !rv_witness_log_input(self->witness, &input)) {
            self->failed = true;
        }
    }
    free(encoded);
}

// The baselines come before the first frame, at its time
static bool
push_baselines(replay *const self, const uint64_t t_us)
{
    rv_calibration_store *const store = rv_calibration_store_read(self->baselines);
    self->first_us                    = t_us;
    const bool good = store && rv_calibration_store_each(store, push_baseline, self);
    rv_calibration_store_close(store);
    self->first_us = 0;
    return good;
}

static void
wait_for(replay *const self, const uint64_t t_us)
{
    if (self->first_us == 0) {
        self->first_us = t_us;
        self->began_us = rv_host_wall_us();
    }
    const uint64_t due = self->began_us + (t_us - self->first_us);
    const uint64_t now = rv_host_wall_us();
    if (t_us > self->first_us && due > now) {
        const uint64_t wait = due - now;
        nanosleep(&(struct timespec){.tv_sec  = (time_t)(wait / 1000000U),
                                     .tv_nsec = (long)(wait % 1000000U) * 1000L},
                  NULL);
    }
}

static int
run(replay *const self, const char *const path, const bool as_json)
{
    rv_input_file   file;
    rv_capture_item item;
    self->host.config.digests = self->digests;
    if (!rv_input_file_start(&file, &item, path, &self->host, self->config_path != NULL,
                             take_cycle, self)) {
        return RV_EXIT_USAGE;
    }
    if (self->witness &&
        !rv_witness_log_begin(self->witness, self->host.engine, self->digests)) {
        self->failed = true;
    }
    if (self->baselines && !push_baselines(self, item.input.t_us)) {
        rv_input_file_close(&file);
        rv_host_stop(&self->host);
        return RV_EXIT_USAGE;
    }
    if (self->times) {
        rv_stage_times_start(self->host.engine);
    }
    for (rv_status status = RV_OK; status == RV_OK;
         status           = rv_input_file_next(&file, &item)) {
        if (item.reason != RV_REASON_NONE) {
            continue; // counted by the reader
        }
        if (self->realtime) {
            wait_for(self, item.input.t_us);
        }
        (void)!rv_engine_push(self->host.engine, &item.input);
    }
    rv_engine_finish(self->host.engine);

    const bool  none = rv_engine_get_counters(self->host.engine)->frames_accepted == 0;
    FILE *const to   = as_json ? stderr : stdout;
    fprintf(to, "file      %s: %s\n", path, rv_input_file_format(&file));
    rv_input_file_print_refused(&file, to);
    rv_host_print_summary(&self->host, to);
    fprintf(to, "presence  yes in %llu, unknown in %llu of %llu cycles\n",
            (unsigned long long)self->presence,
            (unsigned long long)self->unknown_presence,
            (unsigned long long)self->cycles);
    fputs("witness   ", to);
    print_hex(to, self->last);
    fputc('\n', to);
    if (self->times) {
        rv_stage_times_print(self->host.engine, to);
    }
    if (none) {
        fputs("ruview: no frame was accepted; ruview inspect says why\n", stderr);
    }
    rv_input_file_close(&file);
    rv_host_stop(&self->host);
    return none ? RV_EXIT_NEGATIVE : RV_EXIT_OK;
}

static FILE *
open_output(const char *const path)
{
    FILE *const file = fopen(path, "wb");
    if (!file) {
        fprintf(stderr, "ruview: %s: %s\n", path, strerror(errno));
    }
    return file;
}

// Before any output is made or emptied; standard input is read but once
static bool
can_be_read(const char *const path)
{
    rv_input_file file;
    if (strcmp(path, "-") == 0) {
        return true;
    }
    if (!rv_input_file_open(&file, path)) {
        return false;
    }
    rv_input_file_close(&file);
    return true;
}

static bool
take_mask(const char *const text, uint32_t *const mask)
{
    char               *end = NULL;
    const unsigned long n   = strtoul(text, &end, 0);
    if (end == text || *end != '\0' || n > UINT32_MAX) {
        fprintf(stderr, "ruview: --cpu takes a mask as 0, 1 or 3, not '%s'\n", text);
        return false;
    }
    *mask = (uint32_t)n;
    return true;
}

int
rv_verb_replay(const int argc, char **const argv)
{
    static const struct option options[] = {{"format", required_argument, NULL, 'F'},
                                            {"config", required_argument, NULL, 'c'},
                                            {"output", required_argument, NULL, 'o'},
                                            {"witness", required_argument, NULL, 'w'},
                                            {"digests", required_argument, NULL, 'd'},
                                            {"guardrail", required_argument, NULL, 'g'},
                                            {"threads", required_argument, NULL, 't'},
                                            {"times", no_argument, NULL, 'T'},
                                            {"baselines", required_argument, NULL, 'b'},
                                            {"realtime", no_argument, NULL, 'r'},
                                            {"cpu", required_argument, NULL, 'm'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    static replay              self;
    const char *output = NULL, *witness = NULL, *guardrail = NULL, *threads = NULL;
    bool        as_json = false;
    uint32_t    mask    = rv_cpu_mask();
    for (int c; (c = getopt_long(argc, argv, "F:c:o:w:h", options, NULL)) != -1;) {
        switch (c) {
        case 'F':
            as_json = strcmp(optarg, "json") == 0;
            if (!as_json && strcmp(optarg, "text") != 0) {
                fprintf(stderr, "ruview: format is text or json, not '%s'\n", optarg);
                return RV_EXIT_USAGE;
            }
            break;
        case 'c':
            self.config_path = optarg;
            break;
        case 'o':
            output = optarg;
            break;
        case 'w':
            witness = optarg;
            break;
        case 'd':
            witness      = optarg;
            self.digests = true;
            break;
        case 't':
            threads = optarg;
            break;
        case 'T':
            self.times = true;
            break;
        case 'g':
            guardrail = optarg;
            break;
        case 'b':
            self.baselines = optarg;
            break;
        case 'r':
            self.realtime = true;
            break;
        case 'm':
            if (!take_mask(optarg, &mask)) {
                return RV_EXIT_USAGE;
            }
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            return rv_misused("replay", NULL);
        }
    }
    if (optind + 1 != argc) {
        return rv_misused("replay", "one FILE is needed");
    }
    const char *const path = argv[optind];
    if (!rv_output_spares("replay", output, path) ||
        !rv_output_spares("replay", witness, path) ||
        !rv_output_spares("replay", guardrail, path) || !can_be_read(path)) {
        return RV_EXIT_USAGE;
    }
    if (!rv_host_configure(&self.host, self.config_path) ||
        (threads && !rv_host_set_threads(&self.host, threads))) {
        return RV_EXIT_USAGE;
    }
    self.host.config.cpu_mask = mask;
    self.records              = as_json || output ? stdout : NULL;
    if ((output && !(self.records = open_output(output))) ||
        (witness && !(self.witness = open_output(witness))) ||
        (guardrail && !(self.guardrail_file = open_output(guardrail)))) {
        return RV_EXIT_USAGE;
    }
    int code = run(&self, path, as_json && !output);
    if (self.guardrail_file) {
        self.failed = !rv_guardrail_write(&self.guardrail, self.guardrail_file) ||
                      fclose(self.guardrail_file) != 0 || self.failed;
        rv_guardrail_free(&self.guardrail);
    }
    if (self.failed || (self.records && fflush(self.records) != 0) ||
        (self.witness && fclose(self.witness) != 0)) {
        fputs("ruview: output could not be written\n", stderr);
        code = RV_EXIT_USAGE;
    }
    return code;
}

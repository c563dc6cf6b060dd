// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/host.h"
#include "cli/input_file.h"
#include "cli/verb.h"
#include "cli/witness_log.h"

#include <ruview/platform/cpu.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview verify [--witness LOG] RECORDING\n\n"
    "Recompute a run from its recording and compare every cycle with the witness log\n"
    "beside it (RECORDING.witness.jsonl). One changed bit of input, configuration or\n"
    "published record is found, and the cycle is named.\n\n"
    "  -w, --witness LOG   another log\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 the same, 1 different or damaged, 2 cannot tell.\n";

typedef struct {
    rv_witness_log published;
    rv_verify      verify;
    size_t         next;
    bool           done;
} comparison;

static void
compare(void *const context, const rv_cycle_output *const output)
{
    comparison *const self = context;
    if (self->done) {
        return;
    }
    rv_witness_line line = {.cycle = output->record->cycle,
                            .t_us  = output->record->t_us};
    memcpy(line.witness, output->record->witness, sizeof line.witness);
    const rv_witness_line *const theirs =
        self->next < self->published.n ? &self->published.line[self->next] : NULL;
    ++self->next;
    // A log that breaks off is damaged there; that is not the same as a shorter run
    if (!theirs && self->published.damaged) {
        rv_verify_damaged(&self->verify, line.cycle);
        self->done = true;
        return;
    }
    self->done = !rv_verify_push(&self->verify, theirs, &line);
}

static int
tell(const comparison *const self, const char *const path)
{
    const rv_verdict verdict = rv_verify_verdict(&self->verify);
    if (verdict == RV_VERIFY_SAME) {
        printf("%s: same, %llu cycles\n", path,
               (unsigned long long)self->verify.n_same);
    } else if (verdict == RV_VERIFY_DIFFERENT) {
        printf("%s: different at cycle %llu: %s; %llu cycles agree before it\n", path,
               (unsigned long long)self->verify.cycle,
               rv_verify_what_name(self->verify.what),
               (unsigned long long)self->verify.n_same);
    } else {
        printf("%s: cannot tell: there is nothing to compare\n", path);
    }
    return (int)verdict;
}

static int
verify(const char *const path, const char *const log_path)
{
    static comparison self;
    rv_input_file     file;
    rv_capture_item   item;
    rv_host           host;
    if (!rv_witness_log_read(&self.published, log_path)) {
        return RV_EXIT_USAGE;
    }
    if (!rv_host_configure(&host, NULL) || !rv_input_file_open(&file, path)) {
        rv_witness_log_free(&self.published);
        return RV_EXIT_USAGE;
    }
    host.config.allow_synthetic = true;
    host.config.cpu_mask        = rv_cpu_mask();
    const bool configured       = rv_input_file_configure(&file, &item, &host, false);
    if (!configured) { // the configuration inside is damaged
        printf("%s: different: the configuration inside cannot be read\n", path);
    } else if (rv_host_start(&host, compare, &self)) {
        const rv_run_header header = rv_engine_get_run_header(host.engine);
        uint8_t             run[RV_DIGEST_BYTES];
        rv_run_digest(&header, run);
        rv_verify_init(&self.verify, self.published.run, run);
        for (rv_status status = RV_OK; status == RV_OK && !self.done;
             status           = rv_input_file_next(&file, &item)) {
            if (item.reason == RV_REASON_NONE) {
                (void)!rv_engine_push(host.engine, &item.input);
            }
        }
        rv_engine_finish(host.engine);
        // What the log says after the recomputed run has ended
        if (!self.done && self.next < self.published.n) {
            (void)rv_verify_push(&self.verify, &self.published.line[self.next], NULL);
        }
    }
    const int code = configured ? tell(&self, path) : RV_EXIT_NEGATIVE;
    rv_input_file_close(&file);
    rv_host_stop(&host);
    rv_witness_log_free(&self.published);
    return code;
}

int
rv_verb_verify(const int argc, char **const argv)
{
    static const struct option options[] = {{"witness", required_argument, NULL, 'w'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    const char                *log       = NULL;
    for (int c; (c = getopt_long(argc, argv, "w:h", options, NULL)) != -1;) {
        if (c == 'h') {
            fputs(help, stdout);
            return RV_EXIT_OK;
        }
        if (c != 'w') {
            fputs(help, stderr);
            return RV_EXIT_USAGE;
        }
        log = optarg;
    }
    if (optind + 1 != argc) {
        fputs(help, stderr);
        return RV_EXIT_USAGE;
    }
    const char *const path = argv[optind];
    const size_t      n    = strlen(path) + sizeof ".witness.jsonl";
    char *const       side = malloc(n);
    if (!side) {
        return RV_EXIT_USAGE;
    }
    snprintf(side, n, "%s.witness.jsonl", path);
    const int code = verify(path, log ? log : side);
    free(side);
    return code;
}

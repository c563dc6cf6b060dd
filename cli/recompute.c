// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/recompute.h"

#include "cli/host.h"
#include "cli/input_file.h"
#include "cli/witness_log.h"

#include <ruview/platform/config_print.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
    rv_recomputed    *result;
    rv_witness_log    published;
    size_t            next;
    size_t            next_attested;
    rv_attested_check privacy;
    const uint8_t    *key;
    bool              done;
    FILE             *digests;
    bool              failed;
} comparison;

/// What was decided about privacy and by whom: the same as the log says, and signed so
static bool
compare_privacy(comparison *const self, const rv_cycle_output *const output)
{
    for (unsigned i = 0; i < output->n_attested; ++i) {
        const rv_attested *const theirs =
            self->next_attested < self->published.n_attested
                ? &self->published.attested[self->next_attested]
                : NULL;
        ++self->next_attested;
        if (!theirs || !rv_attested_follow(&self->privacy, theirs, self->key) ||
            memcmp(theirs->entry.hash, output->attested[i].hash, RV_DIGEST_BYTES) !=
                0) {
            return false;
        }
    }
    return true;
}

static void
compare(void *const context, const rv_cycle_output *const output)
{
    comparison *const self = context;
    rv_witness_line   line = {.cycle = output->record->cycle,
                              .t_us  = output->record->t_us};
    memcpy(line.witness, output->record->witness, sizeof line.witness);
    memcpy(self->result->last, line.witness, sizeof line.witness);
    self->result->synthetic = self->result->synthetic || output->record->synthetic;
    ++self->result->cycles;
    if (self->digests && !rv_witness_log_cycle(self->digests, output, true)) {
        self->failed = true;
    }
    if (!self->done && !compare_privacy(self, output)) {
        rv_verify_privacy(&self->result->verify, line.cycle);
        self->done = true;
    }
    const rv_witness_line *const theirs =
        self->next < self->published.n ? &self->published.line[self->next] : NULL;
    ++self->next;
    if (self->done) {
        return;
    }
    if (!theirs && self->published.damaged) {
        rv_verify_damaged(&self->result->verify, line.cycle);
        self->done = true;
        return;
    }
    self->done = !rv_verify_push(&self->result->verify, theirs, &line);
}

static char *
print_config(const rv_engine_config *const config)
{
    enum { room = 1 << 16 };
    char *const text = calloc(1, room + 1);
    if (text) {
        text[rv_config_print(config, text, room)] = '\0';
    }
    return text;
}

static void
run(comparison *const self, rv_host *const host, rv_input_file *const file,
    rv_capture_item *const item)
{
    uint8_t run_digest[RV_DIGEST_BYTES];
    self->result->header = rv_engine_get_run_header(host->engine);
    self->result->config = print_config(&host->config);
    rv_run_digest(&self->result->header, run_digest);
    rv_verify_init(&self->result->verify, self->published.run, run_digest);
    if (self->digests && !rv_witness_log_begin(self->digests, host->engine, true)) {
        self->failed = true;
    }
    // What the run was given beside its recording
    for (size_t i = 0; i < self->published.n_inputs; ++i) {
        const rv_input input = {.kind  = RV_INPUT_COMMAND,
                                .t_us  = self->published.input[i].t_us,
                                .bytes = self->published.input[i].bytes,
                                .n     = self->published.input[i].n};
        (void)!rv_engine_push(host->engine, &input);
    }
    rv_input_file_run(file, item, host->engine);
    if (!self->done && self->next < self->published.n) {
        (void)rv_verify_push(&self->result->verify, &self->published.line[self->next],
                             NULL);
    }
    if (!self->done && self->next_attested < self->published.n_attested) {
        rv_verify_privacy(&self->result->verify, self->next);
    }
    self->result->n_attested = self->next_attested;
    self->result->n_signed   = self->privacy.n_signed;
    memcpy(self->result->key, self->privacy.key, RV_KEY_BYTES);
}

/// What a recording does not say of its run, because no file may say it: whether
/// simulated frames were taken, and for whom the records were gated. The header's
/// digest of the configuration tells which it was.
static void
find_kind_of_run(rv_engine_config *const config, const uint8_t wanted[RV_DIGEST_BYTES])
{
    for (int sink = 0; sink < RV_SINK_COUNT; ++sink) {
        for (int synthetic = 1; synthetic >= 0; --synthetic) {
            rv_engine_config tried = *config;
            uint8_t          digest[RV_DIGEST_BYTES];
            tried.sink            = (rv_sink)sink;
            tried.allow_synthetic = synthetic == 1;
            rv_engine_config_digest(&tried, digest);
            if (memcmp(digest, wanted, sizeof digest) == 0) {
                *config = tried;
                return;
            }
        }
    }
}

bool
rv_recompute(const char *const recording, const char *const witness_log,
             const uint8_t *const key, FILE *const digests, rv_recomputed *const result)
{
    comparison      self = {.result = result, .key = key, .digests = digests};
    rv_host         host;
    rv_input_file   file;
    rv_capture_item item;
    memset(result, 0, sizeof *result);
    if (!rv_witness_log_read(&self.published, witness_log)) {
        return false;
    }
    bool well = rv_host_configure(&host, NULL) && rv_input_file_open(&file, recording);
    if (!well) {
        rv_witness_log_free(&self.published);
        return false;
    }
    host.config.allow_synthetic = true;
    host.config.digests         = digests != NULL;
    const bool readable         = rv_input_file_configure(&file, &item, &host, false);
    find_kind_of_run(&host.config, self.published.config);
    if (!readable) {
        rv_verify_damaged(&result->verify, 0); // the configuration inside
    } else if (rv_host_start(&host, compare, &self)) {
        run(&self, &host, &file, &item);
        rv_host_stop(&host);
    } else {
        well = false;
    }
    if (self.failed) {
        fputs("ruview: the digest table cannot be written\n", stderr);
        well = false;
    }
    rv_input_file_close(&file);
    rv_witness_log_free(&self.published);
    return well;
}

// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/recorder.h"

#include "cli/witness_log.h"

#include <ruview/capture/pcapng.h>
#include <ruview/platform/config_print.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { config_room = 1 << 16 };

static FILE *
create(const char *const path)
{
    FILE *const file = fopen(path, "wbx");
    if (!file) {
        fprintf(stderr, "ruview: %s: %s\n", path,
                errno == EEXIST ? "exists already; choose another name or remove it"
                                : strerror(errno));
    }
    return file;
}

static void
put(rv_recorder *const self, const uint8_t *const bytes, const size_t n)
{
    if (fwrite(bytes, 1, n, self->file) != n && !self->failed) {
        self->failed = true;
        fprintf(stderr, "ruview: recording: %s\n", strerror(errno));
    }
    self->bytes += n;
}

void
rv_recorder_input(rv_recorder *const self, const rv_input *const input)
{
    const size_t n = rv_pcapng_size(input);
    if (n > self->room) {
        uint8_t *const more = realloc(self->block, n);
        if (!more) {
            self->failed = true;
            return;
        }
        self->block = more;
        self->room  = n;
    }
    rv_writer w = {.bytes = self->block, .size = self->room};
    if (rv_pcapng_write(input, &w) != RV_OK) {
        self->failed = true;
        return;
    }
    put(self, self->block, w.at);
    ++self->inputs;
}

static bool
write_start(rv_recorder *const self, const rv_engine_config *const config,
            const uint64_t t_us)
{
    uint8_t   header[RV_PCAPNG_HEADER];
    rv_writer w = {.bytes = header, .size = sizeof header};
    if (rv_pcapng_write_header(&w) != RV_OK) {
        return false;
    }
    put(self, header, w.at);

    char *const  note = malloc(config_room);
    const size_t head = strlen(RV_CONFIG_NOTE);
    if (!note) {
        return false;
    }
    memcpy(note, RV_CONFIG_NOTE, head);
    const size_t n = rv_config_print(config, note + head, config_room - head);
    if (n > 0) {
        const rv_input input = {.kind  = RV_INPUT_NOTE,
                                .t_us  = t_us,
                                .bytes = (const uint8_t *)note,
                                .n     = head + n};
        rv_recorder_input(self, &input);
    }
    free(note);
    return n > 0 && !self->failed;
}

bool
rv_recorder_open(rv_recorder *const self, const char *const path,
                 const rv_engine *const engine, const uint64_t t_us)
{
    *self             = (rv_recorder){.room = 0};
    const size_t n    = strlen(path) + sizeof ".witness.jsonl";
    char *const  side = malloc(n);
    if (!side) {
        return false;
    }
    snprintf(side, n, "%s.witness.jsonl", path);
    self->file    = create(path);
    self->witness = self->file ? create(side) : NULL;
    free(side);
    if (!self->witness || !rv_witness_log_begin(self->witness, engine, false) ||
        !write_start(self, rv_engine_get_config(engine), t_us)) {
        fprintf(stderr, "ruview: %s: the recording cannot be begun\n", path);
        (void)!rv_recorder_close(self);
        return false;
    }
    return true;
}

void
rv_recorder_cycle(rv_recorder *const self, const rv_cycle_output *const output)
{
    self->failed = !rv_witness_log_attested(self->witness, output, self->signer) ||
                   !rv_witness_log_cycle(self->witness, output, false) || self->failed;
}

void
rv_recorder_flush(rv_recorder *const self)
{
    if ((fflush(self->file) != 0 || fflush(self->witness) != 0) && !self->failed) {
        self->failed = true;
        fprintf(stderr, "ruview: recording: %s\n", strerror(errno));
    }
}

bool
rv_recorder_close(rv_recorder *const self)
{
    bool good = !self->failed;
    if (self->file) {
        good = fclose(self->file) == 0 && good;
    }
    if (self->witness) {
        good = fclose(self->witness) == 0 && good;
    }
    free(self->block);
    self->file    = NULL;
    self->witness = NULL;
    self->block   = NULL;
    return good;
}

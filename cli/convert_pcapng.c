// SPDX-License-Identifier: MIT
#include "cli/convert.h"

#include <ruview/capture/pcapng.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    FILE    *file;
    uint8_t *block;
    size_t   size;
} pcapng_writer;

static void *
open_file(const char *const path)
{
    pcapng_writer *const self = calloc(1, sizeof *self);
    uint8_t              head[RV_PCAPNG_HEADER];
    rv_writer            w = {.bytes = head, .size = sizeof head};
    if (!self) {
        return NULL;
    }
    self->file = fopen(path, "wb");
    if (!self->file || rv_pcapng_write_header(&w) != RV_OK ||
        fwrite(head, 1, w.at, self->file) != w.at) {
        if (self->file) {
            fclose(self->file);
        }
        free(self);
        return NULL;
    }
    return self;
}

static bool
write_input(void *const context, const rv_input *const input)
{
    pcapng_writer *const self = context;
    const size_t         need = rv_pcapng_size(input);
    if (need > self->size) {
        uint8_t *const more = realloc(self->block, need * 2);
        if (!more) {
            return false;
        }
        self->block = more;
        self->size  = need * 2;
    }
    rv_writer w = {.bytes = self->block, .size = self->size};
    return rv_pcapng_write(input, &w) == RV_OK &&
           fwrite(self->block, 1, w.at, self->file) == w.at;
}

static bool
close_file(void *const context)
{
    pcapng_writer *const self = context;
    const bool           good = fclose(self->file) == 0;
    free(self->block);
    free(self);
    return good;
}

const rv_convert_target rv_convert_pcapng = {
    .name   = "pcapng",
    .ending = ".pcapng",
    .help   = "a RuView recording: everything that was read, nothing lost",
    .open   = open_file,
    .input  = write_input,
    .close  = close_file,
};

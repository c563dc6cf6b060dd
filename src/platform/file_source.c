// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "platform/file_source.h"

#include "base/try.h"
#include "platform/table_sidecar.h"
#include "platform/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEEK = 8 };

struct rv_file_source {
    int        fd;
    rv_pack    kind;
    bool       is_pipe;
    uint64_t   size;
    uint64_t   taken;
    uint8_t   *mapped; ///< [size], of a regular file
    uint8_t   *whole;  ///< An archive unpacked
    uint8_t    peek[PEEK];
    size_t     n_peek, at_peek;
    rv_unpack *unpack;
};

/// Bytes as they lie in the file: those peeked at first
static int64_t
read_raw(void *const context, uint8_t *const into, const size_t n)
{
    rv_file_source *const self = context;
    if (self->at_peek < self->n_peek && n > 0) {
        const size_t left = self->n_peek - self->at_peek;
        const size_t take = left < n ? left : n;
        memcpy(into, self->peek + self->at_peek, take);
        self->at_peek += take;
        return (int64_t)take;
    }
    ssize_t got;
    do {
        got = read(self->fd, into, n);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        self->taken += (uint64_t)got;
    }
    return got;
}

static int64_t
read_unpacked(void *const context, uint8_t *const into, const size_t n)
{
    rv_file_source *const self = context;
    return rv_unpack_take(self->unpack, into, n);
}

static void
peek(rv_file_source *const self)
{
    while (self->n_peek < PEEK) {
        const ssize_t got =
            read(self->fd, self->peek + self->n_peek, PEEK - self->n_peek);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        self->n_peek += (size_t)got;
        self->taken += (uint64_t)got;
    }
}

static rv_status
open_regular(rv_file_source *const self, rv_capture_source *const out)
{
    void *const mapped =
        mmap(NULL, (size_t)self->size, PROT_READ, MAP_PRIVATE, self->fd, 0);
    if (mapped == MAP_FAILED) {
        return RV_ERR_IO;
    }
    self->mapped = mapped;
    (void)posix_madvise(mapped, (size_t)self->size, POSIX_MADV_SEQUENTIAL);
    *out = (rv_capture_source){.bytes = self->mapped, .n = (size_t)self->size};
    if (self->kind == RV_PACK_ZIP) {
        RV_TRY(rv_unzip(self->mapped, (size_t)self->size, &self->whole, &out->n));
        out->bytes = self->whole;
    }
    return RV_OK;
}

static rv_status
open_stream(rv_file_source *const self, rv_capture_source *const out)
{
    *out = (rv_capture_source){.read = read_raw, .context = self};
    if (self->kind == RV_PACK_ZSTD || self->kind == RV_PACK_GZIP) {
        RV_TRY(rv_unpack_open(&self->unpack, self->kind, read_raw, self));
        out->read = read_unpacked;
    }
    return RV_OK;
}

static rv_status
set_up(rv_file_source *const self, const char *const path, rv_capture_source *const out)
{
    const bool is_stdin = strcmp(path, "-") == 0;
    self->fd = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (self->fd < 0 || fstat(self->fd, &info) != 0) {
        return RV_ERR_IO;
    }
    if (S_ISDIR(info.st_mode)) {
        return RV_ERR_UNSUPPORTED;
    }
    self->is_pipe = !S_ISREG(info.st_mode);
    self->size    = self->is_pipe ? 0 : (uint64_t)info.st_size;
    peek(self);
    if (self->n_peek == 0) {
        return RV_ERR_EMPTY;
    }
    self->kind = rv_pack_of(self->peek, self->n_peek);
    if (!self->is_pipe && !is_stdin &&
        (self->kind == RV_PACK_NONE || self->kind == RV_PACK_ZIP)) {
        return open_regular(self, out);
    }
    return open_stream(self, out);
}

rv_status
rv_file_source_open(rv_file_source **const self, const char *const path,
                    rv_capture_source *const out)
{
    rv_file_source *const made = calloc(1, sizeof *made);
    if (!made) {
        return RV_ERR_MEMORY;
    }
    made->fd               = -1;
    const rv_status status = set_up(made, path, out);
    if (status != RV_OK) {
        const int why = errno;
        rv_file_source_close(made);
        errno = why;
        return status;
    }
    *self = made;
    return RV_OK;
}

void
rv_file_source_close(rv_file_source *const self)
{
    if (!self) {
        return;
    }
    if (self->mapped) {
        munmap(self->mapped, (size_t)self->size);
    }
    if (self->fd >= 0) {
        close(self->fd);
    }
    rv_unpack_close(self->unpack);
    free(self->whole);
    free(self);
}

uint64_t
rv_file_source_size(const rv_file_source *const self)
{
    return self->size;
}

uint64_t
rv_file_source_taken(const rv_file_source *const self)
{
    return self->taken;
}

static rv_status
open_capture(rv_recording *const self, const char *const path,
             const rv_capture_config *const config)
{
    rv_capture_source source = {0};
    size_t            need   = 0;
    RV_TRY(rv_file_source_open(&self->file, path, &source));
    RV_TRY(rv_capture_size(config, &source, &need));
    self->memory = aligned_alloc(64, (need + 63) & ~(size_t)63);
    if (!self->memory) {
        return RV_ERR_MEMORY;
    }
    return rv_capture_init(&self->capture, config, &source, self->memory, need);
}

rv_status
rv_recording_open(rv_recording *const self, const char *const path,
                  const rv_capture_config *const config)
{
    rv_capture_config told;
    rv_capture_config_default(&told);
    if (config) {
        told = *config;
    }
    *self            = (rv_recording){0};
    rv_status status = rv_table_sidecar_read(path, &told, &self->sidecar_line);
    if (status == RV_OK) {
        status = open_capture(self, path, &told);
    }
    if (status != RV_OK) {
        const int why = errno;
        rv_recording_close(self);
        errno = why;
    }
    return status;
}

void
rv_recording_close(rv_recording *const self)
{
    rv_file_source_close(self->file);
    free(self->memory);
    *self = (rv_recording){0};
}

double
rv_recording_progress(const rv_recording *const self)
{
    const uint64_t size = rv_file_source_size(self->file);
    if (size == 0) {
        return -1.0;
    }
    const rv_pack  kind = self->file->kind;
    const bool     raw  = kind == RV_PACK_NONE || kind == RV_PACK_ZIP;
    const uint64_t done = raw ? rv_capture_counted(self->capture)->bytes
                              : rv_file_source_taken(self->file);
    const double   part = (double)done / (double)size;
    return part > 1.0 ? 1.0 : part;
}

const char *
rv_recording_advice(const rv_status status)
{
    switch (status) {
    case RV_ERR_IO:
        return "it cannot be read; check the name and the permissions";
    case RV_ERR_EMPTY:
        return "it is empty; check that the recorder was running";
    case RV_ERR_MAGIC:
        return "it begins like no format that is known; `ruview inspect --formats` "
               "lists "
               "those that are";
    case RV_ERR_UNSUPPORTED:
        return "it is a folder; name a file in it";
    case RV_ERR_VALUE:
        return "the archive is damaged; copy it again";
    case RV_ERR_CONFIG:
        return "its sidecar .table has a line that is no `layout:`, `rate_hz:`, "
               "`unit:` or "
               "`node:`";
    case RV_ERR_MEMORY:
        return "there is not enough memory; convert it to pcapng in pieces";
    default:
        return rv_status_text(status);
    }
}

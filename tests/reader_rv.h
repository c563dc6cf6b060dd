// SPDX-License-Identifier: MIT
// A capture reader over bytes in memory or in pieces, for tests.
#ifndef RV_TESTS_READER_RV_H
#define RV_TESTS_READER_RV_H

#include <ruview/capture/capture.h>

#include "platform/lend.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    rv_capture    *capture;
    void          *memory;
    const uint8_t *bytes;
    size_t         n, at, piece;
} rv_test_reader;

static int64_t
rv_test_read(void *const context, uint8_t *const into, const size_t n)
{
    rv_test_reader *const r    = context;
    size_t                take = r->n - r->at;
    take                       = take < n ? take : n;
    take                       = take < r->piece ? take : r->piece;
    if (take > 0) {
        memcpy(into, r->bytes + r->at, take);
    }
    r->at += take;
    return (int64_t)take;
}

static inline rv_capture *
rv_test_start(rv_test_reader *const r, const rv_capture_source *const source,
              const uint32_t window)
{
    rv_capture_config config;
    size_t            need = 0;
    rv_capture_config_default(&config);
    config.window_bytes = window;
    if (rv_capture_size(&config, source, &need) != RV_OK ||
        !(r->memory = rv_lend(need)) ||
        rv_capture_init(&r->capture, &config, source, r->memory, need) != RV_OK) {
        return NULL;
    }
    return r->capture;
}

/// NULL when no format knows the bytes
static inline rv_capture *
rv_test_open(rv_test_reader *const r, const uint8_t *const bytes, const size_t n)
{
    *r                             = (rv_test_reader){.bytes = bytes, .n = n};
    const rv_capture_source source = {.bytes = bytes, .n = n};
    return rv_test_start(r, &source, 1U << 20);
}

/// The same bytes through a callback that gives at most `piece` at once
static inline rv_capture *
rv_test_open_pipe(rv_test_reader *const r, const uint8_t *const bytes, const size_t n,
                  const size_t piece)
{
    *r = (rv_test_reader){.bytes = bytes, .n = n, .piece = piece};
    const rv_capture_source source = {.read = rv_test_read, .context = r};
    return rv_test_start(r, &source, 1U << 16);
}

static inline void
rv_test_close(rv_test_reader *const r)
{
    free(r->memory);
}

#endif // RV_TESTS_READER_RV_H

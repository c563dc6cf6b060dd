// SPDX-License-Identifier: MIT
// One capture format, named by RV_FUZZ_FORMAT: reads the bytes as a file in memory and
// again through a pipe in small pieces. Both must give the same items; no frame may
// come out that the frame check refuses; the reader must come to an end.
#include "fuzz.h"
#include "platform/lend.h"

#include <ruview/capture/capture.h>
#include <ruview/capture/wire.h>

#include <string.h>

enum { WINDOW = 1 << 16, MAX_ITEMS = 1 << 20 };

typedef struct {
    const uint8_t *data;
    size_t         size, at, piece;
} pipe_end;

static int64_t
read_pipe(void *const context, uint8_t *const into, const size_t n)
{
    pipe_end *const p    = context;
    size_t          take = p->size - p->at;
    take                 = take < n ? take : n;
    take                 = take < p->piece ? take : p->piece;
    if (take > 0) {
        memcpy(into, p->data + p->at, take);
    }
    p->at += take;
    p->piece = p->piece % 61 + 1;
    return (int64_t)take;
}

/// Not for keeping, only to compare two readings of one run: eight bytes a step, so
/// that the sanitizers look at the parser and not at this
static uint64_t
mix(uint64_t hash, const void *const data, const size_t n)
{
    const uint8_t *const bytes = data;
    uint64_t             word  = 0;
    size_t               i     = 0;
    for (; i + sizeof word <= n; i += sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9E3779B97F4A7C15);
        hash ^= hash >> 29;
    }
    for (; i < n; ++i) {
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    }
    return hash;
}

static uint64_t
mix_frame(uint64_t hash, const rv_frame *const f)
{
    MUST(rv_frame_check(f) == RV_REASON_NONE);
    const size_t n = (size_t)f->n_rx * f->n_tx * f->layout->n_entries;
    hash           = mix(hash, &f->layout->id, sizeof f->layout->id);
    hash           = mix(hash, &f->tx, sizeof f->tx);
    hash           = mix(hash, &f->sequence, sizeof f->sequence);
    hash           = mix(hash, f->re, n * sizeof *f->re);
    return mix(hash, f->im, n * sizeof *f->im);
}

static uint64_t
mix_item(uint64_t hash, const rv_capture_item *const item, rv_wire *const wire)
{
    hash = mix(hash, &item->reason, sizeof item->reason);
    if (item->reason != RV_REASON_NONE) {
        return hash;
    }
    const rv_input *const in = &item->input;
    hash                     = mix(hash, &in->kind, sizeof in->kind);
    hash                     = mix(hash, &in->t_us, sizeof in->t_us);
    if (in->kind == RV_INPUT_FRAME) {
        return mix_frame(hash, in->frame);
    }
    if (in->n > 0) {
        hash = mix(hash, in->bytes, in->n);
    }
    if (in->kind == RV_INPUT_DATAGRAM) {
        rv_packet packet;
        rv_wire_decode(wire, in, &packet);
        if (packet.kind == RV_PACKET_CSI && packet.reason == RV_REASON_NONE) {
            hash = mix_frame(hash, &packet.frame);
        }
    }
    return hash;
}

static uint64_t
read_all(const rv_capture_source *const source)
{
    static rv_wire    wire;
    rv_capture_config config;
    size_t            need = 0;
    rv_capture       *capture;
    rv_capture_item   item;
    uint64_t          hash = UINT64_C(14695981039346656037);
    rv_capture_config_default(&config);
    config.format         = rv_format_by_name(RV_FUZZ_FORMAT);
    config.window_bytes   = WINDOW;
    config.table.rate_mhz = 100000;
    MUST(config.format && rv_capture_size(&config, source, &need) == RV_OK);
    static void  *memory;
    static size_t have;
    if (need > have) {
        free(memory);
        memory = rv_lend(need);
        have   = need;
    }
    rv_wire_init(&wire);
    if (rv_capture_init(&capture, &config, source, memory, need) != RV_OK) {
        return 0;
    }
    unsigned n = 0;
    for (; rv_capture_next(capture, &item) == RV_OK; ++n) {
        MUST(n < MAX_ITEMS);
        hash = mix_item(hash, &item, &wire);
    }
    return hash;
}

int
LLVMFuzzerTestOneInput(const uint8_t *const data, const size_t size)
{
    if (size == 0 || size > WINDOW) {
        return 0;
    }
    (void)rv_format_sniff(data, size);
    const rv_capture_source whole = {.bytes = data, .n = size};
    pipe_end end = {.data = data, .size = size, .piece = data[0] % 61U + 1};
    const rv_capture_source pieces = {.read = read_pipe, .context = &end};
    MUST(read_all(&whole) == read_all(&pieces));
    return 0;
}

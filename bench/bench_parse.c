// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 199309L
// Every capture format, from memory to checked frames: bytes of the file per second,
// and frames. The captures are made here, by our own writers.
#include "bench/harness.h"
#include "bench/samples.h"

#include <ruview/capture/capture.h>
#include <ruview/capture/wire.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FILE_BYTES = 4 << 20, LEAST_OF = 200 };

typedef struct {
    rv_capture_source source;
    rv_capture_config config;
    void             *memory;
    size_t            n_memory;
    rv_wire           wire;
    uint64_t          n_frames;
} job;

static void
read_all(void *const arg)
{
    job *const      j = arg;
    rv_capture     *capture;
    rv_capture_item item;
    rv_packet       packet;
    j->n_frames = 0;
    if (rv_capture_init(&capture, &j->config, &j->source, j->memory, j->n_memory) !=
        RV_OK) {
        return;
    }
    while (rv_capture_next(capture, &item) == RV_OK) {
        if (item.reason != RV_REASON_NONE) {
            continue;
        }
        if (item.input.kind == RV_INPUT_DATAGRAM) {
            rv_wire_decode(&j->wire, &item.input, &packet);
            j->n_frames += packet.reason == RV_REASON_NONE;
        } else if (item.input.kind == RV_INPUT_FRAME) {
            ++j->n_frames;
        }
    }
    rv_bench_keep(capture);
}

/// Processor time of the quickest of many runs: what the parser takes, whatever else
/// the machine does
static double
least_ns(job *const j)
{
    double least = 1e18;
    for (int i = 0; i < LEAST_OF; ++i) {
        struct timespec from, to;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &from);
        read_all(j);
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &to);
        const double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 +
                          (double)(to.tv_nsec - from.tv_nsec);
        least = ns < least ? ns : least;
    }
    return least;
}

static void
bench_sample(rv_bench *const b, const rv_sample *const s, uint8_t *const file)
{
    job j = {0};
    // as many frames as fit: the writer says how large one file of that many is
    rv_writer w = {.bytes = file, .size = FILE_BYTES};
    s->write(&w, 64);
    const unsigned n = (unsigned)(64 * (FILE_BYTES / 2) / w.at);
    w                = (rv_writer){.bytes = file, .size = FILE_BYTES};
    s->write(&w, n);
    rv_capture_config_default(&j.config);
    j.config.table.rate_mhz = 100000;
    j.source                = (rv_capture_source){.bytes = file, .n = w.at};
    rv_wire_init(&j.wire);
    if (w.failed || rv_capture_size(&j.config, &j.source, &j.n_memory) != RV_OK) {
        return;
    }
    j.memory = rv_bench_memory(j.n_memory);
    char name[80];
    strcpy(name, s->name);
    read_all(&j);
    if (j.n_frames != n) {
        strcat(name, " (WRONG COUNT)");
        ++b->n_over;
    }
    (void)rv_bench_rate(b, name, read_all, &j, (double)w.at, "B");
    const double least = least_ns(&j);
    strcpy(name, s->name);
    strcat(name, " ns/frame");
    rv_bench_bound(b, name, least / (double)j.n_frames, 0.0);
    strcpy(name, s->name);
    strcat(name, " ns/kB");
    // 1 GB/s and 300 MB/s
    rv_bench_bound(b, name, least * 1000.0 / (double)w.at,
                   s->is_text ? 10000.0 / 3.0 : 1000.0);
    free(j.memory);
}

typedef struct {
    rv_adr018 decoder;
    uint8_t   datagram[512];
    size_t    n;
} one_datagram;

static void
decode_one(void *const arg)
{
    one_datagram *const d = arg;
    rv_packet           packet;
    rv_adr018_decode(&d->decoder, d->datagram, d->n, 0, &packet);
    rv_bench_keep(&packet);
}

void
rv_bench_parse(rv_bench *const b)
{
    uint8_t *const file = malloc(FILE_BYTES);
    if (!file) {
        return;
    }
    static one_datagram d;
    rv_adr018_init(&d.decoder);
    d.n = rv_sample_datagram(d.datagram, 1, 64);
    const rv_bench_result one =
        rv_bench_time(b, "ADR-018 datagram, 64 entries", decode_one, &d);
    rv_bench_bound(b, "ADR-018 datagram [ns]", one.min_ns, 60.0);
    const rv_sample *s;
    for (unsigned i = 0; !b->counting && (s = rv_sample_at(i)) != NULL; ++i) {
        bench_sample(b, s, file);
    }
    free(file);
}

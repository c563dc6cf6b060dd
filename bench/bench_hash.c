// SPDX-License-Identifier: MIT
#include "bench/harness.h"

#include <ruview/math/blake3.h>
#include <ruview/math/text.h>

#include <stdlib.h>

typedef struct {
    const uint8_t *data;
    size_t         n;
    uint32_t       cpu_mask;
} job;

static void
hash(void *const arg)
{
    const job *const j = arg;
    rv_blake3        h;
    uint8_t          out[32];
    rv_blake3_init(&h);
    rv_blake3_select(&h, j->cpu_mask);
    rv_blake3_update(&h, j->data, j->n);
    rv_blake3_final(&h, out);
    rv_bench_keep(out);
}

static void
text_f32(void *const arg)
{
    float *const x = arg;
    char         out[RV_TEXT_MAX];
    *x = *x > 1e9F ? 0.1F : *x * 1.0173F;
    (void)rv_text_f32(out, *x);
    rv_bench_keep(out);
}

static void
text_f64(void *const arg)
{
    double *const x = arg;
    char          out[RV_TEXT_MAX];
    *x = *x > 1e9 ? 0.1 : *x * 1.0173;
    (void)rv_text_f64(out, *x);
    rv_bench_keep(out);
}

static void
text_fixed(void *const arg)
{
    double *const x = arg;
    char          out[RV_TEXT_MAX];
    *x = *x > 1e9 ? 0.1 : *x * 1.0173;
    (void)rv_text_fixed(out, *x, 3);
    rv_bench_keep(out);
}

void
rv_bench_hash(rv_bench *const b)
{
    static const size_t sizes[] = {64, 256, 1024, 4096, 16384, 1 << 20};
    uint8_t *const      data    = calloc(1, 1 << 20);
    if (!data) {
        return;
    }
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; ++i) {
        char name[64];
        job  j = {data, sizes[i], b->cpu_mask};
        snprintf(name, sizeof name, "blake3 %zu B", sizes[i]);
        (void)rv_bench_rate(b, name, hash, &j, (double)sizes[i], "B");
    }
    float  x = 0.1F;
    double y = 0.1;
    (void)rv_bench_time(b, "text f32", text_f32, &x);
    (void)rv_bench_time(b, "text f64", text_f64, &y);
    (void)rv_bench_time(b, "text fixed 3", text_fixed, &y);
    free(data);
}

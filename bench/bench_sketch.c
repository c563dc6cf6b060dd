// SPDX-License-Identifier: MIT
#include "bench/harness.h"

#include <ruview/math/random.h>
#include <ruview/people/sketch.h>
#include <ruview/people/sketch_bank.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
    rv_sketch_bank  bank;
    void           *mem;
    float           query[128];
    uint8_t         bits[16];
    rv_sketch_match match[8];
    uint32_t        n;
} search;

static void
bits_only(void *const arg)
{
    search *const s = arg;
    (void)!rv_sketch_bank_nearest(&s->bank, s->bits, 128, 1, 8, s->match, &s->n);
    rv_bench_keep(s->match);
}

static void
re_ranked(void *const arg)
{
    search *const s = arg;
    (void)!rv_sketch_bank_search(&s->bank, s->query, s->bits, 8, s->match, &s->n);
    rv_bench_keep(s->match);
}

// The scalar float search that the prefilter is measured against: cosine of each entry
// by one sum at a time, best eight by insertion
static void
scalar_float(void *const arg)
{
    search *const s = arg;
    float         best[8];
    uint32_t      kept = 0;
    for (uint32_t i = 0; i < s->bank.count; ++i) {
        const float *const row = s->bank.value + (size_t)i * 128;
        float              dot = 0.0F;
        for (uint32_t k = 0; k < 128; ++k) {
            dot += s->query[k] * row[k];
        }
        uint32_t at = kept;
        while (at > 0 && best[at - 1] < dot) {
            --at;
        }
        if (at < 8) {
            kept += kept < 8;
            memmove(best + at + 1, best + at, (kept - 1 - at) * sizeof *best);
            best[at] = dot;
        }
    }
    rv_bench_keep(best);
}

static void
embedding(rv_random *const random, const float *const centre, float out[128])
{
    for (uint32_t k = 0; k < 128; ++k) {
        out[k] = centre[k] + 0.6F * rv_random_normal_f32(random);
    }
}

// More members than the widest prefilter has candidates, so that recall is not
// membership of a cluster
enum { members = 512 };

static bool
fill(search *const s, const uint32_t n, const uint32_t cpu_mask)
{
    rv_sketch_bank_config cfg = rv_sketch_bank_config_default();
    cfg.capacity              = n;
    cfg.cpu_mask              = cpu_mask;
    size_t n_bytes            = 0;
    rv_bench_must(rv_sketch_bank_size(&cfg, &n_bytes));
    s->mem = rv_bench_memory(n_bytes);
    rv_bench_must(rv_sketch_bank_init(&s->bank, &cfg, s->mem, n_bytes));
    rv_random random;
    rv_random_init(&random, 1, n);
    const uint32_t n_clusters = n / members;
    float *const   centre     = malloc((size_t)n_clusters * 128 * sizeof *centre);
    for (uint32_t k = 0; k < n_clusters * 128 && centre; ++k) {
        centre[k] = rv_random_normal_f32(&random);
    }
    for (uint32_t i = 0; i < n && centre; ++i) {
        float   v[128];
        uint8_t bits[16];
        embedding(&random, centre + (size_t)(i % n_clusters) * 128, v);
        (void)!rv_sketch_quantise(v, 128, bits);
        (void)!rv_sketch_bank_insert(&s->bank, i, bits, 128, 1, v);
    }
    if (centre) {
        embedding(&random, centre, s->query);
        (void)!rv_sketch_quantise(s->query, 128, s->bits);
    }
    free(centre);
    return true;
}

// Share of the exact best eight that the prefilter finds, over queries near the bank's
// own entries
static double
recall(search *const s)
{
    rv_random random;
    rv_random_init(&random, 2, 2);
    uint32_t found = 0;
    enum { queries = 200 };
    const uint32_t direct = s->bank.cfg.direct;
    for (uint32_t q = 0; q < queries; ++q) {
        float           v[128];
        uint8_t         bits[16];
        rv_sketch_match exact[8], fast[8];
        uint32_t        n;
        const uint32_t  i = rv_random_below(&random, s->bank.count);
        for (uint32_t k = 0; k < 128; ++k) {
            v[k] = s->bank.value[(size_t)i * 128 + k] +
                   0.05F * rv_random_normal_f32(&random);
        }
        (void)!rv_sketch_quantise(v, 128, bits);
        s->bank.cfg.direct = UINT32_MAX;
        (void)!rv_sketch_bank_search(&s->bank, v, bits, 8, exact, &n);
        s->bank.cfg.direct = 0;
        (void)!rv_sketch_bank_search(&s->bank, v, bits, 8, fast, &n);
        for (uint32_t a = 0; a < 64; ++a) {
            found += exact[a / 8].index == fast[a % 8].index;
        }
    }
    s->bank.cfg.direct = direct;
    return (double)found / (8.0 * queries);
}

static void
bench_search(rv_bench *const b, const uint32_t n)
{
    search s = {0};
    if (!fill(&s, n, b->cpu_mask)) {
        return;
    }
    char name[96];
    snprintf(name, sizeof name, "nearest 8 of %u in bits", n);
    const rv_bench_result bits = rv_bench_time(b, name, bits_only, &s);
    snprintf(name, sizeof name, "scalar float search of %u", n);
    const rv_bench_result scalar = rv_bench_time(b, name, scalar_float, &s);
    s.bank.cfg.direct            = UINT32_MAX;
    snprintf(name, sizeof name, "vectorised float search of %u", n);
    const rv_bench_result exact = rv_bench_time(b, name, re_ranked, &s);
    s.bank.cfg.direct           = 0;
    for (uint32_t factor = 4; factor <= 32; factor *= 2) {
        s.bank.cfg.factor = factor;
        snprintf(name, sizeof name, "prefilter x%u of %u", factor, n);
        const rv_bench_result r = rv_bench_time(b, name, re_ranked, &s);
        snprintf(name, sizeof name, "  recall at 8, x%u of %u", factor, n);
        rv_bench_bound(b, name, recall(&s), 0);
        snprintf(name, sizeof name, "  vectorised float / prefilter x%u of %u", factor,
                 n);
        rv_bench_bound(b, name, exact.median_ns / r.median_ns, 0);
        if (factor == 8) {
            snprintf(name, sizeof name, "prefilter x8 / scalar float of %u", n);
            rv_bench_bound(b, name, r.median_ns / scalar.median_ns, 0.25);
        }
    }
    if (n == 1024) {
        rv_bench_bound(b, "nearest 8 of 1024 in bits [us]", bits.median_ns * 1e-3, 2.0);
        rv_bench_bound(b, "bits / scalar float of 1024",
                       bits.median_ns / scalar.median_ns, 0.125);
    }
    free(s.mem);
}

void
rv_bench_sketch(rv_bench *const b)
{
    // The small bank says the same in fewer instructions
    for (uint32_t n = 1024; n <= (b->counting ? 1024U : 65536U); n *= 4) {
        bench_search(b, n);
    }
}

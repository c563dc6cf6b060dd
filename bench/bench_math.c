// SPDX-License-Identifier: MIT
#include "bench/harness.h"
#include "bench/yardstick.h"

#include <ruview/math/kernels.h>
#include <ruview/math/random.h>

enum { n = 1024, links = 16 };

typedef struct {
    const rv_kernels *k;
    const rv_blas    *blas;
    float             a[n], b[n], c[n], d[n], e[n], f[n];
    float             sum;
} job;

#define BODY(name, statement)                                                          \
    static void body_##name(void *const arg)                                           \
    {                                                                                  \
        job *const j = arg;                                                            \
        statement;                                                                     \
        rv_bench_keep(j);                                                              \
    }

BODY(dot, j->sum = j->k->dot(j->a, j->b, n))
BODY(cdot, j->k->cdot(j->a, j->b, j->c, j->d, n, j->e))
BODY(norm2, j->sum = j->k->norm2(j->a, n))
BODY(axpy, j->k->axpy(0.5F, j->a, j->e, n))
BODY(argmax, (void)j->k->argmax(j->a, n, &j->sum))
BODY(cargmax2, (void)j->k->cargmax2(j->a, j->b, n, &j->sum))
BODY(mag, j->k->mag(j->a, j->b, j->e, n))
BODY(cmul, j->k->cmul(j->a, j->b, j->c, j->d, j->e, j->f, n))
BODY(cmac, j->k->cmac(j->a, j->b, j->c, j->d, j->e, j->f, n))
BODY(caxpy, j->k->caxpy(0.5F, -0.25F, j->a, j->b, j->e, j->f, n))
BODY(csoft, j->k->csoft(j->a, j->b, 0.5F, j->e, j->f, n))
BODY(welford, j->k->welford(j->a, 0.125F, j->e, j->f, n))
BODY(sincos, j->k->sincos(j->a, j->e, j->f, n))
BODY(atan2, j->k->atan2(j->a, j->b, j->e, n))
BODY(exp, j->k->exp(j->a, j->e, n))
BODY(log, j->k->log(j->c, j->e, n))
BODY(caxpy_16, j->k->caxpy_16(j->a, j->b, j->c, j->d, j->e, j->f, n / links))
BODY(cdot_16, j->k->cdot_16(j->a, j->b, j->c, j->d, n / links, j->e, j->f))
BODY(blas_dot, j->sum = j->blas->sdot(n, j->a, 1, j->b, 1))
BODY(blas_axpy, j->blas->saxpy(n, 0.5F, j->a, 1, j->e, 1))

typedef struct {
    uint32_t          distance[1024];
    uint8_t           query[16];
    uint8_t           bank[1024 * 16];
    const rv_kernels *k;
} bits;

static void
body_hamming(void *const arg)
{
    bits *const j = arg;
    j->k->hamming_rows(j->query, j->bank, 1024, 16, j->distance);
    rv_bench_keep(j);
}

static const struct {
    const char *name;
    void (*body)(void *);
} kernels[] = {
#define ROW(name)                                                                      \
    {                                                                                  \
#name, body_##name                                                             \
    }
    ROW(dot),    ROW(cdot),  ROW(norm2),    ROW(axpy),    ROW(argmax), ROW(cargmax2),
    ROW(mag),    ROW(cmul),  ROW(cmac),     ROW(caxpy),   ROW(csoft),  ROW(welford),
    ROW(sincos), ROW(atan2), ROW(caxpy_16), ROW(cdot_16), ROW(exp),    ROW(log),
#undef ROW
};

static void
time_variant(rv_bench *const b, const rv_kernels *const k)
{
    static job  j;
    static bits h;
    char        name[64];
    rv_random   random;
    rv_random_init(&random, 1, 0);
    for (int i = 0; i < n; ++i) {
        j.a[i] = rv_random_normal_f32(&random);
        j.b[i] = rv_random_normal_f32(&random);
        j.c[i] = rv_random_uniform_f32(&random) + 0.1F;
        j.d[i] = rv_random_normal_f32(&random);
        j.e[i] = 0.0F;
        j.f[i] = 0.0F;
    }
    j.k = k;
    h.k = k;
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; ++i) {
        snprintf(name, sizeof name, "%s 1024, %s", kernels[i].name, k->name);
        (void)rv_bench_rate(b, name, kernels[i].body, &j, n, "el");
    }
    snprintf(name, sizeof name, "hamming 1024 x 128 bit, %s", k->name);
    (void)rv_bench_time(b, name, body_hamming, &h);
}

void
rv_bench_math(rv_bench *const b)
{
    const rv_kernels *k = NULL;
    for (uint32_t i = 0; (k = rv_kernels_variant(i)) != NULL; ++i) {
        if ((k->needs & ~b->cpu_mask) == 0) {
            time_variant(b, k);
        }
    }
    static job j;
    rv_blas    blas;
    if (rv_blas_open(&blas)) {
        j.blas = &blas;
        (void)rv_bench_rate(b, "openblas dot 1024", body_blas_dot, &j, n, "el");
        (void)rv_bench_rate(b, "openblas axpy 1024", body_blas_axpy, &j, n, "el");
    } else {
        rv_bench_note(b, "no libopenblas here: no yardstick");
    }
}

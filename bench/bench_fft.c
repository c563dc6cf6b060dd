// SPDX-License-Identifier: MIT
#include "bench/harness.h"
#include "bench/yardstick.h"

#include <ruview/math/fft.h>
#include <ruview/math/random.h>

#include <stdlib.h>

typedef struct {
    rv_fft         plan;
    const rv_fftw *fftw;
    void          *fftw_plan;
    float         *in; ///< re then im, [2][n] or [2][n][16]
    float         *out;
    float         *work;
    size_t         n; ///< Floats of one part
} job;

static void
one(void *const arg)
{
    job *const j = arg;
    rv_fft_forward(&j->plan, j->in, j->in + j->n, j->out, j->out + j->n, j->work);
}

static void
sixteen(void *const arg)
{
    job *const j = arg;
    rv_fft_forward_16(&j->plan, j->in, j->in + j->n, j->out, j->out + j->n, j->work);
}

static void
fftw(void *const arg)
{
    job *const j = arg;
    j->fftw->execute(j->fftw_plan);
}

static float *
floats(const size_t n)
{
    return rv_bench_memory(n * sizeof(float));
}

static double
time_fftw(rv_bench *const b, const char *const name, const rv_fftw *const lib,
          const int n, const int howmany)
{
    const size_t total   = (size_t)n * (size_t)howmany;
    float(*const in)[2]  = lib->malloc(total * sizeof *in);
    float(*const out)[2] = lib->malloc(total * sizeof *out);
    job       j          = {.fftw = lib};
    rv_random random     = {.spare = 0.0};
    j.fftw_plan          = howmany == 1
                               ? lib->plan_dft_1d(n, in, out, RV_FFTW_FORWARD, RV_FFTW_ESTIMATE)
                               : lib->plan_many_dft(1, &n, howmany, in, NULL, 1, n, out, NULL, 1,
                                                    n, RV_FFTW_FORWARD, RV_FFTW_ESTIMATE);
    rv_random_init(&random, 1, 0);
    for (size_t i = 0; i < total; ++i) {
        in[i][0] = rv_random_normal_f32(&random);
        in[i][1] = rv_random_normal_f32(&random);
    }
    const double ns = rv_bench_time(b, name, fftw, &j).median_ns;
    lib->destroy_plan(j.fftw_plan);
    lib->free(in);
    lib->free(out);
    return ns;
}

static void
time_length(rv_bench *const b, const rv_fftw *const lib, const uint32_t n,
            const double bound)
{
    char   name[64];
    size_t n_bytes = 0;
    if (rv_fft_size(n, &n_bytes) != RV_OK) {
        return;
    }
    void *const mem = floats(n_bytes / sizeof(float));
    job         j   = {.n = (size_t)n * 16};
    j.in            = floats(j.n * 2);
    j.out           = floats(j.n * 2);
    j.work          = floats((size_t)64 * n);
    rv_random random;
    rv_random_init(&random, 1, 0);
    for (size_t i = 0; i < j.n * 2; ++i) {
        j.in[i] = rv_random_normal_f32(&random);
    }
    if (rv_fft_init(&j.plan, n, mem, n_bytes) == RV_OK) {
        rv_fft_select(&j.plan, b->cpu_mask);
        snprintf(name, sizeof name, "fft %u x 16", n);
        const double all = rv_bench_time(b, name, sixteen, &j).median_ns / 16.0;
        j.n              = n;
        snprintf(name, sizeof name, "fft %u", n);
        const double single = rv_bench_time(b, name, one, &j).median_ns;
        if (lib) {
            snprintf(name, sizeof name, "fftw %u", n);
            const double theirs = time_fftw(b, name, lib, (int)n, 1);
            snprintf(name, sizeof name, "fft/fftw %u", n);
            rv_bench_bound(b, name, single / theirs, bound);
            snprintf(name, sizeof name, "fft/fftw %u, of 16", n);
            rv_bench_bound(b, name, all / theirs, 1.5);
        }
    }
    free(mem);
    free(j.in);
    free(j.out);
    free(j.work);
}

void
rv_bench_fft(rv_bench *const b)
{
    static const struct {
        uint32_t n;
        double   bound;
    } lengths[] = {{64, 4},  {128, 4},   {156, 4},  {168, 4},    {256, 4},  {342, 2.5},
                   {512, 4}, {726, 2.5}, {1024, 4}, {1452, 2.5}, {2048, 4}, {4096, 4}};
    rv_fftw    lib;
    const bool there = rv_fftw_open(&lib);
    if (!there) {
        rv_bench_note(b, "no libfftw3f here: no ratios");
    }
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
        time_length(b, there ? &lib : NULL, lengths[i].n, lengths[i].bound);
    }
}

// SPDX-License-Identifier: MIT
#include "exact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t masks[] = {RV_CPU_PLAIN, 0, RV_CPU_AVX2,
                                 RV_CPU_AVX2 | RV_CPU_AVX512};

static float *
floats(const size_t n)
{
    float *const p = calloc(n, sizeof *p);
    if (!p) {
        abort();
    }
    return p;
}

/// One length: 16 inputs of which each is also transformed alone
typedef struct {
    rv_fft plan;
    void  *mem;
    size_t total; ///< n x 16
    float *in;    ///< [2][n][16]
    float *want;  ///< [2][n][16]
    float *out;   ///< [2][n][16]
    float *one;   ///< [4][n]
    float *work;
} job;

static bool
open_job(job *const j, const uint32_t n, const uint64_t seed)
{
    size_t    n_bytes = 0;
    rv_random random;
    if (rv_fft_size(n, &n_bytes) != RV_OK) {
        return false;
    }
    *j      = (job){.total = (size_t)n * 16};
    j->mem  = malloc(n_bytes);
    j->in   = floats(2 * j->total);
    j->want = floats(2 * j->total);
    j->out  = floats(2 * j->total);
    j->one  = floats((size_t)4 * n);
    j->work = floats((size_t)64 * n);
    if (!j->mem || rv_fft_init(&j->plan, n, j->mem, n_bytes) != RV_OK) {
        abort();
    }
    rv_random_init(&random, seed, n);
    for (size_t i = 0; i < 2 * j->total; ++i) {
        j->in[i] = special_number(&random, n % 7 == 0 ? 2 : n % 2);
    }
    return true;
}

static void
close_job(job *const j)
{
    free(j->mem);
    free(j->in);
    free(j->want);
    free(j->out);
    free(j->one);
    free(j->work);
}

static void
take_link(const job *const j, const float *const from, const size_t link)
{
    for (size_t i = 0; i < j->plan.n; ++i) {
        j->one[i]             = from[i * 16 + link];
        j->one[j->plan.n + i] = from[j->total + i * 16 + link];
    }
}

static void
put_link(const job *const j, float *const to, const size_t link)
{
    const size_t n = j->plan.n;
    for (size_t i = 0; i < n; ++i) {
        to[i * 16 + link]            = j->one[2 * n + i];
        to[j->total + i * 16 + link] = j->one[3 * n + i];
    }
}

static bool
same(job *const j, const char *const form, const uint32_t mask)
{
    make_canonical(j->out, 2 * j->total);
    if (memcmp(j->out, j->want, 2 * j->total * sizeof *j->out) == 0) {
        return true;
    }
    fprintf(stderr, "exact: transform of %u, %s, mask %u differs\n", j->plan.n, form,
            mask);
    return false;
}

static bool
compare_form(job *const j, const uint32_t mask)
{
    const size_t n = j->plan.n;
    const size_t t = j->total;
    rv_fft_select(&j->plan, mask);
    rv_fft_forward_16(&j->plan, j->in, j->in + t, j->out, j->out + t, j->work);
    bool ok = same(j, "sixteen", mask);
    memcpy(j->out, j->in, 2 * t * sizeof *j->out);
    rv_fft_forward_16(&j->plan, j->out, j->out + t, j->out, j->out + t, j->work);
    ok = same(j, "sixteen in place", mask) && ok;
    for (size_t link = 0; link < 16; ++link) {
        take_link(j, j->in, link);
        if (link % 2) {
            rv_fft_forward(&j->plan, j->one, j->one + n, j->one + 2 * n, j->one + 3 * n,
                           j->work);
        } else {
            memcpy(j->one + 2 * n, j->one, 2 * n * sizeof *j->one);
            rv_fft_forward(&j->plan, j->one + 2 * n, j->one + 3 * n, j->one + 2 * n,
                           j->one + 3 * n, j->work);
        }
        put_link(j, j->out, link);
    }
    return same(j, "alone", mask) && ok;
}

// Whether the inverse gives back what went in, to a few roundings
static bool
check_inverse(job *const j)
{
    const float scale = 1.0F / (float)j->plan.n;
    if (j->plan.n % 7 == 0 || j->plan.n % 2) { // not with infinities and all magnitudes
        return true;
    }
    rv_fft_inverse_16(&j->plan, j->want, j->want + j->total, j->out, j->out + j->total,
                      j->work);
    for (size_t i = 0; i < 2 * j->total; ++i) {
        const float d = j->out[i] * scale - j->in[i];
        if (!(d < 1e-5F && d > -1e-5F)) {
            fprintf(stderr, "exact: inverse of %u is off by %g\n", j->plan.n,
                    (double)d);
            return false;
        }
    }
    return true;
}

uint64_t
compare_transforms(const uint32_t cpu_mask, const bool quick, bool *const failed)
{
    static const uint32_t product[] = {342, 512, 726, 1024, 1452, 2048, 4096, 5040};
    const uint32_t        dense     = quick ? 100 : 320;
    uint64_t              count     = 0;
    for (uint32_t i = 0; i < dense + 8; ++i) {
        const uint32_t n = i < dense ? i + 1 : product[i - dense];
        job            j;
        if (!open_job(&j, n, 1)) {
            continue;
        }
        for (size_t link = 0; link < 16; ++link) {
            take_link(&j, j.in, link);
            plain_fft(n, j.one, j.one + n, j.one + 2 * n, j.one + 3 * (size_t)n);
            put_link(&j, j.want, link);
        }
        make_canonical(j.want, 2 * j.total);
        for (size_t k = 0; k < sizeof masks / sizeof *masks; ++k) {
            if ((masks[k] & ~(cpu_mask | RV_CPU_PLAIN)) == 0) {
                *failed = !compare_form(&j, masks[k]) || *failed;
                count += 48;
            }
        }
        *failed = !check_inverse(&j) || *failed;
        close_job(&j);
    }
    return count;
}

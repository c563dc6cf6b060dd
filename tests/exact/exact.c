// SPDX-License-Identifier: MIT
// Compares every kernel of every instruction set with plain loops, byte for byte: all
// kinds of numbers, lengths around the lanes, offsets of 0 to 60 bytes. A failure
// prints the command that repeats it. `--bench` times the same list.
#include "exact.h"

#include <ruview/math/elementary.h>
#include <ruview/platform/cpu.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { room = 2048, n_in = 4, n_out = 2 };

/// Places of one call: inputs a..d, outputs y and z, bytes
typedef struct {
    const float *a, *b, *c, *d;
    float       *y, *z;
    uint8_t     *bytes;
    float        alpha, beta;
} place;

typedef void call(const rv_kernels *k, const place *p, size_t n);

#define CALL(name, ...)                                                                \
    static void call_##name(const rv_kernels *const k, const place *const p,           \
                            const size_t n)                                            \
    {                                                                                  \
        (void)n;                                                                       \
        __VA_ARGS__;                                                                   \
    }

static void
put_index(float *const y, const size_t index)
{
    const uint32_t bits = (uint32_t)index;
    memcpy(y, &bits, sizeof bits);
}

CALL(sum, p->y[0] = k->sum(p->a, n))
CALL(sum_abs, p->y[0] = k->sum_abs(p->a, n))
CALL(norm2, p->y[0] = k->norm2(p->a, n))
CALL(dot, p->y[0] = k->dot(p->a, p->b, n))
CALL(dist2, p->y[0] = k->dist2(p->a, p->b, n))
CALL(wnorm2, p->y[0] = k->wnorm2(p->a, p->b, n))
CALL(cnorm2, p->y[0] = k->cnorm2(p->a, p->b, n))
CALL(cnorm1, p->y[0] = k->cnorm1(p->a, p->b, n))
CALL(cdot, k->cdot(p->a, p->b, p->c, p->d, n, p->y))
CALL(dot_f64, const double v = k->dot_f64(p->a, p->b, n); p->y[0] = (float)v;
     p->y[1] = (float)(v - (double)(float)v))
CALL(argmax, put_index(p->z, k->argmax(p->a, n, p->y)))
CALL(argmin, put_index(p->z, k->argmin(p->a, n, p->y)))
CALL(cargmax2, put_index(p->z, k->cargmax2(p->a, p->b, n, p->y)))
CALL(all_finite, p->y[0] = (float)k->all_finite(p->a, n))
CALL(add, k->add(p->a, p->b, p->y, n))
CALL(sub, k->sub(p->a, p->b, p->y, n))
CALL(sub_in_place, k->sub(p->y, p->b, p->y, n))
CALL(mul, k->mul(p->a, p->b, p->y, n))
CALL(scale, k->scale(p->alpha, p->a, p->y, n))
CALL(axpy, k->axpy(p->alpha, p->a, p->y, n))
CALL(blend, k->blend(p->alpha, p->a, p->y, n))
CALL(soft, k->soft(p->a, rv_abs_f32(p->alpha), p->y, n))
CALL(sqrt, k->sqrt(p->a, p->y, n))
CALL(welford, k->welford(p->a, p->alpha, p->y, p->z, n))
CALL(unpack_i8, k->unpack_i8((const int8_t *)p->bytes, p->alpha, p->y, p->z, n))
CALL(mag, k->mag(p->a, p->b, p->y, n))
CALL(mag2, k->mag2(p->a, p->b, p->y, n))
CALL(cmul, k->cmul(p->a, p->b, p->c, p->d, p->y, p->z, n))
CALL(cmul_in_place, k->cmul(p->y, p->z, p->c, p->d, p->y, p->z, n))
CALL(cmulc, k->cmulc(p->a, p->b, p->c, p->d, p->y, p->z, n))
CALL(cmac, k->cmac(p->a, p->b, p->c, p->d, p->y, p->z, n))
CALL(cmacc, k->cmacc(p->a, p->b, p->c, p->d, p->y, p->z, n))
CALL(caxpy, k->caxpy(p->alpha, p->beta, p->a, p->b, p->y, p->z, n))
CALL(cscale, k->cscale(p->alpha, p->beta, p->a, p->b, p->y, p->z, n))
CALL(cweight, k->cweight(p->a, p->b, p->c, p->y, p->z, n))
CALL(csoft, k->csoft(p->a, p->b, rv_abs_f32(p->alpha), p->y, p->z, n))
CALL(sincos, k->sincos(p->a, p->y, p->z, n))
CALL(atan2, k->atan2(p->a, p->b, p->y, n))
CALL(exp, k->exp(p->a, p->y, n))
CALL(log, k->log(p->a, p->y, n))
CALL(dot_16, k->dot_16(p->a, p->b, n / 16, p->y))
CALL(cnorm2_16, k->cnorm2_16(p->a, p->b, n / 16, p->y))
CALL(cdot_16, k->cdot_16(p->a, p->b, p->c, p->d, n / 16, p->y, p->z))
CALL(caxpy_16, k->caxpy_16(p->c, p->d, p->a, p->b, p->y, p->z, n / 16))
CALL(cspread_16, k->cspread_16(p->c, p->d, p->a, p->b, p->y, p->z, n / 16))
CALL(crows_16, k->crows_16(p->c, p->d, p->a, p->b, p->y, p->z, n / 16))
CALL(csoft_16, k->csoft_16(p->a, p->b, p->c, p->y, p->z, n / 16))
CALL(cargmax2_16, uint32_t index[16]; k->cargmax2_16(p->a, p->b, n / 16, index, p->y);
     memcpy(p->z, index, sizeof index))
CALL(hamming, put_index(p->y, k->hamming(p->bytes, p->bytes + 1024, n)))
CALL(hamming_rows, uint32_t d[room / 16];
     k->hamming_rows(p->bytes, p->bytes + 16, n / 16, 16, d);
     memcpy(p->y, d, n / 16 * sizeof *d))

static const struct {
    const char *name;
    call       *run;
} calls[] = {
#define ROW(name)                                                                      \
    {                                                                                  \
#name, call_##name                                                             \
    }
    ROW(sum),           ROW(sum_abs),      ROW(norm2),    ROW(dot),
    ROW(dist2),         ROW(wnorm2),       ROW(cnorm2),   ROW(cnorm1),
    ROW(cdot),          ROW(dot_f64),      ROW(argmax),   ROW(argmin),
    ROW(cargmax2),      ROW(all_finite),   ROW(add),      ROW(sub),
    ROW(sub_in_place),  ROW(mul),          ROW(scale),    ROW(axpy),
    ROW(blend),         ROW(soft),         ROW(sqrt),     ROW(welford),
    ROW(unpack_i8),     ROW(mag),          ROW(mag2),     ROW(cmul),
    ROW(cmul_in_place), ROW(cmulc),        ROW(cmac),     ROW(cmacc),
    ROW(caxpy),         ROW(cscale),       ROW(cweight),  ROW(csoft),
    ROW(sincos),        ROW(atan2),        ROW(exp),      ROW(log),
    ROW(dot_16),        ROW(cnorm2_16),    ROW(cdot_16),  ROW(caxpy_16),
    ROW(cspread_16),    ROW(crows_16),     ROW(csoft_16), ROW(cargmax2_16),
    ROW(hamming),       ROW(hamming_rows),
#undef ROW
};

enum { n_calls = sizeof calls / sizeof *calls };

void
make_canonical(float *const x, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        x[i] = rv_canonical_f32(x[i]);
    }
}

float
special_number(rv_random *const random, const int kind)
{
    static const uint32_t odd[] = {0x00000000U, 0x80000000U, 0x00000001U, 0x80000001U,
                                   0x007FFFFFU, 0x807FFFFFU, 0x00800000U, 0x7F7FFFFFU,
                                   0xFF7FFFFFU, 0x7F800000U, 0xFF800000U, 0x7FC00000U,
                                   0x3F800000U, 0xBF800000U, 0x49742400U, 0x42B17218U};
    if (kind == 0) {
        return rv_random_normal_f32(random);
    }
    if (kind == 2 && rv_random_below(random, 4) == 0) {
        return rv_from_bits_f32(odd[rv_random_below(random, sizeof odd / sizeof *odd)]);
    }
    const uint32_t bits = rv_random_u32(random);
    return rv_canonical_f32(rv_from_bits_f32(
        kind == 2 ? bits & 0x80FFFFFFU : (bits & 0x80FFFFFFU) + 0x30000000U));
}

typedef struct {
    _Alignas(64) float in[n_in][room];
    _Alignas(64) float out[2][n_out][room];
    uint8_t bytes[4096];
} memory;

enum { pool_size = 1 << 16 };

static float   pool[3][pool_size];
static uint8_t byte_pool[pool_size];

static void
fill_pools(void)
{
    rv_random random;
    rv_random_init(&random, 20220101, 0);
    for (int kind = 0; kind < 3; ++kind) {
        for (int i = 0; i < pool_size; ++i) {
            pool[kind][i] = special_number(&random, kind);
        }
    }
    for (int i = 0; i < pool_size; ++i) {
        byte_pool[i] = (uint8_t)rv_random_u32(&random);
    }
}

// Each array is a stretch of a pool from a random place
static void
fill(memory *const m, rv_random *const random, const int kind)
{
    for (int i = 0; i < n_in; ++i) {
        memcpy(m->in[i], pool[kind] + rv_random_below(random, pool_size - room),
               sizeof m->in[i]);
    }
    for (int i = 0; i < n_out; ++i) {
        memcpy(m->out[0][i], pool[kind] + rv_random_below(random, pool_size - room),
               sizeof m->out[0][i]);
    }
    memcpy(m->bytes, byte_pool + rv_random_below(random, pool_size - sizeof m->bytes),
           sizeof m->bytes);
}

static place
place_at(memory *const m, const int side, const uint64_t offsets, const float alpha)
{
    const size_t o[6] = {offsets & 15,       offsets >> 4 & 15,  offsets >> 8 & 15,
                         offsets >> 12 & 15, offsets >> 16 & 15, offsets >> 20 & 15};
    return (place){m->in[0] + o[0],        m->in[1] + o[1],
                   m->in[2] + o[2],        m->in[3] + o[3],
                   m->out[side][0] + o[4], m->out[side][1] + o[5],
                   m->bytes + o[0],        alpha,
                   m->in[0][room - 1]};
}

// Whole output arrays are compared, so that a write beyond the end shows too
static bool
same_bytes(memory *const m)
{
    make_canonical(m->out[0][0], (size_t)n_out * room);
    make_canonical(m->out[1][0], (size_t)n_out * room);
    return memcmp(m->out[0], m->out[1], sizeof m->out[0]) == 0;
}

static bool
compare(const rv_kernels *const k, const int which, const uint64_t seed)
{
    static memory m;
    rv_random     random;
    rv_random_init(&random, seed, (uint64_t)which);
    const int      kind    = (int)rv_random_below(&random, 3);
    const size_t   n       = rv_random_below(&random, seed % 4 ? 70 : 1000);
    const uint64_t offsets = rv_random_u64(&random);
    fill(&m, &random, kind);
    memcpy(m.out[1], m.out[0], sizeof m.out[0]);
    const float alpha  = special_number(&random, kind == 2 ? 1 : kind);
    const place theirs = place_at(&m, 0, offsets, alpha);
    const place ours   = place_at(&m, 1, offsets, alpha);
    calls[which].run(&plain_kernels, &theirs, n);
    calls[which].run(k, &ours, n);
    if (same_bytes(&m)) {
        return true;
    }
    fprintf(stderr, "exact: %s of %s differs: n %zu, kind %d; exact --seed %llu\n",
            calls[which].name, k->name, n, kind, (unsigned long long)seed);
    return false;
}

static void
time_all(const uint32_t mask)
{
    static memory     m;
    rv_random         random;
    const rv_kernels *k = NULL;
    rv_random_init(&random, 1, 1);
    fill(&m, &random, 0);
    const place p = place_at(&m, 0, 0, 0.5F);
    for (int which = 0; which < n_calls; ++which) {
        printf("%-14s", calls[which].name);
        for (uint32_t i = 0; (k = rv_kernels_variant(i)) != NULL; ++i) {
            if ((k->needs & ~mask) != 0) {
                continue;
            }
            const clock_t begin = clock();
            int           count = 0;
            while (clock() - begin < CLOCKS_PER_SEC / 100) {
                for (int r = 0; r < 50; ++r) {
                    calls[which].run(k, &p, 960);
                }
                count += 50;
            }
            printf("  %s %8.1f ns", k->name,
                   1e9 * (double)(clock() - begin) / CLOCKS_PER_SEC / count);
        }
        putchar('\n');
    }
}

int
main(const int argc, char **const argv)
{
    const uint32_t    found  = rv_cpu_mask();
    uint64_t          first  = 0;
    uint64_t          last   = 400;
    bool              failed = false;
    bool              quick  = false;
    const rv_kernels *k      = NULL;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--bench") == 0) {
            fill_pools();
            time_all(found);
            return 0;
        }
        if (strcmp(argv[i], "--quick") == 0) {
            last  = 100;
            quick = true;
        } else if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            first = strtoull(argv[++i], NULL, 0);
            last  = first + 1;
        }
    }
    fill_pools();
    if (rv_math_selftest(found) != RV_OK) {
        fputs("exact: this machine or this build does not compute as it must\n",
              stderr);
        return 1;
    }
    uint64_t count = 0;
    for (uint32_t i = 0; (k = rv_kernels_variant(i)) != NULL; ++i) {
        if ((k->needs & ~found) != 0) {
            printf("exact: %s not run: the CPU has it not\n", k->name);
            continue;
        }
        for (int which = 0; which < n_calls; ++which) {
            for (uint64_t seed = first; seed < last; ++seed, ++count) {
                failed = !compare(k, which, seed) || failed;
            }
        }
    }
    const uint64_t transforms = compare_transforms(found, quick, &failed);
    printf(
        "exact: %llu calls of %d kernels and %llu transforms compared byte for byte, "
        "kernels chosen: %s\n",
        (unsigned long long)count, n_calls, (unsigned long long)transforms,
        rv_kernels_for(found)->name);
    return failed ? 1 : 0;
}

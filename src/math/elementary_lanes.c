// SPDX-License-Identifier: MIT
#include "math/elementary_lanes.h"

#include "math/elementary_tables.h"
#include "math/lanes.h"

// f64 per hardware vector, as many f32 beside them
#if RV_WIDTH > 1
enum { half_width = RV_WIDTH / 2 };
typedef double   D __attribute__((vector_size(4 * RV_WIDTH)));
typedef uint64_t U __attribute__((vector_size(4 * RV_WIDTH)));
typedef float    H __attribute__((vector_size(2 * RV_WIDTH)));
#else
enum { half_width = 1 };
typedef double   D;
typedef uint64_t U;
typedef float    H;
#endif

#define NAME(x) x##_many

RV_INLINE D
splat_many(const double x)
{
#if RV_WIDTH > 1
    D v;
    for (int i = 0; i < half_width; ++i) {
        v[i] = x;
    }
    return v;
#else
    return x;
#endif
}

RV_INLINE U
bits_many(const D x)
{
    U bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

RV_INLINE D
real_many(const U bits)
{
    D x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

RV_INLINE U
above_many(const D a, const D b)
{
#if RV_WIDTH > 1
    return (U)(a > b);
#else
    return 0 - (uint64_t)(a > b);
#endif
}

RV_INLINE U
same_many(const D a, const D b)
{
#if RV_WIDTH > 1
    return (U)(a == b);
#else
    return 0 - (uint64_t)(a == b);
#endif
}

#include "math/elementary_core.h"

RV_INLINE D
widen(const float *const p)
{
    H h;
    memcpy(&h, p, sizeof h);
#if RV_WIDTH > 1
    return __builtin_convertvector(h, D);
#else
    return (double)h;
#endif
}

RV_INLINE void
narrow(float *const p, const D x)
{
#if RV_WIDTH > 1
    const H h = __builtin_convertvector(x, H);
#else
    const H h = (float)x;
#endif
    memcpy(p, &h, sizeof h);
}

enum { block = 16 };

// Whether any of sixteen bit patterns without sign is `limit` or more
static int
any_from(const float *const x, const uint32_t limit)
{
    uint32_t found = 0;
    for (int i = 0; i < block; ++i) {
        found |= (rv_bits_f32(x[i]) & 0x7FFFFFFFU) >= limit;
    }
    return found != 0;
}

// Whether any of sixteen numbers is not a finite one above zero
static int
any_without_log(const float *const x)
{
    uint32_t found = 0;
    for (int i = 0; i < block; ++i) {
        found |= rv_bits_f32(x[i]) - 1U >= 0x7F7FFFFFU;
    }
    return found != 0;
}

static void
sincos_block(const float *const x, float *const s, float *const c)
{
    if (any_from(x, 0x49742400U)) { // 10^6
        for (int i = 0; i < block; ++i) {
            const float v = x[i];
            rv_sincos_f32(v, &s[i], &c[i]);
        }
        return;
    }
    for (int i = 0; i < block; i += half_width) {
        D sine;
        D cosine;
        sincos_many(widen(x + i), &sine, &cosine);
        narrow(s + i, sine);
        narrow(c + i, cosine);
    }
}

static void
atan2_block(const float *const y, const float *const x, float *const out)
{
    if (any_from(x, 0x7F800000U) || any_from(y, 0x7F800000U)) {
        for (int i = 0; i < block; ++i) {
            out[i] = rv_atan2_f32(y[i], x[i]);
        }
        return;
    }
    for (int i = 0; i < block; i += half_width) {
        narrow(out + i, atan2_many(widen(y + i), widen(x + i)));
    }
}

static void
exp_block(const float *const x, float *const out)
{
    if (any_from(x, 0x7F800001U)) {
        for (int i = 0; i < block; ++i) {
            out[i] = rv_exp_f32(x[i]);
        }
        return;
    }
    for (int i = 0; i < block; i += half_width) {
        narrow(out + i, exp_many(widen(x + i)));
    }
}

static void
log_block(const float *const x, float *const out)
{
    if (any_without_log(x)) {
        for (int i = 0; i < block; ++i) {
            out[i] = rv_log_f32(x[i]);
        }
        return;
    }
    for (int i = 0; i < block; i += half_width) {
        narrow(out + i, log_many(widen(x + i)));
    }
}

// The last, shorter block, filled up with ones
static void
fill(float padded[block], const float *const x, const size_t n)
{
    for (size_t i = 0; i < block; ++i) {
        padded[i] = i < n ? x[i] : 1.0F;
    }
}

void
RV_VARIANT_NAME(rv_sincos_rows)(const float *const x, float *const s, float *const c,
                                const size_t n)
{
    size_t i = 0;
    for (; n - i >= block; i += block) {
        sincos_block(x + i, s + i, c + i);
    }
    if (i < n) {
        float padded[block];
        float sine[block];
        float cosine[block];
        fill(padded, x + i, n - i);
        sincos_block(padded, sine, cosine);
        memcpy(s + i, sine, (n - i) * sizeof *s);
        memcpy(c + i, cosine, (n - i) * sizeof *c);
    }
}

void
RV_VARIANT_NAME(rv_atan2_rows)(const float *const y, const float *const x,
                               float *const out, const size_t n)
{
    size_t i = 0;
    for (; n - i >= block; i += block) {
        atan2_block(y + i, x + i, out + i);
    }
    if (i < n) {
        float py[block];
        float px[block];
        float angle[block];
        fill(py, y + i, n - i);
        fill(px, x + i, n - i);
        atan2_block(py, px, angle);
        memcpy(out + i, angle, (n - i) * sizeof *out);
    }
}

RV_INLINE void
one_argument(void (*const step)(const float *, float *), const float *const x,
             float *const out, const size_t n)
{
    size_t i = 0;
    for (; n - i >= block; i += block) {
        step(x + i, out + i);
    }
    if (i < n) {
        float padded[block];
        float result[block];
        fill(padded, x + i, n - i);
        step(padded, result);
        memcpy(out + i, result, (n - i) * sizeof *out);
    }
}

void
RV_VARIANT_NAME(rv_exp_rows)(const float *const x, float *const out, const size_t n)
{
    one_argument(exp_block, x, out, n);
}

void
RV_VARIANT_NAME(rv_log_rows)(const float *const x, float *const out, const size_t n)
{
    one_argument(log_block, x, out, n);
}

int
RV_VARIANT_NAME(rv_fuses_elementary)(void)
{
    return rv_lanes_fuse();
}

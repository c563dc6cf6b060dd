// SPDX-License-Identifier: MIT
// The kernels of one instruction set. EACH runs a statement on vectors of k elements
// from index i: RV_WIDTH of them, and fewer at the end. SUM does so on parts of the
// sixteen lanes; lanes beyond the end add +0, which changes no sum that began at +0.
#include "math/elementary_lanes.h"
#include "math/kernels_lanes_16.h"
#include "math/lanes.h"
#include "math/variants.h"

typedef rv_vf V;

#define EACH(...)                                                                      \
    size_t i = 0;                                                                      \
    for (; n - i >= RV_WIDTH; i += RV_WIDTH) {                                         \
        enum { k = RV_WIDTH };                                                         \
        __VA_ARGS__                                                                    \
    }                                                                                  \
    if (i < n) {                                                                       \
        const size_t k = n - i;                                                        \
        __VA_ARGS__                                                                    \
    }

#define LD(p)    rv_load((p) + i, k)
#define ST(p, v) rv_store((p) + i, k, v)

#define SUM(...)                                                                       \
    size_t at = 0;                                                                     \
    for (; n - at >= 16; at += 16) {                                                   \
        RV_EACH_PART({                                                                 \
            const size_t i = at + I * RV_WIDTH;                                        \
            enum { k = RV_WIDTH };                                                     \
            __VA_ARGS__                                                                \
        })                                                                             \
    }                                                                                  \
    RV_EACH_PART({                                                                     \
        const size_t i = at + I * RV_WIDTH;                                            \
        if (i < n) {                                                                   \
            const size_t k = n - i < RV_WIDTH ? n - i : RV_WIDTH;                      \
            __VA_ARGS__                                                                \
        }                                                                              \
    })

// ---- reductions
// -----------------------------------------------------------------------

static float
sum(const float *const x, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(s.p[I] += LD(x);)
    return rv_fold(s);
}

static float
sum_abs(const float *const x, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(s.p[I] += rv_vabs(LD(x));)
    return rv_fold(s);
}

static float
norm2(const float *const x, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(const V v = LD(x); s.p[I] += v * v;)
    return rv_fold(s);
}

static float
dot(const float *const a, const float *const b, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(s.p[I] += LD(a) * LD(b);)
    return rv_fold(s);
}

static float
dist2(const float *const a, const float *const b, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(const V d = LD(a) - LD(b); s.p[I] += d * d;)
    return rv_fold(s);
}

static float
wnorm2(const float *const w, const float *const x, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(const V v = LD(x); s.p[I] += LD(w) * (v * v);)
    return rv_fold(s);
}

static float
cnorm2(const float *const re, const float *const im, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(const V r = LD(re); const V m = LD(im); s.p[I] += r * r + m * m;)
    return rv_fold(s);
}

static float
cnorm1(const float *const re, const float *const im, const size_t n)
{
    rv_f32x16 s = rv_zero_16();
    SUM(const V r = LD(re); const V m = LD(im); s.p[I] += rv_vsqrt(r * r + m * m);)
    return rv_fold(s);
}

static void
cdot(const float *const a_re, const float *const a_im, const float *const b_re,
     const float *const b_im, const size_t n, float out[2])
{
    rv_f32x16 s = rv_zero_16();
    rv_f32x16 t = rv_zero_16();
    SUM(const V ar = LD(a_re); const V ai = LD(a_im); const V br = LD(b_re);
        const V bi = LD(b_im); s.p[I] += ar * br + ai * bi;
        t.p[I] += ar * bi - ai * br;)
    out[0] = rv_fold(s);
    out[1] = rv_fold(t);
}

#if RV_WIDTH > 1
typedef double VD __attribute__((vector_size(4 * RV_WIDTH)));
typedef float  VH __attribute__((vector_size(2 * RV_WIDTH)));
enum { half_width = RV_WIDTH / 2 };
#endif

static double
dot_f64(const float *const a, const float *const b, const size_t n)
{
    double s[16] = {0};
    size_t i     = 0;
#if RV_WIDTH > 1
    VD acc[16 / half_width] = {{0}};
    for (; n - i >= 16; i += 16) {
        for (size_t part = 0; part < 16 / half_width; ++part) {
            VH x;
            VH y;
            memcpy(&x, a + i + part * half_width, sizeof x);
            memcpy(&y, b + i + part * half_width, sizeof y);
            acc[part] +=
                __builtin_convertvector(x, VD) * __builtin_convertvector(y, VD);
        }
    }
    memcpy(s, acc, sizeof s);
#endif
    for (size_t k = i % 16; i < n; ++i, k = (k + 1) % 16) {
        s[k] += (double)a[i] * (double)b[i];
    }
    for (size_t half = 8; half >= 1; half /= 2) {
        for (size_t k = 0; k < half; ++k) {
            s[k] += s[k + half];
        }
    }
    return s[0] == s[0] ? s[0] : rv_from_bits_f64(0x7FF8000000000000U);
}

// ---- selections
// -----------------------------------------------------------------------

// The largest of each lane and the number of the vector it came from first
typedef struct {
    V     best;
    rv_vi where;
} leaders;

RV_INLINE leaders
lead(leaders l, const V v, const rv_vi number)
{
    const rv_vi above = rv_above(v, l.best);
    l.best            = rv_select(above, v, l.best);
    l.where           = (above & number) | (~above & l.where);
    return l;
}

// Of the lanes that rose above `floor`, the largest, the lowest index of equals; n:
// none
RV_INLINE size_t
pick_leader(const leaders *const l, const float floor, const size_t n, float *const top)
{
    float   lane[RV_WIDTH];
    int32_t number[RV_WIDTH];
    size_t  at = n;
    memcpy(lane, &l->best, sizeof lane);
    memcpy(number, &l->where, sizeof number);
    *top = floor;
    for (size_t k = 0; k < RV_WIDTH; ++k) {
        const size_t here = (size_t)number[k] * RV_WIDTH + k;
        if (lane[k] > *top || (lane[k] == *top && at < n && here < at)) {
            *top = lane[k];
            at   = here;
        }
    }
    return at;
}

// Largest sign x[i]; where nothing rises above -inf, the first -inf there is
RV_INLINE size_t
argmost(const float sign, const float *const x, const size_t n, float *const most)
{
    const float lowest = rv_from_bits_f32(0xFF800000U);
    leaders     l      = {rv_splat(lowest), rv_splat_i32(0)};
    rv_vi       number = rv_splat_i32(0);
    size_t      i      = 0;
    for (; n - i >= RV_WIDTH; i += RV_WIDTH) {
        l = lead(l, sign * rv_load(x + i, RV_WIDTH), number);
        number += 1;
    }
    float  top = lowest;
    size_t at  = pick_leader(&l, lowest, n, &top);
    for (; i < n; ++i) {
        if (sign * x[i] > top) {
            top = sign * x[i];
            at  = i;
        }
    }
    for (size_t k = 0; at == n && k < n; ++k) {
        at = sign * x[k] == lowest ? k : n;
    }
    *most = at < n ? x[at] : sign * lowest;
    return at;
}

static size_t
argmax(const float *const x, const size_t n, float *const max)
{
    return argmost(1.0F, x, n, max);
}

static size_t
argmin(const float *const x, const size_t n, float *const min)
{
    return argmost(-1.0F, x, n, min);
}

static size_t
cargmax2(const float *const re, const float *const im, const size_t n, float *const max)
{
    const float lowest = rv_from_bits_f32(0xFF800000U);
    leaders     l      = {rv_splat(lowest), rv_splat_i32(0)};
    rv_vi       number = rv_splat_i32(0);
    size_t      i      = 0;
    for (; n - i >= RV_WIDTH; i += RV_WIDTH) {
        const V r = rv_load(re + i, RV_WIDTH);
        const V m = rv_load(im + i, RV_WIDTH);
        l         = lead(l, r * r + m * m, number);
        number += 1;
    }
    float  top = lowest;
    size_t at  = pick_leader(&l, lowest, n, &top);
    for (; i < n; ++i) {
        const float v = re[i] * re[i] + im[i] * im[i];
        if (v > top) {
            top = v;
            at  = i;
        }
    }
    *max = top;
    return at;
}

// x - x is zero for what is finite, NaN for the rest
static int
all_finite(const float *const x, const size_t n)
{
    V bad = rv_splat(0.0F);
    EACH(const V v = LD(x); bad += v - v;)
    return !rv_any(~rv_equal(bad, bad));
}

// ---- element by element
// ---------------------------------------------------------------

static void
add(const float *const a, const float *const b, float *const out, const size_t n)
{
    EACH(ST(out, LD(a) + LD(b));)
}

static void
sub(const float *const a, const float *const b, float *const out, const size_t n)
{
    EACH(ST(out, LD(a) - LD(b));)
}

static void
mul(const float *const a, const float *const b, float *const out, const size_t n)
{
    EACH(ST(out, LD(a) * LD(b));)
}

static void
scale(const float alpha, const float *const x, float *const out, const size_t n)
{
    EACH(ST(out, alpha * LD(x));)
}

static void
axpy(const float alpha, const float *const x, float *const y, const size_t n)
{
    EACH(ST(y, LD(y) + alpha * LD(x));)
}

static void
blend(const float alpha, const float *const x, float *const y, const size_t n)
{
    EACH(const V v = LD(y); ST(y, v + alpha * (LD(x) - v));)
}

static void
soft(const float *const x, const float threshold, float *const out, const size_t n)
{
    const V high = rv_splat(threshold);
    const V low  = rv_splat(-threshold);
    EACH(const V v    = LD(x);
         const V less = rv_select(rv_above(low, v), v + threshold, rv_splat(0.0F));
         ST(out, rv_select(rv_above(v, high), v - threshold, less));)
}

static void
root(const float *const x, float *const out, const size_t n)
{
    EACH(ST(out, rv_vsqrt(LD(x)));)
}

static void
welford(const float *const x, const float inverse_count, float *const mean,
        float *const m2, const size_t n)
{
    EACH(const V v = LD(x); V mu = LD(mean); const V d = v - mu;
         mu += d * inverse_count; ST(mean, mu); ST(m2, LD(m2) + d * (v - mu));)
}

static void
unpack_i8(const int8_t *const pairs, const float alpha, float *const re,
          float *const im, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        re[i] = alpha * (float)pairs[2 * i];
        im[i] = alpha * (float)pairs[2 * i + 1];
    }
}

// ---- complex, element by element
// ------------------------------------------------------

static void
mag(const float *const re, const float *const im, float *const out, const size_t n)
{
    EACH(const V r = LD(re); const V m = LD(im); ST(out, rv_vsqrt(r * r + m * m));)
}

static void
mag2(const float *const re, const float *const im, float *const out, const size_t n)
{
    EACH(const V r = LD(re); const V m = LD(im); ST(out, r * r + m * m);)
}

#define COMPLEX_PAIR                                                                   \
    const float *const a_re, const float *const a_im, const float *const b_re,         \
        const float *const b_im, float *const out_re, float *const out_im,             \
        const size_t n

#define LOAD_PAIR                                                                      \
    const V ar = LD(a_re);                                                             \
    const V ai = LD(a_im);                                                             \
    const V br = LD(b_re);                                                             \
    const V bi = LD(b_im)

static void
cmul(COMPLEX_PAIR)
{
    EACH(LOAD_PAIR; ST(out_re, ar * br - ai * bi); ST(out_im, ar * bi + ai * br);)
}

static void
cmulc(COMPLEX_PAIR)
{
    EACH(LOAD_PAIR; ST(out_re, ar * br + ai * bi); ST(out_im, ar * bi - ai * br);)
}

static void
cmac(COMPLEX_PAIR)
{
    EACH(LOAD_PAIR; const V re = LD(out_re) + (ar * br - ai * bi);
         const V im = LD(out_im) + (ar * bi + ai * br); ST(out_re, re); ST(out_im, im);)
}

static void
cmacc(COMPLEX_PAIR)
{
    EACH(LOAD_PAIR; const V re = LD(out_re) + (ar * br + ai * bi);
         const V im = LD(out_im) + (ar * bi - ai * br); ST(out_re, re); ST(out_im, im);)
}

static void
caxpy(const float alpha_re, const float alpha_im, const float *const x_re,
      const float *const x_im, float *const y_re, float *const y_im, const size_t n)
{
    EACH(const V xr = LD(x_re); const V xi = LD(x_im);
         const V                        re = LD(y_re) + (alpha_re * xr - alpha_im * xi);
         const V im = LD(y_im) + (alpha_re * xi + alpha_im * xr); ST(y_re, re);
         ST(y_im, im);)
}

static void
cscale(const float alpha_re, const float alpha_im, const float *const x_re,
       const float *const x_im, float *const out_re, float *const out_im,
       const size_t n)
{
    EACH(const V xr = LD(x_re); const V xi = LD(x_im);
         ST(out_re, alpha_re * xr - alpha_im * xi);
         ST(out_im, alpha_re * xi + alpha_im * xr);)
}

static void
cweight(const float *const w, const float *const x_re, const float *const x_im,
        float *const out_re, float *const out_im, const size_t n)
{
    EACH(const V v = LD(w); const V re = v * LD(x_re); const V im = v * LD(x_im);
         ST(out_re, re); ST(out_im, im);)
}

static void
csoft(const float *const x_re, const float *const x_im, const float threshold,
      float *const out_re, float *const out_im, const size_t n)
{
    const V limit = rv_splat(threshold);
    const V zero  = rv_splat(0.0F);
    EACH(const V xr = LD(x_re); const V xi = LD(x_im);
         const V size = rv_vsqrt(xr * xr + xi * xi); const V f = 1.0F - limit / size;
         const rv_vi above                                     = rv_above(size, limit);
         ST(out_re, rv_select(above, f * xr, zero));
         ST(out_im, rv_select(above, f * xi, zero));)
}

// ---- bits
// -----------------------------------------------------------------------------

static uint32_t
hamming(const uint8_t *const a, const uint8_t *const b, const size_t n_bytes)
{
    uint32_t distance = 0;
    size_t   i        = 0;
    for (; n_bytes - i >= 8; i += 8) {
        uint64_t x;
        uint64_t y;
        memcpy(&x, a + i, sizeof x);
        memcpy(&y, b + i, sizeof y);
        distance += rv_ones(x ^ y);
    }
    for (; i < n_bytes; ++i) {
        distance += rv_ones((uint64_t)(a[i] ^ b[i]));
    }
    return distance;
}

// The usual sketch of 128 bits: two words of the query stay in registers
static void
hamming_rows_128(const uint8_t *const query, const uint8_t *const bank,
                 const size_t n_rows, uint32_t *const distance)
{
    uint64_t q[2];
    memcpy(q, query, sizeof q);
    for (size_t r = 0; r < n_rows; ++r) {
        uint64_t x[2];
        memcpy(x, bank + r * sizeof x, sizeof x);
        distance[r] = (uint32_t)(rv_ones(q[0] ^ x[0]) + rv_ones(q[1] ^ x[1]));
    }
}

static void
hamming_rows(const uint8_t *const query, const uint8_t *const bank, const size_t n_rows,
             const size_t row_bytes, uint32_t *const distance)
{
    if (row_bytes == 16) {
        hamming_rows_128(query, bank, n_rows, distance);
        return;
    }
    for (size_t r = 0; r < n_rows; ++r) {
        distance[r] = hamming(query, bank + r * row_bytes, row_bytes);
    }
}

int
RV_VARIANT_NAME(rv_fuses_kernels)(void)
{
    return rv_lanes_fuse();
}

const rv_kernels RV_VARIANT_NAME(rv_kernels) = {
    .name         = RV_VARIANT_TEXT,
    .needs        = RV_VARIANT_NEEDS,
    .sum          = sum,
    .sum_abs      = sum_abs,
    .norm2        = norm2,
    .dot          = dot,
    .dist2        = dist2,
    .wnorm2       = wnorm2,
    .cnorm2       = cnorm2,
    .cnorm1       = cnorm1,
    .cdot         = cdot,
    .dot_f64      = dot_f64,
    .argmax       = argmax,
    .argmin       = argmin,
    .cargmax2     = cargmax2,
    .all_finite   = all_finite,
    .add          = add,
    .sub          = sub,
    .mul          = mul,
    .scale        = scale,
    .axpy         = axpy,
    .blend        = blend,
    .soft         = soft,
    .sqrt         = root,
    .welford      = welford,
    .unpack_i8    = unpack_i8,
    .mag          = mag,
    .mag2         = mag2,
    .cmul         = cmul,
    .cmulc        = cmulc,
    .cmac         = cmac,
    .cmacc        = cmacc,
    .caxpy        = caxpy,
    .cscale       = cscale,
    .cweight      = cweight,
    .csoft        = csoft,
    .sincos       = RV_VARIANT_NAME(rv_sincos_rows),
    .atan2        = RV_VARIANT_NAME(rv_atan2_rows),
    .exp          = RV_VARIANT_NAME(rv_exp_rows),
    .log          = RV_VARIANT_NAME(rv_log_rows),
    .dot_16       = RV_VARIANT_NAME(rv_dot_16),
    .cnorm2_16    = RV_VARIANT_NAME(rv_cnorm2_16),
    .cdot_16      = RV_VARIANT_NAME(rv_cdot_16),
    .caxpy_16     = RV_VARIANT_NAME(rv_caxpy_16),
    .cspread_16   = RV_VARIANT_NAME(rv_cspread_16),
    .crows_16     = RV_VARIANT_NAME(rv_crows_16),
    .csoft_16     = RV_VARIANT_NAME(rv_csoft_16),
    .cargmax2_16  = RV_VARIANT_NAME(rv_cargmax2_16),
    .hamming      = hamming,
    .hamming_rows = hamming_rows,
};

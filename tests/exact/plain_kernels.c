// SPDX-License-Identifier: MIT
// What math/kernels.h says, once more, one element after the other.
#include "exact.h"

#include <ruview/math/elementary.h>

#include <math.h>

static float
canonical(const float x)
{
    return x == x ? x : NAN;
}

// (((0+8)+(4+12)) + ((2+10)+(6+14))) + the same of the odd lanes
static float
fold(const float s[16])
{
    const float even =
        ((s[0] + s[8]) + (s[4] + s[12])) + ((s[2] + s[10]) + (s[6] + s[14]));
    const float odd =
        ((s[1] + s[9]) + (s[5] + s[13])) + ((s[3] + s[11]) + (s[7] + s[15]));
    return canonical(even + odd);
}

#define LANES(expression)                                                              \
    float s[16] = {0.0F};                                                              \
    for (size_t i = 0; i < n; ++i) {                                                   \
        s[i & 15] = s[i & 15] + (expression);                                          \
    }                                                                                  \
    return fold(s)

#define EACH(...)                                                                      \
    for (size_t i = 0; i < n; ++i) {                                                   \
        __VA_ARGS__                                                                    \
    }

static float
sum(const float *x, size_t n)
{
    LANES(x[i]);
}

static float
sum_abs(const float *x, size_t n)
{
    LANES(fabsf(x[i]));
}

static float
norm2(const float *x, size_t n)
{
    LANES(x[i] * x[i]);
}

static float
dot(const float *a, const float *b, size_t n)
{
    LANES(a[i] * b[i]);
}

static float
dist2(const float *a, const float *b, size_t n)
{
    LANES((a[i] - b[i]) * (a[i] - b[i]));
}

static float
wnorm2(const float *w, const float *x, size_t n)
{
    LANES(w[i] * (x[i] * x[i]));
}

static float
cnorm2(const float *re, const float *im, size_t n)
{
    LANES(re[i] * re[i] + im[i] * im[i]);
}

// The square root of an f64 rounds to the square root of an f32
static float
root_of(const float x)
{
    return (float)sqrt((double)x);
}

static float
cnorm1(const float *re, const float *im, size_t n)
{
    LANES(root_of(re[i] * re[i] + im[i] * im[i]));
}

static float
sum_of_real(const float *ar, const float *ai, const float *br, const float *bi,
            size_t n)
{
    LANES(ar[i] * br[i] + ai[i] * bi[i]);
}

static float
sum_of_imag(const float *ar, const float *ai, const float *br, const float *bi,
            size_t n)
{
    LANES(ar[i] * bi[i] - ai[i] * br[i]);
}

static void
cdot(const float *ar, const float *ai, const float *br, const float *bi, size_t n,
     float out[2])
{
    out[0] = sum_of_real(ar, ai, br, bi, n);
    out[1] = sum_of_imag(ar, ai, br, bi, n);
}

static double
dot_f64(const float *a, const float *b, size_t n)
{
    double s[16] = {0.0};
    EACH(s[i & 15] += (double)a[i] * (double)b[i];)
    const double even =
        ((s[0] + s[8]) + (s[4] + s[12])) + ((s[2] + s[10]) + (s[6] + s[14]));
    const double odd =
        ((s[1] + s[9]) + (s[5] + s[13])) + ((s[3] + s[11]) + (s[7] + s[15]));
    const double all = even + odd;
    return all == all ? all : (double)NAN;
}

static size_t
argmax(const float *x, size_t n, float *max)
{
    size_t at = n;
    EACH(if (x[i] == x[i] && (at == n || x[i] > x[at])) { at = i; })
    *max = at < n ? x[at] : -INFINITY;
    return at;
}

static size_t
argmin(const float *x, size_t n, float *min)
{
    size_t at = n;
    EACH(if (x[i] == x[i] && (at == n || x[i] < x[at])) { at = i; })
    *min = at < n ? x[at] : INFINITY;
    return at;
}

static size_t
cargmax2(const float *re, const float *im, size_t n, float *max)
{
    size_t at = n;
    *max      = -INFINITY;
    EACH(const float v = re[i] * re[i] + im[i] * im[i]; if (v > *max) {
        *max = v;
        at   = i;
    })
    return at;
}

static int
all_finite(const float *x, size_t n)
{
    EACH(if (!isfinite(x[i])) { return 0; })
    return 1;
}

static void
add(const float *a, const float *b, float *out, size_t n)
{
    EACH(out[i] = a[i] + b[i];)
}

static void
sub(const float *a, const float *b, float *out, size_t n)
{
    EACH(out[i] = a[i] - b[i];)
}

static void
mul(const float *a, const float *b, float *out, size_t n)
{
    EACH(out[i] = a[i] * b[i];)
}

static void
scale(float alpha, const float *x, float *out, size_t n)
{
    EACH(out[i] = alpha * x[i];)
}

static void
axpy(float alpha, const float *x, float *y, size_t n)
{
    EACH(const float product = alpha * x[i]; y[i] = y[i] + product;)
}

static void
blend(float alpha, const float *x, float *y, size_t n)
{
    EACH(const float product = alpha * (x[i] - y[i]); y[i] = y[i] + product;)
}

static void
soft(const float *x, float t, float *out, size_t n)
{
    EACH(
        if (x[i] > t) { out[i] = x[i] - t; } else if (x[i] < -t) {
            out[i] = x[i] + t;
        } else { out[i] = 0.0F; })
}

static void
root(const float *x, float *out, size_t n)
{
    EACH(out[i] = root_of(x[i]);)
}

static void
welford(const float *x, float inverse_count, float *mean, float *m2, size_t n)
{
    EACH(const float d = x[i] - mean[i]; mean[i] = mean[i] + d * inverse_count;
         m2[i]                                   = m2[i] + d * (x[i] - mean[i]);)
}

static void
unpack_i8(const int8_t *pairs, float alpha, float *re, float *im, size_t n)
{
    EACH(re[i] = alpha * (float)pairs[2 * i]; im[i] = alpha * (float)pairs[2 * i + 1];)
}

static void
mag(const float *re, const float *im, float *out, size_t n)
{
    EACH(out[i] = root_of(re[i] * re[i] + im[i] * im[i]);)
}

static void
mag2(const float *re, const float *im, float *out, size_t n)
{
    EACH(out[i] = re[i] * re[i] + im[i] * im[i];)
}

typedef struct {
    float re, im;
} complex_f32;

static complex_f32
times(const float ar, const float ai, const float br, const float bi)
{
    return (complex_f32){ar * br - ai * bi, ar * bi + ai * br};
}

// conj(a) b
static complex_f32
against(const float ar, const float ai, const float br, const float bi)
{
    return (complex_f32){ar * br + ai * bi, ar * bi - ai * br};
}

#define PAIR                                                                           \
    const float *ar, const float *ai, const float *br, const float *bi, float *yr,     \
        float *yi, size_t n

static void
cmul(PAIR)
{
    EACH(const complex_f32 v = times(ar[i], ai[i], br[i], bi[i]); yr[i] = v.re;
         yi[i]                                                          = v.im;)
}

static void
cmulc(PAIR)
{
    EACH(const complex_f32 v = against(ar[i], ai[i], br[i], bi[i]); yr[i] = v.re;
         yi[i]                                                            = v.im;)
}

static void
cmac(PAIR)
{
    EACH(const complex_f32 v = times(ar[i], ai[i], br[i], bi[i]); yr[i] += v.re;
         yi[i] += v.im;)
}

static void
cmacc(PAIR)
{
    EACH(const complex_f32 v = against(ar[i], ai[i], br[i], bi[i]); yr[i] += v.re;
         yi[i] += v.im;)
}

static void
caxpy(float pr, float pi, const float *xr, const float *xi, float *yr, float *yi,
      size_t n)
{
    EACH(const complex_f32 v = times(pr, pi, xr[i], xi[i]); yr[i] += v.re;
         yi[i] += v.im;)
}

static void
cscale(float pr, float pi, const float *xr, const float *xi, float *yr, float *yi,
       size_t n)
{
    EACH(const complex_f32 v = times(pr, pi, xr[i], xi[i]); yr[i] = v.re; yi[i] = v.im;)
}

static void
cweight(const float *w, const float *xr, const float *xi, float *yr, float *yi,
        size_t n)
{
    EACH(const float v = w[i]; yr[i] = v * xr[i]; yi[i] = v * xi[i];)
}

static complex_f32
shrink(const float re, const float im, const float t)
{
    const float size = root_of(re * re + im * im);
    if (size > t) {
        const float f = 1.0F - t / size;
        return (complex_f32){f * re, f * im};
    }
    return (complex_f32){0.0F, 0.0F};
}

static void
csoft(const float *xr, const float *xi, float t, float *yr, float *yi, size_t n)
{
    EACH(const complex_f32 v = shrink(xr[i], xi[i], t); yr[i] = v.re; yi[i] = v.im;)
}

static void
sincos_rows(const float *x, float *s, float *c, size_t n)
{
    EACH(rv_sincos_f32(x[i], &s[i], &c[i]);)
}

static void
atan2_rows(const float *y, const float *x, float *out, size_t n)
{
    EACH(out[i] = rv_atan2_f32(y[i], x[i]);)
}

static void
exp_rows(const float *x, float *out, size_t n)
{
    EACH(out[i] = rv_exp_f32(x[i]);)
}

static void
log_rows(const float *x, float *out, size_t n)
{
    EACH(out[i] = rv_log_f32(x[i]);)
}

#define LINKS(...)                                                                     \
    for (size_t l = 0; l < 16; ++l) {                                                  \
        for (size_t i = 0; i < n; ++i) {                                               \
            const size_t at = i * 16 + l;                                              \
            __VA_ARGS__                                                                \
        }                                                                              \
    }

static void
dot_16(const float *a, const float *b, size_t n, float out[16])
{
    float s[16] = {0.0F};
    LINKS(s[l] += a[at] * b[at];)
    for (int l = 0; l < 16; ++l) {
        out[l] = canonical(s[l]);
    }
}

static void
cnorm2_16(const float *re, const float *im, size_t n, float out[16])
{
    float s[16] = {0.0F};
    LINKS(s[l] += re[at] * re[at] + im[at] * im[at];)
    for (int l = 0; l < 16; ++l) {
        out[l] = canonical(s[l]);
    }
}

static void
cdot_16(const float *ar, const float *ai, const float *br, const float *bi, size_t n,
        float out_re[16], float out_im[16])
{
    complex_f32 s[16] = {{0.0F, 0.0F}};
    LINKS(const complex_f32 v = against(ar[at], ai[at], br[at], bi[at]);
          s[l].re += v.re; s[l].im += v.im;)
    for (int l = 0; l < 16; ++l) {
        out_re[l] = canonical(s[l].re);
        out_im[l] = canonical(s[l].im);
    }
}

static void
caxpy_16(const float pr[16], const float pi[16], const float *xr, const float *xi,
         float *yr, float *yi, size_t n)
{
    LINKS(const complex_f32 v = times(pr[l], pi[l], xr[at], xi[at]); yr[at] += v.re;
          yi[at] += v.im;)
}

static void
cspread_16(const float pr[16], const float pi[16], const float *xr, const float *xi,
           float *yr, float *yi, size_t n)
{
    LINKS(const complex_f32 v = times(pr[l], pi[l], xr[i], xi[i]); yr[at] += v.re;
          yi[at] += v.im;)
}

static void
crows_16(const float *wr, const float *wi, const float *xr, const float *xi, float *yr,
         float *yi, size_t n)
{
    LINKS(const complex_f32 v = times(wr[i], wi[i], xr[at], xi[at]); yr[at] = v.re;
          yi[at]                                                            = v.im;)
}

static void
csoft_16(const float *xr, const float *xi, const float t[16], float *yr, float *yi,
         size_t n)
{
    LINKS(const complex_f32 v = shrink(xr[at], xi[at], t[l]); yr[at] = v.re;
          yi[at]                                                     = v.im;)
}

static void
cargmax2_16(const float *re, const float *im, size_t n, uint32_t index[16],
            float max[16])
{
    for (int l = 0; l < 16; ++l) {
        index[l] = (uint32_t)n;
        max[l]   = -INFINITY;
    }
    LINKS(const float v = re[at] * re[at] + im[at] * im[at]; if (v > max[l]) {
        max[l]   = v;
        index[l] = (uint32_t)i;
    })
}

static uint32_t
hamming(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint32_t distance = 0;
    EACH(for (int bit = 0; bit < 8; ++bit) { distance += (a[i] ^ b[i]) >> bit & 1U; })
    return distance;
}

static void
hamming_rows(const uint8_t *query, const uint8_t *bank, size_t n, size_t row_bytes,
             uint32_t *distance)
{
    EACH(distance[i] = hamming(query, bank + i * row_bytes, row_bytes);)
}

#define SLOT(name) .name = name
const rv_kernels plain_kernels = {
    .name = "reference",
    SLOT(sum),
    SLOT(sum_abs),
    SLOT(norm2),
    SLOT(dot),
    SLOT(dist2),
    SLOT(wnorm2),
    SLOT(cnorm2),
    SLOT(cnorm1),
    SLOT(cdot),
    SLOT(dot_f64),
    SLOT(argmax),
    SLOT(argmin),
    SLOT(cargmax2),
    SLOT(all_finite),
    SLOT(add),
    SLOT(sub),
    SLOT(mul),
    SLOT(scale),
    SLOT(axpy),
    SLOT(blend),
    SLOT(soft),
    .sqrt = root,
    SLOT(welford),
    SLOT(unpack_i8),
    SLOT(mag),
    SLOT(mag2),
    SLOT(cmul),
    SLOT(cmulc),
    SLOT(cmac),
    SLOT(cmacc),
    SLOT(caxpy),
    SLOT(cscale),
    SLOT(cweight),
    SLOT(csoft),
    .sincos = sincos_rows,
    .atan2  = atan2_rows,
    .exp    = exp_rows,
    .log    = log_rows,
    SLOT(dot_16),
    SLOT(cnorm2_16),
    SLOT(cdot_16),
    SLOT(caxpy_16),
    SLOT(cspread_16),
    SLOT(crows_16),
    SLOT(csoft_16),
    SLOT(cargmax2_16),
    SLOT(hamming),
    SLOT(hamming_rows),
};

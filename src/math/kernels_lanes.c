// SPDX-License-Identifier: MIT
#include <ruview/math/kernels.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#define JOIN2(a, b) a##b
#define JOIN(a, b)  JOIN2(a, b)
#define STRING2(a)  #a
#define STRING(a)   STRING2(a)

static float
fold(float s[16])
{
    for (int half = 8; half >= 1; half /= 2) {
        for (int k = 0; k < half; ++k) {
            s[k] += s[k + half];
        }
    }
    return rv_canonical_f32(s[0]);
}

#define REDUCE(expression)                                                             \
    float s[16] = {0};                                                                 \
    for (size_t i = 0; i < n; ++i) {                                                   \
        s[i % 16] += (expression);                                                     \
    }                                                                                  \
    return fold(s)

#define EACH(statement)                                                                \
    for (size_t i = 0; i < n; ++i) {                                                   \
        statement;                                                                     \
    }

static float
sum(const float *const x, const size_t n)
{
    REDUCE(x[i]);
}
static float
sum_abs(const float *const x, const size_t n)
{
    REDUCE(rv_abs_f32(x[i]));
}
static float
norm2(const float *const x, const size_t n)
{
    REDUCE(x[i] * x[i]);
}
static float
dot(const float *const a, const float *const b, const size_t n)
{
    REDUCE(a[i] * b[i]);
}
static float
dist2(const float *const a, const float *const b, const size_t n)
{
    REDUCE((a[i] - b[i]) * (a[i] - b[i]));
}
static float
wnorm2(const float *const w, const float *const x, const size_t n)
{
    REDUCE(w[i] * (x[i] * x[i]));
}
static float
cnorm2(const float *const re, const float *const im, const size_t n)
{
    REDUCE(re[i] * re[i] + im[i] * im[i]);
}
static float
cnorm1(const float *const re, const float *const im, const size_t n)
{
    REDUCE(rv_sqrt_f32(re[i] * re[i] + im[i] * im[i]));
}

static void
cdot(const float *const ar, const float *const ai, const float *const br,
     const float *const bi, const size_t n, float out[2])
{
    float s[16] = {0};
    float t[16] = {0};
    EACH(s[i % 16] += ar[i] * br[i] + ai[i] * bi[i];
         t[i % 16] += ar[i] * bi[i] - ai[i] * br[i])
    out[0] = fold(s);
    out[1] = fold(t);
}

static double
dot_f64(const float *const a, const float *const b, const size_t n)
{
    double s[16] = {0};
    EACH(s[i % 16] += (double)a[i] * (double)b[i])
    for (int half = 8; half >= 1; half /= 2) {
        for (int k = 0; k < half; ++k) {
            s[k] += s[k + half];
        }
    }
    return s[0] == s[0] ? s[0] : rv_from_bits_f64(0x7FF8000000000000U);
}

static size_t
argmax(const float *const x, const size_t n, float *const max)
{
    size_t best = n;
    *max        = rv_from_bits_f32(0xFF800000U);
    EACH(if (x[i] > *max || (best == n && x[i] == *max)) {
        best = i;
        *max = x[i];
    })
    return best;
}

static size_t
argmin(const float *const x, const size_t n, float *const min)
{
    size_t best = n;
    *min        = rv_from_bits_f32(0x7F800000U);
    EACH(if (x[i] < *min || (best == n && x[i] == *min)) {
        best = i;
        *min = x[i];
    })
    return best;
}

static size_t
cargmax2(const float *const re, const float *const im, const size_t n, float *const max)
{
    size_t best = n;
    *max        = rv_from_bits_f32(0xFF800000U);
    EACH(const float v = re[i] * re[i] + im[i] * im[i]; if (v > *max) {
        best = i;
        *max = v;
    })
    return best;
}

static int
all_finite(const float *const x, const size_t n)
{
    int ok = 1;
    EACH(ok &= rv_is_finite_f32(x[i]))
    return ok;
}

static void
add(const float *a, const float *b, float *out, size_t n)
{
    EACH(out[i] = a[i] + b[i])
}
static void
sub(const float *a, const float *b, float *out, size_t n)
{
    EACH(out[i] = a[i] - b[i])
}
static void
mul(const float *a, const float *b, float *out, size_t n)
{
    EACH(out[i] = a[i] * b[i])
}
static void
scale(float alpha, const float *x, float *out, size_t n)
{
    EACH(out[i] = alpha * x[i])
}
static void
axpy(float alpha, const float *x, float *y, size_t n)
{
    EACH(y[i] = y[i] + alpha * x[i])
}
static void
blend(float alpha, const float *x, float *y, size_t n)
{
    EACH(y[i] = y[i] + alpha * (x[i] - y[i]))
}
static void
root(const float *x, float *out, size_t n)
{
    EACH(out[i] = rv_sqrt_f32(x[i]))
}

static void
soft(const float *x, float threshold, float *out, size_t n)
{
    EACH(const float v = x[i]; out[i] = v > threshold    ? v - threshold
                                        : v < -threshold ? v + threshold
                                                         : 0.0F)
}

static void
welford(const float *x, float inverse_count, float *mean, float *m2, size_t n)
{
    EACH(const float d = x[i] - mean[i]; mean[i] += d * inverse_count;
         m2[i] += d * (x[i] - mean[i]))
}

static void
unpack_i8(const int8_t *pairs, float alpha, float *re, float *im, size_t n)
{
    EACH(re[i] = alpha * (float)pairs[2 * i]; im[i] = alpha * (float)pairs[2 * i + 1])
}

static void
mag(const float *re, const float *im, float *out, size_t n)
{
    EACH(out[i] = rv_sqrt_f32(re[i] * re[i] + im[i] * im[i]))
}
static void
mag2(const float *re, const float *im, float *out, size_t n)
{
    EACH(out[i] = re[i] * re[i] + im[i] * im[i])
}

#define COMPLEX4                                                                       \
    const float *ar, const float *ai, const float *br, const float *bi, float *yr,     \
        float *yi, size_t n

static void
cmul(COMPLEX4)
{
    EACH(const float r = ar[i] * br[i] - ai[i] * bi[i];
         const float m = ar[i] * bi[i] + ai[i] * br[i]; yr[i] = r; yi[i] = m)
}
static void
cmulc(COMPLEX4)
{
    EACH(const float r = ar[i] * br[i] + ai[i] * bi[i];
         const float m = ar[i] * bi[i] - ai[i] * br[i]; yr[i] = r; yi[i] = m)
}
static void
cmac(COMPLEX4)
{
    EACH(const float r = ar[i] * br[i] - ai[i] * bi[i];
         const float m = ar[i] * bi[i] + ai[i] * br[i]; yr[i] += r; yi[i] += m)
}
static void
cmacc(COMPLEX4)
{
    EACH(const float r = ar[i] * br[i] + ai[i] * bi[i];
         const float m = ar[i] * bi[i] - ai[i] * br[i]; yr[i] += r; yi[i] += m)
}

static void
caxpy(float pr, float pi, const float *xr, const float *xi, float *yr, float *yi,
      size_t n)
{
    EACH(const float r = pr * xr[i] - pi * xi[i];
         const float m = pr * xi[i] + pi * xr[i]; yr[i] += r; yi[i] += m)
}

static void
cscale(float pr, float pi, const float *xr, const float *xi, float *yr, float *yi,
       size_t n)
{
    EACH(const float r = pr * xr[i] - pi * xi[i];
         const float m = pr * xi[i] + pi * xr[i]; yr[i] = r; yi[i] = m)
}

static void
cweight(const float *w, const float *xr, const float *xi, float *yr, float *yi,
        size_t n)
{
    EACH(const float v = w[i]; yr[i] = v * xr[i]; yi[i] = v * xi[i])
}

static void
csoft(const float *xr, const float *xi, float threshold, float *yr, float *yi, size_t n)
{
    EACH(const float m = rv_sqrt_f32(xr[i] * xr[i] + xi[i] * xi[i]);
         const float f = 1.0F - threshold / m; yr[i] = m > threshold ? f * xr[i] : 0.0F;
         yi[i]                                       = m > threshold ? f * xi[i] : 0.0F)
}

static void
vsincos(const float *x, float *s, float *c, size_t n)
{
    EACH(const float v = x[i]; rv_sincos_f32(v, &s[i], &c[i]))
}
static void
vatan2(const float *y, const float *x, float *out, size_t n)
{
    EACH(out[i] = rv_atan2_f32(y[i], x[i]))
}
static void
vexp(const float *x, float *out, size_t n)
{
    EACH(out[i] = rv_exp_f32(x[i]))
}
static void
vlog(const float *x, float *out, size_t n)
{
    EACH(out[i] = rv_log_f32(x[i]))
}

#define EACH16(statement)                                                              \
    for (size_t i = 0; i < n; ++i) {                                                   \
        for (size_t l = 0; l < 16; ++l) {                                              \
            const size_t k = i * 16 + l;                                               \
            statement;                                                                 \
        }                                                                              \
    }

static void
dot_16(const float *a, const float *b, size_t n, float out[16])
{
    float s[16] = {0};
    EACH16(s[l] += a[k] * b[k])
    for (int l = 0; l < 16; ++l) {
        out[l] = rv_canonical_f32(s[l]);
    }
}

static void
cnorm2_16(const float *re, const float *im, size_t n, float out[16])
{
    float s[16] = {0};
    EACH16(s[l] += re[k] * re[k] + im[k] * im[k])
    for (int l = 0; l < 16; ++l) {
        out[l] = rv_canonical_f32(s[l]);
    }
}

static void
cdot_16(const float *ar, const float *ai, const float *br, const float *bi, size_t n,
        float out_re[16], float out_im[16])
{
    float s[16] = {0};
    float t[16] = {0};
    EACH16(s[l] += ar[k] * br[k] + ai[k] * bi[k]; t[l] += ar[k] * bi[k] - ai[k] * br[k])
    for (int l = 0; l < 16; ++l) {
        out_re[l] = rv_canonical_f32(s[l]);
        out_im[l] = rv_canonical_f32(t[l]);
    }
}

static void
caxpy_16(const float pr[16], const float pi[16], const float *xr, const float *xi,
         float *yr, float *yi, size_t n)
{
    EACH16(const float r = pr[l] * xr[k] - pi[l] * xi[k];
           const float m = pr[l] * xi[k] + pi[l] * xr[k]; yr[k] += r; yi[k] += m)
}

static void
cspread_16(const float pr[16], const float pi[16], const float *xr, const float *xi,
           float *yr, float *yi, size_t n)
{
    EACH16(const float r = pr[l] * xr[i] - pi[l] * xi[i];
           const float m = pr[l] * xi[i] + pi[l] * xr[i]; yr[k] += r; yi[k] += m)
}

static void
crows_16(const float *wr, const float *wi, const float *xr, const float *xi, float *yr,
         float *yi, size_t n)
{
    EACH16(const float r = wr[i] * xr[k] - wi[i] * xi[k];
           const float m = wr[i] * xi[k] + wi[i] * xr[k]; yr[k] = r; yi[k] = m)
}

static void
csoft_16(const float *xr, const float *xi, const float threshold[16], float *yr,
         float *yi, size_t n)
{
    EACH16(const float m = rv_sqrt_f32(xr[k] * xr[k] + xi[k] * xi[k]);
           const float f = 1.0F - threshold[l] / m;
           yr[k]         = m > threshold[l] ? f * xr[k] : 0.0F;
           yi[k]         = m > threshold[l] ? f * xi[k] : 0.0F)
}

static void
cargmax2_16(const float *re, const float *im, size_t n, uint32_t index[16],
            float max[16])
{
    for (int l = 0; l < 16; ++l) {
        index[l] = (uint32_t)n;
        max[l]   = rv_from_bits_f32(0xFF800000U);
    }
    EACH16(const float v = re[k] * re[k] + im[k] * im[k]; if (v > max[l]) {
        max[l]   = v;
        index[l] = (uint32_t)i;
    })
}

static uint32_t
hamming(const uint8_t *a, const uint8_t *b, size_t n)
{
    uint32_t d = 0;
    EACH(uint32_t v = (uint32_t)(a[i] ^ b[i]); while (v) {
        v &= v - 1;
        ++d;
    })
    return d;
}

static void
hamming_rows(const uint8_t *query, const uint8_t *bank, size_t n, size_t row_bytes,
             uint32_t *distance)
{
    EACH(distance[i] = hamming(query, bank + i * row_bytes, row_bytes))
}

extern const rv_kernels JOIN(rv_kernels_, RV_VARIANT);

const rv_kernels JOIN(rv_kernels_, RV_VARIANT) = {
    .name = STRING(RV_VARIANT),
#ifdef __AVX512F__
    .needs = RV_CPU_AVX2 | RV_CPU_AVX512,
#elif defined(__AVX2__)
    .needs = RV_CPU_AVX2,
#endif
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
    .sincos       = vsincos,
    .atan2        = vatan2,
    .exp          = vexp,
    .log          = vlog,
    .dot_16       = dot_16,
    .cnorm2_16    = cnorm2_16,
    .cdot_16      = cdot_16,
    .caxpy_16     = caxpy_16,
    .cspread_16   = cspread_16,
    .crows_16     = crows_16,
    .csoft_16     = csoft_16,
    .cargmax2_16  = cargmax2_16,
    .hamming      = hamming,
    .hamming_rows = hamming_rows,
};

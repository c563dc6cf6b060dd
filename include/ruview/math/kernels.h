// SPDX-License-Identifier: MIT
/**
   @file kernels.h
   Loops over arrays, written once and compiled for each instruction set.

   Place      under every stage that works on rows of samples.
   Exactness  Every variant gives the same bits. Element-wise kernels are exact by
              nature. A reduction keeps 16 lane sums, each starting at +0: element i
              falls into lane i mod 16; then lane k += lane k+8, then +4, +2, +1. Every
              NaN that a reduction returns is 0x7FC00000.

   All arrays are f32 unless said otherwise, of `n` elements, need no alignment beyond
   their type's, and `n` may be 0. Outputs do not overlap inputs unless an argument is
   marked IO or the text says "out may be x".
*/
#ifndef RV_MATH_KERNELS_H
#define RV_MATH_KERNELS_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// What a CPU can do, as rv_cpu_mask() of platform/cpu.h finds it. 0 is the baseline of
/// the target: SSE2 on x86-64, NEON on AArch64, simd128 where wasm was built with it.
enum {
    RV_CPU_AVX2   = 1 << 0,
    RV_CPU_AVX512 = 1 << 1, ///< F, VL, DQ and BW
    RV_CPU_PLAIN  = 1 << 8, ///< No vectors at all, whatever else is set
};

enum { RV_LANES = 16 }; ///< Width of the virtual vector

/// One instruction set's kernels
typedef struct {
    const char *name;  ///< "plain", "base", "avx2", "avx512"
    uint32_t    needs; ///< Bits that the CPU mask must have

    /// @name Reductions
    ///@{
    float (*sum)(const float *x, size_t n);                   ///< Sum of x
    float (*sum_abs)(const float *x, size_t n);               ///< Sum of |x|
    float (*norm2)(const float *x, size_t n);                 ///< Sum of x^2
    float (*dot)(const float *a, const float *b, size_t n);   ///< Sum of a b
    float (*dist2)(const float *a, const float *b, size_t n); ///< Sum of (a - b)^2
    /// Sum of w x^2
    float (*wnorm2)(const float *w, const float *x, size_t n);
    /// Sum of re^2 + im^2
    float (*cnorm2)(const float *re, const float *im, size_t n);
    /// Sum of |re + i im|
    float (*cnorm1)(const float *re, const float *im, size_t n);
    /// out[0] + i out[1] = sum of conj(a) b
    void (*cdot)(const float *a_re, const float *a_im, const float *b_re,
                 const float *b_im, size_t n, float out[2]);
    /// Sum of a b in f64: products of f32 are exact in f64, lane sums as above
    double (*dot_f64)(const float *a, const float *b, size_t n);
    ///@}

    /// @name Selections; NaN never wins, equal values go to the lower index
    ///@{
    /// Index and value of the largest; n and -inf when there is none but NaN
    size_t (*argmax)(const float *x, size_t n, float *max);
    size_t (*argmin)(const float *x, size_t n, float *min); ///< n and +inf when none
    /// Index and value of the largest re^2 + im^2; n and -inf when there is none
    size_t (*cargmax2)(const float *re, const float *im, size_t n, float *max);
    /// 1 when no value is infinite or NaN
    int (*all_finite)(const float *x, size_t n);
    ///@}

    /// @name Element by element; out may be x, a or b
    ///@{
    void (*add)(const float *a, const float *b, float *out, size_t n); ///< a + b
    void (*sub)(const float *a, const float *b, float *out, size_t n); ///< a - b
    void (*mul)(const float *a, const float *b, float *out, size_t n); ///< a b
    void (*scale)(float alpha, const float *x, float *out, size_t n);  ///< alpha x
    void (*axpy)(float alpha, const float *x, float *y, size_t n); ///< y = y + alpha x
    void (*blend)(float alpha, const float *x, float *y,
                  size_t n); ///< y = y + alpha (x - y)
    /// x - threshold above it, x + threshold below -threshold, else +0
    void (*soft)(const float *x, float threshold, float *out, size_t n);
    void (*sqrt)(const float *x, float *out, size_t n); ///< Square roots
    /// One more row for n running means and sums of squares: with inverse_count =
    /// 1/count, count including this row, d = x - mean; mean += d inverse_count;
    /// m2 += d (x - mean)
    void (*welford)(const float *x, float inverse_count, float *mean, float *m2,
                    size_t n);
    /// int8 pairs b[2i], b[2i+1] to re[i], im[i], times alpha
    void (*unpack_i8)(const int8_t *pairs, float alpha, float *re, float *im, size_t n);
    ///@}

    /// @name Complex, element by element, split: x = x_re + i x_im; out may be a or b
    ///@{
    void (*mag)(const float *re, const float *im, float *out,
                size_t n); ///< sqrt(re^2+im^2)
    void (*mag2)(const float *re, const float *im, float *out, size_t n); ///< re^2+im^2
    /// out = a b, re = ar br - ai bi, im = ar bi + ai br
    void (*cmul)(const float *a_re, const float *a_im, const float *b_re,
                 const float *b_im, float *out_re, float *out_im, size_t n);
    /// out = conj(a) b, re = ar br + ai bi, im = ar bi - ai br
    void (*cmulc)(const float *a_re, const float *a_im, const float *b_re,
                  const float *b_im, float *out_re, float *out_im, size_t n);
    /// out = out + a b, the product first
    void (*cmac)(const float *a_re, const float *a_im, const float *b_re,
                 const float *b_im, float *out_re, float *out_im, size_t n);
    /// out = out + conj(a) b, the product first
    void (*cmacc)(const float *a_re, const float *a_im, const float *b_re,
                  const float *b_im, float *out_re, float *out_im, size_t n);
    /// y = y + (alpha_re + i alpha_im) x, the product first
    void (*caxpy)(float alpha_re, float alpha_im, const float *x_re, const float *x_im,
                  float *y_re, float *y_im, size_t n);
    /// out = (alpha_re + i alpha_im) x
    void (*cscale)(float alpha_re, float alpha_im, const float *x_re, const float *x_im,
                   float *out_re, float *out_im, size_t n);
    /// out = w x for a real weight per element
    void (*cweight)(const float *w, const float *x_re, const float *x_im, float *out_re,
                    float *out_im, size_t n);
    /// Complex soft threshold: x (1 - threshold / |x|) above it, else +0 + i 0
    void (*csoft)(const float *x_re, const float *x_im, float threshold, float *out_re,
                  float *out_im, size_t n);
    ///@}

    /// @name Elementary functions, the bits of elementary.h; out may be x
    ///@{
    void (*sincos)(const float *x, float *s, float *c, size_t n);
    void (*atan2)(const float *y, const float *x, float *out, size_t n);
    void (*exp)(const float *x, float *out, size_t n);
    void (*log)(const float *x, float *out, size_t n);
    ///@}

    /// @name Batched: 16 links side by side, element i of link l at [i x 16 + l]
    ///@{
    /// out[l] = sum over i of a[i][l] b[i][l], i ascending from +0
    void (*dot_16)(const float *a, const float *b, size_t n, float out[16]);
    /// out[l] = sum over i of re^2 + im^2, i ascending from +0
    void (*cnorm2_16)(const float *re, const float *im, size_t n, float out[16]);
    /// out[l] = sum over i of conj(a[i][l]) b[i][l], i ascending from +0
    void (*cdot_16)(const float *a_re, const float *a_im, const float *b_re,
                    const float *b_im, size_t n, float out_re[16], float out_im[16]);
    /// y[i][l] = y[i][l] + alpha[l] x[i][l], the product first
    void (*caxpy_16)(const float alpha_re[16], const float alpha_im[16],
                     const float *x_re, const float *x_im, float *y_re, float *y_im,
                     size_t n);
    /// y[i][l] = y[i][l] + alpha[l] x[i], one x for all links, the product first
    void (*cspread_16)(const float alpha_re[16], const float alpha_im[16],
                       const float *x_re, const float *x_im, float *y_re, float *y_im,
                       size_t n);
    /// out[i][l] = w[i] x[i][l], one complex weight per row
    void (*crows_16)(const float *w_re, const float *w_im, const float *x_re,
                     const float *x_im, float *out_re, float *out_im, size_t n);
    /// csoft with a threshold per link
    void (*csoft_16)(const float *x_re, const float *x_im, const float threshold[16],
                     float *out_re, float *out_im, size_t n);
    /// index[l], max[l] of the largest re^2 + im^2 of each link; n and -inf when none
    void (*cargmax2_16)(const float *re, const float *im, size_t n, uint32_t index[16],
                        float max[16]);
    ///@}

    /// @name Bits
    ///@{
    uint32_t (*hamming)(const uint8_t *a, const uint8_t *b, size_t n_bytes);
    /// distance[r] from `query` to row r of `bank`
    void (*hamming_rows)(const uint8_t *query, const uint8_t *bank, size_t n_rows,
                         size_t row_bytes, uint32_t *distance);
    ///@}
} rv_kernels;

/// The fastest kernels that this build has and `cpu_mask` allows; 0 gives the baseline
RV_API RV_CONST const rv_kernels *rv_kernels_for(uint32_t cpu_mask);

/// Every variant of this build in turn, plain first; NULL from their number on
RV_API RV_CONST const rv_kernels *rv_kernels_variant(uint32_t index);

/**
   Whether the calling thread rounds to nearest, keeps subnormals, and whether the
   kernels that `cpu_mask` selects were compiled without fused multiply-add. Call it
   once in every thread that computes.

   @return OK, or ERR_MACHINE: results of this thread would differ from everybody
   else's.
*/
RV_API RV_NODISCARD rv_status rv_math_selftest(uint32_t cpu_mask);

RV_END_DECLS

#endif // RV_MATH_KERNELS_H

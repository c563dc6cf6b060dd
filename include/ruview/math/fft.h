// SPDX-License-Identifier: MIT
/**
   @file fft.h
   Discrete Fourier transform of complex f32, split into real and imaginary arrays.

   Place      CIR, spectra, simulator.
   Source     Stockham's self-sorting form of "An Algorithm for the Machine Calculation
              of Complex Fourier Series", Math. Comp. 19 (1965), radices 2..19.
   Exactness  One order of operations for each length, the same for every instruction
              set; twiddles from whole-number angles, rounded from f64.

   forward  X[k] = sum over j of x[j] exp(-2 pi i j k / n)
   inverse  x[j] = sum over k of X[k] exp(+2 pi i j k / n), without the factor 1/n
   Relative error in the L2 norm against f64: below 1e-6 (3e-7 typical).
*/
#ifndef RV_MATH_FFT_H
#define RV_MATH_FFT_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_FFT_MAX_LENGTH = 1 << 20, RV_FFT_MAX_PASSES = 20 };

/// A plan: read-only after init, shared by any number of threads; fields are private
typedef struct {
    uint32_t     n;        ///< Length
    uint32_t     n_passes; ///< Factors of n
    uint32_t     radix[RV_FFT_MAX_PASSES];
    const float *rows[RV_FFT_MAX_PASSES]; ///< Twiddles of each pass, in the lent memory
    const float *flat[RV_FFT_MAX_PASSES]; ///< The same, spread along short rows
    const void  *ops;                     ///< Butterflies of one instruction set
} rv_fft;

/**
   Memory that a plan of length `n` needs.
   @return OK; ERR_RANGE for 0, above RV_FFT_MAX_LENGTH, or with a prime factor
   above 19.
*/
RV_API RV_NODISCARD rv_status rv_fft_size(uint32_t n, size_t *n_bytes);

/**
   Plan transforms of length `n` with the baseline instructions.
   @param mem  rv_fft_size() bytes aligned for float, lent until the last use of `self`.
   @return OK; ERR_RANGE; ERR_MEMORY if `mem` is null, unaligned or short. On error
   `self` is unchanged.
*/
RV_API RV_NODISCARD rv_status rv_fft_init(rv_fft *self, uint32_t n, void *mem,
                                          size_t n_bytes);

/// Let the plan use what `cpu_mask` (kernels.h) allows; the results stay the same bits
RV_API void rv_fft_select(rv_fft *self, uint32_t cpu_mask);

/// Floats of scratch that one transform needs: 4 n
static inline size_t
rv_fft_work(const rv_fft *const self)
{
    return (size_t)4 * self->n;
}

/// Floats of scratch that 16 transforms side by side need: 64 n
static inline size_t
rv_fft_work_16(const rv_fft *const self)
{
    return (size_t)64 * self->n;
}

/**
   One transform.
   @param re,im          I  [n]
   @param out_re,out_im  O  [n]; may be re, im
   @param work           scratch of rv_fft_work() floats, apart from everything else
*/
RV_API void rv_fft_forward(const rv_fft *self, const float *re, const float *im,
                           float *out_re, float *out_im, float *work);
RV_API void rv_fft_inverse(const rv_fft *self, const float *re, const float *im,
                           float *out_re, float *out_im, float *work);

/**
   Sixteen transforms side by side: element i of transform l lies at [i x 16 + l]. Each
   gives the bits of rv_fft_forward() / rv_fft_inverse() on it alone.
   @param re,im          I  [n][16]
   @param out_re,out_im  O  [n][16]; may be re, im
   @param work           scratch of rv_fft_work_16() floats, apart from everything else
*/
RV_API void rv_fft_forward_16(const rv_fft *self, const float *re, const float *im,
                              float *out_re, float *out_im, float *work);
RV_API void rv_fft_inverse_16(const rv_fft *self, const float *re, const float *im,
                              float *out_re, float *out_im, float *work);

RV_END_DECLS

#endif // RV_MATH_FFT_H

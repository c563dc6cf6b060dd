// SPDX-License-Identifier: MIT
/**
   @file operator.h
   The sensing operator of the delay domain, and everything about it that depends on the
   tone list alone: one read-only plan per layout, shared by all links that use it.

   Phi[k,g] = exp(-2 pi j n_k g / G) / sqrt(K) for tone number n_k and tap g: a row
   selection of the length-G DFT. From that follows, exactly:

   - Phi x and Phi^H y are one FFT of length G and an index map;
   - rows are orthogonal: Phi Phi^H = (G/K) I, so the Lipschitz constant is G/K;
   - Phi^H Phi is circulant: one vector, gamma[d] = sum_k exp(2 pi j n_k d / G) / K,
     says all about it, and gamma[0] = 1.

   Tap g stands for the delay g / (G spacing), modulo 1 / spacing; taps above G/2 are
   delays before zero. Delays are relative: what sanitise removed is not put back.

   Method     "Sparse signal recovery by a partial Fourier operator": Candes, Romberg,
              Tao, "Robust uncertainty principles", IEEE Trans. Inf. Theory 2006.
   Place      cir: after prep and fusion, before gate.
*/
#ifndef RV_CIR_OPERATOR_H
#define RV_CIR_OPERATOR_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/math/fft.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_CIR_MAX_GRID = 8192 }; ///< Taps G of one plan, at most

/// What a plan is made for
typedef struct {
    const int16_t *tone;       ///< [n_tones] tone numbers, strictly ascending
    uint16_t       n_tones;    ///< K, 2..RV_MAX_TONES
    uint32_t       spacing_hz; ///< Between tone numbers n and n+1, >= 1
    uint16_t       n_taps;     ///< G; 0: rv_cir_choose_taps. At least the tones' span
    bool           dense;      ///< Also keep the matrix, which only dense-ista needs
    uint32_t       cpu_mask;   ///< Instruction sets that may be used; changes no bit
} rv_cir_layout;

/// Read-only after init; shared by any number of solvers and threads
typedef struct {
    uint16_t  n_tones;    ///< K
    uint16_t  n_taps;     ///< G
    uint32_t  spacing_hz; ///< As configured
    uint32_t  cpu_mask;   ///< As configured
    uint16_t  comb; ///< Every comb-th tone is measured: delays repeat after G/comb taps
    double    tap_ns;      ///< Delay between neighbouring taps [ns]
    float     scale;       ///< 1 / sqrt(K): size of every entry of Phi
    float     lipschitz;   ///< G / K, the largest eigenvalue of Phi^H Phi
    float     universal;   ///< sqrt(2 ln G): largest of G unit normals, about
    float     tone_middle; ///< Half-way between the first tone and the last
    uint32_t  span;        ///< Tone numbers from first to last, in whole lanes of 16
    float     tone_spread; ///< RMS distance of the tone numbers from their mean
    bool      real_kernel; ///< The tone list is symmetric: kernel_im is zero
    int16_t  *tone;        ///< [K]
    float    *place;  ///< [span] (tone - middle) / tone_spread, for every tone number
    float    *mask;   ///< [span] 1 where the list has that tone, else 0
    uint16_t *bin;    ///< [K] tone number modulo G
    float    *select; ///< [G] 1/K at the bins of tones, else 0
    float    *kernel_re;    ///< [2G] gamma, twice in a row
    float    *kernel_im;    ///< [2G]
    rv_fft    fft;          ///< Of length G
    float    *dense_re;     ///< [K][dense_stride] Phi, or NULL
    float    *dense_im;     ///< [K][dense_stride]
    uint32_t  dense_stride; ///< Floats per row, a multiple of 16
} rv_cir_plan;

/**
   Taps of the grid for a tone list: 3K where the tones lie (nearly) side by side, as in
   every 802.11 layout (156, 168, 342, 726, 1452); otherwise, as in the 30 tones of the
   Intel 5300, the smallest 2^a 3^b 5^c of at least three times the tones' span. Three
   taps per resolution cell 1/(K spacing).
*/
RV_API uint32_t rv_cir_choose_taps(const int16_t *tone, uint32_t n_tones);

/// Bytes of memory that a plan needs: ERR_CONFIG when the layout is not usable
RV_API RV_NODISCARD rv_status rv_cir_plan_size(const rv_cir_layout *layout,
                                               size_t              *bytes);

/**
   Make the plan in `mem` (64-byte aligned, `bytes` from rv_cir_plan_size), which must
   outlive it. The tone list is copied. Not real-time.
*/
RV_API RV_NODISCARD rv_status rv_cir_plan_init(rv_cir_plan         *self,
                                               const rv_cir_layout *layout, void *mem,
                                               size_t bytes);

/// True when the plan was made for these tones
RV_API bool rv_cir_plan_fits(const rv_cir_plan *self, const int16_t *tone,
                             uint32_t n_tones, uint32_t spacing_hz);

/// Floats of work area that rv_cir_forward and rv_cir_adjoint need
RV_API size_t rv_cir_work_floats(const rv_cir_plan *self);

/// y = Phi x. x: [G], y: [K], work: rv_cir_work_floats; none may overlap
RV_API RV_REALTIME void rv_cir_forward(const rv_cir_plan *self, const float *x_re,
                                       const float *x_im, float *y_re, float *y_im,
                                       float *work);

/// x = Phi^H y. y: [K], x: [G], work: rv_cir_work_floats; none may overlap
RV_API RV_REALTIME void rv_cir_adjoint(const rv_cir_plan *self, const float *y_re,
                                       const float *y_im, float *x_re, float *x_im,
                                       float *work);

/// Delay of tap g relative to zero, in (-1/(2 spacing), 1/(2 spacing)] [ns]
RV_API double rv_cir_tap_delay_ns(const rv_cir_plan *self, uint32_t tap);

RV_END_DECLS

#endif // RV_CIR_OPERATOR_H

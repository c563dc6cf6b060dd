// SPDX-License-Identifier: MIT
/**
   @file hot.h
   The loops that the solvers spend their time in, compiled once per instruction set
   (hot_lanes.c). Element by element every copy gives the same bits; sums keep 16 lanes.
*/
#ifndef RV_SRC_CIR_HOT_H
#define RV_SRC_CIR_HOT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    RV_CIR_WORKING = 64, ///< Taps in a working set, at most
    RV_CIR_NEWTON  = 24, ///< Taps that Newton's method solves for at once, at most
};

/// Taps under consideration, with the Gram matrix among them. Rows are padded to whole
/// lanes with zeros.
typedef struct rv_cir_working {
    uint32_t n;
    uint16_t tap[RV_CIR_WORKING];
    float    re[RV_CIR_WORKING];
    float    im[RV_CIR_WORKING];
    _Alignas(64) float q_re[RV_CIR_WORKING]; ///< Phi^H (y - Phi x) at these taps
    _Alignas(64) float q_im[RV_CIR_WORKING];
    _Alignas(64) float gram_re[RV_CIR_WORKING][RV_CIR_WORKING];
    _Alignas(64) float gram_im[RV_CIR_WORKING][RV_CIR_WORKING];
    bool real; ///< gram_im is zero throughout
    _Alignas(64) float hessian[2 * RV_CIR_NEWTON][2 * RV_CIR_NEWTON];
    float step[2 * RV_CIR_NEWTON];
} rv_cir_working;

typedef enum {
    RV_CIR_STUCK, ///< The step was not taken: too many taps, or no descent
    RV_CIR_MOVED,
    RV_CIR_DONE, ///< The gradient is below `stop` already
} rv_cir_progress;

typedef struct rv_cir_hot {
    /// q -= kernel shifted to `tap` x gain, for `n_taps` gains in order
    void (*correlate)(uint32_t n, const float *kernel_re, const float *kernel_im,
                      bool real, uint32_t n_taps, const uint16_t *tap, const float *re,
                      const float *im, float *q_re, float *q_im);
    /// power = re^2 + im^2; returns the largest
    float (*power)(uint32_t n, const float *re, const float *im, float *power);
    /// Coordinate descent over the taps in `set`; `all` false: over those not zero
    float (*sweep)(rv_cir_working *set, float lambda, bool all);
    /// One Newton step on the taps that are not zero
    rv_cir_progress (*newton)(rv_cir_working *set, float lambda, float stop);
    /// No tap that is zero has a correlation above `most`
    bool (*is_quiet)(const rv_cir_working *set, float most);
} rv_cir_hot;

/// Loops of the proximal gradient. Arrays over taps hold whole lanes, zeros beyond G.
typedef struct rv_cir_gradient {
    /// u = Phi x with the stored matrix
    void (*forward)(uint32_t n_tones, uint32_t stride, const float *phi_re,
                    const float *phi_im, const float *x_re, const float *x_im,
                    float *u_re, float *u_im);
    /// q = Phi^H u with the stored matrix
    void (*adjoint)(uint32_t n_tones, uint32_t stride, const float *phi_re,
                    const float *phi_im, const float *u_re, const float *u_im,
                    float *q_re, float *q_im);
    /// x = S(z - step q, threshold); sums: ||change of x||^2, ||old x||^2; z may be x
    void (*shrink)(uint32_t n, const float *z_re, const float *z_im, const float *q_re,
                   const float *q_im, float step, float threshold, float *x_re,
                   float *x_im, float sums[2]);
    /// s = select s - y: the residual's spectrum from that of x
    void (*leave)(uint32_t n, const float *select, const float *y_re, const float *y_im,
                  float *s_re, float *s_im);
    /// leave for 16 links side by side, element g of link l at [g x 16 + l]
    void (*leave_16)(uint32_t n, const float *select, const float *y_re,
                     const float *y_im, float *s_re, float *s_im);
    /// shrink for 16 links side by side, z = x; links whose `live` is 0 stay
    void (*shrink_16)(uint32_t n, const float *q_re, const float *q_im, float step,
                      const float threshold[16], const float live[16], float *x_re,
                      float *x_im, float moved[16], float size[16]);
} rv_cir_gradient;

/// Loops over the tones from the first to the last; n counts whole lanes
typedef struct rv_cir_fit {
    /// Sums of conj(s) r, w conj(s) r and w^2 conj(s) r, re and im of each
    void (*moments)(uint32_t n, const float *w, const float *s_re, const float *s_im,
                    const float *r_re, const float *r_im, float out[6]);
    /// r -= gain s
    void (*take_away)(uint32_t n, float re, float im, const float *s_re,
                      const float *s_im, float *r_re, float *r_im);
    /// s = mask x a geometric series: 16 terms given, each next 16 one `turn` further
    void (*steer)(uint32_t n, const float *mask, const float first[2][16],
                  float turn_re, float turn_im, float *s_re, float *s_im);
} rv_cir_fit;

const rv_cir_hot      *rv_cir_hot_for(uint32_t cpu_mask);
const rv_cir_gradient *rv_cir_gradient_for(uint32_t cpu_mask);
const rv_cir_fit      *rv_cir_fit_for(uint32_t cpu_mask);

#endif // RV_SRC_CIR_HOT_H

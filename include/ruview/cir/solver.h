// SPDX-License-Identifier: MIT
/**
   @file solver.h
   Sparse recovery of a delay profile: minimise 1/2 ||y - Phi x||^2 + lambda ||x||_1
   over complex x, with a certificate of how far the answer is from the minimum.

   Four ways to the same minimum behind one interface:

   - sparse      working set + coordinate descent on the circulant Gram kernel, KKT
                 check over all taps, warm start. One FFT per solve. The default.
   - fista       accelerated proximal gradient with restart, FFT operator;
   - fft-ista    proximal gradient, FFT operator;
   - dense-ista  proximal gradient with the stored matrix: the yardstick.

   lambda follows the data: the larger of `lambda_rel` x ||Phi^H y||_inf and
   `lambda_noise` x sigma sqrt(2 ln G), so that a channel twice as strong gives the same
   taps twice as strong. `lambda_abs` > 0 fixes it instead.

   The certificate is the relative duality gap (P - D) / P: P the objective, D the dual
   objective at the residual scaled into the dual's feasible set.

   Method     "Pathwise coordinate optimization", Ann. Appl. Stat. 2007; "A fast
              iterative shrinkage-thresholding algorithm", SIAM J. Imaging Sci. 2009;
              "Adaptive restart for accelerated gradient schemes", Found. Comput. Math.
              2015; gap: "An interior-point method for large-scale l1-regularized least
              squares", IEEE J. Sel. Top. Signal Process. 2007, eq. (12).
   Exactness  element-wise work in f32, sums over the support in f64, in index order.
*/
#ifndef RV_CIR_SOLVER_H
#define RV_CIR_SOLVER_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/cir/operator.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Non-zero taps that a result lists, at most. `sparse` gives up, unconverged, where an
/// answer needs more; at the default lambda none does.
enum { RV_CIR_MAX_SUPPORT = 64 };

/// Iterations left to the solver: sparse 64 rounds, fista 2000, ISTA 100
#define RV_CIR_OWN_LIMIT UINT32_MAX

typedef enum {
    RV_CIR_SPARSE     = 0,
    RV_CIR_FISTA      = 1,
    RV_CIR_FFT_ISTA   = 2,
    RV_CIR_DENSE_ISTA = 3,
} rv_cir_kind;

/// How to solve
typedef struct {
    rv_cir_kind kind;           ///< Default RV_CIR_SPARSE
    float       lambda_abs;     ///< > 0: lambda, in units of y; default 0
    float       lambda_rel;     ///< Of ||Phi^H y||_inf, 0..1; default 0.1
    float       lambda_noise;   ///< Of sigma sqrt(2 ln G), 0..10; default 1
    uint32_t    max_iterations; ///< Default RV_CIR_OWN_LIMIT
    float       gap;            ///< Relative duality gap to reach; default 1e-4
    float       tolerance;      ///< ISTA: relative change that ends it; default 1e-4
    float       window_ns; ///< Longest believable spread of delays; default 800. Of
                           ///< grouped tones at most a quarter of the delays that
                           ///< they tell apart
    uint32_t cpu_mask;     ///< Instruction sets that may be used; changes no bit
} rv_cir_config;

/// What a link remembers between cycles; all zero is a cold start. Part of the digest.
typedef struct {
    uint16_t n;                       ///< Taps remembered, 0..RV_CIR_MAX_SUPPORT
    uint16_t tap[RV_CIR_MAX_SUPPORT]; ///< Ascending
    float    re[RV_CIR_MAX_SUPPORT];  ///< In units of y
    float    im[RV_CIR_MAX_SUPPORT];
} rv_cir_state;

/// The answer for one frame
typedef struct {
    rv_reason reason;    ///< NONE, or NONFINITE, ALL_ZERO, UNSUPPORTED (no phase),
                         ///< BAD_VALUE (tones of another layout): then n is 0
    uint16_t n;          ///< Taps listed
    uint32_t n_nonzero;  ///< Taps that are not zero; > n only when too many to list
    uint32_t iterations; ///< Rounds of the working set, or iterations of the gradient
    bool     converged;  ///< gap <= the one asked for (ISTA: change <= tolerance)
    float    lambda;     ///< Used [units of y]
    float    objective;  ///< 1/2 ||y - Phi x||^2 + lambda ||x||_1
    float    gap;        ///< Relative duality gap of x, >= 0
    float    peak;       ///< ||Phi^H y||_inf
    float    energy;     ///< ||y||^2
    float    residual;   ///< ||y - Phi x||^2
    float    noise;      ///< sigma of a complex sample of y used for lambda
    float    change;     ///< Last relative change of x (ISTA, FISTA)
    float    window;     ///< Largest part of the energy inside one delay window, 0..1
    uint16_t window_tap; ///< First tap of that window, modulo taps / plan.comb
    uint16_t tap[RV_CIR_MAX_SUPPORT]; ///< Ascending
    float    re[RV_CIR_MAX_SUPPORT];  ///< Tap gains, shrunk by lambda
    float    im[RV_CIR_MAX_SUPPORT];
} rv_cir_result;

struct rv_cir_working;
struct rv_cir_hot;
struct rv_cir_gradient;

/// One per thread and layout: plan, configuration, work area
typedef struct {
    const rv_cir_plan     *plan;
    rv_cir_config          config;
    float                 *y_re, *y_im; ///< [K] input, scaled
    float                 *b_re, *b_im; ///< [G] Phi^H y, scaled
    float                 *q_re, *q_im; ///< [G] Phi^H (y - Phi x), scaled
    float                 *x_re, *x_im; ///< [G] taps of the last solve, units of y
    float                 *z_re, *z_im; ///< [G]
    float                 *u_re, *u_im; ///< [K]
    float                 *g_re, *g_im; ///< [G] y on the bins of its tones, times scale
    float                 *power;       ///< [G]
    float                 *work;        ///< rv_cir_work_floats
    struct rv_cir_working *working;     ///< Of the sparse solver
    const struct rv_cir_hot      *hot;  ///< Loops for the instruction sets allowed
    const struct rv_cir_gradient *gradient; ///< Same
    uint32_t padded; ///< G in whole lanes: length of the arrays over taps
} rv_cir_solver;

/// Fills in the defaults
RV_API void rv_cir_config_default(rv_cir_config *config);

/// Bytes that a solver needs: ERR_CONFIG when a value is out of range
RV_API RV_NODISCARD rv_status rv_cir_solver_size(const rv_cir_plan   *plan,
                                                 const rv_cir_config *config,
                                                 size_t              *bytes);

/// Lays the solver out in `mem` (64-byte aligned); `plan` and `mem` must outlive it
RV_API RV_NODISCARD rv_status rv_cir_solver_init(rv_cir_solver       *self,
                                                 const rv_cir_plan   *plan,
                                                 const rv_cir_config *config, void *mem,
                                                 size_t bytes);

/**
   Recover the taps of one frame.

   @param re,im   [K] channel on the plan's tones.
   @param noise   Standard deviation of re and of im; 0: estimated from the delays that
                  hold the least.
   @param state   The link's memory, read for the warm start and replaced; or NULL.
   @param result  Always filled in.

   Without a result (its reason is not NONE) `state` is cleared. Taps of a full
   solution stay readable in self->x_re, x_im until the next call.
*/
RV_API RV_REALTIME void rv_cir_solve(rv_cir_solver *self, const float *re,
                                     const float *im, float noise, rv_cir_state *state,
                                     rv_cir_result *result);

/**
   rv_cir_solve for the stream of `csi` with the most energy (streams of one radio share
   neither gain nor phase, so they are not summed); checks tones and phase.
*/
RV_API RV_REALTIME void rv_cir_solve_csi(rv_cir_solver *self, const rv_csi *csi,
                                         rv_cir_state *state, rv_cir_result *result);

/// "sparse", "fista", "fft-ista", "dense-ista"; "unknown" otherwise
RV_API RV_CONST const char *rv_cir_kind_name(rv_cir_kind kind);

RV_END_DECLS

#endif // RV_CIR_SOLVER_H

// SPDX-License-Identifier: MIT
/**
   @file solve.h
   What the solvers share: each leaves x in the solver (units of the scaled y) and its
   tally here.
*/
#ifndef RV_SRC_CIR_SOLVE_H
#define RV_SRC_CIR_SOLVE_H

#include <ruview/cir/solver.h>

/// Sums over one iterate, all of the scaled problem
typedef struct {
    double   energy;   ///< ||y||^2
    double   lambda;   ///< lambda
    double   fit;      ///< Re y^H r, r = y - Phi x
    double   residual; ///< ||r||^2
    double   l1;       ///< ||x||_1
    double   steepest; ///< ||Phi^H r||_inf
    double   objective;
    double   gap;
    double   change;
    uint32_t iterations;
    bool     converged;
} rv_cir_tally;

/// One frame between its beginning and its end
typedef struct {
    float        scale;  ///< Of y: a power of two
    float        sigma;  ///< Of re and of im of the scaled y
    float        peak;   ///< ||Phi^H y||_inf, scaled
    float        lambda; ///< Scaled
    rv_cir_tally tally;
} rv_cir_problem;

/// Objective and relative duality gap from the sums above
void rv_cir_certify(rv_cir_tally *tally);

/// The iterations configured, or `own` where it is left to the solver
static inline uint32_t
rv_cir_limit(const rv_cir_solver *const self, const uint32_t own)
{
    const uint32_t most = self->config.max_iterations;
    return most == RV_CIR_OWN_LIMIT ? own : most;
}

void rv_cir_solve_sparse(rv_cir_solver *self, float lambda, float scale,
                         const rv_cir_state *warm, rv_cir_tally *tally);

void rv_cir_solve_gradient(rv_cir_solver *self, rv_cir_problem *problem);

/// Check and scale y, correlate, choose lambda; on any reason but NONE there is nothing
/// to solve and `result` says so
rv_reason rv_cir_begin(rv_cir_solver *self, const float *re, const float *im,
                       float noise, rv_cir_problem *problem, rv_cir_result *result);

/// y of the solver = scale x (re + j im)
void rv_cir_scale_in(const rv_cir_solver *self, const float *re, const float *im,
                     float scale);

/// The gradient methods' start: x and the spectrum of y
void rv_cir_gradient_start(rv_cir_solver *self, const rv_cir_problem *problem);

/// Certificate of x for the gradient methods
void rv_cir_gradient_stock(const rv_cir_solver *self, rv_cir_tally *tally);

/// Taps back to the units of y, into the result and the link's memory
void rv_cir_end(rv_cir_solver *self, const rv_cir_problem *problem, rv_cir_state *state,
                rv_cir_result *result);

#endif // RV_SRC_CIR_SOLVE_H

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

/// Objective and relative duality gap from the sums above
void rv_cir_certify(rv_cir_tally *tally);

/// The iterations configured, or `own` where it is left to the solver
static inline uint32_t
rv_cir_limit(const rv_cir_solver *const self, const uint32_t own)
{
    const uint32_t most = self->config.max_iterations;
    return most == RV_CIR_OWN_LIMIT ? own : most;
}

/// Largest |re + j im|^2 of n; 0 for none
float rv_cir_largest_power(const float *re, const float *im, uint32_t n);

void rv_cir_solve_sparse(rv_cir_solver *self, float lambda, float scale,
                         const rv_cir_state *warm, rv_cir_tally *tally);

void rv_cir_solve_gradient(rv_cir_solver *self, float lambda, float scale,
                           rv_cir_tally *tally);

#endif // RV_SRC_CIR_SOLVE_H

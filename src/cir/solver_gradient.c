// SPDX-License-Identifier: MIT
/**
   @file solver_gradient.c
   Proximal gradient: dense-ista and fft-ista (the same iteration, two operators) and
   fista with restart.
*/
#include "base/exact.h"
#include "cir/hot.h"
#include "cir/solve.h"

#include <string.h>

enum { ista_iterations = 100, fista_iterations = 2000 };

/// u = Phi x - y
static void
residual_at(const rv_cir_solver *const self, const float *const x_re,
            const float *const x_im)
{
    const rv_cir_plan *const plan = self->plan;
    if (self->config.kind == RV_CIR_DENSE_ISTA) {
        self->gradient->forward(plan->n_tones, plan->dense_stride, plan->dense_re,
                                plan->dense_im, x_re, x_im, self->u_re, self->u_im);
    } else {
        rv_cir_forward(plan, x_re, x_im, self->u_re, self->u_im, self->work);
    }
    for (uint32_t k = 0; k < plan->n_tones; ++k) {
        self->u_re[k] -= self->y_re[k];
        self->u_im[k] -= self->y_im[k];
    }
}

/// q = Phi^H (Phi x - y)
static void
gradient_at(const rv_cir_solver *const self, const float *const x_re,
            const float *const x_im)
{
    const rv_cir_plan *const plan = self->plan;
    if (self->config.kind == RV_CIR_DENSE_ISTA) {
        residual_at(self, x_re, x_im);
        self->gradient->adjoint(plan->n_tones, plan->dense_stride, plan->dense_re,
                                plan->dense_im, self->u_re, self->u_im, self->q_re,
                                self->q_im);
        return;
    }
    float *const s_re = self->work;
    float *const s_im = self->work + plan->n_taps;
    float *const rest = self->work + 2 * (size_t)plan->n_taps;
    rv_fft_forward(&plan->fft, x_re, x_im, s_re, s_im, rest);
    self->gradient->leave(plan->n_taps, plan->select, self->g_re, self->g_im, s_re,
                          s_im);
    rv_fft_inverse(&plan->fft, s_re, s_im, self->q_re, self->q_im, rest);
}

void
rv_cir_gradient_stock(const rv_cir_solver *const self, rv_cir_tally *const tally)
{
    const rv_cir_plan *const plan = self->plan;
    double                   fit  = 0.0;
    double                   rr   = 0.0;
    double                   l1   = 0.0;
    gradient_at(self, self->x_re, self->x_im);
    residual_at(self, self->x_re, self->x_im);
    for (uint32_t k = 0; k < plan->n_tones; ++k) {
        const double re = (double)self->u_re[k];
        const double im = (double)self->u_im[k];
        fit -= re * (double)self->y_re[k] + im * (double)self->y_im[k];
        rr += re * re + im * im;
    }
    for (uint32_t g = 0; g < plan->n_taps; ++g) {
        const double re = (double)self->x_re[g];
        const double im = (double)self->x_im[g];
        l1 += __builtin_sqrt(re * re + im * im);
    }
    tally->fit      = fit;
    tally->residual = rr;
    tally->l1       = l1;
    tally->steepest = (double)__builtin_sqrtf(
        self->hot->power(plan->n_taps, self->q_re, self->q_im, self->power));
    rv_cir_certify(tally);
}

/// x = S(z - step q, threshold); returns the relative change against the old x
static double
shrink(const rv_cir_solver *const self, const float *const z_re,
       const float *const z_im, const float step, const float threshold)
{
    float sums[2];
    self->gradient->shrink(self->padded, z_re, z_im, self->q_re, self->q_im, step,
                           threshold, self->x_re, self->x_im, sums);
    const double base = __builtin_sqrt((double)sums[1]);
    return __builtin_sqrt((double)sums[0]) / (base > 1e-12 ? base : 1e-12);
}

static void
ista(rv_cir_solver *const self, const float lambda, rv_cir_tally *const tally)
{
    const uint32_t most = rv_cir_limit(self, ista_iterations);
    const float    step = 1.0F / self->plan->lipschitz;
    while (tally->iterations < most) {
        gradient_at(self, self->x_re, self->x_im);
        tally->change = shrink(self, self->x_re, self->x_im, step, lambda * step);
        ++tally->iterations;
        if (tally->change < (double)self->config.tolerance) {
            tally->converged = true;
            break;
        }
    }
}

/// Momentum, dropped whenever it points uphill
static void
fista(rv_cir_solver *const self, const float lambda, rv_cir_tally *const tally)
{
    const uint32_t n    = self->plan->n_taps;
    const uint32_t most = rv_cir_limit(self, fista_iterations);
    const float    step = 1.0F / self->plan->lipschitz;
    float          t    = 1.0F;
    memcpy(self->z_re, self->x_re, n * sizeof *self->z_re);
    memcpy(self->z_im, self->x_im, n * sizeof *self->z_im);
    while (tally->iterations < most) {
        float *const old_re = self->b_re;
        float *const old_im = self->b_im;
        memcpy(old_re, self->x_re, n * sizeof *old_re);
        memcpy(old_im, self->x_im, n * sizeof *old_im);
        gradient_at(self, self->z_re, self->z_im);
        tally->change = shrink(self, self->z_re, self->z_im, step, lambda * step);
        ++tally->iterations;
        double uphill = 0.0;
        for (uint32_t g = 0; g < n; ++g) {
            uphill +=
                (double)((self->z_re[g] - self->x_re[g]) * (self->x_re[g] - old_re[g]) +
                         (self->z_im[g] - self->x_im[g]) * (self->x_im[g] - old_im[g]));
        }
        const float last  = uphill > 0.0 ? 1.0F : t;
        const float next  = 0.5F * (1.0F + __builtin_sqrtf(1.0F + 4.0F * last * last));
        const float carry = uphill > 0.0 ? 0.0F : (last - 1.0F) / next;
        t                 = uphill > 0.0 ? 1.0F : next;
        for (uint32_t g = 0; g < n; ++g) {
            self->z_re[g] = self->x_re[g] + carry * (self->x_re[g] - old_re[g]);
            self->z_im[g] = self->x_im[g] + carry * (self->x_im[g] - old_im[g]);
        }
        if (tally->iterations % 10 == 0) {
            rv_cir_gradient_stock(self, tally);
            if (tally->gap <= (double)self->config.gap) {
                tally->converged = true;
                break;
            }
        }
    }
}

void
rv_cir_gradient_start(rv_cir_solver *const self, const rv_cir_problem *const problem)
{
    const uint32_t n = self->plan->n_taps;
    // The seed's start, Phi^H y over its diagonal; the first step makes it S(b / L)
    const float start = 1.0F / (1.0F + problem->lambda / problem->scale);
    for (uint32_t g = 0; g < n; ++g) {
        self->x_re[g] = self->b_re[g] * start;
        self->x_im[g] = self->b_im[g] * start;
    }
    memset(self->g_re, 0, n * sizeof *self->g_re);
    memset(self->g_im, 0, n * sizeof *self->g_im);
    for (uint32_t k = 0; k < self->plan->n_tones; ++k) {
        self->g_re[self->plan->bin[k]] = self->y_re[k] * self->plan->scale;
        self->g_im[self->plan->bin[k]] = self->y_im[k] * self->plan->scale;
    }
}

void
rv_cir_solve_gradient(rv_cir_solver *const self, rv_cir_problem *const problem)
{
    rv_cir_gradient_start(self, problem);
    if (self->config.kind == RV_CIR_FISTA) {
        fista(self, problem->lambda, &problem->tally);
    } else {
        ista(self, problem->lambda, &problem->tally);
    }
    rv_cir_gradient_stock(self, &problem->tally);
}

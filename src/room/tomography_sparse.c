// SPDX-License-Identifier: MIT
// Coordinate descent on a working set. A room has tens of links, so the solution has at
// most as many voxels: correlations of all voxels (one product) are needed only to
// check optimality and to let the worst offenders in, and everything between runs on
// columns as long as the number of links. The duality gap is computed each time: the
// result is converged or says how far it is.
//
// Source  "Coordinate descent algorithms", Math. Program. 151 (2015); gap and dual
// point:
//         "Mind the duality gap: safer rules for the Lasso", ICML 2015, eq. 4-6, with
//         x >= 0 (only positive correlations bind).
#include "room/tomography_sparse.h"

#include "room/room_math.h"

#include <string.h>

enum { max_working = 48, enter_at_once = 6, max_sweeps = 64 };

typedef struct {
    uint32_t n_pairs, n_working;
    uint32_t voxel[max_working];
    float    column[max_working][RV_ROOM_MAX_LINKS];
    float    norm2[max_working];
    float    x[max_working];
    float    y[RV_ROOM_MAX_LINKS], left[RV_ROOM_MAX_LINKS];
    uint32_t pair[RV_ROOM_MAX_LINKS];
} problem;

static void
enter(const rv_tomography *const self, problem *const p, const uint32_t voxel,
      const float x)
{
    for (uint32_t k = 0; k < p->n_working; ++k) {
        if (p->voxel[k] == voxel) {
            return;
        }
    }
    if (p->n_working == max_working) {
        return;
    }
    const uint32_t at    = p->n_working++;
    float          norm2 = 0.0F;
    for (uint32_t i = 0; i < p->n_pairs; ++i) {
        const float w    = self->weight[(size_t)p->pair[i] * self->n_voxels + voxel];
        p->column[at][i] = w;
        norm2 += w * w;
        p->left[i] -= w * x;
    }
    p->voxel[at] = voxel;
    p->norm2[at] = norm2;
    p->x[at]     = x;
}

static void
leave_unused(problem *const p)
{
    uint32_t kept = 0;
    for (uint32_t k = 0; k < p->n_working; ++k) {
        if (p->x[k] > 0.0F) {
            p->voxel[kept] = p->voxel[k];
            p->norm2[kept] = p->norm2[k];
            p->x[kept]     = p->x[k];
            memmove(p->column[kept], p->column[k], sizeof p->column[k]);
            ++kept;
        }
    }
    p->n_working = kept;
}

// One pass over the working set; the largest step, as a change of the fit
static float
sweep(problem *const p, const float lambda)
{
    float largest = 0.0F;
    for (uint32_t k = 0; k < p->n_working; ++k) {
        if (p->norm2[k] <= 0.0F) {
            continue;
        }
        float slope = -lambda;
        for (uint32_t i = 0; i < p->n_pairs; ++i) {
            slope += p->column[k][i] * p->left[i];
        }
        const float wanted = p->x[k] + slope / p->norm2[k];
        const float now    = wanted > 0.0F ? wanted : 0.0F;
        const float step   = now - p->x[k];
        p->x[k]            = now;
        for (uint32_t i = 0; i < p->n_pairs; ++i) {
            p->left[i] -= step * p->column[k][i];
        }
        const float size = step * step * p->norm2[k];
        largest          = size > largest ? size : largest;
    }
    return largest;
}

static void
correlate(const rv_tomography *const self, const problem *const p,
          const float *const residual, float *const out)
{
    memset(out, 0, self->n_voxels * sizeof *out);
    for (uint32_t i = 0; i < p->n_pairs; ++i) {
        const float        r = residual[i];
        const float *const w = self->weight + (size_t)p->pair[i] * self->n_voxels;
        for (uint32_t v = 0; v < self->n_voxels; ++v) {
            out[v] += w[v] * r;
        }
    }
}

static uint32_t
argmax(const float *const x, const uint32_t n)
{
    uint32_t best = 0;
    for (uint32_t v = 1; v < n; ++v) {
        if (x[v] > x[best]) {
            best = v;
        }
    }
    return best;
}

// Gap relative to the objective of the zero image
static float
relative_gap(const problem *const p, const float lambda, const float largest)
{
    const float scale = largest > lambda ? lambda / largest : 1.0F;
    float       rr = 0.0F, yy = 0.0F, miss = 0.0F, l1 = 0.0F;
    for (uint32_t i = 0; i < p->n_pairs; ++i) {
        const float off = p->y[i] - scale * p->left[i];
        rr += p->left[i] * p->left[i];
        yy += p->y[i] * p->y[i];
        miss += off * off;
    }
    for (uint32_t k = 0; k < p->n_working; ++k) {
        l1 += p->x[k];
    }
    const float gap = 0.5F * (rr + miss - yy) + lambda * l1;
    return gap > 0.0F ? 2.0F * gap / yy : 0.0F;
}

static void
start(const rv_tomography *const self, const rv_tomography_inverse *const inv,
      uint64_t pairs, const float *const y, problem *const p)
{
    p->n_pairs   = 0;
    p->n_working = 0;
    for (uint32_t i = 0; pairs != 0; ++i, pairs >>= 1) {
        if ((pairs & 1U) != 0) {
            p->pair[p->n_pairs] = i;
            p->y[p->n_pairs]    = y[i];
            p->left[p->n_pairs] = y[i];
            ++p->n_pairs;
        }
    }
    for (uint32_t v = 0; v < self->n_voxels; ++v) {
        if (inv->iterate[v] > 0.0F) {
            enter(self, p, v, inv->iterate[v]);
        }
    }
}

static void
finish(const rv_tomography *const self, rv_tomography_inverse *const inv,
       const problem *const p)
{
    memset(inv->image, 0, self->n_voxels * sizeof *inv->image);
    for (uint32_t k = 0; k < p->n_working; ++k) {
        inv->image[p->voxel[k]] = p->x[k];
    }
    memcpy(inv->iterate, inv->image, self->n_voxels * sizeof *inv->image);
}

static void
enter_worst(const rv_tomography *const self, problem *const p, float *const correlation,
            const float lambda)
{
    for (uint32_t n = 0; n < enter_at_once; ++n) {
        const uint32_t worst = argmax(correlation, self->n_voxels);
        if (correlation[worst] <= lambda) {
            return;
        }
        enter(self, p, worst, 0.0F);
        correlation[worst] = 0.0F;
    }
}

void
rv_tomography_solve_sparse(rv_tomography *const self, rv_tomography_inverse *const inv,
                           const uint64_t pairs, const float *const y,
                           uint32_t *const n_iterations, float *const gap)
{
    problem p;
    start(self, inv, pairs, y, &p);
    float *const correlation = self->work;
    correlate(self, &p, p.y, correlation);
    const float steepest =
        self->cfg.sparse_kappa * correlation[argmax(correlation, self->n_voxels)];
    if (!(steepest > 0.0F)) {
        p.n_working = 0;
        finish(self, inv, &p);
        return;
    }
    float yy = 0.0F;
    for (uint32_t i = 0; i < p.n_pairs; ++i) {
        yy += p.y[i] * p.y[i];
    }
    uint32_t n_sweeps = 0;
    float    reached  = 1.0F;
    while (n_sweeps < self->cfg.max_iterations) {
        uint32_t inner = 0;
        while (inner++ < max_sweeps && n_sweeps++ < self->cfg.max_iterations &&
               sweep(&p, steepest) > 1e-4F * self->cfg.sparse_gap * yy) {
        }
        leave_unused(&p);
        correlate(self, &p, p.left, correlation);
        reached = relative_gap(&p, steepest,
                               correlation[argmax(correlation, self->n_voxels)]);
        if (reached <= self->cfg.sparse_gap) {
            break;
        }
        enter_worst(self, &p, correlation, steepest);
    }
    finish(self, inv, &p);
    *n_iterations = n_sweeps > *n_iterations ? n_sweeps : *n_iterations;
    *gap          = reached > *gap ? reached : *gap;
}

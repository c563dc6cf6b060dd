// SPDX-License-Identifier: MIT
#include <ruview/room/tomography.h>

#include "base/try.h"
#include "room/pairs.h"
#include "room/room_math.h"
#include "room/tomography_model.h"
#include "room/tomography_sparse.h"

#include <ruview/base/arena.h>

#include <string.h>

// Noise may change by this share before the factor is renewed
static const float noise_slack = 0.1F;

rv_tomography_config
rv_tomography_config_default(void)
{
    return (rv_tomography_config){
        .size_m                = {6.0F, 6.0F, 2.8F},
        .nx                    = 8,
        .ny                    = 8,
        .nz                    = 4,
        .max_links             = RV_ROOM_MAX_LINKS,
        .body_m                = 1.8F,
        .excess_m              = 0.03F,
        .prior_sigma_db        = 0.32F,
        .prior_sigma_motion_db = 1.5F,
        .prior_length_m        = 0.7F,
        .model_sigma_db        = 0.5F,
        .variance_looks        = 8.0F,
        .solver                = RV_TOMOGRAPHY_LINEAR,
        .sparse_kappa          = 0.1F,
        .sparse_gap            = 1e-3F,
        .max_iterations        = 400,
    };
}

static uint32_t
cells(const float extent_m, const float step_m)
{
    uint32_t n = 1;
    while ((float)n * step_m < extent_m - 1e-3F * step_m && n < 128) {
        ++n;
    }
    return n;
}

rv_tomography_config
rv_tomography_config_plan(const float origin_m[3], const float size_m[3],
                          const float step_m)
{
    rv_tomography_config cfg = rv_tomography_config_default();
    for (uint32_t k = 0; k < 3; ++k) {
        cfg.origin_m[k] = origin_m[k];
        cfg.size_m[k]   = size_m[k];
    }
    cfg.nx = cells(size_m[0], step_m);
    cfg.ny = cells(size_m[1], step_m);
    cfg.nz = 1;
    return cfg;
}

static rv_status
check_config(const rv_tomography_config *const c)
{
    for (uint32_t k = 0; k < 3; ++k) {
        if (!room_in_range(c->origin_m[k], -1e4F, 1e4F) ||
            !room_in_range(c->size_m[k], 0.1F, 1e3F)) {
            return RV_ERR_CONFIG;
        }
    }
    const bool ok =
        c->nx >= 1 && c->nx <= 128 && c->ny >= 1 && c->ny <= 128 && c->nz >= 1 &&
        c->nz <= 64 && c->nx * c->ny * c->nz <= RV_TOMOGRAPHY_MAX_VOXELS &&
        c->max_links >= 1 && c->max_links <= RV_ROOM_MAX_LINKS &&
        room_in_range(c->body_m, 0.1F, 3.0F) &&
        room_in_range(c->excess_m, 0.005F, 1.0F) &&
        room_in_range(c->prior_sigma_db, 1e-3F, 1e3F) &&
        room_in_range(c->prior_sigma_motion_db, 1e-3F, 1e3F) &&
        room_in_range(c->prior_length_m, 0.01F, 1e2F) &&
        room_in_range(c->model_sigma_db, 1e-3F, 1e3F) &&
        room_in_range(c->variance_looks, 1.0F, 1e4F) &&
        (c->solver == RV_TOMOGRAPHY_LINEAR || c->solver == RV_TOMOGRAPHY_SPARSE) &&
        room_in_range(c->sparse_kappa, 1e-4F, 1.0F) &&
        room_in_range(c->sparse_gap, 1e-6F, 1.0F) && c->max_iterations >= 1 &&
        c->max_iterations <= 100000;
    return ok ? RV_OK : RV_ERR_CONFIG;
}

static void
lay_out(rv_tomography *const self, rv_arena *const arena)
{
    const size_t n_voxels = self->n_voxels;
    const size_t n_links  = self->cfg.max_links;
    self->weight          = rv_arena_take(arena, n_links * n_voxels, sizeof(float));
    self->spread          = rv_arena_take(arena, n_links * n_voxels, sizeof(float));
    self->gram            = rv_arena_take(arena, n_links * n_links, sizeof(double));
    self->kernel          = rv_arena_take(arena, n_voxels, sizeof(float));
    self->work = rv_arena_take(arena, (n_links + 4) * n_voxels, sizeof(float));
    rv_tomography_inverse *const both[2] = {&self->loss, &self->motion};
    for (uint32_t k = 0; k < 2; ++k) {
        both[k]->factor  = rv_arena_take(arena, n_links * n_links, sizeof(double));
        both[k]->image   = rv_arena_take(arena, n_voxels, sizeof(float));
        both[k]->sigma   = rv_arena_take(arena, n_voxels, sizeof(float));
        both[k]->iterate = rv_arena_take(arena, n_voxels, sizeof(float));
    }
}

static rv_tomography
start(const rv_tomography_config *const cfg)
{
    return (rv_tomography){
        .cfg          = *cfg,
        .n_voxels     = cfg->nx * cfg->ny * cfg->nz,
        .loss.prior   = cfg->prior_sigma_db * cfg->prior_sigma_db,
        .motion.prior = cfg->prior_sigma_motion_db * cfg->prior_sigma_motion_db,
    };
}

rv_status
rv_tomography_size(const rv_tomography_config *const cfg, size_t *const n_bytes)
{
    RV_TRY(check_config(cfg));
    rv_tomography self  = start(cfg);
    rv_arena      arena = {0};
    lay_out(&self, &arena);
    *n_bytes = arena.used;
    return RV_OK;
}

static void
fill_kernel(rv_tomography *const self)
{
    const double step[3] = {(double)rv_tomography_step(self, 0),
                            (double)rv_tomography_step(self, 1),
                            (double)rv_tomography_step(self, 2)};
    uint32_t     v       = 0;
    for (uint32_t z = 0; z < self->cfg.nz; ++z) {
        for (uint32_t y = 0; y < self->cfg.ny; ++y) {
            for (uint32_t x = 0; x < self->cfg.nx; ++x) {
                const double dx = x * step[0];
                const double dy = y * step[1];
                const double dz = z * step[2];
                self->kernel[v++] =
                    (float)rv_exp_f64(-rv_sqrt_f64(dx * dx + dy * dy + dz * dz) /
                                      (double)self->cfg.prior_length_m);
            }
        }
    }
}

rv_status
rv_tomography_init(rv_tomography *const self, const rv_tomography_config *const cfg,
                   void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_tomography_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    *self = start(cfg);
    memset(mem, 0, needed);
    lay_out(self, &arena);
    fill_kernel(self);
    return RV_OK;
}

void
rv_tomography_centre(const rv_tomography *const self, const uint32_t voxel,
                     float centre_m[3])
{
    const uint32_t at[3] = {voxel % self->cfg.nx, voxel / self->cfg.nx % self->cfg.ny,
                            voxel / (self->cfg.nx * self->cfg.ny)};
    for (uint32_t k = 0; k < 3; ++k) {
        centre_m[k] =
            self->cfg.origin_m[k] + ((float)at[k] + 0.5F) * rv_tomography_step(self, k);
    }
}

static void
fill_gram(rv_tomography *const self, const uint32_t p)
{
    for (uint32_t q = 0; q < self->n_pairs; ++q) {
        const float *const w   = self->weight + (size_t)q * self->n_voxels;
        const float *const s   = self->spread + (size_t)p * self->n_voxels;
        double             sum = 0.0;
        for (uint32_t v = 0; v < self->n_voxels; ++v) {
            sum += (double)w[v] * (double)s[v];
        }
        self->gram[p * self->cfg.max_links + q] = sum;
        self->gram[q * self->cfg.max_links + p] = sum;
    }
}

rv_status
rv_tomography_set_links(rv_tomography *const self, const rv_room_link *const links,
                        const uint32_t n_links)
{
    if (n_links > self->cfg.max_links) {
        return RV_ERR_RANGE;
    }
    RV_TRY(rv_pairs_check(links, n_links));
    rv_room_pair   pair[RV_ROOM_MAX_LINKS];
    const uint32_t n_pairs = rv_pairs_build(links, n_links, self->pair_of, pair);
    const uint32_t n_old   = self->n_pairs;
    self->n_pairs          = n_pairs;
    self->n_links          = n_links;
    self->loss.pairs       = 0;
    self->motion.pairs     = 0;
    uint64_t changed       = 0;
    for (uint32_t p = 0; p < n_pairs; ++p) {
        const rv_room_pair *const old = &self->pair[p];
        if (p < n_old && memcmp(old->a_m, pair[p].a_m, sizeof old->a_m) == 0 &&
            memcmp(old->b_m, pair[p].b_m, sizeof old->b_m) == 0) {
            self->pair[p].direction = pair[p].direction;
            continue;
        }
        float *const weight = self->weight + (size_t)p * self->n_voxels;
        self->pair[p]       = pair[p];
        rv_tomography_fill_weight(self, &pair[p], weight);
        rv_tomography_fill_spread(self, weight,
                                  self->spread + (size_t)p * self->n_voxels);
        changed |= (uint64_t)1 << p;
    }
    for (uint32_t p = 0; p < n_pairs; ++p) {
        if ((changed >> p & 1U) != 0) {
            fill_gram(self, p);
        }
    }
    return RV_OK;
}

// Which pairs, in ascending order
static uint32_t
list_pairs(uint64_t pairs, uint32_t *const list)
{
    uint32_t n = 0;
    for (uint32_t p = 0; pairs != 0; ++p, pairs >>= 1) {
        if ((pairs & 1U) != 0) {
            list[n++] = p;
        }
    }
    return n;
}

static void
factorise(const rv_tomography *const self, rv_tomography_inverse *const inv,
          const uint32_t *const list, const uint32_t n)
{
    const uint32_t stride = self->cfg.max_links;
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t j = 0; j <= i; ++j) {
            double sum = (double)inv->prior * self->gram[list[i] * stride + list[j]];
            if (i == j) {
                sum += (double)inv->noise[list[i]];
            }
            for (uint32_t k = 0; k < j; ++k) {
                sum -= inv->factor[i * stride + k] * inv->factor[j * stride + k];
            }
            // Noise keeps the matrix positive; the guard is for its rounding only
            inv->factor[i * stride + j] = i != j
                                              ? sum / inv->factor[j * stride + j]
                                              : rv_sqrt_f64(sum > 1e-12 ? sum : 1e-12);
        }
    }
}

// sigma^2 = prior - |L^-1 (prior x spread)|^2, all voxels side by side
static void
fill_sigma(const rv_tomography *const self, rv_tomography_inverse *const inv,
           const uint32_t *const list, const uint32_t n)
{
    const uint32_t n_voxels = self->n_voxels;
    const uint32_t stride   = self->cfg.max_links;
    for (uint32_t v = 0; v < n_voxels; ++v) {
        inv->sigma[v] = inv->prior;
    }
    for (uint32_t i = 0; i < n; ++i) {
        float *const       z      = self->work + (size_t)i * n_voxels;
        const float *const spread = self->spread + (size_t)list[i] * n_voxels;
        for (uint32_t v = 0; v < n_voxels; ++v) {
            z[v] = inv->prior * spread[v];
        }
        for (uint32_t k = 0; k < i; ++k) {
            const float        l   = (float)inv->factor[i * stride + k];
            const float *const z_k = self->work + (size_t)k * n_voxels;
            for (uint32_t v = 0; v < n_voxels; ++v) {
                z[v] -= l * z_k[v];
            }
        }
        const float over = (float)(1.0 / inv->factor[i * stride + i]);
        for (uint32_t v = 0; v < n_voxels; ++v) {
            z[v] *= over;
            inv->sigma[v] -= z[v] * z[v];
        }
    }
    const float least = 1e-6F * inv->prior;
    for (uint32_t v = 0; v < n_voxels; ++v) {
        inv->sigma[v] = __builtin_sqrtf(inv->sigma[v] > least ? inv->sigma[v] : least);
    }
}

static bool
renew(rv_tomography_inverse *const inv, const uint64_t pairs, const float *const noise,
      const uint32_t *const list, const uint32_t n)
{
    bool stale = pairs != inv->pairs;
    for (uint32_t i = 0; i < n && !stale; ++i) {
        const float had = inv->noise[list[i]];
        const float now = noise[list[i]];
        stale = now > had * (1.0F + noise_slack) || now * (1.0F + noise_slack) < had;
    }
    if (stale) {
        inv->pairs = pairs;
        for (uint32_t i = 0; i < n; ++i) {
            inv->noise[list[i]] = noise[list[i]];
        }
    }
    return stale;
}

// alpha = (L L')^-1 y in place
static void
solve(const rv_tomography *const self, const rv_tomography_inverse *const inv,
      double *const y, const uint32_t n)
{
    const uint32_t stride = self->cfg.max_links;
    for (uint32_t i = 0; i < n; ++i) {
        double sum = y[i];
        for (uint32_t k = 0; k < i; ++k) {
            sum -= inv->factor[i * stride + k] * y[k];
        }
        y[i] = sum / inv->factor[i * stride + i];
    }
    for (uint32_t i = n; i-- > 0;) {
        double sum = y[i];
        for (uint32_t k = i + 1; k < n; ++k) {
            sum -= inv->factor[k * stride + i] * y[k];
        }
        y[i] = sum / inv->factor[i * stride + i];
    }
}

static float
invert(rv_tomography *const self, rv_tomography_inverse *const inv,
       const uint64_t pairs, const float *const y, const float *const noise)
{
    uint32_t       list[RV_ROOM_MAX_LINKS];
    const uint32_t n = list_pairs(pairs, list);
    if (renew(inv, pairs, noise, list, n)) {
        factorise(self, inv, list, n);
        fill_sigma(self, inv, list, n);
    }
    double alpha[RV_ROOM_MAX_LINKS];
    for (uint32_t i = 0; i < n; ++i) {
        alpha[i] = (double)y[list[i]];
    }
    solve(self, inv, alpha, n);
    memset(inv->image, 0, self->n_voxels * sizeof *inv->image);
    double residual2 = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        // What is left of y is noise x alpha
        const double left = (double)inv->noise[list[i]] * alpha[i];
        residual2 += left * left;
        const float        a      = (float)((double)inv->prior * alpha[i]);
        const float *const spread = self->spread + (size_t)list[i] * self->n_voxels;
        for (uint32_t v = 0; v < self->n_voxels; ++v) {
            inv->image[v] += a * spread[v];
        }
    }
    return n != 0 ? (float)rv_sqrt_f64(residual2 / n) : 0.0F;
}

static float
resolution(const rv_tomography *const self, const rv_tomography_inverse *const inv)
{
    double sum = 0.0;
    for (uint32_t v = 0; v < self->n_voxels; ++v) {
        sum += 1.0 - (double)inv->sigma[v] * (double)inv->sigma[v] / (double)inv->prior;
    }
    return (float)(sum / self->n_voxels);
}

typedef struct {
    uint64_t loss_pairs, motion_pairs;
    float    loss[RV_ROOM_MAX_LINKS], loss_noise[RV_ROOM_MAX_LINKS];
    float    motion[RV_ROOM_MAX_LINKS], motion_noise[RV_ROOM_MAX_LINKS];
} measured;

static void
measure(const rv_tomography *const self, const rv_room_sample *const samples,
        measured *const m)
{
    rv_pair_sample merged[RV_ROOM_MAX_LINKS];
    rv_pairs_merge(samples, self->pair_of, self->n_links, self->n_pairs, merged);
    const float model = self->cfg.model_sigma_db * self->cfg.model_sigma_db;
    const float looks = self->cfg.variance_looks;
    m->loss_pairs     = 0;
    m->motion_pairs   = 0;
    for (uint32_t p = 0; p < self->n_pairs; ++p) {
        if (!merged[p].valid) {
            continue;
        }
        const float noise  = merged[p].noise_db2;
        m->motion[p]       = merged[p].variance_db2 - noise;
        m->motion_noise[p] = 2.0F * noise * noise / looks + model;
        m->motion_pairs |= (uint64_t)1 << p;
        if (merged[p].has_loss) {
            m->loss[p]       = merged[p].loss_db;
            m->loss_noise[p] = merged[p].loss_var + model;
            m->loss_pairs |= (uint64_t)1 << p;
        }
    }
}

static rv_reason
why_not(const rv_tomography *const self, const uint64_t pairs, const rv_reason if_none)
{
    if (pairs == 0) {
        return if_none;
    }
    return rv_pairs_directions(self->pair, self->n_pairs, pairs) < RV_MIN_DIRECTIONS
               ? RV_REASON_GEOMETRY_INSUFFICIENT
               : RV_REASON_NONE;
}

static void
run_solver(rv_tomography *const self, rv_tomography_inverse *const inv,
           const uint64_t pairs, const float *const y, rv_tomography_frame *const out)
{
    if (self->cfg.solver == RV_TOMOGRAPHY_SPARSE) {
        rv_tomography_solve_sparse(self, inv, pairs, y, &out->n_iterations, &out->gap);
    }
}

rv_status
rv_tomography_push(rv_tomography *const self, const rv_room_sample *const samples,
                   const uint32_t n, rv_tomography_frame *const out)
{
    if (n != self->n_links) {
        return RV_ERR_SHAPE;
    }
    measured m;
    measure(self, samples, &m);
    *out = (rv_tomography_frame){
        .reason       = self->n_pairs == 0 ? RV_REASON_NO_GEOMETRY
                                           : why_not(self, m.motion_pairs, RV_REASON_NO_DATA),
        .n_directions = rv_pairs_directions(self->pair, self->n_pairs, m.motion_pairs),
    };
    out->nx = self->cfg.nx;
    out->ny = self->cfg.ny;
    out->nz = self->cfg.nz;
    rv_tomography_centre(self, 0, out->origin_m);
    for (uint32_t k = 0; k < 3; ++k) {
        out->step_m[k] = rv_tomography_step(self, k);
    }
    for (uint64_t left = m.motion_pairs; left != 0; left &= left - 1) {
        ++out->n_pairs;
    }
    out->loss_reason = out->reason;
    if (out->reason != RV_REASON_NONE) {
        return RV_OK;
    }
    invert(self, &self->motion, m.motion_pairs, m.motion, m.motion_noise);
    run_solver(self, &self->motion, m.motion_pairs, m.motion, out);
    out->motion       = self->motion.image;
    out->motion_sigma = self->motion.sigma;
    out->resolution   = resolution(self, &self->motion);
    out->loss_reason  = why_not(self, m.loss_pairs, RV_REASON_NOT_CALIBRATED);
    if (out->loss_reason == RV_REASON_NONE) {
        out->loss_residual =
            invert(self, &self->loss, m.loss_pairs, m.loss, m.loss_noise);
        run_solver(self, &self->loss, m.loss_pairs, m.loss, out);
        out->loss       = self->loss.image;
        out->loss_sigma = self->loss.sigma;
    }
    return RV_OK;
}

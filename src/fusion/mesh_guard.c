// SPDX-License-Identifier: MIT
#include <ruview/fusion/mesh_guard.h>

#include <ruview/math/elementary.h>

#include "base/exact.h"

#include <string.h>

uint32_t
rv_mesh_quantise(const float coupling)
{
    if (!(coupling > 0.0F)) {
        return 0;
    }
    const int32_t q = rv_to_i32(rv_floor_f32(coupling * (float)RV_MESH_QUANTUM));
    return q < 1 ? 1 : (uint32_t)q;
}

float
rv_mesh_coupling(const float yield_a, const float yield_b, const float clock_a,
                 const float clock_b, const float coherence)
{
    return rv_clamp_f32(yield_a, 0.0F, 1.0F) * rv_clamp_f32(yield_b, 0.0F, 1.0F) *
           rv_clamp_f32(clock_a, 0.0F, 1.0F) * rv_clamp_f32(clock_b, 0.0F, 1.0F) *
           rv_clamp_f32(coherence, 0.0F, 1.0F);
}

/// Sets of nodes that have been merged, and the best cut so far
typedef struct {
    uint32_t n;
    uint32_t member[RV_MESH_NODES][(RV_MESH_NODES + 31) / 32];
    bool     merged[RV_MESH_NODES];
    uint64_t best;
    uint32_t best_set[(RV_MESH_NODES + 31) / 32];
} cutter;

// One phase of maximum adjacency: orders the nodes by how tightly each is bound to
// those before it; cutting off the last is a minimum cut between the last two
static void
phase(cutter *const c, uint32_t *const w, const uint32_t left)
{
    uint64_t       bound[RV_MESH_NODES] = {0};
    bool           taken[RV_MESH_NODES] = {false};
    uint32_t       last = 0, before = 0;
    const uint32_t n = c->n;
    for (uint32_t step = 0; step < left; ++step) {
        uint32_t pick = n;
        for (uint32_t i = 0; i < n; ++i) {
            if (!c->merged[i] && !taken[i] && (pick == n || bound[i] > bound[pick])) {
                pick = i;
            }
        }
        taken[pick] = true;
        before      = last;
        last        = pick;
        for (uint32_t i = 0; i < n; ++i) {
            bound[i] += taken[i] ? 0 : w[pick * n + i];
        }
    }
    if (bound[last] < c->best) {
        c->best = bound[last];
        memcpy(c->best_set, c->member[last], sizeof c->best_set);
    }
    // Merge the last two
    for (uint32_t k = 0; k < sizeof c->best_set / sizeof c->best_set[0]; ++k) {
        c->member[before][k] |= c->member[last][k];
    }
    for (uint32_t i = 0; i < n; ++i) {
        w[before * n + i] += w[last * n + i];
        w[i * n + before] = w[before * n + i];
    }
    c->merged[last] = true;
}

// The smaller side; of two equal ones that with the lowest index
static void
report_weak(const cutter *const c, rv_mesh_result *const result)
{
    uint32_t inside = 0;
    for (uint32_t i = 0; i < c->n; ++i) {
        inside += c->best_set[i / 32] >> (i % 32) & 1;
    }
    const bool first_inside = c->best_set[0] & 1;
    const bool take         = 2 * inside < c->n || (2 * inside == c->n && first_inside);
    for (uint32_t i = 0; i < c->n; ++i) {
        const bool in = c->best_set[i / 32] >> (i % 32) & 1;
        if (in == take) {
            result->weak[result->n_weak++] = (uint8_t)i;
        }
    }
}

rv_status
rv_mesh_guard(const float *const coupling, const uint32_t n, const float risk,
              uint32_t *const work, rv_mesh_result *const result)
{
    if (n > RV_MESH_NODES || !(risk >= 0.0F && risk <= 1.0F)) {
        return RV_ERR_RANGE;
    }
    *result = (rv_mesh_result){.state = RV_MESH_ABSENT};
    if (n < 2) {
        return RV_OK;
    }
    uint64_t total = 0;
    cutter   c     = {.n = n, .best = UINT64_MAX};
    for (uint32_t i = 0; i < n; ++i) {
        c.member[i][i / 32] = UINT32_C(1) << (i % 32);
        for (uint32_t j = 0; j < n; ++j) {
            // The lower triangle speaks for both
            const float x   = i == j ? 0.0F : coupling[i > j ? i * n + j : j * n + i];
            work[i * n + j] = rv_mesh_quantise(x);
            total += work[i * n + j];
        }
    }
    for (uint32_t left = n; left > 1; --left) {
        phase(&c, work, left);
    }
    const float degree = (float)total / (float)n / (float)RV_MESH_QUANTUM;
    result->cut        = (float)c.best / (float)RV_MESH_QUANTUM;
    result->relative   = degree > 0.0F ? result->cut / degree : 0.0F;
    report_weak(&c, result);
    result->state = c.best == 0               ? RV_MESH_SPLIT
                    : n == 2                  ? RV_MESH_PAIR
                    : result->relative < risk ? RV_MESH_AT_RISK
                                              : RV_MESH_WHOLE;
    return RV_OK;
}

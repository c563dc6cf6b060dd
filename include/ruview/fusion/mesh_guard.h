// SPDX-License-Identifier: MIT
/**
   @file mesh_guard.h
   Is the mesh about to fall apart? Global minimum cut of the coupling graph against the
   mean node degree.

   Coupling of two nodes = packet yield x clock quality x pairwise coherence of both, so
   it falls when a node loses packets, time or agreement.

   Place      stage 4.
   Source     "A Simple Min-Cut Algorithm", J. ACM 44 (1997) (Stoer-Wagner).
   Exactness  couplings quantised to 1/64 and cut in integers; ties to the lower index.
*/
#ifndef RV_FUSION_MESH_GUARD_H
#define RV_FUSION_MESH_GUARD_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MESH_NODES   = 128, ///< At most
    RV_MESH_QUANTUM = 64,  ///< Steps per unit of coupling
};

typedef enum {
    RV_MESH_ABSENT,  ///< Fewer than 2 nodes: there is no mesh
    RV_MESH_PAIR,    ///< 2 nodes: nothing to cut
    RV_MESH_WHOLE,   ///<
    RV_MESH_AT_RISK, ///< Cut below `risk` x mean degree
    RV_MESH_SPLIT,   ///< Cut 0
} rv_mesh_state;

typedef struct {
    rv_mesh_state state;
    float         cut;                 ///< Value of the minimum cut
    float         relative;            ///< Cut over mean node degree, 0..
    uint32_t      n_weak;              ///< Nodes on the smaller side
    uint8_t       weak[RV_MESH_NODES]; ///< Their indices, ascending
} rv_mesh_result;

/// floor(coupling x 64) / 64, but never 0 for a coupling above 0; NaN and negative: 0
RV_API RV_CONST uint32_t rv_mesh_quantise(float coupling);

/**
   Judge a mesh.

   @param coupling  I  [n][n] symmetric, >= 0; the diagonal is not read.
   @param risk      I  Relative cut below which the mesh is at risk, 0..1 (0.25).
   @param work      O  [n][n] scratch.
   @return OK; ERR_RANGE (n > RV_MESH_NODES, risk).
*/
RV_API RV_NODISCARD rv_status rv_mesh_guard(const float *coupling, uint32_t n,
                                            float risk, uint32_t *work,
                                            rv_mesh_result *result);

/// Coupling of two nodes: product of their yields, clock qualities and the coherence
/// between them, each 0..1
RV_API RV_CONST float rv_mesh_coupling(float yield_a, float yield_b, float clock_a,
                                       float clock_b, float coherence);

RV_END_DECLS

#endif // RV_FUSION_MESH_GUARD_H

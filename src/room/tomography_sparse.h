// SPDX-License-Identifier: MIT
// Non-negative L1 image: min 1/2 |W x - y|^2 + lambda |x|_1, x >= 0.
#ifndef RV_SRC_ROOM_TOMOGRAPHY_SPARSE_H
#define RV_SRC_ROOM_TOMOGRAPHY_SPARSE_H

#include <ruview/room/tomography.h>

/// Replace `inv->image` by the sparse one; starts from the last iterate. `n_iterations`
/// and `gap` are only ever raised, so that the worst of several images remains.
void rv_tomography_solve_sparse(rv_tomography *self, rv_tomography_inverse *inv,
                                uint64_t pairs, const float *y, uint32_t *n_iterations,
                                float *gap);

#endif // RV_SRC_ROOM_TOMOGRAPHY_SPARSE_H

// SPDX-License-Identifier: MIT
/**
   @file batch.h
   Up to sixteen links of one layout at once, side by side in the lanes: every link
   gives the bytes of rv_cir_solve on it alone.

   fft-ista runs in lockstep: sixteen transforms cost as much as seven to nine alone.
   The other kinds go link by link: the sparse solver spends a twentieth of its time in
   its one transform, and its working sets have nothing in common.
*/
#ifndef RV_CIR_BATCH_H
#define RV_CIR_BATCH_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/cir/solver.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_CIR_BATCH = 16 }; ///< Links in a batch, at most

/// One link's part of a batch
typedef struct {
    const float   *re;    ///< [K]
    const float   *im;    ///< [K]
    float          noise; ///< As for rv_cir_solve
    rv_cir_state  *state; ///< Or NULL
    rv_cir_result *result;
} rv_cir_link;

/// A solver and room for sixteen links
typedef struct {
    rv_cir_solver solver;
    float        *x_re, *x_im; ///< [G][16]
    float        *q_re, *q_im; ///< [G][16]
    float        *y_re, *y_im; ///< [G][16] spectrum of y
    float        *work;        ///< rv_fft_work_16
} rv_cir_batch;

/// Bytes that a batch needs: ERR_CONFIG when a value is out of range
RV_API RV_NODISCARD rv_status rv_cir_batch_size(const rv_cir_plan   *plan,
                                                const rv_cir_config *config,
                                                size_t              *bytes);

/// Lays the batch out in `mem` (64-byte aligned); `plan` and `mem` must outlive it
RV_API RV_NODISCARD rv_status rv_cir_batch_init(rv_cir_batch        *self,
                                                const rv_cir_plan   *plan,
                                                const rv_cir_config *config, void *mem,
                                                size_t bytes);

/// rv_cir_solve for each of `n_links` links, in order; more than 16 go in groups
RV_API RV_REALTIME void rv_cir_solve_batch(rv_cir_batch *self, const rv_cir_link *link,
                                           uint32_t n_links);

RV_END_DECLS

#endif // RV_CIR_BATCH_H

// SPDX-License-Identifier: MIT
// How well does a body at each cell explain what the pairs measured? One pass over the
// cells, sixteen side by side; the same arithmetic for every cell.
#ifndef RV_SRC_ROOM_EVIDENCE_H
#define RV_SRC_ROOM_EVIDENCE_H

#include <stdint.h>

/// Squared residuals count as r / (1 + r / bound): the influence of a link is bounded
#define rv_evidence_bound 9.0F

/// One pair in the search for a body beside others
typedef struct {
    const float *gain;        ///< [n_cells] ln of scattered power per strength
    float        excess;      ///< ln variance over the floor of noise and other bodies
    float        log_floor;   ///< Of that floor, in scattered power
    float        log_signal;  ///< Of what exceeds the floor, in scattered power
    float        log_power;   ///< Standing power over that of free space at 1 m
    float        base;        ///< Variance of the ln variance of a still room
    float        share2;      ///< Squared shares of the other bodies in the floor
    float        misfit2;     ///< What a body alone adds to the scatter
    float        grown;       ///< ln(scatter / base) without the new body
    float        bend, slope; ///< ln(scatter / base) = grown + (bend f + slope) f
    float        null;        ///< ln likelihood of the empty room
    float        pull;        ///< Weight in the estimate of the strength
    float        trust;       ///< Weight of the pair
} rv_evidence_term;

typedef struct {
    const rv_evidence_term *term;
    uint32_t                n_terms;
    uint32_t                n_cells; ///< Multiple of 16
    float                   mean;    ///< ln strength = mean - scale sum pull gain
    float                   scale;
    float                   usual;        ///< Usual ln strength
    float                   spread_scale; ///< -1 / (2 spread^2)
} rv_evidence;

typedef struct {
    const char *name;
    uint32_t    needs;
    /// ln strength that fits best in each cell, and the evidence of the cell [nats]
    void (*scan)(const rv_evidence *e, float *log_strength, float *score);
} rv_evidence_kernel;

/// The fastest that `cpu_mask` allows; every one gives the same bits
const rv_evidence_kernel *rv_evidence_kernel_for(uint32_t cpu_mask);

/// Each in turn, plain first; NULL from their number on
const rv_evidence_kernel *rv_evidence_kernel_variant(uint32_t index);

#endif // RV_SRC_ROOM_EVIDENCE_H

// SPDX-License-Identifier: MIT
// Search for bodies: which places explain what the pairs measured?
#ifndef RV_SRC_ROOM_LOCALISE_SEARCH_H
#define RV_SRC_ROOM_LOCALISE_SEARCH_H

#include "room/evidence.h"
#include "room/pairs.h"

#include <ruview/room/localise.h>

/// A body: its part of each pair's variance, and what its strength costs
typedef struct {
    uint32_t     cell;
    float        log_strength;
    float        penalty; ///< ln density of the strength, at most 0
    float        part[RV_ROOM_MAX_LINKS];
    rv_detection detection;
} rv_body;

/// One cycle: what the pairs measured, and the bodies that explain it
typedef struct {
    uint32_t         n_pairs, n_bodies;
    uint32_t         pair[RV_ROOM_MAX_LINKS];
    rv_pair_sample   sample[RV_ROOM_MAX_LINKS];
    rv_evidence_term term[RV_ROOM_MAX_LINKS];
    rv_body          body[RV_MAX_DETECTIONS];
} rv_scene;

/// The valid ones of `merged`, [n_pairs], and nobody
void rv_scene_begin(const rv_localise *self, const rv_pair_sample *merged, rv_scene *s);

/// Body `b` is at a cell
void rv_scene_place(const rv_localise *self, rv_scene *s, uint32_t b, uint32_t cell,
                    float log_strength);

/// Body `b`, which may be a new one, where it fits best beside the others; returns the
/// evidence of all over the empty room [nats]. Leaves the evidence of each cell in
/// `score`.
float rv_scene_fit(rv_localise *self, rv_scene *s, uint32_t b);

/// Evidence of the bodies as they stand over the empty room [nats]; any body was fitted
float rv_scene_weigh(const rv_scene *s);

/// Squared residuals, each over the variance that the model gives it
float rv_scene_misfit(const rv_scene *s);

/// Place and covariance of a body from the evidence of each cell
void rv_scene_describe(const rv_localise *self, const float *score, rv_body *b);

/// Fill detections, evidence and sigma of `out`; `merged` is [n_pairs]
void rv_localise_search(rv_localise *self, const rv_pair_sample *merged,
                        rv_localise_result *out);

/// Centre of a cell at the height of a body's scattering centre
void rv_localise_cell_centre(const rv_localise *self, uint32_t cell, float out[3]);

#endif // RV_SRC_ROOM_LOCALISE_SEARCH_H

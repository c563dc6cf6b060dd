// SPDX-License-Identifier: MIT
// Search for bodies: which places explain what the pairs measured?
#ifndef RV_SRC_ROOM_LOCALISE_SEARCH_H
#define RV_SRC_ROOM_LOCALISE_SEARCH_H

#include "room/pairs.h"

#include <ruview/room/localise.h>

/// Fill detections, evidence and sigma of `out`; `merged` is [n_pairs]
void rv_localise_search(rv_localise *self, const rv_pair_sample *merged,
                        rv_localise_result *out);

/// Centre of a cell at the height of a body's scattering centre
void rv_localise_cell_centre(const rv_localise *self, uint32_t cell, float out[3]);

#endif // RV_SRC_ROOM_LOCALISE_SEARCH_H

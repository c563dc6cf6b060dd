// SPDX-License-Identifier: MIT
// Directed links into physical pairs: the same two ends, in either order, are one
// measurement. Directions tell whether the pairs see the room from enough sides.
#ifndef RV_SRC_ROOM_PAIRS_H
#define RV_SRC_ROOM_PAIRS_H

#include <ruview/room/room_link.h>

#include <ruview/base/status.h>

enum {
    RV_PAIR_NONE      = 255,
    RV_MIN_DIRECTIONS = 3,
};

/// Merged numbers of one pair in one cycle
typedef struct {
    float loss_db, loss_var;       ///< Weighted mean and its noise variance
    float variance_db2, noise_db2; ///< Weighted mean of the variances; of sigma^2
    float level_db;                ///< Weighted mean of those known; 0 none
    float looks;                   ///< Sum of weights: 1 for one fully trusted link
    bool  valid, has_loss;
} rv_pair_sample;

/// ERR_NONFINITE for a located link that is not
rv_status rv_pairs_check(const rv_room_link *links, uint32_t n_links);

/// @return Number of pairs; `pair_of[i]` is RV_PAIR_NONE for links without place
uint32_t rv_pairs_build(const rv_room_link *links, uint32_t n_links, uint8_t *pair_of,
                        rv_room_pair *pair);

/// Merge the samples of one cycle
void rv_pairs_merge(const rv_room_sample *samples, const uint8_t *pair_of,
                    uint32_t n_links, uint32_t n_pairs, rv_pair_sample *merged);

/// Directions among the pairs whose bit is set
uint32_t rv_pairs_directions(const rv_room_pair *pair, uint32_t n_pairs,
                             uint64_t which);

#endif // RV_SRC_ROOM_PAIRS_H

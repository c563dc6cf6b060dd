// SPDX-License-Identifier: MIT
/**
   @file room_link.h
   What the room stages know of a radio link: where its ends are, and what one cycle
   measured on it. Numbers per link, never sample arrays.
*/
#ifndef RV_ROOM_ROOM_LINK_H
#define RV_ROOM_ROOM_LINK_H

#include <ruview/base/attributes.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_ROOM_MAX_LINKS = 64, ///< Directed links of one room
};

/// Both ends of a directed link in the room frame: x east, y north, z up
typedef struct {
    float tx_m[3];
    float rx_m[3];
    bool  located; ///< Both ends are known and finite; false: takes part in nothing
} rv_room_link;

/// One link in one cycle. Loss is positive: a body that shadows raises `loss_db`.
typedef struct {
    float loss_db;      ///< Baseline (or long-term mean) minus now [dB]
    float variance_db2; ///< Of the short window, over time [dB^2], >= 0
    float sigma_db;     ///< Noise of one amplitude in the empty room [dB], > 0
    float level_db;     ///< Standing strength in any unit common to the links of one
                        ///< transmit power [dB]; 0 unknown: free space is assumed
    float weight;       ///< Trust, 0..1; 0 leaves the link out
    bool  valid;        ///< Passed the gate in this cycle, and is finite
    bool  has_baseline; ///< `loss_db` is against an empty room; false: motion only
} rv_room_sample;

/// Ends of one physical pair of links: the same two ends, in either direction
typedef struct {
    float   a_m[3], b_m[3];
    float   length_m;
    uint8_t direction; ///< Class of directions nearer than 15 degrees to each other
} rv_room_pair;

RV_END_DECLS

#endif // RV_ROOM_ROOM_LINK_H

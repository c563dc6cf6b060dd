// SPDX-License-Identifier: MIT
/**
   @file reciprocity.h
   Could a room have done this? Two directions of one path see one channel, so whatever
   moves in the room moves both alike. What moves in the frames of one receiver only is
   interference there, a fault, or somebody who sends what the room did not.

   Place      Once per cycle, on the samples of the links.
   Method     For each pair of opposite links, once per `step_us`, the logarithm of the
              ratio of their motion powers; pairs in which neither direction stands out
              of its noise say nothing. Two CUSUMs per pair, one per direction, over
              values held to +-`cap`. A receiver is suspect when the CUSUMs of at least
              `min_pairs` and half of its pairs point to it: one bad pair has two ends.
   Limits     Needs links in both directions: nodes that hear each other. A sender who
              scales all links alike, in both directions, passes.
   Source     Reciprocity: H. A. Lorentz, "The theorem of Poynting concerning the energy
              in the electromagnetic field …", 1896; the test: E. S. Page, "Continuous
              Inspection Schemes", Biometrika 41 (1954). docs/room.md has the rates
              measured.
   Exactness  f32, pairs in order of their first link.
*/
#ifndef RV_ROOM_RECIPROCITY_H
#define RV_ROOM_RECIPROCITY_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/room/room_link.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_RECIPROCITY_SUSPECTS = 16 };

typedef struct {
    uint64_t step_us;   ///< Between looks, > 0 (1 s): the motion power's own memory
    float    floor;     ///< Motion power over noise that counts, > 1 (4)
    float    slack;     ///< Difference of logarithms that a room may make, > 0 (0.7)
    float    cap;       ///< Largest weight of one look, > slack (2)
    float    limit;     ///< On the CUSUMs, > 0 (4)
    uint32_t min_pairs; ///< Pairs that must agree on a receiver, >= 1 (2)
} rv_reciprocity_config;

typedef struct {
    rv_reason reason; ///< NO_GEOMETRY: no opposite links. WARMING_UP. NONE
    uint32_t  n_pairs;
    uint32_t  n_compared; ///< Pairs that moved enough at the last look
    uint32_t  n_suspects;
    uint8_t   suspect[RV_RECIPROCITY_SUSPECTS]; ///< Receivers, ascending
    float     largest;                          ///< CUSUM
} rv_reciprocity_frame;

/// One pair of opposite links; private
typedef struct {
    uint8_t link, back;     ///< link < back
    float   to_rx, from_rx; ///< CUSUMs: more motion in `link`, more motion in `back`
} rv_reciprocity_pair;

typedef struct {
    rv_reciprocity_config cfg;
    uint32_t              n_links, n_pairs;
    uint64_t              next_us;
    uint32_t              n_compared;
    bool                  started, looked;
    uint8_t               receiver[RV_ROOM_MAX_LINKS];
    rv_reciprocity_pair   pair[RV_ROOM_MAX_LINKS / 2];
} rv_reciprocity;

RV_API rv_reciprocity_config rv_reciprocity_config_default(void);

/// ERR_CONFIG; then unchanged. No memory is lent.
RV_API RV_NODISCARD rv_status rv_reciprocity_init(rv_reciprocity              *self,
                                                  const rv_reciprocity_config *cfg);

/**
   Who hears whom; sums begin anew.

   @param links     I  [n] both ends of each link; one without place has no opposite.
   @param receiver  I  [n] number of each link's receiver.
   @return ERR_RANGE for more than RV_ROOM_MAX_LINKS, ERR_NONFINITE for a place; then
   unchanged.
*/
RV_API RV_NODISCARD rv_status rv_reciprocity_set_links(rv_reciprocity     *self,
                                                       const rv_room_link *links,
                                                       const uint8_t      *receiver,
                                                       uint32_t            n);

/// One cycle. ERR_RANGE for another number of links than was set; then unchanged.
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_reciprocity_push(rv_reciprocity *self, uint64_t t_us, const rv_room_sample *sample,
                    uint32_t n, rv_reciprocity_frame *out);

RV_END_DECLS

#endif // RV_ROOM_RECIPROCITY_H

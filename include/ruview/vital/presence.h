// SPDX-License-Identifier: MIT
/**
   @file presence.h
   Is somebody there, and does somebody move: from what all links say.

   A person who moves or breathes is there. One who does neither cannot be told from
   nobody unless the link knows its empty room; without that the answer is unknown, and
   says so. An empty room is never claimed on a quiet channel alone.

   Place      vital, one per room, once per cycle after the links' motion and breathing.
*/
#ifndef RV_VITAL_PRESENCE_H
#define RV_VITAL_PRESENCE_H

#include <ruview/vital/motion.h>

RV_BEGIN_DECLS

typedef enum { RV_PRESENCE_NO, RV_PRESENCE_YES, RV_PRESENCE_UNKNOWN } rv_presence_state;

typedef struct {
    float    memory_s;   ///< After motion somebody is held to be there for so long (60)
    float    deviation;  ///< From the empty-room baseline that shows a body [sigma] (4)
    uint32_t no_data_us; ///< Silence after which nothing is known (2 000 000)
} rv_presence_config;

/// What one link says in this cycle
typedef struct {
    rv_motion_result motion;
    rv_estimate deviation; ///< From its empty-room baseline [robust sigmas]; unknown
                           ///< without one
    rv_estimate field;     ///< Energy outside the empty room's modes over the threshold
                           ///< of the designed false-alarm rate: above 1 is a body
    rv_estimate breathing; ///< Breaths per minute
} rv_presence_link;

typedef struct {
    rv_presence_state presence;
    rv_reason         presence_reason; ///< Set when unknown: NO_DATA, CANNOT_TELL, …
    float quality; ///< 0..1. Seen alive: 1, falling to 1/2 over the memory; by its
                   ///< shadow: share of the links with a baseline that deviate; empty:
                   ///< share of the links that have one
    rv_presence_state moving;
    rv_reason         moving_reason;
    rv_estimate       motion;    ///< 0 still .. 1 strong, largest of the links
    rv_estimate       statistic; ///< Fused: null has mean 0 and sigma 1
    rv_estimate       occupancy; ///< 0, or 1 as a lower bound
    bool              at_least;  ///< `occupancy` is a lower bound
} rv_presence_result;

/// State; private
typedef struct {
    rv_presence_config config;
    uint64_t           moved_us;  ///< Last motion; 0 never
    uint64_t           breath_us; ///< Last breathing; 0 never
} rv_presence;

RV_API rv_presence_config rv_presence_config_default(void);

RV_API RV_NODISCARD rv_status rv_presence_init(rv_presence              *self,
                                               const rv_presence_config *config);

/**
   Fuse one cycle.

   @param link  [n_links] stale links may be left out.
*/
RV_API RV_REALTIME void rv_presence_update(rv_presence *self, uint64_t t_us,
                                           const rv_presence_link *link,
                                           uint32_t n_links, rv_presence_result *out);

RV_END_DECLS

#endif // RV_VITAL_PRESENCE_H

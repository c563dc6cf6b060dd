// SPDX-License-Identifier: MIT
// Which detection belongs to which track: gates, and one assignment for all.
#ifndef RV_SRC_PEOPLE_TRACK_ASSOCIATE_H
#define RV_SRC_PEOPLE_TRACK_ASSOCIATE_H

#include <ruview/people/tracker.h>

/// False for NaN
static inline bool
rv_tracker_in_range(const float x, const float lowest, const float highest)
{
    return x >= lowest && x <= highest;
}

/// Finite, inside, with a covariance that is one?
bool rv_tracker_usable(const rv_tracker *self, const rv_detection *d);

/// Covariance of a detection as one update may believe it
void rv_tracker_noise(const rv_tracker *self, const rv_detection *d, double r[3]);

/**
   Confirmed tracks choose first, then lost ones, then tentative ones; sets the
   `detection` of each slot.

   @param taken_by  I/O  [n] slot that took it; -1 nobody yet.
*/
void rv_tracker_associate(rv_tracker *self, const rv_detection *detections, uint32_t n,
                          int8_t *taken_by);

#endif // RV_SRC_PEOPLE_TRACK_ASSOCIATE_H

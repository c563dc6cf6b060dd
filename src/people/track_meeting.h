// SPDX-License-Identifier: MIT
// Two tracks nearer than can be told apart: what becomes of their places meanwhile,
// and who is who afterwards.
#ifndef RV_SRC_PEOPLE_TRACK_MEETING_H
#define RV_SRC_PEOPLE_TRACK_MEETING_H

#include <ruview/people/tracker.h>

/// The meeting in which a slot coasts, or NULL
const rv_track_meeting *rv_meeting_of(const rv_tracker *self, uint32_t slot);

/// Is it open who is who?
bool rv_meeting_ambiguous(const rv_tracker *self, uint32_t slot);

/**
   After association: one detection of two who cannot be told apart moves both towards
   it ("Multiple hypothesis track maintenance with possibly unresolved measurements",
   IEEE Trans. Aerosp. Electron. Syst. 33 (1997), for each of the two by itself).

   @param taken_by  I/O  [n] as in rv_tracker_associate()
   @return Bit s: slot s has taken its part of a shared detection.
*/
uint32_t rv_meetings_share(rv_tracker *self, const rv_detection *detections, uint32_t n,
                           int8_t *taken_by);

/// After all updates of a cycle: open, decide and close meetings
void rv_meetings_step(rv_tracker *self);

/// Slot `known` is known to carry its number, which slot `other` may have had: their
/// meetings are over, since what was said of how they came was said of other numbers
void rv_meetings_settle(rv_tracker *self, uint32_t known, uint32_t other);

/// A slot is free again
void rv_meetings_forget(rv_tracker *self, uint32_t slot);

#endif // RV_SRC_PEOPLE_TRACK_MEETING_H

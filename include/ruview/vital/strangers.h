// SPDX-License-Identifier: MIT
/**
   @file strangers.h
   Frames of other senders, and broken ones, among the frames of a link.

   A receiver that is told no sender hears a second access point or a neighbour's phone
   in between: another channel for a frame or a few, then the old one again. A body does
   not do that: between frames a few milliseconds apart the field hardly changes
   ("WiSpeed", IEEE IoT-J 2018, eq. 16). So a frame that jumps away is held back. When a
   later one jumps back to what was there before, those held were strangers and are
   forgotten; when none does for a while, the channel has changed, and they count. The
   last stranger is remembered: as long as frames look like it, the wait is longer, and
   when ours does not come back it has taken our place.

   Place      vital, inside motion.
   Constants  src/vital/strangers.c states the origin of each.
*/
#ifndef RV_VITAL_STRANGERS_H
#define RV_VITAL_STRANGERS_H

#include <ruview/base/attributes.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_STRANGERS_TONES = 64, ///< Amplitudes of a frame, at most
    RV_STRANGERS_HELD  = 16, ///< Frames held back, at most: 0.1 s at 160 a second
};

/// What becomes of a frame
typedef enum {
    RV_STRANGER_NONE, ///< Ours; frames held before it were strangers, if there were any
    RV_STRANGER_HELD, ///< Not known yet
    RV_STRANGER_OURS, ///< Ours, and so are the `n_held` frames held before it
    RV_STRANGER_NEXT, ///< Ours is silent; this is the first of the one in its place
} rv_stranger;

/// State; private, but for what is held
typedef struct {
    float    typical; ///< Change between frames of ours: mean square, lower quartile
    float    mean[RV_STRANGERS_TONES];  ///< Of the last frames of ours
    float    other[RV_STRANGERS_TONES]; ///< The last stranger
    bool     has_mean, has_other;
    uint32_t n_held;
    float    held[RV_STRANGERS_HELD][RV_STRANGERS_TONES];
    uint64_t held_us[RV_STRANGERS_HELD];
    uint64_t n_dropped; ///< Strangers so far
} rv_strangers;

/**
   Judge a frame.

   @param x     [n] amplitudes over their RMS.
   @param last  [n] The last frame of ours.
   @return RV_STRANGER_OURS: take `held[0 .. n_held)` first, then this frame, then call
           rv_strangers_clear(). Call rv_strangers_took() with each frame taken.
*/
RV_API RV_REALTIME rv_stranger rv_strangers_judge(rv_strangers *self, const float *x,
                                                  const float *last, uint32_t n,
                                                  uint64_t t_us);

/// A frame of ours was taken: `x` [n]
RV_API RV_REALTIME void rv_strangers_took(rv_strangers *self, const float *x,
                                          uint32_t n);

/// Forget what is held
RV_API RV_REALTIME void rv_strangers_clear(rv_strangers *self);

RV_END_DECLS

#endif // RV_VITAL_STRANGERS_H

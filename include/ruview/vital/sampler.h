// SPDX-License-Identifier: MIT
/**
   @file sampler.h
   What one link saw while everybody kept still: amplitudes in six bands of
   neighbouring tones, summed over tenths of a second.

   Each frame is divided by its RMS amplitude, so gain steps cancel, and falls into the
   slot of the time at which it was measured: rate, jitter and loss do not matter. The
   slots lie at the same times on every link, so what links saw can be compared in
   phase. Breathing and heart read the same slots, at steps of their own.

   Place      vital, one per link, after motion.
*/
#ifndef RV_VITAL_SAMPLER_H
#define RV_VITAL_SAMPLER_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_SAMPLER_BANDS   = 6,       ///< Groups of neighbouring tones
    RV_SAMPLER_SLOTS   = 640,     ///< 64 s
    RV_SAMPLER_SLOT_US = 100000,  ///< Length of a slot
    RV_SAMPLER_GAP_US  = 1600000, ///< A longer silence begins anew
};

/// State; private
typedef struct {
    uint16_t  n_tones, shape_tones, shape_streams, stride, n_bands;
    bool      begun;
    rv_reason reason; ///< Why nothing older than `since` is there
    uint64_t  last_us;
    uint64_t  slot;                ///< Being filled: time over RV_SAMPLER_SLOT_US
    uint64_t  since;               ///< First slot of the stillness
    uint16_t  n[RV_SAMPLER_SLOTS]; ///< Frames in each slot, slot number modulo
    float     sum[RV_SAMPLER_SLOTS][RV_SAMPLER_BANDS];
} rv_sampler;

RV_API void rv_sampler_init(rv_sampler *self);

/// A frame of the link, in order of time, and whether its motion module says moving:
/// what was gathered before a motion is forgotten
RV_API RV_REALTIME void rv_sampler_push(rv_sampler *self, const rv_csi *csi,
                                        bool moving);

/// Somebody moves in the room, seen by this link or not: what was gathered so far is
/// forgotten, because a window that holds a part of a motion shows lines that are
/// nobody's breath
RV_API RV_REALTIME void rv_sampler_interrupt(rv_sampler *self);

/**
   The newest samples, `step` slots apart, oldest first, ending before slot `end`. Each
   is a mean over twice as many slots with weights that rise and fall (one slot where
   `step` is 1): a plain mean lets a fifth of a line at 1.9 Hz come down to 0.6 Hz. A
   sample without a frame repeats the one before.

   @param end    Slot number, at most RV_SAMPLER_SLOTS - (`most` + 1) x `step` behind.
   @param most   Samples wanted.
   @param x      O  [most][RV_SAMPLER_BANDS] mean amplitudes over the frame's RMS.
   @param empty  O  Samples without a frame among them.
   @return Samples in `x`, fewer than `most` when the stillness is not that long.
*/
RV_API RV_REALTIME uint32_t rv_sampler_read(const rv_sampler *self, uint64_t end,
                                            uint32_t step, uint32_t most,
                                            float (*x)[RV_SAMPLER_BANDS],
                                            uint32_t *empty);

/// What those weights leave of the amplitude of a wave of that frequency, 0.05 Hz to
/// 1.2 / `step_s` with samples that far apart; 1 where each is one slot
RV_API float rv_sampler_gain(float step_s, float hz);

/// Why there is nothing to read at `t_us`: NO_DATA, MOVING, WARMING_UP; NONE when there
/// is
RV_API RV_REALTIME rv_reason rv_sampler_reason(const rv_sampler *self, uint64_t t_us);

RV_END_DECLS

#endif // RV_VITAL_SAMPLER_H

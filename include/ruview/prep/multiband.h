// SPDX-License-Identifier: MIT
/**
   @file multiband.h
   Snapshot of a channel-hopping node: the newest frame of each channel, in ascending
   frequency, as long as they lie close enough in time to show the same scene.

   Nothing is copied: the snapshot points at the frames, which the caller keeps. Hops
   are not stitched to one wide channel: each carries a phase and delay of its own
   (align.h).

   Place      stage 3.
*/
#ifndef RV_PREP_MULTIBAND_H
#define RV_PREP_MULTIBAND_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_MAX_BANDS = 8 };

/// Start from rv_multiband_config_default()
typedef struct {
    uint64_t window_us;     ///< Frames farther apart are no snapshot (200 ms)
    float    min_coherence; ///< Below: LOW_QUALITY (0.3)
} rv_multiband_config;

typedef struct {
    const rv_csi *csi; ///< Caller's; valid as long as the caller keeps it
    uint32_t      freq_mhz;
} rv_band;

/// State; fields are private
typedef struct {
    rv_multiband_config cfg;
    rv_band             band[RV_MAX_BANDS]; ///< Ascending frequency
    uint32_t            n;
} rv_multiband;

/// What the channels show together
typedef struct {
    rv_reason      reason; ///< NONE; NO_DATA; STALE (too far apart); LOW_QUALITY
    uint32_t       n;
    const rv_band *band;      ///< [n] ascending frequency
    uint64_t       span_us;   ///< Newest minus oldest
    rv_estimate    coherence; ///< Mean correlation of amplitude profiles, -1..1 clamped
                              ///< to 0..1; unknown for one channel
} rv_multiband_view;

RV_API rv_multiband_config rv_multiband_config_default(void);

/// Begin without a channel
RV_API void rv_multiband_init(rv_multiband *self, const rv_multiband_config *cfg);

/// The newest frame of one channel; replaces the one before. ERR_FULL; ERR_SHAPE (tones
/// differ from the other channels').
RV_API RV_REALTIME RV_NODISCARD rv_status rv_multiband_push(rv_multiband *self,
                                                            const rv_csi *csi,
                                                            uint32_t      freq_mhz);

/// Snapshot as of `now_us`; frames older than the window are dropped
RV_API RV_REALTIME rv_multiband_view rv_multiband_get(rv_multiband *self,
                                                      uint64_t      now_us);

/**
   Pearson correlation of two amplitude profiles, f32; 0 without variance; -1..1.
*/
RV_API RV_PURE float rv_pearson(const float *a, const float *b, uint32_t n);

RV_END_DECLS

#endif // RV_PREP_MULTIBAND_H

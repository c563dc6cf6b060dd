// SPDX-License-Identifier: MIT
/**
   @file align.h
   Makes the phases of several frames comparable: packets of one link, or the channels
   that a hopping node visited. Offset and slope of each frame against the first are
   fitted by weighted least squares on the tones that are still over time, and removed
   in place.

   Place      stage 3, after calibrate.
   Source     rotate.h; "Chronos", NSDI 2016 (an offset and a delay per hop).
*/
#ifndef RV_PREP_ALIGN_H
#define RV_PREP_ALIGN_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Start from rv_align_config_default()
typedef struct {
    uint16_t n_tones;      ///< K, 4..2048
    float    static_share; ///< Share of tones that get full weight, 0..1 (0.3)
    uint16_t min_static;   ///< Tones that get it at least, 2.. (8)
    float    follow_us;    ///< Memory of the tones' variance [us] (5 s)
    float    min_match;    ///< Fit below which nothing is removed, 0..1 (0.5)
    uint32_t cpu_mask;     ///< kernels.h (0: baseline)
} rv_align_config;

/// What was removed from one frame
typedef struct {
    rv_reason reason; ///< NONE; LOW_QUALITY: did not fit, nothing removed;
                      ///< UNSUPPORTED: no phase
    float phase_rad;  ///< At tone 0
    float delay_ns;   ///< Positive: later than the first frame
    float match;      ///< Coherence on the static tones, 0..1
    float delay_sigma_ns;
} rv_align_result;

/// State of one link; fields are private
typedef struct {
    rv_align_config cfg;
    float          *mean, *var; ///< [K] amplitude over time
    float          *weight;     ///< [K] 1 on static tones
    uint16_t       *index;      ///< [K]
    uint64_t        last_us;
    uint64_t        frames;
} rv_align;

RV_API rv_align_config rv_align_config_default(uint16_t n_tones);

/// Bytes of memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_align_size(const rv_align_config *cfg,
                                            size_t                *n_bytes);

/// Begin in caller memory of rv_align_size() bytes aligned to 64, lent until the last
/// use. ERR_CONFIG; ERR_MEMORY (null, unaligned or short); on error nothing has
/// changed.
RV_API RV_NODISCARD rv_status rv_align_init(rv_align *self, const rv_align_config *cfg,
                                            void *mem, size_t n_bytes);

/**
   Align frames[1..] to frames[0], in place, and learn which tones are still. Of one
   frame only the learning happens.

   @param frames   I/O  [n] same K and same number of streams.
   @param results  O    [n]; results[0] is zero. May be NULL.
   @return OK; ERR_EMPTY (n = 0); ERR_SHAPE, nothing changed.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_align_push(rv_align        *self,
                                                        rv_csi *const   *frames,
                                                        uint32_t         n,
                                                        rv_align_result *results);

/**
   Indices of the `n_pick` smallest of `value`, ascending by index; among equal values
   the lower index is taken. Linear time on average, no allocation.

   @param work  O  [n]; the first n_pick are the result.
*/
RV_API void rv_align_pick(const float *value, uint32_t n, uint32_t n_pick,
                          uint16_t *work);

/**
   Split tones into quiet and sensitive ones by their score: the cut, between two
   neighbours in the order of the scores, that makes the variance between the two groups
   largest. No bins, no random start.

   Source     "A Threshold Selection Method from Gray-Level Histograms", IEEE Trans.
   Syst. Man Cybern. 9 (1979), 62-66.
   @param score  I  [n] finite.
   @param work   O  [n] indices in ascending order of score, ties: lower index first;
   the sensitive ones are the last of them.
   @return How many are sensitive: 0 when all scores are alike.
*/
RV_API uint32_t rv_align_otsu(const float *score, uint32_t n, uint16_t *work);

RV_END_DECLS

#endif // RV_PREP_ALIGN_H

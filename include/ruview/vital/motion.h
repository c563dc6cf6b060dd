// SPDX-License-Identifier: MIT
/**
   @file motion.h
   Does anything move within reach of one link?

   Each frame is divided by its RMS amplitude, so gain steps cancel. Two tests run over
   a sliding window, and the null of each is known:

   In time, the correlation of successive frames, summed over tones. Receiver noise is
   white from packet to packet, a moving body is not ("WiDetect: Robust Motion Detection
   with a Statistical Electromagnetic Model", IMWUT 2019, eq. 14 to 17). Under noise it
   has mean -1/N and variance 1/(N F), N frames, F independent groups of tones. It needs
   no calibration. Where frames come closer together than a body needs, the correlation
   with the second, third or fourth frame before counts as well, and the smaller one is
   taken: filters, interpolation and frames sent twice correlate neighbours only, and
   two senders in turn every second frame only.

   Across tones, the covariance of neighbouring tones over the noise power that this
   link had in its own quiet past. Where frames come further apart than a body needs to
   decorrelate the field, only this one can see it.

   The statistic published is the larger one in units of its null's sigma. Nothing here
   depends on the chip, the room or the recording; the past of the stream is the only
   calibration. Frames of other senders are left out (strangers.h).

   Place      vital, one per link, after prep.
   Constants  src/vital/motion.c states the origin of each.
*/
#ifndef RV_VITAL_MOTION_H
#define RV_VITAL_MOTION_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>
#include <ruview/vital/strangers.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MOTION_TONES  = 64, ///< Used of a frame, at most; wider frames are thinned out
    RV_MOTION_BLOCKS = 6,  ///< Parts of a window
    RV_MOTION_LAGS   = 4,  ///< Frames back that are compared, at most
    RV_MOTION_PAST   = 64, ///< Quiet windows remembered
};

typedef struct {
    float false_alarm; ///< Chance of a quiet window to be called motion (1e-3)
    float share;       ///< Of the variance that must move to be called motion (0.2)
    float hold_s;      ///< Motion ends after that long below half of both (1)
    float max_gap_s;   ///< A longer pause starts the window anew (1)
} rv_motion_config;

/// What is known at the end of a cycle
typedef struct {
    rv_reason reason;      ///< NONE: `moving` holds. WARMING_UP, NO_DATA, RATE_TOO_LOW,
                           ///< INTERFERENCE (something periodic covers the statistic)
    bool        moving;    ///< Significant, and a gross motion: see `share`
    bool        stirring;  ///< Significant only: the small motions of a living body
    rv_estimate statistic; ///< Null has mean 0 and sigma 1
    rv_estimate level;     ///< Share of the variance that moves, 0 still .. 1
    rv_estimate rate_hz;   ///< Frames of this sender per second, measured
    float       window_s;  ///< That the statistic covers
    uint64_t    t_us;      ///< End of that window
    uint64_t    since_us;  ///< When `moving` last changed
    float       change;    ///< Mean square change since the frame before; < 0 none
    float       interval_s; ///< Between the two frames
} rv_motion_result;

/// One part of the window. The frames compared with are the one before, and two further
/// back, `far` and `far` + 1 frames.
typedef struct {
    uint32_t n;         ///< Frames
    uint32_t strangers; ///< Left out in between
    uint64_t from_us, to_us;
    double   square;                    ///< Sum of x^2 over tones
    double   lag[3];                    ///< Of x times each of the frames before
    double   neighbour;                 ///< Of x times the tone next but one
    double   sum[RV_MOTION_TONES];      ///< Of x, per tone
    float    drift[3][RV_MOTION_TONES]; ///< Of each of the frames before, less x
} rv_motion_block;

/// State; private
typedef struct {
    rv_motion_config config;
    float            threshold; ///< Of the statistic
    uint16_t         n_tones, shape_tones, shape_streams, stride, apart;
    float            last[RV_MOTION_LAGS][RV_MOTION_TONES]; ///< Frames before; a ring
    uint32_t         n_last, newest;
    uint64_t         taken_us;               ///< Of the newest
    float            heard[RV_MOTION_TONES]; ///< Frame before, whoever sent it
    bool             has_heard;
    uint64_t         last_us; ///< Of that
    rv_strangers     strangers;
    double           interval_s; ///< Smoothed
    uint32_t         n_intervals;
    rv_motion_block  block[RV_MOTION_BLOCKS + 1]; ///< The newest is being filled
    uint32_t         n_blocks, current;
    float            past_noise[RV_MOTION_PAST]; ///< Variance of quiet windows
    float            past_joint[RV_MOTION_PAST]; ///< Neighbour covariance of them
    uint32_t         n_past, next_past;
    uint64_t         past_us;                    ///< When the last was taken
    float            steady_log[RV_MOTION_PAST]; ///< Of all windows, quiet or not
    float            steady_lag[RV_MOTION_PAST];
    float            steady_noise[RV_MOTION_PAST];
    uint32_t         n_steady, next_steady;
    float            null_lag; ///< Correlation that a steady interferer causes
    float            noise, joint, joint_sigma; ///< Learned from the past
    bool             calibrated, interference;
    uint64_t         low_since_us;
    rv_motion_result result;
} rv_motion;

/// False alarms 1e-3, share 0.2, hold 1 s, gap 1 s
RV_API rv_motion_config rv_motion_config_default(void);

RV_API RV_NODISCARD rv_status rv_motion_size(const rv_motion_config *config,
                                             size_t                 *n_bytes);

/// @param memory  Not used: the state is the struct. May be NULL with n_bytes 0.
RV_API RV_NODISCARD rv_status rv_motion_init(rv_motion              *self,
                                             const rv_motion_config *config,
                                             void *memory, size_t n_bytes);

/// A frame of the link, in order of time. Frames that are not finite or all zero, or
/// not later than the last, are passed over.
RV_API RV_REALTIME void rv_motion_push(rv_motion *self, const rv_csi *csi);

/// The state of things at `t_us`, the end of a cycle
RV_API RV_REALTIME void rv_motion_result_at(const rv_motion *self, uint64_t t_us,
                                            rv_motion_result *out);

RV_END_DECLS

#endif // RV_VITAL_MOTION_H

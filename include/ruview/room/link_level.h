// SPDX-License-Identifier: MIT
/**
   @file link_level.h
   What one link tells the room: how much weaker it is than in the empty room, how much
   of its power varies, and how much would vary if nobody were there.

   Place      Per link and frame, after cleaning; read once per cycle.
   Method     Gain steps of the receiver are told from fading by the reported power: the
              gain, which is the digital level minus the reported one, is a constant
              with steps. Mean and variance over time forget exponentially, with the
              true sampling times. The motion of a link is the power that varies over
              the power that stands, V = (20 / ln 10)^2 sum_k var(a_k) / sum_k
              mean(a_k)^2 [dB^2], so that faded tones do not count for more than they
              carry. What V is in an empty room comes from calibration, or else from the
              least V of the last two minutes.
   Source     "See-Through Walls: Motion Tracking Using Variance-Based Radio Tomography
              Networks", IEEE Trans. Mobile Comput. 10 (2011), eq. (5)-(7); "Noise power
              spectral density estimation based on optimal smoothing and minimum
              statistics", IEEE Trans. Speech Audio Process. 9 (2001) (least V).
   Exactness  Sums over tones left to right.
*/
#ifndef RV_ROOM_LINK_LEVEL_H
#define RV_ROOM_LINK_LEVEL_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>
#include <ruview/room/room_link.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_LINK_LEVEL_MINIMA = 8,
};

/// Start from rv_link_level_config_default()
typedef struct {
    uint16_t n_tones;     ///< K, 4..2048
    float    mean_us;     ///< Time constant of the mean [us], > 0 (800 ms)
    float    variance_us; ///< Time constant of the variance [us], > 0 (300 ms)
    float    slow_us;     ///< Time constant of what becomes the baseline [us] (10 s)
    float    minimum_us;  ///< Each of the eight spans of the least V [us] (75 s)
    float    least_ratio; ///< Mean of V over its least value in an empty room (1.6)
    float    gap_us;      ///< A longer silence starts anew [us] (1 s)
    uint32_t warm_frames; ///< Frames until it speaks, >= 2 (16)
} rv_link_level_config;

/// State of one link; fields are private
typedef struct {
    rv_link_level_config cfg;
    float               *mean;     ///< [K] amplitude at gain 1
    float               *variance; ///< [K]
    uint64_t             last_us, span_us;
    uint32_t             frames;      ///< Stops at warm_frames
    float                gain_db;     ///< Of the receiver, between steps
    float                off_db;      ///< Step under observation
    uint32_t             n_off;       ///< Frames that confirm it
    bool                 has_gain;    ///< The radio reports power
    bool                 has_base;    ///< Baseline below
    float                motion_db2;  ///< V now
    float                level_db;    ///< Standing power now
    float                slow_motion; ///< The same, slowly
    float                slow_level;
    float                base_motion; ///< Of the empty room
    float                base_level;
    float                minimum[RV_LINK_LEVEL_MINIMA];
    uint32_t             n_minima;
} rv_link_level;

RV_API rv_link_level_config rv_link_level_config_default(uint16_t n_tones);

/// Set `n_bytes` to the memory one link needs, or return ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_link_level_size(const rv_link_level_config *cfg,
                                                 size_t                     *n_bytes);

/// Initialise in caller memory of rv_link_level_size() bytes aligned to 64
RV_API RV_NODISCARD rv_status rv_link_level_init(rv_link_level              *self,
                                                 const rv_link_level_config *cfg,
                                                 void *mem, size_t n_bytes);

/**
   Take the first stream of one normalised frame.

   @param power  Received power [dBm]; unknown: each frame is taken at the same power,
                 and the link tells no loss.
   @return OK; ERR_SHAPE; ERR_NONFINITE; then nothing has changed.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_link_level_push(rv_link_level *self,
                                                             const rv_csi  *csi,
                                                             rv_estimate    power);

/// The room was empty for the last seconds: the baseline. No effect before warm_frames.
RV_API void rv_link_level_set_base(rv_link_level *self);

/// The level stepped by so much [dB] and stayed, as of a piece of furniture: the
/// baseline follows. No effect without one, or for a step that is not finite.
RV_API void rv_link_level_move_base(rv_link_level *self, float step_db);

/// What the link says; `weight` and `valid` are the caller's to lower. Invalid before
/// warm_frames.
RV_API RV_REALTIME rv_room_sample rv_link_level_get(const rv_link_level *self);

RV_END_DECLS

#endif // RV_ROOM_LINK_LEVEL_H

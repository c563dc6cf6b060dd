// SPDX-License-Identifier: MIT
/**
   @file link_level.h
   From the frames of one link to the three numbers that the room stages work with: how
   much it lost against the empty room, how much it moves, and how much it moves when
   nobody is there.

   Place   Per link and frame, after cleaning; read once per cycle.
   Method  Gain steps of the receiver are told from fading by the reported RSSI: the
           ratio of both is a constant with steps. Mean and variance over time forget
           exponentially, with the true sampling times. The motion of a link is the
           power that varies over the power that stands,
           V = (20 / ln 10)^2 sum_k var(a_k) / sum_k mean(a_k)^2 [dB^2],
           so that faded tones do not count for more than they carry. The noise of an
           empty room comes from calibration, or else from the least V of the last two
           minutes.
   Source  "Noise power spectral density estimation based on optimal smoothing and
           minimum statistics", IEEE Trans. Speech Audio Process. 9 (2001) (floor).
   Exactness  Sums over tones left to right.
*/
#ifndef RV_ROOM_LINK_LEVEL_H
#define RV_ROOM_LINK_LEVEL_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/room/room_link.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_LINK_LEVEL_MAX_TONES = 512,
    RV_LINK_LEVEL_MINIMA    = 8,
};

typedef struct {
    uint32_t n_tones;     ///< 1..RV_LINK_LEVEL_MAX_TONES
    float    mean_s;      ///< Time constant of the mean [s] (0.8)
    float    variance_s;  ///< Time constant of the variance [s] (0.3)
    float    stale_s;     ///< Without frame for longer: not valid [s] (0.5)
    float    warmup_s;    ///< After the first frame or a gap: not valid [s] (1.0)
    float    minimum_s;   ///< Each of the eight spans of the floor [s] (15)
    float    floor_ratio; ///< Mean of V over its least value in an empty room (1.6)
} rv_link_level_config;

typedef struct {
    rv_link_level_config cfg;
    float               *mean;     ///< [n_tones] amplitude at gain 1
    float               *variance; ///< [n_tones]
    uint64_t             first_us, last_us, span_us;
    bool                 started, has_gain, calibrated, learning;
    float                gain_db, off_db;
    uint32_t             n_off;
    float                motion_db2, level_db;
    float                minimum[RV_LINK_LEVEL_MINIMA];
    uint32_t             n_minima;
    double               sum_motion, sum_level;
    uint32_t             n_learned;
    float                empty_motion_db2, empty_level_db;
} rv_link_level;

RV_API rv_link_level_config rv_link_level_config_default(uint32_t n_tones);

RV_API RV_NODISCARD rv_status rv_link_level_size(const rv_link_level_config *cfg,
                                                 size_t                     *n_bytes);

RV_API RV_NODISCARD rv_status rv_link_level_init(rv_link_level              *self,
                                                 const rv_link_level_config *cfg,
                                                 void *mem, size_t n_bytes);

/**
   One frame.

   @param amplitude  I  [n_tones] linear, finite, >= 0, in any unit: not
   gain-normalised.
   @param rssi_dbm   Reported strength; NaN or 0 when there is none: each frame is then
                     scaled to the same power and `loss_db` is not to be had.
   @return ERR_NONFINITE; ERR_RANGE when `t_us` is before the last frame; then
   unchanged.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_link_level_push(rv_link_level *self,
                                                             uint64_t       t_us,
                                                             const float   *amplitude,
                                                             float          rssi_dbm);

/// The numbers of now; `weight` is 1, `valid` false while warming up or stale
RV_API RV_REALTIME void rv_link_level_sample(const rv_link_level *self, uint64_t t_us,
                                             rv_room_sample *out);

/// The room is empty from now on: learn
RV_API void rv_link_level_learn(rv_link_level *self);

/// Learning ends; ERR_STATE when fewer than 20 frames came meanwhile
RV_API RV_NODISCARD rv_status rv_link_level_finish(rv_link_level *self);

RV_END_DECLS

#endif // RV_ROOM_LINK_LEVEL_H

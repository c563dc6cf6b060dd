// SPDX-License-Identifier: MIT
/**
   @file link_level.h
   What one link tells the room: how much weaker it is than in the empty room, and how
   much it flutters.

   The amplitude of each tone is taken in decibels after the frame's own gain was
   removed, so that gain steps of the receiver do not count. Its variance over the last
   second, averaged over the tones, is the flutter; a body that moves near the direct
   path raises it (variance-based radio tomography). The loss is against a baseline that
   the caller sets when the room is known to be empty.

   Source     "See-Through Walls: Motion Tracking Using Variance-Based Radio Tomography
              Networks", IEEE Trans. Mob. Comput. 10 (2011), eq. (5)-(7).
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

/// Start from rv_link_level_config_default()
typedef struct {
    uint16_t n_tones;     ///< K, 4..2048
    float    window_us;   ///< Time constant of mean and variance [us], > 0 (700 ms)
    float    floor_us;    ///< Time constant of the quiet level [us], > 0 (60 s)
    uint32_t warm_frames; ///< Frames until it speaks (16)
} rv_link_level_config;

/// State of one link; fields are private
typedef struct {
    rv_link_level_config cfg;
    float               *mean;      ///< [K] of the tone's level [dB]
    float               *variance;  ///< [K] [dB^2]
    float                power;     ///< Mean received power [dBm]
    float                base;      ///< The same in the empty room
    bool                 has_power; ///< The radio reports power
    bool                 has_base;
    uint64_t             last_us;
    uint32_t             frames; ///< Stops at warm_frames
    float                quiet;  ///< Lower envelope of the flutter [dB^2]
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

   @param power  Received power [dBm]; unknown: the link tells no loss.
   @return OK; ERR_SHAPE, nothing changed.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_link_level_push(rv_link_level *self,
                                                             const rv_csi  *csi,
                                                             rv_estimate    power);

/// The room is empty now: losses count from here. No effect before warm_frames.
RV_API void rv_link_level_set_base(rv_link_level *self);

/// What the link says; `weight` and `valid` are the caller's to lower. Invalid before
/// warm_frames.
RV_API RV_REALTIME rv_room_sample rv_link_level_get(const rv_link_level *self);

RV_END_DECLS

#endif // RV_ROOM_LINK_LEVEL_H

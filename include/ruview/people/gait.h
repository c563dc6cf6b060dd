// SPDX-License-Identifier: MIT
/**
   @file gait.h
   The signature of somebody who walks: what of a track says who it is.

   Place      After the tracker; read by identity.h.
   Method     Three numbers are measured while a track walks straight: its speed, how
              strongly the body scatters (the level ln A of localise.h, so that the
              geometry of the links is taken out), and how unevenly (the scatter of that
              level from cycle to cycle, which limbs raise); a fourth, the strides a
              second, where links are fast enough (stride.h). Each is spread over a part
              of 128 numbers as a bump of the width with which the same person repeats
              it, so that the cosine of two signatures is exp(-d^2 / 4 s^2), averaged
              over the numbers by their weights. A stride that is not known leaves its
              part zero.
   Limits     20 frames a second carry no cadence: a leg moves too fast for them
              (docs/people.md). The signature is behaviour and build, not a fingerprint.
   Source     population coding: "Neuronal population coding of movement direction",
              Science 233 (1986); speed as an identifier: "WifiU: Gait recognition using
              WiFi signals", UbiComp 2016.
*/
#ifndef RV_PEOPLE_GAIT_H
#define RV_PEOPLE_GAIT_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/people/stride.h>
#include <ruview/room/room_link.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_GAIT_DIM      = 128,
    RV_GAIT_FEATURES = 4, ///< Speed [m/s], level [nats], unevenness [nats], stride [Hz]
    RV_GAIT_MAX      = 8, ///< Tracks at once
};

/// Bumps of one feature
typedef struct {
    uint32_t n;         ///< Numbers it has
    float    low, high; ///< First and last centre
    float    sigma;     ///< With which a person repeats it
    float    between;   ///< Scatter of it between people
    float    weight;    ///< Share of the cosine
} rv_gait_feature;

typedef struct {
    rv_gait_feature  feature[RV_GAIT_FEATURES];
    float            seconds;   ///< Walked straight before there is a signature (10)
    float            least_mps; ///< Slower is not walking (0.4)
    float            falloff;   ///< Of scattered power with d1 d2 (1.7, as localise)
    rv_stride_config stride;
} rv_gait_config;

/// What one cycle saw of one track
typedef struct {
    float dt_s;
    float speed_mps; ///< Of a straight walk; 0 when it is none
    float level;     ///< ln A
    bool  has_level;
} rv_gait_sample;

/// Sums of one track; private
typedef struct {
    double walked_s, speed, level_s, level, slow, uneven, uneven_s;
    bool   has_slow;
} rv_gait_sums;

typedef struct {
    rv_gait_config cfg;
    rv_gait_sums   track[RV_GAIT_MAX];
    rv_stride      stride[RV_GAIT_MAX];
} rv_gait;

RV_API rv_gait_config rv_gait_config_default(void);

/**
   Most that a signature can tell of two people [nats]: sum over the features of
   ln(1 + between^2 / sigma^2) / 2, the log odds of "the same" against "another" when
   nothing differs.
*/
RV_API RV_PURE float rv_gait_information(const rv_gait_config *cfg);

/// ERR_CONFIG (features must have RV_GAIT_DIM numbers together); then unchanged
RV_API RV_NODISCARD rv_status rv_gait_init(rv_gait *self, const rv_gait_config *cfg);

/// Forget what was seen of a track
RV_API void rv_gait_reset(rv_gait *self, uint32_t track);

/// Take one cycle of one track; numbers not finite are left out
RV_API RV_REALTIME void rv_gait_push(rv_gait *self, uint32_t track,
                                     const rv_gait_sample *sample);

/// Take the mean motion of its links in one cycle, rv_stride_link_motion() of each link
/// on which this body is most of what moves
RV_API RV_REALTIME void rv_gait_step(rv_gait *self, uint32_t track, float motion,
                                     uint32_t n_links);

/// Seconds walked so far
RV_API float rv_gait_walked_s(const rv_gait *self, uint32_t track);

/// The numbers measured so far, the stride 0 where it is not known; reasons as
/// rv_gait_embed()
RV_API RV_NODISCARD rv_reason rv_gait_measure(const rv_gait *self, uint32_t track,
                                              float out[RV_GAIT_FEATURES]);

/**
   The signature.

   @param out  O  [RV_GAIT_DIM] of length 1.
   @return NONE; WARMING_UP before cfg.seconds of walking; NO_GEOMETRY when the level
           was never known. Then `out` is unchanged.
*/
RV_API RV_REALTIME RV_NODISCARD rv_reason rv_gait_embed(const rv_gait *self,
                                                        uint32_t track, float *out);

/// Is somebody at `position_m` most of what moves on a link?
RV_API RV_REALTIME bool rv_gait_owns(const rv_gait_config *cfg,
                                     const rv_room_link   *link,
                                     const float           position_m[3],
                                     const float (*others_m)[2], uint32_t n_others);

/**
   How strongly somebody at `position_m` scatters: mean of ln A over the links on which
   this body is most of what moves.

   @param others_m   I  [n_others][2] the other bodies.
   @param level      O  ln A, relative to the standing power of all links.
   @return false when no link tells.
*/
RV_API RV_REALTIME bool rv_gait_level(const rv_gait_config *cfg,
                                      const rv_room_link   *links,
                                      const rv_room_sample *samples, uint32_t n_links,
                                      const float position_m[3],
                                      const float (*others_m)[2], uint32_t n_others,
                                      float *level);

RV_END_DECLS

#endif // RV_PEOPLE_GAIT_H

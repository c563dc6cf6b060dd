// SPDX-License-Identifier: MIT
/**
   @file pose_features.h
   What the pose model sees: forty numbers per link and twelve per track and cycle.

   Place      Each aligned frame goes into the memory of its link; once per cycle and
              track the features are taken from it. Nothing of a room enters but the
              places of both ends of a link relative to the track.
   Method     Four bands of the canonical grid keep the delay that 20 MHz can tell. Of
              the last 0.6 s the standing part is taken out, and what is left is turned
              back by the path length that the track's own velocity explains, so that
              a spectrum about 0 Hz is what limbs do beside the trunk.
   Source     "Micro-Doppler Effect in Radar: Phenomenon, Model, and Simulation Study",
              IEEE Trans. Aerosp. Electron. Syst. 42 (2006), sect. II; bistatic rate:
              "Radar Handbook" (2008), ch. 23.
   Exactness  f32, sums over samples and bands in index order.
*/
#ifndef RV_PEOPLE_POSE_FEATURES_H
#define RV_PEOPLE_POSE_FEATURES_H

#include <ruview/base/attributes.h>
#include <ruview/frame/csi.h>
#include <ruview/room/room_link.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_POSE_BANDS          = 4,
    RV_POSE_SAMPLES        = 16, ///< Frames kept per link
    RV_POSE_BINS           = 8,  ///< Of the spectrum, -10 .. 7.5 Hz
    RV_POSE_LINK_FEATURES  = 40,
    RV_POSE_TRACK_FEATURES = 12,
};

/// Newest frames of one link; all zero is empty
typedef struct {
    uint64_t t_us[RV_POSE_SAMPLES];
    float    re[RV_POSE_SAMPLES][RV_POSE_BANDS];
    float    im[RV_POSE_SAMPLES][RV_POSE_BANDS];
    float    slow_re[RV_POSE_BANDS], slow_im[RV_POSE_BANDS]; ///< Mean of seconds
    uint32_t count; ///< Stops at RV_POSE_SAMPLES
    uint32_t next;
} rv_pose_link;

/// What the tracker says of one person in this cycle
typedef struct {
    float position_m[2];
    float velocity_mps[2];
    float sigma_m;   ///< Of the position, per axis
    float sigma_mps; ///< Of the velocity, per axis
} rv_pose_track_state;

/// Which way a track faces and how long it has stood; all zero is new
typedef struct {
    float    forward[2]; ///< Unit vector; east until the track has moved
    bool     has_heading;
    bool     started;
    uint64_t born_us, moved_us, t_us;
    float    speed_1s, speed_5s; ///< Mean speeds [m/s]
    float    turn_rps;           ///< How fast the heading turns [rad/s]
} rv_pose_heading;

/// Take the first stream of one aligned frame; frames less than 35 ms after the last
/// one taken are left out, so that faster links look like those of the training
RV_API RV_REALTIME void rv_pose_link_push(rv_pose_link *self, const rv_csi *csi);

/// Follow a track; once per cycle before its features are taken
RV_API RV_REALTIME void rv_pose_heading_push(rv_pose_heading *self, uint64_t t_us,
                                             const rv_pose_track_state *track);

/**
   Features of one link for one track.

   @param ends          I  Both located.
   @param level         I  What the link says of loss and motion.
   @param wavelength_m  I  > 0.
   @param out           O  Zeros when the link cannot say anything.
   @return false when there are too few or too old frames.
*/
RV_API RV_REALTIME bool rv_pose_link_features(
    const rv_pose_link *self, const rv_room_link *ends, const rv_room_sample *level,
    const rv_pose_track_state *track, const rv_pose_heading *heading,
    float wavelength_m, uint64_t t_us, float out[RV_POSE_LINK_FEATURES]);

/// Features of the track itself; `n_links` gave features in this cycle
RV_API RV_REALTIME void rv_pose_track_features(const rv_pose_track_state *track,
                                               const rv_pose_heading     *heading,
                                               uint32_t                   n_links,
                                               float out[RV_POSE_TRACK_FEATURES]);

RV_END_DECLS

#endif // RV_PEOPLE_POSE_FEATURES_H

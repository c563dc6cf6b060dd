// SPDX-License-Identifier: MIT
/**
   @file channel.h
   The channel of one link at one moment: still paths shadowed by people, what people
   and fans scatter, furniture.
*/
#ifndef RV_SIM_CHANNEL_H
#define RV_SIM_CHANNEL_H

#include "sim/body.h"
#include "sim/paths.h"
#include "sim/rays.h"

enum {
    RV_CHANNEL_BOUNCES = 13, ///< Straight, 6 walls before and 6 after a scatterer
};

/// How a path turns: at the carrier, and over the tones
typedef struct {
    rv_cplx carrier;
    rv_comb comb;
} rv_channel_turns;

/// What a link remembers between frames
typedef struct {
    uint16_t         tx, rx;
    rv_vec3          tx_at, rx_at;
    int              n_paths;
    rv_path          path[RV_PATHS_MAX];
    rv_channel_turns turns[RV_PATHS_MAX];
    float    wall_loss[RV_PATHS_MAX];    ///< Of the inner walls it crosses, amplitude
    uint32_t doors;                      ///< State that wall_loss was computed for
    float    still_re[RV_CHANNEL_TONES]; ///< What never moves
    float    still_im[RV_CHANNEL_TONES];
    uint32_t moves;                       ///< State that the rest was computed for
    float    screen_loss[RV_PATHS_MAX];   ///< Of the furniture it passes, amplitude
    float    placed_re[RV_CHANNEL_TONES]; ///< still and the furniture
    float    placed_im[RV_CHANNEL_TONES];
    bool     has_empty;                  ///< The whole empty room is known
    uint32_t empty_number;               ///< How often it was computed
    float    empty_re[RV_CHANNEL_TONES]; ///< placed and the paths with nobody there
    float    empty_im[RV_CHANNEL_TONES];
} rv_channel_link;

/// The room as every link sees it
typedef struct {
    const rv_sim_config *config;
    rv_box               box;
    float     pass[RV_SIM_MAX_PARTITIONS];      ///< Amplitude through the inner wall
    float     door_pass[RV_SIM_MAX_PARTITIONS]; ///< Amplitude through its closed door
    rv_vec3   clutter[RV_SIM_MAX_CLUTTER];
    float     clutter_root_rcs[RV_SIM_MAX_CLUTTER];
    rv_script script[RV_SIM_MAX_PERSONS];
} rv_channel_room;

/// Everything that moves, at one moment
typedef struct {
    double   t_s;
    uint32_t doors; ///< Bit i: the door of partition i stands open
    uint32_t fans;  ///< Bit i: fan i runs
    uint32_t moves; ///< Two bits per piece of furniture: how often it was moved
    int      n_bodies;
    rv_body  body[RV_SIM_MAX_PERSONS];
} rv_channel_moment;

void rv_channel_room_init(rv_channel_room *self, const rv_sim_config *config);

void rv_channel_link_init(rv_channel_link *self, const rv_channel_room *room,
                          uint16_t tx, uint16_t rx);

void rv_channel_moment_at(const rv_channel_room *room, double t_s,
                          rv_channel_moment *out);

/**
   Gain at every tone -32 .. 31; entry k is tone k - 32.

   @param re, im  O  [RV_CHANNEL_TONES].
   @return 0 where something moves; else a number that stays while the gain does.
*/
uint32_t rv_channel_gain(rv_channel_link *link, const rv_channel_room *room,
                         const rv_channel_moment *moment, float *re, float *im);

/**
   Multiplies the amplitude left of each path by what the bodies leave of it, each a
   screen: 3GPP TR 38.901, equations 7.6-22 to 7.6-26 (four edges).

   @param left  IO  [n_paths].
*/
void rv_channel_shade(const rv_body *body, int n_bodies, float wavelength_m,
                      const rv_path *path, int n_paths, float *left);

#endif // RV_SIM_CHANNEL_H

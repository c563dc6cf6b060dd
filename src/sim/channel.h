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

enum {
    RV_CHANNEL_TONES   = 64, ///< Tones -32 .. 31 of one 20 MHz channel
    RV_CHANNEL_BOUNCES = 13, ///< Straight, 6 walls before and 6 after a scatterer
};

/// One arrival: complex gain at the carrier, and turns per tone
typedef struct {
    float re, im;
    float turns_per_tone;
} rv_ray;

/// What a link remembers between frames
typedef struct {
    uint16_t tx, rx;
    rv_vec3  tx_at, rx_at;
    int      n_paths;
    rv_path  path[RV_PATHS_MAX];
    float    wall_loss[RV_PATHS_MAX];    ///< Of the inner walls it crosses, amplitude
    uint32_t doors;                      ///< State that wall_loss was computed for
    float    still_re[RV_CHANNEL_TONES]; ///< What never moves
    float    still_im[RV_CHANNEL_TONES];
    uint32_t moves;                       ///< State that the rest was computed for
    float    screen_loss[RV_PATHS_MAX];   ///< Of the furniture it passes, amplitude
    float    placed_re[RV_CHANNEL_TONES]; ///< still and the furniture
    float    placed_im[RV_CHANNEL_TONES];
    bool     has_empty;                  ///< The whole empty room is known
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
*/
void rv_channel_gain(rv_channel_link *link, const rv_channel_room *room,
                     const rv_channel_moment *moment, float *re, float *im);

/**
   Amplitude that a screen leaves of a path from `a` to `b`: 3GPP TR 38.901, equations
   7.6-22 to 7.6-26 (four edges).
*/
float rv_channel_shadow(const rv_body *body, float wavelength_m, rv_vec3 a, rv_vec3 b);

#endif // RV_SIM_CHANNEL_H

// SPDX-License-Identifier: MIT
/**
   @file rays.h
   Arrivals over the tones of a channel: single rays, and bundles of rays of nearly one
   length. Entry k of a row is tone k - 32.
*/
#ifndef RV_SIM_RAYS_H
#define RV_SIM_RAYS_H

#include "sim/sim_math.h"

enum {
    RV_CHANNEL_TONES = 64, ///< Tones -32 .. 31 of one 20 MHz channel
    RV_COMB_GROUP    = 8,
    RV_BUNDLE_ORDER  = 4,  ///< Of the expansion of a body's spread over the band
    RV_BUNDLE_RAYS   = 16, ///< In one bundle, at most
};

/// exp(2 pi i turns n) at the first eight tones n, and the step from each to the eighth
/// behind it
typedef struct {
    float   re[RV_COMB_GROUP], im[RV_COMB_GROUP];
    rv_cplx step;
} rv_comb;

void rv_comb_init(rv_comb *self, double turns_per_tone);

/// Add `start` times the comb to a row of RV_CHANNEL_TONES
void rv_comb_add(const rv_comb *self, rv_cplx start, float *restrict re,
                 float *restrict im);

/// Rays of which a bundle is made; finite up to the next multiple of 8, the first n
/// added
typedef struct {
    int    n;
    double length_m[RV_BUNDLE_RAYS];
    float  re[RV_BUNDLE_RAYS], im[RV_BUNDLE_RAYS]; ///< Gain without the phase
} rv_bundle;

/**
   Rays that differ little in length, as one, added to a row: with x the turns per tone
   beyond `length_m`, exp(-2 pi i n x) is expanded in n to the fourth order. A body is
   2 m at most, so |2 pi n x| <= 0.4 and the rest is below 1e-4 of the ray.

   @param carrier  Turns per metre.
*/
void rv_bundle_add(const rv_bundle *self, double length_m, double carrier,
                   float *restrict re, float *restrict im);

#endif // RV_SIM_RAYS_H

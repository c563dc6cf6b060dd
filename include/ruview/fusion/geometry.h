// SPDX-License-Identifier: MIT
/**
   @file geometry.h
   How well the links see a place: bistatic Fisher information, Cramer-Rao bound, GDOP.

   A link (transmitter at p, receiver at q) measures the length of the path over the
   place x, |x-p| + |x-q|. Its gradient is u_p + u_q, the sum of the unit vectors
   towards x, so a place on the straight line between the two adds nothing along it.

   Place      stage 4.
   Source     "Target localization accuracy gain in MIMO radar-based systems", IEEE
              Trans. Inf. Theory 56 (2010), eq. 22-31 (non-coherent part).
   Exactness  links in order; closed-form 2x2 inverse in f64.
*/
#ifndef RV_FUSION_GEOMETRY_H
#define RV_FUSION_GEOMETRY_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// One link with both ends known
typedef struct {
    float tx_m[3]; ///< East, north, up
    float rx_m[3];
    float sigma_m; ///< Standard error of its path length, > 0
    float weight;  ///< 0 not taking part .. 1
} rv_geometry_link;

/// How well a place is seen, in the horizontal plane
typedef struct {
    rv_reason reason; ///< NONE; NO_GEOMETRY (no link); GEOMETRY_INSUFFICIENT (singular)
    float     crb_xx, crb_xy, crb_yy; ///< Covariance bound [m^2]
    float     rmse_m;                 ///< sqrt(crb_xx + crb_yy)
    float     gdop;                   ///< The same for sigma = 1 m on every link
    float     minor_deg; ///< Direction that is seen worst, the minor axis of the Fisher
                         ///< information, 0..180 from east
} rv_geometry_bound;

/// Bound at a place [east, north, up]
RV_API rv_geometry_bound rv_geometry_at(const rv_geometry_link *link, uint32_t n,
                                        const float place_m[3]);

/**
   Diversity of the links over an area, 0..1: the mean of 4 det F / trace(F)^2 over a
   grid of `steps` x `steps` places at height_m, F the Fisher information of a place.
   Co-located links give 0, two perpendicular ones 1.

   @param min_m, max_m  Corners of the area [east, north]; max above min.
   @return Known, or NO_GEOMETRY (no link), BAD_VALUE (an empty area or no steps).
*/
RV_API rv_estimate rv_geometry_diversity(const rv_geometry_link *link, uint32_t n,
                                         const float min_m[2], const float max_m[2],
                                         float height_m, uint32_t steps);

/// Smallest angle between two directions [rad], 0..pi
RV_API RV_CONST float rv_geometry_angle(float a_rad, float b_rad);

RV_END_DECLS

#endif // RV_FUSION_GEOMETRY_H

// SPDX-License-Identifier: MIT
/**
   @file sightings.h
   From the delays of single paths to places of things that reflect: each path that is
   longer than the straight one by e lies on the ellipse d1 + d2 = d + e about the ends
   of its link, and a thing is where the ellipses of several links meet.

   Place      After cir, before reflectors, only where the bandwidth tells paths apart.
   Method     Over a plan, each cell counts the links that have a path for it; the best
              cell is refined by Gauss-Newton on the paths that voted for it, its
              covariance is the inverse information of these paths, widened by the
              reduced chi-square of the fit where that is above 1. Its paths are taken
              out and the next thing is sought, until too few links agree.
   Limit      Things are points at the mean height of the nodes. A flat wall is not: it
              reflects each link at another place and gives no sighting.
   Source     "Target localization accuracy gain in MIMO radar-based systems", IEEE
              Trans. Inf. Theory 56 (2010), eq. 22 (information of bistatic ranges).
   Exactness  Cells and links in index order, ties to the lower cell; f32, the fit in
              f64.
*/
#ifndef RV_ROOM_SIGHTINGS_H
#define RV_ROOM_SIGHTINGS_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/room/reflectors.h>
#include <ruview/room/room_link.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_SIGHTING_PATHS = 8, ///< Of one link, at most
    RV_SIGHTINGS_MAX  = 8, ///< Found at once, at most
};

/// A link with what its paths are longer than the straight one
typedef struct {
    float   tx_m[3], rx_m[3];
    uint8_t n_paths;                     ///< 0: the link does not take part
    float   excess_m[RV_SIGHTING_PATHS]; ///< > 0
    float   sigma_m[RV_SIGHTING_PATHS];  ///< Of that, > 0
} rv_sighting_link;

typedef struct {
    float    origin_m[2]; ///< Lower corner of the plan
    float    size_m[2];   ///< Its extent, > 0
    float    step_m;      ///< Cell, 0.05..1 (0.25)
    uint32_t min_links;   ///< That must agree, >= 3 (4)
    float    min_share;   ///< Of the links with paths that must agree, 0..1 (0.5)
} rv_sightings_config;

RV_API rv_sightings_config rv_sightings_config_default(const float origin_m[2],
                                                       const float size_m[2]);

/**
   @param link  I/O  [n] paths that were explained are taken out of it.
   @param out   O    [RV_SIGHTINGS_MAX]
   @param found O    How many.
   @return ERR_CONFIG; ERR_RANGE for more than RV_ROOM_MAX_LINKS links.
*/
RV_API RV_NODISCARD rv_status rv_sightings_find(const rv_sightings_config *cfg,
                                                rv_sighting_link *link, uint32_t n,
                                                rv_sighting *out, uint32_t *found);

RV_END_DECLS

#endif // RV_ROOM_SIGHTINGS_H

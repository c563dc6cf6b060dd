// SPDX-License-Identifier: MIT
/**
   @file zones.h
   Named areas of the floor: in which one is somebody? A person is in one zone at most,
   and a person who stands on a border does not flicker between two.
*/
#ifndef RV_ROOM_ZONES_H
#define RV_ROOM_ZONES_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_ZONES_MAX        = 16,
    RV_ZONE_MAX_CORNERS = 16,
};

/// A simple polygon; either orientation
typedef struct {
    uint32_t n_corners; ///< 3..RV_ZONE_MAX_CORNERS
    float    corner_m[RV_ZONE_MAX_CORNERS][2];
} rv_zone;

/// Zones in the order of the configuration; where two overlap, the first wins
typedef struct {
    uint32_t n_zones;      ///< 0..RV_ZONES_MAX
    float    hysteresis_m; ///< A person leaves a zone when this far outside (0.25)
    rv_zone  zone[RV_ZONES_MAX];
} rv_zones;

/// ERR_CONFIG: too many, too few corners, not finite, no area
RV_API RV_NODISCARD rv_status rv_zones_check(const rv_zones *zones);

/// Distance to a zone [m]: negative inside, positive outside
RV_API RV_REALTIME float rv_zone_distance_m(const rv_zone *zone, float x_m, float y_m);

/**
   Zone of a person.

   @param previous  Where the person was in the last cycle; -1 nowhere or unknown.
   @return Index into the zones; -1 none.
*/
RV_API RV_REALTIME int16_t rv_zones_locate(const rv_zones *zones, float x_m, float y_m,
                                           int16_t previous);

RV_END_DECLS

#endif // RV_ROOM_ZONES_H

// SPDX-License-Identifier: MIT
/**
   @file bounds.h
   The outline of a room or zone on the floor.
*/
#ifndef RV_WORLD_BOUNDS_H
#define RV_WORLD_BOUNDS_H

#include <ruview/base/attributes.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_MAX_VERTICES = 12 };

typedef enum { RV_SHAPE_RECTANGLE, RV_SHAPE_CIRCLE, RV_SHAPE_POLYGON } rv_shape;

/// Metres, east and north
typedef struct {
    rv_shape shape;
    uint32_t n_vertices; ///< Polygon only
    /// Rectangle: corners min, max. Circle: centre, then {radius, 0}. Polygon:
    /// vertices.
    double v[RV_MAX_VERTICES][2];
} rv_bounds;

/**
   Is the point inside? Rectangles and circles hold their border; a polygon is decided
   by the even-odd rule with half-open edges, fewer than three vertices hold nothing;
   NaN is nowhere.
*/
RV_API RV_PURE bool rv_bounds_contain(const rv_bounds *bounds, double e, double n);

/// Are all numbers that matter finite, and the counts in range?
RV_API RV_PURE bool rv_bounds_valid(const rv_bounds *bounds);

RV_END_DECLS

#endif // RV_WORLD_BOUNDS_H

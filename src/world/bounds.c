// SPDX-License-Identifier: MIT
#include <ruview/world/bounds.h>

#include "base/exact.h"

#include <stddef.h>

static bool
in_polygon(const rv_bounds *const b, const double e, const double n)
{
    bool inside = false;
    for (uint32_t i = 0, k = b->n_vertices - 1; i < b->n_vertices; k = i++) {
        const double *const p = b->v[i];
        const double *const q = b->v[k];
        if ((p[1] > n) != (q[1] > n) &&
            e < (q[0] - p[0]) * (n - p[1]) / (q[1] - p[1]) + p[0]) {
            inside = !inside;
        }
    }
    return inside;
}

bool
rv_bounds_contain(const rv_bounds *const b, const double e, const double n)
{
    const double de = e - b->v[0][0];
    const double dn = n - b->v[0][1];
    switch (b->shape) {
    case RV_SHAPE_RECTANGLE:
        return e >= b->v[0][0] && e <= b->v[1][0] && n >= b->v[0][1] && n <= b->v[1][1];
    case RV_SHAPE_CIRCLE:
        return de * de + dn * dn <= b->v[1][0] * b->v[1][0];
    case RV_SHAPE_POLYGON:
        break;
    }
    return b->n_vertices >= 3 && b->n_vertices <= RV_MAX_VERTICES &&
           in_polygon(b, e, n);
}

static bool
is_finite(const double v)
{
    return v - v == 0.0;
}

bool
rv_bounds_valid(const rv_bounds *const b)
{
    const size_t n = b->shape == RV_SHAPE_POLYGON ? b->n_vertices : 2;
    if ((unsigned)b->shape > RV_SHAPE_POLYGON || n > RV_MAX_VERTICES) {
        return false;
    }
    for (size_t i = 0; i < n; ++i) {
        if (!is_finite(b->v[i][0]) || !is_finite(b->v[i][1])) {
            return false;
        }
    }
    return true;
}

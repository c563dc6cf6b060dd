// SPDX-License-Identifier: MIT
// What the room stages take from math/, under short names.
#ifndef RV_SRC_ROOM_ROOM_MATH_H
#define RV_SRC_ROOM_ROOM_MATH_H

#include "base/exact.h"

#include <ruview/math/elementary.h>

#include <stdbool.h>

/// Logarithm rounded once to f32
static inline float
room_log_f32(const float x)
{
    return (float)rv_log_f64((double)x);
}

/// Within lowest..highest; false for NaN
static inline bool
room_in_range(const float x, const float lowest, const float highest)
{
    return x >= lowest && x <= highest;
}

#endif // RV_SRC_ROOM_ROOM_MATH_H

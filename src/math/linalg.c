// SPDX-License-Identifier: MIT
#include <ruview/math/linalg.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

#define REAL            float
#define NAME(stem)      stem##_f32
#define ROOT            rv_sqrt_f32
#define ABS             rv_abs_f32
#define EPSILON_SQUARED 1e-15F
#include "math/linalg_generic.h"
#undef REAL
#undef NAME
#undef ROOT
#undef ABS
#undef EPSILON_SQUARED

#define REAL            double
#define NAME(stem)      stem##_f64
#define ROOT            rv_sqrt_f64
#define ABS             rv_abs_f64
#define EPSILON_SQUARED 1e-32
#include "math/linalg_generic.h"

// SPDX-License-Identifier: MIT
/**
   @file exact.h
   Refuses to build where the numbers would differ. Included by every source that
   computes with floats.
*/
#ifndef RV_BASE_EXACT_H
#define RV_BASE_EXACT_H

#include <float.h>

#if defined(__FAST_MATH__) || defined(_M_FP_FAST) ||                                   \
    defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__
#error "ruview needs strict IEEE-754 arithmetic: build without fast-math"
#endif
_Static_assert(FLT_RADIX == 2 && FLT_MANT_DIG == 24 && DBL_MANT_DIG == 53, "IEEE-754");
_Static_assert(FLT_EVAL_METHOD == 0, "float expressions must round to float");

#endif // RV_BASE_EXACT_H

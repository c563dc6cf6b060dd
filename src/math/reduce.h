// SPDX-License-Identifier: MIT
/**
   @file reduce.h
   Arguments of any size brought to a quarter turn around zero.
*/
#ifndef RV_MATH_REDUCE_H
#define RV_MATH_REDUCE_H

#include <stdint.h>

/// x = n pi/2 + hi + lo, |hi| <= pi/4 (1 + tiny); n counts modulo 4
typedef struct {
    double  hi;
    double  lo;
    int32_t n;
} rv_reduced;

/// For every finite x
rv_reduced rv_reduce_half_pi(double x);

#endif // RV_MATH_REDUCE_H

// SPDX-License-Identifier: MIT
// Small vectors and the elementary functions of the simulator.
#ifndef RV_SIM_SIM_MATH_H
#define RV_SIM_SIM_MATH_H

#include "base/exact.h"
#include "sim/physics.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>

#include <stdint.h>

typedef struct {
    float x, y, z;
} rv_vec3;

typedef struct {
    float re, im;
} rv_cplx;

static inline rv_vec3
rv_vec(const float x, const float y, const float z)
{
    const rv_vec3 v = {x, y, z};
    return v;
}

static inline rv_vec3
rv_vec_add(const rv_vec3 a, const rv_vec3 b, const float times)
{
    return rv_vec(a.x + times * b.x, a.y + times * b.y, a.z + times * b.z);
}

static inline float
rv_vec_dot(const rv_vec3 a, const rv_vec3 b)
{
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

/// Distance in double: a carrier phase is thousands of times the wanted displacement
static inline double
rv_vec_distance(const rv_vec3 a, const rv_vec3 b)
{
    const double x = (double)a.x - (double)b.x;
    const double y = (double)a.y - (double)b.y;
    const double z = (double)a.z - (double)b.z;
    return __builtin_sqrt(x * x + y * y + z * z);
}

static inline rv_cplx
rv_cplx_mul(const rv_cplx a, const rv_cplx b)
{
    const rv_cplx c = {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};
    return c;
}

static inline double
rv_sim_floor(const double x)
{
    const double t = (double)(int64_t)x;
    return t > x ? t - 1.0 : t;
}

static inline float
rv_sim_clamp(const float x, const float low, const float high)
{
    return x < low ? low : x > high ? high : x;
}

/// 3 x^2 - 2 x^3 on 0..1, clamped outside
static inline float
rv_sim_smooth(const float x)
{
    const float t = rv_sim_clamp(x, 0.0F, 1.0F);
    return t * t * (3.0F - 2.0F * t);
}

/// exp(2 pi i turns); absolute error below 4e-7 for any |turns| < 2^40
rv_cplx rv_sim_turn(double turns);

/// The same of a row, |turns| < 2^28; n a multiple of 8, at most RV_SIM_TURNS; nothing
/// may overlap
enum { RV_SIM_TURNS = 64 };
void rv_sim_turn_row(const double *restrict turns, float *restrict re,
                     float *restrict im, int n);

/// sin(2 pi turns)
static inline float
rv_sim_wave(const double turns)
{
    return rv_sim_turn(turns).im;
}

/// Streams of random numbers, so that one use does not shift another
enum {
    RV_SIM_STREAM_RADIO   = 0,
    RV_SIM_STREAM_CLUTTER = 1,
    RV_SIM_STREAM_WANDER  = 2,
    RV_SIM_STREAM_HASH    = 256, ///< + node id
};

/// 10^(db/10)
static inline float
rv_sim_from_db(const float db)
{
    return rv_pow2_f32(db * 0.332192809F); // log2(10) / 10
}

/// 10 log10, for ratios above 0
static inline float
rv_sim_to_db(const float ratio)
{
    return ratio > 1e-37F ? 10.0F * rv_log10_f32(ratio) : -370.0F;
}

/// Of the four 16-bit numbers in each of two words
static inline float
rv_sim_normal_of(const uint64_t a, const uint64_t b)
{
    const uint64_t even = 0x0000FFFF0000FFFFU;
    const uint64_t two  = (a & even) + (a >> 16 & even) + (b & even) + (b >> 16 & even);
    const int32_t  s    = (int32_t)((uint32_t)two + (uint32_t)(two >> 32));
    // 8 uniforms on 0..65535: mean 262140, sigma 65536 sqrt(8/12)
    return ((float)s - 262140.0F) * (1.0F / 53510.2F);
}

/**
   Mean 0, sigma 1: the sum of eight uniform numbers (Irwin-Hall), cut off at 4.9 sigma.
   Excess kurtosis -0.15, which no use of it here can see; a tenth of the time of a true
   normal number.
*/
static inline float
rv_sim_normal(rv_random *const r)
{
    const uint64_t a = rv_random_u64(r);
    const uint64_t b = rv_random_u64(r);
    return rv_sim_normal_of(a, b);
}

/// The next n of rv_sim_normal(), n <= RV_SIM_NORMALS
enum { RV_SIM_NORMALS = 128 };
void rv_sim_normal_row(rv_random *r, float *out, int n);

/// Mean 1, >= 0
static inline float
rv_sim_exponential(rv_random *const r)
{
    return -rv_log_f32(1.0F - rv_random_uniform_f32(r));
}

#endif // RV_SIM_SIM_MATH_H

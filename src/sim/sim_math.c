// SPDX-License-Identifier: MIT
#include "sim/sim_math.h"

#include <string.h>

rv_cplx
rv_sim_turn(const double turns)
{
    const double q  = rv_sim_floor(turns * 4.0 + 0.5);
    const float  x  = (float)((turns * 4.0 - q) * (RV_SIM_PI / 2.0)); // |x| <= pi/4
    const float  xx = x * x;
    const float  s =
        x * (1.0F + xx * (-1.0F / 6 + xx * (1.0F / 120 + xx * (-1.0F / 5040))));
    const float c =
        1.0F +
        xx * (-0.5F + xx * (1.0F / 24 + xx * (-1.0F / 720 + xx * (1.0F / 40320))));
    const unsigned quadrant = (unsigned)((int64_t)q & 3);
    const rv_cplx  out[4]   = {{c, s}, {-s, c}, {-c, -s}, {s, -c}};
    return out[quadrant];
}

float
rv_sim_sin(const float radians)
{
    return rv_sim_turn((double)radians / (2.0 * RV_SIM_PI)).im;
}

float
rv_sim_cos(const float radians)
{
    return rv_sim_turn((double)radians / (2.0 * RV_SIM_PI)).re;
}

/// Series on |x| <= tan(pi/16), reached by halving the angle twice
float
rv_sim_atan(const float x)
{
    double    t   = (double)(x < 0.0F ? -x : x);
    const int big = t > 1.0;
    if (big) {
        t = 1.0 / t;
    }
    t               = t / (1.0 + __builtin_sqrt(1.0 + t * t));
    t               = t / (1.0 + __builtin_sqrt(1.0 + t * t));
    const double tt = t * t;
    double       a =
        4.0 * t * (1.0 - tt * (1.0 / 3 - tt * (1.0 / 5 - tt * (1.0 / 7 - tt / 9))));
    a = big ? RV_SIM_PI / 2.0 - a : a;
    return (float)(x < 0.0F ? -a : a);
}

float
rv_sim_angle(const float y, const float x)
{
    if (x == 0.0F && y == 0.0F) {
        return 0.0F;
    }
    const float ay = y < 0.0F ? -y : y;
    const float ax = x < 0.0F ? -x : x;
    float       a =
        ax >= ay ? rv_sim_atan(ay / ax) : (float)(RV_SIM_PI / 2) - rv_sim_atan(ax / ay);
    a = x < 0.0F ? (float)RV_SIM_PI - a : a;
    return y < 0.0F ? -a : a;
}

float
rv_sim_from_db(const float db)
{
    const double x = (double)db * 0.33219280948873623; // log2(10) / 10
    const double n = rv_sim_floor(x + 0.5);
    const double r = (x - n) * 0.6931471805599453;
    double       e = 1.0;
    for (int i = 12; i > 0; --i) {
        e = 1.0 + e * r / i;
    }
    const int k = n > 120.0 ? 120 : n < -120.0 ? -120 : (int)n;
    for (int i = 0; i < k; ++i) {
        e *= 2.0;
    }
    for (int i = 0; i > k; --i) {
        e *= 0.5;
    }
    return (float)e;
}

/// Natural logarithm of a positive normal number
static double
log_of(const float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    const int32_t exponent = (int32_t)(bits >> 23) - 127;
    bits                   = (bits & 0x7FFFFFU) | 0x3F800000U;
    float m;
    memcpy(&m, &bits, sizeof m);
    const double z  = ((double)m - 1.5) / ((double)m + 1.5); // atanh series about 1.5
    const double zz = z * z;
    double       s  = 0.0;
    for (int i = 15; i > 0; i -= 2) {
        s = s * zz + 1.0 / i;
    }
    return 2.0 * z * s + 0.4054651081081644 + exponent * 0.6931471805599453;
}

float
rv_sim_to_db(const float ratio)
{
    return ratio > 1e-37F ? (float)(log_of(ratio) * 4.342944819032518) : -370.0F;
}

float
rv_sim_random_exponential(rv_sim_random *const r)
{
    const float u = 1.0F - rv_sim_random_unit(r);
    return (float)-log_of(u);
}

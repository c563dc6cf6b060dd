// SPDX-License-Identifier: MIT
#include <ruview/math/probability.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>

// a[0] + a[1] x + … + a[7] x^7
static double
polynomial(const double a[8], const double x)
{
    double sum = a[7];
    for (int i = 6; i >= 0; --i) {
        sum = sum * x + a[i];
    }
    return sum;
}

double
rv_normal_quantile_f64(const double p)
{
    // |p - 1/2| <= 0.425, as a ratio in 0.425^2 - (p - 1/2)^2
    static const double a[8] = {3.3871328727963666080,   1.3314166789178437745e2,
                                1.9715909503065514427e3, 1.3731693765509461125e4,
                                4.5921953931549871457e4, 6.7265770927008700853e4,
                                3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double b[8] = {1.0,
                                4.2313330701600911252e1,
                                6.8718700749205790830e2,
                                5.3941960214247511077e3,
                                2.1213794301586595867e4,
                                3.9307895800092710610e4,
                                2.8729085735721942674e4,
                                5.2264952788528545610e3};
    // r = sqrt(-ln of the tail) <= 5, in r - 1.6
    static const double c[8] = {1.42343711074968357734,    4.63033784615654529590,
                                5.76949722146069140550,    3.64784832476320460504,
                                1.27045825245236838258,    2.41780725177450611770e-1,
                                2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[8] = {1.0,
                                2.05319162663775882187,
                                1.67638483018380384940,
                                6.89767334985100004550e-1,
                                1.48103976427480074590e-1,
                                1.51986665636164571966e-2,
                                5.47593808499534494600e-4,
                                1.05075007164441684324e-9};
    // beyond, in r - 5
    static const double e[8] = {6.65790464350110377720,    5.46378491116411436990,
                                1.78482653991729133580,    2.96560571828504891230e-1,
                                2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[8] = {1.0,
                                5.99832206555887937690e-1,
                                1.36929880922735805310e-1,
                                1.48753612908506148525e-2,
                                7.86869131145613259100e-4,
                                1.84631831751005468180e-5,
                                1.42151175831644588870e-7,
                                2.04426310338993978564e-15};
    const double        q    = p - 0.5;
    if (rv_abs_f64(q) <= 0.425) {
        const double r = 0.180625 - q * q;
        return q * polynomial(a, r) / polynomial(b, r);
    }
    const double tail = q < 0.0 ? p : 1.0 - p;
    if (!(tail > 0.0)) {
        // ln of 0, or NaN of anything beyond the range
        return q < 0.0 ? rv_log_f64(tail) : -rv_log_f64(tail);
    }
    const double r = rv_sqrt_f64(-rv_log_f64(tail));
    const double z = r <= 5.0 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6)
                              : polynomial(e, r - 5.0) / polynomial(f, r - 5.0);
    return q < 0.0 ? -z : z;
}

double
rv_student_tail_f64(const double t, const uint32_t dof)
{
    const double nu   = (double)dof;
    const double norm = rv_sqrt_f64(nu + t * t);
    const double s    = t / norm; // sine and cosine of atan(t / sqrt(nu))
    const double c2   = nu / (nu + t * t);
    const int    odd  = (int)(dof & 1U);
    double       term = odd ? rv_sqrt_f64(c2) : 1.0;
    double       sum  = 0.0;
    for (uint32_t k = odd ? 3 : 2; k <= dof; k += 2) {
        sum += term;
        term *= c2 * (double)(k - 1) / (double)k;
    }
    if (!odd) {
        return 0.5 - 0.5 * s * sum;
    }
    const double angle = rv_atan2_f64(t, rv_sqrt_f64(nu));
    return 0.5 - (angle + s * sum) / RV_PI_F64;
}

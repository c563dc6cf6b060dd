// SPDX-License-Identifier: MIT
// Measures the elementary functions against MPFR: the largest error in units of the
// last place, where it stands, and how many results are not the correctly rounded one.
//
//     check_ulp [--stride N]     every N-th f32 bit pattern (99991), as many f64
//
// Exit code 1 when a bound of math/elementary.h is not kept. Table for
// docs/determinism.md: --stride 997.
#include <ruview/math/elementary.h>
#include <ruview/math/random.h>

#include <math.h>
#include <mpfr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { precision = 160 };

typedef int exact(mpfr_t out, const mpfr_t x, mpfr_rnd_t rounding);

typedef struct {
    const char *name;
    float (*f32)(float);
    double (*f64)(double);
    exact *reference;
    double bound; ///< [ulp]
} function;

static const function functions[] = {
    {"sin f32", rv_sin_f32, NULL, mpfr_sin, 0.51},
    {"cos f32", rv_cos_f32, NULL, mpfr_cos, 0.51},
    {"exp f32", rv_exp_f32, NULL, mpfr_exp, 0.51},
    {"pow2 f32", rv_pow2_f32, NULL, mpfr_exp2, 0.51},
    {"log f32", rv_log_f32, NULL, mpfr_log, 0.51},
    {"log10 f32", rv_log10_f32, NULL, mpfr_log10, 0.51},
    {"cbrt f32", rv_cbrt_f32, NULL, mpfr_cbrt, 0.51},
    {"sin f64", NULL, rv_sin_f64, mpfr_sin, 1.0},
    {"cos f64", NULL, rv_cos_f64, mpfr_cos, 1.0},
    {"exp f64", NULL, rv_exp_f64, mpfr_exp, 1.0},
    {"log f64", NULL, rv_log_f64, mpfr_log, 1.0},
};

typedef struct {
    double   worst; ///< [ulp]
    double   at;
    uint64_t count;
    uint64_t not_nearest;
} finding;

// Units of the last place between `got` and `want`; digits 24 or 53
static double
ulps(const double got, const mpfr_t want, const int digits)
{
    const double nearest = digits == 24 ? (double)mpfr_get_flt(want, MPFR_RNDN)
                                        : mpfr_get_d(want, MPFR_RNDN);
    if (got == nearest || (got != got && nearest != nearest)) {
        if (!isfinite(nearest) || nearest == 0.0) {
            return 0.0;
        }
    } else if (!isfinite(got) || !isfinite(nearest)) {
        return 1e9;
    }
    const mpfr_exp_t least    = digits == 24 ? -125 : -1021;
    mpfr_exp_t       exponent = mpfr_zero_p(want) ? least : mpfr_get_exp(want);
    mpfr_t           d;
    mpfr_init2(d, precision);
    mpfr_sub_d(d, want, got, MPFR_RNDN);
    mpfr_mul_2si(d, d, digits - (exponent < least ? least : exponent), MPFR_RNDN);
    const double result = fabs(mpfr_get_d(d, MPFR_RNDN));
    mpfr_clear(d);
    return result;
}

static void
note(finding *const f, const double error, const double at)
{
    ++f->count;
    f->not_nearest += error > 0.5;
    if (error > f->worst) {
        f->worst = error;
        f->at    = at;
    }
}

static int
report(const char *const name, const finding *const f, const double bound)
{
    printf("%-10s %12llu  %.5f ulp at %-24a not nearest: %llu (%.2g of all)\n", name,
           (unsigned long long)f->count, f->worst, f->at,
           (unsigned long long)f->not_nearest,
           (double)f->not_nearest / (double)f->count);
    return !(f->worst < bound);
}

static double
f64_argument(rv_random *const random)
{
    if (rv_random_below(random, 2)) {
        return rv_random_normal_f64(random) * 200.0;
    }
    const double x = rv_from_bits_f64(rv_random_u64(random));
    return isfinite(x) ? x : 1.0;
}

static int
check_one(const function *const f, const uint64_t stride)
{
    finding   found = {0.0, 0.0, 0, 0};
    rv_random random;
    mpfr_t    x;
    mpfr_t    want;
    mpfr_inits2(precision, x, want, (mpfr_ptr)0);
    rv_random_init(&random, 1, 0);
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += stride) {
        const float  narrow = rv_from_bits_f32((uint32_t)bits);
        const double wide   = f->f32 ? (double)narrow : f64_argument(&random);
        const double got    = f->f32 ? (double)f->f32(narrow) : f->f64(wide);
        if (isfinite(wide)) {
            mpfr_set_d(x, wide, MPFR_RNDN);
            f->reference(want, x, MPFR_RNDN);
            note(&found, ulps(got, want, f->f32 ? 24 : 53), wide);
        }
    }
    mpfr_clears(x, want, (mpfr_ptr)0);
    return report(f->name, &found, f->bound);
}

static int
check_atan2(const uint64_t stride)
{
    finding   narrow = {0.0, 0.0, 0, 0};
    finding   wide   = {0.0, 0.0, 0, 0};
    rv_random random;
    mpfr_t    x;
    mpfr_t    y;
    mpfr_t    want;
    mpfr_inits2(precision, x, y, want, (mpfr_ptr)0);
    rv_random_init(&random, 2, 0);
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += stride) {
        const float a = rv_random_below(&random, 2) ? rv_random_normal_f32(&random)
                                                    : rv_from_bits_f32((uint32_t)bits);
        const float b = rv_random_below(&random, 2)
                            ? rv_random_normal_f32(&random)
                            : rv_from_bits_f32(rv_random_u32(&random));
        if (isfinite(a) && isfinite(b)) {
            mpfr_set_flt(y, a, MPFR_RNDN);
            mpfr_set_flt(x, b, MPFR_RNDN);
            mpfr_atan2(want, y, x, MPFR_RNDN);
            note(&narrow, ulps((double)rv_atan2_f32(a, b), want, 24), (double)a);
        }
        const double c = f64_argument(&random);
        const double d = f64_argument(&random);
        mpfr_set_d(y, c, MPFR_RNDN);
        mpfr_set_d(x, d, MPFR_RNDN);
        mpfr_atan2(want, y, x, MPFR_RNDN);
        note(&wide, ulps(rv_atan2_f64(c, d), want, 53), c);
    }
    mpfr_clears(x, y, want, (mpfr_ptr)0);
    const int failed = report("atan2 f32", &narrow, 0.51);
    return report("atan2 f64", &wide, 2.0) || failed;
}

int
main(const int argc, char **const argv)
{
    uint64_t stride = 99991;
    int      failed = 0;
    if (argc == 3 && strcmp(argv[1], "--stride") == 0) {
        stride = strtoull(argv[2], NULL, 0);
    } else if (argc != 1) {
        fputs("usage: check_ulp [--stride N]\n", stderr);
        return 2;
    }
    if (stride == 0) {
        return 2;
    }
    mpfr_set_emin(-2000);
    mpfr_set_emax(4000);
    for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i) {
        failed |= check_one(&functions[i], stride);
    }
    failed |= check_atan2(stride);
    printf("MPFR %s\n", mpfr_get_version());
    return failed;
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/identity.h>

#include <math.h>
#include <string.h>

static rv_identity_store self;
static rv_gait_config    gait;

static const float nothing = -99.0F;

// A signature of a level and a stride; `nothing`: not known
static const float *
of(const float level, const float stride)
{
    static float v[4][RV_GAIT_DIM];
    static int   turn;
    float *const out                 = v[turn++ % 4];
    const float  x[RV_GAIT_FEATURES] = {nothing, level, nothing, stride};
    uint32_t     at                  = 0;
    double       sum                 = 0.0;
    memset(out, 0, sizeof v[0]);
    for (int f = 0; f < RV_GAIT_FEATURES; at += gait.feature[f++].n) {
        const rv_gait_feature *const k = &gait.feature[f];
        for (uint32_t i = 0; i < k->n && x[f] != nothing; ++i) {
            const float centre =
                k->low + (float)i * (k->high - k->low) / (float)(k->n - 1);
            const float off = (x[f] - centre) / k->sigma;
            out[at + i]     = expf(-0.5F * off * off);
            sum += (double)(out[at + i] * out[at + i]);
        }
    }
    for (int i = 0; i < RV_GAIT_DIM; ++i) {
        out[i] /= (float)sqrt(sum);
    }
    return out;
}

static void
begin(void)
{
    gait = rv_gait_config_default();
    rv_identity_begin(&self, &gait);
}

// ln of the mixture in identity.h, for a difference d
static double
odds_of(const int feature, const double d)
{
    const double s2         = pow((double)gait.feature[feature].sigma, 2);
    const double b2         = pow((double)gait.feature[feature].between, 2);
    const double same       = exp(-d * d / (4 * s2)) / sqrt(2 * s2);
    const double else_where = exp(-d * d / (4 * (s2 + b2))) / sqrt(2 * (s2 + b2));
    return log((1 - (double)self.stray) * same / else_where + (double)self.stray);
}

static void
likeness_is_the_ratio_of_the_text(void **state)
{
    begin();
    const float s = gait.feature[3].sigma;
    for (int k = 0; k < 8; ++k) {
        const float       d = 0.03F * (float)k;
        const rv_likeness a =
            rv_identity_likeness(&self, of(0.5F, 1.1F), of(0.5F, 1.1F + d));
        const double want = odds_of(1, 0.0) + odds_of(3, (double)d);
        assert_true(fabs((double)a.odds - want) < 0.05);
        // d^2 / 2 s^2 of two numbers, 99 %
        assert_true(a.fits == (d * d < 9.21F * 2.0F * s * s));
        // What one of them has not is not compared
        const rv_likeness b =
            rv_identity_likeness(&self, of(0.5F, nothing), of(0.5F, 1.1F + d));
        assert_true(fabs((double)b.odds - odds_of(1, 0.0)) < 0.02);
    }
}

static void
of_two_who_met_it_is_the_one_that_fits(void **state)
{
    const uint32_t pair[2] = {7, 9}, half[2] = {7, 11};
    begin();
    rv_identity_enrol(&self, 5, of(0.5F, 1.29F));
    rv_identity_enrol(&self, 7, of(0.5F, 1.0F));
    rv_identity_enrol(&self, 9, of(0.5F, 1.32F));
    // Number 5 is nearer, and is not asked about
    rv_identity who = rv_identity_who(&self, of(0.5F, 1.29F), pair, 2, false);
    assert_int_equal(who.reason, RV_REASON_NONE);
    assert_int_equal(who.id, 9);
    // Between the two; like neither; and of those not known
    who = rv_identity_who(&self, of(0.5F, 1.15F), pair, 2, false);
    assert_int_equal(who.reason, RV_REASON_LOW_QUALITY);
    rv_identity_enrol(&self, 9, of(0.5F, 1.05F));
    who = rv_identity_who(&self, of(0.5F, 1.03F), pair, 2, false);
    assert_int_equal(who.reason, RV_REASON_AMBIGUOUS);
    assert_int_equal(self.count, 3); // renewed, not a fourth
    assert_int_equal(rv_identity_who(&self, of(0.5F, 1.0F), half, 2, false).reason,
                     RV_REASON_NO_DATA);
}

// However alike: others who have not been seen are as like. All four numbers together
// hold less than the 4.6 nats that it takes
static void
somebody_new_is_never_ruled_out(void **state)
{
    begin();
    assert_true(rv_gait_information(&gait) < self.needed);
    assert_int_equal(rv_identity_who(&self, of(0.5F, 1.0F), NULL, 0, true).reason,
                     RV_REASON_NO_DATA);
    rv_identity_enrol(&self, 7, of(0.5F, 1.0F));
    rv_identity who = rv_identity_who(&self, of(0.5F, 1.0F), NULL, 0, true);
    assert_int_equal(who.reason, RV_REASON_LOW_QUALITY);
    assert_int_equal(who.id, 7);
    assert_true(who.cosine > 0.99F && who.margin > 0.99F);
    self.needed = 1.0F;
    who         = rv_identity_who(&self, of(0.5F, 1.0F), NULL, 0, true);
    assert_int_equal(who.reason, RV_REASON_NONE);
}

static void
the_oldest_is_forgotten(void **state)
{
    begin();
    for (uint32_t id = 1; id <= RV_IDENTITY_MAX + 2; ++id) {
        rv_identity_enrol(&self, id, of(0.5F, 1.0F));
    }
    const uint32_t gone[1] = {1}, kept[1] = {3};
    assert_int_equal(self.count, RV_IDENTITY_MAX);
    assert_int_equal(rv_identity_who(&self, of(0.5F, 1.0F), gone, 1, false).reason,
                     RV_REASON_NO_DATA);
    assert_int_equal(rv_identity_who(&self, of(0.5F, 1.0F), kept, 1, false).reason,
                     RV_REASON_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likeness_is_the_ratio_of_the_text),
        cmocka_unit_test(of_two_who_met_it_is_the_one_that_fits),
        cmocka_unit_test(somebody_new_is_never_ruled_out),
        cmocka_unit_test(the_oldest_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

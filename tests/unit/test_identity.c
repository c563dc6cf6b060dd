// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/identity.h>

#include <math.h>
#include <string.h>

static rv_identity_store self;

// A signature at so many degrees in a plane: its cosine to another is that of the angle
static const float *
at(const double degrees)
{
    static float v[RV_GAIT_DIM];
    memset(v, 0, sizeof v);
    v[0] = (float)cos(degrees * 0.017453292519943295);
    v[1] = (float)sin(degrees * 0.017453292519943295);
    return v;
}

static void
begin(void)
{
    const rv_gait_config gait = rv_gait_config_default();
    rv_identity_begin(&self, &gait);
    self.needed = 0.0F;
}

static void
somebody_is_known_unknown_or_ambiguous(void **state)
{
    begin();
    assert_int_equal(rv_identity_who(&self, at(0), NULL, 0, 0).reason,
                     RV_REASON_NO_DATA);
    rv_identity_enrol(&self, 7, at(0));
    rv_identity_enrol(&self, 9, at(90));
    rv_identity who = rv_identity_who(&self, at(10), NULL, 0, 0);
    assert_int_equal(who.reason, RV_REASON_NONE);
    assert_int_equal(who.id, 7);
    assert_true(fabs((double)who.cosine - 0.98481) < 1e-4);
    assert_true(fabs((double)who.margin - (0.98481 - 0.17365)) < 1e-4);
    who = rv_identity_who(&self, at(180), NULL, 0, 0);
    assert_int_equal(who.reason, RV_REASON_LOW_QUALITY);
    rv_identity_enrol(&self, 9, at(20)); // renewed, not a third
    assert_int_equal(self.count, 2);
    who = rv_identity_who(&self, at(8), NULL, 0, 0);
    assert_int_equal(who.reason, RV_REASON_AMBIGUOUS);
    assert_int_equal(rv_identity_who(&self, at(0), NULL, 0, 7).id, 9);
}

static void
of_two_it_is_one_when_both_are_known(void **state)
{
    const uint32_t pair[2] = {7, 9}, half[2] = {7, 11};
    begin();
    rv_identity_enrol(&self, 5, at(85));
    rv_identity_enrol(&self, 7, at(0));
    rv_identity_enrol(&self, 9, at(90));
    // Number 5 is nearer, and is not asked about
    const rv_identity who = rv_identity_who(&self, at(88), pair, 2, 0);
    assert_int_equal(who.reason, RV_REASON_NONE);
    assert_int_equal(who.id, 9);
    assert_int_equal(rv_identity_who(&self, at(88), half, 2, 0).reason,
                     RV_REASON_NO_DATA);
}

// Signatures that scatter within people as between them say nothing, however alike
static void
nobody_is_known_by_what_tells_nobody_apart(void **state)
{
    const rv_gait_config gait = rv_gait_config_default();
    rv_identity_begin(&self, &gait);
    assert_true(rv_gait_information(&gait) < self.needed);
    rv_identity_enrol(&self, 7, at(0));
    rv_identity_enrol(&self, 9, at(90));
    const rv_identity who = rv_identity_who(&self, at(0), NULL, 0, 0);
    assert_int_equal(who.reason, RV_REASON_LOW_QUALITY);
    assert_true(who.cosine > 0.99F && who.margin > 0.99F);
}

static void
the_oldest_is_forgotten(void **state)
{
    begin();
    for (uint32_t id = 1; id <= RV_IDENTITY_MAX + 2; ++id) {
        rv_identity_enrol(&self, id, at(90));
    }
    const uint32_t gone[1] = {1}, kept[1] = {3};
    assert_int_equal(self.count, RV_IDENTITY_MAX);
    assert_int_equal(rv_identity_who(&self, at(90), gone, 1, 0).reason,
                     RV_REASON_NO_DATA);
    assert_int_equal(rv_identity_who(&self, at(90), kept, 1, 0).reason, RV_REASON_NONE);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(somebody_is_known_unknown_or_ambiguous),
        cmocka_unit_test(of_two_it_is_one_when_both_are_known),
        cmocka_unit_test(nobody_is_known_by_what_tells_nobody_apart),
        cmocka_unit_test(the_oldest_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
// The words of docs/schema.md, one by one
#include "cmocka_rv.h"

#include <ruview/trust/names.h>

#define CHECK(name, ...)                                                               \
    do {                                                                               \
        const char *const words[] = {__VA_ARGS__};                                     \
        const unsigned    n       = sizeof words / sizeof *words;                      \
        for (unsigned i = 0; i < n; ++i) {                                             \
            assert_string_equal(name(i), words[i]);                                    \
        }                                                                              \
        assert_string_equal(name(n), "?");                                             \
        assert_string_equal(name((unsigned)-1), "?");                                  \
    } while (0)

static void
words(void **state)
{
    CHECK(rv_class_name, "raw", "derived", "anonymous", "restricted");
    CHECK(rv_mode_name, "raw_research", "private_home", "enterprise_anonymous",
          "care_with_consent", "strict_no_identity");
    CHECK(rv_gate_name, "accept", "predict_only", "reject", "recalibrate");
    CHECK(rv_track_state_name, "tentative", "active", "lost");
    CHECK(rv_anchor_name, "unknown", "wall", "furniture", "mobile");
    CHECK(rv_event_name, "change_point", "fall_candidate", "fall_confirmed", "apnoea",
          "node_absent", "node_back", "recalibrate", "mode_changed", "person_entered",
          "person_left");
    CHECK(rv_flag_name, "clock_spread", "node_absent", "loss", "uncalibrated",
          "calibration_old", "calibration_mix", "incoherent", "drift", "geometry",
          "partition", "contradiction", "phase", "no_data", "change_point",
          "one_sided");
    // COCO's seventeen
    CHECK(rv_keypoint_name, "nose", "left_eye", "right_eye", "left_ear", "right_ear",
          "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
          "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee",
          "left_ankle", "right_ankle");
}

static void
modes_by_name(void **state)
{
    rv_privacy_mode mode = RV_MODE_RAW_RESEARCH;
    assert_int_equal(rv_mode_parse("private_home", &mode), RV_OK);
    assert_int_equal(mode, RV_MODE_PRIVATE_HOME);
    assert_int_equal(rv_mode_parse("private_hom", &mode), RV_ERR_NOT_FOUND);
    assert_int_equal(rv_mode_parse("private_homes", &mode), RV_ERR_NOT_FOUND);
    assert_int_equal(rv_mode_parse("", &mode), RV_ERR_NOT_FOUND);
    assert_int_equal(mode, RV_MODE_PRIVATE_HOME);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words),
        cmocka_unit_test(modes_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

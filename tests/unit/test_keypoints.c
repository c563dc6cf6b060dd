// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/people/keypoints.h>

#include <math.h>
#include <string.h>

// A person of 1.8 m who walks east at 1 m/s, swings arms and legs, and rises by 16 mm
// at every step
static void
walker(const double t_s, double out[RV_KEYPOINTS_N][3])
{
    const double h = 1.8, x = t_s, swing = 0.5 * sin(6.0 * t_s);
    const double up = 0.016 * sin(12.0 * t_s);
    for (int side = 0; side < 2; ++side) {
        const double y = side ? -1.0 : 1.0, s = side ? -swing : swing;
        const double shoulder[3] = {x, 0.129 * h * y, 0.818 * h + up};
        const double hip[3]      = {x, 0.0955 * h * y, 0.53 * h + up};
        const double head[3]     = {x + 0.05, 0.03 * y, 0.936 * h + up};
        memcpy(out[1 + side], head, sizeof head);
        memcpy(out[3 + side], head, sizeof head);
        memcpy(out[5 + side], shoulder, sizeof shoulder);
        memcpy(out[11 + side], hip, sizeof hip);
        for (int limb = 0; limb < 2; ++limb) {
            const double *const root  = limb ? hip : shoulder;
            const double        upper = (limb ? 0.245 : 0.186) * h;
            const double        lower = (limb ? 0.246 : 0.146) * h;
            const double        a     = limb ? s : -s;
            double *const       mid   = out[(limb ? 13 : 7) + side];
            double *const       end   = out[(limb ? 15 : 9) + side];
            mid[0]                    = root[0] + upper * sin(a);
            mid[1]                    = root[1];
            mid[2]                    = root[2] - upper * cos(a);
            end[0]                    = mid[0] + lower * sin(a + 0.2);
            end[1]                    = mid[1];
            end[2]                    = mid[2] - lower * cos(a + 0.2);
        }
    }
    out[0][0] = x + 0.1;
    out[0][1] = 0.0;
    out[0][2] = 0.92 * h + up;
}

typedef struct {
    double rms, nees, jitter, bone, raw_bone;
} score;

static score
follow(const rv_keypoints_config *const cfg, const double sigma)
{
    rv_keypoints self;
    rv_random    random;
    score        s = {0};
    unsigned     n = 0, frames = 0;
    rv_random_init(&random, 3, 3);
    assert_int_equal(rv_keypoints_init(&self, cfg), RV_OK);
    for (int i = 0; i < 400; ++i) {
        double             truth[RV_KEYPOINTS_N][3];
        rv_keypoint_seen   seen[RV_KEYPOINTS_N];
        rv_keypoints_frame out;
        walker(i * 0.05, truth);
        for (int j = 0; j < RV_KEYPOINTS_N; ++j) {
            seen[j] = (rv_keypoint_seen){.sigma_m = (float)sigma, .valid = true};
            for (int k = 0; k < 3; ++k) {
                seen[j].position_m[k] =
                    (float)(truth[j][k] + sigma * rv_random_normal_f64(&random));
            }
        }
        assert_int_equal(rv_keypoints_push(&self, (uint64_t)i * 50000, seen, &out),
                         RV_OK);
        assert_int_equal(out.reason, RV_REASON_NONE);
        if (i < 40) {
            continue;
        }
        ++frames;
        s.bone += out.bone_m;
        s.jitter = out.jitter_m;
        for (int j = 0; j < RV_KEYPOINTS_N; ++j) {
            assert_true(out.known[j]);
            for (int k = 0; k < 3; ++k) {
                const double e = out.position_m[j][k] - truth[j][k];
                s.rms += e * e;
                s.nees += e * e / (out.sigma_m[j] * out.sigma_m[j]);
                ++n;
            }
        }
    }
    s.rms = sqrt(s.rms / n);
    s.nees /= n;
    s.bone /= frames;
    return s;
}

static void
a_walker_is_smoother_than_the_measurements(void **state)
{
    const rv_keypoints_config cfg   = rv_keypoints_config_default();
    rv_keypoints_config       loose = cfg;
    loose.bone_sigma_m              = 10.0F; // no bones
    const score with = follow(&cfg, 0.08), without = follow(&loose, 0.08);
    print_message(
        "RMS %.1f mm with bones, %.1f mm without, 80 mm measured; bones off by "
        "%.1f mm, %.1f mm without; jitter %.1f mm; error^2 / variance %.2f\n",
        1e3 * with.rms, 1e3 * without.rms, 1e3 * with.bone, 1e3 * without.bone,
        1e3 * with.jitter, with.nees);
    assert_true(with.rms < without.rms && with.rms < 0.055);
    assert_true(with.bone < 0.5 * without.bone);
    assert_true(with.nees < 2.0);
    // Measured second differences scatter by sqrt(6 x 3) sigma = 339 mm, the truth's by
    // 4 mm
    assert_true(with.jitter < 0.05);
}

// Steady gain by the tracking index, as in test_tracker.c: 0.26353 for an acceleration
// of 1.5 m/s^2, deviations of 0.08 m and steps of 50 ms
static void
one_joint_has_the_steady_gain_of_the_theory(void **state)
{
    rv_keypoints_config cfg = rv_keypoints_config_default();
    cfg.torso_mps2          = 1.5F;
    rv_keypoints self;
    assert_int_equal(rv_keypoints_init(&self, &cfg), RV_OK);
    for (int i = 0; i < 400; ++i) {
        rv_keypoint_seen   seen[RV_KEYPOINTS_N] = {{.valid = false}};
        rv_keypoints_frame out;
        seen[0] = (rv_keypoint_seen){
            .position_m = {0.05F * (float)i, 1, 1}, .sigma_m = 0.08F, .valid = true};
        assert_int_equal(rv_keypoints_push(&self, (uint64_t)i * 50000, seen, &out),
                         RV_OK);
        if (i == 40) { // two seconds at 1 m/s from rest: lag below 5 cm
            assert_true(fabs(out.position_m[0][0] - 2.0) < 0.05);
        }
    }
    assert_true(fabs(self.axis[0][0].pp / (0.08 * 0.08) - 0.26353) < 1e-4);
    assert_true(fabs(self.axis[0][0].v - 1.0) < 1e-3);
}

static void
a_wild_joint_is_refused_until_it_insists(void **state)
{
    const rv_keypoints_config cfg = rv_keypoints_config_default();
    rv_keypoints              self;
    assert_int_equal(rv_keypoints_init(&self, &cfg), RV_OK);
    rv_keypoints_frame out;
    rv_keypoint_seen   seen[RV_KEYPOINTS_N] = {{.valid = false}};
    seen[9] =
        (rv_keypoint_seen){.position_m = {1, 1, 1}, .sigma_m = 0.05F, .valid = true};
    uint64_t t_us = 0;
    for (int i = 0; i < 30; ++i, t_us += 50000) {
        assert_int_equal(rv_keypoints_push(&self, t_us, seen, &out), RV_OK);
    }
    seen[9].position_m[0] = 3.0F;
    for (int i = 0; i < 5; ++i, t_us += 50000) {
        assert_int_equal(rv_keypoints_push(&self, t_us, seen, &out), RV_OK);
        assert_int_equal(out.n_gated, 1);
        assert_true((out.position_m[9][0] > 2.9F) == (i == 4));
    }
    // Nothing is kept for ever: unseen joints become uncertain, then unknown
    seen[9].valid = false;
    for (int i = 0; i < 40; ++i, t_us += 50000) {
        assert_int_equal(rv_keypoints_push(&self, t_us, seen, &out), RV_OK);
    }
    assert_int_equal(out.reason, RV_REASON_NO_DATA);
    assert_false(out.known[9]);
}

static void
bad_input_is_left_out(void **state)
{
    rv_keypoints_config cfg = rv_keypoints_config_default();
    cfg.height_m            = NAN;
    rv_keypoints self;
    assert_int_equal(rv_keypoints_init(&self, &cfg), RV_ERR_CONFIG);
    cfg = rv_keypoints_config_default();
    assert_int_equal(rv_keypoints_init(&self, &cfg), RV_OK);
    rv_keypoint_seen seen[RV_KEYPOINTS_N];
    for (int j = 0; j < RV_KEYPOINTS_N; ++j) {
        seen[j] = (rv_keypoint_seen){
            .position_m = {NAN, 0, 0}, .sigma_m = j % 2 ? 0.1F : -1.0F, .valid = true};
    }
    rv_keypoints_frame out;
    assert_int_equal(rv_keypoints_push(&self, 10, seen, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NO_DATA);
    const rv_keypoints before = self;
    assert_int_equal(rv_keypoints_push(&self, 9, seen, &out), RV_ERR_RANGE);
    assert_memory_equal(&before, &self, sizeof self);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walker_is_smoother_than_the_measurements),
        cmocka_unit_test(one_joint_has_the_steady_gain_of_the_theory),
        cmocka_unit_test(a_wild_joint_is_refused_until_it_insists),
        cmocka_unit_test(bad_input_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "pose_weights.h"

#include <ruview/people/pose.h>

#include <math.h>
#include <stdlib.h>

enum { n_links = 12, period_us = 50000 };

static const uint64_t start_us = 1000000000;

typedef struct {
    pose_weights weights;
    rv_pose      pose;
    rv_pose_link link[n_links];
    rv_pose_seen seen[n_links];
    rv_random    random;
    uint64_t     t_us;
} bench;

static bench *
begin(const rv_pose_config *const cfg)
{
    bench *const b = calloc(1, sizeof *b);
    assert_non_null(b);
    assert_int_equal(pose_weights_init(&b->weights, 3), RV_OK);
    assert_int_equal(rv_pose_init(&b->pose, cfg, &b->weights.model), RV_OK);
    rv_random_init(&b->random, 7, 7);
    b->t_us = start_us;
    for (int i = 0; i < n_links; ++i) {
        b->seen[i] = (rv_pose_seen){
            .frames       = &b->link[i],
            .ends         = {{0.5F * (float)i, 0.0F, 1.0F}, {2.0F, 5.0F, 1.0F}, true},
            .level        = {.variance_db2 = 0.5F},
            .wavelength_m = 0.123F};
    }
    return b;
}

static rv_pose_result
step(bench *const b, const uint32_t id)
{
    const rv_pose_track_state track = {.position_m   = {2.0F, 2.5F},
                                       .velocity_mps = {0.5F, 0.1F},
                                       .sigma_m      = 0.2F,
                                       .sigma_mps    = 0.1F};
    rv_pose_result            out;
    b->t_us += period_us;
    for (int i = 0; i < n_links; ++i) {
        pose_weights_link(&b->link[i], &b->random, b->t_us, 12);
    }
    assert_int_equal(
        rv_pose_push(&b->pose, 2, id, b->t_us, &track, b->seen, n_links, &out), RV_OK);
    return out;
}

static void
a_second_passes_before_there_is_a_skeleton(void **state)
{
    rv_pose_config cfg = rv_pose_config_default();
    cfg.least_gain     = -10.0F;
    bench *const b     = begin(&cfg);
    for (int i = 1; i < RV_POSE_RING; ++i) {
        assert_int_equal(step(b, 1).reason, RV_REASON_WARMING_UP);
    }
    const rv_pose_result out = step(b, 1);
    assert_int_equal(out.reason, RV_REASON_NONE);
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        const double plan = (double)out.network.sigma_m[j][0];
        const double up   = (double)out.network.sigma_m[j][1];
        const double own  = sqrt((2.0 * plan * plan + up * up) / 3.0);
        assert_true(fabs((double)out.sigma_m[j] / own - 1.0) < 1e-5);
    }
    // somebody else in the same place of the tracker begins anew
    assert_int_equal(step(b, 2).reason, RV_REASON_WARMING_UP);
    free(b);
}

static void
no_more_than_the_usual_pose_is_no_skeleton(void **state)
{
    // The random network states sigmas of about exp(-1.5) = 0.22 m where the usual pose
    // has 1 m: a gain of about 1.5 nats
    rv_pose_config cfg  = rv_pose_config_default();
    cfg.least_gain      = 3.0F;
    bench *const   b    = begin(&cfg);
    rv_pose_result last = {0};
    for (int i = 0; i < RV_POSE_RING; ++i) {
        last = step(b, 1);
    }
    assert_int_equal(last.reason, RV_REASON_LOW_QUALITY);
    double want = 0.0;
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        const double wide = sqrt(1.0 + 0.04);
        want += 2.0 * log(wide / (double)last.network.sigma_m[j][0]) -
                log((double)last.network.sigma_m[j][1]);
    }
    assert_true(fabs((double)last.gain - want / 51.0) < 1e-4);
    free(b);
}

static void
what_is_missing_is_said(void **state)
{
    rv_pose_config            cfg   = rv_pose_config_default();
    bench *const              b     = begin(&cfg);
    const rv_pose_track_state track = {.sigma_m = 0.2F};
    rv_pose_result            out;
    assert_int_equal(rv_pose_push(&b->pose, 0, 1, start_us, &track, b->seen, 0, &out),
                     RV_OK);
    assert_int_equal(out.reason, RV_REASON_NO_DATA);
    assert_int_equal(
        rv_pose_push(&b->pose, 0, 1, start_us, &track, b->seen, n_links, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NO_DATA); // no frames yet
    for (int i = 0; i < n_links; ++i) {
        b->seen[i].ends.located = false;
    }
    assert_int_equal(
        rv_pose_push(&b->pose, 0, 1, start_us, &track, b->seen, n_links, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NO_GEOMETRY);
    for (int i = 0; i < n_links; ++i) {
        b->seen[i].ends.located = true;
        b->seen[i].wavelength_m = 0.058F; // 5.2 GHz
    }
    assert_int_equal(
        rv_pose_push(&b->pose, 0, 1, start_us, &track, b->seen, n_links, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_UNSUPPORTED);
    assert_int_equal(rv_pose_push(&b->pose, RV_TRACKER_MAX_TRACKS, 1, start_us, &track,
                                  b->seen, n_links, &out),
                     RV_ERR_RANGE);
    free(b);
    cfg.period_us             = 100000; // the network does not know this rhythm
    bench *const         c    = begin(&cfg);
    const rv_pose_result slow = step(c, 1);
    assert_int_equal(slow.reason, RV_REASON_UNSUPPORTED);
    free(c);
}

static void
the_order_of_links_does_not_matter_much(void **state)
{
    // Sums are in link order, so the bits may differ; the answer does not
    rv_pose_config cfg = rv_pose_config_default();
    cfg.least_gain     = -10.0F;
    rv_pose_result last[2];
    bench *const   a = begin(&cfg);
    for (int i = 0; i < RV_POSE_RING; ++i) {
        last[0] = step(a, 1);
    }
    free(a);
    bench *const b = begin(&cfg);
    for (int i = 0; i < RV_POSE_RING; ++i) {
        b->t_us += period_us;
        for (int l = 0; l < n_links; ++l) {
            pose_weights_link(&b->link[l], &b->random, b->t_us, 12);
        }
        rv_pose_seen turned[n_links];
        for (int l = 0; l < n_links; ++l) {
            turned[l] = b->seen[n_links - 1 - l];
        }
        const rv_pose_track_state track = {.position_m   = {2.0F, 2.5F},
                                           .velocity_mps = {0.5F, 0.1F},
                                           .sigma_m      = 0.2F,
                                           .sigma_mps    = 0.1F};
        assert_int_equal(
            rv_pose_push(&b->pose, 2, 1, b->t_us, &track, turned, n_links, &last[1]),
            RV_OK);
    }
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        for (int k = 0; k < 3; ++k) {
            assert_true(fabsf(last[0].position_m[j][k] - last[1].position_m[j][k]) <
                        1e-4F);
        }
    }
    free(b);
}

static void
bad_weights_are_refused(void **state)
{
    pose_weights *const w = malloc(sizeof *w);
    assert_int_equal(pose_weights_init(w, 1), RV_OK);
    const uint8_t        digest[RV_POSE_DIGEST] = {0};
    const rv_pose_tensor one = {"link.0.weight", RV_POSE_WIDE, RV_POSE_LINK_FEATURES,
                                w->values};
    rv_pose_model        m;
    memset(&m, 0, sizeof m);
    assert_int_equal(rv_pose_model_init(&m, &one, 1, digest), RV_ERR_NOT_FOUND);
    const rv_pose_tensor flat = {"link.0.weight", 1, 5, w->values};
    assert_int_equal(rv_pose_model_init(&m, &flat, 1, digest), RV_ERR_SHAPE);
    w->values[7] = NAN;
    assert_int_equal(rv_pose_model_init(&m, &one, 1, digest), RV_ERR_NONFINITE);
    assert_null(m.link[0].weight);
    free(w);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_passes_before_there_is_a_skeleton),
        cmocka_unit_test(no_more_than_the_usual_pose_is_no_skeleton),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(the_order_of_links_does_not_matter_much),
        cmocka_unit_test(bad_weights_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

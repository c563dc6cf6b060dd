// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/pose_features.h>

#include <complex.h>
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

enum { tones = 56, demodulated = RV_POSE_BINS };

static int16_t tone[tones];

// A standing path and one whose length changes at `mps`, 20 frames a second
static void
fill(rv_pose_link *const link, const double mps, const double wave_m, const double gain)
{
    float re[tones], im[tones];
    memset(link, 0, sizeof *link);
    for (int k = 0; k < tones; ++k) {
        tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
    }
    for (int i = 0; i <= 40; ++i) {
        const double t = 0.05 * i;
        for (int k = 0; k < tones; ++k) {
            const double complex h =
                1.0 + gain * cexp(-2.0 * PI * I * mps * t / wave_m);
            re[k] = (float)creal(h);
            im[k] = (float)cimag(h);
        }
        const rv_csi csi = {.t_us       = 1000000 + (uint64_t)i * 50000,
                            .n_tones    = tones,
                            .n_streams  = 1,
                            .spacing_hz = 312500,
                            .tone       = tone,
                            .re         = re,
                            .im         = im};
        rv_pose_link_push(link, &csi);
    }
}

static const uint64_t       end_us = 3000000;
static const rv_room_link   ends   = {{0, 0, 1}, {6, 0, 1}, true};
static const rv_room_sample level  = {.variance_db2 = 1.0F, .sigma_db = 1.0F};

static void
standing(rv_pose_track_state *const track, rv_pose_heading *const heading)
{
    *track = (rv_pose_track_state){.position_m = {3, 3}, .sigma_m = 0.2F};
    memset(heading, 0, sizeof *heading);
    rv_pose_heading_push(heading, end_us, track);
}

static int
strongest(const float *const bins)
{
    int best = 0;
    for (int i = 1; i < RV_POSE_BINS; ++i) {
        best = bins[i] > bins[best] ? i : best;
    }
    return best;
}

static void
a_path_that_grows_lies_at_its_doppler(void **state)
{
    // exp(-2 pi i v t / lambda): -v / lambda Hz, bins of 2.5 Hz from -10 Hz
    for (int bin = 1; bin < RV_POSE_BINS; ++bin) {
        rv_pose_link        link;
        rv_pose_track_state track;
        rv_pose_heading     heading;
        float               f[RV_POSE_LINK_FEATURES];
        const double        hz = 2.5 * (bin - 4);
        if (bin == 4) {
            continue; // taken out with what stands
        }
        fill(&link, -hz * 0.123, 0.123, 0.2);
        standing(&track, &heading);
        assert_true(rv_pose_link_features(&link, &ends, &level, &track, &heading,
                                          0.123F, end_us, f));
        assert_int_equal(strongest(f), bin);
        assert_int_equal(strongest(f + demodulated), bin); // the track stands
        // the mean turn per frame, over all power
        const double turn = atan2((double)f[17], (double)f[16]) / (2.0 * PI * 0.05);
        assert_true(fabs(turn - hz) < 1.0);
    }
}

static void
the_track_takes_its_own_motion_out(void **state)
{
    rv_pose_link        link;
    rv_pose_track_state track;
    rv_pose_heading     heading;
    float               f[RV_POSE_LINK_FEATURES];
    // Northwards from the middle: both ways grow by v sin(angle)
    const double rate = 2.0 * 0.4 * 3.0 / sqrt(18.0);
    fill(&link, rate, 0.123, 0.2);
    standing(&track, &heading);
    track.velocity_mps[1] = 0.4F;
    rv_pose_heading_push(&heading, end_us, &track);
    assert_true(fabsf(heading.forward[1] - 1.0F) < 1e-6F);
    assert_true(rv_pose_link_features(&link, &ends, &level, &track, &heading, 0.123F,
                                      end_us, f));
    assert_int_not_equal(strongest(f), 4);
    assert_int_equal(strongest(f + demodulated), 4);
    assert_true(fabsf(f[36] - (float)(rate / 0.123 * 0.1)) < 1e-4F);
}

static void
what_is_seen_turns_with_the_track(void **state)
{
    // The same scene turned by a right angle gives the same features
    rv_pose_link link;
    float        f[2][RV_POSE_LINK_FEATURES];
    fill(&link, 0.3, 0.123, 0.2);
    for (int i = 0; i < 2; ++i) {
        rv_room_link        at = {.located = true};
        rv_pose_track_state track;
        rv_pose_heading     heading;
        standing(&track, &heading);
        const float a[3][2] = {{0.5F, 0.2F}, {4.0F, 2.0F}, {0.8F, 0.3F}};
        float       b[3][2];
        for (int k = 0; k < 3; ++k) {
            b[k][0] = i == 0 ? a[k][0] : -a[k][1];
            b[k][1] = i == 0 ? a[k][1] : a[k][0];
        }
        for (int k = 0; k < 2; ++k) {
            at.tx_m[k]            = b[0][k];
            at.rx_m[k]            = b[1][k];
            track.velocity_mps[k] = b[2][k];
            track.position_m[k]   = b[0][k] + b[1][k];
        }
        memset(&heading, 0, sizeof heading);
        rv_pose_heading_push(&heading, end_us, &track);
        assert_true(rv_pose_link_features(&link, &at, &level, &track, &heading, 0.123F,
                                          end_us, f[i]));
    }
    for (int k = 0; k < RV_POSE_LINK_FEATURES; ++k) {
        assert_true(fabsf(f[0][k] - f[1][k]) < 1e-4F);
    }
}

static void
old_or_few_frames_say_nothing(void **state)
{
    rv_pose_link        link;
    rv_pose_track_state track;
    rv_pose_heading     heading;
    float               f[RV_POSE_LINK_FEATURES];
    fill(&link, 0.3, 0.123, 0.2);
    standing(&track, &heading);
    assert_false(rv_pose_link_features(&link, &ends, &level, &track, &heading, 0.123F,
                                       end_us + 500000, f));
    for (int k = 0; k < RV_POSE_LINK_FEATURES; ++k) {
        assert_true(f[k] == 0.0F);
    }
    memset(&link, 0, sizeof link);
    assert_false(rv_pose_link_features(&link, &ends, &level, &track, &heading, 0.123F,
                                       end_us, f));
}

static void
fast_links_are_thinned_out(void **state)
{
    rv_pose_link link;
    fill(&link, 0.3, 0.123, 0.2);
    const uint32_t at     = link.next;
    float          one[1] = {1.0F}, zero[1] = {0.0F};
    const int16_t  dc  = 1;
    rv_csi         csi = {.n_tones    = 1,
                          .n_streams  = 1,
                          .spacing_hz = 312500,
                          .tone       = &dc,
                          .re         = one,
                          .im         = zero};
    for (int i = 1; i <= 10; ++i) { // 100 a second
        csi.t_us = end_us + (uint64_t)i * 10000;
        rv_pose_link_push(&link, &csi);
    }
    assert_int_equal((link.next + RV_POSE_SAMPLES - at) % RV_POSE_SAMPLES, 2);
}

static void
the_heading_stays_when_the_track_stops(void **state)
{
    rv_pose_heading     h     = {0};
    rv_pose_track_state track = {.velocity_mps = {-0.7F, 0.0F}};
    float               f[RV_POSE_TRACK_FEATURES];
    for (int i = 0; i < 40; ++i) {
        rv_pose_heading_push(&h, end_us + (uint64_t)i * 50000, &track);
    }
    assert_true(h.has_heading && h.forward[0] < -0.999F);
    track.velocity_mps[0] = 0.0F;
    for (int i = 40; i < 80; ++i) {
        rv_pose_heading_push(&h, end_us + (uint64_t)i * 50000, &track);
    }
    assert_true(h.has_heading && h.forward[0] < -0.999F);
    rv_pose_track_features(&track, &h, 12, f);
    assert_true(fabsf(f[6] - 0.5F * logf(1.0F + 2.0F)) <
                1e-5F); // still for two seconds
    // right about is no division by zero
    track.velocity_mps[0] = 0.7F;
    for (int i = 80; i < 120; ++i) {
        rv_pose_heading_push(&h, end_us + (uint64_t)i * 50000, &track);
    }
    assert_true(isfinite(h.forward[0]) && fabsf(h.forward[0]) > 0.99F);
}

// Where the ends lie, seen from somebody who walks: turning the plan by their heading
// is one complex division
static void
geometry_is_seen_from_the_walker(void **state)
{
    const rv_room_link  skew = {{0.3F, 0.7F, 1.6F}, {5.2F, 4.1F, 0.4F}, true};
    rv_pose_track_state track;
    rv_pose_heading     heading;
    rv_pose_link        link;
    float               f[RV_POSE_LINK_FEATURES];
    fill(&link, 0.3, 0.123, 0.2);
    standing(&track, &heading);
    track.position_m[0]   = 2.5F;
    track.position_m[1]   = 1.2F;
    track.velocity_mps[0] = 0.8F;
    track.velocity_mps[1] = -0.5F;
    rv_pose_heading_push(&heading, end_us, &track);
    assert_true(rv_pose_link_features(&link, &skew, &level, &track, &heading, 0.123F,
                                      end_us, f));
    const double complex place = 2.5 + 1.2 * I, way = 0.8 - 0.5 * I;
    const double complex tx    = (0.3 + 0.7 * I - place) / (way / cabs(way));
    const double complex rx    = (5.2 + 4.1 * I - place) / (way / cabs(way));
    const double         up_tx = 1.6 - 1, up_rx = 0.4 - 1; // over the trunk, at 1 m
    const double far_tx = hypot(cabs(tx), up_tx), far_rx = hypot(cabs(rx), up_rx);
    const double los  = sqrt(4.9 * 4.9 + 3.4 * 3.4 + 1.2 * 1.2);
    const double rate = -cabs(way) * (creal(tx) / far_tx + creal(rx) / far_rx);
    // The line between the ends: the height of the triangle over it
    const double beside = fabs(cimag(conj(rx - tx) * -tx)) / cabs(rx - tx);
    const double want[] = {creal(tx) / 4, cimag(tx) / 4, up_tx,
                           creal(rx) / 4, cimag(rx) / 4, up_rx,
                           log(far_tx),   log(far_rx),   los / 5,
                           beside / 2,    rate / 1.23,   (far_tx + far_rx - los) / 5};
    for (unsigned k = 0; k < sizeof want / sizeof *want; ++k) {
        assert_float_equal(f[26 + k], want[k], 1e-5);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_that_grows_lies_at_its_doppler),
        cmocka_unit_test(the_track_takes_its_own_motion_out),
        cmocka_unit_test(what_is_seen_turns_with_the_track),
        cmocka_unit_test(old_or_few_frames_say_nothing),
        cmocka_unit_test(fast_links_are_thinned_out),
        cmocka_unit_test(the_heading_stays_when_the_track_stops),
        cmocka_unit_test(geometry_is_seen_from_the_walker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

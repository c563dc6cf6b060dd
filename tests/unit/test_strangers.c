// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/vital/strangers.h>

#include <math.h>
#include <string.h>

enum { K = 52 };

/// A stream of one channel; what is taken of it is counted
typedef struct {
    rv_strangers strangers;
    rv_random    random;
    float        last[K];
    uint64_t     t_us;
    int          taken, odd; ///< Frames taken, and of them those that are not `shape` 0
} bench;

static void
start(bench *const b, const uint64_t seed)
{
    memset(b, 0, sizeof *b);
    rv_random_init(&b->random, seed, 0);
    b->t_us = 1;
}

static void
take(bench *const b, const float *const x)
{
    memcpy(b->last, x, sizeof b->last);
    rv_strangers_took(&b->strangers, x, K);
    ++b->taken;
    b->odd += x[0] > 1.2F;
}

/// A frame of a channel: `shape` 0 ours, 1 another one
static rv_stranger
feed(bench *const b, const double shape, const double noise)
{
    float x[K];
    for (int k = 0; k < K; ++k) {
        x[k] = (float)(1.0 + shape * 0.4 * cos(0.2 * k) +
                       noise * rv_random_normal_f64(&b->random));
    }
    b->t_us += 10000;
    if (b->taken == 0) {
        take(b, x);
        return RV_STRANGER_NONE;
    }
    rv_strangers *const s    = &b->strangers;
    const rv_stranger   what = rv_strangers_judge(s, x, b->last, K, b->t_us);
    for (uint32_t i = 0; what == RV_STRANGER_OURS && i < s->n_held; ++i) {
        take(b, s->held[i]);
    }
    if (what != RV_STRANGER_HELD) {
        rv_strangers_clear(s);
        take(b, x);
    }
    return what;
}

static void
noise_alone_is_ours(void **state)
{
    static bench b;
    start(&b, 1);
    for (int i = 0; i < 5000; ++i) {
        feed(&b, 0.0, 0.03);
    }
    assert_int_equal(b.strangers.n_dropped, 0);
    assert_int_equal(b.taken, 5000);
}

static void
another_sender_is_left_out(void **state)
{
    static bench b;
    start(&b, 2);
    for (int i = 0; i < 200; ++i) {
        feed(&b, 0.0, 0.03);
    }
    int others = 0;
    for (int i = 0; i < 2000;) { // runs of one frame to ten
        const int run = 1 + (int)rv_random_below(&b.random, 10);
        for (int k = 0; k < run && i % 2 == 0; ++k, ++others) {
            feed(&b, 1.0, 0.03);
        }
        feed(&b, 0.0, 0.03);
        feed(&b, 0.0, 0.03);
        i += 1 + (int)rv_random_below(&b.random, 2);
    }
    assert_true(others > 1000);
    assert_int_equal(b.strangers.n_dropped, others);
    assert_int_equal(b.odd, 0);
}

static void
a_channel_that_changed_is_ours_again(void **state)
{
    static bench b;
    start(&b, 3);
    for (int i = 0; i < 200; ++i) {
        feed(&b, 0.0, 0.03);
    }
    int frames = 0;
    while (b.odd == 0 && frames < 100) { // not later than 0.12 s
        feed(&b, 1.0, 0.03);
        ++frames;
    }
    assert_true(frames <= 12);
    assert_in_range(b.odd, frames - 2, frames); // held are ten at most
    assert_int_equal(b.strangers.n_dropped, 0);
    assert_int_equal(b.taken, 200 + b.odd);
}

static void
what_moves_smoothly_is_ours(void **state)
{
    static bench b;
    start(&b, 4);
    for (int i = 0; i < 3000;
         ++i) { // 3 Hz at 100 frames a second, 17 dB over the noise
        feed(&b, i < 500 ? 0.0 : sin(2.0 * 3.14159265 * 0.03 * i), 0.03);
    }
    assert_true(b.strangers.n_dropped < 30);
}

/// A path that turns evenly comes back to where it was within the noise, by and by
static void
what_turns_is_ours(void **state)
{
    static bench b;
    start(&b, 5);
    for (int i = 0; i < 3000; ++i) { // 12 Hz at 100 frames a second
        feed(&b, i < 500 ? 0.0 : sin(2.0 * 3.14159265 * 0.12 * i), 0.02);
    }
    print_message("dropped %llu of 2500\n", (unsigned long long)b.strangers.n_dropped);
    assert_true(b.strangers.n_dropped < 833); // two thirds are kept
}

/// A stranger that was told before is waited out for a second; then it is the link
static void
a_known_stranger_takes_over_after_a_second(void **state)
{
    static bench b;
    start(&b, 6);
    for (int i = 0; i < 200; ++i) {
        feed(&b, i == 150 ? 1.0 : 0.0, 0.03);
    }
    assert_int_equal(b.strangers.n_dropped, 1);
    int frames = 0;
    while (feed(&b, 1.0, 0.03) == RV_STRANGER_HELD && frames < 1000) {
        ++frames;
    }
    assert_in_range(frames, 95, 110);
    assert_int_equal(b.odd, 1); // begun anew with the last
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_alone_is_ours),
        cmocka_unit_test(another_sender_is_left_out),
        cmocka_unit_test(a_channel_that_changed_is_ours_again),
        cmocka_unit_test(what_moves_smoothly_is_ours),
        cmocka_unit_test(what_turns_is_ours),
        cmocka_unit_test(a_known_stranger_takes_over_after_a_second),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

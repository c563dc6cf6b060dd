// SPDX-License-Identifier: MIT
// What several links see together: in step, out of step, with overtones, not at all.
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/vital/breathing.h>

#include <math.h>
#include <stdlib.h>

enum { links = 12, tones = 56, cycles_s = 20 };

typedef struct {
    double hz[links], phase[links]; ///< Of what each link sees
    double overtone;                ///< Amplitude at twice that, over its own
    double held_s, until_s;         ///< Nothing moves in between
    bool   paired;                  ///< Links 2i and 2i + 1 are there and back
    int    blind_from;              ///< Links from here on see nothing; 0 all see
    double fast_hz, fast_twice;     ///< Of a line as strong as that, and of its second
                                    ///< multiple the amplitude over its own; 0 none
} scene;

typedef struct {
    int    cycles, answers, turning, ambiguous, pauses;
    double bpm, answered_s, pause_s; ///< The last answer, when; when a pause was told
} story;

static rv_fft       fft;
static rv_breathing breathing[links];
static rv_sampler   sampler[links];
static rv_spectrum  seen[links];

static void
hear(const scene *const s, const int l, const double t, rv_random *const random)
{
    static int16_t tone[tones];
    static float   re[tones], im[tones];
    const bool     blind = s->blind_from > 0 && l >= s->blind_from;
    const bool     held  = blind || (t >= s->held_s && t < s->until_s);
    const double   angle = 2 * 3.14159265358979 * s->hz[l] * t + s->phase[l];
    const double   wave = held ? 0 : 0.02 * (sin(angle) + s->overtone * sin(2 * angle));
    const double   turn = 2 * 3.14159265358979 * s->fast_hz * t;
    const double   fast = 0.02 * (sin(turn) + s->fast_twice * sin(2 * turn + 1));
    const int      way  = s->paired ? l / 2 : l; // both ways have one channel
    for (int k = 0; k < tones; ++k) {
        tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
        re[k]   = (float)(1 + 0.3 * cos(0.1 * tone[k] + way) +
                        wave * sin(0.11 * tone[k] + 2 * way) +
                        fast * sin(0.08 * tone[k] + way) +
                        0.02 * rv_random_normal_f64(random));
        im[k]   = (float)(0.02 * rv_random_normal_f64(random));
    }
    const rv_csi csi = {.t_us       = 1000000 + (uint64_t)(t * 1e6) + (uint64_t)l,
                        .n_tones    = tones,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = tone,
                        .re         = re,
                        .im         = im};
    rv_sampler_push(&sampler[l], &csi, false);
}

static story
run(const scene *const s, const double seconds)
{
    static rv_breathing_room room;
    rv_random                random;
    story                    out    = {.pause_s = -1};
    rv_breathing_config      config = rv_breathing_config_default();
    rv_random_init(&random, 3, 3);
    assert_int_equal(rv_breathing_room_init(&room, &config), RV_OK);
    for (int l = 0; l < links; ++l) {
        config.turn = (uint32_t)l;
        assert_int_equal(rv_breathing_init(&breathing[l], &config), RV_OK);
        rv_sampler_init(&sampler[l]);
        seen[l].n_bins = 0;
    }
    for (int i = 0; i < (int)(seconds * cycles_s); ++i) {
        const double      t    = (double)i / cycles_s;
        const uint64_t    t_us = 1000000 + (uint64_t)(t * 1e6) + links;
        rv_breathing_seen said[links];
        bool              apnoea = false;
        for (int l = 0; l < links; ++l) {
            rv_breathing_result r;
            hear(s, l, t, &random);
            (void)rv_breathing_look(&breathing[l], &sampler[l], &fft, t_us, &seen[l]);
            rv_breathing_result_at(&breathing[l], &sampler[l], t_us, &r);
            const uint32_t back = s->paired ? (uint32_t)(l ^ 1) + 1 : 0;
            said[l] = (rv_breathing_seen){&seen[l], r.bpm, &sampler[l], back, r.fast};
        }
        const rv_estimate e = rv_breathing_room_look(&room, said, links, t_us, &apnoea);
        ++out.cycles;
        out.answers += rv_is_known(e);
        out.bpm        = rv_is_known(e) ? (double)e.value : out.bpm;
        out.answered_s = rv_is_known(e) ? t : out.answered_s;
        out.turning += e.reason == RV_REASON_INTERFERENCE;
        out.ambiguous += e.reason == RV_REASON_AMBIGUOUS;
        out.pauses += apnoea;
        out.pause_s = apnoea ? t : out.pause_s;
    }
    return out;
}

static scene
all_at(const double bpm)
{
    scene s = {.held_s = 1e9};
    for (int l = 0; l < links; ++l) {
        s.hz[l] = bpm / 60;
    }
    return s;
}

static void
in_step_is_a_breath(void **state)
{
    scene s       = all_at(14);
    s.phase[2]    = 3.14159265358979; // a link that sees it the other way round
    const story o = run(&s, 60);
    assert_true(o.answers > o.cycles / 2);
    assert_true(fabs(o.bpm - 14) < 0.3);
    assert_int_equal(o.turning, 0);
}

static void
out_of_step_is_none_from_the_first_look_on(void **state)
{
    scene s = all_at(14);
    for (int l = 0; l < links; ++l) {
        s.phase[l] = 3.14159265358979 / links * l;
    }
    const story o = run(&s, 60);
    assert_int_equal(o.answers, 0);
    assert_true(o.turning > o.cycles / 4);
}

// A chest makes the channel the same both ways; what has turned half a turn between the
// two moments is in step and yet the other way round
static void
what_differs_on_its_way_back_is_no_breath(void **state)
{
    scene s           = all_at(14);
    s.paired          = true;
    const story chest = run(&s, 60);
    assert_true(chest.answers > chest.cycles / 2);
    assert_int_equal(chest.turning, 0);
    for (int l = 1; l < links; l += 2) {
        s.phase[l] = 3.14159265358979;
    }
    const story blades = run(&s, 60);
    assert_int_equal(blades.answers, 0);
    assert_true(blades.turning > blades.cycles / 4);
}

// Parts of a body move out of step, and the same both ways
static void
out_of_step_but_alike_both_ways_is_a_breath(void **state)
{
    scene s  = all_at(14);
    s.paired = true;
    for (int l = 0; l < links; ++l) {
        s.phase[l] = 3.14159265358979 / links * (l - l % 2);
    }
    const story o = run(&s, 50);
    assert_true(o.answers > o.cycles / 3);
    assert_true(fabs(o.bpm - 14) < 0.3);
}

// Two of twelve links are too few, unless they are there and back: they have noises of
// their own and see the same
static void
a_pair_bears_witness(void **state)
{
    scene s          = all_at(14);
    s.blind_from     = 2;
    const story two  = run(&s, 50);
    s.paired         = true;
    const story pair = run(&s, 50);
    assert_int_equal(two.answers, 0);
    assert_true(pair.answers > pair.cycles / 3);
    assert_true(fabs(pair.bpm - 14) < 0.3);
}

// Blades of 26.59 Hz at 20 frames a second look like 6.59 Hz, twice that like -6.83 and
// three times that like 0.2333 Hz. Other fast lines have nothing to do with the breath,
// nor has one alone that happens to lie there.
static void
three_times_something_fast_is_no_breath(void **state)
{
    scene s       = all_at(14);
    s.fast_hz     = (20 - 14.0 / 60) / 3;
    s.fast_twice  = 0.7;
    const story o = run(&s, 60);
    assert_int_equal(o.answers, 0);
    assert_true(o.turning > o.cycles / 4);
    s.fast_twice      = 0;
    const story alone = run(&s, 60);
    assert_true(alone.answers > alone.cycles / 2);
    s.fast_hz          = 6.2;
    s.fast_twice       = 0.7;
    const story beside = run(&s, 60);
    assert_true(beside.answers > beside.cycles / 2);
    assert_int_equal(beside.turning, 0);
}

static void
a_line_with_a_strong_overtone_is_none(void **state)
{
    scene s       = all_at(14);
    s.overtone    = 0.8;
    const story o = run(&s, 60);
    assert_int_equal(o.answers, 0);
    assert_true(o.turning > o.cycles / 4);
}

static void
an_overtone_is_none(void **state)
{
    scene s = all_at(36);
    for (int l = 0; l < links; l += 2) {
        s.hz[l] = 0.2; // 12 a minute, as strong, on as many links
    }
    // three breaths of 36 a minute are there before four of 12: until then it cannot be
    // known
    const story o = run(&s, 60);
    assert_true(o.answered_s < 26);
    assert_true(o.ambiguous > o.cycles / 2);
}

static void
a_pause_is_told_once_and_after_ten_seconds(void **state)
{
    scene s       = all_at(15);
    s.held_s      = 70;
    s.until_s     = 86;
    const story o = run(&s, 100);
    assert_int_equal(o.pauses, 1);
    assert_true(o.pause_s > 80 && o.pause_s < 86);
    s.until_s = 78; // a breath held for 8 s, as clear as any
    assert_int_equal(run(&s, 100).pauses, 0);
}

static int
make_fft(void **state)
{
    size_t n = 0;
    assert_int_equal(rv_fft_size(RV_VITAL_FFT, &n), RV_OK);
    *state = malloc(n);
    return rv_fft_init(&fft, RV_VITAL_FFT, *state, n) == RV_OK ? 0 : -1;
}

static int
free_fft(void **state)
{
    free(*state);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(in_step_is_a_breath),
        cmocka_unit_test(out_of_step_is_none_from_the_first_look_on),
        cmocka_unit_test(what_differs_on_its_way_back_is_no_breath),
        cmocka_unit_test(out_of_step_but_alike_both_ways_is_a_breath),
        cmocka_unit_test(a_pair_bears_witness),
        cmocka_unit_test(three_times_something_fast_is_no_breath),
        cmocka_unit_test(a_line_with_a_strong_overtone_is_none),
        cmocka_unit_test(an_overtone_is_none),
        cmocka_unit_test(a_pause_is_told_once_and_after_ten_seconds),
    };
    return cmocka_run_group_tests(tests, make_fft, free_fft);
}

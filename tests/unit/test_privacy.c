// SPDX-License-Identifier: MIT
// The matrix of spec section 6.3 written out by hand, so that the table in privacy.c is
// compared with something else than itself.
#include "cmocka_rv.h"
#include "record_samples.h"

#include <ruview/trust/names.h>
#include <ruview/trust/privacy.h>
#include <ruview/trust/record_diff.h>

#include <math.h>
#include <stdio.h>

enum { SECOND = 1000000 };

static rv_reason
decide(const int cls, const int consent, const int sink, const int output)
{
    return rv_privacy_decide((rv_privacy_class)cls, (rv_consent)consent, (rv_sink)sink,
                             (rv_output)output);
}

// One letter per output in the order of rv_output:
// amplitude cir pose tracks reid vitals map link-features zones count motion health
// coarse presence quality; + shown, - privacy, c consent.
static const char *const expected[4][RV_CONSENT_COUNT][RV_SINK_COUNT] = {
    {
        // raw: everything stays here; outside it is anonymous, with consent derived
        {"+++++++++++++++", "-----c--+++++++", "--------+++-+++"},
        {"+++++++++++++++", "-----+--+++++++", "--------+++-+++"},
        {"+++++++++++++++", "--+++++-+++++++", "--------+++-+++"},
    },
    {
        // derived
        {"--cccc+++++++++", "-----c--+++++++", "--------+++-+++"},
        {"--ccc++++++++++", "-----+--+++++++", "--------+++-+++"},
        {"--+++++++++++++", "--+++++-+++++++", "--------+++-+++"},
    },
    {
        // anonymous
        {"-----c--+++++++", "-----c--+++++++", "--------+++-+++"},
        {"-----+--+++++++", "-----+--+++++++", "--------+++-+++"},
        {"-----+--+++++++", "-----+--+++++++", "--------+++-+++"},
    },
    {
        // restricted
        {"------------+++", "------------+++", "------------+++"},
        {"------------+++", "------------+++", "------------+++"},
        {"------------+++", "------------+++", "------------+++"},
    },
};

static void
matrix_of_all_combinations(void **state)
{
    unsigned n = 0;
    for (int c = 0; c < 4; ++c) {
        for (int k = 0; k < RV_CONSENT_COUNT; ++k) {
            for (int s = 0; s < RV_SINK_COUNT; ++s) {
                for (int o = 0; o < RV_OUTPUT_COUNT; ++o) {
                    const rv_reason why  = decide(c, k, s, o);
                    const char      want = expected[c][k][s][o];
                    const char      got  = why == RV_REASON_NONE      ? '+'
                                           : why == RV_REASON_CONSENT ? 'c'
                                                                      : '-';
                    if (got != want) {
                        fail_msg("class %d consent %d sink %d output %d: %c, not %c", c,
                                 k, s, o, got, want);
                    }
                    ++n;
                }
            }
        }
    }
    assert_int_equal(n, 4 * 3 * 3 * 15);
}

static void
stricter_never_shows_more(void **state)
{
    for (int k = 0; k < RV_CONSENT_COUNT; ++k) {
        for (int s = 0; s < RV_SINK_COUNT; ++s) {
            for (int o = 0; o < RV_OUTPUT_COUNT; ++o) {
                for (int c = 1; c < 4; ++c) { // class up: never more
                    assert_false(decide(c, k, s, o) == RV_REASON_NONE &&
                                 decide(c - 1, k, s, o) != RV_REASON_NONE);
                }
                for (int c = 0; c < 4 && s > 0; ++c) { // sink farther away: never more
                    assert_false(decide(c, k, s, o) == RV_REASON_NONE &&
                                 decide(c, k, s - 1, o) != RV_REASON_NONE);
                }
                for (int c = 0; c < 4 && k > 0; ++c) { // consent: never less
                    assert_false(decide(c, k, s, o) != RV_REASON_NONE &&
                                 decide(c, k - 1, s, o) == RV_REASON_NONE);
                }
            }
        }
    }
}

static void
nonsense_is_withheld(void **state)
{
    assert_int_equal(decide(4, 0, 0, RV_OUTPUT_PRESENCE), RV_REASON_PRIVACY);
    assert_int_equal(decide(-1, 2, 0, RV_OUTPUT_PRESENCE), RV_REASON_PRIVACY);
    assert_int_equal(decide(0, 3, 0, RV_OUTPUT_PRESENCE), RV_REASON_PRIVACY);
    assert_int_equal(decide(0, 2, 3, RV_OUTPUT_PRESENCE), RV_REASON_PRIVACY);
    assert_int_equal(decide(0, 2, 0, RV_OUTPUT_COUNT), RV_REASON_PRIVACY);
}

static rv_privacy
start(const rv_privacy_mode mode)
{
    rv_privacy        self;
    rv_privacy_config config = rv_privacy_config_default();
    config.mode              = mode;
    assert_int_equal(rv_privacy_init(&self, &config), RV_OK);
    return self;
}

static rv_privacy_class
step(rv_privacy *const self, const uint64_t t_s, const rv_reason weakness)
{
    const rv_privacy_evidence e = {
        .t_us = t_s * SECOND, .succeeded = true, .weakness = weakness};
    return rv_privacy_step(self, &e);
}

static rv_privacy_class
fail_step(rv_privacy *const self, const uint64_t t_s)
{
    const rv_privacy_evidence e = {.t_us = t_s * SECOND, .succeeded = false};
    return rv_privacy_step(self, &e);
}

static void
closed_until_the_first_good_cycle(void **state)
{
    rv_privacy self = start(RV_MODE_RAW_RESEARCH);
    assert_int_equal(self.active, RV_CLASS_RESTRICTED);
    assert_int_equal(fail_step(&self, 1), RV_CLASS_RESTRICTED);
    assert_int_equal(step(&self, 2, RV_REASON_NONE), RV_CLASS_RAW);
}

static void
weak_start_does_not_shut_for_half_a_minute(void **state)
{
    rv_privacy self = start(RV_MODE_RAW_RESEARCH);
    assert_int_equal(step(&self, 1, RV_REASON_CLOCK), RV_CLASS_ANONYMOUS);
    assert_int_equal(step(&self, 2, RV_REASON_NONE), RV_CLASS_RAW);
    assert_int_equal(step(&self, 3, RV_REASON_CLOCK), RV_CLASS_ANONYMOUS);
    assert_int_equal(step(&self, 4, RV_REASON_NONE), RV_CLASS_ANONYMOUS); // now it does
}

static void
closed_within_one_cycle_after_an_error(void **state)
{
    for (int mode = 0; mode <= RV_MODE_STRICT_NO_IDENTITY; ++mode) {
        rv_privacy             self = start((rv_privacy_mode)mode);
        const rv_privacy_class base = rv_mode_class((rv_privacy_mode)mode);
        assert_int_equal(step(&self, 1, RV_REASON_NONE), base);
        assert_int_equal(fail_step(&self, 2), RV_CLASS_RESTRICTED);
        assert_int_equal(step(&self, 3, RV_REASON_NONE), RV_CLASS_RESTRICTED);
        assert_int_equal(step(&self, 31, RV_REASON_NONE), RV_CLASS_RESTRICTED);
        assert_int_equal(step(&self, 32, RV_REASON_NONE), base); // 30 s clean
    }
}

static void
weakness_tightens_at_once_and_relaxes_late(void **state)
{
    rv_privacy self = start(RV_MODE_RAW_RESEARCH);
    assert_int_equal(step(&self, 1, RV_REASON_NONE), RV_CLASS_RAW);
    assert_int_equal(step(&self, 2, RV_REASON_CONTRADICTION), RV_CLASS_ANONYMOUS);
    assert_int_equal(self.reason, RV_REASON_CONTRADICTION);
    for (uint64_t t = 3; t < 32; ++t) {
        assert_int_equal(step(&self, t, RV_REASON_NONE), RV_CLASS_ANONYMOUS);
    }
    assert_int_equal(step(&self, 32, RV_REASON_NONE), RV_CLASS_RAW);
    assert_int_equal(self.reason, RV_REASON_NONE);

    assert_int_equal(step(&self, 33, RV_REASON_CLOCK), RV_CLASS_ANONYMOUS);
    assert_int_equal(step(&self, 60, RV_REASON_CLOCK), RV_CLASS_ANONYMOUS);
    assert_int_equal(step(&self, 89, RV_REASON_NONE),
                     RV_CLASS_ANONYMOUS); // again dirty
    assert_int_equal(step(&self, 90, RV_REASON_NONE), RV_CLASS_RAW);
}

static void
silence_tightens(void **state)
{
    rv_privacy self = start(RV_MODE_PRIVATE_HOME);
    (void)step(&self, 1, RV_REASON_NONE);
    const rv_privacy_evidence silent = {
        .t_us = 2 * SECOND, .succeeded = true, .is_silent = true};
    assert_int_equal(rv_privacy_step(&self, &silent), RV_CLASS_RESTRICTED);
    assert_int_equal(self.reason, RV_REASON_NO_DATA);
}

static void
class_never_below_its_mode(void **state)
{
    srand(11);
    for (int trial = 0; trial < 2000; ++trial) {
        rv_privacy self = start((rv_privacy_mode)(rand() % 5));
        uint64_t   t    = 0;
        for (int i = 0; i < 40; ++i) {
            t += (uint64_t)(rand() % 20);
            if (rand() % 10 == 0) {
                assert_int_equal(rv_privacy_set(&self, (rv_privacy_mode)(rand() % 5),
                                                RV_CONSENT_NONE),
                                 RV_OK);
            }
            const rv_privacy_evidence e = {
                .t_us      = t * SECOND,
                .succeeded = rand() % 8 != 0,
                .is_silent = rand() % 8 == 0,
                .weakness  = rand() % 4 ? RV_REASON_NONE : RV_REASON_CONTRADICTION};
            const rv_privacy_class got  = rv_privacy_step(&self, &e);
            const rv_privacy_class base = rv_mode_class(self.config.mode);
            assert_true(got >= base && got <= RV_CLASS_RESTRICTED);
            if (!e.succeeded) {
                assert_int_equal(got, RV_CLASS_RESTRICTED);
            } else if (e.is_silent || e.weakness) {
                assert_true(got >= rv_class_demote(base));
            }
        }
    }
}

static void
demotion_from_raw_skips_derived(void **state)
{
    assert_int_equal(rv_class_demote(RV_CLASS_RAW), RV_CLASS_ANONYMOUS);
    assert_int_equal(rv_class_demote(RV_CLASS_DERIVED), RV_CLASS_ANONYMOUS);
    assert_int_equal(rv_class_demote(RV_CLASS_ANONYMOUS), RV_CLASS_RESTRICTED);
    assert_int_equal(rv_class_demote(RV_CLASS_RESTRICTED), RV_CLASS_RESTRICTED);
}

static void
gate_thins_the_record(void **state)
{
    static sample s;
    sample_fill(&s);
    rv_privacy self = start(RV_MODE_PRIVATE_HOME);
    (void)step(&self, 1, RV_REASON_NONE);
    rv_privacy_gate(&self, RV_SINK_LOCAL, &s.record);
    assert_int_equal(s.record.privacy_class, RV_CLASS_ANONYMOUS);
    assert_int_equal(s.record.n_persons, 0);
    assert_int_equal(s.record.persons_reason, RV_REASON_PRIVACY);
    assert_int_equal(s.record.breathing_bpm.reason, RV_REASON_CONSENT);
    assert_int_equal(s.record.map_reason, RV_REASON_PRIVACY);
    assert_null(s.record.map);
    assert_true(rv_is_known(s.record.motion));
    assert_int_equal(s.record.n_links, SAMPLE_LINKS);
    assert_int_equal(s.record.links[3].n_tones, 0);
    assert_null(s.record.links[3].amplitude);
    assert_int_equal(s.record.links[3].n_taps, 0);
    assert_int_equal(s.record.links[3].deviation.reason, RV_REASON_PRIVACY);
    assert_true(s.record.occupancy.value == 2.0F);
}

static void
restricted_leaves_presence_and_nobody_or_more(void **state)
{
    static sample s;
    sample_fill(&s);
    rv_privacy self = start(RV_MODE_STRICT_NO_IDENTITY);
    (void)step(&self, 1, RV_REASON_NONE);
    rv_privacy_gate(&self, RV_SINK_LOCAL, &s.record);
    const rv_record *const r = &s.record;
    assert_int_equal(r->presence, RV_YES);
    assert_true(r->occupancy.value == 1.0F && r->occupancy.sigma == 0.0F);
    assert_true(r->occupancy_at_least);
    assert_int_equal(r->n_nodes + r->n_links + r->n_persons + r->n_zones, 0);
    assert_false(rv_is_known(r->motion) || rv_is_known(r->breathing_bpm) ||
                 rv_is_known(r->heart_bpm) || rv_is_known(r->rssi_dbm) ||
                 rv_is_known(r->variance) || rv_is_known(r->coherence));
    assert_int_equal(r->moving, RV_UNKNOWN);
    assert_int_equal(r->n_events, 1); // the mode changed; nothing of persons
    assert_int_equal(r->events[0].kind, RV_EVENT_MODE_CHANGED);
}

static void
thinning_twice_is_thinning_once(void **state)
{
    for (int mode = 0; mode <= RV_MODE_STRICT_NO_IDENTITY; ++mode) {
        for (int sink = 0; sink < RV_SINK_COUNT; ++sink) {
            static sample  s;
            static uint8_t once[1 << 16], twice[1 << 16];
            size_t         n_once = sizeof once, n_twice = sizeof twice;
            sample_fill(&s);
            rv_privacy self = start((rv_privacy_mode)mode);
            (void)step(&self, 1, RV_REASON_NONE);
            rv_privacy_gate(&self, (rv_sink)sink, &s.record);
            assert_int_equal(rv_record_encode(&s.record, once, &n_once), RV_OK);
            rv_privacy_thin(self.config.consent, (rv_sink)sink, &s.record);
            assert_int_equal(rv_record_encode(&s.record, twice, &n_twice), RV_OK);
            assert_int_equal(n_once, n_twice);
            assert_memory_equal(once, twice, n_once);
        }
    }
}

static void
failed_cycle_says_only_that(void **state)
{
    static sample  s;
    static uint8_t bytes[4096];
    size_t         n = sizeof bytes;
    sample_fill(&s);
    s.record.motion.value = (float)(0.0 / (double)(s.record.cycle - 4211)); // NaN
    assert_int_equal(rv_record_encode(&s.record, NULL, &n), RV_ERR_NONFINITE);
    rv_privacy self = start(RV_MODE_RAW_RESEARCH);
    assert_int_equal(step(&self, 1, RV_REASON_NONE), RV_CLASS_RAW);
    rv_privacy_fail(&self, &s.record);
    assert_int_equal(self.active, RV_CLASS_RESTRICTED);
    assert_int_equal(s.record.privacy_class, RV_CLASS_RESTRICTED);
    assert_int_equal(s.record.cycle, 4211);
    assert_int_equal(s.record.presence_reason, RV_REASON_ERROR);
    n = sizeof bytes;
    assert_int_equal(rv_record_encode(&s.record, bytes, &n), RV_OK);
    assert_int_equal(s.record.n_links + s.record.n_persons + s.record.n_events, 0);
}

static void
mode_names_parse(void **state)
{
    for (int mode = 0; mode <= RV_MODE_STRICT_NO_IDENTITY; ++mode) {
        rv_privacy_mode got;
        assert_int_equal(rv_mode_parse(rv_mode_name((rv_privacy_mode)mode), &got),
                         RV_OK);
        assert_int_equal(got, mode);
    }
    rv_privacy_mode none;
    assert_int_equal(rv_mode_parse("private", &none), RV_ERR_NOT_FOUND);
    assert_string_equal(rv_mode_name((rv_privacy_mode)9), "?");
}

// Non-interference ("Security Policies and Security Models", IEEE Symp. Security and
// Privacy 1982): change anything in the engine's record, and what leaves the gate of a
// class differs in nothing but what the class shows. `shown`: paths; with "=" at the
// end only in one digit or one half
static bool
is_shown(const rv_record_difference *const d, const char *const *const shown)
{
    const float quarters  = 4 * strtof(d->second, NULL);
    const bool  is_coarse = quarters == rintf(quarters);
    char        path[RV_DIFF_TEXT + 1];
    (void)snprintf(path, sizeof path, "%s%s", d->path, is_coarse ? "=" : "");
    for (unsigned k = 0; shown[k]; ++k) {
        if (strcmp(d->path, shown[k]) == 0 || strcmp(path, shown[k]) == 0) {
            return true;
        }
    }
    return false;
}

static void
nothing_else_shows(const rv_privacy_mode mode, const char *const *const shown)
{
    static sample               s;
    static uint8_t              full[1 << 16], changed[1 << 16], out[1 << 16];
    static _Alignas(64) uint8_t memory[1 << 18], out_memory[1 << 18];
    size_t                      n = sizeof full;
    rv_record                   plain, touched;
    rv_record_difference        d;
    rv_privacy                  self    = start(mode);
    unsigned                    n_tried = 0, n_leaks = 0;
    (void)step(&self, 1, RV_REASON_NONE);
    sample_fill(&s);
    assert_int_equal(rv_record_encode(&s.record, full, &n), RV_OK);
    rv_privacy_gate(&self, RV_SINK_NETWORK, &s.record);
    size_t n_out = sizeof out;
    assert_int_equal(rv_record_encode(&s.record, out, &n_out), RV_OK);
    assert_int_equal(
        rv_record_decode(out, n_out, out_memory, sizeof out_memory, &plain), RV_OK);
    for (size_t byte = 0; byte < n; ++byte) {
        for (unsigned bit = 0; bit < 8; bit += byte < 2048 ? 1 : 7) {
            memcpy(changed, full, n);
            changed[byte] ^= (uint8_t)(1U << bit);
            if (rv_record_decode(changed, n, memory, sizeof memory, &touched) !=
                RV_OK) {
                continue;
            }
            ++n_tried;
            rv_privacy_gate(&self, RV_SINK_NETWORK, &touched);
            if (rv_record_diff(&plain, &touched, &d) == RV_OK) {
                continue;
            }
            if (!is_shown(&d, shown)) {
                print_message("mode %d shows %s: %s, %s\n", mode, d.path, d.first,
                              d.second);
                ++n_leaks;
            }
        }
    }
    assert_true(n_tried > n);
    assert_int_equal(n_leaks, 0);
}

static void
restricted_depends_on_nothing_else(void **state)
{
    const char *const shown[] = {
        // what was computed from what, and when
        "cycle", "t_us", "synthetic", "live", "source", "input_digest", "calibration",
        // presence, and somebody or nobody
        "presence", "presence_quality=", "presence_reason",
        "occupancy.value=", "occupancy.quality=",
        // how far to believe it
        "quality=", "flags", "gate", "gate_reason", "recalibrate",
        // events that are not of persons
        "n_events", "events[0].t_us", "events[0].subject", "events[0].confidence",
        "events[0].reason", "events[0].place_reason", NULL};
    nothing_else_shows(RV_MODE_STRICT_NO_IDENTITY, shown);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrix_of_all_combinations),
        cmocka_unit_test(stricter_never_shows_more),
        cmocka_unit_test(nonsense_is_withheld),
        cmocka_unit_test(closed_until_the_first_good_cycle),
        cmocka_unit_test(weak_start_does_not_shut_for_half_a_minute),
        cmocka_unit_test(closed_within_one_cycle_after_an_error),
        cmocka_unit_test(weakness_tightens_at_once_and_relaxes_late),
        cmocka_unit_test(silence_tightens),
        cmocka_unit_test(class_never_below_its_mode),
        cmocka_unit_test(demotion_from_raw_skips_derived),
        cmocka_unit_test(gate_thins_the_record),
        cmocka_unit_test(restricted_leaves_presence_and_nobody_or_more),
        cmocka_unit_test(thinning_twice_is_thinning_once),
        cmocka_unit_test(failed_cycle_says_only_that),
        cmocka_unit_test(mode_names_parse),
        cmocka_unit_test(restricted_depends_on_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

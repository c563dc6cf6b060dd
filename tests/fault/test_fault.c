// SPDX-License-Identifier: MIT
// After an error inside the engine every output says so and nothing else, in the same
// cycle, and what follows is restricted for 30 s of good cycles.
#include "cmocka_rv.h"
#include "fault.h"
#include "feed.h"

#include <string.h>

enum { PER_S = 20, BEFORE_S = 4, BROKEN = 3, AFTER_S = 34 };

typedef struct {
    unsigned n, n_error;
    unsigned first_error, last_error; ///< Cycles
    unsigned first_open;              ///< First after the error that is not restricted
    unsigned open_before;             ///< Cycles before it that were not
    unsigned gaps;                    ///< Cycles that no record came out for
    unsigned
        shown; ///< Restricted records, or their texts, with anything beyond presence
    uint64_t last_cycle;
} story;

static story now;

/// All that a restricted record may hold
static bool
shows_more(const rv_cycle_output *const output)
{
    const rv_record *const   r       = output->record;
    static const char *const empty[] = {"\"nodes\":[]", "\"links\":[]",
                                        "\"persons\":[]", "\"change_db\":[]"};
    bool more = r->n_nodes + r->n_links + r->n_persons + r->n_zones > 0 ||
                rv_is_known(r->motion) || rv_is_known(r->breathing_bpm) ||
                rv_is_known(r->heart_bpm) || rv_is_known(r->coherence) ||
                rv_is_known(r->variance) || rv_is_known(r->rssi_dbm) ||
                r->map_reason == RV_REASON_NONE || r->moving != RV_UNKNOWN ||
                (rv_is_known(r->occupancy) && r->occupancy.value > 1.0F);
    for (int i = 0; i < 4; ++i) {
        more =
            more || !memmem(output->json, output->n_json, empty[i], strlen(empty[i]));
    }
    return more;
}

static void
look(void *const context, const rv_cycle_output *const output)
{
    const rv_record *const r = output->record;
    now.gaps += now.n > 0 && r->cycle != now.last_cycle + 1;
    now.last_cycle      = r->cycle;
    const bool is_error = r->presence_reason == RV_REASON_ERROR;
    const bool is_open  = r->privacy_class < RV_CLASS_RESTRICTED;
    if (is_error) {
        now.first_error = now.n_error++ == 0 ? now.n : now.first_error;
        now.last_error  = now.n;
        assert_int_equal(r->privacy_class, RV_CLASS_RESTRICTED);
        assert_int_equal(r->demoted_reason, RV_REASON_ERROR);
        assert_int_equal(r->presence, RV_UNKNOWN);
    }
    if (is_open && now.n_error == 0) {
        ++now.open_before;
    }
    if (is_open && now.n_error > 0 && now.first_open == 0) {
        now.first_open = now.n;
    }
    now.shown += !is_open && shows_more(output);
    ++now.n;
}

static void
fails_closed(const fault_kind kind)
{
    static feed f;
    feed_defaults(&f);
    now = (story){0};
    feed_start(&f);
    rv_engine_set_sink(f.engine, look, NULL);
    feed_run(&f, BEFORE_S);
    const unsigned before = now.n;
    fault_now             = kind;
    feed_run(&f, (double)BROKEN / PER_S);
    fault_now = FAULT_NONE;
    feed_run(&f, AFTER_S);
    const uint64_t counted = rv_engine_get_counters(f.engine)->refused[RV_REASON_ERROR];
    feed_stop(&f);

    assert_true(now.open_before > BEFORE_S * PER_S / 2);
    assert_int_equal(now.gaps, 0);
    assert_int_equal(now.first_error, before); // the very cycle
    // Once restricted, a number that is none is withheld with the others
    assert_in_range(now.n_error, kind == FAULT_NAN ? 1 : BROKEN - 1, BROKEN + 1);
    assert_int_equal(counted, now.n_error);
    assert_int_equal(now.shown, 0);
    // Restricted for 30 s of good cycles, then as before
    assert_in_range(now.first_open - now.last_error, 30 * PER_S, 30 * PER_S + 1);
}

static void
a_stage_that_yields_nan(void **state)
{
    fails_closed(FAULT_NAN);
}

static void
a_record_that_cannot_be_encoded(void **state)
{
    fails_closed(FAULT_ENCODE);
}

static void
a_record_that_cannot_be_written(void **state)
{
    fails_closed(FAULT_TEXT);
}

static void
the_first_cycle_already(void **state)
{
    static feed f;
    feed_defaults(&f);
    now = (story){0};
    feed_start(&f);
    rv_engine_set_sink(f.engine, look, NULL);
    fault_now = FAULT_ENCODE;
    feed_run(&f, 1.0);
    fault_now = FAULT_NONE;
    feed_stop(&f);
    assert_int_equal(now.n_error, now.n);
    assert_int_equal(now.open_before, 0);
    assert_int_equal(now.first_open, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stage_that_yields_nan),
        cmocka_unit_test(a_record_that_cannot_be_encoded),
        cmocka_unit_test(a_record_that_cannot_be_written),
        cmocka_unit_test(the_first_cycle_already),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

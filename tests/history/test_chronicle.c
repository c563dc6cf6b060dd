// SPDX-License-Identifier: MIT
// An engine with its history file: snapshots that are asked for, and a world that goes
// on from one.
#define _GNU_SOURCE
#include "cmocka_rv.h"
#include "feed.h"

#include "cli/chronicle.h"
#include "platform/history.h"
#include "platform/world_restore.h"

#include <ruview/math/blake3.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PER_S = 20, AT_S = 12, END_S = 30 };

static char folder[] = "/tmp/rv_chronicle_XXXXXX";
static char path[64];

static int
fresh(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    snprintf(path, sizeof path, "%s/h.db", folder);
    for (int i = 0; i < 3; ++i) {
        char name[80];
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        remove(name);
    }
    return 0;
}

// ---- asked for

static rv_chronicle *chronicle;
static unsigned      asks;

static void
ask_often(void *const context, const rv_cycle_output *const output)
{
    for (int i = 0; i < 50; ++i, ++asks) {
        rv_chronicle_ask_snapshot(chronicle);
    }
    rv_chronicle_cycle(chronicle, output);
}

static void
g08_snapshots_coalesce(void **state)
{
    static feed f;
    feed_defaults(&f);
    feed_start(&f);
    chronicle = rv_chronicle_open(path, f.engine, NULL);
    assert_non_null(chronicle);
    asks = 0;
    rv_engine_set_sink(f.engine, ask_often, NULL);
    feed_run(&f, 10);
    assert_in_range(asks, 9000, 11000);
    assert_in_range(rv_chronicle_snapshots(chronicle), 9, 11); // one per second
    assert_true(rv_chronicle_close(chronicle));
    feed_stop(&f);
}

// ---- snapshot, restore, go on

typedef struct {
    rv_engine *engine;
    rv_blake3  witnesses;
    unsigned   n;
    unsigned   restore_at; ///< Cycle after which the world is replaced; 0 never
    char      *middle;     ///< Snapshot there
    size_t     n_middle;
    rv_blake3  audit;
    uint64_t   n_audit;
} voyage;

static char *
snapshot(rv_engine *const engine, size_t *const n)
{
    static const rv_registration here  = {.scale = 1.0};
    rv_world *const              world = rv_engine_get_world(engine);
    *n                                 = 0;
    (void)!rv_json_world(world, &here, NULL, n);
    char *const text = malloc(*n);
    assert_int_equal(rv_json_world(world, &here, text, n), RV_OK);
    return text;
}

static void
hear_audit(void *const user, const uint8_t record[RV_AUDIT_BYTES])
{
    voyage *const v = user;
    rv_blake3_update(&v->audit, record, RV_AUDIT_BYTES);
    ++v->n_audit;
}

static void
replace_world(voyage *const v)
{
    rv_registration where;
    assert_int_equal(rv_engine_reset_world(v->engine), RV_OK);
    assert_int_equal(rv_world_restore(rv_engine_get_world(v->engine), &where, v->middle,
                                      v->n_middle),
                     RV_OK);
    rv_world_set_audit(rv_engine_get_world(v->engine), hear_audit, v);
}

static void
sail(void *const context, const rv_cycle_output *const output)
{
    voyage *const v = context;
    rv_blake3_update(&v->witnesses, output->record->witness, RV_DIGEST_BYTES);
    if (++v->n == AT_S * PER_S) {
        v->middle = snapshot(v->engine, &v->n_middle);
        if (v->restore_at) {
            replace_world(v);
        }
    }
}

/// One run; its last snapshot
static char *
run(voyage *const v, const bool with_restore, size_t *const n)
{
    static feed f;
    feed_defaults(&f);
    f.scene.n_persons = 1;
    rv_sim_person_default(&f.scene.person[0]);
    assert_int_equal(rv_sim_person_wander(&f.scene.person[0], &f.scene.room, 7, 24),
                     RV_OK);
    f.scene.person[0].from_s = 5.0F;
    *v                       = (voyage){.restore_at = with_restore};
    rv_blake3_init(&v->witnesses);
    rv_blake3_init(&v->audit);
    feed_start(&f);
    v->engine = f.engine;
    rv_world_set_audit(rv_engine_get_world(f.engine), hear_audit, v);
    rv_engine_set_sink(f.engine, sail, v);
    feed_run(&f, END_S);
    char *const text = snapshot(f.engine, n);
    feed_stop(&f);
    return text;
}

static void
restored_world_goes_on_alike(void **state)
{
    static voyage a, b, c;
    size_t        n_a = 0, n_b = 0, n_c = 0;
    char *const   end_a = run(&a, false, &n_a);
    char *const   end_b = run(&b, true, &n_b);  // its world restored on the way
    char *const   end_c = run(&c, false, &n_c); // another engine, from the start again
    uint8_t       w[3][RV_DIGEST_BYTES], audit[3][RV_DIGEST_BYTES];
    voyage *const all[] = {&a, &b, &c};
    for (int i = 0; i < 3; ++i) {
        rv_blake3_final(&all[i]->witnesses, w[i]);
        rv_blake3_final(&all[i]->audit, audit[i]);
        assert_memory_equal(w[0], w[i], RV_DIGEST_BYTES);
        assert_memory_equal(audit[0], audit[i], RV_DIGEST_BYTES);
        assert_int_equal(all[i]->n_middle, a.n_middle);
        assert_memory_equal(all[i]->middle, a.middle, a.n_middle);
        free(all[i] == &a ? NULL : all[i]->middle);
    }
    assert_int_equal(n_a, n_b);
    assert_memory_equal(end_a, end_b, n_a);
    assert_int_equal(n_a, n_c);
    assert_memory_equal(end_a, end_c, n_a);
    assert_true(n_a > a.n_middle); // something happened after
    assert_null(memmem(end_a, n_a, "\"amplitude", 10));
    free(a.middle);
    free(end_a);
    free(end_b);
    free(end_c);
}

static void
pass_on(void *const context, const rv_cycle_output *const output)
{
    rv_chronicle_cycle(chronicle, output);
}

typedef struct {
    unsigned n;
    char     text[256];
} found_rows;

static void
take_row(void *const user, const rv_history_value *const values, const int n)
{
    found_rows *const rows = user;
    rows->text[0]          = '\0';
    for (int i = 0; i < n; ++i) {
        strncat(rows->text, values[i].text ? values[i].text : "null", 40);
        strcat(rows->text, "|");
    }
    ++rows->n;
}

static found_rows
ask(const rv_history_kind kind)
{
    rv_history       *h    = NULL;
    rv_history_config how  = rv_history_config_default(path);
    found_rows        rows = {0};
    how.read_only          = true;
    assert_int_equal(rv_history_open(&h, &how), RV_OK);
    assert_int_equal(
        rv_history_query(h, kind, INT64_MIN, INT64_MAX, 0, take_row, &rows), RV_OK);
    rv_history_close(h);
    return rows;
}

/// The same walk with the consent of who walks, and without: tracks are in the file, or
/// not; that the room was calibrated is in both
static void
tracks_need_consent(void **state)
{
    for (int consent = 0; consent < 2; ++consent) {
        static feed f;
        (void)fresh(NULL);
        feed_defaults(&f);
        f.scene.n_persons = 1;
        rv_sim_person_default(&f.scene.person[0]);
        assert_int_equal(rv_sim_person_wander(&f.scene.person[0], &f.scene.room, 7, 24),
                         RV_OK);
        f.scene.person[0].from_s = 20.0F;
        f.config.mode    = consent ? RV_MODE_CARE_WITH_CONSENT : RV_MODE_PRIVATE_HOME;
        f.config.consent = consent == 1;
        feed_start(&f);
        chronicle = rv_chronicle_open(path, f.engine, NULL);
        rv_engine_set_sink(f.engine, pass_on, NULL);
        feed_run(&f, 2);
        const rv_command command = {.kind = RV_COMMAND_CALIBRATE_START, .value = 15};
        uint8_t          bytes[RV_COMMAND_HEADER];
        rv_writer        w = {.bytes = bytes, .size = sizeof bytes};
        assert_int_equal(rv_command_encode(&command, &w), RV_OK);
        const rv_input input = {
            .kind = RV_INPUT_COMMAND, .t_us = f.now_us, .bytes = bytes, .n = w.at};
        assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
        feed_run(&f, 50);
        assert_true(rv_chronicle_close(chronicle));
        feed_stop(&f);
        const unsigned tracks = ask(RV_HISTORY_TRACKS).n;
        assert_true(consent ? tracks > 5 : tracks == 0);
        const found_rows calibrations = ask(RV_HISTORY_CALIBRATIONS);
        assert_int_equal(calibrations.n, 1);
        assert_non_null(strstr(calibrations.text, "|null|")); // no radio in it
    }
}

/// Two processes, one after the other, on one file
static void
next_process_goes_on_from_the_file(void **state)
{
    uint64_t newest[2] = {0}, ids[2] = {0};
    for (int i = 0; i < 2; ++i) {
        static feed f;
        feed_defaults(&f);
        f.scene.start_us += (uint64_t)i * 60 * 1000000;
        feed_start(&f);
        chronicle = rv_chronicle_open(path, f.engine, NULL);
        assert_non_null(chronicle);
        rv_world *const world = rv_engine_get_world(f.engine);
        if (i == 1) { // what the first one believed is there
            assert_int_equal(
                rv_world_n_past(world) > 0
                    ? rv_world_past_at(world, rv_world_n_past(world) - 1)->id
                    : 0,
                newest[0]);
            assert_int_equal(rv_graph_next_id(rv_world_graph(world)), ids[0]);
        }
        rv_engine_set_sink(f.engine, pass_on, NULL);
        feed_run(&f, 10);
        rv_engine_finish(f.engine);
        newest[i] = rv_world_past_at(world, rv_world_n_past(world) - 1)->id;
        ids[i]    = rv_graph_next_id(rv_world_graph(world));
        assert_true(rv_chronicle_close(chronicle));
        feed_stop(&f);
    }
    assert_true(ids[1] > ids[0]);
    rv_history       *h   = NULL;
    rv_history_config how = rv_history_config_default(path);
    rv_history_found  found;
    how.read_only = true;
    assert_int_equal(rv_history_open(&h, &how), RV_OK);
    assert_int_equal(rv_history_check(h, NULL, &found), RV_OK);
    assert_int_equal(found.decisions, 2); // START of each run
    rv_history_close(h);
}

int
main(void)
{
    assert_non_null(mkdtemp(folder));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(g08_snapshots_coalesce, fresh, fresh),
        cmocka_unit_test(restored_world_goes_on_alike),
        cmocka_unit_test_setup_teardown(tracks_need_consent, fresh, fresh),
        cmocka_unit_test_setup_teardown(next_process_goes_on_from_the_file, fresh,
                                        fresh),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    rmdir(folder);
    return failed;
}

// SPDX-License-Identifier: MIT
// RV_KILLS=200 runs the fault test that often (40 by default).
#include "bed.h"
#include "cmocka_rv.h"
#include "platform/history.h"
#include "platform/history_schema.h"
#include "platform/history_state.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static rv_world_past
belief(const uint64_t id, const int64_t t_ms)
{
    const rv_world_past p = {.id         = id,
                             .from_ms    = t_ms - 500,
                             .until_ms   = t_ms,
                             .predicate  = RV_PREDICATE_MOTION,
                             .value      = 0.25F,
                             .confidence = 0.5F};
    return p;
}

typedef struct {
    uint64_t n;
    char     first[256], last[256];
} rows;

static void
count(void *const user, const rv_history_value *const values, const int n)
{
    rows *const r = user;
    r->last[0]    = '\0';
    for (int i = 0; i < n; ++i) {
        strncat(r->last, values[i].text ? values[i].text : "null", 24);
        strcat(r->last, "|");
    }
    if (r->n++ == 0) {
        strcpy(r->first, r->last);
    }
}

static rows
ask(rv_history *const h, const rv_history_kind kind, const int64_t from,
    const int64_t to)
{
    rows r = {0};
    assert_int_equal(rv_history_query(h, kind, from, to, 0, count, &r), RV_OK);
    return r;
}

static void
what_is_put_is_there(void **state)
{
    rv_history            *h      = open_it(false);
    const rv_world_event   event  = {.id       = 3,
                                     .kind     = RV_EVENT_NODE_ABSENT,
                                     .subject  = 2,
                                     .count    = 1,
                                     .first_ms = 100,
                                     .last_ms  = 100};
    rv_world_event         again  = event;
    const rv_record_person person = {
        .id = 9, .zone = -1, .position_m = {1.5F, 2.5F, 0.0F}};
    assert_int_equal(rv_history_run(h, run_digest, true, 100), RV_OK);
    const rv_world_past p = belief(1, 1000);
    assert_int_equal(rv_history_state(h, &p), RV_OK);
    assert_int_equal(rv_history_event(h, &event), RV_OK);
    again.count   = 5;
    again.last_ms = 700;
    assert_int_equal(rv_history_event(h, &again), RV_OK); // the same event, again
    assert_int_equal(rv_history_track(h, 800, &person), RV_OK);
    assert_int_equal(rv_history_calibration(h, 0xABCD, 50, "bytes", 5), RV_OK);
    assert_int_equal(rv_history_snapshot(h, 4, 900, "{}", 2), RV_OK);
    rv_history_close(h);

    h      = open_it(true);
    rows r = ask(h, RV_HISTORY_STATES, 0, 5000);
    assert_int_equal(r.n, 1);
    assert_string_equal(r.first, "1|1|motion|0.25|none|0.5|raw|null|500|1000|");
    r = ask(h, RV_HISTORY_EVENTS, 0, 5000);
    assert_int_equal(r.n, 1);
    assert_string_equal(r.first, "1|3|node_absent|2|5|0.0|none|100|700|");
    r = ask(h, RV_HISTORY_TRACKS, 0, 5000);
    assert_string_equal(r.first, "1|9|800|tentative|0.0|1.5|2.5|0.0|null|");
    r = ask(h, RV_HISTORY_CALIBRATIONS, 0, 5000);
    assert_string_equal(r.first, "000000000000abcd|50|5|");
    assert_int_equal(ask(h, RV_HISTORY_STATES, 1001, 5000).n, 0);
    assert_int_equal(ask(h, RV_HISTORY_STATES, 0, 499).n, 0);
    char  *json = NULL;
    size_t n    = 0;
    assert_int_equal(rv_history_newest_snapshot(h, &json, &n), RV_OK);
    assert_string_equal(json, "{}");
    free(json);
    assert_int_equal(rv_history_state(h, &p), RV_ERR_STATE); // read-only
    rv_history_close(h);
}

static void
commits_once_a_second(void **state)
{
    rv_history *const h = open_it(false);
    assert_int_equal(rv_history_run(h, run_digest, false, 0), RV_OK);
    const uint64_t base = rv_history_committed(h);
    for (int64_t t = 0; t <= 2000; t += 50) {
        const rv_world_past p = belief((uint64_t)t + 1, t);
        assert_int_equal(rv_history_state(h, &p), RV_OK);
        assert_int_equal(rv_history_tick(h, t), RV_OK);
        const uint64_t expected = t < 1000 ? 0 : t < 2000 ? 21 : 41;
        assert_int_equal(rv_history_committed(h) - base, expected);
    }
    rv_history_close(h);
}

static void
other_files_are_refused(void **state)
{
    rv_history             *h      = NULL;
    const rv_history_config config = rv_history_config_default(path);
    FILE *const             file   = fopen(path, "wb");
    for (int i = 0; i < 500; ++i) {
        fputs("this is not a database ", file);
    }
    fclose(file);
    assert_int_equal(rv_history_open(&h, &config), RV_ERR_MAGIC);

    (void)fresh(state); // another program's database
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(rv_history_open(&h, &config), RV_ERR_MAGIC);

    (void)fresh(state); // a later release's
    h = open_it(false);
    rv_history_close(h);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version=99", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(rv_history_open(&h, &config), RV_ERR_UNSUPPORTED);
}

static void
bring_up_from(const int version)
{
    sqlite3 *db;
    char     mark[64];
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    for (int i = 0; i < version; ++i) {
        assert_int_equal(sqlite3_exec(db, rv_history_steps[i], NULL, NULL, NULL),
                         SQLITE_OK);
    }
    assert_int_equal(
        sqlite3_exec(db,
                     "INSERT INTO run VALUES(1, 'x', 0, 5);"
                     "INSERT INTO state VALUES(1, 1, 'presence', 1, 'none', 0.5, "
                     "'anonymous', NULL, 10, 20)",
                     NULL, NULL, NULL),
        SQLITE_OK);
    snprintf(mark, sizeof mark, "PRAGMA application_id=%d; PRAGMA user_version=%d",
             RV_HISTORY_APPLICATION, version);
    assert_int_equal(sqlite3_exec(db, mark, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    rv_history       *h      = NULL;
    rv_history_config config = rv_history_config_default(path);
    config.read_only         = true;
    assert_int_equal(rv_history_open(&h, &config), RV_ERR_STATE); // it must not write
    h                                    = open_it(false);
    const uint8_t record[RV_AUDIT_BYTES] = {0};
    assert_int_equal(rv_history_audit(h, record), RV_OK); // of version 2
    assert_int_equal(rv_history_commit(h), RV_OK);
    assert_int_equal(ask(h, RV_HISTORY_STATES, 0, 100).n, 1); // and nothing lost
    rv_history_found found;
    assert_int_equal(rv_history_check(h, NULL, &found), RV_OK);
    rv_history_close(h);
}

static void
old_tables_are_brought_up(void **state)
{
    for (int version = 1; version < RV_HISTORY_VERSION; ++version) {
        (void)fresh(state);
        bring_up_from(version);
    }
}

static void
goes_by_age(void **state)
{
    rv_history       *h      = NULL;
    rv_history_config config = rv_history_config_default(path);
    config.keep_ms           = 600000;
    assert_int_equal(rv_history_open(&h, &config), RV_OK);
    assert_int_equal(rv_history_run(h, run_digest, false, 0), RV_OK);
    for (int64_t t = 0; t < 3600000; t += 1000) {
        const rv_world_past p = belief((uint64_t)t + 1, t);
        assert_int_equal(rv_history_state(h, &p), RV_OK);
        assert_int_equal(rv_history_tick(h, t), RV_OK);
    }
    const uint64_t n = ask(h, RV_HISTORY_STATES, INT64_MIN, INT64_MAX).n;
    assert_in_range(n, 600, 661); // ten minutes, and at most one sweep more
    rv_history_close(h);
}

static void
goes_by_size(void **state)
{
    rv_history       *h      = NULL;
    rv_history_config config = rv_history_config_default(path);
    config.max_bytes         = 512 * 1024;
    assert_int_equal(rv_history_open(&h, &config), RV_OK);
    assert_int_equal(rv_history_run(h, run_digest, false, 0), RV_OK);
    uint64_t largest = 0;
    for (int64_t t = 0; t < 10000000; t += 200) {
        const rv_world_past p = belief((uint64_t)t + 1, t);
        assert_int_equal(rv_history_state(h, &p), RV_OK);
        assert_int_equal(rv_history_tick(h, t), RV_OK);
        if (t % 60000 == 0) {
            const uint64_t bytes = rv_history_bytes(h);
            largest              = bytes > largest ? bytes : largest;
        }
    }
    rv_history_close(h);
    struct stat file;
    assert_int_equal(stat(path, &file), 0);
    assert_true(largest < 768 * 1024);
    assert_true(file.st_size < 1024 * 1024); // given back to the file system
}

static void
newest_snapshots_stay(void **state)
{
    rv_history *const h = open_it(false);
    assert_int_equal(rv_history_run(h, run_digest, false, 0), RV_OK);
    for (int i = 0; i < 100; ++i) {
        assert_int_equal(rv_history_snapshot(h, (uint64_t)i, i * 1000, "{}", 2), RV_OK);
    }
    const rows r = ask(h, RV_HISTORY_SNAPSHOTS, INT64_MIN, INT64_MAX);
    assert_int_equal(r.n, RV_HISTORY_KEPT);
    assert_string_equal(r.last, "1|99|99000|2|");
    rv_history_close(h);
}

/// Writes for ever, and says after each commit how many rows stand
static void
write_until_killed(const int pipe_out)
{
    rv_history       *h      = NULL;
    rv_history_config config = rv_history_config_default(path);
    config.audit_rows        = 200; // and the chain moves into files all the while
    config.audit_files       = 60;
    if (rv_history_open(&h, &config) != RV_OK) {
        _exit(9);
    }
    rv_audit head;
    if (rv_history_audit_head(h, &head) != RV_OK) {
        _exit(8);
    }
    uint64_t id = head.n;
    for (;;) {
        for (int k = 0; k < 20; ++k) {
            uint8_t              record[RV_AUDIT_BYTES];
            const rv_audit_entry entry = {.cycle = id, .item = (uint32_t)id};
            const rv_world_past  p     = belief(id + 1, (int64_t)id * 10 + 10);
            ++id;
            rv_audit_append(&head, &entry, record);
            if (rv_history_audit(h, record) != RV_OK ||
                rv_history_state(h, &p) != RV_OK) {
                _exit(7);
            }
        }
        if (rv_history_commit(h) != RV_OK ||
            write(pipe_out, &id, sizeof id) != sizeof id ||
            rv_history_rotate_audit(h) != RV_OK) {
            _exit(6);
        }
    }
}

static void
survives_kill_at_any_instant(void **state)
{
    const char *const text     = getenv("RV_KILLS");
    const int         n        = text ? atoi(text) : 40;
    uint64_t          standing = 0;
    unsigned          seed     = 4711;
    for (int i = 0; i < n; ++i) {
        int ends[2];
        assert_int_equal(pipe(ends), 0);
        const pid_t child = fork();
        if (child == 0) {
            close(ends[0]);
            write_until_killed(ends[1]);
        }
        close(ends[1]);
        const struct timespec wait = {.tv_nsec = (long)(rand_r(&seed) % 20000) * 1000};
        nanosleep(&wait, NULL);
        if (standing == 0 && i >= n / 2) { // a slow machine: let one commit happen
            uint64_t id;
            standing = read(ends[0], &id, sizeof id) == sizeof id ? id : 0;
        }
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status)); // it did not stop by itself
        for (uint64_t id; read(ends[0], &id, sizeof id) == sizeof id;) {
            standing = id; // said to be committed
        }
        close(ends[0]);
        struct stat file;
        if (stat(path, &file) != 0 || file.st_size == 0) {
            continue; // killed before there was anything
        }
        rv_history *const h = open_it(false);
        rv_history_found  found;
        assert_int_equal(rv_history_check(h, NULL, &found), RV_OK);
        const uint64_t n_audit = found.last_audit;
        assert_true(n_audit >= standing); // no committed row is lost
        assert_int_equal(ask(h, RV_HISTORY_STATES, INT64_MIN, INT64_MAX).n, n_audit);
        rv_history_close(h);
    }
    print_message("%d kills, %llu rows committed, none lost, none damaged\n", n,
                  (unsigned long long)standing);
    assert_true(standing > 0);
}

int
main(void)
{
    assert_non_null(mkdtemp(folder));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(what_is_put_is_there, fresh),
        cmocka_unit_test_setup(commits_once_a_second, fresh),
        cmocka_unit_test_setup(other_files_are_refused, fresh),
        cmocka_unit_test_setup(old_tables_are_brought_up, fresh),
        cmocka_unit_test_setup(goes_by_age, fresh),
        cmocka_unit_test_setup(goes_by_size, fresh),
        cmocka_unit_test_setup(newest_snapshots_stay, fresh),
        cmocka_unit_test_setup(survives_kill_at_any_instant, fresh),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    void     *none   = NULL;
    (void)fresh(&none);
    rmdir(folder);
    return failed;
}

// SPDX-License-Identifier: MIT
// The two chains in a history: audit records over files and table, and decisions about
// privacy. A bit changed anywhere in either is found.
#include "bed.h"
#include "cmocka_rv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
append(rv_history *const h, rv_audit *const head, const uint64_t id)
{
    const rv_audit_entry entry = {.cycle = id, .item = (uint32_t)id};
    uint8_t              record[RV_AUDIT_BYTES];
    rv_audit_append(head, &entry, record);
    assert_int_equal(rv_history_audit(h, record), RV_OK);
}

static rv_status
check_audit(rv_history_found *const found)
{
    rv_history *const h      = open_it(true);
    const rv_status   status = rv_history_check(h, NULL, found);
    rv_history_close(h);
    return status;
}

/// One bit of a file's byte, there and back
static void
flip(const char *const name, const long at)
{
    FILE *const file = fopen(name, "r+b");
    assert_non_null(file);
    fseek(file, at, SEEK_SET);
    const int byte = getc(file);
    fseek(file, at, SEEK_SET);
    putc(byte ^ 1, file);
    fclose(file);
}

static void
audit_goes_into_files(void **state)
{
    rv_history       *h      = NULL;
    rv_history_config config = rv_history_config_default(path);
    rv_audit          head   = {0};
    rv_history_found  found;
    rv_audit_file     file[RV_AUDIT_FILES_MOST];
    config.audit_rows  = 100;
    config.audit_files = 3;
    assert_int_equal(rv_history_open(&h, &config), RV_OK);
    for (uint64_t id = 1; id <= 170; ++id) { // two and a half files
        append(h, &head, id);
        assert_int_equal(rv_history_rotate_audit(h), RV_OK);
    }
    assert_int_equal(rv_audit_files(path, file), 2);
    assert_int_equal(rv_history_commit(h), RV_OK);
    assert_int_equal(check_audit(&found), RV_OK);
    assert_int_equal(found.first_audit, 1);
    assert_int_equal(found.last_audit, 170);
    assert_int_equal(found.audit_files, 2);

    for (uint64_t id = 171; id <= 5000; ++id) { // bounded, and it goes on
        append(h, &head, id);
        assert_int_equal(rv_history_tick(h, (int64_t)id * 1000), RV_OK);
    }
    rv_history_close(h);
    assert_int_equal(rv_audit_files(path, file), 3);
    assert_int_equal(check_audit(&found), RV_OK);
    assert_int_equal(found.last_audit, 5000);
    assert_int_equal(found.first_audit, file[0].first);
    assert_true(found.first_audit > 4500);

    for (int i = 0; i < 3; ++i) { // a bit in any of them, or one of them gone
        for (long at = 3; at < 64 * 30; at += 64 * 11 + 7) {
            flip(file[i].path, at);
            assert_int_equal(check_audit(&found), RV_ERR_DIFFERENT);
            flip(file[i].path, at);
        }
    }
    assert_int_equal(check_audit(&found), RV_OK);
    char away[600];
    snprintf(away, sizeof away, "%s.away", file[1].path);
    assert_int_equal(rename(file[1].path, away), 0);
    assert_int_equal(check_audit(&found), RV_ERR_DIFFERENT);
    assert_int_equal(rename(away, file[1].path), 0);
    assert_int_equal(truncate(file[2].path, 64 * 5 + 9), 0);
    assert_int_equal(check_audit(&found), RV_ERR_DIFFERENT);

    // The chain goes on where the table ends, whatever is in the files
    h = open_it(false);
    rv_audit again;
    assert_int_equal(rv_history_audit_head(h, &again), RV_OK);
    assert_int_equal(again.n, 5000);
    assert_memory_equal(again.link, head.link, RV_AUDIT_LINK);
    rv_history_close(h);
}

static void
killed_between_file_and_table(void **state)
{
    rv_history       *h      = NULL;
    rv_history_config config = rv_history_config_default(path);
    rv_audit          head   = {0};
    rv_history_found  found;
    config.audit_rows = 100;
    assert_int_equal(rv_history_open(&h, &config), RV_OK);
    for (uint64_t id = 1; id <= 60; ++id) {
        append(h, &head, id);
    }
    // The file is there, and its records are still in the table
    char name[128];
    snprintf(name, sizeof name, "%s.audit.%012d", path, 1);
    FILE *const file = fopen(name, "wb");
    rv_audit    copy = {0};
    for (uint64_t id = 1; id <= 50; ++id) {
        const rv_audit_entry entry = {.cycle = id, .item = (uint32_t)id};
        uint8_t              record[RV_AUDIT_BYTES];
        rv_audit_append(&copy, &entry, record);
        fwrite(record, sizeof record, 1, file);
    }
    fclose(file);
    assert_int_equal(rv_history_commit(h), RV_OK);
    assert_int_equal(check_audit(&found), RV_OK);
    assert_int_equal(found.last_audit, 60);
    for (uint64_t id = 61; id <= 130; ++id) {
        append(h, &head, id);
    }
    assert_int_equal(rv_history_rotate_audit(h), RV_OK); // writes it again, longer
    rv_history_close(h);
    assert_int_equal(check_audit(&found), RV_OK);
    assert_int_equal(found.last_audit, 130);
    assert_int_equal(found.audit_files, 1);
}

// ---- decisions about privacy

static void
decisions_follow_and_are_signed(void **state)
{
    rv_history      *h = open_it(false);
    rv_history_found found;
    sqlite3         *db;
    for (int run = 0; run < 2; ++run) {
        rv_attestation_head head = {0};
        assert_int_equal(rv_history_run(h, run_digest, false, run * 100), RV_OK);
        for (int i = 0; i < 3; ++i) {
            rv_attestation e = {.mode   = (rv_privacy_mode)((i + run) % 5),
                                .reason = i ? RV_ATTEST_OPERATOR : RV_ATTEST_START,
                                .t_us   = (uint64_t)i * 1000000,
                                .actor  = "somebody"};
            assert_int_equal(rv_attest(&head, &e), RV_OK);
            const rv_attested kept = rv_attested_make(&e, NULL);
            assert_int_equal(rv_history_attested(h, &kept), RV_OK);
        }
    }
    rv_history_close(h);
    assert_int_equal(check_audit(&found), RV_OK);
    assert_int_equal(found.decisions, 6);
    assert_int_equal(found.signed_, 0);
    static const char *const forged[] = {
        "UPDATE attestation SET mode='strict_no_identity', class='restricted' WHERE "
        "run=1 AND n=1",
        "UPDATE attestation SET actor='nobody' WHERE run=2 AND n=2",
        "UPDATE attestation SET t_us=7 WHERE run=1 AND n=2",
        "UPDATE attestation SET consent='full' WHERE run=1 AND n=0",
        "DELETE FROM attestation WHERE run=1 AND n=1",
        "UPDATE attestation SET n=9 WHERE run=2 AND n=2",
        "UPDATE attestation SET key=hash, signature=hash||core WHERE run=1 AND n=1",
    };
    for (size_t i = 0; i < sizeof forged / sizeof *forged; ++i) {
        char command[160];
        snprintf(command, sizeof command, "cp %s %s.good", path, path);
        assert_int_equal(system(command), 0);
        assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, forged[i], NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_changes(db), 1);
        sqlite3_close(db);
        assert_int_equal(check_audit(&found), RV_ERR_VALUE);
        snprintf(command, sizeof command, "mv %s.good %s", path, path);
        assert_int_equal(system(command), 0);
    }
    assert_int_equal(check_audit(&found), RV_OK);
}

int
main(void)
{
    assert_non_null(mkdtemp(folder));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(audit_goes_into_files, fresh),
        cmocka_unit_test_setup(killed_between_file_and_table, fresh),
        cmocka_unit_test_setup(decisions_follow_and_are_signed, fresh),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    void     *none   = NULL;
    (void)fresh(&none);
    rmdir(folder);
    return failed;
}

// SPDX-License-Identifier: MIT
// Logs written by publish/ are read back by platform/, and `ruview diff` reads both.
#include "cmocka_rv.h"
#include "platform/run_log.h"

#include <ruview/base/version.h>
#include <ruview/publish/json_digest.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const stages[] = {"ingest", "cir", "trust"};
static char              path_a[] = "/tmp/rv_log_a_XXXXXX";
static char              path_b[] = "/tmp/rv_log_b_XXXXXX";

/// Writes n cycles; cycle `odd` differs in stage 1
static void
write_log(const char *const path, const unsigned n, const unsigned odd,
          const bool with_stages)
{
    FILE *const         file   = fopen(path, "wb");
    const rv_run_header header = {.record_format = RV_RECORD_FORMAT, .digest_epoch = 1};
    static char         text[8192];
    size_t              bytes = sizeof text;
    assert_int_equal(
        rv_json_witness_header(&header, with_stages ? stages : NULL, 3, text, &bytes),
        RV_OK);
    fprintf(file, "%.*s\n", (int)bytes, text);
    for (unsigned i = 0; i < n; ++i) {
        const rv_witness_line line = {.cycle = i, .t_us = i * 50000};
        rv_stage_row          row  = {0};
        row.stage[0][0]            = (uint8_t)i;
        row.stage[1][0]            = i == odd;
        bytes                      = sizeof text;
        assert_int_equal(
            rv_json_witness_line(&line, with_stages ? &row : NULL, 3, text, &bytes),
            RV_OK);
        fprintf(file, "%.*s\n", (int)bytes, text);
    }
    fclose(file);
}

static void
reads_back(void **state)
{
    rv_run_log      log;
    rv_witness_line line;
    rv_stage_row    row;
    write_log(path_a, 4, 2, true);
    assert_int_equal(rv_run_log_open(&log, path_a), RV_OK);
    assert_int_equal(log.n_stages, 3);
    assert_string_equal(log.stage[1], "cir");
    for (unsigned i = 0; i < 4; ++i) {
        assert_int_equal(rv_run_log_next(&log, &line, &row), RV_OK);
        assert_int_equal(line.cycle, i);
        assert_int_equal(row.stage[1][0], i == 2);
    }
    assert_int_equal(rv_run_log_next(&log, &line, &row), RV_ERR_END);
    rv_run_log_close(&log);
}

static void
damage_is_seen(void **state)
{
    rv_run_log      log;
    rv_witness_line line;
    rv_stage_row    row;
    write_log(path_a, 2, 9, false);
    FILE *const file = fopen(path_a, "r+b");
    assert_int_equal(fseek(file, -3, SEEK_END), 0);
    assert_int_equal(ftruncate(fileno(file), ftell(file)), 0);
    fclose(file);
    assert_int_equal(rv_run_log_open(&log, path_a), RV_OK);
    assert_int_equal(rv_run_log_next(&log, &line, &row), RV_OK);
    assert_int_equal(rv_run_log_next(&log, &line, &row), RV_ERR_TRUNCATED);
    rv_run_log_close(&log);

    char *const text = strdup("{\"type\":\"witness\",\"record_format\":2}\n");
    FILE *const bad  = fopen(path_a, "wb");
    fputs(text, bad);
    fclose(bad);
    free(text);
    assert_int_equal(rv_run_log_open(&log, path_a), RV_ERR_VALUE);
    FILE *const other = fopen(path_a, "wb");
    fputs("hello\n", other);
    fclose(other);
    assert_int_equal(rv_run_log_open(&log, path_a), RV_ERR_MAGIC);
}

#ifdef RV_RUVIEW
static int
run_diff(char *const answer, const size_t n)
{
    char command[512];
    snprintf(command, sizeof command, "%s diff %s %s 2>&1", RV_RUVIEW, path_a, path_b);
    FILE *const  pipe = popen(command, "r");
    const size_t got  = fread(answer, 1, n - 1, pipe);
    answer[got]       = '\0';
    return pclose(pipe) >> 8;
}

static void
diff_names_cycle_and_stage(void **state)
{
    char answer[4096];
    write_log(path_a, 5, 99, true);
    write_log(path_b, 5, 99, true);
    assert_int_equal(run_diff(answer, sizeof answer), 0);
    assert_non_null(strstr(answer, "equal: 5 cycles"));
    write_log(path_b, 5, 3, true);
    assert_int_equal(run_diff(answer, sizeof answer), 1);
    assert_non_null(strstr(answer, "cycle 3, stage cir"));
    write_log(path_b, 4, 99, true);
    assert_int_equal(run_diff(answer, sizeof answer), 1);
    assert_non_null(strstr(answer, "B ends there"));
}

static void
write_text(const char *const path, const char *const text)
{
    FILE *const file = fopen(path, "wb");
    fputs(text, file);
    fclose(file);
}

static void
diff_names_field_and_values(void **state)
{
    char answer[4096];
    write_text(path_a,
               "{\"type\":\"sensing_update\",\"cycle\":0,\"links\":[{\"x\":1}]}\n"
               "{\"type\":\"sensing_update\",\"cycle\":1,\"links\":[{\"x\":1.5}]}\n");
    write_text(path_b,
               "{\"type\":\"sensing_update\",\"cycle\":0,\"links\":[{\"x\":1}]}\n"
               "{\"type\":\"sensing_update\",\"cycle\":1,\"links\":[{\"x\":2.5}]}\n");
    assert_int_equal(run_diff(answer, sizeof answer), 1);
    assert_non_null(strstr(answer, "cycle 1, links[0].x"));
    assert_non_null(strstr(answer, "A 1.5"));
    assert_non_null(strstr(answer, "B 2.5"));
    write_text(path_b, "nonsense\n");
    assert_int_equal(run_diff(answer, sizeof answer), 2);
}
#endif

int
main(void)
{
    close(mkstemp(path_a));
    close(mkstemp(path_b));
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_back),
        cmocka_unit_test(damage_is_seen),
#ifdef RV_RUVIEW
        cmocka_unit_test(diff_names_cycle_and_stage),
        cmocka_unit_test(diff_names_field_and_values),
#endif
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path_a);
    remove(path_b);
    return failed;
}

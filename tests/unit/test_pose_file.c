// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/base/bytes.h>
#include <ruview/math/blake3.h>
#include <ruview/platform/pose_file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned    n_rows, n_columns;
} tensor[] = {
    {"cycle.bias", 1, 64},    {"cycle.weight", 64, 108},
    {"head.0.bias", 1, 128},  {"head.0.weight", 128, 512},
    {"head.1.bias", 1, 128},  {"head.1.weight", 128, 128},
    {"head.2.bias", 1, 85},   {"head.2.weight", 85, 128},
    {"link.0.bias", 1, 64},   {"link.0.weight", 64, 40},
    {"link.1.bias", 1, 48},   {"link.1.weight", 48, 64},
    {"mean.position", 17, 3}, {"mean.sigma", 17, 2},
};

enum { n_tensors = sizeof tensor / sizeof *tensor, room = 600000 };

typedef struct {
    uint8_t *bytes;
    size_t   n;
} file;

// A model whose n-th number is n / 1000; `gap` bytes after the first tensor
static file
build(const char *const metadata, const char *const dtype, const size_t gap)
{
    char  *text = malloc(room);
    file   f    = {calloc(1, room), 0};
    size_t at   = (size_t)snprintf(text, room, "{\"__metadata__\":{%s}", metadata);
    size_t data = 0;
    for (int i = 0; i < n_tensors; ++i) {
        const size_t   n = (size_t)4 * tensor[i].n_rows * tensor[i].n_columns;
        char           shape[32];
        const unsigned rows    = tensor[i].n_rows;
        const unsigned columns = tensor[i].n_columns;
        if (rows == 1) {
            snprintf(shape, sizeof shape, "[%u]", columns);
        } else {
            snprintf(shape, sizeof shape, "[%u,%u]", rows, columns);
        }
        at += (size_t)snprintf(text + at, room - at,
                               ",\"%s\":{\"dtype\":\"%s\",\"shape\":%s,"
                               "\"data_offsets\":[%zu,%zu]}",
                               tensor[i].name, dtype, shape, data, data + n);
        data += n + (i == 0 ? gap : 0);
    }
    text[at++]  = '}';
    rv_writer w = {.bytes = f.bytes, .size = room};
    rv_write_u64(&w, at);
    rv_write_bytes(&w, text, at);
    for (size_t i = 0; i < data / 4; ++i) {
        rv_write_f32(&w, (float)i / 1000.0F);
    }
    f.n = w.at;
    free(text);
    return f;
}

static const char good[] =
    "\"format\":\"ruview-pose-1\",\"trained_on\":\"simulation\",\"runs\":\"1\"";

static rv_status
parse(const file f)
{
    rv_pose_file   *model  = NULL;
    const char     *why    = NULL;
    const rv_status status = rv_pose_file_parse(f.bytes, f.n, &model, &why);
    assert_true(status == RV_OK || why != NULL);
    rv_pose_file_close(model);
    return status;
}

static void
a_file_is_read_as_it_was_written(void **state)
{
    const file    f     = build(good, "F32", 0);
    rv_pose_file *model = NULL;
    uint8_t       digest[32];
    assert_int_equal(rv_pose_file_parse(f.bytes, f.n, &model, NULL), RV_OK);
    const rv_pose_model *const m = rv_pose_file_model(model);
    assert_true(m->cycle.bias[0] == 0.0F);
    assert_true(m->cycle.weight[1] == 65.0F / 1000.0F);
    assert_true(m->mean_sigma - m->mean_position == 51);
    rv_blake3_hash(f.bytes, f.n, digest);
    assert_memory_equal(m->digest, digest, sizeof digest);
    rv_pose_file_close(model);
    free(f.bytes);
}

static void
what_is_wrong_is_refused(void **state)
{
    const struct {
        const char *metadata, *dtype;
        size_t      gap;
        int         more; // bytes added or cut off
        rv_status   status;
    } bad[] = {
        {good, "F32", 0, 4, RV_ERR_TRAILING},
        {good, "F32", 0, -4, RV_ERR_TRUNCATED},
        {good, "F32", 4, 0, RV_ERR_VALUE},
        {good, "F16", 0, 0, RV_ERR_VALUE},
        {"\"format\":\"other\",\"trained_on\":\"simulation\"", "F32", 0, 0,
         RV_ERR_VALUE},
        {"\"format\":\"ruview-pose-1\",\"trained_on\":\"people\"", "F32", 0, 0,
         RV_ERR_VALUE},
        {"\"format\":\"ruview-pose-1\"", "F32", 0, 0, RV_ERR_VALUE},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        file f = build(bad[i].metadata, bad[i].dtype, bad[i].gap);
        f.n    = (size_t)((long)f.n + bad[i].more);
        assert_int_equal(parse(f), bad[i].status);
        free(f.bytes);
    }
}

static void
no_prefix_is_a_model(void **state)
{
    file         f     = build(good, "F32", 0);
    const size_t whole = f.n;
    for (f.n = 0; f.n < whole; f.n += f.n < 3000 ? 1 : 9973) {
        assert_int_not_equal(parse(f), RV_OK);
    }
    free(f.bytes);
}

static void
not_a_number_is_no_weight(void **state)
{
    const file f = build(good, "F32", 0);
    memset(f.bytes + f.n - 4, 0xFF, 4);
    assert_int_equal(parse(f), RV_ERR_NONFINITE);
    free(f.bytes);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_read_as_it_was_written),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(no_prefix_is_a_model),
        cmocka_unit_test(not_a_number_is_no_weight),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

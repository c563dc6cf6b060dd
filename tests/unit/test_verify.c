// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/trust/stage_digest.h>
#include <ruview/trust/verify.h>

#include <math.h>
#include <string.h>

static const uint8_t run[RV_DIGEST_BYTES] = {1};

static rv_witness_line
line(const uint64_t cycle)
{
    rv_witness_line l = {.cycle = cycle, .t_us = 1000 + cycle * 50000};
    memset(l.witness, (int)cycle + 1, sizeof l.witness);
    return l;
}

static rv_verify
compare(const unsigned n_published, const unsigned n_recomputed,
        const unsigned tampered, const int field)
{
    rv_verify self;
    rv_verify_init(&self, run, run);
    for (unsigned i = 0; i < n_published || i < n_recomputed; ++i) {
        rv_witness_line       p = line(i);
        const rv_witness_line r = line(i);
        if (i == tampered) {
            p.cycle += field == 0;
            p.t_us += field == 1;
            p.witness[31] ^= field == 2;
        }
        if (!rv_verify_push(&self, i < n_published ? &p : NULL,
                            i < n_recomputed ? &r : NULL)) {
            break;
        }
    }
    return self;
}

static void
verdicts(void **state)
{
    rv_verify v = compare(5, 5, 99, 0);
    assert_int_equal(rv_verify_verdict(&v), RV_VERIFY_SAME);
    assert_int_equal(v.n_same, 5);
    v = compare(0, 0, 99, 0);
    assert_int_equal(rv_verify_verdict(&v), RV_VERIFY_CANNOT_TELL);
    static const rv_verify_what what[] = {RV_VERIFY_CYCLE, RV_VERIFY_TIME,
                                          RV_VERIFY_WITNESS};
    for (int field = 0; field < 3; ++field) {
        v = compare(5, 5, 3, field);
        assert_int_equal(rv_verify_verdict(&v), RV_VERIFY_DIFFERENT);
        assert_int_equal(v.what, what[field]);
        assert_int_equal(v.n_same, 3);
    }
    v = compare(5, 4, 99, 0);
    assert_int_equal(v.what, RV_VERIFY_MISSING);
    assert_int_equal(v.cycle, 4);
    v = compare(4, 5, 99, 0);
    assert_int_equal(v.what, RV_VERIFY_EXTRA);

    const uint8_t other[RV_DIGEST_BYTES] = {2};
    rv_verify_init(&v, run, other);
    assert_int_equal(v.what, RV_VERIFY_RUN);
    assert_int_equal(rv_verify_verdict(&v), RV_VERIFY_DIFFERENT);

    rv_verify_init(&v, run, run);
    rv_verify_damaged(&v, 7);
    assert_int_equal(rv_verify_verdict(&v), RV_VERIFY_DIFFERENT);
    assert_string_equal(rv_verify_what_name(v.what), "damaged");
}

static unsigned probed;

static void
probe(void *const user, const unsigned stage, const char *const name,
      const uint32_t index, const float *const values, const size_t n)
{
    probed += (unsigned)n;
    assert_string_equal(name, "x");
}

static void
stage_digests(void **state)
{
    static rv_stage_digests a, b;
    rv_stage_row            x, y;
    float                   values[200];
    for (int i = 0; i < 200; ++i) {
        values[i] = (float)i * 0.1F;
    }
    assert_int_equal(rv_stage_digests_init(&a, RV_MAX_DIGEST_STAGES + 1, true),
                     RV_ERR_CONFIG);
    assert_int_equal(rv_stage_digests_init(&a, 3, true), RV_OK);
    assert_int_equal(rv_stage_digests_init(&b, 3, true), RV_OK);
    a.probe = probe;
    rv_stage_add_f32(&a, 1, "x", 0, values, 200);
    rv_stage_add_f32(&b, 1, "x", 0, values, 200);
    rv_stage_digests_end(&a, &x);
    rv_stage_digests_end(&b, &y);
    assert_memory_equal(&x, &y, sizeof x);
    assert_int_equal(probed, 200);
    static const uint8_t zeros[RV_STAGE_DIGEST_BYTES] = {0};
    assert_memory_equal(x.stage[0], zeros, sizeof zeros); // touched nothing
    assert_memory_not_equal(x.stage[1], zeros, sizeof zeros);

    // one bit, one index, one split differ; any NaN is the same NaN
    values[199] = nextafterf(values[199], 1e9F);
    rv_stage_add_f32(&b, 1, "x", 0, values, 200);
    rv_stage_digests_end(&b, &y);
    assert_memory_not_equal(x.stage[1], y.stage[1], RV_STAGE_DIGEST_BYTES);
    values[0] = NAN;
    rv_stage_add_f32(&a, 0, "x", 0, values, 1);
    values[0] = -NAN;
    rv_stage_add_f32(&b, 0, "x", 0, values, 1);
    rv_stage_digests_end(&a, &x);
    rv_stage_digests_end(&b, &y);
    assert_memory_equal(&x, &y, sizeof x);
    rv_stage_add_f32(&b, 0, "x", 1, values, 1);
    rv_stage_digests_end(&b, &y);
    assert_memory_not_equal(x.stage[0], y.stage[0], RV_STAGE_DIGEST_BYTES);

    assert_int_equal(rv_stage_digests_init(&a, 3, false), RV_OK);
    rv_stage_add_f32(&a, 0, "x", 0, values, 200);
    rv_stage_digests_end(&a, &x);
    assert_memory_equal(x.stage[0], zeros, sizeof zeros);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verdicts),
        cmocka_unit_test(stage_digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

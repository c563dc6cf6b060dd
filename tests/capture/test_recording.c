// SPDX-License-Identifier: MIT
// The two-node recording, against the counts that its publisher measured.
#include "cmocka_rv.h"

#include "platform/file_source.h"

#include <stdio.h>
#include <string.h>

static void
the_recording_has_three_layouts_per_node(void **state)
{
    rv_recording r;
    if (rv_recording_open(
            &r, RV_SHARED "/data/ruview-recording/pretrain-1775182186.csi.jsonl",
            NULL) != RV_OK) {
        printf("not run: no data\n");
        skip();
    }
    unsigned        count[3][193] = {{0}};
    rv_capture_item item;
    uint64_t        last = 0;
    while (rv_capture_next(r.capture, &item) == RV_OK) {
        if (item.reason != RV_REASON_NONE) {
            assert_int_equal(item.reason, RV_REASON_NOT_CSI);
            assert_true(item.line > 0);
            continue;
        }
        const rv_frame *const f = item.input.frame;
        assert_in_range(f->node, 1, 2);
        assert_in_range(f->layout->n_entries, 64, 192);
        assert_int_equal(f->rssi_dbm, RV_DBM_UNKNOWN);
        assert_true(f->t_us >= last);
        last = f->t_us;
        ++count[f->node][f->layout->n_entries];
        for (int i = 27; i <= 37; ++i) { // guard entries carry nothing
            if (i > 28 && i < 36) {
                assert_true(f->re[i] == 0.0F && f->im[i] == 0.0F);
            }
        }
    }
    assert_string_equal(rv_format_name(rv_capture_format(r.capture)), "ruview-jsonl");
    assert_int_equal(count[1][64], 2133);
    assert_int_equal(count[1][128], 503);
    assert_int_equal(count[1][192], 23);
    assert_int_equal(count[2][64], 1994);
    assert_int_equal(count[2][128], 631);
    assert_int_equal(count[2][192], 25);
    const rv_capture_counts *const c = rv_capture_counted(r.capture);
    assert_int_equal(c->inputs, 5309);
    assert_int_equal(c->refused[RV_REASON_NOT_CSI], 5783 - 5309);
    rv_recording_close(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_recording_has_three_layouts_per_node),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/frame/layout.h>

static void
esp32_entry_38_is_tone_minus_26(void **state)
{
    const rv_layout *const l = rv_layout_find(RV_CHIP_ESP32, 20, 64, 0);
    assert_non_null(l);
    const rv_segment *const s = &l->segment[l->primary];
    assert_int_equal(s->n_tones, 52);
    assert_int_equal(s->tone[0], -26);
    assert_int_equal(s->entry[0], 38);
    assert_int_equal(s->tone[26], 1);
    assert_int_equal(s->entry[26], 1);
    assert_int_equal(s->entry[51], 26);

    const rv_layout *const three = rv_layout_find(RV_CHIP_ESP32, 20, 192, 0);
    assert_int_equal(three->n_segments, 3);
    assert_int_equal(three->segment[2].first, 128);
    assert_int_equal(three->segment[2].entry[0], 36);
    assert_int_equal(three->segment[2].tone[0], -28);
    assert_null(rv_layout_find(RV_CHIP_ESP32, 20, 65, 0));
}

static void
every_layout_is_sound(void **state)
{
    uint32_t               n = 0;
    const rv_layout *const t = rv_layout_table(&n);
    assert_true(n > 30);
    for (uint32_t i = 0; i < n; ++i) {
        const rv_layout *const l = &t[i];
        assert_ptr_equal(rv_layout_by_id(l->id), l);
        assert_true(i == 0 || t[i - 1].id < l->id);
        assert_in_range(l->n_entries, 1, RV_MAX_ENTRIES);
        assert_in_range(l->n_segments, 1, RV_MAX_SEGMENTS);
        assert_true(l->primary < l->n_segments);
        assert_true(l->spacing_hz == 312500 || l->spacing_hz == 78125);
        for (int k = 0; k < l->n_segments; ++k) {
            const rv_segment *const s                    = &l->segment[k];
            uint8_t                 seen[RV_MAX_ENTRIES] = {0};
            assert_in_range(s->n_tones, 1, RV_MAX_TONES);
            for (int m = 0; m < s->n_tones; ++m) {
                assert_true(m == 0 || s->tone[m - 1] < s->tone[m]);
                assert_int_not_equal(s->tone[m], 0);
                assert_true(s->first + s->entry[m] < l->n_entries);
                assert_int_equal(seen[s->entry[m]]++, 0);
                const double hz = (double)s->tone[m] * l->spacing_hz;
                assert_true(hz < l->bandwidth_mhz * 0.5e6 &&
                            hz > l->bandwidth_mhz * -0.5e6);
            }
        }
    }
    assert_null(rv_layout_by_id(0));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(esp32_entry_38_is_tone_minus_26),
        cmocka_unit_test(every_layout_is_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

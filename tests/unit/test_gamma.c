// SPDX-License-Identifier: MIT
// Against the equations of IEEE 802.11-2020 21.3.7.5, tone by tone.
#include "cmocka_rv.h"

#include "capture/gamma.h"

#include <complex.h>
#include <stdbool.h>

/// gamma of tone k in a channel of that width
static float complex
gamma_of(const unsigned mhz, const int k)
{
    switch (mhz) {
    case 40:
        return k < 0 ? 1.0F : I;
    case 80:
        return k < -64 ? 1.0F : -1.0F;
    case 160:
        return k < -192 || (k >= 0 && k < 64) ? 1.0F : -1.0F;
    default:
        return 1.0F;
    }
}

static bool
carries_gamma(const rv_layout *const l)
{
    const bool is_chip = l->chip == RV_CHIP_FEITCSI || l->chip == RV_CHIP_NEXMON ||
                         l->chip == RV_CHIP_ATHEROS ||
                         (l->chip == RV_CHIP_PICOSCENES && l->id < 110);
    return is_chip && l->segment[0].field != RV_FIELD_HELTF;
}

static void
channel_times_gamma_becomes_the_channel(void **state)
{
    enum { pairs = 2 };
    static float           re[pairs * RV_MAX_ENTRIES], im[pairs * RV_MAX_ENTRIES];
    uint32_t               n_layouts = 0;
    const rv_layout *const table     = rv_layout_table(&n_layouts);
    for (uint32_t l = 0; l < n_layouts; ++l) {
        const rv_layout *const layout = &table[l];
        const rv_segment      *s      = &layout->segment[0];
        const size_t           n      = layout->n_entries;
        for (size_t i = 0; i < pairs * n; ++i) {
            re[i] = im[i] = 0.0F;
        }
        for (size_t k = 0; k < s->n_tones; ++k) {
            const float complex g = carries_gamma(layout)
                                        ? gamma_of(layout->bandwidth_mhz, s->tone[k])
                                        : 1.0F;
            const float complex h = ((float)k + 1.0F - 3.0F * I) * g;
            for (size_t pair = 0; pair < pairs; ++pair) {
                re[pair * n + s->first + s->entry[k]] = crealf(h);
                im[pair * n + s->first + s->entry[k]] = cimagf(h);
            }
        }
        rv_gamma_remove(layout, pairs, re, im);
        for (size_t k = 0; k < s->n_tones; ++k) {
            for (size_t pair = 0; pair < pairs; ++pair) {
                const size_t at = pair * n + s->first + s->entry[k];
                assert_true(re[at] == (float)k + 1.0F && im[at] == -3.0F);
            }
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(channel_times_gamma_becomes_the_channel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "channel_rv.h"
#include "cmocka_rv.h"

#include "vital/tones.h"

// Every tone of HT20; of a finer grid one in 312.5 kHz; of many streams no more than
// fit
static void
samples_of_a_frame(void **state)
{
    const struct {
        uint16_t n_tones;
        uint32_t spacing_hz, stride, n;
    } known[] = {{56, 312500, 1, 56}, {56, 0, 1, 56},      {114, 312500, 2, 57},
                 {242, 78125, 4, 61}, {484, 78125, 8, 61}, {996, 78125, 16, 63}};
    for (unsigned i = 0; i < sizeof known / sizeof *known; ++i) {
        const rv_csi   csi  = {.n_tones    = known[i].n_tones,
                               .n_streams  = 1,
                               .spacing_hz = known[i].spacing_hz};
        const rv_tones self = rv_tones_for(&csi);
        assert_int_equal(self.stride, known[i].stride);
        assert_int_equal(self.n, known[i].n);
        assert_true(rv_tones_fit(&self, &csi));
    }
    // Two streams count twice, and a frame of another shape does not fit
    rv_csi         csi  = {.n_tones = 30, .n_streams = 2, .spacing_hz = 312500};
    const rv_tones self = rv_tones_for(&csi);
    assert_int_equal(self.n, 60);
    csi.n_streams = 1;
    assert_false(rv_tones_fit(&self, &csi));
    csi.n_streams = 2;
    csi.n_tones   = 31;
    assert_false(rv_tones_fit(&self, &csi));
}

static void
amplitudes_have_rms_1(void **state)
{
    float  re[8] = {3, 0, -6, 0, 3, 0, -6, 0}, im[8] = {4, 0, 8, 0, -4, 0, -8, 0};
    float  x[RV_VITAL_TONES];
    rv_csi csi = {
        .n_tones = 8, .n_streams = 1, .spacing_hz = 156250, .re = re, .im = im};
    const rv_tones self = rv_tones_for(&csi);
    assert_int_equal(self.stride, 2);
    assert_int_equal(self.n, 4);
    assert_true(rv_tones_take(&self, &csi, x));
    for (int i = 0; i < 4; ++i) { // 5 and 10 by turns
        assert_float_equal(x[i], (i % 2 ? 10 : 5) / sqrt(62.5), 1e-6);
    }
    memset(re, 0, sizeof re);
    memset(im, 0, sizeof im);
    assert_false(rv_tones_take(&self, &csi, x));
    re[0] = 3e38F;
    assert_false(rv_tones_take(&self, &csi, x));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_of_a_frame),
        cmocka_unit_test(amplitudes_have_rms_1),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/elementary.h>
#include <ruview/math/fft.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
a_single_tone_is_one_line(void **state)
{
    enum { n = 168 };
    size_t n_bytes = 0;
    assert_int_equal(rv_fft_size(n, &n_bytes), RV_OK);
    void *const mem = malloc(n_bytes);
    rv_fft      plan;
    assert_int_equal(rv_fft_init(&plan, n, mem, n_bytes), RV_OK);

    float re[n];
    float im[n];
    float work[4 * n];
    for (int i = 0; i < n; ++i) { // exp(+2 pi i 5 t / n) stands at line 5
        re[i] = (float)cos(2.0 * RV_PI_F64 * 5.0 * i / n);
        im[i] = (float)sin(2.0 * RV_PI_F64 * 5.0 * i / n);
    }
    rv_fft_forward(&plan, re, im, re, im, work);
    for (int i = 0; i < n; ++i) {
        assert_true(fabsf(re[i] - (i == 5 ? (float)n : 0.0F)) < 1e-4F);
        assert_true(fabsf(im[i]) < 1e-4F);
    }
    rv_fft_inverse(&plan, re, im, re, im, work); // not divided by n
    assert_true(fabsf(re[0] - (float)n) < 1e-3F);
    free(mem);
}

static void
lengths_of_small_factors_only(void **state)
{
    size_t         n_bytes = 0;
    const uint32_t good[]  = {1,   2,   19,  64,  128,  156, 168,
                              256, 342, 512, 726, 1452, 2048};
    const uint32_t bad[]   = {0, 23, 58, 1U << 21};
    rv_fft         plan;
    rv_fft         before;
    float          tiny[1] = {0.0F};
    for (size_t i = 0; i < sizeof good / sizeof *good; ++i) {
        assert_int_equal(rv_fft_size(good[i], &n_bytes), RV_OK);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        assert_int_equal(rv_fft_size(bad[i], &n_bytes), RV_ERR_RANGE);
    }
    memset(&plan, 7, sizeof plan);
    before = plan;
    assert_int_equal(rv_fft_init(&plan, 64, NULL, 1 << 20), RV_ERR_MEMORY);
    assert_int_equal(rv_fft_init(&plan, 64, tiny, sizeof tiny), RV_ERR_MEMORY);
    assert_int_equal(rv_fft_init(&plan, 64, (char *)tiny + 1, 1 << 20), RV_ERR_MEMORY);
    assert_memory_equal(&plan, &before, sizeof plan);
}

static void
one_point_is_itself(void **state)
{
    float  mem[4];
    float  re[1] = {3.0F};
    float  im[1] = {-4.0F};
    float  work[4];
    rv_fft plan;
    assert_int_equal(rv_fft_init(&plan, 1, mem, sizeof mem), RV_OK);
    rv_fft_inverse(&plan, re, im, re, im, work);
    assert_true(re[0] == 3.0F && im[0] == -4.0F);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_single_tone_is_one_line),
        cmocka_unit_test(lengths_of_small_factors_only),
        cmocka_unit_test(one_point_is_itself),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

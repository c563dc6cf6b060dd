// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/base/version.h>
#include <ruview/engine/engine.h>
#include <ruview/engine/flat.h>

#include "platform/lend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *
lent(const size_t n)
{
    void *const p = rv_lend(n);
    assert_non_null(p);
    return p;
}

static void
one_path_on_the_grid(void **state)
{
    (void)state;
    int16_t      tone[52];
    float        re[52], im[52], x_re[156], x_im[156], gap;
    rv_flat_cir *cir = NULL;
    size_t       n = 0, n_solver = 0;
    for (int16_t k = 0; k < 52; ++k) {
        tone[k] = (int16_t)(k < 26 ? k - 26 : k - 25);
        re[k]   = (float)cos(-2.0 * 3.14159265358979 * tone[k] * 12 / 156);
        im[k]   = (float)sin(-2.0 * 3.14159265358979 * tone[k] * 12 / 156);
    }
    assert_int_equal(rv_flat_cir_memory(tone, 52, 312500, 4, &n), RV_ERR_CONFIG);
    assert_int_equal(rv_flat_cir_memory(NULL, 52, 312500, 0, &n), RV_ERR_CONFIG);
    assert_int_equal(rv_flat_cir_memory(tone, 52, 312500, 0, &n), RV_OK);
    void *const a = lent(n);
    assert_int_equal(
        rv_flat_cir_plan(&cir, tone, 52, 312500, 0, 0.0F, a, n - 64, &n_solver),
        RV_ERR_MEMORY);
    assert_int_equal(rv_flat_cir_plan(&cir, tone, 52, 312500, 0, 0.0F, a, n, &n_solver),
                     RV_OK);
    void *const b = lent(n_solver);
    assert_int_equal(rv_flat_cir_open(cir, b, n_solver), RV_OK);
    assert_int_equal(rv_flat_cir_taps(cir), 156);
    assert_int_equal(rv_flat_cir_solve(cir, re, im, x_re, x_im, &gap), 0);
    for (int g = 0; g < 156; ++g) { // soft threshold: lambda is a tenth of the peak
        const double wanted = g == 12 ? 0.9 * sqrt(52.0) : 0.0;
        assert_true(fabs(hypot(x_re[g], x_im[g]) - wanted) < 1e-5);
    }
    assert_true(gap <= 1e-4F);
    memset(re, 0, sizeof re);
    memset(im, 0, sizeof im);
    assert_int_equal(rv_flat_cir_solve(cir, re, im, x_re, x_im, NULL),
                     RV_REASON_ALL_ZERO);
    assert_true(x_re[12] == 0.0F && x_im[12] == 0.0F);
    free(a);
    free(b);
}

static void
what_does_not_fit_is_refused(void **state)
{
    (void)state;
    const size_t         n      = rv_flat_bytes();
    rv_flat *const       flat   = lent(n);
    size_t               need   = 0;
    static const uint8_t text[] = "no capture at all";
    assert_int_equal(rv_flat_begin(NULL, n), RV_ERR_MEMORY);
    assert_int_equal(rv_flat_begin(flat, n - 1), RV_ERR_MEMORY);
    assert_int_equal(rv_flat_begin(flat, n), RV_OK);
    assert_int_equal(rv_flat_step(flat), RV_ERR_STATE);
    assert_int_equal(rv_flat_memory(flat, &need), RV_ERR_STATE);
    assert_null(rv_flat_format(flat));
    assert_int_equal(rv_flat_accepted(flat), 0);
    assert_int_equal(rv_flat_refused(flat), 0);
    assert_int_equal(rv_flat_mode(flat, 5), RV_ERR_RANGE);
    assert_int_equal(rv_flat_room(flat, 5.0F, -1.0F, 2.0F), RV_ERR_RANGE);
    assert_int_equal(rv_flat_node(flat, 256, 0, 0, 0, 0), RV_ERR_RANGE);
    for (uint32_t i = 0; i < RV_MAX_NODES; ++i) {
        assert_int_equal(rv_flat_node(flat, i, 1, 1, 1, 0), RV_OK);
    }
    assert_int_equal(rv_flat_node(flat, 99, 1, 1, 1, 0), RV_ERR_FULL);
    assert_int_equal(rv_flat_source(flat, text, 0), RV_ERR_EMPTY);
    assert_int_equal(rv_flat_source_read(flat, NULL, NULL, 0), RV_ERR_EMPTY);
    assert_int_equal(rv_flat_begin(flat, n), RV_OK);
    assert_int_equal(rv_flat_source(flat, text, sizeof text), RV_OK);
    assert_int_equal(rv_flat_memory(flat, &need), RV_OK);
    assert_int_equal(rv_flat_open(flat, NULL, need), RV_ERR_MEMORY);
    void *const memory = lent(need);
    assert_int_equal(rv_flat_open(flat, memory, need), RV_ERR_MAGIC);
    assert_int_equal(rv_flat_step(flat), RV_ERR_STATE);
    assert_int_equal(rv_flat_abi(), RV_ABI_VERSION);
    assert_string_equal(rv_flat_version(), RV_VERSION);
    free(memory);
    free(flat);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_path_on_the_grid),
        cmocka_unit_test(what_does_not_fit_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

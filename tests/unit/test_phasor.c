// SPDX-License-Identifier: MIT
// Phasor tables against libm, sums against a plain loop in sixteen lanes, bit by bit.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include "prep/phasor.h"

static float
plain_fold(float *const lane)
{
    for (int half = 8; half > 0; half /= 2) {
        for (int l = 0; l < half; ++l) {
            lane[l] += lane[l + half];
        }
    }
    return lane[0];
}

static void
test_table(void **state)
{
    ch_random r     = {1};
    double    worst = 0;
    for (int trial = 0; trial < 2000; ++trial) {
        int16_t        tone[256];
        float          c[256], s[256];
        const uint32_t n = 4 + (uint32_t)(ch_bits(&r) % 230);
        int            t = -(int)(ch_bits(&r) % 300);
        for (uint32_t k = 0; k < n; ++k) {
            t += 1 + (ch_bits(&r) % 11 == 0 ? (int)(ch_bits(&r) % 4) : 0);
            tone[k] = (int16_t)t;
        }
        const float phase = (float)(6 * ch_uniform(&r) - 3);
        const float slope = (float)(6 * ch_uniform(&r) - 3);
        rv_phasors(tone, n, phase, slope, c, s);
        for (uint32_t k = 0; k < n; ++k) {
            const double x = (double)phase + (double)slope * tone[k];
            const double e = hypot(c[k] - cos(x), s[k] - sin(x));
            worst          = e > worst ? e : worst;
        }
        for (uint32_t k = n; k % 16 != 0; ++k) {
            assert_true(c[k] == 0 && s[k] == 0);
        }
    }
    // The angle itself is rounded to f32: 3 x 500 rad has a last place of 1.2e-4
    print_message("worst error of a phasor: %.2e\n", worst);
    assert_true(worst < 2e-4);
}

static void
test_sums(void **state)
{
    ch_random r = {2};
    for (uint32_t n = 1; n < 150; ++n) {
        float x[160] = {0}, y[160] = {0}, t[160] = {0}, c[160] = {0}, s[160] = {0};
        for (uint32_t k = 0; k < n; ++k) {
            x[k] = (float)ch_normal(&r);
            y[k] = (float)ch_normal(&r);
            t[k] = (float)((int)k - 70);
            c[k] = (float)ch_normal(&r);
            s[k] = (float)ch_normal(&r);
        }
        float sum[16] = {0}, dot[16] = {0}, m[6][16] = {{0}}, got[6];
        for (uint32_t k = 0; k < n; ++k) {
            const float a  = x[k] * c[k] + y[k] * s[k];
            const float b  = y[k] * c[k] - x[k] * s[k];
            const float ta = t[k] * a, tb = t[k] * b;
            sum[k % 16] += x[k];
            dot[k % 16] += x[k] * y[k];
            m[0][k % 16] += a;
            m[1][k % 16] += b;
            m[2][k % 16] += ta;
            m[3][k % 16] += tb;
            m[4][k % 16] += t[k] * ta;
            m[5][k % 16] += t[k] * tb;
        }
        const float one = rv_phasor_sum(x, n), two = rv_phasor_dot(x, y, n);
        const float want_one = plain_fold(sum), want_two = plain_fold(dot);
        assert_memory_equal(&one, &want_one, sizeof one);
        assert_memory_equal(&two, &want_two, sizeof two);
        rv_phasor_moments(t, x, y, c, s, n, got);
        for (int i = 0; i < 6; ++i) {
            const float want = plain_fold(m[i]);
            assert_memory_equal(&got[i], &want, sizeof want);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

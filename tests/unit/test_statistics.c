// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "vital/statistics.h"

// scipy.stats.norm.isf, SciPy 1.10; the approximation is good to 4.5e-4 ("Handbook of
// Mathematical Functions", 26.2.23)
static void
quantiles_of_the_normal_distribution(void **state)
{
    const double known[][2] = {
        {0.5, 0.0},           {0.25, 0.6744897502}, {0.1, 1.2815515655},
        {0.01, 2.3263478740}, {1e-3, 3.0902323062}, {1e-4, 3.7190164855},
        {1e-6, 4.7534243088}, {1e-9, 5.9978070150}, {1e-12, 7.0344838253},
    };
    for (unsigned i = 0; i < sizeof known / sizeof *known; ++i) {
        assert_float_equal(rv_normal_quantile((float)known[i][0]), known[i][1], 5e-4);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_the_normal_distribution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

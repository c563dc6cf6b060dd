// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/rotation.h>
#include <ruview/people/sketch.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
the_published_example(void **state)
{
    const float      wanted[8] = {9.192388F,  -2.1213202F,  -2.1213202F, 3.535534F,
                                  -9.192388F, -0.70710677F, 0.70710677F, 3.535534F};
    const float      x[8]      = {1, 2, 3, 4, 5, 6, 7, 8};
    float            out[8];
    rv_site_rotation rotation;
    assert_int_equal(rv_rotation_init(&rotation, 42, 8, 1), RV_OK);
    rv_rotation_apply(&rotation, x, 8, out);
    for (int i = 0; i < 8; ++i) {
        assert_true(fabsf(out[i] - wanted[i]) < 2e-6F);
    }
}

static void
lengths_and_angles_are_kept(void **state)
{
    srand(4);
    for (uint32_t rounds = 1; rounds <= 3; ++rounds) {
        float            a[128], b[128], ra[128], rb[128];
        rv_site_rotation rotation;
        assert_int_equal(rv_rotation_init(&rotation, rounds, 128, rounds), RV_OK);
        double aa = 0, ab = 0, raa = 0, rab = 0;
        for (int i = 0; i < 128; ++i) {
            a[i] = (float)rand() / (float)RAND_MAX - 0.5F;
            b[i] = (float)rand() / (float)RAND_MAX;
        }
        rv_rotation_apply(&rotation, a, 128, ra);
        rv_rotation_apply(&rotation, b, 128, rb);
        for (int i = 0; i < 128; ++i) {
            aa += a[i] * a[i];
            ab += a[i] * b[i];
            raa += ra[i] * ra[i];
            rab += ra[i] * rb[i];
        }
        assert_true(fabs(aa - raa) < 1e-4 && fabs(ab - rab) < 1e-4);
    }
}

// Sketches of the same people at two sites agree no more than those of strangers
static void
two_sites_cannot_be_linked(void **state)
{
    srand(8);
    const uint8_t    secret[2][32] = {{1}, {2}};
    rv_site_rotation site[2];
    for (int s = 0; s < 2; ++s) {
        const uint64_t seed = rv_rotation_site_seed(secret[s], 1);
        assert_int_equal(rv_rotation_init(&site[s], seed, 128, 3), RV_OK);
    }
    assert_true(rv_rotation_site_seed(secret[0], 1) !=
                rv_rotation_site_seed(secret[0], 2));
    double sum = 0.0, sum2 = 0.0;
    enum { people = 500 };
    for (int p = 0; p < people; ++p) {
        float   v[128], r[128];
        uint8_t bits[2][16];
        for (int i = 0; i < 128; ++i) {
            v[i] = (float)rand() / (float)RAND_MAX - 0.3F; // not centred, as real ones
        }
        for (int s = 0; s < 2; ++s) {
            rv_rotation_apply(&site[s], v, 128, r);
            assert_int_equal(rv_sketch_quantise(r, 128, bits[s]), RV_OK);
        }
        const double d = rv_sketch_distance(bits[0], bits[1], 16);
        sum += d;
        sum2 += d * d;
    }
    // Chance: 64 of 128 bits, scatter sqrt(32). The mean of these is one number per
    // pair of sites, itself scattered by the common part of all people.
    const double mean = sum / people, sigma = sqrt(sum2 / people - mean * mean);
    assert_true(fabs(mean - 64.0) < 20.0);
    assert_true(sigma < 8.0);
}

enum { crowd = 64, site_pairs = 40 };

// Sketches of a crowd at a site; each person's embedding with some noise of its own
static void
sketch_crowd(const uint8_t secret[32], const float who[crowd][128], const float noise,
             uint8_t out[crowd][16])
{
    rv_site_rotation site;
    assert_int_equal(rv_rotation_init(&site, rv_rotation_site_seed(secret, 1), 128, 3),
                     RV_OK);
    for (int p = 0; p < crowd; ++p) {
        float v[128], r[128];
        for (int i = 0; i < 128; ++i) {
            v[i] = who[p][i] + noise * ((float)rand() / (float)RAND_MAX - 0.5F);
        }
        rv_rotation_apply(&site, v, 128, r);
        assert_int_equal(rv_sketch_quantise(r, 128, out[p]), RV_OK);
    }
}

// Share of people whose nearest sketch in b is their own, and the chance that a pair of
// one person is nearer than a pair of two
static void
link(const uint8_t a[crowd][16], const uint8_t b[crowd][16], double *const first,
     double *const auc)
{
    *first = 0.0;
    *auc   = 0.0;
    for (int p = 0; p < crowd; ++p) {
        const uint32_t own    = rv_sketch_distance(a[p], b[p], 16);
        int            nearer = 0, as_near = 0;
        for (int q = 0; q < crowd; ++q) {
            const uint32_t d = rv_sketch_distance(a[p], b[q], 16);
            nearer += q != p && d < own;
            as_near += q != p && d == own;
        }
        *first += nearer == 0 ? 1.0 / (1 + as_near) / crowd : 0.0;
        *auc += (crowd - 1 - nearer - 0.5 * as_near) / (crowd - 1) / crowd;
    }
}

// Who holds the sketches of two sites links their people no better than by chance; at
// one site the same test links everybody
static void
sketches_of_two_sites_link_at_chance(void **state)
{
    srand(21);
    static float   who[crowd][128];
    static uint8_t a[crowd][16], again[crowd][16], b[crowd][16];
    double         sum_first = 0.0, sum_auc = 0.0;
    for (int k = 0; k < site_pairs; ++k) {
        uint8_t secret[2][32] = {{0}};
        secret[0][0]          = (uint8_t)(2 * k + 1);
        secret[1][0]          = (uint8_t)(2 * k + 2);
        for (int p = 0; p < crowd; ++p) {
            for (int i = 0; i < 128; ++i) { // Not centred, as real ones
                who[p][i] = (float)rand() / (float)RAND_MAX - 0.4F;
            }
        }
        sketch_crowd(secret[0], (const float(*)[128])who, 0.2F, a);
        sketch_crowd(secret[0], (const float(*)[128])who, 0.2F, again);
        sketch_crowd(secret[1], (const float(*)[128])who, 0.2F, b);
        double first, auc;
        link((const uint8_t(*)[16])a, (const uint8_t(*)[16])again, &first, &auc);
        assert_true(first > 0.95 && auc > 0.99);
        link((const uint8_t(*)[16])a, (const uint8_t(*)[16])b, &first, &auc);
        sum_first += first;
        sum_auc += auc;
    }
    // Of 2560 attempts 40 succeed by chance, with a scatter of 6.3; the area under the
    // curve is the mean of 2560 places in 0..1, each of scatter 0.29
    const double linked = sum_first * crowd;
    print_message("linked %.1f of %d, 40 by chance; AUC %.4f\n", linked,
                  crowd * site_pairs, sum_auc / site_pairs);
    assert_true(fabs(linked - 40.0) < 3.0 * 6.3);
    assert_true(fabs(sum_auc / site_pairs - 0.5) < 3.0 * 0.0058);
}

static void
bad_dimensions_are_refused(void **state)
{
    rv_site_rotation rotation;
    assert_int_equal(rv_rotation_init(&rotation, 1, RV_ROTATION_MAX_DIM + 1, 1),
                     RV_ERR_CONFIG);
    assert_int_equal(rv_rotation_init(&rotation, 1, 8, 0), RV_ERR_CONFIG);
    assert_int_equal(rv_rotation_init(&rotation, 1, 0, 1), RV_OK);
    float out[1] = {9};
    rv_rotation_apply(&rotation, NULL, 0, out);
    assert_true(out[0] == 0.0F);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example),
        cmocka_unit_test(lengths_and_angles_are_kept),
        cmocka_unit_test(two_sites_cannot_be_linked),
        cmocka_unit_test(sketches_of_two_sites_link_at_chance),
        cmocka_unit_test(bad_dimensions_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

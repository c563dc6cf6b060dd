// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/rotation.h>
#include <ruview/people/sketch.h>
#include <ruview/people/sketch_bank.h>
#include <ruview/platform/cpu.h>

#include "platform/lend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void *
begin(rv_sketch_bank *const self, const rv_sketch_bank_config *const cfg)
{
    size_t n_bytes = 0;
    assert_int_equal(rv_sketch_bank_size(cfg, &n_bytes), RV_OK);
    void *const mem = rv_lend(n_bytes);
    assert_int_equal(rv_sketch_bank_init(self, cfg, mem, n_bytes), RV_OK);
    return mem;
}

static void
someone(float v[128], const int seed, const double noise)
{
    srand((unsigned)seed + 2); // 0 and 1 are one seed
    for (int i = 0; i < 128; ++i) {
        v[i] = (float)rand() / (float)RAND_MAX - 0.5F;
    }
    srand((unsigned)(seed * 7919 + 2 + (int)(noise * 1e6)));
    for (int i = 0; i < 128; ++i) {
        v[i] += (float)(noise * (rand() / (double)RAND_MAX - 0.5));
    }
}

static void
add(rv_sketch_bank *const bank, const uint32_t id, const float v[128])
{
    uint8_t bits[16];
    assert_int_equal(rv_sketch_quantise(v, 128, bits), RV_OK);
    assert_int_equal(rv_sketch_bank_insert(bank, id, bits, 128, 1, v), RV_OK);
}

static int
by_distance(const void *const a, const void *const b)
{
    const rv_sketch_match *const x = a, *const y = b;
    return x->distance != y->distance
               ? (x->distance > y->distance) - (x->distance < y->distance)
               : (x->index > y->index) - (x->index < y->index);
}

// Farthest first is the order in which a wrong heap keeps the farthest
static void
nearest_equals_sorting_everything(void **state)
{
    rv_sketch_bank_config cfg = rv_sketch_bank_config_default();
    cfg.capacity              = 700;
    cfg.exact                 = false;
    cfg.dim                   = 20; // few distances, many ties
    for (uint32_t mask = 0; mask < 2; ++mask) {
        cfg.cpu_mask = mask != 0 ? rv_cpu_mask() : 0;
        rv_sketch_bank bank;
        void *const    mem = begin(&bank, &cfg);
        srand(2);
        static rv_sketch_match all[700];
        const uint8_t          query[3] = {0x5A, 0xC3, 0x0F};
        for (uint32_t i = 0; i < 700; ++i) {
            const uint8_t bits[3] = {(uint8_t)rand(), (uint8_t)rand(),
                                     (uint8_t)(rand() & 15)};
            assert_int_equal(rv_sketch_bank_insert(&bank, 9000 - i, bits, 20, 1, NULL),
                             RV_OK);
            all[i] =
                (rv_sketch_match){9000 - i, i, rv_sketch_distance(query, bits, 3), 0};
        }
        qsort(all, 700, sizeof *all, by_distance);
        for (uint32_t k = 0; k <= RV_SKETCH_BANK_MAX_K; ++k) {
            rv_sketch_match out[RV_SKETCH_BANK_MAX_K];
            uint32_t        n = 99;
            assert_int_equal(rv_sketch_bank_nearest(&bank, query, 20, 1, k, out, &n),
                             RV_OK);
            assert_int_equal(n, k);
            for (uint32_t i = 0; i < k; ++i) {
                assert_int_equal(out[i].index, all[i].index);
                assert_int_equal(out[i].id, all[i].id);
                assert_int_equal(out[i].distance, all[i].distance);
            }
        }
        free(mem);
    }
}

static void
somebody_known_is_recognised_and_a_stranger_is_not(void **state)
{
    rv_sketch_bank_config cfg = rv_sketch_bank_config_default();
    rv_sketch_bank        bank;
    void *const           mem = begin(&bank, &cfg);
    rv_identity           who;
    float                 v[128];
    uint8_t               bits[16] = {0};
    someone(v, 1, 0.0);
    assert_int_equal(rv_sketch_bank_identify(&bank, v, bits, &who), RV_OK);
    assert_int_equal(who.reason, RV_REASON_NO_DATA);
    for (int person = 0; person < 20; ++person) {
        for (int visit = 1; visit < 5; ++visit) {
            someone(v, person, 0.1 * visit);
            add(&bank, (uint32_t)person, v);
        }
    }
    for (int person = 0; person < 20; ++person) {
        someone(v, person, 0.33);
        assert_int_equal(rv_sketch_quantise(v, 128, bits), RV_OK);
        assert_int_equal(rv_sketch_bank_identify(&bank, v, bits, &who), RV_OK);
        assert_int_equal(who.reason, RV_REASON_NONE);
        assert_int_equal(who.id, person);
        someone(v, 1000 + person, 0.0);
        assert_int_equal(rv_sketch_bank_identify(&bank, v, bits, &who), RV_OK);
        assert_int_equal(who.reason, RV_REASON_LOW_QUALITY);
    }
    // Twins: the same embedding under two names
    someone(v, 3, 0.1);
    add(&bank, 77, v);
    assert_int_equal(rv_sketch_bank_identify(&bank, v, bits, &who), RV_OK);
    assert_int_equal(who.reason, RV_REASON_AMBIGUOUS);
    free(mem);
}

// Amplitudes are never negative, so that their signs are all alike and nothing is ever
// new; what is left without the baseline, rotated, is new when the pattern changes
static void
a_changed_pattern_is_new_once_centred_and_rotated(void **state)
{
    rv_sketch_bank_config cfg = rv_sketch_bank_config_default();
    rv_sketch_bank        raw, rotated;
    void *const           mem[2] = {begin(&raw, &cfg), begin(&rotated, &cfg)};
    rv_site_rotation      rotation;
    assert_int_equal(rv_rotation_init(&rotation, 5, 128, 3), RV_OK);
    float last[2] = {0.0F, 0.0F};
    for (int k = 0; k < 50; ++k) {
        float   amplitude[128], residual[128], turned[128];
        uint8_t bits[2][16];
        for (int i = 0; i < 128; ++i) {
            const double room = 2.0 + sin(0.1 * i);
            const double body = 0.3 * (k < 49 ? sin(0.3 * i) : cos(0.7 * i));
            residual[i]       = (float)(body + 0.005 * sin(37.0 * i + 11.0 * k));
            amplitude[i]      = (float)room + residual[i];
        }
        rv_rotation_apply(&rotation, residual, 128, turned);
        assert_int_equal(rv_sketch_quantise(amplitude, 128, bits[0]), RV_OK);
        assert_int_equal(rv_sketch_quantise(turned, 128, bits[1]), RV_OK);
        assert_int_equal(rv_sketch_bank_novelty(&raw, bits[0], 128, 1, &last[0]),
                         RV_OK);
        assert_int_equal(rv_sketch_bank_novelty(&rotated, bits[1], 128, 1, &last[1]),
                         RV_OK);
        assert_true(k == 0 || last[0] == 0.0F);
        assert_true(k == 0 || k == 49 || last[1] < 0.1F);
        assert_int_equal(rv_sketch_bank_insert(&raw, 1, bits[0], 128, 1, amplitude),
                         RV_OK);
        assert_int_equal(rv_sketch_bank_insert(&rotated, 1, bits[1], 128, 1, turned),
                         RV_OK);
    }
    assert_true(last[1] > 0.1F);
    free(mem[0]);
    free(mem[1]);
}

static void
a_wide_prefilter_is_the_exact_search(void **state)
{
    rv_sketch_bank_config cfg = rv_sketch_bank_config_default();
    rv_sketch_bank        bank;
    void *const           mem = begin(&bank, &cfg);
    float                 v[128];
    uint8_t               bits[16];
    for (int i = 0; i < 60; ++i) {
        someone(v, i, 0.0);
        add(&bank, (uint32_t)i, v);
    }
    someone(v, 17, 0.5);
    assert_int_equal(rv_sketch_quantise(v, 128, bits), RV_OK);
    rv_sketch_match exact[8], filtered[8];
    uint32_t        n[2];
    assert_int_equal(rv_sketch_bank_search(&bank, v, bits, 8, exact, &n[0]), RV_OK);
    bank.cfg.direct = 0; // 8 x 8 candidates of 60 are all of them
    assert_int_equal(rv_sketch_bank_search(&bank, v, bits, 8, filtered, &n[1]), RV_OK);
    assert_int_equal(n[0], 8);
    assert_memory_equal(exact, filtered, sizeof exact);
    assert_int_equal(exact[0].id, 17);
    free(mem);
}

static void
schema_and_room_are_checked(void **state)
{
    rv_sketch_bank_config cfg = rv_sketch_bank_config_default();
    cfg.capacity              = 1;
    rv_sketch_bank bank;
    void *const    mem = begin(&bank, &cfg);
    float          v[128], novelty = 0.0F;
    uint8_t        bits[16] = {0};
    someone(v, 1, 0.0);
    assert_int_equal(rv_sketch_quantise(v, 128, bits), RV_OK);
    assert_int_equal(rv_sketch_bank_novelty(&bank, bits, 128, 1, &novelty), RV_OK);
    assert_true(novelty == 1.0F);
    assert_int_equal(rv_sketch_bank_insert(&bank, 1, bits, 64, 1, v), RV_ERR_SHAPE);
    assert_int_equal(rv_sketch_bank_insert(&bank, 1, bits, 128, 2, v),
                     RV_ERR_DIFFERENT);
    v[5] = NAN;
    assert_int_equal(rv_sketch_bank_insert(&bank, 1, bits, 128, 1, v),
                     RV_ERR_NONFINITE);
    v[5] = 1.0F;
    assert_int_equal(rv_sketch_bank_insert(&bank, 1, bits, 128, 1, v), RV_OK);
    assert_int_equal(rv_sketch_bank_insert(&bank, 1, bits, 128, 1, v), RV_ERR_FULL);
    assert_int_equal(rv_sketch_bank_novelty(&bank, bits, 128, 1, &novelty), RV_OK);
    assert_true(novelty == 0.0F);
    rv_sketch_match match;
    uint32_t        n;
    assert_int_equal(rv_sketch_bank_nearest(&bank, bits, 128, 1,
                                            RV_SKETCH_BANK_MAX_K + 1, &match, &n),
                     RV_ERR_RANGE);
    free(mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearest_equals_sorting_everything),
        cmocka_unit_test(somebody_known_is_recognised_and_a_stranger_is_not),
        cmocka_unit_test(a_changed_pattern_is_new_once_centred_and_rotated),
        cmocka_unit_test(a_wide_prefilter_is_the_exact_search),
        cmocka_unit_test(schema_and_room_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

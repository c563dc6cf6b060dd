// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/people/gait.h>

#include <math.h>
#include <string.h>

static rv_gait self;

static void
begin(void **state)
{
    const rv_gait_config cfg = rv_gait_config_default();
    assert_int_equal(rv_gait_init(&self, &cfg), RV_OK);
}

// So many seconds at a speed and a level that alternates by `uneven`
static void
walk(const uint32_t track, const float seconds, const float speed, const float level,
     const float uneven)
{
    for (int k = 0; k < (int)(seconds * 5.0F); ++k) {
        const rv_gait_sample s = {.dt_s      = 0.2F,
                                  .speed_mps = speed,
                                  .level     = level + (k % 2 ? uneven : -uneven),
                                  .has_level = true};
        rv_gait_push(&self, track, &s);
    }
}

static float
cosine(const float *const a, const float *const b)
{
    float sum = 0.0F;
    for (int i = 0; i < RV_GAIT_DIM; ++i) {
        sum += a[i] * b[i];
    }
    return sum;
}

static void
a_walk_is_measured(void **state)
{
    begin(state);
    float x[RV_GAIT_FEATURES], v[RV_GAIT_DIM];
    walk(2, 9.0F, 1.2F, 0.5F, 0.0F);
    assert_int_equal(rv_gait_measure(&self, 2, x), RV_REASON_WARMING_UP);
    assert_int_equal(rv_gait_embed(&self, 2, v), RV_REASON_WARMING_UP);
    walk(2, 3.0F, 1.2F, 0.5F, 0.0F);
    assert_true(fabsf(rv_gait_walked_s(&self, 2) - 12.0F) < 0.01F);
    assert_int_equal(rv_gait_measure(&self, 2, x), RV_REASON_NONE);
    assert_true(fabsf(x[0] - 1.2F) < 1e-5F && fabsf(x[1] - 0.5F) < 1e-5F && x[2] == 0);
    assert_int_equal(rv_gait_embed(&self, 2, v), RV_REASON_NONE);
    assert_true(fabsf(cosine(v, v) - 1.0F) < 1e-5F);
    rv_gait_reset(&self, 2);
    assert_int_equal(rv_gait_measure(&self, 2, x), RV_REASON_WARMING_UP);
}

// The cosine of two signatures is that of the text: weights times exp(-d^2 / 4 s^2)
static void
likeness_falls_as_the_text_says(void **state)
{
    begin(state);
    float                a[RV_GAIT_DIM], b[RV_GAIT_DIM];
    const rv_gait_config cfg = rv_gait_config_default();
    walk(0, 20.0F, 1.2F, 0.5F, 0.1F);
    assert_int_equal(rv_gait_embed(&self, 0, a), RV_REASON_NONE);
    for (int k = 1; k < 6; ++k) {
        const float off = 0.05F * (float)k;
        rv_gait_reset(&self, 1);
        walk(1, 20.0F, 1.2F + off, 0.5F, 0.1F);
        assert_int_equal(rv_gait_embed(&self, 1, b), RV_REASON_NONE);
        const float d    = off / cfg.feature[0].sigma;
        const float rest = cfg.feature[1].weight + cfg.feature[2].weight;
        const float want = (cfg.feature[0].weight * expf(-0.25F * d * d) + rest) /
                           (cfg.feature[0].weight + rest); // no stride is known
        assert_true(fabsf(cosine(a, b) - want) < 0.01F);
    }
}

// What beats at two steps a stride is part of the signature, and only then
static void
a_stride_joins_the_signature(void **state)
{
    begin(state);
    float x[RV_GAIT_FEATURES], v[RV_GAIT_DIM];
    walk(0, 20.0F, 1.2F, 0.5F, 0.1F);
    assert_int_equal(rv_gait_measure(&self, 0, x), RV_REASON_NONE);
    assert_true(x[3] == 0.0F);
    assert_int_equal(rv_gait_embed(&self, 0, v), RV_REASON_NONE);
    assert_true(v[RV_GAIT_DIM - 20] == 0.0F);
    for (int k = 0; k < 600; ++k) {
        const float beat = sinf(2.0F * 3.14159265F * 2.2F * 0.05F * (float)k);
        rv_gait_step(&self, 0, beat, self.cfg.stride.links);
    }
    assert_int_equal(rv_gait_measure(&self, 0, x), RV_REASON_NONE);
    assert_true(fabsf(x[3] - 1.1F) < 0.011F);
    assert_int_equal(rv_gait_embed(&self, 0, v), RV_REASON_NONE);
    float mass = 0.0F; // the last numbers are the stride's
    for (uint32_t i = RV_GAIT_DIM - self.cfg.feature[3].n; i < RV_GAIT_DIM; ++i) {
        mass += v[i] * v[i];
    }
    assert_true(fabsf(mass - self.cfg.feature[3].weight) < 1e-4F);
}

static void
standing_and_nonsense_do_not_count(void **state)
{
    begin(state);
    walk(0, 60.0F, 0.2F, 0.5F, 0.1F);
    walk(0, 60.0F, NAN, 0.5F, 0.1F);
    assert_true(rv_gait_walked_s(&self, 0) == 0.0F);
    const rv_gait_sample blind = {.dt_s = 0.2F, .speed_mps = 1.0F};
    float                x[RV_GAIT_FEATURES];
    for (int k = 0; k < 100; ++k) {
        rv_gait_push(&self, 0, &blind);
    }
    assert_int_equal(rv_gait_measure(&self, 0, x), RV_REASON_NO_GEOMETRY);
    rv_gait_config cfg = rv_gait_config_default();
    ++cfg.feature[0].n;
    const rv_gait before = self;
    assert_int_equal(rv_gait_init(&self, &cfg), RV_ERR_CONFIG);
    assert_memory_equal(&before, &self, sizeof self);
}

// A body of strength A adds A / (d1 d2)^f to the standing power: that A comes back
// wherever it stands, and a link that another moves is left out
static void
the_level_does_not_know_the_place(void **state)
{
    const rv_gait_config cfg = rv_gait_config_default();
    const float corner[4][3] = {{0, 0, 1.0F}, {6, 0, 1.0F}, {6, 5, 1.0F}, {0, 5, 1.0F}};
    rv_room_link   links[12];
    rv_room_sample samples[12];
    for (int k = 0; k < 3; ++k) {
        const float at[3] = {1.0F + 2.0F * (float)k, 1.0F + (float)k, 1.0F};
        uint32_t    n     = 0;
        for (int i = 0; i < 4; ++i) {
            for (int j = 0; j < 4; ++j) {
                if (i == j) {
                    continue;
                }
                float d1 = 0, d2 = 0, d = 0;
                for (int a = 0; a < 3; ++a) {
                    d1 += powf(corner[i][a] - at[a], 2);
                    d2 += powf(corner[j][a] - at[a], 2);
                    d += powf(corner[i][a] - corner[j][a], 2);
                }
                memcpy(links[n].tx_m, corner[i], sizeof corner[i]);
                memcpy(links[n].rx_m, corner[j], sizeof corner[j]);
                links[n].located = true;
                // The standing power is that of free space
                const float stands = 1.0F / (d + 0.09F);
                const float adds   = 2.0F * powf(sqrtf(d1) * sqrtf(d2), -1.7F);
                samples[n++]       = (rv_room_sample){.variance_db2 = adds / stands,
                                                      .level_db     = 10.0F * log10f(stands),
                                                      .sigma_db     = 1e-3F,
                                                      .weight       = 1.0F,
                                                      .valid        = true};
            }
        }
        float level = 0.0F;
        assert_true(rv_gait_level(&cfg, links, samples, n, at, NULL, 0, &level));
        assert_true(fabsf(level - logf(2.0F)) < 0.01F);
        const float beside[1][2] = {{at[0], at[1]}};
        assert_false(rv_gait_level(&cfg, links, samples, n, at, beside, 1, &level));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walk_is_measured),
        cmocka_unit_test(likeness_falls_as_the_text_says),
        cmocka_unit_test(a_stride_joins_the_signature),
        cmocka_unit_test(standing_and_nonsense_do_not_count),
        cmocka_unit_test(the_level_does_not_know_the_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

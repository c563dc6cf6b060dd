// SPDX-License-Identifier: MIT
// Each flag is driven into each of its states, one cause at a time.
#include "cmocka_rv.h"

#include <ruview/trust/advisor.h>
#include <ruview/trust/names.h>
#include <ruview/trust/quality.h>

#include <math.h>
#include <stdlib.h>

static const uint64_t hour_us = UINT64_C(3600000000);

static rv_quality_input
good_cycle(void)
{
    const rv_quality_input in = {
        .t_us               = 1000 * hour_us,
        .newest_frame_us    = 1000 * hour_us - 10000,
        .spread_us          = 20000,
        .coherence          = rv_known(0.8F, 0.05F, 1.0F),
        .loss               = rv_known(0.0F, 0.01F, 1.0F),
        .n_links            = 12,
        .n_links_calibrated = 12,
        .n_sessions         = 1,
        .calibrated_us      = 990 * hour_us,
        .drift              = rv_known(0.5F, 0.1F, 1.0F),
        .geometry           = rv_known(0.7F, 0.0F, 1.0F),
        .partition          = rv_known(0.1F, 0.0F, 1.0F),
        .phase              = rv_known(0.6F, 0.1F, 1.0F),
        .has_opinions       = true,
        .by_links           = 0.9F,
        .by_tracks          = 0.8F,
    };
    return in;
}

static rv_quality
score(const rv_quality_input *const in)
{
    const rv_quality_config config = rv_quality_config_default();
    rv_quality              q;
    assert_int_equal(rv_quality_config_check(&config), RV_OK);
    rv_quality_score(&config, in, &q);
    assert_true(0.0F <= q.lower && q.lower <= q.score && q.score <= q.upper &&
                q.upper <= 1.0F);
    return q;
}

static void
good_cycle_has_no_flag(void **state)
{
    const rv_quality_input in = good_cycle();
    const rv_quality       q  = score(&in);
    assert_int_equal(q.flags, 0);
    assert_true(q.score == 0.8F); // nothing against it: exactly the coherence
    assert_true(q.lower == q.score && q.upper == q.score);
    assert_int_equal(q.n_contradictions, 0);
    assert_int_equal(q.n_evidence, RV_MAX_EVIDENCE);
    assert_int_equal(q.weakness, RV_REASON_NONE);
}

/// One line per flag: the cause, and the cause just on the good side of its limit
typedef struct {
    uint32_t flag;
    void (*cause)(rv_quality_input *in);
    void (*edge)(rv_quality_input *in);
} flag_case;

#define SET(name, statement)                                                           \
    static void name(rv_quality_input *const in)                                       \
    {                                                                                  \
        statement;                                                                     \
    }
SET(spread_bad, in->spread_us = 50001)
SET(spread_edge, in->spread_us = 50000)
SET(absent_bad, in->n_nodes_absent = 1)
SET(absent_edge, in->n_nodes_absent = 0)
SET(loss_bad, in->loss.value = 0.21F)
SET(loss_edge, in->loss.value = 0.2F)
SET(uncalibrated_bad, in->n_links_calibrated = 11)
SET(uncalibrated_edge, in->n_links_calibrated = in->n_links = 1)
SET(old_bad, in->calibrated_us = 976 * hour_us - 1)
SET(old_edge, in->calibrated_us = 976 * hour_us)
SET(mix_bad, in->n_sessions = 2)
SET(mix_edge, in->n_sessions = 1)
SET(incoherent_bad, in->coherence.value = 0.34F)
SET(incoherent_edge, in->coherence.value = 0.35F)
SET(drift_bad, in->drift.value = 3.1F)
SET(drift_edge, in->drift.value = 3.0F)
SET(geometry_bad, in->geometry.value = 0.1F)
SET(geometry_edge, in->geometry.value = 0.2F)
SET(partition_bad, in->partition.value = 0.8F)
SET(partition_edge, in->partition.value = 0.7F)
SET(contradiction_bad, in->by_tracks = 0.3F)
SET(contradiction_edge, in->by_tracks = 0.4F)
SET(phase_bad, in->phase.value = 0.05F)
SET(phase_edge, in->phase.value = 0.1F)
SET(no_data_bad, in->newest_frame_us = in->t_us - 2000001)
SET(no_data_edge, in->newest_frame_us = in->t_us - 2000000)
SET(change_bad, in->change_point = true)
SET(change_edge, in->change_point = false)
SET(one_sided_bad, in->one_sided = true)
SET(one_sided_edge, in->one_sided = false)

static const flag_case cases[] = {
    {RV_FLAG_CLOCK_SPREAD, spread_bad, spread_edge},
    {RV_FLAG_NODE_ABSENT, absent_bad, absent_edge},
    {RV_FLAG_LOSS, loss_bad, loss_edge},
    {RV_FLAG_UNCALIBRATED, uncalibrated_bad, uncalibrated_edge},
    {RV_FLAG_CALIBRATION_OLD, old_bad, old_edge},
    {RV_FLAG_CALIBRATION_MIX, mix_bad, mix_edge},
    {RV_FLAG_INCOHERENT, incoherent_bad, incoherent_edge},
    {RV_FLAG_DRIFT, drift_bad, drift_edge},
    {RV_FLAG_GEOMETRY, geometry_bad, geometry_edge},
    {RV_FLAG_PARTITION, partition_bad, partition_edge},
    {RV_FLAG_CONTRADICTION, contradiction_bad, contradiction_edge},
    {RV_FLAG_PHASE, phase_bad, phase_edge},
    {RV_FLAG_NO_DATA, no_data_bad, no_data_edge},
    {RV_FLAG_CHANGE_POINT, change_bad, change_edge},
    {RV_FLAG_ONE_SIDED, one_sided_bad, one_sided_edge},
};

static void
every_flag_fires_alone(void **state)
{
    assert_int_equal(sizeof cases / sizeof *cases, RV_N_FLAGS);
    for (size_t i = 0; i < RV_N_FLAGS; ++i) {
        rv_quality_input in = good_cycle();
        cases[i].cause(&in);
        rv_quality q = score(&in);
        assert_int_equal(q.flags, cases[i].flag);
        assert_int_equal(q.n_contradictions, 1);
        assert_int_equal(q.contradiction[0].flag, cases[i].flag);
        assert_int_equal(q.weakness != RV_REASON_NONE,
                         (cases[i].flag & RV_FLAGS_DEMOTE) != 0);
        in = good_cycle();
        cases[i].edge(&in);
        q = score(&in);
        assert_int_equal(q.flags, 0); // the limit itself is still good
    }
}

static void
more_against_never_raises_the_score(void **state)
{
    for (uint32_t set = 0; set < 1U << RV_N_FLAGS; ++set) {
        rv_quality_input in = good_cycle();
        for (size_t i = 0; i < RV_N_FLAGS; ++i) {
            if (set >> i & 1U) {
                cases[i].cause(&in);
            }
        }
        const rv_quality all = score(&in);
        assert_int_equal(all.flags, set); // any combination is reachable
        const unsigned   i     = set ? (unsigned)__builtin_ctz(set) : 0;
        rv_quality_input fewer = good_cycle();
        for (size_t k = i + 1; k < RV_N_FLAGS; ++k) {
            if (set >> k & 1U) {
                cases[k].cause(&fewer);
            }
        }
        const rv_quality less = score(&fewer);
        assert_true(all.score <= less.score && all.factor <= less.factor);
        for (uint8_t k = 1; k < all.n_contradictions; ++k) {
            assert_true(all.contradiction[k - 1].flag < all.contradiction[k].flag);
        }
    }
}

static void
unknown_raises_nothing_and_scores_nothing(void **state)
{
    rv_quality_input in = {.t_us = hour_us, .newest_frame_us = hour_us};
    in.coherence = in.loss = in.drift = in.geometry = in.partition = in.phase =
        rv_unknown(RV_REASON_WARMING_UP);
    const rv_quality q = score(&in);
    assert_int_equal(q.flags, 0);
    assert_true(q.score == 0.0F);
    in.newest_frame_us = 0; // never heard of anybody
    assert_int_equal(score(&in).flags, RV_FLAG_NO_DATA);
    in.coherence = rv_known(0.9F, 0.1F, 1.0F); // of what was heard long ago
    assert_true(score(&in).factor == 0.0F && score(&in).score == 0.0F);
}

static void
not_a_number_is_worthless(void **state)
{
    rv_quality_input in = good_cycle();
    in.coherence.value  = NAN;
    const rv_quality q  = score(&in);
    assert_true(q.score == 0.0F);
    assert_true(q.flags & RV_FLAG_INCOHERENT);
}

static void
penalty_is_a_power_of_four_fifths(void **state)
{
    rv_quality_input in = good_cycle();
    in.coherence.value  = 1.0F;
    contradiction_bad(&in);
    mix_bad(&in);
    const rv_quality q = score(&in);
    assert_true(q.score == 0.8F * 0.8F);
    assert_true(q.upper - q.score > 0.199F && q.score - q.lower > 0.199F);
    in          = good_cycle(); // the other way round it is one as well
    in.by_links = 0.2F;
    assert_int_equal(score(&in).flags, RV_FLAG_CONTRADICTION);
    in.has_opinions = false;
    assert_int_equal(score(&in).flags, 0);
}

static void
bad_limits_are_refused(void **state)
{
    rv_quality_config config = rv_quality_config_default();
    config.loss_high         = NAN;
    assert_int_equal(rv_quality_config_check(&config), RV_ERR_CONFIG);
    config           = rv_quality_config_default();
    config.spread_us = 0;
    assert_int_equal(rv_quality_config_check(&config), RV_ERR_CONFIG);
}

static void
advisor_counts_low_cycles(void **state)
{
    const rv_advisor_config config = rv_advisor_config_default();
    rv_advisor              self;
    bool                    event;
    assert_int_equal(rv_advisor_init(&self, &config), RV_OK);
    const rv_estimate low  = rv_known(0.49F, 0.0F, 1.0F);
    const rv_estimate high = rv_known(0.5F, 0.0F, 1.0F);
    for (int i = 1; i < 60; ++i) {
        assert_int_equal(rv_advisor_push(&self, 1000, low, 0, &event), RV_REASON_NONE);
    }
    assert_int_equal(rv_advisor_push(&self, 1000, low, 0, &event),
                     RV_REASON_LOW_QUALITY);
    assert_true(event);
    assert_int_equal(rv_advisor_push(&self, 1000, low, 0, &event),
                     RV_REASON_LOW_QUALITY);
    assert_false(event); // one event per recommendation
    assert_int_equal(rv_advisor_push(&self, 1000, high, 0, &event), RV_REASON_NONE);
    assert_int_equal(rv_advisor_push(&self, 1000, low, 0, &event), RV_REASON_NONE);
    const rv_estimate nan = rv_known(NAN, 0.0F, 1.0F);
    for (int i = 2; i < 60; ++i) {
        assert_int_equal(rv_advisor_push(&self, 1000, i % 2 ? nan : low, 0, &event),
                         RV_REASON_NONE);
    }
    assert_int_equal(
        rv_advisor_push(&self, 1000, rv_unknown(RV_REASON_NO_DATA), 0, &event),
        RV_REASON_LOW_QUALITY);
}

static void
advisor_hears_structure_at_once(void **state)
{
    const rv_advisor_config config = rv_advisor_config_default();
    rv_advisor              self;
    bool                    event;
    const rv_estimate       high = rv_known(0.9F, 0.0F, 1.0F);
    assert_int_equal(rv_advisor_init(&self, &config), RV_OK);
    assert_int_equal(rv_advisor_push(&self, 1, high, RV_FLAG_CHANGE_POINT, &event),
                     RV_REASON_STEP);
    assert_true(event);
    assert_int_equal(rv_advisor_push(&self, 2, high, 0, &event), RV_REASON_NONE);
    assert_int_equal(rv_advisor_push(&self, 3, high, RV_FLAG_DRIFT, &event),
                     RV_REASON_DRIFT);
    assert_false(event); // within 10 s of the last
    assert_int_equal(rv_advisor_push(&self, 4, high, 0, &event), RV_REASON_NONE);
    assert_int_equal(rv_advisor_push(&self, 10000002, high, RV_FLAG_PARTITION, &event),
                     RV_REASON_LOSS);
    assert_true(event);
    assert_int_equal(rv_advisor_push(&self, 5, high, RV_FLAG_CALIBRATION_MIX, &event),
                     RV_REASON_NOT_CALIBRATED);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_cycle_has_no_flag),
        cmocka_unit_test(every_flag_fires_alone),
        cmocka_unit_test(more_against_never_raises_the_score),
        cmocka_unit_test(unknown_raises_nothing_and_scores_nothing),
        cmocka_unit_test(not_a_number_is_worthless),
        cmocka_unit_test(penalty_is_a_power_of_four_fifths),
        cmocka_unit_test(bad_limits_are_refused),
        cmocka_unit_test(advisor_counts_low_cycles),
        cmocka_unit_test(advisor_hears_structure_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

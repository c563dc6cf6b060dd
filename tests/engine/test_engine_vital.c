// SPDX-License-Identifier: MIT
// Breath, pause, fall and fan through the whole engine, as records tell them.
#include "cmocka_rv.h"

#include "feed.h"

#include <math.h>

static feed f;

typedef struct {
    int      cycles, breaths, candidates, falls, pauses, doubted;
    double   error, bpm;
    uint64_t fall_us;
    int      watched, too_slow; ///< Cycles in which falls are watched for, or not
} story;

static void
look(void *const context, const rv_record *const r)
{
    story *const s = context;
    ++s->cycles;
    if (rv_is_known(r->breathing_bpm)) {
        ++s->breaths;
        s->error += fabs((double)r->breathing_bpm.value - s->bpm);
    }
    s->watched += r->falls_reason == RV_REASON_NONE;
    s->too_slow += r->falls_reason == RV_REASON_RATE_TOO_LOW;
    s->doubted += r->breathing_bpm.reason == RV_REASON_INTERFERENCE;
    for (uint16_t i = 0; i < r->n_events; ++i) {
        const rv_event_kind kind = r->events[i].kind;
        s->candidates += kind == RV_EVENT_FALL_CANDIDATE;
        s->falls += kind == RV_EVENT_FALL_CONFIRMED;
        s->pauses += kind == RV_EVENT_APNOEA;
        s->fall_us = kind == RV_EVENT_FALL_CANDIDATE ? r->t_us : s->fall_us;
    }
}

static rv_sim_person *
person(void)
{
    rv_sim_person *const p = &f.scene.person[0];
    f.scene.n_persons      = 1;
    rv_sim_person_default(p);
    p->loop = false;
    return p;
}

static void
run(story *const s, const double seconds)
{
    f.look    = look;
    f.context = s;
    feed_start(&f);
    feed_run(&f, seconds);
    rv_engine_finish(f.engine);
    feed_stop(&f);
}

static void
a_breath_is_told_and_so_is_its_pause(void **state)
{
    story s = {.bpm = 12};
    feed_defaults(&f);
    rv_sim_person *const p = person();
    p->breath_hz           = 0.2F;
    p->facing_rad          = 4.0F;
    p->waypoint[0]         = (rv_sim_waypoint){3.6F, 2.2F, 1e5F, 1.0F, RV_SIM_SIT};
    p->held[p->n_held++]   = (rv_sim_span){90.0F, 106.0F};
    run(&s, 112);
    assert_true(s.breaths > s.cycles / 2);
    assert_true(s.error / s.breaths < 0.5);
    assert_int_equal(s.pauses, 1);
    assert_int_equal(s.falls, 0);
    // 20 frames a second are too few for falls, and every record says so
    assert_int_equal(s.watched, 0);
    assert_true(s.too_slow > s.cycles - 40);
}

static void
a_fall_is_told_within_a_second_and_confirmed(void **state)
{
    story s = {.bpm = 15};
    feed_defaults(&f);
    f.scene.seed           = 2;
    f.scene.radio.rate_hz  = 100;
    rv_sim_person *const p = person();
    p->waypoint[0]         = (rv_sim_waypoint){1.2F, 1.5F, 4.0F, 1.0F, RV_SIM_STAND};
    p->waypoint[1]         = (rv_sim_waypoint){4.0F, 3.5F, 0.0F, 1.0F, RV_SIM_STAND};
    p->waypoint[2]         = (rv_sim_waypoint){1.9F, 1.75F, 1e5F, 1.0F, RV_SIM_FALL};
    p->n_waypoints         = 3;
    run(&s, 20);
    assert_int_equal(s.candidates, 1);
    assert_int_equal(s.falls, 1);
    // from the second second of walking on
    assert_int_equal(s.too_slow, 0);
    assert_true(s.watched > s.cycles / 2);
    // 4 s of standing, 3.44 m and 2.73 m of way, half a second of falling
    const double fell_s = (double)(s.fall_us - f.scene.start_us) * 1e-6;
    assert_true(fell_s > 11.5 && fell_s < 13.5);
}

// Blades that come down to some breaths a minute out of step (1203 turns), and in step
// but the other way round on the way back (803)
static void
a_fan_is_no_breath_at(const float turns)
{
    story s = {.bpm = 0};
    feed_defaults(&f);
    f.scene.n_fans = 1;
    f.scene.fan[0] = (rv_sim_fan){.position_m     = {3.0F, 2.0F, 1.2F},
                                  .radius_m       = 0.2F,
                                  .rpm            = turns,
                                  .n_blades       = 3,
                                  .swing_period_s = 10.0F};
    run(&s, 100);
    assert_int_equal(s.breaths, 0);
    assert_true(s.doubted > 200);
}

static void
a_fan_is_no_breath(void **state)
{
    a_fan_is_no_breath_at(1203);
    a_fan_is_no_breath_at(803);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_breath_is_told_and_so_is_its_pause),
        cmocka_unit_test(a_fall_is_told_within_a_second_and_confirmed),
        cmocka_unit_test(a_fan_is_no_breath),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

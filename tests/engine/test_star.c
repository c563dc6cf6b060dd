// SPDX-License-Identifier: MIT
// Three cheap nodes around one access point: each hears 20 packets a second and loses
// some in bursts. That alone says nothing of nodes that fall silent, and shuts nothing;
// nor does a node of somebody else that is heard and goes.
#include "cmocka_rv.h"

#include "feed.h"

static feed f;

typedef struct {
    uint32_t cycles, demoted, gone, back;
    uint32_t followed, denied;  ///< Somebody is followed; and called still
    uint32_t late, late_moving; ///< After two minutes; and told by the links to move
    double   gone_s, back_s;
} seen;

static void
look(void *const context, const rv_record *const r)
{
    seen *const  s   = context;
    const double now = (double)(r->t_us - f.scene.start_us) * 1e-6;
    ++s->cycles;
    s->demoted += r->demoted;
    s->late += now > 120.0;
    s->late_moving += now > 120.0 && r->moving == RV_YES;
    bool is_followed = false;
    for (int i = 0; i < r->n_persons; ++i) {
        is_followed = is_followed || r->persons[i].state == RV_TRACK_ACTIVE;
    }
    s->followed += is_followed;
    s->denied += is_followed &&
                 (r->moving == RV_NO || r->motion.reason == RV_REASON_NONE) &&
                 r->moving != RV_YES;
    for (int i = 0; i < r->n_events; ++i) {
        if (r->events[i].kind == RV_EVENT_NODE_ABSENT) {
            ++s->gone;
            s->gone_s = now;
        } else if (r->events[i].kind == RV_EVENT_NODE_BACK) {
            ++s->back;
            s->back_s = now;
        }
    }
}

static void
begin(seen *const s, const float rate_hz)
{
    feed_defaults(&f);
    for (int i = 0; i < 3; ++i) {
        f.scene.node[i].transmits = false;
    }
    f.scene.node[3].receives = false;
    f.scene.radio.rate_hz    = rate_hz;
    f.look                   = look;
    f.context                = s;
}

static void
lost_packets_are_no_silence(void **state)
{
    for (float rate_hz = 10.0F; rate_hz < 50.0F; rate_hz *= 2.0F) {
        seen s = {0};
        begin(&s, rate_hz);
        feed_start(&f);
        feed_run(&f, 120);
        feed_stop(&f);
        print_message(
            "%.0f packets a second: %u of %u cycles tightened, %u times gone, "
            "%u back\n",
            (double)rate_hz, s.demoted, s.cycles, s.gone, s.back);
        assert_true(s.cycles > 2300);
        assert_int_equal(s.gone, 0);
        assert_int_equal(s.back, 0); // heard first is not back
        assert_int_equal(s.demoted, 0);
    }
}

static void
silence_is_told_once(void **state)
{
    seen s = {0};
    begin(&s, 20.0F);
    f.scene.node[1].n_off  = 1;
    f.scene.node[1].off[0] = (rv_sim_span){30, 40};
    feed_start(&f);
    feed_run(&f, 60);
    feed_stop(&f);
    assert_int_equal(s.gone, 1);
    assert_int_equal(s.back, 1);
    assert_true(s.gone_s > 30.9 && s.gone_s < 31.3);
    assert_true(s.back_s > 39.9 && s.back_s < 40.5);
}

static void
a_stranger_that_leaves_is_not_missed(void **state)
{
    seen s = {0};
    begin(&s, 20.0F);
    f.scene.n_nodes        = 5;
    f.scene.node[4]        = f.scene.node[2];
    f.scene.node[4].id     = 77;
    f.scene.node[4].n_off  = 1;
    f.scene.node[4].off[0] = (rv_sim_span){20, 1000};
    f.scene.node[4].position_m[0] -= 1.0F;
    f.stranger = 4;
    feed_start(&f);
    feed_run(&f, 60);
    feed_stop(&f);
    assert_int_equal(s.gone, 1); // it is told
    assert_int_equal(s.demoted, 0);
}

// Somebody walks to and fro from the fifteenth second on
static void
walk(seen *const s, const uint32_t seconds)
{
    begin(s, 20.0F);
    rv_sim_person *const p = &f.scene.person[0];
    f.scene.n_persons      = 1;
    rv_sim_person_default(p);
    p->from_s      = 15.0F;
    p->n_waypoints = 2;
    p->waypoint[0] = (rv_sim_waypoint){1.0F, 1.2F, 0.0F, 1.0F, RV_SIM_STAND};
    p->waypoint[1] = (rv_sim_waypoint){4.8F, 3.6F, 0.0F, 1.0F, RV_SIM_STAND};
    feed_start(&f);
    feed_run(&f, seconds);
    feed_stop(&f);
}

static void
who_is_followed_is_not_called_still(void **state)
{
    seen s = {0};
    walk(&s, 60);
    assert_true(s.followed > 200);
    assert_int_equal(s.denied, 0);
}

static void
who_walks_on_does_not_become_the_past(void **state)
{
    seen s = {0};
    walk(&s, 180);
    assert_true(s.late > 1100);
    assert_true(s.late_moving * 10 > s.late * 9);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_packets_are_no_silence),
        cmocka_unit_test(silence_is_told_once),
        cmocka_unit_test(who_is_followed_is_not_called_still),
        cmocka_unit_test(who_walks_on_does_not_become_the_past),
        cmocka_unit_test(a_stranger_that_leaves_is_not_missed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

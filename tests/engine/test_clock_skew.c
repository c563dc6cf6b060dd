// SPDX-License-Identifier: MIT
// Nodes whose clocks go wrong, from the datagram to what is shown of the picture:
// unsynchronised, drifting, set, started again; and packets lost in bursts.
#include "cmocka_rv.h"

#include "feed.h"

#include <math.h>

enum { warm_s = 6 };

static feed f;

/// What one run showed after the warm-up
typedef struct {
    uint32_t cycles, demoted, spread, absent, loss;
    double   first_s, last_s;          ///< Of cycles with the flag CLOCK_SPREAD
    double   first_absent_s, absent_s; ///< First and last of NODE_ABSENT
    double   reboot_s, warming_s;      ///< Last that a node's reason said so
    float    drift_ppm, drift_sigma;   ///< Newest of node 3
} seen;

static void
look(void *const context, const rv_record *const r)
{
    seen *const  s   = context;
    const double now = (double)(r->t_us - f.scene.start_us) * 1e-6;
    if (now < warm_s) {
        return;
    }
    ++s->cycles;
    s->demoted += r->demoted;
    s->loss += (r->flags & RV_FLAG_LOSS) != 0;
    if (r->flags & RV_FLAG_CLOCK_SPREAD) {
        s->first_s = s->spread++ == 0 ? now : s->first_s;
        s->last_s  = now;
    }
    if (r->flags & RV_FLAG_NODE_ABSENT) {
        s->first_absent_s = s->absent++ == 0 ? now : s->first_absent_s;
        s->absent_s       = now;
    }
    for (int i = 0; i < r->n_nodes; ++i) {
        s->reboot_s  = r->nodes[i].reason == RV_REASON_REBOOT ? now : s->reboot_s;
        s->warming_s = r->nodes[i].reason == RV_REASON_WARMING_UP ? now : s->warming_s;
    }
    if (r->n_nodes > 2 && r->nodes[2].clock_drift_ppm.reason == RV_REASON_NONE) {
        s->drift_ppm   = r->nodes[2].clock_drift_ppm.value;
        s->drift_sigma = r->nodes[2].clock_drift_ppm.sigma;
    }
}

static void
begin(void)
{
    feed_defaults(&f);
}

static seen
run(const char *const what, const double seconds)
{
    seen s    = {0};
    f.look    = look;
    f.context = &s;
    feed_start(&f);
    feed_run(&f, seconds);
    feed_stop(&f);
    print_message("%s: %u cycles, demoted %u, spread %u (%.1f to %.1f s), absent %u "
                  "(%.1f to %.1f s), loss %u, reboot until %.1f, drift %.1f +- %.1f\n",
                  what, s.cycles, s.demoted, s.spread, s.first_s, s.last_s, s.absent,
                  s.first_absent_s, s.absent_s, s.loss, s.reboot_s, (double)s.drift_ppm,
                  (double)s.drift_sigma);
    return s;
}

static void
clocks_in_step_are_not_doubted(void **state)
{
    begin();
    f.scene.node[2].clock_drift_ppm = 200.0F;
    f.scene.node[1].clock_offset_us = 1.5e6F;
    const seen s                    = run("in step", 60);
    assert_int_equal(s.spread, 0);
    assert_int_equal(s.demoted, 0);
    assert_true(fabsf(s.drift_ppm - 200.0F) < 4.0F * s.drift_sigma + 5.0F);
}

static void
unsynchronised_nodes_demote(void **state)
{
    for (float skew = 0.3e6F; skew < 1.6e6F; skew += 0.6e6F) {
        begin();
        f.scene.node[2].free_running    = true;
        f.scene.node[2].clock_offset_us = skew;
        const seen s                    = run("one apart", 60);
        assert_true(s.demoted >= 0.95 * s.cycles);
        assert_true(s.spread >= 0.95 * s.cycles);
    }
    begin();
    for (int i = 0; i < 4; ++i) {
        f.scene.node[i].free_running    = true;
        f.scene.node[i].clock_offset_us = 0.5e6F * (float)i;
        f.scene.node[i].clock_drift_ppm = i % 2 ? 200.0F : -200.0F;
    }
    const seen s = run("all apart", 60);
    assert_true(s.demoted >= 0.95 * s.cycles);
}

// 45 ms apart and 200 ppm: past the 50 ms of the guard after 25 s
static void
drift_is_noticed_when_it_counts(void **state)
{
    begin();
    f.scene.node[0].clock_drift_ppm = 0.0F;
    f.scene.node[2].free_running    = true;
    f.scene.node[2].clock_offset_us = 45e3F;
    f.scene.node[2].clock_drift_ppm = 200.0F;
    const seen s                    = run("drifting apart", 60);
    assert_true(s.first_s > 20 && s.first_s < 35);
    assert_true(s.last_s > 59);
}

static void
a_restart_is_got_over(void **state)
{
    begin();
    f.scene.node[2].n_off  = 2;
    f.scene.node[2].off[0] = (rv_sim_span){20, 23};
    f.scene.node[2].off[1] = (rv_sim_span){40, 40.3F};
    const seen s           = run("started again", 90);
    assert_true(s.first_absent_s > 20 && s.first_absent_s < 20.3);
    assert_true(s.absent_s < 40.6);
    assert_true(s.reboot_s > 44 && s.reboot_s < 46);
    assert_true(s.warming_s < 50);
    assert_int_equal(s.spread, 0);
}

static void
a_set_clock_is_got_over(void **state)
{
    for (int way = 0; way < 2; ++way) {
        begin();
        f.scene.node[2].clock_step_s  = 20.0F;
        f.scene.node[2].clock_step_us = way == 0 ? 0.5e6F : -0.5e6F;
        const seen s                  = run("clock set", 60);
        assert_true(s.last_s < (way == 0 ? 24 : 31));
    }
    // One that was apart comes back into step
    begin();
    f.scene.node[2].free_running    = true;
    f.scene.node[2].clock_offset_us = 0.5e6F;
    f.scene.node[2].clock_drift_ppm = f.scene.node[0].clock_drift_ppm;
    f.scene.node[2].clock_step_s    = 20.0F;
    f.scene.node[2].clock_step_us   = -0.5e6F;
    const seen s                    = run("comes into step", 90);
    assert_true(s.first_s < 7);
    assert_true(s.last_s > 20 && s.last_s < 32);
    assert_true(s.demoted < 0.8 * s.cycles);
}

static void
bursts_of_loss_demote(void **state)
{
    begin();
    f.scene.radio.loss       = 0.3F;
    f.scene.radio.loss_burst = 10.0F;
    const seen s             = run("30 % lost in bursts", 60);
    assert_true(s.demoted >= 0.95 * s.cycles);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clocks_in_step_are_not_doubted),
        cmocka_unit_test(unsynchronised_nodes_demote),
        cmocka_unit_test(drift_is_noticed_when_it_counts),
        cmocka_unit_test(a_restart_is_got_over),
        cmocka_unit_test(a_set_clock_is_got_over),
        cmocka_unit_test(bursts_of_loss_demote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

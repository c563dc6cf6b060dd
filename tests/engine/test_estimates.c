// SPDX-License-Identifier: MIT
// What a cycle says of its own certainty: every deviation and quality of a running room
// is measured, follows what happens, and is absent where too little came.
#include "cmocka_rv.h"

#include "feed.h"

#include <math.h>

static feed f;

typedef struct {
    uint32_t cycles;
    uint32_t known[9];
    float    low[9], high[9]; ///< Deviations seen
    double   sum[9];
    float    rate, age, share, quality;
    uint32_t warming[9];
} seen;

static void
note(seen *const s, const int i, const rv_estimate e)
{
    if (e.reason != RV_REASON_NONE) {
        s->warming[i] += e.reason == RV_REASON_WARMING_UP;
        return;
    }
    assert_true(isfinite(e.value) && isfinite(e.sigma));
    assert_true(e.sigma > 0.0F);
    assert_true(e.quality > 0.0F && e.quality <= 1.0F);
    s->low[i]  = s->known[i] == 0 || e.sigma < s->low[i] ? e.sigma : s->low[i];
    s->high[i] = e.sigma > s->high[i] ? e.sigma : s->high[i];
    s->sum[i] += (double)e.sigma;
    ++s->known[i];
}

static void
look(void *const context, const rv_record *const r)
{
    seen *const s = context;
    ++s->cycles;
    note(s, 0, r->variance);
    note(s, 1, r->rssi_dbm);
    note(s, 2, r->coherence);
    for (int i = 0; i < r->n_links; ++i) {
        note(s, 3, r->links[i].rate_hz);
        note(s, 4, r->links[i].age_ms);
        note(s, 5, r->links[i].delay_spread_ns);
        note(s, 6, r->links[i].dominant_ratio);
        note(s, 8, r->links[i].sto_ns);
        if (r->links[i].rate_hz.reason == RV_REASON_NONE) {
            s->rate    = r->links[i].rate_hz.value;
            s->quality = r->links[i].rate_hz.quality;
        }
    }
    for (int i = 0; i < r->n_nodes; ++i) {
        note(s, 7, r->nodes[i].jitter_us);
        note(s, 7, r->nodes[i].loss);
        note(s, 7, r->nodes[i].rate_hz);
        note(s, 7, r->nodes[i].clock_offset_us);
        note(s, 7, r->nodes[i].clock_drift_ppm);
    }
}

static void
certainty_is_measured(void **state)
{
    static const char *const name[9] = {"variance", "rssi", "coherence",
                                        "rate",     "age",  "spread",
                                        "dominant", "node", "sto"};
    seen                     s       = {0};
    feed_defaults(&f);
    f.look    = look;
    f.context = &s;
    feed_start(&f);
    feed_run(&f, 10.0);
    rv_engine_finish(f.engine);
    for (int i = 0; i < 9; ++i) {
        print_message("%s: known %u, sigma %g to %g, warming up %u\n", name[i],
                      s.known[i], (double)s.low[i], (double)s.high[i], s.warming[i]);
        assert_true(s.known[i] > 100);
    }
    // Too few samples at the beginning: no number
    assert_true(s.warming[0] >= 1 && s.warming[3] >= 1);
    // They follow the data: no constants, but for the age, which is counted
    for (int i = 0; i < 9; ++i) {
        assert_true(i == 4 || s.high[i] > 1.05F * s.low[i]);
    }
    assert_float_equal(s.high[4], 1e-3 / sqrt(12), 1e-7);
    // Whole decibels are never known better than their rounding
    assert_true(s.low[1] >= 0.2886F);
    assert_float_equal(s.quality, 1, 1e-6);
    feed_stop(&f);
}

// Less noise, less doubt
static void
certainty_follows_the_noise(void **state)
{
    seen quiet = {0}, loud = {0};
    for (int run = 0; run < 2; ++run) {
        feed_defaults(&f);
        f.scene.radio.evm_db = run == 0 ? -35.0F : -15.0F;
        f.look               = look;
        f.context            = run == 0 ? &quiet : &loud;
        feed_start(&f);
        feed_run(&f, 6.0);
        feed_stop(&f);
    }
    for (int i = 0; i < 7; i += i == 0 ? 5 : 1) { // variance, spread, dominance
        const double a = quiet.sum[i] / quiet.known[i];
        const double b = loud.sum[i] / loud.known[i];
        print_message("mean sigma at 35 dB %g, at 15 dB %g\n", a, b);
        assert_true(b > 3.0 * a);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certainty_is_measured),
        cmocka_unit_test(certainty_follows_the_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

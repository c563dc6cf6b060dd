// SPDX-License-Identifier: MIT
// A node's clock, counter and network, estimated from what arrives.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/fusion/clock.h>

static const uint64_t epoch = UINT64_C(1775182186000000);

static rv_clock
fresh(void)
{
    rv_clock              c;
    const rv_clock_config cfg = rv_clock_config_default();
    size_t                n   = 1;
    assert_int_equal(rv_clock_size(&cfg, &n), RV_OK);
    assert_int_equal(n, 0);
    assert_int_equal(rv_clock_init(&c, &cfg, NULL, 0), RV_OK);
    return c;
}

// Network delay: 2 ms, an exponential tail of `tail_us`, never before an earlier packet
static uint64_t
arrive(ch_random *const r, const uint64_t sent, const double tail_us,
       uint64_t *const last)
{
    const uint64_t t = sent + 2000 + (uint64_t)(-tail_us * log(1 - ch_uniform(r)));
    *last            = t > *last ? t : *last;
    return *last;
}

static void
test_sequence_arithmetic(void **state)
{
    rv_clock c = fresh();
    uint64_t t = epoch;
    assert_int_equal(rv_clock_push_frame(&c, 0xFFFFFFFEu, true, 0, t), RV_REASON_NONE);
    assert_int_equal(rv_clock_push_frame(&c, 0xFFFFFFFFu, true, 0, t += 50000),
                     RV_REASON_NONE);
    assert_int_equal(rv_clock_push_frame(&c, 0, true, 0, t += 50000), RV_REASON_NONE);
    assert_int_equal(c.n_lost, 0); // the counter wraps
    assert_int_equal(rv_clock_push_frame(&c, 3, true, 0, t += 50000), RV_REASON_NONE);
    assert_int_equal(c.n_lost, 2); // 1 and 2 are missing
    assert_int_equal(rv_clock_push_frame(&c, 2, true, 0, t += 1000),
                     RV_REASON_REORDERED);
    assert_int_equal(c.n_lost, 1); // it was not lost after all
    assert_int_equal(rv_clock_push_frame(&c, 3, true, 0, t += 1000),
                     RV_REASON_DUPLICATE);
    assert_int_equal(rv_clock_push_frame(&c, 4, true, 0, t - 100),
                     RV_REASON_TIME_BACKWARDS);
    assert_int_equal(rv_clock_push_frame(&c, 4, true, 0, t += 1000), RV_REASON_NONE);
    assert_int_equal(c.n_lost, 1);
}

// A frame older than the sync packet lies before it, not 2^32 intervals after
static void
test_mesh_time_is_signed(void **state)
{
    rv_clock c = fresh();
    for (uint32_t i = 0; i < 40; ++i) {
        (void)rv_clock_push_frame(&c, i, true, 0, epoch + 50000 * i);
    }
    const rv_clock_sync sync = {
        .local_us = 7000000, .epoch_us = 9000000, .sequence = 40, .valid = true};
    assert_int_equal(rv_clock_push_sync(&c, &sync, epoch + 2000000), RV_REASON_NONE);
    uint64_t mesh = 0;
    assert_true(rv_clock_mesh_time(&c, 39, 0, epoch + 2000000, &mesh));
    assert_int_equal(mesh, 9000000 - 50000);
    assert_true(rv_clock_mesh_time(&c, 41, 0, epoch + 2000000, &mesh));
    assert_int_equal(mesh, 9000000 + 50000);
    assert_true(rv_clock_mesh_time(&c, 0, 7100000, epoch + 2100000, &mesh));
    assert_int_equal(mesh, 9100000);
    // Worthless after nine seconds
    assert_true(rv_clock_mesh_time(&c, 41, 0, epoch + 2000000 + 9000000, &mesh));
    assert_false(rv_clock_mesh_time(&c, 41, 0, epoch + 2000000 + 9000001, &mesh));
    assert_false(rv_clock_get(&c, epoch + 2000000 + 9000001).sync_valid);
}

static void
check_offset(const double offset_us, const double ppm, const bool by_sync)
{
    rv_clock  c    = fresh();
    ch_random r    = {(uint64_t)(offset_us + ppm + by_sync)};
    uint64_t  last = 0, now = 0, device = 0;
    double    err2 = 0;
    int       n    = 0;
    for (uint32_t i = 0; i < 3000; ++i) {
        const double sent = 50000.0 * i;
        const bool   late = i % 200 >= 180; // bursts: half a second of queueing
        device            = (uint64_t)(5000000 + offset_us + sent * (1 + ppm * 1e-6));
        now = arrive(&r, epoch + (uint64_t)sent, late ? 200000 : 3000, &last);
        if (by_sync) {
            if (i % 20 == 0) {
                const rv_clock_sync s = {.local_us = device,
                                         .epoch_us = device,
                                         .sequence = i,
                                         .valid    = true};
                (void)rv_clock_push_sync(&c, &s, now);
            }
            (void)rv_clock_push_frame(&c, i, true, 0, now);
        } else {
            uint64_t placed = 0;
            (void)rv_clock_push_frame(&c, i, true, device, now);
            (void)rv_clock_place(&c, i, true, device, now, &placed);
            if (i > 600) {
                const double e = (double)(int64_t)(placed - epoch) - sent - 2000;
                err2 += e * e;
                ++n;
            }
        }
    }
    const rv_clock_state s = rv_clock_get(&c, now);
    const double want      = (double)(int64_t)(device - epoch) - 50000.0 * 2999 - 2000;
    print_message(
        "offset %+.0f us, %+.0f ppm, %s: error %.0f us, drift %+.1f ppm (+-%.1f), "
        "placing %.0f us rms\n",
        offset_us, ppm, by_sync ? "sync" : "stamps", (double)(s.offset_exact_us) - want,
        (double)s.drift_ppm.value, (double)s.drift_ppm.sigma, n ? sqrt(err2 / n) : 0);
    assert_true(fabs((double)s.offset_exact_us - want) < 3000);
    assert_false(rv_is_known(s.offset_us)); // years: no number for a float
    assert_true(rv_is_known(s.drift_ppm));
    assert_true(fabs((double)s.drift_ppm.value - ppm) < (by_sync ? 60 : 15));
    // Within four of the deviations that are claimed, and no more certain than that
    assert_true(fabs((double)s.drift_ppm.value - ppm) < 4 * (double)s.drift_ppm.sigma);
    assert_true(s.jitter_us.sigma > 0.0F && s.jitter_us.sigma < s.jitter_us.value);
    assert_float_equal(s.drift_ppm.quality, 1.0, 1e-6);
    assert_true(n == 0 || sqrt(err2 / n) < 2000);
    assert_int_equal(c.n_set, 0);
}

static void
test_offset_and_drift(void **state)
{
    const double offset[4] = {0, 300000, 1500000, -1500000};
    const double ppm[4]    = {0, 200, -200, 40};
    for (int i = 0; i < 4; ++i) {
        check_offset(offset[i], ppm[i], false);
        check_offset(offset[i], ppm[i], true);
    }
}

static void
test_between_nodes(void **state)
{
    rv_clock  a = fresh(), b = fresh();
    ch_random r  = {12};
    uint64_t  la = 0, lb = 0, now = 0;
    for (uint32_t i = 0; i < 1200; ++i) {
        const uint64_t sent = epoch + 50000 * i;
        now                 = arrive(&r, sent, 2000, &la);
        (void)rv_clock_push_frame(&a, i, true, 1000000 + 50000 * i, now);
        now = arrive(&r, sent, 2000, &lb);
        (void)rv_clock_push_frame(&b, i, true, 2500000 + 50000 * i, now);
    }
    const rv_estimate e = rv_clock_between(&b, &a, now);
    assert_true(rv_is_known(e));
    assert_float_equal(e.value, 1500000, 1000);
    const rv_clock none = fresh();
    assert_int_equal(rv_clock_between(&a, &none, now).reason, RV_REASON_CLOCK);
}

// Two nodes that both say they follow the mesh, and do not
static void
test_mesh_spread(void **state)
{
    const double skew[4] = {0, 300000, 900000, 1500000};
    for (int v = 0; v < 4; ++v) {
        rv_clock        a = fresh(), b = fresh();
        const rv_clock *both[2] = {&a, &b};
        ch_random       r       = {13};
        uint64_t        la = 0, lb = 0, now = 0;
        int             above = 0, total = 0;
        for (uint32_t i = 0; i < 1200; ++i) {
            const uint64_t sent = epoch + 50000 * i;
            const uint64_t mesh = 50000 * i;
            now                 = arrive(&r, sent, 2000, &la);
            (void)rv_clock_push_frame(&a, i, true, 0, now);
            if (i % 20 == 0) {
                const rv_clock_sync s = {.local_us = 1000000 + 50000 * i,
                                         .epoch_us = mesh,
                                         .sequence = i + 1,
                                         .valid    = true};
                (void)rv_clock_push_sync(&a, &s, now);
            }
            now = arrive(&r, sent, 2000, &lb);
            (void)rv_clock_push_frame(&b, i, true, 0, now);
            if (i % 20 == 10) {
                const rv_clock_sync s = {.local_us = 77000000 + 50000 * i,
                                         .epoch_us = mesh + (uint64_t)skew[v],
                                         .sequence = i + 1,
                                         .valid    = true};
                (void)rv_clock_push_sync(&b, &s, now);
            }
            const rv_estimate e = rv_clock_mesh_spread(both, 2, now);
            total += i >= 160;
            above += i >= 160 && rv_is_known(e) && e.value > 50000;
        }
        const rv_estimate e = rv_clock_mesh_spread(both, 2, now);
        print_message("skew %.0f us: found %.0f, above the guard in %d of %d cycles\n",
                      skew[v], (double)e.value, above, total);
        assert_float_equal(e.value, skew[v], 3000);
        assert_int_equal(above, skew[v] > 0 ? total : 0);
        assert_int_equal(rv_clock_mesh_spread(both, 1, now).reason, RV_REASON_CLOCK);
        assert_false(rv_is_known(rv_clock_mesh_spread(both, 2, now + 20000000)));
    }
}

// Somebody sets a clock: dropped and learnt anew; queues of half a second do not look
// like that (test_offset_and_drift has them)
static void
test_set_clock(void **state)
{
    const int64_t step[4] = {300000, 2000000, -300000, -900000};
    for (int v = 0; v < 4; ++v) {
        rv_clock  c    = fresh();
        ch_random r    = {9};
        uint64_t  last = 0, now = 0, learnt = 0;
        for (uint32_t i = 0; i < 1200; ++i) {
            const int64_t set = i < 600 ? 0 : step[v];
            now = arrive(&r, epoch + 50000 * i, i % 200 >= 190 ? 200000 : 2000, &last);
            (void)rv_clock_push_frame(
                &c, i, true, (uint64_t)((int64_t)(60000000 + 50000 * i) + set), now);
            const rv_clock_state s = rv_clock_get(&c, now);
            const double         want =
                60000000.0 - (double)(int64_t)epoch + (double)set - 2000;
            const bool good = fabs((double)s.offset_exact_us - want) < 2000;
            learnt          = i >= 600 && !good ? now : learnt;
        }
        print_message("clock set by %.1f s: known again after %.1f s\n",
                      (double)step[v] * 1e-6,
                      (double)(learnt - epoch) * 1e-6 - 600 * 0.05);
        assert_int_equal(c.n_set, 1);
        assert_true(learnt < epoch + 50000 * 600 + (step[v] > 0 ? 5000000 : 11000000));
    }
}

static void
test_reboot(void **state)
{
    rv_clock  c    = fresh();
    ch_random r    = {9};
    uint64_t  last = 0, now = 0;
    rv_reason reason = RV_REASON_NONE;
    for (uint32_t i = 0; i < 400; ++i) {
        now = arrive(&r, epoch + 50000 * i, 2000, &last);
        (void)rv_clock_push_frame(&c, 5000 + i, true, 60000000 + 50000 * i, now);
    }
    assert_int_equal(rv_clock_get(&c, now).reason, RV_REASON_NONE);
    for (uint32_t i = 0; i < 400; ++i) {
        now    = arrive(&r, epoch + 23000000 + 50000 * i, 2000, &last);
        reason = rv_clock_push_frame(&c, i, true, 1000000 + 50000 * i, now);
        assert_int_equal(reason, i == 0 ? RV_REASON_REBOOT : RV_REASON_NONE);
        if (i == 0) {
            assert_int_equal(rv_clock_get(&c, now).reason, RV_REASON_REBOOT);
        }
    }
    const rv_clock_state s = rv_clock_get(&c, now);
    assert_int_equal(s.reason, RV_REASON_NONE);
    assert_int_equal(s.reboots, 1);
    assert_true(s.loss.value < 0.05F);
}

// Bursts: ten in a row lost of every 33
static void
test_bursts_of_loss(void **state)
{
    rv_clock  c    = fresh();
    ch_random r    = {10};
    uint64_t  last = 0, now = 0;
    int       flagged = 0, total = 0;
    for (uint32_t i = 0; i < 4000; ++i) {
        if (i % 33 >= 23) {
            continue;
        }
        now = arrive(&r, epoch + 50000 * i, 2000, &last);
        (void)rv_clock_push_frame(&c, i, true, 0, now);
        const rv_clock_state s = rv_clock_get(&c, now);
        total += i > 200;
        flagged += i > 200 && s.reason == RV_REASON_LOSS;
    }
    const rv_clock_state s = rv_clock_get(&c, now);
    print_message("loss %.3f +- %.3f, rate %.2f Hz, flagged %.2f %%\n",
                  (double)s.loss.value, (double)s.loss.sigma, (double)s.rate_hz.value,
                  100.0 * flagged / total);
    assert_float_equal(s.loss.value, 0.303, 0.05);
    assert_float_equal(s.rate_hz.value, 20 * 0.697, 1.0);
    assert_true(flagged >= 0.95 * total);
}

static void
test_silence_is_absence(void **state)
{
    rv_clock c = fresh();
    assert_int_equal(rv_clock_get(&c, epoch).reason, RV_REASON_NO_DATA);
    for (uint32_t i = 0; i < 100; ++i) {
        (void)rv_clock_push_frame(&c, i, true, 0, epoch + 50000 * i);
    }
    const uint64_t end = epoch + 50000 * 99;
    assert_true(rv_clock_get(&c, end + 100000).present);
    const rv_clock_state s = rv_clock_get(&c, end + 100001);
    assert_false(s.present);
    assert_int_equal(s.reason, RV_REASON_NO_DATA);
    // Back after a long silence: the jump in the counter is no loss of the last seconds
    (void)rv_clock_push_frame(&c, 100000, true, 0, end + 60000000);
    for (uint32_t i = 1; i < 40; ++i) {
        (void)rv_clock_push_frame(&c, 100000 + i, true, 0, end + 60000000 + 50000 * i);
    }
    assert_int_equal(rv_clock_get(&c, end + 60000000 + 50000 * 39).reason,
                     RV_REASON_NONE);
}

// Without stamps, a regular sender's frames are placed by their number
static void
test_place_by_sequence(void **state)
{
    rv_clock  c    = fresh();
    ch_random r    = {11};
    uint64_t  last = 0;
    double    raw2 = 0, placed2 = 0, mean = 0, placed_mean = 0;
    int       n = 0;
    for (uint32_t i = 0; i < 2000; ++i) {
        const uint64_t now = arrive(&r, epoch + 50000 * i, 6000, &last);
        uint64_t       t   = 0;
        (void)rv_clock_push_frame(&c, i, true, 0, now);
        const rv_estimate e = rv_clock_place(&c, i, true, 0, now, &t);
        if (i >= 500) {
            const double a = (double)(now - epoch) - 50000.0 * i;
            const double b = (double)(t - epoch) - 50000.0 * i;
            assert_true(rv_is_known(e));
            raw2 += a * a;
            placed2 += b * b;
            mean += a;
            placed_mean += b;
            ++n;
        }
    }
    const double raw = sqrt(raw2 / n - (mean / n) * (mean / n));
    const double sd  = sqrt(placed2 / n - (placed_mean / n) * (placed_mean / n));
    print_message("scatter of arrivals %.0f us, of places %.0f us\n", raw, sd);
    assert_true(sd < 0.6 * raw);
}

// The rate is a count over a time, its deviation that of the count; drifts of many
// nodes scatter as they say
static void
test_rate_and_drift_scatter_as_stated(void **state)
{
    enum { nodes = 60 };
    double drift2 = 0, said2 = 0;
    for (int v = 0; v < nodes; ++v) {
        rv_clock  c    = fresh();
        ch_random r    = {700 + (uint64_t)v};
        uint64_t  last = 0, now = 0;
        for (uint32_t i = 0; i < 2400; ++i) {
            const double sent = 50000.0 * i;
            now               = arrive(&r, epoch + (uint64_t)sent, 3000, &last);
            (void)rv_clock_push_frame(&c, i, true,
                                      (uint64_t)(5000000 + sent * (1 + 80e-6)), now);
        }
        const rv_clock_state s = rv_clock_get(&c, now);
        drift2 += pow((double)s.drift_ppm.value - 80, 2) / nodes;
        said2 += pow((double)s.drift_ppm.sigma, 2) / nodes;
        const double count = (double)(s.rate_hz.value / s.rate_hz.sigma);
        assert_float_equal(s.rate_hz.value, 20, 0.5);
        // rate / sigma = n / sqrt(n + 1), n the packets in the window
        const double window = 0.5 * RV_CLOCK_LOSS_RING;
        assert_float_equal(count, sqrt(20 * window), 0.03 * sqrt(20 * window));
    }
    print_message("drift scatters %.2f ppm, stated %.2f\n", sqrt(drift2), sqrt(said2));
    assert_true(sqrt(drift2) < 2 * sqrt(said2) && sqrt(drift2) > 0.25 * sqrt(said2));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequence_arithmetic),
        cmocka_unit_test(test_mesh_time_is_signed),
        cmocka_unit_test(test_offset_and_drift),
        cmocka_unit_test(test_between_nodes),
        cmocka_unit_test(test_mesh_spread),
        cmocka_unit_test(test_set_clock),
        cmocka_unit_test(test_reboot),
        cmocka_unit_test(test_bursts_of_loss),
        cmocka_unit_test(test_silence_is_absence),
        cmocka_unit_test(test_place_by_sequence),
        cmocka_unit_test(test_rate_and_drift_scatter_as_stated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

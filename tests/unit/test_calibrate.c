// SPDX-License-Identifier: MIT
// An empty room qualifies; a walk, a short recording, a moved chair do not.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include <ruview/math/blake3.h>
#include <ruview/prep/calibrate.h>
#include <ruview/prep/sanitise.h>

typedef struct {
    rv_sanitise  s;
    rv_calibrate c;
    void        *mem_s, *mem_c;
    ch_slot      slot;
    ch_random    r;
    uint64_t     t_us;
} bench;

static void
bench_init(bench *const b, const uint64_t seed)
{
    size_t                    n   = 0;
    const rv_sanitise_config  sc  = rv_sanitise_config_default(56, 1);
    const rv_calibrate_config cfg = rv_calibrate_config_default(56, 1);
    assert_int_equal(rv_sanitise_size(&sc, &n), RV_OK);
    b->mem_s = ch_memory(n);
    assert_int_equal(rv_sanitise_init(&b->s, &sc, b->mem_s, n), RV_OK);
    assert_int_equal(rv_calibrate_size(&cfg, &n), RV_OK);
    b->mem_c = ch_memory(n);
    assert_int_equal(rv_calibrate_init(&b->c, &cfg, b->mem_c, n), RV_OK);
    ch_slot_init(&b->slot, ch_tones56(), 56, 1);
    b->r    = (ch_random){seed};
    b->t_us = 1000000;
}

static void
bench_free(bench *const b)
{
    free(b->mem_s);
    free(b->mem_c);
}

// Four static paths and, when `body` > 0, a fifth by way of somebody at that distance
// along a line, 10 dB (walker) or less below the rest
static void
frame(bench *const b, const double snr_db, const double body_gain, const double body_ns,
      const double chair)
{
    const ch_path path[6] = {
        {20, 1.0},
        {33, 0.5 * cexp(1.0 * I)},
        {61, 0.35 * cexp(-2.0 * I)},
        {104, 0.2 * cexp(0.4 * I)},
        {47, chair * cexp(2.2 * I)},
        {body_ns, body_gain * cexp(-2.0 * I * CH_PI * 5.2 * body_ns)}};
    const double    power = 1 + 0.25 + 0.1225 + 0.04;
    const ch_packet p     = {60 * (ch_uniform(&b->r) - 0.5), 7 * ch_normal(&b->r),
                             pow(10, (double)(ch_bits(&b->r) % 7) / 20.0), 0};
    ch_packet       q     = p;
    q.noise               = p.gain * sqrt(0.5 * power * pow(10, -snr_db / 10));
    ch_fill(&b->slot, 0, path, 6, &q, &b->r);
    ch_normalise(&b->slot);
    b->t_us += 10000;
    b->slot.csi.t_us = b->t_us;
    rv_sanitise_result result;
    assert_int_equal(rv_sanitise_push(&b->s, &b->slot.csi, NULL, &result), RV_OK);
}

static rv_reason
record(bench *const b, const int frames, const int walk_from, const int walk_to)
{
    rv_reason refused;
    rv_calibrate_begin(&b->c, 7);
    for (int i = 0; i < frames; ++i) {
        const bool walks = i >= walk_from && i < walk_to;
        frame(b, 30, walks ? 0.15 : 0, 40 + 0.066 * i, 0);
        assert_int_equal(rv_calibrate_record(&b->c, &b->slot.csi), RV_OK);
    }
    rv_calibrate_finish(&b->c, &refused);
    return refused;
}

static void
test_empty_room_qualifies_and_is_subtracted(void **state)
{
    bench b;
    bench_init(&b, 1);
    assert_int_equal(rv_calibrate_get(&b.c).reason, RV_REASON_NOT_CALIBRATED);
    assert_int_equal(record(&b, 1500, 0, 0), RV_REASON_NONE);
    const rv_calibrate_verdict v = rv_calibrate_get(&b.c);
    assert_int_equal(v.state, RV_CALIBRATE_READY);
    assert_true(v.id64 != 0);
    print_message("SNR %.2f dB, motion %.3f, %d of %d blocks\n", (double)v.snr_db,
                  (double)v.motion, v.blocks_clean, v.blocks);
    assert_float_equal(v.snr_db, 30, 0.5);
    // Empty: residual
    double              rest = 0, still = 0, deviation = 0;
    float               re[56], im[56];
    const int           n = 2000;
    rv_calibrate_result result;
    for (int i = 0; i < n; ++i) {
        frame(&b, 30, 0, 0, 0);
        assert_int_equal(rv_calibrate_apply(&b.c, &b.slot.csi, &result), RV_OK);
        assert_int_equal(rv_calibrate_subtract(&b.c, &b.slot.csi, re, im), RV_OK);
        for (int k = 0; k < 56; ++k) {
            rest += (double)re[k] * re[k] + (double)im[k] * im[k];
            still += (double)b.slot.re[k] * b.slot.re[k] +
                     (double)b.slot.im[k] * b.slot.im[k];
        }
        deviation += result.deviation.value;
    }
    const double empty_db = 10 * log10(rest / still);
    print_message("empty residual %.2f dB, mean deviation %.2f sigma\n", empty_db,
                  deviation / n);
    assert_true(empty_db <= -25);
    assert_true(fabs(deviation / n) < 0.5);
    // A walker whose echo is 16 dB below the direct path
    rest = still = 0;
    for (int i = 0; i < n; ++i) {
        frame(&b, 30, 0.15, 40 + 0.066 * i, 0);
        assert_int_equal(rv_calibrate_apply(&b.c, &b.slot.csi, &result), RV_OK);
        assert_int_equal(rv_calibrate_subtract(&b.c, &b.slot.csi, re, im), RV_OK);
        for (int k = 0; k < 56; ++k) {
            rest += (double)re[k] * re[k] + (double)im[k] * im[k];
            still += (double)b.slot.re[k] * b.slot.re[k] +
                     (double)b.slot.im[k] * b.slot.im[k];
        }
    }
    const double walk_db = 10 * log10(rest / still);
    print_message("walker residual %.2f dB\n", walk_db);
    assert_true(walk_db >= empty_db + 10);
    bench_free(&b);
}

static void
test_a_walk_does_not_qualify(void **state)
{
    bench b;
    bench_init(&b, 2);
    assert_int_equal(record(&b, 1500, 0, 1500), RV_REASON_MOVING);
    assert_int_equal(rv_calibrate_get(&b.c).state, RV_CALIBRATE_REFUSED);
    rv_calibrate_result result;
    assert_int_equal(rv_calibrate_apply(&b.c, &b.slot.csi, &result), RV_OK);
    assert_int_equal(result.reason, RV_REASON_MOVING);
    assert_false(rv_is_known(result.deviation));
    float re[56], im[56];
    assert_int_equal(rv_calibrate_subtract(&b.c, &b.slot.csi, re, im), RV_ERR_STATE);
    // Whoever asks for no share of clean blocks still needs one
    b.c.cfg.clean_share = 0;
    assert_int_equal(record(&b, 1500, 0, 1500), RV_REASON_MOVING);
    assert_int_equal(rv_calibrate_get(&b.c).blocks_clean, 0);
    bench_free(&b);
}

static void
test_a_passer_by_is_left_out(void **state)
{
    bench b;
    bench_init(&b, 3);
    assert_int_equal(record(&b, 1600, 700, 950), RV_REASON_NONE);
    const rv_calibrate_verdict v = rv_calibrate_get(&b.c);
    print_message("%d of %d blocks clean, SNR %.2f dB\n", v.blocks_clean, v.blocks,
                  (double)v.snr_db);
    assert_true(v.blocks_clean < v.blocks);
    assert_float_equal(v.snr_db, 30, 0.6);
    bench_free(&b);
}

static void
test_a_moved_chair_does_not_qualify(void **state)
{
    bench     b;
    rv_reason refused;
    bench_init(&b, 4);
    rv_calibrate_begin(&b.c, 1);
    for (int i = 0; i < 1500; ++i) {
        frame(&b, 30, 0, 0, i < 750 ? 0 : 0.3);
        assert_int_equal(rv_calibrate_record(&b.c, &b.slot.csi), RV_OK);
    }
    rv_calibrate_finish(&b.c, &refused);
    print_message("moved chair: %s\n", rv_reason_name(refused));
    assert_int_equal(refused, RV_REASON_NOT_STATIONARY);
    bench_free(&b);
}

static void
test_too_short(void **state)
{
    bench b;
    bench_init(&b, 5);
    assert_int_equal(record(&b, 100, 0, 0), RV_REASON_TOO_SHORT);
    // A refused recording leaves a good baseline in use
    assert_int_equal(record(&b, 1500, 0, 0), RV_REASON_NONE);
    const uint64_t id = rv_calibrate_get(&b.c).id64;
    assert_int_equal(record(&b, 1500, 0, 1500), RV_REASON_MOVING);
    assert_int_equal(rv_calibrate_get(&b.c).state, RV_CALIBRATE_READY);
    assert_true(rv_calibrate_get(&b.c).id64 == id);
    bench_free(&b);
}

static void
test_bytes_travel(void **state)
{
    bench a, b;
    bench_init(&a, 6);
    bench_init(&b, 7);
    assert_int_equal(record(&a, 1500, 0, 0), RV_REASON_NONE);
    size_t n = 0;
    assert_int_equal(rv_calibrate_export(&b.c, NULL, &n), RV_ERR_STATE);
    assert_int_equal(rv_calibrate_export(&a.c, NULL, &n), RV_OK);
    uint8_t *const bytes = malloc(n), *const again = malloc(n);
    assert_int_equal(rv_calibrate_export(&a.c, bytes, &n), RV_OK);
    assert_int_equal(rv_calibrate_import(&b.c, bytes, n), RV_OK);
    assert_memory_equal(rv_calibrate_get(&a.c).id, rv_calibrate_get(&b.c).id, 32);
    uint8_t id[32];
    rv_blake3_hash(bytes, n, id);
    assert_memory_equal(id, rv_calibrate_get(&b.c).id, 32);
    assert_int_equal(rv_calibrate_export(&b.c, again, &n), RV_OK);
    assert_memory_equal(bytes, again, n);
    // Damaged bytes change nothing
    bytes[0] ^= 1;
    assert_int_equal(rv_calibrate_import(&b.c, bytes, n), RV_ERR_MAGIC);
    bytes[0] ^= 1;
    for (size_t cut = 0; cut < n; cut += 13) {
        assert_int_equal(rv_calibrate_import(&b.c, bytes, cut), RV_ERR_TRUNCATED);
    }
    bytes[12] ^= 1; // another transmitter
    assert_int_equal(rv_calibrate_import(&b.c, bytes, n), RV_ERR_DIFFERENT);
    bytes[12] ^= 1;
    memset(bytes + n - 4, 0xFF, 4);
    assert_int_equal(rv_calibrate_import(&b.c, bytes, n), RV_ERR_NONFINITE);
    assert_memory_equal(rv_calibrate_get(&a.c).id, rv_calibrate_get(&b.c).id, 32);
    free(bytes);
    free(again);
    bench_free(&a);
    bench_free(&b);
}

// The id follows the content: two links recorded in one second differ, and one
// recording keeps its id (the reference has it the other way round)
static void
test_id_is_content(void **state)
{
    bench a, b, c;
    bench_init(&a, 8);
    bench_init(&b, 9);
    bench_init(&c, 8);
    assert_int_equal(record(&a, 1500, 0, 0), RV_REASON_NONE);
    assert_int_equal(record(&b, 1500, 0, 0), RV_REASON_NONE);
    assert_int_equal(record(&c, 1500, 0, 0), RV_REASON_NONE);
    assert_true(rv_calibrate_get(&a.c).id64 != rv_calibrate_get(&b.c).id64);
    assert_true(rv_calibrate_get(&a.c).id64 == rv_calibrate_get(&c.c).id64);
    // but they are of one session
    const uint64_t session[5] = {7, 0, 7, 9, 7};
    uint64_t       modal      = 0;
    assert_int_equal(rv_calibrate_modal(session, 5, &modal), 1);
    assert_true(modal == 7);
    assert_int_equal(rv_calibrate_modal(session, 1, &modal), 0);
    assert_int_equal(rv_calibrate_modal(session, 0, &modal), 0);
    assert_true(modal == 0);
    bench_free(&a);
    bench_free(&b);
    bench_free(&c);
}

static void
test_long_recording_needs_no_more_memory(void **state)
{
    bench b;
    bench_init(&b, 10);
    assert_int_equal(record(&b, 20000, 0, 0), RV_REASON_NONE);
    const rv_calibrate_verdict v = rv_calibrate_get(&b.c);
    assert_true(v.blocks <= RV_CALIBRATE_BLOCKS && v.blocks >= 8);
    assert_float_equal(v.snr_db, 30, 0.3);
    bench_free(&b);
}

// A receiver gain step is not the room
static void
test_drift_sees_a_chair_and_not_gain(void **state)
{
    bench b;
    bench_init(&b, 11);
    assert_int_equal(record(&b, 1500, 0, 0), RV_REASON_NONE);
    rv_calibrate_result result;
    for (int i = 0; i < 6000; ++i) { // gain jumps 0..6 dB from frame to frame
        frame(&b, 30, 0, 0, 0);
        assert_int_equal(rv_calibrate_apply(&b.c, &b.slot.csi, &result), RV_OK);
    }
    const float same = result.drift;
    for (int i = 0; i < 20000; ++i) {
        frame(&b, 30, 0, 0, 0.3);
        assert_int_equal(rv_calibrate_apply(&b.c, &b.slot.csi, &result), RV_OK);
    }
    print_message("drift: same room %.2f sigma, chair moved %.2f sigma\n", (double)same,
                  (double)result.drift);
    assert_true(same < 1 && result.drift > 4);
    bench_free(&b);
}

// ---- the baseline's statistics against closed forms

// exp(-x) I_n(x), n = 0 or 1, by its integral ("NIST Handbook", 10.32.3)
static double
bessel(const int n, const double x)
{
    double    sum   = 0;
    const int steps = 2000;
    for (int i = 0; i < steps; ++i) {
        const double t = CH_PI * (i + 0.5) / steps;
        sum += exp(x * (cos(t) - 1)) * cos(n * t);
    }
    return sum / steps;
}

// Concentration of the phase of a constant `a` in complex normal noise of `sigma` per
// component: the resultant of its phase, and the von Mises distribution that has it
static double
concentration_of(const double a, const double sigma)
{
    const double g   = a * a / (4 * sigma * sigma);
    const double r   = sqrt(CH_PI * g / 2) * (bessel(0, g) + bessel(1, g));
    double       low = 0, high = 1e4;
    for (int i = 0; i < 60; ++i) {
        const double k                                    = 0.5 * (low + high);
        *(bessel(1, k) / bessel(0, k) < r ? &low : &high) = k;
    }
    return 0.5 * (low + high);
}

// Two equal paths 128 ns apart, at 10 dB: the tones lie between peaks and nulls, so
// their phases between sharp and nearly anything
static void
test_statistics_of_each_tone(void **state)
{
    bench         b;
    rv_reason     refused;
    const int     n_frames = 6000;
    const ch_path path[2]  = {{20, 1}, {148, 1}};
    bench_init(&b, 12);
    ch_packet    p     = {0, 0, 1, sqrt(0.5 * 2 * 0.1)};
    const double rms   = sqrt(2 * 1.1);
    const double sigma = p.noise / rms;
    rv_calibrate_begin(&b.c, 1);
    for (int i = 0; i < n_frames; ++i) {
        ch_fill(&b.slot, 0, path, 2, &p, &b.r);
        for (int k = 0; k < 56; ++k) { // one scale for all: nothing is left to fit
            b.slot.re[k] *= (float)(1 / rms);
            b.slot.im[k] *= (float)(1 / rms);
        }
        b.slot.csi.t_us = b.t_us += 10000;
        assert_int_equal(rv_calibrate_record(&b.c, &b.slot.csi), RV_OK);
    }
    rv_calibrate_finish(&b.c, &refused);
    assert_int_equal(refused, RV_REASON_NONE);
    // The baseline is as the first frame was received: `unit` of it is 1 of the channel
    double unit = 0, power = 0, spread = 0, amp_spread = 0;
    int    n_strong = 0, n_loose = 0;
    for (int k = 0; k < 56; ++k) {
        const double a = cabs(ch_at(path, 2, b.slot.csi.tone[k], 312500)) / rms;
        unit += a * hypot((double)b.c.static_re[k], (double)b.c.static_im[k]);
        power += a * a;
    }
    unit /= power;
    for (int k = 0; k < 56; ++k) {
        const double a     = cabs(ch_at(path, 2, b.slot.csi.tone[k], 312500)) / rms;
        const double kappa = concentration_of(a, sigma);
        spread += (double)b.c.sigma[k] / (sigma * unit) / 56;
        if (a > 4 * sigma) {
            amp_spread += (double)b.c.amp_sd[k] / (sigma * unit);
            assert_float_equal(b.c.amp_mean[k] / unit, a + sigma * sigma / (2 * a),
                               0.02);
            ++n_strong;
        }
        n_loose += kappa < 1;
        // Phase and slope are fitted, which takes some of the scatter of strong tones
        assert_float_equal(b.c.kappa[k], kappa,
                           (kappa < 4 ? 0.08 : 0.2) * kappa + 0.05);
        if (kappa > 2) {
            const float mean = atan2f(b.c.static_im[k], b.c.static_re[k]);
            assert_float_equal(remainder(b.c.phase_mean[k] - mean, 2 * CH_PI), 0, 0.05);
        }
    }
    amp_spread /= n_strong;
    print_message("spread %.3f, of amplitude %.3f of %d, loose %d\n", spread,
                  amp_spread, n_strong, n_loose);
    assert_float_equal(spread, 1, 0.02);
    assert_float_equal(amp_spread, 1, 0.03);
    assert_true(n_strong > 30 && n_loose >= 4);
    bench_free(&b);
}

typedef struct {
    double deviation, deviation_sd, echo_sd, echo_stated, amplitude;
} scatter;

static scatter
scatter_of(bench *const b, const double chair)
{
    const int           n = 4000;
    rv_calibrate_result r;
    scatter             out = {0};
    double              z2 = 0, echo = 0, echo2 = 0, stated = 0;
    for (int i = 0; i < n; ++i) {
        frame(b, 30, 0, 0, chair);
        assert_int_equal(rv_calibrate_apply(&b->c, &b->slot.csi, &r), RV_OK);
        const double z = (double)r.deviation.value, e = (double)r.echo.value;
        out.deviation += z / n;
        z2 += z * z / n;
        echo += e / n;
        echo2 += e * e / n;
        stated += (double)(r.echo.sigma * r.echo.sigma) / n;
        out.amplitude += (double)r.amplitude_z / n;
    }
    out.deviation_sd = sqrt(z2 - out.deviation * out.deviation);
    out.echo_sd      = sqrt(echo2 - echo * echo);
    out.echo_stated  = sqrt(stated);
    return out;
}

// Amplitudes depart by the mean of half a normal distribution, and nothing scatters
// more than it says
static void
test_scatter_is_as_stated(void **state)
{
    bench b;
    bench_init(&b, 13);
    assert_int_equal(record(&b, 3000, 0, 0), RV_REASON_NONE);
    const scatter empty = scatter_of(&b, 0), chair = scatter_of(&b, 0.2);
    print_message("empty: deviation %.3f, amplitude %.3f, echo %.3f of what is stated; "
                  "a chair: echo %.3f\n",
                  empty.deviation_sd, empty.amplitude,
                  empty.echo_sd / empty.echo_stated, chair.echo_sd / chair.echo_stated);
    assert_float_equal(empty.amplitude, sqrt(2 / CH_PI), 0.02);
    // The spread of the recording's short blocks is an upper bound of that of later
    // frames
    assert_true(empty.deviation_sd > 0.5 && empty.deviation_sd < 1.05);
    // With nothing there the echo is the length of noise, which scatters less
    assert_true(empty.echo_sd > 0.4 * empty.echo_stated);
    assert_true(empty.echo_sd < 0.7 * empty.echo_stated);
    assert_float_equal(chair.echo_sd / chair.echo_stated, 1, 0.1);
    bench_free(&b);
}

// Two antennas: the gain is the weighted least-squares one of both, and bytes hold both
static void
test_two_streams_are_subtracted_together(void **state)
{
    enum { n_tones = 56, n = 2 * n_tones };
    rv_calibrate_config cfg  = rv_calibrate_config_default(n_tones, 2);
    const ch_path path[2][2] = {{{20, 1}, {60, 0.5 * I}}, {{20, -0.7}, {90, 0.4}}};
    rv_calibrate  c, again;
    size_t        n_bytes = 0, n_mem = 0;
    ch_random     r = {14};
    ch_slot       s;
    rv_reason     refused;
    assert_int_equal(rv_calibrate_size(&cfg, &n_mem), RV_OK);
    void *const mem = ch_memory(n_mem), *const mem_again = ch_memory(n_mem);
    assert_int_equal(rv_calibrate_init(&c, &cfg, mem, n_mem), RV_OK);
    assert_int_equal(rv_calibrate_init(&again, &cfg, mem_again, n_mem), RV_OK);
    ch_slot_init(&s, ch_tones56(), n_tones, 2);
    rv_calibrate_begin(&c, 1);
    for (int i = 0; i < 1500; ++i) {
        for (int a = 0; a < 2; ++a) {
            const ch_packet p = {0, 0, 1, a ? 0.08 : 0.02};
            ch_fill(&s, a, path[a], 2, &p, &r);
        }
        for (int a = 0; a < 2; ++a) { // one tone is noisier than its neighbours
            s.re[a * n_tones + 9] += (float)(0.3 * ch_normal(&r));
        }
        s.csi.t_us = 1000000 + 10000 * (uint64_t)i;
        assert_int_equal(rv_calibrate_record(&c, &s.csi), RV_OK);
    }
    rv_calibrate_finish(&c, &refused);
    assert_int_equal(refused, RV_REASON_NONE);
    assert_true(c.weight[9] < 0.2F * c.weight[10]);
    for (int i = 0; i < n; ++i) { // something new at every tone of both
        s.re[i] = 1.7F * c.static_re[i] + (float)(0.2 * ch_normal(&r));
        s.im[i] = 1.7F * c.static_im[i] + (float)(0.2 * ch_normal(&r));
    }
    double up = 0, down = 0;
    for (int i = 0; i < n; ++i) {
        const double w = (double)c.weight[i % n_tones];
        const double x = (double)c.static_re[i], y = (double)c.static_im[i];
        up += w * (x * (double)s.re[i] + y * (double)s.im[i]);
        down += w * (x * x + y * y);
    }
    float re[n], im[n];
    assert_int_equal(rv_calibrate_subtract(&c, &s.csi, re, im), RV_OK);
    for (int i = 0; i < n; ++i) {
        assert_float_equal(re[i], s.re[i] - up / down * c.static_re[i], 1e-5);
        assert_float_equal(im[i], s.im[i] - up / down * c.static_im[i], 1e-5);
    }
    assert_int_equal(rv_calibrate_export(&c, NULL, &n_bytes), RV_OK);
    uint8_t *const bytes = malloc(n_bytes);
    assert_int_equal(rv_calibrate_export(&c, bytes, &n_bytes), RV_OK);
    assert_int_equal(rv_calibrate_import(&again, bytes, n_bytes), RV_OK);
    assert_memory_equal(again.static_im, c.static_im, sizeof(float) * n);
    assert_memory_equal(again.sigma, c.sigma, sizeof(float) * n);
    assert_memory_equal(again.weight, c.weight, sizeof(float) * n_tones);
    free(bytes);
    free(mem);
    free(mem_again);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_empty_room_qualifies_and_is_subtracted),
        cmocka_unit_test(test_a_walk_does_not_qualify),
        cmocka_unit_test(test_a_passer_by_is_left_out),
        cmocka_unit_test(test_a_moved_chair_does_not_qualify),
        cmocka_unit_test(test_too_short),
        cmocka_unit_test(test_bytes_travel),
        cmocka_unit_test(test_id_is_content),
        cmocka_unit_test(test_long_recording_needs_no_more_memory),
        cmocka_unit_test(test_drift_sees_a_chair_and_not_gain),
        cmocka_unit_test(test_statistics_of_each_tone),
        cmocka_unit_test(test_scatter_is_as_stated),
        cmocka_unit_test(test_two_streams_are_subtracted_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

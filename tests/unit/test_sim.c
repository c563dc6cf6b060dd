// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/base/bytes.h>
#include <ruview/sim/sim.h>

#include "platform/lend.h"

#include <complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define C0 299792458.0
#define PI 3.14159265358979323846

static const int16_t every_tone[8] = {-28, -20, -7, -1, 1, 9, 26, 28};

static void *
build(rv_sim *const sim, const rv_sim_config *const config)
{
    size_t n = 0;
    assert_int_equal(rv_sim_size(config, &n), RV_OK);
    void *const memory = rv_lend(n);
    assert_non_null(memory);
    memset(memory, 0xA5, n);
    assert_int_equal(rv_sim_init(sim, config, memory, n), RV_OK);
    return memory;
}

/// Two radios in a room whose walls reflect nothing
static void
free_space(rv_sim_config *const c)
{
    rv_sim_config_default(c);
    c->n_clutter = 0;
    for (int i = 0; i < 6; ++i) {
        c->room.wall[i] = RV_SIM_VACUUM;
    }
    c->n_nodes       = 2;
    const float a[3] = {1.0F, 1.0F, 1.0F};
    const float b[3] = {4.5F, 3.0F, 1.5F};
    memcpy(c->node[0].position_m, a, sizeof a);
    memcpy(c->node[1].position_m, b, sizeof b);
}

static double
distance(const float *a, const float *b)
{
    double s = 0;
    for (int i = 0; i < 3; ++i) {
        s += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
    }
    return sqrt(s);
}

static double complex
ray(const double d, const double f, const double fc)
{
    return C0 / fc / (4 * PI * d) * cexp(-2 * PI * I * f * d / C0);
}

static void
compare(const double complex want, const float re, const float im, const double scale)
{
    assert_true(cabs(want - (re + I * im)) < 2e-5 * scale);
}

static void
free_space_is_friis(void **state)
{
    rv_sim_config c;
    rv_sim        sim;
    free_space(&c);
    void *const memory = build(&sim, &c);
    float       re[8], im[8];
    assert_int_equal(rv_sim_channel(&sim, 0, 1, 0.0, 8, every_tone, re, im), RV_OK);
    const double d = distance(c.node[0].position_m, c.node[1].position_m);
    for (int k = 0; k < 8; ++k) {
        const double fc   = c.radio.freq_mhz * 1e6;
        const double f    = fc + every_tone[k] * 312500.0;
        const double want = C0 / fc / (4 * PI * d);
        compare(ray(d, f, fc), re[k], im[k], want);
    }
    assert_int_equal(rv_sim_channel(&sim, 0, 0, 0.0, 8, every_tone, re, im),
                     RV_ERR_NOT_FOUND);
    free(memory);
}

static void
one_wall_is_one_image(void **state)
{
    for (int material = 0; material < RV_SIM_METAL; ++material) {
        rv_sim_config c;
        rv_sim        sim;
        free_space(&c);
        c.room.wall[0]     = (rv_sim_material)material; // x = 0
        void *const memory = build(&sim, &c);
        float       re[8], im[8];
        assert_int_equal(rv_sim_channel(&sim, 0, 1, 0.0, 8, every_tone, re, im), RV_OK);
        const double fc       = c.radio.freq_mhz * 1e6;
        const float  image[3] = {-1.0F, 1.0F, 1.0F};
        const double d        = distance(c.node[0].position_m, c.node[1].position_m);
        const double d2       = distance(image, c.node[1].position_m);
        // Table 3 and equation 31a of P.2040-3
        const double a[] = {5.24, 3.91, 2.73, 1.99, 6.31, 2.58, 3.66};
        const double s[] = {0.0462, 0.0238, 0.0085, 0.0047, 0.0036, 0.0217, 0.0044};
        const double e[] = {0.7822, 0.16, 0.9395, 1.0718, 1.3394, 0.78, 1.3515};
        const double ghz = fc * 1e-9;
        const double complex eta =
            a[material] - I * 17.98 * s[material] * pow(ghz, e[material]) / ghz;
        const double         cosine = 5.5 / d2;
        const double complex root   = csqrt(eta - (1 - cosine * cosine));
        const double complex gamma  = (cosine - root) / (cosine + root);
        for (int k = 0; k < 8; ++k) {
            const double f = fc + every_tone[k] * 312500.0;
            compare(ray(d, f, fc) + gamma * ray(d2, f, fc), re[k], im[k],
                    C0 / fc / (4 * PI * d));
        }
        free(memory);
    }
}

static void
a_box_has_twenty_five_paths_of_the_right_length(void **state)
{
    // Allen and Berkley: images at (2 n L +- x); orders up to two
    rv_sim_config c;
    rv_sim        sim;
    free_space(&c);
    for (int i = 0; i < 6; ++i) {
        c.room.wall[i] = RV_SIM_METAL; // -1 across the plane of incidence
    }
    void *const memory = build(&sim, &c);
    float       re[8], im[8];
    assert_int_equal(rv_sim_channel(&sim, 0, 1, 0.0, 8, every_tone, re, im), RV_OK);
    const double fc = c.radio.freq_mhz * 1e6;
    for (int k = 0; k < 8; ++k) {
        const double   f    = fc + every_tone[k] * 312500.0;
        double complex want = 0;
        int            n    = 0;
        for (int code = 0; code < 5 * 5 * 5; ++code) {
            // per axis: order o = -2..2, image at o L + (even ? x : L - x)
            const int o[3]  = {code % 5 - 2, code / 5 % 5 - 2, code / 25 - 2};
            const int order = abs(o[0]) + abs(o[1]) + abs(o[2]);
            if (order > 2) {
                continue;
            }
            float image[3];
            for (int i = 0; i < 3; ++i) {
                const float x = c.node[0].position_m[i];
                const float l = c.room.size_m[i];
                image[i]      = (float)o[i] * l + (o[i] % 2 == 0 ? x : l - x);
            }
            const double d = distance(image, c.node[1].position_m);
            // metal: -1 per wall, +1 per floor or ceiling
            const double sign = (abs(o[0]) + abs(o[1])) % 2 ? -1.0 : 1.0;
            want += sign * ray(d, f, fc);
            ++n;
        }
        assert_int_equal(n, 25);
        const double scale = C0 / fc / (4 * PI * 4.0);
        assert_true(cabs(want - (re[k] + I * im[k])) <
                    2e-2 * scale); // metal is not perfect
    }
    free(memory);
}

static void
a_moving_point_shifts_by_the_bistatic_rate(void **state)
{
    rv_sim_config c;
    rv_sim        sim;
    free_space(&c);
    void *const   still = build(&sim, &c);
    float         re0, im0;
    const int16_t dc = 0;
    assert_int_equal(rv_sim_channel(&sim, 0, 1, 0.0, 1, &dc, &re0, &im0), RV_OK);
    free(still);

    c.n_fans            = 1; // one blade: a point on a circle
    c.fan[0]            = (rv_sim_fan){.position_m     = {2.0F, 4.0F, 1.5F},
                                       .radius_m       = 0.5F,
                                       .rpm            = 60.0F,
                                       .n_blades       = 1,
                                       .swing_period_s = 1.0F};
    void *const  memory = build(&sim, &c);
    const double fc     = c.radio.freq_mhz * 1e6;
    for (int i = 0; i < 50; ++i) {
        double complex h[2];
        double         sum[2];
        const double   dt = 1e-4;
        for (int k = 0; k < 2; ++k) {
            const double t        = 0.02 * i + dt * k;
            const float  point[3] = {2.0F, (float)(4.0 + 0.35 * cos(2 * PI * t)),
                                     (float)(1.5 + 0.35 * sin(2 * PI * t))};
            const double d1       = distance(c.node[0].position_m, point);
            const double d2       = distance(point, c.node[1].position_m);
            float        re, im;
            assert_int_equal(rv_sim_channel(&sim, 0, 1, t, 1, &dc, &re, &im), RV_OK);
            h[k]              = re - re0 + I * (im - im0);
            sum[k]            = d1 + d2;
            const double gain = C0 / fc * sqrt(0.005) / (pow(4 * PI, 1.5) * d1 * d2);
            assert_true(fabs(cabs(h[k]) / gain - 1) < 1e-2);
            const double complex want = gain * cexp(-2 * PI * I * fc / C0 * sum[k]);
            assert_true(cabs(h[k] - want) < 1e-2 * gain);
        }
        const double shift = carg(h[1] * conj(h[0])) / (2 * PI * dt);
        const double rate  = -(sum[1] - sum[0]) / dt * fc / C0;
        assert_true(fabs(shift - rate) < 2.0);
    }
    free(memory);
}

static double
walk_doppler(const float speed)
{
    rv_sim_config c;
    rv_sim        sim;
    free_space(&c);
    c.room.size_m[0] = 30.0F;
    const float a[3] = {1.0F, 2.5F, 1.0F};
    const float b[3] = {1.0F, 2.6F, 1.0F};
    memcpy(c.node[0].position_m, a, sizeof a);
    memcpy(c.node[1].position_m, b, sizeof b);
    c.n_persons = 1;
    rv_sim_person_default(&c.person[0]);
    c.person[0].n_waypoints = 2;
    c.person[0].loop        = false;
    c.person[0].waypoint[0] = (rv_sim_waypoint){4.0F, 2.55F, 0.0F, speed, RV_SIM_STAND};
    c.person[0].waypoint[1] =
        (rv_sim_waypoint){24.0F, 2.55F, 0.0F, speed, RV_SIM_STAND};
    void *const          memory = build(&sim, &c);
    const int16_t        dc     = 0;
    const double         d0     = 0.1;
    const double         fc     = c.radio.freq_mhz * 1e6;
    const double complex still  = ray(d0, fc, fc);
    double complex       last = 0, turned = 0;
    const double         dt = 2e-3;
    for (int i = 0; i < 2000; ++i) { // four seconds in full stride
        float re, im;
        assert_int_equal(rv_sim_channel(&sim, 0, 1, 3.0 + dt * i, 1, &dc, &re, &im),
                         RV_OK);
        const double complex h = re + I * im - still;
        turned += i > 0 ? h * conj(last) : 0;
        last = h;
    }
    free(memory);
    return carg(turned) / (2 * PI * dt);
}

static void
a_walker_shifts_by_twice_its_speed(void **state)
{
    for (int i = 0; i < 3; ++i) {
        const float  v    = 0.6F + 0.4F * (float)i;
        const double want = -2.0 * (double)v * 2437e6 / C0;
        const double got  = walk_doppler(v);
        assert_true(fabs(got / want - 1) < 0.06); // the limbs swing about the trunk
    }
}

static void
packets_come_in_order_and_mean_what_they_say(void **state)
{
    rv_sim_config c;
    rv_sim        sim;
    rv_sim_config_default(&c);
    void *const memory = build(&sim, &c);
    uint64_t    last = 0, n_csi = 0, n_sync = 0;
    for (int i = 0; i < 5000; ++i) {
        rv_sim_packet p;
        assert_int_equal(rv_sim_next(&sim, &p), RV_OK);
        assert_true(p.t_us >= last && p.t_us >= p.sent_us + 1500);
        last = p.t_us;
        if (p.sync) {
            ++n_sync;
            assert_int_equal(p.n_bytes, 32);
            assert_int_equal(rv_load_u32(p.bytes), 0xC511A110);
            assert_int_equal(p.bytes[5], 1);
        } else {
            ++n_csi;
            assert_int_equal(p.n_bytes, 20 + 256 + 8);
            assert_int_equal(rv_load_u32(p.bytes), 0xC5110001);
            assert_int_equal(rv_load_u16(p.bytes + 6), 128);
            assert_int_equal(rv_load_u32(p.bytes + 8), 2437);
            assert_int_equal(rv_load_u32(p.bytes + 20 + 256 + 4), 0x4D495352);
            assert_int_equal(p.bytes[20], 0); // DC
            assert_int_equal(p.bytes[21], 0);
        }
        assert_int_equal(p.bytes[4], p.node);
    }
    // 4 transmitters, 3 receivers, 20 rounds a second, 2 % lost
    const double seconds = (double)(last - c.start_us) * 1e-6;
    assert_true(fabs((double)n_csi / seconds / (240 * 0.98) - 1) < 0.02);
    assert_true(fabs((double)n_csi / (double)n_sync / 20 - 1) < 0.1);
    const rv_sim_counters counts = rv_sim_counts(&sim);
    assert_int_equal(counts.sent, 5000);
    assert_true(counts.lost > 50 && counts.lost < 200);
    free(memory);
}

static void
the_same_seed_gives_the_same_bytes(void **state)
{
    rv_sim_config c;
    rv_sim        sim[3];
    rv_sim_config_default(&c);
    c.n_persons = 1;
    rv_sim_person_default(&c.person[0]);
    assert_int_equal(rv_sim_person_wander(&c.person[0], &c.room, 7, 20), RV_OK);
    void *memory[3];
    memory[0]  = build(&sim[0], &c);
    memory[1]  = build(&sim[1], &c);
    c.seed     = 2;
    memory[2]  = build(&sim[2], &c);
    int differ = 0;
    for (int i = 0; i < 500; ++i) {
        rv_sim_packet p[3];
        for (int k = 0; k < 3; ++k) {
            assert_int_equal(rv_sim_next(&sim[k], &p[k]), RV_OK);
        }
        assert_int_equal(p[0].t_us, p[1].t_us);
        assert_int_equal(p[0].n_bytes, p[1].n_bytes);
        assert_memory_equal(p[0].bytes, p[1].bytes, p[0].n_bytes);
        differ += p[2].n_bytes != p[0].n_bytes ||
                  memcmp(p[0].bytes, p[2].bytes, p[0].n_bytes) != 0;
    }
    assert_true(differ > 450);
    for (int k = 0; k < 3; ++k) {
        free(memory[k]);
    }
}

/// The nodes go on: with the same persons nothing changes, with others the samples
/// alone
static void
persons_can_be_replaced(void **state)
{
    rv_sim_config c;
    rv_sim        sim[2];
    rv_sim_config_default(&c);
    c.radio.loss = 0.0F;
    c.n_persons  = 1;
    rv_sim_person_default(&c.person[0]);
    assert_int_equal(rv_sim_person_wander(&c.person[0], &c.room, 7, 20), RV_OK);
    void *const memory[2] = {build(&sim[0], &c), build(&sim[1], &c)};
    unsigned    differ    = 0;
    for (int i = 0; i < 600; ++i) {
        rv_sim_packet p[2];
        for (int k = 0; k < 2; ++k) {
            assert_int_equal(rv_sim_next(&sim[k], &p[k]), RV_OK);
        }
        assert_int_equal(p[0].t_us, p[1].t_us);
        assert_int_equal(p[0].n_bytes, p[1].n_bytes);
        // Node, tones, frequency and sequence number lead
        assert_memory_equal(p[0].bytes, p[1].bytes, p[0].sync ? p[0].n_bytes : 16);
        const bool same = memcmp(p[0].bytes, p[1].bytes, p[0].n_bytes) == 0;
        assert_true(i > 400 || same);
        differ += !same;
        if (i == 200) {
            assert_int_equal(rv_sim_set_persons(&sim[1], &c), RV_OK);
            c.person[0].height_m = -1.0F;
            assert_int_equal(rv_sim_set_persons(&sim[1], &c), RV_ERR_CONFIG);
        } else if (i == 400) {
            c.person[0].height_m = 1.9F;
            assert_int_equal(rv_sim_person_wander(&c.person[0], &c.room, 8, 20), RV_OK);
            assert_int_equal(rv_sim_set_persons(&sim[1], &c), RV_OK);
        }
    }
    assert_true(differ > 150);
    for (int k = 0; k < 2; ++k) {
        free(memory[k]);
    }
}

static void
the_truth_is_a_body(void **state)
{
    rv_sim_config c;
    rv_sim        sim;
    rv_sim_config_default(&c);
    c.n_persons = 1;
    rv_sim_person_default(&c.person[0]);
    assert_int_equal(rv_sim_person_wander(&c.person[0], &c.room, 3, 30), RV_OK);
    void *const  memory = build(&sim, &c);
    rv_sim_truth before = {0};
    for (int i = 0; i < 2000; ++i) {
        rv_sim_truth truth;
        rv_sim_truth_at(&sim, c.start_us + (uint64_t)i * 50000, &truth);
        const rv_sim_truth_person *const p = &truth.person[0];
        assert_true(p->present);
        // bones keep their length: shoulder-elbow, hip-knee, knee-ankle
        static const int   bone[3][2] = {{5, 7}, {11, 13}, {13, 15}};
        static const float length[3]  = {0.186F, 0.245F, 0.246F};
        for (int b = 0; b < 3; ++b) {
            const double d =
                distance(p->keypoint_m[bone[b][0]], p->keypoint_m[bone[b][1]]);
            assert_true(fabs(d - 1.75 * (double)length[b]) < 1e-3);
        }
        for (int k = 0; k < RV_SIM_KEYPOINTS; ++k) {
            assert_true(p->keypoint_m[k][2] > -0.05F && p->keypoint_m[k][2] < 2.3F);
            if (i > 0) { // nothing jumps: below 8 m/s
                assert_true(distance(p->keypoint_m[k], before.person[0].keypoint_m[k]) <
                            0.4);
            }
        }
        before = truth;
    }
    free(memory);
}

// Limbs as long as asked for, feet on the floor, arms up and the body turned
static void
bodies_have_their_own_proportions(void **state)
{
    rv_sim_config c;
    rv_sim        sim;
    rv_sim_truth  truth;
    rv_sim_config_default(&c);
    c.n_persons = 1;
    rv_sim_person_default(&c.person[0]);
    rv_sim_person *const p = &c.person[0];
    p->loop                = false;
    p->leg                 = 1.08F;
    p->arm                 = 0.9F;
    p->breadth             = 1.1F;
    p->sway_m              = 0.0F;
    p->turn_rad[0]         = 1.5F;
    p->waypoint[0]         = (rv_sim_waypoint){3.0F, 2.5F, 60.0F, 1.0F, RV_SIM_RAISE};
    void *const memory     = build(&sim, &c);
    float       highest    = 0.0F;
    for (int i = 60; i < 200; ++i) { // from three seconds on
        rv_sim_truth_at(&sim, c.start_us + (uint64_t)i * 50000, &truth);
        const rv_sim_truth_person *const t = &truth.person[0];
        assert_true(fabs(distance(t->keypoint_m[7], t->keypoint_m[9]) -
                         0.9 * 0.146 * 1.75) < 1e-3);
        assert_true(fabs(distance(t->keypoint_m[11], t->keypoint_m[13]) -
                         1.08 * 0.245 * 1.75) < 1e-3);
        assert_true(fabs(distance(t->keypoint_m[5], t->keypoint_m[6]) -
                         1.1 * 2.0 * 0.129 * 1.75) < 1e-3);
        assert_true(fabsf(t->keypoint_m[15][2] - 0.039F * 1.75F) < 5e-3F);
        assert_true(fabsf(t->heading_rad - 1.5F) < 1e-4F);
        highest = t->keypoint_m[9][2] > highest ? t->keypoint_m[9][2] : highest;
        // the eyes are where those of anybody of that height are
        assert_true(fabsf(t->keypoint_m[1][2] - 0.936F * 1.75F) < 0.02F);
    }
    assert_true(highest > 0.936F * 1.75F);
    free(memory);
}

// Eight parts by the bistatic radar equation; behind the ends it shadows nothing
static void
furniture_scatters_where_it_was_put(void **state)
{
    static const float place[3][2] = {{5.5F, 4.2F}, {0.5F, 0.45F}, {5.4F, 3.9F}};
    rv_sim_config      c;
    rv_sim             sim;
    rv_sim_truth       truth;
    free_space(&c);
    c.n_furniture             = 1;
    rv_sim_furniture *const f = &c.furniture[0];
    rv_sim_furniture_default(f);
    memcpy(f->at_m, place[0], sizeof place[0]);
    f->n_moves   = 2;
    f->move_s[0] = 10.0F;
    f->move_s[1] = 20.0F;
    memcpy(f->to_m, place[1], 2 * sizeof place[1]);
    void *const memory = build(&sim, &c);
    for (int stand = 0; stand < 3; ++stand) {
        const double t_s = 5.0 + 10.0 * stand;
        const double fc  = c.radio.freq_mhz * 1e6;
        const double d   = distance(c.node[0].position_m, c.node[1].position_m);
        float        re[8], im[8];
        assert_int_equal(rv_sim_channel(&sim, 0, 1, t_s, 8, every_tone, re, im), RV_OK);
        for (int k = 0; k < 8; ++k) {
            const double   hz   = fc + every_tone[k] * 312500.0;
            double complex want = ray(d, hz, fc);
            for (int part = 0; part < 8; ++part) {
                const float at[3] = {
                    place[stand][0] + (part & 1 ? 0.4F : -0.4F) * f->size_m[0],
                    place[stand][1] + (part & 2 ? 0.4F : -0.4F) * f->size_m[1],
                    (part & 4 ? 0.75F : 0.25F) * f->size_m[2]};
                const double d1 = distance(c.node[0].position_m, at);
                const double d2 = distance(at, c.node[1].position_m);
                want += C0 / fc * sqrt((double)f->rcs_m2 / 8) /
                        (pow(4 * PI, 1.5) * d1 * d2) *
                        cexp(-2 * PI * I * hz * (d1 + d2) / C0);
            }
            compare(want, re[k], im[k], C0 / fc / (4 * PI * d));
        }
        rv_sim_truth_at(&sim, c.start_us + (uint64_t)(t_s * 1e6), &truth);
        assert_int_equal(truth.moves, stand);
    }
    free(memory);
    f->move_s[1] = 9.0F;
    assert_int_equal(rv_sim_config_check(&c, NULL), RV_ERR_CONFIG);
    f->n_moves = 0;
    assert_int_equal(rv_sim_config_check(&c, NULL), RV_OK);
    f->size_m[2] = NAN;
    assert_int_equal(rv_sim_config_check(&c, NULL), RV_ERR_CONFIG);
}

static void
bad_scenarios_are_refused(void **state)
{
    rv_sim_config c;
    const char   *what = NULL;
    size_t        n    = 0;
    rv_sim_config_default(&c);
    assert_int_equal(rv_sim_config_check(&c, &what), RV_OK);
    assert_null(what);
    c.node[1].position_m[0] = 7.0F;
    assert_int_equal(rv_sim_config_check(&c, &what), RV_ERR_CONFIG);
    assert_non_null(what);
    assert_int_equal(rv_sim_size(&c, &n), RV_ERR_CONFIG);
    rv_sim_config_default(&c);
    c.radio.loss = NAN;
    assert_int_equal(rv_sim_size(&c, &n), RV_ERR_CONFIG);
    rv_sim_config_default(&c);
    assert_int_equal(rv_sim_size(&c, &n), RV_OK);
    void *const memory = rv_lend(n);
    rv_sim      sim;
    assert_int_equal(rv_sim_init(&sim, &c, memory, n - 64), RV_ERR_MEMORY);
    assert_int_equal(rv_sim_init(&sim, &c, NULL, n), RV_ERR_MEMORY);
    free(memory);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_space_is_friis),
        cmocka_unit_test(one_wall_is_one_image),
        cmocka_unit_test(a_box_has_twenty_five_paths_of_the_right_length),
        cmocka_unit_test(a_moving_point_shifts_by_the_bistatic_rate),
        cmocka_unit_test(a_walker_shifts_by_twice_its_speed),
        cmocka_unit_test(packets_come_in_order_and_mean_what_they_say),
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(persons_can_be_replaced),
        cmocka_unit_test(the_truth_is_a_body),
        cmocka_unit_test(bodies_have_their_own_proportions),
        cmocka_unit_test(furniture_scatters_where_it_was_put),
        cmocka_unit_test(bad_scenarios_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/kernels.h>
#include <ruview/math/random.h>
#include <ruview/platform/cpu.h>
#include <ruview/room/localise.h>

#include "platform/lend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { n_nodes = 6, n_links = n_nodes * (n_nodes - 1) };

static const float nodes[n_nodes][3] = {{0.2F, 0.2F, 1.0F}, {5.8F, 0.2F, 1.0F},
                                        {5.8F, 5.8F, 1.0F}, {0.2F, 5.8F, 1.0F},
                                        {3.0F, 0.1F, 1.0F}, {3.0F, 5.9F, 1.0F}};

static uint32_t
all_links(rv_room_link *const links)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < n_nodes; ++i) {
        for (uint32_t j = 0; j < n_nodes; ++j) {
            if (i != j) {
                rv_room_link *const link = &links[count++];
                memcpy(link->tx_m, nodes[i], sizeof nodes[i]);
                memcpy(link->rx_m, nodes[j], sizeof nodes[j]);
                link->located = true;
            }
        }
    }
    return count;
}

static void *
begin(rv_localise *const self)
{
    const float        origin[3] = {0}, size[3] = {6, 6, 2.8F};
    rv_localise_config cfg     = rv_localise_config_default(origin, size);
    size_t             n_bytes = 0;
    assert_int_equal(rv_localise_size(&cfg, &n_bytes), RV_OK);
    void *const mem = rv_lend(n_bytes);
    assert_int_equal(rv_localise_init(self, &cfg, mem, n_bytes), RV_OK);
    rv_room_link links[n_links];
    all_links(links);
    assert_int_equal(rv_localise_set_links(self, links, n_links), RV_OK);
    return mem;
}

// What the radar equation says a body at (x, y) adds [dB^2], over free space
static double
scattered(const float a[3], const float b[3], const double x, const double y)
{
    const double da = sqrt(pow(x - a[0], 2) + pow(y - a[1], 2) + pow(1.0 - a[2], 2));
    const double db = sqrt(pow(x - b[0], 2) + pow(y - b[1], 2) + pow(1.0 - b[2], 2));
    const double d  = hypot(a[0] - b[0], a[1] - b[1]);
    return 0.7 * d * d / pow(da * db, 1.7);
}

static void
move(rv_room_sample *const samples, const double bodies[][2], const uint32_t n_bodies)
{
    uint32_t at = 0;
    for (uint32_t i = 0; i < n_nodes; ++i) {
        for (uint32_t j = 0; j < n_nodes; ++j) {
            double variance = 0.01;
            for (uint32_t k = 0; k < n_bodies; ++k) {
                variance += scattered(nodes[i], nodes[j], bodies[k][0], bodies[k][1]);
            }
            if (i != j) {
                samples[at++] = (rv_room_sample){.variance_db2 = (float)variance,
                                                 .sigma_db     = 0.1F,
                                                 .weight       = 1.0F,
                                                 .valid        = true};
            }
        }
    }
}

static void
one_who_walks_is_found(void **state)
{
    rv_localise self;
    void *const mem = begin(&self);
    for (int k = 0; k < 25; ++k) {
        const double   body[1][2] = {{1.2 + 0.9 * (k % 5), 1.2 + 0.9 * (k / 5)}};
        rv_room_sample samples[n_links];
        move(samples, body, 1);
        rv_localise_result out;
        assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
        assert_int_equal(out.reason, RV_REASON_NONE);
        assert_int_equal(out.n_detections, 1);
        const rv_detection *const d = &out.detection[0];
        const double              off =
            hypot(d->position_m[0] - body[0][0], d->position_m[1] - body[0][1]);
        assert_true(off < 0.5);
        assert_true(d->covariance_m2[0] > 0 && d->covariance_m2[2] > 0);
        assert_true(d->covariance_m2[1] * d->covariance_m2[1] <
                    d->covariance_m2[0] * d->covariance_m2[2]);
    }
    free(mem);
}

// Speckle of other widths than the model was told: the covariance follows what the fits
// leave over, not what the model says of itself
static void
covariance_is_what_the_fits_earn(void **state)
{
    static const double speckle[3] = {0.5, 0.9, 1.4};
    for (int s = 0; s < 3; ++s) {
        rv_localise self;
        rv_random   random;
        void *const mem  = begin(&self);
        double      nees = 0.0;
        int         n    = 0;
        rv_random_init(&random, 40 + (uint64_t)s, 1);
        for (int frame = 0; frame < 500; ++frame) {
            const double body[1][2] = {
                {0.8 + 4.4 * (double)rv_random_uniform_f32(&random),
                 0.8 + 4.4 * (double)rv_random_uniform_f32(&random)}};
            rv_room_sample samples[n_links];
            move(samples, body, 1);
            for (uint32_t i = 0, at = 0; i < n_nodes; ++i) {
                for (uint32_t j = 0; j < n_nodes; ++j) {
                    // Both directions of a pair see the same speckle: the pair's own
                    rv_random pair;
                    rv_random_init(
                        &pair, (uint64_t)frame * 64 + (i < j ? i * 8 + j : j * 8 + i),
                        7);
                    const double off = speckle[s] * rv_random_normal_f64(&pair);
                    if (i != j) {
                        rv_room_sample *const x     = &samples[at++];
                        const double          added = (double)x->variance_db2 - 0.01;
                        x->variance_db2             = (float)(0.01 + added * exp(off));
                    }
                }
            }
            rv_localise_result out;
            assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out),
                             RV_OK);
            if (frame < 150 || out.n_detections == 0) {
                continue;
            }
            const float *const c = out.detection[0].covariance_m2;
            const double       x = (double)out.detection[0].position_m[0] - body[0][0];
            const double       y = (double)out.detection[0].position_m[1] - body[0][1];
            nees += 0.5 *
                    ((double)c[2] * x * x - 2 * (double)c[1] * x * y +
                     (double)c[0] * y * y) /
                    ((double)c[0] * (double)c[2] - (double)c[1] * (double)c[1]);
            ++n;
        }
        print_message(
            "speckle of %.1f nats: reduced chi-square %.2f, squared error over "
            "covariance / 2 %.2f\n",
            speckle[s], (double)(self.residual / self.freedom), nees / n);
        assert_true(nees / n > 0.5 && nees / n < 1.6);
        free(mem);
    }
}

// Log speckle of each pair, in either direction, that lasts half a second at 20
// cycles/s
typedef struct {
    rv_random random;
    double    value[2][n_nodes][n_nodes]; // Of each body
} speckles;

static void
speckle(speckles *const s, rv_room_sample *const samples, const double bodies[][2],
        const uint32_t n_bodies)
{
    const double keep = 0.9, sigma = 0.7;
    for (uint32_t k = 0; k < n_bodies; ++k) {
        for (uint32_t i = 0; i < n_nodes; ++i) {
            for (uint32_t j = i + 1; j < n_nodes; ++j) {
                const double fresh = sigma * rv_random_normal_f64(&s->random);
                s->value[k][i][j] =
                    keep * s->value[k][i][j] + sqrt(1.0 - keep * keep) * fresh;
                s->value[k][j][i] = s->value[k][i][j];
            }
        }
    }
    uint32_t at = 0;
    for (uint32_t i = 0; i < n_nodes; ++i) {
        for (uint32_t j = 0; j < n_nodes; ++j) {
            double variance = 0.01;
            for (uint32_t k = 0; k < n_bodies; ++k) {
                variance += exp(s->value[k][i][j]) *
                            scattered(nodes[i], nodes[j], bodies[k][0], bodies[k][1]);
            }
            if (i != j) {
                samples[at++] = (rv_room_sample){.variance_db2 = (float)variance,
                                                 .sigma_db     = 0.1F,
                                                 .weight       = 1.0F,
                                                 .valid        = true};
            }
        }
    }
}

// Nearest body of a detection [m]
static double
off_by(const rv_detection *const d, const double bodies[][2], const uint32_t n_bodies)
{
    double best = 1e9;
    for (uint32_t k = 0; k < n_bodies; ++k) {
        best = fmin(best, hypot((double)d->position_m[0] - bodies[k][0],
                                (double)d->position_m[1] - bodies[k][1]));
    }
    return best;
}

// Two who walk side by side, 3.4 m apart, a place between them fits both at first sight
static void
two_who_walk_are_two(void **state)
{
    rv_localise self;
    speckles    noise;
    void *const mem = begin(&self);
    double      sum = 0.0;
    int         two = 0, n = 0;
    memset(&noise, 0, sizeof noise);
    rv_random_init(&noise.random, 5, 1);
    for (int k = 0; k < 1200; ++k) {
        const double       y          = 3.0 + 1.8 * sin(0.028 * k);
        const double       body[2][2] = {{1.3, y}, {4.7, 6.0 - y}};
        rv_room_sample     samples[n_links];
        rv_localise_result out;
        speckle(&noise, samples, body, 2);
        assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
        assert_true(out.n_detections == 1 || out.n_detections == 2);
        if (k >= 100) {
            ++n;
            two += out.n_detections == 2;
            for (uint32_t d = 0; d < out.n_detections && out.n_detections == 2; ++d) {
                sum += 0.5 * off_by(&out.detection[d], body, 2);
            }
        }
    }
    print_message("two of two in %d of %d cycles, %.2f m off\n", two, n, sum / two);
    assert_true(two > n * 9 / 10 && sum / two < 0.9);
    free(mem);
}

// The same speckle on one body, 8 minutes at 20 cycles per second
static void
one_who_walks_is_never_two(void **state)
{
    rv_localise self;
    speckles    noise;
    void *const mem = begin(&self);
    memset(&noise, 0, sizeof noise);
    rv_random_init(&noise.random, 6, 1);
    for (int k = 0; k < 9600; ++k) {
        const double body[1][2] = {
            {3.0 + 2.2 * sin(0.017 * k), 3.0 + 2.2 * sin(0.0123 * k)}};
        rv_room_sample     samples[n_links];
        rv_localise_result out;
        speckle(&noise, samples, body, 1);
        assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
        assert_true(out.n_detections <= 1);
    }
    free(mem);
}

static void
evidence_is_against_everywhere_else(void **state)
{
    enum { n = 24 };
    static float       evidence[n * n];
    rv_localise        self;
    void *const        mem        = begin(&self);
    const double       body[1][2] = {{1.4, 4.3}};
    rv_room_sample     samples[n_links];
    rv_localise_result out;
    move(samples, NULL, 0);
    assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
    rv_localise_evidence(&self, n, n, evidence);
    for (int v = 0; v < n * n; ++v) {
        assert_true(evidence[v] < 0.0F); // Nobody, wherever one looks
    }
    move(samples, body, 1);
    assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
    rv_localise_evidence(&self, n, n, evidence);
    int best = 0, for_it = 0;
    for (int v = 0; v < n * n; ++v) {
        best = evidence[v] > evidence[best] ? v : best;
        for_it += evidence[v] > 0.0F;
    }
    assert_true(hypot((best % n + 0.5) * 0.25 - 1.4, (best / n + 0.5) * 0.25 - 4.3) <
                0.5);
    assert_true(for_it < n * n / 2);
    free(mem);
}

static void
every_instruction_set_gives_the_same_bits(void **state)
{
    const uint32_t     mask[4]    = {RV_CPU_PLAIN, 0, rv_cpu_mask() & RV_CPU_AVX2,
                                     rv_cpu_mask()};
    const double       body[2][2] = {{1.7, 4.1}, {4.4, 1.9}};
    rv_localise_result out[4];
    for (int k = 0; k < 4; ++k) {
        rv_localise self;
        void *const mem   = begin(&self);
        self.cfg.cpu_mask = mask[k];
        rv_room_sample samples[n_links];
        move(samples, body, 2);
        assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out[k]),
                         RV_OK);
        assert_true(out[k].n_detections >= 1);
        assert_memory_equal(&out[k], &out[0], sizeof out[0]);
        free(mem);
    }
}

static void
somebody_still_is_seen_by_the_shadow(void **state)
{
    rv_localise    self;
    void *const    mem = begin(&self);
    rv_room_sample samples[n_links];
    move(samples, NULL, 0);
    enum { n = 24 };
    static float        loss[n * n], sigma[n * n];
    rv_tomography_frame image = {.nx       = n,
                                 .ny       = n,
                                 .nz       = 1,
                                 .origin_m = {0.125F, 0.125F, 1.4F},
                                 .step_m   = {0.25F, 0.25F, 2.8F},
                                 .loss     = loss};
    image.loss_sigma          = sigma;
    for (int v = 0; v < n * n; ++v) {
        const double dx = 0.125 + 0.25 * (v % n) - 2.0;
        const double dy = 0.125 + 0.25 * (v / n) - 4.5;
        loss[v]         = (float)(2.0 * exp(-(dx * dx + dy * dy) / 0.2));
        sigma[v]        = 0.1F;
    }
    rv_localise_result out;
    assert_int_equal(rv_localise_push(&self, samples, n_links, &image, &out), RV_OK);
    assert_int_equal(out.n_detections, 1);
    assert_true(out.detection[0].still);
    assert_true(fabsf(out.detection[0].position_m[0] - 2.0F) < 0.05F);
    assert_true(fabsf(out.detection[0].position_m[1] - 4.5F) < 0.05F);
    for (int v = 0; v < n * n; ++v) {
        sigma[v] = 0.5F; // now it does not stand out
    }
    assert_int_equal(rv_localise_push(&self, samples, n_links, &image, &out), RV_OK);
    assert_int_equal(out.n_detections, 0);
    free(mem);
}

static void
an_empty_room_has_nobody(void **state)
{
    rv_localise self;
    void *const mem = begin(&self);
    srand(7);
    for (int k = 0; k < 500; ++k) {
        rv_room_sample samples[n_links];
        move(samples, NULL, 0);
        for (uint32_t i = 0; i < n_links; ++i) {
            double chi = 0.0; // variance of nine samples of a normal sum
            for (int t = 0; t < 9; ++t) {
                double normal = -6.0;
                for (int u = 0; u < 12; ++u) {
                    normal += rand() / (double)RAND_MAX;
                }
                chi += normal * normal / 9.0;
            }
            samples[i].variance_db2 *= (float)chi;
        }
        rv_localise_result out;
        assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
        assert_int_equal(out.n_detections, 0);
    }
    free(mem);
}

static void
what_cannot_be_known_has_a_reason(void **state)
{
    rv_localise    self;
    void *const    mem = begin(&self);
    rv_room_sample samples[n_links];
    move(samples, NULL, 0);
    rv_localise_result out;
    for (uint32_t i = 0; i < n_links; ++i) {
        samples[i].valid = i < 2;
    }
    assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_GEOMETRY_INSUFFICIENT);
    samples[0].variance_db2 = NAN;
    samples[1].sigma_db     = 0.0F;
    assert_int_equal(rv_localise_push(&self, samples, n_links, NULL, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NO_DATA);
    assert_int_equal(rv_localise_set_links(&self, NULL, 0), RV_OK);
    assert_int_equal(rv_localise_push(&self, samples, 0, NULL, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NO_GEOMETRY);
    assert_int_equal(rv_localise_push(&self, samples, 1, NULL, &out), RV_ERR_SHAPE);
    free(mem);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_who_walks_is_found),
        cmocka_unit_test(covariance_is_what_the_fits_earn),
        cmocka_unit_test(two_who_walk_are_two),
        cmocka_unit_test(one_who_walks_is_never_two),
        cmocka_unit_test(evidence_is_against_everywhere_else),
        cmocka_unit_test(every_instruction_set_gives_the_same_bits),
        cmocka_unit_test(somebody_still_is_seen_by_the_shadow),
        cmocka_unit_test(an_empty_room_has_nobody),
        cmocka_unit_test(what_cannot_be_known_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

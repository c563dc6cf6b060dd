// SPDX-License-Identifier: MIT
/**
   @file vital_accuracy.c
   How much of the time breathing and heart rate are answered, and how well, against the
   ratio of signal to noise of the best series that any weights could make of the tones.
   One link, 56 tones at 20 frames a second, one in ten lost, jitter, gain steps.
*/
#include <ruview/math/random.h>
#include <ruview/vital/heart.h>

#include "platform/lend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { K = 56 };

static const double pi = 3.14159265358979;

typedef struct {
    double breath_bpm, heart_bpm;
    double breath; ///< Amplitude of the breath
    double heart;
    double drift; ///< Step of a slow wander per root second, common to the tones
    double noise;
    double wander; ///< Relative, of the rate, slow sine
} scene;

typedef struct {
    long   looks, answers, wrong, episodes; ///< wrong: off by more than 2 (heart: 5)
    double error, hours;
} outcome;

typedef struct {
    rv_fft       fft;
    rv_sampler   sampler;
    rv_breathing breathing;
    rv_heart     heart;
    rv_random    random;
    float        re[K], im[K];
    int16_t      tone[K];
} bed;

static bed b;

static void
note(outcome *const o, const rv_estimate e, const double truth, const double most,
     bool *const answering)
{
    ++o->looks;
    const bool known = rv_is_known(e);
    o->episodes += known && !*answering;
    *answering = known;
    if (known) {
        const double error = fabs((double)e.value - truth);
        ++o->answers;
        o->error += error;
        o->wrong += error > most;
    }
}

static void
run(const scene *const s, const uint64_t seed, const double seconds, const double warm,
    outcome *const breath, outcome *const beat)
{
    const rv_breathing_config bc    = rv_breathing_config_default();
    const rv_heart_config     hc    = rv_heart_config_default();
    double                    phase = 0, walk = 0, past = 0, truth = 0, angle = 0;
    bool                      answering[2] = {false, false};
    if (rv_breathing_init(&b.breathing, &bc) || rv_heart_init(&b.heart, &hc)) {
        exit(1);
    }
    rv_sampler_init(&b.sampler);
    rv_random_init(&b.random, seed, 0);
    const double start = 2 * pi * rv_random_uniform_f64(&b.random);
    const double slope = 0.06 + 0.1 * rv_random_uniform_f64(&b.random);
    for (int k = 0; k < K; ++k) {
        b.tone[k] = (int16_t)(k < 28 ? k - 28 : k - 27);
    }
    const double turn = 2 * pi * rv_random_uniform_f64(&b.random);
    for (long i = 0; i < (long)(seconds * 20); ++i) {
        const double t = 0.05 * (double)i + 0.01 * rv_random_uniform_f64(&b.random);
        const double rate =
            s->breath_bpm / 60 * (1 + s->wander * sin(2 * pi * 0.011 * t));
        phase += 2 * pi * rate * (t - past);
        angle += 2 * pi * s->heart_bpm / 60 * (t - past);
        walk -= walk * (t - past) / 100; // forgets in 100 s
        walk +=
            s->drift * sqrt(t > past ? t - past : 0) * rv_random_normal_f64(&b.random);
        truth += 60 * rate / 1200 - (i >= 1200 ? truth / 1200 : 0);
        past = t;
        if (rv_random_uniform_f64(&b.random) < 0.1) {
            continue;
        }
        const double wave = s->breath * sin(phase + start) + s->heart * sin(angle);
        const double gain = rv_random_uniform_f64(&b.random) < 0.05 ? 1.26 : 1.0;
        for (int k = 0; k < K; ++k) {
            const double a = 1 + 0.3 * cos(0.1 * b.tone[k]) +
                             wave * sin(slope * b.tone[k] + turn) +
                             walk * cos(0.07 * b.tone[k] + turn);
            b.re[k] = (float)(gain * (a + s->noise * rv_random_normal_f64(&b.random)));
            b.im[k] = (float)(gain * s->noise * rv_random_normal_f64(&b.random));
        }
        const rv_csi csi = {.t_us       = 1000000 + (uint64_t)(t * 1e6),
                            .n_tones    = K,
                            .n_streams  = 1,
                            .spacing_hz = 312500,
                            .tone       = b.tone,
                            .re         = b.re,
                            .im         = b.im};
        rv_sampler_push(&b.sampler, &csi, false);
        rv_breathing_result r;
        rv_heart_result     h;
        if (rv_breathing_look(&b.breathing, &b.sampler, &b.fft, csi.t_us, NULL) &&
            t > warm) {
            rv_breathing_result_at(&b.breathing, &b.sampler, csi.t_us, &r);
            note(breath, r.bpm, i >= 1200 ? truth : s->breath_bpm, 2, &answering[0]);
        }
        if (beat) {
            rv_breathing_result_at(&b.breathing, &b.sampler, csi.t_us, &r);
            if (rv_heart_look(&b.heart, &b.sampler, &b.fft, csi.t_us, &r.bpm) &&
                t > warm) {
                rv_heart_result_at(&b.heart, &b.sampler, csi.t_us, &h);
                note(beat, h.bpm, s->heart_bpm, 5, &answering[1]);
            }
        }
    }
    breath->hours += (seconds - warm) / 3600;
    if (beat) {
        beat->hours += (seconds - warm) / 3600;
    }
}

/// Amplitude that gives that ratio of line to in-band noise after the best weights
static double
amplitude(const double db, const double noise, const double band_hz)
{
    // 56 tones of mean square 1/2 times the amplitude's square over two
    const double per_tone = noise * noise * band_hz / (0.5 * 20 * 0.9);
    return sqrt(pow(10, db / 10) * per_tone / (K * 0.5 * 0.5));
}

static void
print(const char *const what, const outcome *const o)
{
    printf("%-26s looks %6ld answered %5.1f %% MAE %5.2f off %3ld, %ld episodes in "
           "%.1f h\n",
           what, o->looks, o->looks ? 100.0 * o->answers / o->looks : 0.0,
           o->answers ? o->error / o->answers : 0.0, o->wrong, o->episodes, o->hours);
    fflush(stdout);
}

static void
breathing(const double minutes, const double only_db)
{
    static const double dbs[] = {-6, -3, 0, 3, 6, 10, 15, 20};
    for (size_t i = 0; i < sizeof dbs / sizeof *dbs; ++i) {
        outcome o = {0};
        if (only_db > -100 && fabs(dbs[i] - only_db) > 0.01) {
            continue;
        }
        for (int bpm = 6; bpm <= 36; bpm += 3) {
            const scene s = {.breath_bpm = bpm,
                             .breath     = amplitude(dbs[i], 0.02, 0.5),
                             .wander     = 0.02,
                             .noise      = 0.02};
            run(&s, (uint64_t)(100 * bpm + (int)i), 60 * minutes, 60, &o, NULL);
        }
        char name[64];
        snprintf(name, sizeof name, "breathing %g dB", dbs[i]);
        print(name, &o);
    }
}

static void
heart(const double minutes)
{
    static const int leakage[] = {3, 10, 30, 100};
    static const int dbs[]     = {5, 10, 15, 20};
    for (int l = 0; l < 4; ++l) {
        for (int d = 0; d < 4; ++d) {
            outcome   o = {0}, h = {0};
            rv_random pairs;
            rv_random_init(&pairs, (uint64_t)(10 * l + d), 7);
            for (int i = 0; i < 12; ++i) {
                // a chest whose breath moves the amplitudes by a fifth
                scene s = {.breath_bpm = 8 + 16 * rv_random_uniform_f64(&pairs),
                           .heart_bpm  = 48 + 70 * rv_random_uniform_f64(&pairs),
                           .breath     = 0.2,
                           .heart      = 0.2 / leakage[l],
                           .wander     = 0.02};
                s.noise = s.heart / amplitude(dbs[d], 1, 1.8);
                run(&s, (uint64_t)(1000 + 100 * l + 10 * i + d), 60 * minutes, 60, &o,
                    &h);
            }
            char name[64];
            snprintf(name, sizeof name, "heart x%d, %d dB", leakage[l], dbs[d]);
            print(name, &h);
        }
    }
    outcome o = {0}, h = {0};
    for (int i = 0; i < 8; ++i) {
        const scene s = {
            .breath_bpm = 9 + 2.7 * i, .breath = 0.05, .wander = 0.02, .noise = 0.02};
        run(&s, (uint64_t)(2000 + i), 60 * minutes, 60, &o, &h);
    }
    print("no heart", &h);
}

static void
nobody(const double hours)
{
    static const double drifts[] = {0, 0.0005, 0.002, 0.01};
    for (int d = 0; d < 4; ++d) {
        outcome o = {0};
        for (int i = 0; i < 4; ++i) {
            const scene s = {.noise = 0.02, .drift = drifts[d]};
            run(&s, (uint64_t)(3000 + 10 * i + d), 3600 * hours / 4, 0, &o, NULL);
        }
        char name[64];
        snprintf(name, sizeof name, "nobody, drift %g", drifts[d]);
        print(name, &o);
    }
}

int
main(const int argc, char **const argv)
{
    size_t       n      = 0;
    const char  *what   = argc > 1 ? argv[1] : "--help";
    const double amount = argc > 2 ? strtod(argv[2], NULL) : 0;
    if (rv_fft_size(RV_VITAL_FFT, &n) != RV_OK ||
        rv_fft_init(&b.fft, RV_VITAL_FFT, rv_lend(n), n) != RV_OK) {
        return 1;
    }
    if (strcmp(what, "breathing") == 0) {
        breathing(amount > 0 ? amount : 6, argc > 3 ? strtod(argv[3], NULL) : -1000);
    } else if (strcmp(what, "heart") == 0) {
        heart(amount > 0 ? amount : 4);
    } else if (strcmp(what, "nobody") == 0) {
        nobody(amount > 0 ? amount : 4);
    } else {
        puts(
            "usage: vital_accuracy breathing [MINUTES [DB]] | heart [MINUTES] | nobody "
            "[HOURS]\nEverything is simulated.");
    }
    return 0;
}

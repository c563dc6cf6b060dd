// SPDX-License-Identifier: MIT
// Motion, breathing and heart of one link of 56 tones at 20 frames per second: somebody
// sits, breathes 14 times a minute and has a pulse.
#include "bench/harness.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/vital/heart.h>
#include <ruview/vital/motion.h>

#include <stdlib.h>
#include <string.h>

enum { n_tones = 56, n_frames = 1200, per_second = 20, period_us = 50000, warm_s = 90 };

typedef struct {
    int16_t             tone[n_tones];
    float               re[n_frames][n_tones], im[n_frames][n_tones];
    uint32_t            next;
    uint64_t            t_us;
    bool                with_heart;
    rv_motion           motion;
    rv_motion_result    moved;
    void               *memory;
    rv_sampler          sampler;
    rv_breathing        breathing;
    rv_breathing_result breath;
    rv_heart            heart;
    rv_heart_result     beat;
    rv_fft              fft;
    float               fft_memory[4 * RV_VITAL_FFT];
} job;

static rv_csi
next_frame(job *const j)
{
    const rv_csi csi = {.t_us       = j->t_us += period_us,
                        .n_tones    = n_tones,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = j->tone,
                        .re         = j->re[j->next],
                        .im         = j->im[j->next]};
    j->next          = (j->next + 1) % n_frames;
    return csi;
}

static void
motion(void *const arg)
{
    job *const   j   = arg;
    const rv_csi csi = next_frame(j);
    rv_motion_push(&j->motion, &csi);
    rv_motion_result_at(&j->motion, j->t_us, &j->moved);
    rv_bench_keep(&j->moved);
}

static void
sample(void *const arg)
{
    job *const   j   = arg;
    const rv_csi csi = next_frame(j);
    rv_sampler_push(&j->sampler, &csi, false);
    rv_bench_keep(&j->sampler);
}

// A second of the link: its frames, and whatever looks fall due
static void
second(void *const arg)
{
    job *const j = arg;
    for (int i = 0; i < per_second; ++i) {
        sample(j);
        (void)rv_breathing_look(&j->breathing, &j->sampler, &j->fft, j->t_us, NULL);
        rv_breathing_result_at(&j->breathing, &j->sampler, j->t_us, &j->breath);
        if (j->with_heart) {
            (void)rv_heart_look(&j->heart, &j->sampler, &j->fft, j->t_us,
                                &j->breath.bpm);
            rv_heart_result_at(&j->heart, &j->sampler, j->t_us, &j->beat);
        }
    }
    rv_bench_keep(&j->beat);
}

static void
make_frames(job *const j)
{
    rv_random random;
    rv_random_init(&random, 14, 76);
    for (int k = 0; k < n_tones; ++k) {
        j->tone[k] = (int16_t)(k < n_tones / 2 ? k - n_tones / 2 : k - n_tones / 2 + 1);
    }
    for (int i = 0; i < n_frames; ++i) { // a minute: whole breaths and beats
        double breath, beat, unused;
        rv_sincos_f64(2.0 * RV_PI_F64 * 14.0 / 60.0 * 0.05 * i, &breath, &unused);
        rv_sincos_f64(2.0 * RV_PI_F64 * 76.0 / 60.0 * 0.05 * i, &beat, &unused);
        for (int k = 0; k < n_tones; ++k) {
            double s, c, along;
            rv_sincos_f64(0.1 * j->tone[k], &s, &c);
            rv_sincos_f64(0.12 * j->tone[k], &along, &unused);
            j->re[i][k] =
                (float)(1.0 + 0.3 * c + 0.007 * (10.0 * breath + beat) * along) +
                0.02F * rv_random_normal_f32(&random);
            j->im[i][k] = 0.02F * rv_random_normal_f32(&random);
        }
    }
}

static bool
start(job *const j)
{
    const rv_breathing_config breathing = rv_breathing_config_default();
    const rv_heart_config     heart     = rv_heart_config_default();
    const rv_motion_config    config    = rv_motion_config_default();
    size_t                    n         = 0;
    if (rv_fft_size(RV_VITAL_FFT, &n) != RV_OK || n > sizeof j->fft_memory ||
        rv_fft_init(&j->fft, RV_VITAL_FFT, j->fft_memory, n) != RV_OK ||
        rv_breathing_init(&j->breathing, &breathing) != RV_OK ||
        rv_heart_init(&j->heart, &heart) != RV_OK ||
        rv_motion_size(&config, &n) != RV_OK) {
        return false;
    }
    j->memory = aligned_alloc(64, (n + 63) & ~(size_t)63);
    rv_sampler_init(&j->sampler);
    return j->memory && rv_motion_init(&j->motion, &config, j->memory, n) == RV_OK;
}

void
rv_bench_vital(rv_bench *const b)
{
    job *const j = calloc(1, sizeof *j);
    if (j && start(j)) {
        rv_fft_select(&j->fft, b->cpu_mask);
        make_frames(j);
        j->t_us = 1000000;
        (void)rv_bench_time(b, "motion, one frame and its result", motion, j);
        (void)rv_bench_time(b, "sampler, one frame", sample, j);
        for (int i = 0; i < warm_s; ++i) {
            second(j);
        }
        const rv_bench_result breath =
            rv_bench_time(b, "a second: 20 frames, breathing", second, j);
        j->with_heart = true;
        for (int i = 0; i < warm_s; ++i) {
            second(j);
        }
        const rv_bench_result both =
            rv_bench_time(b, "a second: 20 frames, breathing, heart", second, j);
        rv_bench_bound(b, "heart alone, us per second",
                       (both.median_ns - breath.median_ns) * 1e-3, 0.0);
        if (!rv_is_known(j->breath.bpm) || !rv_is_known(j->beat.bpm)) {
            rv_bench_note(b, "breathing or heart was not known at the end");
        }
    }
    if (j) {
        free(j->memory);
    }
    free(j);
}

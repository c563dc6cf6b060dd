// SPDX-License-Identifier: MIT
// What one link costs: a frame, and a look at a minute of stillness.
#include "bench/harness.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/vital/fall.h>
#include <ruview/vital/heart.h>
#include <ruview/vital/motion.h>

#include <stdlib.h>
#include <string.h>

enum { tones = 56, n_frames = 64 };

typedef struct {
    rv_motion    motion;
    rv_sampler   sampler;
    rv_breathing breathing;
    rv_heart     heart;
    rv_fall      fall;
    rv_fft       fft;
    rv_random    random;
    int16_t      tone[tones];
    float        re[n_frames][tones], im[n_frames][tones];
    uint64_t     t_us;
    uint32_t     next;
    rv_spectrum  seen;
    rv_estimate  bpm;
} link;

static rv_csi
frame(link *const l)
{
    l->next = (l->next + 1) % n_frames; // a breath of 3.2 s at 20 frames a second
    l->t_us += 50000;
    const rv_csi csi = {.t_us       = l->t_us,
                        .n_tones    = tones,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = l->tone,
                        .re         = l->re[l->next],
                        .im         = l->im[l->next]};
    return csi;
}

static void
push(void *const arg)
{
    link *const  l   = arg;
    const rv_csi csi = frame(l);
    rv_motion_push(&l->motion, &csi);
    rv_sampler_push(&l->sampler, &csi, false);
    const rv_motion_result *const m = &l->motion.result;
    rv_fall_push(&l->fall, 0, csi.t_us, m->change, m->interval_s, !m->moving);
    rv_bench_keep(&l->sampler);
}

static void
breathe(void *const arg)
{
    link *const l       = arg;
    l->breathing.looked = 0;
    (void)rv_breathing_look(&l->breathing, &l->sampler, &l->fft, l->t_us, &l->seen);
    rv_bench_keep(&l->seen);
}

static void
beat(void *const arg)
{
    link *const l   = arg;
    l->heart.looked = 0;
    (void)rv_heart_look(&l->heart, &l->sampler, &l->fft, l->t_us, &l->bpm);
    rv_bench_keep(&l->heart);
}

static void
fill(link *const l)
{
    rv_random_init(&l->random, 1, 0);
    for (int i = 0; i < n_frames; ++i) {
        const float wave = 0.02F * rv_sin_f32(6.2831853F * (float)i / n_frames);
        for (int k = 0; k < tones; ++k) {
            l->tone[k]  = (int16_t)(k < tones / 2 ? k - 28 : k - 27);
            l->re[i][k] = 1.0F + wave * rv_cos_f32(0.1F * (float)k) +
                          0.02F * (float)rv_random_normal_f64(&l->random);
            l->im[i][k] = 0.02F * (float)rv_random_normal_f64(&l->random);
        }
    }
}

void
rv_bench_vital(rv_bench *const b)
{
    link *const               l         = calloc(1, sizeof *l);
    const rv_motion_config    motion    = rv_motion_config_default();
    const rv_breathing_config breathing = rv_breathing_config_default();
    const rv_heart_config     heart     = rv_heart_config_default();
    const rv_fall_config      fall      = rv_fall_config_default();
    size_t                    n         = 0;
    if (!l || rv_fft_size(RV_VITAL_FFT, &n) != RV_OK) {
        free(l);
        return;
    }
    void *const memory = malloc(n);
    if (memory && rv_fft_init(&l->fft, RV_VITAL_FFT, memory, n) == RV_OK &&
        rv_motion_init(&l->motion, &motion, NULL, 0) == RV_OK &&
        rv_breathing_init(&l->breathing, &breathing) == RV_OK &&
        rv_heart_init(&l->heart, &heart) == RV_OK &&
        rv_fall_init(&l->fall, &fall) == RV_OK) {
        rv_sampler_init(&l->sampler);
        rv_fft_select(&l->fft, b->cpu_mask);
        fill(l);
        for (int i = 0; i < 2000; ++i) {
            push(l);
        }
        l->bpm = rv_known(18.75F, 0.1F, 0.9F);
        const rv_bench_result f =
            rv_bench_time(b, "motion, sampler, falls: a frame", push, l);
        const rv_bench_result br =
            rv_bench_time(b, "breathing: a look, 60 s", breathe, l);
        const rv_bench_result he = rv_bench_time(b, "heart: a look, 30 s", beat, l);
        // 20 cycles a second; looks every 1.2 s and every 2 s
        const double cycle = f.median_ns + br.median_ns / 24.0 + he.median_ns / 40.0;
        rv_bench_bound(b, "a link, a cycle [us]", cycle * 1e-3, 10.0);
    }
    free(memory);
    free(l);
}

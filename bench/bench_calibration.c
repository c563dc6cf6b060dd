// SPDX-License-Identifier: MIT
// Baseline of the empty room: recording, verdict, comparison, and its bytes.
#include "bench/harness.h"

#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/prep/calibrate.h>

#include <stdlib.h>
#include <string.h>

enum { n_frames = 64, max_tones = 242, n_record = 600 };

typedef struct {
    rv_calibrate        calibrate, other;
    rv_csi              csi[n_frames];
    float               re[n_frames][max_tones], im[n_frames][max_tones];
    float               less_re[max_tones], less_im[max_tones];
    int16_t             tone[max_tones];
    uint8_t            *bytes;
    size_t              n_bytes;
    void               *memory[2];
    uint32_t            next;
    uint64_t            t_us;
    rv_calibrate_result result;
} job;

static rv_csi *
next_frame(job *const j)
{
    rv_csi *const csi = &j->csi[j->next];
    j->next           = (j->next + 1) % n_frames;
    j->t_us += 10000;
    csi->t_us = j->t_us;
    return csi;
}

static void
record(void *const arg)
{
    job *const j = arg;
    (void)!rv_calibrate_record(&j->calibrate, next_frame(j));
    rv_bench_keep(&j->calibrate);
}

static void
apply(void *const arg)
{
    job *const j = arg;
    (void)!rv_calibrate_apply(&j->calibrate, next_frame(j), &j->result);
    rv_bench_keep(&j->result);
}

static void
subtract(void *const arg)
{
    job *const j = arg;
    (void)!rv_calibrate_subtract(&j->calibrate, next_frame(j), j->less_re, j->less_im);
    rv_bench_keep(j->less_re);
}

static void
whole_recording(void *const arg)
{
    job *const j = arg;
    rv_reason  refused;
    rv_calibrate_begin(&j->calibrate, 1);
    for (int i = 0; i < n_record; ++i) {
        (void)!rv_calibrate_record(&j->calibrate, next_frame(j));
    }
    const rv_calibrate_verdict v = rv_calibrate_finish(&j->calibrate, &refused);
    rv_bench_keep(&v);
}

static void
export_import(void *const arg)
{
    job *const j = arg;
    size_t     n = j->n_bytes;
    (void)!rv_calibrate_export(&j->calibrate, j->bytes, &n);
    (void)!rv_calibrate_import(&j->other, j->bytes, n);
    rv_bench_keep(&j->other);
}

static void
make_frames(job *const j, const uint16_t n_tones, const uint32_t spacing_hz)
{
    rv_random random;
    rv_random_init(&random, n_tones, 1);
    for (int f = 0; f < n_frames; ++f) {
        for (int k = 0; k < n_tones; ++k) {
            double s, c;
            j->tone[k] =
                (int16_t)(k < n_tones / 2 ? k - n_tones / 2 : k - n_tones / 2 + 1);
            rv_sincos_f64(-2.0 * RV_PI_F64 * j->tone[k] * spacing_hz * 40e-9, &s, &c);
            j->re[f][k] =
                (float)(0.9 + 0.5 * c) + 0.02F * rv_random_normal_f32(&random);
            j->im[f][k] = (float)(0.5 * s) + 0.02F * rv_random_normal_f32(&random);
        }
        j->csi[f] = (rv_csi){.n_tones    = n_tones,
                             .n_streams  = 1,
                             .spacing_hz = spacing_hz,
                             .tone       = j->tone,
                             .re         = j->re[f],
                             .im         = j->im[f]};
    }
}

static bool
start(job *const j, rv_calibrate *const self, const rv_calibrate_config *const config,
      const int which)
{
    size_t n = 0;
    if (rv_calibrate_size(config, &n) != RV_OK) {
        return false;
    }
    j->memory[which] = rv_bench_memory(n);
    return rv_calibrate_init(self, config, j->memory[which], n) == RV_OK;
}

static void
run(rv_bench *const b, const char *const name, const uint16_t n_tones,
    const uint32_t spacing_hz)
{
    char                text[64];
    job *const          j      = calloc(1, sizeof *j);
    rv_calibrate_config config = rv_calibrate_config_default(n_tones, 1);
    config.min_us              = 1000000;
    config.cpu_mask            = b->cpu_mask;
    config.link.tx             = 1;
    config.link.node           = 1;
    if (j && start(j, &j->calibrate, &config, 0) && start(j, &j->other, &config, 1)) {
        make_frames(j, n_tones, spacing_hz);
        rv_calibrate_begin(&j->calibrate, 1);
        snprintf(text, sizeof text, "record one frame, %s", name);
        (void)rv_bench_time(b, text, record, j);
        snprintf(text, sizeof text, "record 600 frames and judge, %s", name);
        (void)rv_bench_time(b, text, whole_recording, j);
        if (rv_calibrate_get(&j->calibrate).state != RV_CALIBRATE_READY) {
            rv_bench_note(b, "the recording was refused: no comparison timed");
        } else {
            snprintf(text, sizeof text, "apply, %s", name);
            (void)rv_bench_time(b, text, apply, j);
            snprintf(text, sizeof text, "subtract, %s", name);
            (void)rv_bench_time(b, text, subtract, j);
            if (rv_calibrate_export(&j->calibrate, NULL, &j->n_bytes) == RV_OK &&
                (j->bytes = malloc(j->n_bytes))) {
                snprintf(text, sizeof text, "export and import, %s", name);
                (void)rv_bench_time(b, text, export_import, j);
                free(j->bytes);
            }
        }
    }
    if (j) {
        free(j->memory[0]);
        free(j->memory[1]);
    }
    free(j);
}

void
rv_bench_calibration(rv_bench *const b)
{
    run(b, "56 tones", 56, 312500);
    run(b, "242 tones", 242, 78125);
}

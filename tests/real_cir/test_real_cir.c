// SPDX-License-Identifier: MIT
/**
   @file test_real_cir.c
   Delay profiles of recordings from other people's radios: every frame solved to its
   certificate, the same paths whatever slope a packet adds, and a resolution that grows
   with the bandwidth.
*/
#include "cmocka_rv.h"

#include "platform/file_source.h"
#include "platform/lend.h"

#include <ruview/cir/refine.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/tap_gate.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_frames = 400 };

typedef struct {
    const char *file;
    double      n;           ///< Frames solved
    double      rounds;      ///< Mean
    double      taps;        ///< Mean
    double      paths;       ///< Mean
    double      inside;      ///< Mean part of the energy in the window
    double      worst_gap;   ///< Largest gap
    double      refused;     ///< By the gate
    double      worst_shift; ///< Largest change of a delay under a slope [cells]
    double      lost;        ///< Paths that a slope made appear or vanish
    double      width_ns;    ///< Median width of the strongest peak at half its power
    double      strayed;     ///< Frames whose peak did not move with the slope
    double      plans;
} summary;

typedef struct {
    const rv_layout *layout;
    rv_cir_plan      plan;
    rv_cir_solver    solver;
    void            *memory[2];
    float           *work;
} tools;

static void
open_tools(tools *const t, const rv_layout *const layout)
{
    const rv_segment *const s = &layout->segment[layout->primary];
    const rv_cir_layout     l = {
            .tone = s->tone, .n_tones = s->n_tones, .spacing_hz = layout->spacing_hz};
    rv_cir_config config;
    size_t        bytes = 0;
    t->layout           = layout;
    rv_cir_config_default(&config);
    assert_int_equal(rv_cir_plan_size(&l, &bytes), RV_OK);
    t->memory[0] = rv_lend(bytes);
    assert_int_equal(rv_cir_plan_init(&t->plan, &l, t->memory[0], bytes), RV_OK);
    assert_int_equal(rv_cir_solver_size(&t->plan, &config, &bytes), RV_OK);
    t->memory[1] = rv_lend(bytes);
    assert_int_equal(
        rv_cir_solver_init(&t->solver, &t->plan, &config, t->memory[1], bytes), RV_OK);
    t->work = rv_lend(rv_cir_refine_floats(&t->plan) * sizeof(float));
}

static void
close_tools(tools *const t)
{
    if (t->layout) {
        free(t->memory[0]);
        free(t->memory[1]);
        free(t->work);
        t->layout = NULL;
    }
}

static rv_cir_taps
profile(tools *const t, const float *const re, const float *const im,
        rv_cir_result *const result)
{
    rv_cir_taps_config config;
    rv_cir_taps        taps;
    rv_cir_taps_config_default(&config);
    rv_cir_solve(&t->solver, re, im, 0.0F, NULL, result);
    rv_cir_taps_of(&t->plan, &config, result, &taps);
    rv_cir_refine(&t->plan, &config, re, im, &taps, t->work);
    return taps;
}

static uint32_t
peak_of(const tools *const t)
{
    const float *re   = t->solver.b_re;
    const float *im   = t->solver.b_im;
    uint32_t     best = 0;
    for (uint32_t g = 1; g < t->plan.n_taps; ++g) {
        best = hypotf(re[g], im[g]) > hypotf(re[best], im[best]) ? g : best;
    }
    return best;
}

/// Width of the strongest peak of |Phi^H y|^2 at half its power [ns]
static double
width_of(const tools *const t)
{
    const uint32_t n     = t->plan.n_taps;
    const float   *re    = t->solver.b_re;
    const float   *im    = t->solver.b_im;
    const uint32_t best  = peak_of(t);
    const double   half  = 0.70710678 * hypot(re[best], im[best]);
    double         width = 0.0;
    for (int side = -1; side <= 1; side += 2) {
        double   last = hypot(re[best], im[best]);
        uint32_t g    = best;
        for (uint32_t i = 0; i < n / 2; ++i) {
            g               = (g + n + (uint32_t)side) % n;
            const double at = hypot(re[g], im[g]);
            if (at < half) {
                width += (last - half) / (last - at);
                break;
            }
            width += 1.0;
            last = at;
        }
    }
    return width * t->plan.tap_ns;
}

static int
ascending(const void *const a, const void *const b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

static void
look_at(tools *const t, const rv_frame *const frame, const uint32_t count,
        summary *const s, double *const width)
{
    static float            re[RV_MAX_TONES];
    static float            im[RV_MAX_TONES];
    const rv_segment *const seg = &t->layout->segment[t->layout->primary];
    for (uint32_t k = 0; k < seg->n_tones; ++k) {
        re[k] = frame->re[seg->first + seg->entry[k]];
        im[k] = frame->im[seg->first + seg->entry[k]];
    }
    rv_cir_result     result;
    const rv_cir_taps taps = profile(t, re, im, &result);
    if (result.reason != RV_REASON_NONE) {
        return;
    }
    *width                  = width_of(t);
    const uint32_t     peak = peak_of(t);
    rv_tap_gate        gate = {0};
    rv_tap_gate_config gate_config;
    rv_tap_verdict     verdict;
    rv_tap_gate_config_default(&gate_config);
    rv_tap_gate_push(&gate, &gate_config, &t->plan, &result, &verdict);
    s->n += 1.0;
    s->rounds += result.iterations;
    s->taps += result.n_nonzero;
    s->paths += taps.n_paths;
    s->inside += (double)result.window;
    s->worst_gap = fmax(s->worst_gap, (double)result.gap);
    s->refused += verdict.reason != RV_REASON_NONE;
    // The packet's detection a little later: a slope that is no whole tap
    const double shift_ns = 17.3 + 31.7 * (count % 11);
    for (uint32_t k = 0; k < seg->n_tones; ++k) {
        const double a = -6.283185307179586 * seg->tone[k] *
                         (double)t->layout->spacing_hz * shift_ns * 1e-9;
        const double r = re[k];
        const double i = im[k];
        re[k]          = (float)(r * cos(a) - i * sin(a));
        im[k]          = (float)(r * sin(a) + i * cos(a));
    }
    rv_cir_result     unused;
    const rv_cir_taps other = profile(t, re, im, &unused);
    const double      taps_on =
        (double)peak_of(t) - (double)peak - shift_ns / t->plan.tap_ns;
    s->strayed += fabs(remainder(taps_on, t->plan.n_taps)) > 1.0;
    const double cell = t->plan.tap_ns * t->plan.n_taps / t->plan.n_tones;
    for (uint32_t p = 0; p < taps.n_paths; ++p) {
        double nearest = INFINITY;
        for (uint32_t q = 0; q < other.n_paths; ++q) {
            nearest = fmin(nearest, fabs((double)taps.path[p].delay_ns -
                                         (double)other.path[q].delay_ns));
        }
        if (nearest < 0.3 * cell) {
            s->worst_shift = fmax(s->worst_shift, nearest / cell);
        } else {
            s->lost += 1.0;
        }
    }
}

static bool
run_file(const char *const folder, const char *const file, const uint16_t bandwidth,
         summary *const s)
{
    static double width[max_frames];
    char          path[512];
    rv_recording  r;
    memset(s, 0, sizeof *s);
    s->file = file;
    snprintf(path, sizeof path, RV_SHARED "/data/csikit/%s/%s", folder, file);
    if (rv_recording_open(&r, path, NULL) != RV_OK) {
        printf("    not run: no data (%s)\n", file);
        return false;
    }
    tools           t = {.layout = NULL};
    rv_capture_item item;
    uint32_t        n = 0;
    while (n < max_frames && rv_capture_next(r.capture, &item) == RV_OK) {
        if (item.reason != RV_REASON_NONE || item.input.kind != RV_INPUT_FRAME ||
            item.input.frame->amplitude_only ||
            (bandwidth && item.input.frame->layout->bandwidth_mhz != bandwidth)) {
            continue;
        }
        if (t.layout != item.input.frame->layout) {
            close_tools(&t);
            open_tools(&t, item.input.frame->layout);
            s->plans += 1.0;
        }
        const double before = s->n;
        look_at(&t, item.input.frame, n, s, &width[n]);
        n += s->n > before;
    }
    close_tools(&t);
    rv_recording_close(&r);
    if (n == 0) {
        return false;
    }
    qsort(width, n, sizeof *width, ascending);
    s->width_ns = width[n / 2];
    printf("    %-22s %3.0f frames %2.0f layouts: %.1f rounds %4.1f taps %4.1f paths, "
           "%2.0f %% in the window, %.0f refused, gap <= %.1e, peak %.1f ns wide, "
           "slope: %.0f peaks strayed, paths move <= %.3f cells, %.1f %% lost\n",
           file, s->n, s->plans, s->rounds / s->n, s->taps / s->n, s->paths / s->n,
           100.0 * s->inside / s->n, s->refused, s->worst_gap, s->width_ns, s->strayed,
           s->worst_shift, 100.0 * s->lost / fmax(s->paths, 1.0));
    return true;
}

static void
every_frame_is_solved_to_its_certificate(void **state)
{
    static const char *const file[][2] = {
        {"feitcsi", "HT20_2452.csi"},   {"feitcsi", "HT40_2452.csi"},
        {"feitcsi", "VHT20_5500.csi"},  {"feitcsi", "VHT40_5500.csi"},
        {"feitcsi", "VHT80_5500.csi"},  {"feitcsi", "VHT160_5500.csi"},
        {"feitcsi", "HESU20_5500.csi"}, {"feitcsi", "HESU40_5500.csi"},
        {"feitcsi", "HESU80_5500.csi"}, {"feitcsi", "HESU160_5500.csi"},
    };
    for (size_t i = 0; i < sizeof file / sizeof *file; ++i) {
        summary s;
        if (run_file(file[i][0], file[i][1], 0, &s)) {
            assert_true(s.worst_gap <= 1e-4);
            assert_true(s.strayed == 0.0);
        }
    }
}

static void
resolution_grows_with_the_bandwidth(void **state)
{
    summary narrow;
    summary wide;
    if (!run_file("feitcsi", "HESU20_5500.csi", 20, &narrow) ||
        !run_file("feitcsi", "HESU160_5500.csi", 160, &wide)) {
        return;
    }
    const double ratio = narrow.width_ns / wide.width_ns;
    printf("    20 MHz peak / 160 MHz peak: %.2f\n", ratio);
    assert_true(ratio > 7.0 && ratio < 10.0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_is_solved_to_its_certificate),
        cmocka_unit_test(resolution_grows_with_the_bandwidth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
// Front end, fusion and gate: cost of one 100 Hz frame through stages 1 to 3, and of
// stages 4 and 6 per cycle of 4 nodes and 12 links.
#include "bench/harness.h"

#include <ruview/fusion/array.h>
#include <ruview/fusion/attention.h>
#include <ruview/fusion/clock.h>
#include <ruview/fusion/cross.h>
#include <ruview/gate/coherence.h>
#include <ruview/gate/gate.h>
#include <ruview/math/elementary.h>
#include <ruview/math/random.h>
#include <ruview/prep/calibrate.h>
#include <ruview/prep/despike.h>
#include <ruview/prep/normalise.h>
#include <ruview/prep/resample.h>
#include <ruview/prep/sanitise.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { n_links = 12, n_nodes = 4, n_frames = 64, past = RV_DESPIKE_PAST };

/// One link with its stages and a supply of frames
typedef struct {
    const rv_layout    *layout;
    rv_normalise        normalise;
    rv_sanitise         sanitise;
    rv_calibrate        calibrate;
    rv_coherence        coherence;
    rv_gate             gate;
    rv_clock            clock;
    rv_resample_plan    resample;
    float              *raw_re[n_frames], *raw_im[n_frames];
    rv_csi              slot[n_frames];
    rv_sanitise_result  sanitised;
    rv_calibrate_result calibrated;
    rv_coherence_result coherent;
    float               profile[RV_CANONICAL_TONES];
    uint64_t            t_us;
    uint32_t            next, sequence;
} link;

typedef struct {
    link     link[n_links];
    rv_cross cross;
    rv_array array;
    float    weight[n_links];
    uint64_t t_us;
} cycle;

static void *
zeros(const size_t n_bytes)
{
    return memset(rv_bench_memory(n_bytes), 0, n_bytes);
}

#define SET_UP(type, self, cfg)                                                        \
    do {                                                                               \
        size_t need = 0;                                                               \
        rv_bench_must(rv_##type##_size(&(cfg), &need));                                \
        rv_bench_must(rv_##type##_init(&(self), &(cfg), rv_bench_memory(need), need)); \
    } while (0)

static rv_reason
feed(link *const l)
{
    const uint32_t i     = l->next;
    rv_frame       frame = {.layout        = l->layout,
                            .n_rx          = 1,
                            .n_tx          = 1,
                            .bandwidth_mhz = l->layout->bandwidth_mhz,
                            .t_us          = l->t_us,
                            .re            = l->raw_re[i],
                            .im            = l->raw_im[i]};
    l->next              = (i + 1) % n_frames;
    l->t_us += 10000;
    return rv_normalise_push(&l->normalise, &frame, &l->slot[i]);
}

static void
set_up(link *const l, const uint32_t entries, const uint64_t seed)
{
    memset(l, 0, sizeof *l);
    l->t_us                         = 1000000;
    l->layout                       = rv_layout_find(RV_CHIP_ESP32, 20, entries, 0);
    const rv_segment *const   seg   = &l->layout->segment[l->layout->primary];
    const uint16_t            tones = seg->n_tones;
    const rv_normalise_config nc    = rv_normalise_config_default(l->layout, 1, 1);
    const rv_sanitise_config  sc    = rv_sanitise_config_default(tones, 1);
    rv_calibrate_config       cc    = rv_calibrate_config_default(tones, 1);
    const rv_coherence_config oc    = rv_coherence_config_default(tones, 1);
    const rv_clock_config     clock = rv_clock_config_default();
    const rv_gate_config      gate  = rv_gate_config_default();
    cc.min_us                       = 1;
    SET_UP(normalise, l->normalise, nc);
    SET_UP(sanitise, l->sanitise, sc);
    SET_UP(calibrate, l->calibrate, cc);
    SET_UP(coherence, l->coherence, oc);
    (void)!rv_clock_init(&l->clock, &clock, NULL, 0);
    rv_gate_init(&l->gate, &gate);
    (void)!rv_resample_plan_init(&l->resample, seg->tone, tones, l->layout->spacing_hz);
    rv_random random;
    rv_random_init(&random, seed, 0);
    for (int f = 0; f < n_frames; ++f) {
        l->raw_re[f]      = zeros(sizeof(float) * entries);
        l->raw_im[f]      = zeros(sizeof(float) * entries);
        l->slot[f].re     = zeros(sizeof(float) * tones);
        l->slot[f].im     = zeros(sizeof(float) * tones);
        const float slope = 0.1F * rv_random_normal_f32(&random);
        const float turn  = 6.0F * rv_random_normal_f32(&random);
        for (uint32_t k = 0; k < tones; ++k) {
            const float    t  = (float)seg->tone[k];
            const uint32_t at = (uint32_t)seg->first + seg->entry[k];
            const float    a  = turn + slope * t;
            const float    b  = a - 0.15F * t + 1.0F;
            l->raw_re[f][at]  = 20.0F * (rv_cos_f32(a) + 0.5F * rv_cos_f32(b)) +
                               0.5F * rv_random_normal_f32(&random);
            l->raw_im[f][at] = 20.0F * (rv_sin_f32(a) + 0.5F * rv_sin_f32(b)) +
                               0.5F * rv_random_normal_f32(&random);
        }
    }
    rv_calibrate_begin(&l->calibrate, 1);
    for (int f = 0; f < 640; ++f) {
        rv_csi *const csi = &l->slot[l->next];
        if (feed(l) != RV_REASON_NONE ||
            rv_sanitise_push(&l->sanitise, csi, rv_normalise_weight(&l->normalise),
                             &l->sanitised) != RV_OK ||
            rv_calibrate_record(&l->calibrate, csi) != RV_OK ||
            rv_coherence_push(&l->coherence, csi, &l->coherent) != RV_OK) {
            exit(1);
        }
    }
    rv_reason refused;
    rv_calibrate_finish(&l->calibrate, &refused);
    if (refused != RV_REASON_NONE) {
        exit(1);
    }
}

static void
body_normalise(void *const arg)
{
    link *const l = arg;
    (void)feed(l);
    rv_bench_keep(l->slot);
}

static void
body_sanitise(void *const arg)
{
    link *const l   = arg;
    rv_csi     *csi = &l->slot[l->next];
    l->next         = (l->next + 1) % n_frames;
    csi->t_us       = l->t_us += 10000;
    (void)!rv_sanitise_push(&l->sanitise, csi, rv_normalise_weight(&l->normalise),
                            &l->sanitised);
    rv_bench_keep(csi);
}

static void
body_calibrate(void *const arg)
{
    link *const l   = arg;
    rv_csi     *csi = &l->slot[l->next];
    l->next         = (l->next + 1) % n_frames;
    (void)!rv_calibrate_apply(&l->calibrate, csi, &l->calibrated);
    rv_bench_keep(csi);
}

static void
body_despike(void *const arg)
{
    link *const             l = arg;
    const rv_csi           *before[past];
    const rv_despike_config cfg = rv_despike_config_default();
    static uint8_t          streak[RV_MAX_TONES];
    bool                    whole;
    for (uint32_t a = 0; a < past; ++a) {
        before[a] = &l->slot[(l->next + n_frames - 1 - a) % n_frames];
    }
    rv_despike_push(&cfg, before, past, &l->slot[l->next], streak, &whole);
    l->next = (l->next + 1) % n_frames;
}

static void
body_coherence(void *const arg)
{
    link *const l   = arg;
    rv_csi     *csi = &l->slot[l->next];
    l->next         = (l->next + 1) % n_frames;
    csi->t_us       = l->t_us += 10000;
    (void)!rv_coherence_push(&l->coherence, csi, &l->coherent);
    rv_bench_keep(&l->coherent);
}

static void
body_clock(void *const arg)
{
    link *const l = arg;
    uint64_t    placed;
    l->t_us += 10000;
    ++l->sequence;
    (void)rv_clock_push_frame(&l->clock, l->sequence, true, l->t_us, l->t_us + 3000);
    (void)rv_clock_place(&l->clock, l->sequence, true, l->t_us, l->t_us + 3000,
                         &placed);
    rv_bench_keep(&placed);
}

static void
body_frame(void *const arg)
{
    link *const   l   = arg;
    rv_csi *const csi = &l->slot[l->next];
    (void)feed(l);
    (void)!rv_sanitise_push(&l->sanitise, csi, rv_normalise_weight(&l->normalise),
                            &l->sanitised);
    (void)!rv_calibrate_apply(&l->calibrate, csi, &l->calibrated);
    rv_bench_keep(csi);
}

// Stages 4 and 6 of one cycle
static void
body_cycle(void *const arg)
{
    cycle *const   c = arg;
    const float   *profile[n_links];
    float          mean[RV_CANONICAL_TONES], value[n_links];
    rv_gate_output out[n_links];
    uint32_t       bad;
    c->t_us += 50000;
    for (int i = 0; i < n_links; ++i) {
        link *const   l   = &c->link[i];
        rv_csi *const csi = &l->slot[l->next];
        l->next           = (l->next + 1) % n_frames;
        rv_resample_amplitude(&l->resample, csi->re, csi->im, l->profile);
        profile[i] = l->profile;
    }
    (void)!rv_attention(profile, n_links, RV_CANONICAL_TONES, 1.0F, mean, c->weight,
                        &bad);
    for (int i = 0; i < n_links; ++i) {
        link *const         l  = &c->link[i];
        const rv_gate_input in = {.score     = l->coherent.score,
                                  .structure = l->sanitised.structure,
                                  .drift     = l->calibrated.drift,
                                  .has_frame = true,
                                  .t_us      = c->t_us};
        out[i]                 = rv_gate_push(&l->gate, &in);
        value[i]               = l->coherent.residual_z + l->profile[i];
    }
    const rv_gate_output all  = rv_gate_over_links(out, c->weight, n_links);
    const rv_estimate    seen = rv_cross_push(&c->cross, value, c->t_us);
    rv_array_node        node[n_nodes];
    rv_array_result      array;
    for (int i = 0; i < n_nodes; ++i) {
        node[i] = (rv_array_node){.clock     = rv_clock_get(&c->link[i].clock, c->t_us),
                                  .coherence = c->link[i].coherent.score};
    }
    (void)!rv_array_push(&c->array, node, n_nodes, &array);
    rv_bench_keep(&array);
    rv_bench_keep(&all);
    rv_bench_keep(&seen);
}

static void
time_layout(rv_bench *const b, const char *const name, const uint32_t entries,
            const bool bounded)
{
    static link l;
    char        text[64];
    set_up(&l, entries, entries);
    const struct {
        const char *what;
        void (*body)(void *);
    } parts[] = {{"normalise", body_normalise},
                 {"sanitise", body_sanitise},
                 {"calibrate", body_calibrate},
                 {"despike", body_despike},
                 {"coherence", body_coherence}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; ++i) {
        snprintf(text, sizeof text, "%s %s", parts[i].what, name);
        rv_bench_time(b, text, parts[i].body, &l);
    }
    snprintf(text, sizeof text, "stages 1-3 %s", name);
    const rv_bench_result all = rv_bench_time(b, text, body_frame, &l);
    snprintf(text, sizeof text, "stages 1-3 %s, us", name);
    rv_bench_bound(b, text, all.median_ns * 1e-3, bounded ? 5.0 : 0.0);
}

void
rv_bench_signal(rv_bench *const b)
{
    static link  l;
    static cycle c;
    time_layout(b, "52 tones", 64, true);
    time_layout(b, "56 tones", 128, true);
    set_up(&l, 64, 1);
    rv_bench_time(b, "clock, one frame", body_clock, &l);
    for (int i = 0; i < n_links; ++i) {
        set_up(&c.link[i], 128, (uint64_t)i);
    }
    const rv_cross_config cfg = rv_cross_config_default(n_links);
    SET_UP(cross, c.cross, cfg);
    const rv_array_config array = rv_array_config_default();
    rv_array_init(&c.array, &array);
    c.t_us = 1000000;
    const rv_bench_result cycles =
        rv_bench_time(b, "stages 4 and 6, 12 links", body_cycle, &c);
    rv_bench_bound(b, "stages 4 and 6, 12 links, us", cycles.median_ns * 1e-3, 20.0);
}

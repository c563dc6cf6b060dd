// SPDX-License-Identifier: MIT
#include "wasm/edge.h"

#include "wasm/freestanding.h"

#include <ruview/base/arena.h>
#include <ruview/base/bytes.h>
#include <ruview/capture/adr018.h>
#include <ruview/cir/solver.h>
#include <ruview/cir/taps.h>
#include <ruview/prep/normalise.h>
#include <ruview/prep/sanitise.h>

#include <stdbool.h>

typedef struct {
    uint64_t         tx;
    const rv_layout *layout;
    uint8_t          node;
    rv_normalise     normalise;
    rv_sanitise      sanitise;
    _Alignas(64) uint8_t memory[EDGE_LINK_BYTES];
} edge_link;

static _Alignas(64) uint8_t cir_memory[EDGE_CIR_BYTES];
static edge_link     links[EDGE_MAX_LINKS];
static uint32_t      n_links;
static rv_adr018     decoder;
static rv_packet     packet;
static rv_cir_plan   plan;
static rv_cir_solver solver;
static rv_cir_state *states; ///< [EDGE_MAX_LINKS], in cir_memory
static uint32_t      n_cir;
static float         re[RV_ADR018_MAX_TONES], im[RV_ADR018_MAX_TONES];
static uint8_t       input[EDGE_DATAGRAM];
static uint8_t       output[EDGE_OUT_BYTES];

RV_EXPORT(open) int32_t edge_open(void);
RV_EXPORT(input) uint8_t *edge_input(void);
RV_EXPORT(push) uint32_t edge_push(uint32_t n, uint32_t t_ms);
RV_EXPORT(output) const uint8_t *edge_output(void);
RV_EXPORT(cir_bytes) uint32_t edge_cir_bytes(void);

int32_t
edge_open(void)
{
    n_links = 0;
    n_cir   = 0;
    states  = NULL;
    rv_adr018_init(&decoder);
    return 0;
}

// The solver is made for the tones of the first frame; every link must have them
static bool
open_solver(const rv_csi *const csi)
{
    rv_arena            arena  = {.base = cir_memory, .size = sizeof cir_memory};
    const rv_cir_layout layout = {
        .tone = csi->tone, .n_tones = csi->n_tones, .spacing_hz = csi->spacing_hz};
    rv_cir_config config;
    size_t        n_plan = 0, n_solver = 0;
    rv_cir_config_default(&config);
    if (rv_cir_plan_size(&layout, &n_plan) != RV_OK) {
        return false;
    }
    void *const for_plan = rv_arena_take(&arena, 1, n_plan);
    if (!for_plan || rv_cir_plan_init(&plan, &layout, for_plan, n_plan) != RV_OK ||
        rv_cir_solver_size(&plan, &config, &n_solver) != RV_OK) {
        return false;
    }
    void *const for_solver = rv_arena_take(&arena, 1, n_solver);
    states                 = rv_arena_take(&arena, EDGE_MAX_LINKS, sizeof *states);
    if (!for_solver || !states ||
        rv_cir_solver_init(&solver, &plan, &config, for_solver, n_solver) != RV_OK) {
        return false;
    }
    memset(states, 0, EDGE_MAX_LINKS * sizeof *states);
    n_cir = (uint32_t)arena.used;
    return true;
}

static bool
open_link(edge_link *const link, const rv_frame *const frame)
{
    const rv_normalise_config n     = rv_normalise_config_default(frame->layout, 1, 1);
    rv_arena                  arena = {.base = link->memory, .size = EDGE_LINK_BYTES};
    size_t                    n_normalise = 0, n_sanitise = 0;
    if (rv_normalise_size(&n, &n_normalise) != RV_OK) {
        return false;
    }
    void *const for_normalise = rv_arena_take(&arena, 1, n_normalise);
    if (!for_normalise ||
        rv_normalise_init(&link->normalise, &n, for_normalise, n_normalise) != RV_OK) {
        return false;
    }
    const rv_sanitise_config s =
        rv_sanitise_config_default((uint16_t)rv_normalise_tones(&link->normalise), 1);
    if (rv_sanitise_size(&s, &n_sanitise) != RV_OK) {
        return false;
    }
    void *const for_sanitise = rv_arena_take(&arena, 1, n_sanitise);
    if (!for_sanitise ||
        rv_sanitise_init(&link->sanitise, &s, for_sanitise, n_sanitise) != RV_OK) {
        return false;
    }
    link->tx     = frame->tx;
    link->node   = frame->node;
    link->layout = frame->layout;
    return true;
}

static edge_link *
find_link(const rv_frame *const frame)
{
    for (uint32_t i = 0; i < n_links; ++i) {
        edge_link *const l = &links[i];
        if (l->tx == frame->tx && l->node == frame->node &&
            l->layout == frame->layout) {
            return l;
        }
    }
    if (n_links == EDGE_MAX_LINKS || frame->n_rx != 1 || frame->n_tx != 1 ||
        frame->layout->bandwidth_mhz != 20 || frame->layout->spacing_hz != 312500 ||
        !open_link(&links[n_links], frame)) {
        return NULL;
    }
    return &links[n_links++];
}

static uint32_t
answer(const edge_link *const link, const rv_cir_result *const result,
       const rv_cir_taps *const taps)
{
    const uint32_t n = taps->n_paths < EDGE_MAX_PATHS ? taps->n_paths : EDGE_MAX_PATHS;
    float          top = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        const rv_cir_path *const p      = &taps->path[i];
        const float              energy = p->re * p->re + p->im * p->im;
        top                             = energy > top ? energy : top;
    }
    rv_writer w = {.bytes = output, .size = sizeof output};
    rv_write_u8(&w, (uint8_t)(link - links));
    rv_write_u8(&w, link->node);
    rv_write_u16(&w, (uint16_t)result->reason);
    rv_write_u32(&w, (uint32_t)link->tx);
    rv_write_f32(&w, taps->rms_spread_ns);
    rv_write_f32(&w, taps->dominant_ratio);
    rv_write_u16(&w, (uint16_t)n);
    rv_write_u16(&w, (uint16_t)result->iterations);
    for (uint32_t i = 0; i < n; ++i) {
        const rv_cir_path *const p = &taps->path[i];
        rv_write_f32(&w, p->delay_ns);
        rv_write_f32(&w, (p->re * p->re + p->im * p->im) / top);
    }
    return (uint32_t)w.at;
}

uint32_t
edge_push(const uint32_t n, const uint32_t t_ms)
{
    static rv_cir_result result;
    static rv_cir_taps   taps;
    rv_csi               csi = {.re = re, .im = im};
    rv_sanitise_result   clean;
    rv_cir_taps_config   config;
    if (n > sizeof input) {
        return 0;
    }
    rv_adr018_decode(&decoder, input, n, (uint64_t)t_ms * 1000U, &packet);
    if (packet.kind != RV_PACKET_CSI || packet.reason != RV_REASON_NONE ||
        rv_frame_check(&packet.frame) != RV_REASON_NONE) {
        return 0;
    }
    edge_link *const link = find_link(&packet.frame);
    if (!link ||
        rv_normalise_push(&link->normalise, &packet.frame, &csi) != RV_REASON_NONE ||
        rv_sanitise_push(&link->sanitise, &csi, rv_normalise_weight(&link->normalise),
                         &clean) != RV_OK ||
        (!states && !open_solver(&csi))) {
        return 0;
    }
    rv_cir_solve_csi(&solver, &csi, &states[link - links], &result);
    rv_cir_taps_config_default(&config);
    rv_cir_taps_of(&plan, &config, &result, &taps);
    return answer(link, &result, &taps);
}

uint8_t *
edge_input(void)
{
    return input;
}

const uint8_t *
edge_output(void)
{
    return output;
}

uint32_t
edge_cir_bytes(void)
{
    return n_cir;
}

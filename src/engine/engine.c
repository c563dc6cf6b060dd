// SPDX-License-Identifier: MIT
#include "engine/engine_state.h"

#include "base/exact.h"
#include "base/try.h"

#include <ruview/base/version.h>
#include <ruview/math/kernels.h>
#include <ruview/prep/multiband.h>

#include <string.h>

static rv_status
take_room(rv_engine *const self, rv_arena *const arena,
          const rv_engine_config *const cfg)
{
    const float          origin[3] = {0.0F, 0.0F, 0.0F};
    rv_tomography_config tomography =
        rv_tomography_config_plan(origin, cfg->room_m, 0.25F);
    tomography.max_links     = cfg->max_links;
    rv_localise_config place = rv_localise_config_default(origin, cfg->room_m);
    place.max_links          = cfg->max_links;
    place.cpu_mask           = cfg->cpu_mask;
    size_t n_tomography      = 0;
    size_t n_place           = 0;
    RV_TRY(rv_tomography_size(&tomography, &n_tomography));
    RV_TRY(rv_localise_size(&place, &n_place));
    const uint32_t            n_cells  = tomography.nx * tomography.ny * tomography.nz;
    const rv_voxel_map_config voxels   = rv_voxel_map_config_default(n_cells);
    size_t                    n_voxels = 0;
    RV_TRY(rv_voxel_map_size(&voxels, &n_voxels));
    void *const    tomography_memory = rv_arena_take(arena, 1, n_tomography);
    void *const    place_memory      = rv_arena_take(arena, 1, n_place);
    void *const    voxel_memory      = rv_arena_take(arena, 1, n_voxels);
    float *const   view              = rv_arena_take(arena, n_cells, sizeof(float));
    uint8_t *const full              = rv_arena_take(arena, n_cells, 1);
    uint8_t *const coarse            = rv_arena_take(arena, n_cells, 1);
    if (!arena->base || arena->failed) {
        return RV_OK;
    }
    RV_TRY(rv_tomography_init(&self->tomography, &tomography, tomography_memory,
                              n_tomography));
    RV_TRY(rv_localise_init(&self->localise, &place, place_memory, n_place));
    RV_TRY(rv_voxel_map_init(&self->voxels, &voxels, voxel_memory, n_voxels));
    self->voxel_memory   = voxel_memory;
    self->n_voxel_memory = n_voxels;
    self->voxel_view     = view;
    self->voxel_full     = full;
    self->voxel_coarse   = coarse;
    self->has_room       = true;
    return RV_OK;
}

// The one walk over the engine's memory: measures without memory, places with it. The
// engine is too large for a stack, so while measuring there is none.
static rv_status
lay_out(rv_arena *const arena, const rv_engine_config *const cfg, rv_engine **const out)
{
    const rv_world_config world   = rv_engine_world_config(cfg);
    size_t                n_world = 0;
    size_t                n_fft   = 0;
    RV_TRY(rv_world_size(&world, &n_world));
    RV_TRY(rv_fft_size(RV_VITAL_FFT, &n_fft));
    rv_engine *const self      = rv_arena_take(arena, 1, sizeof(rv_engine));
    rv_link *const   links     = rv_arena_take(arena, cfg->max_links, sizeof(rv_link));
    uint8_t *const   canonical = rv_arena_take(arena, RV_CANONICAL_BYTES, 1);
    char *const      json      = rv_arena_take(arena, RV_JSON_BYTES, 1);
    uint8_t *const   pool      = rv_arena_take(arena, cfg->link_pool, 1);
    void *const      world_mem = rv_arena_take(arena, 1, n_world);
    void *const      fft_mem   = rv_arena_take(arena, 1, n_fft);
    float *const     bands =
        rv_arena_take(arena, (size_t)RV_MAX_BANDS * 2 * RV_RECORD_TONES, sizeof(float));
    const rv_cross_config cross   = rv_cross_config_default(cfg->max_links);
    size_t                n_cross = 0;
    RV_TRY(rv_cross_size(&cross, &n_cross));
    void *const cross_mem = rv_arena_take(arena, 1, n_cross);
    if (arena->base && !arena->failed) {
        memset(self, 0, sizeof *self);
        self->links.link   = links;
        self->links.pool   = (rv_arena){.base = pool, .size = cfg->link_pool};
        self->canonical    = canonical;
        self->json         = json;
        self->world_memory = world_mem;
        self->n_world      = n_world;
        *out               = self;
        RV_TRY(rv_fft_init(&self->vital_fft, RV_VITAL_FFT, fft_mem, n_fft));
        rv_fft_select(&self->vital_fft, cfg->cpu_mask);
        self->band_samples = bands;
        RV_TRY(rv_cross_init(&self->cross, &cross, cross_mem, n_cross));
        *out = self;
    }
    if (cfg->has_room) {
        RV_TRY(take_room(self, arena, cfg));
    }
    return arena->failed ? RV_ERR_MEMORY : RV_OK;
}

rv_status
rv_engine_size(const rv_engine_config *const config, size_t *const n_bytes)
{
    const char *why = NULL;
    RV_TRY(rv_engine_config_check(config, &why));
    rv_arena   arena = {0};
    rv_engine *none  = NULL;
    RV_TRY(lay_out(&arena, config, &none));
    *n_bytes = arena.used;
    return RV_OK;
}

static rv_status
start_trust(rv_engine *const self)
{
    rv_privacy_config privacy = rv_privacy_config_default();
    privacy.mode              = self->config.mode;
    privacy.consent           = rv_engine_consent(&self->config);
    RV_TRY(rv_privacy_init(&self->privacy, &privacy));
    self->quality_config           = rv_quality_config_default();
    self->quality_config.spread_us = self->config.period_us;
    self->run_header               = (rv_run_header){.record_format = RV_RECORD_FORMAT,
                                                     .digest_epoch  = RV_DIGEST_EPOCH};
    rv_engine_config_digest(&self->config, self->run_header.config);
    const rv_attestation first = {.mode    = privacy.mode,
                                  .consent = privacy.consent,
                                  .reason  = RV_ATTEST_START,
                                  .actor   = "config"};
    RV_TRY(rv_engine_decide_privacy(self, &first));
    memcpy(self->run_header.privacy, self->attestation.hash, RV_DIGEST_BYTES);
    uint8_t start[RV_DIGEST_BYTES];
    rv_run_digest(&self->run_header, start);
    rv_witness_init(&self->witness, start, 0);
    self->witness.cpu_mask          = self->config.cpu_mask;
    const rv_advisor_config advisor = rv_advisor_config_default();
    RV_TRY(rv_advisor_init(&self->advisor, &advisor));
    RV_TRY(rv_stage_digests_init(&self->digests, RV_STAGE_CYCLE, self->config.digests));
    rv_blake3_init(&self->input_hash);
    return RV_OK;
}

static void
start_people(rv_engine *const self, const rv_tracker_config *const base)
{
    rv_tracker_config tracker = *base;
    for (int i = 0; i < 2 && self->config.has_room; ++i) {
        tracker.lower_m[i] = 0.0F;
        tracker.upper_m[i] = self->config.room_m[i];
    }
    (void)!rv_tracker_init(&self->tracker, &tracker);
    rv_gait_config gait   = rv_gait_config_default();
    gait.stride.period_us = self->config.period_us < 25000    ? 25000
                            : self->config.period_us > 100000 ? 100000
                                                              : self->config.period_us;
    (void)!rv_gait_init(&self->gait, &gait);
    rv_identity_begin(&self->known, &gait);
    rv_engine_place_zones(self);
}

void
rv_engine_place_zones(rv_engine *const self)
{
    self->zones.n_zones      = self->config.n_zones;
    self->zones.hysteresis_m = 0.25F;
    for (int z = 0; z < self->config.n_zones; ++z) {
        const rv_zone_config *const from = &self->config.zone[z];
        self->zones.zone[z].n_corners    = from->n_vertices;
        memcpy(self->zones.zone[z].corner_m, from->vertex_m,
               sizeof from->vertex_m[0] * from->n_vertices);
    }
}

rv_status
rv_engine_init(rv_engine **const out, const rv_engine_config *const config,
               void *const mem, const size_t n_bytes)
{
    const char *why   = NULL;
    rv_arena    arena = {0};
    rv_engine  *self  = NULL;
    RV_TRY(rv_engine_config_check(config, &why));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, 0));
    RV_TRY(rv_math_selftest(config->cpu_mask));
    RV_TRY(lay_out(&arena, config, &self));
    self->config       = *config;
    self->links.config = &self->config;
    RV_TRY(rv_cycle_clock_init(&self->clock, config->period_us, config->lateness_us));
    rv_wire_init(&self->decoder);
    for (int i = 0; i < config->n_nodes; ++i) {
        (void)rv_engine_node(self, config->node[i].node);
    }
    RV_TRY(rv_gather_start(self));
    const rv_array_config array = rv_array_config_default();
    rv_array_init(&self->array, &array);
    const rv_reciprocity_config both = rv_reciprocity_config_default();
    RV_TRY(rv_reciprocity_init(&self->reciprocity, &both));
    const rv_tracker_config tracker = rv_tracker_config_default();
    start_people(self, &tracker);
    rv_presence_config presence = rv_presence_config_default();
    presence.no_data_us         = config->no_data_us;
    RV_TRY(rv_presence_init(&self->presence, &presence));
    const rv_breathing_config breathing = rv_breathing_config_default();
    RV_TRY(rv_breathing_room_init(&self->breathing, &breathing));
    const rv_fall_config fall = rv_fall_config_default();
    RV_TRY(rv_fall_init(&self->fall, &fall));
    RV_TRY(start_trust(self));
    RV_TRY(rv_engine_reset_world(self));
    *out = self;
    return RV_OK;
}

void
rv_engine_set_sink(rv_engine *const self, rv_engine_sink *const sink,
                   void *const context)
{
    self->sink         = sink;
    self->sink_context = context;
}

void
rv_engine_set_parallel(rv_engine *const self, rv_engine_parallel *const parallel,
                       void *const context)
{
    self->parallel         = parallel;
    self->parallel_context = context;
}

void
rv_engine_set_clock(rv_engine *const self, rv_engine_clock *const clock,
                    void *const context)
{
    self->now_ns      = clock;
    self->now_context = context;
}

const rv_engine_counters *
rv_engine_get_counters(const rv_engine *const self)
{
    return &self->counters;
}

const rv_histogram *
rv_engine_get_histogram(const rv_engine *const self, const rv_stage stage)
{
    return &self->histogram[(unsigned)stage < RV_N_STAGES ? stage : 0];
}

const rv_engine_config *
rv_engine_get_config(const rv_engine *const self)
{
    return &self->config;
}

rv_run_header
rv_engine_get_run_header(const rv_engine *const self)
{
    return self->run_header;
}

void
rv_engine_set_probe(rv_engine *const self, rv_stage_probe *const probe,
                    void *const user)
{
    self->digests.probe = probe;
    self->digests.user  = user;
}

void
rv_engine_add_event(rv_engine *const self, const rv_event_kind kind,
                    const uint64_t t_us, const uint32_t subject, const float confidence,
                    const rv_reason reason)
{
    if (self->n_events < RV_MAX_EVENTS) {
        self->record_event[self->n_events++] =
            (rv_record_event){.kind         = kind,
                              .t_us         = t_us,
                              .subject      = subject,
                              .confidence   = confidence,
                              .reason       = reason,
                              .place_reason = RV_REASON_UNSUPPORTED};
    }
}

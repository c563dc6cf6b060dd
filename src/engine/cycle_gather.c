// SPDX-License-Identifier: MIT
// What a room gathers over minutes and days: cells in which things go on, and things
// that reflect and stay.
#include "engine/engine_state.h"

#include "base/exact.h"
#include "base/try.h"

#include <ruview/math/elementary.h>
#include <ruview/room/sightings.h>

#include <string.h>

rv_status
rv_gather_start(rv_engine *const self)
{
    const rv_reflectors_config reflectors = rv_reflectors_config_default();
    const rv_change_config     change     = rv_change_config_default();
    // Which links are wide enough is asked link by link
    RV_TRY(rv_reflectors_init(&self->reflectors, &reflectors, reflectors.least_hz));
    return rv_change_init(&self->watch.change, &change);
}

static uint8_t
percent(const float share)
{
    return (uint8_t)rv_round_i32(100.0F * rv_clamp_f32(share, 0.0F, 1.0F));
}

// Two views, each an object of its own, and the shares; only when an image was taken
static void
renew_views(rv_engine *const self)
{
    const uint32_t n = self->voxels.cfg.n_voxels;
    rv_voxel_view  view;
    rv_voxel_map_view(&self->voxels, RV_VOXEL_FULL, self->voxel_view, &view);
    for (uint32_t v = 0; v < n; ++v) {
        self->voxel_full[v]   = percent(self->voxel_view[v]);
        self->voxel_coarse[v] = percent(rv_voxel_coarse(self->voxel_view[v]));
    }
    for (uint32_t k = 0; k < RV_RECORD_BINS; ++k) {
        self->voxel_bins[k] = percent((float)view.histogram[k] / (float)n);
    }
    rv_engine_digest(self, RV_STAGE_ROOM, "log_odds", 0, self->voxels.odds, n);
}

void
rv_gather_cells(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    record->occupied_reason =
        record->map_reason != RV_REASON_NONE ? record->map_reason : self->found.reason;
    if (record->occupied_reason != RV_REASON_NONE) {
        return;
    }
    const uint32_t before   = self->voxels.n_images;
    float *const   evidence = self->voxel_view;
    if (rv_voxel_map_is_due(&self->voxels, end_us)) {
        rv_localise_evidence(&self->localise, record->map_nx, record->map_ny, evidence);
    }
    if (rv_voxel_map_push(&self->voxels, end_us, evidence) != RV_OK) {
        // The timeline began anew, and so does the map
        const rv_voxel_map_config cfg = self->voxels.cfg;
        (void)!rv_voxel_map_init(&self->voxels, &cfg, self->voxel_memory,
                                 self->n_voxel_memory);
        rv_localise_evidence(&self->localise, record->map_nx, record->map_ny, evidence);
        (void)!rv_voxel_map_push(&self->voxels, end_us, evidence);
    }
    if (self->voxels.n_images != before) {
        renew_views(self);
    }
    record->occupied_levels = RV_OCCUPIED_FULL;
    record->occupied        = self->voxel_full;
    record->occupied_coarse = self->voxel_coarse;
    memcpy(record->occupied_bins, self->voxel_bins, sizeof record->occupied_bins);
}

// ---- reflectors

// Between two looks at the paths [us]: nothing that stays does so for less
static const uint64_t look_us = 10000000;

static const float metres_per_ns = 0.299792458F;

// Occupied bandwidth of a link's tones
static float
bandwidth_hz(const rv_link *const link)
{
    const rv_segment *const s = link->tones->segment;
    return (float)(s->tone[s->n_tones - 1] - s->tone[0]) *
           (float)link->key.layout->spacing_hz;
}

// Share of the resolution by which paths that are told apart still pull at each other:
// the first side lobe of the band
static const float pull = 0.1F;

// Paths that are told apart from the first one and from their neighbours; a link whose
// first path is not its strongest may have lost the straight one and takes no part
static void
paths_of(const rv_link *const link, const float least_hz, rv_sighting_link *const out)
{
    const rv_cir_taps *const taps = &link->taps;
    const float              band = bandwidth_hz(link);
    out->n_paths                  = 0;
    if (band < least_hz || link->frames == 0 || taps->reason != RV_REASON_NONE ||
        taps->n_paths < 2 || taps->path[0].delay_ns != 0.0F) {
        return;
    }
    const float apart_ns = 1e9F / band;
    for (uint32_t k = 1; k < taps->n_paths && out->n_paths < RV_SIGHTING_PATHS; ++k) {
        const rv_cir_path *const path  = &taps->path[k];
        const bool               early = path->delay_ns - path[-1].delay_ns < apart_ns;
        const bool               late =
            k + 1 < taps->n_paths && path[1].delay_ns - path->delay_ns < apart_ns;
        if (!early && !late) {
            const float sigma = path->delay_sigma_ns;
            const float off   = pull * apart_ns;
            out->excess_m[out->n_paths] =
                metres_per_ns * (path->delay_ns - taps->path[0].delay_ns);
            out->sigma_m[out->n_paths++] =
                metres_per_ns * rv_sqrt_f32(sigma * sigma + off * off);
        }
    }
}

static uint32_t
look(rv_engine *const self, rv_sighting *const seen)
{
    rv_sighting_link link[RV_ROOM_MAX_LINKS];
    uint32_t         n         = 0;
    uint32_t         found     = 0;
    const float      origin[2] = {0.0F, 0.0F};
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link *const        from = &self->links.link[i];
        const rv_node_config *const node =
            rv_engine_config_node(&self->config, from->key.node);
        const float *const tx =
            rv_engine_config_tx_position(&self->config, from->key.tx);
        if (tx && node && node->has_position && n < RV_ROOM_MAX_LINKS) {
            memcpy(link[n].tx_m, tx, sizeof link[n].tx_m);
            memcpy(link[n].rx_m, node->position_m, sizeof link[n].rx_m);
            paths_of(from, self->reflectors.cfg.least_hz, &link[n]);
            n += link[n].n_paths > 0;
        }
    }
    const rv_sightings_config cfg =
        rv_sightings_config_default(origin, self->config.room_m);
    return rv_sightings_find(&cfg, link, n, seen, &found) == RV_OK ? found : 0;
}

static void
list_anchors(rv_engine *const self)
{
    rv_reflector   all[RV_REFLECTORS_MAX];
    const uint32_t n = rv_reflectors_list(&self->reflectors, all);
    self->n_anchors  = (uint16_t)(n < RV_MAX_ANCHORS ? n : RV_MAX_ANCHORS);
    for (uint16_t i = 0; i < self->n_anchors; ++i) {
        const rv_reflector *const r   = &all[i];
        rv_record_anchor *const   out = &self->record_anchor[i];
        *out                          = (rv_record_anchor){.id         = r->id,
                                                           .kind       = (rv_anchor_class)r->kind,
                                                           .sightings  = r->sightings,
                                                           .position_m = {r->position_m[0], r->position_m[1]},
                                                           .sigma_m    = r->sigma_m};
        out->drift_m_per_day =
            r->kind == RV_REFLECTOR_UNKNOWN
                ? rv_unknown(RV_REASON_TOO_SHORT)
                : rv_known(r->drift_m_per_day, r->drift_sigma_m_per_day, 1.0F);
        rv_engine_digest(self, RV_STAGE_ROOM, "anchor_m", r->id, r->position_m, 2);
    }
}

void
rv_gather_anchors(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    float            widest = 0.0F;
    if (!self->has_room) {
        record->anchors_reason = RV_REASON_NO_GEOMETRY;
        return;
    }
    for (int i = 0; i < self->links.n_links; ++i) {
        widest = rv_max_f32(widest, bandwidth_hz(&self->links.link[i]));
    }
    if (widest < self->reflectors.cfg.least_hz) {
        record->anchors_reason =
            self->links.n_links == 0 ? RV_REASON_NO_DATA : RV_REASON_BANDWIDTH;
        return;
    }
    if (self->looked_us == 0 || end_us >= self->looked_us + look_us ||
        end_us < self->looked_us) {
        rv_sighting    seen[RV_SIGHTINGS_MAX];
        const uint32_t n     = look(self, seen);
        uint32_t       taken = 0;
        self->looked_us      = end_us;
        if (rv_reflectors_push(&self->reflectors, end_us, seen, n, &taken) != RV_OK) {
            const rv_reflectors_config cfg = self->reflectors.cfg;
            (void)!rv_reflectors_init(&self->reflectors, &cfg, cfg.least_hz);
        }
        list_anchors(self);
    }
    record->n_anchors = self->n_anchors;
    record->anchors_reason =
        self->n_anchors == 0 ? RV_REASON_WARMING_UP : RV_REASON_NONE;
}

// The graph keeps what the gate lets through, once per look; an anchor is believed as
// surely as it lies within the half metre in which the graph takes two for one
void
rv_gather_remember(rv_engine *const self)
{
    const rv_record *const record = &self->record;
    if (record->t_us != self->looked_us) {
        return;
    }
    for (uint16_t i = 0; i < record->n_anchors; ++i) {
        const rv_record_anchor *const a     = &record->anchors[i];
        const float                   x     = 0.125F / (a->sigma_m * a->sigma_m);
        const rv_enu                  place = {.e = (double)a->position_m[0],
                                               .n = (double)a->position_m[1]};
        (void)!rv_world_anchor(self->world, &place, 1.0F - rv_exp_f32(-x),
                               (int64_t)(record->t_us / 1000));
    }
}

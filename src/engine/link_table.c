// SPDX-License-Identifier: MIT
#include "engine/link_table.h"

#include "base/exact.h"
#include "base/try.h"

#include <string.h>

static bool
is_same_link(const rv_link_key *const a, const rv_link_key *const b)
{
    return a->tx == b->tx && a->layout == b->layout && a->freq_mhz == b->freq_mhz &&
           a->node == b->node && a->n_rx == b->n_rx && a->n_tx == b->n_tx;
}

static rv_status
take_cir(rv_tone_set *const set, const rv_engine_config *const config,
         rv_arena *const pool, const uint32_t spacing_hz)
{
    const rv_cir_layout layout = {.tone       = set->segment->tone,
                                  .n_tones    = set->segment->n_tones,
                                  .spacing_hz = spacing_hz,
                                  .cpu_mask   = config->cpu_mask};
    size_t              n      = 0;
    RV_TRY(rv_cir_plan_size(&layout, &n));
    void *const plan_memory = rv_arena_take(pool, 1, n);
    if (!plan_memory) {
        return RV_ERR_FULL;
    }
    RV_TRY(rv_cir_plan_init(&set->plan, &layout, plan_memory, n));
    rv_cir_config cir;
    rv_cir_config_default(&cir);
    cir.cpu_mask = config->cpu_mask;
    RV_TRY(rv_cir_solver_size(&set->plan, &cir, &n));
    for (int w = 0; w < config->n_workers; ++w) {
        void *const solver_memory = rv_arena_take(pool, 1, n);
        if (!solver_memory) {
            return RV_ERR_FULL;
        }
        RV_TRY(rv_cir_solver_init(&set->solver[w], &set->plan, &cir, solver_memory, n));
    }
    return RV_OK;
}

// Links of the same tone list share plans; segments lie in the constant table, so their
// address says which list it is
static rv_tone_set *
find_tone_set(rv_link_table *const self, const rv_layout *const layout)
{
    const rv_segment *const segment = &layout->segment[layout->primary];
    for (int i = 0; i < self->n_tone_sets; ++i) {
        if (self->tone_set[i].segment->tone == segment->tone &&
            self->tone_set[i].segment->n_tones == segment->n_tones) {
            return &self->tone_set[i];
        }
    }
    if (self->n_tone_sets == RV_MAX_TONE_SETS) {
        return NULL;
    }
    rv_tone_set *const set = &self->tone_set[self->n_tone_sets];
    set->segment           = segment;
    if (rv_resample_plan_init(&set->resample, segment->tone, segment->n_tones,
                              layout->spacing_hz) != RV_OK) {
        return NULL;
    }
    // A plan for odd tone lists may not exist; such links go without delay profile
    const rv_arena before = self->pool;
    set->has_cir =
        take_cir(set, self->config, &self->pool, layout->spacing_hz) == RV_OK;
    if (!set->has_cir) {
        self->pool = before;
    }
    ++self->n_tone_sets;
    return set;
}

static rv_status
take_ring(rv_link *const link, rv_arena *const pool, const uint32_t wanted,
          const uint32_t n_streams, const uint32_t n_tones)
{
    const size_t sample_bytes = sizeof(float) * 2 * n_streams * n_tones;
    size_t       depth        = RV_LINK_RING_BYTES / sample_bytes;
    depth                     = depth > wanted ? wanted : depth;
    depth                     = depth < RV_LINK_RING_MIN ? RV_LINK_RING_MIN : depth;
    link->slot                = rv_arena_take(pool, depth, sizeof(rv_csi));
    const size_t n            = (size_t)n_streams * n_tones;
    for (size_t i = 0; i < depth; ++i) {
        float *const re = rv_arena_take(pool, n, sizeof(float));
        float *const im = rv_arena_take(pool, n, sizeof(float));
        if (!link->slot || !re || !im) {
            return RV_ERR_FULL;
        }
        memset(&link->slot[i], 0, sizeof link->slot[i]);
        link->slot[i].re = re;
        link->slot[i].im = im;
    }
    link->ring = (rv_ring){.capacity = (uint32_t)depth};
    return RV_OK;
}

// Memory for one stage, sized and laid out by the stage itself
#define TAKE_STAGE(type, field, config)                                                \
    do {                                                                               \
        size_t n_bytes = 0;                                                            \
        RV_TRY(rv_##type##_size(&(config), &n_bytes));                                 \
        void *const memory = rv_arena_take(pool, 1, n_bytes);                          \
        if (!memory) {                                                                 \
            return RV_ERR_FULL;                                                        \
        }                                                                              \
        RV_TRY(rv_##type##_init(&link->field, &(config), memory, n_bytes));            \
    } while (0)

static rv_status
take_stages(rv_link *const link, rv_arena *const pool)
{
    const uint16_t n_tones   = link->tones->segment->n_tones;
    const uint16_t n_streams = (uint16_t)(link->key.n_rx * link->key.n_tx);

    const rv_normalise_config normalise =
        rv_normalise_config_default(link->key.layout, link->key.n_rx, link->key.n_tx);
    TAKE_STAGE(normalise, normalise, normalise);
    const rv_sanitise_config sanitise = rv_sanitise_config_default(n_tones, n_streams);
    TAKE_STAGE(sanitise, sanitise, sanitise);
    rv_calibrate_config calibrate = rv_calibrate_config_default(n_tones, n_streams);
    calibrate.link                = (rv_calibrate_link){.tx       = link->key.tx,
                                                        .freq_mhz = link->key.freq_mhz,
                                                        .layout   = link->key.layout->id,
                                                        .node     = link->key.node};
    TAKE_STAGE(calibrate, calibrate, calibrate);
    const rv_align_config align = rv_align_config_default(n_tones);
    TAKE_STAGE(align, align, align);
    const rv_coherence_config coherence =
        rv_coherence_config_default(n_tones, n_streams);
    TAKE_STAGE(coherence, coherence, coherence);
    const rv_link_level_config level = rv_link_level_config_default(n_tones);
    TAKE_STAGE(link_level, level, level);

    link->field_stride = (n_tones + RV_LINK_FIELD_TONES - 1U) / RV_LINK_FIELD_TONES;
    rv_field_model_config field = rv_field_model_config_default(
        (n_tones + link->field_stride - 1U) / link->field_stride);
    field.min_frames = 4 * field.n_tones;
    field.window     = 20; // About a second
    TAKE_STAGE(field_model, field, field);

    const rv_motion_config motion = rv_motion_config_default();
    RV_TRY(rv_motion_init(&link->motion, &motion, NULL, 0));
    rv_breathing_config breathing = rv_breathing_config_default();
    breathing.turn                = link->id;
    RV_TRY(rv_breathing_init(&link->breathing, &breathing));
    rv_heart_config heart = rv_heart_config_default();
    heart.turn            = link->id;
    RV_TRY(rv_heart_init(&link->heart, &heart));
    const rv_gate_config gate = rv_gate_config_default();
    rv_gate_init(&link->gate, &gate);
    link->amplitude = rv_arena_take(pool, n_tones, sizeof(float));
    link->spiky     = rv_arena_take(pool, (size_t)n_tones * n_streams, 1);
    link->sampler   = rv_arena_take(pool, 1, sizeof *link->sampler);
    link->seen      = rv_arena_take(pool, 1, sizeof *link->seen);
    if (!link->amplitude || !link->spiky || !link->sampler || !link->seen) {
        return RV_ERR_FULL;
    }
    memset(link->spiky, 0, (size_t)n_tones * n_streams);
    rv_sampler_init(link->sampler);
    memset(link->seen, 0, sizeof *link->seen);
    return RV_OK;
}

static rv_reason
make_link(rv_link_table *const self, const rv_link_key *const key, rv_link **const out)
{
    if (self->n_links == self->config->max_links) {
        return RV_REASON_TABLE_FULL;
    }
    rv_tone_set *const tones = find_tone_set(self, key->layout);
    if (!tones) {
        return RV_REASON_UNKNOWN_LAYOUT;
    }
    rv_link *const link = &self->link[self->n_links];
    memset(link, 0, sizeof *link);
    link->key             = *key;
    link->id              = self->n_links;
    link->tones           = tones;
    link->rssi_dbm        = RV_DBM_UNKNOWN;
    const rv_arena before = self->pool;
    rv_status      status =
        take_ring(link, &self->pool, self->config->ring_frames,
                  (uint32_t)key->n_rx * key->n_tx, tones->segment->n_tones);
    if (status == RV_OK) {
        status = take_stages(link, &self->pool);
    }
    if (status != RV_OK) {
        self->pool = before;
        return status == RV_ERR_FULL ? RV_REASON_TABLE_FULL : RV_REASON_UNKNOWN_LAYOUT;
    }
    ++self->n_links;
    *out = link;
    return RV_REASON_NONE;
}

rv_reason
rv_link_table_find(rv_link_table *const self, const rv_frame *const frame,
                   rv_link **const link)
{
    const rv_link_key key = {.tx       = frame->tx,
                             .layout   = frame->layout,
                             .freq_mhz = frame->freq_mhz,
                             .node     = frame->node,
                             .n_rx     = frame->n_rx,
                             .n_tx     = frame->n_tx};
    for (int i = 0; i < self->n_links; ++i) {
        if (is_same_link(&self->link[i].key, &key)) {
            *link = &self->link[i];
            return RV_REASON_NONE;
        }
    }
    return make_link(self, &key, link);
}

rv_csi *
rv_link_next_slot(rv_link *const link)
{
    return &link->slot[link->ring.next];
}

void
rv_link_note_frame(rv_link *const link, const uint64_t t_us)
{
    rv_ring_push(&link->ring);
    if (link->has_frame && t_us > link->newest_us) {
        const uint64_t gap           = t_us - link->newest_us;
        link->gap_us[link->next_gap] = gap < UINT32_MAX ? (uint32_t)gap : UINT32_MAX;
        link->next_gap               = (link->next_gap + 1) % RV_LINK_GAPS;
        link->n_gaps += (link->n_gaps < RV_LINK_GAPS);
    }
    if (!link->has_frame || t_us > link->newest_us) {
        link->newest_us = t_us;
    }
    link->has_frame = true;
    ++link->frames;
}

uint32_t
rv_link_interval_us(const rv_link *const link)
{
    uint32_t sorted[RV_LINK_GAPS];
    for (uint32_t i = 0; i < link->n_gaps; ++i) {
        uint32_t k = i;
        for (; k > 0 && sorted[k - 1] > link->gap_us[i]; --k) {
            sorted[k] = sorted[k - 1];
        }
        sorted[k] = link->gap_us[i];
    }
    return link->n_gaps > 0 ? sorted[link->n_gaps / 2] : 0;
}

bool
rv_link_is_stale(const rv_link *const link, const uint64_t now_us,
                 const uint32_t period_us)
{
    if (!link->has_frame) {
        return true;
    }
    const uint64_t limit = 3 * (uint64_t)rv_link_interval_us(link);
    const uint64_t age   = now_us > link->newest_us ? now_us - link->newest_us : 0;
    return age > (limit > period_us ? limit : period_us);
}

const rv_csi *
rv_link_newest(const rv_link *const link)
{
    return link->ring.count > 0 ? &link->slot[rv_ring_slot(&link->ring, 0)] : NULL;
}

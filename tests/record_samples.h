// SPDX-License-Identifier: MIT
// A record with everything in it, for the tests of trust, publish and world.
#ifndef RV_TESTS_RECORD_SAMPLES_H
#define RV_TESTS_RECORD_SAMPLES_H

#include <ruview/trust/record.h>

#include <stdlib.h>
#include <string.h>

enum { SAMPLE_NODES = 4, SAMPLE_LINKS = 12, SAMPLE_TONES = 52, SAMPLE_CELLS = 20 * 16 };

typedef struct {
    rv_record        record;
    rv_record_node   nodes[SAMPLE_NODES];
    rv_record_link   links[SAMPLE_LINKS];
    rv_record_person persons[2];
    rv_record_event  events[RV_EVENT_COUNT];
    float            amplitude[SAMPLE_LINKS][SAMPLE_TONES];
    float            map[SAMPLE_CELLS];
    float            map_sigma[SAMPLE_CELLS];
    uint8_t          occupied[SAMPLE_CELLS];
    uint8_t          coarse[SAMPLE_CELLS];
    rv_record_anchor anchors[2];
} sample;

static inline float
sample_number(uint32_t *const state)
{
    *state = *state * 1664525U + 1013904223U;
    return (float)(*state >> 8) / 16777216.0F * 20.0F - 5.0F;
}

static inline void
sample_link(rv_record_link *const link, const unsigned i, uint32_t *const seed)
{
    link->link            = (uint16_t)i;
    link->node            = (uint8_t)(i % SAMPLE_NODES + 1);
    link->tx              = i % 3 ? UINT64_C(0xA1B2C3D4E5F60700) + i : 0;
    link->freq_mhz        = 2437;
    link->layout          = 1;
    link->frames          = 1 + i;
    link->rate_hz         = rv_known(19.5F + sample_number(seed), 0.2F, 0.9F);
    link->age_ms          = rv_known(12.25F, 0.5F, 1.0F);
    link->weight          = 1.0F / SAMPLE_LINKS;
    link->coherence       = rv_known(0.71F, 0.05F, 0.8F);
    link->calibrated      = true;
    link->deviation       = rv_known(sample_number(seed), 1.0F, 0.7F);
    link->motion          = rv_known(sample_number(seed), 1.0F, 0.7F);
    link->field           = rv_known(1.7F, 0.2F, 1.0F);
    link->level_db        = rv_known(-0.4F, 0.1F, 1.0F);
    link->changed         = i == 3;
    link->delay_spread_ns = rv_known(31.0F, 4.0F, 0.6F);
    link->dominant_ratio  = rv_known(0.61F, 0.02F, 0.6F);
    link->echo_ratio      = rv_known(0.002F, 0.0001F, 0.9F);
    link->bands           = 2;
    link->band_coherence  = rv_known(0.9F, 0.02F, 0.7F);
    link->band_match      = rv_unknown(RV_REASON_LOW_QUALITY);
    link->sto_ns          = rv_unknown(RV_REASON_PHASE_GARBAGE);
    link->cir_iterations  = 7;
    link->cir_gap         = 1e-5F;
    link->n_taps          = 8;
    for (unsigned k = 0; k < link->n_taps; ++k) {
        link->tap_delay_ns[k] = 25.0F * (float)k - 12.5F;
        link->tap_power_db[k] = -3.17F * (float)k;
    }
    link->n_tones = SAMPLE_TONES;
}

static inline void
sample_person(rv_record_person *const person, const unsigned i)
{
    person->id         = 3 + i;
    person->state      = RV_TRACK_ACTIVE;
    person->confidence = 0.82F;
    person->zone       = (int16_t)(i == 0 ? 2 : -1);
    for (unsigned k = 0; k < 3; ++k) {
        person->position_m[k]    = 1.5F + (float)k;
        person->covariance_m2[k] = 0.04F;
    }
    person->identity_reason = i == 0 ? RV_REASON_NONE : RV_REASON_WARMING_UP;
    person->identity        = i == 0 ? 1 : 0;
    person->identity_cosine = i == 0 ? 0.9F : 0.0F;
    person->identity_margin = i == 0 ? 0.5F : 0.0F;
    person->keypoint_reason = i == 0 ? RV_REASON_NONE : RV_REASON_NO_MODEL;
    for (unsigned k = 0; k < RV_N_KEYPOINTS && i == 0; ++k) {
        person->keypoint_m[k][0]    = 1.5F + 0.1F * (float)k;
        person->keypoint_m[k][1]    = 2.5F - 0.05F * (float)k;
        person->keypoint_m[k][2]    = 1.7F - 0.1F * (float)k;
        person->keypoint_sigma_m[k] = 0.1F;
    }
}

static inline void
sample_room(sample *const s, uint32_t *const seed)
{
    rv_record *const r  = &s->record;
    r->n_zones          = 3;
    r->zone_occupied[0] = RV_YES;
    r->zone_occupied[1] = RV_NO;
    r->zone_occupied[2] = RV_UNKNOWN;
    r->map_nx           = 20;
    r->map_ny           = 16;
    r->map_nz           = 1;
    for (unsigned k = 0; k < 3; ++k) {
        r->map_origin_m[k] = 0.125F;
        r->map_step_m[k]   = 0.25F;
    }
    for (unsigned i = 0; i < SAMPLE_CELLS; ++i) {
        s->map[i]       = sample_number(seed) * 0.3F;
        s->map_sigma[i] = 0.5F;
    }
    r->map       = s->map;
    r->map_sigma = s->map_sigma;
    for (unsigned i = 0; i < SAMPLE_CELLS; ++i) {
        s->occupied[i] = (uint8_t)(i % 101);
        s->coarse[i]   = (uint8_t)(i % 101 < 17   ? 0
                                   : i % 101 < 50 ? 33
                                   : i % 101 < 83 ? 67
                                                  : 100);
    }
    for (unsigned k = 0; k < RV_RECORD_BINS; ++k) {
        r->occupied_bins[k] = (uint8_t)(12 + k % 2);
    }
    r->occupied_levels = RV_OCCUPIED_FULL;
    r->occupied        = s->occupied;
    r->occupied_coarse = s->coarse;
    for (unsigned i = 0; i < 2; ++i) {
        s->anchors[i] =
            (rv_record_anchor){.id         = 1 + i,
                               .kind       = i ? RV_ANCHOR_MOBILE : RV_ANCHOR_WALL,
                               .sightings  = 21,
                               .position_m = {1.0F, 2.5F},
                               .sigma_m    = 0.1F};
        s->anchors[i].drift_m_per_day = rv_known(0.01F, 0.002F, 1.0F);
    }
    r->n_anchors = 2;
    r->anchors   = s->anchors;
}

static inline void
sample_head(rv_record *const r)
{
    r->cycle            = 4211;
    r->t_us             = UINT64_C(1760000000123456);
    r->live             = true;
    r->privacy_class    = RV_CLASS_RAW;
    r->privacy_mode     = RV_MODE_RAW_RESEARCH;
    r->presence         = RV_YES;
    r->presence_quality = 0.93F;
    r->motion           = rv_known(0.37F, 0.04F, 0.8F);
    r->moving           = RV_YES;
    r->occupancy        = rv_known(2.0F, 0.3F, 0.7F);
    r->breathing_bpm    = rv_known(14.2F, 0.4F, 0.83F);
    r->heart_bpm        = rv_unknown(RV_REASON_MOVING);
    r->coherence        = rv_known(0.74F, 0.03F, 0.9F);
    r->quality          = 0.68F;
    r->flags            = RV_FLAG_LOSS | RV_FLAG_CHANGE_POINT;
    r->calibration      = UINT64_C(0x0123456789ABCDEF);
    r->variance         = rv_known(3.2F, 0.1F, 1.0F);
    r->rssi_dbm         = rv_known(-55.0F, 1.5F, 1.0F);
    r->shared_change    = rv_known(0.3F, 0.1F, 0.8F);
    r->geometry         = rv_known(0.9F, 0.08F, 1.0F);
    r->falls_reason     = RV_REASON_RATE_TOO_LOW;
    memset(r->input_digest, 0xA5, sizeof r->input_digest);
    memset(r->witness, 0x5A, sizeof r->witness);
}

static inline void
sample_fill(sample *const s)
{
    uint32_t seed = 42;
    memset(s, 0, sizeof *s);
    sample_head(&s->record);
    sample_room(s, &seed);
    for (unsigned i = 0; i < SAMPLE_NODES; ++i) {
        s->nodes[i].node            = (uint8_t)(i + 1);
        s->nodes[i].present         = i != 3;
        s->nodes[i].reason          = i != 3 ? RV_REASON_NONE : RV_REASON_NO_DATA;
        s->nodes[i].rate_hz         = rv_known(21.9F, 0.3F, 1.0F);
        s->nodes[i].loss            = rv_known(0.01F, 0.002F, 1.0F);
        s->nodes[i].clock_offset_us = rv_known(-1234.5F, 20.0F, 0.7F);
        s->nodes[i].clock_drift_ppm = rv_unknown(RV_REASON_WARMING_UP);
        s->nodes[i].jitter_us       = rv_known(150.0F, 10.0F, 0.9F);
        s->nodes[i].rssi_dbm        = rv_known(-50.0F - (float)i, 1.0F, 1.0F);
        s->nodes[i].has_position    = i % 2 == 0;
        s->nodes[i].position_m[2]   = i % 2 == 0 ? 1.5F : 0.0F;
    }
    for (unsigned i = 0; i < SAMPLE_LINKS; ++i) {
        sample_link(&s->links[i], i, &seed);
        for (unsigned k = 0; k < SAMPLE_TONES; ++k) {
            s->amplitude[i][k] = sample_number(&seed) + 5.0F;
        }
        s->links[i].amplitude = s->amplitude[i];
    }
    for (unsigned i = 0; i < 2; ++i) {
        sample_person(&s->persons[i], i);
    }
    for (unsigned i = 0; i < RV_EVENT_COUNT; ++i) {
        s->events[i] = (rv_record_event){.kind       = (rv_event_kind)i,
                                         .t_us       = s->record.t_us + i,
                                         .subject    = 100 + i,
                                         .confidence = 0.5F,
                                         .position_m = {1.5F, 2.0F},
                                         .sigma_m    = 0.4F};
    }
    s->record.n_nodes   = SAMPLE_NODES;
    s->record.n_links   = SAMPLE_LINKS;
    s->record.n_persons = 2;
    s->record.n_events  = RV_EVENT_COUNT;
    s->record.nodes     = s->nodes;
    s->record.links     = s->links;
    s->record.persons   = s->persons;
    s->record.events    = s->events;
}

#endif // RV_TESTS_RECORD_SAMPLES_H

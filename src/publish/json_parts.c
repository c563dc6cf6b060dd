// SPDX-License-Identifier: MIT
#include "publish/json_parts.h"

#include "base/exact.h"

#include <ruview/trust/names.h>

void
rv_json_tristate(rv_json *const j, const rv_tristate value)
{
    if (value == RV_UNKNOWN) {
        rv_json_null(j);
    } else {
        rv_json_bool(j, value == RV_YES);
    }
}

void
rv_json_answer(rv_json *const j, const rv_tristate value, const float quality,
               const rv_reason reason)
{
    rv_json_open(j, '{');
    rv_json_key(j, "value");
    rv_json_tristate(j, value);
    rv_json_key(j, "quality");
    rv_json_f32(j, value == RV_UNKNOWN ? 0.0F : quality);
    rv_json_member_reason(j, "reason", value == RV_UNKNOWN ? reason : RV_REASON_NONE);
    rv_json_close(j, '}');
}

void
rv_json_estimate(rv_json *const j, const rv_estimate e)
{
    static const char unknown[] =
        "{\"value\":null,\"sigma\":null,\"quality\":0,\"reason\":";
    if (!rv_is_known(e)) {
        rv_json_open(j, unknown[0]);
        rv_json_raw(j, unknown + 1, sizeof unknown - 2);
        rv_json_name(j, rv_reason_name(e.reason));
        rv_json_close(j, '}');
        return;
    }
    rv_json_open(j, '{');
    rv_json_key(j, "value");
    rv_json_f32(j, e.value);
    rv_json_key(j, "sigma");
    rv_json_f32(j, e.sigma);
    rv_json_key(j, "quality");
    rv_json_f32(j, e.quality);
    rv_json_raw(j, ",\"reason\":\"none\"", 16);
    rv_json_close(j, '}');
}

void
rv_json_vector(rv_json *const j, const float v[3])
{
    rv_json_open(j, '[');
    rv_json_f32(j, v[0]);
    rv_json_f32(j, v[1]);
    rv_json_f32(j, v[2]);
    rv_json_close(j, ']');
}

/// The first fresh link of a node, or its first one, or NULL
static const rv_record_link *
find_link(const rv_record *const r, const uint8_t node)
{
    const rv_record_link *best = NULL;
    for (uint16_t i = 0; i < r->n_links; ++i) {
        const rv_record_link *const link = &r->links[i];
        if (link->node == node && (!best || (best->stale && !link->stale))) {
            best = link;
        }
    }
    return best;
}

static void
put_node(rv_json *const j, const rv_record *const r, const rv_record_node *const node)
{
    const rv_record_link *const link = find_link(r, node->node);
    const size_t                n    = link ? link->n_tones : 0;
    rv_json_open(j, '{');
    rv_json_key(j, "node_id");
    rv_json_u64(j, node->node);
    rv_json_key(j, "present");
    rv_json_bool(j, node->present);
    rv_json_member_reason(j, "reason", node->reason);
    rv_json_member_estimate(j, "rate_hz", node->rate_hz);
    rv_json_member_estimate(j, "loss", node->loss);
    rv_json_member_estimate(j, "clock_offset_us", node->clock_offset_us);
    rv_json_member_estimate(j, "clock_drift_ppm", node->clock_drift_ppm);
    rv_json_member_estimate(j, "jitter_us", node->jitter_us);
    rv_json_key(j, "array_weight");
    rv_json_f32(j, node->array_weight);
    rv_json_member_reason(j, "array_reason", node->array_reason);
    rv_json_member_estimate(j, "rssi", node->rssi_dbm);
    rv_json_key(j, "rssi_dbm");
    if (rv_is_known(node->rssi_dbm)) {
        rv_json_f32(j, node->rssi_dbm.value);
    } else {
        rv_json_null(j);
    }
    rv_json_key(j, "position");
    if (node->has_position) {
        rv_json_vector(j, node->position_m);
    } else {
        rv_json_null(j);
    }
    rv_json_key(j, "amplitude");
    rv_json_fixed_array(j, link ? link->amplitude : NULL, n > 56 ? 56 : n, 2);
    rv_json_key(j, "subcarrier_count");
    rv_json_u64(j, n);
    rv_json_close(j, '}');
}

void
rv_json_nodes(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "nodes");
    rv_json_open(j, '[');
    for (uint16_t i = 0; i < r->n_nodes; ++i) {
        put_node(j, r, &r->nodes[i]);
    }
    rv_json_close(j, ']');
}

static void
put_link_head(rv_json *const j, const rv_record_link *const link)
{
    rv_json_key(j, "link");
    rv_json_u64(j, link->link);
    rv_json_key(j, "node_id");
    rv_json_u64(j, link->node);
    rv_json_key(j, "tx");
    if (link->tx) {
        rv_json_hex(j, link->tx);
    } else {
        rv_json_null(j);
    }
    rv_json_key(j, "freq_mhz");
    if (link->freq_mhz) {
        rv_json_u64(j, link->freq_mhz);
    } else {
        rv_json_null(j);
    }
    rv_json_key(j, "layout");
    rv_json_u64(j, link->layout);
    rv_json_key(j, "stale");
    rv_json_bool(j, link->stale);
    rv_json_key(j, "frames");
    rv_json_u64(j, link->frames);
}

static void
put_cir(rv_json *const j, const rv_record_link *const link)
{
    rv_json_key(j, "cir");
    rv_json_open(j, '{');
    rv_json_key(j, "delay_ns");
    rv_json_fixed_array(j, link->tap_delay_ns, link->n_taps, 1);
    rv_json_key(j, "power_db");
    rv_json_fixed_array(j, link->tap_power_db, link->n_taps, 1);
    rv_json_key(j, "iterations");
    rv_json_u64(j, link->cir_iterations);
    rv_json_key(j, "gap");
    rv_json_f32(j, link->cir_gap);
    rv_json_member_reason(j, "reason", link->cir_reason);
    rv_json_close(j, '}');
}

static void
put_link(rv_json *const j, const rv_record_link *const link)
{
    rv_json_open(j, '{');
    put_link_head(j, link);
    rv_json_member_estimate(j, "rate_hz", link->rate_hz);
    rv_json_member_estimate(j, "age_ms", link->age_ms);
    rv_json_key(j, "weight");
    rv_json_f32(j, link->weight);
    rv_json_member_estimate(j, "coherence", link->coherence);
    rv_json_key(j, "gate");
    rv_json_name(j, rv_gate_name(link->gate));
    rv_json_member_reason(j, "gate_reason", link->gate_reason);
    rv_json_key(j, "calibrated");
    rv_json_bool(j, link->calibrated);
    rv_json_member_estimate(j, "deviation", link->deviation);
    rv_json_member_estimate(j, "motion", link->motion);
    rv_json_member_estimate(j, "field", link->field);
    rv_json_member_estimate(j, "level_db", link->level_db);
    rv_json_key(j, "changed");
    rv_json_bool(j, link->changed);
    rv_json_member_estimate(j, "delay_spread_ns", link->delay_spread_ns);
    rv_json_member_estimate(j, "dominant_ratio", link->dominant_ratio);
    rv_json_member_estimate(j, "sto_ns", link->sto_ns);
    rv_json_member_estimate(j, "echo_ratio", link->echo_ratio);
    rv_json_key(j, "bands");
    rv_json_u64(j, link->bands);
    rv_json_member_estimate(j, "band_coherence", link->band_coherence);
    rv_json_member_estimate(j, "band_match", link->band_match);
    put_cir(j, link);
    rv_json_key(j, "amplitude");
    rv_json_fixed_array(j, link->amplitude, link->n_tones, 2);
    rv_json_member_reason(j, "amplitude_reason", link->amplitude_reason);
    rv_json_close(j, '}');
}

void
rv_json_links(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "links");
    rv_json_open(j, '[');
    for (uint16_t i = 0; i < r->n_links; ++i) {
        put_link(j, &r->links[i]);
    }
    rv_json_close(j, ']');
}

static float
keypoint_confidence(const float sigma_m)
{
    const float c = 1.0F - sigma_m / 0.5F;
    return c > 0.0F ? (c < 1.0F ? c : 1.0F) : 0.0F;
}

static void
put_keypoints(rv_json *const j, const rv_record_person *const p)
{
    rv_json_key(j, "keypoints");
    rv_json_open(j, '[');
    for (unsigned i = 0; i < RV_N_KEYPOINTS && p->keypoint_reason == RV_REASON_NONE;
         ++i) {
        rv_json_open(j, '{');
        rv_json_key(j, "name");
        rv_json_name(j, rv_keypoint_name(i));
        rv_json_key(j, "x");
        rv_json_fixed(j, p->keypoint_m[i][0], 3);
        rv_json_key(j, "y");
        rv_json_fixed(j, p->keypoint_m[i][1], 3);
        rv_json_key(j, "z");
        rv_json_fixed(j, p->keypoint_m[i][2], 3);
        rv_json_key(j, "sigma_m");
        rv_json_fixed(j, p->keypoint_sigma_m[i], 3);
        rv_json_key(j, "confidence");
        rv_json_fixed(j, keypoint_confidence(p->keypoint_sigma_m[i]), 3);
        rv_json_close(j, '}');
    }
    rv_json_close(j, ']');
    rv_json_member_reason(j, "keypoints_reason", p->keypoint_reason);
    if (p->keypoint_reason == RV_REASON_NONE) { // no other model is loaded
        rv_json_key(j, "keypoints_trained_on");
        rv_json_name(j, "simulation");
    }
}

/// The box around the keypoints on the floor
static void
put_bbox(rv_json *const j, const rv_record_person *const p)
{
    rv_json_key(j, "bbox");
    if (p->keypoint_reason != RV_REASON_NONE) {
        rv_json_null(j);
        return;
    }
    float low[2]  = {p->keypoint_m[0][0], p->keypoint_m[0][1]};
    float high[2] = {low[0], low[1]};
    for (unsigned i = 1; i < RV_N_KEYPOINTS; ++i) {
        for (unsigned k = 0; k < 2; ++k) {
            const float v = p->keypoint_m[i][k];
            low[k]        = v < low[k] ? v : low[k];
            high[k]       = v > high[k] ? v : high[k];
        }
    }
    rv_json_open(j, '{');
    rv_json_key(j, "x");
    rv_json_fixed(j, low[0], 3);
    rv_json_key(j, "y");
    rv_json_fixed(j, low[1], 3);
    rv_json_key(j, "width");
    rv_json_fixed(j, high[0] - low[0], 3);
    rv_json_key(j, "height");
    rv_json_fixed(j, high[1] - low[1], 3);
    rv_json_close(j, '}');
}

static void
put_zone(rv_json *const j, const int16_t zone)
{
    char text[] = "zone_00";
    rv_json_key(j, "zone");
    if (zone < 0 || zone >= RV_MAX_ZONES) {
        rv_json_null(j);
        return;
    }
    const unsigned tens = (unsigned)zone / 10;
    text[5]             = (char)('0' + (tens ? tens : (unsigned)zone));
    text[6]             = tens ? (char)('0' + (unsigned)zone % 10) : '\0';
    rv_json_name(j, text);
}

static void
put_person(rv_json *const j, const rv_record_person *const p)
{
    rv_json_open(j, '{');
    rv_json_key(j, "id");
    rv_json_u64(j, p->id);
    rv_json_key(j, "state");
    rv_json_name(j, rv_track_state_name(p->state));
    rv_json_key(j, "confidence");
    rv_json_f32(j, p->confidence);
    rv_json_key(j, "position");
    rv_json_vector(j, p->position_m);
    rv_json_key(j, "velocity_mps");
    rv_json_vector(j, p->velocity_mps);
    rv_json_key(j, "covariance_m2");
    rv_json_vector(j, p->covariance_m2);
    rv_json_member_estimate(j, "gdop", p->gdop);
    rv_json_key(j, "ambiguous");
    rv_json_bool(j, p->ambiguous);
    put_zone(j, p->zone);
    rv_json_key(j, "identity");
    if (p->identity_reason == RV_REASON_NONE) {
        rv_json_u64(j, p->identity);
    } else {
        rv_json_null(j);
    }
    rv_json_member_reason(j, "identity_reason", p->identity_reason);
    rv_json_key(j, "identity_cosine");
    rv_json_fixed(j, p->identity_cosine, 3);
    rv_json_key(j, "identity_margin");
    rv_json_fixed(j, p->identity_margin, 3);
    put_keypoints(j, p);
    put_bbox(j, p);
    rv_json_key(j, "motion_score");
    rv_json_null(j);
    rv_json_close(j, '}');
}

void
rv_json_persons(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "persons");
    rv_json_open(j, '[');
    for (uint16_t i = 0; i < r->n_persons; ++i) {
        put_person(j, &r->persons[i]);
    }
    rv_json_close(j, ']');
    rv_json_member_reason(j, "persons_reason", r->persons_reason);
}

/// A place on the floor with its uncertainty, or null and why
static void
put_place(rv_json *const j, const float position_m[2], const float sigma_m,
          const rv_reason reason)
{
    rv_json_key(j, "position");
    if (reason == RV_REASON_NONE) {
        rv_json_open(j, '[');
        rv_json_f32(j, position_m[0]);
        rv_json_f32(j, position_m[1]);
        rv_json_close(j, ']');
    } else {
        rv_json_null(j);
    }
    rv_json_key(j, "sigma_m");
    if (reason == RV_REASON_NONE) {
        rv_json_f32(j, sigma_m);
    } else {
        rv_json_null(j);
    }
    rv_json_member_reason(j, "position_reason", reason);
}

/// The map's change in 0..1, for clients that know nothing else
static void
put_signal_field(rv_json *const j, const rv_record *const r, const bool has_map)
{
    const size_t n = has_map ? (size_t)r->map_nx * r->map_ny * r->map_nz : 0;
    rv_json_key(j, "signal_field");
    rv_json_open(j, '{');
    rv_json_key(j, "grid_size");
    rv_json_open(j, '[');
    rv_json_u64(j, has_map ? r->map_nx : 0);
    rv_json_u64(j, has_map ? r->map_nz : 0);
    rv_json_u64(j, has_map ? r->map_ny : 0);
    rv_json_close(j, ']');
    rv_json_key(j, "values");
    rv_json_open(j, '[');
    for (size_t i = 0; i < n; ++i) {
        const float v = r->map[i] / 6.0F;
        rv_json_fixed(j, v > 0.0F ? (v < 1.0F ? v : 1.0F) : 0.0F, 2);
    }
    rv_json_close(j, ']');
    rv_json_close(j, '}');
}

/// Occupancy gathered over time, on the grid of the map [%]
static void
put_occupied(rv_json *const j, const rv_record *const r, const size_t n)
{
    rv_json_key(j, "occupied");
    rv_json_open(j, '{');
    rv_json_key(j, "levels");
    rv_json_u64(j, r->occupied_levels);
    rv_json_key(j, "percent");
    rv_json_open(j, '[');
    for (size_t i = 0; i < n && r->occupied_levels; ++i) {
        rv_json_u64(j, r->occupied[i]);
    }
    rv_json_close(j, ']');
    rv_json_key(j, "bins_percent");
    rv_json_open(j, '[');
    for (int k = 0; k < RV_RECORD_BINS && r->occupied_reason == RV_REASON_NONE; ++k) {
        rv_json_u64(j, r->occupied_bins[k]);
    }
    rv_json_close(j, ']');
    rv_json_member_reason(j, "reason", r->occupied_reason);
    rv_json_close(j, '}');
}

static void
put_anchors(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "anchors");
    rv_json_open(j, '[');
    for (uint16_t i = 0; i < r->n_anchors; ++i) {
        const rv_record_anchor *const a = &r->anchors[i];
        rv_json_open(j, '{');
        rv_json_key(j, "id");
        rv_json_u64(j, a->id);
        rv_json_key(j, "kind");
        rv_json_name(j, rv_anchor_name(a->kind));
        rv_json_key(j, "sightings");
        rv_json_u64(j, a->sightings);
        put_place(j, a->position_m, a->sigma_m, RV_REASON_NONE);
        rv_json_member_estimate(j, "drift_m_per_day", a->drift_m_per_day);
        rv_json_close(j, '}');
    }
    rv_json_close(j, ']');
    rv_json_member_reason(j, "anchors_reason", r->anchors_reason);
}

void
rv_json_map(rv_json *const j, const rv_record *const r)
{
    const bool   has_map = r->map_reason == RV_REASON_NONE && r->map;
    const size_t n       = has_map ? (size_t)r->map_nx * r->map_ny * r->map_nz : 0;
    rv_json_key(j, "map");
    rv_json_open(j, '{');
    rv_json_key(j, "nx");
    rv_json_u64(j, has_map ? r->map_nx : 0);
    rv_json_key(j, "ny");
    rv_json_u64(j, has_map ? r->map_ny : 0);
    rv_json_key(j, "nz");
    rv_json_u64(j, has_map ? r->map_nz : 0);
    rv_json_key(j, "origin_m");
    rv_json_vector(j, r->map_origin_m);
    rv_json_key(j, "step_m");
    rv_json_vector(j, r->map_step_m);
    rv_json_key(j, "change_db");
    rv_json_fixed_array(j, r->map, n, 2);
    rv_json_key(j, "sigma_db");
    rv_json_fixed_array(j, r->map_sigma, r->map_sigma ? n : 0, 2);
    rv_json_member_reason(j, "reason", r->map_reason);
    rv_json_close(j, '}');
    put_occupied(j, r, n);
    put_anchors(j, r);
    put_signal_field(j, r, has_map);
}

void
rv_json_event_members(rv_json *const j, const rv_record_event *const event)
{
    rv_json_key(j, "kind");
    rv_json_name(j, rv_event_name(event->kind));
    rv_json_key(j, "t_us");
    rv_json_u64(j, event->t_us);
    rv_json_key(j, "subject");
    rv_json_u64(j, event->subject);
    rv_json_key(j, "confidence");
    rv_json_f32(j, event->confidence);
    rv_json_member_reason(j, "reason", event->reason);
    put_place(j, event->position_m, event->sigma_m, event->place_reason);
}

void
rv_json_events(rv_json *const j, const rv_record *const r)
{
    rv_json_key(j, "events");
    rv_json_open(j, '[');
    for (uint16_t i = 0; i < r->n_events; ++i) {
        rv_json_open(j, '{');
        rv_json_event_members(j, &r->events[i]);
        rv_json_close(j, '}');
    }
    rv_json_close(j, ']');
}

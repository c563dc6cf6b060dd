// SPDX-License-Identifier: MIT
#include "trust/record_fields.h"

#include <stddef.h>

_Static_assert(RV_REASON_COUNT <= 256, "a reason is stored as one byte");

#define ELEMENT(type, field) ((uint8_t)sizeof(((type *)0)->field))
#define MAKE(type, field, n, k, bytes, top)                                            \
    {                                                                                  \
#field, (uint16_t)offsetof(type, field), (n), (k), (uint8_t)(bytes), (top)     \
    }
#define U(type, field)    MAKE(type, field, 1, RV_KIND_U, ELEMENT(type, field), 0)
#define BOOL(type, field) MAKE(type, field, 1, RV_KIND_U, ELEMENT(type, field), 2)
#define I16(type, field)  MAKE(type, field, 1, RV_KIND_I16, 2, 0)
#define ENUM(type, field, top)                                                         \
    MAKE(type, field, 1, RV_KIND_ENUM, ELEMENT(type, field), top)
#define REASON(type, field) ENUM(type, field, RV_REASON_COUNT)
#define F32(type, field)                                                               \
    MAKE(type, field, sizeof(((type *)0)->field) / sizeof(float), RV_KIND_F32, 4, 0)
#define ESTIMATE(type, field)                                                          \
    MAKE(type, field, 1, RV_KIND_ESTIMATE, sizeof(rv_reason), RV_REASON_COUNT)
#define BYTES(type, field)                                                             \
    MAKE(type, field, sizeof(((type *)0)->field), RV_KIND_BYTES, 1, 0)
#define TABLE(name, fields, type, limit)                                               \
    {                                                                                  \
        name, fields, sizeof fields / sizeof *fields, (uint16_t)sizeof(type), limit    \
    }

static const rv_record_field head[] = {
    U(rv_record, cycle),
    U(rv_record, t_us),
    BOOL(rv_record, synthetic),
    BOOL(rv_record, live),
    ENUM(rv_record, source, RV_SOURCE_RECORDING + 1),
    ENUM(rv_record, privacy_class, RV_CLASS_RESTRICTED + 1),
    ENUM(rv_record, privacy_mode, RV_MODE_STRICT_NO_IDENTITY + 1),
    ENUM(rv_record, consent, RV_CONSENT_COUNT),
    BOOL(rv_record, demoted),
    REASON(rv_record, demoted_reason),
    ENUM(rv_record, presence, RV_UNKNOWN + 1),
    REASON(rv_record, presence_reason),
    F32(rv_record, presence_quality),
    ESTIMATE(rv_record, motion),
    ENUM(rv_record, moving, RV_UNKNOWN + 1),
    REASON(rv_record, moving_reason),
    ESTIMATE(rv_record, occupancy),
    BOOL(rv_record, occupancy_at_least),
    ESTIMATE(rv_record, breathing_bpm),
    ESTIMATE(rv_record, heart_bpm),
    ESTIMATE(rv_record, coherence),
    ENUM(rv_record, gate, RV_GATE_RECALIBRATE + 1),
    REASON(rv_record, gate_reason),
    F32(rv_record, quality),
    U(rv_record, flags),
    BOOL(rv_record, recalibrate),
    U(rv_record, calibration),
    ESTIMATE(rv_record, variance),
    ESTIMATE(rv_record, rssi_dbm),
    BYTES(rv_record, input_digest),
    REASON(rv_record, persons_reason),
    REASON(rv_record, zones_reason),
    REASON(rv_record, anchors_reason),
    REASON(rv_record, occupied_reason),
    BYTES(rv_record, occupied_bins),
    ESTIMATE(rv_record, shared_change),
    ESTIMATE(rv_record, geometry),
    REASON(rv_record, falls_reason),
};

static const rv_record_field nodes[] = {
    U(rv_record_node, node),
    BOOL(rv_record_node, present),
    REASON(rv_record_node, reason),
    ESTIMATE(rv_record_node, rate_hz),
    ESTIMATE(rv_record_node, loss),
    ESTIMATE(rv_record_node, clock_offset_us),
    ESTIMATE(rv_record_node, clock_drift_ppm),
    ESTIMATE(rv_record_node, jitter_us),
    ESTIMATE(rv_record_node, rssi_dbm),
    BOOL(rv_record_node, has_position),
    F32(rv_record_node, position_m),
    F32(rv_record_node, array_weight),
    REASON(rv_record_node, array_reason),
};

static const rv_record_field links[] = {
    U(rv_record_link, link),
    U(rv_record_link, node),
    U(rv_record_link, tx),
    U(rv_record_link, freq_mhz),
    U(rv_record_link, layout),
    BOOL(rv_record_link, stale),
    U(rv_record_link, frames),
    ESTIMATE(rv_record_link, rate_hz),
    ESTIMATE(rv_record_link, age_ms),
    F32(rv_record_link, weight),
    ESTIMATE(rv_record_link, coherence),
    ENUM(rv_record_link, gate, RV_GATE_RECALIBRATE + 1),
    REASON(rv_record_link, gate_reason),
    BOOL(rv_record_link, calibrated),
    ESTIMATE(rv_record_link, deviation),
    ESTIMATE(rv_record_link, motion),
    ESTIMATE(rv_record_link, field),
    ESTIMATE(rv_record_link, level_db),
    BOOL(rv_record_link, changed),
    ESTIMATE(rv_record_link, delay_spread_ns),
    ESTIMATE(rv_record_link, dominant_ratio),
    ESTIMATE(rv_record_link, sto_ns),
    REASON(rv_record_link, cir_reason),
    U(rv_record_link, cir_iterations),
    F32(rv_record_link, cir_gap),
    REASON(rv_record_link, amplitude_reason),
    ESTIMATE(rv_record_link, echo_ratio),
    U(rv_record_link, bands),
    ESTIMATE(rv_record_link, band_coherence),
    ESTIMATE(rv_record_link, band_match),
};

static const rv_record_field persons[] = {
    U(rv_record_person, id),
    ENUM(rv_record_person, state, RV_TRACK_LOST + 1),
    F32(rv_record_person, confidence),
    F32(rv_record_person, position_m),
    F32(rv_record_person, velocity_mps),
    F32(rv_record_person, covariance_m2),
    BOOL(rv_record_person, ambiguous),
    I16(rv_record_person, zone),
    REASON(rv_record_person, keypoint_reason),
    ESTIMATE(rv_record_person, gdop),
    REASON(rv_record_person, identity_reason),
    U(rv_record_person, identity),
    F32(rv_record_person, identity_cosine),
    F32(rv_record_person, identity_margin),
};

static const rv_record_field events[] = {
    ENUM(rv_record_event, kind, RV_EVENT_COUNT),
    U(rv_record_event, t_us),
    U(rv_record_event, subject),
    F32(rv_record_event, confidence),
    REASON(rv_record_event, reason),
    REASON(rv_record_event, place_reason),
    F32(rv_record_event, position_m),
    F32(rv_record_event, sigma_m),
};

static const rv_record_field anchors[] = {
    U(rv_record_anchor, id),        ENUM(rv_record_anchor, kind, RV_ANCHOR_MOBILE + 1),
    U(rv_record_anchor, sightings), F32(rv_record_anchor, position_m),
    F32(rv_record_anchor, sigma_m), ESTIMATE(rv_record_anchor, drift_m_per_day),
};

static const rv_record_field map[] = {
    REASON(rv_record, map_reason), U(rv_record, map_nx),
    U(rv_record, map_ny),          U(rv_record, map_nz),
    F32(rv_record, map_origin_m),  F32(rv_record, map_step_m),
};

const rv_record_table rv_record_head = TABLE("", head, rv_record, 1);
const rv_record_table rv_record_nodes =
    TABLE("nodes", nodes, rv_record_node, RV_MAX_NODES);
const rv_record_table rv_record_links =
    TABLE("links", links, rv_record_link, RV_MAX_LINKS);
const rv_record_table rv_record_persons =
    TABLE("persons", persons, rv_record_person, RV_MAX_PERSONS);
const rv_record_table rv_record_events =
    TABLE("events", events, rv_record_event, RV_MAX_EVENTS);
const rv_record_table rv_record_anchors =
    TABLE("anchors", anchors, rv_record_anchor, RV_MAX_ANCHORS);
const rv_record_table rv_record_map = TABLE("map", map, rv_record, 1);

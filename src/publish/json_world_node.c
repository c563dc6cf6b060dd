// SPDX-License-Identifier: MIT
// One node of the world, from the graph or from a ring.
#include "base/exact.h"
#include "publish/json_world_parts.h"

#include <ruview/math/text.h>
#include <ruview/trust/names.h>

/// A float as other implementations write it: always with a point or an exponent
void
rv_json_world_f32(rv_json *const j, const float v)
{
    char         text[RV_TEXT_MAX];
    const size_t n = rv_text_f32(text, v);
    rv_json_text(j, text, n);
}

static void
put_enu(rv_json *const j, const rv_enu p)
{
    rv_json_open(j, '{');
    KEY(j, "east_m");
    rv_json_f64(j, p.e);
    KEY(j, "north_m");
    rv_json_f64(j, p.n);
    KEY(j, "up_m");
    rv_json_f64(j, p.u);
    rv_json_close(j, '}');
}

static void
put_optional_text(rv_json *const j, const char *const text)
{
    if (text[0]) {
        rv_json_string(j, text);
    } else {
        rv_json_null(j);
    }
}

static void
put_bounds(rv_json *const j, const rv_bounds *const b)
{
    KEY(j, "bounds_enu");
    rv_json_open(j, '{');
    KEY(j, "shape");
    switch (b->shape) {
    case RV_SHAPE_RECTANGLE:
        rv_json_name(j, "rectangle");
        KEY(j, "min_e");
        rv_json_f64(j, b->v[0][0]);
        KEY(j, "min_n");
        rv_json_f64(j, b->v[0][1]);
        KEY(j, "max_e");
        rv_json_f64(j, b->v[1][0]);
        KEY(j, "max_n");
        rv_json_f64(j, b->v[1][1]);
        break;
    case RV_SHAPE_CIRCLE:
        rv_json_name(j, "circle");
        KEY(j, "center_e");
        rv_json_f64(j, b->v[0][0]);
        KEY(j, "center_n");
        rv_json_f64(j, b->v[0][1]);
        KEY(j, "radius_m");
        rv_json_f64(j, b->v[1][0]);
        break;
    case RV_SHAPE_POLYGON:
        rv_json_name(j, "polygon");
        KEY(j, "vertices");
        rv_json_open(j, '[');
        for (uint32_t i = 0; i < b->n_vertices; ++i) {
            rv_json_open(j, '[');
            rv_json_f64(j, b->v[i][0]);
            rv_json_f64(j, b->v[i][1]);
            rv_json_close(j, ']');
        }
        rv_json_close(j, ']');
        break;
    }
    rv_json_close(j, '}');
}

/// `"<prefix><16 hex>"`, or `"<prefix>none"`
static void
put_version(rv_json *const j, const char *const prefix, const size_t n,
            const uint64_t hash)
{
    char   text[RV_TEXT_MAX] = {0};
    size_t at                = n;
    for (size_t i = 0; i < n; ++i) {
        text[i] = prefix[i];
    }
    if (hash) {
        at += rv_text_hex(text + n, hash, 16);
    } else {
        static const char none[] = "none";
        for (size_t i = 0; i < 4; ++i) {
            text[at++] = none[i];
        }
    }
    text[at] = '\0';
    rv_json_name(j, text);
}

/// `"Coherence { value: 0.74, limit: 0.35 }"`
static void
put_evidence(rv_json *const j, const rv_evidence *const e)
{
    static const char *const names[] = {"Coherence", "Calibration", "Timing",
                                        "Geometry", "Links"};
    char                     number[RV_TEXT_MAX];
    rv_json_text(j, "\"", 1);
    rv_json_raw(j, names[e->kind], rv_json_length(names[e->kind]));
    rv_json_raw(j, " { value: ", 10);
    rv_json_raw(j, number, rv_text_f32(number, e->value));
    rv_json_raw(j, ", limit: ", 9);
    rv_json_raw(j, number, rv_text_f32(number, e->limit));
    rv_json_raw(j, " }\"", 3);
}

static void
put_provenance(rv_json *const j, const rv_provenance *const p)
{
    static const char *const modes[]   = {"RawResearch", "PrivateHome",
                                          "EnterpriseAnonymous", "CareWithConsent",
                                          "StrictNoIdentity"};
    static const char *const classes[] = {"Raw", "Derived", "Anonymous", "Restricted"};
    KEY(j, "provenance");
    rv_json_open(j, '{');
    KEY(j, "evidence");
    rv_json_open(j, '[');
    for (uint8_t i = 0; i < p->n_evidence; ++i) {
        put_evidence(j, &p->evidence[i]);
    }
    rv_json_close(j, ']');
    KEY(j, "model_version");
    put_version(j, "model:", 6, p->model);
    KEY(j, "calibration_version");
    put_version(j, "cal:", 4, p->calibration);
    KEY(j, "privacy_decision");
    rv_json_text(j, "\"", 1);
    rv_json_raw(j, modes[p->mode], rv_json_length(modes[p->mode]));
    rv_json_raw(j, "/", 1);
    rv_json_raw(j, classes[p->privacy_class],
                rv_json_length(classes[p->privacy_class]));
    rv_json_raw(j, "\"", 1);
    rv_json_close(j, '}');
}

static void
put_time_or_null(rv_json *const j, const int64_t t_ms)
{
    if (t_ms == RV_WORLD_OPEN) {
        rv_json_null(j);
    } else {
        rv_json_i64(j, t_ms);
    }
}

/// What is believed, and from when to when
static void
put_belief(rv_json *const j, const rv_predicate predicate, const float value,
           const float confidence, const rv_reason reason)
{
    KEY(j, "statement");
    rv_json_name(j, rv_predicate_name(predicate));
    KEY(j, "value");
    if (reason == RV_REASON_NONE) {
        rv_json_world_f32(j, value);
    } else {
        rv_json_null(j);
    }
    KEY(j, "reason");
    rv_json_name(j, rv_reason_name(reason));
    KEY(j, "confidence");
    rv_json_world_f32(j, confidence);
}

static void
put_state(rv_json *const j, const rv_world_node *const n)
{
    put_belief(j, (rv_predicate)n->detail, n->value, n->confidence, n->reason);
    put_provenance(j, &n->provenance);
    KEY(j, "valid_from_unix_ms");
    rv_json_i64(j, n->t_ms);
    KEY(j, "valid_to_unix_ms");
    put_time_or_null(j, n->until_ms);
}

static void
put_place(rv_json *const j, const rv_world_node *const n)
{
    if (n->kind == RV_WORLD_ROOM) {
        KEY(j, "area_id");
        put_optional_text(j, n->reference);
    } else {
        KEY(j, "parent_room");
        rv_json_u64(j, n->parent);
    }
    KEY(j, "name");
    rv_json_string(j, n->name);
    put_bounds(j, &n->bounds);
    if (n->kind == RV_WORLD_ROOM) {
        KEY(j, "floor");
        rv_json_i64(j, n->floor);
    }
}

static void
put_wall(rv_json *const j, const rv_world_node *const n)
{
    if (n->kind == RV_WORLD_DOORWAY) {
        KEY(j, "center");
        put_enu(j, n->position);
        KEY(j, "width_m");
        rv_json_world_f32(j, n->value);
    } else {
        KEY(j, "a");
        put_enu(j, n->position);
        KEY(j, "b");
        put_enu(j, n->end);
        KEY(j, "rf_attenuation_db");
        rv_json_world_f32(j, n->value);
    }
}

static void
put_sensor(rv_json *const j, const rv_world_node *const n)
{
    static const char *const modality[] = {"wifi_csi", "mm_wave", "uwb", "presence"};
    KEY(j, "device_id");
    rv_json_string(j, n->name);
    KEY(j, "position");
    put_enu(j, n->position);
    KEY(j, "modality");
    rv_json_name(j, modality[n->detail & 3]);
}

static void
put_rf_link(rv_json *const j, const rv_world_node *const n)
{
    KEY(j, "tx");
    rv_json_u64(j, n->parent);
    KEY(j, "rx");
    rv_json_u64(j, n->other);
    KEY(j, "link_group_id");
    put_optional_text(j, n->reference);
    KEY(j, "center_freq_mhz");
    rv_json_u64(j, n->freq_mhz);
}

static void
put_moving(rv_json *const j, const rv_world_node *const n)
{
    static const char *const kinds[] = {"reflector", "furniture", "uwb_beacon"};
    if (n->kind == RV_WORLD_PERSON_TRACK) {
        KEY(j, "track_id");
        rv_json_u64(j, n->other);
        KEY(j, "last_position");
        put_enu(j, n->position);
        KEY(j, "reid_embedding_ref");
        put_optional_text(j, n->reference);
    } else {
        KEY(j, "position");
        put_enu(j, n->position);
        KEY(j, "anchor_kind");
        rv_json_name(j, kinds[n->detail < 3 ? n->detail : 0]);
        KEY(j, "confidence");
        rv_json_world_f32(j, n->confidence);
    }
}

/// Fields of an event, from a node or from the ring
static void
put_event(rv_json *const j, const rv_event_kind kind, const int64_t first_ms,
          const int64_t last_ms, const uint64_t place, const uint32_t subject,
          const uint32_t count, const float confidence, const rv_reason reason)
{
    KEY(j, "event_type");
    rv_json_name(j, rv_event_name(kind));
    KEY(j, "at_unix_ms");
    rv_json_i64(j, first_ms);
    KEY(j, "located_in");
    if (place) {
        rv_json_u64(j, place);
    } else {
        rv_json_null(j);
    }
    KEY(j, "last_unix_ms");
    rv_json_i64(j, last_ms);
    KEY(j, "subject");
    rv_json_u64(j, subject);
    KEY(j, "count");
    rv_json_u64(j, count);
    KEY(j, "confidence");
    rv_json_world_f32(j, confidence);
    KEY(j, "reason");
    rv_json_name(j, rv_reason_name(reason));
}

static void
put_head(rv_json *const j, const char *const kind, const uint64_t id)
{
    rv_json_open(j, '{');
    KEY(j, "kind");
    rv_json_name(j, kind);
    KEY(j, "id");
    rv_json_u64(j, id);
}

void
rv_json_world_node(rv_json *const j, const rv_world_node *const n, const bool is_bare)
{
    static const char *const kinds[] = {
        "room",    "zone",         "wall",          "doorway", "sensor",
        "rf_link", "person_track", "object_anchor", "event",   "semantic_state"};
    put_head(j, kinds[n->kind], n->id);
    switch (n->kind) {
    case RV_WORLD_ROOM:
    case RV_WORLD_ZONE:
        put_place(j, n);
        break;
    case RV_WORLD_WALL:
    case RV_WORLD_DOORWAY:
        put_wall(j, n);
        break;
    case RV_WORLD_SENSOR:
        put_sensor(j, n);
        break;
    case RV_WORLD_RF_LINK:
        put_rf_link(j, n);
        break;
    case RV_WORLD_PERSON_TRACK:
    case RV_WORLD_OBJECT_ANCHOR:
        put_moving(j, n);
        break;
    case RV_WORLD_EVENT:
        put_event(j, (rv_event_kind)n->detail, n->t_ms, n->until_ms, n->parent,
                  (uint32_t)n->other, n->count, n->confidence, n->reason);
        break;
    case RV_WORLD_SEMANTIC_STATE:
    case RV_WORLD_KIND_COUNT:
        put_state(j, n);
        break;
    }
    if (!is_bare && (n->kind == RV_WORLD_SENSOR || n->kind == RV_WORLD_PERSON_TRACK ||
                     n->kind == RV_WORLD_OBJECT_ANCHOR)) {
        KEY(j, "last_seen_unix_ms");
        rv_json_i64(j, n->t_ms);
        if (n->kind == RV_WORLD_SENSOR) {
            KEY(j, "node_id");
            rv_json_u64(j, n->other);
        } else if (n->kind == RV_WORLD_PERSON_TRACK) {
            KEY(j, "confidence");
            rv_json_world_f32(j, n->confidence);
        }
    }
    rv_json_close(j, '}');
}

void
rv_json_world_past(rv_json *const j, const rv_world_past *const p)
{
    put_head(j, "past_state", p->id);
    put_belief(j, p->predicate, p->value, p->confidence, p->reason);
    KEY(j, "class");
    rv_json_name(j, rv_class_name(p->privacy_class));
    KEY(j, "calibration_version");
    put_version(j, "cal:", 4, p->calibration);
    KEY(j, "valid_from_unix_ms");
    rv_json_i64(j, p->from_ms);
    KEY(j, "valid_to_unix_ms");
    rv_json_i64(j, p->until_ms);
    rv_json_close(j, '}');
}

void
rv_json_world_event(rv_json *const j, const rv_world_event *const e)
{
    put_head(j, "event", e->id);
    put_event(j, e->kind, e->first_ms, e->last_ms, e->place, e->subject, e->count,
              e->confidence, e->reason);
    rv_json_close(j, '}');
}

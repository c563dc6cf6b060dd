// SPDX-License-Identifier: MIT
// Nodes and edges of a snapshot, one at a time.
#include "platform/world_parts.h"

#include "platform/run_log.h"

#include <ruview/trust/names.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
reason_name(const unsigned i)
{
    return rv_reason_name((rv_reason)i);
}

static const char *
predicate_name(const unsigned i)
{
    return rv_predicate_name((rv_predicate)i);
}

static rv_enu
get_enu(rv_object *const o, const char *const key)
{
    rv_object    inner = rv_object_child(o, key);
    const rv_enu p = {rv_object_f64(&inner, "east_m"), rv_object_f64(&inner, "north_m"),
                      rv_object_f64(&inner, "up_m")};
    o->bad         = o->bad || inner.bad;
    return p;
}

static void
get_polygon(rv_object *const o, rv_bounds *const b)
{
    const json_t *const list = rv_object_member(o, "vertices");
    const size_t        n    = json_array_size(list);
    o->bad                   = o->bad || n > RV_MAX_VERTICES;
    b->n_vertices            = o->bad ? 0 : (uint32_t)n;
    for (uint32_t i = 0; i < b->n_vertices; ++i) {
        for (size_t k = 0; k < 2; ++k) {
            const json_t *const value = json_array_get(json_array_get(list, i), k);
            o->bad                    = o->bad || !json_is_number(value);
            b->v[i][k]                = json_number_value(value);
        }
    }
}

static rv_bounds
get_bounds(rv_object *const o)
{
    static const char *const shapes[] = {"rectangle", "circle", "polygon"};
    rv_object                in       = rv_object_child(o, "bounds_enu");
    rv_bounds b = {.shape = (rv_shape)rv_object_word(&in, "shape", shapes, 3)};
    if (b.shape == RV_SHAPE_RECTANGLE) {
        b.v[0][0] = rv_object_f64(&in, "min_e");
        b.v[0][1] = rv_object_f64(&in, "min_n");
        b.v[1][0] = rv_object_f64(&in, "max_e");
        b.v[1][1] = rv_object_f64(&in, "max_n");
    } else if (b.shape == RV_SHAPE_CIRCLE) {
        b.v[0][0] = rv_object_f64(&in, "center_e");
        b.v[0][1] = rv_object_f64(&in, "center_n");
        b.v[1][0] = rv_object_f64(&in, "radius_m");
    } else {
        get_polygon(&in, &b);
    }
    o->bad = o->bad || in.bad;
    return b;
}

/// "cal:<16 hex>" or "cal:none"
uint64_t
rv_world_get_version(rv_object *const o, const char *const key,
                     const char *const prefix)
{
    const char *const text = rv_object_text(o, key);
    const size_t      n    = strlen(prefix);
    uint8_t           bytes[8];
    uint64_t          value = 0;
    if (strncmp(text, prefix, n) != 0) {
        o->bad = true;
        return 0;
    }
    if (strcmp(text + n, "none") == 0) {
        return 0;
    }
    o->bad = o->bad || !rv_parse_hex(text + n, bytes, 8);
    for (int i = 0; i < 8 && !o->bad; ++i) {
        value = value << 8 | bytes[i];
    }
    return value;
}

static void
get_evidence(rv_object *const o, const char *const text, rv_evidence *const e)
{
    static const char *const names[] = {"Coherence", "Calibration", "Timing",
                                        "Geometry", "Links"};
    char                     name[16], value[32], limit[32];
    o->bad = o->bad || sscanf(text, "%15s { value: %31[^,], limit: %31s }", name, value,
                              limit) != 3;
    if (o->bad) {
        return;
    }
    bool found = false;
    for (unsigned i = 0; i < 5; ++i) {
        if (strcmp(name, names[i]) == 0) {
            e->kind = (rv_evidence_kind)i;
            found   = true;
        }
    }
    e->value = strtof(value, NULL);
    e->limit = strtof(limit, NULL);
    o->bad   = o->bad || !found;
}

static void
get_decision(rv_object *const o, rv_provenance *const p)
{
    static const char *const modes[]   = {"RawResearch", "PrivateHome",
                                          "EnterpriseAnonymous", "CareWithConsent",
                                          "StrictNoIdentity"};
    static const char *const classes[] = {"Raw", "Derived", "Anonymous", "Restricted"};
    const char *const        text      = rv_object_text(o, "privacy_decision");
    for (unsigned m = 0; m < 5; ++m) {
        for (unsigned c = 0; c < 4; ++c) {
            char both[48];
            snprintf(both, sizeof both, "%s/%s", modes[m], classes[c]);
            if (strcmp(text, both) == 0) {
                p->mode          = (rv_privacy_mode)m;
                p->privacy_class = (rv_privacy_class)c;
                return;
            }
        }
    }
    o->bad = true;
}

static void
get_provenance(rv_object *const o, rv_provenance *const p)
{
    rv_object           in   = rv_object_child(o, "provenance");
    const json_t *const list = rv_object_member(&in, "evidence");
    const size_t        n    = json_array_size(list);
    in.bad                   = in.bad || n > RV_MAX_EVIDENCE;
    for (size_t i = 0; i < n && !in.bad; ++i) {
        const char *const text = json_string_value(json_array_get(list, i));
        get_evidence(&in, text ? text : "", &p->evidence[i]);
    }
    p->n_evidence  = in.bad ? 0 : (uint8_t)n;
    p->model       = rv_world_get_version(&in, "model_version", "model:");
    p->calibration = rv_world_get_version(&in, "calibration_version", "cal:");
    get_decision(&in, p);
    o->bad = o->bad || in.bad;
}

float
rv_world_get_value(rv_object *const o, const rv_reason reason)
{
    return reason == RV_REASON_NONE ? rv_object_f32(o, "value") : 0.0F;
}

static void
get_state(rv_object *const o, rv_world_node *const n)
{
    n->detail =
        (uint8_t)rv_object_named(o, "statement", predicate_name, RV_PREDICATE_COUNT);
    n->reason = (rv_reason)rv_object_named(o, "reason", reason_name, RV_REASON_COUNT);
    n->value  = rv_world_get_value(o, n->reason);
    n->confidence = rv_object_f32(o, "confidence");
    n->t_ms       = rv_object_i64(o, "valid_from_unix_ms");
    n->until_ms   = RV_WORLD_OPEN;
    get_provenance(o, &n->provenance);
}

static void
get_sensor(rv_object *const o, rv_world_node *const n)
{
    static const char *const modality[] = {"wifi_csi", "mm_wave", "uwb", "presence"};
    rv_object_copy_text(o, n->name, RV_WORLD_TEXT, rv_object_text(o, "device_id"));
    n->position = get_enu(o, "position");
    n->detail   = (uint8_t)rv_object_word(o, "modality", modality, 4);
    n->other    = rv_object_optional_u64(o, "node_id");
}

void
rv_world_get_node(rv_object *const o, rv_world_node *const n)
{
    static const char *const anchors[] = {"reflector", "furniture", "uwb_beacon"};
    switch (n->kind) {
    case RV_WORLD_ROOM:
        rv_object_optional_text(o, "area_id", n->reference, RV_WORLD_TEXT);
        rv_object_copy_text(o, n->name, RV_WORLD_TEXT, rv_object_text(o, "name"));
        n->bounds = get_bounds(o);
        n->floor  = (int16_t)rv_object_i64(o, "floor");
        break;
    case RV_WORLD_ZONE:
        n->parent = rv_object_u64(o, "parent_room");
        rv_object_copy_text(o, n->name, RV_WORLD_TEXT, rv_object_text(o, "name"));
        n->bounds = get_bounds(o);
        break;
    case RV_WORLD_WALL:
        n->position = get_enu(o, "a");
        n->end      = get_enu(o, "b");
        n->value    = rv_object_f32(o, "rf_attenuation_db");
        break;
    case RV_WORLD_DOORWAY:
        n->position = get_enu(o, "center");
        n->value    = rv_object_f32(o, "width_m");
        break;
    case RV_WORLD_SENSOR:
        get_sensor(o, n);
        break;
    case RV_WORLD_RF_LINK:
        n->parent = rv_object_u64(o, "tx");
        n->other  = rv_object_u64(o, "rx");
        rv_object_optional_text(o, "link_group_id", n->reference, RV_WORLD_TEXT);
        n->freq_mhz = (uint32_t)rv_object_u64(o, "center_freq_mhz");
        break;
    case RV_WORLD_PERSON_TRACK:
        n->other    = rv_object_u64(o, "track_id");
        n->position = get_enu(o, "last_position");
        rv_object_optional_text(o, "reid_embedding_ref", n->reference, RV_WORLD_TEXT);
        if (json_object_get(o->root, "confidence")) {
            n->confidence = rv_object_f32(o, "confidence");
        }
        break;
    case RV_WORLD_OBJECT_ANCHOR:
        n->position   = get_enu(o, "position");
        n->detail     = (uint8_t)rv_object_word(o, "anchor_kind", anchors, 3);
        n->confidence = rv_object_f32(o, "confidence");
        break;
    case RV_WORLD_EVENT:
    case RV_WORLD_SEMANTIC_STATE:
    case RV_WORLD_KIND_COUNT:
        get_state(o, n);
        break;
    }
    if (json_object_get(o->root, "last_seen_unix_ms")) {
        n->t_ms = rv_object_i64(o, "last_seen_unix_ms");
    }
}

void
rv_world_get_edge(rv_object *const o, rv_world_edge *const e)
{
    static const char *const evidence[] = {"coherence", "calibration", "timing",
                                           "geometry", "links"};
    static const char *const modes[]    = {"RawResearch", "PrivateHome",
                                           "EnterpriseAnonymous", "CareWithConsent",
                                           "StrictNoIdentity"};
    switch (e->rel) {
    case RV_REL_OBSERVES:
        e->value = rv_object_f32(o, "quality");
        e->t_ms  = rv_object_i64(o, "last_seen_unix_ms");
        break;
    case RV_REL_LOCATED_IN:
        e->t_ms = rv_object_i64(o, "since_unix_ms");
        break;
    case RV_REL_ADJACENT_TO:
        e->via = rv_object_u64(o, "via_doorway");
        break;
    case RV_REL_SUPPORTS:
        e->value = rv_object_f32(o, "strength");
        break;
    case RV_REL_CONTRADICTS:
        e->value = rv_object_f32(o, "magnitude");
        for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
            e->flag |= strcmp(rv_object_text(o, "flag"), rv_flag_name(bit)) == 0
                           ? 1U << bit
                           : 0;
        }
        break;
    case RV_REL_DERIVED_FROM:
        e->evidence = 255;
        for (unsigned i = 0; i < 5; ++i) {
            e->evidence = strcmp(rv_object_text(o, "evidence"), evidence[i]) == 0
                              ? (uint8_t)i
                              : e->evidence;
        }
        break;
    case RV_REL_PRIVACY_LIMITED_BY:
    case RV_REL_COUNT:
        e->mode       = (rv_privacy_mode)rv_object_word(o, "mode", modes, 5);
        e->is_allowed = json_is_true(rv_object_member(o, "allowed"));
        e->t_ms =
            json_object_get(o->root, "at_unix_ms") ? rv_object_i64(o, "at_unix_ms") : 0;
        break;
    }
}

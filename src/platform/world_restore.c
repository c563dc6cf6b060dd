// SPDX-License-Identifier: MIT
#include "platform/world_restore.h"

#include "base/try.h"
#include "platform/run_log.h"
#include "platform/world_parts.h"

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
class_name(const unsigned i)
{
    return rv_class_name((rv_privacy_class)i);
}

static const char *
mode_name(const unsigned i)
{
    return rv_mode_name((rv_privacy_mode)i);
}

static const char *
event_name(const unsigned i)
{
    return rv_event_name((rv_event_kind)i);
}

static const char *
predicate_name(const unsigned i)
{
    return rv_predicate_name((rv_predicate)i);
}

static rv_status
put_event(rv_object *const o, rv_world *const world, rv_graph *const graph)
{
    const rv_world_event e = {.id   = rv_object_u64(o, "id"),
                              .kind = (rv_event_kind)rv_object_named(
                                  o, "event_type", event_name, RV_EVENT_COUNT),
                              .first_ms   = rv_object_i64(o, "at_unix_ms"),
                              .last_ms    = rv_object_i64(o, "last_unix_ms"),
                              .place      = rv_object_optional_u64(o, "located_in"),
                              .subject    = (uint32_t)rv_object_u64(o, "subject"),
                              .count      = (uint32_t)rv_object_u64(o, "count"),
                              .confidence = rv_object_f32(o, "confidence"),
                              .reason     = (rv_reason)rv_object_named(
                                      o, "reason", reason_name, RV_REASON_COUNT)};
    if (o->bad) {
        return RV_ERR_VALUE;
    }
    if (world) {
        return rv_world_put_event(world, &e);
    }
    rv_world_node n = {.id         = e.id,
                       .kind       = RV_WORLD_EVENT,
                       .detail     = (uint8_t)e.kind,
                       .t_ms       = e.first_ms,
                       .until_ms   = e.last_ms,
                       .parent     = e.place,
                       .other      = e.subject,
                       .count      = e.count,
                       .confidence = e.confidence,
                       .reason     = e.reason};
    return rv_graph_upsert(graph, &n);
}

static rv_status
put_past(rv_object *const o, rv_world *const world)
{
    rv_world_past p = {
        .id        = rv_object_u64(o, "id"),
        .predicate = (rv_predicate)rv_object_named(o, "statement", predicate_name,
                                                   RV_PREDICATE_COUNT),
        .reason = (rv_reason)rv_object_named(o, "reason", reason_name, RV_REASON_COUNT),
        .privacy_class = (rv_privacy_class)rv_object_named(o, "class", class_name, 4),
        .confidence    = rv_object_f32(o, "confidence"),
        .calibration   = rv_world_get_version(o, "calibration_version", "cal:"),
        .from_ms       = rv_object_i64(o, "valid_from_unix_ms"),
        .until_ms      = rv_object_i64(o, "valid_to_unix_ms")};
    p.value = rv_world_get_value(o, p.reason);
    return o->bad || !world ? RV_ERR_VALUE : rv_world_put_past(world, &p);
}

static rv_status
put_one(const json_t *const value, rv_world *const world, rv_graph *const graph)
{
    static const char *const kinds[] = {"room",           "zone",          "wall",
                                        "doorway",        "sensor",        "rf_link",
                                        "person_track",   "object_anchor", "event",
                                        "semantic_state", "past_state"};
    rv_object                o       = {value, false};
    const unsigned           kind    = rv_object_word(&o, "kind", kinds, 11);
    if (o.bad) {
        return RV_ERR_VALUE;
    }
    if (kind == RV_WORLD_EVENT) {
        return put_event(&o, world, graph);
    }
    if (kind == RV_WORLD_KIND_COUNT) {
        return put_past(&o, world);
    }
    rv_world_node n = {.id = rv_object_u64(&o, "id"), .kind = (rv_world_kind)kind};
    rv_world_get_node(&o, &n);
    if (o.bad || n.id == 0) {
        return RV_ERR_VALUE;
    }
    return rv_graph_upsert(graph, &n);
}

static rv_status
put_edge(const json_t *const value, rv_graph *const graph)
{
    static const char *const rels[] = {
        "observes",    "located_in",   "adjacent_to",       "supports",
        "contradicts", "derived_from", "privacy_limited_by"};
    const json_t *const from = json_array_get(value, 0);
    const json_t *const to   = json_array_get(value, 1);
    rv_object           o    = {json_array_get(value, 2), false};
    if (!json_is_integer(from) || !json_is_integer(to) || !json_is_object(o.root)) {
        return RV_ERR_VALUE;
    }
    rv_world_edge e = {.from = (uint64_t)json_integer_value(from),
                       .to   = (uint64_t)json_integer_value(to),
                       .rel =
                           (rv_world_rel)rv_object_word(&o, "rel", rels, RV_REL_COUNT)};
    rv_world_get_edge(&o, &e);
    return o.bad ? RV_ERR_VALUE : rv_graph_connect(graph, &e);
}

static void
get_registration(rv_object *const o, rv_registration *const r)
{
    rv_object in     = rv_object_child(o, "registration");
    rv_object origin = rv_object_child(&in, "origin");
    r->lat_deg       = rv_object_f64(&origin, "lat");
    r->lon_deg       = rv_object_f64(&origin, "lon");
    r->alt_m         = rv_object_f64(&origin, "alt");
    r->heading_deg   = rv_object_f64(&in, "heading_deg");
    r->scale         = rv_object_f64(&in, "scale");
    o->bad           = o->bad || in.bad || origin.bad;
}

static rv_status
restore_graph(const json_t *const root, rv_registration *const registration,
              rv_world *const world, rv_graph *const graph)
{
    rv_object     o = {root, false};
    size_t        i;
    const json_t *value;
    if (rv_object_u64(&o, "schema_version") != 1) {
        return RV_ERR_UNSUPPORTED;
    }
    get_registration(&o, registration);
    const uint64_t      next  = rv_object_u64(&o, "next_id");
    const json_t *const nodes = rv_object_member(&o, "nodes");
    const json_t *const edges = rv_object_member(&o, "edges");
    if (o.bad || !json_is_array(nodes) || !json_is_array(edges)) {
        return RV_ERR_VALUE;
    }
    json_array_foreach(nodes, i, value)
    {
        RV_TRY(put_one(value, world, graph));
    }
    json_array_foreach(edges, i, value)
    {
        RV_TRY(put_edge(value, graph));
    }
    return rv_graph_set_next_id(graph, next);
}

static void
get_ids(rv_object *const o, const char *const key, uint64_t *const ids, const size_t n)
{
    const json_t *const list = rv_object_member(o, key);
    o->bad                   = o->bad || json_array_size(list) != n;
    for (size_t i = 0; i < n && !o->bad; ++i) {
        ids[i] = (uint64_t)json_integer_value(json_array_get(list, i));
    }
}

static rv_status
restore_state(const json_t *const root, rv_world *const world)
{
    rv_object       top = {root, false};
    rv_object       o   = rv_object_child(&top, "resume");
    rv_world_resume s   = {
          .cycle         = rv_object_u64(&o, "cycle"),
          .t_ms          = rv_object_i64(&o, "at_unix_ms"),
          .sweep         = (uint32_t)rv_object_u64(&o, "sweep"),
          .has_class     = json_is_true(rv_object_member(&o, "has_class")),
          .privacy_class = (rv_privacy_class)rv_object_named(&o, "class", class_name, 4),
          .mode          = (rv_privacy_mode)rv_object_named(&o, "mode", mode_name, 5),
          .room          = rv_object_u64(&o, "room"),
    };
    get_ids(&o, "zones", s.zone, RV_WORLD_ZONES);
    get_ids(&o, "states", s.state, RV_PREDICATE_COUNT);
    const json_t *const marks = rv_object_member(&o, "marks");
    for (size_t p = 0; p < RV_PREDICATE_COUNT; ++p) {
        rv_object m = {json_array_get(marks, p), false};
        s.mark[p]   = (rv_world_mark){.value      = rv_object_f32(&m, "value"),
                                      .confidence = rv_object_f32(&m, "confidence"),
                                      .reason     = (rv_reason)rv_object_named(
                                              &m, "reason", reason_name, RV_REASON_COUNT),
                                      .privacy_class = (rv_privacy_class)rv_object_named(
                                          &m, "class", class_name, 4),
                                      .t_ms = rv_object_i64(&m, "at_unix_ms")};
        o.bad       = o.bad || m.bad;
    }
    o.bad     = o.bad || !rv_parse_hex(rv_object_text(&o, "audit_link"), s.audit.link,
                                       RV_AUDIT_LINK);
    s.audit.n = rv_object_u64(&o, "audit_records");
    return top.bad || o.bad ? RV_ERR_VALUE : rv_world_resume_from(world, &s);
}

rv_status
rv_graph_restore(rv_graph *const graph, rv_registration *const registration,
                 const char *const text, const size_t n_bytes)
{
    json_t *const root = json_loadb(text, n_bytes, JSON_REJECT_DUPLICATES, NULL);
    if (!root) {
        return RV_ERR_VALUE;
    }
    const rv_status status = restore_graph(root, registration, NULL, graph);
    json_decref(root);
    return status;
}

rv_status
rv_world_restore(rv_world *const world, rv_registration *const registration,
                 const char *const text, const size_t n_bytes)
{
    json_t *const root = json_loadb(text, n_bytes, JSON_REJECT_DUPLICATES, NULL);
    if (!root) {
        return RV_ERR_VALUE;
    }
    rv_status status = restore_graph(root, registration, world, rv_world_graph(world));
    if (status == RV_OK) {
        status = restore_state(root, world);
    }
    json_decref(root);
    return status;
}

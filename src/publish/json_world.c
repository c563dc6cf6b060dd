// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "publish/json_world_parts.h"

#include <ruview/publish/json_world.h>
#include <ruview/trust/names.h>
#include <ruview/trust/privacy.h>

/// Nodes and rings, merged by id; each is ascending
static void
put_nodes(rv_json *const j, const rv_graph *const graph, const rv_world *const world)
{
    uint32_t node = 0, past = 0, event = 0;
    KEY(j, "nodes");
    rv_json_open(j, '[');
    for (;;) {
        const rv_world_node *const  n = rv_graph_node_at(graph, node);
        const rv_world_past *const  p = world ? rv_world_past_at(world, past) : NULL;
        const rv_world_event *const e = world ? rv_world_event_at(world, event) : NULL;
        const uint64_t              a = n ? n->id : UINT64_MAX;
        const uint64_t              b = p ? p->id : UINT64_MAX;
        const uint64_t              c = e ? e->id : UINT64_MAX;
        if (!n && !p && !e) {
            break;
        }
        if (a <= b && a <= c) {
            rv_json_world_node(j, n, !world);
            ++node;
        } else if (b <= c) {
            rv_json_world_past(j, p);
            ++past;
        } else {
            rv_json_world_event(j, e);
            ++event;
        }
    }
    rv_json_close(j, ']');
}

static void
put_limit(rv_json *const j, const rv_world_edge *const e)
{
    static const char *const modes[] = {"RawResearch", "PrivateHome",
                                        "EnterpriseAnonymous", "CareWithConsent",
                                        "StrictNoIdentity"};
    KEY(j, "mode");
    rv_json_name(j, modes[(unsigned)e->mode < 5 ? e->mode : 4]);
    KEY(j, "action");
    rv_json_name(j, rv_mode_actions(e->mode) & 0x02 ? "SuppressIdentity" : "Allow");
    KEY(j, "allowed");
    rv_json_bool(j, e->is_allowed);
    KEY(j, "at_unix_ms");
    rv_json_i64(j, e->t_ms);
}

static const char *
flag_text(const uint32_t flag)
{
    for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
        if (flag >> bit & 1U) {
            return rv_flag_name(bit);
        }
    }
    return "none";
}

static void
put_edge_payload(rv_json *const j, const rv_world_edge *const e)
{
    static const char *const rels[] = {
        "observes",    "located_in",   "adjacent_to",       "supports",
        "contradicts", "derived_from", "privacy_limited_by"};
    static const char *const evidence[] = {"coherence", "calibration", "timing",
                                           "geometry", "links"};
    KEY(j, "rel");
    rv_json_name(j, rels[e->rel]);
    switch (e->rel) {
    case RV_REL_OBSERVES:
        KEY(j, "quality");
        rv_json_world_f32(j, e->value);
        KEY(j, "last_seen_unix_ms");
        rv_json_i64(j, e->t_ms);
        break;
    case RV_REL_LOCATED_IN:
        KEY(j, "since_unix_ms");
        rv_json_i64(j, e->t_ms);
        break;
    case RV_REL_ADJACENT_TO:
        KEY(j, "via_doorway");
        rv_json_u64(j, e->via);
        break;
    case RV_REL_SUPPORTS:
        KEY(j, "strength");
        rv_json_world_f32(j, e->value);
        break;
    case RV_REL_CONTRADICTS:
        KEY(j, "magnitude");
        rv_json_world_f32(j, e->value);
        KEY(j, "flag");
        rv_json_name(j, flag_text(e->flag));
        break;
    case RV_REL_DERIVED_FROM:
        KEY(j, "evidence");
        rv_json_name(j, e->evidence < 5 ? evidence[e->evidence] : "");
        break;
    case RV_REL_PRIVACY_LIMITED_BY:
    case RV_REL_COUNT:
        put_limit(j, e);
        break;
    }
}

static void
put_edges(rv_json *const j, rv_graph *const graph)
{
    rv_graph_sort_edges(graph);
    KEY(j, "edges");
    rv_json_open(j, '[');
    for (uint32_t i = 0; i < rv_graph_n_edges(graph); ++i) {
        const rv_world_edge *const e = rv_graph_edge_at(graph, i);
        rv_json_open(j, '[');
        rv_json_u64(j, e->from);
        rv_json_u64(j, e->to);
        rv_json_open(j, '{');
        put_edge_payload(j, e);
        rv_json_close(j, '}');
        rv_json_close(j, ']');
    }
    rv_json_close(j, ']');
}

static void
put_registration(rv_json *const j, const rv_registration *const r)
{
    KEY(j, "schema_version");
    rv_json_u64(j, 1);
    KEY(j, "registration");
    rv_json_open(j, '{');
    KEY(j, "origin");
    rv_json_open(j, '{');
    KEY(j, "lat");
    rv_json_f64(j, r->lat_deg);
    KEY(j, "lon");
    rv_json_f64(j, r->lon_deg);
    KEY(j, "alt");
    rv_json_f64(j, r->alt_m);
    rv_json_close(j, '}');
    KEY(j, "heading_deg");
    rv_json_f64(j, r->heading_deg);
    KEY(j, "scale");
    rv_json_f64(j, r->scale);
    rv_json_close(j, '}');
}

rv_status
rv_json_graph(rv_graph *const graph, const rv_registration *const registration,
              char *const out, size_t *const n_bytes)
{
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_json_open(&json, '{');
    put_registration(&json, registration);
    KEY(&json, "next_id");
    rv_json_u64(&json, rv_graph_next_id(graph));
    put_nodes(&json, graph, NULL);
    put_edges(&json, graph);
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

static void
put_ids(rv_json *const j, const uint64_t *const ids, const unsigned n)
{
    rv_json_open(j, '[');
    for (unsigned i = 0; i < n; ++i) {
        rv_json_u64(j, ids[i]);
    }
    rv_json_close(j, ']');
}

static void
put_mark(rv_json *const j, const rv_world_mark *const m)
{
    rv_json_open(j, '{');
    KEY(j, "value");
    rv_json_world_f32(j, m->value);
    KEY(j, "confidence");
    rv_json_world_f32(j, m->confidence);
    KEY(j, "reason");
    rv_json_name(j, rv_reason_name(m->reason));
    KEY(j, "class");
    rv_json_name(j, rv_class_name(m->privacy_class));
    KEY(j, "at_unix_ms");
    rv_json_i64(j, m->t_ms);
    rv_json_close(j, '}');
}

static void
put_resume(rv_json *const j, const rv_world_resume *const s)
{
    KEY(j, "resume");
    rv_json_open(j, '{');
    KEY(j, "cycle");
    rv_json_u64(j, s->cycle);
    KEY(j, "at_unix_ms");
    rv_json_i64(j, s->t_ms);
    KEY(j, "sweep");
    rv_json_u64(j, s->sweep);
    KEY(j, "has_class");
    rv_json_bool(j, s->has_class);
    KEY(j, "class");
    rv_json_name(j, rv_class_name(s->privacy_class));
    KEY(j, "mode");
    rv_json_name(j, rv_mode_name(s->mode));
    KEY(j, "room");
    rv_json_u64(j, s->room);
    KEY(j, "zones");
    put_ids(j, s->zone, RV_WORLD_ZONES);
    KEY(j, "states");
    put_ids(j, s->state, RV_PREDICATE_COUNT);
    KEY(j, "marks");
    rv_json_open(j, '[');
    for (int p = 0; p < RV_PREDICATE_COUNT; ++p) {
        put_mark(j, &s->mark[p]);
    }
    rv_json_close(j, ']');
    KEY(j, "audit_link");
    rv_json_hex_bytes(j, s->audit.link, RV_AUDIT_LINK);
    KEY(j, "audit_records");
    rv_json_u64(j, s->audit.n);
    rv_json_close(j, '}');
}

rv_status
rv_json_world(rv_world *const world, const rv_registration *const registration,
              char *const out, size_t *const n_bytes)
{
    rv_json         json  = rv_json_begin(out, *n_bytes);
    rv_graph *const graph = rv_world_graph(world);
    rv_json_open(&json, '{');
    put_registration(&json, registration);
    KEY(&json, "next_id");
    rv_json_u64(&json, rv_graph_next_id(graph));
    put_nodes(&json, graph, world);
    put_edges(&json, graph);
    put_resume(&json, rv_world_state(world));
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

// SPDX-License-Identifier: MIT
#include "server/views.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

// A value of an object, or null: never NULL
static json_t *
get(const json_t *const object, const char *const key)
{
    json_t *const value = object ? json_object_get(object, key) : NULL;
    return value ? json_incref(value) : json_null();
}

// The value of an estimate or answer
static json_t *
value_of(const json_t *const object, const char *const key)
{
    return get(json_object_get(object, key), "value");
}

static json_t *
number_or_null(const double value)
{
    return value >= 0.0 ? json_real(value) : json_null();
}

static json_t *
source_of(const json_t *const record)
{
    json_t *const source = record ? json_object_get(record, "source") : NULL;
    return source ? json_incref(source) : json_string("offline");
}

int
rv_view_is_live(const json_t *const record)
{
    return json_is_true(json_object_get(record, "live"));
}

json_t *
rv_view_health(const json_t *const record, const json_t *const hello,
               const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    return json_pack("{s:s, s:o, s:o, s:i, s:o}", "status", "ok", "source",
                     source_of(record), "tick", get(record, "tick"), "clients",
                     (int)facts->clients, "synthetic", get(record, "synthetic"));
}

static json_t *
component(const int healthy, const char *const good, const char *const bad,
          const char *const message)
{
    return json_pack("{s:s, s:s}", "status", healthy ? good : bad, "message", message);
}

json_t *
rv_view_components(const json_t *const record, const json_t *const hello,
                   const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    const int live = rv_view_is_live(record);
    return json_pack(
        "{s:s, s:{s:o, s:o, s:o}, s:{s:n, s:n, s:n, s:f}}", "status",
        live ? "healthy" : "degraded", "components", "api",
        component(1, "healthy", "", "answers"), "hardware",
        component(live, "healthy", "degraded",
                  live ? "frames arrive" : "no frame arrives; check power and network"),
        "stream",
        component(facts->clients > 0, "healthy", "idle",
                  facts->clients > 0 ? "clients are connected" : "nobody listens"),
        "metrics", "cpu_percent", "memory_percent", "disk_percent", "uptime_seconds",
        facts->uptime_s);
}

json_t *
rv_view_version(const json_t *const record, const json_t *const hello,
                const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)record;
    (void)metrics;
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "version", facts->version, "name",
                     "ruview", "backend", "c11", "record_format",
                     get(hello, "record_format"), "digest_epoch",
                     get(hello, "digest_epoch"));
}

static int
has_error(const json_t *const record)
{
    const json_t *const privacy = json_object_get(record, "privacy");
    const char *const   reason  = json_string_value(json_object_get(privacy, "reason"));
    return reason && strcmp(reason, "error") == 0;
}

json_t *
rv_view_status(const json_t *const record, const json_t *const hello,
               const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    (void)facts;
    const json_t *const privacy = json_object_get(record, "privacy");
    const char *const   class_  = json_string_value(json_object_get(privacy, "class"));
    const int           live    = rv_view_is_live(record);
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:{s:o, s:o, s:o, s:o, "
                     "s:b, s:n, s:b}}",
                     "status", live ? "ready" : "not_ready", "reason",
                     live ? "none" : "no_data", "source", source_of(record),
                     "synthetic", get(record, "synthetic"), "tick", get(record, "tick"),
                     "quality", get(record, "quality"), "flags", get(record, "flags"),
                     "gate", get(record, "gate"), "trust", "last_witness",
                     get(record, "witness"), "effective_class", get(privacy, "class"),
                     "demoted", get(privacy, "demoted"), "recalibration_recommended",
                     get(record, "recalibrate"), "engine_error", has_error(record),
                     "engine_error_count", "raw_outputs_suppressed",
                     !class_ || strcmp(class_, "raw") != 0);
}

json_t *
rv_view_info(const json_t *const record, const json_t *const hello,
             const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)metrics;
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:n}",
                     "version", facts->version, "name", "ruview", "backend", "c11",
                     "source", source_of(record), "synthetic", get(hello, "synthetic"),
                     "run", get(hello, "run"), "period_us", get(hello, "period_us"),
                     "room", get(hello, "room"), "nodes", get(hello, "nodes"),
                     "transmitters", get(hello, "transmitters"), "zones",
                     get(hello, "zones"), "environment");
}

json_t *
rv_view_system(const json_t *const record, const json_t *const hello,
               const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    const json_t *const rss = json_object_get(metrics, "rss_bytes");
    json_t *const       used =
        rss ? json_real(json_number_value(rss) / 1048576.0) : json_null();
    return json_pack("{s:{s:{s:n}, s:{s:n, s:o}, s:{s:n}}, s:o, s:f, s:o, s:o}",
                     "system_metrics", "cpu", "percent", "memory", "percent", "used_mb",
                     used, "disk", "percent", "tick", get(record, "tick"), "uptime_s",
                     facts->uptime_s, "stages", get(metrics, "stages"), "counters",
                     get(metrics, "counters"));
}

json_t *
rv_view_nodes(const json_t *const record, const json_t *const hello,
              const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    (void)facts;
    json_t *const list  = json_array();
    const json_t *nodes = json_object_get(record, "nodes");
    const json_t *level =
        json_object_get(json_object_get(record, "classification"), "motion_level");
    size_t  i;
    json_t *node;
    (void)level; // of the room, not of one node
    json_array_foreach(nodes, i, node)
    {
        const int present = json_is_true(json_object_get(node, "present"));
        json_array_append_new(
            list,
            json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:n, s:n, s:n}", "node_id",
                      get(node, "node_id"), "status", present ? "active" : "stale",
                      "reason", get(node, "reason"), "rssi_dbm", get(node, "rssi_dbm"),
                      "rate_hz", value_of(node, "rate_hz"), "loss",
                      value_of(node, "loss"), "position", get(node, "position"),
                      "last_seen_ms", "motion_level", "person_count"));
    }
    return json_pack("{s:o, s:i}", "nodes", list, "total", (int)json_array_size(list));
}

static json_t *
sync_of(const json_t *const node)
{
    const json_t *const offset = json_object_get(node, "clock_offset_us");
    const json_t *const value  = json_object_get(offset, "value");
    if (!json_is_number(value)) {
        return NULL;
    }
    const double offset_us = -json_number_value(value); // there: local minus epoch
    return json_pack("{s:I, s:n, s:b, s:b, s:n, s:o, s:o, s:o, s:o}", "offset_us",
                     (json_int_t)llround(offset_us), "is_leader", "is_valid",
                     json_is_true(json_object_get(node, "present")), "smoothed", 1,
                     "sequence", "csi_fps_ema", value_of(node, "rate_hz"),
                     "offset_sigma_us", get(offset, "sigma"), "drift_ppm",
                     value_of(node, "clock_drift_ppm"), "jitter_us",
                     value_of(node, "jitter_us"));
}

json_t *
rv_view_node_sync(const json_t *const record, const long node, const char **const why)
{
    const json_t *nodes = json_object_get(record, "nodes");
    size_t        i;
    json_t       *item;
    json_array_foreach(nodes, i, item)
    {
        if (json_integer_value(json_object_get(item, "node_id")) == node) {
            *why = "no_sync";
            return sync_of(item);
        }
    }
    *why = "unknown_node";
    return NULL;
}

json_t *
rv_view_mesh(const json_t *const record, const json_t *const hello,
             const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    (void)facts;
    json_t *const mesh  = json_object();
    const json_t *nodes = json_object_get(record, "nodes");
    size_t        i;
    json_t       *node;
    json_array_foreach(nodes, i, node)
    {
        json_t *const sync = sync_of(node);
        if (sync) {
            char      name[24];
            long long id = json_integer_value(json_object_get(node, "node_id"));
            size_t    n  = sizeof name;
            name[--n]    = '\0';
            do {
                name[--n] = (char)('0' + id % 10);
                id /= 10;
            } while (id > 0 && n > 0);
            json_object_set_new(mesh, name + n, sync);
        }
    }
    return json_pack("{s:o, s:i}", "nodes", mesh, "total", (int)json_object_size(mesh));
}

json_t *
rv_view_vital_signs(const json_t *const record, const json_t *const hello,
                    const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    (void)facts;
    return json_pack("{s:o, s:o, s:o, s:o, s:n, s:o, s:o, s:o}", "vital_signs",
                     get(record, "vital_signs"), "breathing_bpm",
                     get(record, "breathing_bpm"), "heart_bpm",
                     get(record, "heart_bpm"), "falls_reason",
                     record ? get(record, "falls_reason") : json_string("no_data"),
                     "buffer_status", "source", source_of(record), "tick",
                     get(record, "tick"), "synthetic", get(record, "synthetic"));
}

json_t *
rv_view_pose(const json_t *const record, const json_t *const hello,
             const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    (void)facts;
    const json_t *const persons = json_object_get(record, "persons");
    json_t *const       list    = persons ? get(record, "persons") : json_array();
    json_t *const       number  = get(record, "estimated_persons");
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "timestamp",
                     get(record, "timestamp"), "persons", list, "persons_reason",
                     record ? get(record, "persons_reason") : json_string("no_data"),
                     "total_persons", number, "source", source_of(record), "synthetic",
                     get(record, "synthetic"));
}

json_t *
rv_view_pose_stats(const json_t *const record, const json_t *const hello,
                   const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)facts;
    const json_t *const persons = json_object_get(record, "persons");
    double              sum     = 0.0;
    size_t              i;
    json_t             *person;
    json_array_foreach(persons, i, person)
    {
        sum += json_number_value(json_object_get(person, "confidence"));
    }
    const size_t n = json_array_size(persons);
    return json_pack("{s:n, s:o, s:o, s:o}", "total_detections", "average_confidence",
                     number_or_null(n ? sum / (double)n : -1.0), "frames_processed",
                     get(json_object_get(metrics, "counters"), "frames_accepted"),
                     "source", source_of(record));
}

json_t *
rv_view_zones(const json_t *const record, const json_t *const hello,
              const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)metrics;
    (void)facts;
    json_t *const zones    = json_object();
    const json_t *named    = json_object_get(hello, "zones");
    const json_t *occupied = json_object_get(record, "zones");
    size_t        i;
    json_t       *zone;
    json_array_foreach(named, i, zone)
    {
        const json_t *const answer = json_array_get(occupied, i);
        const char *const   name   = json_string_value(json_object_get(zone, "name"));
        const char *const   status = json_is_true(answer)    ? "occupied"
                                     : json_is_false(answer) ? "clear"
                                                             : "unknown";
        json_object_set_new(zones, name ? name : "zone",
                            json_pack("{s:n, s:s}", "person_count", "status", status));
    }
    return json_pack("{s:o, s:o}", "zones", zones, "reason",
                     record ? get(record, "zones_reason") : json_string("no_data"));
}

json_t *
rv_view_stream(const json_t *const record, const json_t *const hello,
               const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    return json_pack("{s:b, s:i, s:o, s:o}", "active", record != NULL, "clients",
                     (int)facts->clients, "fps",
                     number_or_null(record ? facts->rate_hz : -1.0), "source",
                     source_of(record));
}

json_t *
rv_view_privacy(const json_t *const record, const json_t *const hello,
                const json_t *const metrics, const rv_view_facts *const facts)
{
    (void)hello;
    (void)metrics;
    (void)facts;
    json_t *const privacy = get(record, "privacy");
    return json_is_object(privacy)
               ? privacy
               : json_pack("{s:n, s:n, s:n, s:n, s:s}", "class", "mode", "consent",
                           "demoted", "reason", "no_data");
}

json_t *
rv_view_pose_data(const json_t *const record)
{
    const json_t *const class_  = json_object_get(record, "classification");
    const json_t *const persons = json_object_get(record, "persons");
    const json_t *const first   = json_array_get(persons, 0);
    const char         *origin  = "none";
    if (json_array_size(json_object_get(first, "keypoints")) > 0) {
        origin = "model_inference";
    } else if (first) {
        origin = "signal_derived";
    }
    const json_t *const features = json_object_get(record, "features");
    return json_pack(
        "{s:s, s:n, s:o, s:o, s:{s:{s:o}, s:o, s:o, s:s, s:{s:n, s:n, s:o, s:o, s:o, "
        "s:o, s:o, s:o}}}",
        "type", "pose_data", "zone_id", "timestamp", get(record, "timestamp"),
        "synthetic", get(record, "synthetic"), "payload", "pose", "persons",
        persons ? get(record, "persons") : json_array(), "confidence",
        get(class_, "confidence"), "activity", get(class_, "motion_level"),
        "pose_source", origin, "metadata", "frame_id", "processing_time_ms", "source",
        source_of(record), "tick", get(record, "tick"), "signal_strength",
        get(features, "mean_rssi"), "motion_band_power",
        get(features, "motion_band_power"), "breathing_band_power",
        get(features, "breathing_band_power"), "estimated_persons",
        get(record, "estimated_persons"));
}

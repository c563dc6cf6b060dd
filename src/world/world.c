// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "base/try.h"
#include "world/world_state.h"

#include <ruview/base/arena.h>

#include <string.h>

enum { sweep_per_cycle = 8 };

rv_world_config
rv_world_config_default(void)
{
    rv_world_config config = {
        .graph           = rv_graph_config_default(),
        .max_past        = 4096,
        .max_events      = 4096,
        .event_age_ms    = UINT64_C(24) * 3600 * 1000,
        .coalesce_ms     = 10000,
        .heartbeat_ms    = 60000,
        .track_gone_ms   = 60000,
        .sensor_gone_ms  = UINT64_C(24) * 3600 * 1000,
        .confidence_step = 0.1F,
        .room            = "room",
        .room_bounds     = {.shape = RV_SHAPE_RECTANGLE, .v = {{0.0, 0.0}, {5.0, 4.0}}},
    };
    return config;
}

const char *
rv_predicate_name(const rv_predicate predicate)
{
    static const char *const names[] = {"presence", "occupancy", "motion",
                                        "breathing_bpm", "heart_bpm"};
    return (unsigned)predicate < RV_PREDICATE_COUNT ? names[predicate] : "?";
}

static uint32_t
at_least_one(const uint32_t n)
{
    return n ? n : 1;
}

static rv_status
lay_out(rv_arena *const arena, const rv_world_config *const config,
        rv_world **const out)
{
    size_t n_graph;
    RV_TRY(rv_graph_size(&config->graph, &n_graph));
    const uint32_t        n_past   = at_least_one(config->max_past);
    const uint32_t        n_events = at_least_one(config->max_events);
    rv_world *const       self     = rv_arena_take(arena, 1, sizeof *self);
    void *const           graph    = rv_arena_take(arena, 1, n_graph);
    rv_world_past *const  past     = rv_arena_take(arena, n_past, sizeof *past);
    rv_world_event *const event    = rv_arena_take(arena, n_events, sizeof *event);
    if (arena->failed) {
        return RV_ERR_MEMORY;
    }
    if (self) {
        memset(self, 0, sizeof *self);
        self->config     = *config;
        self->past       = past;
        self->event      = event;
        self->past_ring  = (rv_ring){.capacity = n_past};
        self->event_ring = (rv_ring){.capacity = n_events};
        RV_TRY(rv_graph_init(&self->graph, &config->graph, graph, n_graph));
    }
    *out = self;
    return RV_OK;
}

static rv_status
check_config(const rv_world_config *const config)
{
    return config->max_past <= 1U << 24 && config->max_events <= 1U << 24 &&
                   config->confidence_step > 0.0F
               ? RV_OK
               : RV_ERR_CONFIG;
}

rv_status
rv_world_size(const rv_world_config *const config, size_t *const n_bytes)
{
    rv_arena  arena = {0};
    rv_world *none;
    RV_TRY(check_config(config));
    RV_TRY(lay_out(&arena, config, &none));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_world_init(rv_world **const self, const rv_world_config *const config,
              void *const memory, const size_t n_bytes)
{
    rv_arena arena = {0};
    RV_TRY(check_config(config));
    RV_TRY(rv_arena_open(&arena, memory, n_bytes, 0));
    rv_world *made;
    RV_TRY(lay_out(&arena, config, &made));
    rv_world_node room = {.kind = RV_WORLD_ROOM, .bounds = config->room_bounds};
    memcpy(room.name, config->room, sizeof room.name);
    memcpy(room.reference, config->room, sizeof room.reference);
    RV_TRY(rv_graph_upsert(made->graph, &room));
    made->now.room = room.id;
    *self          = made;
    return RV_OK;
}

rv_status
rv_world_add_zone(rv_world *const self, const unsigned index, const char *const name,
                  const rv_bounds *const bounds)
{
    if (index >= RV_WORLD_ZONES) {
        return RV_ERR_RANGE;
    }
    rv_world_node zone = {.id     = self->now.zone[index],
                          .kind   = RV_WORLD_ZONE,
                          .parent = self->now.room,
                          .bounds = *bounds};
    for (size_t i = 0; i < RV_WORLD_TEXT - 1 && name[i]; ++i) {
        zone.name[i] = name[i];
    }
    RV_TRY(rv_graph_upsert(self->graph, &zone));
    self->now.zone[index] = zone.id;
    return RV_OK;
}

void
rv_world_drop_zone(rv_world *const self, const unsigned index)
{
    if (index >= RV_WORLD_ZONES || !self->now.zone[index]) {
        return;
    }
    for (unsigned i = 0; i < RV_WORLD_TRACKS; ++i) {
        if (self->track[i].place == self->now.zone[index]) {
            self->track[i].place = 0; // its edge goes with the zone
        }
    }
    rv_graph_remove(self->graph, self->now.zone[index]);
    self->now.zone[index] = 0;
}

void
rv_world_forget(rv_world *const self, const rv_audit_what what, const uint64_t id,
                const rv_record *const record)
{
    rv_audit_entry entry = {.cycle         = record->cycle,
                            .t_us          = record->t_us,
                            .privacy_class = record->privacy_class,
                            .what          = what,
                            .flags         = (uint16_t)record->flags,
                            .item          = (uint32_t)id};
    uint8_t        bytes[RV_AUDIT_BYTES];
    memcpy(entry.witness, record->witness, RV_AUDIT_WITNESS);
    rv_audit_append(&self->now.audit, &entry, bytes);
    if (self->config.audit) {
        self->config.audit(self->config.audit_user, bytes);
    }
}

// ---- sensors

static void
write_sensor_name(char name[RV_WORLD_TEXT], const uint8_t node)
{
    static const char prefix[] = "node-";
    size_t            at       = sizeof prefix - 1;
    memcpy(name, prefix, at);
    if (node >= 100) {
        name[at++] = (char)('0' + node / 100);
    }
    if (node >= 10) {
        name[at++] = (char)('0' + node / 10 % 10);
    }
    name[at]     = (char)('0' + node % 10);
    name[at + 1] = '\0';
}

static rv_status
make_sensor(rv_world *const self, const rv_record_node *const seen)
{
    rv_world_node sensor = {.kind = RV_WORLD_SENSOR, .other = seen->node};
    write_sensor_name(sensor.name, seen->node);
    RV_TRY(rv_graph_upsert(self->graph, &sensor));
    self->sensor[seen->node] = sensor.id;
    return RV_OK;
}

static rv_status
push_sensor(rv_world *const self, const rv_record *const record,
            const rv_record_node *const seen)
{
    if (!seen->present) {
        return RV_OK;
    }
    if (!self->sensor[seen->node]) {
        RV_TRY(make_sensor(self, seen));
    }
    const uint64_t       id     = self->sensor[seen->node];
    rv_world_node *const sensor = rv_graph_find(self->graph, id);
    rv_world_edge *const edge =
        rv_graph_edge(self->graph, id, self->now.room, RV_REL_OBSERVES);
    sensor->t_ms = self->now.t_ms;
    if (seen->has_position) {
        sensor->position =
            (rv_enu){(double)seen->position_m[0], (double)seen->position_m[1],
                     (double)seen->position_m[2]};
    }
    if (edge) {
        edge->value = record->quality;
        edge->t_ms  = self->now.t_ms;
        return RV_OK;
    }
    const rv_world_edge fresh = {.from  = id,
                                 .to    = self->now.room,
                                 .rel   = RV_REL_OBSERVES,
                                 .value = record->quality,
                                 .t_ms  = self->now.t_ms};
    return rv_graph_connect(self->graph, &fresh);
}

// ---- events

static rv_world_event *
find_alike(rv_world *const self, const rv_record_event *const event, const int64_t t_ms)
{
    enum { look_back = 32 };
    for (uint32_t age = 0; age < self->event_ring.count && age < look_back; ++age) {
        rv_world_event *const e = &self->event[rv_ring_slot(&self->event_ring, age)];
        if (e->kind == event->kind && e->subject == event->subject &&
            t_ms >= e->last_ms &&
            (uint64_t)(t_ms - e->last_ms) <= self->config.coalesce_ms) {
            return e;
        }
    }
    return NULL;
}

static const rv_world_event *
oldest_event(const rv_world *const self)
{
    return &self->event[rv_ring_slot(&self->event_ring, self->event_ring.count - 1)];
}

static void
push_event(rv_world *const self, const rv_record *const record,
           const rv_record_event *const event)
{
    const int64_t         t_ms  = (int64_t)(event->t_us / 1000);
    rv_world_event *const alike = find_alike(self, event, t_ms);
    if (alike) {
        ++alike->count;
        alike->last_ms = t_ms;
        if (event->confidence > alike->confidence) {
            alike->confidence = event->confidence;
        }
        return;
    }
    if (self->event_ring.count == self->event_ring.capacity) {
        rv_world_forget(self, RV_AUDIT_EVENT, oldest_event(self)->id, record);
    }
    self->event[rv_ring_push(&self->event_ring)] =
        (rv_world_event){.id         = rv_graph_take_id(self->graph),
                         .kind       = event->kind,
                         .reason     = event->reason,
                         .subject    = event->subject,
                         .count      = 1,
                         .confidence = event->confidence,
                         .first_ms   = t_ms,
                         .last_ms    = t_ms,
                         .place      = self->now.room};
}

static void
drop_old_events(rv_world *const self, const rv_record *const record)
{
    for (int k = 0; k < 2 && self->event_ring.count > 0; ++k) {
        const rv_world_event *const oldest = oldest_event(self);
        if (self->now.t_ms < oldest->last_ms ||
            (uint64_t)(self->now.t_ms - oldest->last_ms) <= self->config.event_age_ms) {
            return;
        }
        rv_world_forget(self, RV_AUDIT_EVENT, oldest->id, record);
        --self->event_ring.count;
    }
}

// ---- what has not been seen for long

static void
drop_anchor(rv_world *const self, const uint64_t id, const rv_record *const record)
{
    for (uint32_t i = 0; i < RV_WORLD_ANCHORS; ++i) {
        if (self->anchor[i] == id) {
            self->anchor[i] = 0;
            --self->n_anchors;
        }
    }
    rv_world_forget(self, RV_AUDIT_ANCHOR, id, record);
    rv_graph_remove(self->graph, id);
}

/// 0.05 of confidence per hour without being seen
static float
decayed(const rv_world_node *const anchor, const int64_t t_ms)
{
    const int64_t age_ms = t_ms > anchor->t_ms ? t_ms - anchor->t_ms : 0;
    return anchor->confidence - (float)age_ms * (0.05F / 3600000.0F);
}

static bool
is_gone(const rv_world *const self, const rv_world_node *const node,
        const uint64_t gone_ms)
{
    return self->now.t_ms > node->t_ms &&
           (uint64_t)(self->now.t_ms - node->t_ms) > gone_ms;
}

/// Looks at a few nodes per cycle, so that the cost is the same in every cycle
static void
sweep(rv_world *const self, const rv_record *const record)
{
    for (int k = 0; k < sweep_per_cycle; ++k) {
        if (self->now.sweep >= rv_graph_n_nodes(self->graph)) {
            self->now.sweep = 0;
        }
        const rv_world_node *const node =
            rv_graph_node_at(self->graph, self->now.sweep);
        ++self->now.sweep;
        if (node->kind == RV_WORLD_PERSON_TRACK &&
            is_gone(self, node, self->config.track_gone_ms)) {
            const uint64_t id = node->id;
            rv_world_forget(self, RV_AUDIT_TRACK, id, record);
            rv_world_drop_track(self, id);
        } else if (node->kind == RV_WORLD_SENSOR &&
                   is_gone(self, node, self->config.sensor_gone_ms)) {
            const uint64_t id                = node->id;
            self->sensor[node->other & 0xFF] = 0;
            rv_world_forget(self, RV_AUDIT_SENSOR, id, record);
            rv_graph_remove(self->graph, id);
        } else if (node->kind == RV_WORLD_OBJECT_ANCHOR &&
                   decayed(node, self->now.t_ms) < 0.2F) {
            drop_anchor(self, node->id, record);
        }
    }
}

// ---- privacy

/// One edge per sensor and what it observes: is it allowed to?
static rv_status
write_privacy_edges(rv_world *const self, const rv_record *const record)
{
    for (unsigned i = 0; i < 256; ++i) {
        if (!self->sensor[i]) {
            continue;
        }
        const rv_world_edge edge = {.from = self->sensor[i],
                                    .to   = self->now.room,
                                    .rel  = RV_REL_PRIVACY_LIMITED_BY,
                                    .is_allowed =
                                        record->persons_reason != RV_REASON_PRIVACY &&
                                        record->persons_reason != RV_REASON_CONSENT,
                                    .mode = record->privacy_mode,
                                    .t_ms = self->now.t_ms};
        RV_TRY(rv_graph_connect(self->graph, &edge));
    }
    return RV_OK;
}

rv_status
rv_world_push(rv_world *const self, const rv_record *const record,
              const rv_quality *const quality)
{
    rv_status result = RV_OK;
    self->now.cycle  = record->cycle;
    self->now.t_ms   = (int64_t)(record->t_us / 1000 & INT64_MAX);
    for (uint16_t i = 0; i < record->n_nodes; ++i) {
        const rv_status status = push_sensor(self, record, &record->nodes[i]);
        result                 = status != RV_OK ? status : result;
    }
    const rv_status states = rv_world_push_states(self, record, quality);
    const rv_status tracks = rv_world_push_tracks(self, record);
    result = states != RV_OK ? states : tracks != RV_OK ? tracks : result;
    for (uint16_t i = 0; i < record->n_events; ++i) {
        push_event(self, record, &record->events[i]);
    }
    drop_old_events(self, record);
    sweep(self, record);
    if (!self->now.has_class || self->now.privacy_class != record->privacy_class ||
        self->now.mode != record->privacy_mode) {
        self->now.has_class     = true;
        self->now.privacy_class = record->privacy_class;
        self->now.mode          = record->privacy_mode;
        const rv_status privacy = write_privacy_edges(self, record);
        result                  = privacy != RV_OK ? privacy : result;
    }
    return result;
}

rv_graph *
rv_world_graph(rv_world *const self)
{
    return self->graph;
}

const rv_world_resume *
rv_world_state(const rv_world *const self)
{
    return &self->now;
}

void
rv_world_set_audit(rv_world *const self, rv_audit_sink *const audit, void *const user)
{
    self->config.audit      = audit;
    self->config.audit_user = user;
}

// SPDX-License-Identifier: MIT
/**
   @file graph.h
   The graph of the place: rooms, zones, walls, doorways, sensors, links, persons,
   anchors, events and what is believed, and how they hang together. A bounded store:
   the number of nodes and edges is fixed at start; nothing grows with time.

   Ids start at 1, go up and are never reused. There is one edge per (from, to,
   relation); a second one replaces its payload. Whatever holds a number that is not
   finite is refused.

   Place      world. The cycle's picture enters through world.h.
*/
#ifndef RV_WORLD_GRAPH_H
#define RV_WORLD_GRAPH_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/trust/quality.h>
#include <ruview/trust/record.h>
#include <ruview/world/bounds.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_WORLD_TEXT = 48 }; ///< Names, with the terminating zero

/// A time that has not come: the state still holds
#define RV_WORLD_OPEN INT64_MIN

typedef enum {
    RV_WORLD_ROOM,
    RV_WORLD_ZONE,
    RV_WORLD_WALL,
    RV_WORLD_DOORWAY,
    RV_WORLD_SENSOR,
    RV_WORLD_RF_LINK,
    RV_WORLD_PERSON_TRACK,
    RV_WORLD_OBJECT_ANCHOR,
    RV_WORLD_EVENT,
    RV_WORLD_SEMANTIC_STATE,
    RV_WORLD_KIND_COUNT,
} rv_world_kind;

typedef enum {
    RV_REL_OBSERVES,
    RV_REL_LOCATED_IN,
    RV_REL_ADJACENT_TO,
    RV_REL_SUPPORTS,
    RV_REL_CONTRADICTS,
    RV_REL_DERIVED_FROM,
    RV_REL_PRIVACY_LIMITED_BY,
    RV_REL_COUNT,
} rv_world_rel;

/// What is believed of a room
typedef enum {
    RV_PREDICATE_PRESENCE,
    RV_PREDICATE_OCCUPANCY,
    RV_PREDICATE_MOTION,
    RV_PREDICATE_BREATHING,
    RV_PREDICATE_HEART,
    RV_PREDICATE_COUNT,
} rv_predicate;

/// Why it is believed; mandatory for a semantic state
typedef struct {
    uint8_t          n_evidence;
    rv_evidence      evidence[RV_MAX_EVIDENCE];
    uint64_t         model;       ///< Content hash; 0 none
    uint64_t         calibration; ///< Content hash; 0 none
    rv_privacy_mode  mode;
    rv_privacy_class privacy_class;
} rv_provenance;

/// Metres, east, north, up
typedef struct {
    double e, n, u;
} rv_enu;

/// One node; which fields matter hangs on the kind
typedef struct {
    uint64_t      id; ///< 0: to be given
    rv_world_kind kind;
    uint8_t       detail; ///< Sensor: modality. Anchor: kind. State: rv_predicate.
                          ///< Event: rv_event_kind.
    int16_t       floor;  ///< Room
    char          name[RV_WORLD_TEXT];      ///< Room, zone; sensor: device id
    char          reference[RV_WORLD_TEXT]; ///< Room: area; track: re-ID; "" none
    rv_bounds     bounds;                   ///< Room, zone
    rv_enu        position;   ///< Sensor, track, anchor, doorway; wall: one end
    rv_enu        end;        ///< Wall: the other end
    uint64_t      parent;     ///< Zone: room. Link: transmitter. Event: where; 0 none
    uint64_t      other;      ///< Link: receiver. Track: track id. Event: subject
    uint32_t      freq_mhz;   ///< Link
    uint32_t      count;      ///< Event: how often
    float         value;      ///< Wall [dB], doorway [m], state: what is believed
    float         confidence; ///< Anchor, event, state; 0..1
    rv_reason     reason;     ///< Event; state: not NONE when unknown
    int64_t       t_ms;       ///< Event: first; state: valid from; track: last seen
    int64_t       until_ms;   ///< State: valid to, or RV_WORLD_OPEN; event: last
    rv_provenance provenance; ///< State
} rv_world_node;

/// One edge
typedef struct {
    uint64_t        from, to;
    rv_world_rel    rel;
    bool            is_allowed; ///< PRIVACY_LIMITED_BY
    uint8_t         evidence;   ///< DERIVED_FROM: rv_evidence_kind; 255 none
    rv_privacy_mode mode;       ///< PRIVACY_LIMITED_BY
    float           value;      ///< Quality, strength, magnitude
    int64_t         t_ms;       ///< Last seen, since, decided
    uint64_t        via;        ///< ADJACENT_TO: doorway
    uint32_t        flag;       ///< CONTRADICTS: RV_FLAG_*
} rv_world_edge;

/// Most nodes and edges; memory is laid out for them at start
typedef struct {
    uint32_t max_nodes; ///< Default 1024, at most 65535
    uint32_t max_edges; ///< Default 4096, at most 65535
} rv_graph_config;

typedef struct rv_graph rv_graph;

RV_API rv_graph_config rv_graph_config_default(void);

/// Bytes of memory for one graph, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_graph_size(const rv_graph_config *config,
                                            size_t                *n_bytes);

/// Begin empty in caller memory of rv_graph_size() bytes aligned to 64. ERR_CONFIG,
/// ERR_MEMORY.
RV_API RV_NODISCARD rv_status rv_graph_init(rv_graph             **self,
                                            const rv_graph_config *config, void *memory,
                                            size_t n_bytes);

/**
   Insert, or replace in place when the id exists; edges stay. An id of 0 is given; an
   unknown one is taken over and later ids go on after it. The node's id comes back.

   @return OK; ERR_NONFINITE; ERR_VALUE (an enumeration); ERR_RANGE (id 2^64-1);
           ERR_FULL.
*/
RV_API RV_NODISCARD rv_status rv_graph_upsert(rv_graph *self, rv_world_node *node);

/// Also removes its edges; whether there was such a node
RV_API bool rv_graph_remove(rv_graph *self, uint64_t id);

/// NULL when there is none; valid until the next upsert or remove. The caller may
/// change any field but id and kind.
RV_API rv_world_node *rv_graph_find(rv_graph *self, uint64_t id);

/// Insert or replace; ERR_NOT_FOUND (an end), ERR_NONFINITE, ERR_VALUE, ERR_FULL
RV_API RV_NODISCARD rv_status rv_graph_connect(rv_graph            *self,
                                               const rv_world_edge *edge);

/// NULL when there is none; valid until the next change of the edges
RV_API rv_world_edge *rv_graph_edge(rv_graph *self, uint64_t from, uint64_t to,
                                    rv_world_rel rel);

/// ERR_NOT_FOUND
RV_API RV_NODISCARD rv_status rv_graph_disconnect(rv_graph *self, uint64_t from,
                                                  uint64_t to, rv_world_rel rel);

/// How many there are
RV_API uint32_t rv_graph_n_nodes(const rv_graph *self);
RV_API uint32_t rv_graph_n_edges(const rv_graph *self);

/// i-th node by ascending id
RV_API const rv_world_node *rv_graph_node_at(const rv_graph *self, uint32_t i);

/// i-th edge by (from, to, relation) once sorted; for snapshots, not for the cycle
RV_API void                 rv_graph_sort_edges(rv_graph *self);
RV_API const rv_world_edge *rv_graph_edge_at(const rv_graph *self, uint32_t i);

/// Next id to be given; when restoring it must be above every id (ERR_RANGE)
RV_API uint64_t               rv_graph_next_id(const rv_graph *self);
RV_API RV_NODISCARD rv_status rv_graph_set_next_id(rv_graph *self, uint64_t next);

/// Give an id without making a node (for items that live in rings)
RV_API uint64_t rv_graph_take_id(rv_graph *self);

/// Room with that area reference; 0 none
RV_API uint64_t rv_graph_room_for_area(const rv_graph *self, const char *area);

/// First room, by id, that holds a point; 0 none
RV_API uint64_t rv_graph_room_at(const rv_graph *self, double e, double n);

/// What a sensor observes, ascending; returns how many there are, writes at most `room`
RV_API uint32_t rv_graph_observed_by(rv_graph *self, uint64_t sensor, uint64_t *ids,
                                     uint32_t room);

/// What lies in a place or in a zone of it, ascending
RV_API uint32_t rv_graph_contents_of(rv_graph *self, uint64_t place, uint64_t *ids,
                                     uint32_t room);

RV_END_DECLS

#endif // RV_WORLD_GRAPH_H

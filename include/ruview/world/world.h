// SPDX-License-Identifier: MIT
/**
   @file world.h
   The world as the cycles tell it: one current belief per room and predicate, updated
   in place; rings of what was believed and of what happened; tracks, sensors and
   anchors that come and go. Every bound is fixed at start and every step costs the same
   at cycle 10 and at cycle 10 million.

   A belief enters the history when its value steps, its confidence moves by 0.1, the
   privacy class changes, or once a minute. What leaves is put on the audit chain first.

   The world sees only records that the privacy gate has thinned; when tracks are
   withheld, those that it holds are forgotten in the same cycle.

   Place      world: after the witness. Feeds history and REST; never the record.
*/
#ifndef RV_WORLD_WORLD_H
#define RV_WORLD_WORLD_H

#include <ruview/base/ring.h>
#include <ruview/trust/audit.h>
#include <ruview/trust/quality.h>
#include <ruview/world/graph.h>

RV_BEGIN_DECLS

enum {
    RV_WORLD_TRACKS  = 64,
    RV_WORLD_ANCHORS = 256,
    RV_WORLD_ZONES   = RV_MAX_ZONES,
};

/// Takes one audit record; must not block
typedef void rv_audit_sink(void *user, const uint8_t record[RV_AUDIT_BYTES]);

/// A belief that has ended
typedef struct {
    uint64_t         id;
    int64_t          from_ms;
    int64_t          until_ms;
    rv_predicate     predicate;
    rv_privacy_class privacy_class;
    rv_reason        reason; ///< NONE: known
    float            value;
    float            confidence;
    uint64_t         calibration;
} rv_world_past;

/// Something that happened, several alike within 10 s taken together
typedef struct {
    uint64_t      id;
    rv_event_kind kind;
    rv_reason     reason;
    uint32_t      subject;
    uint32_t      count;
    float         confidence; ///< Largest of them
    int64_t       first_ms;
    int64_t       last_ms;
    uint64_t      place; ///< Room
} rv_world_event;

typedef struct {
    rv_graph_config graph;
    uint32_t        max_past;        ///< History ring; default 4096; 0 counts as 1
    uint32_t        max_events;      ///< Event ring; default 4096; 0 counts as 1
    uint64_t        event_age_ms;    ///< Default 24 h
    uint64_t        coalesce_ms;     ///< Default 10 s
    uint64_t        heartbeat_ms;    ///< Default 60 s
    uint64_t        track_gone_ms;   ///< Default 60 s
    uint64_t        sensor_gone_ms;  ///< Default 24 h
    float           confidence_step; ///< Default 0.1
    uint64_t        model;           ///< Content hash of the model; 0 none
    char            room[RV_WORLD_TEXT];
    rv_bounds       room_bounds;
    rv_audit_sink  *audit; ///< NULL: none
    void           *audit_user;
} rv_world_config;

/// What of a belief was put into the history last
typedef struct {
    float            value;
    float            confidence;
    rv_reason        reason;
    rv_privacy_class privacy_class;
    int64_t          t_ms;
} rv_world_mark;

/// State besides graph and rings that a snapshot needs
typedef struct {
    uint64_t         cycle; ///< Newest
    int64_t          t_ms;
    uint32_t         sweep;
    bool             has_class;
    rv_privacy_class privacy_class;
    rv_privacy_mode  mode;
    uint64_t         room; ///< Id
    uint64_t         zone[RV_WORLD_ZONES];
    uint64_t         state[RV_PREDICATE_COUNT]; ///< Ids; 0 none yet
    rv_world_mark    mark[RV_PREDICATE_COUNT];
    rv_audit         audit;
} rv_world_resume;

typedef struct rv_world rv_world;

RV_API rv_world_config rv_world_config_default(void);

/// Bytes of memory for one world, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_world_size(const rv_world_config *config,
                                            size_t                *n_bytes);

/// Begin in caller memory of rv_world_size() bytes aligned to 64, with the node of the
/// room. ERR_CONFIG, ERR_MEMORY.
RV_API RV_NODISCARD rv_status rv_world_init(rv_world             **self,
                                            const rv_world_config *config, void *memory,
                                            size_t n_bytes);

/// Zone `index` of the configuration; ERR_RANGE
RV_API RV_NODISCARD rv_status rv_world_add_zone(rv_world *self, unsigned index,
                                                const char      *name,
                                                const rv_bounds *bounds);

/// That zone is no more; who was in it is in the room
RV_API void rv_world_drop_zone(rv_world *self, unsigned index);

/**
   Take in a gated record.

   @param quality  Evidence for the beliefs; NULL: none.
   @return OK; ERR_FULL when the graph has no room (what fits is in).
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_world_push(rv_world         *self,
                                                        const rv_record  *record,
                                                        const rv_quality *quality);

/// A reflector: moves the anchor within 0.5 m, or makes one; the faintest gives way
RV_API RV_NODISCARD rv_status rv_world_anchor(rv_world *self, const rv_enu *position,
                                              float confidence, int64_t t_ms);

/// Who takes audit records from now on; NULL: nobody
RV_API void rv_world_set_audit(rv_world *self, rv_audit_sink *audit, void *user);

/// Its graph, to read or to restore
RV_API rv_graph *rv_world_graph(rv_world *self);

/// What a snapshot keeps beside graph and rings
RV_API const rv_world_resume *rv_world_state(const rv_world *self);

/// Items in the rings, and the i-th of them, oldest first; NULL past the end
RV_API uint32_t              rv_world_n_past(const rv_world *self);
RV_API uint32_t              rv_world_n_events(const rv_world *self);
RV_API const rv_world_past  *rv_world_past_at(const rv_world *self, uint32_t i);
RV_API const rv_world_event *rv_world_event_at(const rv_world *self, uint32_t i);

/**
   Another process goes on with this world: the audit chain continues after `head`, the
   newest record that was kept, with a mark that says so.
*/
RV_API void rv_world_restart(rv_world *self, const rv_audit *head, uint64_t t_us);

/// For restoring a snapshot into a fresh world: ascending ids, then the state.
/// ERR_VALUE (an id that does not ascend, a kind that is none), ERR_NOT_FOUND (no such
/// node).
RV_API RV_NODISCARD rv_status rv_world_put_past(rv_world            *self,
                                                const rv_world_past *past);
RV_API RV_NODISCARD rv_status rv_world_put_event(rv_world             *self,
                                                 const rv_world_event *event);
RV_API RV_NODISCARD rv_status rv_world_resume_from(rv_world              *self,
                                                   const rv_world_resume *state);

/// Name of a predicate, "presence" …
RV_API RV_CONST const char *rv_predicate_name(rv_predicate predicate);

RV_END_DECLS

#endif // RV_WORLD_WORLD_H

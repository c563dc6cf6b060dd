// SPDX-License-Identifier: MIT
/**
   @file world_state.h
   The world's memory, shared by the files that update it.
*/
#ifndef RV_WORLD_WORLD_STATE_H
#define RV_WORLD_WORLD_STATE_H

#include <ruview/world/world.h>

/// A person's track that the graph holds
typedef struct {
    bool     is_used;
    uint32_t track;
    uint64_t id; ///< Node
    uint64_t place;
} world_track;

struct rv_world {
    rv_world_config config;
    rv_world_resume now;
    rv_graph       *graph;
    rv_ring         past_ring;
    rv_ring         event_ring;
    rv_world_past  *past;
    rv_world_event *event;
    uint64_t        sensor[256]; ///< Node id by node number; 0 none
    world_track     track[RV_WORLD_TRACKS];
    uint64_t        anchor[RV_WORLD_ANCHORS]; ///< Ids; 0 free
    uint32_t        n_anchors;
};

/// Put something that leaves on the audit chain
void rv_world_forget(rv_world *self, rv_audit_what what, uint64_t id,
                     const rv_record *record);

/// The beliefs of a cycle
rv_status rv_world_push_states(rv_world *self, const rv_record *record,
                               const rv_quality *quality);

/// Persons of a cycle, or none when withheld
rv_status rv_world_push_tracks(rv_world *self, const rv_record *record);
void      rv_world_drop_track(rv_world *self, uint64_t id);

#endif // RV_WORLD_WORLD_STATE_H

// SPDX-License-Identifier: MIT
// Puts a snapshot back: rings, then the state; tables follow from the graph.
#include "base/try.h"
#include "world/world_state.h"

rv_status
rv_world_put_past(rv_world *const self, const rv_world_past *const past)
{
    const rv_world_past *const newest =
        self->past_ring.count ? &self->past[rv_ring_slot(&self->past_ring, 0)] : NULL;
    if ((unsigned)past->predicate >= RV_PREDICATE_COUNT ||
        (newest && past->id <= newest->id)) {
        return RV_ERR_VALUE;
    }
    self->past[rv_ring_push(&self->past_ring)] = *past;
    return RV_OK;
}

rv_status
rv_world_put_event(rv_world *const self, const rv_world_event *const event)
{
    const rv_world_event *const newest =
        self->event_ring.count ? &self->event[rv_ring_slot(&self->event_ring, 0)]
                               : NULL;
    if ((unsigned)event->kind >= RV_EVENT_COUNT ||
        (newest && event->id <= newest->id)) {
        return RV_ERR_VALUE;
    }
    self->event[rv_ring_push(&self->event_ring)] = *event;
    return RV_OK;
}

static uint64_t
place_of(rv_world *const self, const uint64_t id)
{
    for (unsigned i = 0; i < RV_WORLD_ZONES; ++i) {
        if (self->now.zone[i] &&
            rv_graph_edge(self->graph, id, self->now.zone[i], RV_REL_LOCATED_IN)) {
            return self->now.zone[i];
        }
    }
    return rv_graph_edge(self->graph, id, self->now.room, RV_REL_LOCATED_IN)
               ? self->now.room
               : 0;
}

static rv_status
take_in(rv_world *const self, const rv_world_node *const node, unsigned *const n_tracks)
{
    if (node->kind == RV_WORLD_SENSOR && node->other < 256) {
        self->sensor[node->other] = node->id;
    } else if (node->kind == RV_WORLD_OBJECT_ANCHOR) {
        if (self->n_anchors == RV_WORLD_ANCHORS) {
            return RV_ERR_FULL;
        }
        self->anchor[self->n_anchors] = node->id;
        ++self->n_anchors;
    } else if (node->kind == RV_WORLD_PERSON_TRACK) {
        if (*n_tracks == RV_WORLD_TRACKS) {
            return RV_ERR_FULL;
        }
        self->track[*n_tracks] = (world_track){.is_used = true,
                                               .track   = (uint32_t)node->other,
                                               .id      = node->id,
                                               .place   = place_of(self, node->id)};
        ++*n_tracks;
    }
    return RV_OK;
}

void
rv_world_restart(rv_world *const self, const rv_audit *const head, const uint64_t t_us)
{
    const rv_record now = {
        .cycle = self->now.cycle, .t_us = t_us, .privacy_class = RV_CLASS_RESTRICTED};
    self->now.audit = *head;
    rv_world_forget(self, RV_AUDIT_RESTART, 0, &now);
}

rv_status
rv_world_resume_from(rv_world *const self, const rv_world_resume *const state)
{
    unsigned n_tracks = 0;
    if (!rv_graph_find(self->graph, state->room)) {
        return RV_ERR_NOT_FOUND;
    }
    for (int p = 0; p < RV_PREDICATE_COUNT; ++p) {
        if (state->state[p] && !rv_graph_find(self->graph, state->state[p])) {
            return RV_ERR_NOT_FOUND;
        }
    }
    const uint32_t             n_past   = self->past_ring.count;
    const uint32_t             n_events = self->event_ring.count;
    const rv_world_past *const past =
        n_past ? rv_world_past_at(self, n_past - 1) : NULL;
    const rv_world_event *const event =
        n_events ? rv_world_event_at(self, n_events - 1) : NULL;
    const uint64_t next = rv_graph_next_id(self->graph);
    if ((past && past->id >= next) || (event && event->id >= next)) {
        return RV_ERR_RANGE;
    }
    self->now       = *state;
    self->n_anchors = 0;
    for (uint32_t i = 0; i < rv_graph_n_nodes(self->graph); ++i) {
        RV_TRY(take_in(self, rv_graph_node_at(self->graph, i), &n_tracks));
    }
    return RV_OK;
}

// SPDX-License-Identifier: MIT
// Tracks and anchors: what is somewhere.
#include "base/exact.h"
#include "base/try.h"
#include "world/world_state.h"

void
rv_world_drop_track(rv_world *const self, const uint64_t id)
{
    for (unsigned i = 0; i < RV_WORLD_TRACKS; ++i) {
        if (self->track[i].is_used && self->track[i].id == id) {
            self->track[i] = (world_track){0};
        }
    }
    rv_graph_remove(self->graph, id);
}

static void
drop_all_tracks(rv_world *const self, const rv_record *const record)
{
    for (;;) { // by ascending id, whatever the slots
        uint64_t least = UINT64_MAX;
        for (unsigned i = 0; i < RV_WORLD_TRACKS; ++i) {
            if (self->track[i].is_used && self->track[i].id < least) {
                least = self->track[i].id;
            }
        }
        if (least == UINT64_MAX) {
            return;
        }
        rv_world_forget(self, RV_AUDIT_TRACK, least, record);
        rv_world_drop_track(self, least);
    }
}

/// Slot of a track, or a free one; NULL when the table is full
static world_track *
find_track(rv_world *const self, const uint32_t track)
{
    world_track *free_slot = NULL;
    for (unsigned i = 0; i < RV_WORLD_TRACKS; ++i) {
        if (self->track[i].is_used && self->track[i].track == track) {
            return &self->track[i];
        }
        if (!self->track[i].is_used && !free_slot) {
            free_slot = &self->track[i];
        }
    }
    return free_slot;
}

/// Exactly one current place, since the time of the move
static rv_status
locate(rv_world *const self, world_track *const track, const int16_t zone)
{
    const bool     in_zone = zone >= 0 && zone < RV_WORLD_ZONES && self->now.zone[zone];
    const uint64_t place   = in_zone ? self->now.zone[zone] : self->now.room;
    if (track->place == place) {
        return RV_OK;
    }
    const rv_world_edge edge = {.from = track->id,
                                .to   = place,
                                .rel  = RV_REL_LOCATED_IN,
                                .t_ms = self->now.t_ms};
    RV_TRY(rv_graph_connect(self->graph, &edge));
    if (track->place) {
        RV_TRY(rv_graph_disconnect(self->graph, track->id, track->place,
                                   RV_REL_LOCATED_IN));
    }
    track->place = place;
    return RV_OK;
}

static rv_status
push_track(rv_world *const self, const rv_record_person *const person)
{
    world_track *const track = find_track(self, person->id);
    if (!track) {
        return RV_ERR_FULL;
    }
    if (!track->is_used) {
        rv_world_node node = {.kind = RV_WORLD_PERSON_TRACK, .other = person->id};
        RV_TRY(rv_graph_upsert(self->graph, &node));
        *track = (world_track){.is_used = true, .track = person->id, .id = node.id};
    }
    rv_world_node *const node = rv_graph_find(self->graph, track->id);
    node->t_ms                = self->now.t_ms;
    node->confidence          = person->confidence;
    node->position =
        (rv_enu){(double)person->position_m[0], (double)person->position_m[1],
                 (double)person->position_m[2]};
    return locate(self, track, person->zone);
}

rv_status
rv_world_push_tracks(rv_world *const self, const rv_record *const record)
{
    if (record->persons_reason == RV_REASON_PRIVACY ||
        record->persons_reason == RV_REASON_CONSENT) {
        drop_all_tracks(self, record);
        return RV_OK;
    }
    for (uint16_t i = 0; i < record->n_persons; ++i) {
        if (record->persons[i].state != RV_TRACK_LOST) {
            RV_TRY(push_track(self, &record->persons[i]));
        }
    }
    return RV_OK;
}

static double
distance2(const rv_enu a, const rv_enu b)
{
    const double e = a.e - b.e;
    const double n = a.n - b.n;
    const double u = a.u - b.u;
    return e * e + n * n + u * u;
}

/// Nearest anchor within 0.5 m, ties to the lower id; NULL none
static rv_world_node *
find_anchor(rv_world *const self, const rv_enu *const position)
{
    rv_world_node *best   = NULL;
    double         best_d = 0.25;
    for (unsigned i = 0; i < RV_WORLD_ANCHORS; ++i) {
        rv_world_node *const node =
            self->anchor[i] ? rv_graph_find(self->graph, self->anchor[i]) : NULL;
        const double d = node ? distance2(node->position, *position) : 1.0;
        if (node && (d < best_d || (d == best_d && (!best || node->id < best->id)))) {
            best   = node;
            best_d = d;
        }
    }
    return best;
}

/// A free slot, or that of the faintest anchor, which gives way
static unsigned
make_room(rv_world *const self, const int64_t t_ms)
{
    unsigned faintest = 0;
    float    least    = 2.0F;
    for (unsigned i = 0; i < RV_WORLD_ANCHORS; ++i) {
        if (!self->anchor[i]) {
            return i;
        }
        const rv_world_node *const node = rv_graph_find(self->graph, self->anchor[i]);
        if (node->confidence < least ||
            (node->confidence == least && node->id < self->anchor[faintest])) {
            least    = node->confidence;
            faintest = i;
        }
    }
    const rv_record now = {.cycle         = self->now.cycle,
                           .t_us          = (uint64_t)t_ms * 1000,
                           .privacy_class = self->now.privacy_class};
    rv_world_forget(self, RV_AUDIT_ANCHOR, self->anchor[faintest], &now);
    rv_graph_remove(self->graph, self->anchor[faintest]);
    self->anchor[faintest] = 0;
    --self->n_anchors;
    return faintest;
}

rv_status
rv_world_anchor(rv_world *const self, const rv_enu *const position,
                const float confidence, const int64_t t_ms)
{
    if (!(confidence >= 0.0F && confidence <= 1.0F)) {
        return RV_ERR_RANGE;
    }
    const double sum = position->e + position->n + position->u;
    if (sum - sum != 0.0) {
        return RV_ERR_NONFINITE;
    }
    rv_world_node *const near = find_anchor(self, position);
    if (near) {
        near->position.e += (position->e - near->position.e) * 0.125;
        near->position.n += (position->n - near->position.n) * 0.125;
        near->position.u += (position->u - near->position.u) * 0.125;
        near->confidence =
            confidence > near->confidence ? confidence : near->confidence;
        near->t_ms = t_ms;
        return RV_OK;
    }
    const unsigned slot = make_room(self, t_ms);
    rv_world_node  node = {.kind       = RV_WORLD_OBJECT_ANCHOR,
                           .position   = *position,
                           .confidence = confidence,
                           .t_ms       = t_ms};
    RV_TRY(rv_graph_upsert(self->graph, &node));
    self->anchor[slot] = node.id;
    ++self->n_anchors;
    return RV_OK;
}

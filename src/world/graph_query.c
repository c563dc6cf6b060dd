// SPDX-License-Identifier: MIT
// Questions about the graph. They walk all nodes: for people and REST, not for the
// cycle.
#include "base/exact.h"

#include <ruview/world/graph.h>

static bool
is_same_text(const char *const a, const char *const b)
{
    for (size_t i = 0; i < RV_WORLD_TEXT; ++i) {
        if (a[i] != b[i]) {
            return false;
        }
        if (a[i] == '\0') {
            return true;
        }
    }
    return true;
}

uint64_t
rv_graph_room_for_area(const rv_graph *const self, const char *const area)
{
    for (uint32_t i = 0; i < rv_graph_n_nodes(self); ++i) {
        const rv_world_node *const node = rv_graph_node_at(self, i);
        if (node->kind == RV_WORLD_ROOM && is_same_text(node->reference, area)) {
            return node->id;
        }
    }
    return 0;
}

uint64_t
rv_graph_room_at(const rv_graph *const self, const double e, const double n)
{
    for (uint32_t i = 0; i < rv_graph_n_nodes(self); ++i) {
        const rv_world_node *const node = rv_graph_node_at(self, i);
        if (node->kind == RV_WORLD_ROOM && rv_bounds_contain(&node->bounds, e, n)) {
            return node->id;
        }
    }
    return 0;
}

uint32_t
rv_graph_observed_by(rv_graph *const self, const uint64_t sensor, uint64_t *const ids,
                     const uint32_t room)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < rv_graph_n_nodes(self); ++i) {
        const uint64_t id = rv_graph_node_at(self, i)->id;
        if (rv_graph_edge(self, sensor, id, RV_REL_OBSERVES)) {
            if (n < room) {
                ids[n] = id;
            }
            ++n;
        }
    }
    return n;
}

static bool
is_inside(rv_graph *const self, const uint64_t id, const uint64_t place)
{
    if (rv_graph_edge(self, id, place, RV_REL_LOCATED_IN)) {
        return true;
    }
    for (uint32_t i = 0; i < rv_graph_n_nodes(self); ++i) {
        const rv_world_node *const zone = rv_graph_node_at(self, i);
        if (zone->kind == RV_WORLD_ZONE && zone->parent == place &&
            rv_graph_edge(self, id, zone->id, RV_REL_LOCATED_IN)) {
            return true;
        }
    }
    return false;
}

uint32_t
rv_graph_contents_of(rv_graph *const self, const uint64_t place, uint64_t *const ids,
                     const uint32_t room)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < rv_graph_n_nodes(self); ++i) {
        const uint64_t id = rv_graph_node_at(self, i)->id;
        if (is_inside(self, id, place)) {
            if (n < room) {
                ids[n] = id;
            }
            ++n;
        }
    }
    return n;
}

// SPDX-License-Identifier: MIT
// Nodes lie in slots; `order` lists the slots by ascending id. Edges lie dense in an
// array; an open-addressed table finds them, and removing shifts entries back, so that
// it never degrades.
#include "base/exact.h"
#include "base/try.h"

#include <ruview/base/arena.h>
#include <ruview/world/graph.h>

#include <string.h>

struct rv_graph {
    rv_graph_config config;
    uint64_t        next_id;
    uint32_t        n_nodes;
    uint32_t        n_edges;
    uint32_t        n_table; ///< Power of two
    rv_world_node  *node;    ///< [max_nodes] slots
    uint16_t       *order;   ///< [max_nodes] slots by id; free ones after n_nodes
    rv_world_edge  *edge;    ///< [max_edges]
    uint16_t       *sorted;  ///< [max_edges] edges by key, after sort_edges
    uint32_t       *table;   ///< [n_table] edge + 1; 0 empty
};

rv_graph_config
rv_graph_config_default(void)
{
    const rv_graph_config config = {.max_nodes = 1024, .max_edges = 4096};
    return config;
}

static rv_status
lay_out(rv_arena *const arena, const rv_graph_config *const config,
        rv_graph **const out)
{
    if (config->max_nodes == 0 || config->max_nodes > UINT16_MAX ||
        config->max_edges == 0 || config->max_edges > UINT16_MAX) {
        return RV_ERR_CONFIG;
    }
    uint32_t n_table = 16;
    while (n_table < 2 * config->max_edges) {
        n_table *= 2;
    }
    rv_graph *const      self  = rv_arena_take(arena, 1, sizeof *self);
    rv_world_node *const node  = rv_arena_take(arena, config->max_nodes, sizeof *node);
    uint16_t *const      order = rv_arena_take(arena, config->max_nodes, sizeof *order);
    rv_world_edge *const edge  = rv_arena_take(arena, config->max_edges, sizeof *edge);
    uint16_t *const sorted = rv_arena_take(arena, config->max_edges, sizeof *sorted);
    uint32_t *const table  = rv_arena_take(arena, n_table, sizeof *table);
    if (arena->failed) {
        return RV_ERR_MEMORY;
    }
    if (self) {
        *self = (rv_graph){.config  = *config,
                           .next_id = 1,
                           .n_table = n_table,
                           .node    = node,
                           .order   = order,
                           .edge    = edge,
                           .sorted  = sorted,
                           .table   = table};
        memset(table, 0, n_table * sizeof *table);
        for (uint32_t i = 0; i < config->max_nodes; ++i) {
            order[i] = (uint16_t)i;
        }
    }
    *out = self;
    return RV_OK;
}

rv_status
rv_graph_size(const rv_graph_config *const config, size_t *const n_bytes)
{
    rv_arena  arena = {0};
    rv_graph *none;
    RV_TRY(lay_out(&arena, config, &none));
    *n_bytes = arena.used;
    return RV_OK;
}

rv_status
rv_graph_init(rv_graph **const self, const rv_graph_config *const config,
              void *const memory, const size_t n_bytes)
{
    rv_arena arena = {0};
    RV_TRY(rv_arena_open(&arena, memory, n_bytes, 0));
    return lay_out(&arena, config, self);
}

// ---- nodes

/// Place of `id` in the order, or where it would go
static uint32_t
search(const rv_graph *const self, const uint64_t id)
{
    uint32_t low  = 0;
    uint32_t high = self->n_nodes;
    while (low < high) {
        const uint32_t middle = (low + high) / 2;
        if (self->node[self->order[middle]].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool
is_at(const rv_graph *const self, const uint32_t place, const uint64_t id)
{
    return place < self->n_nodes && self->node[self->order[place]].id == id;
}

rv_world_node *
rv_graph_find(rv_graph *const self, const uint64_t id)
{
    const uint32_t place = search(self, id);
    return is_at(self, place, id) ? &self->node[self->order[place]] : NULL;
}

static bool
is_finite(const double v)
{
    return v - v == 0.0;
}

static bool
is_point(const rv_enu p)
{
    return is_finite(p.e) && is_finite(p.n) && is_finite(p.u);
}

static rv_status
check_node(const rv_world_node *const node)
{
    if ((unsigned)node->kind >= RV_WORLD_KIND_COUNT ||
        node->provenance.n_evidence > RV_MAX_EVIDENCE ||
        (unsigned)node->reason >= RV_REASON_COUNT) {
        return RV_ERR_VALUE;
    }
    bool finite = is_point(node->position) && is_point(node->end) &&
                  is_finite((double)node->value) &&
                  is_finite((double)node->confidence) && rv_bounds_valid(&node->bounds);
    for (uint8_t i = 0; i < node->provenance.n_evidence; ++i) {
        finite = finite && is_finite((double)node->provenance.evidence[i].value) &&
                 is_finite((double)node->provenance.evidence[i].limit);
    }
    return finite ? RV_OK : RV_ERR_NONFINITE;
}

rv_status
rv_graph_upsert(rv_graph *const self, rv_world_node *const node)
{
    RV_TRY(check_node(node));
    if (node->id == UINT64_MAX || (node->id == 0 && self->next_id == UINT64_MAX)) {
        return RV_ERR_RANGE;
    }
    const uint64_t id    = node->id ? node->id : self->next_id;
    const uint32_t place = search(self, id);
    if (!is_at(self, place, id)) {
        if (self->n_nodes == self->config.max_nodes) {
            return RV_ERR_FULL;
        }
        const uint16_t slot = self->order[self->n_nodes];
        memmove(&self->order[place + 1], &self->order[place],
                (self->n_nodes - place) * sizeof *self->order);
        self->order[place] = slot;
        ++self->n_nodes;
        self->next_id = id >= self->next_id ? id + 1 : self->next_id;
    }
    node->id                       = id;
    self->node[self->order[place]] = *node;
    return RV_OK;
}

// ---- edges

static uint32_t
hash_of(const rv_graph *const self, const uint64_t from, const uint64_t to,
        const rv_world_rel rel)
{
    uint64_t h = from * UINT64_C(0x9E3779B97F4A7C15) ^
                 to * UINT64_C(0xC2B2AE3D27D4EB4F) ^
                 (uint64_t)rel * UINT64_C(0x165667B19E3779F9);
    h ^= h >> 32;
    h *= UINT64_C(0xD6E8FEB86659FD93);
    return (uint32_t)(h >> 32) & (self->n_table - 1);
}

static bool
is_key(const rv_world_edge *const e, const uint64_t from, const uint64_t to,
       const rv_world_rel rel)
{
    return e->from == from && e->to == to && e->rel == rel;
}

/// Cell of the edge, or the empty cell where it would go
static uint32_t
find_cell(const rv_graph *const self, const uint64_t from, const uint64_t to,
          const rv_world_rel rel)
{
    uint32_t cell = hash_of(self, from, to, rel);
    while (self->table[cell] &&
           !is_key(&self->edge[self->table[cell] - 1], from, to, rel)) {
        cell = (cell + 1) & (self->n_table - 1);
    }
    return cell;
}

rv_world_edge *
rv_graph_edge(rv_graph *const self, const uint64_t from, const uint64_t to,
              const rv_world_rel rel)
{
    const uint32_t entry = self->table[find_cell(self, from, to, rel)];
    return entry ? &self->edge[entry - 1] : NULL;
}

rv_status
rv_graph_connect(rv_graph *const self, const rv_world_edge *const edge)
{
    if ((unsigned)edge->rel >= RV_REL_COUNT) {
        return RV_ERR_VALUE;
    }
    if (!is_finite((double)edge->value)) {
        return RV_ERR_NONFINITE;
    }
    if (!rv_graph_find(self, edge->from) || !rv_graph_find(self, edge->to)) {
        return RV_ERR_NOT_FOUND;
    }
    const uint32_t cell = find_cell(self, edge->from, edge->to, edge->rel);
    if (self->table[cell]) {
        self->edge[self->table[cell] - 1] = *edge;
        return RV_OK;
    }
    if (self->n_edges == self->config.max_edges) {
        return RV_ERR_FULL;
    }
    self->edge[self->n_edges] = *edge;
    ++self->n_edges;
    self->table[cell] = self->n_edges;
    return RV_OK;
}

/// Empty a cell and move later entries of its run back to where they are looked for
static void
clear_cell(rv_graph *const self, uint32_t hole)
{
    const uint32_t mask = self->n_table - 1;
    for (uint32_t cell = (hole + 1) & mask; self->table[cell];
         cell          = (cell + 1) & mask) {
        const rv_world_edge *const e    = &self->edge[self->table[cell] - 1];
        const uint32_t             home = hash_of(self, e->from, e->to, e->rel);
        if (((cell - home) & mask) >= ((cell - hole) & mask)) {
            self->table[hole] = self->table[cell];
            hole              = cell;
        }
    }
    self->table[hole] = 0;
}

static void
remove_edge(rv_graph *const self, const uint32_t cell)
{
    const uint32_t index = self->table[cell] - 1;
    const uint32_t last  = self->n_edges - 1;
    clear_cell(self, cell);
    if (index != last) {
        const rv_world_edge *const e                         = &self->edge[last];
        self->table[find_cell(self, e->from, e->to, e->rel)] = index + 1;
        self->edge[index]                                    = *e;
    }
    --self->n_edges;
}

rv_status
rv_graph_disconnect(rv_graph *const self, const uint64_t from, const uint64_t to,
                    const rv_world_rel rel)
{
    const uint32_t cell = find_cell(self, from, to, rel);
    if (!self->table[cell]) {
        return RV_ERR_NOT_FOUND;
    }
    remove_edge(self, cell);
    return RV_OK;
}

bool
rv_graph_remove(rv_graph *const self, const uint64_t id)
{
    const uint32_t place = search(self, id);
    if (!is_at(self, place, id)) {
        return false;
    }
    for (uint32_t i = self->n_edges; i > 0; --i) { // from the end: the last one moves
        const rv_world_edge *const e = &self->edge[i - 1];
        if (e->from == id || e->to == id) {
            remove_edge(self, find_cell(self, e->from, e->to, e->rel));
        }
    }
    const uint16_t slot = self->order[place];
    --self->n_nodes;
    memmove(&self->order[place], &self->order[place + 1],
            (self->n_nodes - place) * sizeof *self->order);
    self->order[self->n_nodes] = slot;
    return true;
}

// ---- reading

uint32_t
rv_graph_n_nodes(const rv_graph *const self)
{
    return self->n_nodes;
}

uint32_t
rv_graph_n_edges(const rv_graph *const self)
{
    return self->n_edges;
}

const rv_world_node *
rv_graph_node_at(const rv_graph *const self, const uint32_t i)
{
    return i < self->n_nodes ? &self->node[self->order[i]] : NULL;
}

static bool
is_before(const rv_world_edge *const a, const rv_world_edge *const b)
{
    return a->from != b->from ? a->from < b->from
           : a->to != b->to   ? a->to < b->to
                              : a->rel < b->rel;
}

/// Heap sort: no recursion, no extra memory, and the key is unique
static void
sift_down(rv_graph *const self, uint32_t root, const uint32_t n)
{
    uint16_t *const s = self->sorted;
    for (;;) {
        uint32_t child = 2 * root + 1;
        if (child >= n) {
            return;
        }
        if (child + 1 < n &&
            is_before(&self->edge[s[child]], &self->edge[s[child + 1]])) {
            ++child;
        }
        if (!is_before(&self->edge[s[root]], &self->edge[s[child]])) {
            return;
        }
        const uint16_t kept = s[root];
        s[root]             = s[child];
        s[child]            = kept;
        root                = child;
    }
}

void
rv_graph_sort_edges(rv_graph *const self)
{
    const uint32_t n = self->n_edges;
    for (uint32_t i = 0; i < n; ++i) {
        self->sorted[i] = (uint16_t)i;
    }
    for (uint32_t i = n / 2; i > 0; --i) {
        sift_down(self, i - 1, n);
    }
    for (uint32_t i = n; i > 1; --i) {
        const uint16_t kept = self->sorted[0];
        self->sorted[0]     = self->sorted[i - 1];
        self->sorted[i - 1] = kept;
        sift_down(self, 0, i - 1);
    }
}

const rv_world_edge *
rv_graph_edge_at(const rv_graph *const self, const uint32_t i)
{
    return i < self->n_edges ? &self->edge[self->sorted[i]] : NULL;
}

uint64_t
rv_graph_next_id(const rv_graph *const self)
{
    return self->next_id;
}

rv_status
rv_graph_set_next_id(rv_graph *const self, const uint64_t next)
{
    const rv_world_node *const last =
        self->n_nodes ? &self->node[self->order[self->n_nodes - 1]] : NULL;
    if (next == 0 || next == UINT64_MAX || (last && next <= last->id)) {
        return RV_ERR_RANGE;
    }
    self->next_id = next;
    return RV_OK;
}

uint64_t
rv_graph_take_id(rv_graph *const self)
{
    const uint64_t id = self->next_id;
    ++self->next_id;
    return id;
}

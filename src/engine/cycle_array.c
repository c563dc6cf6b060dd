// SPDX-License-Identifier: MIT
// The links of a cycle as one array: which nodes take part, how much of what happens is
// common to them, how well they see the room, and what hopping nodes measured on
// several channels.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/fusion/fuse.h>
#include <ruview/math/elementary.h>
#include <ruview/prep/multiband.h>

#include <string.h>

enum { grid_steps = 6 };

static const float torso_m = 1.0F; // height at which a room is judged

// ---- nodes

static void
place_nodes(rv_engine *const self, const uint64_t end_us)
{
    rv_array_node   node[RV_MAX_NODES];
    rv_array_result all;
    for (int i = 0; i < self->n_nodes; ++i) {
        rv_estimate score[RV_MAX_LINKS];
        float       alike[RV_MAX_LINKS];
        uint32_t    n = 0;
        for (int k = 0; k < self->record.n_links; ++k) {
            if (self->record_link[k].node == self->node[i].node) {
                alike[n]   = 1.0F;
                score[n++] = self->record_link[k].coherence;
            }
        }
        node[i].clock     = rv_clock_get(&self->node[i].clock, end_us);
        node[i].coherence = rv_fuse_weighted(score, alike, n);
    }
    if (rv_array_push(&self->array, node, self->n_nodes, &all) != RV_OK) {
        return;
    }
    for (int i = 0; i < self->n_nodes; ++i) {
        rv_record_node *const out = &self->record_node[i];
        out->array_weight         = all.weight[i];
        out->array_reason = all.contradicts == i ? RV_REASON_CONTRADICTION : all.why[i];
    }
    rv_engine_digest(self, RV_STAGE_GATE, "array", 0, all.weight, self->n_nodes);
}

// ---- what is common to the links

static void
share_change(rv_engine *const self, const uint64_t end_us)
{
    float value[RV_MAX_LINKS];
    for (int i = 0; i < self->config.max_links; ++i) {
        const rv_link *const link = &self->links.link[i];
        const bool           says = i < self->links.n_links && link->frames > 0 &&
                          rv_is_known(link->coherent.score);
        // On a scale of ratios, so that one link's large change is not all there is
        value[i] = says ? rv_log_f32(rv_max_f32(link->coherent.residual, 1e-6F))
                        : RV_CROSS_SILENT;
    }
    self->record.shared_change = rv_cross_push(&self->cross, value, end_us);
    if (rv_is_known(self->record.shared_change)) {
        rv_engine_digest(self, RV_STAGE_GATE, "shared_change", 0,
                         &self->record.shared_change.value, 1);
    }
}

// ---- geometry

static bool
ends_of(const rv_engine *const self, const rv_link *const link,
        rv_geometry_link *const out)
{
    const float *const tx = rv_engine_config_tx_position(&self->config, link->key.tx);
    const rv_node_config *const node =
        rv_engine_config_node(&self->config, link->key.node);
    if (!tx || !node || !node->has_position) {
        return false;
    }
    memcpy(out->tx_m, tx, sizeof out->tx_m);
    memcpy(out->rx_m, node->position_m, sizeof out->rx_m);
    out->sigma_m = 1.0F;
    out->weight  = 1.0F;
    return true;
}

// Links with both ends known and a fresh frame; bit i of `mask`: link i
static uint32_t
seeing_links(const rv_engine *const self, rv_geometry_link *const out,
             uint64_t *const mask)
{
    uint32_t n = 0;
    *mask      = 0;
    for (int i = 0; i < self->links.n_links; ++i) {
        if (!self->record_link[i].stale &&
            ends_of(self, &self->links.link[i], &out[n])) {
            *mask |= UINT64_C(1) << i;
            ++n;
        }
    }
    return n;
}

// The same links see the room the same way, so it is judged anew only with others
static void
judge_room(rv_engine *const self, const rv_geometry_link *const link, const uint32_t n,
           const uint64_t mask)
{
    const float low[2] = {0.0F, 0.0F};
    if (!self->config.has_room || n == 0) {
        self->record.geometry = rv_unknown(RV_REASON_NO_GEOMETRY);
        return;
    }
    if (mask != self->geometry_mask) {
        self->geometry_mask = mask;
        self->geometry      = rv_geometry_diversity(link, n, low, self->config.room_m,
                                                    torso_m, grid_steps);
    }
    self->record.geometry         = self->geometry;
    self->record.geometry.quality = (float)n / (float)self->links.n_links;
    rv_engine_digest(self, RV_STAGE_GATE, "geometry", 0, &self->record.geometry.value,
                     1);
}

void
rv_cycle_array(rv_engine *const self, const uint64_t end_us)
{
    rv_geometry_link link[RV_MAX_LINKS];
    uint64_t         mask = 0;
    place_nodes(self, end_us);
    share_change(self, end_us);
    const uint32_t n = seeing_links(self, link, &mask);
    judge_room(self, link, n, mask);
}

// Geometric dilution where a person is; sigma: how it varies within one deviation of
// the position, east and north
static rv_estimate
dilution_at(const rv_geometry_link *const link, const uint32_t n,
            const rv_record_person *const person)
{
    const rv_geometry_bound here = rv_geometry_at(link, n, person->position_m);
    if (here.reason != RV_REASON_NONE) {
        return rv_unknown(here.reason);
    }
    float sum = 0.0F;
    for (int axis = 0; axis < 2; ++axis) {
        const float step =
            rv_sqrt_f32(rv_max_f32(person->covariance_m2[2 * axis], 0.0F));
        for (int side = -1; side <= 1; side += 2) {
            float at[3];
            memcpy(at, person->position_m, sizeof at);
            at[axis] += (float)side * step;
            const rv_geometry_bound there = rv_geometry_at(link, n, at);
            const float             d =
                there.reason == RV_REASON_NONE ? there.gdop - here.gdop : here.gdop;
            sum += 0.5F * d * d;
        }
    }
    return rv_known(here.gdop, rv_sqrt_f32(sum), 1.0F);
}

void
rv_cycle_dilution(rv_engine *const self)
{
    rv_geometry_link link[RV_MAX_LINKS];
    uint64_t         mask = 0;
    if (self->record.n_persons == 0) {
        return;
    }
    const uint32_t n = seeing_links(self, link, &mask);
    for (int i = 0; i < self->record.n_persons; ++i) {
        rv_record_person *const person = &self->record_person[i];
        person->gdop                   = dilution_at(link, n, person);
        if (rv_is_known(person->gdop)) {
            person->gdop.quality = (float)n / (float)self->links.n_links;
            rv_engine_digest(self, RV_STAGE_PEOPLE, "gdop", person->id,
                             &person->gdop.value, 1);
        }
    }
}

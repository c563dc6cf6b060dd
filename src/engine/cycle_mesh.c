// SPDX-License-Identifier: MIT
// The mesh guard over the nodes of a cycle: what couples two nodes is what they
// deliver, how well their time is known, and how coherent their links are.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <ruview/fusion/mesh_guard.h>
#include <ruview/math/elementary.h>

// Mean coherence of the links that end at a node; 1 when nothing speaks against it
static float
coherence_of(const rv_engine *const self, const uint8_t node)
{
    float sum = 0.0F, n = 0.0F;
    for (int i = 0; i < self->record.n_links; ++i) {
        const rv_record_link *const link = &self->record_link[i];
        if (link->node == node && rv_is_known(link->coherence)) {
            sum += link->coherence.value;
            n += 1.0F;
        }
    }
    return n > 0.0F ? sum / n : 1.0F;
}

// What a node delivers; a few packets lost in a row are part of its loss, and take it
// out of the mesh only when it is silent
static float
yield_of(const rv_engine *const self, const uint32_t i, const uint64_t end_us)
{
    const rv_record_node *const node = &self->record_node[i];
    if (!node->present && rv_clock_get(&self->node[i].clock, end_us).silent) {
        return 0.0F;
    }
    return rv_is_known(node->loss) ? 1.0F - node->loss.value : 1.0F;
}

rv_estimate
rv_cycle_partition(const rv_engine *const self, const uint64_t end_us)
{
    float          coupling[RV_MAX_NODES * RV_MAX_NODES];
    uint32_t       work[RV_MAX_NODES * RV_MAX_NODES];
    float          yield[RV_MAX_NODES], coherence[RV_MAX_NODES], clock[RV_MAX_NODES];
    uint32_t       n = 0, here = 0;
    rv_mesh_result mesh;
    for (uint32_t i = 0; i < self->n_nodes; ++i) {
        const rv_record_node *const node = &self->record_node[i];
        if (!rv_engine_is_ours(self, &self->node[i])) {
            continue;
        }
        yield[n]     = yield_of(self, i, end_us);
        coherence[n] = coherence_of(self, node->node);
        clock[n]     = node->reason == RV_REASON_CLOCK ? 0.5F : 1.0F;
        here += node->present;
        ++n;
    }
    if (n < 3) {
        return rv_unknown(RV_REASON_UNSUPPORTED);
    }
    for (uint32_t i = 0; i < n; ++i) {
        for (uint32_t j = 0; j < n; ++j) {
            coupling[i * n + j] =
                rv_mesh_coupling(yield[i], yield[j], clock[i], clock[j],
                                 rv_min_f32(coherence[i], coherence[j]));
        }
    }
    if (rv_mesh_guard(coupling, n, 0.25F, work, &mesh) != RV_OK) {
        return rv_unknown(RV_REASON_ERROR);
    }
    // The cut is exact in steps of the coupling's quantum; quality: the share of the
    // nodes that are there to be cut
    rv_estimate risk =
        rv_exact(1.0F - rv_min_f32(mesh.relative, 1.0F), 1.0F / (float)RV_MESH_QUANTUM);
    risk.quality = (float)here / (float)n;
    return risk;
}

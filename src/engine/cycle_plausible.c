// SPDX-License-Identifier: MIT
// Could a room have done this? Motion must show in both directions of a path.
#include "engine/engine_state.h"

#include "base/exact.h"

static void
pair_links(rv_engine *const self)
{
    rv_room_link ends[RV_MAX_LINKS];
    uint8_t      receiver[RV_MAX_LINKS];
    if (self->paired_links == self->links.n_links) {
        return;
    }
    for (int i = 0; i < self->links.n_links; ++i) {
        receiver[i] = self->links.link[i].key.node;
        (void)rv_engine_link_ends(self, &self->links.link[i], &ends[i]);
    }
    (void)!rv_reciprocity_set_links(&self->reciprocity, ends, receiver,
                                    self->links.n_links);
    self->paired_links = self->links.n_links;
}

void
rv_cycle_plausible(rv_engine *const self, const uint64_t end_us)
{
    rv_room_sample              sample[RV_MAX_LINKS];
    rv_reciprocity_frame *const out = &self->one_sided;
    pair_links(self);
    for (int i = 0; i < self->links.n_links; ++i) {
        // Whatever the gate thinks of it: a shaken receiver may well be refused
        sample[i] = rv_link_level_get(&self->links.link[i].level);
    }
    (void)!rv_reciprocity_push(&self->reciprocity, end_us, sample, self->links.n_links,
                               out);
    for (uint32_t s = 0; s < out->n_suspects; ++s) {
        for (int i = 0; i < self->n_nodes; ++i) {
            if (self->record_node[i].node == out->suspect[s] &&
                self->record_node[i].reason == RV_REASON_NONE) {
                self->record_node[i].reason = RV_REASON_ONE_SIDED;
            }
        }
    }
    rv_engine_digest(self, RV_STAGE_ROOM, "one_sided", 0, &out->largest, 1);
}

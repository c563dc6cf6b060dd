// SPDX-License-Identifier: MIT
// Could a room have done this? Motion must show in both directions of a path.
#include "engine/engine_state.h"

#include "base/exact.h"

static const float same_place_m = 0.02F;

// The node that stands where the transmitter stands; `otherwise` where none does
static uint8_t
node_at(const rv_engine_config *const config, const float *const tx,
        const uint8_t otherwise)
{
    for (int i = 0; tx && i < config->n_nodes; ++i) {
        const rv_node_config *const node = &config->node[i];
        float                       d2   = 0.0F;
        for (int k = 0; k < 3; ++k) {
            const float d = node->position_m[k] - tx[k];
            d2 += d * d;
        }
        if (node->has_position && d2 < same_place_m * same_place_m) {
            return node->node;
        }
    }
    return otherwise;
}

static void
pair_links(rv_engine *const self)
{
    uint8_t receiver[RV_MAX_LINKS], transmitter[RV_MAX_LINKS];
    if (self->paired_links == self->links.n_links) {
        return;
    }
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link_key *const key = &self->links.link[i].key;
        receiver[i]                  = key->node;
        transmitter[i] =
            node_at(&self->config, rv_engine_config_tx_position(&self->config, key->tx),
                    key->node);
    }
    (void)!rv_reciprocity_set_links(&self->reciprocity, receiver, transmitter,
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

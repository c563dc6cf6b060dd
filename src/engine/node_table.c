// SPDX-License-Identifier: MIT
#include "engine/engine_state.h"

#include <string.h>

rv_node *
rv_engine_node(rv_engine *const self, const uint8_t number)
{
    int at = 0;
    while (at < self->n_nodes && self->node[at].node < number) {
        ++at;
    }
    if (at < self->n_nodes && self->node[at].node == number) {
        return &self->node[at];
    }
    if (self->n_nodes == RV_MAX_NODES) {
        return NULL;
    }
    memmove(&self->node[at + 1], &self->node[at],
            sizeof(rv_node) * (size_t)(self->n_nodes - at));
    rv_node *const node = &self->node[at];
    memset(node, 0, sizeof *node);
    node->node            = number;
    node->config          = rv_engine_config_node(&self->config, number);
    rv_clock_config clock = rv_clock_config_default();
    clock.absent_us       = 2 * (uint64_t)self->config.period_us;
    if (rv_clock_init(&node->clock, &clock, NULL, 0) != RV_OK) {
        return NULL;
    }
    ++self->n_nodes;
    return node;
}

bool
rv_engine_is_ours(const rv_engine *const self, const rv_node *const node)
{
    return self->config.n_nodes == 0 || node->config != NULL;
}

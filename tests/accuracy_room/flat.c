// SPDX-License-Identifier: MIT
#include "flat.h"
#include "platform/lend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static uint64_t state;

static float
chance(void)
{
    state = state * 6364136223846793005U + 1442695040888963407U;
    return (float)(state >> 40 & 0xFFFFFF) / 16777216.0F;
}

static void
place_node(rv_sim_node *const node, const int i, const int n, const float x,
           const float y)
{
    const float around = 2.0F * (x + y);
    const float s  = around * ((float)i + 0.5F + 0.5F * (chance() - 0.5F)) / (float)n;
    const float in = 0.15F + 0.25F * chance();
    float       at[2];
    if (s < x) {
        at[0] = s, at[1] = in;
    } else if (s < x + y) {
        at[0] = x - in, at[1] = s - x;
    } else if (s < 2.0F * x + y) {
        at[0] = 2.0F * x + y - s, at[1] = y - in;
    } else {
        at[0] = in, at[1] = around - s;
    }
    node->position_m[0]   = fminf(fmaxf(at[0], 0.15F), x - 0.15F);
    node->position_m[1]   = fminf(fmaxf(at[1], 0.15F), y - 0.15F);
    node->position_m[2]   = 0.7F + 0.9F * chance();
    node->id              = (uint8_t)(i + 1);
    node->clock_offset_us = 100.0F * (float)i;
    node->clock_drift_ppm = 20.0F * chance() - 10.0F;
    node->tx_hash         = 0;
}

void
flat_furnish(rv_sim_config *const c, const unsigned seed, const int n_nodes,
             const int n_persons, const double seconds)
{
    state = seed * UINT64_C(7919) + 13;
    for (int i = 0; i < 5; ++i) {
        (void)chance();
    }
    rv_sim_config_default(c);
    c->seed            = seed;
    c->duration_s      = (float)seconds;
    c->radio.n_entries = 64;
    c->room.size_m[0]  = 4.5F + 2.5F * chance();
    c->room.size_m[1]  = 4.0F + 2.0F * chance();
    c->n_nodes         = (uint16_t)n_nodes;
    for (int i = 0; i < n_nodes; ++i) {
        c->node[i] = c->node[0];
        place_node(&c->node[i], i, n_nodes, c->room.size_m[0], c->room.size_m[1]);
    }
    c->n_persons = (uint16_t)n_persons;
    for (int i = 0; i < n_persons; ++i) {
        rv_sim_person_default(&c->person[i]);
        c->person[i].height_m = 1.6F + 0.3F * chance();
        c->person[i].from_s   = (float)FLAT_ENTERS_S;
        if (rv_sim_person_wander(&c->person[i], &c->room, seed * 31U + (unsigned)i + 5U,
                                 40) != RV_OK) {
            abort();
        }
    }
}

void *
flat_lend(const size_t n_bytes)
{
    void *const memory = rv_lend(n_bytes);
    if (!memory) {
        abort();
    }
    return memory;
}

void
flat_must(const rv_status status)
{
    if (status != RV_OK) {
        fprintf(stderr, "%s\n", rv_status_text(status));
        exit(2);
    }
}

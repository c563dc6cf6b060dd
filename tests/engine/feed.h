// SPDX-License-Identifier: MIT
// An engine and a simulated room that feeds it.
#ifndef RV_TESTS_FEED_H
#define RV_TESTS_FEED_H

#include <ruview/engine/engine.h>
#include <ruview/sim/sim.h>

typedef struct {
    rv_sim_config    scene;
    rv_sim           sim;
    void            *sim_memory;
    rv_engine_config config;
    rv_engine       *engine;
    void            *memory;
    size_t           n_memory;

    int stranger; ///< Number in the scene of a node that is not configured; 0 none

    uint64_t  n_cycles;
    uint64_t  now_us; ///< Stamp of the newest input
    rv_record last;   ///< Lists are not to be looked at after the sink
    uint8_t   witness[RV_DIGEST_BYTES];
    void (*look)(void *context, const rv_record *record);
    void *context;
} feed;

/// Defaults: four nodes in the default room, nobody there, simulated datagrams accepted
void feed_defaults(feed *self);

/// Build both from self->scene and self->config
void feed_start(feed *self);
void feed_stop(feed *self);

/// Push the simulator's datagrams for so many seconds
void feed_run(feed *self, double seconds);

/// Push ticks alone for so many seconds
void feed_silence(feed *self, double seconds);

/// Push one datagram at the present time
void feed_datagram(feed *self, const uint8_t *bytes, size_t n);

#endif // RV_TESTS_FEED_H

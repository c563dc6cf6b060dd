// SPDX-License-Identifier: MIT
/**
   @file sim_source.h
   A simulated flat that sends real datagrams to a UDP port of this machine, at the pace
   of the clock.
*/
#ifndef RV_CLI_SIM_SOURCE_H
#define RV_CLI_SIM_SOURCE_H

#include <ruview/engine/engine_config.h>
#include <ruview/sim/sim.h>

#include <stdbool.h>

typedef struct rv_sim_source rv_sim_source;

/**
   Load a scenario by name or path and put its site (room, nodes, transmitters) into
   `config`. Prints the reason and returns NULL when it cannot.

   @param seed  0: the scenario's own.
*/
rv_sim_source *rv_sim_source_open(const char *scenario, uint64_t seed,
                                  rv_engine_config *config);

/// Begin to send to 127.0.0.1:`port` in a thread; prints the reason on failure
bool rv_sim_source_start(rv_sim_source *self, uint16_t port);

/// End the thread
void rv_sim_source_close(rv_sim_source *self);

#endif // RV_CLI_SIM_SOURCE_H

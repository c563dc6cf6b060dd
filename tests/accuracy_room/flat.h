// SPDX-License-Identifier: MIT
// Simulated flats of random size with nodes along the walls, one per seed. Seeds 1..
// were used in development, 101.. are for scores.
#ifndef RV_TESTS_FLAT_H
#define RV_TESTS_FLAT_H

#include <ruview/sim/sim.h>

/// People come in this long after the start [s]
enum { FLAT_ENTERS_S = 30 };

/// The flat of a seed: 4.5..7 x 4..6 m, nodes at 0.7..1.6 m height, people who wander
void flat_furnish(rv_sim_config *config, unsigned seed, int n_nodes, int n_persons,
                  double seconds);

/// Memory for the whole run, aligned to 64; ends the program where there is none
void *flat_lend(size_t n_bytes);

/// Ends the program with 2 and the status' text unless it is OK
void flat_must(rv_status status);

#endif // RV_TESTS_FLAT_H

// SPDX-License-Identifier: MIT
/**
   @file scenario_file.h
   Scenarios of the simulator as YAML: those that ship, by name, and any file, by path.
*/
#ifndef RV_CLI_SCENARIO_FILE_H
#define RV_CLI_SCENARIO_FILE_H

#include <ruview/sim/sim.h>

#include <stdio.h>

enum { RV_SCENARIO_ERROR_BYTES = 512 };

/// A scenario that is compiled in
typedef struct {
    const char *name; ///< "one-walker"; NULL ends the list
    const char *text;
} rv_scenario_shipped;

extern const rv_scenario_shipped rv_scenarios_shipped[];

/**
   Load a scenario over the defaults.

   @param what   Name of a shipped one, or a path.
   @param error  O  On failure: "file:line: what is wrong".
   @return OK; ERR_IO, ERR_CONFIG with `out` unchanged.
*/
rv_status rv_scenario_load(const char *what, rv_sim_config *out,
                           char error[RV_SCENARIO_ERROR_BYTES]);

/// The same from text in memory; `name` stands in messages
rv_status rv_scenario_parse(const char *text, size_t n, const char *name,
                            rv_sim_config *out, char error[RV_SCENARIO_ERROR_BYTES]);

/// One line of truth: JSON, ended by a newline
void rv_scenario_print_truth(FILE *out, const rv_sim_truth *truth);

/// Configuration of the simulated site for --config: room, nodes, transmitters
void rv_scenario_print_site(FILE *out, const rv_sim *sim, const rv_sim_config *config);

#endif // RV_CLI_SCENARIO_FILE_H

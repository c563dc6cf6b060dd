// SPDX-License-Identifier: MIT
/**
   @file home.h
   The run's face towards Home Assistant: records, thinned out for the network, to the
   broker of the configuration.
*/
#ifndef RV_CLI_HOME_H
#define RV_CLI_HOME_H

#include <ruview/engine/engine.h>
#include <ruview/platform/config_file.h>

typedef struct rv_home rv_home;

/// Prints the reason and returns NULL when it cannot
rv_home *rv_home_open(const rv_edge_config *edge, const rv_engine_config *engine);
void     rv_home_close(rv_home *self);

/// Say what a cycle published, as far as the network may know it
void rv_home_cycle(rv_home *self, const rv_cycle_output *output);

#endif // RV_CLI_HOME_H

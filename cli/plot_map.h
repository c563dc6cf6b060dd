// SPDX-License-Identifier: MIT
/**
   @file plot_map.h
   ruview plot map: a recording run through the engine, drawn as the map of where things
   went on and how sharply each place is seen, with the tracks, and over them the true
   way where the recording came with one.
*/
#ifndef RV_CLI_PLOT_MAP_H
#define RV_CLI_PLOT_MAP_H

/// What follows on a picture that a privacy class withholds
#define RV_PLOT_OPEN_CLASS                                                             \
    "; with -c, a configuration of privacy: {mode: raw_research} shows it here"

/// As a verb; argv[0] is "map"
int rv_plot_map(int argc, char **argv);

#endif // RV_CLI_PLOT_MAP_H

// SPDX-License-Identifier: MIT
/**
   @file plot_tracks.h
   ruview plot tracks: a recording run through the engine, drawn as a map of the ways
   that people went, with a skeleton now and then where there was one.
*/
#ifndef RV_CLI_PLOT_TRACKS_H
#define RV_CLI_PLOT_TRACKS_H

/// As a verb; argv[0] is "tracks"
int rv_plot_tracks(int argc, char **argv);

#endif // RV_CLI_PLOT_TRACKS_H

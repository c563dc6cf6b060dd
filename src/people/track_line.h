// SPDX-License-Identifier: MIT
// Straight lines through what a track was seen to do, and which of two lines goes on
// as which.
//
// Source  weighted least squares; for the choice: Bayes' rule between "everybody walks
//         on" and "somebody stopped or turned", as in "Multiple Hypothesis Tracking
//         for Multiple Target Tracking", IEEE Aerosp. Electron. Syst. Mag. 19 (2004),
//         with the two permutations of a pair as the only hypotheses.
#ifndef RV_SRC_PEOPLE_TRACK_LINE_H
#define RV_SRC_PEOPLE_TRACK_LINE_H

#include <ruview/people/tracker.h>

/// What two lines at either side of a gap are judged by
typedef struct {
    double wander;    ///< Of the velocity of somebody who walks on [m^2/s^3]
    double unsteady;  ///< Chance that somebody stops or turns meanwhile, 0..1
    double speed_mps; ///< Scatter of the velocity of somebody who did
} rv_line_model;

/// Add one sighting; those less than a 48th of `span_us` after the last are left out
void rv_trail_push(rv_track_trail *trail, uint64_t t_us, const double z[2],
                   const double r[3], uint64_t span_us);

/// The line through the newest `span_us` of a trail, or through as much of it as a line
/// fits; not valid when there is too little
rv_track_line rv_trail_fit(const rv_track_trail *trail, uint64_t span_us);

/// Where a line is at `t_us`: place into x[0..1], velocity into x[2..3], covariance
/// with velocity wandering meanwhile into p
void rv_line_state(const rv_track_line *line, const rv_line_model *model, uint64_t t_us,
                   double x[4], double p[10]);

/**
   How much more likely it is that in[0], in[1] go on as out[0], out[1] than as out[1],
   out[0] [nats]; about 0 when the lines say nothing, as after a stop.
*/
double rv_line_choice(const rv_track_line in[2], const rv_track_line out[2],
                      const rv_line_model *model);

#endif // RV_SRC_PEOPLE_TRACK_LINE_H

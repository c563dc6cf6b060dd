// SPDX-License-Identifier: MIT
/**
   @file track_score.h
   How good tracks are against the truth: distance, swapped numbers, interruptions,
   people who are not there.

   Place      `ruview eval` and tests; not part of a cycle.
   Source     "Evaluating Multiple Object Tracking Performance: The CLEAR MOT Metrics",
              EURASIP J. Image Video Process. (2008): who was matched stays matched
              while near enough, the rest by the cheapest assignment, a track to one
              at most; distance by ospa.h.
*/
#ifndef RV_PEOPLE_TRACK_SCORE_H
#define RV_PEOPLE_TRACK_SCORE_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_SCORE_MAX   = 8,  ///< People, and tracks at once
    RV_SCORE_OWNED = 64, ///< Numbers remembered
};

/// A published track
typedef struct {
    uint32_t id; ///< > 0
    float    at_m[2];
    bool     ambiguous;
} rv_scored_track;

typedef struct {
    uint64_t cycles;
    uint64_t wanted;     ///< People times cycles
    uint64_t tracked;    ///< Of them, with a track within match_m
    uint64_t in_doubt;   ///< Of those, `ambiguous`
    uint32_t switches;   ///< Changed number with another person, both times certain
    uint32_t doubtful;   ///< Changed number while `ambiguous`
    uint32_t renumbered; ///< Got a number that was nobody's
    uint32_t gaps;       ///< Was tracked, was not, was again
    uint32_t breaks;     ///< The same by places alone: each has a track, of any number
    uint32_t false_tracks; ///< Tracks with nobody there for a second or more
    double   ospa_sum_m;   ///< Over cycles
    double   error_sum_m;  ///< Over tracked
} rv_track_totals;

/// State; set the first two, the rest to 0
typedef struct {
    double          match_m;  ///< A track farther off is of nobody (1.5)
    double          cutoff_m; ///< Of the OSPA distance (1)
    rv_track_totals totals;

    uint32_t id[RV_SCORE_MAX];   ///< Matched last; 0 none
    uint32_t sure[RV_SCORE_MAX]; ///< Matched last while certain; 0 none
    bool     lost[RV_SCORE_MAX]; ///< Was tracked, is not
    bool     seen[RV_SCORE_MAX], away[RV_SCORE_MAX]; ///< The same by places alone
    uint32_t owned[RV_SCORE_OWNED], owner[RV_SCORE_OWNED];
    uint32_t false_id[RV_SCORE_OWNED], false_run[RV_SCORE_OWNED];
} rv_track_score;

/// 1.5 m and 1 m
RV_API rv_track_score rv_track_score_begin(void);

/**
   One cycle.

   @param there      I  [n_people] is he in the room?
   @param at_m       I  [n_people][2] true places [m].
   @param tracks     I  [n_tracks].
   @param a_second   Cycles per second, > 0.
   @return ERR_SHAPE for more than RV_SCORE_MAX, ERR_NONFINITE; then nothing has
           changed.
*/
RV_API RV_NODISCARD rv_status rv_track_score_push(
    rv_track_score *self, const bool *there, const float (*at_m)[2], uint32_t n_people,
    const rv_scored_track *tracks, uint32_t n_tracks, uint32_t a_second);

RV_END_DECLS

#endif // RV_PEOPLE_TRACK_SCORE_H

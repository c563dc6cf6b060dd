// SPDX-License-Identifier: MIT
/**
   @file change_point.h
   Did the room itself change and stay changed? A door, a chair, a moved node: a step of
   the level of several links at once, told from people who come and go.

   Place      Once per cycle, on the mean level of each link.
   Method     Each link is averaged to one value per `step_us` while nobody moves,
              standardised by an exponentially forgetting baseline that is frozen while
              it alarms, and summed by a two-sided CUSUM. A change point is `min_links`
              links whose alarms lie within `hold_us`; their new levels become the
              baseline when the caller says that it was the room (rv_change_settle). The
              limit follows from the stated rate: alarms of one link come at rate r,
              coincidences of m among n links within h at n C(n - 1, m - 1) r^m h^(m-1),
              with r = 1 / L(limit) of either side averaged over what the baseline's
              own mean and scatter may be off after as many values as it has
              (Gauss-Hermite). Scatter is that of the long run: variance plus twice
              the covariance of neighbouring values.
   Source     "Continuous Inspection Schemes", Biometrika 41 (1954); run length with the
              corrected boundary: "Sequential Analysis: Tests and Confidence Intervals"
              (1985), eq. 2.57.
   Exactness  f64, links in index order.
*/
#ifndef RV_ROOM_CHANGE_POINT_H
#define RV_ROOM_CHANGE_POINT_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/room/room_link.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

typedef struct {
    uint32_t max_links;          ///< 1..RV_ROOM_MAX_LINKS (64)
    uint64_t step_us;            ///< Averaging step (1 s)
    uint64_t memory_us;          ///< Time constant of the baseline (10 min)
    uint64_t warmup_us;          ///< Before the first alarm is possible (15 s)
    float    false_alarms_per_h; ///< Designed for the whole room, > 0 (0.2)
    float    slack;              ///< CUSUM reference value [sigmas] (1.0)
    uint32_t min_links;          ///< Links in alarm for a change point (2)
    uint64_t hold_us;            ///< Alarms this close together are one (30 s)
} rv_change_config;

typedef struct {
    rv_reason reason;   ///< WARMING_UP, NO_DATA or NONE
    bool      changed;  ///< A change point is reported in this cycle, and once
    bool      pending;  ///< One was reported and is not settled
    uint32_t  n_links;  ///< Links that take part
    uint32_t  n_alarms; ///< Links in alarm now
    uint64_t  links;    ///< Bit per link in alarm
    uint64_t  t_us;     ///< Estimated moment of the change
    float     step_db;  ///< Largest step among the links [dB], signed
    uint32_t  largest;  ///< Link with that step
    float confidence;   ///< That it is no false alarm: the odds of the CUSUMs beyond a
                        ///< limit where change and chance are even, 0.5..1
    float limit;        ///< CUSUM limit in use [sigmas]
} rv_change_frame;

/// One link; private
typedef struct {
    double   mean, variance; ///< Of the baseline
    double   cross, last;    ///< Covariance of neighbouring values; the value before
    double   sum;            ///< Of the step under way
    double   up, down;       ///< The two CUSUMs [sigmas]
    double   since;          ///< Sum of values since the CUSUM left zero
    uint32_t n_since, n_sum, n_steps;
    uint64_t left_us;  ///< When the CUSUM left zero
    uint64_t alarm_us; ///< Last alarm
    bool     known;    ///< The baseline is one
    bool     alarmed;  ///< Alarm within hold_us, not yet part of a change point
    double   step_db;  ///< Size of the step of that alarm
} rv_change_link;

typedef struct {
    rv_change_config cfg;
    uint64_t         last_us, step_end_us;
    double           limit;       ///< On the CUSUMs [sigmas]
    uint32_t         limit_links; ///< Links it was designed for
    double           limit_base;  ///< Values behind a baseline that it was designed for
    bool             started;
    bool             pending;
    rv_change_link   link[RV_ROOM_MAX_LINKS];
} rv_change;

RV_API rv_change_config rv_change_config_default(void);

/// The detector holds its links itself: no memory is lent. ERR_CONFIG; then unchanged.
RV_API RV_NODISCARD rv_status rv_change_init(rv_change              *self,
                                             const rv_change_config *cfg);

/**
   One cycle.

   @param level_db  I  [n] mean level of each link in this cycle [dB].
   @param valid     I  [n] which of them count.
   @param quiet     I  Nobody moves. While somebody does, levels are not looked at.
   @return ERR_RANGE for more than `max_links` or a time before the last one; then
           nothing has changed.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_change_push(rv_change *self, uint64_t t_us,
                                                         const float *level_db,
                                                         const bool *valid, uint32_t n,
                                                         bool             quiet,
                                                         rv_change_frame *out);

/**
   End a change point that was reported: `is_room` takes the new levels of the links in
   alarm as their baseline, otherwise (it was somebody) the old one stays.
*/
RV_API void rv_change_settle(rv_change *self, bool is_room);

/// Is the link in alarm, reported or alone?
RV_API bool rv_change_is_in_alarm(const rv_change *self, uint32_t link);

/// Size of the step of a link in alarm [dB]; 0 otherwise
RV_API float rv_change_step(const rv_change *self, uint32_t link);

/// Level of a link against its baseline in the newest step [dB], with the scatter of
/// such a value; unknown (WARMING_UP) before there is a baseline
RV_API rv_estimate rv_change_level(const rv_change *self, uint32_t link);

/// Take the present levels as the new normal (after recalibration)
RV_API void rv_change_rebaseline(rv_change *self);

/// Average run length of a two-sided CUSUM of unit normals without change, in steps
RV_API double rv_cusum_run_length(double slack, double limit);

/// Limit at which coincidences of `m` among `n` links within `hold` steps come once in
/// `steps` steps, with baselines estimated from `n_base` values (0: known exactly)
RV_API double rv_cusum_limit(double slack, uint32_t n, uint32_t m, double hold,
                             double steps, double n_base);

RV_END_DECLS

#endif // RV_ROOM_CHANGE_POINT_H

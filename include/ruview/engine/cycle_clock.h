// SPDX-License-Identifier: MIT
/**
   @file cycle_clock.h
   Event time: which cycle a stamp belongs to, and when a cycle may be closed.

   The engine knows no wall clock. Cycle n covers the stamps [start + n T, start + (n+1)
   T), where start is the first stamp rounded down to a multiple of the period T. A
   cycle is due once a stamp at or after its end plus the lateness bound was seen. What
   comes for a cycle that was closed is late.
*/
#ifndef RV_ENGINE_CYCLE_CLOCK_H
#define RV_ENGINE_CYCLE_CLOCK_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Start from rv_cycle_clock_init()
typedef struct {
    uint64_t period_us;
    uint64_t lateness_us;
    uint64_t open_us;   ///< Start of the open cycle; valid once `started`
    uint64_t newest_us; ///< Largest stamp seen
    uint64_t closed;    ///< Cycles closed so far = number of the open cycle
    bool     started;
} rv_cycle_clock;

/// How a stamp stands to the cycles
typedef enum {
    RV_STAMP_ON_TIME, ///< Belongs to the open cycle or a later one
    RV_STAMP_LATE,    ///< Its cycle was closed already
    RV_STAMP_TOO_FAR, ///< More than RV_MAX_GAP_S from the newest: the timeline jumped
} rv_stamp_verdict;

enum { RV_MAX_GAP_S = 600 }; ///< A jump of the timeline that starts it anew [s]

/**
   @param period_us    1000..10000000 (50000).
   @param lateness_us  0..10 periods (20000).
   @return OK, or ERR_CONFIG with `self` unchanged.
*/
RV_API RV_NODISCARD rv_status rv_cycle_clock_init(rv_cycle_clock *self,
                                                  uint64_t        period_us,
                                                  uint64_t        lateness_us);

/// Take note of a stamp. TOO_FAR changes nothing; the caller decides to restart.
RV_API RV_REALTIME rv_stamp_verdict rv_cycle_clock_see(rv_cycle_clock *self,
                                                       uint64_t        t_us);

/// Is the open cycle complete?
RV_API RV_PURE bool rv_cycle_clock_due(const rv_cycle_clock *self);

/// End of the open cycle [us], exclusive
RV_API RV_PURE uint64_t rv_cycle_clock_end(const rv_cycle_clock *self);

/// Close the open cycle and open the next
RV_API RV_REALTIME void rv_cycle_clock_close(rv_cycle_clock *self);

/// Begin the timeline anew at `t_us`, keeping the cycle number
RV_API RV_REALTIME void rv_cycle_clock_restart(rv_cycle_clock *self, uint64_t t_us);

RV_END_DECLS

#endif // RV_ENGINE_CYCLE_CLOCK_H

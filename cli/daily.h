// SPDX-License-Identifier: MIT
/**
   @file daily.h
   Days of a history: each metric's mean over the time for which it was known.
*/
#ifndef RV_CLI_DAILY_H
#define RV_CLI_DAILY_H

#include "platform/history.h"

#include <stddef.h>
#include <stdint.h>

/// What a day is summed up in; the order of the predicates below
typedef enum {
    RV_DAILY_PRESENCE,  ///< Share of the known time with somebody there, 0..1
    RV_DAILY_MOTION,    ///< Mean motion, 0..1
    RV_DAILY_BREATHING, ///< Mean breathing rate [1/min]
    RV_DAILY_HEART,     ///< Mean heart rate [1/min]
    RV_DAILY_METRICS,
} rv_daily_metric;

typedef struct {
    int32_t day;                     ///< Days since 1970-01-01, of local time
    double  sum[RV_DAILY_METRICS];   ///< Value times known milliseconds
    double  known[RV_DAILY_METRICS]; ///< Known milliseconds
} rv_daily_day;

typedef struct {
    rv_daily_day *days; ///< Ascending; those with any known value
    size_t        n, room;
    int64_t       zone_ms; ///< Local time minus UTC
    int           failed;  ///< Out of memory
} rv_daily;

/// "presence" …
const char *rv_daily_name(rv_daily_metric metric);

/// Sum up every state of the history; ERR_IO, ERR_MEMORY
rv_status rv_daily_read(rv_daily *self, rv_history *history, int64_t zone_ms);
void      rv_daily_free(rv_daily *self);

#endif // RV_CLI_DAILY_H

// SPDX-License-Identifier: MIT
/**
   @file longitudinal.h
   Is today unlike the days before, and is a level moving over the weeks? One value per
   metric and day.

   Place      Beside the history: whoever holds days pushes them, oldest first.
   Method     A day is judged before it is learnt: against the mean and the sample sigma
              of the n days before it, x is Student with n - 1 degrees of freedom, and
              its probability, read on the normal scale, is a z that is N(0, 1) exactly
              and independent from day to day, however few days there are. An *unusual
              day* is |z| beyond the designed limit; *rising* and *falling* are a
              two-sided CUSUM of z. While a CUSUM alarms, and on days beyond 3 sigma,
              nothing is learnt; after `adopt_days` such days in a row their level
              becomes the new normal.
   Rates      Half of `false_alarms_per_year` goes to single days, half to the CUSUMs,
              each divided by the number of metrics (Bonferroni). The rate holds for
              normal days; heavy tails raise it.
   Source     C. P. Quesenberry, "SPC Q Charts for Start-Up Processes and Short or Long
              Runs", Journal of Quality Technology 23 (1991), eq. 5; E. S. Page,
              "Continuous Inspection Schemes", Biometrika 41 (1954).
*/
#ifndef RV_WORLD_LONGITUDINAL_H
#define RV_WORLD_LONGITUDINAL_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/math/stats.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_LONGITUDINAL_METRICS = 8 };

typedef struct {
    uint32_t n_metrics;             ///< 1..RV_LONGITUDINAL_METRICS (1)
    uint32_t min_days;              ///< Learnt before the first verdict, >= 3 (7)
    uint32_t adopt_days;            ///< Unlearnt days in a row that become normal (14)
    double   false_alarms_per_year; ///< Of all metrics together, > 0 (1.0)
    double   slack;                 ///< CUSUM reference value [sigmas], > 0 (0.5)
} rv_longitudinal_config;

typedef enum {
    RV_TREND_USUAL,
    RV_TREND_UNUSUAL_DAY,
    RV_TREND_RISING,
    RV_TREND_FALLING,
} rv_trend;

typedef struct {
    rv_reason reason; ///< NONE: judged. WARMING_UP: too few days; LOW_QUALITY:
                      ///< they are all alike, so nothing says how far a day may lie off
    rv_trend trend;
    double   z;           ///< Surprise of this day on the normal scale
    double   mean, sigma; ///< Of the days before
    uint32_t n_days;      ///< Learnt before this one
    double   up, down;    ///< CUSUMs [sigmas]
    bool     adopted;     ///< The level became the new normal with this day
} rv_longitudinal_verdict;

/// One metric; private
typedef struct {
    rv_welford normal; ///< Days learnt
    rv_welford aside;  ///< Days in a row not learnt
    double     up, down;
    bool       rising, falling; ///< A CUSUM alarms
    bool       known;           ///< A day was pushed
    int32_t    last_day;
} rv_longitudinal_metric;

typedef struct {
    rv_longitudinal_config cfg;
    double                 day_limit;   ///< On |z|
    double                 cusum_limit; ///< On the CUSUMs [sigmas]
    rv_longitudinal_metric metric[RV_LONGITUDINAL_METRICS];
} rv_longitudinal;

RV_API rv_longitudinal_config rv_longitudinal_config_default(void);

/// ERR_CONFIG; then unchanged
RV_API RV_NODISCARD rv_status rv_longitudinal_init(rv_longitudinal              *self,
                                                   const rv_longitudinal_config *cfg);

/**
   One day of one metric.

   @param day    I  Number of the day, later than the last one of this metric; days may
                    be missing.
   @param value  I  Finite, any unit.
   @return ERR_RANGE (metric, or a day not after the last), ERR_NONFINITE; then
           unchanged.
*/
RV_API RV_NODISCARD rv_status rv_longitudinal_push(rv_longitudinal *self,
                                                   uint32_t metric, int32_t day,
                                                   double                   value,
                                                   rv_longitudinal_verdict *out);

/// "usual" …
RV_API const char *rv_trend_name(rv_trend trend);

RV_END_DECLS

#endif // RV_WORLD_LONGITUDINAL_H

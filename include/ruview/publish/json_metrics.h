// SPDX-License-Identifier: MIT
/**
   @file json_metrics.h
   Times, rates and counters of the machine: the message `metrics` of docs/schema.md and
   the Prometheus page. They differ from run to run and are never witnessed.
*/
#ifndef RV_PUBLISH_JSON_METRICS_H
#define RV_PUBLISH_JSON_METRICS_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// One stage's times
typedef struct {
    const char *stage; ///< "ingest" …; a plain name
    uint64_t    calls;
    float       p50_us;
    float       p99_us;
    float       max_us;
    float       budget_us; ///< 0 none
    uint64_t    over_budget;
    double      sum_s; ///< All calls together
} rv_metrics_stage;

/// One count that only grows
typedef struct {
    const char *name; ///< "frames_accepted" …; a plain name
    uint64_t    value;
} rv_metrics_counter;

typedef struct {
    double                    uptime_s;
    uint64_t                  cycles;
    uint64_t                  rss_bytes; ///< 0 unknown
    uint32_t                  clients;
    uint16_t                  n_stages;
    uint16_t                  n_counters;
    const rv_metrics_stage   *stages;
    const rv_metrics_counter *counters;
    const uint64_t *refused; ///< [RV_REASON_COUNT] frames refused by reason, or NULL
    const uint8_t  *clashes; ///< [n_clashes] numbers that two boards send as, ascending
    uint16_t        n_clashes;
} rv_metrics;

/// Same conventions as rv_json_record
RV_API RV_REALTIME RV_NODISCARD rv_status rv_json_metrics(const rv_metrics *metrics,
                                                          char *out, size_t *n_bytes);

RV_END_DECLS

#endif // RV_PUBLISH_JSON_METRICS_H

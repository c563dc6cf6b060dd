// SPDX-License-Identifier: MIT
/**
   @file prometheus.h
   The page that Prometheus scrapes: text exposition format 0.0.4. Unknown values have
   no line. Times and counters come from the metrics, the picture from the gated record.
*/
#ifndef RV_PUBLISH_PROMETHEUS_H
#define RV_PUBLISH_PROMETHEUS_H

#include <ruview/publish/json_metrics.h>
#include <ruview/trust/record.h>

RV_BEGIN_DECLS

/**
   @param record   The newest record, gated for the network; NULL: none yet.
   @param out      O  May be NULL to measure.
   @param n_bytes  I/O  Room at `out`; then bytes written or needed.
   @return OK; ERR_FULL with `n_bytes` set.
*/
RV_API RV_NODISCARD rv_status rv_prometheus(const rv_metrics *metrics,
                                            const rv_record *record, char *out,
                                            size_t *n_bytes);

RV_END_DECLS

#endif // RV_PUBLISH_PROMETHEUS_H

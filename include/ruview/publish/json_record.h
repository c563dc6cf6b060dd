// SPDX-License-Identifier: MIT
/**
   @file json_record.h
   A gated record as one JSON object, docs/schema.md. A pure function of the record's
   canonical bytes and its witness; no libc formatting.

   Place      publish: after the privacy gate.
*/
#ifndef RV_PUBLISH_JSON_RECORD_H
#define RV_PUBLISH_JSON_RECORD_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

enum { RV_SCHEMA = 1 }; ///< Number of docs/schema.md

/**
   The message `sensing_update`, without a line end or a terminating zero.

   @param out      O  May be NULL to measure.
   @param n_bytes  I/O  Room at `out`; then bytes written or needed.
   @return OK; ERR_FULL with `n_bytes` set.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_json_record(const rv_record *record,
                                                         char *out, size_t *n_bytes);

/// The message `event` for one event of a record; same conventions
RV_API RV_REALTIME RV_NODISCARD rv_status rv_json_event(const rv_record_event *event,
                                                        uint64_t cycle, char *out,
                                                        size_t *n_bytes);

/// The message `lag`
RV_API RV_REALTIME RV_NODISCARD rv_status rv_json_lag(uint64_t skipped,
                                                      uint64_t next_cycle, char *out,
                                                      size_t *n_bytes);

/// The message `error`; `code` is a name, `text` and `next` are sentences
RV_API RV_NODISCARD rv_status rv_json_error(const char *code, const char *text,
                                            const char *next, char *out,
                                            size_t *n_bytes);

RV_END_DECLS

#endif // RV_PUBLISH_JSON_RECORD_H

// SPDX-License-Identifier: MIT
/**
   @file rfc3339.h
   A time stamp for people: 2026-11-22T08:30:00.123Z, by integer arithmetic.
*/
#ifndef RV_PUBLISH_RFC3339_H
#define RV_PUBLISH_RFC3339_H

#include <ruview/base/attributes.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_RFC3339_CHARS = 24 };

/// Writes exactly 24 characters, UTC with milliseconds, without a terminating zero;
/// years past 9999 are written as the last millisecond of 9999
RV_API void rv_rfc3339(uint64_t t_us, char out[RV_RFC3339_CHARS]);

RV_END_DECLS

#endif // RV_PUBLISH_RFC3339_H

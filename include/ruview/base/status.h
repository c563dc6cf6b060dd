// SPDX-License-Identifier: MIT
/**
   @file status.h
   What a call came to: 0, or a negative number that is never given another meaning.

   A status is about the call. Data that is merely bad is a result with a reason
   (reason.h), counted, and not an error.
*/
#ifndef RV_BASE_STATUS_H
#define RV_BASE_STATUS_H

#include <ruview/base/attributes.h>

RV_BEGIN_DECLS

/// X(name, value, text)
#define RV_STATUS_LIST(X)                                                              \
    X(OK, 0, "success")                                                                \
    X(ERR_CONFIG, -1, "a configuration value is outside its range")                    \
    X(ERR_MEMORY, -2, "the memory lent is missing, unaligned or too small")            \
    X(ERR_NONFINITE, -3, "the input holds a value that is not finite")                 \
    X(ERR_SHAPE, -4, "the input has another shape than configured")                    \
    X(ERR_TRUNCATED, -5, "the bytes end before what they announce")                    \
    X(ERR_TRAILING, -6, "bytes are left over after the end")                           \
    X(ERR_MAGIC, -7, "the bytes begin with another magic")                             \
    X(ERR_VALUE, -8, "a field holds a value that it must not hold")                    \
    X(ERR_CHECKSUM, -9, "the checksum does not match")                                 \
    X(ERR_RANGE, -10, "an argument is outside its range")                              \
    X(ERR_FULL, -11, "no room is left")                                                \
    X(ERR_EMPTY, -12, "there is nothing to take")                                      \
    X(ERR_END, -13, "the end was reached")                                             \
    X(ERR_UNSUPPORTED, -14, "this build or this format cannot do that")                \
    X(ERR_MACHINE, -15, "the machine does not round or keep subnormals as IEEE-754")   \
    X(ERR_STATE, -16, "the call does not fit the state of the object")                 \
    X(ERR_IO, -17, "reading or writing failed")                                        \
    X(ERR_NOT_FOUND, -18, "no such thing")                                             \
    X(ERR_DIFFERENT, -19, "the two differ")

#define RV_STATUS_ENUM(name, value, text) RV_##name = (value),
typedef enum { RV_STATUS_LIST(RV_STATUS_ENUM) } rv_status;
#undef RV_STATUS_ENUM

/// Name of a status without its prefix, "OK" … ; "UNKNOWN" for any other number
RV_API RV_CONST const char *rv_status_name(rv_status status);

/// One sentence for people; "unknown status" for any other number
RV_API RV_CONST const char *rv_status_text(rv_status status);

RV_END_DECLS

#endif // RV_BASE_STATUS_H

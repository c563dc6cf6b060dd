// SPDX-License-Identifier: MIT
#ifndef RV_BASE_TRY_H
#define RV_BASE_TRY_H

#include <ruview/base/status.h>

/// Evaluate, and return from the calling function on any status but RV_OK
#define RV_TRY(expression)                                                             \
    do {                                                                               \
        const rv_status rv_try_status = (expression);                                  \
        if (rv_try_status != RV_OK) {                                                  \
            return rv_try_status;                                                      \
        }                                                                              \
    } while (0)

#endif // RV_BASE_TRY_H

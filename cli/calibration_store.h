// SPDX-License-Identifier: MIT
/**
   @file calibration_store.h
   Baselines in an SQLite file: one row per content hash, the newest of a link is the
   one in use.
*/
#ifndef RV_CLI_CALIBRATION_STORE_H
#define RV_CLI_CALIBRATION_STORE_H

#include <ruview/prep/calibrate.h>

#include <stdbool.h>

typedef struct rv_calibration_store rv_calibration_store;

/// Open, and make when it is not there; NULL after a message
rv_calibration_store *rv_calibration_store_open(const char *path);
/// Open one that is there, to read; NULL after a message
rv_calibration_store *rv_calibration_store_read(const char *path);
void                  rv_calibration_store_close(rv_calibration_store *self);

/// Keep a qualified baseline; keeping it twice changes nothing. False after a message.
bool rv_calibration_store_put(rv_calibration_store *self, const rv_calibrate *baseline);

/// Called for the canonical bytes of one baseline
typedef void rv_calibration_each(void *context, const uint8_t *bytes, size_t n);

/// The newest baseline of every link, in ascending order of link. False after a
/// message.
bool rv_calibration_store_each(rv_calibration_store *self, rv_calibration_each *each,
                               void *context);

#endif // RV_CLI_CALIBRATION_STORE_H

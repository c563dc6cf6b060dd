// SPDX-License-Identifier: MIT
/**
   @file bed.h
   A history file in a folder of its own, for the tests of this folder.
*/
#ifndef RV_TESTS_HISTORY_BED_H
#define RV_TESTS_HISTORY_BED_H

#include "platform/history_state.h"

extern char          folder[]; ///< Make it with mkdtemp first
extern char          path[64]; ///< Of the file, after fresh()
extern const uint8_t run_digest[RV_DIGEST_BYTES];

/// Remove what a test left; a set-up of cmocka
int fresh(void **state);

rv_history *open_it(bool read_only);

#endif // RV_TESTS_HISTORY_BED_H

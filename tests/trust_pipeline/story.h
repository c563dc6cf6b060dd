// SPDX-License-Identifier: MIT
/**
   @file story.h
   Simulated rooms as input logs, and what can happen to their datagrams.
*/
#ifndef RV_TESTS_STORY_H
#define RV_TESTS_STORY_H

#include <ruview/capture/input.h>
#include <ruview/engine/engine_config.h>

#include <stdbool.h>

enum {
    MOST     = 30000,
    SECOND   = 1000000,
    CHANGE_S = 22,
    AGAIN_S  = 12,
    JUDGE_S  = 26,
    SHORT_S  = 44, ///< Most need no longer
    END_S    = 68,
    SILENT_S = 4,
    RELAX_US = 30 * SECOND,
};

/// The input log of the empty room
typedef struct {
    rv_input         input[MOST];
    size_t           n;
    uint64_t         begin_us;
    rv_engine_config config;
} story;

extern story empty, furnished, standing, walking, apart;

/// Simulate all of them
void load_stories(void);

/// Changes one input; false: it never arrived
typedef bool change(rv_input *input, uint8_t *bytes, size_t i);

extern change silent, silent_for_a_while, one_node_away, one_node_gone, half_lost,
    one_node_faint, noise_for_signal, a_day_later, furniture_moved, one_link_left,
    one_receiver_shaken, never_calibrated, calibrated_without_one;

#endif // RV_TESTS_STORY_H

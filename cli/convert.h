// SPDX-License-Identifier: MIT
/**
   @file convert.h
   What a recording can be converted to: one file per target, one line in converts.def.
*/
#ifndef RV_CLI_CONVERT_H
#define RV_CLI_CONVERT_H

#include <ruview/capture/capture.h>

#include <stdbool.h>

/// What a target can do. Every function is given what `open` returned.
typedef struct {
    const char *name;
    const char *ending; ///< ".npz"
    const char *help;
    void *(*open)(const char *path);                  ///< NULL: errno tells
    bool (*input)(void *self, const rv_input *input); ///< NULL: frames only
    bool (*frame)(void *self, const rv_frame *frame); ///< NULL: inputs only
    bool (*close)(void *self);                        ///< Finish; frees `self`
} rv_convert_target;

#define RV_CONVERT(name) extern const rv_convert_target rv_convert_##name;
#include "cli/converts.def"
#undef RV_CONVERT

/// Frames of one link, gathered in memory: for targets that write arrays
typedef struct {
    const rv_layout *layout;
    uint64_t         tx;
    uint32_t         freq_mhz;
    uint8_t          node, n_rx, n_tx;
    bool             amplitude_only, synthetic;
    size_t           n, capacity, n_samples; ///< Frames; samples of a frame
    float           *samples;                ///< [n][n_rx][n_tx][entries][2], re and im
    uint64_t        *t_us;
    uint32_t        *sequence;
    int8_t          *rssi_dbm, *noise_dbm;
} rv_convert_link;

/// Links in order of their first frame
typedef struct {
    rv_convert_link *link;
    size_t           n;
} rv_convert_links;

/// Add a frame; false when memory ran out
bool rv_convert_gather(rv_convert_links *links, const rv_frame *frame);
void rv_convert_links_free(rv_convert_links *links);

#endif // RV_CLI_CONVERT_H

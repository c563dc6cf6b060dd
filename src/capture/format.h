// SPDX-License-Identifier: MIT
/**
   @file format.h
   What a capture format is to the reader: one file, one line in formats.def. A new
   one starts from a copy of format_template.c.txt.
*/
#ifndef RV_CAPTURE_FORMAT_H
#define RV_CAPTURE_FORMAT_H

#include <ruview/base/bytes.h>
#include <ruview/capture/capture.h>

#include <stdbool.h>

enum {
    RV_FORMAT_SAMPLES = RV_MAX_ENTRIES * 16, ///< Samples of the largest frame
    RV_FORMAT_STATE   = 1 << 15,             ///< Bytes of the largest format state
    RV_SNIFF_BYTES    = 4096,                ///< Seen by a probe, at most
};

/// The bytes that a format may look at now
typedef struct {
    const uint8_t *bytes;
    size_t         n;
    uint64_t       offset; ///< Of bytes[0] in the file
    bool           last;   ///< Nothing follows
} rv_window;

/// `used` of a step behind which nothing can be found: all the rest of the file
#define RV_USED_REST SIZE_MAX

/// What one step came to. All but MORE and END set `used`, which is > 0; formats that
/// need the whole file may leave it 0 until they end.
typedef enum {
    RV_STEP_INPUT,   ///< item->input is ready
    RV_STEP_REFUSED, ///< item->reason says why
    RV_STEP_SKIP, ///< Belongs to the format and carries nothing: headers, blank lines
    RV_STEP_MORE, ///< The record goes on behind the window; never when `last`
    RV_STEP_END,  ///< The format ends here; whatever follows is left alone
} rv_step;

/// What all formats share
typedef struct {
    uint8_t          node; ///< Where the format names no receiver
    rv_capture_table table;
    float           *re; ///< [RV_FORMAT_SAMPLES]
    float           *im;
    rv_frame         frame;
} rv_format_context;

struct rv_format {
    const char *name;
    const char *title;
    const char *time;
    const char *note;  ///< NULL: nothing special
    bool        whole; ///< Needs all of the file in one window
    size_t      state; ///< Bytes, <= RV_FORMAT_STATE; zeroed before the first step

    /// 0: not mine … 100: nobody else writes this. `n` <= RV_SNIFF_BYTES bytes.
    unsigned (*probe)(const uint8_t *bytes, size_t n);

    rv_step (*next)(void *state, rv_format_context *context, const rv_window *window,
                    size_t *used, rv_capture_item *item);
};

/// Begin a frame: everything unknown but what is given
static inline rv_frame *
rv_format_frame(rv_format_context *const context, const rv_layout *const layout,
                const unsigned n_rx, const unsigned n_tx)
{
    context->frame = (rv_frame){
        .layout        = layout,
        .bandwidth_mhz = layout->bandwidth_mhz,
        .node          = context->node,
        .n_rx          = (uint8_t)n_rx,
        .n_tx          = (uint8_t)n_tx,
        .ppdu          = 255,
        .rssi_dbm      = RV_DBM_UNKNOWN,
        .rssi_rx_dbm = {RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN},
        .noise_dbm   = RV_DBM_UNKNOWN,
        .agc_db      = INT16_MIN,
        .re          = context->re,
        .im          = context->im,
    };
    return &context->frame;
}

/// Finish a frame: check it and hand it over, or refuse it
static inline rv_step
rv_format_emit(rv_format_context *const context, rv_capture_item *const item)
{
    item->reason = rv_frame_check(&context->frame);
    if (item->reason != RV_REASON_NONE) {
        return RV_STEP_REFUSED;
    }
    item->input = (rv_input){
        .kind = RV_INPUT_FRAME, .t_us = context->frame.t_us, .frame = &context->frame};
    return RV_STEP_INPUT;
}

/// A counter of 32 bits made longer: the nearest value to the last one that has these
/// low bits, so that it may wrap and may step back a little. Begins at `low`.
typedef struct {
    bool     any;
    uint64_t value;
} rv_long_clock;

static inline uint64_t
rv_long_clock_at(rv_long_clock *const self, const uint32_t low)
{
    const uint32_t ahead = low - (uint32_t)self->value;
    if (!self->any) {
        *self = (rv_long_clock){.any = true, .value = low};
    } else if (ahead <= INT32_MAX || self->value < (uint64_t)UINT32_MAX - ahead + 1) {
        self->value += ahead;
    } else {
        self->value -= (uint64_t)UINT32_MAX - ahead + 1;
    }
    return self->value;
}

/// Six bytes of an address as a number that prints as people write it
static inline uint64_t
rv_mac48(const uint8_t *const p)
{
    return (uint64_t)p[0] << 40 | (uint64_t)p[1] << 32 | (uint64_t)p[2] << 24 |
           (uint64_t)p[3] << 16 | (uint64_t)p[4] << 8 | p[5];
}

static inline rv_step
rv_format_refuse(rv_capture_item *const item, const rv_reason reason)
{
    item->reason = reason;
    return RV_STEP_REFUSED;
}

#endif // RV_CAPTURE_FORMAT_H

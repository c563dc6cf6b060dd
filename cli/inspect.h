// SPDX-License-Identifier: MIT
/**
   @file inspect.h
   What is in a recording: links, layouts, rates, gaps, losses, levels, refusals.
*/
#ifndef RV_CLI_INSPECT_H
#define RV_CLI_INSPECT_H

#include <ruview/capture/adr018.h>
#include <ruview/capture/capture.h>

#include <stdbool.h>
#include <stdio.h>

/// One link: frames that belong into one time series
typedef struct {
    uint64_t         tx;
    const rv_layout *layout;
    uint32_t         freq_mhz;
    uint8_t          node, n_rx, n_tx;
    uint64_t         n_frames, n_synthetic, n_amplitude_only;
    uint64_t         first_us, last_us;
    uint64_t         n_backwards; ///< Stamps before the one before
    uint64_t         longest_us;
    float           *interval_us; ///< [n_intervals]
    size_t           n_intervals, capacity;
    uint64_t         rssi_known;
    uint32_t         rssi_count[256]; ///< By rssi + 128
} rv_inspect_link;

/// One receiver. It numbers what it sends across all its links, so losses are its own.
typedef struct {
    uint64_t n_frames;
    bool     has_sequence;
    uint32_t sequence;
    uint64_t lost, reordered, duplicates;
} rv_inspect_node;

/// Everything found
typedef struct {
    uint64_t n_inputs[6]; ///< By rv_input_kind
    uint64_t n_packets[RV_PACKET_KINDS];
    uint64_t refused[RV_REASON_COUNT];
    uint64_t first_refused[RV_REASON_COUNT]; ///< Line, or offset in binary files
    bool     refused_by_line;
    uint64_t n_accepted, n_refused, n_trailing;
    uint64_t first_us, last_us;
    bool     any_time;
    rv_inspect_link *links;
    size_t           n_links, capacity;
    rv_inspect_node  nodes[256];
    bool             out_of_memory;
} rv_inspect;

/// Take one item of a recording
void rv_inspect_take(rv_inspect *self, const rv_capture_item *item,
                     const rv_packet *packet);
void rv_inspect_free(rv_inspect *self);

/// Sort the links by node, transmitter, channel, layout; call once, before printing
void rv_inspect_finish(rv_inspect *self);

/// Median interval [us]; 0 with fewer than two frames
double rv_inspect_median_us(const rv_inspect_link *link);

/// Intervals longer than three medians
uint64_t rv_inspect_gaps(const rv_inspect_link *link);

/// Mean rate over the time from first to last frame [Hz]; 0 when not known
double rv_inspect_rate(const rv_inspect_link *link);

/// Level below which `part` of the known ones lie
int rv_inspect_rssi(const rv_inspect_link *link, double part);

void rv_inspect_print(FILE *out, const char *path, const rv_capture *capture,
                      const rv_inspect *self);
void rv_inspect_print_json(FILE *out, const char *path, const rv_capture *capture,
                           const rv_inspect *self);

#endif // RV_CLI_INSPECT_H

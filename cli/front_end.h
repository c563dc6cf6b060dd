// SPDX-License-Identifier: MIT
/**
   @file front_end.h
   A recording's frames through stages 1 and 2, link by link, without the rest of the
   pipeline: what calibrate and plot look at.
*/
#ifndef RV_CLI_FRONT_END_H
#define RV_CLI_FRONT_END_H

#include <ruview/capture/capture.h>
#include <ruview/capture/wire.h>
#include <ruview/prep/calibrate.h>
#include <ruview/prep/normalise.h>
#include <ruview/prep/sanitise.h>
#include <ruview/trust/record.h>

#include <stdbool.h>

/// One link: (transmitter, receiver, channel, layout)
typedef struct {
    rv_calibrate_link  key;
    const rv_layout   *layout;
    uint8_t            n_rx, n_tx;
    rv_normalise       normalise;
    rv_sanitise        sanitise;
    rv_calibrate       calibrate;
    rv_csi             raw;   ///< Newest frame, normalised
    rv_csi             clean; ///< The same, sanitised
    rv_sanitise_result result;
    uint64_t           n_frames;
    uint64_t           first_us, last_us;
    void              *memory[5];
} rv_front_link;

typedef struct {
    rv_wire        wire;
    rv_front_link *link[RV_MAX_LINKS]; ///< In order of appearance
    uint32_t       n_links;
    uint64_t       n_refused;
} rv_front_end;

void rv_front_end_init(rv_front_end *self);
void rv_front_end_free(rv_front_end *self);

/**
   Take one item of a recording.

   @return The link whose `raw` and `clean` are new; NULL when the item was no frame or
           was refused.
*/
rv_front_link *rv_front_end_take(rv_front_end *self, const rv_capture_item *item);

/// "node 2, transmitter 1f…, 2437 MHz, esp32-lltf64"; returns `out`
const char *rv_front_link_name(const rv_front_link *link, char *out, size_t room);

#endif // RV_CLI_FRONT_END_H

// SPDX-License-Identifier: MIT
/**
   @file waterfall.h
   A link's tones over time, before and after cleaning, as a picture.
*/
#ifndef RV_CLI_WATERFALL_H
#define RV_CLI_WATERFALL_H

#include "cli/canvas.h"
#include "cli/front_end.h"

#include <stdbool.h>
#include <stdio.h>

enum { RV_WATERFALL_PANELS = 3 }; ///< Amplitude, phase raw, phase sanitised

/// Frames of one link, collected
typedef struct {
    uint16_t n_tones;
    size_t   n, capacity;
    double  *t_s;       ///< [n] since the first frame of the recording
    float   *amplitude; ///< [n][n_tones] dB over the frame's RMS
    float   *raw;       ///< [n][n_tones] phase [rad]
    float   *clean;     ///< [n][n_tones]
    float   *sto_ns;    ///< [n] removed
    uint32_t n_garbage; ///< Frames whose phase had no structure
} rv_waterfall;

/// Add the newest frame of a link; false without memory
bool rv_waterfall_add(rv_waterfall *self, const rv_front_link *link, double t_s);
void rv_waterfall_free(rv_waterfall *self);

/// Draw the panels with title and axes
bool rv_waterfall_draw(const rv_waterfall *self, const char *title, rv_canvas *canvas);

/// Write the panels as SVG: text and axes as SVG, the tones as one embedded picture
/// each
bool rv_waterfall_write_svg(const rv_waterfall *self, const char *title, FILE *out);

#endif // RV_CLI_WATERFALL_H

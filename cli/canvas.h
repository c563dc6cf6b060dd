// SPDX-License-Identifier: MIT
/**
   @file canvas.h
   A picture in memory: pixels, rectangles, small text; written as PNG (libpng) or put
   into an SVG file.
*/
#ifndef RV_CLI_CANVAS_H
#define RV_CLI_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    int      width, height;
    uint8_t *rgb; ///< [height][width][3]
} rv_canvas;

enum { RV_CANVAS_GLYPH_W = 8, RV_CANVAS_GLYPH_H = 10 }; ///< Of text, with its gap

/// White; false without memory
bool rv_canvas_init(rv_canvas *self, int width, int height);
void rv_canvas_free(rv_canvas *self);

/// `colour` is 0xRRGGBB; what lies outside is dropped
void rv_canvas_fill(rv_canvas *self, int x, int y, int w, int h, uint32_t colour);

/// Text from its upper left corner; letters become capitals, what has no glyph a space
void rv_canvas_text(rv_canvas *self, int x, int y, const char *text, uint32_t colour);

/// PNG into memory of malloc; NULL on failure
uint8_t *rv_canvas_png(const rv_canvas *self, size_t *n_bytes);

/// Dark blue over green to yellow for 0..1
uint32_t rv_colour_level(double level);

/// A circle of hues for an angle; equal lightness, so that -pi and pi are alike
uint32_t rv_colour_angle(double radians);

#endif // RV_CLI_CANVAS_H

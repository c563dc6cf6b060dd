// SPDX-License-Identifier: MIT
/**
   @file painter.h
   One painter for pixels and for SVG. Places are in pixels from the upper left corner.
*/
#ifndef RV_CLI_PAINTER_H
#define RV_CLI_PAINTER_H

#include "cli/canvas.h"

#include <stdio.h>

typedef struct {
    FILE     *svg;    ///< Or NULL:
    rv_canvas canvas; ///< pixels
} rv_painter;

void rv_paint_box(rv_painter *to, double x, double y, double w, double h,
                  uint32_t colour);

/// Text from its upper left corner
void rv_paint_text(rv_painter *to, double x, double y, const char *text);

void rv_paint_line(rv_painter *to, double x0, double y0, double x1, double y1,
                   double width, uint32_t colour);

void rv_paint_ring(rv_painter *to, double x, double y, double radius, uint32_t colour);

#endif // RV_CLI_PAINTER_H

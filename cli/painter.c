// SPDX-License-Identifier: MIT
#include "cli/painter.h"

#include <math.h>

void
rv_paint_box(rv_painter *const to, const double x, const double y, const double w,
             const double h, const uint32_t colour)
{
    if (to->svg) {
        fprintf(to->svg,
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                "fill=\"#%06x\"/>\n",
                x, y, w, h, colour);
    } else {
        rv_canvas_fill(&to->canvas, (int)lround(x), (int)lround(y),
                       (int)(lround(x + w) - lround(x)),
                       (int)(lround(y + h) - lround(y)), colour);
    }
}

void
rv_paint_text(rv_painter *const to, const double x, const double y,
              const char *const text)
{
    if (to->svg) {
        fprintf(to->svg, "<text x=\"%.1f\" y=\"%.1f\">%s</text>\n", x, y + 10, text);
    } else {
        rv_canvas_text(&to->canvas, (int)x, (int)y, text, 0x212529);
    }
}

void
rv_paint_line(rv_painter *const to, const double x0, const double y0, const double x1,
              const double y1, const double width, const uint32_t colour)
{
    if (to->svg) {
        fprintf(to->svg,
                "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#%06x\" "
                "stroke-width=\"%.1f\" stroke-linecap=\"round\"/>\n",
                x0, y0, x1, y1, colour, width);
        return;
    }
    const int steps = (int)ceil(hypot(x1 - x0, y1 - y0)) + 1;
    for (int i = 0; i <= steps; ++i) {
        const double u = (double)i / steps;
        rv_canvas_fill(&to->canvas, (int)lround(x0 + u * (x1 - x0) - 0.5 * width),
                       (int)lround(y0 + u * (y1 - y0) - 0.5 * width), (int)ceil(width),
                       (int)ceil(width), colour);
    }
}

void
rv_paint_ring(rv_painter *const to, const double x, const double y, const double radius,
              const uint32_t colour)
{
    enum { corners = 32 };
    const double turn = 6.283185307179586 / corners;
    for (int i = 0; i < corners; ++i) {
        rv_paint_line(to, x + radius * cos(i * turn), y + radius * sin(i * turn),
                      x + radius * cos((i + 1) * turn),
                      y + radius * sin((i + 1) * turn), 1.0, colour);
    }
}

// SPDX-License-Identifier: MIT
#include "cli/waterfall.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    plot_width   = 900,
    panel_height = 168,
    margin_left  = 70,
    margin_top   = 40,
    margin_right = 92,
    bar_width    = 12,
    gap          = 44,
};

static const char *const panel_title[RV_WATERFALL_PANELS] = {
    "amplitude over the frame's RMS", "phase as received",
    "phase after offset and slope were taken out"};

/// What the ends of a panel's colour bar stand for, the upper first
static const char *const bar_text[RV_WATERFALL_PANELS][2] = {
    {"10 dB", "-20 dB"}, {"pi rad", "-pi rad"}, {"pi rad", "-pi rad"}};

static const uint32_t blank = 0xE8E8E8, ink = 0x202020;

void
rv_waterfall_free(rv_waterfall *const self)
{
    free(self->t_s);
    free(self->amplitude);
    free(self->raw);
    free(self->clean);
    free(self->sto_ns);
    memset(self, 0, sizeof *self);
}

static bool
grow(void **const p, const size_t n_bytes)
{
    void *const q = realloc(*p, n_bytes);
    *p            = q ? q : *p;
    return q != NULL;
}

static bool
make_room(rv_waterfall *const self)
{
    if (self->n < self->capacity) {
        return true;
    }
    const size_t n   = self->capacity == 0 ? 1024 : 2 * self->capacity;
    const size_t row = sizeof(float) * self->n_tones;
    if (!grow((void **)&self->t_s, n * sizeof *self->t_s) ||
        !grow((void **)&self->sto_ns, n * sizeof *self->sto_ns) ||
        !grow((void **)&self->amplitude, n * row) ||
        !grow((void **)&self->raw, n * row) || !grow((void **)&self->clean, n * row)) {
        return false;
    }
    self->capacity = n;
    return true;
}

bool
rv_waterfall_add(rv_waterfall *const self, const rv_front_link *const link,
                 const double t_s)
{
    self->n_tones = link->raw.n_tones;
    if (!make_room(self)) {
        return false;
    }
    const size_t at = self->n * self->n_tones;
    for (uint16_t k = 0; k < self->n_tones; ++k) {
        const float x           = link->raw.re[k];
        const float y           = link->raw.im[k];
        self->amplitude[at + k] = 10.0F * log10f(fmaxf(x * x + y * y, 1e-6F));
        self->raw[at + k]       = atan2f(y, x);
        self->clean[at + k]     = atan2f(link->clean.im[k], link->clean.re[k]);
    }
    self->t_s[self->n]    = t_s;
    self->sto_ns[self->n] = link->clean.sto_ns;
    self->n_garbage += link->result.reason == RV_REASON_PHASE_GARBAGE;
    ++self->n;
    return true;
}

static int
by_value(const void *const a, const void *const b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

// Longer than this without a frame is shown as a gap
static double
longest_gap(const rv_waterfall *const self)
{
    double *const step = self->n > 1 ? malloc(sizeof *step * (self->n - 1)) : NULL;
    if (!step) {
        return 1.0;
    }
    for (size_t i = 0; i + 1 < self->n; ++i) {
        step[i] = self->t_s[i + 1] - self->t_s[i];
    }
    qsort(step, self->n - 1, sizeof *step, by_value);
    const double median = step[(self->n - 1) / 2];
    free(step);
    return 5.0 * median;
}

static double
span_of(const rv_waterfall *const self)
{
    const double span = self->t_s[self->n - 1] - self->t_s[0];
    return span > 0.0 ? span : 1.0;
}

// Tones upwards, time to the right; the upper left corner at (x, y)
static void
draw_tones(const rv_waterfall *const self, const int panel, rv_canvas *const canvas,
           const int x, const int y)
{
    const double span = span_of(self);
    const double wide = fmax(longest_gap(self), span / plot_width);
    size_t       i    = 0;
    for (int c = 0; c < plot_width; ++c) {
        const double t = self->t_s[0] + span * (c + 0.5) / plot_width;
        while (i + 1 < self->n && self->t_s[i + 1] <= t) {
            ++i;
        }
        const bool here = t - self->t_s[i] <= wide;
        for (int r = 0; r < panel_height; ++r) {
            const int      k  = (panel_height - 1 - r) * self->n_tones / panel_height;
            const size_t   at = i * self->n_tones + (size_t)k;
            const uint32_t colour =
                !here ? blank
                : panel == 0
                    ? rv_colour_level(((double)self->amplitude[at] + 20.0) / 30.0)
                : panel == 1 ? rv_colour_angle((double)self->raw[at])
                             : rv_colour_angle((double)self->clean[at]);
            rv_canvas_fill(canvas, x + c, y + r, 1, 1, colour);
        }
    }
}

/// Colour of a panel's bar at `level`, 0 at its lower end and 1 at its upper
static uint32_t
bar_colour(const int panel, const double level)
{
    return panel == 0 ? rv_colour_level(level)
                      : rv_colour_angle((2.0 * level - 1.0) * 3.14159265358979);
}

static int
panel_y(const int panel)
{
    return margin_top + panel * (panel_height + gap);
}

// A round step that gives four to ten marks over the span
static double
mark_step(const double span)
{
    const double rough = pow(10.0, floor(log10(span / 4.0)));
    return span / (5.0 * rough) > 4.0   ? 5.0 * rough
           : span / (2.0 * rough) > 5.0 ? 2.0 * rough
                                        : rough;
}

bool
rv_waterfall_draw(const rv_waterfall *const self, const char *const title,
                  rv_canvas *const canvas)
{
    char label[64];
    if (!rv_canvas_init(canvas, margin_left + plot_width + margin_right,
                        panel_y(RV_WATERFALL_PANELS))) {
        return false;
    }
    const double span = span_of(self);
    const double step = mark_step(span);
    rv_canvas_text(canvas, margin_left, 6, title, ink);
    for (int p = 0; p < RV_WATERFALL_PANELS; ++p) {
        const int y = panel_y(p);
        draw_tones(self, p, canvas, margin_left, y);
        rv_canvas_text(canvas, margin_left, y - 13, panel_title[p], ink);
        const int bar = margin_left + plot_width + 12;
        for (int r = 0; r < panel_height; ++r) {
            rv_canvas_fill(canvas, bar, y + r, bar_width, 1,
                           bar_colour(p, 1.0 - (r + 0.5) / panel_height));
        }
        rv_canvas_text(canvas, bar + 16, y, bar_text[p][0], ink);
        rv_canvas_text(canvas, bar + 16, y + panel_height - 10, bar_text[p][1], ink);
        rv_canvas_text(canvas, 6, y, "upper", ink);
        rv_canvas_text(canvas, 6, y + 12, "tones", ink);
        rv_canvas_text(canvas, 6, y + panel_height - 22, "lower", ink);
        rv_canvas_text(canvas, 6, y + panel_height - 10, "tones", ink);
        for (double t = 0.0; t <= span; t += step) {
            const int x = margin_left + (int)(t / span * (plot_width - 1));
            rv_canvas_fill(canvas, x, y + panel_height, 1, 4, ink);
            snprintf(label, sizeof label, "%.4g s", t);
            rv_canvas_text(canvas, x, y + panel_height + 6, label, ink);
        }
    }
    return true;
}

// ---- SVG

static void
write_base64(const uint8_t *const bytes, const size_t n, FILE *const out)
{
    static const char digit[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < n; i += 3) {
        const size_t   left = n - i;
        const uint32_t v    = (uint32_t)bytes[i] << 16 |
                           (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                           (left > 2 ? (uint32_t)bytes[i + 2] : 0);
        fputc(digit[v >> 18], out);
        fputc(digit[v >> 12 & 63], out);
        fputc(left > 1 ? digit[v >> 6 & 63] : '=', out);
        fputc(left > 2 ? digit[v & 63] : '=', out);
    }
}

static void
write_escaped(const char *const text, FILE *const out)
{
    for (const char *p = text; *p; ++p) {
        switch (*p) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc(*p, out);
        }
    }
}

static bool
write_panel(const rv_waterfall *const self, const int panel, FILE *const out)
{
    rv_canvas tones;
    size_t    n_bytes = 0;
    if (!rv_canvas_init(&tones, plot_width, panel_height)) {
        return false;
    }
    draw_tones(self, panel, &tones, 0, 0);
    uint8_t *const png = rv_canvas_png(&tones, &n_bytes);
    rv_canvas_free(&tones);
    if (!png) {
        return false;
    }
    const int    y    = panel_y(panel);
    const double span = span_of(self);
    const double step = mark_step(span);
    fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text>\n", margin_left, y - 6,
            panel_title[panel]);
    fprintf(out,
            "<image x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
            "href=\"data:image/png;base64,",
            margin_left, y, plot_width, panel_height);
    write_base64(png, n_bytes, out);
    fputs("\"/>\n", out);
    free(png);
    const int bar = margin_left + plot_width + 12;
    for (int r = 0; r < panel_height; r += 4) {
        fprintf(out,
                "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"4\" "
                "fill=\"#%06x\" shape-rendering=\"crispEdges\"/>\n",
                bar, y + r, bar_width,
                bar_colour(panel, 1.0 - (r + 2.0) / panel_height));
    }
    fprintf(out, "<text x=\"%d\" y=\"%d\">%s</text><text x=\"%d\" y=\"%d\">%s</text>\n",
            bar + 16, y + 10, bar_text[panel][0], bar + 16, y + panel_height,
            bar_text[panel][1]);
    fprintf(out, "<text x=\"6\" y=\"%d\">upper tones</text>\n", y + 10);
    fprintf(out, "<text x=\"6\" y=\"%d\">lower tones</text>\n", y + panel_height);
    for (double t = 0.0; t <= span; t += step) {
        const int x = margin_left + (int)(t / span * (plot_width - 1));
        fprintf(out,
                "<path d=\"M%d %dv4\" stroke=\"#202020\"/>"
                "<text x=\"%d\" y=\"%d\">%.4g s</text>\n",
                x, y + panel_height, x, y + panel_height + 16, t);
    }
    return true;
}

bool
rv_waterfall_write_svg(const rv_waterfall *const self, const char *const title,
                       FILE *const out)
{
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
            "font-family=\"sans-serif\" font-size=\"11\" fill=\"#202020\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n"
            "<text x=\"%d\" y=\"16\" font-size=\"13\">",
            margin_left + plot_width + margin_right, panel_y(RV_WATERFALL_PANELS),
            margin_left);
    write_escaped(title, out);
    fputs("</text>\n", out);
    for (int p = 0; p < RV_WATERFALL_PANELS; ++p) {
        if (!write_panel(self, p, out)) {
            return false;
        }
    }
    fputs("</svg>\n", out);
    return !ferror(out);
}

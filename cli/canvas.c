// SPDX-License-Identifier: MIT
#include "cli/canvas.h"

#include <ctype.h>
#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

enum { glyph_columns = 3, glyph_rows = 5, glyph_scale = 2 };

/// Fifteen pixels of a glyph, row by row from the top, the left one first
typedef struct {
    char     letter;
    uint16_t pixels;
} glyph;

static const glyph glyphs[] = {
    {'%', 0x52A5}, {'\'', 0x2400}, {'(', 0x2922}, {')', 0x224A}, {'+', 0x05D0},
    {',', 0x0014}, {'-', 0x01C0},  {'.', 0x0002}, {'/', 0x12A4}, {'0', 0x7B6F},
    {'1', 0x2C97}, {'2', 0x73E7},  {'3', 0x73CF}, {'4', 0x5BC9}, {'5', 0x79CF},
    {'6', 0x79EF}, {'7', 0x7292},  {'8', 0x7BEF}, {'9', 0x7BCF}, {':', 0x0410},
    {'=', 0x0E38}, {'A', 0x2BED},  {'B', 0x6BAE}, {'C', 0x3923}, {'D', 0x6B6E},
    {'E', 0x79A7}, {'F', 0x79A4},  {'G', 0x396B}, {'H', 0x5BED}, {'I', 0x7497},
    {'J', 0x126A}, {'K', 0x5BAD},  {'L', 0x4927}, {'M', 0x5FED}, {'N', 0x6B6D},
    {'O', 0x2B6A}, {'P', 0x6BA4},  {'Q', 0x2B73}, {'R', 0x6BAD}, {'S', 0x388E},
    {'T', 0x7492}, {'U', 0x5B6F},  {'V', 0x5B6A}, {'W', 0x5BFD}, {'X', 0x5AAD},
    {'Y', 0x5A92}, {'Z', 0x72A7},  {'_', 0x0007},
};

bool
rv_canvas_init(rv_canvas *const self, const int width, const int height)
{
    const size_t n = (size_t)width * (size_t)height * 3;
    *self          = (rv_canvas){.width = width, .height = height, .rgb = malloc(n)};
    if (self->rgb) {
        memset(self->rgb, 0xFF, n);
    }
    return self->rgb != NULL;
}

void
rv_canvas_free(rv_canvas *const self)
{
    free(self->rgb);
    self->rgb = NULL;
}

void
rv_canvas_fill(rv_canvas *const self, const int x, const int y, const int w,
               const int h, const uint32_t colour)
{
    const int left   = x < 0 ? 0 : x;
    const int top    = y < 0 ? 0 : y;
    const int right  = x + w > self->width ? self->width : x + w;
    const int bottom = y + h > self->height ? self->height : y + h;
    for (int r = top; r < bottom; ++r) {
        uint8_t *p = self->rgb + ((size_t)r * (size_t)self->width + (size_t)left) * 3;
        for (int c = left; c < right; ++c) {
            *p++ = (uint8_t)(colour >> 16);
            *p++ = (uint8_t)(colour >> 8);
            *p++ = (uint8_t)colour;
        }
    }
}

static uint16_t
pixels_of(const char letter)
{
    const char capital = (char)toupper((unsigned char)letter);
    for (size_t i = 0; i < sizeof glyphs / sizeof glyphs[0]; ++i) {
        if (glyphs[i].letter == capital) {
            return glyphs[i].pixels;
        }
    }
    return 0;
}

void
rv_canvas_text(rv_canvas *const self, const int x, const int y, const char *const text,
               const uint32_t colour)
{
    for (size_t i = 0; text[i]; ++i) {
        const uint16_t pixels = pixels_of(text[i]);
        for (int bit = 0; bit < glyph_columns * glyph_rows; ++bit) {
            if (pixels >> (glyph_columns * glyph_rows - 1 - bit) & 1) {
                rv_canvas_fill(self,
                               x + (int)i * RV_CANVAS_GLYPH_W +
                                   bit % glyph_columns * glyph_scale,
                               y + bit / glyph_columns * glyph_scale, glyph_scale,
                               glyph_scale, colour);
            }
        }
    }
}

uint8_t *
rv_canvas_png(const rv_canvas *const self, size_t *const n_bytes)
{
    png_image        image = {.version = PNG_IMAGE_VERSION,
                              .width   = (png_uint_32)self->width,
                              .height  = (png_uint_32)self->height,
                              .format  = PNG_FORMAT_RGB};
    png_alloc_size_t n     = 0;
    if (!png_image_write_to_memory(&image, NULL, &n, 0, self->rgb, 0, NULL)) {
        return NULL;
    }
    uint8_t *const bytes = malloc(n);
    if (bytes && !png_image_write_to_memory(&image, bytes, &n, 0, self->rgb, 0, NULL)) {
        free(bytes);
        return NULL;
    }
    *n_bytes = n;
    return bytes;
}

static uint32_t
mix(const uint32_t a, const uint32_t b, const double t)
{
    uint32_t out = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
        const double x = (double)(a >> shift & 0xFF);
        const double y = (double)(b >> shift & 0xFF);
        out |= (uint32_t)(x + (y - x) * t + 0.5) << shift;
    }
    return out;
}

uint32_t
rv_colour_level(const double level)
{
    // Anchors of the viridis map (CC0), even steps
    static const uint32_t anchor[] = {0x440154, 0x46327E, 0x365C8D, 0x277F8E,
                                      0x1FA187, 0x4AC16D, 0xA0DA39, 0xFDE725};
    enum { last = sizeof anchor / sizeof anchor[0] - 1 };
    const double at = level <= 0.0 ? 0.0 : level >= 1.0 ? last : level * last;
    const int    i  = at >= last ? last - 1 : (int)at;
    return mix(anchor[i], anchor[i + 1], at - i);
}

uint32_t
rv_colour_angle(const double radians)
{
    uint32_t out = 0;
    for (int c = 0; c < 3; ++c) {
        const double v = 0.55 + 0.4 * cos(radians - c * 2.0943951023931953);
        out            = out << 8 | (uint32_t)(v * 255.0 + 0.5);
    }
    return out;
}

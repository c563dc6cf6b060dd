// SPDX-License-Identifier: MIT
#include "publish/json_writer.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>
#include <ruview/math/text.h>

#include <string.h>

/// Room for n bytes, or NULL; counts either way
static char *
space(rv_json *const json, const size_t n)
{
    char *const p = json->at <= json->size && n <= json->size - json->at
                        ? json->out + json->at
                        : NULL;
    json->at += n;
    return p;
}

rv_status
rv_json_end(const rv_json *const json, size_t *const n_bytes)
{
    *n_bytes = json->at;
    return json->out && json->at > json->size ? RV_ERR_FULL : RV_OK;
}

void
rv_json_raw(rv_json *const json, const char *const text, const size_t n)
{
    char *const p = space(json, n);
    if (p && n > 0) {
        memcpy(p, text, n);
    }
}

static void
put_char(rv_json *const json, const char c)
{
    char *const p = space(json, 1);
    if (p) {
        *p = c;
    }
}

static void
separate(rv_json *const json)
{
    if (json->wants_comma) {
        put_char(json, ',');
    }
    json->wants_comma = true;
}

void
rv_json_text(rv_json *const json, const char *const text, const size_t n)
{
    separate(json);
    rv_json_raw(json, text, n);
}

void
rv_json_open(rv_json *const json, const char bracket)
{
    separate(json);
    put_char(json, bracket);
    json->wants_comma = false;
}

void
rv_json_close(rv_json *const json, const char bracket)
{
    put_char(json, bracket);
    json->wants_comma = true;
}

void
rv_json_key_n(rv_json *const json, const char *const name, const size_t n)
{
    char *const p = space(json, n + 3 + json->wants_comma);
    if (p) {
        char *at = p;
        if (json->wants_comma) {
            *at++ = ',';
        }
        *at++ = '"';
        memcpy(at, name, n);
        at[n]     = '"';
        at[n + 1] = ':';
    }
    json->wants_comma = false;
}

void
rv_json_bool(rv_json *const json, const bool value)
{
    rv_json_text(json, value ? "true" : "false", value ? 4 : 5);
}

void
rv_json_null(rv_json *const json)
{
    rv_json_text(json, "null", 4);
}

void
rv_json_u64(rv_json *const json, const uint64_t value)
{
    char         text[RV_TEXT_MAX];
    const size_t n = rv_text_u64(text, value);
    rv_json_text(json, text, n);
}

void
rv_json_i64(rv_json *const json, const int64_t value)
{
    char         text[RV_TEXT_MAX];
    const size_t n = rv_text_i64(text, value);
    rv_json_text(json, text, n);
}

void
rv_json_f32(rv_json *const json, const float value)
{
    if (value == 0.0F) {
        rv_json_text(json, "0", 1); // the commonest value, and never "-0"
        return;
    }
    if (value == 1.0F) {
        rv_json_text(json, "1", 1);
        return;
    }
    char         text[RV_TEXT_MAX];
    const size_t n = rv_text_f32(text, value);
    rv_json_text(json, text, n);
}

void
rv_json_f64(rv_json *const json, const double value)
{
    char         text[RV_TEXT_MAX];
    const size_t n = rv_text_f64(text, value);
    rv_json_text(json, text, n);
}

void
rv_json_decimal(rv_json *const json, const int64_t value, const uint32_t n_decimals)
{
    char         text[RV_TEXT_MAX];
    const size_t n = rv_text_decimal(text, value, n_decimals);
    rv_json_text(json, text, n);
}

void
rv_json_fixed(rv_json *const json, const float value, const uint32_t n_decimals)
{
    static const float scale[] = {1.0F, 10.0F, 100.0F, 1000.0F};
    if (!(value < 2e6F && value > -2e6F) || n_decimals > 3) {
        rv_json_f32(json, value);
        return;
    }
    char          text[RV_TEXT_MAX];
    const int32_t scaled = rv_round_i32(value * scale[n_decimals]);
    rv_json_text(json, text, rv_text_decimal(text, scaled, n_decimals));
}

void
rv_json_fixed_array(rv_json *const json, const float *const values, const size_t n,
                    const uint32_t n_decimals)
{
    rv_json_open(json, '[');
    for (size_t i = 0; i < n; ++i) {
        rv_json_fixed(json, values[i], n_decimals);
    }
    rv_json_close(json, ']');
}

void
rv_json_hex(rv_json *const json, const uint64_t value)
{
    char text[RV_TEXT_MAX];
    text[0]        = '"';
    const size_t n = rv_text_hex(text + 1, value, 16);
    text[n + 1]    = '"';
    rv_json_text(json, text, n + 2);
}

void
rv_json_hex_bytes(rv_json *const json, const uint8_t *const bytes, const size_t n)
{
    char text[2 * 32 + 2];
    text[0]             = '"';
    const size_t digits = rv_text_hex_bytes(text + 1, bytes, n > 32 ? 32 : n);
    text[digits + 1]    = '"';
    rv_json_text(json, text, digits + 2);
}

void
rv_json_name(rv_json *const json, const char *const name)
{
    const size_t n = rv_json_length(name);
    separate(json);
    char *const p = space(json, n + 2);
    if (p) {
        p[0] = '"';
        memcpy(p + 1, name, n);
        p[n + 1] = '"';
    }
}

/// Bytes of the UTF-8 sequence at p, 0 when it is none
static size_t
utf8_length(const unsigned char *const p)
{
    const unsigned char c = p[0];
    if (c < 0x80) {
        return 1;
    }
    const size_t n = c >= 0xF0 && c <= 0xF4   ? 4
                     : c >= 0xE0 && c <= 0xEF ? 3
                     : c >= 0xC2 && c <= 0xDF ? 2
                                              : 0;
    for (size_t i = 1; i < n; ++i) {
        if ((p[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    const bool is_overlong  = (c == 0xE0 && p[1] < 0xA0) || (c == 0xF0 && p[1] < 0x90);
    const bool is_surrogate = c == 0xED && p[1] >= 0xA0;
    const bool is_too_large = c == 0xF4 && p[1] >= 0x90;
    return is_overlong || is_surrogate || is_too_large ? 0 : n;
}

static void
put_escaped(rv_json *const json, const unsigned char c)
{
    char escape[RV_TEXT_MAX] = {'\\', 'u', '0', '0'};
    if (c == '"' || c == '\\') {
        escape[1] = (char)c;
        rv_json_raw(json, escape, 2);
    } else {
        rv_text_hex(escape + 4, c, 2);
        rv_json_raw(json, escape, 6);
    }
}

void
rv_json_string(rv_json *const json, const char *const text)
{
    const unsigned char *p = (const unsigned char *)text;
    separate(json);
    put_char(json, '"');
    while (*p) {
        const size_t n = utf8_length(p);
        if (n == 0) {
            rv_json_raw(json, "\xEF\xBF\xBD", 3);
            ++p;
        } else if (n == 1 && (*p < 0x20 || *p == '"' || *p == '\\')) {
            put_escaped(json, *p);
            ++p;
        } else {
            rv_json_raw(json, (const char *)p, n);
            p += n;
        }
    }
    put_char(json, '"');
}

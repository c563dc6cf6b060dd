// SPDX-License-Identifier: MIT
/**
   @file json_writer.h
   Writes JSON text into a buffer, counting on when the buffer is full so that the
   caller learns how much it takes. Keys are written in the order of the calls and are
   literals of this program; strings from outside go through rv_json_string.
*/
#ifndef RV_PUBLISH_JSON_WRITER_H
#define RV_PUBLISH_JSON_WRITER_H

#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char  *out; ///< NULL: only count
    size_t size;
    size_t at;          ///< Bytes so far, written or not
    bool   wants_comma; ///< A member or element stands before
} rv_json;

static inline rv_json
rv_json_begin(char *const out, const size_t size)
{
    const rv_json json = {.out = out, .size = out ? size : 0};
    return json;
}

/// Characters of a name of this program, 4096 at most (a bound, so that the compiler
/// does not call strlen, which the core does without)
static inline size_t
rv_json_length(const char *const text)
{
    size_t n = 0;
    while (n < 4096 && text[n]) {
        ++n;
    }
    return n;
}

/// Length into `n_bytes`; ERR_FULL when the buffer was too small
rv_status rv_json_end(const rv_json *json, size_t *n_bytes);

void rv_json_raw(rv_json *json, const char *text, size_t n);

/// A value that is already text; raw text may follow it
void rv_json_text(rv_json *json, const char *text, size_t n);

/// `{` or `[` as a value, and their ends
void rv_json_open(rv_json *json, char bracket);
void rv_json_close(rv_json *json, char bracket);

/// `"name":`; the name needs no escapes
void rv_json_key_n(rv_json *json, const char *name, size_t n);
#define rv_json_key(json, literal)                                                     \
    rv_json_key_n((json), "" literal, sizeof(literal) - 1)

void rv_json_bool(rv_json *json, bool value);
void rv_json_null(rv_json *json);
void rv_json_u64(rv_json *json, uint64_t value);
void rv_json_i64(rv_json *json, int64_t value);
void rv_json_f32(rv_json *json, float value); ///< Shortest; null when not finite
void rv_json_f64(rv_json *json, double value);

/// value / 10^n_decimals with all its places
void rv_json_decimal(rv_json *json, int64_t value, uint32_t n_decimals);

/// Rounded to `n_decimals` (0..3) places, halves away from zero; |value| < 2e6, else
/// shortest
void rv_json_fixed(rv_json *json, float value, uint32_t n_decimals);
void rv_json_fixed_array(rv_json *json, const float *values, size_t n,
                         uint32_t n_decimals);
void rv_json_hex(rv_json *json, uint64_t value);                       ///< 16 digits
void rv_json_hex_bytes(rv_json *json, const uint8_t *bytes, size_t n); ///< n <= 32

/// A name of this program: no escapes
void rv_json_name(rv_json *json, const char *name);

/// Any text, escaped; bytes that are not UTF-8 become U+FFFD
void rv_json_string(rv_json *json, const char *text);

#endif // RV_PUBLISH_JSON_WRITER_H

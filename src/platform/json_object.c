// SPDX-License-Identifier: MIT
#include "platform/json_object.h"

#include <string.h>

const json_t *
rv_object_member(rv_object *const o, const char *const key)
{
    const json_t *const value = json_object_get(o->root, key);
    o->bad                    = o->bad || !value;
    return value;
}

double
rv_object_f64(rv_object *const o, const char *const key)
{
    const json_t *const value = rv_object_member(o, key);
    o->bad                    = o->bad || !json_is_number(value);
    return json_number_value(value);
}

/// The shortest text of a float reads back to it through double
float
rv_object_f32(rv_object *const o, const char *const key)
{
    return (float)rv_object_f64(o, key);
}

int64_t
rv_object_i64(rv_object *const o, const char *const key)
{
    const json_t *const value = rv_object_member(o, key);
    o->bad                    = o->bad || !json_is_integer(value);
    return json_integer_value(value);
}

uint64_t
rv_object_u64(rv_object *const o, const char *const key)
{
    const int64_t value = rv_object_i64(o, key);
    o->bad              = o->bad || value < 0;
    return (uint64_t)value;
}

uint64_t
rv_object_optional_u64(rv_object *const o, const char *const key)
{
    return json_is_integer(json_object_get(o->root, key)) ? rv_object_u64(o, key) : 0;
}

const char *
rv_object_text(rv_object *const o, const char *const key)
{
    const char *const text = json_string_value(rv_object_member(o, key));
    o->bad                 = o->bad || !text;
    return text ? text : "";
}

void
rv_object_copy_text(rv_object *const o, char *const out, const size_t size,
                    const char *const text)
{
    const size_t n = strlen(text);
    o->bad         = o->bad || n >= size;
    if (n < size) {
        memcpy(out, text, n + 1);
    }
}

void
rv_object_optional_text(rv_object *const o, const char *const key, char *const out,
                        const size_t size)
{
    const char *const text = json_string_value(json_object_get(o->root, key));
    rv_object_copy_text(o, out, size, text ? text : "");
}

/// Index of a word in a list; bad when it is not there
unsigned
rv_object_word(rv_object *const o, const char *const key,
               const char *const *const words, const unsigned n)
{
    const char *const text = rv_object_text(o, key);
    for (unsigned i = 0; i < n; ++i) {
        if (strcmp(text, words[i]) == 0) {
            return i;
        }
    }
    o->bad = true;
    return 0;
}

unsigned
rv_object_named(rv_object *const o, const char *const         key,
                const char *(*name)(unsigned), const unsigned n)
{
    const char *const text = rv_object_text(o, key);
    for (unsigned i = 0; i < n; ++i) {
        if (strcmp(text, name(i)) == 0) {
            return i;
        }
    }
    o->bad = true;
    return 0;
}

rv_object
rv_object_child(rv_object *const o, const char *const key)
{
    const rv_object inner = {rv_object_member(o, key), false};
    return inner;
}

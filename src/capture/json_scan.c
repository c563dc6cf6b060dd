// SPDX-License-Identifier: MIT
#include "capture/json_scan.h"

enum { MAX_DEPTH = 32 };

static void
skip_blank(rv_text *const t)
{
    while (t->at < t->end &&
           (*t->at == ' ' || *t->at == '\t' || *t->at == '\r' || *t->at == '\n')) {
        ++t->at;
    }
}

/// From the opening quote to behind the closing one
static bool
skip_string(rv_text *const t, rv_text *const inside)
{
    const uint8_t *p = t->at + 1;
    for (;;) {
        const uint8_t *const quote = rv_scan_byte(p, t->end, '"');
        if (quote == t->end) {
            return false;
        }
        const uint8_t *back = quote; // an odd number of backslashes escapes it
        while (back > t->at + 1 && back[-1] == '\\') {
            --back;
        }
        p = quote + 1;
        if (((quote - back) & 1) == 0) {
            *inside = (rv_text){t->at + 1, quote};
            t->at   = p;
            return true;
        }
    }
}

/// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
static bool
skip_number(rv_text *const t)
{
    const uint8_t *p = t->at;
    p += p < t->end && *p == '-';
    const uint8_t *const first = p;
    while (p < t->end && (unsigned)*p - '0' <= 9) {
        ++p;
    }
    if (p == first || (*first == '0' && p - first > 1)) {
        return false;
    }
    if (p < t->end && *p == '.') {
        const uint8_t *const fraction = ++p;
        while (p < t->end && (unsigned)*p - '0' <= 9) {
            ++p;
        }
        if (p == fraction) {
            return false;
        }
    }
    if (p < t->end && (*p | 32) == 'e') {
        ++p;
        p += p < t->end && (*p == '+' || *p == '-');
        const uint8_t *const exponent = p;
        while (p < t->end && (unsigned)*p - '0' <= 9) {
            ++p;
        }
        if (p == exponent) {
            return false;
        }
    }
    t->at = p;
    return true;
}

static bool
skip_word(rv_text *const t)
{
    static const char *const words[3] = {"true", "false", "null"};
    static const size_t      size[3]  = {4, 5, 4};
    for (int i = 0; i < 3; ++i) {
        if ((size_t)(t->end - t->at) >= size[i] &&
            memcmp(t->at, words[i], size[i]) == 0) {
            t->at += size[i];
            return true;
        }
    }
    return false;
}

/// Brackets and braces that match; what lies between them is not looked at closely
static bool
skip_nested(rv_text *const t)
{
    uint8_t  close[MAX_DEPTH];
    unsigned depth = 0;
    rv_text  unused;
    do {
        if (t->at == t->end) {
            return false;
        }
        const uint8_t c = *t->at;
        if (c == '"') {
            if (!skip_string(t, &unused)) {
                return false;
            }
            continue;
        }
        if (c == '[' || c == '{') {
            if (depth == MAX_DEPTH) {
                return false;
            }
            close[depth++] = c == '[' ? ']' : '}';
        } else if (c == ']' || c == '}') {
            if (close[--depth] != c) {
                return false;
            }
        }
        ++t->at;
    } while (depth > 0);
    return true;
}

bool
rv_scan_json_open(rv_text *const t)
{
    skip_blank(t);
    while (t->at < t->end &&
           (t->end[-1] == ' ' || t->end[-1] == '\t' || t->end[-1] == '\r')) {
        --t->end;
    }
    if (t->end - t->at < 2 || *t->at != '{' || t->end[-1] != '}') {
        return false;
    }
    return true;
}

static bool
read_value(rv_text *const t, rv_scan_json_member *const m)
{
    const uint8_t *const first = t->at;
    if (t->at == t->end) {
        return false;
    }
    bool good = false;
    switch (*first) {
    case '"':
        m->type = RV_SCAN_STRING;
        return skip_string(t, &m->text);
    case '[':
    case '{':
        m->type = *first == '[' ? RV_SCAN_ARRAY : RV_SCAN_OBJECT;
        good    = skip_nested(t);
        break;
    case 't':
    case 'f':
    case 'n':
        m->type = RV_SCAN_WORD;
        good    = skip_word(t);
        break;
    default:
        m->type = RV_SCAN_NUMBER;
        good    = skip_number(t);
        break;
    }
    m->text = (rv_text){first, t->at};
    return good;
}

rv_scan_json_step
rv_scan_json_next(rv_text *const t, rv_scan_json_member *const m)
{
    skip_blank(t);
    if (t->at == t->end) {
        return RV_SCAN_BAD;
    }
    const uint8_t lead = *t->at; // '{' before the first member, ',' or '}' behind one
    ++t->at;
    if (lead == '}') {
        return t->at == t->end ? RV_SCAN_DONE : RV_SCAN_BAD;
    }
    if (lead != '{' && lead != ',') {
        return RV_SCAN_BAD;
    }
    skip_blank(t);
    if (lead == '{' && t->at < t->end && *t->at == '}') {
        ++t->at;
        return t->at == t->end ? RV_SCAN_DONE : RV_SCAN_BAD;
    }
    if (t->at == t->end || *t->at != '"' || !skip_string(t, &m->key)) {
        return RV_SCAN_BAD;
    }
    skip_blank(t);
    if (t->at == t->end || *t->at != ':') {
        return RV_SCAN_BAD;
    }
    ++t->at;
    skip_blank(t);
    return read_value(t, m) ? RV_SCAN_MEMBER : RV_SCAN_BAD;
}

rv_scan_json_step
rv_scan_json_next_number(rv_text *const array, rv_text *const number)
{
    skip_blank(array);
    if (array->at == array->end) {
        return RV_SCAN_BAD;
    }
    const uint8_t lead = *array->at;
    ++array->at;
    if (lead == ']') {
        return array->at == array->end ? RV_SCAN_DONE : RV_SCAN_BAD;
    }
    if (lead != '[' && lead != ',') {
        return RV_SCAN_BAD;
    }
    skip_blank(array);
    if (lead == '[' && array->at < array->end && *array->at == ']') {
        ++array->at;
        return array->at == array->end ? RV_SCAN_DONE : RV_SCAN_BAD;
    }
    number->at = array->at;
    if (!skip_number(array)) {
        return RV_SCAN_BAD;
    }
    number->end = array->at;
    return RV_SCAN_MEMBER;
}

// SPDX-License-Identifier: MIT
#include "capture/scan.h"

#include "base/exact.h"
#include "capture/scan_words.h"

const uint8_t *
rv_scan_byte(const uint8_t *at, const uint8_t *const end, const uint8_t c)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    const uint64_t all  = ones * c;
    while (end - at >= 8) {
        uint64_t v;
        memcpy(&v, at, sizeof v);
        v ^= all;
        if ((v - ones) & ~v & (ones << 7)) {
            break;
        }
        at += 8;
    }
    while (at < end && *at != c) {
        ++at;
    }
    return at;
}

const uint8_t *
rv_scan_find(const uint8_t *at, const uint8_t *const end, const char *const what,
             const size_t n)
{
    while ((size_t)(end - at) >= n) {
        at = rv_scan_byte(at, end, (uint8_t)what[0]);
        if ((size_t)(end - at) < n) {
            break;
        }
        if (memcmp(at, what, n) == 0) {
            return at;
        }
        ++at;
    }
    return NULL;
}

bool
rv_scan_line(const uint8_t *const bytes, const size_t n, const bool last,
             rv_text *const line, size_t *const used)
{
    const uint8_t *const end     = bytes + n;
    const uint8_t *const newline = rv_scan_byte(bytes, end, '\n');
    if (newline == end && !last) {
        return false;
    }
    *used     = (size_t)(newline - bytes) + (newline != end);
    line->at  = bytes;
    line->end = newline;
    if (line->end > line->at && line->end[-1] == '\r') {
        --line->end;
    }
    return true;
}

bool
rv_scan_field(rv_text *const t, const uint8_t separator, rv_text *const field)
{
    if (t->at > t->end) {
        return false;
    }
    const uint8_t *const stop = rv_scan_byte(t->at, t->end, separator);
    *field                    = (rv_text){t->at, stop};
    t->at                     = stop + 1;
    return true;
}

rv_text
rv_scan_trim(rv_text t)
{
    while (t.at < t.end && (*t.at == ' ' || *t.at == '\t')) {
        ++t.at;
    }
    while (t.at < t.end && (t.end[-1] == ' ' || t.end[-1] == '\t')) {
        --t.end;
    }
    if (t.end - t.at >= 2 && *t.at == '"' && t.end[-1] == '"') {
        ++t.at;
        --t.end;
    }
    return t;
}

bool
rv_scan_i64(const rv_text t, int64_t *const out)
{
    const uint8_t *p        = t.at;
    const bool     negative = p < t.end && *p == '-';
    p += negative;
    if (p == t.end || t.end - p > 18) {
        return false;
    }
    int64_t v = 0;
    for (; p < t.end; ++p) {
        const unsigned d = (unsigned)*p - '0';
        if (d > 9) {
            return false;
        }
        v = v * 10 + (int64_t)d;
    }
    *out = negative ? -v : v;
    return true;
}

/// Digits, point and exponent of a number: (-1)^negative x digits x 10^exponent
typedef struct {
    uint64_t digits; ///< The first 19
    int      exponent;
    unsigned next; ///< The digit after them, for rounding
    bool     negative;
} decimal;

static bool
scan_exponent(const uint8_t **const p, const uint8_t *const end, int *const out)
{
    ++*p;
    bool negative = false;
    if (*p < end && (**p == '-' || **p == '+')) {
        negative = **p == '-';
        ++*p;
    }
    if (*p == end) {
        return false;
    }
    int e = 0;
    for (; *p < end; ++*p) {
        const unsigned d = (unsigned)**p - '0';
        if (d > 9 || e > 9999) {
            return false;
        }
        e = e * 10 + (int)d;
    }
    *out = negative ? -e : e;
    return true;
}

static bool
scan_decimal(const rv_text t, decimal *const out)
{
    const uint8_t *p     = t.at;
    decimal        d     = {0};
    bool           point = false, any = false;
    int            kept = 0, after = 0;
    d.negative = p < t.end && *p == '-';
    p += p < t.end && (*p == '-' || *p == '+');
    for (; p < t.end; ++p) {
        const unsigned digit = (unsigned)*p - '0';
        if (digit > 9) {
            if (*p != '.' || point) {
                break;
            }
            point = true;
            continue;
        }
        any = true;
        if (kept < 19) {
            d.digits = d.digits * 10 + digit;
            kept += d.digits != 0;
            after += point;
        } else {
            if (kept++ == 19) {
                d.next = digit;
            }
            after -= !point;
        }
    }
    int e = 0;
    if (!any || (p < t.end && ((*p | 32) != 'e' || !scan_exponent(&p, t.end, &e)))) {
        return false;
    }
    d.exponent = e - after;
    *out       = d;
    return true;
}

static const double power[23] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                 1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/// Eight digits as values 0..9, the most significant in the lowest byte
static inline uint32_t
eight_digits(uint64_t y)
{
    const uint64_t pair = UINT64_C(0x000000FF000000FF);
    y                   = y * 10 + (y >> 8);
    return (uint32_t)(((y & pair) * UINT64_C(0x000F424000000064) +
                       (y >> 16 & pair) * UINT64_C(0x0000271000000001)) >>
                      32);
}

/// A number of any length, byte by byte
static const uint8_t *
scan_long(const uint8_t *p, const uint8_t *const end, double *const out)
{
    const bool           negative = p < end && *p == '-';
    const uint8_t *const first    = p + negative;
    uint64_t             digits   = 0;
    unsigned             d;
    for (p = first; p < end && (d = (unsigned)*p - '0') <= 9; ++p) {
        digits = digits * 10 + d;
    }
    const uint8_t *const point = p;
    if (p < end && *p == '.') {
        for (++p; p < end && (d = (unsigned)*p - '0') <= 9; ++p) {
            digits = digits * 10 + d;
        }
    }
    const ptrdiff_t n = p - first;
    if (n > 15 || p == point + 1 || point == first) {
        return NULL; // more digits than are exact, or no number of this kind
    }
    const double v = (double)digits;
    const double w = p == point ? v : v / power[p - point - 1];
    *out           = negative ? -w : w;
    return p;
}

const uint8_t *
rv_scan_plain(const uint8_t *const p, const uint8_t *const end, double *const out)
{
    if (end - p < 9) {
        return scan_long(p, end, out);
    }
    const unsigned negative = *p == '-';
    const uint64_t word     = rv_load_u64(p + negative);
    const uint64_t points   = equal_bytes(word, '.');
    const uint64_t others   = not_digits(word) & ~points;
    if (others == 0) {
        return scan_long(p, end, out); // more than eight characters
    }
    const unsigned n      = first_byte(others);
    const uint64_t point  = points & low_bytes(n);
    const unsigned before = point ? first_byte(point) : n; // digits before the point
    if (before == 0 || (point & (point - 1)) != 0 || (point && before + 1 == n)) {
        return NULL;
    }
    const unsigned digits = n - (point != 0);
    const uint64_t x      = word ^ (RV_EACH_BYTE * '0');
    const uint64_t whole  = low_bytes(before);
    const uint64_t all    = (x & whole) | ((point ? x >> 8 : x) & ~whole);
    const double   v      = (double)eight_digits(all << (64 - 8 * digits));
    const double   w      = v / power[digits - before];
    *out                  = negative ? -w : w;
    return p + negative + n;
}

bool
rv_scan_f64(const rv_text t, double *const out)
{
    decimal d;
    if (rv_scan_plain(t.at, t.end, out) == t.end) {
        return true;
    }
    if (!scan_decimal(t, &d)) {
        return false;
    }
    double v = (double)d.digits;
    int    e = d.exponent;
    if (d.digits == 0) {
        e = 0;
    }
    if (e > 330 || e < -360) {
        return false; // nothing that was measured
    }
    while (e > 0) {
        const int k = e < 22 ? e : 22;
        v *= power[k];
        e -= k;
    }
    while (e < 0) {
        const int k = -e < 22 ? -e : 22;
        v /= power[k];
        e += k;
    }
    *out = d.negative ? -v : v;
    return v <= DBL_MAX;
}

bool
rv_scan_fixed(const rv_text t, const unsigned digits, int64_t *const out)
{
    decimal d;
    if (!scan_decimal(t, &d)) {
        return false;
    }
    int      e     = d.exponent + (int)digits;
    uint64_t v     = d.digits;
    bool     round = e == 0 && d.next >= 5;
    for (; e > 0 && v != 0; --e) {
        if (v > UINT64_MAX / 10) {
            return false;
        }
        v *= 10;
    }
    for (; e < 0 && v != 0; ++e) {
        round = v % 10 >= 5;
        v /= 10;
    }
    v += round;
    if (v > (uint64_t)INT64_MAX) {
        return false;
    }
    *out = d.negative ? -(int64_t)v : (int64_t)v;
    return true;
}

// Value of a hexadecimal digit; 16 for anything else
#define R10(v) v, v, v, v, v, v, v, v, v, v
static const uint8_t hex_value[256] = {
    16,      16,      16,      16,      16,      16,      16,      16,      16,
    16,      16,      16,      16,      16,      16,      16,      16,      16,
    16,      16,      16,      16,      16,      16,      16,      16,      16,
    16,      16,      16,      16,      16,      16,      16,      16,      16,
    16,      16,      16,      16,      16,      16,      16,      16,      16,
    16,      16,      16,      0,       1,       2,       3,       4,       5,
    6,       7,       8,       9,       16,      16,      16,      16,      16,
    16,      16,      10,      11,      12,      13,      14,      15,      16,
    16,      16,      16,      16,      16,      16,      16,      16,      16,
    16,      16,      16,      16,      16,      16,      16,      16,      16,
    16,      16,      16,      16,      16,      16,      16,      10,      11,
    12,      13,      14,      15,      16,      16,      16,      16,      16,
    R10(16), R10(16), R10(16), R10(16), R10(16), R10(16), R10(16), R10(16), R10(16),
    R10(16), R10(16), R10(16), R10(16), R10(16), 16,      16,      16,      16,
    16,      16,      16,      16};
#undef R10

size_t
rv_scan_hex(const rv_text t, uint8_t *const out, const size_t size)
{
    const size_t n = rv_text_size(t);
    if (n % 2 != 0 || n / 2 > size) {
        return SIZE_MAX;
    }
    unsigned bad = 0;
    for (size_t i = 0; i < n / 2; ++i) {
        const unsigned a = hex_value[t.at[2 * i]];
        const unsigned b = hex_value[t.at[2 * i + 1]];
        bad |= a | b;
        out[i] = (uint8_t)(a << 4 | b);
    }
    return bad & 16 ? SIZE_MAX : n / 2;
}

// SPDX-License-Identifier: MIT
// Lists of small integers, as ESP32 programs print them: 64 characters at once become
// bits by kind, the bits say where numbers begin and end, and no number depends on the
// one before it.
#include "capture/scan.h"
#include "capture/scan_words.h"

/// Rows and columns of an 8x8 matrix of bits, a byte a row, exchanged (Warren,
/// "Hacker's Delight", 7-3)
static inline uint64_t
transposed(uint64_t x)
{
    uint64_t t = (x ^ x >> 7) & UINT64_C(0x00AA00AA00AA00AA);
    x ^= t ^ t << 7;
    t = (x ^ x >> 14) & UINT64_C(0x0000CCCC0000CCCC);
    x ^= t ^ t << 14;
    t = (x ^ x >> 28) & UINT64_C(0x00000000F0F0F0F0);
    return x ^ t ^ t << 28;
}

/// 64 characters of a list by kind, bit i for character i, up to the last gap
typedef struct {
    uint64_t digit, minus;
    unsigned n;   ///< Characters up to the last gap, with it; 0: there is none
    bool     bad; ///< Some character or number is none of a list
} block_kinds;

/// Top bits of the bytes of `x` that are not 0; every byte of `x` is below 128
static inline uint64_t
not_zeros(const uint64_t x)
{
    return x + RV_EACH_BYTE * 0x7F;
}

static inline block_kinds
look_at(const uint8_t *const block)
{
    const uint64_t top = RV_EACH_BYTE * 0x80;
    uint64_t digit = 0, minus = 0, others = 0; // bit i of byte k: byte k of word i
    for (unsigned i = 0; i < 8; ++i) {
        const uint64_t whole = rv_load_u64(block + 8 * i), w = whole & ~top;
        const uint64_t no_digit = (w ^ (RV_EACH_BYTE * '0')) + RV_EACH_BYTE * 0x76;
        const uint64_t no_minus = not_zeros(w ^ (RV_EACH_BYTE * '-'));
        const uint64_t no_gap   = not_zeros(w ^ (RV_EACH_BYTE * ' ')) &
                                not_zeros(w ^ (RV_EACH_BYTE * ',')) &
                                not_zeros(w ^ (RV_EACH_BYTE * '\t'));
        others |= (no_digit & no_minus & no_gap) | whole;
        digit |= (~no_digit & top) >> (7 - i);
        minus |= (~no_minus & top) >> (7 - i);
    }
    block_kinds    k   = {.digit = transposed(digit), .minus = transposed(minus)};
    const uint64_t gap = ~(k.digit | k.minus);
    k.n                = gap == 0 ? 0 : 64 - (unsigned)__builtin_clzll(gap);
    const uint64_t all = k.n == 64 ? ~UINT64_C(0) : (UINT64_C(1) << k.n) - 1;
    k.digit &= all;
    k.minus &= all;
    const uint64_t d = k.digit;
    k.bad            = (others & top) != 0 || (k.minus << 1 & ~d) != 0 ||
            (d << 1 & k.minus) != 0 ||
            (d & d << 1 & d << 2 & d << 3) != 0; // four digits
    return k;
}

/// Where a list of small numbers goes
typedef struct {
    uint8_t *out;
    size_t   n, size;
} list;

/**
   The numbers of a block, which has four more bytes behind it: for each its first digit
   and the one behind its last by their bits, its value without a jump.
*/
static bool
take_numbers(list *const s, const uint8_t *const block, const block_kinds *const k)
{
    const uint64_t d = k->digit, negatives = k->minus << 1;
    uint64_t       begins = d & ~(d << 1), ends = ~d & d << 1;
    size_t         n   = s->n;
    uint32_t       bad = 0;
    for (; begins != 0; begins &= begins - 1, ends &= ends - 1) {
        const unsigned at       = (unsigned)__builtin_ctzll(begins);
        const unsigned digits   = (unsigned)__builtin_ctzll(ends) - at; // 1 to 3
        const uint32_t negative = (uint32_t)(negatives >> at) & 1;
        const uint32_t x = (rv_load_u32(block + at) ^ 0x30303030U) << (32 - 8 * digits);
        // 100 h + 10 t + o, modulo 256; h is at most 1
        const uint32_t v = (x * 0x00640A01U) >> 24;
        bad |= ((x & 0xFE00U) + 0x7FFFFE00U) | (127 + negative - v);
        if (n == s->size) {
            return false;
        }
        s->out[n++] = (uint8_t)((v ^ (0U - negative)) + negative);
    }
    s->n = n;
    return bad >> 31 == 0;
}

/// Numbers of [at, end) while a whole block is there; where it stopped, NULL: none
static const uint8_t *
take_blocks(list *const s, const uint8_t *at, const uint8_t *const end)
{
    enum { BLOCK = 64, MORE = 4 };
    while (end - at >= BLOCK + MORE) {
        const block_kinds k = look_at(at);
        if (k.bad || k.n == 0 || !take_numbers(s, at, &k)) {
            return NULL;
        }
        at += k.n;
    }
    return at;
}

size_t
rv_scan_i8_list(const rv_text t, uint8_t *const out, const size_t size)
{
    list                 s    = {.out = out, .size = size};
    const uint8_t *const stop = take_blocks(&s, t.at, t.end);
    if (!stop) {
        return SIZE_MAX;
    }
    uint8_t rest[256]; // what is left, less than a block and a bit, and gaps
    memset(rest, ' ', sizeof rest);
    memcpy(rest, stop, (size_t)(t.end - stop));
    return take_blocks(&s, rest, rest + sizeof rest) ? s.n : SIZE_MAX;
}

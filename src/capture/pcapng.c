// SPDX-License-Identifier: MIT
// pcapng (draft-ietf-opsawg-pcapng): sections of both byte orders, interfaces of any
// time resolution, enhanced, simple and old packet blocks, and our own custom block
// (ruview/capture/pcapng.h). Other blocks are skipped.
#include <ruview/capture/pcapng.h>

#include "capture/format.h"
#include "capture/ip.h"
#include "capture/pcapng_blocks.h"

typedef struct {
    uint16_t link;
    bool     binary;   ///< Units of 2^-power s, else 10^-power s
    uint8_t  power;    ///< 0..63 or 0..19
    int64_t  offset_s; ///< Added to every stamp
} interface;

typedef struct {
    bool      in_section;
    bool      is_lost; ///< Behind a broken block: looking for the next section
    bool      big_endian;
    uint32_t  n_interfaces;
    interface interfaces[PCAPNG_MAX_INTERFACES];
} pcapng_state;

static uint32_t
load32(const pcapng_state *const s, const uint8_t *const p)
{
    return s->big_endian ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
                               (uint32_t)p[2] << 8 | p[3]
                         : rv_load_u32(p);
}

static uint16_t
load16(const pcapng_state *const s, const uint8_t *const p)
{
    return (uint16_t)(s->big_endian ? p[0] << 8 | p[1] : rv_load_u16(p));
}

/// Options of an interface: 9 is the time resolution, 14 the time offset
static bool
read_options(const pcapng_state *const s, const uint8_t *p, size_t n,
             interface *const out)
{
    while (n >= 4) {
        const uint16_t code   = load16(s, p);
        const size_t   length = load16(s, p + 2);
        const size_t   whole  = (length + 3) & ~(size_t)3;
        if (code == 0) {
            return true;
        }
        if (whole > n - 4) {
            return false;
        }
        if (code == 9 && length == 1) {
            out->binary = p[4] >> 7;
            out->power  = p[4] & 127;
            if (out->power > (out->binary ? 63 : 19)) {
                return false;
            }
        } else if (code == 14 && length == 8) {
            const uint64_t lo = load32(s, p + (s->big_endian ? 8 : 4));
            const uint64_t hi = load32(s, p + (s->big_endian ? 4 : 8));
            out->offset_s     = (int64_t)(hi << 32 | lo);
        }
        p += 4 + whole;
        n -= 4 + whole;
    }
    return true;
}

static rv_step
read_interface(pcapng_state *const s, const uint8_t *const body, const size_t n,
               rv_capture_item *const item)
{
    if (n < 8) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    if (s->n_interfaces == PCAPNG_MAX_INTERFACES) {
        return rv_format_refuse(item, RV_REASON_TABLE_FULL);
    }
    interface made = {.link = load16(s, body), .power = 6};
    if (!read_options(s, body + 8, n - 8, &made)) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    s->interfaces[s->n_interfaces++] = made;
    return RV_STEP_SKIP;
}

/// A stamp in the interface's units to microseconds, rounded down
static uint64_t
to_us(const interface *const i, const uint64_t stamp)
{
    uint64_t us = stamp;
    if (i->binary) {
        const uint64_t seconds = stamp >> i->power;
        uint64_t rest = i->power == 0 ? 0 : stamp << (64 - i->power) >> (64 - i->power);
        // rest x 10^6 / 2^power; beyond 2^43 the low bits of rest are below a
        // microsecond
        unsigned power = i->power;
        if (power > 43) {
            rest >>= power - 43;
            power = 43;
        }
        us = seconds * 1000000 + (rest * 1000000 >> power);
    } else {
        for (unsigned p = i->power; p < 6; ++p) {
            us *= 10;
        }
        for (unsigned p = i->power; p > 6; --p) {
            us /= 10;
        }
    }
    return us + (uint64_t)i->offset_s * 1000000;
}

static rv_step
read_packet(const interface *const i, const uint64_t stamp, const uint8_t *const packet,
            const size_t n, rv_capture_item *const item)
{
    item->input  = (rv_input){.t_us = to_us(i, stamp)};
    item->reason = rv_ip_unwrap(i->link, packet, n, &item->input);
    return item->reason == RV_REASON_NONE ? RV_STEP_INPUT : RV_STEP_REFUSED;
}

/// Enhanced (6) and old (2) packet blocks
static rv_step
read_stamped(const pcapng_state *const s, const bool old, const uint8_t *const body,
             const size_t n, rv_capture_item *const item)
{
    if (n < 20) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const uint32_t which  = old ? load16(s, body) : load32(s, body);
    const uint64_t stamp  = (uint64_t)load32(s, body + 4) << 32 | load32(s, body + 8);
    const uint32_t length = load32(s, body + 12);
    if (which >= s->n_interfaces) {
        return rv_format_refuse(item, RV_REASON_BAD_VALUE);
    }
    if (length > n - 20) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    return read_packet(&s->interfaces[which], stamp, body + 20, length, item);
}

static rv_step
read_simple(const pcapng_state *const s, const uint8_t *const body, const size_t n,
            rv_capture_item *const item)
{
    if (n < 4 || s->n_interfaces == 0) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    const uint32_t length = load32(s, body);
    return read_packet(&s->interfaces[0], 0, body + 4, length < n - 4 ? length : n - 4,
                       item);
}

static rv_step
read_custom(const pcapng_state *const s, rv_format_context *const context,
            const uint8_t *const body, const size_t n, rv_capture_item *const item)
{
    if (n < 16 || load32(s, body) != RV_PCAPNG_PEN ||
        memcmp(body + 4, rv_pcapng_tag, sizeof rv_pcapng_tag) != 0) {
        return RV_STEP_SKIP; // somebody else's
    }
    const uint32_t length = rv_load_u32(body + 12);
    if (length > n - 16) {
        return rv_format_refuse(item, RV_REASON_TRUNCATED);
    }
    rv_input_scratch scratch = {
        .re = context->re, .im = context->im, .capacity = RV_FORMAT_SAMPLES};
    const rv_status status = rv_input_decode(body + 16, length, &scratch, &item->input);
    if (status != RV_OK) {
        return rv_format_refuse(item, status == RV_ERR_TRUNCATED ? RV_REASON_TRUNCATED
                                                                 : RV_REASON_BAD_VALUE);
    }
    if (item->input.kind == RV_INPUT_FRAME) {
        context->frame    = scratch.frame;
        item->input.frame = &context->frame;
    }
    return RV_STEP_INPUT;
}

/// Byte order of a section, from its header
static bool
read_order(pcapng_state *const s, const uint8_t *const magic)
{
    s->big_endian = false;
    if (load32(s, magic) == PCAPNG_ORDER) {
        return true;
    }
    s->big_endian = true;
    return load32(s, magic) == PCAPNG_ORDER;
}

/// The chain of lengths is broken: what follows the next section header is read again
static rv_step
lose(pcapng_state *const s, size_t *const used, rv_capture_item *const item,
     const rv_reason reason)
{
    s->is_lost = true;
    *used      = 4;
    return rv_format_refuse(item, reason);
}

/// Where the next section header begins; the whole window when there is none in it,
/// less what could be the begin of one
static rv_step
find_section(pcapng_state *const s, const rv_window *const w, size_t *const used)
{
    for (size_t i = 0; i + 12 <= w->n; ++i) {
        if (w->bytes[i] == 0x0A && rv_load_u32(w->bytes + i) == PCAPNG_SHB &&
            read_order(s, w->bytes + i + 8)) {
            s->is_lost = false;
            *used      = i;
            return RV_STEP_SKIP;
        }
    }
    *used = w->last ? RV_USED_REST : w->n - 11;
    return w->last || w->n > 11 ? RV_STEP_SKIP : RV_STEP_MORE;
}

static rv_step
read_block(pcapng_state *const s, rv_format_context *const context,
           const rv_window *const w, const uint32_t size, rv_capture_item *const item)
{
    const uint8_t *const body = w->bytes + 8;
    const size_t         n    = size - 12;
    switch (load32(s, w->bytes)) {
    case PCAPNG_IDB:
        return read_interface(s, body, n, item);
    case PCAPNG_EPB:
        return read_stamped(s, false, body, n, item);
    case PCAPNG_PB:
        return read_stamped(s, true, body, n, item);
    case PCAPNG_SPB:
        return read_simple(s, body, n, item);
    case PCAPNG_CUSTOM:
        return read_custom(s, context, body, n, item);
    default:
        return RV_STEP_SKIP;
    }
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    pcapng_state *const s = state;
    *used                 = RV_USED_REST;
    if (s->is_lost) {
        return find_section(s, w, used);
    }
    if (w->n < 12) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    if (rv_load_u32(w->bytes) == PCAPNG_SHB) {
        if (!read_order(s, w->bytes + 8)) {
            return lose(s, used, item, RV_REASON_WRONG_MAGIC);
        }
        s->in_section   = true;
        s->n_interfaces = 0;
    } else if (!s->in_section) {
        return lose(s, used, item, RV_REASON_WRONG_MAGIC);
    }
    const uint32_t size = load32(s, w->bytes + 4);
    if (size < 12 || size % 4 != 0) {
        return lose(s, used, item, RV_REASON_BAD_VALUE);
    }
    if (size > PCAPNG_MAX_BLOCK) {
        return lose(s, used, item, RV_REASON_OVERSIZE);
    }
    if (size > w->n) {
        return w->last ? lose(s, used, item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    if (load32(s, w->bytes + size - 4) != size) {
        return lose(s, used, item, RV_REASON_BAD_VALUE);
    }
    *used = size;
    return read_block(s, context, w, size, item);
}

static unsigned
probe(const uint8_t *const bytes, const size_t n)
{
    pcapng_state s;
    return n >= 12 && rv_load_u32(bytes) == PCAPNG_SHB && read_order(&s, bytes + 8)
               ? 100
               : 0;
}

const rv_format rv_format_pcapng = {
    .name  = "pcapng",
    .title = "RuView recording, or a Wireshark capture of UDP datagrams",
    .time  = "the receiving host's clock at arrival",
    .state = sizeof(pcapng_state),
    .probe = probe,
    .next  = next,
};
_Static_assert(sizeof(pcapng_state) <= RV_FORMAT_STATE, "state");

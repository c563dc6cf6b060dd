// SPDX-License-Identifier: MIT
// Classic pcap, both byte orders, micro- and nanoseconds
// (draft-ietf-opsawg-pcap, "PCAP Capture File Format").
#include "capture/format.h"
#include "capture/ip.h"

enum { FILE_HEADER = 24, PACKET_HEADER = 16, MAX_PACKET = 1 << 18 };

typedef struct {
    uint32_t link; ///< Plus 1, so that 0 says that the header was not read yet
    bool     big_endian;
    bool     nanoseconds;
} pcap_state;

static uint32_t
load32(const uint8_t *const p, const bool big)
{
    return big ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 |
                     p[3]
               : rv_load_u32(p);
}

static bool
read_magic(const uint8_t *const p, pcap_state *const s)
{
    for (int big = 0; big < 2; ++big) {
        const uint32_t magic = load32(p, big);
        if (magic == 0xA1B2C3D4U || magic == 0xA1B23C4DU) {
            s->big_endian  = big;
            s->nanoseconds = magic == 0xA1B23C4DU;
            return true;
        }
    }
    return false;
}

static rv_step
read_header(pcap_state *const s, const rv_window *const w, size_t *const used,
            rv_capture_item *const item)
{
    *used = RV_USED_REST;
    if (w->n < FILE_HEADER) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    if (!read_magic(w->bytes, s)) {
        return rv_format_refuse(item, RV_REASON_WRONG_MAGIC);
    }
    s->link = (load32(w->bytes + 20, s->big_endian) & 0xFFFF) + 1;
    *used   = FILE_HEADER;
    return RV_STEP_SKIP;
}

static rv_step
next(void *const state, rv_format_context *const context, const rv_window *const w,
     size_t *const used, rv_capture_item *const item)
{
    (void)context;
    pcap_state *const s = state;
    if (s->link == 0) {
        return read_header(s, w, used, item);
    }
    *used = RV_USED_REST;
    if (w->n < PACKET_HEADER) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    const uint32_t n = load32(w->bytes + 8, s->big_endian);
    if (n > MAX_PACKET) { // the lengths are lost from here on
        return rv_format_refuse(item, RV_REASON_OVERSIZE);
    }
    if (n > w->n - PACKET_HEADER) {
        return w->last ? rv_format_refuse(item, RV_REASON_TRUNCATED) : RV_STEP_MORE;
    }
    *used                   = PACKET_HEADER + (size_t)n;
    const uint32_t seconds  = load32(w->bytes, s->big_endian);
    const uint32_t fraction = load32(w->bytes + 4, s->big_endian);
    item->input             = (rv_input){.t_us = (uint64_t)seconds * 1000000 +
                                                 (s->nanoseconds ? fraction / 1000 : fraction)};
    item->reason = rv_ip_unwrap(s->link - 1, w->bytes + PACKET_HEADER, n, &item->input);
    return item->reason == RV_REASON_NONE ? RV_STEP_INPUT : RV_STEP_REFUSED;
}

static unsigned
probe(const uint8_t *const bytes, const size_t n)
{
    pcap_state s;
    return n >= FILE_HEADER && read_magic(bytes, &s) ? 100 : 0;
}

const rv_format rv_format_pcap = {
    .name  = "pcap",
    .title = "tcpdump capture of UDP datagrams",
    .time  = "the capturing host's clock",
    .state = sizeof(pcap_state),
    .probe = probe,
    .next  = next,
};

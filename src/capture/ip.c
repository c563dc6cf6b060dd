// SPDX-License-Identifier: MIT
// RFC 791 (IPv4), RFC 8200 (IPv6), RFC 768 (UDP), RFC 1071 (checksum)
#include "capture/ip.h"

enum {
    ETHER_IPV4 = 0x0800,
    ETHER_IPV6 = 0x86DD,
    ETHER_VLAN = 0x8100,
    ETHER_QINQ = 0x88A8,
    PROTO_UDP  = 17,
    V4_BYTES   = 20,
    V6_BYTES   = 40,
    UDP_BYTES  = 8,
};

static uint16_t
load_be16(const uint8_t *const p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static void
write_be16(rv_writer *const w, const uint16_t v)
{
    rv_write_u8(w, (uint8_t)(v >> 8));
    rv_write_u8(w, (uint8_t)v);
}

static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static bool
is_v4(const rv_address *const a)
{
    static const uint8_t none[16] = {0};
    return memcmp(a->ip, v4_prefix, 12) == 0 || memcmp(a->ip, none, 16) == 0;
}

static rv_reason
unwrap_udp(const uint8_t *const p, const size_t n, const size_t announced,
           rv_input *const out)
{
    if (n < UDP_BYTES) {
        return RV_REASON_TRUNCATED;
    }
    const size_t length = load_be16(p + 4);
    if (length < UDP_BYTES || length > announced) {
        return RV_REASON_BAD_VALUE;
    }
    if (length > n) {
        return RV_REASON_TRUNCATED;
    }
    out->kind      = RV_INPUT_DATAGRAM;
    out->from.port = load_be16(p);
    out->to.port   = load_be16(p + 2);
    out->bytes     = p + UDP_BYTES;
    out->n         = length - UDP_BYTES;
    return RV_REASON_NONE;
}

static rv_reason
unwrap_v4(const uint8_t *const p, const size_t n, rv_input *const out)
{
    if (n < V4_BYTES) {
        return RV_REASON_TRUNCATED;
    }
    const size_t head  = (size_t)(p[0] & 15) * 4;
    const size_t total = load_be16(p + 2);
    if (head < V4_BYTES || total < head) {
        return RV_REASON_BAD_VALUE;
    }
    if (p[9] != PROTO_UDP) {
        return RV_REASON_NOT_CSI;
    }
    if (load_be16(p + 6) & 0x3FFF) {
        return RV_REASON_UNSUPPORTED; // a fragment
    }
    if (n < head) {
        return RV_REASON_TRUNCATED;
    }
    memcpy(out->from.ip, v4_prefix, 12);
    memcpy(out->from.ip + 12, p + 12, 4);
    memcpy(out->to.ip, v4_prefix, 12);
    memcpy(out->to.ip + 12, p + 16, 4);
    return unwrap_udp(p + head, n - head, total - head, out);
}

static rv_reason
unwrap_v6(const uint8_t *const p, const size_t n, rv_input *const out)
{
    if (n < V6_BYTES) {
        return RV_REASON_TRUNCATED;
    }
    if (p[6] != PROTO_UDP) {
        return p[6] == 44 ? RV_REASON_UNSUPPORTED : RV_REASON_NOT_CSI;
    }
    memcpy(out->from.ip, p + 8, 16);
    memcpy(out->to.ip, p + 24, 16);
    return unwrap_udp(p + V6_BYTES, n - V6_BYTES, load_be16(p + 4), out);
}

static rv_reason
unwrap_ip(const uint8_t *const p, const size_t n, rv_input *const out)
{
    if (n == 0) {
        return RV_REASON_TRUNCATED;
    }
    return p[0] >> 4 == 4   ? unwrap_v4(p, n, out)
           : p[0] >> 4 == 6 ? unwrap_v6(p, n, out)
                            : RV_REASON_NOT_CSI;
}

/// What follows an Ethernet type, VLAN tags skipped
static rv_reason
unwrap_typed(uint16_t type, const uint8_t *p, size_t n, rv_input *const out)
{
    for (int tags = 0; tags < 2 && (type == ETHER_VLAN || type == ETHER_QINQ); ++tags) {
        if (n < 4) {
            return RV_REASON_TRUNCATED;
        }
        type = load_be16(p + 2);
        p += 4;
        n -= 4;
    }
    return type == ETHER_IPV4   ? unwrap_v4(p, n, out)
           : type == ETHER_IPV6 ? unwrap_v6(p, n, out)
                                : RV_REASON_NOT_CSI;
}

rv_reason
rv_ip_unwrap(const uint32_t link, const uint8_t *const packet, const size_t n,
             rv_input *const out)
{
    switch (link) {
    case RV_LINK_ETHER:
        return n < 14 ? RV_REASON_TRUNCATED
                      : unwrap_typed(load_be16(packet + 12), packet + 14, n - 14, out);
    case RV_LINK_SLL:
        return n < 16 ? RV_REASON_TRUNCATED
                      : unwrap_typed(load_be16(packet + 14), packet + 16, n - 16, out);
    case RV_LINK_SLL2:
        return n < 20 ? RV_REASON_TRUNCATED
                      : unwrap_typed(load_be16(packet), packet + 20, n - 20, out);
    case RV_LINK_NULL:
    case RV_LINK_LOOP:
        return n < 4 ? RV_REASON_TRUNCATED : unwrap_ip(packet + 4, n - 4, out);
    case RV_LINK_RAW:
    case RV_LINK_RAW_12:
    case RV_LINK_RAW_14:
    case RV_LINK_IPV4:
    case RV_LINK_IPV6:
        return unwrap_ip(packet, n, out);
    default:
        return RV_REASON_UNSUPPORTED;
    }
}

size_t
rv_ip_overhead(const rv_input *const input)
{
    return (is_v4(&input->from) && is_v4(&input->to) ? V4_BYTES : V6_BYTES) + UDP_BYTES;
}

/// One's complement sum, bytes taken as big-endian pairs
static uint32_t
sum16(const uint8_t *const p, const size_t n, uint32_t sum)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        sum += load_be16(p + i);
    }
    if (n % 2) {
        sum += (uint32_t)p[n - 1] << 8;
    }
    return sum;
}

static uint16_t
fold16(uint32_t sum)
{
    while (sum >> 16) {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

static void
store_be16(uint8_t *const p, const uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void
write_v4(const rv_input *const in, const uint16_t total, rv_writer *const out)
{
    const size_t at = out->at;
    write_be16(out, 0x4500);
    write_be16(out, total);
    write_be16(out, 0); // identification
    write_be16(out, 0x4000);
    rv_write_u8(out, 64);
    rv_write_u8(out, PROTO_UDP);
    write_be16(out, 0);
    rv_write_bytes(out, in->from.ip + 12, 4);
    rv_write_bytes(out, in->to.ip + 12, 4);
    store_be16(out->bytes + at + 10, fold16(sum16(out->bytes + at, V4_BYTES, 0)));
}

static void
write_v6(const rv_input *const in, const uint16_t length, rv_writer *const out)
{
    write_be16(out, 0x6000);
    write_be16(out, 0);
    write_be16(out, length);
    rv_write_u8(out, PROTO_UDP);
    rv_write_u8(out, 64);
    rv_write_bytes(out, in->from.ip, 16);
    rv_write_bytes(out, in->to.ip, 16);
}

rv_status
rv_ip_wrap(const rv_input *const in, rv_writer *const out)
{
    if (in->n > 65507 - (V6_BYTES - V4_BYTES)) {
        return RV_ERR_VALUE;
    }
    const size_t head = rv_ip_overhead(in);
    if (out->failed || head + in->n > out->size - out->at) {
        return RV_ERR_FULL;
    }
    const uint16_t length = (uint16_t)(UDP_BYTES + in->n);
    const bool     v4     = head == V4_BYTES + UDP_BYTES;
    if (v4) {
        write_v4(in, (uint16_t)(V4_BYTES + length), out);
    } else {
        write_v6(in, length, out);
    }
    const size_t at = out->at;
    write_be16(out, in->from.port);
    write_be16(out, in->to.port);
    write_be16(out, length);
    write_be16(out, 0);
    rv_write_bytes(out, in->bytes, in->n);
    uint32_t sum = PROTO_UDP + (uint32_t)length;
    sum          = v4 ? sum16(in->from.ip + 12, 4, sum16(in->to.ip + 12, 4, sum))
                      : sum16(in->from.ip, 16, sum16(in->to.ip, 16, sum));
    const uint16_t check = fold16(sum16(out->bytes + at, length, sum));
    store_be16(out->bytes + at + 6, check ? check : 0xFFFF);
    return RV_OK;
}

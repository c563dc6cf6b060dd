// SPDX-License-Identifier: MIT
/**
   @file ip.h
   UDP datagrams inside captured link-layer frames, and around the ones we write.
*/
#ifndef RV_CAPTURE_IP_H
#define RV_CAPTURE_IP_H

#include <ruview/base/bytes.h>
#include <ruview/base/reason.h>
#include <ruview/capture/input.h>

/// Link types of pcap and pcapng that are understood (tcpdump.org/linktypes.html)
enum {
    RV_LINK_NULL   = 0,
    RV_LINK_ETHER  = 1,
    RV_LINK_RAW_12 = 12,
    RV_LINK_RAW_14 = 14,
    RV_LINK_RAW    = 101,
    RV_LINK_LOOP   = 108,
    RV_LINK_SLL    = 113,
    RV_LINK_IPV4   = 228,
    RV_LINK_IPV6   = 229,
    RV_LINK_SLL2   = 276,
};

/**
   The UDP datagram in a captured packet: sets kind, from, to, bytes, n of `out`.

   @return NONE; NOT_CSI for anything that is not UDP over IP; TRUNCATED when the
           capture cut it short; UNSUPPORTED for an IP fragment or an unknown link type;
           BAD_VALUE for lengths that contradict each other.
*/
rv_reason rv_ip_unwrap(uint32_t link, const uint8_t *packet, size_t n, rv_input *out);

/// Bytes of IP and UDP header around a datagram of this input
size_t rv_ip_overhead(const rv_input *input);

/// IP header, UDP header, payload: what LINKTYPE_RAW holds. ERR_VALUE above 65 507
/// bytes
rv_status rv_ip_wrap(const rv_input *input, rv_writer *out);

#endif // RV_CAPTURE_IP_H

// SPDX-License-Identifier: MIT
/**
   @file pcap_live.h
   UDP datagrams off a network interface, by libpcap: for senders that no socket hears,
   such as Nexmon's frames on a monitor interface.
*/
#ifndef RV_PLATFORM_PCAP_LIVE_H
#define RV_PLATFORM_PCAP_LIVE_H

#include <ruview/base/status.h>
#include <ruview/capture/input.h>

typedef struct rv_pcap_live rv_pcap_live;

/// Counted since open
typedef struct {
    uint64_t datagrams;
    uint64_t refused; ///< Captured, but no whole UDP datagram
    uint64_t dropped; ///< By the kernel
} rv_pcap_live_counts;

/**
   Open an interface without promiscuous mode.

   @param filter  In libpcap's language; NULL for "udp port 5005 or 5001 or 5500".
   @param error   [256] Set to libpcap's own words on error.
   @return ERR_IO (no such interface, or no permission: CAP_NET_RAW), ERR_CONFIG (the
           filter), ERR_MEMORY, ERR_UNSUPPORTED (a link type that is not understood).
*/
rv_status rv_pcap_live_open(rv_pcap_live **self, const char *interface,
                            const char *filter, char error[256]);
void      rv_pcap_live_close(rv_pcap_live *self);

/// File descriptor to wait on
int rv_pcap_live_fd(const rv_pcap_live *self);

/// Next datagram without waiting; its bytes live until the next call. ERR_EMPTY when
/// none waits, ERR_IO when the interface is gone.
rv_status rv_pcap_live_next(rv_pcap_live *self, rv_input *out);

const rv_pcap_live_counts *rv_pcap_live_counted(rv_pcap_live *self);

#endif // RV_PLATFORM_PCAP_LIVE_H

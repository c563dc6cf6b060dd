// SPDX-License-Identifier: MIT
#define _DEFAULT_SOURCE // libpcap's header wants u_char
#include "platform/pcap_live.h"

#include "capture/ip.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

enum { SNAPLEN = 65535, BUFFER_BYTES = 4 << 20 };

struct rv_pcap_live {
    pcap_t             *handle;
    uint32_t            link;
    rv_pcap_live_counts counts;
};

static bool
is_known(const int link)
{
    switch (link) {
    case RV_LINK_NULL:
    case RV_LINK_ETHER:
    case RV_LINK_RAW_12:
    case RV_LINK_RAW_14:
    case RV_LINK_RAW:
    case RV_LINK_LOOP:
    case RV_LINK_SLL:
    case RV_LINK_IPV4:
    case RV_LINK_IPV6:
    case RV_LINK_SLL2:
        return true;
    default:
        return false;
    }
}

static rv_status
set_filter(pcap_t *const handle, const char *const filter, char error[256])
{
    struct bpf_program program;
    if (pcap_compile(handle, &program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        snprintf(error, 256, "%s", pcap_geterr(handle));
        return RV_ERR_CONFIG;
    }
    const int set = pcap_setfilter(handle, &program);
    pcap_freecode(&program);
    if (set != 0) {
        snprintf(error, 256, "%s", pcap_geterr(handle));
        return RV_ERR_IO;
    }
    return RV_OK;
}

static rv_status
set_up(rv_pcap_live *const self, const char *const filter, char error[256])
{
    pcap_t *const h = self->handle;
    if (pcap_set_snaplen(h, SNAPLEN) != 0 || pcap_set_immediate_mode(h, 1) != 0 ||
        pcap_set_buffer_size(h, BUFFER_BYTES) != 0) {
        return RV_ERR_IO;
    }
    if (pcap_activate(h) < 0) {
        snprintf(error, 256, "%s", pcap_geterr(h));
        return RV_ERR_IO;
    }
    if (!is_known(pcap_datalink(h))) {
        snprintf(error, 256, "link type %d is not understood", pcap_datalink(h));
        return RV_ERR_UNSUPPORTED;
    }
    self->link = (uint32_t)pcap_datalink(h);
    char why[PCAP_ERRBUF_SIZE];
    if (pcap_setnonblock(h, 1, why) != 0) {
        snprintf(error, 256, "%.255s", why);
        return RV_ERR_IO;
    }
    return set_filter(
        h, filter ? filter : "udp port 5005 or udp port 5001 or udp port 5500", error);
}

rv_status
rv_pcap_live_open(rv_pcap_live **const self, const char *const interface,
                  const char *const filter, char error[256])
{
    char                why[PCAP_ERRBUF_SIZE] = "";
    rv_pcap_live *const made                  = calloc(1, sizeof *made);
    error[0]                                  = 0;
    if (!made) {
        return RV_ERR_MEMORY;
    }
    made->handle = pcap_create(interface, why);
    if (!made->handle) {
        snprintf(error, 256, "%.255s", why);
        free(made);
        return RV_ERR_IO;
    }
    const rv_status status = set_up(made, filter, error);
    if (status != RV_OK) {
        rv_pcap_live_close(made);
        return status;
    }
    *self = made;
    return RV_OK;
}

void
rv_pcap_live_close(rv_pcap_live *const self)
{
    if (self) {
        pcap_close(self->handle);
        free(self);
    }
}

int
rv_pcap_live_fd(const rv_pcap_live *const self)
{
    return pcap_get_selectable_fd(self->handle);
}

rv_status
rv_pcap_live_next(rv_pcap_live *const self, rv_input *const out)
{
    for (;;) {
        struct pcap_pkthdr *header;
        const u_char       *bytes;
        const int           got = pcap_next_ex(self->handle, &header, &bytes);
        if (got == 0) {
            return RV_ERR_EMPTY;
        }
        if (got < 0) {
            return RV_ERR_IO;
        }
        *out = (rv_input){.t_us = (uint64_t)header->ts.tv_sec * 1000000 +
                                  (uint64_t)header->ts.tv_usec};
        if (rv_ip_unwrap(self->link, bytes, header->caplen, out) == RV_REASON_NONE) {
            ++self->counts.datagrams;
            return RV_OK;
        }
        ++self->counts.refused;
    }
}

const rv_pcap_live_counts *
rv_pcap_live_counted(rv_pcap_live *const self)
{
    struct pcap_stat s;
    if (pcap_stats(self->handle, &s) == 0) {
        self->counts.dropped = (uint64_t)s.ps_drop + s.ps_ifdrop;
    }
    return &self->counts;
}

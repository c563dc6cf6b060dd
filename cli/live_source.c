// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/live_source.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

enum { receive_buffer = 1 << 21, filter_room = 512 };

static void
make_filter(const rv_live_place *const place, char filter[filter_room])
{
    size_t n =
        (size_t)snprintf(filter, filter_room, "udp and (dst port %d or dst port %d",
                         RV_PORT_ESPECTRE, RV_PORT_NEXMON);
    for (unsigned i = 0; i < place->n_ports; ++i) {
        n += (size_t)snprintf(filter + n, filter_room - n, " or dst port %u",
                              place->port[i]);
    }
    snprintf(filter + n, filter_room - n, ")");
}

static bool
open_interface(rv_live_source *const self)
{
    char              filter[filter_room], error[256];
    const char *const name = self->place.interface;
    make_filter(&self->place, filter);
    const rv_status status = rv_pcap_live_open(&self->pcap, name, filter, error);
    if (status == RV_OK && rv_pcap_live_fd(self->pcap) >= 0) {
        return true;
    }
    fprintf(stderr,
            "ruview: interface %s: %s\n"
            "ruview: to listen there takes the right CAP_NET_RAW: run as root, or give "
            "it to the\n"
            "program: setcap cap_net_raw+ep ruview; without it, ports are heard with "
            "--listen\n",
            name, status == RV_OK ? "it cannot be waited for" : error);
    return false;
}

/// What a port that cannot be opened means, and what would do
static const char *
hint(const int code)
{
    switch (code) {
    case EADDRINUSE:
        return "another program has it; is another ruview running? --udp-port N takes "
               "another port";
    case EACCES:
        return "not allowed; ports below 1024 are for root";
    case EADDRNOTAVAIL:
        return "this machine has no such address; 0.0.0.0 is every one that it has";
    case EINVAL:
        return "no such address; it is an IP address of this machine, as 127.0.0.1";
    default:
        return strerror(code);
    }
}

static bool
open_sockets(rv_live_source *const self)
{
    const rv_live_place *const p = &self->place;
    for (unsigned i = 0; i < p->n_ports; ++i) {
        const rv_status status =
            rv_udp_open(&self->udp[i], p->address, p->port[i], receive_buffer);
        if (status != RV_OK) {
            fprintf(stderr, "ruview: UDP %s:%u: %s\n", p->address, p->port[i],
                    hint(status == RV_ERR_CONFIG ? EINVAL : errno));
            return false;
        }
    }
    return true;
}

bool
rv_live_source_open(rv_live_source *const self, const rv_live_place *const place)
{
    *self = (rv_live_source){.place = *place};
    return place->interface ? open_interface(self) : open_sockets(self);
}

void
rv_live_source_close(rv_live_source *const self)
{
    rv_pcap_live_close(self->pcap);
    for (unsigned i = 0; i < RV_LIVE_PORTS; ++i) {
        rv_udp_close(self->udp[i]);
    }
    *self = (rv_live_source){.pcap = NULL};
}

uint16_t
rv_live_source_port(const rv_live_source *const self)
{
    return self->udp[0] ? rv_udp_port(self->udp[0]) : self->place.port[0];
}

void
rv_live_source_wait(const rv_live_source *const self, const int ms)
{
    struct pollfd wait[RV_LIVE_PORTS];
    nfds_t        n = 0;
    if (self->pcap) {
        wait[n++] =
            (struct pollfd){.fd = rv_pcap_live_fd(self->pcap), .events = POLLIN};
    }
    for (unsigned i = 0; i < RV_LIVE_PORTS && self->udp[i]; ++i) {
        wait[n++] = (struct pollfd){.fd = rv_udp_fd(self->udp[i]), .events = POLLIN};
    }
    (void)!poll(wait, n, ms);
}

static void
receive_socket(rv_udp *const udp, void (*const take)(void *context, rv_input *input),
               void *const   context)
{
    rv_input inputs[RV_UDP_BATCH];
    unsigned n = 0;
    do {
        if (rv_udp_receive(udp, inputs, &n) != RV_OK) {
            return;
        }
        for (unsigned i = 0; i < n; ++i) {
            take(context, &inputs[i]);
        }
    } while (n == RV_UDP_BATCH);
}

void
rv_live_source_receive(rv_live_source *const self,
                       void (*const take)(void *context, rv_input *input),
                       void *const context)
{
    rv_input input;
    for (unsigned n = 0; self->pcap && n < 8 * RV_UDP_BATCH &&
                         rv_pcap_live_next(self->pcap, &input) == RV_OK;
         ++n) {
        take(context, &input);
    }
    for (unsigned i = 0; i < RV_LIVE_PORTS && self->udp[i]; ++i) {
        receive_socket(self->udp[i], take, context);
    }
}

uint64_t
rv_live_source_lost(rv_live_source *const self)
{
    uint64_t sum = 0;
    if (self->pcap) {
        const rv_pcap_live_counts *const c = rv_pcap_live_counted(self->pcap);
        sum += c->dropped + c->refused;
    }
    for (unsigned i = 0; i < RV_LIVE_PORTS && self->udp[i]; ++i) {
        sum += rv_udp_counted(self->udp[i])->dropped;
    }
    const uint64_t fresh = sum > self->lost ? sum - self->lost : 0;
    self->lost += fresh;
    return fresh;
}

void
rv_live_source_print(const rv_live_source *const self, FILE *const out)
{
    const rv_live_place *const p = &self->place;
    if (p->interface) {
        fprintf(out, "nodes     UDP on interface %s, ports", p->interface);
        for (unsigned i = 0; i < p->n_ports; ++i) {
            fprintf(out, " %u,", p->port[i]);
        }
        fprintf(out, " %d, %d\n", RV_PORT_ESPECTRE, RV_PORT_NEXMON);
        return;
    }
    for (unsigned i = 0; i < p->n_ports; ++i) {
        fprintf(out, "nodes     UDP %s:%u\n", p->address, rv_udp_port(self->udp[i]));
    }
}

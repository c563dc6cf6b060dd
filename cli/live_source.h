// SPDX-License-Identifier: MIT
/**
   @file live_source.h
   Where the datagrams of a live run come from: UDP sockets, one per port, or a network
   interface by libpcap. What a datagram is, its first bytes tell, not its port.
*/
#ifndef RV_CLI_LIVE_SOURCE_H
#define RV_CLI_LIVE_SOURCE_H

#include "platform/pcap_live.h"
#include "platform/udp.h"

#include <stdbool.h>
#include <stdio.h>

enum {
    RV_LIVE_PORTS    = 8, ///< Ports of one run, at most
    RV_PORT_ESPECTRE = 5001,
    RV_PORT_NEXMON   = 5500,
};

typedef struct {
    const char *address; ///< Of the sockets
    uint16_t    port[RV_LIVE_PORTS];
    unsigned    n_ports;   ///< At least 1; the first may be 0: the system chooses
    const char *interface; ///< Not NULL: hear these ports there, open no socket
} rv_live_place;

typedef struct {
    rv_live_place place;
    rv_udp       *udp[RV_LIVE_PORTS];
    rv_pcap_live *pcap;
    uint64_t      lost; ///< Reported so far
} rv_live_source;

/// Open all of them; prints the reason and returns false when one cannot be. An
/// interface is also listened to for ESPectre's and Nexmon's ports.
bool rv_live_source_open(rv_live_source *self, const rv_live_place *place);

/// Also of a source that was not opened, all zero
void rv_live_source_close(rv_live_source *self);

/// Port of the first socket
uint16_t rv_live_source_port(const rv_live_source *self);

/// Wait until something came, at most `ms`
void rv_live_source_wait(const rv_live_source *self, int ms);

/// Give all that came to `take`; a datagram's bytes live until it returns
void rv_live_source_receive(rv_live_source *self,
                            void (*take)(void *context, rv_input *input),
                            void *context);

/// Datagrams lost since the last call: dropped by the kernel, or captured in part
uint64_t rv_live_source_lost(rv_live_source *self);

/// "nodes     UDP 127.0.0.1:5005"
void rv_live_source_print(const rv_live_source *self, FILE *out);

#endif // RV_CLI_LIVE_SOURCE_H

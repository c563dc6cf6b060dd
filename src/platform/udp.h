// SPDX-License-Identifier: MIT
/**
   @file udp.h
   Receives datagrams in batches, with the kernel's arrival stamps and its count of
   what it had to drop.
*/
#ifndef RV_PLATFORM_UDP_H
#define RV_PLATFORM_UDP_H

#include <ruview/base/status.h>
#include <ruview/capture/input.h>

#include <stdbool.h>

enum {
    RV_UDP_BATCH     = 32,   ///< Datagrams taken at once
    RV_UDP_MAX_BYTES = 9216, ///< Longer ones are cut and counted
};

/// A bound socket
typedef struct rv_udp rv_udp;

/// What came, counted since open
typedef struct {
    uint64_t datagrams;
    uint64_t bytes;
    uint64_t cut;     ///< Longer than RV_UDP_MAX_BYTES
    uint64_t dropped; ///< By the kernel: its receive buffer was full
} rv_udp_counts;

/**
   Bind a non-blocking socket.

   @param address  "127.0.0.1", "::1", "0.0.0.0" …; NULL for 127.0.0.1.
   @param port     0: the system chooses; see rv_udp_port.
   @param receive_bytes  Receive buffer to ask for; 0 leaves the system's.
   @return ERR_CONFIG for an address that is none, ERR_IO (errno tells), ERR_MEMORY.
*/
rv_status rv_udp_open(rv_udp **self, const char *address, uint16_t port,
                      unsigned receive_bytes);
void      rv_udp_close(rv_udp *self);

/// File descriptor to wait on
int      rv_udp_fd(const rv_udp *self);
uint16_t rv_udp_port(const rv_udp *self);

/**
   Take what has arrived, at most RV_UDP_BATCH, without waiting.

   @param inputs  [RV_UDP_BATCH], filled in order of arrival; bytes live until the next
                  call. t_us is the kernel's stamp (CLOCK_REALTIME).
   @param n       How many; 0 when nothing waits.
*/
rv_status rv_udp_receive(rv_udp *self, rv_input *inputs, unsigned *n);

const rv_udp_counts *rv_udp_counted(const rv_udp *self);

/// Send one datagram to address:port over a socket of its own kind; for simulators
rv_status rv_udp_send(rv_udp *self, const rv_address *to, const uint8_t *bytes,
                      size_t n);

#endif // RV_PLATFORM_UDP_H

// SPDX-License-Identifier: MIT
/**
   @file adr018_packets.h
   The packets of ESP32 nodes that carry no CSI.
*/
#ifndef RV_CAPTURE_ADR018_PACKETS_H
#define RV_CAPTURE_ADR018_PACKETS_H

#include <ruview/base/bytes.h>
#include <ruview/capture/adr018.h>

/// Read a packet whose `kind` and `node` are set already
rv_reason rv_adr018_read_packet(const uint8_t *bytes, size_t n, rv_packet *out);

/// Write what follows magic and node
rv_status rv_adr018_write_packet(const rv_packet *packet, rv_writer *w);

#endif // RV_CAPTURE_ADR018_PACKETS_H

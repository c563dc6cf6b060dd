// SPDX-License-Identifier: MIT
/**
   @file pcapng.h
   Writes recordings: pcapng that tcpdump and Wireshark read, nothing lost.

   Datagrams are enhanced packet blocks of link type RAW (IP, UDP, payload) with their
   arrival stamp in microseconds. Every other input is a custom block (0x00000BAD): u32
   private enterprise number 0xFFFFFFFF (reserved by IANA, so nobody else's), 8 bytes
   "RUVIEW\0\1", u32 n, the input as rv_input_encode writes it, padding to 4. Readers
   that do not know it skip it. docs/formats.md has the bytes.

   Reading is rv_capture's.
*/
#ifndef RV_CAPTURE_PCAPNG_H
#define RV_CAPTURE_PCAPNG_H

#include <ruview/base/bytes.h>
#include <ruview/capture/input.h>

RV_BEGIN_DECLS

#define RV_PCAPNG_PEN UINT32_C(0xFFFFFFFF)

/// Bytes of the header
enum { RV_PCAPNG_HEADER = 96 };

/// Section header and interface description; once, at the start of a file
RV_API rv_status rv_pcapng_write_header(rv_writer *out);

/// Bytes that rv_pcapng_write takes for this input
RV_API size_t rv_pcapng_size(const rv_input *input);

/// One input as one block. On error nothing was written.
RV_API rv_status rv_pcapng_write(const rv_input *input, rv_writer *out);

RV_END_DECLS

#endif // RV_CAPTURE_PCAPNG_H

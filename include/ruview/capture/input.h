// SPDX-License-Identifier: MIT
/**
   @file input.h
   The input log: everything from outside that reaches the engine, as one ordered list.
   A live run writes it, a recording holds it, a replay reads it; the engine sees
   nothing else.
*/
#ifndef RV_CAPTURE_INPUT_H
#define RV_CAPTURE_INPUT_H

#include <ruview/base/attributes.h>
#include <ruview/base/bytes.h>
#include <ruview/base/status.h>
#include <ruview/frame/frame.h>

#include <stdint.h>

RV_BEGIN_DECLS

/// Kinds of input; values are part of the recording format
typedef enum {
    RV_INPUT_NONE     = 0,
    RV_INPUT_DATAGRAM = 1, ///< Bytes as they arrived; `from` and `to` are set
    RV_INPUT_FRAME    = 2, ///< A frame that a file reader decoded
    RV_INPUT_TICK     = 3, ///< Time passed: silence is an input too
    RV_INPUT_COMMAND  = 4, ///< `bytes` is a command, see rv_command
    RV_INPUT_NOTE     = 5, ///< `bytes` is a blob that travels with a recording
} rv_input_kind;

/// Internet address; IPv4 mapped into IPv6 (RFC 4291, 2.5.5.2); all zero when not known
typedef struct {
    uint8_t  ip[16];
    uint16_t port;
} rv_address;

/// IPv4 address from its number (127.0.0.1 is 0x7F000001)
static inline rv_address
rv_address_v4(const uint32_t ip, const uint16_t port)
{
    const rv_address a = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF,
                           (uint8_t)(ip >> 24), (uint8_t)(ip >> 16), (uint8_t)(ip >> 8),
                           (uint8_t)ip},
                          port};
    return a;
}

/// One entry of the input log. Pointers live until the source is asked again.
typedef struct {
    rv_input_kind   kind;
    uint64_t        t_us; ///< On the input's own timeline [us since the epoch]
    rv_address      from; ///< DATAGRAM: sender
    rv_address      to;   ///< DATAGRAM: receiver; the port tells the protocol
    const uint8_t  *bytes;
    size_t          n;
    const rv_frame *frame; ///< FRAME: never NULL, checked
} rv_input;

/// What a command does; values are part of the recording format
typedef enum {
    RV_COMMAND_MODE    = 1,         ///< value: privacy mode; blob: who asked
    RV_COMMAND_CONSENT = 2,         ///< value: 0 withdrawn, 1 given; subject: 0 for
                                    ///< all, 1 for vital signs; blob: who asked
    RV_COMMAND_CALIBRATE_START = 3, ///< value: seconds; subject: room
    RV_COMMAND_CALIBRATE_STOP  = 4, ///< subject: room
    RV_COMMAND_RELOAD          = 5, ///< blob: settings, engine/settings.h
    RV_COMMAND_SHED            = 6, ///< value: inputs shed; subject: level of shedding
    RV_COMMAND_SOCKET_LOSS     = 7, ///< value: datagrams that the kernel dropped
    RV_COMMAND_BASELINE        = 8, ///< blob: a link's baseline, prep/calibrate.h
    RV_COMMAND_FROM_FILE       = 9, ///< What follows comes from a file, no live source
} rv_command_kind;

/// A decision that changes what the engine does
typedef struct {
    rv_command_kind kind;
    uint32_t        subject;
    uint64_t        value;
    const uint8_t  *blob; ///< [n_blob], where the kind has one
    uint32_t        n_blob;
} rv_command;

enum { RV_COMMAND_HEADER = 20 }; ///< Bytes of an encoded command before its blob

/// u16 version 1, u16 kind, u32 subject, u64 value, u32 n_blob, blob
RV_API rv_status rv_command_encode(const rv_command *command, rv_writer *out);

/// @return ERR_TRUNCATED, ERR_TRAILING, ERR_VALUE (unknown kind, version, stray blob)
RV_API rv_status rv_command_decode(const uint8_t *bytes, size_t n, rv_command *out);

/**
   Canonical bytes of an input: what a cycle's digest of its events covers, and what
   a recording keeps of inputs that are not datagrams.

   u8 kind, u64 t_us, then per kind: DATAGRAM from (16+2), to (16+2), u32 n, bytes;
   FRAME the frame as rv_frame_encode writes it; COMMAND, NOTE u32 n, bytes.
*/
RV_API rv_status rv_input_encode(const rv_input *input, rv_writer *out);

/// Bytes that rv_input_encode writes
RV_API size_t rv_input_encoded_size(const rv_input *input);

/// Memory that rv_input_decode needs for the samples of a frame
typedef struct {
    rv_frame frame;
    float   *re; ///< [capacity]
    float   *im; ///< [capacity]
    size_t   capacity;
} rv_input_scratch;

/// Strict inverse of rv_input_encode; `scratch` may be NULL where no frame is expected
RV_API rv_status rv_input_decode(const uint8_t *bytes, size_t n,
                                 rv_input_scratch *scratch, rv_input *out);

RV_END_DECLS

#endif // RV_CAPTURE_INPUT_H

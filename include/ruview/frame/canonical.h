// SPDX-License-Identifier: MIT
/**
   @file canonical.h
   Canonical bytes of a CSI frame: the encoding that a frame's witness hashes.

   77 + L + 16 x rows x columns bytes, little-endian, L the length of the device name.
   The decoder refuses whatever the encoder would not have written, except that sample
   bits and stamps are taken as they are.
*/
#ifndef RV_FRAME_CANONICAL_H
#define RV_FRAME_CANONICAL_H

#include <ruview/base/attributes.h>
#include <ruview/base/bytes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Everything but the samples; after decoding, pointers go into the decoded bytes
typedef struct {
    uint8_t        id[16]; ///< UUID, as its text reads
    int64_t        seconds;
    uint32_t       nanos;
    const uint8_t *device; ///< [n_device] UTF-8, no terminator
    uint32_t       n_device;
    uint8_t        band; ///< 0: 2.4 GHz, 1: 5 GHz, 2: 6 GHz
    uint8_t        channel;
    uint16_t       bandwidth_mhz;
    uint8_t        n_tx;
    uint8_t        n_rx;
    bool           has_spacing;
    uint32_t       spacing_bits; ///< f32 bits of the antenna spacing; 0 without
    int8_t         rssi_dbm;
    int8_t         noise_dbm;
    uint32_t       sequence;
    bool           has_calibration;
    uint8_t        calibration[16]; ///< Not all zero when has_calibration
    uint16_t       model_id;
    uint16_t       model_version;
    uint32_t       rows;    ///< Streams
    uint32_t       cols;    ///< Tones
    const uint8_t *samples; ///< [rows*cols*16] f64 re, f64 im; set by the decoder
} rv_canonical;

/// What a decoder refuses
typedef enum {
    RV_CANONICAL_OK                = 0,
    RV_CANONICAL_TRUNCATED         = 1, ///< A header field runs past the end
    RV_CANONICAL_BAD_DISCRIMINANT  = 2, ///< Band or spacing tag
    RV_CANONICAL_BAD_DEVICE_ID     = 3, ///< Not UTF-8
    RV_CANONICAL_PAYLOAD_MISMATCH  = 4, ///< Fewer samples than rows x columns
    RV_CANONICAL_TRAILING_BYTES    = 5,
    RV_CANONICAL_RESERVED_NOT_ZERO = 6, ///< Spacing bytes without a spacing
} rv_canonical_error;

/// Why and where
typedef struct {
    rv_canonical_error error;
    uint64_t           at;   ///< Byte offset of the field
    uint64_t           need; ///< Bytes missing, expected or left over
} rv_canonical_refusal;

/// Bytes that an encoding takes
RV_API size_t rv_canonical_size(const rv_canonical *frame);

/**
   Encode.

   @param samples  [rows x cols x 2] re, im; bits are kept, NaN payloads too.
   @return ERR_VALUE for an all-zero calibration id, a band above 2, spacing bits
           without a spacing or a device name that is not UTF-8; ERR_FULL.
*/
RV_API rv_status rv_canonical_encode(const rv_canonical *frame, const double *samples,
                                     rv_writer *out);

/// Decode all of `n` bytes. On refusal `out` is unspecified and `why` tells.
RV_API rv_status rv_canonical_decode(const uint8_t *bytes, size_t n, rv_canonical *out,
                                     rv_canonical_refusal *why);

/// True when the bytes are well-formed UTF-8 (no surrogates, no overlong forms)
RV_API bool rv_is_utf8(const uint8_t *bytes, size_t n);

RV_END_DECLS

#endif // RV_FRAME_CANONICAL_H

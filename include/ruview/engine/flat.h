// SPDX-License-Identifier: MIT
/**
   @file flat.h
   The library for callers without C's structures (Python's ctypes, JavaScript):
   numbers, pointers and one callback.

   A *flat* is one capture through the pipeline, the whole file in memory or read piece
   by piece. In this order:

       n = rv_flat_bytes();  rv_flat_begin(self, n)    // defaults
       rv_flat_room(self, 5, 4, 2.5); rv_flat_node(self, 1, 0, 0, 1, 0); ...
       rv_flat_source(self, bytes, n)                  // or rv_flat_source_read
       rv_flat_memory(self, &n); rv_flat_open(self, lent, n)
       while (rv_flat_step(self) == RV_OK) {}          // the sink sees every cycle

   The answers are those of `ruview replay` with the same configuration, bit for bit.
   A *flat_cir* recovers delay profiles of channels on one list of tones.
*/
#ifndef RV_ENGINE_FLAT_H
#define RV_ENGINE_FLAT_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

typedef struct rv_flat     rv_flat;
typedef struct rv_flat_cir rv_flat_cir;

/// One published cycle: JSON without a newline, and the 32 bytes of its witness. Both
/// live until it returns.
typedef void rv_flat_sink(void *context, const char *json, size_t n_json,
                          const uint8_t *witness);

/// Up to `n` bytes into `into`: count, 0 at the end, -1 on error
typedef int64_t rv_flat_read(void *context, uint8_t *into, size_t n);

/// One frame as its radio reported it. Pointers live until the next step.
typedef struct {
    uint64_t        t_us;      ///< Arrival stamp [us since the epoch]
    uint64_t        tx;        ///< Transmitter; 0 unknown
    const float    *re;        ///< [n_streams][n_entries]
    const float    *im;        ///< same
    const int16_t  *tone;      ///< [n_tones] tone numbers of the primary training field
    const uint16_t *entry;     ///< [n_tones] where in a stream each tone stands
    uint32_t        n_streams; ///< Receive x transmit chains
    uint32_t        n_entries; ///< Per stream
    uint32_t        n_tones;   ///< Active tones
    uint32_t        spacing_hz; ///< Between tone numbers n and n+1
    uint32_t        freq_mhz;   ///< 0 unknown
    uint32_t        node;       ///< Receiver
    uint32_t        layout;     ///< Id, frame/layout.h
    int32_t         rssi_dbm;   ///< 127 unknown
    uint32_t        synthetic;  ///< 1: made by a simulator
    uint32_t        sequence;   ///< Of the sender; 0 where it counts none
} rv_flat_frame;

/// Version of the C ABI that this library was built with, see base/version.h
RV_API RV_CONST uint32_t rv_flat_abi(void);

/// "0.1.0"
RV_API RV_CONST const char *rv_flat_version(void);

/// Bytes of a flat, which must be aligned to 64
RV_API RV_CONST size_t rv_flat_bytes(void);

/// Set everything to its default: no geometry, mode PRIVATE_HOME, simulated input
/// welcome (and labelled). ERR_MEMORY
RV_API RV_NODISCARD rv_status rv_flat_begin(rv_flat *self, size_t n_bytes);

/// Size of the room [m]; one corner is the origin
RV_API RV_NODISCARD rv_status rv_flat_room(rv_flat *self, float east, float north,
                                           float up);

/// A receiver: number in its packets, place [m], and the one transmitter that its
/// filter lets through (0: as the packets say). ERR_FULL
RV_API RV_NODISCARD rv_status rv_flat_node(rv_flat *self, uint32_t node, float east,
                                           float north, float up, uint64_t tx);

/// A transmitter whose place is known [m]. ERR_FULL
RV_API RV_NODISCARD rv_status rv_flat_transmitter(rv_flat *self, uint64_t tx,
                                                  float east, float north, float up);

/// Privacy mode 0..4, trust/record.h. ERR_RANGE
RV_API RV_NODISCARD rv_status rv_flat_mode(rv_flat *self, uint32_t mode);

/// Instruction sets that may be used, math/kernels.h; changes no bit
RV_API void rv_flat_cpu_mask(rv_flat *self, uint32_t mask);

/// The whole capture in memory, lent until the end
RV_API RV_NODISCARD rv_status rv_flat_source(rv_flat *self, const uint8_t *bytes,
                                             size_t n);

/// The capture piece by piece; records longer than `window` bytes are refused
RV_API RV_NODISCARD rv_status rv_flat_source_read(rv_flat *self, rv_flat_read *read,
                                                  void *context, uint32_t window);

/// Bytes that rv_flat_open() needs: ERR_STATE without a source, ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_flat_memory(const rv_flat *self, size_t *n_bytes);

/**
   Lay out engine and reader in memory aligned to 64, lent until the end.

   @return OK; ERR_MEMORY; ERR_CONFIG; ERR_EMPTY, ERR_MAGIC or ERR_IO of the capture.
*/
RV_API RV_NODISCARD rv_status rv_flat_open(rv_flat *self, void *mem, size_t n_bytes);

/// Where cycles go; NULL: nowhere
RV_API void rv_flat_set_sink(rv_flat *self, rv_flat_sink *sink, void *context);

/// Take one record of the capture. @return OK, ERR_END after the last (all cycles are
/// then closed), ERR_IO, ERR_STATE before open
RV_API RV_NODISCARD rv_status rv_flat_step(rv_flat *self);

/// As rv_flat_step() without the pipeline: the next frame alone. ERR_END after the last
RV_API RV_NODISCARD rv_status rv_flat_next_frame(rv_flat *self, rv_flat_frame *out);

/// Name of the format that was recognised; NULL before open
RV_API RV_PURE const char *rv_flat_format(const rv_flat *self);

/// Frames that the pipeline accepted so far
RV_API RV_PURE uint64_t rv_flat_accepted(const rv_flat *self);

/// Frames and datagrams that reader or pipeline refused so far
RV_API RV_PURE uint64_t rv_flat_refused(const rv_flat *self);

/**
   Bytes of a plan for `n_tones` tone numbers `spacing_hz` apart, ascending.

   @param kind  rv_cir_kind: 0 sparse, 1 fista, 2 fft-ista, 3 dense-ista.
   @return OK; ERR_CONFIG.
*/
RV_API RV_NODISCARD rv_status rv_flat_cir_memory(const int16_t *tone, uint32_t n_tones,
                                                 uint32_t spacing_hz, uint32_t kind,
                                                 size_t *n_bytes);

/// Make the plan in memory aligned to 64 and set `n_solver` to what rv_flat_cir_open()
/// needs; `lambda_abs` 0: lambda follows the data
RV_API RV_NODISCARD rv_status rv_flat_cir_plan(rv_flat_cir **self, const int16_t *tone,
                                               uint32_t n_tones, uint32_t spacing_hz,
                                               uint32_t kind, float lambda_abs,
                                               void *mem, size_t n_bytes,
                                               size_t *n_solver);

/// Lay the solver out in memory aligned to 64, lent like the plan's until the last use
RV_API RV_NODISCARD rv_status rv_flat_cir_open(rv_flat_cir *self, void *mem,
                                               size_t n_bytes);

/// Taps G of the grid
RV_API RV_PURE uint32_t rv_flat_cir_taps(const rv_flat_cir *self);

/// Delay between neighbouring taps [ns]
RV_API RV_PURE double rv_flat_cir_tap_ns(const rv_flat_cir *self);

/**
   The delay profile of one channel.

   @param re,im      [n_tones]
   @param x_re,x_im  [G] taps; all zero when there is no result.
   @param gap        Relative duality gap reached; may be NULL.
   @return Reason, base/reason.h; 0: there is a result.
*/
RV_API int32_t rv_flat_cir_solve(rv_flat_cir *self, const float *re, const float *im,
                                 float *x_re, float *x_im, float *gap);

RV_END_DECLS

#endif // RV_ENGINE_FLAT_H

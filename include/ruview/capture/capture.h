// SPDX-License-Identifier: MIT
/**
   @file capture.h
   Reads a recording of any known format as a stream of inputs. The content decides
   which format it is; a file's name is never looked at.

   Bytes come from memory (a mapped file) or through a callback (a pipe). What cannot be
   used is an item too: refused, why, and where. Nothing is dropped silently.

   Time stamps: each format says in docs/formats.md where t_us comes from. A format
   without absolute time counts from 0.
*/
#ifndef RV_CAPTURE_CAPTURE_H
#define RV_CAPTURE_CAPTURE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/capture/input.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// One capture format; its table of functions is private
typedef struct rv_format rv_format;

/// Where bytes come from: `bytes` whole, or `read` piece by piece
typedef struct {
    const uint8_t *bytes; ///< [n] the whole file; NULL to use `read`
    size_t         n;

    /// Up to `n` bytes into `into`: count, 0 at the end, -1 on error
    int64_t (*read)(void *context, uint8_t *into, size_t n);
    void *context;
} rv_capture_source;

/// What a table of amplitudes does not say itself; all 0 is nothing
typedef struct {
    uint16_t layout;   ///< Id of the tone layout; 0: by the number of columns
    uint32_t rate_mhz; ///< Rows per second x 1000; 0: not known
    bool     is_db;    ///< Values are 20 log10 of amplitudes
} rv_capture_table;

/// How to read
typedef struct {
    const rv_format *format; ///< NULL (default): the content decides
    uint8_t          node;   ///< Receiver number where the format names none, default 0
    rv_capture_table table;
    uint32_t window_bytes; ///< Longest record of a piece-by-piece source, default 1
                           ///< MiB; 4 KiB..1 GiB. Not used for a source in memory.
} rv_capture_config;

/// One thing in the recording
typedef struct {
    rv_reason reason; ///< NONE: `input` holds it. Else refused, for that reason
    uint64_t  offset; ///< First byte of the record in the file
    uint64_t  line;   ///< 1..; 0 in binary formats
    rv_input  input;
} rv_capture_item;

/// Counts so far
typedef struct {
    uint64_t inputs;
    uint64_t refused[RV_REASON_COUNT];
    uint64_t bytes; ///< Consumed
} rv_capture_counts;

typedef struct rv_capture rv_capture;

RV_API void rv_capture_config_default(rv_capture_config *config);

/// Bytes for init. @return ERR_CONFIG
RV_API rv_status rv_capture_size(const rv_capture_config *config,
                                 const rv_capture_source *source, size_t *bytes);

/**
   Open: read the first bytes and recognise the format.

   @param self  Set to the reader, which lies in `memory` (64-byte aligned, [n]).
   @return ERR_MEMORY, ERR_CONFIG, ERR_EMPTY (no byte at all), ERR_MAGIC (no known
           format), ERR_IO.
*/
RV_API rv_status rv_capture_init(rv_capture **self, const rv_capture_config *config,
                                 const rv_capture_source *source, void *memory,
                                 size_t n);

/**
   The next item; its pointers live until the next call.

   @return RV_OK, ERR_END, or ERR_IO when the callback failed.
*/
RV_API rv_status rv_capture_next(rv_capture *self, rv_capture_item *out);

/// Format recognised
RV_API const rv_format *rv_capture_format(const rv_capture *self);

/// Items read so far and those refused, by reason
RV_API const rv_capture_counts *rv_capture_counted(const rv_capture *self);

/// All formats in the order of their registry; NULL past the last
RV_API const rv_format *rv_format_at(size_t index);

/// NULL where no format has this name
RV_API const rv_format *rv_format_by_name(const char *name);

/// "pcapng", "intel5300" …
RV_API const char *rv_format_name(const rv_format *format);

/// One line for people
RV_API const char *rv_format_title(const rv_format *format);

/// Where t_us of this format comes from, one line
RV_API const char *rv_format_time(const rv_format *format);

/// What a reader of its numbers must know, or NULL
RV_API const char *rv_format_note(const rv_format *format);

/// Format that these first bytes of a file belong to; NULL when none knows them
RV_API const rv_format *rv_format_sniff(const uint8_t *bytes, size_t n);

RV_END_DECLS

#endif // RV_CAPTURE_CAPTURE_H

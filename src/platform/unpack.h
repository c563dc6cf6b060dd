// SPDX-License-Identifier: MIT
/**
   @file unpack.h
   Decompression of a byte stream, piece by piece; and of zip archives at once.
*/
#ifndef RV_PLATFORM_UNPACK_H
#define RV_PLATFORM_UNPACK_H

#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

/// How bytes are packed
typedef enum { RV_PACK_NONE, RV_PACK_ZSTD, RV_PACK_GZIP, RV_PACK_ZIP } rv_pack;

/// By the first bytes
rv_pack rv_pack_of(const uint8_t *bytes, size_t n);

typedef struct rv_unpack rv_unpack;

/// Reads packed bytes: count, 0 at the end, -1 on error
typedef int64_t rv_unpack_read(void *context, uint8_t *into, size_t n);

/// Begin; `kind` is ZSTD or GZIP
rv_status rv_unpack_open(rv_unpack **self, rv_pack kind, rv_unpack_read *read,
                         void *context);
void      rv_unpack_close(rv_unpack *self);

/// Up to `n` unpacked bytes: count, 0 at the end, -1 when the stream is damaged or ends
/// early
int64_t rv_unpack_take(rv_unpack *self, uint8_t *into, size_t n);

/**
   A zip archive whose members are deflated, rewritten with its members stored, so that
   readers that know no compression can read it.

   @param out  Set to malloc'd bytes. Unpacked size is bounded to 4 GiB.
   @return ERR_VALUE (damaged, encrypted, other compression), ERR_MEMORY, ERR_RANGE.
*/
rv_status rv_unzip(const uint8_t *bytes, size_t n, uint8_t **out, size_t *n_out);

#endif // RV_PLATFORM_UNPACK_H

// SPDX-License-Identifier: MIT
/**
   @file crc32.h
   CRC-32 of IEEE 802.3: reflected, polynomial 0xEDB88320, all ones in and out.
*/
#ifndef RV_CAPTURE_CRC32_H
#define RV_CAPTURE_CRC32_H

#include <ruview/base/attributes.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// CRC of `n` bytes that follow bytes whose CRC is `crc` (0 for none)
RV_API uint32_t rv_crc32(uint32_t crc, const uint8_t *bytes, size_t n);

RV_END_DECLS

#endif // RV_CAPTURE_CRC32_H

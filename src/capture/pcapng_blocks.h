// SPDX-License-Identifier: MIT
/**
   @file pcapng_blocks.h
   Block types of pcapng (draft-ietf-opsawg-pcapng) and of our custom block.
*/
#ifndef RV_CAPTURE_PCAPNG_BLOCKS_H
#define RV_CAPTURE_PCAPNG_BLOCKS_H

#include <stdint.h>

#define PCAPNG_SHB    UINT32_C(0x0A0D0D0A)
#define PCAPNG_IDB    UINT32_C(1)
#define PCAPNG_PB     UINT32_C(2)
#define PCAPNG_SPB    UINT32_C(3)
#define PCAPNG_EPB    UINT32_C(6)
#define PCAPNG_CUSTOM UINT32_C(0x00000BAD)
#define PCAPNG_ORDER  UINT32_C(0x1A2B3C4D)

enum { PCAPNG_MAX_BLOCK = 16 << 20, PCAPNG_MAX_INTERFACES = 64 };

static const uint8_t rv_pcapng_tag[8] = {'R', 'U', 'V', 'I', 'E', 'W', 0, 1};

#endif // RV_CAPTURE_PCAPNG_BLOCKS_H

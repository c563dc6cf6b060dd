// SPDX-License-Identifier: MIT
/**
   @file clock_private.h
   What learning (clock.c) and answering (clock_read.c) share.
*/
#ifndef RV_FUSION_CLOCK_PRIVATE_H
#define RV_FUSION_CLOCK_PRIVATE_H

#include <ruview/fusion/clock.h>

enum {
    RV_CLOCK_BIN_US       = 500000, ///< Bin of the counts behind rate and loss
    RV_CLOCK_LEAST_GAPS   = 9,      ///< Intervals or delays until their scatter counts
    RV_CLOCK_LEAST_BLOCKS = 3,      ///< Blocks until there is a line
    RV_CLOCK_DELAYS       = 20,     ///< Packets in the memory of delays
};

/// The i-th oldest block
static inline const rv_clock_block *
rv_clock_block_at(const rv_clock *const self, const uint32_t i)
{
    const uint32_t oldest = (self->next_block + RV_CLOCK_BLOCKS - self->n_blocks);
    return &self->block[(oldest + i) % RV_CLOCK_BLOCKS];
}

/// Arrival minus device stamp that the line gives [us]
static inline double
rv_clock_line_at(const rv_clock *const self, const int64_t device_us)
{
    return self->offset_us + self->drift * (double)(device_us - self->origin_us);
}

#endif // RV_FUSION_CLOCK_PRIVATE_H

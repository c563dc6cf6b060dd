// SPDX-License-Identifier: MIT
/**
   @file ring.h
   Index arithmetic of a ring that keeps the newest `capacity` items. The items lie with
   the owner; nothing is copied.
*/
#ifndef RV_BASE_RING_H
#define RV_BASE_RING_H

#include <stdint.h>

/// Start from {.capacity = n}, n >= 1
typedef struct {
    uint32_t capacity; ///< Slots
    uint32_t count;    ///< Slots that hold an item, 0..capacity
    uint32_t next;     ///< Slot to write, 0..capacity-1
    uint64_t total;    ///< Items ever written
} rv_ring;

/// Slot to write the next item into; the oldest item falls out when the ring is full
static inline uint32_t
rv_ring_push(rv_ring *const ring)
{
    const uint32_t slot = ring->next;
    ring->next          = slot + 1 == ring->capacity ? 0 : slot + 1;
    ring->count += (ring->count < ring->capacity);
    ++ring->total;
    return slot;
}

/// Slot of the item written `age` items ago; 0 is the newest. Needs age < count.
static inline uint32_t
rv_ring_slot(const rv_ring *const ring, const uint32_t age)
{
    const uint32_t back = age + 1;
    return ring->next >= back ? ring->next - back : ring->next + ring->capacity - back;
}

static inline void
rv_ring_clear(rv_ring *const ring)
{
    ring->count = 0;
    ring->next  = 0;
}

#endif // RV_BASE_RING_H

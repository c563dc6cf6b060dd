// SPDX-License-Identifier: MIT
/**
   @file broadcast.h
   Messages in flight: one writer puts, every reader keeps the number of the next one it
   wants. A reader that is too slow misses the oldest and learns how many. Not locked.
*/
#ifndef RV_SERVER_BROADCAST_H
#define RV_SERVER_BROADCAST_H

#include "server/server.h"

#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

/// Bytes that grow to the longest content seen and stay
typedef struct {
    char  *data;
    size_t n;
    size_t room;
} rv_text;

/// Replace the content; ERR_MEMORY leaves it unchanged
RV_NODISCARD rv_status rv_text_set(rv_text *self, const char *data, size_t n);
void                   rv_text_free(rv_text *self);

typedef struct {
    rv_text         text;
    rv_server_topic topic;
    unsigned        sinks;
    uint64_t        ordinal[2]; ///< How many records each sink had been given with it
} rv_broadcast_slot;

typedef struct {
    rv_broadcast_slot slots[RV_SERVER_RING];
    uint64_t          head;       ///< Number of the next message to put
    uint64_t          tail;       ///< Number of the oldest message kept
    uint64_t          ordinal[2]; ///< Records given to the local and the network sink
} rv_broadcast;

/// Where one client stands
typedef struct {
    unsigned topics;  ///< Bit per rv_server_topic
    unsigned sink;    ///< RV_READER_LOCAL or RV_READER_NETWORK
    uint64_t next;    ///< Message it wants next
    uint64_t ordinal; ///< Records of its sink that it has passed
} rv_reader;

RV_NODISCARD rv_status rv_broadcast_put(rv_broadcast *self, rv_server_topic topic,
                                        unsigned sinks, const char *data, size_t n);

/// A reader of what comes from now on
rv_reader rv_broadcast_attach(const rv_broadcast *self, unsigned topics, unsigned sink);

/**
   The next message for a reader, which moves on.

   @param skipped  O  Records that it missed before this one.
   @return NULL: it has read everything.
*/
const rv_broadcast_slot *rv_broadcast_next(const rv_broadcast *self, rv_reader *reader,
                                           uint64_t *skipped);

/// True when something waits for the reader
bool rv_broadcast_waits(const rv_broadcast *self, const rv_reader *reader);

/// Forget all messages that are kept
void rv_broadcast_purge(rv_broadcast *self);
void rv_broadcast_free(rv_broadcast *self);

#endif // RV_SERVER_BROADCAST_H

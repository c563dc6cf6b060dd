// SPDX-License-Identifier: MIT
#include "server/broadcast.h"

#include "base/try.h"

#include <stdlib.h>
#include <string.h>

rv_status
rv_text_set(rv_text *const self, const char *const data, const size_t n)
{
    if (n + 1 > self->room) {
        const size_t room =
            n + 1 + n / 4; // messages of one kind vary a little in length
        char *const grown = malloc(room);
        if (!grown) {
            return RV_ERR_MEMORY;
        }
        free(self->data);
        self->data = grown;
        self->room = room;
    }
    if (n > 0) {
        memcpy(self->data, data, n);
    }
    self->data[n] = '\0';
    self->n       = n;
    return RV_OK;
}

void
rv_text_free(rv_text *const self)
{
    free(self->data);
    *self = (rv_text){0};
}

rv_status
rv_broadcast_put(rv_broadcast *const self, const rv_server_topic topic,
                 const unsigned sinks, const char *const data, const size_t n)
{
    rv_broadcast_slot *const slot = &self->slots[self->head % RV_SERVER_RING];
    RV_TRY(rv_text_set(&slot->text, data, n));
    for (unsigned sink = 0; sink < 2; ++sink) {
        if (topic == RV_TOPIC_RECORD && (sinks & 1U << sink)) {
            ++self->ordinal[sink];
        }
        slot->ordinal[sink] = self->ordinal[sink];
    }
    slot->topic = topic;
    slot->sinks = sinks;
    ++self->head;
    if (self->head - self->tail > RV_SERVER_RING) {
        self->tail = self->head - RV_SERVER_RING;
    }
    return RV_OK;
}

static unsigned
index_of(const unsigned sink)
{
    return sink == RV_READER_LOCAL ? 0 : 1;
}

rv_reader
rv_broadcast_attach(const rv_broadcast *const self, const unsigned topics,
                    const unsigned sink)
{
    return (rv_reader){.topics  = topics,
                       .sink    = sink,
                       .next    = self->head,
                       .ordinal = self->ordinal[index_of(sink)]};
}

// The slot that the reader gets next, with the number after it in `after`
static const rv_broadcast_slot *
find(const rv_broadcast *const self, const rv_reader *const reader,
     uint64_t *const after)
{
    uint64_t i = reader->next < self->tail ? self->tail : reader->next;
    for (; i < self->head; ++i) {
        const rv_broadcast_slot *const slot = &self->slots[i % RV_SERVER_RING];
        if ((reader->topics & 1U << slot->topic) && (reader->sink & slot->sinks)) {
            *after = i + 1;
            return slot;
        }
    }
    *after = i;
    return NULL;
}

const rv_broadcast_slot *
rv_broadcast_next(const rv_broadcast *const self, rv_reader *const reader,
                  uint64_t *const skipped)
{
    const rv_broadcast_slot *const slot = find(self, reader, &reader->next);

    *skipped = 0;
    if (slot && slot->topic == RV_TOPIC_RECORD) {
        const uint64_t ordinal = slot->ordinal[index_of(reader->sink)];
        *skipped               = ordinal - reader->ordinal - 1;
        reader->ordinal        = ordinal;
    }
    return slot;
}

bool
rv_broadcast_waits(const rv_broadcast *const self, const rv_reader *const reader)
{
    uint64_t after = 0;
    return find(self, reader, &after) != NULL;
}

void
rv_broadcast_purge(rv_broadcast *const self)
{
    for (size_t i = 0; i < RV_SERVER_RING; ++i) {
        if (self->slots[i].text.data) {
            memset(self->slots[i].text.data, 0, self->slots[i].text.room);
        }
        self->slots[i].text.n = 0;
        self->slots[i].sinks  = 0;
    }
}

void
rv_broadcast_free(rv_broadcast *const self)
{
    for (size_t i = 0; i < RV_SERVER_RING; ++i) {
        rv_text_free(&self->slots[i].text);
    }
}

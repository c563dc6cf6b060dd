// SPDX-License-Identifier: MIT
#include <ruview/base/arena.h>
#include <ruview/capture/capture.h>

#include "base/try.h"
#include "capture/format.h"

#define RV_FORMAT(name) extern const rv_format rv_format_##name;
#include "capture/formats.def"
#undef RV_FORMAT

static const rv_format *const formats[] = {
#define RV_FORMAT(name) &rv_format_##name,
#include "capture/formats.def"
#undef RV_FORMAT
};
enum { n_formats = sizeof formats / sizeof *formats };

struct rv_capture {
    const rv_format  *format;
    rv_capture_source source;
    rv_window         window;
    uint8_t          *buffer; ///< [capacity], NULL for a source in memory
    size_t            capacity;
    size_t            at;      ///< Bytes of the window that are consumed
    bool              is_lost; ///< The format cannot find its way any more
    uint64_t          line;
    rv_capture_counts counts;
    rv_format_context context;
    void             *state;
};

const rv_format *
rv_format_at(const size_t index)
{
    return index < n_formats ? formats[index] : NULL;
}

static bool
same_text(const char *a, const char *b)
{
    while (*a && *a == *b) {
        ++a;
        ++b;
    }
    return *a == *b;
}

const rv_format *
rv_format_by_name(const char *const name)
{
    for (size_t i = 0; i < n_formats; ++i) {
        if (same_text(formats[i]->name, name)) {
            return formats[i];
        }
    }
    return NULL;
}

const char *
rv_format_name(const rv_format *const format)
{
    return format->name;
}

const char *
rv_format_title(const rv_format *const format)
{
    return format->title;
}

const char *
rv_format_time(const rv_format *const format)
{
    return format->time;
}

const char *
rv_format_note(const rv_format *const format)
{
    return format->note;
}

const rv_format *
rv_format_sniff(const uint8_t *const bytes, const size_t n)
{
    const size_t     seen  = n < RV_SNIFF_BYTES ? n : RV_SNIFF_BYTES;
    const rv_format *best  = NULL;
    unsigned         score = 0;
    for (size_t i = 0; i < n_formats; ++i) {
        const unsigned sure = formats[i]->probe(bytes, seen);
        if (sure > score) {
            score = sure;
            best  = formats[i];
        }
    }
    return best;
}

void
rv_capture_config_default(rv_capture_config *const config)
{
    *config = (rv_capture_config){.window_bytes = 1U << 20};
}

static rv_capture *
lay_out(rv_arena *const arena, const rv_capture_config *const config,
        const rv_capture_source *const source)
{
    rv_capture *const self     = rv_arena_take(arena, 1, sizeof *self);
    void *const       state    = rv_arena_take(arena, 1, RV_FORMAT_STATE);
    float *const      re       = rv_arena_take(arena, RV_FORMAT_SAMPLES, sizeof *re);
    float *const      im       = rv_arena_take(arena, RV_FORMAT_SAMPLES, sizeof *im);
    const size_t      capacity = source->bytes ? 0 : config->window_bytes;
    uint8_t *const    buffer   = rv_arena_take(arena, capacity, 1);
    if (arena->failed || !arena->base) {
        return NULL;
    }
    *self               = (rv_capture){.format   = config->format,
                                       .source   = *source,
                                       .buffer   = buffer,
                                       .capacity = capacity,
                                       .line     = 1,
                                       .state    = state};
    self->context.re    = re;
    self->context.im    = im;
    self->context.node  = config->node;
    self->context.table = config->table;
    return self;
}

static rv_status
check_config(const rv_capture_config *const config,
             const rv_capture_source *const source)
{
    if (!source->bytes && !source->read && source->n > 0) {
        return RV_ERR_CONFIG;
    }
    return config->window_bytes >= RV_SNIFF_BYTES && config->window_bytes <= 1U << 30
               ? RV_OK
               : RV_ERR_CONFIG;
}

rv_status
rv_capture_size(const rv_capture_config *const config,
                const rv_capture_source *const source, size_t *const bytes)
{
    RV_TRY(check_config(config, source));
    rv_arena arena = {0};
    lay_out(&arena, config, source);
    *bytes = arena.used;
    return arena.failed ? RV_ERR_CONFIG : RV_OK;
}

/// Move what is left to the front and read on; true when something came or ended
static rv_status
refill(rv_capture *const self)
{
    rv_window *const w    = &self->window;
    const size_t     left = w->n - self->at;
    if (self->at > 0) {
        memmove(self->buffer, self->buffer + self->at, left);
        w->offset += self->at;
    }
    self->at     = 0;
    w->bytes     = self->buffer;
    size_t have  = left;
    w->n         = have;
    bool is_last = false;
    while (have < self->capacity) {
        const int64_t got = self->source.read(self->source.context, self->buffer + have,
                                              self->capacity - have);
        if (got < 0 || (uint64_t)got > self->capacity - have) {
            return RV_ERR_IO;
        }
        if (got == 0) {
            is_last = true;
            break;
        }
        have += (size_t)got;
        w->n = have;
        if (have - left >= RV_SNIFF_BYTES) {
            break; // enough to go on with; a slow pipe is not waited for
        }
    }
    w->last = is_last;
    return RV_OK;
}

rv_status
rv_capture_init(rv_capture **const self, const rv_capture_config *const config,
                const rv_capture_source *const source, void *const memory,
                const size_t n)
{
    RV_TRY(check_config(config, source));
    rv_arena arena = {.base = memory, .size = n};
    if (!memory || ((uintptr_t)memory & (RV_ARENA_ALIGN - 1)) != 0) {
        return RV_ERR_MEMORY;
    }
    rv_capture *const made = lay_out(&arena, config, source);
    if (!made) {
        return RV_ERR_MEMORY;
    }
    if (source->bytes) {
        made->window =
            (rv_window){.bytes = source->bytes, .n = source->n, .last = true};
    } else if (source->read) {
        RV_TRY(refill(made));
    }
    if (made->window.n == 0) {
        return RV_ERR_EMPTY;
    }
    if (!made->format) {
        made->format = rv_format_sniff(made->window.bytes, made->window.n);
    }
    if (!made->format) {
        return RV_ERR_MAGIC;
    }
    memset(made->state, 0, made->format->state);
    *self = made;
    return RV_OK;
}

const rv_format *
rv_capture_format(const rv_capture *const self)
{
    return self->format;
}

const rv_capture_counts *
rv_capture_counted(const rv_capture *const self)
{
    return &self->counts;
}

/// One step over what is left of the window
static rv_step
step(rv_capture *const self, rv_capture_item *const out, size_t *const used)
{
    const rv_window rest = {.bytes  = self->window.bytes + self->at,
                            .n      = self->window.n - self->at,
                            .offset = self->window.offset + self->at,
                            .last   = self->window.last};
    if (rest.n == 0) {
        return rest.last ? RV_STEP_END : RV_STEP_MORE;
    }
    if (self->format->whole && !rest.last) {
        return RV_STEP_MORE;
    }
    out->offset = rest.offset;
    return self->format->next(self->state, &self->context, &rest, used, out);
}

/// The record is longer than the window: where it ends cannot be known
static rv_status
give_up(rv_capture *const self, rv_capture_item *const out)
{
    out->reason   = RV_REASON_OVERSIZE;
    self->is_lost = true;
    ++self->counts.refused[RV_REASON_OVERSIZE];
    return RV_OK;
}

static void
consume(rv_capture *const self, const size_t used)
{
    const size_t left = self->window.n - self->at;
    self->is_lost     = used == RV_USED_REST;
    const size_t n    = used < left ? used : left;
    self->at += n;
    self->counts.bytes += n;
}

rv_status
rv_capture_next(rv_capture *const self, rv_capture_item *const out)
{
    while (!self->is_lost) {
        size_t used = 0;
        out->reason = RV_REASON_NONE;
        out->line   = 0;
        switch (step(self, out, &used)) {
        case RV_STEP_INPUT:
            ++self->counts.inputs;
            consume(self, used);
            return RV_OK;
        case RV_STEP_REFUSED:
            ++self->counts.refused[out->reason];
            consume(self, used);
            return RV_OK;
        case RV_STEP_SKIP:
            consume(self, used);
            break;
        case RV_STEP_END:
            return RV_ERR_END;
        case RV_STEP_MORE:
            if (!self->buffer || self->window.last) {
                return RV_ERR_END;
            }
            if (self->at == 0 && self->window.n == self->capacity) {
                return give_up(self, out);
            }
            RV_TRY(refill(self));
            break;
        }
    }
    return RV_ERR_END;
}

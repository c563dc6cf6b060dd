// SPDX-License-Identifier: MIT
#include <ruview/engine/flat.h>

#include <ruview/base/arena.h>
#include <ruview/base/version.h>
#include <ruview/capture/capture.h>
#include <ruview/engine/engine.h>

#include <string.h>

struct rv_flat {
    rv_engine_config  config;
    rv_capture_config capture_config;
    rv_capture_source source;
    bool              has_source;
    rv_engine        *engine;
    rv_capture       *capture;
    rv_flat_sink     *sink;
    void             *context;
    rv_wire           wire;
    rv_packet         packet;
};

uint32_t
rv_flat_abi(void)
{
    return RV_ABI_VERSION;
}

const char *
rv_flat_version(void)
{
    return RV_VERSION;
}

size_t
rv_flat_bytes(void)
{
    return sizeof(struct rv_flat);
}

rv_status
rv_flat_begin(rv_flat *const self, const size_t n_bytes)
{
    if (!self || n_bytes < sizeof *self || (uintptr_t)self % RV_ARENA_ALIGN != 0) {
        return RV_ERR_MEMORY;
    }
    memset(self, 0, sizeof *self);
    self->config                 = rv_engine_config_default();
    self->config.allow_synthetic = true;
    rv_capture_config_default(&self->capture_config);
    rv_wire_init(&self->wire);
    return RV_OK;
}

static void
set_place(float place[3], const float east, const float north, const float up)
{
    place[0] = east;
    place[1] = north;
    place[2] = up;
}

rv_status
rv_flat_room(rv_flat *const self, const float east, const float north, const float up)
{
    if (!(east > 0.0F) || !(north > 0.0F) || !(up > 0.0F)) {
        return RV_ERR_RANGE;
    }
    self->config.has_room = true;
    set_place(self->config.room_m, east, north, up);
    return RV_OK;
}

rv_status
rv_flat_node(rv_flat *const self, const uint32_t node, const float east,
             const float north, const float up, const uint64_t tx)
{
    if (node > UINT8_MAX) {
        return RV_ERR_RANGE;
    }
    if (self->config.n_nodes >= RV_MAX_NODES) {
        return RV_ERR_FULL;
    }
    rv_node_config *const n = &self->config.node[self->config.n_nodes++];
    n->node                 = (uint8_t)node;
    n->has_position         = true;
    n->tx                   = tx;
    set_place(n->position_m, east, north, up);
    return RV_OK;
}

rv_status
rv_flat_transmitter(rv_flat *const self, const uint64_t tx, const float east,
                    const float north, const float up)
{
    if (self->config.n_transmitters >= RV_MAX_TRANSMITTERS) {
        return RV_ERR_FULL;
    }
    rv_transmitter_config *const t =
        &self->config.transmitter[self->config.n_transmitters++];
    t->tx           = tx;
    t->has_position = true;
    set_place(t->position_m, east, north, up);
    return RV_OK;
}

rv_status
rv_flat_mode(rv_flat *const self, const uint32_t mode)
{
    if (mode > (uint32_t)RV_MODE_STRICT_NO_IDENTITY) {
        return RV_ERR_RANGE;
    }
    self->config.mode = (rv_privacy_mode)mode;
    return RV_OK;
}

void
rv_flat_cpu_mask(rv_flat *const self, const uint32_t mask)
{
    self->config.cpu_mask = mask;
}

rv_status
rv_flat_source(rv_flat *const self, const uint8_t *const bytes, const size_t n)
{
    if (!bytes || n == 0) {
        return RV_ERR_EMPTY;
    }
    self->source     = (rv_capture_source){.bytes = bytes, .n = n};
    self->has_source = true;
    return RV_OK;
}

rv_status
rv_flat_source_read(rv_flat *const self, rv_flat_read *const read, void *const context,
                    const uint32_t window)
{
    if (!read) {
        return RV_ERR_EMPTY;
    }
    self->source = (rv_capture_source){.read = read, .context = context};
    self->capture_config.window_bytes = window;
    self->has_source                  = true;
    return RV_OK;
}

static rv_status
measure(const rv_flat *const self, size_t *const n_engine, size_t *const n_capture)
{
    if (!self->has_source) {
        return RV_ERR_STATE;
    }
    const rv_status status = rv_engine_size(&self->config, n_engine);
    return status != RV_OK
               ? status
               : rv_capture_size(&self->capture_config, &self->source, n_capture);
}

rv_status
rv_flat_memory(const rv_flat *const self, size_t *const n_bytes)
{
    size_t          n_engine = 0, n_capture = 0;
    rv_arena        arena  = {0};
    const rv_status status = measure(self, &n_engine, &n_capture);
    if (status == RV_OK) {
        (void)rv_arena_take(&arena, 1, n_engine);
        (void)rv_arena_take(&arena, 1, n_capture);
        *n_bytes = arena.used;
    }
    return status;
}

rv_status
rv_flat_open(rv_flat *const self, void *const mem, const size_t n_bytes)
{
    size_t    n_engine = 0, n_capture = 0;
    rv_arena  arena  = {.base = mem, .size = n_bytes};
    rv_status status = measure(self, &n_engine, &n_capture);
    if (status != RV_OK) {
        return status;
    }
    void *const for_engine  = mem ? rv_arena_take(&arena, 1, n_engine) : NULL;
    void *const for_capture = mem ? rv_arena_take(&arena, 1, n_capture) : NULL;
    if (!for_engine || !for_capture) {
        return RV_ERR_MEMORY;
    }
    status = rv_engine_init(&self->engine, &self->config, for_engine, n_engine);
    if (status == RV_OK) {
        status = rv_capture_init(&self->capture, &self->capture_config, &self->source,
                                 for_capture, n_capture);
    }
    if (status != RV_OK) {
        self->engine  = NULL;
        self->capture = NULL;
    }
    return status;
}

static void
pass_on(void *const context, const rv_cycle_output *const output)
{
    const rv_flat *const self = context;
    self->sink(self->context, output->json, output->n_json, output->record->witness);
}

void
rv_flat_set_sink(rv_flat *const self, rv_flat_sink *const sink, void *const context)
{
    self->sink    = sink;
    self->context = context;
    if (self->engine) {
        rv_engine_set_sink(self->engine, sink ? pass_on : NULL, self);
    }
}

rv_status
rv_flat_step(rv_flat *const self)
{
    rv_capture_item item;
    if (!self->engine) {
        return RV_ERR_STATE;
    }
    const rv_status status = rv_capture_next(self->capture, &item);
    if (status == RV_ERR_END) {
        rv_engine_finish(self->engine);
    }
    if (status != RV_OK || item.reason != RV_REASON_NONE) {
        return status;
    }
    return rv_engine_push(self->engine, &item.input);
}

static void
describe(const rv_frame *const frame, rv_flat_frame *const out)
{
    const rv_layout *const  layout  = frame->layout;
    const rv_segment *const segment = &layout->segment[layout->primary];
    *out                            = (rv_flat_frame){.t_us       = frame->t_us,
                                                      .tx         = frame->tx,
                                                      .re         = frame->re + segment->first,
                                                      .im         = frame->im + segment->first,
                                                      .tone       = segment->tone,
                                                      .entry      = segment->entry,
                                                      .n_streams  = (uint32_t)frame->n_rx * frame->n_tx,
                                                      .n_entries  = layout->n_entries,
                                                      .n_tones    = segment->n_tones,
                                                      .spacing_hz = layout->spacing_hz,
                                                      .freq_mhz   = frame->freq_mhz,
                                                      .node       = frame->node,
                                                      .layout     = layout->id,
                                                      .rssi_dbm   = frame->rssi_dbm,
                                                      .synthetic  = frame->synthetic,
                                                      .sequence   = frame->has_sequence ? frame->sequence : 0};
}

rv_status
rv_flat_next_frame(rv_flat *const self, rv_flat_frame *const out)
{
    if (!self->capture) {
        return RV_ERR_STATE;
    }
    for (;;) {
        rv_capture_item item;
        const rv_frame *frame  = NULL;
        const rv_status status = rv_capture_next(self->capture, &item);
        if (status != RV_OK) {
            return status;
        }
        if (item.reason != RV_REASON_NONE) {
            continue;
        }
        if (item.input.kind == RV_INPUT_FRAME) {
            frame = item.input.frame;
        } else if (item.input.kind == RV_INPUT_DATAGRAM) {
            rv_wire_decode(&self->wire, &item.input, &self->packet);
            frame = self->packet.reason == RV_REASON_NONE &&
                            self->packet.kind == RV_PACKET_CSI
                        ? &self->packet.frame
                        : NULL;
        }
        if (frame && rv_frame_check(frame) == RV_REASON_NONE) {
            describe(frame, out);
            return RV_OK;
        }
    }
}

const char *
rv_flat_format(const rv_flat *const self)
{
    return self->capture ? rv_format_name(rv_capture_format(self->capture)) : NULL;
}

uint64_t
rv_flat_accepted(const rv_flat *const self)
{
    return self->engine ? rv_engine_get_counters(self->engine)->frames_accepted : 0;
}

uint64_t
rv_flat_refused(const rv_flat *const self)
{
    if (!self->engine) {
        return 0;
    }
    uint64_t sum = rv_engine_get_counters(self->engine)->frames_refused;
    for (int r = 0; r < RV_REASON_COUNT; ++r) {
        sum += rv_capture_counted(self->capture)->refused[r];
    }
    return sum;
}

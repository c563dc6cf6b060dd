// SPDX-License-Identifier: MIT
// The engine for a browser: one capture through the pipeline. All memory is part of the
// module and never grows; the capture stays with JavaScript and is read through a
// window.
#include "wasm/freestanding.h"

#include <ruview/engine/flat.h>

#include <stdbool.h>

enum { n_memory = 32 << 20, window = 1 << 20, n_flat = 64 << 10 };

static _Alignas(64) uint8_t memory[n_memory];
static _Alignas(64) uint8_t flat_memory[n_flat];

/// Up to `n` bytes of the capture into `into`: count, 0 at the end
RV_IMPORT(read) int32_t ruview_read(uint8_t *into, uint32_t n);

/// One published cycle
RV_IMPORT(cycle)
void ruview_cycle(const char *json, uint32_t n_json, const uint8_t *witness);

static rv_flat *
self(void)
{
    return (rv_flat *)(void *)flat_memory;
}

static int64_t
read(void *const context, uint8_t *const into, const size_t n)
{
    (void)context;
    return ruview_read(into, (uint32_t)n);
}

static void
take(void *const context, const char *const json, const size_t n_json,
     const uint8_t *const witness)
{
    (void)context;
    ruview_cycle(json, (uint32_t)n_json, witness);
}

/// Forget everything; first call for each capture
RV_EXPORT(begin) int32_t ruview_begin(void);
RV_EXPORT(room) int32_t ruview_room(float east, float north, float up);
RV_EXPORT(node) int32_t ruview_node(uint32_t node, float east, float north, float up);
RV_EXPORT(transmitter)
int32_t ruview_transmitter(uint32_t high, uint32_t low, float east, float north,
                           float up);
RV_EXPORT(mode) int32_t ruview_mode(uint32_t mode);

/// Bytes that this configuration needs of the memory; negative: rv_status
RV_EXPORT(need) int32_t ruview_need(void);

/// Read the head of the capture; rv_status
RV_EXPORT(open) int32_t ruview_open(void);

/// Take up to `n` records; 0 there is more, ERR_END all are taken
RV_EXPORT(step) int32_t ruview_step(uint32_t n);
RV_EXPORT(accepted) uint32_t ruview_accepted(void);
RV_EXPORT(refused) uint32_t ruview_refused(void);

int32_t
ruview_begin(void)
{
    return rv_flat_bytes() <= sizeof flat_memory
               ? (int32_t)rv_flat_begin(self(), sizeof flat_memory)
               : (int32_t)RV_ERR_MEMORY;
}

int32_t
ruview_room(const float east, const float north, const float up)
{
    return (int32_t)rv_flat_room(self(), east, north, up);
}

int32_t
ruview_node(const uint32_t node, const float east, const float north, const float up)
{
    return (int32_t)rv_flat_node(self(), node, east, north, up, 0);
}

int32_t
ruview_transmitter(const uint32_t high, const uint32_t low, const float east,
                   const float north, const float up)
{
    return (int32_t)rv_flat_transmitter(self(), (uint64_t)high << 32 | low, east, north,
                                        up);
}

int32_t
ruview_mode(const uint32_t mode)
{
    return (int32_t)rv_flat_mode(self(), mode);
}

int32_t
ruview_need(void)
{
    size_t    n      = 0;
    rv_status status = rv_flat_source_read(self(), read, NULL, window);
    if (status == RV_OK) {
        status = rv_flat_memory(self(), &n);
    }
    return status == RV_OK ? (int32_t)n : (int32_t)status;
}

int32_t
ruview_open(void)
{
    const int32_t n = ruview_need();
    if (n < 0) {
        return n;
    }
    const rv_status status = rv_flat_open(self(), memory, sizeof memory);
    if (status == RV_OK) {
        rv_flat_set_sink(self(), take, NULL);
    }
    return (int32_t)status;
}

int32_t
ruview_step(const uint32_t n)
{
    for (uint32_t i = 0; i < n; ++i) {
        const rv_status status = rv_flat_step(self());
        if (status != RV_OK) {
            return (int32_t)status;
        }
    }
    return 0;
}

uint32_t
ruview_accepted(void)
{
    return (uint32_t)rv_flat_accepted(self());
}

uint32_t
ruview_refused(void)
{
    return (uint32_t)rv_flat_refused(self());
}

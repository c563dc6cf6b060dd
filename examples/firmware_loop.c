// SPDX-License-Identifier: MIT
// How a device embeds the engine: all memory is one static array, nothing is allocated,
// and three functions tie it to the board. Here the board is a pipe: each datagram
// is u64 arrival stamp [us], u16 length, bytes, all little-endian, on standard input.
#include <ruview/ruview.h>

#include <stdio.h>

enum { room_bytes = 4 << 20, most = 2048 };

static _Alignas(64) uint8_t memory[room_bytes];

// ---- what the board has: a radio, a lamp
static bool
radio_receive(uint8_t *const bytes, size_t *const n, uint64_t *const t_us)
{
    uint8_t head[10];
    if (fread(head, sizeof head, 1, stdin) != 1) {
        return false;
    }
    *t_us = rv_load_u64(head);
    *n    = rv_load_u16(head + 8);
    return *n <= most && fread(bytes, 1, *n, stdin) == *n;
}

static void
lamp(void *const context, const rv_cycle_output *const cycle)
{
    int *const before = context;
    const int  now    = (int)cycle->record->presence;
    if (now != *before) {
        printf("%s\n", now == RV_YES ? "on" : now == RV_NO ? "off" : "unknown");
        *before = now;
    }
}

int
main(void)
{
    static uint8_t   bytes[most];
    int              before = -1;
    rv_engine       *engine;
    rv_engine_config config = rv_engine_config_default();
    size_t           n      = 0;
    config.max_links        = 4; // a small board listens to few
    config.ring_frames      = 32;
    config.link_pool        = 1 << 20;
    config.allow_synthetic  = true; // the test feeds it simulated packets
    if (rv_engine_size(&config, &n) != RV_OK || n > sizeof memory ||
        rv_engine_init(&engine, &config, memory, sizeof memory) != RV_OK) {
        fprintf(stderr, "%zu bytes do not fit into %zu\n", n, sizeof memory);
        return 2;
    }
    rv_engine_set_sink(engine, lamp, &before);
    rv_input input = {.kind = RV_INPUT_DATAGRAM, .bytes = bytes};
    input.to       = rv_address_v4(0x7F000001, RV_ADR018_PORT);
    while (radio_receive(bytes, &input.n, &input.t_us)) {
        if (rv_engine_push(engine, &input) != RV_OK) {
            return 1;
        }
    }
    rv_engine_finish(engine);
    fprintf(stderr, "%zu bytes of memory, %llu cycles\n", n,
            (unsigned long long)rv_engine_get_counters(engine)->cycles);
    return 0;
}

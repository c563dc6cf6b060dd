// SPDX-License-Identifier: MIT
/**
   @file engine_bed.h
   The whole pipeline with something to do: datagrams made beforehand and pushed again
   and again with stamps and sequence numbers that go on, so that nothing repeats for
   the engine.
*/
#ifndef RV_BENCH_ENGINE_BED_H
#define RV_BENCH_ENGINE_BED_H

#include <ruview/engine/engine.h>

#include <stdbool.h>
#include <stdint.h>

/// One datagram of the round
typedef struct {
    uint64_t t_us;
    uint32_t at; ///< In bytes
    uint16_t n;
} rv_bed_packet;

/// A round of datagrams and the configuration that fits it
typedef struct {
    rv_bed_packet   *packets;
    uint8_t         *bytes;
    size_t           n_bytes;
    uint32_t         n_packets;
    uint64_t         round_us;       ///< Length of a round
    uint32_t         per_round[256]; ///< Sequence numbers that a node uses up in it
    rv_engine_config config;
} rv_bed;

/// An engine at work on a copy of a round
typedef struct {
    const rv_bed *bed;
    uint8_t      *bytes; ///< Own copy: stamps and numbers change
    void         *memory;
    size_t        n_memory;
    rv_engine    *engine;
    uint32_t      next;
    uint64_t      shift_us;
    uint64_t      n_cycles;
} rv_bed_run;

/// A simulated room with one walker: four nodes in turn, 56 tones, twelve links, for
/// `seconds`. False without memory
bool rv_bed_make_room(rv_bed *self, uint32_t seconds);

/// Twelve nodes with 256 entries each (242 tones), one transmitter, 20 frames a second:
/// static paths, one that moves, noise
bool rv_bed_make_wide(rv_bed *self, uint32_t seconds);

void rv_bed_free(rv_bed *self);

/// Start an engine with the bed's configuration; `digests`: stage digests on
bool rv_bed_start(rv_bed_run *run, const rv_bed *bed, uint32_t cpu_mask, bool digests);

void rv_bed_stop(rv_bed_run *run);

/// Push the next datagram
void rv_bed_push(rv_bed_run *run);

/// Push until `n` more cycles are closed
void rv_bed_cycles(rv_bed_run *run, uint64_t n);

#endif // RV_BENCH_ENGINE_BED_H

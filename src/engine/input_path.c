// SPDX-License-Identifier: MIT
// From an entry of the input log to a frame: decoding and counting.
#include "engine/engine_state.h"

#include <ruview/base/bytes.h>

void
rv_engine_refuse(rv_engine *const self, const rv_reason reason, const bool is_frame)
{
    ++self->counters.refused[reason];
    self->counters.frames_refused += is_frame;
}

static void
take_sync(rv_engine *const self, const rv_packet *const packet, const uint64_t t_us)
{
    rv_node *const node = rv_engine_node(self, packet->node);
    if (!node) {
        rv_engine_refuse(self, RV_REASON_TABLE_FULL, false);
        return;
    }
    const rv_clock_sync sync  = {.local_us = packet->as.sync.local_us,
                                 .epoch_us = packet->as.sync.epoch_us,
                                 .sequence = packet->as.sync.sequence,
                                 .leader   = (packet->as.sync.flags & 1) != 0,
                                 .valid    = (packet->as.sync.flags & 2) != 0};
    const rv_reason     noted = rv_clock_push_sync(&node->clock, &sync, t_us);
    self->counters.noted[noted] += (noted != RV_REASON_NONE);
}

static void
take_datagram(rv_engine *const self, const rv_input *const input)
{
    rv_packet packet;
    ++self->counters.datagrams;
    rv_wire_decode(&self->decoder, input, &packet);
    ++self->counters.packets[packet.kind];
    if (packet.reason != RV_REASON_NONE) {
        rv_engine_refuse(self, packet.reason, packet.kind == RV_PACKET_CSI);
    } else if (packet.kind == RV_PACKET_CSI) {
        rv_engine_take_frame(self, &packet.frame);
    } else if (packet.kind == RV_PACKET_SYNC) {
        take_sync(self, &packet, input->t_us);
    } else {
        ++self->counters.noted[RV_REASON_NOT_CSI];
    }
}

// The digest of a cycle's inputs covers kind, stamp, addresses and bytes of each. A
// frame that a file reader decoded stands for itself with its samples.
static void
hash_input(rv_engine *const self, const rv_input *const input)
{
    uint8_t   header[RV_INPUT_HEADER];
    rv_writer w = {.bytes = header, .size = sizeof header};
    rv_write_u8(&w, (uint8_t)input->kind);
    rv_write_u64(&w, input->t_us);
    rv_write_bytes(&w, input->from.ip, sizeof input->from.ip);
    rv_write_u16(&w, input->from.port);
    rv_write_u64(&w, input->n);
    rv_blake3_update(&self->input_hash, header, w.at);
    if (input->kind != RV_INPUT_FRAME) {
        rv_blake3_update(&self->input_hash, input->bytes, input->n);
        return;
    }
    const rv_frame *const frame = input->frame;
    const size_t n = (size_t)frame->n_rx * frame->n_tx * frame->layout->n_entries;
    uint8_t      sample[512];
    w = (rv_writer){.bytes = sample, .size = sizeof sample};
    rv_write_u64(&w, frame->tx);
    rv_write_u32(&w, frame->freq_mhz);
    rv_write_u32(&w, frame->sequence);
    rv_write_u16(&w, frame->layout->id);
    rv_write_u8(&w, frame->node);
    rv_write_u8(&w, (uint8_t)frame->rssi_dbm);
    for (size_t i = 0; i < n; ++i) {
        if (w.size - w.at < 8) {
            rv_blake3_update(&self->input_hash, sample, w.at);
            w.at = 0;
        }
        rv_write_f32(&w, frame->re[i]);
        rv_write_f32(&w, frame->im[i]);
    }
    rv_blake3_update(&self->input_hash, sample, w.at);
}

// Every cycle that the stamp completes is closed before the entry is looked at. A
// timeline that jumped is closed where it stood and begun anew.
static rv_reason
advance(rv_engine *const self, const uint64_t t_us)
{
    rv_stamp_verdict verdict = rv_cycle_clock_see(&self->clock, t_us);
    if (verdict == RV_STAMP_TOO_FAR) {
        ++self->counters.noted[RV_REASON_TIME_BACKWARDS];
        rv_engine_close_cycle(self);
        rv_cycle_clock_restart(&self->clock, t_us);
        verdict = RV_STAMP_ON_TIME;
    }
    while (rv_cycle_clock_due(&self->clock)) {
        rv_engine_close_cycle(self);
    }
    return verdict == RV_STAMP_LATE ? RV_REASON_LATE : RV_REASON_NONE;
}

rv_status
rv_engine_push(rv_engine *const self, const rv_input *const input)
{
    if (input->kind == RV_INPUT_NONE || input->kind > RV_INPUT_NOTE) {
        return RV_ERR_VALUE;
    }
    if (input->kind == RV_INPUT_NOTE) {
        return RV_OK;
    }
    const rv_reason late = advance(self, input->t_us);
    ++self->counters.inputs;
    hash_input(self, input);
    if (late != RV_REASON_NONE && input->kind != RV_INPUT_COMMAND) {
        rv_engine_refuse(self, late, input->kind != RV_INPUT_TICK);
        return RV_OK;
    }
    switch (input->kind) {
    case RV_INPUT_DATAGRAM:
        take_datagram(self, input);
        break;
    case RV_INPUT_FRAME:
        rv_engine_take_frame(self, input->frame);
        break;
    case RV_INPUT_COMMAND:
        rv_engine_take_command(self, input);
        break;
    case RV_INPUT_TICK:
    case RV_INPUT_NOTE:
    case RV_INPUT_NONE:
        break;
    }
    return RV_OK;
}

void
rv_engine_finish(rv_engine *const self)
{
    if (!self->clock.started) {
        return;
    }
    while (self->clock.newest_us >= rv_cycle_clock_end(&self->clock) ||
           self->clock.newest_us >= self->clock.open_us) {
        const uint64_t newest = self->clock.newest_us;
        rv_engine_close_cycle(self);
        if (self->clock.open_us > newest) {
            break;
        }
    }
}

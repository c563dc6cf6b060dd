// SPDX-License-Identifier: MIT
#include <ruview/capture/input.h>
#include <ruview/frame/frame_bytes.h>

#include "base/try.h"

enum { COMMAND_VERSION = 1, ADDRESS_BYTES = 18, HEAD_BYTES = 9 };

static bool
is_command(const rv_command_kind kind)
{
    return kind >= RV_COMMAND_MODE && kind <= RV_COMMAND_FROM_FILE;
}

static bool
has_blob(const rv_command_kind kind)
{
    return kind == RV_COMMAND_RELOAD || kind == RV_COMMAND_BASELINE ||
           kind == RV_COMMAND_MODE || kind == RV_COMMAND_CONSENT;
}

rv_status
rv_command_encode(const rv_command *const command, rv_writer *const out)
{
    if (!is_command(command->kind) ||
        (command->n_blob != 0 && !has_blob(command->kind))) {
        return RV_ERR_VALUE;
    }
    if (out->failed ||
        (size_t)RV_COMMAND_HEADER + command->n_blob > out->size - out->at) {
        return RV_ERR_FULL;
    }
    rv_write_u16(out, COMMAND_VERSION);
    rv_write_u16(out, (uint16_t)command->kind);
    rv_write_u32(out, command->subject);
    rv_write_u64(out, command->value);
    rv_write_u32(out, command->n_blob);
    rv_write_bytes(out, command->blob, command->n_blob);
    return RV_OK;
}

rv_status
rv_command_decode(const uint8_t *const bytes, const size_t n, rv_command *const out)
{
    if (n < RV_COMMAND_HEADER) {
        return RV_ERR_TRUNCATED;
    }
    const uint32_t n_blob = rv_load_u32(bytes + 16);
    if (n - RV_COMMAND_HEADER != n_blob) {
        return n - RV_COMMAND_HEADER < n_blob ? RV_ERR_TRUNCATED : RV_ERR_TRAILING;
    }
    const rv_command command = {
        .kind    = (rv_command_kind)rv_load_u16(bytes + 2),
        .subject = rv_load_u32(bytes + 4),
        .value   = rv_load_u64(bytes + 8),
        .blob    = bytes + RV_COMMAND_HEADER,
        .n_blob  = n_blob,
    };
    if (rv_load_u16(bytes) != COMMAND_VERSION || !is_command(command.kind) ||
        (n_blob != 0 && !has_blob(command.kind))) {
        return RV_ERR_VALUE;
    }
    *out = command;
    return RV_OK;
}

size_t
rv_input_encoded_size(const rv_input *const input)
{
    switch (input->kind) {
    case RV_INPUT_DATAGRAM:
        return HEAD_BYTES + 2 * (size_t)ADDRESS_BYTES + 4 + input->n;
    case RV_INPUT_FRAME:
        return HEAD_BYTES + rv_frame_encoded_size(input->frame);
    case RV_INPUT_COMMAND:
    case RV_INPUT_NOTE:
        return HEAD_BYTES + 4 + input->n;
    case RV_INPUT_TICK:
    case RV_INPUT_NONE:
        break;
    }
    return HEAD_BYTES;
}

static void
write_address(rv_writer *const out, const rv_address *const a)
{
    rv_write_bytes(out, a->ip, 16);
    rv_write_u16(out, a->port);
}

rv_status
rv_input_encode(const rv_input *const input, rv_writer *const out)
{
    if (input->kind < RV_INPUT_DATAGRAM || input->kind > RV_INPUT_NOTE ||
        input->n > UINT32_MAX) {
        return RV_ERR_VALUE;
    }
    if (out->failed || rv_input_encoded_size(input) > out->size - out->at) {
        return RV_ERR_FULL;
    }
    rv_write_u8(out, (uint8_t)input->kind);
    rv_write_u64(out, input->t_us);
    if (input->kind == RV_INPUT_FRAME) {
        return rv_frame_encode(input->frame, out);
    }
    if (input->kind == RV_INPUT_TICK) {
        return RV_OK;
    }
    if (input->kind == RV_INPUT_DATAGRAM) {
        write_address(out, &input->from);
        write_address(out, &input->to);
    }
    rv_write_u32(out, (uint32_t)input->n);
    rv_write_bytes(out, input->bytes, input->n);
    return RV_OK;
}

static void
read_address(rv_reader *const r, rv_address *const a)
{
    const uint8_t *const ip = rv_read_bytes(r, 16);
    if (ip) {
        memcpy(a->ip, ip, 16);
    }
    a->port = rv_read_u16(r);
}

rv_status
rv_input_decode(const uint8_t *const bytes, const size_t n,
                rv_input_scratch *const scratch, rv_input *const out)
{
    rv_reader r     = {.bytes = bytes, .size = n};
    rv_input  input = {.kind = (rv_input_kind)rv_read_u8(&r)};
    input.t_us      = rv_read_u64(&r);
    if (r.failed) {
        return RV_ERR_TRUNCATED;
    }
    if (input.kind < RV_INPUT_DATAGRAM || input.kind > RV_INPUT_NOTE ||
        (input.kind == RV_INPUT_FRAME && !scratch)) {
        return RV_ERR_VALUE;
    }
    if (input.kind == RV_INPUT_FRAME) {
        RV_TRY(rv_frame_decode(bytes + r.at, n - r.at, scratch->re, scratch->im,
                               scratch->capacity, &scratch->frame));
        input.frame = &scratch->frame;
        *out        = input;
        return RV_OK;
    }
    if (input.kind != RV_INPUT_TICK) {
        if (input.kind == RV_INPUT_DATAGRAM) {
            read_address(&r, &input.from);
            read_address(&r, &input.to);
        }
        input.n     = rv_read_u32(&r);
        input.bytes = rv_read_bytes(&r, input.n);
        if (r.failed) {
            return RV_ERR_TRUNCATED;
        }
    }
    if (r.at != n) {
        return RV_ERR_TRAILING;
    }
    *out = input;
    return RV_OK;
}

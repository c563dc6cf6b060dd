// SPDX-License-Identifier: MIT
// Decoders of single byte strings: node datagrams of every family, canonical frames,
// entries of the input log. What decodes must encode to the same bytes.
#include "fuzz.h"

#include <ruview/capture/wire.h>
#include <ruview/frame/canonical.h>
#include <ruview/frame/frame_bytes.h>

#include <string.h>

enum { SAMPLES = 1 << 14, MAX_BYTES = 1 << 16 };

static float   re[SAMPLES], im[SAMPLES];
static uint8_t again[2 * MAX_BYTES];
static double  samples[MAX_BYTES / 8];

static void
try_datagram(const uint8_t *const data, const size_t size)
{
    static rv_wire wire;
    const rv_input in = {.kind = RV_INPUT_DATAGRAM, .bytes = data, .n = size};
    rv_packet      packet;
    rv_wire_init(&wire);
    rv_wire_decode(&wire, &in, &packet);
    if (packet.kind == RV_PACKET_CSI && packet.reason == RV_REASON_NONE) {
        MUST(rv_frame_check(&packet.frame) == RV_REASON_NONE);
    }
    if (packet.family == RV_FAMILY_ADR018 && packet.reason == RV_REASON_NONE) {
        size_t n = 0;
        MUST(rv_adr018_encode(&packet, again, sizeof again, &n) == RV_OK);
        MUST(n == size && memcmp(again, data, n) == 0);
    }
}

static void
try_canonical(const uint8_t *const data, const size_t size)
{
    rv_canonical         frame;
    rv_canonical_refusal why;
    if (rv_canonical_decode(data, size, &frame, &why) != RV_OK) {
        MUST(why.error != RV_CANONICAL_OK && why.at <= size);
        return;
    }
    for (size_t i = 0; i < 2 * (size_t)frame.rows * frame.cols; ++i) {
        samples[i] = rv_load_f64(frame.samples + 8 * i);
    }
    rv_writer w = {.bytes = again, .size = sizeof again};
    MUST(rv_canonical_encode(&frame, samples, &w) == RV_OK);
    MUST(w.at == size && memcmp(again, data, size) == 0);
}

static void
try_input(const uint8_t *const data, const size_t size)
{
    rv_input_scratch scratch = {.re = re, .im = im, .capacity = SAMPLES};
    rv_input         in;
    rv_command       command;
    rv_frame         frame;
    rv_writer        w = {.bytes = again, .size = sizeof again};
    if (rv_input_decode(data, size, &scratch, &in) == RV_OK) {
        MUST(rv_input_encode(&in, &w) == RV_OK);
        MUST(w.at == size && memcmp(again, data, size) == 0);
    }
    w = (rv_writer){.bytes = again, .size = sizeof again};
    if (rv_command_decode(data, size, &command) == RV_OK) {
        MUST(rv_command_encode(&command, &w) == RV_OK);
        MUST(w.at == size && memcmp(again, data, size) == 0);
    }
    w = (rv_writer){.bytes = again, .size = sizeof again};
    if (rv_frame_decode(data, size, re, im, SAMPLES, &frame) == RV_OK) {
        MUST(rv_frame_encode(&frame, &w) == RV_OK);
        MUST(w.at == size && memcmp(again, data, size) == 0);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *const data, const size_t size)
{
    if (size > MAX_BYTES) {
        return 0;
    }
    try_datagram(data, size);
    try_canonical(data, size);
    try_input(data, size);
    return 0;
}

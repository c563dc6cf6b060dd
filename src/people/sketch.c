// SPDX-License-Identifier: MIT
#include <ruview/people/sketch.h>

#include "base/exact.h"

#include <ruview/base/bytes.h>
#include <ruview/math/elementary.h>
#include <ruview/math/kernels.h>

#include <string.h>

rv_status
rv_sketch_quantise(const float *const v, const uint32_t dim, uint8_t *const out)
{
    if (dim > RV_SKETCH_MAX_DIM) {
        return RV_ERR_RANGE;
    }
    memset(out, 0, rv_sketch_bytes(dim));
    for (uint32_t i = 0; i < dim; ++i) {
        out[i / 8] = (uint8_t)(out[i / 8] | (uint32_t)(v[i] > 0.0F) << (i % 8));
    }
    return RV_OK;
}

uint32_t
rv_sketch_distance(const uint8_t *const a, const uint8_t *const b, const size_t n_bytes)
{
    return rv_kernels_for(0)->hamming(a, b, n_bytes);
}

uint16_t
rv_sketch_novelty_q15(const float novelty)
{
    if (!(novelty > 0.0F)) {
        return 0;
    }
    // Halves away from zero, as the wire format has it
    const float scaled = (novelty < 1.0F ? novelty : 1.0F) * 32767.0F;
    return (uint16_t)rv_to_i32(rv_floor_f32(scaled + 0.5F));
}

rv_status
rv_sketch_encode(const rv_sketch_packet *const packet, uint8_t *const out,
                 size_t *const n_bytes)
{
    const size_t n_bits_bytes = rv_sketch_bytes(packet->dim);
    const size_t needed       = RV_SKETCH_WIRE_HEADER + n_bits_bytes;
    if (needed > RV_SKETCH_WIRE_MAX) {
        return RV_ERR_RANGE;
    }
    const size_t room = *n_bytes;
    *n_bytes          = needed;
    if (!out || room < needed) {
        return RV_ERR_FULL;
    }
    rv_writer w = {.bytes = out, .size = needed};
    rv_write_u32(&w, RV_SKETCH_MAGIC);
    rv_write_u16(&w, RV_SKETCH_WIRE_VERSION);
    rv_write_u16(&w, packet->version);
    rv_write_u16(&w, packet->dim);
    rv_write_u16(&w, packet->novelty_q15);
    if (n_bits_bytes != 0) {
        rv_write_bytes(&w, packet->bits, n_bits_bytes);
    }
    return RV_OK;
}

rv_reason
rv_sketch_decode(const uint8_t *const bytes, const size_t n_bytes,
                 rv_sketch_packet *const out)
{
    if (n_bytes < RV_SKETCH_WIRE_HEADER) {
        return RV_REASON_TRUNCATED;
    }
    if (n_bytes > RV_SKETCH_WIRE_MAX) {
        return RV_REASON_OVERSIZE;
    }
    rv_reader r = {.bytes = bytes, .size = n_bytes};
    if (rv_read_u32(&r) != RV_SKETCH_MAGIC) {
        return RV_REASON_WRONG_MAGIC;
    }
    if (rv_read_u16(&r) > RV_SKETCH_WIRE_VERSION) {
        return RV_REASON_UNSUPPORTED;
    }
    rv_sketch_packet read = {0};
    read.version          = rv_read_u16(&r);
    read.dim              = rv_read_u16(&r);
    read.novelty_q15      = rv_read_u16(&r);
    read.bits             = bytes + RV_SKETCH_WIRE_HEADER;
    const size_t wanted   = rv_sketch_bytes(read.dim);
    const size_t got      = n_bytes - RV_SKETCH_WIRE_HEADER;
    if (wanted != got) {
        return got < wanted ? RV_REASON_TRUNCATED : RV_REASON_OVERSIZE;
    }
    const uint32_t used = read.dim % 8;
    if (read.novelty_q15 > 32767 || (used != 0 && read.bits[got - 1] >> used != 0)) {
        return RV_REASON_BAD_VALUE;
    }
    *out = read;
    return RV_REASON_NONE;
}

// SPDX-License-Identifier: MIT
#include "capture/adr018_packets.h"

#include <ruview/capture/crc32.h>

#include "base/exact.h"

enum {
    VITALS_BYTES     = 32,
    FEATURES_BYTES   = 48,
    FUSED_BYTES      = 48,
    COMPRESSED_BYTES = 10,
    STATE_BYTES      = 60,
    WASM_BYTES       = 8,
    SYNC_BYTES       = 32,
    MESH_BYTES       = 16,
    MESH_MAX_PAYLOAD = 256,
};

static bool
is_finite(const float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    return (bits & 0x7F800000U) != 0x7F800000U;
}

static bool
all_finite(const float *const v, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        if (!is_finite(v[i])) {
            return false;
        }
    }
    return true;
}

static rv_reason
exact_size(const size_t n, const size_t want)
{
    return n < want   ? RV_REASON_TRUNCATED
           : n > want ? RV_REASON_OVERSIZE
                      : RV_REASON_NONE;
}

static void
read_vitals_head(rv_reader *const r, rv_packet_vitals *const v)
{
    v->flags        = rv_read_u8(r);
    v->breathing_e2 = rv_read_u16(r);
    v->heart_e4     = rv_read_u32(r);
    v->rssi_dbm     = (int8_t)rv_read_u8(r);
    v->n_persons    = rv_read_u8(r);
    memcpy(v->spare, rv_read_bytes(r, 2), 2);
    v->motion_energy = rv_read_f32(r);
    v->presence      = rv_read_f32(r);
    v->uptime_ms     = rv_read_u32(r);
}

static rv_reason
read_vitals(rv_reader *const r, rv_packet_vitals *const v)
{
    read_vitals_head(r, v);
    memcpy(v->reserved, rv_read_bytes(r, 4), 4);
    return is_finite(v->motion_energy) && is_finite(v->presence) ? RV_REASON_NONE
                                                                 : RV_REASON_NONFINITE;
}

static rv_reason
read_fused(rv_reader *const r, rv_packet_vitals *const v)
{
    read_vitals_head(r, v);
    v->mmwave_heart       = rv_read_f32(r);
    v->mmwave_breathing   = rv_read_f32(r);
    v->mmwave_distance_cm = rv_read_f32(r);
    v->mmwave_targets     = rv_read_u8(r);
    v->mmwave_confidence  = rv_read_u8(r);
    memcpy(v->reserved_fused, rv_read_bytes(r, 6), 6);
    return is_finite(v->motion_energy) && is_finite(v->presence) &&
                   is_finite(v->mmwave_heart) && is_finite(v->mmwave_breathing) &&
                   is_finite(v->mmwave_distance_cm)
               ? RV_REASON_NONE
               : RV_REASON_NONFINITE;
}

static rv_reason
read_features(rv_reader *const r, rv_packet_features *const f)
{
    f->reserved  = rv_read_u8(r);
    f->sequence  = rv_read_u16(r);
    f->device_us = (int64_t)rv_read_u64(r);
    for (int i = 0; i < 8; ++i) {
        f->feature[i] = rv_read_f32(r);
    }
    return all_finite(f->feature, 8) ? RV_REASON_NONE : RV_REASON_NONFINITE;
}

static rv_reason
read_state(const uint8_t *const bytes, rv_reader *const r,
           rv_packet_feature_state *const s)
{
    s->mode      = rv_read_u8(r);
    s->sequence  = rv_read_u16(r);
    s->device_us = rv_read_u64(r);
    for (int i = 0; i < 9; ++i) {
        s->value[i] = rv_read_f32(r);
    }
    s->flags           = rv_read_u16(r);
    s->reserved        = rv_read_u16(r);
    const uint32_t crc = rv_read_u32(r);
    if (crc != rv_crc32(0, bytes, STATE_BYTES - 4)) {
        return RV_REASON_BAD_CHECKSUM;
    }
    return all_finite(s->value, 9) ? RV_REASON_NONE : RV_REASON_NONFINITE;
}

static rv_reason
read_compressed(rv_reader *const r, rv_packet_compressed *const c)
{
    c->channel = rv_read_u8(r);
    c->n_iq    = rv_read_u16(r);
    c->n_data  = rv_read_u16(r);
    c->data    = rv_read_bytes(r, c->n_data);
    if (r->failed) {
        return RV_REASON_TRUNCATED;
    }
    if (r->size - r->at > UINT16_MAX) {
        return RV_REASON_OVERSIZE;
    }
    c->more   = r->bytes + r->at;
    c->n_more = (uint16_t)(r->size - r->at);
    return RV_REASON_NONE;
}

static rv_reason
read_wasm(rv_reader *const r, rv_packet_wasm *const w)
{
    w->module   = rv_read_u8(r);
    w->n_events = rv_read_u16(r);
    if (w->n_events > RV_ADR018_MAX_EVENTS) {
        return RV_REASON_OVERSIZE;
    }
    const rv_reason size = exact_size(r->size, WASM_BYTES + (size_t)5 * w->n_events);
    if (size != RV_REASON_NONE) {
        return size;
    }
    for (int i = 0; i < w->n_events; ++i) {
        w->type[i]  = rv_read_u8(r);
        w->value[i] = rv_read_f32(r);
    }
    return all_finite(w->value, w->n_events) ? RV_REASON_NONE : RV_REASON_NONFINITE;
}

static rv_reason
read_sync(rv_reader *const r, rv_packet_sync *const s)
{
    const uint8_t version = rv_read_u8(r);
    s->flags              = rv_read_u8(r);
    s->reserved           = rv_read_u8(r);
    s->local_us           = rv_read_u64(r);
    s->epoch_us           = rv_read_u64(r);
    s->sequence           = rv_read_u32(r);
    s->reserved2          = rv_read_u32(r);
    return version == 1 ? RV_REASON_NONE : RV_REASON_BAD_VALUE;
}

/// Payload bytes of a known type; -1 for an unknown one
static int
mesh_payload(const uint8_t type)
{
    static const int8_t size[8] = {-1, 16, 16, 24, 20, 60, 28, 28};
    return type < 8 ? size[type] : -1;
}

static rv_reason
read_mesh(const uint8_t *const bytes, const size_t n, rv_packet_mesh *const m)
{
    if (n < MESH_BYTES + 4) {
        return RV_REASON_TRUNCATED;
    }
    m->type      = bytes[5];
    m->role      = bytes[6];
    m->auth      = bytes[7];
    m->epoch     = rv_load_u32(bytes + 8);
    m->n_payload = rv_load_u16(bytes + 12);
    m->reserved  = rv_load_u16(bytes + 14);
    m->payload   = bytes + MESH_BYTES;
    if (m->n_payload > MESH_MAX_PAYLOAD) {
        return RV_REASON_OVERSIZE;
    }
    const size_t body = MESH_BYTES + (size_t)m->n_payload;
    if (n < body + 4) {
        return RV_REASON_TRUNCATED;
    }
    if (n - body - 4 > UINT16_MAX) {
        return RV_REASON_OVERSIZE;
    }
    m->more   = bytes + body + 4;
    m->n_more = (uint16_t)(n - body - 4);
    if (rv_load_u32(bytes + body) != rv_crc32(0, bytes, body)) {
        return RV_REASON_BAD_CHECKSUM;
    }
    const int want = mesh_payload(m->type);
    return bytes[4] == 1 && (want < 0 || want == m->n_payload) ? RV_REASON_NONE
                                                               : RV_REASON_BAD_VALUE;
}

/// Bytes of a packet of fixed size; 0 where the size is inside
static size_t
fixed_size(const rv_packet_kind kind)
{
    static const uint8_t size[RV_PACKET_KINDS] = {
        [RV_PACKET_VITALS] = VITALS_BYTES,      [RV_PACKET_FEATURES] = FEATURES_BYTES,
        [RV_PACKET_FUSED_VITALS] = FUSED_BYTES, [RV_PACKET_FEATURE_STATE] = STATE_BYTES,
        [RV_PACKET_SYNC] = SYNC_BYTES,
    };
    return size[kind];
}

rv_reason
rv_adr018_read_packet(const uint8_t *const bytes, const size_t n, rv_packet *const out)
{
    const size_t want = fixed_size(out->kind);
    if (want) {
        const rv_reason size = exact_size(n, want);
        if (size != RV_REASON_NONE) {
            return size;
        }
    }
    if (out->kind == RV_PACKET_MESH) {
        return read_mesh(bytes, n, &out->as.mesh);
    }
    if (n < WASM_BYTES || (out->kind == RV_PACKET_COMPRESSED && n < COMPRESSED_BYTES)) {
        return RV_REASON_TRUNCATED;
    }
    rv_reader r = {.bytes = bytes, .size = n, .at = 5};
    switch (out->kind) {
    case RV_PACKET_VITALS:
        return read_vitals(&r, &out->as.vitals);
    case RV_PACKET_FUSED_VITALS:
        return read_fused(&r, &out->as.vitals);
    case RV_PACKET_FEATURES:
        return read_features(&r, &out->as.features);
    case RV_PACKET_FEATURE_STATE:
        return read_state(bytes, &r, &out->as.state);
    case RV_PACKET_COMPRESSED:
        return read_compressed(&r, &out->as.compressed);
    case RV_PACKET_WASM:
        return read_wasm(&r, &out->as.wasm);
    case RV_PACKET_SYNC:
        return read_sync(&r, &out->as.sync);
    default:
        return RV_REASON_WRONG_MAGIC;
    }
}

// ---- writing

static void
write_vitals(const rv_packet_vitals *const v, const bool fused, rv_writer *const w)
{
    rv_write_u8(w, v->flags);
    rv_write_u16(w, v->breathing_e2);
    rv_write_u32(w, v->heart_e4);
    rv_write_u8(w, (uint8_t)v->rssi_dbm);
    rv_write_u8(w, v->n_persons);
    rv_write_bytes(w, v->spare, 2);
    rv_write_f32(w, v->motion_energy);
    rv_write_f32(w, v->presence);
    rv_write_u32(w, v->uptime_ms);
    if (!fused) {
        rv_write_bytes(w, v->reserved, 4);
        return;
    }
    rv_write_f32(w, v->mmwave_heart);
    rv_write_f32(w, v->mmwave_breathing);
    rv_write_f32(w, v->mmwave_distance_cm);
    rv_write_u8(w, v->mmwave_targets);
    rv_write_u8(w, v->mmwave_confidence);
    rv_write_bytes(w, v->reserved_fused, 6);
}

static void
write_state(const rv_packet_feature_state *const s, rv_writer *const w)
{
    rv_write_u8(w, s->mode);
    rv_write_u16(w, s->sequence);
    rv_write_u64(w, s->device_us);
    for (int i = 0; i < 9; ++i) {
        rv_write_f32(w, s->value[i]);
    }
    rv_write_u16(w, s->flags);
    rv_write_u16(w, s->reserved);
    if (!w->failed) {
        rv_write_u32(w, rv_crc32(0, w->bytes, w->at));
    }
}

static rv_status
write_mesh(const rv_packet_mesh *const m, rv_writer *const w)
{
    const int want = mesh_payload(m->type);
    if (m->n_payload > MESH_MAX_PAYLOAD || (want >= 0 && want != m->n_payload)) {
        return RV_ERR_VALUE;
    }
    rv_write_u8(w, 1);
    rv_write_u8(w, m->type);
    rv_write_u8(w, m->role);
    rv_write_u8(w, m->auth);
    rv_write_u32(w, m->epoch);
    rv_write_u16(w, m->n_payload);
    rv_write_u16(w, m->reserved);
    rv_write_bytes(w, m->payload, m->n_payload);
    if (!w->failed) {
        rv_write_u32(w, rv_crc32(0, w->bytes, w->at));
    }
    rv_write_bytes(w, m->more, m->n_more);
    return RV_OK;
}

static rv_status
write_wasm(const rv_packet_wasm *const p, rv_writer *const w)
{
    if (p->n_events > RV_ADR018_MAX_EVENTS) {
        return RV_ERR_VALUE;
    }
    rv_write_u8(w, p->module);
    rv_write_u16(w, p->n_events);
    for (int i = 0; i < p->n_events; ++i) {
        rv_write_u8(w, p->type[i]);
        rv_write_f32(w, p->value[i]);
    }
    return RV_OK;
}

static void
write_features(const rv_packet_features *const f, rv_writer *const w)
{
    rv_write_u8(w, f->reserved);
    rv_write_u16(w, f->sequence);
    rv_write_u64(w, (uint64_t)f->device_us);
    for (int i = 0; i < 8; ++i) {
        rv_write_f32(w, f->feature[i]);
    }
}

static void
write_sync(const rv_packet_sync *const s, rv_writer *const w)
{
    rv_write_u8(w, 1);
    rv_write_u8(w, s->flags);
    rv_write_u8(w, s->reserved);
    rv_write_u64(w, s->local_us);
    rv_write_u64(w, s->epoch_us);
    rv_write_u32(w, s->sequence);
    rv_write_u32(w, s->reserved2);
}

rv_status
rv_adr018_write_packet(const rv_packet *const packet, rv_writer *const w)
{
    switch (packet->kind) {
    case RV_PACKET_VITALS:
    case RV_PACKET_FUSED_VITALS:
        write_vitals(&packet->as.vitals, packet->kind == RV_PACKET_FUSED_VITALS, w);
        return RV_OK;
    case RV_PACKET_FEATURES:
        write_features(&packet->as.features, w);
        return RV_OK;
    case RV_PACKET_FEATURE_STATE:
        write_state(&packet->as.state, w);
        return RV_OK;
    case RV_PACKET_COMPRESSED:
        rv_write_u8(w, packet->as.compressed.channel);
        rv_write_u16(w, packet->as.compressed.n_iq);
        rv_write_u16(w, packet->as.compressed.n_data);
        rv_write_bytes(w, packet->as.compressed.data, packet->as.compressed.n_data);
        rv_write_bytes(w, packet->as.compressed.more, packet->as.compressed.n_more);
        return RV_OK;
    case RV_PACKET_WASM:
        return write_wasm(&packet->as.wasm, w);
    case RV_PACKET_SYNC:
        write_sync(&packet->as.sync, w);
        return RV_OK;
    case RV_PACKET_MESH:
        return write_mesh(&packet->as.mesh, w);
    default:
        return RV_ERR_VALUE;
    }
}

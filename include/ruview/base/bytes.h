// SPDX-License-Identifier: MIT
/**
   @file bytes.h
   Little-endian numbers in byte buffers, on every machine, and cursors over them that
   cannot run past the end.

   A reader or writer that has once run out stays failed: check once, at the end.
*/
#ifndef RV_BASE_BYTES_H
#define RV_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint16_t
rv_load_u16(const uint8_t *const p)
{
    return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
rv_load_u32(const uint8_t *const p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static inline uint64_t
rv_load_u64(const uint8_t *const p)
{
    return (uint64_t)rv_load_u32(p) | (uint64_t)rv_load_u32(p + 4) << 32;
}

static inline float
rv_load_f32(const uint8_t *const p)
{
    const uint32_t bits = rv_load_u32(p);
    float          value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double
rv_load_f64(const uint8_t *const p)
{
    const uint64_t bits = rv_load_u64(p);
    double         value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline void
rv_store_u16(uint8_t *const p, const uint16_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

static inline void
rv_store_u32(uint8_t *const p, const uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}

static inline void
rv_store_u64(uint8_t *const p, const uint64_t v)
{
    rv_store_u32(p, (uint32_t)v);
    rv_store_u32(p + 4, (uint32_t)(v >> 32));
}

/// Stores the bits; every NaN becomes 0x7FC00000 so that equal values have equal bytes
static inline void
rv_store_f32(uint8_t *const p, const float v)
{
    uint32_t bits;
    memcpy(&bits, &v, sizeof bits);
    rv_store_u32(p, (bits & 0x7FFFFFFFU) > 0x7F800000U ? 0x7FC00000U : bits);
}

/// Stores the bits unchanged, NaN payload included (the canonical CSI frame wants that)
static inline void
rv_store_f64(uint8_t *const p, const double v)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    rv_store_u64(p, bits);
}

/// Reads forward through `size` bytes
typedef struct {
    const uint8_t *bytes;
    size_t         size;
    size_t         at;     ///< Offset of the next byte, <= size
    bool           failed; ///< A read went past the end; all later reads give 0
} rv_reader;

static inline const uint8_t *
rv_read_bytes(rv_reader *const r, const size_t n)
{
    if (r->failed || n > r->size - r->at) {
        r->failed = true;
        return NULL;
    }
    const uint8_t *const p = r->bytes + r->at;
    r->at += n;
    return p;
}

static inline uint8_t
rv_read_u8(rv_reader *const r)
{
    const uint8_t *const p = rv_read_bytes(r, 1);
    return p ? *p : 0;
}

static inline uint16_t
rv_read_u16(rv_reader *const r)
{
    const uint8_t *const p = rv_read_bytes(r, 2);
    return p ? rv_load_u16(p) : 0;
}

static inline uint32_t
rv_read_u32(rv_reader *const r)
{
    const uint8_t *const p = rv_read_bytes(r, 4);
    return p ? rv_load_u32(p) : 0;
}

static inline uint64_t
rv_read_u64(rv_reader *const r)
{
    const uint8_t *const p = rv_read_bytes(r, 8);
    return p ? rv_load_u64(p) : 0;
}

static inline float
rv_read_f32(rv_reader *const r)
{
    const uint8_t *const p = rv_read_bytes(r, 4);
    return p ? rv_load_f32(p) : 0.0F;
}

/// Writes forward into `size` bytes
typedef struct {
    uint8_t *bytes;
    size_t   size;
    size_t   at;     ///< Offset of the next byte, <= size
    bool     failed; ///< A write did not fit; it and all later ones wrote nothing
} rv_writer;

static inline uint8_t *
rv_write_space(rv_writer *const w, const size_t n)
{
    if (w->failed || n > w->size - w->at) {
        w->failed = true;
        return NULL;
    }
    uint8_t *const p = w->bytes + w->at;
    w->at += n;
    return p;
}

static inline void
rv_write_bytes(rv_writer *const w, const void *const data, const size_t n)
{
    uint8_t *const p = rv_write_space(w, n);
    if (p && n > 0) {
        memcpy(p, data, n);
    }
}

static inline void
rv_write_u8(rv_writer *const w, const uint8_t v)
{
    uint8_t *const p = rv_write_space(w, 1);
    if (p) {
        *p = v;
    }
}

static inline void
rv_write_u16(rv_writer *const w, const uint16_t v)
{
    uint8_t *const p = rv_write_space(w, 2);
    if (p) {
        rv_store_u16(p, v);
    }
}

static inline void
rv_write_u32(rv_writer *const w, const uint32_t v)
{
    uint8_t *const p = rv_write_space(w, 4);
    if (p) {
        rv_store_u32(p, v);
    }
}

static inline void
rv_write_u64(rv_writer *const w, const uint64_t v)
{
    uint8_t *const p = rv_write_space(w, 8);
    if (p) {
        rv_store_u64(p, v);
    }
}

static inline void
rv_write_f32(rv_writer *const w, const float v)
{
    uint8_t *const p = rv_write_space(w, 4);
    if (p) {
        rv_store_f32(p, v);
    }
}

#endif // RV_BASE_BYTES_H

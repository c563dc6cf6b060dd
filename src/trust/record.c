// SPDX-License-Identifier: MIT
// Encoder of the canonical record. It walks the tables of record_fields.c.
#include "trust/record_fields.h"

#include "base/exact.h"

#include <ruview/base/bytes.h>

#include <string.h>

/// Counts what it is given and stores what fits
typedef struct {
    uint8_t *bytes;
    size_t   size;
    size_t   at;
    bool     nonfinite;
    bool     bad; ///< An enumeration outside its range
} sink;

static uint8_t *
space(sink *const s, const size_t n)
{
    uint8_t *const p =
        s->at <= s->size && n <= s->size - s->at ? s->bytes + s->at : NULL;
    s->at += n;
    return p;
}

static void
put_u8(sink *const s, const uint8_t v)
{
    uint8_t *const p = space(s, 1);
    if (p) {
        *p = v;
    }
}

static void
put_u16(sink *const s, const uint16_t v)
{
    uint8_t *const p = space(s, 2);
    if (p) {
        rv_store_u16(p, v);
    }
}

static void
put_floats(sink *const s, const void *const floats, const size_t n)
{
    uint8_t *const p     = space(s, 4 * n);
    uint32_t       worst = 0;
    for (size_t i = 0; i < n; ++i) {
        uint32_t bits;
        memcpy(&bits, (const uint8_t *)floats + 4 * i, sizeof bits);
        const uint32_t exponent = bits & 0x7F800000U;
        worst                   = exponent > worst ? exponent : worst;
        if (p) {
            rv_store_u32(p + 4 * i, bits);
        }
    }
    s->nonfinite = s->nonfinite || worst == 0x7F800000U;
}

/// A known estimate at p, 13 bytes
static void
store_estimate(sink *const s, uint8_t *const p, const rv_estimate *const estimate)
{
    uint32_t value, sigma, quality;
    memcpy(&value, &estimate->value, sizeof value);
    memcpy(&sigma, &estimate->sigma, sizeof sigma);
    memcpy(&quality, &estimate->quality, sizeof quality);
    const uint32_t top = 0x7F800000U;
    s->nonfinite       = s->nonfinite || (value & top) == top || (sigma & top) == top ||
                   (quality & top) == top;
    if (p) {
        p[0] = RV_REASON_NONE;
        rv_store_u32(p + 1, value);
        rv_store_u32(p + 5, sigma);
        rv_store_u32(p + 9, quality);
    }
}

static void
put_estimate(sink *const s, const uint8_t *const at)
{
    rv_estimate estimate;
    memcpy(&estimate, at, sizeof estimate);
    if (estimate.reason == RV_REASON_NONE) {
        store_estimate(s, space(s, 13), &estimate);
    } else {
        s->bad = s->bad || (unsigned)estimate.reason >= RV_REASON_COUNT;
        put_u8(s, (uint8_t)estimate.reason);
    }
}

static void
put_unsigned(sink *const s, const uint8_t *const field, const uint8_t size)
{
    uint8_t *const p = space(s, size);
    if (!p) {
        return;
    }
    const uint64_t v = rv_record_load_unsigned(field, size);
    switch (size) {
    case 8:
        rv_store_u64(p, v);
        break;
    case 4:
        rv_store_u32(p, (uint32_t)v);
        break;
    case 2:
        rv_store_u16(p, (uint16_t)v);
        break;
    default:
        *p = (uint8_t)v;
    }
}

static void
put_enum(sink *const s, const uint8_t *const field, const uint8_t size,
         const uint16_t limit)
{
    const uint64_t v = rv_record_load_unsigned(field, size);
    s->bad           = s->bad || v >= limit;
    put_u8(s, (uint8_t)v);
}

static void
put_field(sink *const s, const rv_record_field *const f, const uint8_t *const item)
{
    const uint8_t *const at = item + f->offset;
    switch ((rv_kind)f->kind) {
    case RV_KIND_U:
    case RV_KIND_I16:
        put_unsigned(s, at, f->size);
        break;
    case RV_KIND_ENUM:
        put_enum(s, at, f->size, f->limit);
        break;
    case RV_KIND_F32:
        put_floats(s, at, f->count);
        break;
    case RV_KIND_ESTIMATE:
        put_estimate(s, at);
        break;
    case RV_KIND_BYTES: {
        uint8_t *const p = space(s, f->count);
        if (p) {
            memcpy(p, at, f->count);
        }
        break;
    }
    }
}

static void
put_item(sink *const s, const rv_record_table *const table, const void *const item)
{
    for (uint16_t i = 0; i < table->n_fields; ++i) {
        put_field(s, &table->fields[i], item);
    }
}

static void
put_links(sink *const s, const rv_record *const record)
{
    put_u16(s, record->n_links);
    for (uint16_t i = 0; i < record->n_links; ++i) {
        const rv_record_link *const link = &record->links[i];
        put_item(s, &rv_record_links, link);
        put_u16(s, link->n_taps);
        put_floats(s, link->tap_delay_ns, link->n_taps);
        put_floats(s, link->tap_power_db, link->n_taps);
        put_u16(s, link->n_tones);
        put_floats(s, link->amplitude, link->n_tones);
    }
}

static void
put_persons(sink *const s, const rv_record *const record)
{
    put_u16(s, record->n_persons);
    for (uint16_t i = 0; i < record->n_persons; ++i) {
        const rv_record_person *const person = &record->persons[i];
        put_item(s, &rv_record_persons, person);
        if (person->keypoint_reason == RV_REASON_NONE) {
            put_floats(s, person->keypoint_m, (size_t)RV_N_KEYPOINTS * 3);
            put_floats(s, person->keypoint_sigma_m, RV_N_KEYPOINTS);
        }
    }
}

static void
put_map(sink *const s, const rv_record *const record)
{
    put_item(s, &rv_record_map, record);
    if (record->map_reason == RV_REASON_NONE) {
        const size_t n = (size_t)record->map_nx * record->map_ny * record->map_nz;
        put_floats(s, record->map, n);
        put_u8(s, record->map_sigma != NULL);
        put_floats(s, record->map_sigma, record->map_sigma ? n : 0);
        put_u8(s, record->occupied_levels);
        uint8_t *const p = space(s, record->occupied_levels ? n : 0);
        if (p && record->occupied_levels) {
            memcpy(p, record->occupied, n);
        }
    }
}

static rv_status
check_shape(const rv_record *const record)
{
    if (record->n_nodes > RV_MAX_NODES || record->n_links > RV_MAX_LINKS ||
        record->n_persons > RV_MAX_PERSONS || record->n_events > RV_MAX_EVENTS ||
        record->n_zones > RV_MAX_ZONES || record->n_anchors > RV_MAX_ANCHORS) {
        return RV_ERR_RANGE;
    }
    if ((record->n_nodes && !record->nodes) || (record->n_links && !record->links) ||
        (record->n_persons && !record->persons) ||
        (record->n_events && !record->events) ||
        (record->n_anchors && !record->anchors)) {
        return RV_ERR_RANGE;
    }
    for (uint16_t i = 0; i < record->n_links; ++i) {
        const rv_record_link *const link = &record->links[i];
        if (link->n_taps > RV_RECORD_TAPS || link->n_tones > RV_RECORD_TONES ||
            (link->n_tones > 0 && !link->amplitude)) {
            return RV_ERR_RANGE;
        }
    }
    if (record->map_reason == RV_REASON_NONE) {
        const uint64_t n = (uint64_t)record->map_nx * record->map_ny * record->map_nz;
        if (n == 0 || n > RV_MAX_VOXELS || !record->map ||
            (record->occupied_levels && !record->occupied)) {
            return RV_ERR_RANGE;
        }
    }
    return RV_OK;
}

rv_status
rv_record_encode(const rv_record *const record, uint8_t *const out,
                 size_t *const n_bytes)
{
    const rv_status shape = check_shape(record);
    if (shape != RV_OK) {
        return shape;
    }
    sink s = {.bytes = out, .size = out ? *n_bytes : 0};
    put_item(&s, &rv_record_head, record);
    put_u16(&s, record->n_nodes);
    for (uint16_t i = 0; i < record->n_nodes; ++i) {
        put_item(&s, &rv_record_nodes, &record->nodes[i]);
    }
    put_links(&s, record);
    put_persons(&s, record);
    put_u16(&s, record->n_events);
    for (uint16_t i = 0; i < record->n_events; ++i) {
        put_item(&s, &rv_record_events, &record->events[i]);
    }
    put_u16(&s, record->n_zones);
    for (uint16_t i = 0; i < record->n_zones; ++i) {
        s.bad = s.bad || (unsigned)record->zone_occupied[i] > RV_UNKNOWN;
        put_u8(&s, (uint8_t)record->zone_occupied[i]);
    }
    put_u16(&s, record->n_anchors);
    for (uint16_t i = 0; i < record->n_anchors; ++i) {
        put_item(&s, &rv_record_anchors, &record->anchors[i]);
    }
    put_map(&s, record);
    if (s.nonfinite) {
        return RV_ERR_NONFINITE;
    }
    if (s.bad) {
        return RV_ERR_RANGE;
    }
    const size_t room = *n_bytes;
    *n_bytes          = s.at;
    return out && s.at > room ? RV_ERR_FULL : RV_OK;
}

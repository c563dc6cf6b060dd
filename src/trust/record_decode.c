// SPDX-License-Identifier: MIT
// Decoder of the canonical record: strict, since damaged bytes must never pass as a
// record. It walks the tables of record_fields.c.
#include "trust/record_fields.h"

#include "base/try.h"

#include <ruview/base/arena.h>
#include <ruview/base/bytes.h>

#include <string.h>

typedef struct {
    rv_reader in;
    bool      bad; ///< A value that no record holds
} source;

static void
get_floats(source *const s, void *const floats, const size_t n)
{
    const uint8_t *const p = rv_read_bytes(&s->in, 4 * n);
    for (size_t i = 0; p && i < n; ++i) {
        const uint32_t bits = rv_load_u32(p + 4 * i);
        s->bad              = s->bad || (bits & 0x7F800000U) == 0x7F800000U;
        memcpy((uint8_t *)floats + 4 * i, &bits, sizeof bits);
    }
}

static void
store_unsigned(uint8_t *const p, const uint8_t size, const uint64_t v)
{
    const uint32_t v32 = (uint32_t)v;
    const uint16_t v16 = (uint16_t)v;
    switch (size) {
    case 8:
        memcpy(p, &v, 8);
        break;
    case 4:
        memcpy(p, &v32, 4);
        break;
    case 2:
        memcpy(p, &v16, 2);
        break;
    default:
        *p = (uint8_t)v;
    }
}

static void
get_unsigned(source *const s, const rv_record_field *const f, uint8_t *const at)
{
    const uint8_t *const p = rv_read_bytes(&s->in, f->size);
    uint64_t             v = 0;
    for (uint8_t i = 0; p && i < f->size; ++i) {
        v |= (uint64_t)p[i] << 8 * i;
    }
    s->bad = s->bad || (f->limit && v >= f->limit);
    store_unsigned(at, f->size, v);
}

static uint64_t
get_enum(source *const s, const uint16_t limit)
{
    const uint8_t v = rv_read_u8(&s->in);
    s->bad          = s->bad || v >= limit;
    return v;
}

static void
get_field(source *const s, const rv_record_field *const f, uint8_t *const item)
{
    uint8_t *const at = item + f->offset;
    const uint8_t *p;
    rv_estimate    estimate = {0};
    float          three[3] = {0};
    switch ((rv_kind)f->kind) {
    case RV_KIND_U:
    case RV_KIND_I16:
        get_unsigned(s, f, at);
        break;
    case RV_KIND_ENUM:
        store_unsigned(at, f->size, get_enum(s, f->limit));
        break;
    case RV_KIND_F32:
        get_floats(s, at, f->count);
        break;
    case RV_KIND_ESTIMATE:
        estimate.reason = (rv_reason)get_enum(s, f->limit);
        if (estimate.reason == RV_REASON_NONE) {
            get_floats(s, three, 3);
            estimate = rv_known(three[0], three[1], three[2]);
        }
        memcpy(at, &estimate, sizeof estimate);
        break;
    case RV_KIND_BYTES:
        p = rv_read_bytes(&s->in, f->count);
        if (p) {
            memcpy(at, p, f->count);
        }
        break;
    }
}

static void
get_item(source *const s, const rv_record_table *const table, void *const item)
{
    for (uint16_t i = 0; i < table->n_fields && !s->in.failed; ++i) {
        get_field(s, &table->fields[i], item);
    }
}

/// Count of a list, and its zeroed items
static rv_status
get_list(source *const s, rv_arena *const arena, const rv_record_table *const table,
         uint16_t *const n, void **const items)
{
    *n = rv_read_u16(&s->in);
    if (*n > table->limit) {
        return RV_ERR_RANGE;
    }
    *items = rv_arena_take(arena, *n, table->size);
    if (arena->failed) {
        return RV_ERR_MEMORY;
    }
    memset(*items, 0, (size_t)*n * table->size);
    return RV_OK;
}

/// Floats of variable number, in the arena
static rv_status
get_array(source *const s, rv_arena *const arena, const size_t n, float **const floats)
{
    if (s->in.failed || n > (s->in.size - s->in.at) / 4) {
        return RV_ERR_TRUNCATED;
    }
    *floats = rv_arena_take(arena, n, sizeof(float));
    if (arena->failed) {
        return RV_ERR_MEMORY;
    }
    get_floats(s, *floats, n);
    return RV_OK;
}

static rv_status
get_links(source *const s, rv_arena *const arena, rv_record *const record)
{
    void *items;
    RV_TRY(get_list(s, arena, &rv_record_links, &record->n_links, &items));
    record->links = items;
    for (uint16_t i = 0; i < record->n_links; ++i) {
        rv_record_link *const link = &record->links[i];
        get_item(s, &rv_record_links, link);
        link->n_taps = rv_read_u16(&s->in);
        if (link->n_taps > RV_RECORD_TAPS) {
            return RV_ERR_RANGE;
        }
        get_floats(s, link->tap_delay_ns, link->n_taps);
        get_floats(s, link->tap_power_db, link->n_taps);
        link->n_tones = rv_read_u16(&s->in);
        if (link->n_tones > RV_RECORD_TONES) {
            return RV_ERR_RANGE;
        }
        float *amplitude = NULL;
        RV_TRY(get_array(s, arena, link->n_tones, &amplitude));
        link->amplitude = link->n_tones ? amplitude : NULL;
    }
    return RV_OK;
}

static rv_status
get_persons(source *const s, rv_arena *const arena, rv_record *const record)
{
    void *items;
    RV_TRY(get_list(s, arena, &rv_record_persons, &record->n_persons, &items));
    record->persons = items;
    for (uint16_t i = 0; i < record->n_persons; ++i) {
        rv_record_person *const person = &record->persons[i];
        get_item(s, &rv_record_persons, person);
        if (person->keypoint_reason == RV_REASON_NONE) {
            get_floats(s, person->keypoint_m, (size_t)RV_N_KEYPOINTS * 3);
            get_floats(s, person->keypoint_sigma_m, RV_N_KEYPOINTS);
        }
    }
    return RV_OK;
}

static rv_status
get_plain_lists(source *const s, rv_arena *const arena, rv_record *const record)
{
    void *items;
    RV_TRY(get_list(s, arena, &rv_record_events, &record->n_events, &items));
    record->events = items;
    for (uint16_t i = 0; i < record->n_events; ++i) {
        get_item(s, &rv_record_events, &record->events[i]);
    }
    record->n_zones = rv_read_u16(&s->in);
    if (record->n_zones > RV_MAX_ZONES) {
        return RV_ERR_RANGE;
    }
    for (uint16_t i = 0; i < record->n_zones; ++i) {
        record->zone_occupied[i] = (rv_tristate)get_enum(s, RV_UNKNOWN + 1);
    }
    RV_TRY(get_list(s, arena, &rv_record_anchors, &record->n_anchors, &items));
    record->anchors = items;
    for (uint16_t i = 0; i < record->n_anchors; ++i) {
        get_item(s, &rv_record_anchors, &record->anchors[i]);
    }
    return RV_OK;
}

static rv_status
get_occupied(source *const s, rv_arena *const arena, rv_record *const record,
             const size_t n)
{
    record->occupied_levels = rv_read_u8(&s->in);
    if (record->occupied_levels == 0) {
        return RV_OK;
    }
    const uint8_t *const p = rv_read_bytes(&s->in, n);
    if (!p) {
        return RV_ERR_TRUNCATED;
    }
    uint8_t *const cells = rv_arena_take(arena, n, 1);
    if (arena->failed) {
        return RV_ERR_MEMORY;
    }
    memcpy(cells, p, n);
    record->occupied = cells;
    return RV_OK;
}

static rv_status
get_map(source *const s, rv_arena *const arena, rv_record *const record)
{
    get_item(s, &rv_record_map, record);
    if (s->in.failed || record->map_reason != RV_REASON_NONE) {
        return RV_OK;
    }
    const uint64_t n     = (uint64_t)record->map_nx * record->map_ny * record->map_nz;
    float         *cells = NULL;
    if (n == 0 || n > RV_MAX_VOXELS) {
        return RV_ERR_RANGE;
    }
    RV_TRY(get_array(s, arena, (size_t)n, &cells));
    record->map = cells;
    if (get_enum(s, 2)) {
        RV_TRY(get_array(s, arena, (size_t)n, &cells));
        record->map_sigma = cells;
    }
    return get_occupied(s, arena, record, (size_t)n);
}

static rv_status
get_record(source *const s, rv_arena *const arena, rv_record *const record)
{
    void *items;
    get_item(s, &rv_record_head, record);
    RV_TRY(get_list(s, arena, &rv_record_nodes, &record->n_nodes, &items));
    record->nodes = items;
    for (uint16_t i = 0; i < record->n_nodes; ++i) {
        get_item(s, &rv_record_nodes, &record->nodes[i]);
    }
    RV_TRY(get_links(s, arena, record));
    RV_TRY(get_persons(s, arena, record));
    RV_TRY(get_plain_lists(s, arena, record));
    return get_map(s, arena, record);
}

rv_status
rv_record_decode_size(const size_t n_bytes, size_t *const n_memory)
{
    if (n_bytes > SIZE_MAX / 4) {
        return RV_ERR_RANGE;
    }
    const size_t lists = RV_MAX_NODES * sizeof(rv_record_node) +
                         RV_MAX_LINKS * sizeof(rv_record_link) +
                         RV_MAX_PERSONS * sizeof(rv_record_person) +
                         RV_MAX_EVENTS * sizeof(rv_record_event) +
                         RV_MAX_ANCHORS * sizeof(rv_record_anchor);
    const size_t arrays = RV_MAX_LINKS + 3 + 5; // each is rounded up to RV_ARENA_ALIGN
    *n_memory           = lists + n_bytes + (arrays + 1) * RV_ARENA_ALIGN;
    return RV_OK;
}

rv_status
rv_record_decode(const uint8_t *const bytes, const size_t n_bytes, void *const memory,
                 const size_t n_memory, rv_record *const record)
{
    source    s      = {.in = {.bytes = bytes, .size = n_bytes}};
    rv_record result = {0};
    rv_arena  arena  = {0};
    RV_TRY(rv_arena_open(&arena, memory, n_memory, 0));
    const rv_status status = get_record(&s, &arena, &result);
    if (s.in.failed) {
        return RV_ERR_TRUNCATED;
    }
    RV_TRY(status);
    if (s.bad) {
        return RV_ERR_VALUE;
    }
    if (s.in.at != n_bytes) {
        return RV_ERR_TRAILING;
    }
    *record = result;
    return RV_OK;
}

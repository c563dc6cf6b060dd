// SPDX-License-Identifier: MIT
#include <ruview/trust/record_diff.h>

#include "base/exact.h"
#include "base/try.h"
#include "trust/record_fields.h"

#include <ruview/math/text.h>

#include <string.h>

/// Appends to a text of RV_DIFF_TEXT, cutting what does not fit
static void
append(char *const text, const char *const more, const size_t n)
{
    size_t at = 0;
    while (at < RV_DIFF_TEXT && text[at]) {
        ++at;
    }
    for (size_t i = 0; i < n && more[i] && at < RV_DIFF_TEXT - 1; ++i) {
        text[at] = more[i];
        ++at;
    }
    text[at < RV_DIFF_TEXT ? at : RV_DIFF_TEXT - 1] = '\0';
}

static void
append_index(char *const text, const size_t index)
{
    char digits[RV_TEXT_MAX];
    append(text, "[", 1);
    append(text, digits, rv_text_u64(digits, index));
    append(text, "]", 1);
}

/// Where a field is: "links[3].coherence"
typedef struct {
    const char *list; ///< "" in the head
    size_t      item;
    const char *field;
    size_t      element; ///< SIZE_MAX: none
    const char *part;    ///< Of an estimate, or ""
} place;

static void
write_path(rv_record_difference *const d, const place *const where)
{
    memset(d, 0, sizeof *d);
    if (where->list[0]) {
        append(d->path, where->list, RV_DIFF_TEXT);
        append_index(d->path, where->item);
        append(d->path, ".", 1);
    }
    append(d->path, where->field, RV_DIFF_TEXT);
    if (where->element != SIZE_MAX) {
        append_index(d->path, where->element);
    }
    append(d->path, where->part, RV_DIFF_TEXT);
}

static rv_status
differ_u64(rv_record_difference *const d, const place *const where, const uint64_t a,
           const uint64_t b)
{
    char digits[RV_TEXT_MAX];
    if (a == b) {
        return RV_OK;
    }
    write_path(d, where);
    append(d->first, digits, rv_text_u64(digits, a));
    append(d->second, digits, rv_text_u64(digits, b));
    return RV_ERR_DIFFERENT;
}

static rv_status
differ_f32(rv_record_difference *const d, const place *const where, const float a,
           const float b)
{
    char     digits[RV_TEXT_MAX];
    uint32_t bits_a, bits_b;
    memcpy(&bits_a, &a, sizeof bits_a);
    memcpy(&bits_b, &b, sizeof bits_b);
    if (bits_a == bits_b) {
        return RV_OK;
    }
    write_path(d, where);
    append(d->first, digits, rv_text_debug_f32(digits, a));
    append(d->second, digits, rv_text_debug_f32(digits, b));
    return RV_ERR_DIFFERENT;
}

static rv_status
differ_reason(rv_record_difference *const d, const place *const where,
              const rv_reason a, const rv_reason b)
{
    if (a == b) {
        return RV_OK;
    }
    write_path(d, where);
    append(d->first, rv_reason_name(a), RV_DIFF_TEXT);
    append(d->second, rv_reason_name(b), RV_DIFF_TEXT);
    return RV_ERR_DIFFERENT;
}

static rv_status
diff_estimate(rv_record_difference *const d, place where, const uint8_t *const a,
              const uint8_t *const b)
{
    rv_estimate x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    where.part = ".reason";
    RV_TRY(differ_reason(d, &where, x.reason, y.reason));
    if (x.reason != RV_REASON_NONE) {
        return RV_OK;
    }
    where.part = ".value";
    RV_TRY(differ_f32(d, &where, x.value, y.value));
    where.part = ".sigma";
    RV_TRY(differ_f32(d, &where, x.sigma, y.sigma));
    where.part = ".quality";
    return differ_f32(d, &where, x.quality, y.quality);
}

static rv_status
diff_floats(rv_record_difference *const d, place where, const void *const a,
            const void *const b, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        float x, y;
        memcpy(&x, (const uint8_t *)a + 4 * i, sizeof x);
        memcpy(&y, (const uint8_t *)b + 4 * i, sizeof y);
        where.element = i;
        RV_TRY(differ_f32(d, &where, x, y));
    }
    return RV_OK;
}

static rv_status
diff_bytes(rv_record_difference *const d, const place *const where,
           const uint8_t *const a, const uint8_t *const b, const size_t n)
{
    char digits[RV_TEXT_MAX];
    if (memcmp(a, b, n) == 0) {
        return RV_OK;
    }
    write_path(d, where);
    append(d->first, digits, rv_text_hex_bytes(digits, a, n < 32 ? n : 32));
    append(d->second, digits, rv_text_hex_bytes(digits, b, n < 32 ? n : 32));
    return RV_ERR_DIFFERENT;
}

static rv_status
diff_field(rv_record_difference *const d, const rv_record_field *const f,
           const place *const where, const uint8_t *const a, const uint8_t *const b)
{
    const uint8_t *const x = a + f->offset;
    const uint8_t *const y = b + f->offset;
    switch ((rv_kind)f->kind) {
    case RV_KIND_ESTIMATE:
        return diff_estimate(d, *where, x, y);
    case RV_KIND_F32:
        if (f->count > 1) {
            return diff_floats(d, *where, x, y, f->count);
        } else {
            float v, w;
            memcpy(&v, x, sizeof v);
            memcpy(&w, y, sizeof w);
            return differ_f32(d, where, v, w);
        }
    case RV_KIND_BYTES:
        return diff_bytes(d, where, x, y, f->count);
    case RV_KIND_ENUM:
        if (f->limit == RV_REASON_COUNT) {
            return differ_reason(d, where,
                                 (rv_reason)rv_record_load_unsigned(x, f->size),
                                 (rv_reason)rv_record_load_unsigned(y, f->size));
        }
        break;
    case RV_KIND_U:
    case RV_KIND_I16:
        break;
    }
    return differ_u64(d, where, rv_record_load_unsigned(x, f->size),
                      rv_record_load_unsigned(y, f->size));
}

static rv_status
diff_item(rv_record_difference *const d, const rv_record_table *const table,
          const size_t item, const void *const a, const void *const b)
{
    for (uint16_t i = 0; i < table->n_fields; ++i) {
        const place where = {table->name, item, table->fields[i].name, SIZE_MAX, ""};
        RV_TRY(diff_field(d, &table->fields[i], &where, a, b));
    }
    return RV_OK;
}

static rv_status
diff_list(rv_record_difference *const d, const rv_record_table *const table,
          const char *const count, const void *const a, const uint16_t n_a,
          const void *const b, const uint16_t n_b)
{
    for (uint16_t i = 0; i < n_a && i < n_b; ++i) {
        RV_TRY(diff_item(d, table, i, (const uint8_t *)a + (size_t)i * table->size,
                         (const uint8_t *)b + (size_t)i * table->size));
    }
    const place where = {"", 0, count, SIZE_MAX, ""};
    return differ_u64(d, &where, n_a, n_b);
}

static rv_status
diff_link_arrays(rv_record_difference *const d, const rv_record *const a,
                 const rv_record *const b)
{
    for (uint16_t i = 0; i < a->n_links; ++i) {
        const rv_record_link *const x     = &a->links[i];
        const rv_record_link *const y     = &b->links[i];
        place                       where = {"links", i, "n_taps", SIZE_MAX, ""};
        RV_TRY(differ_u64(d, &where, x->n_taps, y->n_taps));
        where.field = "tap_delay_ns";
        RV_TRY(diff_floats(d, where, x->tap_delay_ns, y->tap_delay_ns, x->n_taps));
        where.field = "tap_power_db";
        RV_TRY(diff_floats(d, where, x->tap_power_db, y->tap_power_db, x->n_taps));
        where.field = "n_tones";
        RV_TRY(differ_u64(d, &where, x->n_tones, y->n_tones));
        where.field = "amplitude";
        RV_TRY(diff_floats(d, where, x->amplitude, y->amplitude, x->n_tones));
    }
    return RV_OK;
}

static rv_status
diff_keypoints(rv_record_difference *const d, const rv_record *const a,
               const rv_record *const b)
{
    for (uint16_t i = 0; i < a->n_persons; ++i) {
        const rv_record_person *const x = &a->persons[i];
        const rv_record_person *const y = &b->persons[i];
        if (x->keypoint_reason == RV_REASON_NONE) {
            place where = {"persons", i, "keypoint_m", SIZE_MAX, ""};
            RV_TRY(diff_floats(d, where, x->keypoint_m, y->keypoint_m,
                               (size_t)RV_N_KEYPOINTS * 3));
            where.field = "keypoint_sigma_m";
            RV_TRY(diff_floats(d, where, x->keypoint_sigma_m, y->keypoint_sigma_m,
                               RV_N_KEYPOINTS));
        }
    }
    return RV_OK;
}

static rv_status
diff_map(rv_record_difference *const d, const rv_record *const a,
         const rv_record *const b)
{
    RV_TRY(diff_item(d, &rv_record_map, 0, a, b));
    if (a->map_reason != RV_REASON_NONE) {
        return RV_OK;
    }
    const size_t n     = (size_t)a->map_nx * a->map_ny * a->map_nz;
    place        where = {"", 0, "map", SIZE_MAX, ""};
    RV_TRY(diff_floats(d, where, a->map, b->map, n));
    where.field = "has_map_sigma";
    RV_TRY(differ_u64(d, &where, a->map_sigma != NULL, b->map_sigma != NULL));
    where.field = "map_sigma";
    RV_TRY(diff_floats(d, where, a->map_sigma, b->map_sigma, a->map_sigma ? n : 0));
    where.field = "occupied_levels";
    RV_TRY(differ_u64(d, &where, a->occupied_levels, b->occupied_levels));
    where.field = "occupied";
    for (size_t i = 0; i < n && a->occupied_levels; ++i) {
        where.element = i;
        RV_TRY(differ_u64(d, &where, a->occupied[i], b->occupied[i]));
    }
    return RV_OK;
}

rv_status
rv_record_diff(const rv_record *const a, const rv_record *const b,
               rv_record_difference *const d)
{
    memset(d, 0, sizeof *d);
    RV_TRY(diff_item(d, &rv_record_head, 0, a, b));
    RV_TRY(diff_list(d, &rv_record_nodes, "n_nodes", a->nodes, a->n_nodes, b->nodes,
                     b->n_nodes));
    RV_TRY(diff_list(d, &rv_record_links, "n_links", a->links, a->n_links, b->links,
                     b->n_links));
    RV_TRY(diff_link_arrays(d, a, b));
    RV_TRY(diff_list(d, &rv_record_persons, "n_persons", a->persons, a->n_persons,
                     b->persons, b->n_persons));
    RV_TRY(diff_keypoints(d, a, b));
    RV_TRY(diff_list(d, &rv_record_events, "n_events", a->events, a->n_events,
                     b->events, b->n_events));
    place where = {"", 0, "n_zones", SIZE_MAX, ""};
    RV_TRY(differ_u64(d, &where, a->n_zones, b->n_zones));
    where.field = "zone_occupied";
    for (uint16_t i = 0; i < a->n_zones; ++i) {
        where.element = i;
        RV_TRY(differ_u64(d, &where, a->zone_occupied[i], b->zone_occupied[i]));
    }
    RV_TRY(diff_list(d, &rv_record_anchors, "n_anchors", a->anchors, a->n_anchors,
                     b->anchors, b->n_anchors));
    return diff_map(d, a, b);
}

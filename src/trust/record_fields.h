// SPDX-License-Identifier: MIT
/**
   @file record_fields.h
   The fields of a record in canonical order, as tables: encoder, decoder and diff walk
   the same ones and so cannot disagree. Changing a table changes RV_RECORD_FORMAT.
*/
#ifndef RV_TRUST_RECORD_FIELDS_H
#define RV_TRUST_RECORD_FIELDS_H

#include <ruview/trust/record.h>

#include <string.h>

typedef enum {
    RV_KIND_U,        ///< Unsigned integer or bool of `size` bytes, stored so
    RV_KIND_I16,      ///< Signed 16 bit
    RV_KIND_ENUM,     ///< Enumeration below `limit`, stored as one byte
    RV_KIND_F32,      ///< `count` floats
    RV_KIND_ESTIMATE, ///< reason u8, value, sigma, quality
    RV_KIND_BYTES,    ///< `count` bytes
} rv_kind;

typedef struct {
    const char *name;
    uint16_t    offset; ///< In the struct
    uint16_t    count;
    uint8_t     kind;  ///< rv_kind
    uint8_t     size;  ///< Of one element in the struct [bytes]
    uint16_t    limit; ///< Exclusive, for enumerations; 2 for bool; 0 none
} rv_record_field;

typedef struct {
    const char            *name;
    const rv_record_field *fields;
    uint16_t               n_fields;
    uint16_t               size;  ///< sizeof the struct
    uint16_t               limit; ///< Items at most
} rv_record_table;

extern const rv_record_table rv_record_head; ///< Before the lists
extern const rv_record_table rv_record_nodes;
extern const rv_record_table rv_record_links;
extern const rv_record_table rv_record_persons;
extern const rv_record_table rv_record_events;
extern const rv_record_table rv_record_anchors;
extern const rv_record_table rv_record_map; ///< After the lists

/// An unsigned integer of `size` bytes (1, 2, 4, 8) as it lies in the struct
static inline uint64_t
rv_record_load_unsigned(const uint8_t *const p, const uint8_t size)
{
    uint64_t v64;
    uint32_t v32;
    uint16_t v16;
    switch (size) {
    case 8:
        memcpy(&v64, p, 8);
        return v64;
    case 4:
        memcpy(&v32, p, 4);
        return v32;
    case 2:
        memcpy(&v16, p, 2);
        return v16;
    default:
        return *p;
    }
}

#endif // RV_TRUST_RECORD_FIELDS_H

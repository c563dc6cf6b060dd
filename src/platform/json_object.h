// SPDX-License-Identifier: MIT
/**
   @file json_object.h
   Reads the members of a JSON object strictly: a missing or wrong one makes the object
   bad, and is asked about once, at the end.
*/
#ifndef RV_PLATFORM_JSON_OBJECT_H
#define RV_PLATFORM_JSON_OBJECT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Start from {root, false}
typedef struct {
    const json_t *root;
    bool          bad;
} rv_object;

const json_t *rv_object_member(rv_object *o, const char *key);
rv_object     rv_object_child(rv_object *o, const char *key);
double        rv_object_f64(rv_object *o, const char *key);
float         rv_object_f32(rv_object *o, const char *key);
int64_t       rv_object_i64(rv_object *o, const char *key);
uint64_t      rv_object_u64(rv_object *o, const char *key);
uint64_t    rv_object_optional_u64(rv_object *o, const char *key); ///< 0 when not there
const char *rv_object_text(rv_object *o, const char *key);         ///< "" when bad

/// Into `size` bytes with the terminating zero; bad when it does not fit
void rv_object_copy_text(rv_object *o, char *out, size_t size, const char *text);
void rv_object_optional_text(rv_object *o, const char *key, char *out, size_t size);

/// Index of the member's text in a list, or of the number whose name it is
unsigned rv_object_word(rv_object *o, const char *key, const char *const *words,
                        unsigned n);
unsigned rv_object_named(rv_object *o, const char *key, const char *(*name)(unsigned),
                         unsigned n);

#endif // RV_PLATFORM_JSON_OBJECT_H

// SPDX-License-Identifier: MIT
// Reading reference vectors: JSON in which non-finite numbers are strings.
#ifndef RV_TESTS_GOLDEN_RV_H
#define RV_TESTS_GOLDEN_RV_H

#include <jansson.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// The stage's file, or NULL (said on stdout) when there is none
static inline json_t *
golden_load(const char *const stage)
{
    char path[512];
    snprintf(path, sizeof path, "%s/golden/%s.json", RV_SHARED, stage);
    json_t *const root = json_load_file(path, 0, NULL);
    if (!root) {
        printf("not run: no data (%s)\n", path);
    }
    return root;
}

static inline double
golden_number(const json_t *const value)
{
    if (json_is_string(value)) {
        const char *const text = json_string_value(value);
        if (strncmp(text, "0x", 2) == 0) {
            return (double)strtoull(text, NULL, 16);
        }
        return strcmp(text, "NaN") == 0         ? NAN
               : strcmp(text, "Infinity") == 0  ? INFINITY
               : strcmp(text, "-Infinity") == 0 ? -INFINITY
                                                : 0.0;
    }
    return json_number_value(value);
}

static inline double
golden_get(const json_t *const object, const char *const key)
{
    return golden_number(json_object_get(object, key));
}

static inline uint64_t
golden_u64(const json_t *const value)
{
    return json_is_string(value) ? strtoull(json_string_value(value), NULL, 16)
                                 : (uint64_t)json_integer_value(value);
}

/// A list of numbers; returns how many
static inline size_t
golden_f32(const json_t *const list, float *const out, const size_t most)
{
    const size_t n = json_array_size(list);
    for (size_t i = 0; i < n && i < most; ++i) {
        out[i] = (float)golden_number(json_array_get(list, i));
    }
    return n;
}

static inline size_t
golden_f64(const json_t *const list, double *const out, const size_t most)
{
    const size_t n = json_array_size(list);
    for (size_t i = 0; i < n && i < most; ++i) {
        out[i] = golden_number(json_array_get(list, i));
    }
    return n;
}

static inline size_t
golden_bytes(const char *const hex, uint8_t *const out, const size_t most)
{
    const size_t n = strlen(hex) / 2;
    for (size_t i = 0; i < n && i < most; ++i) {
        unsigned byte = 0;
        sscanf(hex + 2 * i, "%2x", &byte);
        out[i] = (uint8_t)byte;
    }
    return n;
}

/// Within `relative` of the wanted value or `absolute` of it; NaN equals NaN
static inline int
golden_near(const double got, const double wanted, const double relative,
            const double absolute)
{
    if (isnan(wanted) || isnan(got)) {
        return isnan(wanted) && isnan(got);
    }
    return got == wanted || fabs(got - wanted) <= relative * fabs(wanted) + absolute;
}

#endif // RV_TESTS_GOLDEN_RV_H

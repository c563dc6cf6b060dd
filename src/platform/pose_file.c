// SPDX-License-Identifier: MIT
#include <ruview/platform/pose_file.h>

#include <ruview/base/bytes.h>
#include <ruview/math/blake3.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_header = 1 << 16, max_file = 1 << 24, max_tensors = 32 };

struct rv_pose_file {
    rv_pose_model model;
    float         values[]; ///< All tensors
};

/// What the header says of one tensor
typedef struct {
    const char *name;
    uint32_t    n_rows, n_columns;
    uint64_t    begin, end; ///< Bytes of the data
} entry;

static rv_status
bad(const char **const why, const char *const text, const rv_status status)
{
    *why = text;
    return status;
}

static bool
read_count(const json_t *const value, const uint64_t most, uint64_t *const out)
{
    const json_int_t n = json_is_integer(value) ? json_integer_value(value) : -1;
    *out               = n > 0 ? (uint64_t)n : 0;
    return n >= 0 && *out <= most;
}

static bool
read_entry(const char *const name, const json_t *const about, entry *const e)
{
    const json_t *const dtype   = json_object_get(about, "dtype");
    const json_t *const shape   = json_object_get(about, "shape");
    const json_t *const offsets = json_object_get(about, "data_offsets");
    const size_t        rank    = json_array_size(shape);
    uint64_t            n[2]    = {1, 1};
    if (!json_is_string(dtype) || strcmp(json_string_value(dtype), "F32") != 0 ||
        rank < 1 || rank > 2 || json_array_size(offsets) != 2) {
        return false;
    }
    for (size_t i = 0; i < rank; ++i) {
        if (!read_count(json_array_get(shape, i), 1 << 20, &n[2 - rank + i])) {
            return false;
        }
    }
    *e = (entry){.name = name, .n_rows = (uint32_t)n[0], .n_columns = (uint32_t)n[1]};
    return read_count(json_array_get(offsets, 0), max_file, &e->begin) &&
           read_count(json_array_get(offsets, 1), max_file, &e->end) &&
           e->end >= e->begin && e->end - e->begin == 4 * n[0] * n[1];
}

static bool
says(const json_t *const metadata, const char *const key, const char *const value)
{
    const json_t *const text = json_object_get(metadata, key);
    return json_is_string(text) && strcmp(json_string_value(text), value) == 0;
}

static int
by_place(const void *const a, const void *const b)
{
    const entry *const x = a;
    const entry *const y = b;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static rv_status
read_header(json_t *const root, const size_t n_data, entry *const list,
            uint32_t *const n, const char **const why)
{
    const json_t *const metadata = json_object_get(root, "__metadata__");
    const char         *name     = NULL;
    json_t             *about    = NULL;
    if (!says(metadata, "format", "ruview-pose-1")) {
        return bad(why, "the file does not say that it is a pose model", RV_ERR_VALUE);
    }
    if (!says(metadata, "trained_on", "simulation")) {
        return bad(why, "the model does not say that it was trained on simulation",
                   RV_ERR_VALUE);
    }
    *n = 0;
    json_object_foreach(root, name, about)
    {
        if (strcmp(name, "__metadata__") == 0) {
            continue;
        }
        if (*n == max_tensors || !read_entry(name, about, &list[*n])) {
            return bad(why, "a tensor's description is wrong", RV_ERR_VALUE);
        }
        ++*n;
    }
    qsort(list, *n, sizeof *list, by_place);
    uint64_t at = 0;
    for (uint32_t i = 0; i < *n; ++i) {
        if (list[i].begin != at) {
            return bad(why, "the tensors overlap or leave a gap", RV_ERR_VALUE);
        }
        at = list[i].end;
    }
    return at > n_data   ? bad(why, "the file ends early", RV_ERR_TRUNCATED)
           : at < n_data ? bad(why, "bytes are left over", RV_ERR_TRAILING)
                         : RV_OK;
}

static rv_status
take_values(const entry *const list, const uint32_t n, const uint8_t *const data,
            const uint8_t digest[RV_POSE_DIGEST], rv_pose_file *const file)
{
    rv_pose_tensor tensor[max_tensors];
    float         *to = file->values;
    for (uint32_t i = 0; i < n; ++i) {
        const size_t count = (size_t)list[i].n_rows * list[i].n_columns;
        rv_reader    r     = {.bytes = data + list[i].begin, .size = 4 * count};
        for (size_t k = 0; k < count; ++k) {
            to[k] = rv_read_f32(&r);
        }
        tensor[i] =
            (rv_pose_tensor){list[i].name, list[i].n_rows, list[i].n_columns, to};
        to += count;
    }
    return rv_pose_model_init(&file->model, tensor, n, digest);
}

rv_status
rv_pose_file_parse(const uint8_t *const bytes, const size_t n, rv_pose_file **const out,
                   const char **why)
{
    const char *unused      = NULL;
    why                     = why ? why : &unused;
    rv_reader      r        = {.bytes = bytes, .size = n};
    const uint64_t n_header = n >= 8 ? rv_read_u64(&r) : 0;
    if (n < 8 || n_header > max_header || n_header > n - 8) {
        return bad(why, "the file ends within its header", RV_ERR_TRUNCATED);
    }
    json_error_t        error;
    json_t *const       root = json_loadb((const char *)bytes + 8, (size_t)n_header,
                                          JSON_REJECT_DUPLICATES, &error);
    entry               list[max_tensors];
    uint32_t            n_tensors = 0;
    const size_t        n_data    = n - 8 - (size_t)n_header;
    rv_status           status    = json_is_object(root)
                                        ? read_header(root, n_data, list, &n_tensors, why)
                                        : bad(why, "the header is not a JSON object", RV_ERR_VALUE);
    rv_pose_file *const file =
        status == RV_OK ? malloc(sizeof *file + (n_data + 3) / 4 * sizeof(float))
                        : NULL;
    if (status == RV_OK && !file) {
        status = bad(why, "no memory", RV_ERR_MEMORY);
    }
    if (status == RV_OK) {
        uint8_t digest[RV_POSE_DIGEST];
        rv_blake3_hash(bytes, n, digest);
        status = take_values(list, n_tensors, bytes + 8 + n_header, digest, file);
        *why   = status != RV_OK ? "a tensor is missing, of another shape or not finite"
                                 : *why;
    }
    json_decref(root);
    if (status != RV_OK) {
        free(file);
        return status;
    }
    *out = file;
    return RV_OK;
}

rv_status
rv_pose_file_open(const char *const path, rv_pose_file **const out,
                  const char **const why)
{
    FILE *const file = fopen(path, "rb");
    if (!file) {
        return RV_ERR_IO;
    }
    uint8_t *const bytes  = malloc(max_file);
    const size_t   n      = bytes ? fread(bytes, 1, max_file, file) : 0;
    const bool     whole  = bytes && !ferror(file) && n < max_file;
    rv_status      status = RV_ERR_IO;
    fclose(file);
    if (whole) {
        status = rv_pose_file_parse(bytes, n, out, why);
    }
    free(bytes);
    return status;
}

const rv_pose_model *
rv_pose_file_model(const rv_pose_file *const self)
{
    return &self->model;
}

void
rv_pose_file_close(rv_pose_file *const self)
{
    free(self);
}

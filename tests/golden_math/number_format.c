// SPDX-License-Identifier: MIT
// The texts of the reference vectors, byte for byte.
#include <ruview/math/elementary.h>
#include <ruview/math/text.h>

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef size_t write_text(char *out, uint64_t bits);

static size_t
debug_f32(char *const out, const uint64_t bits)
{
    return rv_text_debug_f32(out, rv_from_bits_f32((uint32_t)bits));
}

static size_t
json_f32(char *const out, const uint64_t bits)
{
    return rv_text_f32(out, rv_from_bits_f32((uint32_t)bits));
}

static size_t
fixed2_f32(char *const out, const uint64_t bits)
{
    return rv_text_fixed(out, (double)rv_from_bits_f32((uint32_t)bits), 2);
}

static size_t
debug_f64(char *const out, const uint64_t bits)
{
    return rv_text_debug_f64(out, rv_from_bits_f64(bits));
}

static size_t
json_f64(char *const out, const uint64_t bits)
{
    return rv_text_f64(out, rv_from_bits_f64(bits));
}

static const struct {
    const char *name;
    const char *output;
    write_text *write;
} forms[] = {
    {"f32", "debug", debug_f32},   {"f32", "json", json_f32},
    {"f32", "fixed2", fixed2_f32}, {"f64", "debug", debug_f64},
    {"f64", "json", json_f64},
};

static int
compare(json_t *const one_case, const size_t form, int *const count)
{
    json_t *const bits = json_object_get(json_object_get(one_case, "inputs"), "bits");
    json_t *const texts =
        json_object_get(json_object_get(one_case, "outputs"), forms[form].output);
    int wrong = 0;
    for (size_t i = 0; i < json_array_size(texts); ++i, ++*count) {
        char              out[RV_TEXT_MAX + 1];
        const char *const hex  = json_string_value(json_array_get(bits, i));
        const char *const want = json_string_value(json_array_get(texts, i));
        out[forms[form].write(out, strtoull(hex, NULL, 16))] = 0;
        if (strcmp(out, want) != 0) {
            fprintf(stderr, "%s %s of %s: %s instead of %s\n", forms[form].name,
                    forms[form].output, hex, out, want);
            ++wrong;
        }
    }
    return wrong;
}

int
main(void)
{
    json_t *const root =
        json_load_file(RV_SHARED "/golden/number_format.json", 0, NULL);
    if (!root) {
        puts("not run: no data");
        return 0;
    }
    int     wrong = 0;
    int     count = 0;
    size_t  index = 0;
    json_t *one_case;
    json_array_foreach(json_object_get(root, "cases"), index, one_case)
    {
        const char *const name = json_string_value(json_object_get(one_case, "name"));
        for (size_t form = 0; form < sizeof forms / sizeof *forms; ++form) {
            if (strcmp(name, forms[form].name) == 0) {
                wrong += compare(one_case, form, &count);
            }
        }
    }
    json_decref(root);
    printf("number_format: %d texts, %d differ\n", count, wrong);
    return wrong != 0 || count == 0;
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "golden_rv.h"
#include "platform/lend.h"

#include <ruview/people/rotation.h>
#include <ruview/people/sketch.h>
#include <ruview/people/sketch_bank.h>

static const char *
text(const json_t *const object, const char *const key)
{
    return json_string_value(json_object_get(object, key));
}

static bool
starts(const char *const name, const char *const with)
{
    return strncmp(name, with, strlen(with)) == 0;
}

static void
check_bytes(const uint8_t *const got, const size_t n, const char *const hex)
{
    static uint8_t wanted[RV_SKETCH_WIRE_MAX];
    assert_int_equal(golden_bytes(hex, wanted, sizeof wanted), n);
    if (n != 0) {
        assert_memory_equal(got, wanted, n);
    }
}

static void
check_wire(const json_t *const inputs, const char *const embedding,
           const char *const hex)
{
    float         v[512];
    const size_t  n = golden_f32(json_object_get(inputs, embedding), v, 512);
    uint8_t       bits[64], wire[128];
    size_t        n_wire = sizeof wire;
    const uint8_t none   = 0;
    assert_int_equal(rv_sketch_quantise(v, (uint32_t)n, bits), RV_OK);
    const rv_sketch_packet packet = {
        .version     = (uint16_t)golden_get(inputs, "sketch_version"),
        .dim         = (uint16_t)n,
        .novelty_q15 = rv_sketch_novelty_q15((float)golden_get(inputs, "novelty")),
        .bits        = n != 0 ? bits : &none};
    assert_int_equal(rv_sketch_encode(&packet, wire, &n_wire), RV_OK);
    check_bytes(wire, n_wire, hex);
    rv_sketch_packet back;
    assert_int_equal(rv_sketch_decode(wire, n_wire, &back), RV_REASON_NONE);
    assert_int_equal(back.dim, packet.dim);
    assert_int_equal(back.novelty_q15, packet.novelty_q15);
}

static rv_reason
decode_hex(const char *const hex)
{
    uint8_t          wire[256];
    rv_sketch_packet packet;
    const size_t     n = golden_bytes(hex, wire, sizeof wire);
    return rv_sketch_decode(wire, n, &packet);
}

static void
check_bank(const json_t *const entries_of, const json_t *const one)
{
    const json_t *const inputs  = json_object_get(entries_of, "inputs");
    const json_t *const entries = json_object_get(inputs, "entries");
    const json_t *const seed =
        json_object_get(json_object_get(one, "config"), "rotation_seed");
    rv_site_rotation rotation;
    const bool       rotated = json_is_integer(seed);
    assert_int_equal(rv_rotation_init(&rotation, golden_u64(seed), 128, 1), RV_OK);
    rv_sketch_bank_config cfg = rv_sketch_bank_config_default();
    cfg.version               = 3;
    cfg.exact                 = false;
    size_t n_bytes            = 0;
    assert_int_equal(rv_sketch_bank_size(&cfg, &n_bytes), RV_OK);
    void *const    mem = rv_lend(n_bytes);
    rv_sketch_bank bank;
    assert_int_equal(rv_sketch_bank_init(&bank, &cfg, mem, n_bytes), RV_OK);
    float   v[128], r[128];
    uint8_t bits[16];
    for (size_t i = 0; i < json_array_size(entries); ++i) {
        golden_f32(json_array_get(entries, i), v, 128);
        rv_rotation_apply(&rotation, v, 128, r);
        assert_int_equal(rv_sketch_quantise(rotated ? r : v, 128, bits), RV_OK);
        assert_int_equal(
            rv_sketch_bank_insert(&bank, 1000 + (uint32_t)i, bits, 128, 3, NULL),
            RV_OK);
    }
    const json_t *const queries = json_object_get(inputs, "queries");
    const json_t *const answers =
        json_object_get(json_object_get(one, "outputs"), "queries");
    for (size_t q = 0; q < json_array_size(queries); ++q) {
        golden_f32(json_array_get(queries, q), v, 128);
        rv_rotation_apply(&rotation, v, 128, r);
        assert_int_equal(rv_sketch_quantise(rotated ? r : v, 128, bits), RV_OK);
        const char *const names[3] = {"top1", "top8", "all"};
        const uint32_t    k[3]     = {1, 8, 60};
        for (int t = 0; t < 3; ++t) {
            rv_sketch_match match[64];
            uint32_t        n = 0;
            assert_int_equal(
                rv_sketch_bank_nearest(&bank, bits, 128, 3, k[t], match, &n), RV_OK);
            const json_t *const wanted =
                json_object_get(json_array_get(answers, q), names[t]);
            assert_int_equal(n, json_array_size(wanted));
            for (uint32_t i = 0; i < n; ++i) {
                const json_t *const pair = json_array_get(wanted, i);
                assert_int_equal(match[i].distance,
                                 json_integer_value(json_array_get(pair, 1)));
            }
            assert_int_equal(match[0].id, json_integer_value(json_array_get(
                                              json_array_get(wanted, 0), 0)));
        }
    }
    free(mem);
}

static void
sketches_and_packets_have_the_reference_bytes(void **state)
{
    json_t *const root = golden_load("sketch");
    if (!root) {
        return;
    }
    const json_t *plain = NULL;
    size_t        index;
    const json_t *one;
    json_array_foreach(json_object_get(root, "cases"), index, one)
    {
        const char *const   name    = text(one, "name");
        const json_t *const inputs  = json_object_get(one, "inputs");
        const json_t *const outputs = json_object_get(one, "outputs");
        float               a[512], b[512];
        uint8_t             bits_a[64], bits_b[64];
        if (starts(name, "random_") || strcmp(name, "special_values") == 0) {
            const uint32_t n =
                (uint32_t)golden_f32(json_object_get(inputs, "a"), a, 512);
            assert_int_equal(rv_sketch_quantise(a, n, bits_a), RV_OK);
            check_bytes(bits_a, rv_sketch_bytes(n), text(outputs, "a_bytes"));
        }
        if (starts(name, "random_")) {
            const uint32_t n =
                (uint32_t)golden_f32(json_object_get(inputs, "b"), b, 512);
            assert_int_equal(rv_sketch_quantise(b, n, bits_b), RV_OK);
            check_bytes(bits_b, rv_sketch_bytes(n), text(outputs, "b_bytes"));
            assert_int_equal(rv_sketch_distance(bits_a, bits_b, rv_sketch_bytes(n)),
                             (int)golden_get(outputs, "distance"));
            check_wire(inputs, "a", text(outputs, "wire_hex"));
        } else if (starts(name, "wire_novelty_")) {
            check_wire(inputs, "embedding", text(outputs, "wire_hex"));
        } else if (strcmp(name, "bank_60_of_128_plain") == 0) {
            plain = one;
            check_bank(one, one);
        } else if (strcmp(name, "bank_60_of_128_rotated") == 0) {
            assert_non_null(plain);
            check_bank(plain, one);
        } else if (strcmp(name, "wire_too_short") == 0 ||
                   strcmp(name, "wire_missing_payload") == 0) {
            assert_int_equal(decode_hex(text(inputs, "wire_hex")), RV_REASON_TRUNCATED);
        } else if (strcmp(name, "wire_extra_payload") == 0) {
            assert_int_equal(decode_hex(text(inputs, "wire_hex")), RV_REASON_OVERSIZE);
        } else if (strcmp(name, "wire_magic") == 0) {
            assert_int_equal(decode_hex(text(inputs, "wire_hex")),
                             RV_REASON_WRONG_MAGIC);
        } else if (strcmp(name, "wire_version_2") == 0) {
            assert_int_equal(decode_hex(text(inputs, "wire_hex")),
                             RV_REASON_UNSUPPORTED);
        } else if (strcmp(name, "wire_version_0_accepted") == 0) {
            assert_int_equal(decode_hex(text(inputs, "wire_hex")), RV_REASON_NONE);
        }
    }
    json_decref(root);
}

static void
rotations_are_the_reference_ones(void **state)
{
    json_t *const root = golden_load("rotation");
    if (!root) {
        return;
    }
    size_t        index;
    const json_t *one;
    json_array_foreach(json_object_get(root, "cases"), index, one)
    {
        const json_t *const config  = json_object_get(one, "config");
        const json_t *const outputs = json_object_get(one, "outputs");
        const uint32_t      dim     = (uint32_t)golden_get(config, "dim");
        rv_site_rotation    rotation;
        assert_int_equal(rv_rotation_init(&rotation,
                                          golden_u64(json_object_get(config, "seed")),
                                          dim, 1),
                         RV_OK);
        const char *const signs = text(outputs, "signs");
        for (uint32_t i = 0; signs && i < dim; ++i) {
            assert_int_equal(rotation.minus[0][i / 8] >> (i % 8) & 1, signs[i] == '-');
        }
        float        x[512], out[512], wanted[512];
        const size_t n =
            golden_f32(json_object_get(json_object_get(one, "inputs"), "x"), x, 512);
        rv_rotation_apply(&rotation, x, (uint32_t)n, out);
        const json_t *const padded = json_object_get(outputs, "applied_padded");
        const size_t        n_out  = golden_f32(
                    padded ? padded : json_object_get(outputs, "applied"), wanted, 512);
        for (size_t i = 0; i < n_out; ++i) {
            assert_true(golden_near(out[i], wanted[i], 0.0, 1e-6));
        }
        const char *const hex = text(outputs, "sketch_bytes");
        if (hex) {
            uint8_t bits[64];
            assert_int_equal(rv_sketch_quantise(out, dim, bits), RV_OK);
            check_bytes(bits, rv_sketch_bytes(dim), hex);
        }
    }
    json_decref(root);
}

// The reference's distance estimator from rotated sign codes ("RaBitQ: Quantizing
// High-Dimensional Vectors with a Theoretical Error Bound for Approximate Nearest
// Neighbor Search", SIGMOD 2024). It is no part of the product, where the exact search
// costs less below 2 048 entries; this shows that its rotation and sums are understood.
typedef struct {
    double norm, x_dot_o, inner, squared, key, cosine_key;
} estimate;

static estimate
estimate_one(const rv_site_rotation *const rotation, const float *const x,
             const float *const query, const float *const centre, const uint32_t n)
{
    float  residual[512] = {0}, asked[512] = {0}, p[512], q[512];
    double norm2 = 0.0, query2 = 0.0, sum = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        residual[i] = x[i] - centre[i];
        asked[i]    = query[i] - centre[i];
        norm2 += (double)residual[i] * (double)residual[i];
        query2 += (double)asked[i] * (double)asked[i];
    }
    rv_rotation_apply(rotation, residual, n, p);
    rv_rotation_apply(rotation, asked, n, q);
    const float root = 1.0F / sqrtf((float)rotation->padded);
    float       dot  = 0.0F;
    for (uint32_t i = 0; i < rotation->padded; ++i) {
        sum += fabs((double)p[i]);
        dot += p[i] >= 0.0F ? q[i] : -q[i];
    }
    estimate    e    = {.norm = (double)(float)sqrt(norm2)};
    const float code = dot * root;
    e.x_dot_o = e.norm > 0.0 ? (double)(float)((double)root * sum / e.norm) : 0.0;
    const double ratio = e.x_dot_o > 0.0 ? (double)code / e.x_dot_o : 0.0;
    e.inner            = e.norm * ratio;
    e.key              = e.norm * e.norm - 2.0 * e.inner;
    e.squared          = query2 + e.key;
    e.cosine_key       = -ratio;
    return e;
}

static void
check_estimate(const estimate *const e, const json_t *const wanted)
{
    assert_true(golden_near(e->norm, golden_get(wanted, "residual_norm"), 1e-6, 1e-9));
    assert_true(golden_near(e->x_dot_o, golden_get(wanted, "x_dot_o"), 1e-6, 1e-9));
    assert_true(golden_near(e->inner, golden_get(wanted, "inner_product"), 1e-5, 1e-5));
    assert_true(golden_near(e->squared, golden_get(wanted, "sq_distance"), 1e-5, 1e-5));
}

static void
the_estimator_is_understood(void **state)
{
    json_t *const root = golden_load("estimator");
    if (!root) {
        return;
    }
    size_t        index, at;
    const json_t *one, *entry;
    json_array_foreach(json_object_get(root, "cases"), index, one)
    {
        const json_t *const config  = json_object_get(one, "config");
        const json_t *const inputs  = json_object_get(one, "inputs");
        const json_t *const outputs = json_object_get(one, "outputs");
        const uint32_t      dim     = (uint32_t)golden_get(config, "dim");
        float               x[512], query[512], centre[512] = {0};
        rv_site_rotation    rotation;
        assert_int_equal(rv_rotation_init(&rotation,
                                          golden_u64(json_object_get(config, "seed")),
                                          dim, 1),
                         RV_OK);
        (void)golden_f32(json_object_get(inputs, "query"), query, 512);
        if (json_is_array(json_object_get(config, "centroid"))) {
            (void)golden_f32(json_object_get(config, "centroid"), centre, 512);
        }
        if (json_object_get(inputs, "entry")) {
            (void)golden_f32(json_object_get(inputs, "entry"), x, 512);
            const estimate e = estimate_one(&rotation, x, query, centre, dim);
            check_estimate(&e, outputs);
            continue;
        }
        double   key[64];
        unsigned order[64], n = 0;
        json_array_foreach(json_object_get(inputs, "entries"), at, entry)
        {
            (void)golden_f32(entry, x, 512);
            const estimate      e = estimate_one(&rotation, x, query, centre, dim);
            const json_t *const wanted =
                json_array_get(json_object_get(outputs, "entries"), at);
            check_estimate(&e, wanted);
            assert_true(
                golden_near(e.key, golden_get(wanted, "ranking_key"), 1e-5, 1e-5));
            assert_true(golden_near(
                e.cosine_key, golden_get(wanted, "cosine_ranking_key"), 1e-5, 1e-5));
            unsigned place = n++;
            for (; place > 0 && key[order[place - 1]] > e.key; --place) {
                order[place] = order[place - 1];
            }
            key[at]      = e.key;
            order[place] = (unsigned)at;
        }
        json_array_foreach(json_object_get(outputs, "top5"), at, entry)
        {
            assert_int_equal(order[at], json_integer_value(json_array_get(entry, 0)));
        }
    }
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sketches_and_packets_have_the_reference_bytes),
        cmocka_unit_test(rotations_are_the_reference_ones),
        cmocka_unit_test(the_estimator_is_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

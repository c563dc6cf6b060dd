// SPDX-License-Identifier: MIT
// What we keep of the existing implementation conforms to its vectors; what we do
// better is shown to be understood by reproducing it here, outside the library.
#include "cmocka_rv.h"
#include "platform/lend.h"
#include "platform/run_log.h"
#include "platform/world_restore.h"

#include <ruview/math/blake3.h>
#include <ruview/math/text.h>
#include <ruview/trust/attestation.h>

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static json_t *
golden(const char *const name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/golden/%s.json", RV_SHARED, name);
    json_t *const root = json_load_file(path, 0, NULL);
    if (!root) {
        print_message("not run: no data\n");
        skip();
    }
    return root;
}

static json_t *
get(json_t *const root, const char *const key)
{
    return json_object_get(root, key);
}

static const char *
text(json_t *const root, const char *const key)
{
    return json_string_value(get(root, key));
}

static json_t *
find_case(json_t *const root, const char *const name)
{
    size_t  i;
    json_t *c;
    json_array_foreach(get(root, "cases"), i, c)
    {
        if (strcmp(text(c, "name"), name) == 0) {
            return c;
        }
    }
    fail_msg("no case %s", name);
    return NULL;
}

static rv_privacy_mode
mode_of(const char *const name)
{
    static const char *const names[] = {"RawResearch", "PrivateHome",
                                        "EnterpriseAnonymous", "CareWithConsent",
                                        "StrictNoIdentity"};
    for (int i = 0; i < 5; ++i) {
        if (strcmp(name, names[i]) == 0) {
            return (rv_privacy_mode)i;
        }
    }
    fail_msg("no mode %s", name);
    return RV_MODE_STRICT_NO_IDENTITY;
}

// ---- privacy

static void
modes_and_attestation(void **state)
{
    json_t *const root = golden("privacy");
    size_t        i;
    json_t       *value;
    json_array_foreach(get(get(root, "config"), "modes"), i, value)
    {
        const rv_privacy_mode mode = mode_of(text(value, "mode"));
        assert_int_equal(mode, json_integer_value(get(value, "byte")));
        assert_int_equal(rv_mode_class(mode),
                         json_integer_value(get(value, "target_class")));
        assert_int_equal(rv_mode_actions(mode),
                         json_integer_value(get(value, "action_bits")));
    }
    json_t *const       chain  = find_case(root, "attestation_chain");
    json_t *const       modes  = get(get(chain, "inputs"), "modes");
    json_t *const       proofs = get(get(chain, "outputs"), "proofs");
    rv_attestation_head head   = {0};
    json_array_foreach(modes, i, value)
    {
        char           hex[65] = {0};
        rv_attestation entry   = {.mode = mode_of(json_string_value(value)),
                                  .t_us = 1000 + i}; // time is in the hash, not the core
        assert_int_equal(rv_attest(&head, &entry), RV_OK);
        rv_text_hex_bytes(hex, entry.core, RV_DIGEST_BYTES);
        assert_string_equal(hex, text(json_array_get(proofs, i), "hash"));
    }
    assert_int_equal(i, json_array_size(proofs));
    json_decref(root);
}

// ---- the witness of the existing engine, reproduced here only

typedef struct {
    uint8_t bytes[8192];
    size_t  n;
} preimage;

static void
put_u64(preimage *const p, const uint64_t v)
{
    for (int i = 0; i < 8; ++i) {
        p->bytes[p->n++] = (uint8_t)(v >> 8 * i);
    }
}

static void
put_text(preimage *const p, const char *const value, const size_t n)
{
    put_u64(p, n);
    memcpy(p->bytes + p->n, value, n);
    p->n += n;
}

static void
begin(preimage *const p, const uint64_t n_evidence)
{
    memcpy(p->bytes, "ruview.engine.witness.v1", 24);
    p->n = 24;
    put_u64(p, n_evidence);
}

static void
check_hash(const preimage *const p, const char *const want)
{
    uint8_t hash[32];
    char    hex[65] = {0};
    rv_blake3_hash(p->bytes, p->n, hash);
    rv_text_hex_bytes(hex, hash, 32);
    assert_string_equal(hex, want);
}

static void
published_witness_vectors(void **state)
{
#define E1   "WeightEntropy { normalized_entropy: 1.0, n_nodes: 4 }"
#define E2   "CoherenceGateThreshold { coherence: 1.0, threshold: 0.85 }"
#define E3   "CalibrationApplied { calibration_id: CalibrationId(1), n_frames: 4 }"
#define HOME "PrivateHome/Anonymous"
    static const struct {
        const char *evidence[4], *model, *calibration, *decision;
        uint8_t     class_;
        size_t      bytes;
        const char *hash;
    } v[] = {
        {{NULL},
         "rfenc-v1",
         "cal:none",
         HOME,
         2,
         94,
         "1d11588e81e92491408b09a9549a1b7436722c94bf958af29dec2703597f531a"},
        {{E1, E2},
         "rfenc-v1",
         "cal:none",
         HOME,
         2,
         221,
         "2105eabee6d0b9691972944f92fa3ac5fe36818545c6f07cbb8d29999d649feb"},
        {{E1, E2, E3},
         "rfenc-v1",
         "cal:0000000000000001",
         HOME,
         2,
         309,
         "2018d3a477abf622700f43d40b3ca79edf895912e7db3ba940ceb4324aaf0dca"},
        {{E1, E2, E3},
         "rfenc-v1",
         "cal:0000000000000001",
         "PrivateHome/Restricted",
         3,
         310,
         "4e7a3f99d62b90c1730f4a23402acb2ccfc50d70825e3d64ebe37954c66d4d5b"},
        {{E1, E2, E3},
         "rfenc-v1+adapter:a1b2c3d4e5f60718",
         "cal:0000000000000001",
         HOME,
         2,
         334,
         "7f159f2351e7c4d5d50ac6fef6979b45e30a609a74b19e7509120748ef323072"},
        {{"a", "b"},
         "m",
         "c",
         "p",
         0,
         78,
         "50008f2506ee9458f92f349a51ecab936334d59257f009e2ce327afb06f13f9d"},
        {{"ab", ""},
         "m",
         "c",
         "p",
         0,
         78,
         "e9acca8b5faff45063d6b73a9b63193f8025ad690d304254814cdee2770dbba8"},
        {{"e1"},
         "e2\x1Fm",
         "c",
         "p",
         2,
         73,
         "b1007b53950db37e9ac8a18cc287d93049b288154cbe1e16980095865c231f37"},
        {{"e1", "e2"},
         "m",
         "c",
         "p",
         2,
         80,
         "598147deb6296d5ed20f576536fd41a5c0330844ce9407c18a483eb701a459d2"},
    };
    for (size_t i = 0; i < sizeof v / sizeof *v; ++i) {
        preimage p;
        uint64_t n = 0;
        while (v[i].evidence[n]) {
            ++n;
        }
        begin(&p, n);
        for (uint64_t k = 0; k < n; ++k) {
            put_text(&p, v[i].evidence[k], strlen(v[i].evidence[k]));
        }
        put_text(&p, v[i].model, strlen(v[i].model));
        put_text(&p, v[i].calibration, strlen(v[i].calibration));
        put_text(&p, v[i].decision, strlen(v[i].decision));
        p.bytes[p.n++] = v[i].class_;
        assert_int_equal(p.n, v[i].bytes);
        check_hash(&p, v[i].hash);
    }
}

static size_t
put_provenance(preimage *const p, json_t *const provenance, const uint8_t class_)
{
    static const char *const fields[] = {"model_version", "calibration_version",
                                         "privacy_decision"};
    json_t *const            evidence = get(provenance, "evidence");
    size_t                   i;
    json_t                  *value;
    begin(p, json_array_size(evidence));
    json_array_foreach(evidence, i, value)
    {
        put_text(p, json_string_value(value), json_string_length(value));
    }
    for (int k = 0; k < 3; ++k) {
        json_t *const field = get(provenance, fields[k]);
        put_text(p, json_string_value(field), json_string_length(field));
    }
    p->bytes[p->n++] = class_;
    return p->n;
}

static void
check_preimage(json_t *const outputs, json_t *const provenance, const uint8_t class_)
{
    preimage p;
    uint8_t  want[8192];
    put_provenance(&p, provenance, class_);
    assert_true(rv_parse_hex(text(outputs, "witness_preimage_hex"), want, p.n));
    assert_memory_equal(p.bytes, want, p.n);
    check_hash(&p, text(outputs, "witness"));
}

static void
engine_witnesses(void **state)
{
    json_t *const root   = golden("engine");
    unsigned      n_hash = 0, n_cycles = 0;
    size_t        i, k;
    json_t       *c, *step;
    json_array_foreach(get(root, "cases"), i, c)
    {
        json_t *const inputs  = get(c, "inputs");
        json_t *const outputs = get(c, "outputs");
        if (strncmp(text(c, "name"), "hash_", 5) == 0) {
            check_preimage(outputs, get(inputs, "provenance"),
                           (uint8_t)json_integer_value(get(inputs, "class")));
            ++n_hash;
        }
        json_array_foreach(get(outputs, "steps"), k, step)
        {
            if (get(step, "witness")) {
                check_preimage(
                    step, get(step, "provenance"),
                    (uint8_t)json_integer_value(get(step, "effective_class")));
                ++n_cycles;
            }
        }
    }
    print_message("%u hash cases, %u cycles\n", n_hash, n_cycles);
    assert_true(n_hash >= 6 && n_cycles >= 10);
    json_decref(root);
}

// ---- quality

/// Evidence and contradictions as the existing engine writes them
static void
write_debug(json_t *const item, char *const out)
{
    json_t *const fields = get(item, "fields");
    const char   *key;
    json_t       *value;
    char          number[RV_TEXT_MAX + 1];
    bool          first = true;
    strcpy(out, text(item, "kind"));
    if (json_object_size(fields) == 0) {
        return;
    }
    strcat(out, " {");
    json_object_foreach(fields, key, value)
    {
        const bool is_count = strcmp(key, "n_nodes") == 0 ||
                              strcmp(key, "n_frames") == 0 ||
                              strcmp(key, "disagreeing") == 0 ||
                              strstr(key, "_ns") != NULL || strstr(key, "_idx") != NULL;
        strcat(out, first ? " " : ", ");
        first = false;
        strcat(strcat(out, key), ": ");
        if (json_is_string(value)) {
            const uint64_t id = strtoull(json_string_value(value), NULL, 16);
            number[rv_text_u64(number, id)] = '\0';
            strcat(strcat(strcat(out, "CalibrationId("), number), ")");
        } else if (json_is_boolean(value)) {
            strcat(out, json_is_true(value) ? "true" : "false");
        } else if (is_count) {
            number[rv_text_u64(number, (uint64_t)json_integer_value(value))] = '\0';
            strcat(out, number);
        } else {
            const float v                        = (float)json_number_value(value);
            number[rv_text_debug_f32(number, v)] = '\0';
            strcat(out, number);
        }
    }
    strcat(out, " }");
}

static unsigned
check_texts(json_t *const list)
{
    size_t  i;
    json_t *item;
    json_array_foreach(list, i, item)
    {
        char ours[512];
        write_debug(item, ours);
        assert_string_equal(ours, text(item, "debug"));
    }
    return (unsigned)i;
}

static float
number_of(json_t *const value)
{
    return json_is_string(value) ? (float)strtod(json_string_value(value), NULL)
                                 : (float)json_number_value(value);
}

static void
fusion_quality(void **state)
{
    json_t *const root    = golden("fusion_quality");
    unsigned      n_texts = 0, n_scores = 0;
    size_t        i;
    json_t       *c;
    json_array_foreach(get(root, "cases"), i, c)
    {
        json_t *const out = get(c, "outputs");
        json_t *const in  = get(c, "inputs");
        if (!out) {
            continue;
        }
        n_texts += check_texts(get(out, "evidence"));
        n_texts += check_texts(get(out, "contradictions"));
        if (!get(out, "penalized_coherence")) {
            continue;
        }
        const size_t n = get(in, "n_contradictions")
                             ? (size_t)json_integer_value(get(in, "n_contradictions"))
                             : json_array_size(get(out, "contradictions"));
        const float  base =
            number_of(get(out, "base_coherence") ? get(out, "base_coherence")
                                                 : get(in, "base_coherence"));
        float factor = 1.0F; // as in src/trust/quality.c
        for (size_t k = 0; k < n; ++k) {
            factor *= 0.8F;
        }
        const float want    = number_of(get(out, "penalized_coherence"));
        const float product = base * factor;
        const float got     = product > 1.0F ? 1.0F : product < 0.0F ? 0.0F : product;
        assert_true(fabsf(got - want) <= 1e-6F || (isnan(got) && isnan(want)));
        assert_int_equal(json_is_true(get(out, "forces_privacy_demotion")), n > 0);
        ++n_scores;
    }
    print_message("%u texts, %u scores\n", n_texts, n_scores);
    assert_true(n_texts > 10 && n_scores > 10);
    json_decref(root);
}

// ---- world graph

static void
containment(void **state)
{
    static const rv_bounds shapes[] = {
        {.shape = RV_SHAPE_RECTANGLE, .v = {{0.0, 0.0}, {2.0, 1.0}}},
        {.shape = RV_SHAPE_CIRCLE, .v = {{1.0, 1.0}, {1.0, 0.0}}},
        {.shape      = RV_SHAPE_POLYGON,
         .n_vertices = 5,
         .v          = {{0.0, 0.0}, {4.0, 0.0}, {4.0, 4.0}, {2.0, 1.0}, {0.0, 4.0}}},
        {.shape = RV_SHAPE_POLYGON, .n_vertices = 2, .v = {{0.0, 0.0}, {1.0, 1.0}}}};
    json_t *const root   = golden("worldgraph");
    json_t *const c      = find_case(root, "contains");
    json_t *const points = get(get(c, "inputs"), "points_en");
    json_t *const inside = get(get(c, "outputs"), "inside");
    for (size_t s = 0; s < 4; ++s) {
        for (size_t i = 0; i < json_array_size(points); ++i) {
            json_t *const p = json_array_get(points, i);
            const double  e = json_is_string(json_array_get(p, 0))
                                  ? (double)NAN
                                  : json_number_value(json_array_get(p, 0));
            const double  n = json_number_value(json_array_get(p, 1));
            const bool    want =
                json_is_true(json_array_get(json_array_get(inside, s), i));
            assert_int_equal(rv_bounds_contain(&shapes[s], e, n), want);
        }
    }
    json_decref(root);
}

static json_int_t
id_of(const json_t *const node)
{
    return json_integer_value(json_object_get(node, "id"));
}

/// Sorted by id or by (from, to, relation), states and events left out: ours are typed
static json_t *
normal_form(json_t *const snapshot)
{
    static const char *const rels[] = {
        "observes",    "located_in",   "adjacent_to",       "supports",
        "contradicts", "derived_from", "privacy_limited_by"};
    json_t *const nodes    = json_array();
    json_t *const edges    = json_array();
    bool          kept[64] = {false};
    size_t        i;
    json_t       *value;
    for (json_int_t id = 1; id < 64; ++id) {
        json_array_foreach(get(snapshot, "nodes"), i, value)
        {
            const char *const kind = text(value, "kind");
            if (id_of(value) == id && strcmp(kind, "semantic_state") != 0 &&
                strcmp(kind, "event") != 0) {
                json_array_append(nodes, value);
                kept[id] = true;
            }
        }
    }
    for (json_int_t from = 1; from < 64; ++from) {
        for (json_int_t to = 1; to < 64; ++to) {
            for (int rel = 0; rel < 7; ++rel) {
                json_array_foreach(get(snapshot, "edges"), i, value)
                {
                    json_t *const payload = json_array_get(value, 2);
                    if (json_integer_value(json_array_get(value, 0)) == from &&
                        json_integer_value(json_array_get(value, 1)) == to &&
                        kept[from] && kept[to] &&
                        strcmp(text(payload, "rel"), rels[rel]) == 0) {
                        json_object_del(payload, "at_unix_ms"); // ours says when
                        json_array_append(edges, value);
                    }
                }
            }
        }
    }
    return json_pack("{s:O, s:O, s:o, s:o}", "registration",
                     get(snapshot, "registration"), "next_id", get(snapshot, "next_id"),
                     "nodes", nodes, "edges", edges);
}

static void
check_snapshot(const char *const golden_text)
{
    static char           ours[1 << 16];
    const rv_graph_config config = {.max_nodes = 64, .max_edges = 128};
    rv_graph             *graph;
    rv_registration       registration;
    size_t                n_memory, n = sizeof ours;
    json_t *const         theirs = json_loads(golden_text, 0, NULL);
    assert_non_null(theirs);
    json_t *const want = normal_form(theirs);
    json_t *const in   = json_deep_copy(want);
    json_object_set_new(in, "schema_version", json_integer(1));
    char *const dump = json_dumps(in, JSON_REAL_PRECISION(17));
    assert_int_equal(rv_graph_size(&config, &n_memory), RV_OK);
    void *const memory = rv_lend(n_memory);
    assert_int_equal(rv_graph_init(&graph, &config, memory, n_memory), RV_OK);
    assert_int_equal(rv_graph_restore(graph, &registration, dump, strlen(dump)), RV_OK);
    assert_int_equal(rv_json_graph(graph, &registration, ours, &n), RV_OK);
    json_t *const back = json_loadb(ours, n, 0, NULL);
    json_t *const got  = normal_form(back);
    char *const   a    = json_dumps(want, JSON_SORT_KEYS);
    char *const   b    = json_dumps(got, JSON_SORT_KEYS);
    assert_string_equal(a, b);
    free(a);
    free(b);
    free(dump);
    free(memory);
    json_decref(theirs);
    json_decref(want);
    json_decref(in);
    json_decref(back);
    json_decref(got);
}

static void
world_snapshots(void **state)
{
    static const char *const keys[] = {"snapshot_json", "after_remove", "after_insert",
                                       "after_prune"};
    json_t *const            root   = golden("worldgraph");
    unsigned                 n      = 0;
    size_t                   i;
    json_t                  *c;
    json_array_foreach(get(root, "cases"), i, c)
    {
        for (int k = 0; k < 4; ++k) {
            const char *const golden_text = text(get(c, "outputs"), keys[k]);
            if (golden_text) {
                check_snapshot(golden_text);
                ++n;
            }
        }
    }
    print_message("%u snapshots\n", n);
    assert_true(n >= 6);
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modes_and_attestation),
        cmocka_unit_test(published_witness_vectors),
        cmocka_unit_test(engine_witnesses),
        cmocka_unit_test(fusion_quality),
        cmocka_unit_test(containment),
        cmocka_unit_test(world_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

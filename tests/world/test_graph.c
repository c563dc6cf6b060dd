// SPDX-License-Identifier: MIT
// The numbers G-01 … G-15 are those of the specification of the world graph.
#include "cmocka_rv.h"
#include "platform/lend.h"
#include "platform/world_restore.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1 << 20 };
static char                  first[N], second[N];
static const rv_registration here = {48.137154, 11.576124, 519.0, 12.5, 1.0};

static rv_graph *
make(void)
{
    const rv_graph_config config = {.max_nodes = 64, .max_edges = 128};
    size_t                n;
    rv_graph             *graph;
    assert_int_equal(rv_graph_size(&config, &n), RV_OK);
    void *const memory = rv_lend(n);
    assert_int_equal(rv_graph_init(&graph, &config, memory, n), RV_OK);
    return graph; // self is the first piece of the memory
}

static uint64_t
put(rv_graph *const graph, const rv_world_kind kind, const uint64_t id)
{
    rv_world_node node = {
        .id = id, .kind = kind, .detail = 0, .until_ms = RV_WORLD_OPEN};
    memcpy(node.name, "x", 2);
    assert_int_equal(rv_graph_upsert(graph, &node), RV_OK);
    return node.id;
}

static void
tie(rv_graph *const graph, const uint64_t from, const uint64_t to,
    const rv_world_rel rel)
{
    const rv_world_edge edge = {
        .from = from, .to = to, .rel = rel, .value = 0.5F, .t_ms = 7, .evidence = 0};
    assert_int_equal(rv_graph_connect(graph, &edge), RV_OK);
}

static size_t
snapshot(rv_graph *const graph, char *const out)
{
    size_t n = N;
    assert_int_equal(rv_json_graph(graph, &here, out, &n), RV_OK);
    return n;
}

/// One of each kind and each relation
static rv_graph *
everything(void)
{
    rv_graph *const graph = make();
    uint64_t        id[RV_WORLD_KIND_COUNT];
    for (int kind = 0; kind < RV_WORLD_KIND_COUNT; ++kind) {
        id[kind] = put(graph, (rv_world_kind)kind, 0);
    }
    rv_world_node *const room = rv_graph_find(graph, id[RV_WORLD_ROOM]);
    memcpy(room->name, "Living \"A\" \xC3\xA9", 14);
    memcpy(room->reference, "living", 7);
    room->bounds                  = (rv_bounds){.shape      = RV_SHAPE_POLYGON,
                                                .n_vertices = 3,
                                                .v          = {{0.0, 0.0}, {2.0, 1e-7}, {1e21, 2.5}}};
    rv_world_node *const state    = rv_graph_find(graph, id[RV_WORLD_SEMANTIC_STATE]);
    state->value                  = 0.85F;
    state->provenance.n_evidence  = 1;
    state->provenance.evidence[0] = (rv_evidence){RV_EVIDENCE_LINKS, 12.0F, 1.0F};
    state->provenance.calibration = 0xABCD1234;
    for (int rel = 0; rel < RV_REL_COUNT; ++rel) {
        tie(graph, id[rel], id[rel + 1], (rv_world_rel)rel);
    }
    return graph;
}

static void
g01_restore_gives_back(void **state)
{
    rv_graph *const a = everything();
    rv_graph *const b = make();
    rv_registration r;
    const size_t    n = snapshot(a, first);
    assert_int_equal(rv_graph_restore(b, &r, first, n), RV_OK);
    assert_int_equal(snapshot(b, second), n);
    assert_memory_equal(first, second, n);
    assert_memory_equal(&r, &here, sizeof r);
    assert_int_equal(rv_graph_n_nodes(b), RV_WORLD_KIND_COUNT);
    assert_int_equal(rv_graph_n_edges(b), RV_REL_COUNT);
    free(a);
    free(b);
}

static rv_status
restore_changed(const char *const from, const char *const to)
{
    rv_graph *const a = everything();
    rv_graph *const b = make();
    rv_registration r;
    const size_t    n = snapshot(a, first);
    first[n]          = '\0';
    char *const at    = strstr(first, from);
    assert_non_null(at);
    const size_t head = (size_t)(at - first);
    memcpy(second, first, head);
    strcpy(second + head, to);
    strcat(second, at + strlen(from));
    const rv_status status = rv_graph_restore(b, &r, second, strlen(second));
    free(a);
    free(b);
    return status;
}

static void
g02_g03_bad_snapshots_are_refused(void **state)
{
    assert_int_equal(restore_changed("schema_version\":1", "schema_version\":2"),
                     RV_ERR_UNSUPPORTED);
    assert_int_equal(restore_changed("next_id\":11", "next_id\":10"), RV_ERR_RANGE);
    assert_int_equal(restore_changed("next_id\":11", "next_id\":11"), RV_OK);
    assert_int_equal(restore_changed("\"kind\":\"wall\"", "\"kind\":\"hall\""),
                     RV_ERR_VALUE);
    assert_int_equal(restore_changed("[1,2,", "[1,99,"), RV_ERR_NOT_FOUND);
    assert_int_equal(restore_changed("\"lat\":48.137154", "\"lat\":null"),
                     RV_ERR_VALUE);
    assert_int_equal(restore_changed("\"edges\":[", "\"edges\":[["), RV_ERR_VALUE);
}

static void
g04_bytes_do_not_depend_on_history(void **state)
{
    rv_graph *const a = make();
    rv_graph *const b = make();
    for (uint64_t id = 1; id <= 20; ++id) {
        put(a, RV_WORLD_WALL, id);
    }
    for (uint64_t id = 1; id < 20; ++id) {
        tie(a, id, id + 1, RV_REL_SUPPORTS);
        tie(a, id, id + 1, RV_REL_OBSERVES);
    }
    for (uint64_t id = 20; id >= 1; --id) { // backwards, with detours
        put(b, RV_WORLD_WALL, id);
        put(b, RV_WORLD_WALL, 40);
        assert_true(rv_graph_remove(b, 40));
    }
    for (uint64_t id = 19; id >= 1; --id) {
        tie(b, id, id + 1, RV_REL_OBSERVES);
        tie(b, id + 1, id, RV_REL_OBSERVES);
        tie(b, id, id + 1, RV_REL_SUPPORTS);
        assert_int_equal(rv_graph_disconnect(b, id + 1, id, RV_REL_OBSERVES), RV_OK);
    }
    assert_int_equal(rv_graph_set_next_id(b, rv_graph_next_id(a)), RV_OK);
    const size_t n = snapshot(a, first);
    assert_int_equal(snapshot(b, second), n);
    assert_memory_equal(first, second, n);
    assert_int_equal(snapshot(a, second), n);
    assert_memory_equal(first, second, n);
    free(a);
    free(b);
}

static void
g05_not_finite_is_refused(void **state)
{
    rv_graph *const graph = make();
    const double    bad[] = {(double)NAN, (double)INFINITY, -(double)INFINITY};
    for (int i = 0; i < 3; ++i) {
        rv_world_node n = {.kind = RV_WORLD_SENSOR, .position = {bad[i], 0.0, 0.0}};
        assert_int_equal(rv_graph_upsert(graph, &n), RV_ERR_NONFINITE);
        n = (rv_world_node){.kind = RV_WORLD_WALL, .value = (float)bad[i]};
        assert_int_equal(rv_graph_upsert(graph, &n), RV_ERR_NONFINITE);
        n = (rv_world_node){.kind = RV_WORLD_ROOM, .bounds = {.v = {{0.0, bad[i]}}}};
        assert_int_equal(rv_graph_upsert(graph, &n), RV_ERR_NONFINITE);
    }
    assert_int_equal(rv_graph_n_nodes(graph), 0);
    put(graph, RV_WORLD_ROOM, 0);
    const rv_world_edge edge = {.from = 1, .to = 1, .value = NAN};
    assert_int_equal(rv_graph_connect(graph, &edge), RV_ERR_NONFINITE);
    free(graph);
}

static void
g06_removing_the_middle(void **state)
{
    rv_graph *const graph = make();
    for (int i = 0; i < 5; ++i) {
        put(graph, RV_WORLD_ROOM, 0);
    }
    tie(graph, 2, 3, RV_REL_OBSERVES);
    tie(graph, 3, 4, RV_REL_OBSERVES);
    tie(graph, 4, 5, RV_REL_OBSERVES);
    assert_true(rv_graph_remove(graph, 3));
    assert_false(rv_graph_remove(graph, 3));
    assert_int_equal(put(graph, RV_WORLD_ROOM, 0), 6);
    for (uint64_t id = 1; id <= 6; ++id) {
        assert_int_equal(rv_graph_find(graph, id) != NULL, id != 3);
    }
    assert_int_equal(rv_graph_n_edges(graph), 1); // none dangles
    assert_non_null(rv_graph_edge(graph, 4, 5, RV_REL_OBSERVES));
    free(graph);
}

static void
g07_queries(void **state)
{
    rv_graph *const graph = make();
    uint64_t        ids[8];
    const uint64_t  room   = put(graph, RV_WORLD_ROOM, 0);
    const uint64_t  sensor = put(graph, RV_WORLD_SENSOR, 0);
    const uint64_t  person = put(graph, RV_WORLD_PERSON_TRACK, 0);
    rv_world_node   zone   = {.kind = RV_WORLD_ZONE, .parent = room};
    assert_int_equal(rv_graph_upsert(graph, &zone), RV_OK);
    memcpy(rv_graph_find(graph, room)->reference, "hall", 5);
    rv_graph_find(graph, room)->bounds =
        (rv_bounds){.shape = RV_SHAPE_RECTANGLE, .v = {{0.0, 0.0}, {2.0, 1.0}}};
    tie(graph, sensor, room, RV_REL_OBSERVES);
    tie(graph, sensor, person, RV_REL_OBSERVES);
    tie(graph, person, zone.id, RV_REL_LOCATED_IN);
    assert_int_equal(rv_graph_observed_by(graph, sensor, ids, 8), 2);
    assert_int_equal(ids[0], room);
    assert_int_equal(ids[1], person);
    assert_int_equal(rv_graph_observed_by(graph, sensor, ids, 1), 2);
    assert_int_equal(rv_graph_contents_of(graph, room, ids, 8), 1); // through the zone
    assert_int_equal(ids[0], person);
    assert_int_equal(rv_graph_room_for_area(graph, "hall"), room);
    assert_int_equal(rv_graph_room_for_area(graph, "hal"), 0);
    assert_int_equal(rv_graph_room_at(graph, 2.0, 1.0), room);
    assert_int_equal(rv_graph_room_at(graph, 2.1, 1.0), 0);
    free(graph);
}

static void
bounds_are_kept(void **state)
{
    rv_graph *const graph = make();
    rv_world_node   node  = {.kind = RV_WORLD_ROOM};
    for (int i = 0; i < 64; ++i) {
        node.id = 0;
        assert_int_equal(rv_graph_upsert(graph, &node), RV_OK);
    }
    node.id = 0;
    assert_int_equal(rv_graph_upsert(graph, &node), RV_ERR_FULL);
    node.id = 64; // in place still works
    assert_int_equal(rv_graph_upsert(graph, &node), RV_OK);
    for (uint64_t i = 0; i < 128; ++i) {
        tie(graph, 1 + i / 64, 1 + i % 64, RV_REL_SUPPORTS);
    }
    const rv_world_edge more = {.from = 3, .to = 3};
    assert_int_equal(rv_graph_connect(graph, &more), RV_ERR_FULL);
    tie(graph, 1, 1, RV_REL_SUPPORTS);
    assert_int_equal(rv_graph_n_edges(graph), 128);
    node.id = UINT64_MAX;
    assert_int_equal(rv_graph_upsert(graph, &node), RV_ERR_RANGE);
    const rv_world_edge none = {.from = 1, .to = 999};
    assert_int_equal(rv_graph_connect(graph, &none), RV_ERR_NOT_FOUND);
    free(graph);
}

/// A long random life against a plain list
static void
edges_survive_a_random_life(void **state)
{
    enum { K = 40 };
    static bool     there[K][K];
    rv_graph *const graph = make();
    unsigned        n     = 0;
    memset(there, 0, sizeof there);
    for (uint64_t id = 1; id <= K; ++id) {
        put(graph, RV_WORLD_ROOM, id);
    }
    srand(17);
    for (int step = 0; step < 200000; ++step) {
        const unsigned a = (unsigned)rand() % K;
        const unsigned b = (unsigned)rand() % K;
        if (rand() % 2 && n < 100) {
            tie(graph, a + 1, b + 1, RV_REL_OBSERVES);
            n += !there[a][b];
            there[a][b] = true;
        } else {
            const rv_status s =
                rv_graph_disconnect(graph, a + 1, b + 1, RV_REL_OBSERVES);
            assert_int_equal(s, there[a][b] ? RV_OK : RV_ERR_NOT_FOUND);
            n -= there[a][b];
            there[a][b] = false;
        }
    }
    assert_int_equal(rv_graph_n_edges(graph), n);
    for (unsigned a = 0; a < K; ++a) {
        for (unsigned b = 0; b < K; ++b) {
            assert_int_equal(rv_graph_edge(graph, a + 1, b + 1, RV_REL_OBSERVES) !=
                                 NULL,
                             there[a][b]);
        }
    }
    free(graph);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(g01_restore_gives_back),
        cmocka_unit_test(g02_g03_bad_snapshots_are_refused),
        cmocka_unit_test(g04_bytes_do_not_depend_on_history),
        cmocka_unit_test(g05_not_finite_is_refused),
        cmocka_unit_test(g06_removing_the_middle),
        cmocka_unit_test(g07_queries),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(edges_survive_a_random_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

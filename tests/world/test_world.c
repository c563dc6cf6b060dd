// SPDX-License-Identifier: MIT
// The numbers G-10 … G-15 are those of the specification of the world graph.
#include "cmocka_rv.h"
#include "platform/lend.h"
#include "platform/world_restore.h"
#include "record_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 1 << 22 };
static char                  first[N], second[N];
static const rv_registration here = {0.0, 0.0, 0.0, 0.0, 1.0};

/// What the audit chain received
typedef struct {
    uint8_t *records;
    size_t   n, room;
} trail;

static void
keep(void *const user, const uint8_t record[RV_AUDIT_BYTES])
{
    trail *const t = user;
    if (t->n == t->room) {
        t->room    = t->room ? 2 * t->room : 64;
        t->records = realloc(t->records, t->room * RV_AUDIT_BYTES);
    }
    memcpy(t->records + t->n * RV_AUDIT_BYTES, record, RV_AUDIT_BYTES);
    ++t->n;
}

static rv_world *
make(const rv_world_config *const config)
{
    size_t    n;
    rv_world *world;
    assert_int_equal(rv_world_size(config, &n), RV_OK);
    void *const memory = rv_lend(n);
    assert_int_equal(rv_world_init(&world, config, memory, n), RV_OK);
    const rv_bounds zone = {.shape = RV_SHAPE_CIRCLE, .v = {{1.0, 1.0}, {0.5, 0.0}}};
    for (unsigned i = 0; i < 3; ++i) {
        assert_int_equal(rv_world_add_zone(world, i, "zone", &zone), RV_OK);
    }
    return world;
}

static rv_world_config
small(trail *const t)
{
    rv_world_config config = rv_world_config_default();
    config.max_past        = 64;
    config.max_events      = 32;
    config.audit           = t ? keep : NULL;
    config.audit_user      = t;
    return config;
}

/// A record as the gate leaves it in private home, or with tracks
static void
make_record(sample *const s, const uint64_t cycle, uint32_t *const seed,
            const bool has_tracks)
{
    sample_fill(s);
    rv_record *const r = &s->record;
    r->cycle           = cycle;
    r->t_us            = UINT64_C(1760000000000000) + cycle * 50000;
    r->n_links         = 0;
    r->motion.value    = (sample_number(seed) + 5.0F) / 20.0F;
    r->presence        = cycle / 1000 % 3 == 0 ? RV_NO : RV_YES;
    r->n_events        = cycle % 97 == 0 ? 1 : 0;
    s->events[0]       = (rv_record_event){.kind    = RV_EVENT_CHANGE_POINT,
                                           .t_us    = r->t_us,
                                           .subject = (uint32_t)(cycle / 1000)};
    if (!has_tracks) {
        r->n_persons      = 0;
        r->persons_reason = RV_REASON_PRIVACY;
        r->privacy_class  = RV_CLASS_ANONYMOUS;
    } else {
        s->persons[0].id   = (uint32_t)(1 + cycle / 3000);
        s->persons[0].zone = (int16_t)(cycle / 500 % 4 - 1);
    }
    r->witness[0] = (uint8_t)cycle;
}

static size_t
snapshot(rv_world *const world, char *const out)
{
    size_t n = N;
    assert_int_equal(rv_json_world(world, &here, out, &n), RV_OK);
    return n;
}

static void
belief_is_updated_in_place(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    const rv_world_config config = small(NULL);
    rv_world *const       world  = make(&config);
    for (uint64_t cycle = 1; cycle < 900; ++cycle) {
        make_record(&s, cycle, &seed, true);
        s.record.presence = RV_YES;
        s.record.motion   = rv_known(0.30F, 0.1F, 0.8F);
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    }
    rv_graph *const graph  = rv_world_graph(world);
    unsigned        states = 0;
    for (uint32_t i = 0; i < rv_graph_n_nodes(graph); ++i) {
        states += rv_graph_node_at(graph, i)->kind == RV_WORLD_SEMANTIC_STATE;
    }
    assert_int_equal(states, RV_PREDICATE_COUNT); // one per predicate
    assert_null(rv_world_past_at(world, 0));      // nothing changed for 45 s
    s.record.motion = rv_known(0.45F, 0.1F, 0.8F);
    assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    const rv_world_past *const past = rv_world_past_at(world, 0);
    assert_non_null(past);
    assert_int_equal(past->predicate, RV_PREDICATE_MOTION);
    assert_true(past->value == 0.30F);
    assert_null(rv_world_past_at(world, 1));
    free(world);
}

static void
g10_bounded_for_ever(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    trail                 t      = {0};
    const rv_world_config config = small(&t);
    rv_world *const       world  = make(&config);
    size_t                early  = 0;
    uint32_t              most   = 0;
    for (uint64_t cycle = 0; cycle < 200000; ++cycle) {
        make_record(&s, cycle, &seed, true);
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
        const uint32_t n = rv_graph_n_nodes(rv_world_graph(world));
        most             = n > most ? n : most;
        if (cycle == 60000) {
            early = snapshot(world, first);
        }
    }
    assert_true(most < 40);
    const size_t late = snapshot(world, first);
    assert_true(late < early + early / 20);
    unsigned past = 0;
    while (rv_world_past_at(world, past)) {
        ++past;
    }
    assert_int_equal(past, 64);
    free(t.records);
    free(world);
}

static void
g12_what_is_evicted_is_on_the_audit_chain(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    trail                 t      = {0};
    const rv_world_config config = small(&t);
    rv_world *const       world  = make(&config);
    for (uint64_t cycle = 0; cycle < 30000; ++cycle) {
        make_record(&s, cycle, &seed, cycle % 7000 < 6000);
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    }
    rv_audit head = {0};
    size_t   bad;
    assert_int_equal(rv_audit_verify(&head, t.records, t.n, &bad), RV_OK);
    assert_memory_equal(&head, &rv_world_state(world)->audit, sizeof head);
    for (uint32_t i = 0; rv_world_past_at(world, i); ++i) { // even before it is evicted
        bool found = false;
        for (size_t k = 0; k < t.n && !found; ++k) {
            rv_audit_entry e;
            rv_audit_read(t.records + k * RV_AUDIT_BYTES, &e);
            found =
                e.what == RV_AUDIT_STATE && e.item == rv_world_past_at(world, i)->id;
        }
        assert_true(found);
    }
    for (size_t k = 0; k < t.n; k += 1 + t.n / 50) { // any change breaks it
        for (size_t byte = 0; byte < RV_AUDIT_BYTES; byte += 9) {
            t.records[k * RV_AUDIT_BYTES + byte] ^= 1;
            head                   = (rv_audit){0};
            const rv_status status = rv_audit_verify(&head, t.records, t.n, &bad);
            const bool      last = k + 1 == t.n; // its own bytes are sealed by the next
            assert_true(status == RV_ERR_DIFFERENT || last);
            t.records[k * RV_AUDIT_BYTES + byte] ^= 1;
        }
    }
    free(t.records);
    free(world);
}

static void
g13_no_retention_is_one(void **state)
{
    static sample   s;
    uint32_t        seed   = 1;
    rv_world_config config = small(NULL);
    config.max_past        = 0;
    config.max_events      = 0;
    rv_world *const world  = make(&config);
    for (uint64_t cycle = 0; cycle < 5000; ++cycle) {
        make_record(&s, cycle, &seed, true);
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    }
    assert_non_null(rv_world_past_at(world, 0));
    assert_null(rv_world_past_at(world, 1));
    assert_non_null(rv_world_event_at(world, 0));
    assert_null(rv_world_event_at(world, 1));
    free(world);
}

static void
g14_the_same_reflectors_stay_as_many(void **state)
{
    const rv_world_config config = small(NULL);
    rv_world *const       world  = make(&config);
    const uint32_t        before = rv_graph_n_nodes(rv_world_graph(world));
    for (int round = 0; round < 100; ++round) {
        for (int i = 0; i < 10; ++i) {
            const rv_enu p = {i * 1.0 + round * 1e-4, 2.0, 1.0};
            assert_int_equal(rv_world_anchor(world, &p, 0.9F, round * 1000), RV_OK);
        }
    }
    assert_int_equal(rv_graph_n_nodes(rv_world_graph(world)), before + 10);
    for (int i = 0; i < 1000; ++i) { // and never more than the bound
        const rv_enu p = {i * 1.0, 50.0, 1.0};
        assert_int_equal(rv_world_anchor(world, &p, 0.5F, 200000), RV_OK);
    }
    assert_int_equal(rv_graph_n_nodes(rv_world_graph(world)),
                     before + RV_WORLD_ANCHORS);
    free(world);
}

static void
anchors_fade(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    const rv_world_config config = small(NULL);
    rv_world *const       world  = make(&config);
    const rv_enu          p      = {1.0, 2.0, 1.0};
    make_record(&s, 0, &seed, true);
    assert_int_equal(rv_world_anchor(world, &p, 0.32F, (int64_t)(s.record.t_us / 1000)),
                     RV_OK);
    assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    const uint32_t before = rv_graph_n_nodes(rv_world_graph(world));
    for (uint64_t hour = 1; hour < 4; ++hour) {
        for (uint64_t cycle = 0; cycle < 4; ++cycle) {
            make_record(&s, cycle, &seed, true);
            s.record.t_us += hour * UINT64_C(3600000000) + cycle;
            assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
        }
        // 0.32 - 0.05 x hours: below 0.2 after two
        assert_int_equal(rv_graph_n_nodes(rv_world_graph(world)),
                         before - (hour > 2 ? 1 : 0));
    }
    free(world);
}

static void
g15_one_current_place(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    const rv_world_config config = small(NULL);
    rv_world *const       world  = make(&config);
    rv_graph *const       graph  = rv_world_graph(world);
    int64_t               moved  = 0;
    int16_t               zone   = -2;
    for (uint64_t cycle = 0; cycle < 2900; ++cycle) {
        make_record(&s, cycle, &seed, true);
        s.record.n_persons = 1;
        if (s.persons[0].zone != zone) {
            zone  = s.persons[0].zone;
            moved = (int64_t)(s.record.t_us / 1000);
        }
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
        if (cycle % 100 == 0) {
            unsigned places = 0;
            rv_graph_sort_edges(graph);
            for (uint32_t i = 0; i < rv_graph_n_edges(graph); ++i) {
                const rv_world_edge *const e = rv_graph_edge_at(graph, i);
                if (e->rel == RV_REL_LOCATED_IN) {
                    ++places;
                    assert_int_equal(e->t_ms, moved);
                }
            }
            assert_int_equal(places, 1);
        }
    }
    free(world);
}

static void
withheld_tracks_are_forgotten_at_once(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    trail                 t      = {0};
    const rv_world_config config = small(&t);
    rv_world *const       world  = make(&config);
    make_record(&s, 0, &seed, true);
    assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    size_t n = snapshot(world, first);
    first[n] = '\0';
    assert_non_null(strstr(first, "person_track"));
    make_record(&s, 1, &seed, false);
    assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    n        = snapshot(world, first);
    first[n] = '\0';
    assert_null(strstr(first, "person_track"));
    free(t.records);
    free(world);
}

static void
tracks_go_after_a_minute(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    const rv_world_config config = small(NULL);
    rv_world *const       world  = make(&config);
    make_record(&s, 0, &seed, true);
    assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    const uint32_t before = rv_graph_n_nodes(rv_world_graph(world));
    for (uint64_t cycle = 1; cycle < 1500; ++cycle) {
        make_record(&s, cycle, &seed, true);
        s.record.n_persons = 0;
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
        if (cycle == 1190) {
            assert_int_equal(rv_graph_n_nodes(rv_world_graph(world)), before);
        }
    }
    assert_int_equal(rv_graph_n_nodes(rv_world_graph(world)), before - 2);
    free(world);
}

static void
alike_events_are_one(void **state)
{
    static sample         s;
    uint32_t              seed   = 1;
    const rv_world_config config = small(NULL);
    rv_world *const       world  = make(&config);
    for (uint64_t cycle = 0; cycle < 100; ++cycle) {
        make_record(&s, cycle * 100, &seed, true); // 5 s apart
        s.record.n_events   = 1;
        s.events[0].subject = 4;
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    }
    assert_int_equal(rv_world_event_at(world, 0)->count, 100);
    assert_null(rv_world_event_at(world, 1));
    make_record(&s, 10500, &seed, true); // 30 s later: another
    s.record.n_events   = 1;
    s.events[0].t_us    = s.record.t_us;
    s.events[0].subject = 4;
    assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    assert_int_equal(rv_world_event_at(world, 1)->count, 1);
    for (uint64_t day = 1; day < 3; ++day) { // both are gone after a day
        make_record(&s, 10501 + day, &seed, true);
        s.record.t_us += day * UINT64_C(86400000000);
        s.record.n_events = 0;
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
    }
    assert_null(rv_world_event_at(world, 0));
    free(world);
}

static void
restored_world_goes_on_alike(void **state)
{
    static sample         s;
    trail                 t_a = {0}, t_b = {0};
    const rv_world_config config_a = small(&t_a);
    const rv_world_config config_b = small(&t_b);
    rv_world *const       a        = make(&config_a);
    uint32_t              seed     = 9;
    const rv_enu          p        = {1.0, 2.0, 1.0};
    for (uint64_t cycle = 0; cycle < 7777; ++cycle) {
        make_record(&s, cycle, &seed, true);
        assert_int_equal(rv_world_push(a, &s.record, NULL), RV_OK);
        if (cycle % 1000 == 0) {
            assert_int_equal(
                rv_world_anchor(a, &p, 0.9F, (int64_t)(s.record.t_us / 1000)), RV_OK);
        }
    }
    size_t          n = snapshot(a, first);
    rv_registration r;
    size_t          n_memory;
    rv_world       *b;
    assert_int_equal(rv_world_size(&config_b, &n_memory), RV_OK);
    void *const memory = rv_lend(n_memory);
    assert_int_equal(rv_world_init(&b, &config_b, memory, n_memory), RV_OK);
    assert_int_equal(rv_world_restore(b, &r, first, n), RV_OK);
    assert_int_equal(snapshot(b, second), n);
    assert_memory_equal(first, second, n);
    const size_t from = t_a.n;
    for (uint64_t cycle = 7777; cycle < 20000; ++cycle) {
        make_record(&s, cycle, &seed, cycle % 9000 < 8000);
        assert_int_equal(rv_world_push(a, &s.record, NULL), RV_OK);
        assert_int_equal(rv_world_push(b, &s.record, NULL), RV_OK);
    }
    n = snapshot(a, first);
    assert_int_equal(snapshot(b, second), n);
    assert_memory_equal(first, second, n);
    assert_int_equal(t_a.n - from, t_b.n); // and told the audit chain the same
    assert_memory_equal(t_a.records + from * RV_AUDIT_BYTES, t_b.records,
                        t_b.n * RV_AUDIT_BYTES);
    free(t_a.records);
    free(t_b.records);
    free(a);
    free(b);
}

static const rv_world_node *
only(rv_world *const world, const rv_world_kind kind, const uint32_t other)
{
    rv_graph *const      graph = rv_world_graph(world);
    const rv_world_node *found = NULL;
    for (uint32_t i = 0; i < rv_graph_n_nodes(graph); ++i) {
        const rv_world_node *const node = rv_graph_node_at(graph, i);
        if (node->kind == kind && node->other == other) {
            assert_null(found);
            found = node;
        }
    }
    assert_non_null(found);
    return found;
}

// A person's node says where the record says, an anchor goes an eighth of the way
static void
people_and_anchors_are_where_they_were_seen(void **state)
{
    static sample         s;
    uint32_t              seed   = 4;
    const rv_world_config config = small(NULL);
    rv_world *const       world  = make(&config);
    for (uint64_t cycle = 1; cycle < 60; ++cycle) {
        make_record(&s, cycle, &seed, true);
        for (int k = 0; k < 3; ++k) {
            s.persons[0].position_m[k] = (float)(0.5 * k + 0.01 * (double)cycle);
        }
        s.persons[0].confidence = 0.25F + 0.01F * (float)cycle;
        assert_int_equal(rv_world_push(world, &s.record, NULL), RV_OK);
        const rv_world_node *const node =
            only(world, RV_WORLD_PERSON_TRACK, s.persons[0].id);
        assert_true(node->position.e == (double)s.persons[0].position_m[0]);
        assert_true(node->position.n == (double)s.persons[0].position_m[1]);
        assert_true(node->position.u == (double)s.persons[0].position_m[2]);
        assert_true(node->confidence == s.persons[0].confidence);
        assert_int_equal(node->t_ms, s.record.t_us / 1000);
    }
    const rv_enu first = {2.0, 3.0, 1.0}, second = {2.4, 2.92, 0.84};
    assert_int_equal(rv_world_anchor(world, &first, 0.6F, 1000), RV_OK);
    assert_int_equal(rv_world_anchor(world, &second, 0.4F, 2000), RV_OK);
    const rv_world_node *const anchor = only(world, RV_WORLD_OBJECT_ANCHOR, 0);
    assert_true(fabs(anchor->position.e - 2.05) < 1e-12);
    assert_true(fabs(anchor->position.n - 2.99) < 1e-12);
    assert_true(fabs(anchor->position.u - 0.98) < 1e-12);
    assert_true(anchor->confidence == 0.6F); // the surer of the two
    assert_int_equal(anchor->t_ms, 2000);
    free(world);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(belief_is_updated_in_place),
        cmocka_unit_test(g10_bounded_for_ever),
        cmocka_unit_test(g12_what_is_evicted_is_on_the_audit_chain),
        cmocka_unit_test(g13_no_retention_is_one),
        cmocka_unit_test(g14_the_same_reflectors_stay_as_many),
        cmocka_unit_test(anchors_fade),
        cmocka_unit_test(g15_one_current_place),
        cmocka_unit_test(withheld_tracks_are_forgotten_at_once),
        cmocka_unit_test(tracks_go_after_a_minute),
        cmocka_unit_test(alike_events_are_one),
        cmocka_unit_test(restored_world_goes_on_alike),
        cmocka_unit_test(people_and_anchors_are_where_they_were_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

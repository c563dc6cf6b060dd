// SPDX-License-Identifier: MIT
// Commands of the input log: decisions about privacy and their chain, and settings
// taken anew while the engine runs.
#include "cmocka_rv.h"
#include "feed.h"

#include <ruview/engine/settings.h>

#include <string.h>

static feed f;

enum { MOST = 64 };

static rv_attestation chain[MOST];
static unsigned       n_chain;

static void
look(void *const context, const rv_cycle_output *const output)
{
    for (unsigned i = 0; i < output->n_attested && n_chain < MOST; ++i) {
        chain[n_chain++] = output->attested[i];
    }
    f.last = *output->record;
}

static void
start(void)
{
    feed_defaults(&f);
    n_chain = 0;
    feed_start(&f);
    rv_engine_set_sink(f.engine, look, NULL);
    feed_run(&f, 1);
}

static void
give(const rv_command_kind kind, const uint64_t value, const uint32_t subject,
     const void *const blob, const size_t n)
{
    static uint8_t   bytes[RV_COMMAND_HEADER + RV_SETTINGS_BYTES];
    rv_writer        w       = {.bytes = bytes, .size = sizeof bytes};
    const rv_command command = {.kind    = kind,
                                .value   = value,
                                .subject = subject,
                                .blob    = blob,
                                .n_blob  = (uint32_t)n};
    assert_int_equal(rv_command_encode(&command, &w), RV_OK);
    const rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = f.now_us, .bytes = bytes, .n = w.at};
    assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
}

static uint64_t
refused(const rv_reason why)
{
    return rv_engine_get_counters(f.engine)->refused[why];
}

static void
decisions_are_chained(void **state)
{
    start();
    give(RV_COMMAND_MODE, RV_MODE_PRIVATE_HOME, 0, "rest:local", 10);
    feed_run(&f, 1);
    give(RV_COMMAND_CONSENT, 1, 1, "a\x01 b", 4);
    give(RV_COMMAND_CONSENT, 0, 0, NULL, 0);
    feed_run(&f, 1);
    assert_int_equal(f.last.privacy_mode, RV_MODE_PRIVATE_HOME);
    assert_int_equal(n_chain, 4);
    size_t bad;
    assert_int_equal(rv_attest_verify(chain, n_chain, &bad), RV_OK);
    const rv_run_header header = rv_engine_get_run_header(f.engine);
    assert_memory_equal(header.privacy, chain[0].hash, RV_DIGEST_BYTES);
    assert_int_equal(chain[0].reason, RV_ATTEST_START);
    assert_string_equal(chain[0].actor, "config");
    assert_string_equal(chain[1].actor, "rest:local");
    assert_string_equal(chain[2].actor, "a??b");
    assert_int_equal(chain[2].consent, RV_CONSENT_VITALS);
    assert_int_equal(chain[3].consent, RV_CONSENT_NONE);
    assert_int_equal(refused(RV_REASON_BAD_VALUE), 0);

    give(RV_COMMAND_MODE, 5, 0, NULL, 0); // there is no such mode
    give(RV_COMMAND_CONSENT, 2, 0, NULL, 0);
    assert_int_equal(refused(RV_REASON_BAD_VALUE), 2);
    for (int i = 0; i < 20; ++i) { // more in one cycle than are kept
        give(RV_COMMAND_MODE, (uint64_t)(i % 5), 0, NULL, 0);
    }
    assert_int_equal(refused(RV_REASON_OVERLOAD), 4);
    feed_run(&f, 1);
    assert_int_equal(n_chain, 20);
    assert_int_equal(rv_attest_verify(chain, n_chain, &bad), RV_OK);
    feed_stop(&f);
}

/// Zones in the world's graph
static unsigned
count_zones(const char *const name)
{
    rv_graph *const graph = rv_world_graph(rv_engine_get_world(f.engine));
    unsigned        n     = 0;
    for (uint32_t i = 0; i < rv_graph_n_nodes(graph); ++i) {
        const rv_world_node *const node = rv_graph_node_at(graph, i);
        n += node->kind == RV_WORLD_ZONE && (!name || strcmp(node->name, name) == 0);
    }
    return n;
}

static rv_engine_settings
some_settings(const unsigned n_zones)
{
    rv_engine_settings s;
    rv_engine_settings_of(rv_engine_get_config(f.engine), &s);
    s.n_zones = (uint8_t)n_zones;
    for (unsigned z = 0; z < n_zones; ++z) {
        const float x = (float)z;
        s.zone[z]     = (rv_zone_config){
                .n_vertices = 4, .vertex_m = {{x, 0}, {x + 1, 0}, {x + 1, 5}, {x, 5}}};
        s.zone[z].name[0] = (char)('A' + z);
    }
    return s;
}

static void
reload(const rv_engine_settings *const s)
{
    uint8_t   bytes[RV_SETTINGS_BYTES];
    rv_writer w = {.bytes = bytes, .size = sizeof bytes};
    assert_int_equal(rv_engine_settings_encode(s, &w), RV_OK);
    give(RV_COMMAND_RELOAD, 0, 0, bytes, w.at);
}

static void
settings_are_taken(void **state)
{
    start();
    rv_engine_settings s = some_settings(3);
    s.mode               = RV_MODE_ENTERPRISE_ANONYMOUS;
    s.no_data_us         = 700000;
    reload(&s);
    feed_run(&f, 1);
    assert_int_equal(f.last.privacy_mode, RV_MODE_ENTERPRISE_ANONYMOUS);
    assert_int_equal(f.last.n_zones, 3);
    assert_int_equal(count_zones(NULL), 3);
    assert_int_equal(chain[n_chain - 1].reason, RV_ATTEST_CONFIG);
    const unsigned decided = n_chain;
    s                 = some_settings(1); // fewer zones, and a new name for the first
    s.zone[0].name[0] = 'Z';
    reload(&s);
    feed_run(&f, 1);
    assert_int_equal(f.last.n_zones, 1);
    assert_int_equal(count_zones(NULL), 1);
    assert_int_equal(count_zones("Z"), 1);
    assert_int_equal(n_chain, decided); // nothing new about privacy
    feed_silence(&f, 0.6);
    assert_true(f.last.live);
    feed_silence(&f, 0.3);
    assert_false(f.last.live); // 0.7 s, not 2
    feed_stop(&f);
}

static void
bad_settings_change_nothing(void **state)
{
    start();
    uint8_t            bytes[RV_SETTINGS_BYTES];
    rv_writer          w = {.bytes = bytes, .size = sizeof bytes};
    rv_engine_settings s = some_settings(2);
    s.mode               = RV_MODE_STRICT_NO_IDENTITY;
    assert_int_equal(rv_engine_settings_encode(&s, &w), RV_OK);
    const size_t n = w.at;
    for (size_t cut = 0; cut < n; cut += 7) {
        give(RV_COMMAND_RELOAD, 0, 0, bytes, cut);
        assert_int_equal(refused(RV_REASON_BAD_VALUE), cut / 7 + 1);
    }
    static const struct {
        size_t  at;
        uint8_t value;
    } wrong[] = {{0, 2},  {1, 5},        {2, 2},      {3, 9},
                 {8, 17}, {9 + 31, 'x'}, {9 + 32, 2}, {9 + 33 + 3, 0x7F}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; ++i) {
        const uint8_t was  = bytes[wrong[i].at];
        bytes[wrong[i].at] = wrong[i].value;
        rv_engine_settings out;
        assert_int_not_equal(rv_engine_settings_decode(bytes, n, &out), RV_OK);
        give(RV_COMMAND_RELOAD, 0, 0, bytes, n);
        assert_int_equal(refused(RV_REASON_BAD_VALUE), (n + 6) / 7 + i + 1);
        bytes[wrong[i].at] = was;
    }
    s.no_data_us = 100; // less than a cycle
    reload(&s);
    feed_run(&f, 1);
    assert_int_equal(f.last.privacy_mode, RV_MODE_RAW_RESEARCH);
    assert_int_equal(f.last.n_zones, 0);
    assert_int_equal(n_chain, 1);
    assert_int_equal(refused(RV_REASON_BAD_VALUE), (n + 6) / 7 + 8 + 1);
    rv_engine_settings again;
    assert_int_equal(rv_engine_settings_decode(bytes, n, &again), RV_OK);
    assert_int_equal(again.n_zones, 2);
    feed_stop(&f);
}

static void
the_rest_needs_a_restart(void **state)
{
    feed_defaults(&f);
    feed_start(&f);
    const rv_engine_config now  = *rv_engine_get_config(f.engine);
    rv_engine_config       then = now;
    const char            *why  = "";
    then.mode                   = RV_MODE_STRICT_NO_IDENTITY;
    then.consent                = true;
    then.no_data_us             = 1000000;
    assert_int_equal(rv_engine_settings_check(&now, &then, &why), RV_OK);
    assert_null(why);
    then.node[1].position_m[0] += 1.0F;
    assert_int_equal(rv_engine_settings_check(&now, &then, &why), RV_ERR_UNSUPPORTED);
    assert_string_equal(why, "nodes");
    then = now;
    then.room_m[2] += 0.1F;
    assert_int_equal(rv_engine_settings_check(&now, &then, &why), RV_ERR_UNSUPPORTED);
    assert_string_equal(why, "room");
    then                = now;
    then.n_transmitters = 0;
    assert_int_equal(rv_engine_settings_check(&now, &then, &why), RV_ERR_UNSUPPORTED);
    assert_string_equal(why, "transmitters");
    then           = now;
    then.period_us = 100000;
    assert_int_equal(rv_engine_settings_check(&now, &then, &why), RV_ERR_UNSUPPORTED);
    then           = now;
    then.max_links = 3;
    assert_int_equal(rv_engine_settings_check(&now, &then, &why), RV_ERR_UNSUPPORTED);
    then.period_us = 1;
    assert_int_equal(rv_engine_settings_check(&now, &then, &why), RV_ERR_CONFIG);
    feed_stop(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_chained),
        cmocka_unit_test(settings_are_taken),
        cmocka_unit_test(bad_settings_change_nothing),
        cmocka_unit_test(the_rest_needs_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

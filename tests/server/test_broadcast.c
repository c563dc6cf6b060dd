// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "server/broadcast.h"

#include <string.h>

static rv_broadcast ring;

static void
put(const rv_server_topic topic, const unsigned sinks, const char *const text)
{
    assert_int_equal(rv_broadcast_put(&ring, topic, sinks, text, strlen(text)), RV_OK);
}

static void
a_reader_gets_what_comes_after_it(void **state)
{
    uint64_t skipped = 0;
    put(RV_TOPIC_RECORD, RV_READER_BOTH, "before");
    rv_reader reader =
        rv_broadcast_attach(&ring, 1U << RV_TOPIC_RECORD, RV_READER_LOCAL);
    assert_null(rv_broadcast_next(&ring, &reader, &skipped));
    put(RV_TOPIC_METRICS, RV_READER_BOTH, "not asked for");
    put(RV_TOPIC_RECORD, RV_READER_NETWORK, "not for here");
    assert_false(rv_broadcast_waits(&ring, &reader));
    put(RV_TOPIC_RECORD, RV_READER_LOCAL, "one");
    assert_true(rv_broadcast_waits(&ring, &reader));
    const rv_broadcast_slot *const slot = rv_broadcast_next(&ring, &reader, &skipped);
    assert_string_equal(slot->text.data, "one");
    assert_int_equal(skipped, 0);
    assert_null(rv_broadcast_next(&ring, &reader, &skipped));
    rv_broadcast_free(&ring);
    memset(&ring, 0, sizeof ring);
}

static void
a_slow_reader_learns_what_it_missed(void **state)
{
    rv_reader reader =
        rv_broadcast_attach(&ring, 1U << RV_TOPIC_RECORD, RV_READER_NETWORK);
    uint64_t skipped = 0;
    for (int i = 0; i < RV_SERVER_RING + 10; ++i) {
        put(RV_TOPIC_RECORD, RV_READER_BOTH, "x");
    }
    assert_non_null(rv_broadcast_next(&ring, &reader, &skipped));
    assert_int_equal(skipped, 10);
    for (int i = 1; i < RV_SERVER_RING; ++i) {
        assert_non_null(rv_broadcast_next(&ring, &reader, &skipped));
        assert_int_equal(skipped, 0);
    }
    assert_null(rv_broadcast_next(&ring, &reader, &skipped));
    rv_broadcast_free(&ring);
    memset(&ring, 0, sizeof ring);
}

static void
a_purge_leaves_nothing_to_read(void **state)
{
    rv_reader reader =
        rv_broadcast_attach(&ring, 1U << RV_TOPIC_RECORD, RV_READER_LOCAL);
    uint64_t skipped = 0;
    put(RV_TOPIC_RECORD, RV_READER_BOTH, "secret");
    const char *const memory = ring.slots[0].text.data;
    rv_broadcast_purge(&ring);
    assert_null(rv_broadcast_next(&ring, &reader, &skipped));
    assert_int_equal(memory[0], 0);
    rv_broadcast_free(&ring);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_gets_what_comes_after_it),
        cmocka_unit_test(a_slow_reader_learns_what_it_missed),
        cmocka_unit_test(a_purge_leaves_nothing_to_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

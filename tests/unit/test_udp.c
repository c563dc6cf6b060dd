// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "platform/udp.h"

#include <poll.h>
#include <string.h>

static void
datagrams_arrive_with_sender_and_stamp(void **state)
{
    rv_udp *receiver = NULL, *sender = NULL;
    assert_int_equal(rv_udp_open(&receiver, NULL, 0, 1U << 20), RV_OK);
    assert_int_equal(rv_udp_open(&sender, "127.0.0.1", 0, 0), RV_OK);
    const rv_address to = rv_address_v4(0x7F000001, rv_udp_port(receiver));
    for (uint8_t i = 0; i < 40; ++i) {
        const uint8_t bytes[3] = {i, 2, 3};
        assert_int_equal(rv_udp_send(sender, &to, bytes, sizeof bytes), RV_OK);
    }
    rv_input inputs[RV_UDP_BATCH];
    unsigned total = 0;
    uint64_t last  = 0;
    while (total < 40) {
        struct pollfd p = {.fd = rv_udp_fd(receiver), .events = POLLIN};
        assert_int_equal(poll(&p, 1, 5000), 1);
        unsigned n = 0;
        assert_int_equal(rv_udp_receive(receiver, inputs, &n), RV_OK);
        for (unsigned i = 0; i < n; ++i, ++total) {
            assert_int_equal(inputs[i].n, 3);
            assert_int_equal(inputs[i].bytes[0], total);
            assert_int_equal(inputs[i].from.port, rv_udp_port(sender));
            assert_int_equal(inputs[i].to.port, rv_udp_port(receiver));
            assert_true(inputs[i].t_us >= last && inputs[i].t_us > 0);
            last = inputs[i].t_us;
        }
    }
    assert_int_equal(rv_udp_counted(receiver)->datagrams, 40);
    unsigned n = 9;
    assert_int_equal(rv_udp_receive(receiver, inputs, &n), RV_OK);
    assert_int_equal(n, 0);
    rv_udp_close(sender);
    rv_udp_close(receiver);
}

static void
what_the_kernel_drops_is_counted(void **state)
{
    rv_udp *receiver = NULL, *sender = NULL;
    assert_int_equal(rv_udp_open(&receiver, "127.0.0.1", 0, 4096), RV_OK);
    assert_int_equal(rv_udp_open(&sender, "127.0.0.1", 0, 0), RV_OK);
    const rv_address     to         = rv_address_v4(0x7F000001, rv_udp_port(receiver));
    static const uint8_t bytes[400] = {1};
    rv_input             inputs[RV_UDP_BATCH];
    unsigned             n = 0, taken = 0;
    for (int i = 0; i < 200; ++i) {
        assert_int_equal(rv_udp_send(sender, &to, bytes, sizeof bytes), RV_OK);
    }
    do {
        assert_int_equal(rv_udp_receive(receiver, inputs, &n), RV_OK);
        taken += n;
    } while (n > 0);
    assert_int_equal(rv_udp_send(sender, &to, bytes, sizeof bytes), RV_OK);
    assert_int_equal(rv_udp_receive(receiver, inputs, &n), RV_OK);
    assert_int_equal(taken + n + rv_udp_counted(receiver)->dropped, 201);
    rv_udp_close(sender);
    rv_udp_close(receiver);
}

static void
a_name_is_no_address(void **state)
{
    rv_udp *self = NULL;
    assert_int_equal(rv_udp_open(&self, "localhost", 0, 0), RV_ERR_CONFIG);
    assert_null(self);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_arrive_with_sender_and_stamp),
        cmocka_unit_test(what_the_kernel_drops_is_counted),
        cmocka_unit_test(a_name_is_no_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

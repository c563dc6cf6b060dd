// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include "platform/pcap_live.h"
#include "platform/udp.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

static void
datagrams_on_the_loopback_are_heard(void **state)
{
    rv_pcap_live *live = NULL;
    rv_udp       *udp  = NULL;
    char          error[256], filter[64];
    assert_int_equal(rv_udp_open(&udp, NULL, 0, 0), RV_OK);
    snprintf(filter, sizeof filter, "udp port %u", rv_udp_port(udp));
    if (rv_pcap_live_open(&live, "lo", filter, error) != RV_OK) {
        printf("not run: %s\n", error);
        rv_udp_close(udp);
        skip();
    }
    const rv_address to = rv_address_v4(0x7F000001, rv_udp_port(udp));
    assert_int_equal(rv_udp_send(udp, &to, (const uint8_t *)"tones", 5), RV_OK);
    struct pollfd p = {.fd = rv_pcap_live_fd(live), .events = POLLIN};
    rv_input      in;
    while (rv_pcap_live_next(live, &in) == RV_ERR_EMPTY) {
        assert_int_equal(poll(&p, 1, 5000), 1);
    }
    assert_int_equal(in.kind, RV_INPUT_DATAGRAM);
    assert_int_equal(in.n, 5);
    assert_memory_equal(in.bytes, "tones", 5);
    assert_int_equal(in.to.port, rv_udp_port(udp));
    assert_true(in.t_us > 0);
    rv_pcap_live_close(live);
    rv_udp_close(udp);
}

static void
a_wrong_interface_is_told(void **state)
{
    rv_pcap_live *live = NULL;
    char          error[256];
    assert_int_equal(rv_pcap_live_open(&live, "nosuch0", NULL, error), RV_ERR_IO);
    assert_true(strlen(error) > 0);
    assert_null(live);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_on_the_loopback_are_heard),
        cmocka_unit_test(a_wrong_interface_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

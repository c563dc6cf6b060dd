// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/platform/config_file.h>

#include <string.h>

static rv_status
parse(const char *const text, rv_engine_config *const engine, char *const error)
{
    rv_edge_config edge = rv_edge_config_default();
    error[0]            = '\0';
    return rv_config_parse(text, strlen(text), "home.yaml", engine, &edge, error);
}

static void
a_room_with_three_nodes(void **state)
{
    const char *const text =
        "room:\n"
        "  name: flat\n"
        "  size: [5, 4, 2.5]\n"
        "nodes:\n"
        "  - {id: 1, name: door, position: [0.1, 0.2, 1.5]}\n"
        "  - {id: 2, position: [4.9, 0.2, 1.5], transmitter: a1b2}\n"
        "  - {id: 7}\n"
        "transmitters:\n"
        "  - {id: \"0xa1b2\", position: [2, 2, 2]}\n"
        "zones:\n"
        "  - name: sofa\n"
        "    polygon: [[0, 0], [2, 0], [2, 1]]\n"
        "privacy: {mode: care_with_consent, consent: yes}\n"
        "udp: {bind: 0.0.0.0, port: 5006, listen: [5500, 5001], interface: wlan0}\n"
        "server: {hosts: [flat.lan], origins: []}\n";
    rv_engine_config engine = rv_engine_config_default();
    rv_edge_config   edge   = rv_edge_config_default();
    char             error[RV_CONFIG_ERROR_BYTES];
    const rv_status  status =
        rv_config_parse(text, strlen(text), "home.yaml", &engine, &edge, error);
    if (status != RV_OK) {
        print_error("%s\n", error);
    }
    assert_int_equal(status, RV_OK);
    assert_int_equal(engine.n_nodes, 3);
    assert_string_equal(engine.node[0].name, "door");
    assert_true(engine.node[1].has_position);
    assert_int_equal(engine.node[1].tx, 0xa1b2);
    assert_false(engine.node[2].has_position);
    assert_non_null(rv_engine_config_tx_position(&engine, 0xa1b2));
    assert_null(rv_engine_config_tx_position(&engine, 5));
    assert_int_equal(engine.zone[0].n_vertices, 3);
    assert_int_equal(engine.mode, RV_MODE_CARE_WITH_CONSENT);
    assert_true(engine.consent);
    assert_int_equal(edge.udp_port, 5006);
    assert_string_equal(edge.udp_address, "0.0.0.0");
    assert_int_equal(edge.n_udp_listen, 2);
    assert_int_equal(edge.udp_listen[0], 5500);
    assert_int_equal(edge.udp_listen[1], 5001);
    assert_string_equal(edge.udp_interface, "wlan0");
    assert_int_equal(edge.http_port, 8080);
    assert_int_equal(edge.n_hosts, 1);
    assert_string_equal(edge.host[0], "flat.lan");
    assert_int_equal(edge.n_origins, 0);
}

static void
errors_name_the_line(void **state)
{
    rv_engine_config       engine = rv_engine_config_default();
    const rv_engine_config before = engine;
    char                   error[RV_CONFIG_ERROR_BYTES];
    assert_int_equal(parse("room:\n  size: [5, 4]\n", &engine, error), RV_ERR_CONFIG);
    assert_non_null(strstr(error, "home.yaml:2"));
    assert_int_equal(parse("room:\n  size: [5, 4, 2]\n  colour: red\n", &engine, error),
                     RV_ERR_CONFIG);
    assert_non_null(strstr(error, "home.yaml:3"));
    assert_non_null(strstr(error, "colour"));
    assert_int_equal(parse("privacy: {mode: secret}\n", &engine, error), RV_ERR_CONFIG);
    assert_int_equal(parse("nodes: [{id: 1}, {id: 1}]\n", &engine, error),
                     RV_ERR_CONFIG);
    assert_non_null(strstr(error, "twice"));
    assert_int_equal(parse("\tnot yaml: [\n", &engine, error), RV_ERR_CONFIG);
    assert_memory_equal(&engine, &before, sizeof engine);
}

static void
the_digest_follows_what_matters(void **state)
{
    rv_engine_config a = rv_engine_config_default();
    rv_engine_config b = a;
    uint8_t          da[RV_DIGEST_BYTES], db[RV_DIGEST_BYTES];
    b.cpu_mask = 3;
    rv_engine_config_digest(&a, da);
    rv_engine_config_digest(&b, db);
    assert_memory_equal(da, db, sizeof da);
    b.node[0].node = 1;
    b.n_nodes      = 1;
    rv_engine_config_digest(&b, db);
    assert_memory_not_equal(da, db, sizeof da);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_room_with_three_nodes),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(the_digest_follows_what_matters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

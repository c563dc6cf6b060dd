// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "record_samples.h"

#include <ruview/publish/home_assistant.h>
#include <ruview/publish/rfc3339.h>

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { N = 4096 };
static char               text[N];
static const rv_ha_device device = {"homeassistant", "home-node1", "RuView", "0.1.0"};

static json_t *
parse(const size_t n)
{
    json_t *const root = json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(root);
    return root;
}

static const char *
string(json_t *const root, const char *const key)
{
    const char *const value = json_string_value(json_object_get(root, key));
    assert_non_null(value);
    return value;
}

/// The example of the existing servers, key by key
static void
presence_discovery(void **state)
{
    size_t n = N;
    assert_int_equal(rv_ha_topic_name(&device, RV_HA_PRESENCE, RV_HA_CONFIG, text, &n),
                     RV_OK);
    text[n] = '\0';
    assert_string_equal(
        text, "homeassistant/binary_sensor/wifi_densepose_home-node1/presence/config");
    n = N;
    assert_int_equal(rv_ha_config_payload(&device, RV_HA_PRESENCE, text, &n), RV_OK);
    json_t *const root = parse(n);
    assert_string_equal(string(root, "unique_id"),
                        "wifi_densepose_home-node1_presence");
    assert_string_equal(string(root, "object_id"),
                        "wifi_densepose_home-node1_presence");
    assert_string_equal(
        string(root, "state_topic"),
        "homeassistant/binary_sensor/wifi_densepose_home-node1/presence/state");
    assert_string_equal(
        string(root, "availability_topic"),
        "homeassistant/binary_sensor/wifi_densepose_home-node1/presence/availability");
    assert_string_equal(string(root, "payload_on"), "ON");
    assert_string_equal(string(root, "payload_off"), "OFF");
    assert_string_equal(string(root, "payload_available"), "online");
    assert_string_equal(string(root, "device_class"), "occupancy");
    assert_string_equal(string(root, "icon"), "mdi:motion-sensor");
    assert_int_equal(json_integer_value(json_object_get(root, "qos")), 1);
    json_decref(root);
}

static void
every_payload_parses(void **state)
{
    static sample s;
    sample_fill(&s);
    for (int e = 0; e < RV_HA_ENTITY_COUNT; ++e) {
        size_t n = N;
        assert_int_equal(rv_ha_config_payload(&device, (rv_ha_entity)e, text, &n),
                         RV_OK);
        json_decref(parse(n));
        n = N;
        assert_int_equal(rv_ha_state_payload((rv_ha_entity)e, &s.record, text, &n),
                         RV_OK);
        if (e != RV_HA_PRESENCE) {
            json_t *const root = parse(n);
            if (e != RV_HA_FALL) { // the template's key is in the state
                assert_non_null(rv_ha_traits_of((rv_ha_entity)e));
            }
            (void)string(root, "ts");
            json_decref(root);
        }
    }
}

static void
unknown_and_withheld(void **state)
{
    static sample s;
    sample_fill(&s);
    s.record.presence        = RV_UNKNOWN;
    s.record.presence_reason = RV_REASON_NO_DATA;
    size_t n                 = N;
    assert_int_equal(rv_ha_state_payload(RV_HA_PRESENCE, &s.record, text, &n), RV_OK);
    assert_int_equal(n, 4);
    assert_memory_equal(text, "None", 4);

    n = N; // unknown: says so
    assert_int_equal(rv_ha_state_payload(RV_HA_HEART_RATE, &s.record, text, &n), RV_OK);
    json_t *const root = parse(n);
    assert_true(json_is_null(json_object_get(root, "bpm")));
    assert_string_equal(string(root, "reason"), "moving");
    json_decref(root);

    s.record.heart_bpm = rv_unknown(RV_REASON_PRIVACY); // withheld: not even that
    n                  = N;
    assert_int_equal(rv_ha_state_payload(RV_HA_HEART_RATE, &s.record, text, &n),
                     RV_ERR_EMPTY);
    s.record.n_events = 0;
    assert_int_equal(rv_ha_state_payload(RV_HA_FALL, &s.record, text, &n),
                     RV_ERR_EMPTY);
}

static void
unsafe_names_are_refused(void **state)
{
    static const char *const bad[] = {
        "",
        ".",
        "..",
        ".x",
        "a/b",
        "a\\b",
        "%2e%2e",
        "a b",
        "a+b",
        "a#",
        "\xEF\xBC\x8E",
        "12345678901234567890123456789012345678901234567890123456789012345"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        const rv_ha_device other = {"homeassistant", bad[i], "n", "v"};
        size_t             n     = N;
        assert_false(rv_is_safe_id(bad[i]));
        assert_int_equal(rv_ha_config_payload(&other, RV_HA_PRESENCE, text, &n),
                         RV_ERR_VALUE);
    }
    assert_true(rv_is_safe_id("a"));
    assert_true(rv_is_safe_id(
        "1234567890123456789012345678901234567890123456789012345678901234"));
}

/// Against the C library's calendar
static void
times_are_right(void **state)
{
    srand(3);
    for (int i = 0; i < 20000; ++i) {
        const uint64_t s =
            i < 3 ? (uint64_t)i * 951782399U // around leap days
                  : ((uint64_t)rand() << 20 ^ (uint64_t)rand()) % 253402300800U;
        const time_t t = (time_t)s;
        char         want[64], got[RV_RFC3339_CHARS + 1] = {0};
        strftime(want, sizeof want, "%Y-%m-%dT%H:%M:%S.042Z", gmtime(&t));
        rv_rfc3339(s * 1000000 + 42999, got);
        assert_string_equal(got, want);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presence_discovery),
        cmocka_unit_test(every_payload_parses),
        cmocka_unit_test(unknown_and_withheld),
        cmocka_unit_test(unsafe_names_are_refused),
        cmocka_unit_test(times_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "server/access.h"

#include <string.h>

static void
only_this_machine_is_known_at_first(void **state)
{
    rv_access access;
    rv_access_init(&access);
    assert_int_equal(rv_access_host(&access, "localhost:8080"), 200);
    assert_int_equal(rv_access_host(&access, "LOCALHOST:8080"), 200);
    assert_int_equal(rv_access_host(&access, "127.0.0.1"), 200);
    assert_int_equal(rv_access_host(&access, "[::1]:8080"), 200);
    assert_int_equal(rv_access_host(&access, ""), 400);
    assert_int_equal(rv_access_host(&access, NULL), 400);
}

static void
other_hosts_are_misdirected(void **state)
{
    static const char *const others[] = {"evil.example",
                                         "localhost.evil.example",
                                         "127.0.0.1.evil.example:80",
                                         "localhost:80:80",
                                         "localhost:",
                                         "localhost:http",
                                         "localhost:123456",
                                         "[::1",
                                         "[::2]",
                                         "::1",
                                         "127.0.0.2",
                                         " localhost",
                                         "localhost "};
    rv_access                access;
    rv_access_init(&access);
    for (size_t i = 0; i < sizeof others / sizeof *others; ++i) {
        assert_int_equal(rv_access_host(&access, others[i]), 421);
    }
    assert_int_equal(rv_access_add_host(&access, "Home.Example"), RV_OK);
    assert_int_equal(rv_access_host(&access, "home.example:8080"), 200);
    assert_int_equal(rv_access_add_host(&access, ""), RV_ERR_RANGE);
}

static void
an_origin_is_this_server_or_listed(void **state)
{
    rv_access access;
    rv_access_init(&access);
    assert_true(
        rv_access_origin(&access, "http://localhost:8080", "localhost:8080", false));
    assert_true(
        rv_access_origin(&access, "HTTP://LocalHost:8080", "localhost:8080", false));
    assert_false(
        rv_access_origin(&access, "http://localhost:3000", "localhost:8080", false));
    assert_false(
        rv_access_origin(&access, "https://localhost:8080", "localhost:8080", false));
    assert_false(
        rv_access_origin(&access, "http://localhost:8080", "localhost:8080", true));
    assert_false(rv_access_origin(&access, "null", "localhost:8080", false));
    assert_false(rv_access_origin(&access, "", "localhost:8080", false));
    assert_int_equal(rv_access_add_origin(&access, "https://home.example"), RV_OK);
    assert_true(
        rv_access_origin(&access, "https://Home.example", "localhost:8080", false));
}

static void
a_token_is_compared_whole(void **state)
{
    static const char token[] = "0123456789abcdef0123456789abcdef";
    rv_access         access;
    rv_access_init(&access);
    assert_int_equal(rv_access_set_token(&access, "short"), RV_ERR_RANGE);
    assert_int_equal(rv_access_set_token(&access, token), RV_OK);
    assert_true(rv_access_token(&access, token, 32));
    assert_false(rv_access_token(&access, token, 31));
    assert_false(rv_access_token(&access, token, 16)); // repeated it would be equal
    assert_false(rv_access_token(&access, "", 0));
    assert_false(rv_access_token(&access, "0123456789abcdef0123456789abcdeF", 32));
    assert_true(
        rv_access_authorization(&access, "bearer 0123456789abcdef0123456789abcdef"));
    assert_false(rv_access_authorization(&access, "Bearer"));
    assert_false(rv_access_authorization(&access, token));
    // base64 of "me:" and the token
    assert_true(rv_access_authorization(
        &access, "Basic bWU6MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="));
    assert_false(
        rv_access_authorization(&access, "Basic bWU6MDEyMzQ1Njc4OWFiY2RlZg=="));
    assert_false(rv_access_authorization(&access, "Basic ????"));
    assert_true(rv_access_protocol(
        &access, "ruview.v1, bearer.0123456789abcdef0123456789abcdef"));
    assert_false(rv_access_protocol(&access, "ruview.v1"));
    assert_false(rv_access_protocol(&access, "bearer."));
}

static void
a_ticket_serves_once_and_for_a_minute(void **state)
{
    rv_access access;
    char      ticket[RV_ACCESS_TICKET_HEX + 1], other[RV_ACCESS_TICKET_HEX + 1];
    rv_access_init(&access);
    assert_int_equal(rv_access_ticket_issue(&access, 0, ticket), RV_OK);
    assert_int_equal(rv_access_ticket_issue(&access, 0, other), RV_OK);
    assert_string_not_equal(ticket, other);
    assert_true(rv_access_ticket_redeem(&access, 59999999, ticket));
    assert_false(rv_access_ticket_redeem(&access, 59999999, ticket));
    assert_false(rv_access_ticket_redeem(&access, 60000000, other));
    assert_false(rv_access_ticket_redeem(&access, 1, ""));
    assert_false(
        rv_access_ticket_redeem(&access, 1, "00000000000000000000000000000000"));
}

static void
an_id_names_no_other_place(void **state)
{
    static const char *const bad[] = {"",   ".",   "..",  "a/b",          "a\\b",
                                      ".x", "%2e", "a b", "\xEF\xBC\xA1", "../../x"};
    char                     longest[66];
    memset(longest, 'a', sizeof longest);
    longest[65] = '\0';
    for (size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        assert_false(rv_access_is_safe_id(bad[i]));
    }
    assert_false(rv_access_is_safe_id(longest));
    assert_true(rv_access_is_safe_id(longest + 1));
    assert_true(rv_access_is_safe_id("rec_2026-11-22.a"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_this_machine_is_known_at_first),
        cmocka_unit_test(other_hosts_are_misdirected),
        cmocka_unit_test(an_origin_is_this_server_or_listed),
        cmocka_unit_test(a_token_is_compared_whole),
        cmocka_unit_test(a_ticket_serves_once_and_for_a_minute),
        cmocka_unit_test(an_id_names_no_other_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <string.h>

static void
a_status_has_a_name_and_a_text(void **state)
{
    assert_string_equal(rv_status_name(RV_OK), "OK");
    assert_string_equal(rv_status_name(RV_ERR_TRUNCATED), "ERR_TRUNCATED");
    assert_string_equal(rv_status_text(RV_OK), "success");
    assert_string_equal(rv_status_name((rv_status)-9999), "UNKNOWN");
    assert_string_equal(rv_status_text((rv_status)77), "unknown status");
}

static void
reasons_have_names_of_their_own(void **state)
{
    assert_string_equal(rv_reason_name(RV_REASON_NO_DATA), "no_data");
    assert_string_equal(rv_reason_name((rv_reason)9999), "unknown");
    for (int i = 0; i < RV_REASON_COUNT; ++i) {
        assert_string_not_equal(rv_reason_name((rv_reason)i), "unknown");
        assert_string_not_equal(rv_reason_text((rv_reason)i), "unknown reason");
        for (int k = 0; k < i; ++k) {
            assert_string_not_equal(rv_reason_name((rv_reason)i),
                                    rv_reason_name((rv_reason)k));
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_status_has_a_name_and_a_text),
        cmocka_unit_test(reasons_have_names_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

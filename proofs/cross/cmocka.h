// SPDX-License-Identifier: MIT
/**
   @file cmocka.h
   As much of cmocka's interface as the unit tests use, for CPUs that have no package of
   it: the same tests, compiled for AArch64 and run under an emulator
   (proofs/cross-tests).
*/
#ifndef RV_PROOFS_CROSS_CMOCKA_H
#define RV_PROOFS_CROSS_CMOCKA_H

#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct CMUnitTest {
    const char *name;
    void (*run)(void **state);
};

static jmp_buf cross_end; ///< Where a test goes that failed (1) or was skipped (2)

#define CROSS_CHECK(good, text)                                                        \
    do {                                                                               \
        if (!(good)) {                                                                 \
            printf("%s:%d: %s\n", __FILE__, __LINE__, text);                           \
            longjmp(cross_end, 1);                                                     \
        }                                                                              \
    } while (0)

#define cmocka_unit_test(f)                                                            \
    {                                                                                  \
#f, f                                                                          \
    }
#define assert_true(x)     CROSS_CHECK((x), "not true: " #x)
#define assert_false(x)    CROSS_CHECK(!(x), "not false: " #x)
#define assert_null(x)     CROSS_CHECK((x) == NULL, "not NULL: " #x)
#define assert_non_null(x) CROSS_CHECK((x) != NULL, "NULL: " #x)
#define assert_int_equal(a, b)                                                         \
    CROSS_CHECK((uintmax_t)(a) == (uintmax_t)(b), #a " is not " #b)
#define assert_int_not_equal(a, b)                                                     \
    CROSS_CHECK((uintmax_t)(a) != (uintmax_t)(b), #a " is " #b)
#define assert_ptr_equal(a, b) CROSS_CHECK((const void *)(a) == (b), #a " is not " #b)
#define assert_memory_equal(a, b, n)                                                   \
    CROSS_CHECK(memcmp((a), (b), (n)) == 0, #a " differs from " #b)
#define assert_memory_not_equal(a, b, n)                                               \
    CROSS_CHECK(memcmp((a), (b), (n)) != 0, #a " is the same as " #b)
#define assert_string_equal(a, b)     CROSS_CHECK(strcmp((a), (b)) == 0, #a " is not " #b)
#define assert_string_not_equal(a, b) CROSS_CHECK(strcmp((a), (b)) != 0, #a " is " #b)
#define assert_float_equal(a, b, e)                                                    \
    CROSS_CHECK(fabs((double)(a) - (double)(b)) <= (double)(e), #a " is not " #b)
#define assert_in_range(x, a, b)                                                       \
    CROSS_CHECK((uintmax_t)(x) >= (uintmax_t)(a) && (uintmax_t)(x) <= (uintmax_t)(b),  \
                #x " is out of range")
#define fail_msg(...)      (printf(__VA_ARGS__), longjmp(cross_end, 1))
#define skip()             longjmp(cross_end, 2)
#define print_message(...) printf(__VA_ARGS__)

static inline int
cross_run(const struct CMUnitTest *const tests, const size_t n, int (*set_up)(void **),
          int (*tear_down)(void **))
{
    static volatile int    failed;
    static volatile size_t i;
    void                  *state = NULL;
    failed                       = set_up && set_up(&state) != 0;
    for (i = 0; i < n && !failed; ++i) {
        switch (setjmp(cross_end)) {
        case 0:
            tests[i].run(&state);
            break;
        case 1:
            printf("FAILED %s\n", tests[i].name);
            failed = 1;
            break;
        default:
            printf("skipped %s\n", tests[i].name);
        }
    }
    if (tear_down) {
        (void)tear_down(&state);
    }
    return failed;
}

#define cmocka_run_group_tests(tests, set_up, tear_down)                               \
    cross_run((tests), sizeof(tests) / sizeof *(tests), (set_up), (tear_down))

#endif // RV_PROOFS_CROSS_CMOCKA_H

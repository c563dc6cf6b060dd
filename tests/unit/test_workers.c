// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/platform/workers.h>

#include <fenv.h>
#include <stdatomic.h>

enum { n_items = 1000 };

typedef struct {
    atomic_uint times[n_items];
    atomic_uint at_work[RV_MAX_WORKERS];
    atomic_bool twice; ///< Two at once with the same worker number
} tally;

static void
count(void *const arg, const uint32_t item, const uint32_t worker)
{
    tally *const t = arg;
    if (atomic_fetch_add(&t->at_work[worker], 1) != 0) {
        atomic_store(&t->twice, true);
    }
    atomic_fetch_add(&t->times[item], 1);
    atomic_fetch_sub(&t->at_work[worker], 1);
}

static void
every_item_is_done_once(void **state)
{
    (void)state;
    static tally t;
    for (unsigned n = 1; n <= RV_MAX_WORKERS; n *= 2) {
        rv_workers *const pool = rv_workers_create(n);
        assert_non_null(pool);
        t = (tally){0};
        rv_workers_run(pool, n_items, count, &t);
        rv_workers_run(pool, n_items, count, &t);
        rv_workers_run(pool, 0, count, &t);
        for (int i = 0; i < n_items; ++i) {
            assert_int_equal(atomic_load(&t.times[i]), 2);
        }
        assert_false(atomic_load(&t.twice));
        rv_workers_destroy(pool);
    }
    assert_null(rv_workers_create(0));
    assert_null(rv_workers_create(RV_MAX_WORKERS + 1));
    rv_workers_destroy(NULL);
}

// A new thread rounds as the one that made it
static void
threads_that_round_otherwise_are_refused(void **state)
{
    (void)state;
    assert_int_equal(fesetround(FE_UPWARD), 0);
    rv_workers *const pool = rv_workers_create(2);
    assert_int_equal(fesetround(FE_TONEAREST), 0);
    assert_null(pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_is_done_once),
        cmocka_unit_test(threads_that_round_otherwise_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

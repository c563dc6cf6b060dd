// SPDX-License-Identifier: MIT
// Whether somebody is known again, through the whole engine: every answer is reached.
#include "cmocka_rv.h"
#include "feed.h"

#include "engine/engine_state.h"

#include <stdlib.h>

static feed     room;
static uint32_t seen[RV_REASON_COUNT]; // Cycles by reason
static uint32_t known_as;

static void
look(void *const context, const rv_record *const record)
{
    (void)context;
    for (int i = 0; i < record->n_persons; ++i) {
        const rv_record_person *const p = &record->persons[i];
        ++seen[p->identity_reason];
        if (p->identity_reason == RV_REASON_NONE) {
            known_as = p->identity;
            assert_true(p->identity != p->id && p->identity_margin > 0.0F);
        } else {
            assert_int_equal(p->identity, 0);
        }
    }
}

static void
add_walker(const float from_s, const float until_s)
{
    rv_sim_person *const p = &room.scene.person[room.scene.n_persons++];
    rv_sim_person_default(p);
    p->loop        = true;
    p->from_s      = from_s;
    p->until_s     = until_s;
    p->n_waypoints = 2;
    p->waypoint[0] = (rv_sim_waypoint){1.0F, 1.0F, 0.0F, 1.0F, RV_SIM_STAND};
    p->waypoint[1] = (rv_sim_waypoint){5.0F, 4.0F, 0.0F, 1.0F, RV_SIM_STAND};
}

// Somebody walks, leaves, and somebody walks again; `twins` were alike before
static void
walk_twice(const float needed, const bool twins)
{
    memset(seen, 0, sizeof seen);
    known_as = 0;
    feed_defaults(&room);
    room.scene.radio.n_entries = 64;
    add_walker(5.0F, 45.0F);
    add_walker(65.0F, 120.0F);
    room.look = look;
    feed_start(&room);
    room.engine->gait.cfg.seconds = 5.0F;
    room.engine->known.needed     = needed;
    feed_run(&room, 60.0);
    assert_true(room.engine->known.count > 0);
    if (twins) {
        rv_identity_store *const known = &room.engine->known;
        known->most[1]                 = 9.0F; // as if nobody else could be so
        rv_identity_enrol(known, 1000, known->value[0]);
    }
    feed_run(&room, 45.0);
    feed_stop(&room);
    assert_true(seen[RV_REASON_WARMING_UP] > 100); // has not walked enough
    assert_true(seen[RV_REASON_NO_DATA] > 0);      // nobody to compare with
}

static void
who_is_like_one_known_before_is_known_again(void **state)
{
    walk_twice(-9.0F, false);
    assert_true(seen[RV_REASON_NONE] > 0);
    assert_int_equal(known_as, 1);
}

// As it ships: somebody new cannot be ruled out
static void
who_cannot_be_told_is_unknown(void **state)
{
    walk_twice(4.6F, false);
    assert_int_equal(seen[RV_REASON_NONE], 0);
    assert_true(seen[RV_REASON_LOW_QUALITY] > 0);
}

static void
who_is_like_two_is_ambiguous(void **state)
{
    walk_twice(0.1F, true);
    assert_int_equal(seen[RV_REASON_NONE], 0);
    assert_true(seen[RV_REASON_AMBIGUOUS] > 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_like_one_known_before_is_known_again),
        cmocka_unit_test(who_cannot_be_told_is_unknown),
        cmocka_unit_test(who_is_like_two_is_ambiguous),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

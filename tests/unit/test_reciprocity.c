// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"

#include <ruview/math/random.h>
#include <ruview/room/reciprocity.h>

#include <math.h>
#include <string.h>

enum { n_nodes = 4, n_links = 12 };

typedef struct {
    rv_reciprocity self;
    rv_random      random;
    uint8_t        rx[n_links], tx[n_links];
    rv_room_link   link[n_links];
    uint64_t       t_us;
} mesh;

// Nodes 1..4 at the corners of a room
static rv_room_link
between(const uint8_t tx, const uint8_t rx)
{
    return (rv_room_link){
        .tx_m    = {(float)(tx & 1) * 5.0F, (float)(tx & 2) * 2.0F, 1.0F},
        .rx_m    = {(float)(rx & 1) * 5.0F, (float)(rx & 2) * 2.0F, 1.0F},
        .located = true};
}

static void
begin(mesh *const m)
{
    const rv_reciprocity_config cfg = rv_reciprocity_config_default();
    uint32_t                    n   = 0;
    memset(m, 0, sizeof *m);
    for (uint8_t t = 1; t <= n_nodes; ++t) {
        for (uint8_t r = 1; r <= n_nodes; ++r) {
            if (t != r) {
                m->link[n] = between(t, r);
                m->tx[n]   = t;
                m->rx[n++] = r;
            }
        }
    }
    rv_random_init(&m->random, 5, 0);
    assert_int_equal(rv_reciprocity_init(&m->self, &cfg), RV_OK);
    assert_int_equal(rv_reciprocity_set_links(&m->self, m->link, m->rx, n_links),
                     RV_OK);
}

// One second: a common motion power per path, each direction off by exp(N(0, 0.3)),
// which is what opposite links of a simulated flat scatter by; what one receiver gets
// beside it
static rv_reciprocity_frame
second(mesh *const m, const float motion, const uint8_t receiver, const float beside)
{
    rv_room_sample       sample[n_links];
    rv_reciprocity_frame out;
    float                path[256] = {0};
    for (uint32_t l = 0; l < n_links; ++l) {
        const uint32_t p =
            m->rx[l] < m->tx[l] ? m->rx[l] * 16U + m->tx[l] : m->tx[l] * 16U + m->rx[l];
        if (path[p] == 0.0F) {
            path[p] = motion * expf(rv_random_normal_f32(&m->random));
        }
        sample[l] = (rv_room_sample){.sigma_db = 0.2F, .weight = 1.0F, .valid = true};
        sample[l].variance_db2 =
            0.04F + path[p] * expf(0.3F * rv_random_normal_f32(&m->random));
        sample[l].variance_db2 += m->rx[l] == receiver ? beside : 0.0F;
    }
    m->t_us += 1000000;
    assert_int_equal(rv_reciprocity_push(&m->self, m->t_us, sample, n_links, &out),
                     RV_OK);
    return out;
}

static void
people_move_both_directions(void **state)
{
    mesh m;
    begin(&m);
    assert_int_equal(second(&m, 3.0F, 0, 0.0F).reason, RV_REASON_WARMING_UP);
    for (int i = 0; i < 36000; ++i) {
        const rv_reciprocity_frame f = second(&m, 3.0F, 0, 0.0F);
        assert_int_equal(f.reason, RV_REASON_NONE);
        assert_int_equal(f.n_pairs, 6);
        assert_int_equal(f.n_suspects, 0);
    }
}

static void
one_receiver_alone_is_named(void **state)
{
    mesh m;
    begin(&m);
    for (int i = 0; i < 60; ++i) {
        second(&m, 0.0F, 0, 0.0F);
    }
    int after = 0;
    for (; after < 60; ++after) {
        const rv_reciprocity_frame f = second(&m, 0.0F, 3, 2.0F);
        if (f.n_suspects != 0) {
            assert_int_equal(f.n_suspects, 1);
            assert_int_equal(f.suspect[0], 3);
            break;
        }
    }
    assert_true(after <= 5);
    // Beside somebody who walks, too
    begin(&m);
    for (after = 0; after < 60; ++after) {
        if (second(&m, 0.5F, 2, 6.0F).n_suspects != 0) {
            break;
        }
    }
    assert_true(after <= 12);
}

static void
a_suspicion_ends_with_its_cause(void **state)
{
    mesh m;
    begin(&m);
    for (int i = 0; i < 30; ++i) {
        second(&m, 0.0F, 1, 5.0F);
    }
    assert_int_equal(second(&m, 0.0F, 1, 5.0F).n_suspects, 1);
    int still = 0;
    while (second(&m, 0.0F, 0, 0.0F).n_suspects != 0) {
        ++still;
    }
    assert_true(still <= 3);
}

static void
without_opposite_links_it_cannot_tell(void **state)
{
    mesh                 m;
    rv_room_sample       sample[3] = {{0}};
    rv_reciprocity_frame out;
    begin(&m);
    const uint8_t rx[3]   = {2, 3, 4};
    rv_room_link  link[3] = {between(1, 2), between(1, 3), between(1, 4)};
    assert_int_equal(rv_reciprocity_set_links(&m.self, link, rx, 3), RV_OK);
    assert_int_equal(rv_reciprocity_push(&m.self, 0, sample, 3, &out), RV_OK);
    assert_int_equal(out.reason, RV_REASON_NO_GEOMETRY);
    const rv_reciprocity before = m.self;
    assert_int_equal(rv_reciprocity_push(&m.self, 1, sample, 2, &out), RV_ERR_RANGE);
    assert_int_equal(rv_reciprocity_set_links(&m.self, link, rx, 65), RV_ERR_RANGE);
    link[1].rx_m[0] = NAN;
    assert_int_equal(rv_reciprocity_set_links(&m.self, link, rx, 3), RV_ERR_NONFINITE);
    rv_reciprocity_config cfg = rv_reciprocity_config_default();
    cfg.cap                   = 0.1F;
    assert_int_equal(rv_reciprocity_init(&m.self, &cfg), RV_ERR_CONFIG);
    assert_memory_equal(&before, &m.self, sizeof before);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_move_both_directions),
        cmocka_unit_test(one_receiver_alone_is_named),
        cmocka_unit_test(a_suspicion_ends_with_its_cause),
        cmocka_unit_test(without_opposite_links_it_cannot_tell),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
// The numbers that links give together, taken through the engine to the record and to
// the stage digests: echo against the baseline, common change, array of nodes, geometry
// of the room and at a person, and the channels of hopping nodes.
#include "cmocka_rv.h"

#include "feed.h"

#include <ruview/base/bytes.h>

#include <math.h>
#include <string.h>

static feed f;

typedef struct {
    double   from_s, until_s;
    double   echo[RV_MAX_LINKS], sigma[RV_MAX_LINKS];
    uint32_t n[RV_MAX_LINKS], n_sigma[RV_MAX_LINKS];
    bool     south[RV_MAX_LINKS]; ///< Between nodes 1 and 2
    double   shared;
    uint32_t n_shared, n_gdop, n_bands;
    double   gdop, band_coherence;
    double   band_match;
    float    geometry, geometry_sigma, geometry_quality;
    float    weight[RV_MAX_NODES];
    uint32_t out_by_reason[RV_REASON_COUNT]; ///< Node 3
} seen;

static void
look(void *const context, const rv_record *const r)
{
    seen *const  s   = context;
    const double now = (double)(r->t_us - f.scene.start_us) * 1e-6;
    if (now < s->from_s || now >= s->until_s) {
        return;
    }
    for (int i = 0; i < r->n_links; ++i) {
        const rv_record_link *const link = &r->links[i];
        s->south[i] = (link->node == 1 && link->tx == rv_sim_tx_hash(&f.sim, 1)) ||
                      (link->node == 2 && link->tx == rv_sim_tx_hash(&f.sim, 0));
        if (link->echo_ratio.reason == RV_REASON_NONE) {
            assert_true(link->echo_ratio.sigma > 0.0F);
            s->sigma[i] += (double)link->echo_ratio.sigma;
            ++s->n_sigma[i];
        }
        if (link->bands > 1 && link->band_coherence.reason == RV_REASON_NONE &&
            link->band_match.reason == RV_REASON_NONE) {
            ++s->n_bands;
            s->band_coherence += (double)link->band_coherence.value;
            s->band_match += (double)link->band_match.value;
            assert_true(link->bands <= 3);
            assert_true(link->band_coherence.quality <= 1.0F);
        }
    }
    if (r->geometry.reason == RV_REASON_NONE) {
        s->geometry         = r->geometry.value;
        s->geometry_sigma   = r->geometry.sigma;
        s->geometry_quality = r->geometry.quality;
    }
    for (int i = 0; i < r->n_nodes; ++i) {
        s->weight[i] = r->nodes[i].array_weight;
    }
    if (r->n_nodes > 2) {
        ++s->out_by_reason[r->nodes[2].array_reason];
    }
    for (int i = 0; i < r->n_persons; ++i) {
        if (r->persons[i].gdop.reason == RV_REASON_NONE) {
            s->gdop += (double)r->persons[i].gdop.value;
            ++s->n_gdop;
        }
    }
}

// What the stages put into their digests, which the privacy class does not thin out
static void
probe(void *const user, const unsigned stage, const char *const name,
      const uint32_t index, const float *const values, const size_t n)
{
    feed *const  fed = user;
    seen *const  s   = fed->context;
    const double now = (double)(fed->now_us - fed->scene.start_us) * 1e-6;
    if (now < s->from_s || now >= s->until_s) {
        return;
    }
    if (strcmp(name, "echo_ratio") == 0) {
        s->echo[index] += (double)values[0];
        ++s->n[index];
    } else if (strcmp(name, "shared_change") == 0) {
        s->shared += (double)values[0];
        ++s->n_shared;
    }
}

// Up and down at y = 3.4, 3 m from the link between nodes 1 and 2
static void
add_walker(const float from_s)
{
    rv_sim_person *const p = &f.scene.person[0];
    f.scene.n_persons      = 1;
    rv_sim_person_default(p);
    p->from_s      = from_s;
    p->n_waypoints = 2;
    p->waypoint[0] = (rv_sim_waypoint){2.0F, 3.4F, 3.0F, 1.0F, RV_SIM_STAND};
    p->waypoint[1] = (rv_sim_waypoint){4.0F, 3.4F, 3.0F, 1.0F, RV_SIM_STAND};
}

static void
calibrate(const uint64_t seconds)
{
    uint8_t    bytes[64];
    rv_writer  w       = {.bytes = bytes, .size = sizeof bytes};
    rv_command command = {.kind = RV_COMMAND_CALIBRATE_START, .value = seconds};
    assert_int_equal(rv_command_encode(&command, &w), RV_OK);
    const rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = f.now_us, .bytes = bytes, .n = w.at};
    assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
}

static void
a_walker_shows_against_the_empty_room(void **state)
{
    seen empty = {.from_s = 20, .until_s = 30}, walk = {.from_s = 31, .until_s = 61};
    feed_defaults(&f);
    f.scene.radio.evm_db = -30.0F;
    add_walker(30.0F);
    f.look           = look;
    f.context        = &empty;
    f.config.digests = true;
    feed_start(&f);
    rv_engine_set_probe(f.engine, probe, &f);
    feed_run(&f, 1.0);
    calibrate(16);
    feed_run(&f, 29.0);
    f.context = &walk;
    feed_run(&f, 31.0);
    feed_stop(&f);
    int above = 0;
    for (int i = 0; i < 12; ++i) {
        assert_true(empty.n[i] > 100 && walk.n[i] > 300);
        const double before = empty.echo[i] / empty.n[i];
        const double with   = walk.echo[i] / walk.n[i];
        const double db     = 10 * log10(with / before);
        print_message(
            "link %d: echo %.1f dB empty (sigma %.1f dB), %+.1f dB with a walker%s\n",
            i, 10 * log10(before), 10 * log10(empty.sigma[i] / empty.n_sigma[i]), db,
            empty.south[i] ? ", 3 m away" : "");
        // Near the straight line the change is gain and phase, which no packet tells
        // from the radio's own: other links show less
        assert_true(db > 2);
        above += empty.south[i] && db >= 10;
    }
    assert_int_equal(above, 2);
    const double calm = empty.shared / empty.n_shared;
    const double busy = walk.shared / walk.n_shared;
    print_message("common change: %.3f empty, %.3f with a walker\n", calm, busy);
    assert_true(calm < 0.05 && busy > 5 * calm);
    print_message("dilution at the person %.2f, %u cycles\n", walk.gdop / walk.n_gdop,
                  walk.n_gdop);
    assert_true(walk.n_gdop > 100);
    assert_true(walk.gdop / walk.n_gdop > 0.1 && walk.gdop / walk.n_gdop < 5.0);
}

static void
the_array_says_who_takes_part(void **state)
{
    seen whole = {.from_s = 6, .until_s = 10}, less = {.from_s = 11, .until_s = 14};
    feed_defaults(&f);
    f.scene.node[2].n_off  = 1;
    f.scene.node[2].off[0] = (rv_sim_span){10, 14};
    f.look                 = look;
    f.context              = &whole;
    feed_start(&f);
    feed_run(&f, 10.0);
    f.context = &less;
    feed_run(&f, 4.0);
    feed_stop(&f);
    for (int i = 0; i < 4; ++i) {
        print_message("node %d: weight %.3f, %.3f\n", i + 1, (double)whole.weight[i],
                      (double)less.weight[i]);
        assert_float_equal(whole.weight[i], 0.25, 0.08);
    }
    assert_true(less.weight[2] <= 0.0F);
    assert_float_equal(less.weight[0], 1.0 / 3, 0.08);
    assert_true(whole.out_by_reason[RV_REASON_NONE] > 60);
    assert_true(less.out_by_reason[RV_REASON_NO_DATA] > 50);
    // The room is seen from fewer sides, by half of the links
    print_message("geometry %.3f +- %.3f (%.2f), then %.3f (%.2f)\n",
                  (double)whole.geometry, (double)whole.geometry_sigma,
                  (double)whole.geometry_quality, (double)less.geometry,
                  (double)less.geometry_quality);
    assert_float_equal(whole.geometry_quality, 1.0, 1e-6);
    assert_float_equal(less.geometry_quality, 0.5, 1e-6);
    assert_true(less.geometry < whole.geometry);
    assert_true(whole.geometry > 0.5F);
}

// Nodes that visit three channels in turn: frames of one channel under three
// frequencies, so that they are alike but for their noise
static void
hopping_nodes_give_snapshots(void **state)
{
    static const uint32_t mhz[3] = {2412, 2437, 2462};
    seen                  s      = {.from_s = 3, .until_s = 10};
    uint8_t               bytes[RV_SIM_MAX_BYTES];
    rv_sim_packet         packet;
    uint32_t              turn[RV_SIM_MAX_NODES + 1][RV_SIM_MAX_NODES + 1] = {{0}};
    feed_defaults(&f);
    f.config.max_links    = 64;
    f.scene.radio.rate_hz = 60.0F;
    f.look                = look;
    f.context             = &s;
    feed_start(&f);
    const uint64_t end = f.now_us + 10000000;
    while (f.now_us < end) {
        assert_int_equal(rv_sim_next(&f.sim, &packet), RV_OK);
        memcpy(bytes, packet.bytes, packet.n_bytes);
        if (!packet.sync) {
            rv_store_u32(bytes + 8, mhz[turn[packet.node][packet.tx]++ % 3]);
        }
        f.now_us = packet.t_us;
        feed_datagram(&f, bytes, packet.n_bytes);
    }
    feed_stop(&f);
    print_message("%u snapshots, profiles alike %.4f, samples %.4f\n", s.n_bands,
                  s.band_coherence / s.n_bands, s.band_match / s.n_bands);
    assert_true(s.n_bands > 1000);
    assert_true(s.band_coherence / s.n_bands > 0.8);
    assert_true(s.band_match / s.n_bands > 0.99);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_walker_shows_against_the_empty_room),
        cmocka_unit_test(the_array_says_who_takes_part),
        cmocka_unit_test(hopping_nodes_give_snapshots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
// What the engine says of the room itself, in each of its states: field model, change
// points, cells over time, reflectors.
#include "cmocka_rv.h"

#include "feed.h"

#include <ruview/base/bytes.h>
#include <ruview/frame/frame.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static feed f;

/// What a stretch of a run came to
typedef struct {
    float            field_most;
    rv_reason        field_reason; ///< Of link 0
    unsigned         present, absent, changed, recalibrate;
    unsigned         n_changes;
    rv_record_event  change;
    uint32_t         flags;
    rv_reason        occupied_reason, anchors_reason;
    uint8_t          levels, coarsest, bins[RV_RECORD_BINS], most_bins[RV_RECORD_BINS];
    unsigned         n_anchors;
    rv_record_anchor anchor[RV_MAX_ANCHORS];
    bool odd_level; ///< A coarse view with a value of none of the four steps
} stretch;

static stretch now;

static void
look(void *const context, const rv_record *const r)
{
    for (int i = 0; i < r->n_links; ++i) {
        const rv_record_link *const l = &r->links[i];
        if (rv_is_known(l->field) && l->field.value > now.field_most) {
            now.field_most = l->field.value;
        }
        now.changed += l->changed;
    }
    now.field_reason = r->n_links ? r->links[0].field.reason : RV_REASON_NO_DATA;
    now.present += r->presence == RV_YES;
    now.absent += r->presence == RV_NO;
    now.flags = r->flags;
    for (int i = 0; i < r->n_events; ++i) {
        now.recalibrate += r->events[i].kind == RV_EVENT_RECALIBRATE;
        if (r->events[i].kind == RV_EVENT_CHANGE_POINT) {
            ++now.n_changes;
            now.change = r->events[i];
        }
    }
    now.occupied_reason = r->occupied_reason;
    now.levels          = r->occupied_levels;
    const unsigned n    = (unsigned)r->map_nx * r->map_ny * r->map_nz;
    for (unsigned v = 0; v < n && r->occupied_levels == RV_OCCUPIED_COARSE; ++v) {
        const uint8_t p = r->occupied[v];
        now.odd_level |= p != 0 && p != 33 && p != 67 && p != 100;
    }
    for (int k = 0; k < RV_RECORD_BINS; ++k) {
        const uint8_t b  = r->occupied_bins[k];
        now.bins[k]      = b;
        now.most_bins[k] = b > now.most_bins[k] ? b : now.most_bins[k];
    }
    now.anchors_reason = r->anchors_reason;
    now.n_anchors      = r->n_anchors;
    if (r->n_anchors > 0) {
        memcpy(now.anchor, r->anchors, r->n_anchors * sizeof *r->anchors);
    }
}

static void
begin(void)
{
    feed_defaults(&f);
    f.scene.radio.n_entries = 64;
    f.look                  = look;
    memset(&now, 0, sizeof now);
}

static void
calibrate(const unsigned seconds)
{
    uint8_t          bytes[64];
    rv_writer        w       = {.bytes = bytes, .size = sizeof bytes};
    const rv_command command = {.kind = RV_COMMAND_CALIBRATE_START, .value = seconds};
    assert_int_equal(rv_command_encode(&command, &w), RV_OK);
    const rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = f.now_us, .bytes = bytes, .n = w.at};
    assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
}

static stretch
run(const double seconds)
{
    memset(&now, 0, sizeof now);
    feed_run(&f, seconds);
    return now;
}

static void
enter(const float from_s, const float until_s, const float sits_s)
{
    rv_sim_person *const p = &f.scene.person[0];
    f.scene.n_persons      = 1;
    rv_sim_person_default(p);
    p->from_s      = from_s;
    p->until_s     = until_s;
    p->loop        = false;
    p->n_waypoints = 3;
    p->waypoint[0] = (rv_sim_waypoint){0.6F, 0.6F, 0.5F, 0.6F, RV_SIM_STAND};
    p->waypoint[1] = (rv_sim_waypoint){3.0F, 3.0F, sits_s, 0.6F, RV_SIM_SIT};
    p->waypoint[2] = (rv_sim_waypoint){0.6F, 0.6F, 0.5F, 1.0F, RV_SIM_STAND};
}

static void
move_armchair(const float at_s)
{
    rv_sim_furniture *const chair = &f.scene.furniture[0];
    f.scene.n_furniture           = 1;
    rv_sim_furniture_default(chair);
    chair->at_m[0]    = 2.0F;
    chair->at_m[1]    = 1.5F;
    chair->n_moves    = 1;
    chair->move_s[0]  = at_s;
    chair->to_m[0][0] = 4.2F;
    chair->to_m[0][1] = 3.4F;
}

static void
field_model_goes_through_its_states(void **state)
{
    begin();
    enter(60.0F, 0.0F, 100.0F);
    feed_start(&f);
    assert_int_equal(run(5.0).field_reason, RV_REASON_NOT_CALIBRATED);
    calibrate(11);
    assert_int_equal(run(5.0).field_reason, RV_REASON_WARMING_UP);
    // Modes are there; how far the empty room scatters is not
    assert_int_equal(run(10.0).field_reason, RV_REASON_TOO_SHORT);
    calibrate(30);
    (void)run(32.0);
    const stretch empty = run(7.0);
    assert_int_equal(empty.field_reason, RV_REASON_NONE);
    assert_true(empty.field_most < 1.0F);
    assert_true(empty.absent > 130 && empty.present == 0);
    (void)run(6.0);
    const stretch sitting = run(20.0);
    assert_true(sitting.field_most > 2.0F);
    assert_int_equal(sitting.absent, 0);
    feed_stop(&f);
}

// The simulated armchair is put elsewhere in the empty room
static void
furniture_is_reported_and_followed(void **state)
{
    begin();
    move_armchair(60.0F);
    feed_start(&f);
    (void)run(2.0);
    calibrate(30);
    const stretch before = run(57.5);
    assert_int_equal(before.n_changes, 0);
    assert_int_equal(before.flags & RV_FLAG_CHANGE_POINT, 0);
    const stretch after = run(30.0);
    assert_int_equal(after.n_changes, 1);
    assert_int_equal(after.change.reason, RV_REASON_STEP);
    assert_true(after.change.t_us >= f.scene.start_us + 59000000 &&
                after.change.t_us <= f.scene.start_us + 66000000);
    assert_true(after.change.confidence > 0.9F);
    assert_true(after.changed > 0);
    assert_true(after.recalibrate >= 1);
    assert_true((after.flags & RV_FLAG_CHANGE_POINT) != 0);
    // Where it was, where it is, or between
    assert_int_equal(after.change.place_reason, RV_REASON_NONE);
    const float x = after.change.position_m[0];
    const float y = after.change.position_m[1];
    const float u =
        ((x - 2.0F) * 2.2F + (y - 1.5F) * 1.9F) / (2.2F * 2.2F + 1.9F * 1.9F);
    const float s = u < 0.0F ? 0.0F : u > 1.0F ? 1.0F : u;
    assert_true(hypotf(x - 2.0F - 2.2F * s, y - 1.5F - 1.9F * s) <
                2.5F * after.change.sigma_m);
    // Nobody is claimed once the memory of the jolt has passed
    const stretch later = run(60.0);
    assert_int_equal(later.n_changes, 0);
    assert_int_equal(run(2.0).present, 0);
    calibrate(30);
    (void)run(32.0);
    const stretch again = run(3.0);
    assert_int_equal(again.flags & RV_FLAG_CHANGE_POINT, 0);
    assert_true(again.absent > 50);
    feed_stop(&f);
}

static void
somebody_who_sits_down_is_no_furniture(void **state)
{
    begin();
    enter(40.0F, 0.0F, 200.0F);
    feed_start(&f);
    (void)run(2.0);
    calibrate(30);
    (void)run(45.0);
    const stretch sits = run(75.0);
    assert_int_equal(sits.n_changes, 0);
    assert_int_equal(sits.absent, 0);
    assert_int_equal(sits.flags & RV_FLAG_CHANGE_POINT, 0);
    feed_stop(&f);
}

// Somebody comes, the armchair stands elsewhere, nobody moves any more
static void
what_somebody_may_have_left_is_ambiguous(void **state)
{
    begin();
    enter(40.0F, 52.0F, 3.0F);
    move_armchair(48.0F);
    feed_start(&f);
    (void)run(2.0);
    calibrate(30);
    const stretch soon = run(70.0);
    assert_int_equal(soon.n_changes, 0);
    const stretch later = run(60.0);
    assert_int_equal(later.n_changes, 1);
    assert_int_equal(later.change.reason, RV_REASON_AMBIGUOUS);
    assert_int_equal(later.recalibrate, 0);
    feed_stop(&f);
}

static void
cells_are_shown_by_class(void **state)
{
    static const struct {
        rv_privacy_mode mode;
        bool            consent;
        uint8_t         levels;
        rv_reason       reason;
    } line[] = {
        {RV_MODE_RAW_RESEARCH, false, RV_OCCUPIED_FULL, RV_REASON_NONE},
        {RV_MODE_CARE_WITH_CONSENT, true, RV_OCCUPIED_COARSE, RV_REASON_NONE},
        {RV_MODE_PRIVATE_HOME, false, 0, RV_REASON_NONE},
        {RV_MODE_STRICT_NO_IDENTITY, false, 0, RV_REASON_PRIVACY},
    };
    for (size_t i = 0; i < sizeof line / sizeof *line; ++i) {
        begin();
        f.config.mode    = line[i].mode;
        f.config.consent = line[i].consent;
        enter(1.0F, 0.0F, 0.5F);
        f.scene.person[0].loop = true;
        feed_start(&f);
        (void)run(8.0);
        const stretch walk = run(10.0);
        assert_int_equal(walk.levels, line[i].levels);
        assert_int_equal(walk.occupied_reason, line[i].reason);
        assert_false(walk.odd_level);
        const unsigned high = walk.most_bins[5] + walk.most_bins[6] + walk.most_bins[7];
        assert_int_equal(high > 0, line[i].reason == RV_REASON_NONE);
        if (i == 0) { // It fades, and silence is no map
            memset(&now, 0, sizeof now);
            feed_silence(&f, 4.0);
            assert_int_equal(now.occupied_reason, RV_REASON_NO_DATA);
            assert_int_equal(now.levels, 0);
        }
        feed_stop(&f);
    }
}

// Five nodes on one 160 MHz channel; straight paths and those over a cabinet
enum { n_wide = 5, n_entries = 484 };

static const float wide_node[n_wide][3] = {{0.3F, 0.4F, 1.2F},
                                           {5.6F, 0.3F, 1.0F},
                                           {5.7F, 4.6F, 1.4F},
                                           {0.2F, 4.7F, 1.1F},
                                           {2.9F, 0.2F, 1.3F}};

static float
apart(const float *const a, const float *const b)
{
    return sqrtf((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                 (a[2] - b[2]) * (a[2] - b[2]));
}

static const rv_layout *
wide_layout(void)
{
    for (uint16_t id = 0; id < 200; ++id) {
        const rv_layout *const layout = rv_layout_by_id(id);
        if (layout && layout->n_entries == n_entries && layout->spacing_hz == 312500) {
            const rv_segment *const s = &layout->segment[layout->primary];
            if (s->n_tones == n_entries && s->tone[s->n_tones - 1] == 250) {
                return layout;
            }
        }
    }
    return NULL;
}

static void
push_wide(const rv_layout *const layout, const int tx, const int rx,
          uint32_t *const seed)
{
    static const float      thing[3] = {2.6F, 2.9F, 1.2F};
    static float            re[n_entries], im[n_entries];
    const rv_segment *const s      = &layout->segment[layout->primary];
    const float             direct = apart(wide_node[tx], wide_node[rx]);
    for (int k = 0; k < n_entries; ++k) {
        re[k] = im[k] = 0.0F;
        for (int p = 0; p < 2; ++p) {
            const float way =
                p == 0 ? direct
                       : apart(wide_node[tx], thing) + apart(thing, wide_node[rx]);
            const double turns = -(double)way / 299792458.0 * 312500.0 * s->tone[k] +
                                 0.37 * p; // another carrier phase for each path
            const float size = p == 0 ? 1.0F : 0.35F;
            re[k] += size * (float)cos(6.283185307179586 * turns);
            im[k] += size * (float)sin(6.283185307179586 * turns);
        }
        *seed = *seed * 1664525U + 1013904223U;
        re[k] = 20.0F * re[k] + 0.2F * ((float)(*seed >> 8) / 16777216.0F - 0.5F);
        *seed = *seed * 1664525U + 1013904223U;
        im[k] = 20.0F * im[k] + 0.2F * ((float)(*seed >> 8) / 16777216.0F - 0.5F);
    }
    const rv_frame frame = {.t_us          = f.now_us,
                            .tx            = 100U + (unsigned)tx,
                            .layout        = layout,
                            .freq_mhz      = 5570,
                            .bandwidth_mhz = 160,
                            .node          = (uint8_t)(rx + 1),
                            .n_rx          = 1,
                            .n_tx          = 1,
                            .ppdu          = 255,
                            .rssi_dbm      = -50,
                            .noise_dbm     = RV_DBM_UNKNOWN,
                            .agc_db        = INT16_MIN,
                            .re            = re,
                            .im            = im};
    const rv_input input = {.kind = RV_INPUT_FRAME, .t_us = f.now_us, .frame = &frame};
    assert_int_equal(rv_engine_push(f.engine, &input), RV_OK);
}

static void
reflectors_need_bandwidth_and_places(void **state)
{
    begin();
    feed_start(&f);
    assert_int_equal(run(1.0).anchors_reason, RV_REASON_BANDWIDTH);
    feed_stop(&f);

    const rv_layout *const layout = wide_layout();
    assert_non_null(layout);
    begin();
    f.scene.n_nodes = n_wide;
    for (int i = 0; i < n_wide; ++i) {
        f.scene.node[i]    = f.scene.node[0];
        f.scene.node[i].id = (uint8_t)(i + 1);
        memcpy(f.scene.node[i].position_m, wide_node[i], sizeof wide_node[i]);
        f.scene.node[i].tx_hash = 100U + (unsigned)i;
    }
    f.config.link_pool = (size_t)24 << 20;
    f.config.period_us = 500000; // Slow enough for a test of minutes
    feed_start(&f);
    uint32_t seed = 1;
    for (int round = 0; round < 440; ++round) {
        f.now_us += 500000;
        for (int tx = 0; tx < n_wide; ++tx) {
            for (int rx = 0; rx < n_wide; ++rx) {
                if (tx != rx) {
                    f.now_us += 100;
                    push_wide(layout, tx, rx, &seed);
                }
            }
        }
        if (round == 40) {
            assert_int_equal(now.anchors_reason, RV_REASON_WARMING_UP);
        }
    }
    assert_int_equal(now.anchors_reason, RV_REASON_NONE);
    assert_int_equal(now.n_anchors, 1);
    const float *const p = now.anchor[0].position_m;
    print_message("reflector at %.2f %.2f +- %.2f m, %u sightings\n", (double)p[0],
                  (double)p[1], (double)now.anchor[0].sigma_m, now.anchor[0].sightings);
    assert_true(hypotf(p[0] - 2.6F, p[1] - 2.9F) < 0.3F);
    // The world holds what the gate lets through
    unsigned        anchors = 0;
    rv_graph *const graph   = rv_world_graph(rv_engine_get_world(f.engine));
    for (uint32_t i = 0; i < rv_graph_n_nodes(graph); ++i) {
        anchors += rv_graph_node_at(graph, i)->kind == RV_WORLD_OBJECT_ANCHOR;
    }
    assert_int_equal(anchors, 1);
    feed_stop(&f);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(field_model_goes_through_its_states),
        cmocka_unit_test(furniture_is_reported_and_followed),
        cmocka_unit_test(somebody_who_sits_down_is_no_furniture),
        cmocka_unit_test(what_somebody_may_have_left_is_ambiguous),
        cmocka_unit_test(cells_are_shown_by_class),
        cmocka_unit_test(reflectors_need_bandwidth_and_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "record_samples.h"

#include <ruview/publish/json_metrics.h>
#include <ruview/publish/json_record.h>
#include <ruview/publish/prometheus.h>
#include <ruview/trust/names.h>
#include <ruview/trust/privacy.h>

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum { N = 1 << 18 };
static char text[N + 1];

static json_t *
parse(const size_t n)
{
    json_error_t  error;
    json_t *const root = json_loadb(text, n, JSON_REJECT_DUPLICATES, &error);
    if (!root) {
        fail_msg("%s at %d: %.60s", error.text, error.position,
                 text + (error.position > 30 ? error.position - 30 : 0));
    }
    return root;
}

static json_t *
publish(const rv_record *const record)
{
    size_t n = N;
    assert_int_equal(rv_json_record(record, text, &n), RV_OK);
    size_t measured = 0;
    assert_int_equal(rv_json_record(record, NULL, &measured), RV_OK);
    assert_int_equal(measured, n);
    size_t small = n - 1;
    assert_int_equal(rv_json_record(record, text, &small), RV_ERR_FULL);
    assert_int_equal(small, n);
    n = N;
    assert_int_equal(rv_json_record(record, text, &n), RV_OK);
    text[n] = '\0';
    return parse(n);
}

static json_t *
at(json_t *const root, const char *const key)
{
    json_t *const value = json_object_get(root, key);
    if (!value) {
        fail_msg("no key %s", key);
    }
    return value;
}

static float
number(json_t *const value)
{
    assert_true(json_is_number(value));
    return (float)json_number_value(value);
}

/// The core that existing clients check, with null allowed for what is unknown
static void
check_core(json_t *const root)
{
    assert_string_equal(json_string_value(at(root, "type")), "sensing_update");
    assert_true(json_number_value(at(root, "timestamp")) > 0);
    assert_true(json_is_string(at(root, "source")));
    assert_true(json_is_integer(at(root, "tick")));
    size_t  i;
    json_t *node;
    json_array_foreach(at(root, "nodes"), i, node)
    {
        assert_in_range(json_integer_value(at(node, "node_id")), 0, 255);
        (void)at(node, "rssi_dbm");
        (void)at(node, "position");
        assert_true(json_is_integer(at(node, "subcarrier_count")));
        assert_true(json_array_size(at(node, "amplitude")) <= 56);
    }
    static const char *const features[] = {"mean_rssi",         "variance",
                                           "motion_band_power", "breathing_band_power",
                                           "dominant_freq_hz",  "change_points",
                                           "spectral_power"};
    for (size_t k = 0; k < sizeof features / sizeof *features; ++k) {
        (void)at(at(root, "features"), features[k]);
    }
    json_t *const c = at(root, "classification");
    assert_in_range((int)(1000 * json_number_value(at(c, "confidence"))), 0, 1000);
    json_t *const level    = at(c, "motion_level");
    json_t *const presence = at(c, "presence");
    if (json_is_string(level)) { // presence == (level != "absent"), always
        assert_int_equal(json_is_true(presence),
                         strcmp(json_string_value(level), "absent") != 0);
    }
    assert_int_equal(json_array_size(at(at(root, "signal_field"), "grid_size")), 3);
    json_t *person;
    json_array_foreach(at(root, "persons"), i, person)
    {
        (void)at(person, "id");
        (void)at(person, "confidence");
        (void)at(person, "keypoints");
        (void)at(person, "bbox");
        (void)at(person, "zone");
    }
}

static void
full_record(void **state)
{
    static sample s;
    sample_fill(&s);
    json_t *const root = publish(&s.record);
    check_core(root);
    assert_true(number(at(at(root, "motion"), "value")) == 0.37F);
    assert_string_equal(json_string_value(at(at(root, "heart_bpm"), "reason")),
                        "moving");
    assert_true(json_is_null(at(at(root, "heart_bpm"), "value")));
    assert_string_equal(json_string_value(json_array_get(at(root, "flags"), 0)),
                        "loss");
    assert_int_equal(json_array_size(at(root, "flags")), 2);
    assert_string_equal(json_string_value(at(root, "calibration")), "0123456789abcdef");
    json_t *const link = json_array_get(at(root, "links"), 5);
    assert_true(number(at(at(link, "deviation"), "value")) ==
                s.links[5].deviation.value);
    assert_int_equal(json_array_size(at(link, "amplitude")), SAMPLE_TONES);
    const double shown = json_number_value(json_array_get(at(link, "amplitude"), 9));
    assert_true(shown - (double)s.amplitude[5][9] < 0.00501 &&
                (double)s.amplitude[5][9] - shown < 0.00501);
    assert_int_equal(json_array_size(at(at(link, "cir"), "delay_ns")), 8);
    json_t *const person = json_array_get(at(root, "persons"), 0);
    assert_int_equal(json_array_size(at(person, "keypoints")), 17);
    assert_string_equal(json_string_value(at(person, "zone")), "zone_2");
    assert_int_equal(json_array_size(at(at(root, "map"), "change_db")), SAMPLE_CELLS);
    assert_int_equal(json_array_size(at(root, "events")), RV_EVENT_COUNT);
    assert_true(json_number_value(at(root, "timestamp")) == 1760000000.123);
    assert_string_equal(json_string_value(at(root, "source")), "esp32");
    json_decref(root);
}

static void
json_hangs_on_the_canonical_bytes_only(void **state)
{
    static sample  s;
    static uint8_t bytes[1 << 16];
    static char    first[N];
    sample_fill(&s);
    size_t n_bytes = sizeof bytes;
    assert_int_equal(rv_record_encode(&s.record, bytes, &n_bytes), RV_OK);
    size_t n_first = N;
    assert_int_equal(rv_json_record(&s.record, first, &n_first), RV_OK);

    static _Alignas(64) uint8_t memory[1 << 18];
    size_t                      n_memory;
    rv_record                   back;
    assert_int_equal(rv_record_decode_size(n_bytes, &n_memory), RV_OK);
    assert_true(n_memory <= sizeof memory);
    assert_int_equal(rv_record_decode(bytes, n_bytes, memory, sizeof memory, &back),
                     RV_OK);
    memcpy(back.witness, s.record.witness, sizeof back.witness);
    size_t n = N;
    assert_int_equal(rv_json_record(&back, text, &n), RV_OK);
    assert_int_equal(n, n_first);
    assert_memory_equal(first, text, n);
}

static void
nothing_known(void **state)
{
    rv_record r = {.map_reason      = RV_REASON_NO_GEOMETRY,
                   .presence        = RV_UNKNOWN,
                   .presence_reason = RV_REASON_NO_DATA,
                   .moving          = RV_UNKNOWN,
                   .moving_reason   = RV_REASON_NO_DATA,
                   .persons_reason  = RV_REASON_NO_DATA,
                   .t_us            = 1000000,
                   .privacy_class   = RV_CLASS_RESTRICTED};
    r.motion = r.occupancy = r.breathing_bpm = r.heart_bpm = r.coherence = r.variance =
        r.rssi_dbm     = rv_unknown(RV_REASON_NO_DATA);
    json_t *const root = publish(&r);
    check_core(root);
    assert_string_equal(json_string_value(at(root, "source")), "esp32:offline");
    r.source               = RV_SOURCE_RECORDING;
    json_t *const replayed = publish(&r);
    assert_string_equal(json_string_value(at(replayed, "source")), "recording:offline");
    json_decref(replayed);
    assert_true(json_is_null(at(at(root, "classification"), "presence")));
    assert_true(json_is_null(at(at(root, "classification"), "motion_level")));
    assert_true(json_is_null(at(root, "estimated_persons")));
    assert_true(json_is_null(at(at(root, "vital_signs"), "breathing_rate_bpm")));
    assert_string_equal(json_string_value(at(at(root, "presence"), "reason")),
                        "no_data");
    json_decref(root);
}

static void
synthetic_is_said(void **state)
{
    static sample s;
    sample_fill(&s);
    s.record.synthetic = true;
    json_t *root       = publish(&s.record);
    assert_true(json_is_true(at(root, "synthetic")));
    assert_string_equal(json_string_value(at(root, "source")), "simulated");
    json_decref(root);
}

/// Every path to a value that is neither null, empty nor about the run itself
static void
walk(json_t *const value, const char *const path, char *const out)
{
    size_t      i;
    const char *key;
    json_t     *child;
    char        deeper[256];
    if (json_is_object(value)) {
        json_object_foreach(value, key, child)
        {
            snprintf(deeper, sizeof deeper, "%s.%s", path, key);
            walk(child, deeper, out);
        }
    } else if (json_is_array(value)) {
        json_array_foreach(value, i, child)
        {
            snprintf(deeper, sizeof deeper, "%s[]", path);
            walk(child, deeper, out);
        }
    } else if (!json_is_null(value) && !json_is_string(value)) {
        strcat(strcat(out, path), "\n");
    }
}

static void
restricted_says_presence_and_nothing_more(void **state)
{
    static sample s;
    static char   paths[1 << 16];
    sample_fill(&s);
    rv_privacy                self;
    const rv_privacy_config   config   = {.mode    = RV_MODE_STRICT_NO_IDENTITY,
                                          .consent = RV_CONSENT_FULL};
    const rv_privacy_evidence evidence = {.t_us = 1, .succeeded = true};
    assert_int_equal(rv_privacy_init(&self, &config), RV_OK);
    (void)rv_privacy_step(&self, &evidence);
    rv_privacy_gate(&self, RV_SINK_LOCAL, &s.record);
    json_t *const root = publish(&s.record);
    check_core(root);
    paths[0] = '\0';
    walk(root, "", paths);
    static const char *const allowed[] = {".schema",
                                          ".cycle",
                                          ".t_us",
                                          ".synthetic",
                                          ".live",
                                          ".timestamp",
                                          ".tick",
                                          ".presence.value",
                                          ".presence.quality",
                                          ".moving.quality",
                                          ".motion.quality",
                                          ".occupancy.value",
                                          ".occupancy.sigma",
                                          ".occupancy.quality",
                                          ".occupancy_at_least",
                                          ".breathing_bpm.quality",
                                          ".heart_bpm.quality",
                                          ".coherence.quality",
                                          ".variance.quality",
                                          ".rssi_dbm.quality",
                                          ".shared_change.quality",
                                          ".geometry.quality",
                                          ".quality",
                                          ".recalibrate",
                                          ".privacy.demoted",
                                          ".map.nx",
                                          ".map.ny",
                                          ".map.nz",
                                          ".occupied.levels",
                                          ".map.origin_m[]",
                                          ".map.step_m[]",
                                          ".signal_field.grid_size[]",
                                          ".events[].t_us",
                                          ".events[].subject",
                                          ".events[].confidence",
                                          ".features.change_points",
                                          ".classification.presence",
                                          ".classification.confidence",
                                          ".vital_signs.breathing_confidence",
                                          ".vital_signs.heartbeat_confidence",
                                          ".vital_signs.signal_quality",
                                          ".estimated_persons"};
    for (char *line = strtok(paths, "\n"); line; line = strtok(NULL, "\n")) {
        bool known = false;
        for (size_t i = 0; i < sizeof allowed / sizeof *allowed; ++i) {
            known = known || strcmp(line, allowed[i]) == 0;
        }
        if (!known) {
            fail_msg("a restricted record shows %s", line);
        }
    }
    assert_true(number(at(at(root, "motion"), "quality")) == 0.0F);
    assert_true(number(at(at(root, "moving"), "quality")) == 0.0F);
    assert_int_equal(json_integer_value(at(at(root, "features"), "change_points")), 0);
    json_decref(root);
}

static void
messages_parse(void **state)
{
    const rv_record_event event = {.kind       = RV_EVENT_NODE_ABSENT,
                                   .t_us       = 5,
                                   .subject    = 3,
                                   .confidence = 1.0F,
                                   .reason     = RV_REASON_NO_DATA};
    size_t                n     = N;
    assert_int_equal(rv_json_event(&event, 12, text, &n), RV_OK);
    json_t *root = parse(n);
    assert_string_equal(json_string_value(at(root, "kind")), "node_absent");
    assert_int_equal(json_integer_value(at(root, "cycle")), 12);
    json_decref(root);

    n = N;
    assert_int_equal(rv_json_lag(12, 512, text, &n), RV_OK);
    root = parse(n);
    assert_int_equal(json_integer_value(at(root, "skipped")), 12);
    json_decref(root);

    n = N;
    assert_int_equal(
        rv_json_error("bad", "a \"quote\" \\ \x01 \xC3\xA4 \xFF end", "next", text, &n),
        RV_OK);
    root = parse(n);
    assert_string_equal(json_string_value(at(root, "text")),
                        "a \"quote\" \\ \x01 \xC3\xA4 \xEF\xBF\xBD end");
    json_decref(root);
}

static const rv_metrics_stage   stage   = {.stage       = "ingest",
                                           .calls       = 250,
                                           .p50_us      = 3.1F,
                                           .p99_us      = 9.8F,
                                           .max_us      = 20.1F,
                                           .budget_us   = 2000.0F,
                                           .over_budget = 1,
                                           .sum_s       = 0.001};
static const rv_metrics_counter counter = {"frames_accepted", 1000};

static rv_metrics
some_metrics(const uint64_t *const refused)
{
    const rv_metrics m = {.uptime_s   = 12.5,
                          .cycles     = 250,
                          .rss_bytes  = 9000000,
                          .n_stages   = 1,
                          .stages     = &stage,
                          .n_counters = 1,
                          .counters   = &counter,
                          .refused    = refused};
    return m;
}

static void
metrics_parse(void **state)
{
    uint64_t refused[RV_REASON_COUNT] = {0};
    refused[RV_REASON_WRONG_MAGIC]    = 2;
    const rv_metrics m                = some_metrics(refused);
    size_t           n                = N;
    assert_int_equal(rv_json_metrics(&m, text, &n), RV_OK);
    json_t *const root = parse(n);
    assert_int_equal(json_integer_value(at(at(root, "refused"), "wrong_magic")), 2);
    assert_int_equal(json_integer_value(at(at(root, "counters"), "frames_accepted")),
                     1000);
    json_t *const first = json_array_get(at(root, "stages"), 0);
    assert_true(number(at(first, "p99_us")) == 9.8F);
    json_decref(root);
}

/// Each line of the page is `# …` or `name{labels} value`
static void
prometheus_lines(void **state)
{
    static sample s;
    sample_fill(&s);
    uint64_t refused[RV_REASON_COUNT] = {0};
    refused[RV_REASON_LATE]           = 1;
    const rv_metrics m                = some_metrics(refused);
    size_t           n                = N;
    assert_int_equal(rv_prometheus(&m, &s.record, text, &n), RV_OK);
    assert_int_equal(text[n - 1], '\n');
    text[n] = '\0';
    assert_non_null(strstr(text, "\nruview_presence 1.0\n"));
    assert_non_null(strstr(text, "\nruview_refused_total{reason=\"late\"} 1\n"));
    assert_non_null(strstr(text, "\nruview_frames_accepted_total 1000\n"));
    assert_non_null(
        strstr(text, "\nruview_stage_seconds{stage=\"ingest\",quantile=\"0.99\"} "));
    assert_null(strstr(text, "heart_rate")); // unknown has no line
    for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
        char line[64];
        (void)snprintf(line, sizeof line, "\nruview_flag{flag=\"%s\"} %u\n",
                       rv_flag_name(bit), s.record.flags >> bit & 1U);
        assert_non_null(strstr(text, line));
    }
    for (int i = 0; i < SAMPLE_NODES; ++i) {
        char line[64];
        (void)snprintf(line, sizeof line, "\nruview_node_present{node=\"%u\"} %d\n",
                       s.nodes[i].node, s.nodes[i].present);
        assert_non_null(strstr(text, line));
    }
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (line[0] != '#') {
            char *const space = strrchr(line, ' ');
            char       *end;
            assert_non_null(space);
            assert_int_equal(strncmp(line, "ruview_", 7), 0);
            (void)strtod(space + 1, &end);
            assert_int_equal(*end, '\0');
        }
    }
}

typedef struct {
    const char *key;
    size_t      at; ///< Of an rv_estimate
} named;

#define OF(type, field)                                                                \
    {                                                                                  \
#field, offsetof(type, field)                                                  \
    }

static const named of_record[] = {
    OF(rv_record, motion),        OF(rv_record, occupancy),
    OF(rv_record, breathing_bpm), OF(rv_record, heart_bpm),
    OF(rv_record, coherence),     OF(rv_record, variance),
    OF(rv_record, shared_change), OF(rv_record, geometry),
};
static const named of_node[] = {
    OF(rv_record_node, rate_hz),         OF(rv_record_node, loss),
    OF(rv_record_node, clock_offset_us), OF(rv_record_node, clock_drift_ppm),
    OF(rv_record_node, jitter_us),       {"rssi", offsetof(rv_record_node, rssi_dbm)},
};
static const named of_link[] = {
    OF(rv_record_link, rate_hz),        OF(rv_record_link, age_ms),
    OF(rv_record_link, coherence),      OF(rv_record_link, deviation),
    OF(rv_record_link, motion),         OF(rv_record_link, field),
    OF(rv_record_link, level_db),       OF(rv_record_link, delay_spread_ns),
    OF(rv_record_link, dominant_ratio), OF(rv_record_link, sto_ns),
    OF(rv_record_link, echo_ratio),     OF(rv_record_link, band_coherence),
    OF(rv_record_link, band_match),
};

#define N_OF(list) (sizeof(list) / sizeof *(list))

/// Another number for each estimate of each item
static float
own_number(const size_t item, const size_t k)
{
    return (float)(100 * item + k) + 0.5F;
}

static void
give_numbers(void *const item, const size_t index, const named *const list,
             const size_t n)
{
    for (size_t k = 0; k < n; ++k) {
        const float       v = own_number(index, k);
        const rv_estimate e = rv_known(v, v + 0.25F, 1.0F / (float)(k + 2));
        memcpy((char *)item + list[k].at, &e, sizeof e);
    }
}

static void
find_numbers(json_t *const item, const size_t index, const named *const list,
             const size_t n)
{
    for (size_t k = 0; k < n; ++k) {
        json_t *const e = at(item, list[k].key);
        const float   v = own_number(index, k);
        assert_true(number(at(e, "value")) == v);
        assert_true(number(at(e, "sigma")) == v + 0.25F);
        assert_true(number(at(e, "quality")) == 1.0F / (float)(k + 2));
        assert_string_equal(json_string_value(at(e, "reason")), "none");
    }
}

/// Each number stands under its own name, of its own node or link
static void
every_number_under_its_name(void **state)
{
    static sample s;
    sample_fill(&s);
    give_numbers(&s.record, 50, of_record, N_OF(of_record));
    for (size_t i = 0; i < SAMPLE_NODES; ++i) {
        give_numbers(&s.nodes[i], i, of_node, N_OF(of_node));
    }
    for (size_t i = 0; i < SAMPLE_LINKS; ++i) {
        give_numbers(&s.links[i], 10 + i, of_link, N_OF(of_link));
    }
    json_t *const root = publish(&s.record);
    find_numbers(root, 50, of_record, N_OF(of_record));
    for (size_t i = 0; i < SAMPLE_NODES; ++i) {
        json_t *const node = json_array_get(at(root, "nodes"), i);
        find_numbers(node, i, of_node, N_OF(of_node));
        assert_true(number(at(node, "rssi_dbm")) == s.nodes[i].rssi_dbm.value);
        assert_true(number(at(node, "array_weight")) == s.nodes[i].array_weight);
        assert_int_equal(json_is_true(at(node, "present")), s.nodes[i].present);
        assert_int_equal(json_integer_value(at(node, "node_id")), s.nodes[i].node);
    }
    for (size_t i = 0; i < SAMPLE_LINKS; ++i) {
        json_t *const link = json_array_get(at(root, "links"), i);
        find_numbers(link, 10 + i, of_link, N_OF(of_link));
        assert_int_equal(json_integer_value(at(link, "frames")), s.links[i].frames);
        assert_int_equal(json_is_true(at(link, "changed")), s.links[i].changed);
    }
    for (int k = 0; k < RV_RECORD_BINS; ++k) {
        json_t *const bins = at(at(root, "occupied"), "bins_percent");
        assert_int_equal(json_integer_value(json_array_get(bins, (size_t)k)),
                         s.record.occupied_bins[k]);
    }
    assert_int_equal(json_integer_value(at(at(root, "features"), "change_points")), 1);
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_record),
        cmocka_unit_test(json_hangs_on_the_canonical_bytes_only),
        cmocka_unit_test(nothing_known),
        cmocka_unit_test(synthetic_is_said),
        cmocka_unit_test(restricted_says_presence_and_nothing_more),
        cmocka_unit_test(messages_parse),
        cmocka_unit_test(metrics_parse),
        cmocka_unit_test(prometheus_lines),
        cmocka_unit_test(every_number_under_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

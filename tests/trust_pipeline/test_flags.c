// SPDX-License-Identifier: MIT
// Flags, alarms and privacy through the real pipeline: a simulated empty room is
// calibrated for 20 s and then something happens to its datagrams. One line of the
// table per flag. RV_TABLE=1 prints the table.
#include "cmocka_rv.h"
#include "platform/file_source.h"

#include <ruview/base/bytes.h>
#include <ruview/capture/adr018.h>
#include <ruview/engine/engine.h>
#include <ruview/platform/config_file.h>
#include <ruview/trust/names.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MOST     = 20000,
    SECOND   = 1000000,
    CHANGE_S = 22,
    AGAIN_S  = 12,
    JUDGE_S  = 26,
    END_S    = 40
};

/// The input log of the empty room
typedef struct {
    rv_input         input[MOST];
    size_t           n;
    uint64_t         begin_us;
    rv_engine_config config;
} story;

static story empty, furnished;

static uint8_t *
keep(const uint8_t *const bytes, const size_t n)
{
    uint8_t *const copy = malloc(n ? n : 1);
    memcpy(copy, bytes, n);
    return copy;
}

static void
load(story *const s, const char *const scenario, const char *const folder)
{
    char           command[512], path[128], site[128], error[RV_CONFIG_ERROR_BYTES];
    rv_edge_config edge = rv_edge_config_default();
    snprintf(path, sizeof path, "%s/x.pcapng", folder);
    snprintf(site, sizeof site, "%s/x.site.yaml", folder);
    snprintf(command, sizeof command,
             "%s simulate %s --seconds %d --quiet -o %s >/dev/null 2>&1", RV_RUVIEW,
             scenario, END_S, path);
    assert_int_equal(system(command), 0);
    s->config = rv_engine_config_default();
    assert_int_equal(rv_config_load(site, &s->config, &edge, error), RV_OK);
    s->config.allow_synthetic = true;

    rv_recording    recording;
    rv_capture_item item;
    assert_int_equal(rv_recording_open(&recording, path, NULL), RV_OK);
    while (rv_capture_next(recording.capture, &item) == RV_OK) {
        if (item.reason != RV_REASON_NONE || item.input.kind == RV_INPUT_NOTE) {
            continue;
        }
        assert_true(s->n < MOST);
        s->input[s->n]       = item.input;
        s->input[s->n].bytes = keep(item.input.bytes, item.input.n);
        ++s->n;
    }
    rv_recording_close(&recording);
    s->begin_us = s->input[0].t_us;
    snprintf(command, sizeof command, "rm -f %s/x.*", folder);
    assert_int_equal(system(command), 0);
}

/// What a run came to after JUDGE_S
typedef struct {
    uint32_t  flags;
    uint32_t  classes;    ///< Bit per class seen
    uint32_t  reasons[2]; ///< Bit per reason of demotion
    uint32_t  events;
    unsigned  recommended;
    unsigned  cycles;
    unsigned  shown; ///< Restricted records with anything beyond presence
    uint64_t  judge_us;
    rv_reason presence_reason;
} outcome;

/// The text that leaves holds these words
static bool
holds(const rv_cycle_output *const output, const char *const words)
{
    return memmem(output->json, output->n_json, words, strlen(words)) != NULL;
}

static void
judge(void *const context, const rv_cycle_output *const output)
{
    outcome *const         o = context;
    const rv_record *const r = output->record;
    if (r->t_us < o->judge_us) {
        return;
    }
    ++o->cycles;
    o->flags |= r->flags;
    o->classes |= 1U << r->privacy_class;
    o->reasons[r->demoted_reason / 32] |= 1U << r->demoted_reason % 32;
    o->recommended += r->recalibrate;
    o->presence_reason = r->presence_reason;
    for (uint16_t i = 0; i < r->n_events; ++i) {
        o->events |= 1U << r->events[i].kind;
    }
    if (r->privacy_class == RV_CLASS_RESTRICTED) {
        o->shown +=
            r->n_nodes + r->n_links + r->n_persons + r->n_zones > 0 ||
            rv_is_known(r->motion) || rv_is_known(r->breathing_bpm) ||
            rv_is_known(r->coherence) || r->map_reason == RV_REASON_NONE ||
            (rv_is_known(r->occupancy) && r->occupancy.value > 1.0F) ||
            !(holds(output, "\"nodes\":[]") && holds(output, "\"links\":[]") &&
              holds(output, "\"change_db\":[]") && holds(output, "\"persons\":[]"));
    }
}

/// Changes one input; false: it never arrived
typedef bool  change(rv_input *input, uint8_t *bytes, size_t i);
static change never_calibrated, calibrated_without_one;
static void   calibrate_again(rv_engine *engine, uint64_t t_us);

static outcome
run(const story *const s, change *const what, const rv_privacy_mode mode)
{
    static uint8_t   bytes[2048];
    rv_engine_config config = s->config;
    outcome          o      = {.judge_us = s->begin_us + (uint64_t)JUDGE_S * SECOND};
    size_t           n;
    rv_engine       *engine;
    bool             again = false;
    config.mode            = mode;
    assert_int_equal(rv_engine_size(&config, &n), RV_OK);
    void *const memory = aligned_alloc(64, n);
    assert_int_equal(rv_engine_init(&engine, &config, memory, n), RV_OK);
    rv_engine_set_sink(engine, judge, &o);
    for (size_t i = 0; i < s->n; ++i) {
        rv_input input = s->input[i];
        assert_true(input.n <= sizeof bytes);
        memcpy(bytes, input.bytes, input.n);
        input.bytes         = bytes;
        const bool changing = what == never_calibrated ||
                              input.t_us >= s->begin_us + (uint64_t)CHANGE_S * SECOND;
        if (changing && !again && what == calibrated_without_one) {
            again = true;
            calibrate_again(engine, input.t_us);
        }
        if (changing && what && !what(&input, bytes, i)) {
            input = (rv_input){.kind = RV_INPUT_TICK, .t_us = input.t_us};
        }
        assert_int_equal(rv_engine_push(engine, &input), RV_OK);
    }
    rv_engine_finish(engine);
    free(memory);
    return o;
}

static uint8_t
node_of(const uint8_t *const bytes)
{
    return bytes[4]; // of a raw CSI datagram
}

static bool
is_csi(const rv_input *const input)
{
    return input->kind == RV_INPUT_DATAGRAM && input->n > 60;
}

static bool
nothing(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return true;
}

static bool
silent(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return false;
}

static bool
one_node_gone(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !(is_csi(input) && node_of(bytes) == 4);
}

static bool
half_lost(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return (uint32_t)(i * 2654435761U) >> 31;
}

static bool
one_node_faint(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !(is_csi(input) && node_of(bytes) == 4) || i % 20 == 0;
}

static bool
noise_for_signal(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    uint32_t seed = (uint32_t)i * 747796405U + 1;
    for (size_t k = 20; is_csi(input) && k + 30 < input->n; ++k) {
        seed     = seed * 1664525U + 1013904223U;
        bytes[k] = (uint8_t)((seed >> 24) % 61 - 30);
    }
    return true;
}

static bool
a_day_later(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    input->t_us += UINT64_C(25) * 3600 * SECOND;
    return true;
}

/// The fourth node takes its own clock, 1.5 s ahead, for that of the mesh
static bool
one_clock_ahead(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    if (input->kind == RV_INPUT_DATAGRAM && !is_csi(input) &&
        rv_load_u32(bytes) == RV_MAGIC_SYNC && node_of(bytes) == 4) {
        rv_store_u64(bytes + 16, rv_load_u64(bytes + 16) + 1500000);
    }
    return true;
}

/// The same datagrams from the room with other furniture
static bool
furniture_moved(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    if (is_csi(input) && i < furnished.n && is_csi(&furnished.input[i]) &&
        furnished.input[i].n == input->n) {
        const uint64_t t = input->t_us;
        *input           = furnished.input[i];
        memcpy(bytes, input->bytes, input->n);
        input->bytes = bytes;
        input->t_us  = t;
    }
    return true;
}

static bool
one_link_left(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return !is_csi(input) || node_of(bytes) == 1;
}

static bool
never_calibrated(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    return input->kind != RV_INPUT_COMMAND;
}

/// The fourth node sleeps while the others are calibrated again
static bool
calibrated_without_one(rv_input *const input, uint8_t *const bytes, const size_t i)
{
    const uint64_t t = input->t_us - empty.begin_us;
    return !(is_csi(input) && node_of(bytes) == 4 &&
             t < (uint64_t)(CHANGE_S + AGAIN_S) * SECOND);
}

static void
calibrate_again(rv_engine *const engine, const uint64_t t_us)
{
    const rv_command command = {.kind = RV_COMMAND_CALIBRATE_START, .value = AGAIN_S};
    uint8_t          bytes[64];
    rv_writer        out = {.bytes = bytes, .size = sizeof bytes};
    assert_int_equal(rv_command_encode(&command, &out), RV_OK);
    const rv_input input = {
        .kind = RV_INPUT_COMMAND, .t_us = t_us, .bytes = bytes, .n = out.at};
    assert_int_equal(rv_engine_push(engine, &input), RV_OK);
}

typedef struct {
    const char *scenario;
    change     *what;
    uint32_t    flag; ///< Must fire; 0: none may
    uint32_t    also; ///< May fire with it
} line;

static const uint32_t any = UINT32_MAX;

static void
table_of_flags(void **state)
{
    const line lines[] = {
        {"nothing happens", nothing, 0, 0},
        {"all nodes fall silent", silent, RV_FLAG_NO_DATA, any},
        {"one node falls silent", one_node_gone, RV_FLAG_NODE_ABSENT, any},
        {"half of the packets are lost", half_lost, RV_FLAG_LOSS, any},
        {"one node is heard in one of 20 slots", one_node_faint, RV_FLAG_PARTITION,
         any},
        {"noise in place of the signal", noise_for_signal, RV_FLAG_INCOHERENT, any},
        {"noise in place of the signal", noise_for_signal, RV_FLAG_PHASE, any},
        {"25 hours pass", a_day_later, RV_FLAG_CALIBRATION_OLD, any},
        {"one clock is 1.5 s ahead", one_clock_ahead, RV_FLAG_CLOCK_SPREAD, any},
        {"the walls are of other stuff", furniture_moved, RV_FLAG_DRIFT, any},
        {"the walls are of other stuff", furniture_moved, RV_FLAG_CHANGE_POINT, any},
        {"nobody calibrates", never_calibrated, RV_FLAG_UNCALIBRATED, any},
        {"one node sleeps through a calibration", calibrated_without_one,
         RV_FLAG_CALIBRATION_MIX, any},
        {"one node is left", one_link_left, RV_FLAG_GEOMETRY, any},
    };
    const bool print  = getenv("RV_TABLE") != NULL;
    unsigned   failed = 0;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; ++i) {
        const outcome o = run(&empty, lines[i].what, RV_MODE_RAW_RESEARCH);
        const bool    fired =
            lines[i].flag ? (o.flags & lines[i].flag) != 0 : o.flags == 0;
        failed += !fired;
        if (print || !fired) {
            print_message("%-40s", lines[i].scenario);
            for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
                if (lines[i].flag >> bit & 1U) {
                    print_message(" %-16s %s", rv_flag_name(bit), fired ? "yes" : "NO");
                }
            }
            print_message("  with:");
            for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
                if (o.flags >> bit & 1U) {
                    print_message(" %s", rv_flag_name(bit));
                }
            }
            print_message("\n");
        }
    }
    assert_int_equal(failed, 0);
}

static void
silence_tightens_and_says_so(void **state)
{
    const outcome o = run(&empty, silent, RV_MODE_PRIVATE_HOME);
    assert_int_equal(o.classes, 1U << RV_CLASS_RESTRICTED);
    assert_int_equal(o.presence_reason, RV_REASON_NO_DATA);
    assert_int_equal(o.shown, 0);
}

static void
restricted_run_shows_presence_only(void **state)
{
    const outcome o = run(&empty, nothing, RV_MODE_STRICT_NO_IDENTITY);
    assert_int_equal(o.classes, 1U << RV_CLASS_RESTRICTED);
    assert_true(o.cycles > 200);
    assert_int_equal(o.shown, 0);
}

static void
good_run_keeps_its_class(void **state)
{
    for (int mode = 0; mode <= RV_MODE_STRICT_NO_IDENTITY; ++mode) {
        const outcome o = run(&empty, nothing, (rv_privacy_mode)mode);
        assert_int_equal(o.classes, 1U << rv_mode_class((rv_privacy_mode)mode));
    }
}

int
main(void)
{
    char folder[] = "/tmp/rv_flags_XXXXXX";
    assert_non_null(mkdtemp(folder));
    char  other[64];
    FILE *file;
    snprintf(other, sizeof other, "%s/other.yaml", folder);
    file = fopen(other, "wb");
    fputs("seed: 1\nduration_s: 60\nroom:\n  size: [6, 5, 2.6]\n"
          "  walls: {west: metal, east: metal, south: brick, north: glass, floor: wood,"
          " ceiling: concrete}\n",
          file);
    fclose(file);
    load(&empty, "empty", folder);
    load(&furnished, other, folder);
    remove(other);
    rmdir(folder);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table_of_flags),
        cmocka_unit_test(silence_tightens_and_says_so),
        cmocka_unit_test(restricted_run_shows_presence_only),
        cmocka_unit_test(good_run_keeps_its_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

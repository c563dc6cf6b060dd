// SPDX-License-Identifier: MIT
// Flags, events and classes through the real pipeline: a simulated empty room is
// calibrated for 20 s and then something happens to its datagrams. The table of what
// must come and what cannot is in docs/trust.md; this test reads it and holds it to the
// last row. RV_TABLE=1 prints what each scenario brought.
#include "cmocka_rv.h"
#include "platform/lend.h"
#include "story.h"

#include <ruview/engine/engine.h>
#include <ruview/trust/names.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// What a run came to
typedef struct {
    uint32_t  flags;
    uint32_t  classes; ///< Bit per class seen
    uint32_t  events;
    bool      passed[4][4]; ///< From class to class
    unsigned  cycles;
    unsigned  shown; ///< Restricted records with anything beyond presence
    unsigned  hasty; ///< Relaxed before 30 s of good cycles
    unsigned  over;  ///< Surer of something than what speaks against the cycle allows
    uint64_t  judge_us, change_us, weak_us;
    int       class_, mode; ///< Of the cycle before; -1 none
    rv_reason presence_reason;
} outcome;

/// The text that leaves holds these words
static bool
holds(const rv_cycle_output *const output, const char *const words)
{
    return memmem(output->json, output->n_json, words, strlen(words)) != NULL;
}

static bool
shows_more(const rv_cycle_output *const output)
{
    const rv_record *const r = output->record;
    return r->n_nodes + r->n_links + r->n_persons + r->n_zones > 0 ||
           rv_is_known(r->motion) || rv_is_known(r->breathing_bpm) ||
           rv_is_known(r->coherence) || r->map_reason == RV_REASON_NONE ||
           (rv_is_known(r->occupancy) && r->occupancy.value > 1.0F) ||
           !(holds(output, "\"nodes\":[]") && holds(output, "\"links\":[]") &&
             holds(output, "\"change_db\":[]") && holds(output, "\"persons\":[]"));
}

static void
judge(void *const context, const rv_cycle_output *const output)
{
    outcome *const         o = context;
    const rv_record *const r = output->record;
    if ((r->flags & RV_FLAGS_DEMOTE) || !r->live) {
        o->weak_us = r->t_us;
    }
    const bool by_hand = o->mode >= 0 && o->mode != (int)r->privacy_mode;
    const int  class_  = (int)r->privacy_class;
    if (r->t_us >= o->change_us && o->class_ != class_) {
        o->passed[o->class_][class_] = true;
        o->hasty += class_ < o->class_ && !by_hand && r->t_us - o->weak_us < RELAX_US;
    }
    o->class_ = class_;
    o->mode   = (int)r->privacy_mode;
    for (uint16_t i = 0; i < r->n_events && r->t_us >= o->change_us; ++i) {
        o->events |= 1U << r->events[i].kind;
    }
    const float most = output->quality->factor;
    o->over += r->presence_quality > most || r->motion.quality > most ||
               r->occupancy.quality > most || r->breathing_bpm.quality > most;
    for (uint16_t i = 0; i < r->n_persons; ++i) {
        o->over += r->persons[i].confidence > most;
    }
    if (r->t_us < o->judge_us) {
        return;
    }
    ++o->cycles;
    o->flags |= r->flags;
    o->classes |= 1U << r->privacy_class;
    o->presence_reason = r->presence_reason;
    o->shown += r->privacy_class == RV_CLASS_RESTRICTED && shows_more(output);
}

/// Something that happens
typedef struct {
    const char     *name;
    const story    *input;
    change         *what;
    rv_privacy_mode mode;
    bool            is_long;    ///< To END_S
    unsigned        judge_s;    ///< Flags count from here on; 0: JUDGE_S
    bool            all_of_it;  ///< The change holds from the start
    rv_command      command[2]; ///< Given at the change, and a second later
} scenario;

static void
give(rv_engine *const engine, const rv_command *const command, const uint64_t t_us)
{
    uint8_t   bytes[64];
    rv_writer out = {.bytes = bytes, .size = sizeof bytes};
    if (command->kind != 0) {
        assert_int_equal(rv_command_encode(command, &out), RV_OK);
        const rv_input input = {
            .kind = RV_INPUT_COMMAND, .t_us = t_us, .bytes = bytes, .n = out.at};
        assert_int_equal(rv_engine_push(engine, &input), RV_OK);
    }
}

static outcome
run(const scenario *const it)
{
    static uint8_t     bytes[2048];
    const story *const s      = it->input;
    const uint64_t     from   = s->begin_us + (uint64_t)CHANGE_S * SECOND;
    rv_engine_config   config = s->config;
    outcome            o      = {.judge_us = s->begin_us +
                                             (uint64_t)SECOND * (it->judge_s ? it->judge_s : JUDGE_S),
                                 .change_us = from - SECOND / 10,
                                 .class_    = -1,
                                 .mode      = -1};
    size_t             n;
    rv_engine         *engine;
    unsigned           given = 0;
    config.mode              = it->mode;
    assert_int_equal(rv_engine_size(&config, &n), RV_OK);
    void *const memory = rv_lend(n);
    assert_int_equal(rv_engine_init(&engine, &config, memory, n), RV_OK);
    rv_engine_set_sink(engine, judge, &o);
    const uint64_t end =
        s->begin_us + (uint64_t)SECOND * (it->is_long ? END_S : SHORT_S);
    for (size_t i = 0; i < s->n && s->input[i].t_us < end; ++i) {
        rv_input input = s->input[i];
        assert_true(input.n <= sizeof bytes);
        memcpy(bytes, input.bytes, input.n);
        input.bytes = bytes;
        if (given < 2 && input.t_us >= from + (uint64_t)given * SECOND) {
            give(engine, &it->command[given++], input.t_us);
        }
        if ((input.t_us >= from || it->all_of_it) && it->what &&
            !it->what(&input, bytes, i)) {
            input = (rv_input){.kind = RV_INPUT_TICK, .t_us = input.t_us};
        }
        assert_int_equal(rv_engine_push(engine, &input), RV_OK);
    }
    rv_engine_finish(engine);
    free(memory);
    return o;
}

#define SET_MODE(m) .command = {{.kind = RV_COMMAND_MODE, .value = (m)}}
#define CALIBRATE   .command = {{.kind = RV_COMMAND_CALIBRATE_START, .value = AGAIN_S}}

static const scenario scenarios[] = {
    {"nothing happens", &empty, NULL, RV_MODE_RAW_RESEARCH},
    {"all nodes fall silent", &empty, silent, RV_MODE_RAW_RESEARCH},
    {"all nodes fall silent, private home", &empty, silent, RV_MODE_PRIVATE_HOME},
    {"all nodes fall silent, care with consent", &empty, silent,
     RV_MODE_CARE_WITH_CONSENT},
    {"all nodes fall silent for 4 s", &empty, silent_for_a_while, RV_MODE_RAW_RESEARCH,
     .is_long = true},
    {"all nodes fall silent for 4 s, private home", &empty, silent_for_a_while,
     RV_MODE_PRIVATE_HOME, .is_long = true},
    {"all nodes fall silent for 4 s, care with consent", &empty, silent_for_a_while,
     RV_MODE_CARE_WITH_CONSENT, .is_long = true},
    {"one node falls silent", &empty, one_node_gone, RV_MODE_RAW_RESEARCH},
    {"one node falls silent for 4 s", &empty, one_node_away, RV_MODE_RAW_RESEARCH},
    {"half of the packets are lost", &empty, half_lost, RV_MODE_RAW_RESEARCH},
    {"one node is heard in one of 20 slots", &empty, one_node_faint,
     RV_MODE_RAW_RESEARCH},
    {"noise in place of the signal", &empty, noise_for_signal, RV_MODE_RAW_RESEARCH},
    {"25 hours pass", &empty, a_day_later, RV_MODE_RAW_RESEARCH},
    {"one clock is set and follows nobody", &apart, NULL, RV_MODE_RAW_RESEARCH},
    {"the walls are of other stuff", &empty, furniture_moved, RV_MODE_RAW_RESEARCH},
    {"one receiver's frames are shaken", &empty, one_receiver_shaken,
     RV_MODE_RAW_RESEARCH},
    {"nobody calibrates", &empty, never_calibrated, RV_MODE_RAW_RESEARCH,
     .all_of_it = true},
    {"one node sleeps through a calibration", &empty, calibrated_without_one,
     RV_MODE_RAW_RESEARCH, CALIBRATE},
    {"one node is left", &empty, one_link_left, RV_MODE_RAW_RESEARCH},
    {"somebody appears and stands still", &standing, NULL, RV_MODE_RAW_RESEARCH,
     .judge_s = CHANGE_S},
    {"somebody walks in, about and out", &walking, NULL, RV_MODE_RAW_RESEARCH,
     .is_long = true},
    {"mode set to private home", &empty, NULL, RV_MODE_RAW_RESEARCH,
     SET_MODE(RV_MODE_PRIVATE_HOME)},
    {"mode set to care with consent", &empty, NULL, RV_MODE_RAW_RESEARCH,
     SET_MODE(RV_MODE_CARE_WITH_CONSENT)},
    {"mode set to strict", &empty, NULL, RV_MODE_RAW_RESEARCH,
     SET_MODE(RV_MODE_STRICT_NO_IDENTITY)},
    {"mode set from strict to research", &empty, NULL, RV_MODE_STRICT_NO_IDENTITY,
     SET_MODE(RV_MODE_RAW_RESEARCH)},
    {"mode set from strict to care, then to private home", &empty, NULL,
     RV_MODE_STRICT_NO_IDENTITY,
     .command = {{.kind = RV_COMMAND_MODE, .value = RV_MODE_CARE_WITH_CONSENT},
                 {.kind = RV_COMMAND_MODE, .value = RV_MODE_PRIVATE_HOME}}},
    {"mode set to care, then to strict", &empty, NULL, RV_MODE_PRIVATE_HOME,
     .command = {{.kind = RV_COMMAND_MODE, .value = RV_MODE_CARE_WITH_CONSENT},
                 {.kind = RV_COMMAND_MODE, .value = RV_MODE_STRICT_NO_IDENTITY}}},
    {"mode set to care, then to research", &empty, NULL, RV_MODE_PRIVATE_HOME,
     .command = {{.kind = RV_COMMAND_MODE, .value = RV_MODE_CARE_WITH_CONSENT},
                 {.kind = RV_COMMAND_MODE, .value = RV_MODE_RAW_RESEARCH}}},
};

enum { N_SCENARIOS = sizeof scenarios / sizeof *scenarios };

static outcome came_to[N_SCENARIOS];
static bool    has_run[N_SCENARIOS];

static const outcome *
outcome_of(const char *const name)
{
    for (int i = 0; i < N_SCENARIOS; ++i) {
        if (strcmp(scenarios[i].name, name) == 0) {
            came_to[i] = has_run[i] ? came_to[i] : run(&scenarios[i]);
            has_run[i] = true;
            return &came_to[i];
        }
    }
    fail_msg("docs/trust.md: no scenario is called '%s'", name);
    return NULL;
}

// ---- the table

static bool seen_flag[2][RV_N_FLAGS], seen_event[RV_EVENT_COUNT], seen_class[4][4];

/// Did it come? `what`: "no flag", "flag NAME", "event NAME", "class NAME to NAME"
static bool
came(const outcome *const o, const char *const what, const bool wanted)
{
    if (strcmp(what, "no flag") == 0) {
        for (int bit = 0; bit < RV_N_FLAGS; ++bit) {
            seen_flag[0][bit] = true;
        }
        return o->flags == 0;
    }
    for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
        if (strncmp(what, "flag ", 5) == 0 &&
            strcmp(what + 5, rv_flag_name(bit)) == 0) {
            seen_flag[wanted][bit] = true;
            return o->flags >> bit & 1U;
        }
    }
    for (unsigned kind = 0; kind < RV_EVENT_COUNT; ++kind) {
        if (strncmp(what, "event ", 6) == 0 &&
            strcmp(what + 6, rv_event_name((rv_event_kind)kind)) == 0) {
            seen_event[kind] = true;
            return o->events >> kind & 1U;
        }
    }
    for (unsigned from = 0; from < 4; ++from) {
        for (unsigned to = 0; to < 4; ++to) {
            char text[48];
            snprintf(text, sizeof text, "class %s to %s",
                     rv_class_name((rv_privacy_class)from),
                     rv_class_name((rv_privacy_class)to));
            if (strcmp(what, text) == 0) {
                seen_class[from][to] = true;
                return o->passed[from][to];
            }
        }
    }
    fail_msg("docs/trust.md: what is '%s'?", what);
    return false;
}

/// The cell between two bars, without spaces around it; the rest of the row
static char *
cell(char *row, char **const rest)
{
    row += strspn(row, "| ");
    char *end = strchr(row, '|');
    assert_non_null(end);
    *rest = end + 1;
    while (end > row && end[-1] == ' ') {
        --end;
    }
    *end = '\0';
    return row;
}

static void
the_table_in_the_document_holds(void **state)
{
    char        line[512];
    unsigned    rows = 0, wrong = 0;
    bool        inside = false;
    FILE *const file   = fopen(RV_TRUST_MD, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        inside = inside ? line[0] == '|' : strncmp(line, "| Scenario |", 12) == 0;
        if (!inside || strncmp(line, "| Scenario |", 12) == 0 ||
            strncmp(line, "|---", 4) == 0) {
            continue;
        }
        char             *rest;
        const char *const name   = cell(line, &rest);
        const char *const what   = cell(rest, &rest);
        const char *const fired  = cell(rest, &rest);
        const bool        wanted = strcmp(fired, "yes") == 0;
        const outcome    *o      = outcome_of(name);
        const bool        is_so  = came(o, what, wanted);
        assert_true(wanted || strcmp(fired, "no") == 0);
        if (getenv("RV_TABLE") || is_so != wanted) {
            print_message("%-50s %-30s %-3s %s  flags", name, what, fired,
                          is_so == wanted ? "" : "IS NOT SO");
            for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
                if (o->flags >> bit & 1U) {
                    print_message(" %s", rv_flag_name(bit));
                }
            }
            print_message("\n");
        }
        wrong += is_so != wanted;
        ++rows;
    }
    fclose(file);
    assert_int_equal(wrong, 0);
    assert_true(rows > 40);
    for (unsigned bit = 0; bit < RV_N_FLAGS; ++bit) {
        assert_true(seen_flag[0][bit] && seen_flag[1][bit]); // set, and not set
    }
    for (unsigned kind = 0; kind < RV_EVENT_COUNT; ++kind) {
        assert_true(seen_event[kind]);
    }
    for (unsigned from = 0; from < 4; ++from) {
        for (unsigned to = 0; to < 4; ++to) {
            assert_true(from == to || seen_class[from][to]);
        }
    }
}

static void
nothing_relaxes_within_30_s(void **state)
{
    for (int i = 0; i < N_SCENARIOS; ++i) {
        assert_int_equal(outcome_of(scenarios[i].name)->hasty, 0);
    }
}

static void
nothing_is_surer_than_the_cycle(void **state)
{
    for (int i = 0; i < N_SCENARIOS; ++i) {
        assert_int_equal(outcome_of(scenarios[i].name)->over, 0);
    }
}

static void
silence_tightens_and_says_so(void **state)
{
    const outcome *const o = outcome_of("all nodes fall silent, private home");
    assert_int_equal(o->classes, 1U << RV_CLASS_RESTRICTED);
    assert_int_equal(o->presence_reason, RV_REASON_NO_DATA);
    assert_int_equal(o->shown, 0);
}

static void
restricted_run_shows_presence_only(void **state)
{
    const scenario strict = {"", &walking, NULL, RV_MODE_STRICT_NO_IDENTITY};
    const outcome  o      = run(&strict);
    assert_int_equal(o.classes, 1U << RV_CLASS_RESTRICTED);
    assert_true(o.cycles > 200);
    assert_int_equal(o.shown, 0);
}

static void
good_run_keeps_its_class(void **state)
{
    for (int mode = 0; mode <= RV_MODE_STRICT_NO_IDENTITY; ++mode) {
        const scenario quiet = {"", &empty, NULL, (rv_privacy_mode)mode};
        const outcome  o     = run(&quiet);
        assert_int_equal(o.classes, 1U << rv_mode_class((rv_privacy_mode)mode));
    }
}

int
main(void)
{
    load_stories();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_table_in_the_document_holds),
        cmocka_unit_test(nothing_relaxes_within_30_s),
        cmocka_unit_test(nothing_is_surer_than_the_cycle),
        cmocka_unit_test(silence_tightens_and_says_so),
        cmocka_unit_test(restricted_run_shows_presence_only),
        cmocka_unit_test(good_run_keeps_its_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

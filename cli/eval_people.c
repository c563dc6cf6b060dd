// SPDX-License-Identifier: MIT
#include "cli/eval_people.h"

#include "cli/eval_engine.h"
#include "cli/progress.h"

#include <ruview/people/track_score.h>

#include <stdlib.h>
#include <string.h>

enum { empty_s = 30, settled_s = 35, per_second = 20 };

// A track farther off is of nobody: beyond most errors with four nodes
static const float match_m = 2.0F;

typedef enum { NOBODY, ONE, TWO, TWO_APART, CROSSING, MEETING } what;

typedef struct {
    const char *name;
    what        what;
    uint16_t    n_nodes;
} scene;

static const scene scenes[] = {
    {"empty", NOBODY, 4},
    {"one wanders", ONE, 4},
    {"one wanders", ONE, 8},
    {"two wander", TWO, 4},
    {"two wander", TWO, 8},
    {"two keep apart", TWO_APART, 4},
    {"two keep apart", TWO_APART, 8},
    {"two cross, 74 deg", CROSSING, 4},
    {"two cross, 74 deg", CROSSING, 8},
    {"two meet and part", MEETING, 8},
};

enum { n_scenes = sizeof scenes / sizeof *scenes };

typedef struct {
    rv_sim_config  room;
    rv_track_score score;
    uint32_t       crossings;
    bool           close; ///< The first two are passing each other
} bench;

static const float places[RV_SIM_MAX_NODES > 8 ? 8 : RV_SIM_MAX_NODES][3] = {
    {0.2F, 0.3F, 1.0F},  {5.8F, 0.2F, 1.3F},  {5.7F, 4.8F, 0.8F},  {0.3F, 4.7F, 1.5F},
    {3.0F, 0.15F, 0.9F}, {5.85F, 2.6F, 1.4F}, {3.1F, 4.85F, 1.1F}, {0.15F, 2.4F, 1.2F}};

/// To and fro between two places, with a rest on the way
static void
walk(rv_sim_person *const p, const float x0, const float y0, const float x1,
     const float y1, const float rest_s)
{
    p->loop        = true;
    p->n_waypoints = 2;
    p->waypoint[0] = (rv_sim_waypoint){x0, y0, 0.0F, 1.0F, RV_SIM_STAND};
    p->waypoint[1] = (rv_sim_waypoint){x1, y1, rest_s, 1.0F, RV_SIM_STAND};
}

static void
furnish(const scene *const s, rv_sim_config *const c)
{
    rv_sim_config_default(c);
    c->seed            = 1;
    c->radio.n_entries = 64;
    c->n_nodes         = s->n_nodes;
    for (int i = 0; i < s->n_nodes; ++i) {
        c->node[i]                 = c->node[0];
        c->node[i].id              = (uint8_t)(i + 1);
        c->node[i].clock_offset_us = 100.0F * (float)i;
        c->node[i].clock_drift_ppm = 3.0F * (float)i - 8.0F;
        memcpy(c->node[i].position_m, places[i], sizeof places[i]);
    }
    c->n_persons = s->what == NOBODY ? 0 : s->what == ONE ? 1 : 2;
    for (int i = 0; i < c->n_persons; ++i) {
        rv_sim_person *const p = &c->person[i];
        rv_sim_person_default(p);
        p->height_m = i == 0 ? 1.80F : 1.68F;
        p->from_s   = (float)empty_s;
        if (s->what == ONE || s->what == TWO) {
            (void)!rv_sim_person_wander(p, &c->room, (uint32_t)(7 + i), 60);
        } else if (s->what == CROSSING) { // both at (3, 2.5) at the same moment
            walk(p, 1.0F, i == 0 ? 1.0F : 4.0F, 5.0F, i == 0 ? 4.0F : 1.0F, 0.0F);
        } else if (s->what == MEETING) { // from either side to the middle and back
            walk(p, i == 0 ? 0.8F : 5.2F, 2.5F, i == 0 ? 2.85F : 3.15F, 2.5F, 3.0F);
        } else {
            walk(p, i == 0 ? 1.0F : 5.0F, 0.8F, i == 0 ? 1.0F : 5.0F, 4.2F, 0.0F);
        }
    }
}

/// Two cross when they come nearer than half a metre; once until they are a metre apart
static void
count_crossings(bench *const b, const rv_sim_truth *const truth)
{
    if (truth->n_persons < 2 || !truth->person[0].present ||
        !truth->person[1].present) {
        return;
    }
    const float dx = truth->person[0].position_m[0] - truth->person[1].position_m[0];
    const float dy = truth->person[0].position_m[1] - truth->person[1].position_m[1];
    const float d2 = dx * dx + dy * dy;
    b->crossings += !b->close && d2 < 0.25F;
    b->close = d2 < 0.25F || (b->close && d2 < 1.0F);
}

static void
judge(void *const context, const double t_s, const rv_record *const r,
      const rv_sim_truth *const truth)
{
    bench *const    b = context;
    rv_scored_track tracks[RV_SCORE_MAX];
    bool            there[RV_SCORE_MAX];
    float           at[RV_SCORE_MAX][2];
    uint32_t        n = 0;
    if (t_s < settled_s) {
        return;
    }
    count_crossings(b, truth);
    for (int i = 0; i < truth->n_persons; ++i) {
        there[i] = truth->person[i].present;
        at[i][0] = truth->person[i].position_m[0];
        at[i][1] = truth->person[i].position_m[1];
    }
    for (int i = 0; i < r->n_persons && n < RV_SCORE_MAX; ++i) {
        const rv_record_person *const p = &r->persons[i];
        if (p->state == RV_TRACK_ACTIVE) {
            tracks[n++] = (rv_scored_track){
                p->id, {p->position_m[0], p->position_m[1]}, p->ambiguous};
        }
    }
    (void)!rv_track_score_push(&b->score, there, (const float(*)[2])at,
                               truth->n_persons, tracks, n, per_second);
}

static bool
play(bench *const b, const scene *const s, const double minutes)
{
    furnish(s, &b->room);
    b->crossings     = 0;
    b->close         = false;
    b->score         = rv_track_score_begin();
    b->score.match_m = (double)match_m;
    return rv_eval_engine_play(&b->room, true, minutes, judge, b);
}

/// Of each crossing
static void
each(char *const out, const size_t n_out, const uint32_t n, const uint32_t crossings,
     const bool json)
{
    if (crossings > 0) {
        (void)snprintf(out, n_out, "%.3f", (double)n / crossings);
    } else {
        (void)snprintf(out, n_out, "%s", json ? "null" : "-");
    }
}

static void
print(FILE *const out, const bool json, const scene *const s, const bench *const b,
      const bool first)
{
    const rv_track_totals *const t       = &b->score.totals;
    const double                 minutes = (double)t->cycles / (60.0 * per_second);
    const double ospa    = t->cycles > 0 ? t->ospa_sum_m / (double)t->cycles : 0.0;
    const double tracked = t->wanted > 0 ? (double)t->tracked / (double)t->wanted : 1.0;
    const double error   = t->tracked > 0 ? t->error_sum_m / (double)t->tracked : 0.0;
    const double doubt =
        t->tracked > 0 ? (double)t->in_doubt / (double)t->tracked : 0.0;
    char fragmentation[16], broken[16];
    each(fragmentation, sizeof fragmentation, t->gaps, b->crossings, json);
    each(broken, sizeof broken, t->breaks, b->crossings, json);
    const char *const form =
        json ? "%s{\"scene\":\"%s\",\"nodes\":%u,\"synthetic\":true,\"ospa_m\":%.3f,"
               "\"error_m\":%.3f,\"tracked\":%.4f,\"in_doubt\":%.4f,\"switches\":%u,"
               "\"flagged_changes\":%u,\"renumbered\":%u,\"gaps_per_min\":%.2f,"
               "\"false_tracks_per_min\":%.3f,\"crossings\":%u,"
               "\"fragmentation\":%s,\"breaks_per_min\":%.2f,"
               "\"broken\":%s}"
             : "%s%-18s %5u %6.3f %6.2f %8.3f %6.3f %8u %8u %10u %9.2f %9.3f %6u "
               "%6s %9.2f %6s\n";
    fprintf(out, form, json && !first ? "," : "", s->name, (unsigned)s->n_nodes, ospa,
            error, tracked, doubt, t->switches, t->doubtful, t->renumbered,
            t->gaps / minutes, t->false_tracks / minutes, b->crossings, fragmentation,
            t->breaks / minutes, broken);
}

bool
rv_eval_people(FILE *const out, const bool json, const double minutes, const bool quiet)
{
    bench *const b        = malloc(sizeof *b);
    bool         good     = b != NULL;
    rv_progress  progress = rv_progress_begin("eval", quiet);
    if (json) {
        fputs("{\"people\":[", out);
    } else {
        fprintf(
            out,
            "simulated room of 6 x 5 m, whole engine, %g minutes each (synthetic)\n\n"
            "%-18s %5s %6s %6s %8s %6s %8s %8s %10s %9s %9s %6s %6s %9s %6s\n",
            minutes, "scene", "nodes", "OSPA", "error", "tracked", "doubt", "switches",
            "flagged", "renumbered", "gaps/min", "false/min", "cross", "frag",
            "break/min", "broken");
    }
    for (size_t i = 0; i < n_scenes && good; ++i) {
        rv_progress_show(&progress, (double)i / n_scenes);
        good = play(b, &scenes[i], minutes);
        if (good) {
            print(out, json, &scenes[i], b, i == 0);
        }
    }
    rv_progress_end(&progress);
    fputs(
        json
            ? "]}\n"
            : "\nOSPA [m], cut off at 1 m. tracked: share of people and cycles with a "
              "track within\n2 m; error [m] of those; doubt: share marked ambiguous. "
              "switches: numbers exchanged\nunmarked; flagged: while marked; gaps: was "
              "tracked, was not, was again;\ncross: times two came within 0.5 m; frag: "
              "gaps per crossing; break, broken: gaps by places alone, where a track "
              "of any\n"
              "number will do.\n",
        out);
    free(b);
    return good;
}

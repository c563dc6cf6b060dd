// SPDX-License-Identifier: MIT
#include "cli/eval_engine.h"
#include "cli/eval_simulated.h"
#include "cli/poisson.h"
#include "cli/progress.h"

#include <ruview/math/random.h>

enum { run_minutes = 20, stops = 24, nodes = 3, rate_hz = 50 };

/// What a simulated day consists of, and what came of it
typedef struct {
    const char    *name;
    rv_sim_posture posture; ///< After each way; STAND: only stops
    bool           wanders; ///< Lives as it likes instead
    uint32_t       acts;    ///< Times that the posture was taken
    uint32_t       candidates, confirmed;
    uint32_t       elsewhere; ///< Confirmed where nobody fell
    double         delay_s, hours;
} kind;

typedef struct {
    FILE    *out;
    kind    *kind;
    uint64_t seed;
    bool     was, found;
    double   down_s; ///< Half way down, of the last act
} watch;

/// Ways between random places; at every other the posture, for 12 to 20 s
static void
furnish(const kind *const k, const uint64_t seed, rv_sim_config *const c)
{
    rv_random random;
    rv_random_init(&random, seed, 9);
    rv_sim_config_default(c);
    c->seed                = seed;
    c->n_nodes             = nodes;
    c->radio.rate_hz       = rate_hz;
    rv_sim_person *const p = &c->person[0];
    c->n_persons           = 1;
    rv_sim_person_default(p);
    if (k->wanders) {
        (void)!rv_sim_person_wander(p, &c->room, seed, 60);
        return;
    }
    p->loop        = true;
    p->n_waypoints = stops;
    for (int i = 0; i < stops; ++i) {
        rv_sim_waypoint *const w = &p->waypoint[i];
        w->x_m                   = 1.0F + 4.0F * rv_random_uniform_f32(&random);
        w->y_m                   = 1.0F + 3.0F * rv_random_uniform_f32(&random);
        w->speed_mps             = 0.7F + 0.7F * rv_random_uniform_f32(&random);
        w->pause_s               = i % 2 ? 12.0F + 8.0F * rv_random_uniform_f32(&random)
                                         : 2.0F * rv_random_uniform_f32(&random);
        w->posture               = i % 2 ? k->posture : RV_SIM_STAND;
    }
}

static void
note(watch *const w, const double t_s, const rv_event_kind event)
{
    kind *const  k     = w->kind;
    const bool   falls = k->posture == RV_SIM_FALL;
    const double since = t_s - w->down_s;
    if (event == RV_EVENT_FALL_CANDIDATE) {
        w->found = falls && since < 2.0;
        k->candidates += !falls || w->found;
        k->delay_s += w->found ? since : 0.0;
    } else if (event == RV_EVENT_FALL_CONFIRMED && falls && w->found && since < 12.0) {
        ++k->confirmed;
    } else if (event == RV_EVENT_FALL_CONFIRMED) {
        ++k->elsewhere;
        fprintf(w->out, "  %s, seed %llu: false fall confirmed at %.1f s\n", k->name,
                (unsigned long long)w->seed, t_s);
    }
}

static void
hear(void *const context, const double t_s, const rv_record *const r,
     const rv_sim_truth *const truth)
{
    watch *const w   = context;
    const bool   now = truth->person[0].posture == w->kind->posture &&
                     !w->kind->wanders && w->kind->posture != RV_SIM_STAND;
    if (now && !w->was) {
        ++w->kind->acts;
        w->down_s = t_s;
        w->found  = false;
    }
    w->was = now;
    for (uint16_t i = 0; i < r->n_events; ++i) {
        note(w, t_s, r->events[i].kind);
    }
}

static void
print_kind(FILE *const out, const kind *const k)
{
    const bool falls = k->posture == RV_SIM_FALL;
    fprintf(out, "%-10s %6.1f h %6u times, ", k->name, k->hours, k->acts);
    if (falls) {
        fprintf(out, "told %u (%.0f %%) after %.2f s, confirmed %u; ", k->candidates,
                k->acts ? 100.0 * k->candidates / k->acts : 0.0,
                k->candidates ? k->delay_s / k->candidates : 0.0, k->confirmed);
    } else {
        fprintf(out, "candidates %u; ", k->candidates);
    }
    fprintf(out, "false falls %u, %.2f a day, below %.2f (95 %%)\n", k->elsewhere,
            24.0 * k->elsewhere / k->hours,
            24.0 * rv_poisson_below(k->elsewhere) / k->hours);
    fflush(out);
}

bool
rv_eval_falls(FILE *const out, const double hours, const uint64_t seed,
              const bool quiet)
{
    kind kinds[] = {{.name = "falls", .posture = RV_SIM_FALL},
                    {.name = "lives", .wanders = true},
                    {.name = "sits down", .posture = RV_SIM_SIT},
                    {.name = "lies down", .posture = RV_SIM_LIE},
                    {.name = "jumps", .posture = RV_SIM_JUMP},
                    {.name = "stops", .posture = RV_SIM_STAND}};
    enum { n_kinds = sizeof kinds / sizeof *kinds };
    const double   wanted   = hours * 60.0 / run_minutes / n_kinds;
    const uint32_t runs     = (uint32_t)wanted + (wanted > (uint32_t)wanted);
    bool           good     = true;
    rv_progress    progress = rv_progress_begin("eval", quiet);
    kind           all      = {.name = "all"};
    fprintf(out,
            "one person in a simulated room, %d nodes, %d frames a second a link "
            "(synthetic)\n",
            nodes, rate_hz);
    for (uint32_t i = 0; i < n_kinds && good; ++i) {
        for (uint32_t r = 0; r < runs && good; ++r) {
            rv_sim_config room;
            watch         w = {
                        .out = out, .kind = &kinds[i], .seed = seed * 1000 + r, .down_s = -1e3};
            rv_progress_show(&progress, (double)(i * runs + r) / (n_kinds * runs));
            furnish(&kinds[i], w.seed, &room);
            good = rv_eval_engine_play(&room, false, run_minutes, hear, &w);
            kinds[i].hours += run_minutes / 60.0;
        }
        all.acts += kinds[i].acts;
        all.candidates += kinds[i].candidates;
        all.elsewhere += kinds[i].elsewhere;
        all.hours += kinds[i].hours;
        print_kind(out, &kinds[i]);
    }
    print_kind(out, &all);
    rv_progress_end(&progress);
    return good;
}

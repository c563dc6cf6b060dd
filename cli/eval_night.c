// SPDX-License-Identifier: MIT
#include "cli/eval_engine.h"
#include "cli/eval_simulated.h"
#include "cli/poisson.h"
#include "cli/progress.h"

#include <ruview/math/random.h>

#include <math.h>

enum { run_minutes = 30, nodes = 4, stops = 4, window_s = 40 };

/// Nights with or without pauses of breath
typedef struct {
    const char *name;
    bool        holds;
    uint32_t    pauses, told; ///< Held breaths, and those told
    uint32_t    elsewhere;    ///< Told where none was held
    double      cycles, breath, breath_error, breath_off;
    double      heart, heart_error, heart_off;
    double      hours;
} kind;

typedef struct {
    FILE                *out;
    kind                *kind;
    const rv_sim_config *room;
    float                bpm[window_s]; ///< True rate of the last seconds
    uint32_t             n_bpm;
    bool                 found[RV_SIM_MAX_SPANS];
} watch;

/// Lies in bed and turns over every few minutes
static void
furnish(const kind *const k, const uint64_t seed, rv_sim_config *const c)
{
    rv_random random;
    rv_random_init(&random, seed, 11);
    rv_sim_config_default(c);
    c->seed                = seed;
    c->n_nodes             = nodes;
    rv_sim_person *const p = &c->person[0];
    c->n_persons           = 1;
    rv_sim_person_default(p);
    p->breath_hz   = (10.0F + 8.0F * rv_random_uniform_f32(&random)) / 60.0F;
    p->breath_fm   = 0.02F + 0.06F * rv_random_uniform_f32(&random);
    p->heart_hz    = (50.0F + 25.0F * rv_random_uniform_f32(&random)) / 60.0F;
    p->sway_m      = 0.0F; // nobody balances in bed
    p->loop        = false;
    p->n_waypoints = stops;
    const float x  = 1.5F + 3.0F * rv_random_uniform_f32(&random);
    const float y  = 1.5F + 2.0F * rv_random_uniform_f32(&random);
    for (int i = 0; i < stops; ++i) {
        const float pause = 300.0F + 300.0F * rv_random_uniform_f32(&random);
        p->waypoint[i] =
            (rv_sim_waypoint){x + 0.1F * (float)(i % 2), y, pause, 1.0F, RV_SIM_LIE};
    }
    for (int i = 0; i < RV_SIM_MAX_SPANS && k->holds; ++i) {
        const float from =
            120.0F + 200.0F * (float)i + 60.0F * rv_random_uniform_f32(&random);
        const float last     = 14.0F + 11.0F * rv_random_uniform_f32(&random);
        p->held[p->n_held++] = (rv_sim_span){from, from + last};
    }
}

/// Is the pause that was told one that was held?
static void
note_pause(watch *const w, const double t_s)
{
    const rv_sim_person *const p = &w->room->person[0];
    for (uint8_t i = 0; i < p->n_held; ++i) {
        if (t_s > (double)p->held[i].from_s + 8.0 &&
            t_s < (double)p->held[i].to_s + 10.0) {
            w->kind->told += !w->found[i];
            w->found[i] = true;
            return;
        }
    }
    ++w->kind->elsewhere;
    fprintf(w->out, "  %s, seed %llu: false pause at %.1f s\n", w->kind->name,
            (unsigned long long)w->room->seed, t_s);
}

static double
true_bpm(const watch *const w)
{
    double   sum = 0.0;
    uint32_t n   = 0;
    for (uint32_t i = 0; i < w->n_bpm && i < window_s; ++i) {
        sum += (double)w->bpm[i];
        n += w->bpm[i] > 0.0F; // held: no rate
    }
    return n > 0 ? sum / n : 0.0;
}

static void
hear(void *const context, const double t_s, const rv_record *const r,
     const rv_sim_truth *const truth)
{
    watch *const w = context;
    kind *const  k = w->kind;
    if (floor(t_s) >= (double)w->n_bpm) {
        w->bpm[w->n_bpm++ % window_s] = 60.0F * truth->person[0].breath_hz;
    }
    for (uint16_t i = 0; i < r->n_events; ++i) {
        if (r->events[i].kind == RV_EVENT_APNOEA) {
            note_pause(w, t_s);
        }
    }
    if (t_s < 60.0) {
        return;
    }
    k->cycles += 1.0;
    if (rv_is_known(r->breathing_bpm)) {
        const double error = fabs((double)r->breathing_bpm.value - true_bpm(w));
        k->breath += 1.0;
        k->breath_error += error;
        k->breath_off += error > 2.0;
    }
    if (rv_is_known(r->heart_bpm)) {
        const double error =
            fabs((double)r->heart_bpm.value - 60.0 * (double)truth->person[0].heart_hz);
        k->heart += 1.0;
        k->heart_error += error;
        k->heart_off += error > 5.0;
    }
}

static double
over(const double part, const double of)
{
    return of > 0.0 ? part / of : 0.0;
}

static void
print_kind(FILE *const out, const kind *const k)
{
    fprintf(out,
            "%-8s %6.1f h breath answered %.1f %%, error %.2f, off by 2 %.2f %%; heart "
            "answered %.2f %%, error %.2f, off by 5 %.2f %%\n",
            k->name, k->hours, 100.0 * over(k->breath, k->cycles),
            over(k->breath_error, k->breath), 100.0 * over(k->breath_off, k->breath),
            100.0 * over(k->heart, k->cycles), over(k->heart_error, k->heart),
            100.0 * over(k->heart_off, k->heart));
    if (k->holds) {
        fprintf(out, "%-17s %u of %u pauses told\n", "", k->told, k->pauses);
    }
    fprintf(out, "%-17s %u false pauses, %.2f a night of 8 h, below %.2f (95 %%)\n", "",
            k->elsewhere, 8.0 * k->elsewhere / k->hours,
            8.0 * rv_poisson_below(k->elsewhere) / k->hours);
    fflush(out);
}

bool
rv_eval_night(FILE *const out, const double hours, const uint64_t seed,
              const bool quiet)
{
    kind kinds[] = {{.name = "sleeps"}, {.name = "pauses", .holds = true}};
    enum { n_kinds = sizeof kinds / sizeof *kinds };
    const double   wanted   = hours * 60.0 / run_minutes / n_kinds;
    const uint32_t runs     = (uint32_t)wanted + (wanted > (uint32_t)wanted);
    bool           good     = true;
    rv_progress    progress = rv_progress_begin("eval", quiet);
    fprintf(out,
            "one person in a simulated bed, %d nodes, 20 frames a second a link "
            "(synthetic)\n",
            nodes);
    for (uint32_t i = 0; i < n_kinds && good; ++i) {
        for (uint32_t r = 0; r < runs && good; ++r) {
            rv_sim_config room;
            rv_progress_show(&progress, (double)(i * runs + r) / (n_kinds * runs));
            furnish(&kinds[i], seed * 1000 + r, &room);
            watch w = {.out = out, .kind = &kinds[i], .room = &room};
            good    = rv_eval_engine_play(&room, true, run_minutes, hear, &w);
            kinds[i].pauses += room.person[0].n_held;
            kinds[i].hours += run_minutes / 60.0;
        }
        print_kind(out, &kinds[i]);
    }
    rv_progress_end(&progress);
    return good;
}

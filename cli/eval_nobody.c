// SPDX-License-Identifier: MIT
#include "cli/eval_room.h"
#include "cli/eval_simulated.h"
#include "cli/poisson.h"
#include "cli/progress.h"

enum { run_minutes = 20 };

/// One kind of room where nobody breathes in peace
typedef struct {
    const char  *name;
    rv_eval_what what;
    uint32_t     found;
    double       played_h, answered_h, present_h;
} kind;

/// Where an answer that stands now began
typedef struct {
    FILE                *out;
    const rv_eval_scene *scene;
    double               since_s;
    float                bpm;
} answer;

static void
note(void *const context, const double t_s, const rv_estimate *const room)
{
    answer *const a = context;
    if (rv_is_known(*room)) {
        a->since_s = t_s;
        a->bpm     = room->value;
        return;
    }
    fprintf(a->out, "  %s, seed %llu: %.1f/min from %.1f s to %.1f s\n", a->scene->name,
            (unsigned long long)a->scene->seed, (double)a->bpm, a->since_s, t_s);
}

static void
print_kind(FILE *const out, const kind *const k)
{
    fprintf(out,
            "%-8s %6.1f h %4u false answers, %.3f an hour, below %.3f (95 %%); "
            "%.2f %% of the time; presence yes %.1f %%\n",
            k->name, k->played_h, k->found, k->found / k->played_h,
            rv_poisson_below(k->found) / k->played_h,
            100.0 * k->answered_h / k->played_h, 100.0 * k->present_h / k->played_h);
    fflush(out);
}

static bool
play_run(FILE *const out, rv_eval_room *const room, kind *const k, const uint64_t seed)
{
    const rv_eval_scene scene = {k->name, k->what, 20, 0, seed};
    rv_eval_outcome     o     = {0};
    answer              now   = {.out = out, .scene = &scene};
    rv_eval_room_listen(room, note, &now);
    const bool good = rv_eval_room_play(room, &scene, run_minutes, &o);
    if (o.room_answering) {
        const rv_estimate end = rv_unknown(RV_REASON_NO_DATA);
        note(&now, run_minutes * 60.0, &end);
    }
    const double played = (run_minutes * 60.0 - RV_EVAL_WARM_S) / 3600.0;
    k->found += o.room_episodes;
    k->played_h += played;
    k->answered_h += o.cycles > 0 ? played * o.best_answers / o.cycles : 0.0;
    k->present_h += o.cycles > 0 ? played * o.present / o.cycles : 0.0;
    return good;
}

bool
rv_eval_nobody(FILE *const out, const double hours, const uint64_t seed,
               const bool quiet)
{
    kind kinds[] = {{.name = "empty", .what = RV_EVAL_EMPTY},
                    {.name = "walking", .what = RV_EVAL_WALK},
                    {.name = "fan", .what = RV_EVAL_FAN}};
    enum { n_kinds = sizeof kinds / sizeof *kinds };
    const double        wanted   = hours * 60.0 / run_minutes / n_kinds;
    const uint32_t      runs     = (uint32_t)wanted + (wanted > (uint32_t)wanted);
    rv_eval_room *const room     = rv_eval_room_make();
    bool                good     = room != NULL;
    rv_progress         progress = rv_progress_begin("eval", quiet);
    kind                all      = {.name = "all"};
    for (uint32_t i = 0; i < n_kinds && good; ++i) {
        for (uint32_t r = 0; r < runs && good; ++r) {
            // a fan's seed is its speed
            const uint64_t mine = kinds[i].what == RV_EVAL_FAN
                                      ? 400 + (seed * 61 + r * 137) % 1100
                                      : seed * 1000 + r;
            rv_progress_show(&progress, (double)(i * runs + r) / (n_kinds * runs));
            good = play_run(out, room, &kinds[i], mine);
        }
        all.found += kinds[i].found;
        all.played_h += kinds[i].played_h;
        all.answered_h += kinds[i].answered_h;
        all.present_h += kinds[i].present_h;
        print_kind(out, &kinds[i]);
    }
    print_kind(out, &all);
    rv_progress_end(&progress);
    rv_eval_room_free(room);
    return good;
}

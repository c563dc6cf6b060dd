// SPDX-License-Identifier: MIT
#include "cli/eval_simulated.h"

#include "cli/eval_room.h"
#include "cli/progress.h"

typedef rv_eval_scene   scene;
typedef rv_eval_outcome outcome;

static const scene scenes[] = {
    {"empty", RV_EVAL_EMPTY, 20, 0, 1},
    {"empty, 100/s", RV_EVAL_EMPTY, 100, 0, 2},
    {"walking", RV_EVAL_WALK, 20, 0, 1},
    {"walking, 100/s", RV_EVAL_WALK, 100, 0, 2},
    {"fan, 637 rpm", RV_EVAL_FAN, 20, 0, 637},
    {"fan, 910 rpm", RV_EVAL_FAN, 20, 0, 910},
    {"fan, 1203 rpm", RV_EVAL_FAN, 20, 0, 1203},
    {"fan swings", RV_EVAL_FAN_SWINGS, 20, 0, 800},
    {"sits, 6/min", RV_EVAL_SIT, 20, 6, 1},
    {"sits, 10/min", RV_EVAL_SIT, 20, 10, 2},
    {"sits, 15/min", RV_EVAL_SIT, 20, 15, 3},
    {"sits, 20/min", RV_EVAL_SIT, 20, 20, 4},
    {"sits, 28/min", RV_EVAL_SIT, 20, 28, 5},
    {"sits, 36/min", RV_EVAL_SIT, 20, 36, 6},
    {"holds, 12/min", RV_EVAL_HOLD, 20, 12, 2},
    {"holds, 16/min", RV_EVAL_HOLD, 20, 16, 3},
};

enum { n_scenes = sizeof scenes / sizeof *scenes };

static double
share(const uint32_t part, const uint32_t of)
{
    return of > 0 ? (double)part / of : 0.0;
}

static void
print_scene(FILE *const out, const bool json, const scene *const s,
            const outcome *const o, const bool first)
{
    const double mae  = o->answers > 0 ? o->error / o->answers : 0.0;
    const double best = o->best_answers > 0 ? o->best_error / o->best_answers : 0.0;
    const double rate = o->episodes / o->link_hours;
    if (json) {
        fprintf(out,
                "%s{\"scene\":\"%s\",\"synthetic\":true,\"true_bpm\":%.1f,"
                "\"moving\":%.4f,\"present\":%.4f,\"room_answered\":%.4f,"
                "\"room_mae\":%.3f,\"link_answered\":%.4f,\"link_mae\":%.3f,"
                "\"link_off_by_2\":%u,\"link_episodes_per_hour\":%.3f,"
                "\"room_episodes\":%u,\"pauses\":%u}",
                first ? "" : ",", s->name, (double)s->bpm, share(o->moving, o->cycles),
                share(o->present, o->cycles), share(o->best_answers, o->best_looks),
                best, share(o->answers, o->looks), mae, o->wrong, rate,
                o->room_episodes, o->pauses);
        return;
    }
    fprintf(out, "%-16s %7.3f %8.3f", s->name, share(o->moving, o->cycles),
            share(o->present, o->cycles));
    if (s->bpm > 0.0F) {
        fprintf(out, " %9.3f %6.2f %9.3f %6.2f %7u  %u pauses\n",
                share(o->best_answers, o->best_looks), best,
                share(o->answers, o->looks), mae, o->wrong, o->pauses);
    } else {
        fprintf(out, " %9.3f %6s %9.3f %6s %7s  %u false answers (%.2f a link)\n",
                share(o->best_answers, o->best_looks), "-", share(o->answers, o->looks),
                "-", "-", o->room_episodes, rate * o->link_hours / 12.0);
    }
}

bool
rv_eval_simulated(FILE *const out, const bool json, const double minutes,
                  const bool quiet)
{
    rv_eval_room *const b        = rv_eval_room_make();
    bool                good     = b != NULL;
    rv_progress         progress = rv_progress_begin("eval", quiet);
    if (json) {
        fputs("{\"simulated\":[", out);
    } else {
        fprintf(
            out,
            "simulated rooms, four nodes, twelve links, %g minutes each (synthetic)\n\n"
            "%-16s %7s %8s %9s %6s %9s %6s %7s\n",
            minutes, "scene", "moving", "present", "answered", "MAE", "per link", "MAE",
            "off > 2");
    }
    for (size_t i = 0; i < n_scenes && good; ++i) {
        outcome o;
        rv_progress_show(&progress, (double)i / n_scenes);
        good = rv_eval_room_play(b, &scenes[i], minutes, &o);
        if (good) {
            print_scene(out, json, &scenes[i], &o, i == 0);
        }
    }
    rv_progress_end(&progress);
    fputs(json ? "]}\n"
               : "\nmoving, present: share of cycles, all links together. answered: "
                 "share of "
                 "cycles\nwith a breathing rate from the room's best link; per link: "
                 "share "
                 "of looks.\n",
          out);
    rv_eval_room_free(b);
    return good;
}

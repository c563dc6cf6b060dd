// SPDX-License-Identifier: MIT
#include "cli/eval_simulated.h"

#include "cli/progress.h"

#include <ruview/capture/adr018.h>
#include <ruview/sim/sim.h>
#include <ruview/vital/breathing.h>
#include <ruview/vital/presence.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { max_links = 16, tones = 56, warm_s = 30, window_s = 40, cycle_us = 50000 };

typedef enum { EMPTY, SIT, HOLD, WALK, FAN, FAN_SWINGS } what;

typedef struct {
    const char *name;
    what        what;
    float       rate_hz;
    float       bpm; ///< True rate; 0 nobody breathes in peace
    uint64_t    seed;
} scene;

static const scene scenes[] = {
    {"empty", EMPTY, 20, 0, 1},          {"empty, 100/s", EMPTY, 100, 0, 2},
    {"walking", WALK, 20, 0, 1},         {"walking, 100/s", WALK, 100, 0, 2},
    {"fan, 637 rpm", FAN, 20, 0, 637},   {"fan, 910 rpm", FAN, 20, 0, 910},
    {"fan, 1203 rpm", FAN, 20, 0, 1203}, {"fan swings", FAN_SWINGS, 20, 0, 800},
    {"sits, 6/min", SIT, 20, 6, 1},      {"sits, 10/min", SIT, 20, 10, 2},
    {"sits, 15/min", SIT, 20, 15, 3},    {"sits, 20/min", SIT, 20, 20, 4},
    {"sits, 28/min", SIT, 20, 28, 5},    {"sits, 36/min", SIT, 20, 36, 6},
    {"holds, 12/min", HOLD, 20, 12, 2},  {"holds, 16/min", HOLD, 20, 16, 3},
};

enum { n_scenes = sizeof scenes / sizeof *scenes };

/// What a scene came to
typedef struct {
    uint32_t cycles, moving, present;  ///< Fused, after the warm-up
    uint32_t looks, answers, wrong;    ///< Of links; wrong: more than 2/min off
    uint32_t episodes;                 ///< Runs of answers
    uint32_t best_looks, best_answers; ///< Of the room
    uint32_t room_episodes;            ///< Runs of answers of the room
    uint32_t pauses;                   ///< Of breath, told
    bool     room_answering;
    double   error; ///< Sum over answers
    double   best_error;
    double   link_hours;
} outcome;

static void
furnish(const scene *const s, rv_sim_config *const c)
{
    rv_sim_config_default(c);
    c->seed          = s->seed;
    c->radio.rate_hz = s->rate_hz;
    if (s->what == SIT || s->what == HOLD || s->what == WALK) {
        rv_sim_person *const p = &c->person[0];
        c->n_persons           = 1;
        rv_sim_person_default(p);
        if (s->what != WALK) {
            const float k = (float)s->seed;
            p->loop       = false;
            p->breath_hz  = s->bpm / 60.0F;
            for (int i = 0; i < RV_SIM_MAX_SPANS && s->what == HOLD; ++i) {
                const float from     = 100.0F + 60.0F * (float)i;
                p->held[p->n_held++] = (rv_sim_span){from, from + 16.0F};
            }
            p->facing_rad  = k;
            p->waypoint[0] = (rv_sim_waypoint){1.4F + 0.55F * k, 4.2F - 0.5F * k, 1e5F,
                                               1.0F, RV_SIM_SIT};
        } else if (rv_sim_person_wander(p, &c->room, s->seed, 60) == RV_OK) {
            for (int i = 0; i < 60; ++i) {
                p->waypoint[i].pause_s = 0.0F;
                p->waypoint[i].posture = RV_SIM_STAND;
            }
        }
    } else if (s->what != EMPTY) {
        c->n_fans = 1;
        c->fan[0] = (rv_sim_fan){.position_m     = {3.0F, 2.0F, 1.2F},
                                 .radius_m       = 0.2F,
                                 .rpm            = (float)s->seed,
                                 .n_blades       = 3,
                                 .swing_rad      = s->what == FAN_SWINGS ? 0.8F : 0.0F,
                                 .swing_period_s = 10.0F};
    }
}

typedef struct {
    rv_motion    motion;
    rv_sampler   sampler;
    rv_breathing breathing;
    rv_spectrum  seen;
    uint64_t     looked_us;
    bool         answering;
} link;

/// The room of the test, allocated once
typedef struct {
    rv_sim_config     config;
    link              link[max_links];
    rv_breathing_room room;
    rv_fft            fft;
    void             *fft_memory;
    rv_presence       presence;
    rv_adr018         decoder;
    uint64_t          next_us;
    float    true_bpm[window_s]; ///< Of the last seconds: a breather is no clock
    uint32_t n_true;
} bench;

static bool
prepare(bench *const b)
{
    const rv_motion_config    motion    = rv_motion_config_default();
    const rv_breathing_config breathing = rv_breathing_config_default();
    const rv_presence_config  presence  = rv_presence_config_default();
    bool                      good = rv_presence_init(&b->presence, &presence) == RV_OK;
    good &= rv_breathing_room_init(&b->room, &breathing) == RV_OK;
    for (int i = 0; i < max_links; ++i) {
        b->link[i].seen.n_bins = 0;
        good &= rv_motion_init(&b->link[i].motion, &motion, NULL, 0) == RV_OK;
        rv_breathing_config mine = breathing;
        mine.turn                = (uint32_t)i;
        good &= rv_breathing_init(&b->link[i].breathing, &mine) == RV_OK;
        rv_sampler_init(&b->link[i].sampler);
        b->link[i].looked_us = 0;
        b->link[i].answering = false;
    }
    rv_adr018_init(&b->decoder);
    b->next_us = b->config.start_us;
    b->n_true  = 0;
    return good;
}

static void
hear(bench *const b, const rv_sim_packet *const p)
{
    static const int16_t tone[tones] = {0};
    float                re[tones], im[tones];
    rv_packet            packet;
    link *const          l = &b->link[((p->node - 1) * 4 + p->tx - 1) % max_links];
    rv_adr018_decode(&b->decoder, p->bytes, p->n_bytes, p->t_us, &packet);
    if (packet.kind != RV_PACKET_CSI || packet.reason != RV_REASON_NONE) {
        return;
    }
    const rv_segment *const seg =
        &packet.frame.layout->segment[packet.frame.layout->primary];
    for (uint32_t k = 0; k < tones && k < seg->n_tones; ++k) {
        const uint32_t e = (uint32_t)seg->first + seg->entry[k];
        re[k]            = packet.frame.re[e];
        im[k]            = packet.frame.im[e];
    }
    const rv_csi csi = {.t_us       = p->t_us,
                        .n_tones    = tones,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = tone,
                        .re         = re,
                        .im         = im};
    rv_motion_push(&l->motion, &csi);
    rv_sampler_push(&l->sampler, &csi, l->motion.result.moving);
}

/// Mean true rate over the window that an answer stands for
static double
truth(const bench *const b)
{
    const uint32_t n   = b->n_true < window_s ? b->n_true : window_s;
    double         sum = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        sum += (double)b->true_bpm[i];
    }
    return n > 0 ? sum / n : 0.0;
}

static void
note_breathing(link *const l, const rv_breathing_result *const r, const double true_bpm,
               outcome *const o)
{
    if (r->t_us == l->looked_us) {
        return;
    }
    l->looked_us     = r->t_us;
    const bool known = rv_is_known(r->bpm);
    ++o->looks;
    o->episodes += known && !l->answering;
    l->answering = known;
    if (known) {
        const double error = fabs((double)r->bpm.value - true_bpm);
        ++o->answers;
        o->error += error;
        o->wrong += error > 2.0;
    }
}

/// One cycle of the fused view
static void
cycle(bench *const b, const uint64_t t_us, outcome *const o)
{
    rv_presence_link   said[max_links];
    rv_presence_result room;
    rv_breathing_seen  seen[max_links];
    bool               apnoea = false;
    uint32_t           n      = 0;
    const bool         warm   = t_us > b->config.start_us + (uint64_t)warm_s * 1000000U;
    for (int i = 0; i < max_links; ++i) {
        if (i % 5 == 0) {
            continue; // a node does not hear itself
        }
        rv_breathing_result breath;
        rv_motion_result_at(&b->link[i].motion, t_us, &said[n].motion);
        (void)rv_breathing_look(&b->link[i].breathing, &b->link[i].sampler, &b->fft,
                                t_us, &b->link[i].seen);
        rv_breathing_result_at(&b->link[i].breathing, &b->link[i].sampler, t_us,
                               &breath);
        said[n].breathing = breath.bpm;
        said[n].deviation = rv_unknown(RV_REASON_NOT_CALIBRATED);
        said[n].field     = rv_unknown(RV_REASON_NOT_CALIBRATED);
        seen[n] = (rv_breathing_seen){&b->link[i].seen, breath.bpm, breath.now,
                                      breath.before};
        if (warm) {
            note_breathing(&b->link[i], &breath, truth(b), o);
        }
        ++n;
    }
    const rv_estimate best = rv_breathing_room_look(&b->room, seen, n, t_us, &apnoea);
    o->pauses += apnoea;
    for (uint32_t i = 0; i < n && !rv_is_known(best); ++i) {
        said[i].breathing = best;
    }
    rv_presence_update(&b->presence, t_us, said, n, &room);
    if (warm) {
        ++o->cycles;
        o->moving += room.moving == RV_PRESENCE_YES;
        o->present += room.presence == RV_PRESENCE_YES;
        ++o->best_looks;
        o->room_episodes += rv_is_known(best) && !o->room_answering;
        o->room_answering = rv_is_known(best);
        if (rv_is_known(best)) {
            ++o->best_answers;
            o->best_error += fabs((double)best.value - truth(b));
        }
    }
}

static bool
play(bench *const b, const scene *const s, const double minutes, outcome *const o)
{
    size_t n = 0;
    rv_sim sim;
    furnish(s, &b->config);
    *o = (outcome){.link_hours = 12.0 * (minutes / 60.0 - warm_s / 3600.0)};
    if (rv_sim_size(&b->config, &n) != RV_OK || !prepare(b)) {
        return false;
    }
    void *const    memory = aligned_alloc(64, n);
    bool           good   = memory && rv_sim_init(&sim, &b->config, memory, n) == RV_OK;
    const uint64_t end    = b->config.start_us + (uint64_t)(minutes * 60e6);
    rv_sim_packet  p      = {.t_us = 0};
    while (good && p.t_us < end) {
        good = rv_sim_next(&sim, &p) == RV_OK;
        hear(b, &p);
        for (; b->next_us <= p.t_us; b->next_us += cycle_us) {
            if ((b->next_us - b->config.start_us) % 1000000U == 0) {
                rv_sim_truth now;
                rv_sim_truth_at(&sim, b->next_us, &now);
                b->true_bpm[b->n_true++ % window_s] = 60.0F * now.person[0].breath_hz;
            }
            cycle(b, b->next_us, o);
        }
    }
    free(memory);
    return good;
}

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

static bench *
make_bench(void)
{
    bench *const b     = calloc(1, sizeof *b);
    size_t       n_fft = 0;
    if (b && rv_fft_size(RV_VITAL_FFT, &n_fft) == RV_OK) {
        b->fft_memory = malloc(n_fft);
        if (b->fft_memory &&
            rv_fft_init(&b->fft, RV_VITAL_FFT, b->fft_memory, n_fft) == RV_OK) {
            return b;
        }
        free(b->fft_memory);
    }
    free(b);
    return NULL;
}

static void
free_bench(bench *const b)
{
    if (b) {
        free(b->fft_memory);
    }
    free(b);
}

/// Largest mean of a Poisson count that gives `n` or fewer once in twenty (Wilson and
/// Hilferty's approximation of the chi-square quantile; exact for none)
static double
poisson_bound(const uint32_t n)
{
    const double k = n + 1.0;
    const double q = 1.0 - 1.0 / (9.0 * k) + 1.6449 / (3.0 * sqrt(k));
    return n == 0 ? 2.9957 : k * q * q * q;
}

bool
rv_eval_nobody(FILE *const out, const double hours, const uint64_t seed,
               const bool quiet)
{
    static const struct {
        const char *name;
        what        what;
    } kinds[] = {{"empty", EMPTY}, {"walking", WALK}, {"fan", FAN}};
    enum { n_kinds = sizeof kinds / sizeof *kinds, run_minutes = 20 };
    const uint32_t runs     = (uint32_t)ceil(hours * 60.0 / run_minutes / n_kinds);
    bench *const   b        = make_bench();
    bool           good     = b != NULL;
    rv_progress    progress = rv_progress_begin("eval", quiet);
    uint32_t       all      = 0;
    for (uint32_t i = 0; i < n_kinds && good; ++i) {
        uint32_t found = 0;
        for (uint32_t r = 0; r < runs && good; ++r) {
            // a fan's seed is its speed
            const uint64_t mine = kinds[i].what == FAN
                                      ? 400 + (seed * 61 + r * 137) % 1100
                                      : seed * 1000 + r;
            const scene    s    = {kinds[i].name, kinds[i].what, 20, 0, mine};
            outcome        o    = {0};
            rv_progress_show(&progress, (double)(i * runs + r) / (n_kinds * runs));
            good = play(b, &s, run_minutes, &o);
            found += o.room_episodes;
        }
        const double played = runs * (run_minutes * 60.0 - warm_s) / 3600.0;
        all += found;
        fprintf(out,
                "%-8s %6.1f h %4u false answers, %.3f an hour, below %.3f (95 %%)\n",
                kinds[i].name, played, found, found / played,
                poisson_bound(found) / played);
        fflush(out);
    }
    const double played = n_kinds * runs * (run_minutes * 60.0 - warm_s) / 3600.0;
    fprintf(out, "%-8s %6.1f h %4u false answers, %.3f an hour, below %.3f (95 %%)\n",
            "all", played, all, all / played, poisson_bound(all) / played);
    rv_progress_end(&progress);
    free_bench(b);
    return good;
}

bool
rv_eval_simulated(FILE *const out, const bool json, const double minutes,
                  const bool quiet)
{
    bench *const b        = make_bench();
    bool         good     = b != NULL;
    rv_progress  progress = rv_progress_begin("eval", quiet);
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
        good = play(b, &scenes[i], minutes, &o);
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
    free_bench(b);
    return good;
}

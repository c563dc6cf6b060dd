// SPDX-License-Identifier: MIT
#include "cli/eval_quiet.h"

#include "cli/poisson.h"

#include <ruview/engine/engine.h>

#include <stdlib.h>
#include <string.h>

typedef struct {
    rv_eval_quiet *out;
    uint64_t       start_us;
    bool           yes, breathes, touched;
} listener;

static void
take(void *const context, const rv_cycle_output *const output)
{
    listener *const        l        = context;
    const rv_record *const r        = output->record;
    const bool             yes      = r->presence == RV_YES;
    const bool             breathes = rv_is_known(r->breathing_bpm);
    ++l->out->cycles;
    l->out->yes += yes;
    l->out->onsets += yes && !l->yes;
    l->out->late += yes && !l->yes && r->t_us > l->start_us + 5000000U;
    l->out->breaths += breathes && !l->breathes;
    l->touched  = l->touched || yes;
    l->yes      = yes;
    l->breathes = breathes;
    for (uint16_t i = 0; i < r->n_events; ++i) {
        l->out->falls += r->events[i].kind == RV_EVENT_FALL_CONFIRMED;
    }
}

/// A row of a series as the frame that it was
static rv_status
push(rv_engine *const engine, const rv_eval_series *const s, const size_t row,
     float *const re, float *const im)
{
    const rv_segment *const seg   = &s->layout->segment[s->layout->primary];
    bool                    phase = false;
    memset(re, 0, sizeof *re * s->layout->n_entries);
    memset(im, 0, sizeof *im * s->layout->n_entries);
    for (uint32_t k = 0; k < s->k; ++k) {
        const uint32_t entry = (uint32_t)seg->first + seg->entry[k];
        re[entry]            = s->re[row * s->k + k];
        im[entry]            = s->im[row * s->k + k];
        phase                = phase || im[entry] != 0.0F;
    }
    const rv_frame frame = {
        .t_us          = s->t_us[row],
        .layout        = s->layout,
        .bandwidth_mhz = s->layout->bandwidth_mhz,
        .node          = 1,
        .n_rx          = 1,
        .n_tx          = 1,
        .rssi_dbm      = RV_DBM_UNKNOWN,
        .rssi_rx_dbm = {RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN},
        .noise_dbm   = RV_DBM_UNKNOWN,
        .agc_db      = INT16_MIN,
        .amplitude_only = !phase,
        .re             = re,
        .im             = im};
    const rv_input input = {
        .kind = RV_INPUT_FRAME, .t_us = frame.t_us, .frame = &frame};
    return rv_engine_push(engine, &input);
}

/// Rows [from, to) to a new engine
static bool
play(const rv_eval_series *const s, const size_t from, const size_t to,
     rv_eval_quiet *const out)
{
    listener         l      = {.out = out, .start_us = s->t_us[from]};
    rv_engine_config config = rv_engine_config_default();
    size_t           n      = 0;
    config.mode             = RV_MODE_RAW_RESEARCH;
    config.consent          = true;
    if (rv_engine_size(&config, &n) != RV_OK) {
        return false;
    }
    void *const  memory = aligned_alloc(64, (n + 63) & ~(size_t)63);
    float *const re     = malloc(sizeof *re * s->layout->n_entries);
    float *const im     = malloc(sizeof *im * s->layout->n_entries);
    rv_engine   *engine = NULL;
    bool         good =
        memory && re && im && rv_engine_init(&engine, &config, memory, n) == RV_OK;
    if (good) {
        rv_engine_set_sink(engine, take, &l);
        for (size_t i = from; i < to && good; ++i) {
            good = push(engine, s, i, re, im) == RV_OK;
        }
        rv_engine_finish(engine);
        ++out->stretches;
        out->touched += l.touched;
        out->hours += (double)(s->t_us[to - 1] - s->t_us[from]) / 3.6e9;
    }
    free(re);
    free(im);
    free(memory);
    return good;
}

bool
rv_eval_quiet_play(const char *const name, const rv_eval_set *const set,
                   rv_eval_quiet *const out)
{
    enum { least_us = 8000000 };
    bool good = true;
    *out      = (rv_eval_quiet){.set = name};
    for (size_t i = 0; i < set->n; ++i) {
        const rv_eval_series *const s = &set->item[i];
        for (size_t from = 0, to = 0; s->layout && from < s->n && good; from = to + 1) {
            for (to = from; to < s->n && s->label[to] == 0;) {
                ++to;
            }
            if (to > from && s->t_us[to - 1] - s->t_us[from] >= least_us) {
                good = play(s, from, to, out);
            }
        }
    }
    return good;
}

void
rv_eval_quiet_print(FILE *const out, const bool json, const rv_eval_quiet *const sets,
                    const size_t n)
{
    if (json) {
        fputs(",\"quiet\":[", out);
    } else {
        fputs(
            "\nempty rooms through the whole engine, without a baseline: all of it is "
            "false\n",
            out);
    }
    for (size_t i = 0; i < n; ++i) {
        const rv_eval_quiet *const q = &sets[i];
        const double               h = q->hours > 0.0 ? q->hours : 1.0;
        fprintf(out,
                json
                    ? "%s{\"set\":\"%s\",\"stretches\":%u,\"hours\":%.4f,"
                      "\"presence_onsets\":%u,\"after_5_s\":%u,"
                      "\"stretches_with\":%u,\"per_hour\":%.3f,"
                      "\"per_hour_below\":%.3f,\"share_yes\":%.4f,\"breaths\":%u,"
                      "\"falls\":%u}"
                    : "%s%-10s %3u stretches, %.2f h: presence became yes %u times (%u "
                      "after the first 5 s) in %u of them, %.1f an hour, below %.1f "
                      "(95 %%); %.4f of the cycles; %u breaths, %u falls\n",
                json && i > 0 ? "," : "", q->set, q->stretches, q->hours, q->onsets,
                q->late, q->touched, q->onsets / h, rv_poisson_below(q->onsets) / h,
                q->cycles > 0 ? (double)q->yes / q->cycles : 0.0, q->breaths, q->falls);
    }
    if (json) {
        fputs("]", out);
    }
}

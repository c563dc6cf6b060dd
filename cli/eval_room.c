// SPDX-License-Identifier: MIT
#include "cli/eval_room.h"

#include <ruview/capture/adr018.h>
#include <ruview/sim/sim.h>
#include <ruview/vital/breathing.h>
#include <ruview/vital/presence.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { max_links = 16, tones = 56, window_s = 40, cycle_us = 50000 };

static void
furnish(const rv_eval_scene *const s, rv_sim_config *const c)
{
    rv_sim_config_default(c);
    c->seed          = s->seed;
    c->radio.rate_hz = s->rate_hz;
    if (s->what == RV_EVAL_SIT || s->what == RV_EVAL_HOLD || s->what == RV_EVAL_WALK) {
        rv_sim_person *const p = &c->person[0];
        c->n_persons           = 1;
        rv_sim_person_default(p);
        if (s->what != RV_EVAL_WALK) {
            const float k = (float)s->seed;
            p->loop       = false;
            p->breath_hz  = s->bpm / 60.0F;
            for (int i = 0; i < RV_SIM_MAX_SPANS && s->what == RV_EVAL_HOLD; ++i) {
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
    } else if (s->what != RV_EVAL_EMPTY) {
        c->n_fans = 1;
        c->fan[0] =
            (rv_sim_fan){.position_m     = {3.0F, 2.0F, 1.2F},
                         .radius_m       = 0.2F,
                         .rpm            = (float)s->seed,
                         .n_blades       = 3,
                         .swing_rad      = s->what == RV_EVAL_FAN_SWINGS ? 0.8F : 0.0F,
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

struct rv_eval_room {
    rv_sim_config     config;
    link              link[max_links];
    rv_breathing_room room;
    rv_fft            fft;
    void             *fft_memory;
    rv_presence       presence;
    rv_adr018         decoder;
    uint64_t          next_us;
    float         true_bpm[window_s]; ///< Of the last seconds: a breather is no clock
    uint32_t      n_true;
    rv_eval_told *told;
    void         *context;
};

typedef rv_eval_room bench;

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
               rv_eval_outcome *const o)
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
cycle(bench *const b, const uint64_t t_us, rv_eval_outcome *const o)
{
    rv_presence_link   said[max_links];
    rv_presence_result room;
    rv_breathing_seen  seen[max_links];
    bool               apnoea = false;
    uint32_t           n      = 0;
    const bool warm = t_us > b->config.start_us + (uint64_t)RV_EVAL_WARM_S * 1000000U;
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
        const int back    = i % 4 * 4 + i / 4;
        seen[n]           = (rv_breathing_seen){&b->link[i].seen,
                                                breath.bpm,
                                                breath.energy,
                                                &b->link[i].sampler,
                                                (uint32_t)(back - back / 5),
                                                breath.fast};
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
    for (int i = 0; i < max_links && room.moving == RV_PRESENCE_YES; ++i) {
        rv_sampler_interrupt(&b->link[i].sampler); // as the engine does
    }
    if (warm) {
        ++o->cycles;
        o->moving += room.moving == RV_PRESENCE_YES;
        o->present += room.presence == RV_PRESENCE_YES;
        ++o->best_looks;
        o->room_episodes += rv_is_known(best) && !o->room_answering;
        if (rv_is_known(best) != o->room_answering && b->told) {
            b->told(b->context, (double)(t_us - b->config.start_us) * 1e-6, &best);
        }
        o->room_answering = rv_is_known(best);
        if (rv_is_known(best)) {
            ++o->best_answers;
            o->best_error += fabs((double)best.value - truth(b));
        }
    }
}

bool
rv_eval_room_play(rv_eval_room *const b, const rv_eval_scene *const s,
                  const double minutes, rv_eval_outcome *const o)
{
    size_t n = 0;
    rv_sim sim;
    furnish(s, &b->config);
    *o = (rv_eval_outcome){.link_hours =
                               12.0 * (minutes / 60.0 - RV_EVAL_WARM_S / 3600.0)};
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

rv_eval_room *
rv_eval_room_make(void)
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

void
rv_eval_room_free(rv_eval_room *const b)
{
    if (b) {
        free(b->fft_memory);
    }
    free(b);
}

void
rv_eval_room_listen(rv_eval_room *const b, rv_eval_told *const told,
                    void *const context)
{
    b->told    = told;
    b->context = context;
}

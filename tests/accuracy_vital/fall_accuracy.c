// SPDX-License-Identifier: MIT
/**
   @file fall_accuracy.c
   Falls against everything else that ends in stillness, in simulated rooms: how many
   are told, how soon, and how many others are taken for one.
*/
#include <ruview/capture/adr018.h>
#include <ruview/math/random.h>
#include <ruview/sim/sim.h>
#include <ruview/vital/fall.h>
#include <ruview/vital/motion.h>

#include "platform/lend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_links = 16, tones = 56, stops = 12 };

typedef struct {
    int    events; ///< Of the kind that was played
    int    candidates, confirmed, others;
    double delay_s, hours;
} outcome;

typedef struct {
    rv_sim_config config;
    rv_motion     motion[max_links];
    rv_fall       fall;
    rv_adr018     decoder;
} bed;

static bed b;

static void
furnish(const uint64_t seed, const float rate, const int what)
{
    rv_random random;
    rv_random_init(&random, seed, 9);
    rv_sim_config_default(&b.config);
    b.config.seed          = seed;
    b.config.radio.rate_hz = rate;
    rv_sim_person *const p = &b.config.person[0];
    b.config.n_persons     = 1;
    rv_sim_person_default(p);
    p->loop        = true;
    p->n_waypoints = 2 * stops;
    for (int i = 0; i < 2 * stops; ++i) {
        rv_sim_waypoint *const w = &p->waypoint[i];
        w->x_m                   = 1.0F + 4.0F * (float)rv_random_uniform_f64(&random);
        w->y_m                   = 1.0F + 3.0F * (float)rv_random_uniform_f64(&random);
        w->speed_mps             = 0.7F + 0.7F * (float)rv_random_uniform_f64(&random);
        w->pause_s = i % 2 ? 12.0F + 8.0F * (float)rv_random_uniform_f64(&random)
                           : 2.0F * (float)rv_random_uniform_f64(&random);
        w->posture = i % 2 ? (rv_sim_posture)what : RV_SIM_STAND;
    }
}

static void
hear(const rv_sim_packet *const p)
{
    static const int16_t tone[tones] = {0};
    float                re[tones], im[tones];
    rv_packet            packet;
    const uint32_t       l = (uint32_t)((p->node - 1) * 4 + p->tx - 1) % max_links;
    rv_adr018_decode(&b.decoder, p->bytes, p->n_bytes, p->t_us, &packet);
    if (packet.kind != RV_PACKET_CSI || packet.reason != RV_REASON_NONE) {
        return;
    }
    const rv_segment *const seg =
        &packet.frame.layout->segment[packet.frame.layout->primary];
    const uint32_t n = seg->n_tones < tones ? seg->n_tones : tones;
    for (uint32_t k = 0; k < n; ++k) {
        const uint32_t e = (uint32_t)seg->first + seg->entry[k];
        re[k]            = packet.frame.re[e];
        im[k]            = packet.frame.im[e];
    }
    const rv_csi csi = {.t_us       = p->t_us,
                        .n_tones    = (uint16_t)n,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = tone,
                        .re         = re,
                        .im         = im};
    rv_motion_push(&b.motion[l], &csi);
    const rv_motion_result *const m = &b.motion[l].result;
    if (m->change >= 0.0F) {
        rv_fall_push(&b.fall, l, p->t_us, m->change, m->interval_s,
                     m->reason == RV_REASON_NONE && !m->moving && !m->stirring);
    }
}

static bool
play(const uint64_t seed, const float rate, const int what, const double minutes,
     outcome *const o)
{
    size_t                 n = 0;
    rv_sim                 sim;
    const rv_motion_config mc = rv_motion_config_default();
    const rv_fall_config   fc = rv_fall_config_default();
    furnish(seed, rate, what);
    if (rv_sim_size(&b.config, &n) != RV_OK || rv_fall_init(&b.fall, &fc) != RV_OK) {
        return false;
    }
    for (int i = 0; i < max_links; ++i) {
        if (rv_motion_init(&b.motion[i], &mc, NULL, 0) != RV_OK) {
            return false;
        }
    }
    rv_adr018_init(&b.decoder);
    void *const    memory = rv_lend(n);
    bool           good   = memory && rv_sim_init(&sim, &b.config, memory, n) == RV_OK;
    const uint64_t end    = b.config.start_us + (uint64_t)(minutes * 60e6);
    uint64_t       next = b.config.start_us, down_us = 0;
    bool           was = false, found = false;
    rv_sim_packet  p = {.t_us = 0};
    while (good && p.t_us < end) {
        good = rv_sim_next(&sim, &p) == RV_OK;
        hear(&p);
        for (; next <= p.t_us; next += 50000) {
            rv_sim_truth truth;
            rv_sim_truth_at(&sim, next, &truth);
            const bool now =
                (int)truth.person[0].posture == what && what != RV_SIM_STAND;
            if (now && !was) {
                ++o->events;
                down_us = next; // half way down
                found   = false;
            }
            was                    = now;
            const rv_fall_result r = rv_fall_step(&b.fall, next);
            const bool           here =
                down_us != 0 &&
                next - down_us < (r.event == RV_FALL_CANDIDATE ? 2000000U : 12000000U);
            if (r.event == RV_FALL_CANDIDATE && here && !found) {
                found = true;
                ++o->candidates;
                o->delay_s += (double)(next - down_us) * 1e-6;
            } else if (r.event == RV_FALL_CONFIRMED && here && found) {
                ++o->confirmed;
            } else if (r.event == RV_FALL_CONFIRMED) {
                ++o->others;
            }
        }
    }
    o->hours += minutes / 60;
    free(memory);
    return good;
}

int
main(const int argc, char **const argv)
{
    static const struct {
        const char    *name;
        rv_sim_posture what;
    } kinds[]            = {{"falls", RV_SIM_FALL},
                            {"sits down", RV_SIM_SIT},
                            {"lies down", RV_SIM_LIE},
                            {"jumps", RV_SIM_JUMP},
                            {"stops", RV_SIM_STAND}};
    const double minutes = argc > 1 ? strtod(argv[1], NULL) : 5;
    const float  rate    = argc > 2 ? strtof(argv[2], NULL) : 100;
    const int    seeds   = argc > 3 ? atoi(argv[3]) : 4;
    printf("simulated, %g frames/s a link, %d rooms of %g minutes each\n", (double)rate,
           seeds, minutes);
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; ++k) {
        outcome o = {0};
        for (int s = 0; s < seeds; ++s) {
            if (!play((uint64_t)(s + 1), rate, (int)kinds[k].what, minutes, &o)) {
                return 1;
            }
        }
        printf("%-10s %4d times: candidate %4d, confirmed %4d, delay %.2f s; "
               "confirmed elsewhere %d in %.2f h\n",
               kinds[k].name, o.events, o.candidates, o.confirmed,
               o.candidates ? o.delay_s / o.candidates : 0.0, o.others, o.hours);
        fflush(stdout);
    }
    return 0;
}

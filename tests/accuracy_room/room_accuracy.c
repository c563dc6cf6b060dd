// SPDX-License-Identifier: MIT
// Localisation and tracking on simulated flats of random size with nodes along the
// walls: error of detections and tracks while people move, the Cramer-Rao bound of the
// same geometry, people never there, people missed. Everything here is simulated.
#include "flat.h"

#include <ruview/people/tracker.h>
#include <ruview/room/link_level.h>
#include <ruview/room/localise.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { n_tones = 52, max_links = RV_ROOM_MAX_LINKS, most = 1 << 20 };

static const double calibrated_s = 20.0, settled_s = FLAT_ENTERS_S + 1.5;

typedef struct {
    float   *detection, *track, *bound;
    size_t   n_detection, n_track, n_bound;
    unsigned moving, untracked, ghosts, cycles, empty, empty_detections, empty_tracks;
    double   nees;
    unsigned inside; ///< Detections within the 95 % ellipse
    unsigned ids;
    bool     was_ghost;
} tally;

typedef struct {
    rv_sim_config config;
    rv_sim        sim;
    rv_room_link  link[max_links];
    rv_link_level level[max_links];
    int           index[256][256];
    uint32_t      n_links;
    rv_localise   localise;
    rv_tracker    tracker;
} flat;

static void
begin(flat *const f)
{
    size_t n = 0;
    flat_must(rv_sim_size(&f->config, &n));
    flat_must(rv_sim_init(&f->sim, &f->config, flat_lend(n), n));
    f->n_links = 0;
    for (int i = 0; i < f->config.n_nodes; ++i) {
        for (int j = 0; j < f->config.n_nodes; ++j) {
            if (i != j) {
                const rv_sim_node *const tx = &f->config.node[i];
                const rv_sim_node *const rx = &f->config.node[j];
                rv_room_link *const      l  = &f->link[f->n_links];
                memcpy(l->tx_m, tx->position_m, sizeof l->tx_m);
                memcpy(l->rx_m, rx->position_m, sizeof l->rx_m);
                l->located               = true;
                f->index[rx->id][tx->id] = (int)f->n_links++;
            }
        }
    }
    for (uint32_t l = 0; l < f->n_links; ++l) {
        const rv_link_level_config cfg = rv_link_level_config_default(n_tones);
        flat_must(rv_link_level_size(&cfg, &n));
        flat_must(rv_link_level_init(&f->level[l], &cfg, flat_lend(n), n));
    }
    const float              origin[3] = {0};
    const rv_localise_config cfg =
        rv_localise_config_default(origin, f->config.room.size_m);
    flat_must(rv_localise_size(&cfg, &n));
    flat_must(rv_localise_init(&f->localise, &cfg, flat_lend(n), n));
    flat_must(rv_localise_set_links(&f->localise, f->link, f->n_links));
    rv_tracker_config people = rv_tracker_config_default();
    for (int k = 0; k < 2; ++k) {
        people.lower_m[k] = 0.0F;
        people.upper_m[k] = f->config.room.size_m[k];
    }
    flat_must(rv_tracker_init(&f->tracker, &people));
}

// The 52 tones of the legacy training field; entry e holds tone e, or e - 64 above 31
static void
hear(flat *const f, const rv_sim_packet *const p)
{
    float        re[n_tones], im[n_tones], power = 1e-9F;
    const int8_t rssi = (int8_t)p->bytes[16];
    for (int k = 0; k < n_tones; ++k) {
        const int     entry = k < 26 ? k + 1 : k + 12;
        const uint8_t i = p->bytes[20 + 2 * entry], r = p->bytes[21 + 2 * entry];
        re[k] = (float)(int8_t)r;
        im[k] = (float)(int8_t)i;
        power += (re[k] * re[k] + im[k] * im[k]) / n_tones;
    }
    for (int k = 0; k < n_tones; ++k) {
        re[k] /= sqrtf(power);
        im[k] /= sqrtf(power);
    }
    const rv_csi csi = {.t_us      = p->t_us,
                        .n_tones   = n_tones,
                        .n_streams = 1,
                        .re        = re,
                        .im        = im,
                        .gain_db   = 10.0F * log10f(power)};
    flat_must(rv_link_level_push(&f->level[f->index[p->node][p->tx]], &csi,
                                 rv_known((float)rssi, 0.5F, 1.0F)));
}

// Root of the mean axis variance that no unbiased estimator beats when the logarithms
// of the scattered powers scatter by `misfit` and the strength is unknown
static double
cramer_rao(const flat *const f, const double x, const double y)
{
    double sum[3] = {0}, mean[2] = {0};
    int    n = 0;
    for (uint32_t p = 0; p < f->localise.n_pairs; ++p) {
        const rv_room_pair *const pair = &f->localise.pair[p];
        double                    g[2] = {0};
        for (int end = 0; end < 2; ++end) {
            const float *const e  = end ? pair->b_m : pair->a_m;
            const double       dx = x - e[0], dy = y - e[1], dz = 1.0 - e[2];
            const double       d2 = dx * dx + dy * dy + dz * dz;
            g[0] -= f->localise.cfg.falloff * dx / d2;
            g[1] -= f->localise.cfg.falloff * dy / d2;
        }
        sum[0] += g[0] * g[0];
        sum[1] += g[0] * g[1];
        sum[2] += g[1] * g[1];
        mean[0] += g[0];
        mean[1] += g[1];
        ++n;
    }
    const double xx = sum[0] - mean[0] * mean[0] / n;
    const double xy = sum[1] - mean[0] * mean[1] / n;
    const double yy = sum[2] - mean[1] * mean[1] / n;
    // The scatter that the fits have, not the one that the model was told
    const double s2 = (double)f->localise.cfg.misfit * (double)f->localise.cfg.misfit *
                      (double)f->localise.residual / (double)f->localise.freedom;
    return sqrt(0.5 * s2 * (xx + yy) / (xx * yy - xy * xy));
}

static void
score_moving(const flat *const f, const rv_sim_truth_person *const who,
             const rv_sim_truth_person *const then,
             const rv_localise_result *const  found,
             const rv_tracker_frame *const tracks, tally *const t)
{
    const double x = who->position_m[0], y = who->position_m[1];
    double       nearest = 1e9;
    int          at      = -1;
    for (uint32_t d = 0; d < found->n_detections; ++d) {
        const float *const p   = found->detection[d].position_m;
        const double       off = hypot(p[0] - x, p[1] - y);
        at                     = off < nearest ? (int)d : at;
        nearest                = fmin(off, nearest);
    }
    ++t->moving;
    if (at >= 0) {
        const rv_detection *const d = &found->detection[at];
        const float *const        c = d->covariance_m2;
        // Place and covariance are of `lag_s` ago, and are held against that
        const double ex   = d->position_m[0] - then->position_m[0];
        const double ey   = d->position_m[1] - then->position_m[1];
        const double nees = (c[2] * ex * ex - 2.0 * c[1] * ex * ey + c[0] * ey * ey) /
                            (c[0] * c[2] - c[1] * c[1]);
        t->nees += nees;
        t->inside += nees < 5.99;
        t->detection[t->n_detection++] = (float)nearest;
        t->bound[t->n_bound++]         = (float)cramer_rao(f, x, y);
    }
    nearest = 1e9;
    for (uint32_t k = 0; k < tracks->n_tracks; ++k) {
        if (tracks->track[k].state == RV_TRACKER_ACTIVE) {
            const float *const p = tracks->track[k].position_m;
            nearest              = fmin(nearest, hypot(p[0] - x, p[1] - y));
        }
    }
    if (nearest < 1e8) {
        t->track[t->n_track++] = (float)nearest;
    } else {
        ++t->untracked;
    }
}

static void
cycle(flat *const f, const uint64_t t_us, const double t_s, tally *const t)
{
    rv_room_sample     sample[max_links];
    rv_localise_result found;
    rv_tracker_frame   tracks;
    rv_sim_truth       truth, then;
    for (uint32_t l = 0; l < f->n_links; ++l) {
        if (t_s >= calibrated_s && !f->level[l].has_base) {
            rv_link_level_set_base(&f->level[l]);
        }
        sample[l] = rv_link_level_get(&f->level[l]);
    }
    flat_must(rv_localise_push(&f->localise, sample, f->n_links, NULL, &found));
    flat_must(rv_tracker_push(&f->tracker, t_us, found.detection, found.n_detections,
                              found.reason != RV_REASON_NONE, &tracks));
    rv_sim_truth_at(&f->sim, t_us, &truth);
    rv_sim_truth_at(&f->sim, t_us - (uint64_t)(f->localise.cfg.lag_s * 1e6F), &then);
    unsigned present = 0;
    for (int i = 0; i < truth.n_persons; ++i) {
        present += truth.person[i].present;
    }
    if (present == 0 && t_s > calibrated_s) {
        ++t->empty;
        t->empty_detections += found.n_detections != 0;
        t->empty_tracks += tracks.n_active != 0;
    }
    if (present == 0 || t_s < settled_s) {
        return;
    }
    ++t->cycles;
    // Each once, when it begins
    t->ghosts += tracks.n_active > present && !t->was_ghost;
    t->was_ghost = tracks.n_active > present;
    for (int i = 0; i < truth.n_persons; ++i) {
        if (truth.person[i].moving && t->n_detection < most) {
            score_moving(f, &truth.person[i], &then.person[i], &found, &tracks, t);
        }
    }
}

static void
run(flat *const f, const double seconds, tally *const t)
{
    uint64_t       next_us = f->config.start_us;
    const uint64_t end_us  = next_us + (uint64_t)(seconds * 1e6);
    for (;;) {
        rv_sim_packet p;
        flat_must(rv_sim_next(&f->sim, &p));
        while (p.t_us >= next_us + 50000) {
            next_us += 50000;
            cycle(f, next_us, (double)(next_us - f->config.start_us) * 1e-6, t);
        }
        if (p.t_us >= end_us) {
            break;
        }
        if (!p.sync) {
            hear(f, &p);
        }
    }
    t->ids += f->tracker.next_id - 1;
}

static void
end(flat *const f)
{
    for (uint32_t l = 0; l < f->n_links; ++l) {
        free(f->level[l].mean);
    }
    free(f->localise.gain);
    free(f->sim.world);
}

static int
ascending(const void *const a, const void *const b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double
quantile(float *const x, const size_t n, const double q)
{
    qsort(x, n, sizeof *x, ascending);
    return n != 0 ? x[(size_t)(q * (double)(n - 1))] : NAN;
}

int
main(const int argc, char **const argv)
{
    if (argc < 4) {
        puts("usage: room_accuracy NODES PERSONS SECONDS [FIRST_SEED [SEEDS]]\n"
             "Simulated flats: seeds 1.. were used in development, 101.. are for "
             "scores.");
        return argc < 2 || strcmp(argv[1], "--help") ? 2 : 0;
    }
    const int      n_nodes = atoi(argv[1]), n_persons = atoi(argv[2]);
    const double   seconds = atof(argv[3]);
    const unsigned first   = argc > 4 ? (unsigned)atoi(argv[4]) : 101;
    const unsigned seeds   = argc > 5 ? (unsigned)atoi(argv[5]) : 10;
    if (n_nodes < 2 || n_nodes > 8 || n_persons < 0 || n_persons > 8) {
        fputs("room_accuracy: 2..8 nodes, 0..8 persons\n", stderr);
        return 2;
    }
    static flat f;
    tally       t = {.detection = flat_lend(most * sizeof(float)),
                     .track     = flat_lend(most * sizeof(float)),
                     .bound     = flat_lend(most * sizeof(float))};
    for (unsigned seed = first; seed < first + seeds; ++seed) {
        memset(&f, 0, sizeof f);
        flat_furnish(&f.config, seed, n_nodes, n_persons, seconds);
        begin(&f);
        run(&f, seconds, &t);
        end(&f);
    }
    const double hours = t.empty * 0.05 / 3600.0;
    printf("simulated: %d nodes, %d persons, %u flats, %.0f s each\n", n_nodes,
           n_persons, seeds, seconds);
    printf(
        "detections  median %.2f m  p90 %.2f m  NEES/2 %.2f (1 is true)  in the 95 %% "
        "ellipse %.3f\n",
        quantile(t.detection, t.n_detection, 0.5),
        quantile(t.detection, t.n_detection, 0.9), 0.5 * t.nees / (double)t.n_detection,
        (double)t.inside / (double)t.n_detection);
    printf("bound       sigma per axis %.2f m, so median error %.2f m at best\n",
           quantile(t.bound, t.n_bound, 0.5),
           1.177 * quantile(t.bound, t.n_bound, 0.5));
    printf("tracks      median %.2f m  p90 %.2f m  untracked %.3f  ghosts %.3f per "
           "minute  "
           "ids %u\n",
           quantile(t.track, t.n_track, 0.5), quantile(t.track, t.n_track, 0.9),
           (double)t.untracked / t.moving, 1200.0 * t.ghosts / t.cycles, t.ids);
    printf("empty room  %.2f h: %u cycles with a detection, %u with a track\n", hours,
           t.empty_detections, t.empty_tracks);
    free(t.detection);
    free(t.track);
    free(t.bound);
    return 0;
}

// SPDX-License-Identifier: MIT
// Simulated people walk in one room on two occasions, alone, on other ways: are they
// known again by their signatures? Rank 1, equal error rate, and what the thresholds of
// the product make of it. Everything here is simulated: bodies differ in size and in
// the speed at which they like to walk, which they repeat to a few percent.
#include "feed.h"

#include "engine/engine_state.h"

#include <ruview/math/random.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most = 64 };

// Comfortable speeds scatter by about 0.2 m/s between people and 4 % from one walk to
// the next ("Comfortable and maximum walking speed of adults aged 20-79 years",
// Age Ageing 26 (1997); slower indoors)
static const float usual_mps = 1.1F, between_mps = 0.2F, within = 0.04F;

typedef struct {
    rv_reason why;
    float     feature[RV_GAIT_FEATURES];
    float     value[RV_GAIT_DIM];
} signature;

static float
clamp(const float x, const float low, const float high)
{
    return x < low ? low : x > high ? high : x;
}

static void
furnish(rv_sim_config *const scene, const unsigned person, const unsigned occasion,
        const int n_nodes)
{
    static const float corner[8][3] = {{0.2F, 0.3F, 1.0F},  {5.8F, 0.2F, 1.3F},
                                       {5.7F, 4.8F, 0.8F},  {0.3F, 4.7F, 1.5F},
                                       {3.0F, 0.15F, 0.9F}, {5.85F, 2.6F, 1.4F},
                                       {3.1F, 4.85F, 1.1F}, {0.15F, 2.4F, 1.2F}};
    rv_random          body, walk;
    rv_random_init(&body, person, 1);
    rv_random_init(&walk, person, 2 + occasion);
    scene->seed            = 1; // The room stays
    scene->radio.n_entries = 64;
    scene->n_nodes         = (uint16_t)n_nodes;
    for (int i = 0; i < n_nodes; ++i) {
        scene->node[i]    = scene->node[0];
        scene->node[i].id = (uint8_t)(i + 1);
        memcpy(scene->node[i].position_m, corner[i], sizeof corner[i]);
    }
    rv_sim_person *const p = &scene->person[0];
    scene->n_persons       = 1;
    rv_sim_person_default(p);
    p->height_m   = 1.72F + 0.09F * rv_random_normal_f32(&body);
    p->leg        = clamp(1.0F + 0.05F * rv_random_normal_f32(&body), 0.8F, 1.2F);
    p->arm        = clamp(1.0F + 0.05F * rv_random_normal_f32(&body), 0.8F, 1.2F);
    p->breadth    = clamp(1.0F + 0.10F * rv_random_normal_f32(&body), 0.7F, 1.3F);
    p->gait_phase = rv_random_uniform_f32(&walk);
    const float likes =
        clamp(usual_mps + between_mps * rv_random_normal_f32(&body), 0.6F, 1.7F);
    p->from_s = 20.0F;
    if (rv_sim_person_wander(p, &scene->room, 1000U * person + occasion, 48) != RV_OK) {
        abort();
    }
    const float today = likes * (1.0F + within * rv_random_normal_f32(&walk));
    for (int i = 0; i < p->n_waypoints; ++i) {
        p->waypoint[i].pause_s   = 0.0F;
        p->waypoint[i].posture   = RV_SIM_STAND;
        p->waypoint[i].speed_mps = today;
    }
}

static signature
observe(const unsigned person, const unsigned occasion, const int n_nodes,
        const double seconds)
{
    static feed f;
    signature   out = {.why = RV_REASON_WARMING_UP};
    feed_defaults(&f);
    furnish(&f.scene, person, occasion, n_nodes);
    f.config.max_links = RV_MAX_LINKS;
    f.config.link_pool = (size_t)24 << 20;
    feed_start(&f);
    feed_run(&f, 20.0 + seconds);
    // The track that walked most
    uint32_t best = 0;
    for (uint32_t s = 1; s < RV_GAIT_MAX; ++s) {
        best = f.engine->gait.track[s].walked_s > f.engine->gait.track[best].walked_s
                   ? s
                   : best;
    }
    out.why = rv_gait_measure(&f.engine->gait, best, out.feature);
    if (out.why == RV_REASON_NONE) {
        out.why = rv_gait_embed(&f.engine->gait, best, out.value);
    }
    feed_stop(&f);
    return out;
}

static float
cosine(const signature *const a, const signature *const b, const int feature)
{
    const rv_gait_config cfg = rv_gait_config_default();
    float                sum = 0.0F;
    if (feature >= 0) { // One feature alone
        const float d =
            (a->feature[feature] - b->feature[feature]) / cfg.feature[feature].sigma;
        return expf(-0.25F * d * d);
    }
    for (int i = 0; i < RV_GAIT_DIM; ++i) {
        sum += a->value[i] * b->value[i];
    }
    return sum;
}

static void
score(const signature *const first, const signature *const second, const int n,
      const int feature, const char *const name)
{
    static float same[most], other[most * most];
    int          n_other = 0, rank1 = 0;
    for (int i = 0; i < n; ++i) {
        same[i]  = cosine(&first[i], &second[i], feature);
        int wins = 1;
        for (int j = 0; j < n; ++j) {
            if (j != i) {
                const float c    = cosine(&first[j], &second[i], feature);
                other[n_other++] = c;
                wins &= c < same[i];
            }
        }
        rank1 += wins;
    }
    double eer = 1.0, gap = 2.0;
    for (int k = 0; k <= 1000; ++k) {
        int missed = 0, taken = 0;
        for (int i = 0; i < n; ++i) {
            missed += same[i] * 1000.0F < (float)k;
        }
        for (int i = 0; i < n_other; ++i) {
            taken += other[i] * 1000.0F >= (float)k;
        }
        const double a = (double)missed / n, b = (double)taken / n_other;
        if (fabs(a - b) < gap) {
            gap = fabs(a - b);
            eer = 0.5 * (a + b);
        }
    }
    printf("%-12s rank 1 %5.1f %% (chance %.1f %%)  EER %4.1f %%\n", name,
           100.0 * rank1 / n, 100.0 / n, 100.0 * eer);
}

// What the product says: of everybody known, of two, of those without themselves
static void
decide(const signature *const first, const signature *const second, const int n,
       const int among, const float needed)
{
    const rv_gait_config cfg = rv_gait_config_default();
    rv_random            random;
    int                  right = 0, wrong = 0, low = 0, two = 0, taken = 0, asked = 0;
    rv_random_init(&random, 5, 5);
    for (int i = 0; i < n; ++i) {
        for (int k = 0; k < (among < n ? 20 : 1); ++k, ++asked) {
            rv_identity_store with, without;
            rv_identity_begin(&with, &cfg);
            rv_identity_begin(&without, &cfg);
            with.needed    = needed;
            without.needed = needed;
            rv_identity_enrol(&with, (uint32_t)i + 1, first[i].value);
            while (with.count < (uint32_t)among && with.count < RV_IDENTITY_MAX) {
                const uint32_t j = among < n ? rv_random_below(&random, (uint32_t)n)
                                             : with.count - (with.count <= (uint32_t)i);
                if (j != (uint32_t)i) {
                    rv_identity_enrol(&with, j + 1, first[j].value);
                    rv_identity_enrol(&without, j + 1, first[j].value);
                }
            }
            const rv_identity a = rv_identity_who(&with, second[i].value, NULL, 0, 0);
            const rv_identity b =
                rv_identity_who(&without, second[i].value, NULL, 0, 0);
            right += a.reason == RV_REASON_NONE && a.id == (uint32_t)i + 1;
            wrong += a.reason == RV_REASON_NONE && a.id != (uint32_t)i + 1;
            low += a.reason == RV_REASON_LOW_QUALITY;
            two += a.reason == RV_REASON_AMBIGUOUS;
            taken += b.reason == RV_REASON_NONE;
        }
    }
    const double of = 100.0 / asked;
    printf(
        "of %2d known: right %5.1f %%, wrong %4.1f %%, unknown %5.1f %% (low_quality "
        "%.1f, ambiguous %.1f); a stranger taken for somebody %4.1f %%\n",
        among, right * of, wrong * of, (low + two) * of, low * of, two * of,
        taken * of);
}

static void
print_scatter(const signature *const first, const signature *const second, const int n)
{
    static const char *const name[] = {"speed", "level", "unevenness"};
    for (int f = 0; f < RV_GAIT_FEATURES; ++f) {
        double mean = 0.0, between = 0.0, inside = 0.0;
        for (int i = 0; i < n; ++i) {
            mean += 0.5 * (double)(first[i].feature[f] + second[i].feature[f]) / n;
        }
        for (int i = 0; i < n; ++i) {
            const double d = (double)(first[i].feature[f] - second[i].feature[f]);
            const double m =
                0.5 * (double)(first[i].feature[f] + second[i].feature[f]) - mean;
            inside += 0.5 * d * d / n;
            between += m * m / n;
        }
        printf("%-12s mean %6.3f  between people %.3f  the same again %.3f\n", name[f],
               mean, sqrt(between), sqrt(inside));
    }
}

int
main(const int argc, char **const argv)
{
    if (argc < 4) {
        puts("usage: reid_accuracy NODES PERSONS SECONDS [FIRST]\n"
             "Persons 1.. were used in development, 101.. are for scores.");
        return argc < 2 || strcmp(argv[1], "--help") ? 2 : 0;
    }
    const int      n_nodes = atoi(argv[1]), n = atoi(argv[2]);
    const double   seconds = atof(argv[3]);
    const unsigned from    = argc > 4 ? (unsigned)atoi(argv[4]) : 101;
    if (n_nodes < 2 || n_nodes > 8 || n < 2 || n > most || !(seconds >= 20.0)) {
        fputs("reid_accuracy: 2..8 nodes, 2..64 persons, 20 s or more\n", stderr);
        return 2;
    }
    static signature first[most], second[most];
    int              kept = 0;
    for (int i = 0; i < n; ++i) {
        first[kept]  = observe(from + (unsigned)i, 0, n_nodes, seconds);
        second[kept] = observe(from + (unsigned)i, 1, n_nodes, seconds);
        kept += first[kept].why == RV_REASON_NONE && second[kept].why == RV_REASON_NONE;
    }
    printf("simulated: %d nodes, %d persons, %.0f s twice; %d had a signature twice\n",
           n_nodes, n, seconds, kept);
    if (kept < 2) {
        return 1;
    }
    print_scatter(first, second, kept);
    score(first, second, kept, 0, "speed");
    score(first, second, kept, 1, "level");
    score(first, second, kept, 2, "unevenness");
    score(first, second, kept, -1, "signature");
    const rv_gait_config cfg = rv_gait_config_default();
    const int            all = kept < RV_IDENTITY_MAX ? kept : RV_IDENTITY_MAX;
    for (int k = 0; k < 2; ++k) {
        const float needed = k == 0 ? 4.6F : 0.0F;
        printf("%s (%.2f nats at most)\n",
               k == 0 ? "as it ships" : "if it answered all the same",
               (double)rv_gait_information(&cfg));
        decide(first, second, kept, 2, needed);
        decide(first, second, kept, 4, needed);
        decide(first, second, kept, all, needed);
    }
    return 0;
}

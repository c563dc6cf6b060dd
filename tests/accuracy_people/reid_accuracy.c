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
    rv_reason no_stride; ///< Why it is not known
    float     stride_hz, truth_hz, steady_s;
} signature;

static float
clamp(const float x, const float low, const float high)
{
    return x < low ? low : x > high ? high : x;
}

static void
furnish(rv_sim_config *const scene, const unsigned person, const unsigned occasion,
        const int n_nodes, const float rate_hz)
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
    scene->radio.rate_hz   = rate_hz;
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

// Boulic, Magnenat-Thalmann, Thalmann, The Visual Computer 6 (1990), as the simulator
static float
stride_of(const rv_sim_person *const p)
{
    return sqrtf(p->waypoint[0].speed_mps / (0.245F * p->height_m)) / 1.346F;
}

static signature
observe(const unsigned person, const unsigned occasion, const int n_nodes,
        const float rate_hz, const double seconds)
{
    static feed f;
    signature   out = {.why = RV_REASON_WARMING_UP};
    feed_defaults(&f);
    furnish(&f.scene, person, occasion, n_nodes, rate_hz);
    f.config.max_links = RV_MAX_LINKS;
    f.config.link_pool = (size_t)24 << 20;
    feed_start(&f);
    feed_run(&f, 20.0 + seconds);
    out.truth_hz = stride_of(&f.scene.person[0]);
    // The track that walked most
    uint32_t best = 0;
    for (uint32_t s = 1; s < RV_GAIT_MAX; ++s) {
        best = f.engine->gait.track[s].walked_s > f.engine->gait.track[best].walked_s
                   ? s
                   : best;
    }
    out.why       = rv_gait_measure(&f.engine->gait, best, out.feature);
    out.no_stride = rv_stride_measure(&f.engine->gait.stride[best],
                                      &f.engine->gait.cfg.stride, &out.stride_hz);
    out.steady_s  = f.engine->gait.stride[best].steady_s;
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
        const bool both = a->feature[feature] != 0.0F && b->feature[feature] != 0.0F;
        return both ? expf(-0.25F * d * d) : 0.0F;
    }
    if (feature == -2) { // What the product decides by, as a chance
        rv_identity_store all;
        rv_identity_begin(&all, &cfg);
        return 1.0F /
               (1.0F + expf(-rv_identity_likeness(&all, a->value, b->value).odds));
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

// What the product says of two who met: who of them is it? And of one who comes: one of
// all who are known, or, when that one is not among them, somebody new?
static void
decide(const signature *const first, const signature *const second, const int n,
       const float needed)
{
    const rv_gait_config     cfg = rv_gait_config_default();
    static rv_identity_store pair, with, without;
    int right = 0, wrong = 0, known = 0, false_known = 0, taken = 0, asked = 0;
    for (int i = 0; i < n; ++i) {
        rv_identity_begin(&with, &cfg);
        rv_identity_begin(&without, &cfg);
        with.needed    = needed;
        without.needed = needed;
        for (int j = 0; j < n && j < RV_IDENTITY_MAX; ++j) {
            rv_identity_enrol(&with, (uint32_t)j + 1, first[j].value);
            if (j == i) {
                continue;
            }
            rv_identity_enrol(&without, (uint32_t)j + 1, first[j].value);
            rv_identity_begin(&pair, &cfg);
            pair.needed = needed;
            rv_identity_enrol(&pair, (uint32_t)i + 1, first[i].value);
            rv_identity_enrol(&pair, (uint32_t)j + 1, first[j].value);
            const rv_identity a =
                rv_identity_who(&pair, second[i].value, NULL, 0, false);
            right += a.reason == RV_REASON_NONE && a.id == (uint32_t)i + 1;
            wrong += a.reason == RV_REASON_NONE && a.id != (uint32_t)i + 1;
            ++asked;
        }
        const rv_identity b = rv_identity_who(&with, second[i].value, NULL, 0, true);
        const rv_identity c = rv_identity_who(&without, second[i].value, NULL, 0, true);
        known += b.reason == RV_REASON_NONE && b.id == (uint32_t)i + 1;
        false_known += b.reason == RV_REASON_NONE && b.id != (uint32_t)i + 1;
        taken += c.reason == RV_REASON_NONE;
    }
    printf("of two who met (%d pairs): right %.1f %%, wrong %.1f %%, unknown %.1f %%\n",
           asked, 100.0 * right / asked, 100.0 * wrong / asked,
           100.0 * (asked - right - wrong) / asked);
    printf(
        "who comes again (%d): right %d, wrong %d; a stranger taken for somebody %d\n",
        n, known, false_known, taken);
}

// How well the stride is measured where it is
static void
print_strides(const signature *const all, const int n)
{
    int    count[RV_REASON_COUNT] = {0}, near = 0;
    double sum = 0.0, square = 0.0;
    for (int i = 0; i < n; ++i) {
        ++count[all[i].no_stride];
        if (all[i].no_stride == RV_REASON_NONE) {
            const double off = log((double)(all[i].stride_hz / all[i].truth_hz));
            near += fabs(off) < 0.05;
            sum += off;
            square += off * off;
        }
    }
    const int k = count[RV_REASON_NONE];
    printf(
        "stride known in %d of %d walks (too short %d, no peak %d, too slow a link %d)",
        k, n, count[RV_REASON_WARMING_UP], count[RV_REASON_LOW_QUALITY],
        count[RV_REASON_RATE_TOO_LOW]);
    printf(k > 0 ? "; error %+.1f %% on average, %.1f %% RMS, %d of them within 5 %%\n"
                 : "\n",
           100.0 * sum / k, 100.0 * sqrt(square / k), near);
}

static void
print_scatter(const signature *const first, const signature *const second, const int n)
{
    static const char *const name[] = {"speed", "level", "unevenness", "stride"};
    for (int f = 0; f < RV_GAIT_FEATURES; ++f) {
        double mean = 0.0, between = 0.0, inside = 0.0;
        int    both = 0;
        for (int i = 0; i < n; ++i) {
            both += first[i].feature[f] != 0.0F && second[i].feature[f] != 0.0F;
        }
        for (int i = 0; i < n; ++i) {
            if (first[i].feature[f] != 0.0F && second[i].feature[f] != 0.0F) {
                mean +=
                    0.5 * (double)(first[i].feature[f] + second[i].feature[f]) / both;
            }
        }
        for (int i = 0; i < n; ++i) {
            if (first[i].feature[f] == 0.0F || second[i].feature[f] == 0.0F) {
                continue;
            }
            const double d = (double)(first[i].feature[f] - second[i].feature[f]);
            const double m =
                0.5 * (double)(first[i].feature[f] + second[i].feature[f]) - mean;
            inside += 0.5 * d * d / both;
            between += m * m / both;
        }
        printf("%-12s of %2d: mean %6.3f  between people %.3f  the same again %.3f\n",
               name[f], both, mean, sqrt(between), sqrt(inside));
    }
}

int
main(const int argc, char **const argv)
{
    if (argc < 4) {
        puts("usage: reid_accuracy NODES PERSONS SECONDS [FIRST [RATE]]\n"
             "Persons 1.. were used in development, 101.. are for scores. RATE: frames "
             "a\n"
             "second of each link (20).");
        return argc < 2 || strcmp(argv[1], "--help") ? 2 : 0;
    }
    const int      n_nodes = atoi(argv[1]), n = atoi(argv[2]);
    const double   seconds = atof(argv[3]);
    const unsigned from    = argc > 4 ? (unsigned)atoi(argv[4]) : 101;
    const float    rate_hz = argc > 5 ? (float)atof(argv[5]) : 20.0F;
    if (n_nodes < 2 || n_nodes > 8 || n < 2 || n > most || !(seconds >= 20.0) ||
        !(rate_hz >= 5.0F && rate_hz <= 200.0F)) {
        fputs("reid_accuracy: 2..8 nodes, 2..64 persons, 20 s or more, 5..200 Hz\n",
              stderr);
        return 2;
    }
    static signature first[most], second[most], every[2 * most];
    int              kept = 0;
    for (int i = 0; i < n; ++i) {
        first[kept]      = observe(from + (unsigned)i, 0, n_nodes, rate_hz, seconds);
        second[kept]     = observe(from + (unsigned)i, 1, n_nodes, rate_hz, seconds);
        every[2 * i]     = first[kept];
        every[2 * i + 1] = second[kept];
        if (getenv("REID_VERBOSE")) {
            for (int k = 0; k < 2; ++k) {
                const signature *const w = &every[2 * i + k];
                printf("%u.%d stride %.3f true %.3f reason %d steady %.1f s\n",
                       from + (unsigned)i, k, (double)w->stride_hz, (double)w->truth_hz,
                       w->no_stride, (double)w->steady_s);
            }
        }
        kept += first[kept].why == RV_REASON_NONE && second[kept].why == RV_REASON_NONE;
    }
    printf("simulated: %d nodes, %g frames/s, %d persons, %.0f s twice; %d had a "
           "signature twice\n",
           n_nodes, (double)rate_hz, n, seconds, kept);
    print_strides(every, 2 * n);
    if (kept < 2) {
        return 1;
    }
    print_scatter(first, second, kept);
    score(first, second, kept, 0, "speed");
    score(first, second, kept, 1, "level");
    score(first, second, kept, 2, "unevenness");
    score(first, second, kept, 3, "stride");
    score(first, second, kept, -1, "cosine");
    score(first, second, kept, -2, "odds");
    const rv_gait_config cfg = rv_gait_config_default();
    printf("%.2f nats on average, of 4.6 for an answer\n",
           (double)rv_gait_information(&cfg));
    decide(first, second, kept, 4.6F);
    return 0;
}

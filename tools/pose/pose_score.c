// SPDX-License-Identifier: MIT
// pose-score MODEL SET FROM TO [--own-tracks]: what the product gives, twenty times a
// second, features, network and filter in C: how often there is a skeleton, how far off
// it is, whether its uncertainty is true, how much it jitters.
#include "tools/pose/play.h"

#include <ruview/platform/pose_file.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double run_s = 36.0;

typedef struct {
    const rv_pose_model *model;
    rv_pose              pose;
    uint32_t             track; ///< Number of the present track
    uint64_t             last_us;
    uint64_t             cycles, given, reason[RV_REASON_COUNT];
    double               rooted, rooted_pck, placed, placed_pck, mean_rooted, mean_pck;
    double               within_1, within_2, square; ///< Axis errors over sigma_m
    double   jitter, true_jitter; ///< Squared second differences of the torso
    double   track_jitter;        ///< The same of the track's place
    double   track_past[2][2];
    uint64_t n_jitter;
    double   past[2][4][3], true_past[2][4][3];
    uint32_t n_past;
} tally;

static const int torso[4] = {5, 6, 11, 12};

static double
distance(const double a[3], const double b[3])
{
    return sqrt((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) +
                (a[2] - b[2]) * (a[2] - b[2]));
}

static void
widen(const float (*const from)[3], double to[17][3])
{
    for (int j = 0; j < 17; ++j) {
        for (int k = 0; k < 3; ++k) {
            to[j][k] = (double)from[j][k];
        }
    }
}

/// With the middle of the hips as origin
static void
about_hips(double (*const from)[3], double to[17][3])
{
    for (int j = 0; j < 17; ++j) {
        for (int k = 0; k < 3; ++k) {
            to[j][k] = from[j][k] - 0.5 * (from[11][k] + from[12][k]);
        }
    }
}

/// Mean distance of the joints, and how many lie within a fifth of the torso
static double
compare(double (*const got)[3], double (*const want)[3], const double limit,
        double *const pck)
{
    double sum = 0.0;
    for (int j = 0; j < 17; ++j) {
        const double d = distance(got[j], want[j]);
        sum += d / 17.0;
        *pck += d < limit ? 1.0 / 17.0 : 0.0;
    }
    return sum;
}

static void
note_jitter(tally *const t, const rv_pose_track_state *const track,
            double (*const got)[3], double (*const want)[3])
{
    for (int i = 0; i < 4; ++i) {
        for (int k = 0; k < 3; ++k) {
            const double a =
                got[torso[i]][k] - 2.0 * t->past[0][i][k] + t->past[1][i][k];
            const double b =
                want[torso[i]][k] - 2.0 * t->true_past[0][i][k] + t->true_past[1][i][k];
            if (t->n_past >= 2) {
                t->jitter += a * a / 4.0;
                t->true_jitter += b * b / 4.0;
            }
            t->past[1][i][k]      = t->past[0][i][k];
            t->past[0][i][k]      = got[torso[i]][k];
            t->true_past[1][i][k] = t->true_past[0][i][k];
            t->true_past[0][i][k] = want[torso[i]][k];
        }
    }
    for (int k = 0; k < 2; ++k) {
        const double now = (double)track->position_m[k];
        const double d   = now - 2.0 * t->track_past[0][k] + t->track_past[1][k];
        t->track_jitter += t->n_past >= 2 ? d * d : 0.0;
        t->track_past[1][k] = t->track_past[0][k];
        t->track_past[0][k] = now;
    }
    t->n_jitter += t->n_past >= 2;
    t->n_past += t->n_past < 2;
}

static void
mean_pose(const tally *const t, const rv_pose_heading *const h, double out[17][3])
{
    for (int j = 0; j < 17; ++j) {
        const double f = (double)t->model->mean_position[j * 3];
        const double l = (double)t->model->mean_position[j * 3 + 1];
        out[j][0]      = f * (double)h->forward[0] - l * (double)h->forward[1];
        out[j][1]      = f * (double)h->forward[1] + l * (double)h->forward[0];
        out[j][2]      = (double)t->model->mean_position[j * 3 + 2];
    }
}

static void
add(tally *const t, const pose_moment *const m, const rv_pose_result *const out)
{
    double got[17][3], want[17][3], usual[17][3], a[17][3], b[17][3];
    widen(out->position_m, got);
    widen(m->truth.keypoint_m, want);
    mean_pose(t, &t->pose.slot[0].heading, usual);
    const double limit = 0.2 * distance(want[5], want[12]);
    t->placed += compare(got, want, limit, &t->placed_pck);
    about_hips(got, a);
    about_hips(want, b);
    t->rooted += compare(a, b, limit, &t->rooted_pck);
    about_hips(usual, a);
    t->mean_rooted += compare(a, b, limit, &t->mean_pck);
    for (int j = 0; j < 17; ++j) {
        for (int k = 0; k < 3; ++k) {
            const double z = (got[j][k] - want[j][k]) / (double)out->sigma_m[j];
            t->within_1 += fabs(z) < 1.0 ? 1.0 / 51.0 : 0.0;
            t->within_2 += fabs(z) < 2.0 ? 1.0 / 51.0 : 0.0;
            t->square += z * z / 51.0;
        }
    }
    note_jitter(t, &m->track, got, want);
    ++t->given;
}

static void
look(void *const context, const pose_moment *const m)
{
    tally *const   t = context;
    rv_pose_seen   seen[RV_MAX_LINKS];
    rv_pose_result out;
    const uint32_t n = rv_engine_pose_links(m->engine, seen);
    if (m->n == 0) {
        ++t->track;
        t->n_past = 0;
    }
    if (rv_pose_push(&t->pose, 0, t->track, m->t_us, &m->track, seen, n, &out) !=
        RV_OK) {
        return;
    }
    ++t->cycles;
    ++t->reason[out.reason];
    if (out.reason == RV_REASON_NONE) {
        add(t, m, &out);
    } else {
        t->n_past = 0;
    }
}

static void
print(const tally *const t)
{
    const double n = (double)(t->given > 0 ? t->given : 1);
    const double k = (double)(t->n_jitter > 0 ? t->n_jitter : 1);
    printf("a skeleton in %.1f %% of %llu tracked cycles",
           100.0 * (double)t->given / (double)(t->cycles > 0 ? t->cycles : 1),
           (unsigned long long)t->cycles);
    for (int r = 1; r < RV_REASON_COUNT; ++r) {
        if (t->reason[r] > 0) {
            printf("; %s %llu", rv_reason_name((rv_reason)r),
                   (unsigned long long)t->reason[r]);
        }
    }
    printf("\nabout the hips: PCK %.1f %%, MPJPE %.1f mm; usual pose turned with the "
           "track %.1f %%, %.1f mm\n",
           100.0 * t->rooted_pck / n, 1e3 * t->rooted / n, 100.0 * t->mean_pck / n,
           1e3 * t->mean_rooted / n);
    printf("placed: PCK %.1f %%, MPJPE %.0f mm; within 1 sigma %.2f, 2 sigma %.2f, "
           "mean square %.2f\n",
           100.0 * t->placed_pck / n, 1e3 * t->placed / n, t->within_1 / n,
           t->within_2 / n, t->square / n);
    printf("torso jitter (second difference at 20 Hz) %.1f mm RMS, of which the track "
           "%.1f mm; the truth's %.1f mm\n",
           1e3 * sqrt(t->jitter / k), 1e3 * sqrt(t->track_jitter / k),
           1e3 * sqrt(t->true_jitter / k));
}

int
main(const int argc, char **const argv)
{
    tally *const  t    = calloc(1, sizeof *t);
    rv_pose_file *file = NULL;
    const char   *why  = NULL;
    unsigned      set  = 0;
    if (argc < 5 || !t) {
        fputs("usage: pose-score MODEL SET FROM TO [--own-tracks]\n", stderr);
        return 2;
    }
    while (set < POSE_N_SETS && strcmp(argv[2], pose_set_name[set]) != 0) {
        ++set;
    }
    const rv_pose_config cfg = rv_pose_config_default();
    if (set == POSE_N_SETS || rv_pose_file_open(argv[1], &file, &why) != RV_OK ||
        rv_pose_init(&t->pose, &cfg, rv_pose_file_model(file)) != RV_OK) {
        fprintf(stderr, "pose-score: %s\n", why ? why : "no such set or model");
        return 2;
    }
    t->model               = rv_pose_file_model(file);
    const pose_tracks from = argc > 5 ? POSE_OWN_TRACKS : POSE_NOISY_TRUTH;
    bool              good = true;
    for (long i = atol(argv[3]); good && i < atol(argv[4]); ++i) {
        const pose_run run = pose_run_of((pose_set)set, (uint32_t)i);
        ++t->track;
        memset(t->pose.slot, 0, sizeof t->pose.slot); // another run, another clock
        good = pose_play(&run, run_s, from, look, t);
    }
    print(t);
    rv_pose_file_close(file);
    free(t);
    return good ? 0 : 1;
}

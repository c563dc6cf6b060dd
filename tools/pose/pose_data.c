// SPDX-License-Identifier: MIT
// pose-data SET FROM TO OUT [--own-tracks]: features and truth of the runs FROM .. TO-1
// of a set, for train.py. Each run: 8 x u32 (magic, set, room, body, walk, cycles,
// links, 0), then f32 little-endian: [T][L][40] link features, [T][L] 1 where the link
// spoke, [T][12] track features, [T][17][3] joints about the track in its heading
// frame, [T][4] posture, true speed, error of the track in x and y; T counts every
// fourth cycle of one unbroken track.
#include "tools/pose/play.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { magic = 0x45534F50, every = 4, most_cycles = 600, most_links = 32 };

static const double run_s = 36.0;

typedef struct {
    FILE    *out;
    uint32_t set;
    pose_run run;

    rv_pose_heading heading;
    uint32_t        n, n_links;
    float           link[most_cycles][most_links][RV_POSE_LINK_FEATURES];
    float           spoke[most_cycles][most_links];
    float           track[most_cycles][RV_POSE_TRACK_FEATURES];
    float           joint[most_cycles][17][3];
    float           more[most_cycles][4];
} writer;

static bool
flush(writer *const w)
{
    const uint32_t head[8] = {magic,       w->set, w->run.room, w->run.body,
                              w->run.walk, w->n,   w->n_links,  0};
    if (w->n < 20) {
        w->n = 0;
        return true;
    }
    bool good = fwrite(head, sizeof head, 1, w->out) == 1;
    for (uint32_t i = 0; i < w->n; ++i) {
        good &=
            fwrite(w->link[i], sizeof w->link[i][0], w->n_links, w->out) == w->n_links;
    }
    for (uint32_t i = 0; i < w->n; ++i) {
        good &= fwrite(w->spoke[i], sizeof(float), w->n_links, w->out) == w->n_links;
    }
    good &= fwrite(w->track, sizeof w->track[0], w->n, w->out) == w->n;
    good &= fwrite(w->joint, sizeof w->joint[0], w->n, w->out) == w->n;
    good &= fwrite(w->more, sizeof w->more[0], w->n, w->out) == w->n;
    w->n = 0;
    return good;
}

static void
take_truth(writer *const w, const pose_moment *const m)
{
    const float *const f = w->heading.forward;
    for (int j = 0; j < 17; ++j) {
        const float x        = m->truth.keypoint_m[j][0] - m->track.position_m[0];
        const float y        = m->truth.keypoint_m[j][1] - m->track.position_m[1];
        w->joint[w->n][j][0] = x * f[0] + y * f[1];
        w->joint[w->n][j][1] = y * f[0] - x * f[1];
        w->joint[w->n][j][2] = m->truth.keypoint_m[j][2];
    }
    w->more[w->n][0] = (float)m->truth.posture;
    w->more[w->n][1] = hypotf(m->truth.velocity_mps[0], m->truth.velocity_mps[1]);
    w->more[w->n][2] = m->track.position_m[0] - m->truth.position_m[0];
    w->more[w->n][3] = m->track.position_m[1] - m->truth.position_m[1];
}

static void
look(void *const context, const pose_moment *const m)
{
    writer *const w = context;
    if (m->n == 0) {
        (void)flush(w);
        memset(&w->heading, 0, sizeof w->heading);
    }
    rv_pose_heading_push(&w->heading, m->t_us, &m->track);
    if (m->n % every != 0 || w->n == most_cycles) {
        return;
    }
    rv_pose_seen   seen[RV_MAX_LINKS];
    const uint32_t n = rv_engine_pose_links(m->engine, seen);
    w->n_links       = w->n == 0 ? (n < most_links ? n : most_links) : w->n_links;
    uint32_t spoke   = 0;
    for (uint32_t i = 0; i < w->n_links; ++i) {
        const bool said =
            seen[i].ends.located &&
            rv_pose_link_features(seen[i].frames, &seen[i].ends, &seen[i].level,
                                  &m->track, &w->heading, seen[i].wavelength_m, m->t_us,
                                  w->link[w->n][i]);
        w->spoke[w->n][i] = said ? 1.0F : 0.0F;
        spoke += said;
    }
    rv_pose_track_features(&m->track, &w->heading, spoke, w->track[w->n]);
    take_truth(w, m);
    ++w->n;
}

int
main(const int argc, char **const argv)
{
    writer *const w = calloc(1, sizeof *w);
    if (argc < 5 || !w) {
        fputs("usage: pose-data SET FROM TO OUT [--own-tracks]\n", stderr);
        return 2;
    }
    while (w->set < POSE_N_SETS && strcmp(argv[1], pose_set_name[w->set]) != 0) {
        ++w->set;
    }
    const pose_tracks tracks = argc > 5 ? POSE_OWN_TRACKS : POSE_NOISY_TRUTH;
    w->out                   = fopen(argv[4], "wb");
    bool good                = w->set < POSE_N_SETS && w->out;
    for (long i = atol(argv[2]); good && i < atol(argv[3]); ++i) {
        w->run = pose_run_of((pose_set)w->set, (uint32_t)i);
        good   = pose_play(&w->run, run_s, tracks, look, w) && flush(w);
    }
    if (!good || fclose(w->out) != 0) {
        fputs("pose-data: a run failed\n", stderr);
        return 1;
    }
    free(w);
    return 0;
}

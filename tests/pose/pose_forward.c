// SPDX-License-Identifier: MIT
// pose_forward MODEL: runs the network on what standard input holds and prints bytes.
// Input: u32 cycles, u32 links, then f32 [T][L][40], [T][L] spoke, [T][12]. Cycles are
// 0.2 s apart, as in training. Output: f32 [T - 6][17][5], position and sigmas.
#include <ruview/math/elementary.h>
#include <ruview/platform/pose_file.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { most_cycles = 400, most_links = 32, first = 6 };

static float link[most_cycles][most_links][RV_POSE_LINK_FEATURES];
static float spoke[most_cycles][most_links];
static float track[most_cycles][RV_POSE_TRACK_FEATURES];
static float embedding[most_cycles][RV_POSE_EMBEDDING];
static float memory[RV_POSE_MEMORIES][RV_POSE_EMBEDDING];

static bool
get(void *const to, const size_t n)
{
    return fread(to, 1, n, stdin) == n;
}

static void
answer(const rv_pose_model *const model, const uint32_t t)
{
    static const uint32_t lag[RV_POSE_LAGS] = {0, 1, 2, 3, 4, 6};
    float                 in[RV_POSE_HEAD_IN];
    rv_pose_output        out;
    for (int i = 0; i < RV_POSE_LAGS; ++i) {
        memcpy(in + i * RV_POSE_EMBEDDING, embedding[t - lag[i]], sizeof embedding[t]);
    }
    memcpy(in + RV_POSE_LAGS * RV_POSE_EMBEDDING, memory, sizeof memory);
    rv_pose_answer(model, 0, in, &out);
    for (int j = 0; j < RV_POSE_JOINTS; ++j) {
        fwrite(out.position_m[j], sizeof out.position_m[j], 1, stdout);
        fwrite(out.sigma_m[j], sizeof out.sigma_m[j], 1, stdout);
    }
}

int
main(const int argc, char **const argv)
{
    static const float tau[RV_POSE_MEMORIES] = {2.0F, 8.0F};
    rv_pose_file      *file                  = NULL;
    const char        *why                   = NULL;
    uint32_t           n[2];
    if (argc != 2 || rv_pose_file_open(argv[1], &file, &why) != RV_OK) {
        fprintf(stderr, "pose_forward: %s\n", why ? why : "the model cannot be read");
        return 2;
    }
    bool good = get(n, sizeof n) && n[0] <= most_cycles && n[1] <= most_links;
    for (uint32_t t = 0; good && t < n[0]; ++t) {
        good = get(link[t], sizeof link[t][0] * n[1]);
    }
    for (uint32_t t = 0; good && t < n[0]; ++t) {
        good = get(spoke[t], sizeof(float) * n[1]);
    }
    good = good && get(track, sizeof track[0] * n[0]);
    for (uint32_t t = 0; good && t < n[0]; ++t) {
        rv_pose_pool pool = {.n = 0};
        for (uint32_t i = 0; i < n[1]; ++i) {
            if (spoke[t][i] > 0.0F) {
                rv_pose_pool_add(rv_pose_file_model(file), 0, link[t][i], &pool);
            }
        }
        rv_pose_embed(rv_pose_file_model(file), 0, &pool, track[t], embedding[t]);
        for (int m = 0; m < RV_POSE_MEMORIES; ++m) {
            const float share = t == 0 ? 1.0F : 1.0F - rv_exp_f32(-0.2F / tau[m]);
            for (int i = 0; i < RV_POSE_EMBEDDING; ++i) {
                memory[m][i] += share * (embedding[t][i] - memory[m][i]);
            }
        }
        if (t >= first) {
            answer(rv_pose_file_model(file), t);
        }
    }
    rv_pose_file_close(file);
    return good ? 0 : 1;
}

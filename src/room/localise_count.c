// SPDX-License-Identifier: MIT
// How many bodies explain what the pairs measured, and where they are together.
#include "room/localise_search.h"

#include "room/room_math.h"

#include <string.h>

// Degrees of freedom that the memory of the residuals holds
static const float residual_memory = 3000.0F;

// Cells between two places that are tried one after the other: far apart, and without a
// common factor with most numbers of cells
enum { stride = 149 };

// Each body beside the others, in turn; the evidence of all over the empty room
static float
refit(rv_localise *const self, rv_scene *const s)
{
    float total = 0.0F;
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        total = rv_scene_fit(self, s, b);
    }
    return total;
}

// One body more than those that are there
static float
grow(rv_localise *const self, rv_scene *const s)
{
    (void)rv_scene_fit(self, s, s->n_bodies);
    return refit(self, s);
}

// Those of the last cycle
static float
resume(rv_localise *const self, const rv_localise_guess *const guess, rv_scene *const s)
{
    for (uint32_t b = 0; b < guess->n; ++b) {
        rv_scene_place(self, s, b, guess->cell[b], guess->log_strength[b]);
    }
    s->n_bodies = guess->n;
    return refit(self, s);
}

// Two, one of them anywhere: two who are seen as one in their middle are found from
// beside it. Another place each cycle.
static float
explore(rv_localise *const self, rv_scene *const s)
{
    const uint32_t n   = self->nx * self->ny;
    self->memory.turn  = (self->memory.turn + stride) % n;
    rv_scene_place(self, s, 0, self->memory.turn, self->cfg.log_strength);
    s->n_bodies = 1;
    (void)rv_scene_fit(self, s, 1);
    return refit(self, s);
}

static void
keep_bodies(rv_scene *const s, const rv_scene *const from)
{
    s->n_bodies = from->n_bodies;
    memcpy(s->body, from->body, from->n_bodies * sizeof *s->body);
}

static void
remember(rv_localise *const self, const rv_scene *const s)
{
    rv_localise_guess *const guess = &self->memory.guess[s->n_bodies - 1];
    guess->n = s->n_bodies;
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        guess->cell[b] = s->body[b].cell;
        guess->log_strength[b] = s->body[b].log_strength;
    }
}

// The best of one body more than in `s`; returns the evidence of all
static float
best_of_more(rv_localise *const self, rv_scene *const s)
{
    const uint32_t n = s->n_bodies + 1;
    rv_scene       trial = *s;
    float          best  = grow(self, s);
    const rv_localise_guess *const guess = &self->memory.guess[n - 1];
    if (guess->n == n) {
        const float total = resume(self, guess, &trial);
        if (total > best) {
            best = total;
            keep_bodies(s, &trial);
        }
    }
    if (n == 2) {
        const float total = explore(self, &trial);
        if (total > best) {
            best = total;
            keep_bodies(s, &trial);
        }
    }
    remember(self, s);
    return best;
}

// Squared residuals, each over the scatter that the model gives it: how well the model
// fits is learned from bodies that are certain. Each takes three degrees of freedom.
static void
learn_misfit(rv_localise *const self, const rv_scene *const s)
{
    const float freedom = (float)s->n_pairs - 3.0F * (float)s->n_bodies;
    const float keep    = 1.0F - freedom / residual_memory;
    if (freedom < 1.0F || !(keep > 0.0F)) {
        return;
    }
    float sum = 0.0F;
    for (uint32_t i = 0; i < s->n_pairs; ++i) {
        const rv_pair_sample *const sample = &s->sample[i];
        float all = sample->noise_db2;
        float squares = 0.0F;
        for (uint32_t b = 0; b < s->n_bodies; ++b) {
            all += s->body[b].part[i];
            squares += s->body[b].part[i] * s->body[b].part[i];
        }
        const float least = 0.02F * sample->noise_db2;
        const float v = sample->variance_db2 > least ? sample->variance_db2 : least;
        const float left = room_log_f32(v / all);
        sum += left * left /
               (s->term[i].base + s->term[i].misfit2 * squares / (all * all));
    }
    self->residual = keep * self->residual + sum;
    self->freedom  = keep * self->freedom + freedom;
}

static void
describe(rv_localise *const self, rv_scene *const s)
{
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        (void)rv_scene_fit(self, s, b);
        rv_scene_describe(self, self->score, &s->body[b]);
    }
}

void
rv_localise_search(rv_localise *const self, const rv_pair_sample *const merged,
                   rv_localise_result *const out)
{
    rv_scene s, more;
    float    gained[RV_MAX_DETECTIONS];
    rv_scene_begin(self, merged, &s);
    float total   = rv_scene_fit(self, &s, 0);
    gained[0]     = total;
    out->evidence = total;
    memcpy(self->alone, self->score, self->n_cells * sizeof *self->alone);
    if (!(total > self->cfg.threshold)) {
        self->memory.n_reported = 0;
        return;
    }
    more = s;
    while (s.n_bodies < self->cfg.max_detections) {
        const float evidence = best_of_more(self, &more);
        const float limit = more.n_bodies <= self->memory.n_reported
                                ? self->cfg.threshold_keep
                                : self->cfg.threshold_more;
        gained[s.n_bodies]= evidence - total;
        if (!(evidence - total > limit)) {
            break;
        }
        total = evidence;
        s     = more;
    }
    learn_misfit(self, &s);
    if (s.n_bodies == 1) {
        rv_scene_describe(self, self->alone, &s.body[0]);
    } else {
        describe(self, &s);
    }
    for (uint32_t b = 0; b < s.n_bodies; ++b) {
        out->detection[b]            = s.body[b].detection;
        out->detection[b].strength   = gained[b];
        out->detection[b].confidence = gained[b] / (gained[b] + self->cfg.threshold);
    }
    out->n_detections       = s.n_bodies;
    self->memory.n_reported = s.n_bodies;
    const float *const var  = out->detection[0].covariance_m2;
    out->sigma_m            = rv_sqrt_f32(0.5F * (var[0] + var[2]));
}

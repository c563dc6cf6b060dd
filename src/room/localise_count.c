// SPDX-License-Identifier: MIT
// How many bodies explain what the pairs measured, and where they are together.
#include "room/localise_search.h"

#include "room/room_math.h"

#include <string.h>

// Degrees of freedom that the memory of the residuals holds
static const float residual_memory = 3000.0F;

// Cells between two places that are tried one after the other: far apart
enum { stride = 149 };

// Each body beside the others, in turn
static void
refit(rv_localise *const self, rv_scene *const s)
{
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        rv_scene_fit(self, s, b);
    }
}

// One body more than those that are there
static void
grow(rv_localise *const self, rv_scene *const s)
{
    rv_scene_fit(self, s, s->n_bodies);
    refit(self, s);
}

// As in the last cycle
static void
resume(rv_localise *const self, const rv_localise_guess *const guess, rv_scene *const s)
{
    for (uint32_t b = 0; b < guess->n; ++b) {
        rv_scene_place(self, s, b, guess->cell[b], guess->log_strength[b]);
    }
    s->n_bodies = guess->n;
    refit(self, s);
}

// Two, one of them anywhere: two who look like one in their middle are found from
// beside it
static void
explore(rv_localise *const self, rv_scene *const s)
{
    self->memory.turn = (self->memory.turn + stride) % (self->nx * self->ny);
    rv_scene_place(self, s, 0, self->memory.turn, self->cfg.log_strength);
    s->n_bodies = 1;
    grow(self, s);
}

// Take over the bodies of `trial` if they explain more; the evidence of the better
static float
keep_better(rv_scene *const s, const float best, const rv_scene *const trial)
{
    const float total = rv_scene_weigh(trial);
    if (!(total > best)) {
        return best;
    }
    s->n_bodies = trial->n_bodies;
    memcpy(s->body, trial->body, trial->n_bodies * sizeof *s->body);
    return total;
}

static void
remember(rv_localise *const self, const rv_scene *const s)
{
    rv_localise_guess *const guess = &self->memory.guess[s->n_bodies - 1];
    guess->n                       = s->n_bodies;
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        guess->cell[b]         = s->body[b].cell;
        guess->log_strength[b] = s->body[b].log_strength;
    }
}

// One body more than in `s`, as well as it is found; the evidence of all
static float
best_of_more(rv_localise *const self, rv_scene *const s)
{
    const uint32_t                 n     = s->n_bodies + 1;
    const rv_localise_guess *const guess = &self->memory.guess[n - 1];
    grow(self, s);
    float    best  = rv_scene_weigh(s);
    rv_scene trial = *s;
    if (guess->n == n) {
        resume(self, guess, &trial);
        best = keep_better(s, best, &trial);
    }
    if (n == 2) {
        explore(self, &trial);
        best = keep_better(s, best, &trial);
    }
    remember(self, s);
    return best;
}

// Is the body that was added last somebody?
static bool
counts(rv_localise *const self, const rv_scene *const s, const float gained)
{
    const float  n    = (float)s->n_bodies;
    float *const mean = &self->memory.gain[s->n_bodies - 1];
    const float  limit =
        self->cfg.threshold_more + 2.0F * self->cfg.split_gain * (float)s->n_pairs / n;
    const bool was_there = s->n_bodies <= self->memory.n_reported;
    *mean += self->cfg.gain_memory * (gained - *mean);
    return *mean > (was_there ? self->cfg.keep_share : 1.0F) * limit;
}

// How well the model fits is learned from bodies that are certain; the fit of each
// takes three degrees of freedom
static void
learn_misfit(rv_localise *const self, const rv_scene *const s)
{
    const float freedom = (float)s->n_pairs - 3.0F * (float)s->n_bodies;
    const float keep    = 1.0F - freedom / residual_memory;
    if (freedom < 1.0F || !(keep > 0.0F)) {
        return;
    }
    self->residual = keep * self->residual + rv_scene_misfit(s);
    self->freedom  = keep * self->freedom + freedom;
}

static void
describe(rv_localise *const self, rv_scene *const s)
{
    if (s->n_bodies == 1) {
        rv_scene_describe(self, self->alone, &s->body[0]);
        return;
    }
    for (uint32_t b = 0; b < s->n_bodies; ++b) {
        rv_scene_fit(self, s, b);
        rv_scene_describe(self, self->score, &s->body[b]);
    }
}

void
rv_localise_search(rv_localise *const self, const rv_pair_sample *const merged,
                   rv_localise_result *const out)
{
    rv_scene s;
    float    strength[RV_MAX_DETECTIONS];
    rv_scene_begin(self, merged, &s);
    out->evidence = rv_scene_fit(self, &s, 0);
    memcpy(self->alone, self->score, self->n_cells * sizeof *self->alone);
    if (!(out->evidence > self->cfg.threshold)) {
        memset(&self->memory, 0, sizeof self->memory);
        return;
    }
    strength[0]    = out->evidence;
    float    total = rv_scene_weigh(&s);
    rv_scene more  = s;
    while (s.n_bodies < self->cfg.max_detections) {
        const float evidence = best_of_more(self, &more);
        strength[s.n_bodies] = evidence - total;
        if (!counts(self, &more, evidence - total)) {
            break;
        }
        total = evidence;
        s     = more;
    }
    learn_misfit(self, &s);
    describe(self, &s);
    for (uint32_t b = 0; b < s.n_bodies; ++b) {
        const float now              = strength[b] > 0.0F ? strength[b] : 0.0F;
        out->detection[b]            = s.body[b].detection;
        out->detection[b].strength   = now;
        out->detection[b].confidence = now / (now + self->cfg.threshold);
    }
    out->n_detections       = s.n_bodies;
    self->memory.n_reported = s.n_bodies;
    const float *const var  = out->detection[0].covariance_m2;
    out->sigma_m            = rv_sqrt_f32(0.5F * (var[0] + var[2]));
}

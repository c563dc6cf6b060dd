// SPDX-License-Identifier: MIT
#include <ruview/people/track_score.h>

#include "base/exact.h"
#include "base/try.h"

#include <ruview/math/elementary.h>
#include <ruview/people/assign.h>
#include <ruview/people/ospa.h>

static const double unreachable = 1e6;

rv_track_score
rv_track_score_begin(void)
{
    return (rv_track_score){.match_m = 1.5, .cutoff_m = 1.0};
}

static double
apart(const float a[2], const float b[2])
{
    const double dx = (double)a[0] - (double)b[0];
    const double dy = (double)a[1] - (double)b[1];
    return rv_sqrt_f64(dx * dx + dy * dy);
}

// Whom nobody keeps is given the nearest at the least total distance
static void
match_rest(const rv_track_score *const self, const bool *const there,
           const float (*const at_m)[2], const uint32_t        n_people,
           const rv_scored_track *const tracks, const uint32_t n_tracks,
           int8_t *const of)
{
    uint32_t row[RV_SCORE_MAX], column[RV_SCORE_MAX], n_rows = 0, n_columns = 0;
    for (uint32_t i = 0; i < n_people; ++i) {
        if (there[i] && of[i] < 0) {
            row[n_rows++] = i;
        }
    }
    for (uint32_t k = 0; k < n_tracks; ++k) {
        bool free = true;
        for (uint32_t i = 0; i < n_people; ++i) {
            free = free && of[i] != (int8_t)k;
        }
        if (free) {
            column[n_columns++] = k;
        }
    }
    if (n_rows == 0) {
        return;
    }
    const uint32_t width = n_columns + n_rows;
    double         cost[RV_SCORE_MAX * RV_ASSIGN_MAX];
    uint32_t       taken[RV_SCORE_MAX];
    for (uint32_t i = 0; i < n_rows; ++i) {
        for (uint32_t j = 0; j < width; ++j) {
            const double d = j < n_columns ? apart(at_m[row[i]], tracks[column[j]].at_m)
                                           : self->match_m;
            cost[i * width + j] = d <= self->match_m ? d : unreachable;
        }
    }
    if (rv_assign(cost, n_rows, width, taken) != RV_OK) {
        return; // Places are finite and the shape fits: not reached
    }
    for (uint32_t i = 0; i < n_rows; ++i) {
        of[row[i]] = taken[i] < n_columns ? (int8_t)column[taken[i]] : (int8_t)-1;
    }
}

// Of two who had the same number in turn the nearer one has it
static bool
has_nearer(const rv_track_score *const self, const bool *const there,
           const float (*const at_m)[2], const uint32_t n_people, const uint32_t i,
           const rv_scored_track *const track)
{
    const double mine  = apart(at_m[i], track->at_m);
    bool         other = false;
    for (uint32_t j = 0; j < n_people; ++j) {
        const double d = apart(at_m[j], track->at_m);
        other          = other || (j != i && there[j] && self->id[j] == track->id &&
                          (d < mine || (d <= mine && j < i)));
    }
    return other;
}

// Who was matched stays so while near enough
static void
match(const rv_track_score *const self, const bool *const there,
      const float (*const at_m)[2], const uint32_t        n_people,
      const rv_scored_track *const tracks, const uint32_t n_tracks, int8_t *const of)
{
    for (uint32_t i = 0; i < n_people; ++i) {
        of[i] = -1;
        for (uint32_t k = 0; k < n_tracks && there[i]; ++k) {
            if (tracks[k].id == self->id[i] &&
                apart(at_m[i], tracks[k].at_m) <= self->match_m &&
                !has_nearer(self, there, at_m, n_people, i, &tracks[k])) {
                of[i] = (int8_t)k;
            }
        }
    }
    match_rest(self, there, at_m, n_people, tracks, n_tracks, of);
}

static void
note_number(rv_track_score *const self, const uint32_t i,
            const rv_scored_track *const track)
{
    rv_track_totals *const t     = &self->totals;
    const uint32_t         at    = track->id % RV_SCORE_OWNED;
    const bool             mine  = self->owned[at] == track->id && self->owner[at] == i;
    const bool             other = self->owned[at] == track->id && self->owner[at] != i;
    if (track->ambiguous) {
        t->doubtful += self->id[i] != 0 && self->id[i] != track->id;
    } else {
        if (self->sure[i] != 0 && self->sure[i] != track->id) {
            t->switches += other;
            t->renumbered += !other && !mine;
        }
        self->sure[i]   = track->id;
        self->owned[at] = track->id;
        self->owner[at] = i;
    }
    self->id[i] = track->id;
}

static void
note_person(rv_track_score *const self, const uint32_t i, const float at_m[2],
            const rv_scored_track *const track)
{
    rv_track_totals *const t = &self->totals;
    ++t->wanted;
    if (!track) {
        self->lost[i] = self->id[i] != 0;
        return;
    }
    ++t->tracked;
    t->in_doubt += track->ambiguous;
    t->error_sum_m += apart(at_m, track->at_m);
    t->gaps += self->lost[i];
    self->lost[i] = false;
    note_number(self, i, track);
}

// Whoever has a track beside him, whatever its number
static void
note_places(rv_track_score *const self, const bool *const there,
            const float (*const at_m)[2], const uint32_t  n_people,
            const rv_scored_track *const tracks, const uint32_t n_tracks)
{
    int8_t of[RV_SCORE_MAX];
    for (uint32_t i = 0; i < n_people; ++i) {
        of[i] = -1;
    }
    match_rest(self, there, at_m, n_people, tracks, n_tracks, of);
    for (uint32_t i = 0; i < n_people; ++i) {
        if (there[i] && of[i] >= 0) {
            self->totals.breaks += self->away[i];
            self->away[i] = false;
            self->seen[i] = true;
        } else if (there[i]) {
            self->away[i] = self->seen[i];
        }
    }
}

static void
note_false(rv_track_score *const self, const uint32_t id, const bool is_false,
           const uint32_t a_second)
{
    const uint32_t at = id % RV_SCORE_OWNED;
    if (self->false_id[at] != id || !is_false) {
        self->false_run[at] = 0;
    }
    self->false_id[at] = id;
    self->false_run[at] += is_false;
    self->totals.false_tracks += is_false && self->false_run[at] == a_second;
}

rv_status
rv_track_score_push(rv_track_score *const self, const bool *const there,
                    const float (*const at_m)[2], const uint32_t  n_people,
                    const rv_scored_track *const tracks, const uint32_t n_tracks,
                    const uint32_t a_second)
{
    if (n_people > RV_SCORE_MAX || n_tracks > RV_SCORE_MAX) {
        return RV_ERR_SHAPE;
    }
    float    a[RV_SCORE_MAX][2], b[RV_SCORE_MAX][2];
    uint32_t n_a = 0;
    for (uint32_t i = 0; i < n_people; ++i) {
        if (there[i]) {
            a[n_a][0]   = at_m[i][0];
            a[n_a++][1] = at_m[i][1];
        }
    }
    for (uint32_t k = 0; k < n_tracks; ++k) {
        b[k][0] = tracks[k].at_m[0];
        b[k][1] = tracks[k].at_m[1];
        if (!rv_is_finite_f32(b[k][0]) || !rv_is_finite_f32(b[k][1])) {
            return RV_ERR_NONFINITE;
        }
    }
    double ospa = 0.0;
    RV_TRY(rv_ospa((const float(*)[2])a, n_a, (const float(*)[2])b, n_tracks,
                   self->cutoff_m, &ospa));
    int8_t of[RV_SCORE_MAX];
    match(self, there, at_m, n_people, tracks, n_tracks, of);
    ++self->totals.cycles;
    self->totals.ospa_sum_m += ospa;
    for (uint32_t i = 0; i < n_people; ++i) {
        if (there[i]) {
            note_person(self, i, at_m[i], of[i] >= 0 ? &tracks[of[i]] : NULL);
        }
    }
    note_places(self, there, at_m, n_people, tracks, n_tracks);
    for (uint32_t k = 0; k < n_tracks; ++k) {
        bool matched = false;
        for (uint32_t i = 0; i < n_people; ++i) {
            matched = matched || of[i] == (int8_t)k;
        }
        note_false(self, tracks[k].id, !matched, a_second);
    }
    return RV_OK;
}

// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/statistics.h"

#include <ruview/vital/strangers.h>

#include <string.h>

/**
   A change is a jump beyond so many lower quartiles of the usual ones. Theory: the
   noise of four independent groups of tones (motion.c, TONE_GROUPS) is chi-square of
   four degrees, lower quartile 1.92; 6 times that is passed by one frame in 50.
*/
#define JUMP 6.0F

/// Share of the whole way that one step must be (theory: of a sine seen 8 times a turn
/// the steepest step is 0.56 of the amplitude's square)
#define WHOLE 0.6F

/// Held no longer: a tenth of the second within which motion must be told (theory)
#define HELD_US 100000U

/// But that many frames at least: one in ten at random comes so often in a row once in
/// 10 000 frames (theory)
#define HELD_LEAST 4U

/// Whatever the rate, no longer: two fifths of the second within which motion must be
/// told (theory)
#define HELD_MOST_US 400000U

/// A stranger that is known is waited out that long (theory: motion.h, max_gap_s)
#define KNOWN_US 1000000U

/// Steps up and down that balance where a quarter lies below (theory: 3 : 1); a factor
/// of 10 takes 20 to 60 frames
#define STEP_UP   (1.0F / 24.0F)
#define STEP_DOWN (3.0F / 24.0F)

/// Frames that the mean of ours goes back: enough that one odd frame among them moves
/// it by less than a jump (theory: 1/8 of its deviation)
#define MEAN_FRAMES 8.0F

/// Follow the lower quartile; a frame sent twice says nothing
static void
follow(rv_strangers *const self, const float d)
{
    if (!(d > 0.0F)) {
        return;
    }
    self->typical =
        self->typical > 0.0F
            ? self->typical * (d > self->typical ? 1.0F + STEP_UP : 1.0F - STEP_DOWN)
            : d;
}

void
rv_strangers_took(rv_strangers *const self, const float *const x, const uint32_t n)
{
    const float gain = self->has_mean ? 1.0F / MEAN_FRAMES : 1.0F;
    for (uint32_t i = 0; i < n; ++i) {
        self->mean[i] += gain * (x[i] - self->mean[i]);
    }
    self->has_mean = true;
}

void
rv_strangers_clear(rv_strangers *const self)
{
    self->n_held = 0;
}

/// Those held are ours: the least change among them is what is typical now, where that
/// is more (theory: the least of four is their lower quartile)
static void
follow_held(rv_strangers *const self, const float *const x, const uint32_t n)
{
    float least = rv_mean_square_change(x, self->held[self->n_held - 1], n);
    for (uint32_t i = 1; i < self->n_held; ++i) {
        const float d = rv_mean_square_change(self->held[i], self->held[i - 1], n);
        least         = d < least ? d : least;
    }
    self->typical = least > self->typical ? least : self->typical;
}

/// Those held were strangers
static void
drop(rv_strangers *const self, const uint32_t n)
{
    memcpy(self->other, self->held[self->n_held - 1], n * sizeof *self->other);
    self->has_other = true;
    self->n_dropped += self->n_held;
    self->n_held = 0;
}

/// Where there is no room the newest gives way: few are lost, and the first tells how
/// long it has been
static void
hold(rv_strangers *const self, const float *const x, const uint32_t n, const float d,
     const uint64_t t_us)
{
    self->first    = self->n_held == 0 ? d : self->first;
    self->farthest = self->n_held == 0 || d > self->farthest ? d : self->farthest;
    const uint32_t slot =
        self->n_held < RV_STRANGERS_HELD ? self->n_held : RV_STRANGERS_HELD - 1;
    memcpy(self->held[slot], x, n * sizeof *x);
    self->held_us[slot] = t_us;
    self->n_held        = slot + 1;
}

rv_stranger
rv_strangers_judge(rv_strangers *const self, const float *const x,
                   const float *const last, const uint32_t n, const uint64_t t_us)
{
    const float d    = rv_mean_square_change(x, last, n);
    const float jump = JUMP * self->typical;
    // the last one may have been odd itself, but not so odd as to be held
    const bool near = d <= jump || (self->has_mean &&
                                    rv_mean_square_change(x, self->mean, n) <= jump);
    if (self->typical <= 0.0F || (self->n_held == 0 && near)) {
        follow(self, d);
        return RV_STRANGER_NONE;
    }
    const uint64_t held_us = self->n_held > 0 ? t_us - self->held_us[0] : 0;
    if (near) {
        follow(self, d);
        // There in one step, as far as any of them was, and back in a jump: half of
        // one, for noise on either side. What went there by and by has moved, unless it
        // is where the last stranger was.
        const float *const newest = self->held[self->n_held - 1];
        const bool         whole =
            self->first > WHOLE * self->farthest ||
            (self->has_other && rv_mean_square_change(newest, self->other, n) <= jump);
        if (!whole || rv_mean_square_change(x, newest, n) <= 0.5F * jump) {
            return RV_STRANGER_OURS;
        }
        drop(self, n);
        return RV_STRANGER_NONE;
    }
    if (held_us >= HELD_MOST_US || (held_us > HELD_US && self->n_held >= HELD_LEAST)) {
        const bool known =
            self->has_other && rv_mean_square_change(x, self->other, n) <= jump;
        if (!known) {
            follow_held(self, x, n);
            return RV_STRANGER_OURS;
        }
        if (held_us > KNOWN_US) {
            return RV_STRANGER_NEXT;
        }
    }
    hold(self, x, n, d, t_us);
    return RV_STRANGER_HELD;
}

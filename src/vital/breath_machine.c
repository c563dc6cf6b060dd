// SPDX-License-Identifier: MIT
// Two ways to tell what moves faster than frames come from a chest, although both show
// the same slow line.
//
// A channel is the same both ways ("A direct derivation of a single-antenna reciprocity
// relation for the time domain", IEEE T-AP 2004), so two nodes that hear each other see
// the same chest, band by band and with the same sign. What turns by some part of a
// turn between the moments at which the two transmit shows that part as a phase, half a
// turn included, which no single link and no sum of squares shows.
//
// What turns by a whole number of turns in between does not. Its overtones that come
// down to the rates of breath are then at least the third, and the line that they
// belong to comes down to about a third of the frames' rate, where nothing of a body
// is (aliases: "Understanding the Lomb-Scargle periodogram", ApJS 2018, section 4).
#include "base/exact.h"
#include "vital/breathing_look.h"
#include "vital/statistics.h"

#include <ruview/math/elementary.h>

/// What there and back have in common at a rate, over what they show: 1 less noise for
/// a chest. Theory: the cosine of the turns between two moments for what is faster than
/// frames come; simulation: 0.52 at least in 1500 looks at twelve people who sit.
#define BACK_LEAST 0.3F

/// What a pair must have in common to bear witness to each other: their noises have
/// nothing (theory: with four independent bands by chance once in 25 pairs, and both
/// must show the line)
#define BACK_SAME 0.6F

/// Of a line by chance on each of a pair; and where what differs is none of the noise's
#define PAIR_CHANCE 1e-3F
#define SURE_CHANCE 1e-5F

/// Of two lines together by chance, at each look (theory: twice a day for a link that
/// looks all the time), and of each of them (theory: beside one strong line the other
/// is seen by chance once in a hundred looks)
#define FAST_CHANCE 1e-5F
#define EACH_CHANCE 1e-2F

enum {
    least_samples = 30,  ///< 12 s: of the shortest window
    least_slots   = 120, ///< The same
};

/// What a link's bands show at a frequency, over the noise of each
typedef struct {
    float re[RV_SAMPLER_BANDS], im[RV_SAMPLER_BANDS];
    float energy;
} view;

static view
view_of(const rv_breathing_seen *const link, const uint64_t end, const float hz)
{
    float          x[RV_BREATHING_SAMPLES][RV_SAMPLER_BANDS];
    view           v     = {.energy = 0.0F};
    uint32_t       empty = 0;
    const uint32_t n = rv_sampler_read(link->sampler, end, RV_BREATHING_SAMPLE_SLOTS,
                                       RV_BREATHING_SAMPLES, x, &empty);
    if (n < least_samples) {
        return v;
    }
    rv_spectrum_vector(link->spectrum, (const float(*)[RV_SAMPLER_BANDS])x, n,
                       link->sampler->n_bands, RV_BREATHING_SAMPLE_S, hz, v.re, v.im);
    for (int b = 0; b < RV_SAMPLER_BANDS; ++b) {
        v.energy += v.re[b] * v.re[b] + v.im[b] * v.im[b];
    }
    return v;
}

/// What two views have in common, -1..1; 1 where one of them is not there
static float
common(const view *const a, const view *const b)
{
    float both = 0.0F;
    for (int k = 0; k < RV_SAMPLER_BANDS; ++k) {
        both += a->re[k] * b->re[k] + a->im[k] * b->im[k];
    }
    const float energy = rv_sqrt_f32(a->energy * b->energy);
    return energy > 0.0F ? both / energy : 1.0F;
}

rv_breath_back
rv_breath_on_its_way_back(const rv_breathing_seen *const link, const uint32_t n_links,
                          const uint64_t end, const float hz)
{
    rv_breath_back out = {.same = 0};
    for (uint32_t i = 0; i < n_links; ++i) {
        const uint32_t j = link[i].back; // counted from 1
        if (j <= i + 1 || j > n_links ||
            !rv_breath_shows(&link[i], end, hz, PAIR_CHANCE) ||
            !rv_breath_shows(&link[j - 1], end, hz, PAIR_CHANCE)) {
            continue;
        }
        const view  there  = view_of(&link[i], end, hz);
        const view  back   = view_of(&link[j - 1], end, hz);
        const float likens = common(&there, &back);
        const bool  sure   = rv_breath_shows(&link[i], end, hz, SURE_CHANCE) &&
                          rv_breath_shows(&link[j - 1], end, hz, SURE_CHANCE);
        out.differs = out.differs || (sure && likens < BACK_LEAST);
        out.same += likens >= BACK_SAME;
    }
    return out;
}

/// About a third of the slots' rate; weights without side lobes, since there may be
/// strong lines
static const rv_spectrum_range fast_range = {2.0F, 4.95F, 2.1F, 4.2F, true};

/// Energy of all bands in the bin nearest to a frequency
static float
energy_at(const rv_spectrum *const s, const float hz)
{
    const uint32_t bin = (uint32_t)rv_to_i32(hz / s->step_hz + 0.5F);
    const uint32_t i   = bin - s->first;
    return bin >= s->first && i < s->n_bins ? s->uu[i] + s->vv[i] : 0.0F;
}

rv_breath_fast
rv_breath_fast_lines(const rv_sampler *const sampler, const rv_fft *const fft,
                     const uint64_t end, const float hz)
{
    const float    slot_s = 1e-6F * RV_SAMPLER_SLOT_US;
    const float    third  = 1.0F / (3.0F * slot_s);
    float          x[RV_VITAL_FFT][RV_SAMPLER_BANDS];
    rv_breath_fast out   = {.order = 0.0F};
    uint32_t       empty = 0;
    rv_spectrum    s;
    const uint32_t n = rv_sampler_read(sampler, end, 1, RV_VITAL_FFT, x, &empty);
    if (n < least_slots || empty * 4 > n) {
        return out;
    }
    rv_spectrum_take(&s, fft, x, n, sampler->n_bands, slot_s, &fast_range);
    for (int side = 0; side < 2; ++side) {
        const float away = (side ? hz : -hz) / 3.0F;
        out.own[side]    = energy_at(&s, third + away);
        out.twice[side]  = energy_at(&s, third + 2.0F * away);
    }
    out.order = s.order[1];
    return out;
}

void
rv_breath_fast_add(rv_breath_fast *const sum, const rv_breath_fast *const link)
{
    for (int side = 0; side < 2; ++side) {
        sum->own[side] += link->own[side];
        sum->twice[side] += link->twice[side];
    }
    sum->order += link->order;
}

bool
rv_breath_is_thrice_a_fast_line(const rv_breath_fast *const seen)
{
    if (!(seen->order > 0.0F)) {
        return false;
    }
    const float each = rv_gamma_quantile(seen->order, EACH_CHANCE);
    const float both = rv_gamma_quantile(2.0F * seen->order, FAST_CHANCE);
    for (int side = 0; side < 2; ++side) {
        // its second multiple comes down on the other side
        const float own   = seen->own[side];
        const float twice = seen->twice[1 - side];
        if (own >= each && twice >= each && own + twice >= both) {
            return true;
        }
    }
    return false;
}

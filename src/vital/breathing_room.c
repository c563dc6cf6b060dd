// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "vital/breathing_look.h"
#include "vital/look.h"

#include <ruview/math/elementary.h>

#include <string.h>

enum {
    resume_looks = 9, ///< Without a pause before another can be told, 11 s
    pause_looks = 3, ///< That must agree: stretches of 10 s weigh their middle most and
                     ///< see a pause after 7 s
    many_links = 4,  ///< Of so many that look, two must see a breath, and a quarter
                     ///< (simulation: of twelve, four to ten see somebody who sits)
    sure_looks   = 3,  ///< Without a doubt, before an answer and after a doubt
    smooth_looks = 16, ///< That what is out of step is a mean over, 19 s
};

/// A breath whose energy in 10 s stands so far over the noise shows whether it goes on
/// (theory: noise alone exceeds 8 once in 3000)
#define PAUSE_LEAST 8.0F

/// On all links together, so that noise does not hide a breath of which a third of the
/// amplitude is left (theory: sqrt(18) - sqrt(0.12 x 18 + 1) is three and a half sigmas
/// of sqrt(1/2), once in 4000)
#define PAUSE_SUM 18.0F

/// Energy of a pause over that of the breath, at most: a third of the amplitude; and
/// over the weakest stretch of the minute but one, half the amplitude, because a breath
/// that comes and goes by itself shows nothing when it goes
#define PAUSE_SHARE       0.12F
#define PAUSE_SHARE_LEAST 0.25F

/// The same chest on every link: what is out of step, of links that count alike, less
/// what noise puts there, over the last looks; and until it is trusted again. Theory:
/// none; simulation: below 0.1 for most who sit, 0.3 to 0.8 for fans.
#define STEP_SHARE      0.2F
#define STEP_SHARE_KEPT 0.15F

/// Overtones over the rate itself, of all links together. Theory: a chest that moves by
/// a tenth of a wavelength has a hundredth (Bessel functions), on links where it goes
/// straight across more; simulation: below 0.1 for people who sit, 0.5 to 2 for fans
#define OVERTONE_SHARE 0.4F

/// Half of a rate is looked at from here on (theory: a lobe of a 60 s window above the
/// slowest that spectra hold, 0.08 Hz)
#define HALF_LEAST_HZ 0.1F

rv_status
rv_breathing_room_init(rv_breathing_room *const         self,
                       const rv_breathing_config *const config)
{
    memset(self, 0, sizeof *self);
    return rv_breathing_init(&self->fused, config);
}

/// Has the link a spectrum of that window?
static bool
is_of(const rv_spectrum *const s, const uint64_t end, const float length_s)
{
    return s->n_bins > 0 && s->end == end && s->length_s >= length_s;
}

/// Do as many links answer a half or a third of a rate as the rate? Then it is one of
/// their overtones: of blades rather than of a chest, whose own rate is stronger on
/// most
static bool
is_overtone(const rv_breathing_seen *const link, const uint32_t n_links,
            const float bpm)
{
    uint32_t same = 0, below = 0;
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_estimate one = link[i].bpm;
        same += rv_is_known(one) && rv_breathing_is_near(one.value, bpm);
        below += rv_is_known(one) && (rv_breathing_is_near(2.0F * one.value, bpm) ||
                                      rv_breathing_is_near(3.0F * one.value, bpm));
    }
    return below > 0 && below >= same;
}

/// Has the sum of all links overtones that no chest has, beside what is said of it?
static bool
is_rich(const rv_spectrum *const sum, const float hz)
{
    const float mean = 0.5F * sum->order[1]; // of noise, up there
    const float seen = rv_spectrum_chance(sum->order[1], 1e-4F);
    const float own  = rv_spectrum_at(sum, hz).largest - mean;
    for (int k = 2; k <= 3; ++k) {
        const float over = rv_spectrum_at(sum, (float)k * hz).largest;
        if (over >= seen && over - mean > OVERTONE_SHARE * own) {
            return true;
        }
    }
    return false;
}

/// Is what links of equal weight see out of step? Both parts are means over the last
/// looks, from the first on, so that no look is trusted alone.
static bool
is_turning(rv_breathing_room *const self, const rv_spectrum_cell *const sum,
           const float noise)
{
    self->n_compared += self->n_compared < smooth_looks;
    const float gain = 1.0F / (float)self->n_compared;
    self->out_of_step += gain * (sum->other - noise - self->out_of_step);
    self->in_step += gain * (sum->largest - self->in_step);
    const float most = self->turning ? STEP_SHARE_KEPT : STEP_SHARE;
    self->turning    = self->out_of_step > most * self->in_step;
    return self->turning;
}

/// Does it belong to something that moves faster than frames come? Twice a line of
/// which that is known is its overtone.
static bool
is_faster(const rv_breathing_seen *const link, const uint32_t n_links,
          const uint64_t end, const float hz)
{
    rv_breath_fast fast = {.order = 0.0F};
    bool           sure = false; // of one link
    for (uint32_t i = 0; i < n_links; ++i) {
        if (is_of(link[i].spectrum, end, 15.0F)) {
            rv_breath_fast_add(&fast, &link[i].fast);
            sure = sure || rv_breath_is_thrice_a_fast_line(&link[i].fast);
        }
    }
    return sure || rv_breath_is_thrice_a_fast_line(&fast) ||
           (0.5F * hz >= HALF_LEAST_HZ &&
            rv_breath_on_its_way_back(link, n_links, end, 0.5F * hz).differs);
}

bool
rv_breath_shows(const rv_breathing_seen *const link, const uint64_t end, const float hz,
                const float chance)
{
    const rv_spectrum *const s = link->spectrum;
    return is_of(s, end, 15.0F) &&
           rv_spectrum_at(s, hz).largest >=
               rv_spectrum_chance(0.5F * (s->order[0] + s->order[1]), chance);
}

/// Why a line is not a breath: NONE it may be, INTERFERENCE it turns, AMBIGUOUS it is
/// an overtone, LOW_QUALITY one of many links sees it alone
static rv_reason
doubt(rv_breathing_room *const self, const rv_breathing_seen *const link,
      const uint32_t n_links, const uint64_t end, const float hz)
{
    rv_spectrum_cell sum   = {0};
    float            noise = 0.0F;
    uint32_t         n = 0, n_still = 0;
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_spectrum *const s = link[i].spectrum;
        if (!is_of(s, end, 15.0F)) {
            continue;
        }
        ++n_still;
        const rv_spectrum_cell cell = rv_spectrum_at(s, hz);
        const float            mean = 0.5F * (s->order[0] + s->order[1]);
        n += cell.largest >= rv_spectrum_chance(mean, 1e-3F);
        if (cell.largest < rv_spectrum_chance(mean, 1e-5F)) {
            continue; // its phase says little
        }
        // the links count alike: one that sees more sees the same motion
        sum.uu += cell.uu / cell.largest;
        sum.vv += cell.vv / cell.largest;
        sum.uv += cell.uv / cell.largest;
        noise += 0.5F * mean / cell.largest; // what noise alone puts out of step
    }
    rv_spectrum_solve(&sum);
    const bool           turning = sum.largest > 0.0F && is_turning(self, &sum, noise);
    const rv_breath_back back    = rv_breath_on_its_way_back(link, n_links, end, hz);
    if (turning || back.differs || is_faster(link, n_links, end, hz)) {
        return RV_REASON_INTERFERENCE;
    }
    if (n_still >= many_links && is_rich(&self->stack, hz)) {
        return RV_REASON_INTERFERENCE;
    }
    const uint32_t least = n_still < many_links ? 1 : 1 + (n_still + 1) / 6;
    // there and back have noises of their own: a pair that sees the same is one more
    return n + back.same < least                    ? RV_REASON_LOW_QUALITY
           : is_overtone(link, n_links, 60.0F * hz) ? RV_REASON_AMBIGUOUS
                                                    : RV_REASON_NONE;
}

/// Add up the links whose windows are as long as the longest
static void
stack(rv_breathing_room *const self, const rv_breathing_seen *const link,
      const uint32_t n_links, const uint64_t end)
{
    float longest = 0.0F;
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_spectrum *const s = link[i].spectrum;
        longest                    = is_of(s, end, longest) ? s->length_s : longest;
    }
    self->stack.n_bins  = 0;
    self->stack.n_links = 0;
    for (uint32_t i = 0; i < n_links; ++i) {
        if (is_of(link[i].spectrum, end, longest)) {
            (void)rv_spectrum_add(&self->stack, link[i].spectrum);
        }
    }
}

static void
look_at_stack(rv_breathing_room *const self)
{
    rv_breathing *const f       = &self->fused;
    const float         still_s = self->stack.length_s;
    if (self->stack.n_links < 2 || still_s < f->config.least_s) {
        rv_breathing_forget(f, RV_REASON_WARMING_UP);
        return;
    }
    const rv_spectrum_peak peak =
        rv_breathing_search(f, &self->stack, 1.0F / RV_BREATHING_LINE_RELIEF);
    f->result.still_s   = still_s;
    f->result.peak      = peak.power;
    f->result.threshold = peak.threshold;
    rv_breathing_judge(f, &peak, 0.0F, still_s, still_s);
}

/// The surest link, or the reason that comes nearest to an answer: a link too weak says
/// more than one that has not begun
static rv_estimate
surest(const rv_breathing_seen *const link, const uint32_t n_links, bool *const still)
{
    rv_estimate best = rv_unknown(RV_REASON_NO_DATA);
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_estimate one = link[i].bpm;
        const bool        near =
            best.reason == RV_REASON_NO_DATA || one.reason == RV_REASON_LOW_QUALITY ||
            one.reason == RV_REASON_INTERFERENCE || one.reason == RV_REASON_MOVING;
        *still = *still || link[i].spectrum->n_bins > 0;
        if (rv_is_known(one) ? !rv_is_known(best) || one.quality > best.quality
                             : !rv_is_known(best) && near) {
            best = one;
        }
    }
    return best;
}

/// Does the breath that was there stand still, on all links that saw it together?
static bool
is_pausing(const rv_breathing_seen *const link, const uint32_t n_links)
{
    rv_breath_energy sum = {0};
    for (uint32_t i = 0; i < n_links; ++i) {
        if (link[i].energy.before >= PAUSE_LEAST) {
            sum.now += link[i].energy.now - 1.0F;
            sum.before += link[i].energy.before - 1.0F;
            sum.least += link[i].energy.least - 1.0F;
        }
    }
    return sum.before >= PAUSE_SUM && sum.now <= PAUSE_SHARE * sum.before &&
           sum.now <= PAUSE_SHARE_LEAST * sum.least;
}

/// A pause is told once
static bool
follow_pause(rv_breathing_room *const self, const rv_breathing_seen *const link,
             const uint32_t n_links, const bool breathes)
{
    const bool pausing = breathes && is_pausing(link, n_links);
    self->paused       = pausing ? self->paused + 1 : 0;
    const bool told    = self->paused == pause_looks && self->doubtful == 0 &&
                      self->breathed >= resume_looks;
    if (!breathes || self->paused >= pause_looks) {
        self->breathed = 0;
    } else if (self->doubtful == 0 && !pausing) {
        ++self->breathed;
    }
    return told;
}

rv_estimate
rv_breathing_room_look(rv_breathing_room *const       self,
                       const rv_breathing_seen *const link, const uint32_t n_links,
                       const uint64_t t_us, bool *const apnoea)
{
    // all links have looked at the last window before the next one ends
    enum { rest = RV_BREATHING_LOOK_SLOTS - 1 };
    const uint64_t end   = rv_look_end(t_us, rest, RV_BREATHING_LOOK_SLOTS);
    bool           still = false;
    rv_estimate    said  = surest(link, n_links, &still);
    *apnoea              = false;
    if (!still) {
        self->paused     = 0;
        self->breathed   = 0;
        self->n_compared = 0;
        self->turning    = false;
        self->doubt      = RV_REASON_WARMING_UP;
        self->doubtful   = sure_looks;
        self->compared   = false;
        rv_breathing_forget(&self->fused, said.reason);
        return said;
    }
    const bool due = end > self->end;
    if (due) {
        self->end = end;
        stack(self, link, n_links, end);
        look_at_stack(self);
    }
    if (rv_is_known(self->fused.result.bpm)) {
        said = self->fused.result.bpm;
    }
    if (due) {
        const rv_reason why = rv_is_known(said)
                                  ? doubt(self, link, n_links, end, said.value / 60.0F)
                                  : RV_REASON_NONE;
        if (why != RV_REASON_NONE) {
            self->doubt    = why;
            self->doubtful = sure_looks;
        } else {
            self->doubtful -= self->doubtful > 0;
        }
        self->compared = rv_is_known(said);
        *apnoea        = follow_pause(self, link, n_links, rv_is_known(said));
    }
    if (rv_is_known(said) && self->doubtful > 0) {
        return rv_unknown(self->doubt);
    }
    // no answer before the links were compared about it
    return rv_is_known(said) && !self->compared ? rv_unknown(RV_REASON_WARMING_UP)
                                                : said;
}

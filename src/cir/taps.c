// SPDX-License-Identifier: MIT
#include <ruview/cir/taps.h>

#include "base/exact.h"
#include "cir/paths.h"

#include <ruview/math/elementary.h>

#include <string.h>

static const double two_pi        = 6.28318530717958647693;
static const double db_per_neper  = 4.34294481903251827651; // 10 / ln 10
static const float  most_k_factor = 60.0F;

void
rv_cir_taps_config_default(rv_cir_taps_config *const config)
{
    const rv_cir_taps_config defaults = {.false_alarm = 0.01F, .floor_ratio = 0.05F};
    *config                           = defaults;
}

/// A weaker than B: less power, or as much and a higher index
static bool
is_weaker(const float *const re, const float *const im, const uint32_t a,
          const uint32_t b)
{
    const float power_a = re[a] * re[a] + im[a] * im[a];
    const float power_b = re[b] * re[b] + im[b] * im[b];
    return power_a < power_b || (!(power_b < power_a) && a > b);
}

/// The weakest rises to the root of the heap index[0..n)
static void
sift(const float *const re, const float *const im, uint16_t *const index,
     const uint32_t n, uint32_t at)
{
    for (;;) {
        uint32_t       least = at;
        const uint32_t left  = 2 * at + 1;
        for (uint32_t child = left; child < n && child < left + 2; ++child) {
            if (is_weaker(re, im, index[child], index[least])) {
                least = child;
            }
        }
        if (least == at) {
            return;
        }
        const uint16_t tap = index[at];
        index[at]          = index[least];
        index[least]       = tap;
        at                 = least;
    }
}

uint32_t
rv_cir_top_k(const float *const re, const float *const im, const uint32_t n,
             const uint32_t k, uint16_t *const index)
{
    const uint32_t kept = k < n ? k : n;
    for (uint32_t i = 0; i < kept; ++i) {
        index[i] = (uint16_t)i;
    }
    for (uint32_t i = kept / 2; i-- > 0;) {
        sift(re, im, index, kept, i);
    }
    for (uint32_t i = kept; kept > 0 && i < n; ++i) {
        if (is_weaker(re, im, index[0], i)) {
            index[0] = (uint16_t)i;
            sift(re, im, index, kept, 0);
        }
    }
    for (uint32_t end = kept; end > 1; --end) {
        const uint16_t weakest = index[0];
        index[0]               = index[end - 1];
        index[end - 1]         = weakest;
        sift(re, im, index, end - 1, 0);
    }
    return kept;
}

/// Neighbouring taps that stand for one path
typedef struct {
    double   re, im;   ///< Sum of the gains
    double   weight;   ///< Sum of the sizes
    double   position; ///< Sum of size x offset from `first`
    uint32_t first;
    uint32_t tap; ///< Strongest
    double   best;
} cluster;

static uint32_t
gather(const rv_cir_plan *const plan, const rv_cir_result *const result,
       cluster *const found)
{
    uint32_t n     = 0;
    uint32_t start = 0;
    // Begin after a gap, so that a cluster across the seam of the circle stays whole
    for (uint32_t i = 0; i < result->n; ++i) {
        const uint32_t before = result->tap[i == 0 ? result->n - 1U : i - 1];
        const uint32_t here   = result->tap[i] + (i == 0 ? plan->n_taps : 0U);
        if (here - before > 1) {
            start = i;
            break;
        }
    }
    uint32_t last = 0;
    for (uint32_t j = 0; j < result->n; ++j) {
        const uint32_t i = start + j < result->n ? start + j : start + j - result->n;
        const uint32_t tap =
            result->tap[i] + (start + j < result->n ? 0U : plan->n_taps);
        if (j == 0 || tap - last > 1) {
            memset(&found[n], 0, sizeof found[n]);
            found[n++].first = tap;
        }
        last                = tap;
        cluster *const c    = &found[n - 1];
        const double   re   = (double)result->re[i];
        const double   im   = (double)result->im[i];
        const double   size = __builtin_sqrt(re * re + im * im);
        c->re += re;
        c->im += im;
        c->weight += size;
        c->position += size * (double)(tap - c->first);
        if (size > c->best) {
            c->best = size;
            c->tap  = result->tap[i];
        }
    }
    return n;
}

static void
make_path(const rv_cir_plan *const plan, const rv_cir_result *const result,
          const cluster *const c, rv_cir_path *const path)
{
    const double size  = __builtin_sqrt(c->re * c->re + c->im * c->im);
    const double full  = size > 0.0 ? (size + (double)result->lambda) / size : 0.0;
    double       where = (double)c->first + c->position / c->weight;
    where -= where >= (double)plan->n_taps ? (double)plan->n_taps : 0.0;
    path->tap      = (uint16_t)c->tap;
    path->position = (float)where;
    path->re       = (float)(c->re * full * (double)plan->scale);
    path->im       = (float)(c->im * full * (double)plan->scale);
}

static double
gain_of(const rv_cir_path *const path)
{
    return __builtin_sqrt((double)path->re * (double)path->re +
                          (double)path->im * (double)path->im);
}

/// Delay of `position` after that of the strongest path, a quarter of the circle before
/// it to three quarters after [taps]
static double
after(const rv_cir_plan *const plan, const double position, const double origin)
{
    const double n     = (double)plan->n_taps;
    double       delay = position - origin;
    delay += delay < -0.25 * n ? n : 0.0;
    delay -= delay >= 0.75 * n ? n : 0.0;
    return delay;
}

float
rv_cir_least_gain(const rv_cir_plan *const plan, const rv_cir_taps_config *const config,
                  const float sigma)
{
    const double trials = (double)plan->n_taps / (double)config->false_alarm;
    return (float)((double)sigma * __builtin_sqrt(2.0 * rv_log_f64(trials)));
}

/// One path per cluster, the strongest where there are too many
static void
take_clusters(const rv_cir_plan *const plan, const rv_cir_result *const result,
              rv_cir_taps *const taps)
{
    cluster        found[RV_CIR_MAX_SUPPORT];
    const uint32_t n = gather(plan, result, found);
    for (uint32_t i = 0; i < n; ++i) {
        rv_cir_path path = {0};
        make_path(plan, result, &found[i], &path);
        uint32_t at = taps->n_paths;
        if (at == RV_CIR_MAX_PATHS) {
            at = 0;
            for (uint32_t j = 1; j < RV_CIR_MAX_PATHS; ++j) {
                at = gain_of(&taps->path[j]) < gain_of(&taps->path[at]) ? j : at;
            }
            if (!(gain_of(&path) > gain_of(&taps->path[at]))) {
                continue;
            }
        } else {
            ++taps->n_paths;
        }
        taps->path[at] = path;
    }
}

/// Keep the paths that stand out of the noise and are not negligible
static void
keep_strong(const rv_cir_plan *const plan, const rv_cir_taps_config *const config,
            rv_cir_taps *const taps)
{
    double best = 0.0;
    for (uint32_t i = 0; i < taps->n_paths; ++i) {
        best = gain_of(&taps->path[i]) > best ? gain_of(&taps->path[i]) : best;
    }
    const double by_noise =
        (double)rv_cir_least_gain(plan, config, taps->noise * plan->scale);
    const double by_floor = (double)config->floor_ratio * best;
    const double least    = by_noise > by_floor ? by_noise : by_floor;
    uint32_t     kept     = 0;
    for (uint32_t i = 0; i < taps->n_paths; ++i) {
        if (gain_of(&taps->path[i]) >= least) {
            taps->path[kept++] = taps->path[i];
        }
    }
    memset(&taps->path[kept], 0, (taps->n_paths - kept) * sizeof taps->path[0]);
    taps->n_paths = (uint16_t)kept;
}

static void
state_deviations(const rv_cir_plan *const plan, rv_cir_taps *const taps)
{
    const double slope =
        two_pi * (double)plan->spacing_hz * (double)plan->tone_spread * 1e-9;
    for (uint32_t i = 0; i < taps->n_paths; ++i) {
        rv_cir_path *const path = &taps->path[i];
        path->sigma             = taps->noise * plan->scale;
        path->delay_sigma_ns = (float)((double)path->sigma / (gain_of(path) * slope));
    }
}

static void
order(const rv_cir_plan *const plan, rv_cir_taps *const taps)
{
    uint32_t strongest = 0;
    for (uint32_t i = 1; i < taps->n_paths; ++i) {
        if (gain_of(&taps->path[i]) > gain_of(&taps->path[strongest])) {
            strongest = i;
        }
    }
    const double origin = (double)taps->path[strongest].position;
    for (uint32_t i = 0; i < taps->n_paths; ++i) {
        rv_cir_path path = taps->path[i];
        path.delay_ns =
            (float)(after(plan, (double)path.position, origin) * plan->tap_ns);
        uint32_t at = i;
        for (; at > 0 && taps->path[at - 1].delay_ns > path.delay_ns; --at) {
            taps->path[at] = taps->path[at - 1];
        }
        taps->path[at] = path;
    }
}

static void
summarise(rv_cir_taps *const taps)
{
    double power = 0.0;
    double mean  = 0.0;
    double best  = 0.0;
    for (uint32_t i = 0; i < taps->n_paths; ++i) {
        const double p = gain_of(&taps->path[i]) * gain_of(&taps->path[i]);
        power += p;
        mean += p * (double)taps->path[i].delay_ns;
        best = p > best ? p : best;
    }
    mean /= power;
    double variance = 0.0;
    for (uint32_t i = 0; i < taps->n_paths; ++i) {
        const double p = gain_of(&taps->path[i]) * gain_of(&taps->path[i]);
        const double d = (double)taps->path[i].delay_ns - mean;
        variance += p * d * d;
    }
    taps->rms_spread_ns  = (float)__builtin_sqrt(variance / power);
    taps->mean_excess_ns = (float)(mean - (double)taps->path[0].delay_ns);
    taps->k_factor_db    = most_k_factor;
    const double rest    = power - best;
    if (rest * 1e6 > best) {
        const bool   more   = best >= rest;
        const double nepers = more ? rv_log_f64(best / rest) : -rv_log_f64(rest / best);
        taps->k_factor_db   = (float)(db_per_neper * nepers);
    }
}

static void
find_dominant(const rv_cir_plan *const plan, const rv_cir_result *const result,
              rv_cir_taps *const taps)
{
    uint32_t best  = 0;
    float    power = -1.0F;
    float    total = 0.0F;
    for (uint32_t i = 0; i < result->n; ++i) {
        const float p = result->re[i] * result->re[i] + result->im[i] * result->im[i];
        total += p;
        if (p > power) {
            power = p;
            best  = result->tap[i];
        }
    }
    const uint32_t n     = plan->n_taps;
    const uint32_t left  = best == 0 ? n - 1 : best - 1;
    const uint32_t right = best + 1 == n ? 0 : best + 1;
    float          near  = 0.0F;
    for (uint32_t i = 0; i < result->n; ++i) {
        const uint32_t tap = result->tap[i];
        if (tap == best || tap == left || tap == right) {
            near += result->re[i] * result->re[i] + result->im[i] * result->im[i];
        }
    }
    taps->dominant_tap   = (uint16_t)best;
    taps->dominant_ratio = total > 0.0F ? near / total : 0.0F;
}

static void
refuse(rv_cir_taps *const taps, const rv_reason reason)
{
    memset(taps, 0, sizeof *taps);
    taps->ranging = RV_REASON_UNSUPPORTED;
    taps->reason  = reason;
}

void
rv_cir_finish_paths(const rv_cir_plan *const        plan,
                    const rv_cir_taps_config *const config, rv_cir_taps *const taps,
                    const bool has_deviations)
{
    keep_strong(plan, config, taps);
    if (taps->n_paths == 0) {
        refuse(taps, RV_REASON_LOW_QUALITY);
        return;
    }
    if (!has_deviations) {
        state_deviations(plan, taps);
    }
    order(plan, taps);
    summarise(taps);
}

void
rv_cir_taps_of(const rv_cir_plan *const plan, const rv_cir_taps_config *const config,
               const rv_cir_result *const result, rv_cir_taps *const taps)
{
    refuse(taps, result->reason);
    if (result->reason != RV_REASON_NONE) {
        return;
    }
    if (result->n == 0) {
        refuse(taps, RV_REASON_LOW_QUALITY);
        return;
    }
    taps->noise = result->noise;
    find_dominant(plan, result, taps);
    take_clusters(plan, result, taps);
    rv_cir_finish_paths(plan, config, taps, false);
}

// SPDX-License-Identifier: MIT
#include "base/exact.h"
#include "cir/hot.h"
#include "math/lanes.h"

#include <string.h>

enum { lanes = 16, order_max = 2 * RV_CIR_NEWTON };

/// Part I of the virtual vector at p
#define PART(p) rv_load((p) + I * RV_WIDTH, RV_WIDTH)

// ---- over all taps ---------------------------------------------------------------

static void
correlate_1(const uint32_t n, const float *restrict const k_re,
            const float *restrict const k_im, const bool real, const float re,
            const float im, float *restrict const q_re, float *restrict const q_im)
{
    if (real) {
        for (uint32_t g = 0; g < n; ++g) {
            q_re[g] -= k_re[g] * re;
            q_im[g] -= k_re[g] * im;
        }
        return;
    }
    for (uint32_t g = 0; g < n; ++g) {
        q_re[g] -= k_re[g] * re - k_im[g] * im;
        q_im[g] -= k_re[g] * im + k_im[g] * re;
    }
}

/// Four gains of a real kernel in one pass; the same order as one by one
static void
correlate_4(const uint32_t n, const float *const k[4], const float *const re,
            const float *const im, float *restrict const q_re,
            float *restrict const q_im)
{
    const float *restrict const k0 = k[0];
    const float *restrict const k1 = k[1];
    const float *restrict const k2 = k[2];
    const float *restrict const k3 = k[3];
    const float a[4]               = {re[0], re[1], re[2], re[3]};
    const float b[4]               = {im[0], im[1], im[2], im[3]};
    for (uint32_t g = 0; g < n; ++g) {
        q_re[g] =
            (((q_re[g] - k0[g] * a[0]) - k1[g] * a[1]) - k2[g] * a[2]) - k3[g] * a[3];
        q_im[g] =
            (((q_im[g] - k0[g] * b[0]) - k1[g] * b[1]) - k2[g] * b[2]) - k3[g] * b[3];
    }
}

static void
correlate(const uint32_t n, const float *const kernel_re, const float *const kernel_im,
          const bool real, const uint32_t n_taps, const uint16_t *const tap,
          const float *const re, const float *const im, float *const q_re,
          float *const q_im)
{
    uint32_t i = 0;
    for (; real && i + 4 <= n_taps; i += 4) {
        const float *const k[4] = {
            kernel_re + (n - tap[i]), kernel_re + (n - tap[i + 1]),
            kernel_re + (n - tap[i + 2]), kernel_re + (n - tap[i + 3])};
        correlate_4(n, k, re + i, im + i, q_re, q_im);
    }
    for (; i < n_taps; ++i) {
        correlate_1(n, kernel_re + (n - tap[i]), kernel_im + (n - tap[i]), real, re[i],
                    im[i], q_re, q_im);
    }
}

static float
power_of(const uint32_t n, const float *restrict const re,
         const float *restrict const im, float *restrict const power)
{
    rv_f32x16 most = rv_zero_16();
    uint32_t  g    = 0;
    for (; g + lanes <= n; g += lanes) {
        RV_EACH_PART(const rv_vf a = PART(re + g); const rv_vf b = PART(im + g);
                     const rv_vf                               p = a * a + b * b;
                     rv_store(power + g + I * RV_WIDTH, RV_WIDTH, p);
                     most.p[I] = rv_select(rv_above(p, most.p[I]), p, most.p[I]);)
    }
    float each[lanes];
    rv_store_16(each, most);
    for (; g < n; ++g) {
        power[g] = re[g] * re[g] + im[g] * im[g];
        each[0]  = power[g] > each[0] ? power[g] : each[0];
    }
    for (uint32_t k = 1; k < lanes; ++k) {
        each[0] = each[k] > each[0] ? each[k] : each[0];
    }
    return each[0];
}

// ---- over the working set --------------------------------------------------------

static void
move_by(rv_cir_working *const set, const uint32_t i, const float re, const float im)
{
    const uint32_t n                 = (set->n + lanes - 1U) / lanes * lanes;
    const float *restrict const g_re = set->gram_re[i];
    float *restrict const q_re       = set->q_re;
    float *restrict const q_im       = set->q_im;
    if (set->real) {
        for (uint32_t j = 0; j < n; ++j) {
            q_re[j] -= g_re[j] * re;
            q_im[j] -= g_re[j] * im;
        }
        return;
    }
    const float *restrict const g_im = set->gram_im[i];
    for (uint32_t j = 0; j < n; ++j) {
        q_re[j] -= g_re[j] * re - g_im[j] * im;
        q_im[j] -= g_re[j] * im + g_im[j] * re;
    }
}

static float
sweep(rv_cir_working *const set, const float lambda, const bool all)
{
    const float least   = lambda * lambda;
    float       largest = 0.0F;
    for (uint32_t i = 0; i < set->n; ++i) {
        const bool is_zero = set->re[i] == 0.0F && set->im[i] == 0.0F;
        if (is_zero && !all) {
            continue;
        }
        const float v_re  = set->re[i] + set->q_re[i];
        const float v_im  = set->im[i] + set->q_im[i];
        const float power = v_re * v_re + v_im * v_im;
        if (is_zero && !(power > least)) {
            continue;
        }
        const float keep =
            power > least ? 1.0F - lambda / __builtin_sqrtf(power) : 0.0F;
        const float d_re = v_re * keep - set->re[i];
        const float d_im = v_im * keep - set->im[i];
        const float step = d_re * d_re + d_im * d_im;
        largest          = step > largest ? step : largest;
        set->re[i]       = v_re * keep;
        set->im[i]       = v_im * keep;
        move_by(set, i, d_re, d_im);
    }
    return largest;
}

/// H of the objective on the support, its upper triangle: first all re, then all im;
/// `step` becomes the negative gradient. Returns the largest gradient of a tap, squared
static float
make_hessian(rv_cir_working *const set, const float lambda, const uint32_t m,
             const uint8_t *const at)
{
    float worst = 0.0F;
    for (uint32_t s = 0; s < m; ++s) {
        const uint32_t     i    = at[s];
        const float        re   = set->re[i];
        const float        im   = set->im[i];
        const float        back = 1.0F / __builtin_sqrtf(re * re + im * im);
        const float        u_re = re * back;
        const float        u_im = im * back;
        const float        bend = lambda * back;
        const float        d_re = set->q_re[i] - lambda * u_re;
        const float        d_im = set->q_im[i] - lambda * u_im;
        const float        size = d_re * d_re + d_im * d_im;
        const float *const g_re = set->gram_re[i];
        const float *const g_im = set->gram_im[i];
        float *const       top  = set->hessian[s];
        float *const       low  = set->hessian[s + m];
        for (uint32_t t = s; t < m; ++t) {
            top[t]     = g_re[at[t]];
            low[t + m] = g_re[at[t]];
        }
        for (uint32_t t = 0; t < m; ++t) {
            top[t + m] = g_im[at[t]];
        }
        top[s] += bend * (u_im * u_im);
        low[s + m] += bend * (u_re * u_re);
        top[s + m] -= bend * (u_re * u_im);
        set->step[s]     = d_re;
        set->step[s + m] = d_im;
        worst            = size > worst ? size : worst;
    }
    return worst;
}

/// L D L^T by rows of the upper triangle; false when it is not safely positive. Work is
/// done in whole lanes: what lies left of the diagonal is never read.
static bool
solve(rv_cir_working *const set, const uint32_t order)
{
    const uint32_t end = (order + lanes - 1U) / lanes * lanes;
    float          inverse[order_max];
    for (uint32_t j = 0; j < order; ++j) {
        const float *const row = set->hessian[j];
        if (!(row[j] > 1e-5F)) {
            return false;
        }
        inverse[j] = 1.0F / row[j];
        for (uint32_t i = j + 1; i < order; ++i) {
            const float  factor = row[i] * inverse[j];
            const rv_vf  wide   = rv_splat(factor);
            float *const into   = set->hessian[i];
            for (uint32_t k = i / lanes * lanes; k < end; k += lanes) {
                RV_EACH_PART(rv_store(into + k + I * RV_WIDTH, RV_WIDTH,
                                      PART(into + k) - wide * PART(row + k));)
            }
            set->step[i] -= factor * set->step[j];
        }
    }
    for (uint32_t j = order; j-- > 0;) {
        float value = set->step[j];
        for (uint32_t k = j + 1; k < order; ++k) {
            value -= set->hessian[j][k] * set->step[k];
        }
        set->step[j] = value * inverse[j];
    }
    return true;
}

/// The part of the step, at most 1, at which the first tap reaches zero; that tap is
/// made to hit it
static float
first_crossing(rv_cir_working *const set, const uint32_t m, const uint8_t *const at)
{
    float    part  = 1.0F;
    uint32_t which = m;
    for (uint32_t s = 0; s < m; ++s) {
        const float re    = set->re[at[s]];
        const float im    = set->im[at[s]];
        const float size  = re * re + im * im;
        const float along = set->step[s] * re + set->step[s + m] * im;
        if (size + part * along <= 0.0F) {
            part  = -size / along;
            which = s;
        }
    }
    if (which < m) {
        set->step[which]     = -set->re[at[which]] / part;
        set->step[which + m] = -set->im[at[which]] / part;
    }
    return part;
}

/// Twice the change of the objective for `part` of the step; q is what it was before,
/// pull what the whole step takes from it
static float
change_of(const rv_cir_working *const set, const float lambda, const float part,
          const uint32_t m, const uint8_t *const at, const float *const pull_re,
          const float *const pull_im)
{
    float penalty = 0.0F;
    float smooth  = 0.0F;
    for (uint32_t s = 0; s < m; ++s) {
        const uint32_t i    = at[s];
        const float    d_re = part * set->step[s];
        const float    d_im = part * set->step[s + m];
        const float    re   = set->re[i] + d_re;
        const float    im   = set->im[i] + d_im;
        penalty += __builtin_sqrtf(re * re + im * im) -
                   __builtin_sqrtf(set->re[i] * set->re[i] + set->im[i] * set->im[i]);
        smooth += d_re * (part * pull_re[i] - 2.0F * set->q_re[i]) +
                  d_im * (part * pull_im[i] - 2.0F * set->q_im[i]);
    }
    return 2.0F * lambda * penalty + smooth;
}

/// Take the step, or a half, or a quarter; false, with everything as before, when the
/// objective would still rise
static bool
take_step(rv_cir_working *const set, const float lambda, const uint32_t m,
          const uint8_t *const at, float part)
{
    const uint32_t n = (set->n + lanes - 1U) / lanes * lanes;
    float          pull_re[RV_CIR_WORKING];
    float          pull_im[RV_CIR_WORKING];
    memcpy(pull_re, set->q_re, sizeof pull_re);
    memcpy(pull_im, set->q_im, sizeof pull_im);
    for (uint32_t s = 0; s < m; ++s) {
        move_by(set, at[s], set->step[s], set->step[s + m]);
    }
    for (uint32_t j = 0; j < n; ++j) {
        const float re = pull_re[j];
        const float im = pull_im[j];
        pull_re[j]     = re - set->q_re[j];
        pull_im[j]     = im - set->q_im[j];
        set->q_re[j]   = re;
        set->q_im[j]   = im;
    }
    const float least = 0.2F * part;
    while (!(change_of(set, lambda, part, m, at, pull_re, pull_im) <= 0.0F)) {
        part *= 0.5F;
        if (part < least) {
            return false;
        }
    }
    for (uint32_t s = 0; s < m; ++s) {
        const uint32_t i   = at[s];
        const float    old = set->re[i] * set->re[i] + set->im[i] * set->im[i];
        set->re[i] += part * set->step[s];
        set->im[i] += part * set->step[s + m];
        const float now = set->re[i] * set->re[i] + set->im[i] * set->im[i];
        if (now <= 1e-10F * old) {
            move_by(set, i, -set->re[i], -set->im[i]);
            set->re[i] = 0.0F;
            set->im[i] = 0.0F;
        }
    }
    for (uint32_t j = 0; j < n; ++j) {
        set->q_re[j] -= part * pull_re[j];
        set->q_im[j] -= part * pull_im[j];
    }
    return true;
}

static rv_cir_progress
newton(rv_cir_working *const set, const float lambda, const float stop)
{
    uint8_t  at[RV_CIR_NEWTON];
    uint32_t m = 0;
    for (uint32_t i = 0; i < set->n; ++i) {
        if (set->re[i] != 0.0F || set->im[i] != 0.0F) {
            if (m == RV_CIR_NEWTON) {
                return RV_CIR_STUCK;
            }
            at[m++] = (uint8_t)i;
        }
    }
    if (make_hessian(set, lambda, m, at) <= stop * stop) {
        return RV_CIR_DONE;
    }
    if (!solve(set, 2 * m)) {
        return RV_CIR_STUCK;
    }
    return take_step(set, lambda, m, at, first_crossing(set, m, at)) ? RV_CIR_MOVED
                                                                     : RV_CIR_STUCK;
}

static bool
is_quiet(const rv_cir_working *const set, const float most)
{
    for (uint32_t i = 0; i < set->n; ++i) {
        const float q = set->q_re[i] * set->q_re[i] + set->q_im[i] * set->q_im[i];
        if (q > most * most && set->re[i] == 0.0F && set->im[i] == 0.0F) {
            return false;
        }
    }
    return true;
}

#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)

extern const rv_cir_hot JOIN(rv_cir_hot_, RV_VARIANT);
const rv_cir_hot        JOIN(rv_cir_hot_, RV_VARIANT) = {.correlate = correlate,
                                                         .power     = power_of,
                                                         .sweep     = sweep,
                                                         .newton    = newton,
                                                         .is_quiet  = is_quiet};

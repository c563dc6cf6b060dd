// SPDX-License-Identifier: MIT
#include <ruview/world/longitudinal.h>

#include "base/exact.h"

#include <ruview/math/elementary.h>
#include <ruview/math/probability.h>
#include <ruview/room/change_point.h>

#include <string.h>

static const double days_per_year  = 365.25;
static const double farthest_learn = 3.0; ///< [sigmas]

rv_longitudinal_config
rv_longitudinal_config_default(void)
{
    return (rv_longitudinal_config){.n_metrics             = 1,
                                    .min_days              = 7,
                                    .adopt_days            = 14,
                                    .false_alarms_per_year = 1.0,
                                    .slack                 = 0.5};
}

// Limit at which the two-sided CUSUM of N(0, 1) alarms once in `days`
static double
cusum_limit(const double slack, const double days)
{
    double low  = 0.1;
    double high = 50.0;
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        if (rv_cusum_run_length(slack, middle) < days) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return high;
}

rv_status
rv_longitudinal_init(rv_longitudinal *const              self,
                     const rv_longitudinal_config *const cfg)
{
    if (cfg->n_metrics < 1 || cfg->n_metrics > RV_LONGITUDINAL_METRICS ||
        cfg->min_days < 3 || cfg->adopt_days < 3 ||
        !(cfg->false_alarms_per_year > 0.0 && cfg->false_alarms_per_year <= 100.0) ||
        !(cfg->slack > 0.0 && cfg->slack <= 3.0)) {
        return RV_ERR_CONFIG;
    }
    memset(self, 0, sizeof *self);
    self->cfg = *cfg;
    const double per_day =
        0.5 * cfg->false_alarms_per_year / (days_per_year * (double)cfg->n_metrics);
    self->day_limit   = -rv_normal_quantile_f64(0.5 * per_day);
    self->cusum_limit = cusum_limit(cfg->slack, 1.0 / per_day);
    return RV_OK;
}

static double
surprise(const rv_welford *const normal, const double value)
{
    const double n     = (double)normal->n;
    const double scale = rv_sqrt_f64(rv_welford_variance(normal) * (1.0 + 1.0 / n));
    const double t     = (value - normal->mean) / scale;
    // The tail of the side it lies on, which is the one with all its digits
    const double tail = rv_student_tail_f64(rv_abs_f64(t), (uint32_t)(normal->n - 1));
    const double held = tail > 1e-15 ? tail : 1e-15;
    const double z    = -rv_normal_quantile_f64(held);
    return t < 0.0 ? -z : z;
}

// One day counts for no more than `farthest_learn`, so that it takes several to be a
// trend
static double
summed(const rv_longitudinal *const self, const double sum, const double z)
{
    const double held = z > farthest_learn ? farthest_learn : z;
    const double next = sum + held - self->cfg.slack;
    const double most = self->cusum_limit + farthest_learn; // So that an alarm can end
    return next < 0.0 ? 0.0 : next > most ? most : next;
}

// On above the limit, off below half of it
static bool
alarms(const bool on, const double sum, const double limit)
{
    return sum > (on ? 0.5 * limit : limit);
}

static void
judge(const rv_longitudinal *const self, rv_longitudinal_metric *const m,
      const double value, rv_longitudinal_verdict *const out)
{
    out->z     = surprise(&m->normal, value);
    m->up      = summed(self, m->up, out->z);
    m->down    = summed(self, m->down, -out->z);
    out->up    = m->up;
    out->down  = m->down;
    m->rising  = alarms(m->rising, m->up, self->cusum_limit);
    m->falling = alarms(m->falling, m->down, self->cusum_limit);
    if (m->rising || m->falling) {
        out->trend = m->rising ? RV_TREND_RISING : RV_TREND_FALLING;
    } else if (rv_abs_f64(out->z) > self->day_limit) {
        out->trend = RV_TREND_UNUSUAL_DAY;
    }
}

static void
learn(const rv_longitudinal *const self, rv_longitudinal_metric *const m,
      const double value, rv_longitudinal_verdict *const out)
{
    const bool moving = out->trend == RV_TREND_RISING || out->trend == RV_TREND_FALLING;
    if (!moving && rv_abs_f64(out->z) <= farthest_learn) {
        rv_welford_push(&m->normal, value);
        m->aside = (rv_welford){0};
        return;
    }
    rv_welford_push(&m->aside, value);
    if (m->aside.n >= self->cfg.adopt_days) {
        m->normal    = m->aside;
        m->aside     = (rv_welford){0};
        m->up        = 0.0;
        m->down      = 0.0;
        m->rising    = false;
        m->falling   = false;
        out->adopted = true;
    }
}

rv_status
rv_longitudinal_push(rv_longitudinal *const self, const uint32_t metric,
                     const int32_t day, const double value,
                     rv_longitudinal_verdict *const out)
{
    if (metric >= self->cfg.n_metrics) {
        return RV_ERR_RANGE;
    }
    rv_longitudinal_metric *const m = &self->metric[metric];
    if (m->known && day <= m->last_day) {
        return RV_ERR_RANGE;
    }
    if (!rv_is_finite_f64(value)) {
        return RV_ERR_NONFINITE;
    }
    m->known    = true;
    m->last_day = day;
    memset(out, 0, sizeof *out);
    out->n_days = (uint32_t)m->normal.n;
    out->mean   = m->normal.mean;
    out->sigma  = rv_sqrt_f64(rv_welford_variance(&m->normal));
    if (out->n_days < self->cfg.min_days) {
        out->reason = RV_REASON_WARMING_UP;
    } else if (!(out->sigma > 0.0)) {
        out->reason = RV_REASON_LOW_QUALITY;
    } else {
        judge(self, m, value, out);
    }
    learn(self, m, value, out);
    return RV_OK;
}

const char *
rv_trend_name(const rv_trend trend)
{
    static const char *const names[] = {"usual", "unusual_day", "rising", "falling"};
    return (unsigned)trend < sizeof names / sizeof *names ? names[trend] : "?";
}

// SPDX-License-Identifier: MIT
#include <ruview/room/field_model.h>

#include "base/try.h"
#include "room/room_math.h"

#include <ruview/base/arena.h>
#include <ruview/math/linalg.h>
#include <ruview/math/order.h>
#include <ruview/math/stats.h>

#include <string.h>

rv_field_model_config
rv_field_model_config_default(const uint32_t n_tones)
{
    return (rv_field_model_config){
        .n_tones      = n_tones,
        .max_modes    = 3,
        .min_frames   = 1200,
        .window       = 50,
        .false_alarms = 1e-4F,
        .expiry_us    = UINT64_C(86400000000),
        .mode_margin  = 1.02F,
    };
}

static rv_status
check_config(const rv_field_model_config *const c)
{
    const bool ok = c->n_tones >= 4 && c->n_tones <= RV_FIELD_MAX_TONES &&
                    c->max_modes <= RV_FIELD_MAX_MODES && c->max_modes < c->n_tones &&
                    c->min_frames >= 2 * c->n_tones && c->window >= 1 &&
                    c->window <= 1024 && room_in_range(c->false_alarms, 1e-12F, 0.4F) &&
                    c->expiry_us >= 1 && room_in_range(c->mode_margin, 1.0F, 100.0F);
    return ok ? RV_OK : RV_ERR_CONFIG;
}

static void
lay_out(rv_field_model *const self, rv_arena *const arena)
{
    const size_t n = self->cfg.n_tones;
    self->mean     = rv_arena_take(arena, n, sizeof(double));
    self->moment   = rv_arena_take(arena, n * n, sizeof(double));
    self->mode     = rv_arena_take(arena, n * n, sizeof(double));
    self->value    = rv_arena_take(arena, n, sizeof(double));
    self->work     = rv_arena_take(arena, n > RV_FIELD_HISTORY ? n : RV_FIELD_HISTORY,
                                   sizeof(double));
    self->residual = rv_arena_take(arena, self->cfg.window, sizeof(double));
    self->history  = rv_arena_take(arena, RV_FIELD_HISTORY, sizeof(double));
}

rv_status
rv_field_model_size(const rv_field_model_config *const cfg, size_t *const n_bytes)
{
    RV_TRY(check_config(cfg));
    rv_field_model self  = {.cfg = *cfg};
    rv_arena       arena = {0};
    lay_out(&self, &arena);
    *n_bytes = arena.used;
    return RV_OK;
}

// Upper normal quantile for p <= 0.5 within 4.5e-4: "Approximations for Digital
// Computers" (1955), sheet 68
static double
normal_quantile(const double p)
{
    const double t = rv_sqrt_f64(-2.0 * rv_log_f64(p));
    return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                   (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

// Upper quantile of a new value over a median and a scatter that came from n values
static double
predictive_quantile(const double z, const double n)
{
    const double freedom = 0.37 * (n - 1.0);
    const double u       = z * (8.0 * freedom + 3.0) / (8.0 * freedom + 1.0);
    const double t       = rv_sqrt_f64(freedom * (rv_exp_f64(u * u / freedom) - 1.0));
    return t * rv_sqrt_f64(1.0 + 1.5707963267948966 / n);
}

rv_status
rv_field_model_init(rv_field_model *const self, const rv_field_model_config *const cfg,
                    void *const mem, const size_t n_bytes)
{
    rv_arena arena  = {0};
    size_t   needed = 0;
    RV_TRY(rv_field_model_size(cfg, &needed));
    RV_TRY(rv_arena_open(&arena, mem, n_bytes, needed));
    *self = (rv_field_model){.cfg = *cfg};
    lay_out(self, &arena);
    self->z     = normal_quantile((double)cfg->false_alarms);
    self->limit = self->z;
    rv_field_model_reset(self);
    return RV_OK;
}

void
rv_field_model_reset(rv_field_model *const self)
{
    const size_t n   = self->cfg.n_tones;
    self->state      = RV_FIELD_EMPTY;
    self->n_frames   = 0;
    self->n_modes    = 0;
    self->n_found    = 0;
    self->next       = 0;
    self->filled     = 0;
    self->n_history  = 0;
    self->n_learning = 0;
    self->learning   = 0.0;
    self->limit      = self->z;
    memset(self->mean, 0, n * sizeof(double));
    memset(self->moment, 0, n * n * sizeof(double));
}

// The vector without its common level; false when it is not finite
static bool
level_out(const rv_field_model *const self, const float *const level_db,
          double *const out)
{
    const uint32_t n   = self->cfg.n_tones;
    double         sum = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        sum += (double)level_db[k];
    }
    for (uint32_t k = 0; k < n; ++k) {
        out[k] = (double)level_db[k] - sum / n;
    }
    return rv_is_finite_f64(sum);
}

rv_status
rv_field_model_feed(rv_field_model *const self, const float *const level_db)
{
    const uint32_t n = self->cfg.n_tones;
    double *const  x = self->work;
    if (self->state == RV_FIELD_READY) {
        return RV_ERR_STATE;
    }
    if (!level_out(self, level_db, x)) {
        return RV_ERR_NONFINITE;
    }
    // Running mean and centred products: no large numbers are subtracted later
    self->state        = RV_FIELD_COLLECTING;
    const double count = (double)++self->n_frames;
    for (uint32_t k = 0; k < n; ++k) {
        x[k] -= self->mean[k];
        self->mean[k] += x[k] / count;
    }
    const double weight = (count - 1.0) / count;
    for (uint32_t i = 0; i < n; ++i) {
        double *const row = self->moment + (size_t)i * n;
        for (uint32_t j = 0; j < n; ++j) {
            row[j] += weight * x[i] * x[j];
        }
    }
    return RV_OK;
}

double
rv_marchenko_pastur_median(const double gamma)
{
    enum { steps = 2000 };
    // x = 1 + gamma + 2 sqrt(gamma) sin(t): the density becomes smooth in t
    const double root  = rv_sqrt_f64(gamma);
    const double width = 3.141592653589793 / steps;
    double       total = 0.0;
    for (uint32_t pass = 0; pass < 2; ++pass) {
        double sum = 0.0;
        for (uint32_t i = 0; i < steps; ++i) {
            const double t       = -1.5707963267948966 + (i + 0.5) * width;
            const double c       = rv_cos_f64(t);
            const double x       = 1.0 + gamma + 2.0 * root * rv_sin_f64(t);
            const double density = c * c / x;
            if (pass == 1 && sum + density > 0.5 * total) {
                const double part = (0.5 * total - sum) / density;
                const double at   = -1.5707963267948966 + (i + part) * width;
                return 1.0 + gamma + 2.0 * root * rv_sin_f64(at);
            }
            sum += density;
        }
        total = sum;
    }
    return 1.0;
}

static void
choose_modes(rv_field_model *const self, const double gamma)
{
    const uint32_t n = self->cfg.n_tones;
    // Removing the common level took one dimension away: the last value is zero
    const uint32_t dims = n - 1;
    const double   middle =
        dims % 2 ? self->value[dims / 2]
                   : 0.5 * (self->value[dims / 2 - 1] + self->value[dims / 2]);
    self->noise_db2   = middle / rv_marchenko_pastur_median(gamma);
    const double root = 1.0 + rv_sqrt_f64(gamma);
    const double edge = (double)self->cfg.mode_margin * self->noise_db2 * root * root;
    double       all  = 0.0;
    double       kept = 0.0;
    self->n_found     = 0;
    for (uint32_t k = 0; k < dims; ++k) {
        self->n_found += (self->value[k] > edge);
        all += self->value[k];
    }
    self->n_modes =
        self->n_found < self->cfg.max_modes ? self->n_found : self->cfg.max_modes;
    for (uint32_t k = 0; k < self->n_modes; ++k) {
        kept += self->value[k];
    }
    self->explained = all > 0.0 ? kept / all : 0.0;
}

rv_status
rv_field_model_finalise(rv_field_model *const self, const uint64_t t_us)
{
    const uint32_t n = self->cfg.n_tones;
    if (self->state != RV_FIELD_COLLECTING || self->n_frames < self->cfg.min_frames) {
        return RV_ERR_STATE;
    }
    const double over = 1.0 / ((double)self->n_frames - 1.0);
    for (uint32_t i = 0; i < n * n; ++i) {
        self->moment[i] *= over;
    }
    RV_TRY(rv_eigen_symmetric_f64(self->moment, n, self->value, self->mode));
    choose_modes(self, (double)(n - 1) / (double)self->n_frames);
    // Energy is in units of the noise: 1 by theory, scattered as a chi-square mean
    const double freedom = (double)self->cfg.window * (n - 1 - self->n_modes);
    self->empty_median   = 1.0 - 2.0 / (3.0 * freedom);
    self->empty_sigma    = rv_sqrt_f64(2.0 / freedom);
    self->calibrated_us  = t_us;
    self->state          = RV_FIELD_READY;
    return RV_OK;
}

// Squared length outside the modes over its expectation; the size inside them
static double
project(rv_field_model *const self, double *const x, double *const drift)
{
    const uint32_t n      = self->cfg.n_tones;
    double         inside = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        x[k] -= self->mean[k];
    }
    for (uint32_t m = 0; m < self->n_modes; ++m) {
        const double *const mode = self->mode + (size_t)m * n;
        double              p    = 0.0;
        for (uint32_t k = 0; k < n; ++k) {
            p += x[k] * mode[k];
        }
        for (uint32_t k = 0; k < n; ++k) {
            x[k] -= p * mode[k];
        }
        inside += p * p / self->value[m];
    }
    double sum = 0.0;
    for (uint32_t k = 0; k < n; ++k) {
        sum += x[k] * x[k];
    }
    *drift             = self->n_modes != 0 ? rv_sqrt_f64(inside / self->n_modes) : 0.0;
    const double noise = self->noise_db2 > 1e-12 ? self->noise_db2 : 1e-12;
    return sum / (noise * (n - 1 - self->n_modes));
}

rv_status
rv_field_model_learn(rv_field_model *const self, const float *const level_db)
{
    if (self->state != RV_FIELD_READY) {
        return RV_ERR_STATE;
    }
    if (!level_out(self, level_db, self->work)) {
        return RV_ERR_NONFINITE;
    }
    double drift = 0.0;
    self->learning += project(self, self->work, &drift);
    if (++self->n_learning < self->cfg.window) {
        return RV_OK;
    }
    // Windows do not overlap, so that they count as independent
    self->history[self->n_history % RV_FIELD_HISTORY] =
        self->learning / self->cfg.window;
    ++self->n_history;
    self->learning   = 0.0;
    self->n_learning = 0;
    const uint32_t n =
        self->n_history < RV_FIELD_HISTORY ? self->n_history : RV_FIELD_HISTORY;
    if (n >= RV_FIELD_LEAST_HISTORY) {
        const double theory = self->empty_sigma;
        self->empty_median  = rv_median_f64(self->history, n, self->work);
        const double scatter =
            RV_SIGMA_PER_MAD_F64 *
            rv_mad_f64(self->history, n, self->empty_median, self->work);
        self->empty_sigma = scatter > theory ? scatter : theory;
        self->limit       = predictive_quantile(self->z, (double)n);
    }
    return RV_OK;
}

static double
push_residual(rv_field_model *const self, const double energy)
{
    self->residual[self->next] = energy;
    self->next                 = (self->next + 1) % self->cfg.window;
    self->filled += (self->filled < self->cfg.window);
    double sum = 0.0;
    for (uint32_t i = 0; i < self->filled; ++i) {
        sum += self->residual[i];
    }
    return sum / self->filled;
}

rv_status
rv_field_model_push(rv_field_model *const self, const float *const level_db,
                    const uint64_t t_us, rv_field_frame *const out)
{
    memset(out, 0, sizeof *out);
    out->threshold = (float)self->limit;
    out->energy    = rv_unknown(RV_REASON_NOT_CALIBRATED);
    if (self->state != RV_FIELD_READY) {
        out->reason = RV_REASON_NOT_CALIBRATED;
    } else if (t_us > self->calibrated_us &&
               t_us - self->calibrated_us > self->cfg.expiry_us) {
        out->reason = RV_REASON_STALE;
    } else if (!level_out(self, level_db, self->work)) {
        out->reason = RV_REASON_NONFINITE;
    }
    if (out->reason != RV_REASON_NONE) {
        out->energy.reason = out->reason;
        return RV_OK;
    }
    double       drift  = 0.0;
    const double energy = push_residual(self, project(self, self->work, &drift));
    out->drift          = (float)drift;
    if (self->filled < self->cfg.window) {
        out->reason        = RV_REASON_WARMING_UP;
        out->energy.reason = RV_REASON_WARMING_UP;
        return RV_OK;
    }
    // As good as its scatter is known
    const uint32_t n =
        self->n_history < RV_FIELD_HISTORY ? self->n_history : RV_FIELD_HISTORY;
    const double quality = n > 3 ? 1.0 - 1.0 / rv_sqrt_f64(2.0 * 0.37 * (n - 1)) : 0.0;
    out->energy    = rv_known((float)energy, (float)self->empty_sigma, (float)quality);
    out->statistic = (float)((energy - self->empty_median) / self->empty_sigma);
    out->present   = out->statistic > out->threshold;
    return RV_OK;
}

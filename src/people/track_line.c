// SPDX-License-Identifier: MIT
#include "people/track_line.h"

#include "base/exact.h"

#include <ruview/math/elementary.h>

// Least that a line is drawn through
enum { least_points = 6, shortest_us = 500000 };

// Mean squared residual over its variance above which it was no straight line
static const double crooked = 2.0;

// Lines that do not continue each other: chi-square, 8 degrees of freedom, 99 %
static const double no_fit = 20.09;

// A detector's bias does not average out: least scatter of a place [m]
static const double place_floor_m = 0.03;

static double
seconds(const uint64_t later, const uint64_t earlier)
{
    return later >= earlier ? (double)(later - earlier) * 1e-6
                            : -(double)(earlier - later) * 1e-6;
}

void
rv_trail_push(rv_track_trail *const trail, const uint64_t t_us, const double z[2],
              const double r[3], const uint64_t span_us)
{
    const uint32_t newest = (trail->next + RV_TRACKER_TRAIL - 1) % RV_TRACKER_TRAIL;
    if (trail->count != 0 &&
        t_us < trail->point[newest].t_us + span_us / RV_TRACKER_TRAIL) {
        return;
    }
    trail->point[trail->next] =
        (rv_track_point){.t_us   = t_us,
                         .at_m   = {(float)z[0], (float)z[1]},
                         .var_m2 = (float)(0.5 * (r[0] + r[2]))};
    trail->next = (trail->next + 1) % RV_TRACKER_TRAIL;
    trail->count += trail->count < RV_TRACKER_TRAIL;
}

// The point seen `age` points ago
static const rv_track_point *
point_at(const rv_track_trail *const trail, const uint32_t age)
{
    return &trail->point[(trail->next + 2 * RV_TRACKER_TRAIL - 1 - age) %
                         RV_TRACKER_TRAIL];
}

// Residuals of the n newest points: their size, and how much neighbours share
typedef struct {
    double crooked; ///< Mean square over variance
    double share;   ///< Correlation of neighbours, 0..1
} residue;

static residue
judge(const rv_track_trail *const trail, const uint32_t n,
      const rv_track_line *const line)
{
    double sum = 0.0, steps = 0.0, expected = 0.0, before[2] = {0.0, 0.0};
    for (uint32_t age = 0; age < n; ++age) {
        const rv_track_point *const p  = point_at(trail, age);
        const double                dt = seconds(p->t_us, line->t_us);
        for (uint32_t k = 0; k < 2; ++k) {
            const double off =
                (double)p->at_m[k] - (line->at_m[k] + dt * line->velocity_mps[k]);
            sum += off * off / (double)p->var_m2;
            steps += age != 0 ? (off - before[k]) * (off - before[k]) : 0.0;
            expected += age != 0 ? 2.0 * (double)p->var_m2 : 0.0;
            before[k] = off;
        }
    }
    const double share = expected > 0.0 ? 1.0 - steps / expected : 0.0;
    return (residue){.crooked = sum / (2.0 * n),
                     .share   = share < 0.0    ? 0.0
                                : share > 0.97 ? 0.97
                                               : share};
}

static rv_track_line
fit_newest(const rv_track_trail *const trail, const uint32_t n, residue *const how)
{
    rv_track_line line = {.t_us = point_at(trail, n - 1)->t_us};
    double        sum = 0.0, mean = 0.0, var = 0.0;
    for (uint32_t age = 0; age < n; ++age) {
        const rv_track_point *const p = point_at(trail, age);
        const double                w = 1.0 / (double)p->var_m2;
        sum += w;
        mean += w * seconds(p->t_us, line.t_us);
        for (uint32_t k = 0; k < 2; ++k) {
            line.at_m[k] += w * (double)p->at_m[k];
        }
    }
    mean /= sum;
    line.at_m[0] /= sum;
    line.at_m[1] /= sum;
    const uint64_t oldest = line.t_us;
    for (uint32_t age = 0; age < n; ++age) {
        const rv_track_point *const p  = point_at(trail, age);
        const double                w  = 1.0 / (double)p->var_m2;
        const double                dt = seconds(p->t_us, oldest) - mean;
        var += w * dt * dt;
        for (uint32_t k = 0; k < 2; ++k) {
            line.velocity_mps[k] += w * dt * ((double)p->at_m[k] - line.at_m[k]);
        }
    }
    line.velocity_mps[0] /= var;
    line.velocity_mps[1] /= var;
    line.t_us = oldest + (uint64_t)rv_to_i64(mean * 1e6);
    *how      = judge(trail, n, &line);
    // Neighbours that share their error count for less
    const double inflation = (1.0 + how->share) / (1.0 - how->share);
    line.place_var         = inflation / sum + place_floor_m * place_floor_m;
    line.velocity_var      = inflation / var;
    line.valid             = true;
    return line;
}

rv_track_line
rv_trail_fit(const rv_track_trail *const trail, const uint64_t span_us)
{
    rv_track_line best = {.valid = false};
    uint64_t      span = span_us;
    for (uint32_t attempt = 0; attempt < 3; ++attempt, span /= 2) {
        uint32_t n = 0;
        while (n < trail->count &&
               point_at(trail, n)->t_us + span >= point_at(trail, 0)->t_us) {
            ++n;
        }
        if (n < least_points ||
            point_at(trail, 0)->t_us - point_at(trail, n - 1)->t_us < shortest_us) {
            return best;
        }
        residue how;
        best = fit_newest(trail, n, &how);
        if (how.crooked < crooked) {
            return best;
        }
        // Nobody walks so: what is left of it is said to be worth less
        best.place_var *= how.crooked;
        best.velocity_var *= how.crooked;
    }
    return best;
}

void
rv_line_state(const rv_track_line *const line, const rv_line_model *const model,
              const uint64_t t_us, double x[4], double p[10])
{
    const double dt = seconds(t_us, line->t_us);
    const double t  = dt > 0.0 ? dt : 0.0;
    const double pp = line->place_var + dt * dt * line->velocity_var +
                      model->wander * t * t * t / 3.0;
    const double pv = dt * line->velocity_var + model->wander * t * t / 2.0;
    const double vv = line->velocity_var + model->wander * t;
    for (uint32_t k = 0; k < 2; ++k) {
        x[k]     = line->at_m[k] + dt * line->velocity_mps[k];
        x[2 + k] = line->velocity_mps[k];
    }
    const double full[10] = {pp, 0.0, pv, 0.0, pp, 0.0, pv, vv, 0.0, vv};
    for (uint32_t k = 0; k < 10; ++k) {
        p[k] = full[k];
    }
}

// Log density of `out` when `in` walks on; adds its squared sigmas, 4 degrees of
// freedom
static double
goes_on_as(const rv_track_line *const in, const rv_track_line *const out,
           const rv_line_model *const model, double *const misfit)
{
    double x[4], p[10], sum = 0.0;
    rv_line_state(in, model, out->t_us, x, p);
    const double pp  = p[0] + out->place_var;
    const double pv  = p[2];
    const double vv  = p[7] + out->velocity_var;
    const double det = pp * vv - pv * pv;
    for (uint32_t k = 0; k < 2; ++k) {
        const double dp = out->at_m[k] - x[k];
        const double dv = out->velocity_mps[k] - x[2 + k];
        sum -= 0.5 * (vv * dp * dp - 2.0 * pv * dp * dv + pp * dv * dv) / det;
    }
    *misfit -= 2.0 * sum;
    return sum - rv_log_f64(det);
}

// The same when it went anywhere else in the meantime, as seen from both
static double
went_elsewhere(const rv_track_line in[2], const rv_track_line *const out,
               const rv_line_model *const model)
{
    double x[2][4], p[10], sum = 0.0;
    rv_line_state(&in[0], model, out->t_us, x[0], p);
    rv_line_state(&in[1], model, out->t_us, x[1], p);
    const double dt  = seconds(out->t_us, in[0].t_us);
    const double far = 1.0 + model->speed_mps * (dt > 0.0 ? dt : 0.0);
    const double vv  = model->speed_mps * model->speed_mps + out->velocity_var;
    for (uint32_t k = 0; k < 2; ++k) {
        const double dp = out->at_m[k] - 0.5 * (x[0][k] + x[1][k]);
        const double dv = out->velocity_mps[k];
        sum -= 0.5 * (dp * dp / (far * far) + dv * dv / vv);
    }
    return sum - rv_log_f64(far * far * vv);
}

static double
log_sum(const double a, const double b)
{
    const double high = a > b ? a : b;
    const double low  = a > b ? b : a;
    return high + rv_log_f64(1.0 + rv_exp_f64(low - high));
}

double
rv_line_choice(const rv_track_line in[2], const rv_track_line out[2],
               const rv_line_model *const model)
{
    double       off[2] = {0.0, 0.0};
    const double walk   = rv_log_f64(1.0 - model->unsteady);
    const double stop   = rv_log_f64(model->unsteady);
    const double either =
        stop + went_elsewhere(in, &out[0], model) + went_elsewhere(in, &out[1], model);
    const double kept = walk + goes_on_as(&in[0], &out[0], model, &off[0]) +
                        goes_on_as(&in[1], &out[1], model, &off[0]);
    const double crossed = walk + goes_on_as(&in[0], &out[1], model, &off[1]) +
                           goes_on_as(&in[1], &out[0], model, &off[1]);
    if (off[0] > no_fit && off[1] > no_fit) {
        return 0.0; // Nobody walked on
    }
    return log_sum(kept, either) - log_sum(crossed, either);
}

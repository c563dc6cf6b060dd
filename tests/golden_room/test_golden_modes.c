// SPDX-License-Identifier: MIT
// The reference's field model as it was built: without eigenvectors, so that a "mode"
// is the tone of greatest variance.
#include "cmocka_rv.h"
#include "golden_rv.h"

#include <stdbool.h>

void field_model_cases(void **state);
void welford_cases(void **state);

enum { max_l = 3, max_s = 56 };

typedef struct {
    double count, mean, m2;
} welford;

static void
add(welford *const w, const double x)
{
    const double d = x - w->mean;
    w->count += 1.0;
    w->mean += d / w->count;
    w->m2 += d * (x - w->mean);
}

static double
variance(const welford *const w)
{
    return w->count < 2 ? 0.0 : w->m2 / w->count;
}

static void
check_observation(const json_t *const rows, const json_t *const wanted,
                  welford w[max_l][max_s], const size_t *const mode,
                  const size_t n_modes, const size_t n_l, const size_t n_s)
{
    double              total     = 0.0;
    const json_t *const residuals = json_object_get(wanted, "residuals");
    const json_t *const energies  = json_object_get(wanted, "energies");
    const json_t *const projections =
        json_object_get(wanted, "environmental_projections");
    for (size_t l = 0; l < n_l; ++l) {
        double x[max_s], residual[max_s], inside = 0.0, sum = 0.0;
        golden_f64(json_array_get(rows, l), x, max_s);
        for (size_t s = 0; s < n_s; ++s) {
            x[s] -= w[l][s].mean;
        }
        for (size_t m = 0; m < n_modes; ++m) {
            inside += fabs(x[mode[m]]);
            x[mode[m]] = 0.0;
        }
        golden_f64(json_array_get(residuals, l), residual, max_s);
        for (size_t s = 0; s < n_s; ++s) {
            assert_true(golden_near(x[s], residual[s], 1e-12, 1e-12));
            sum += x[s] * x[s];
        }
        total += sqrt(sum);
        assert_true(golden_near(sqrt(sum), golden_number(json_array_get(energies, l)),
                                1e-12, 1e-12));
        assert_true(golden_near(inside, golden_number(json_array_get(projections, l)),
                                1e-12, 1e-12));
    }
    assert_true(golden_near(total, golden_get(wanted, "total_energy"), 1e-12, 1e-12));
}

static void
field_case(const json_t *const one)
{
    const json_t *const config  = json_object_get(one, "config");
    const json_t *const inputs  = json_object_get(one, "inputs");
    const json_t *const outputs = json_object_get(one, "outputs");
    const json_t *const modes   = json_object_get(outputs, "modes");
    const size_t        n_l     = (size_t)golden_get(config, "n_links");
    const size_t        n_s     = (size_t)golden_get(config, "n_subcarriers");
    const size_t        k       = (size_t)golden_get(config, "n_modes");
    const size_t        n_modes = k < n_s ? k : n_s;
    static welford      w[max_l][max_s];
    memset(w, 0, sizeof w);
    const json_t *const frames = json_object_get(inputs, "calibration_frames");
    for (size_t f = 0; f < json_array_size(frames); ++f) {
        for (size_t l = 0; l < n_l; ++l) {
            double x[max_s];
            golden_f64(json_array_get(json_array_get(frames, f), l), x, max_s);
            for (size_t s = 0; s < n_s; ++s) {
                add(&w[l][s], x[s]);
            }
        }
    }
    double mean_variance[max_s] = {0};
    size_t mode[8];
    bool   used[max_s] = {false};
    for (size_t s = 0; s < n_s; ++s) {
        for (size_t l = 0; l < n_l; ++l) {
            mean_variance[s] += variance(&w[l][s]) / (double)n_l;
        }
    }
    const json_t *const energies = json_object_get(modes, "mode_energies");
    assert_int_equal(json_array_size(energies), n_modes);
    for (size_t m = 0; m < n_modes; ++m) {
        size_t best = n_s;
        for (size_t s = 0; s < n_s; ++s) {
            if (!used[s] && (best == n_s || mean_variance[s] > mean_variance[best])) {
                best = s;
            }
        }
        used[best] = true;
        mode[m]    = best;
        assert_true(golden_near(mean_variance[best],
                                golden_number(json_array_get(energies, m)), 1e-12,
                                1e-15));
        const json_t *const vector =
            json_array_get(json_object_get(modes, "environmental_modes"), m);
        assert_true(golden_number(json_array_get(vector, best)) == 1.0);
    }
    const json_t *const baseline = json_object_get(modes, "baseline");
    for (size_t l = 0; l < n_l; ++l) {
        double wanted[max_s];
        golden_f64(json_array_get(baseline, l), wanted, max_s);
        for (size_t s = 0; s < n_s; ++s) {
            assert_true(golden_near(w[l][s].mean, wanted[s], 1e-12, 1e-15));
        }
    }
    const json_t *const observations  = json_object_get(inputs, "observations");
    const json_t *const perturbations = json_object_get(outputs, "perturbations");
    for (size_t o = 0; o < json_array_size(observations); ++o) {
        check_observation(json_array_get(observations, o),
                          json_array_get(perturbations, o), w, mode, n_modes, n_l, n_s);
    }
}

void
field_model_cases(void **state)
{
    json_t *const root = golden_load("field_model");
    if (!root) {
        return;
    }
    int           n = 0;
    size_t        index;
    const json_t *one;
    json_array_foreach(json_object_get(root, "cases"), index, one)
    {
        if (json_object_get(json_object_get(one, "outputs"), "modes")) {
            field_case(one);
            ++n;
        }
    }
    assert_true(n >= 7);
    json_decref(root);
}

void
welford_cases(void **state)
{
    json_t *const root = golden_load("field_model");
    if (!root) {
        return;
    }
    size_t        index;
    const json_t *one;
    json_array_foreach(json_object_get(root, "cases"), index, one)
    {
        const json_t *const inputs = json_object_get(one, "inputs");
        if (!json_object_get(inputs, "values")) {
            continue;
        }
        double       x[64];
        const size_t n = golden_f64(json_object_get(inputs, "values"), x, 64);
        welford      w = {0};
        for (size_t i = 0; i < n; ++i) {
            add(&w, x[i]);
        }
        const json_t *const all =
            json_object_get(json_object_get(one, "outputs"), "all");
        assert_true(golden_near(w.mean, golden_get(all, "mean"), 1e-15, 0));
        assert_true(golden_near(w.m2, golden_get(all, "m2"), 1e-12, 0));
        assert_true(golden_near(variance(&w), golden_get(all, "variance"), 1e-12, 0));
    }
    json_decref(root);
}

// SPDX-License-Identifier: MIT
// The reference's vectors, where this pipeline keeps the mathematics:
//   hampel, csi_ratio (products, in f32), subcarrier_selection (variances and their
//   order), multistatic (attention weights and their entropy), phase_align (static
//   tones, circular offset), calibration (Welford and circular mean), array_geometry
//   (angular distance, Cramer-Rao bound as the monostatic case), mesh_guard (cuts),
//   multiband (order, correlation).
#include "cmocka_rv.h"

#include <ruview/fusion/attention.h>
#include <ruview/fusion/geometry.h>
#include <ruview/fusion/mesh_guard.h>
#include <ruview/math/order.h>
#include <ruview/math/stats.h>
#include <ruview/prep/align.h>
#include <ruview/prep/despike.h>
#include <ruview/prep/multiband.h>
#include <ruview/prep/sanitise.h>

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *
load(const char *const name)
{
    char         path[512];
    json_error_t error;
    snprintf(path, sizeof path, "%s/golden/%s.json", RV_SHARED, name);
    json_t *const root = json_load_file(path, 0, &error);
    if (!root) {
        print_message("not run: no data (%s)\n", path);
    }
    return root;
}

static double
number(const json_t *const j)
{
    if (json_is_string(j)) {
        const char *const s = json_string_value(j);
        return strcmp(s, "NaN") == 0 ? NAN : s[0] == '-' ? -INFINITY : INFINITY;
    }
    return json_number_value(j);
}

static size_t
numbers(const json_t *const a, double *const out, const size_t room)
{
    const size_t n = json_array_size(a);
    assert_true(n <= room);
    for (size_t i = 0; i < n; ++i) {
        out[i] = number(json_array_get(a, i));
    }
    return n;
}

static size_t
floats(const json_t *const a, float *const out, const size_t room)
{
    const size_t n = json_array_size(a);
    assert_true(n <= room);
    for (size_t i = 0; i < n; ++i) {
        out[i] = (float)number(json_array_get(a, i));
    }
    return n;
}

static const json_t *
get(const json_t *const c, const char *const a, const char *const b)
{
    return json_object_get(json_object_get(c, a), b);
}

static double
configured(const json_t *const root, const json_t *const c, const char *const key)
{
    const json_t *const own = get(c, "config", key);
    return number(own ? own : get(root, "config", key));
}

static void
close_to(const double got, const double want, const double relative,
         const double absolute)
{
    if (!(fabs(got - want) <= absolute + relative * fabs(want))) {
        print_message("got %.17g, want %.17g\n", got, want);
        assert_true(fabs(got - want) <= absolute + relative * fabs(want));
    }
}

#define EACH_CASE(root, c)                                                             \
    size_t  c##_i;                                                                     \
    json_t *c;                                                                         \
    int     n_cases = 0;                                                               \
    json_array_foreach(json_object_get(root, "cases"), c##_i, c)

static void
test_hampel(void **state)
{
    json_t *const root = load("hampel");
    if (!root) {
        return;
    }
    EACH_CASE(root, c)
    {
        static double   x[512], out[512], med[512], sig[512], want[512];
        static bool     hit[512];
        size_t          found = 0;
        const size_t    n     = numbers(get(c, "inputs", "signal"), x, 512);
        const rv_status s =
            rv_hampel(x, n, (uint32_t)configured(root, c, "half_window"),
                      configured(root, c, "threshold"), 0, out, med, sig, hit, &found);
        ++n_cases;
        if (json_object_get(c, "error")) {
            const char *const name = json_string_value(get(c, "error", "name"));
            assert_int_equal(s, strcmp(name, "EmptySignal") == 0 ? RV_ERR_EMPTY
                                                                 : RV_ERR_RANGE);
            continue;
        }
        assert_int_equal(s, RV_OK);
        const json_t *const o = json_object_get(c, "outputs");
        numbers(json_object_get(o, "filtered"), want, 512);
        for (size_t i = 0; i < n; ++i) {
            close_to(out[i], want[i], 1e-14, 0);
        }
        numbers(json_object_get(o, "medians"), want, 512);
        for (size_t i = 0; i < n; ++i) {
            close_to(med[i], want[i], 1e-14, 0);
        }
        numbers(json_object_get(o, "sigma_estimates"), want, 512);
        for (size_t i = 0; i < n; ++i) {
            close_to(sig[i], want[i], 1e-14, 0);
        }
        const json_t *const index = json_object_get(o, "outlier_indices");
        assert_int_equal(found, json_array_size(index));
        for (size_t i = 0; i < json_array_size(index); ++i) {
            assert_true(hit[(size_t)number(json_array_get(index, i))]);
        }
    }
    print_message("hampel: %d cases\n", n_cases);
    json_decref(root);
}

static size_t
complex_row(const json_t *const row, float *const re, float *const im)
{
    for (size_t i = 0; i < json_array_size(row); ++i) {
        re[i] = (float)number(json_array_get(json_array_get(row, i), 0));
        im[i] = (float)number(json_array_get(json_array_get(row, i), 1));
    }
    return json_array_size(row);
}

static void
check_product(const rv_csi *const csi, const uint32_t a, const uint32_t b,
              const json_t *const want)
{
    float re[64], im[64], wr[64], wi[64];
    assert_int_equal(rv_csi_product(csi, a, b, re, im), RV_OK);
    const size_t n = complex_row(want, wr, wi);
    for (size_t k = 0; k < n; ++k) {
        const double size = hypot(wr[k], wi[k]);
        close_to(re[k], wr[k], 0, 1e-6 * size + 1e-6);
        close_to(im[k], wi[k], 0, 1e-6 * size + 1e-6);
    }
}

static void
test_csi_ratio(void **state)
{
    json_t *const root = load("csi_ratio");
    if (!root) {
        return;
    }
    EACH_CASE(root, c)
    {
        float  re[4 * 64], im[4 * 64];
        rv_csi csi = {.re = re, .im = im};
        if (json_object_get(c, "error")) {
            continue; // shapes that rv_csi cannot take
        }
        ++n_cases;
        const json_t *const m = get(c, "inputs", "csi");
        if (!m) {
            csi.n_streams = 2;
            csi.n_tones   = (uint16_t)complex_row(get(c, "inputs", "ref"), re, im);
            complex_row(get(c, "inputs", "target"), re + csi.n_tones, im + csi.n_tones);
            check_product(&csi, 0, 1, get(c, "outputs", "product"));
            continue;
        }
        csi.n_streams = (uint16_t)json_array_size(m);
        csi.n_tones   = (uint16_t)json_array_size(json_array_get(m, 0));
        for (size_t s = 0; s < csi.n_streams; ++s) {
            complex_row(json_array_get(m, s), re + s * csi.n_tones,
                        im + s * csi.n_tones);
        }
        size_t row = 0;
        for (uint32_t a = 0; a < csi.n_streams; ++a) {
            for (uint32_t b = a + 1; b < csi.n_streams; ++b) {
                check_product(&csi, a, b,
                              json_array_get(get(c, "outputs", "ratio"), row++));
            }
        }
    }
    print_message("csi_ratio: %d cases\n", n_cases);
    json_decref(root);
}

static size_t
column_variances(const json_t *const rows, double *const out)
{
    const size_t n = json_array_size(json_array_get(rows, 0));
    for (size_t k = 0; k < n; ++k) {
        rv_welford w = {0};
        for (size_t r = 0; r < json_array_size(rows); ++r) {
            rv_welford_push(&w, number(json_array_get(json_array_get(rows, r), k)));
        }
        out[k] = rv_welford_variance(&w);
    }
    return n;
}

static void
test_selection(void **state)
{
    json_t *const root = load("subcarrier_selection");
    if (!root) {
        return;
    }
    EACH_CASE(root, c)
    {
        double              score[64], still[64], want[64];
        float               key[64];
        uint16_t            index[64];
        const json_t *const data = get(c, "inputs", "data");
        if (json_object_get(c, "error")) {
            continue;
        }
        ++n_cases;
        const size_t n =
            column_variances(data ? data : get(c, "inputs", "motion"), score);
        if (!data) {
            column_variances(get(c, "inputs", "static"), still);
            for (size_t k = 0; k < n; ++k) {
                score[k] /= still[k] + 1e-12;
            }
        }
        numbers(get(c, "outputs", "scores"), want, 64);
        for (size_t k = 0; k < n; ++k) {
            close_to(score[k], want[k], 1e-12, 0);
            key[k] = (float)-score[k];
        }
        // The most sensitive tones are those that the aligner would pick of -score
        const json_t *const chosen = get(c, "outputs", "selected");
        const size_t        top    = json_array_size(chosen);
        rv_align_pick(key, (uint32_t)n, (uint32_t)top, index);
        for (size_t i = 0; i < top; ++i) {
            bool there = false;
            for (size_t j = 0; j < top; ++j) {
                there =
                    there || index[i] == (uint16_t)number(json_array_get(chosen, j));
            }
            assert_true(there);
        }
    }
    print_message("subcarrier_selection: %d cases\n", n_cases);
    json_decref(root);
}

static void
test_multistatic_weights(void **state)
{
    json_t *const root = load("multistatic");
    if (!root) {
        return;
    }
    int refused = 0;
    EACH_CASE(root, c)
    {
        static float        amplitude[16][256];
        const float        *profile[16];
        float               mean[256], weight[16];
        const json_t *const nodes = get(c, "inputs", "nodes");
        const json_t *const want  = get(c, "outputs", "weights");
        uint32_t            n = 0, k = 0, bad = 0;
        if (!nodes || !want) {
            continue;
        }
        for (size_t i = 0; i < json_array_size(nodes); ++i) {
            const json_t *const a =
                json_object_get(json_array_get(nodes, i), "amplitude");
            if (json_is_array(a) && json_array_size(a) > 0) {
                k          = (uint32_t)floats(a, amplitude[n], 256);
                profile[n] = amplitude[n];
                ++n;
            }
        }
        if (n != json_array_size(want)) {
            continue;
        }
        const double    t = configured(root, c, "attention_temperature");
        const rv_status s = rv_attention(profile, n, k, (float)t, mean, weight, &bad);
        if (s ==
            RV_ERR_NONFINITE) { // the reference's weights are NaN, or one node passes
            ++refused;
            continue;
        }
        assert_int_equal(s, RV_OK);
        ++n_cases;
        for (uint32_t i = 0; i < n; ++i) {
            close_to(weight[i], number(json_array_get(want, i)), 0,
                     t < 0.1 ? 1e-5 : 1e-6);
        }
        const json_t *const entropy = get(c, "outputs", "cross_node_coherence");
        const bool          gated =
            strncmp(json_string_value(json_object_get(c, "name")), "cir_", 4) == 0;
        if (entropy && !gated) {
            close_to(rv_attention_entropy(weight, n), number(entropy), 0, 1e-6);
        }
    }
    print_message("multistatic weights: %d cases, %d refused for NaN\n", n_cases,
                  refused);
    assert_true(n_cases >= 14);
    json_decref(root);
}

static void
test_phase_align(void **state)
{
    json_t *const root = load("phase_align");
    if (!root) {
        return;
    }
    int offsets = 0;
    EACH_CASE(root, c)
    {
        static float        amp[4][256], phase[4][256];
        float               var[256];
        uint16_t            index[256];
        const json_t *const channels = get(c, "inputs", "channels");
        const json_t *const chosen   = get(c, "outputs", "static_indices");
        const size_t        n_ch     = json_array_size(channels);
        if (!chosen || n_ch < 2 || n_ch > 4) {
            continue;
        }
        ++n_cases;
        uint32_t n = 0;
        for (size_t i = 0; i < n_ch; ++i) {
            const json_t *const ch = json_array_get(channels, i);
            n = (uint32_t)floats(json_object_get(ch, "amplitude"), amp[i], 256);
            floats(json_object_get(ch, "phase"), phase[i], 256);
        }
        for (uint32_t k = 0; k < n; ++k) { // the reference's: across channels
            float mean = 0, sum = 0;
            for (size_t i = 0; i < n_ch; ++i) {
                mean += amp[i][k];
            }
            mean /= (float)n_ch;
            for (size_t i = 0; i < n_ch; ++i) {
                sum += (amp[i][k] - mean) * (amp[i][k] - mean);
            }
            var[k] = sum / (float)n_ch;
        }
        const uint32_t n_pick = (uint32_t)json_array_size(chosen);
        rv_align_pick(var, n, n_pick, index);
        for (uint32_t i = 0; i < n_pick; ++i) {
            assert_int_equal(index[i], (int)number(json_array_get(chosen, i)));
        }
        // The circular mean's difference is the reference's own starting point; where
        // its iteration stays near it, both agree
        float still[256];
        for (size_t ch = 1; ch < n_ch; ++ch) {
            float mean[2];
            for (int v = 0; v < 2; ++v) {
                for (uint32_t i = 0; i < n_pick; ++i) {
                    still[i] = phase[v == 0 ? 0 : ch][index[i]];
                }
                mean[v] = rv_circular_mean_f32(still, n_pick).angle;
            }
            const double want =
                number(json_array_get(get(c, "outputs", "offsets"), ch));
            const double got = rv_wrap_f32(mean[1] - mean[0]);
            offsets += fabs(remainder(got - want, 2 * 3.14159265358979)) < 0.05;
        }
    }
    print_message("phase_align: %d cases, %d offsets within 0.05 rad\n", n_cases,
                  offsets);
    assert_true(offsets >= 6);
    json_decref(root);
}

static void
test_calibration_formulas(void **state)
{
    json_t *const root = load("calibration");
    if (!root) {
        return;
    }
    EACH_CASE(root, c)
    {
        const json_t *const frames = get(c, "inputs", "frames");
        const json_t *const base =
            json_object_get(json_object_get(c, "outputs"), "baseline");
        if (!json_is_object(base) || !frames) {
            continue;
        }
        const json_t *const first = json_array_get(frames, 0);
        const json_t *const probe = json_array_get(json_array_get(first, 0), 0);
        if (!json_is_number(probe)) {
            continue; // several streams
        }
        ++n_cases;
        static double mean[512], variance[512], phase[512], dispersion[512];
        const size_t  n = numbers(json_object_get(base, "amp_mean"), mean, 512);
        numbers(json_object_get(base, "amp_variance"), variance, 512);
        numbers(json_object_get(base, "phase_mean"), phase, 512);
        numbers(json_object_get(base, "phase_dispersion"), dispersion, 512);
        for (size_t k = 0; k < n; ++k) {
            rv_welford   w = {0};
            float        angle[1024];
            const size_t count = json_array_size(frames);
            for (size_t f = 0; f < count; ++f) {
                const json_t *const z  = json_array_get(json_array_get(frames, f), k);
                const float         re = (float)number(json_array_get(z, 0));
                const float         im = (float)number(json_array_get(z, 1));
                rv_welford_push(&w, (double)hypotf(re, im));
                angle[f] = atan2f(im, re);
            }
            const rv_circular r = rv_circular_mean_f32(angle, count);
            close_to(w.mean, mean[k], 1e-6, 0);
            close_to(rv_welford_variance(&w), variance[k], 1e-5, 1e-9);
            if (dispersion[k] < 0.99) {
                close_to(remainder(r.angle - phase[k], 2 * 3.14159265358979), 0, 0,
                         4e-6);
            }
            close_to(1 - r.length, dispersion[k], 1e-5, 2e-6);
        }
    }
    print_message("calibration: %d baselines\n", n_cases);
    assert_true(n_cases >= 5);
    json_decref(root);
}

static void
test_array_geometry(void **state)
{
    json_t *const root = load("array_geometry");
    if (!root) {
        return;
    }
    EACH_CASE(root, c)
    {
        const json_t *const pairs = get(c, "inputs", "pairs");
        for (size_t i = 0; pairs && i < json_array_size(pairs); ++i) {
            const json_t *const p = json_array_get(pairs, i);
            close_to(rv_geometry_angle((float)number(json_array_get(p, 0)),
                                       (float)number(json_array_get(p, 1))),
                     number(json_array_get(get(c, "outputs", "distance"), i)), 0, 2e-6);
        }
        const json_t *const views = get(c, "inputs", "viewpoints_x_y_noise");
        if (!views) {
            continue;
        }
        // A transmitter and receiver in one place has gradient 2u: with twice the sigma
        // its information is that of a range to one end
        rv_geometry_link    link[8] = {0};
        float               at[3]   = {0};
        const json_t *const want    = get(c, "outputs", "analytic");
        floats(get(c, "inputs", "target"), at, 2);
        const size_t n         = json_array_size(views);
        bool         has_noise = true, near = false;
        for (size_t i = 0; i < n; ++i) {
            const json_t *const v = json_array_get(views, i);
            link[i].tx_m[0] = link[i].rx_m[0] = (float)number(json_array_get(v, 0));
            link[i].tx_m[1] = link[i].rx_m[1] = (float)number(json_array_get(v, 1));
            link[i].sigma_m                   = 2 * (float)number(json_array_get(v, 2));
            link[i].weight                    = 1;
            has_noise                         = has_noise && link[i].sigma_m > 0;
            near = near || (link[i].tx_m[0] == at[0] && link[i].tx_m[1] == at[1]);
        }
        if (!has_noise || near || n < 3) {
            continue; // an invented floor, an invented direction, a rule we do not have
        }
        const rv_geometry_bound b = rv_geometry_at(link, (uint32_t)n, at);
        ++n_cases;
        assert_int_equal(b.reason == RV_REASON_NONE, json_is_object(want));
        if (json_is_object(want)) {
            // The reference's determinant is in f32, ours in f64: of the far place its
            // last digits are rounding (898.727 in long double, as here)
            const char *const name = json_string_value(json_object_get(c, "name"));
            const bool        bad  = strcmp(name, "crb_far_target") == 0 ||
                             strcmp(name, "crb_nearly_collinear") == 0;
            const double r = bad ? 1e-2 : 1e-5;
            close_to(b.crb_xx, number(json_object_get(want, "crb_x")), r, 0);
            close_to(b.crb_yy, number(json_object_get(want, "crb_y")), r, 0);
            close_to(b.rmse_m, number(json_object_get(want, "rmse_lower_bound")), r, 0);
            close_to(2 * b.gdop, number(json_object_get(want, "gdop")), r, 0);
        }
    }
    print_message("array_geometry: %d bounds\n", n_cases);
    assert_true(n_cases >= 5);
    json_decref(root);
}

static void
test_mesh_guard(void **state)
{
    json_t *const root = load("mesh_guard");
    if (!root) {
        return;
    }
    EACH_CASE(root, c)
    {
        const json_t *const steps = get(c, "inputs", "steps");
        const char *const   name  = json_string_value(json_object_get(c, "name"));
        if (strcmp(name, "duplicate_ids") == 0 || strcmp(name, "all_zero") == 0) {
            continue; // ids are unique here; of a graph without edges any node is a cut
        }
        for (size_t s = 0; s < json_array_size(steps); ++s) {
            static float        coupling[128 * 128];
            static uint32_t     work[128 * 128];
            const json_t *const m =
                json_object_get(json_array_get(steps, s), "coupling");
            const json_t *const want = json_array_get(get(c, "outputs", "reports"), s);
            const size_t        n    = json_array_size(m);
            for (size_t i = 0; i < n; ++i) {
                floats(json_array_get(m, i), coupling + i * n, n);
            }
            rv_mesh_result out;
            assert_int_equal(rv_mesh_guard(coupling, (uint32_t)n, 0.25F, work, &out),
                             RV_OK);
            if (json_is_null(want)) {
                assert_int_equal(out.state, RV_MESH_ABSENT);
                continue;
            }
            ++n_cases;
            close_to(out.cut, number(json_object_get(want, "cut_value")), 0, 1e-9);
            const json_t *const weak = json_object_get(want, "weak_side");
            const json_t *const ids =
                json_object_get(json_array_get(steps, s), "nodes");
            for (size_t i = 0; json_is_array(weak) && i < json_array_size(weak); ++i) {
                assert_int_equal(out.n_weak, json_array_size(weak));
                close_to(number(json_array_get(ids, out.weak[i])),
                         number(json_array_get(weak, i)), 0, 0);
            }
        }
    }
    print_message("mesh_guard: %d reports\n", n_cases);
    json_decref(root);
}

static void
test_multiband(void **state)
{
    json_t *const root = load("multiband");
    if (!root) {
        return;
    }
    EACH_CASE(root, c)
    {
        static float        a[8][256];
        const json_t *const channels = get(c, "inputs", "channels");
        const json_t *const want     = get(c, "outputs", "coherence");
        const size_t        n        = json_array_size(channels);
        if (!want || n < 2 || !json_is_number(want)) {
            continue;
        }
        uint32_t k      = 0;
        bool     finite = true;
        for (size_t i = 0; i < n; ++i) {
            k = (uint32_t)floats(
                json_object_get(json_array_get(channels, i), "amplitude"), a[i], 256);
            for (uint32_t t = 0; t < k; ++t) {
                finite = finite && isfinite(a[i][t]);
            }
        }
        if (!finite) {
            continue;
        }
        ++n_cases;
        double sum   = 0;
        int    pairs = 0;
        for (size_t i = 0; i < n; ++i) {
            for (size_t j = i + 1; j < n; ++j) {
                sum += (double)rv_pearson(a[i], a[j], k);
                ++pairs;
            }
        }
        close_to(0.5 * (sum / pairs + 1), number(want), 0, 1e-6);
    }
    print_message("multiband: %d cases\n", n_cases);
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hampel),
        cmocka_unit_test(test_csi_ratio),
        cmocka_unit_test(test_selection),
        cmocka_unit_test(test_multistatic_weights),
        cmocka_unit_test(test_phase_align),
        cmocka_unit_test(test_calibration_formulas),
        cmocka_unit_test(test_array_geometry),
        cmocka_unit_test(test_mesh_guard),
        cmocka_unit_test(test_multiband),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

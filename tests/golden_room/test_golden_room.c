// SPDX-License-Identifier: MIT
#include "cmocka_rv.h"
#include "golden_rv.h"

#include <stdbool.h>

void field_model_cases(void **state);
void welford_cases(void **state);

// ---- tomography: rays thickened to the voxel size, proximal gradient with a Frobenius
// step, stopped early

enum { max_voxels = 256, max_links = 16 };

typedef struct {
    int    n[3], n_links, max_iterations, n_voxels;
    double low[3], high[3], lambda, tolerance, lipschitz;
    int    nnz[max_links], voxel[max_links][max_voxels];
    double weight[max_links][max_voxels];
} rig;

static double
segment_distance(const double c[3], const double a[3], const double b[3])
{
    double along = 0.0, d2 = 0.0, out = 0.0;
    for (int k = 0; k < 3; ++k) {
        d2 += (b[k] - a[k]) * (b[k] - a[k]);
        along += (c[k] - a[k]) * (b[k] - a[k]);
    }
    const double u = sqrt(d2) < 1e-12 ? 0.0 : fmin(fmax(along / d2, 0.0), 1.0);
    for (int k = 0; k < 3; ++k) {
        const double off = c[k] - (a[k] + u * (b[k] - a[k]));
        out += off * off;
    }
    return sqrt(out);
}

static void
trace_link(rig *const r, const int l, const double a[3], const double b[3])
{
    double v[3], s[3], t[3], d2 = 0.0, far = 0.0;
    int    reach[3], base[3];
    bool   seen[max_voxels] = {false};
    for (int k = 0; k < 3; ++k) {
        v[k] = (r->high[k] - r->low[k]) / r->n[k];
        s[k] = (a[k] - r->low[k]) / v[k];
        t[k] = (b[k] - r->low[k]) / v[k];
        d2 += (b[k] - a[k]) * (b[k] - a[k]);
        far = fmax(far, fabs(t[k] - s[k]));
    }
    const double radius = fmax(sqrt(0.06 * sqrt(d2) / 4.0), fmax(v[0], v[1]));
    for (int k = 0; k < 3; ++k) {
        reach[k] = (int)ceil(radius / v[k]);
    }
    const int    steps = far > 1.0 ? (int)ceil(far) : 1;
    const double over  = 1.0 / steps;
    for (int i = 0; i <= steps; ++i) {
        const double u = i * over;
        for (int k = 0; k < 3; ++k) {
            base[k] = (int)floor(s[k] + u * (t[k] - s[k]));
        }
        for (int z = base[2] - reach[2]; z <= base[2] + reach[2]; ++z) {
            for (int y = base[1] - reach[1]; y <= base[1] + reach[1]; ++y) {
                for (int x = base[0] - reach[0]; x <= base[0] + reach[0]; ++x) {
                    if (x < 0 || y < 0 || z < 0 || x >= r->n[0] || y >= r->n[1] ||
                        z >= r->n[2]) {
                        continue;
                    }
                    const int at = (z * r->n[1] + y) * r->n[0] + x;
                    if (seen[at]) {
                        continue;
                    }
                    seen[at]          = true;
                    const double c[3] = {r->low[0] + (x + 0.5) * v[0],
                                         r->low[1] + (y + 0.5) * v[1],
                                         r->low[2] + (z + 0.5) * v[2]};
                    const double d    = segment_distance(c, a, b);
                    if (d < radius) {
                        r->voxel[l][r->nnz[l]]    = at;
                        r->weight[l][r->nnz[l]++] = 1.0 - d / radius;
                    }
                }
            }
        }
    }
}

static void
configure(rig *const r, const json_t *const config)
{
    static const char *const axis[3] = {"nx", "ny", "nz"};
    double                   bounds[6];
    golden_f64(json_object_get(config, "bounds"), bounds, 6);
    r->n_voxels = 1;
    for (int k = 0; k < 3; ++k) {
        r->n[k]    = (int)golden_get(config, axis[k]);
        r->low[k]  = bounds[k];
        r->high[k] = bounds[k + 3];
        r->n_voxels *= r->n[k];
    }
    r->lambda         = golden_get(config, "lambda");
    r->tolerance      = golden_get(config, "tolerance");
    r->max_iterations = (int)golden_get(config, "max_iterations");
}

static void
build_rig(rig *const r, const json_t *const one)
{
    const json_t *const links =
        json_object_get(json_object_get(one, "inputs"), "links");
    configure(r, json_object_get(one, "config"));
    r->n_links     = (int)json_array_size(links);
    double squares = 0.0;
    for (int l = 0; l < r->n_links; ++l) {
        double a[3], b[3];
        golden_f64(json_object_get(json_array_get(links, (size_t)l), "tx"), a, 3);
        golden_f64(json_object_get(json_array_get(links, (size_t)l), "rx"), b, 3);
        r->nnz[l] = 0;
        trace_link(r, l, a, b);
        for (int i = 0; i < r->nnz[l]; ++i) {
            squares += r->weight[l][i] * r->weight[l][i];
        }
    }
    r->lipschitz = fmax(squares, 1e-10);
}

static void
check_rig(const rig *const r, const json_t *const outputs)
{
    assert_true(
        golden_near(r->lipschitz, golden_get(outputs, "lipschitz"), 1e-12, 0.0));
    const json_t *const weights = json_object_get(outputs, "weights");
    for (int l = 0; l < r->n_links; ++l) {
        const json_t *const row = json_array_get(weights, (size_t)l);
        assert_int_equal(json_array_size(row), r->nnz[l]);
        for (int i = 0; i < r->nnz[l]; ++i) {
            const json_t *const pair = json_array_get(row, (size_t)i);
            assert_int_equal(r->voxel[l][i],
                             json_integer_value(json_array_get(pair, 0)));
            assert_true(golden_near(
                r->weight[l][i], golden_number(json_array_get(pair, 1)), 1e-12, 1e-15));
        }
    }
}

static void
check_image(const rig *const r, const json_t *const one)
{
    const json_t *const outputs = json_object_get(one, "outputs");
    double              y[max_links], x[max_voxels] = {0}, wanted[max_voxels];
    golden_f64(json_object_get(json_object_get(one, "inputs"), "attenuations"), y,
               max_links);
    const double step = 1.0 / r->lipschitz, threshold = r->lambda * step;
    double       residual   = 0.0;
    int          iterations = 0;
    for (int it = 0; it < r->max_iterations; ++it) {
        double g[max_voxels] = {0}, squares = 0.0, largest = 0.0;
        for (int l = 0; l < r->n_links; ++l) {
            double e = 0.0;
            for (int i = 0; i < r->nnz[l]; ++i) {
                e += r->weight[l][i] * x[r->voxel[l][i]];
            }
            e -= y[l];
            squares += e * e;
            for (int i = 0; i < r->nnz[l]; ++i) {
                g[r->voxel[l][i]] += r->weight[l][i] * e;
            }
        }
        residual   = sqrt(squares / r->n_links);
        iterations = it + 1;
        for (int v = 0; v < r->n_voxels; ++v) {
            const double u      = x[v] - step * g[v];
            const double shrunk = u > threshold    ? u - threshold
                                  : u < -threshold ? u + threshold
                                                   : 0.0;
            const double now    = shrunk > 0.0 ? shrunk : 0.0; // NaN becomes 0, too
            if (fabs(now - x[v]) > largest) {
                largest = fabs(now - x[v]);
            }
            x[v] = now;
        }
        if (largest < r->tolerance) {
            break;
        }
    }
    assert_int_equal(iterations, (int)golden_get(outputs, "iterations"));
    assert_true(golden_near(residual, golden_get(outputs, "residual"), 1e-9, 1e-12));
    golden_f64(json_object_get(outputs, "densities"), wanted, max_voxels);
    int occupied = 0;
    for (int v = 0; v < r->n_voxels; ++v) {
        assert_true(golden_near(x[v], wanted[v], 0.0, 1e-9));
        occupied += x[v] > 0.01;
    }
    assert_int_equal(occupied, (int)golden_get(outputs, "occupied_count"));
}

static void
tomography_cases(void **state)
{
    json_t *const root = golden_load("tomography");
    if (!root) {
        return;
    }
    static rig          rigs[8];
    const char         *names[8];
    int                 n_rigs = 0, images = 0;
    const json_t *const cases = json_object_get(root, "cases");
    size_t              index;
    const json_t       *one;
    json_array_foreach(cases, index, one)
    {
        const char *const   name = json_string_value(json_object_get(one, "name"));
        const json_t *const of = json_object_get(json_object_get(one, "inputs"), "rig");
        if (json_object_get(one, "error")) {
            continue;
        }
        if (!of && strncmp(name, "rig_", 4) == 0) {
            names[n_rigs] = name;
            build_rig(&rigs[n_rigs], one);
            check_rig(&rigs[n_rigs], json_object_get(one, "outputs"));
            ++n_rigs;
            continue;
        }
        for (int r = 0; of && r < n_rigs; ++r) {
            if (strcmp(names[r], json_string_value(of)) == 0) {
                rig                 used   = rigs[r];
                const json_t *const config = json_object_get(one, "config");
                if (config) {
                    configure(&used, config);
                }
                check_image(&used, one);
                ++images;
            }
        }
    }
    assert_true(n_rigs >= 4 && images >= 12);
    json_decref(root);
}

// ---- change points: two sigmas of everything so far, three links

static void
change_case(const json_t *const one)
{
    const json_t *const config = json_object_get(one, "config");
    const json_t *const windows =
        json_object_get(json_object_get(one, "inputs"), "windows");
    const json_t *const steps =
        json_object_get(json_object_get(one, "outputs"), "steps");
    const size_t n_links   = (size_t)golden_get(config, "n_links");
    const double sigma     = golden_get(config, "sigma_threshold");
    const int    min_links = (int)golden_get(config, "min_links");
    double       count[16] = {0}, mean[16] = {0}, m2[16] = {0};
    for (size_t w = 0; w < json_array_size(windows); ++w) {
        double              x[16];
        const size_t        n         = golden_f64(json_array_get(windows, w), x, 16);
        const json_t *const step      = json_array_get(steps, w);
        const json_t *const diverging = json_object_get(step, "diverging");
        int                 found     = 0;
        for (size_t l = 0; l < n; ++l) {
            const double std =
                l < n_links && count[l] >= 2 ? sqrt(m2[l] / count[l]) : 0.0;
            const bool off = std > 1e-9 && fabs(x[l] - mean[l]) / std > sigma;
            assert_int_equal(off, json_is_true(json_array_get(diverging, l)));
            found += off;
        }
        for (size_t l = 0; l < n && l < n_links; ++l) {
            const double d = x[l] - mean[l];
            count[l] += 1.0;
            mean[l] += d / count[l];
            m2[l] += d * (x[l] - mean[l]);
        }
        const json_t *const wanted = json_object_get(step, "change_point_links");
        assert_int_equal(found >= min_links, !json_is_null(wanted));
        if (!json_is_null(wanted)) {
            assert_int_equal(found, json_integer_value(wanted));
        }
    }
}

// ---- occupancy voxels: evidence without decay, a view that edits its source

static void
voxel_case(const json_t *const one)
{
    const json_t *const inputs = json_object_get(one, "inputs");
    const json_t *const before =
        json_object_get(json_object_get(one, "outputs"), "before");
    const json_t *const list         = json_object_get(inputs, "observations");
    double              odds[16]     = {0};
    unsigned            evidence[16] = {0};
    const size_t        n            = (size_t)golden_get(inputs, "n_voxels");
    for (size_t i = 0; i < json_array_size(list); ++i) {
        const json_t *const o = json_array_get(list, i);
        const size_t        v = (size_t)golden_get(o, "voxel");
        if (v < n) {
            const double p = fmin(fmax(golden_get(o, "p"), 1e-4), 1.0 - 1e-4);
            odds[v]        = fmin(fmax(odds[v] + log(p / (1.0 - p)), -20.0), 20.0);
            ++evidence[v];
        }
    }
    for (size_t v = 0; v < n; ++v) {
        const json_t *const wanted = json_array_get(before, v);
        assert_true(golden_near(1.0 / (1.0 + exp(-odds[v])),
                                golden_get(wanted, "occupancy"), 1e-12, 1e-18));
        assert_int_equal(evidence[v], (int)golden_get(wanted, "evidence_count"));
        assert_true(golden_near(1.0 - exp(-(double)evidence[v] / 5.0),
                                golden_get(wanted, "confidence"), 1e-12, 1e-15));
    }
}

static void
evolution_cases(void **state)
{
    json_t *const root = golden_load("evolution");
    if (!root) {
        return;
    }
    int           changes = 0, voxels = 0;
    size_t        index;
    const json_t *one;
    json_array_foreach(json_object_get(root, "cases"), index, one)
    {
        if (json_object_get(json_object_get(one, "inputs"), "windows")) {
            change_case(one);
            ++changes;
        } else if (json_object_get(json_object_get(one, "outputs"), "before")) {
            voxel_case(one);
            ++voxels;
        }
    }
    assert_true(changes >= 7 && voxels >= 4);
    json_decref(root);
}

// ---- reflectors: running means within a radius, "migration" as the path of the mean

typedef struct {
    double   mean[3], m2[3], drift;
    unsigned sightings;
    uint64_t first, last;
} reflector;

static void
fold(reflector *const r, const double p[3], const uint64_t t_ns)
{
    double moved = 0.0;
    ++r->sightings;
    for (int k = 0; k < 3; ++k) {
        const double before = r->mean[k], d = p[k] - r->mean[k];
        r->mean[k] += d / r->sightings;
        r->m2[k] += d * (p[k] - r->mean[k]);
        moved += (r->mean[k] - before) * (r->mean[k] - before);
    }
    r->drift += sqrt(moved);
    r->last = t_ns;
}

static double
migration(const reflector *const r)
{
    const double days = (double)(r->last > r->first ? r->last - r->first : 0) / 8.64e13;
    return days < 1e-9 ? 0.0 : r->drift / days;
}

static void
reflector_case(const json_t *const one)
{
    static reflector    all[64];
    const json_t *const config = json_object_get(one, "config");
    const json_t *const list =
        json_object_get(json_object_get(one, "inputs"), "observations");
    const json_t *const outputs  = json_object_get(one, "outputs");
    const json_t *const accepted = json_object_get(outputs, "accepted");
    int                 n        = 0;
    for (size_t i = 0; i < json_array_size(list); ++i) {
        const json_t *const o = json_array_get(list, i);
        double              p[3];
        golden_f64(json_object_get(o, "position"), p, 3);
        const uint64_t t_ns = golden_u64(json_object_get(o, "at_ns"));
        const bool     take = json_is_true(json_object_get(config, "discovery")) &&
                          !((float)golden_get(o, "coherence") <
                            (float)golden_get(config, "min_coherence"));
        assert_int_equal(take, json_is_true(json_array_get(accepted, i)));
        int    nearest = -1;
        double least   = 0.0;
        for (int r = 0; r < n && take; ++r) {
            const double d =
                sqrt(pow(all[r].mean[0] - p[0], 2) + pow(all[r].mean[1] - p[1], 2) +
                     pow(all[r].mean[2] - p[2], 2));
            if (d <= golden_get(config, "assoc_radius_m") &&
                (nearest < 0 || d < least)) {
                nearest = r;
                least   = d;
            }
        }
        if (take && nearest >= 0) {
            fold(&all[nearest], p, t_ns);
        } else if (take) {
            all[n++] = (reflector){.mean      = {p[0], p[1], p[2]},
                                   .sightings = 1,
                                   .first     = t_ns,
                                   .last      = t_ns};
        }
    }
    const json_t *const wanted = json_object_get(outputs, "persistent");
    size_t              at     = 0;
    for (int r = 0; r < n; ++r) {
        if (all[r].sightings < (unsigned)golden_get(config, "min_sightings")) {
            continue;
        }
        const json_t *const w = json_array_get(wanted, at++);
        double              mean[3], std = 0.0;
        golden_f64(json_object_get(w, "mean_position"), mean, 3);
        for (int k = 0; k < 3; ++k) {
            assert_true(golden_near(all[r].mean[k], mean[k], 1e-12, 1e-12));
            std = fmax(std, sqrt(all[r].m2[k] / all[r].sightings));
        }
        assert_int_equal(all[r].sightings, (int)golden_get(w, "sightings"));
        assert_true(golden_near(std, golden_get(w, "position_std"), 1e-12, 1e-12));
        const double rate = migration(&all[r]);
        assert_true(
            golden_near(rate, golden_get(w, "migration_m_per_day"), 1e-12, 1e-12));
        const char *const class = rate <= golden_get(config, "wall_ceiling") ? "Wall"
                                  : rate < golden_get(config, "mobile_floor")
                                      ? "Furniture"
                                      : "Mobile";
        assert_string_equal(class, json_string_value(json_object_get(w, "class")));
    }
    assert_int_equal(at, json_array_size(wanted));
}

static void
reflector_cases(void **state)
{
    json_t *const root = golden_load("rf_slam");
    if (!root) {
        return;
    }
    size_t        index;
    const json_t *one;
    json_array_foreach(json_object_get(root, "cases"), index, one)
    {
        reflector_case(one);
    }
    json_decref(root);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tomography_cases), cmocka_unit_test(evolution_cases),
        cmocka_unit_test(reflector_cases),  cmocka_unit_test(field_model_cases),
        cmocka_unit_test(welford_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

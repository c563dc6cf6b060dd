// SPDX-License-Identifier: MIT
// The search for bodies: every instruction set by memcmp against a plain loop in the
// written order, and that against the formula itself in f64.
#include "channel_rv.h"
#include "cmocka_rv.h"

#include "room/evidence.h"

#include <ruview/platform/cpu.h>

enum { n_cells = 16 * 13, n_terms = 21 };

typedef struct {
    _Alignas(64) float gain[n_terms][n_cells + 4];
    rv_evidence_term term[n_terms];
    rv_evidence      e;
} bed;

static float
between(ch_random *const r, const double low, const double high)
{
    return (float)(low + (high - low) * ch_uniform(r));
}

static void
furnish(bed *const b, const uint64_t seed, const int offset)
{
    ch_random r = {seed};
    for (int i = 0; i < n_terms; ++i) {
        for (int c = 0; c < n_cells + 4; ++c) {
            b->gain[i][c] = between(&r, -14, 2);
        }
        b->term[i] = (rv_evidence_term){.gain      = b->gain[i] + offset,
                                        .excess    = between(&r, -1, 8),
                                        .log_floor = between(&r, -12, 4),
                                        .base      = between(&r, 0.05, 0.5),
                                        .share2    = between(&r, 0, 1),
                                        .misfit2   = between(&r, 0.1, 1),
                                        .grown     = between(&r, 0, 1),
                                        .bend      = between(&r, -1, 1),
                                        .slope     = between(&r, -1, 1),
                                        .null      = between(&r, -4.5, 0),
                                        .pull      = between(&r, 0, 3),
                                        .trust     = between(&r, 0, 1)};
    }
    b->e = (rv_evidence){.term         = b->term,
                         .n_terms      = n_terms,
                         .n_cells      = n_cells,
                         .mean         = between(&r, -3, 3),
                         .scale        = 0.03F,
                         .usual        = 1.5F,
                         .spread_scale = -0.4F};
}

// One cell as evidence_lanes.c writes it down
static float
plain(const rv_evidence *const e, const uint32_t c, float *const log_strength)
{
    float sum = 0.0F;
    for (uint32_t i = 0; i < e->n_terms; ++i) {
        sum += e->term[i].pull * e->term[i].gain[c];
    }
    const float strength = e->mean - e->scale * sum;
    const float off      = strength - e->usual;
    float       total    = e->spread_scale * off * off;
    for (uint32_t i = 0; i < e->n_terms; ++i) {
        const rv_evidence_term *const t    = &e->term[i];
        const float                   u    = strength + t->gain[c] - t->log_floor;
        const float                   size = u < 0.0F ? -u : u;
        const float root  = size < 16.0F ? 1.0F - size * 0.0625F : 0.0F;
        const float r4    = (root * root) * (root * root);
        const float w     = (r4 * r4) * (r4 * r4);
        const float p1    = -0.13606275F + w * 0.03215845F;
        const float p2    = 0.28947478F + w * p1;
        const float p3    = -0.49190896F + w * p2;
        const float p4    = 0.99949556F + w * p3;
        const float rise  = (u > 0.0F ? u : 0.0F) + w * p4;
        const float f     = (u > 0.0F ? 1.0F : w) / (1.0F + w);
        const float rest  = 1.0F - f;
        const float left  = t->excess - rise;
        const float left2 = left * left;
        const float grow  = t->grown + (t->bend * f + t->slope) * f;
        const float mixed = t->share2 * rest * rest + f * f;
        const float wide  = t->base + t->misfit2 * mixed;
        const float cost  = left2 / (wide + left2 * (1.0F / rv_evidence_bound));
        total += t->trust * (-0.5F * (cost + grow) - t->null);
    }
    *log_strength = strength;
    return total;
}

// The same from its definition: a body raises the floor by the factor 1 + e^u, of which
// its share is f
static double
truth(const rv_evidence *const e, const uint32_t c)
{
    double sum = 0;
    for (uint32_t i = 0; i < e->n_terms; ++i) {
        sum += (double)e->term[i].pull * (double)e->term[i].gain[c];
    }
    const double strength = (double)e->mean - (double)e->scale * sum;
    double       total = (double)e->spread_scale * pow(strength - (double)e->usual, 2);
    for (uint32_t i = 0; i < e->n_terms; ++i) {
        const rv_evidence_term *const t = &e->term[i];
        const double u    = strength + (double)t->gain[c] - (double)t->log_floor;
        const double f    = 1 / (1 + exp(-u));
        const double left = (double)t->excess - log1p(exp(u));
        const double wide =
            (double)t->base +
            (double)t->misfit2 * ((double)t->share2 * (1 - f) * (1 - f) + f * f);
        const double grow =
            (double)t->grown + ((double)t->bend * f + (double)t->slope) * f;
        const double x = left * left / wide;
        total +=
            (double)t->trust *
            (-0.5 * (x / (1 + x / (double)rv_evidence_bound) + grow) - (double)t->null);
    }
    return total;
}

static void
every_instruction_set_is_the_plain_loop(void **state)
{
    static bed b;
    unsigned   n_run = 0;
    for (int offset = 0; offset < 4; ++offset) {
        float want[2][n_cells];
        furnish(&b, 100 + (uint64_t)offset, offset);
        for (uint32_t c = 0; c < n_cells; ++c) {
            want[1][c] = plain(&b.e, c, &want[0][c]);
        }
        for (uint32_t v = 0; rv_evidence_kernel_variant(v); ++v) {
            const rv_evidence_kernel *const k = rv_evidence_kernel_variant(v);
            float                           got[2][n_cells + 4];
            if ((k->needs & ~rv_cpu_mask()) != 0) {
                continue;
            }
            k->scan(&b.e, got[0] + offset, got[1] + offset);
            assert_memory_equal(got[0] + offset, want[0], sizeof want[0]);
            assert_memory_equal(got[1] + offset, want[1], sizeof want[1]);
            ++n_run;
        }
    }
    assert_true(n_run >= 8); // plain and baseline at least
}

static void
the_formula_within_its_approximation(void **state)
{
    static bed b;
    double     worst = 0;
    for (uint64_t seed = 1; seed < 40; ++seed) {
        furnish(&b, seed, 0);
        for (uint32_t c = 0; c < n_cells; ++c) {
            float        strength;
            const double off = fabs((double)plain(&b.e, c, &strength) - truth(&b.e, c));
            worst            = off > worst ? off : worst;
        }
    }
    print_message("largest difference in evidence: %.3f of %d pairs\n", worst, n_terms);
    assert_true(worst < 0.02 * n_terms);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_instruction_set_is_the_plain_loop),
        cmocka_unit_test(the_formula_within_its_approximation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

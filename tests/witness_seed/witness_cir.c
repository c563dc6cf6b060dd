// SPDX-License-Identifier: MIT
// Delay profile by iterative shrinkage, 100 times, in f32: 52 tones, 156 taps. The
// input is as published: 56 tones laid into the first columns of 64, which is no order
// of tones that a radio has, and a phase that grows with delay.
#include "witness.h"

#include <math.h>
#include <string.h>

enum { K = WITNESS_TONES, G = WITNESS_TAPS, columns = 64, laid = 56, rounds = 100 };

static const float  pi_f32 = 3.14159274F;
static const double pi_f64 = 3.14159265358979323846;

typedef struct {
    float re[G], im[G];
} taps;

static float matrix_re[K][G];
static float matrix_im[K][G];
static int   tone[K];

static void
make_matrix(void)
{
    const float s = 1.0F / sqrtf((float)K);
    for (int k = 0; k < K; ++k) {
        tone[k] = k < K / 2 ? k - K / 2 : k - K / 2 + 1;
        for (int g = 0; g < G; ++g) {
            const float angle = -2.0F * pi_f32 * (float)tone[k] * (float)g / (float)G;
            matrix_re[k][g]   = cosf(angle) * s;
            matrix_im[k][g]   = sinf(angle) * s;
        }
    }
}

/// Five paths, breathing and walking as one factor; modulus and argument and back
static void
make_frame(const int frame, float re[K], float im[K])
{
    static const double delay[] = {0.0, 15e-9, 42e-9, 78e-9, 120e-9};
    static const double gain[]  = {1.0, 0.6, 0.35, 0.18, 0.08};
    static const double phase[] = {-0.788287681898749, 0.6198895383354297,
                                   -2.776642555026645, 1.3073585636350948,
                                   2.088798716157191};
    const double        t       = frame / 100.0;
    const double m = (1.0 + 0.02 * sin(2.0 * pi_f64 * 0.3 * t + 1.152364521581569)) *
                     (1.0 + 0.08 * sin(2.0 * pi_f64 * 1.2 * t + 2.713990594641554));
    double wide_re[columns] = {0};
    double wide_im[columns] = {0};
    for (int k = 0; k < laid; ++k) {
        const double nu = 5.21e9 + (k - 28) * 312.5e3;
        double       a  = 0.0;
        double       b  = 0.0;
        for (int p = 0; p < 5; ++p) {
            const double angle = 2.0 * pi_f64 * nu * delay[p] + phase[p];
            a += gain[p] * m * cos(angle);
            b += gain[p] * m * sin(angle);
        }
        const double modulus  = hypot(a, b);
        const double argument = atan2(b, a);
        wide_re[k]            = modulus * cos(argument);
        wide_im[k]            = modulus * sin(argument);
    }
    for (int k = 0; k < K; ++k) {
        const int column = (tone[k] + columns) % columns;
        re[k]            = (float)wide_re[column];
        im[k]            = (float)wide_im[column];
    }
}

static void
adjoint(const float u_re[K], const float u_im[K], taps *const q)
{
    memset(q, 0, sizeof *q);
    for (int k = 0; k < K; ++k) {
        for (int g = 0; g < G; ++g) {
            q->re[g] += matrix_re[k][g] * u_re[k] + matrix_im[k][g] * u_im[k];
            q->im[g] += matrix_re[k][g] * u_im[k] - matrix_im[k][g] * u_re[k];
        }
    }
}

/// u = Phi x - y
static void
residual(const taps *const x, const float y_re[K], const float y_im[K], float u_re[K],
         float u_im[K])
{
    for (int k = 0; k < K; ++k) {
        float re = 0.0F;
        float im = 0.0F;
        for (int g = 0; g < G; ++g) {
            re += matrix_re[k][g] * x->re[g] - matrix_im[k][g] * x->im[g];
            im += matrix_re[k][g] * x->im[g] + matrix_im[k][g] * x->re[g];
        }
        u_re[k] = re - y_re[k];
        u_im[k] = im - y_im[k];
    }
}

/// x shrunk after one step; the relative change
static float
advance(taps *const x, const taps *const q, const float step, const float limit)
{
    float moved = 0.0F;
    float size  = 0.0F;
    for (int g = 0; g < G; ++g) {
        float       re     = x->re[g] - q->re[g] * step;
        float       im     = x->im[g] - q->im[g] * step;
        const float m      = hypotf(re, im);
        const float factor = fmaxf(m - limit, 0.0F) / fmaxf(m, 1e-12F);
        re *= factor;
        im *= factor;
        const float dr = re - x->re[g];
        const float di = im - x->im[g];
        moved += dr * dr + di * di;
        size += x->re[g] * x->re[g] + x->im[g] * x->im[g];
        x->re[g] = re;
        x->im[g] = im;
    }
    return sqrtf(moved) / fmaxf(sqrtf(size), 1e-12F);
}

static void
estimate(const float y_re[K], const float y_im[K], taps *const x,
         witness_profile *const profile)
{
    const float lambda = 0.08F;
    const float step   = 1.0F / 3.0F; // G / K is the largest eigenvalue
    taps        q;
    float       u_re[K];
    float       u_im[K];
    adjoint(y_re, y_im, x);
    for (int g = 0; g < G; ++g) {
        x->re[g] /= 1.0F + lambda;
        x->im[g] /= 1.0F + lambda;
    }
    profile->iterations = 0;
    do {
        residual(x, y_re, y_im, u_re, u_im);
        adjoint(u_re, u_im, &q);
        profile->change = advance(x, &q, step, lambda * step);
        profile->iterations += 1;
    } while (profile->iterations < rounds && !(profile->change < 1e-4F));
}

/// Strongest tap (the last of equals) and its share with its neighbours
static void
describe(const taps *const x, witness_profile *const profile)
{
    float sum  = 0.0F;
    float best = -1.0F;
    for (uint32_t g = 0; g < G; ++g) {
        const float m = hypotf(x->re[g], x->im[g]);
        sum += m;
        if (!(best > m)) {
            best              = m;
            profile->dominant = g;
        }
    }
    const uint32_t from = profile->dominant ? profile->dominant - 1 : 0;
    float          near = 0.0F;
    for (uint32_t g = from; g <= profile->dominant + 1 && g < G; ++g) {
        near += hypotf(x->re[g], x->im[g]);
    }
    profile->ratio = sum > 1e-12F ? near / sum : 0.0F;
}

void
witness_cir(uint8_t bytes[WITNESS_CIR_BYTES], witness_profile *const first)
{
    make_matrix();
    for (int frame = 0; frame < WITNESS_CIR_FRAMES; ++frame) {
        float           re[K];
        float           im[K];
        taps            x;
        witness_profile profile;
        make_frame(frame, re, im);
        estimate(re, im, &x, &profile);
        describe(&x, &profile);
        if (frame == 0) {
            *first = profile;
        }
        for (int g = 0; g < G; ++g) {
            witness_put(bytes + 2 * ((size_t)frame * G + (size_t)g),
                        hypotf(x.re[g], x.im[g]) * 100.0F);
        }
    }
}

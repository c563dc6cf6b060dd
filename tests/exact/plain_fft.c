// SPDX-License-Identifier: MIT
// The transform of math/fft.h by plain loops over single numbers, from the description
// in docs/determinism.md: which radices in which order, what each butterfly adds to
// what.
#include "exact.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    float re, im;
} number;

static number
plus(const number a, const number b)
{
    return (number){a.re + b.re, a.im + b.im};
}

static number
minus(const number a, const number b)
{
    return (number){a.re - b.re, a.im - b.im};
}

static number
stretch(const float f, const number a)
{
    return (number){f * a.re, f * a.im};
}

// -i a
static number
turn_right(const number a)
{
    return (number){a.im, -a.re};
}

// a exp(-i angle) with its cosine and sine
static number
rotate(const number a, const float c, const float s)
{
    return (number){a.re * c + a.im * s, a.im * c - a.re * s};
}

// cos and sin of 2 pi k / n, correctly rounded but for the rarest cases
static void
compute_root(const uint64_t k, const uint64_t n, float *const c, float *const s)
{
    const long double angle = 2.0L * acosl(-1.0L) * (long double)k / (long double)n;
    *c                      = 4 * k == n || 4 * k == 3 * n ? 0.0F : (float)cosl(angle);
    *s                      = 2 * k == n ? 0.0F : (float)sinl(angle);
}

// The same from a table: of every n below 20, and of the last larger one
static void
root(const uint64_t k, const uint64_t n, float *const c, float *const s)
{
    static float    small[20][20][2];
    static float   *large;
    static uint64_t n_large;
    if (n < 20) {
        float *const t = small[n][k % n];
        if (t[0] == 0.0F && t[1] == 0.0F) {
            compute_root(k % n, n, &t[0], &t[1]);
        }
        *c = t[0];
        *s = t[1];
        return;
    }
    if (n != n_large) {
        free(large);
        n_large = n;
        large   = malloc(2 * n * sizeof *large);
        for (uint64_t i = 0; i < n; ++i) {
            compute_root(i, n, &large[2 * i], &large[2 * i + 1]);
        }
    }
    *c = large[2 * (k % n)];
    *s = large[2 * (k % n) + 1];
}

static void
points_3(const number x[3], number y[3])
{
    float c = 0.0F;
    float s = 0.0F;
    root(1, 3, &c, &s);
    const number t = plus(x[1], x[2]);
    const number d = stretch(s, minus(x[1], x[2]));
    const number u = minus(x[0], stretch(0.5F, t));
    y[0]           = plus(x[0], t);
    y[1]           = plus(u, turn_right(d));
    y[2]           = minus(u, turn_right(d));
}

static void
points_4(const number x[4], number y[4])
{
    const number a = plus(x[0], x[2]);
    const number b = minus(x[0], x[2]);
    const number c = plus(x[1], x[3]);
    const number d = turn_right(minus(x[1], x[3]));
    y[0]           = plus(a, c);
    y[1]           = plus(b, d);
    y[2]           = minus(a, c);
    y[3]           = minus(b, d);
}

static void
points_8(const number x[8], number y[8])
{
    float  c = 0.0F;
    float  s = 0.0F;
    number a[4];
    number b[4];
    number e[4];
    number o[4];
    root(1, 8, &c, &s);
    for (int k = 0; k < 4; ++k) {
        a[k] = plus(x[k], x[k + 4]);
        b[k] = minus(x[k], x[k + 4]);
    }
    b[1] = (number){c * (b[1].re + b[1].im), c * (b[1].im - b[1].re)};
    b[2] = turn_right(b[2]);
    b[3] = (number){c * (b[3].im - b[3].re), -(c * (b[3].re + b[3].im))};
    points_4(a, e);
    points_4(b, o);
    for (int k = 0; k < 4; ++k) {
        y[2 * k]     = e[k];
        y[2 * k + 1] = o[k];
    }
}

static void
points_9(const number x[9], number y[9])
{
    number a[3][3];
    for (int j = 0; j < 3; ++j) {
        const number t[3] = {x[j], x[j + 3], x[j + 6]};
        points_3(t, a[j]);
    }
    for (uint64_t k = 0; k < 3; ++k) {
        number t[3] = {a[0][k], a[1][k], a[2][k]};
        number u[3];
        for (uint64_t j = 1; j < 3 && k > 0; ++j) {
            float c = 0.0F;
            float s = 0.0F;
            root(j * k, 9, &c, &s);
            t[j] = rotate(t[j], c, s);
        }
        points_3(t, u);
        for (uint64_t j = 0; j < 3; ++j) {
            y[k + 3 * j] = u[j];
        }
    }
}

// r = 3 q without a common factor: the input index is q a + 3 b modulo r (6: 3 a + 2
// b), the output index k leaves its remainders to the two factors
static void
points_6(const number x[6], number y[6])
{
    number a[2][3];
    for (int i = 0; i < 2; ++i) {
        const number t[3] = {x[3 * i], x[(3 * i + 2) % 6], x[(3 * i + 4) % 6]};
        points_3(t, a[i]);
    }
    for (int k = 0; k < 6; ++k) {
        y[k] = k % 2 == 0 ? plus(a[0][k % 3], a[1][k % 3])
                          : minus(a[0][k % 3], a[1][k % 3]);
    }
}

static void
points_12(const number x[12], number y[12])
{
    number a[3][4];
    for (int i = 0; i < 3; ++i) {
        number t[4];
        for (int b = 0; b < 4; ++b) {
            t[b] = x[(4 * i + 3 * b) % 12];
        }
        points_4(t, a[i]);
    }
    for (int k = 0; k < 12; ++k) {
        const number t[3] = {a[0][k % 4], a[1][k % 4], a[2][k % 4]};
        number       u[3];
        points_3(t, u);
        y[k] = u[k % 3];
    }
}

static void
points_odd(const uint64_t r, const number *const x, number *const y)
{
    const uint64_t h = (r - 1) / 2;
    y[0]             = x[0];
    for (uint64_t j = 1; j <= h; ++j) {
        y[0] = plus(y[0], plus(x[j], x[r - j]));
    }
    for (uint64_t k = 1; k <= h; ++k) {
        number even = x[0];
        number odd  = {0.0F, 0.0F};
        for (uint64_t j = 1; j <= h; ++j) {
            float c = 0.0F;
            float s = 0.0F;
            root(j * k, r, &c, &s);
            even                 = plus(even, stretch(c, plus(x[j], x[r - j])));
            const number product = stretch(s, minus(x[j], x[r - j]));
            odd                  = j == 1 ? product : plus(odd, product);
        }
        y[k]     = plus(even, turn_right(odd));
        y[r - k] = minus(even, turn_right(odd));
    }
}

static void
points(const uint64_t r, const number *const x, number *const y)
{
    switch (r) {
    case 2:
        y[0] = plus(x[0], x[1]);
        y[1] = minus(x[0], x[1]);
        break;
    case 3:
        points_3(x, y);
        break;
    case 4:
        points_4(x, y);
        break;
    case 6:
        points_6(x, y);
        break;
    case 8:
        points_8(x, y);
        break;
    case 9:
        points_9(x, y);
        break;
    case 12:
        points_12(x, y);
        break;
    default:
        points_odd(r, x, y);
    }
}

// Primes from 5 on; then 12, 9, 8, 6, 4, 3, 2 as often as they go in; a 2 left beside
// an 8 makes two 4, beside a 12 a 6 and a 4; the largest first
static int
choose_radices(uint32_t n, uint32_t list[20])
{
    static const uint32_t order[] = {19, 17, 13, 11, 7, 5, 12, 9, 8, 6, 4, 3, 2};
    int                   of[20]  = {0};
    int                   count   = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order; ++i) {
        for (; n % order[i] == 0; n /= order[i]) {
            ++of[order[i]];
        }
    }
    if (of[2] && of[8]) {
        --of[2];
        --of[8];
        of[4] += 2;
    } else if (of[2] && of[12]) {
        --of[2];
        --of[12];
        ++of[4];
        ++of[6];
    }
    for (uint32_t r = 19; r >= 2; --r) {
        for (; of[r] > 0; --of[r]) {
            list[count++] = r;
        }
    }
    return count;
}

void
plain_fft(const uint32_t n, const float *const re, const float *const im,
          float *const out_re, float *const out_im)
{
    uint32_t  radix[20];
    const int n_passes = choose_radices(n, radix);
    number   *x        = malloc(n * sizeof *x);
    number   *y        = malloc(n * sizeof *y);
    uint64_t  l        = n;
    uint64_t  m        = 1;
    for (uint32_t i = 0; i < n; ++i) {
        x[i] = (number){re[i], im[i]};
    }
    for (int pass = 0; pass < n_passes; ++pass) {
        const uint64_t r = radix[pass];
        l /= r;
        for (uint64_t p = 0; p < l; ++p) {
            for (uint64_t q = 0; q < m; ++q) {
                number in[19];
                number out[19];
                for (uint64_t j = 0; j < r; ++j) {
                    in[j] = x[(p + j * l) * m + q];
                }
                points(r, in, out);
                for (uint64_t k = 0; k < r; ++k) {
                    float c = 0.0F;
                    float s = 0.0F;
                    root(p * k * m, n, &c, &s);
                    y[(p * r + k) * m + q] =
                        l == 1 || k == 0 ? out[k] : rotate(out[k], c, s);
                }
            }
        }
        m *= r;
        number *const swap = x;
        x                  = y;
        y                  = swap;
    }
    for (uint32_t i = 0; i < n; ++i) {
        out_re[i] = x[i].re;
        out_im[i] = x[i].im;
    }
    free(x);
    free(y);
}

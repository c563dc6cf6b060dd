// SPDX-License-Identifier: MIT
// Transforms of 2 to 19 points in registers, y[k] = sum over j of x[j] exp(-2 pi i j
// k/r). Included by fft_pass.h for a vector type V; NAME() adds its suffix. No include
// guard.

#define BUTTERFLY(radix)                                                               \
    RV_INLINE void NAME(butterfly_##radix)(const V *const xr, const V *const xi,       \
                                           V *const yr, V *const yi)

BUTTERFLY(2)
{
    yr[0] = xr[0] + xr[1];
    yi[0] = xi[0] + xi[1];
    yr[1] = xr[0] - xr[1];
    yi[1] = xi[0] - xi[1];
}

BUTTERFLY(3)
{
    const V tr = xr[1] + xr[2];
    const V ti = xi[1] + xi[2];
    const V dr = sin_60 * (xr[1] - xr[2]);
    const V di = sin_60 * (xi[1] - xi[2]);
    const V ur = xr[0] - 0.5F * tr;
    const V ui = xi[0] - 0.5F * ti;
    yr[0]      = xr[0] + tr;
    yi[0]      = xi[0] + ti;
    yr[1]      = ur + di;
    yi[1]      = ui - dr;
    yr[2]      = ur - di;
    yi[2]      = ui + dr;
}

BUTTERFLY(4)
{
    const V ar = xr[0] + xr[2];
    const V ai = xi[0] + xi[2];
    const V br = xr[0] - xr[2];
    const V bi = xi[0] - xi[2];
    const V cr = xr[1] + xr[3];
    const V ci = xi[1] + xi[3];
    const V dr = xr[1] - xr[3];
    const V di = xi[1] - xi[3];
    yr[0]      = ar + cr;
    yi[0]      = ai + ci;
    yr[1]      = br + di;
    yi[1]      = bi - dr;
    yr[2]      = ar - cr;
    yi[2]      = ai - ci;
    yr[3]      = br - di;
    yi[3]      = bi + dr;
}

// Two by three: 6 points without twiddles, input 3 a + 2 b, output by remainders
BUTTERFLY(6)
{
    V ar[2][3];
    V ai[2][3];
    for (int a = 0; a < 2; ++a) {
        const V tr[3] = {xr[3 * a], xr[(3 * a + 2) % 6], xr[(3 * a + 4) % 6]};
        const V ti[3] = {xi[3 * a], xi[(3 * a + 2) % 6], xi[(3 * a + 4) % 6]};
        NAME(butterfly_3)(tr, ti, ar[a], ai[a]);
    }
    for (int b = 0; b < 3; ++b) {
        const int even = (4 * b) % 6;
        const int odd  = (4 * b + 3) % 6;
        yr[even]       = ar[0][b] + ar[1][b];
        yi[even]       = ai[0][b] + ai[1][b];
        yr[odd]        = ar[0][b] - ar[1][b];
        yi[odd]        = ai[0][b] - ai[1][b];
    }
}

BUTTERFLY(8)
{
    V ar[4];
    V ai[4];
    V br[4];
    V bi[4];
    V er[4];
    V ei[4];
    for (int k = 0; k < 4; ++k) {
        ar[k] = xr[k] + xr[k + 4];
        ai[k] = xi[k] + xi[k + 4];
        br[k] = xr[k] - xr[k + 4];
        bi[k] = xi[k] - xi[k + 4];
    }
    const V b1r = sqrt_half * (br[1] + bi[1]);
    const V b1i = sqrt_half * (bi[1] - br[1]);
    const V b2r = bi[2];
    const V b2i = -br[2];
    const V b3r = sqrt_half * (bi[3] - br[3]);
    const V b3i = -(sqrt_half * (br[3] + bi[3]));
    br[1]       = b1r;
    bi[1]       = b1i;
    br[2]       = b2r;
    bi[2]       = b2i;
    br[3]       = b3r;
    bi[3]       = b3i;
    NAME(butterfly_4)(ar, ai, er, ei);
    for (int k = 0; k < 4; ++k) {
        yr[2 * k] = er[k];
        yi[2 * k] = ei[k];
    }
    NAME(butterfly_4)(br, bi, er, ei);
    for (int k = 0; k < 4; ++k) {
        yr[2 * k + 1] = er[k];
        yi[2 * k + 1] = ei[k];
    }
}

// Three by three with the twiddles of nine points between
BUTTERFLY(9)
{
    static const float c[3][3] = {
        {1.0F, 1.0F, 1.0F}, {1.0F, cos_40, cos_80}, {1.0F, cos_80, cos_160}};
    static const float s[3][3] = {
        {0.0F, 0.0F, 0.0F}, {0.0F, sin_40, sin_80}, {0.0F, sin_80, sin_160}};
    V ar[3][3];
    V ai[3][3];
    for (int j = 0; j < 3; ++j) {
        const V tr[3] = {xr[j], xr[j + 3], xr[j + 6]};
        const V ti[3] = {xi[j], xi[j + 3], xi[j + 6]};
        NAME(butterfly_3)(tr, ti, ar[j], ai[j]);
    }
    for (int k = 0; k < 3; ++k) {
        V tr[3] = {ar[0][k], ar[1][k], ar[2][k]};
        V ti[3] = {ai[0][k], ai[1][k], ai[2][k]};
        V ur[3];
        V ui[3];
        if (k > 0) {
            for (int j = 1; j < 3; ++j) {
                const V re = tr[j] * c[j][k] + ti[j] * s[j][k];
                const V im = ti[j] * c[j][k] - tr[j] * s[j][k];
                tr[j]      = re;
                ti[j]      = im;
            }
        }
        NAME(butterfly_3)(tr, ti, ur, ui);
        for (int j = 0; j < 3; ++j) {
            yr[k + 3 * j] = ur[j];
            yi[k + 3 * j] = ui[j];
        }
    }
}

// Three by four: 12 points without twiddles, input 4 a + 3 b, output by remainders
BUTTERFLY(12)
{
    V ar[3][4];
    V ai[3][4];
    for (int a = 0; a < 3; ++a) {
        const V tr[4] = {xr[4 * a], xr[(4 * a + 3) % 12], xr[(4 * a + 6) % 12],
                         xr[(4 * a + 9) % 12]};
        const V ti[4] = {xi[4 * a], xi[(4 * a + 3) % 12], xi[(4 * a + 6) % 12],
                         xi[(4 * a + 9) % 12]};
        NAME(butterfly_4)(tr, ti, ar[a], ai[a]);
    }
    for (int b = 0; b < 4; ++b) {
        const V tr[3] = {ar[0][b], ar[1][b], ar[2][b]};
        const V ti[3] = {ai[0][b], ai[1][b], ai[2][b]};
        V       ur[3];
        V       ui[3];
        NAME(butterfly_3)(tr, ti, ur, ui);
        for (int a = 0; a < 3; ++a) {
            const int k = (4 * a + 9 * b) % 12; // a modulo 3, b modulo 4
            yr[k]       = ur[a];
            yi[k]       = ui[a];
        }
    }
}

// An odd prime: with a = x[j] + x[r-j] and b = x[j] - x[r-j] the outputs k and r-k
// share the sums of a cos and of b sin; both run over ascending j
RV_INLINE void
NAME(butterfly_odd)(const int r, const float *const cosine, const float *const sine,
                    const V *const xr, const V *const xi, V *const yr, V *const yi)
{
    const int h = (r - 1) / 2;
    V         ar[9];
    V         ai[9];
    V         br[9];
    V         bi[9];
    V         sum_r = xr[0];
    V         sum_i = xi[0];
    RV_UNROLL
    for (int j = 0; j < h; ++j) {
        ar[j] = xr[j + 1] + xr[r - 1 - j];
        ai[j] = xi[j + 1] + xi[r - 1 - j];
        br[j] = xr[j + 1] - xr[r - 1 - j];
        bi[j] = xi[j + 1] - xi[r - 1 - j];
        sum_r = sum_r + ar[j];
        sum_i = sum_i + ai[j];
    }
    yr[0] = sum_r;
    yi[0] = sum_i;
    RV_UNROLL
    for (int k = 0; k < h; ++k) {
        V cr = xr[0] + cosine[k * h] * ar[0];
        V ci = xi[0] + cosine[k * h] * ai[0];
        V sr = sine[k * h] * br[0];
        V si = sine[k * h] * bi[0];
        RV_UNROLL
        for (int j = 1; j < h; ++j) {
            cr = cr + cosine[k * h + j] * ar[j];
            ci = ci + cosine[k * h + j] * ai[j];
            sr = sr + sine[k * h + j] * br[j];
            si = si + sine[k * h + j] * bi[j];
        }
        yr[k + 1]     = cr + si;
        yi[k + 1]     = ci - sr;
        yr[r - 1 - k] = cr - si;
        yi[r - 1 - k] = ci + sr;
    }
}

#define BUTTERFLY_ODD(radix)                                                           \
    BUTTERFLY(radix)                                                                   \
    {                                                                                  \
        NAME(butterfly_odd)                                                            \
        (radix, &cos_##radix[0][0], &sin_##radix[0][0], xr, xi, yr, yi);               \
    }

BUTTERFLY_ODD(5)
BUTTERFLY_ODD(7)
BUTTERFLY_ODD(11)
BUTTERFLY_ODD(13)
BUTTERFLY_ODD(17)
BUTTERFLY_ODD(19)

#undef BUTTERFLY
#undef BUTTERFLY_ODD

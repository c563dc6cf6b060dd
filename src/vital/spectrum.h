// SPDX-License-Identifier: MIT
/**
   @file spectrum.h
   The strongest periodicity that the bands of one or many links share, and how unlikely
   it is by chance.

   At each frequency the bands' amplitudes X are a vector. A chest goes to and fro, and
   each band follows it in phase or in antiphase: X is one complex number times a real
   vector. So the statistic is the largest eigenvalue of Re(X X^H), the energy along the
   real vector that fits best: maximum-ratio combining with unknown weights. The second
   eigenvalue is what does not fit. With u = Re X and v = Im X both follow from u.u, v.v
   and u.v alone, and these add up over bands and links.

   Under noise the matrix is a 2 x 2 Wishart matrix of `order` degrees of freedom, and
   the tail of its largest eigenvalue is that of the maximum of a chi-square process on
   a circle ("Random Fields and Geometry", Springer 2007, ch. 15: expected Euler
   characteristic): P(lambda > y) = c Q((order + 1) / 2, y), Q the upper tail of the
   Gamma distribution, c = sqrt(pi) Gamma((order + 1) / 2) / Gamma(order / 2).
*/
#ifndef RV_VITAL_SPECTRUM_H
#define RV_VITAL_SPECTRUM_H

#include <ruview/math/fft.h>
#include <ruview/vital/sampler.h>
#include <ruview/vital/vital_spectrum.h>

#include <stdbool.h>
#include <stdint.h>

/// What a spectrum covers
typedef struct {
    float low_hz, high_hz;
    float split_hz; ///< Drift below, noise above
    float top_hz;   ///< Of the search
    bool  hann; ///< Weights with side lobes below -31 dB that fall as f^-6, for what
                ///< lies beside something strong; else half a sine, -23 dB and
                ///< f^-4, which sees 0.9 dB more
} rv_spectrum_range;

/// What is searched
typedef struct {
    float low_hz, high_hz;   ///< Where the peak may lie
    float chance;            ///< Of a false peak per look
    float comb_hz;           ///< No peak near a multiple of this, the second to
                             ///< `comb_last`; 0: no comb
    float    comb_near_hz;   ///< That is near
    float    comb_spread_hz; ///< And that much more per multiple
    uint32_t comb_last;
} rv_spectrum_search;

typedef struct {
    float hz;        ///< 0: no interior peak
    float power;     ///< Largest eigenvalue; noise has mean order / 2 in each direction
    float threshold; ///< That noise reaches with the chance given
    float sole;      ///< The same, if each link had one noise in all its bands
    float hold;      ///< That noise reaches in a given cell with chance 0.003
    float combed;    ///< Highest peak that the comb took away
    float misfit;    ///< Second eigenvalue
    float misfit_threshold; ///< That it reaches with chance 0.001
} rv_spectrum_peak;

/**
   The spectrum of bands.

   @param fft   Of length RV_VITAL_FFT.
   @param x     IO  [n] samples, n <= RV_VITAL_FFT; detrended and weighted on return.
   @param range Where the floor is measured, at most RV_SPECTRUM_BINS bins.
*/
void rv_spectrum_take(rv_spectrum *self, const rv_fft       *fft,
                      float (*x)[RV_SAMPLER_BANDS], uint32_t n, uint32_t n_bands,
                      float step_s, const rv_spectrum_range *range);

/// Add the spectrum of another link over the same time; false: it does not fit
bool rv_spectrum_add(rv_spectrum *self, const rv_spectrum *other);

/// The highest peak of the search
rv_spectrum_peak rv_spectrum_find(const rv_spectrum        *self,
                                  const rv_spectrum_search *search);

/// Both eigenvalues where the largest is highest, within half a cell of a frequency
typedef struct {
    float uu, vv, uv;
    float largest, other;
} rv_spectrum_cell;

rv_spectrum_cell rv_spectrum_at(const rv_spectrum *self, float hz);

/// Eigenvalues from the sums in `cell`
void rv_spectrum_solve(rv_spectrum_cell *cell);

/// That noise of so many independent bands reaches in one cell, with that chance
float rv_spectrum_chance(float order, float chance);

/**
   The sum of the bands along the real vector that fits a frequency best.

   @param x      [n] samples as they were read.
   @param fused  O  [n]
*/
void rv_spectrum_fuse(const rv_spectrum *spectrum, const float (*x)[RV_SAMPLER_BANDS],
                      uint32_t n, uint32_t n_bands, float step_s, float hz,
                      float *fused);

/// The bands at a frequency, over the noise of each, phases about the window's middle
void rv_spectrum_vector(const rv_spectrum *spectrum, const float (*x)[RV_SAMPLER_BANDS],
                        uint32_t n, uint32_t n_bands, float step_s, float hz, float *re,
                        float *im);

/**
   Is there a line at that frequency, against whatever continuum lies about it? The F
   test of "Spectrum Estimation and Harmonic Analysis", Proc. IEEE 1982, eq. 13.10, with
   the sine tapers of "Minimum bias multiple taper spectral estimation", IEEE T-SP 1995,
   on the sum of the bands along the real vector that fits best. A slope of the
   continuum, which a floor cannot follow, costs it nothing.

   @param x  [n] samples as they were read.
*/
float rv_spectrum_line(const rv_spectrum *spectrum, const float (*x)[RV_SAMPLER_BANDS],
                       uint32_t n, uint32_t n_bands, float step_s, float hz);

#endif // RV_VITAL_SPECTRUM_H

// SPDX-License-Identifier: MIT
// Every length up to 2100 that a plan takes, against FFTW in f64: relative L2 error
// below 1e-6, forward and inverse.
#include <ruview/math/fft.h>
#include <ruview/math/random.h>
#include <ruview/platform/cpu.h>

#include <fftw3.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { longest = 2100 };

static double
error_of(const uint32_t n, rv_fft *const plan, const int sign)
{
    static float        re[longest], im[longest], yr[longest], yi[longest];
    static float        work[4 * longest];
    fftw_complex *const in   = fftw_alloc_complex(n);
    fftw_complex *const out  = fftw_alloc_complex(n);
    const fftw_plan     fftw = fftw_plan_dft_1d((int)n, in, out, sign, FFTW_ESTIMATE);
    rv_random           random;
    rv_random_init(&random, n, 7);
    for (uint32_t i = 0; i < n; ++i) {
        in[i][0] = re[i] = rv_random_normal_f32(&random);
        in[i][1] = im[i] = rv_random_normal_f32(&random);
    }
    fftw_execute(fftw);
    if (sign == FFTW_FORWARD) {
        rv_fft_forward(plan, re, im, yr, yi, work);
    } else {
        rv_fft_inverse(plan, re, im, yr, yi, work);
    }
    double wrong = 0.0;
    double total = 0.0;
    for (uint32_t i = 0; i < n; ++i) {
        const double dr = out[i][0] - (double)yr[i];
        const double di = out[i][1] - (double)yi[i];
        wrong += dr * dr + di * di;
        total += out[i][0] * out[i][0] + out[i][1] * out[i][1];
    }
    fftw_destroy_plan(fftw);
    fftw_free(in);
    fftw_free(out);
    return sqrt(wrong / total);
}

int
main(void)
{
    double   worst   = 0.0;
    uint32_t at      = 0;
    int      lengths = 0;
    for (uint32_t n = 1; n <= longest; ++n) {
        size_t n_bytes = 0;
        if (rv_fft_size(n, &n_bytes) != RV_OK) {
            continue;
        }
        void *const mem = malloc(n_bytes);
        rv_fft      plan;
        if (rv_fft_init(&plan, n, mem, n_bytes) != RV_OK) {
            return 1;
        }
        rv_fft_select(&plan, rv_cpu_mask());
        const double forward = error_of(n, &plan, FFTW_FORWARD);
        const double inverse = error_of(n, &plan, FFTW_BACKWARD);
        free(mem);
        const double error = forward > inverse ? forward : inverse;
        ++lengths;
        if (error > worst) {
            worst = error;
            at    = n;
        }
    }
    printf("fftw: %d lengths, largest relative error %.3g at %u\n", lengths, worst, at);
    return !(worst < 1e-6);
}

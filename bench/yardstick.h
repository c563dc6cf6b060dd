// SPDX-License-Identifier: MIT
/**
   @file yardstick.h
   Other people's libraries to be measured beside ours, opened when the machine has
   them.
*/
#ifndef RV_BENCH_YARDSTICK_H
#define RV_BENCH_YARDSTICK_H

#include <stdbool.h>

/// FFTW, single precision, interleaved complex
typedef struct {
    void *(*plan_dft_1d)(int n, float (*in)[2], float (*out)[2], int sign,
                         unsigned flags);
    void *(*plan_many_dft)(int rank, const int *n, int howmany, float (*in)[2],
                           const int *inembed, int istride, int idist, float (*out)[2],
                           const int *onembed, int ostride, int odist, int sign,
                           unsigned flags);
    void (*execute)(void *plan);
    void (*destroy_plan)(void *plan);
    void *(*malloc)(unsigned long n);
    void (*free)(void *p);
} rv_fftw;

enum { RV_FFTW_FORWARD = -1, RV_FFTW_ESTIMATE = 1 << 6 };

/// False when the machine has no libfftw3f
bool rv_fftw_open(rv_fftw *self);

/// OpenBLAS, one thread
typedef struct {
    float (*sdot)(int n, const float *x, int incx, const float *y, int incy);
    void (*saxpy)(int n, float alpha, const float *x, int incx, float *y, int incy);
    void (*cgemv)(int order, int trans, int m, int n, const void *alpha, const void *a,
                  int lda, const void *x, int incx, const void *beta, void *y,
                  int incy);
} rv_blas;

enum { RV_BLAS_ROWS = 101, RV_BLAS_PLAIN = 111, RV_BLAS_ADJOINT = 113 };

/// False when the machine has no libopenblas
bool rv_blas_open(rv_blas *self);

#endif // RV_BENCH_YARDSTICK_H

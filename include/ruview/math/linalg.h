// SPDX-License-Identifier: MIT
/**
   @file linalg.h
   Small dense linear algebra. Matrices are row-major without padding, n <= 64 or so.

   Place      tracker, tomography, field model, geometry.
   Source     "Matrix Computations", 4th ed. (2013), algorithms 4.2.1 (Cholesky),
              3.4.1 (pivoting), 8.5.2 (cyclic Jacobi).
   Exactness  every sum runs over ascending indices; pivots tie to the lower row.
*/
#ifndef RV_MATH_LINALG_H
#define RV_MATH_LINALG_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/**
   A = L L^T. Only the lower triangle of `a` is read; L replaces it and the upper
   triangle becomes zero.
   @param a  IO [n][n]
   @return OK; ERR_VALUE if A is not positive definite (or not finite): `a` is then
           half-way changed.
*/
RV_API RV_NODISCARD rv_status rv_cholesky_f32(float *a, uint32_t n);
RV_API RV_NODISCARD rv_status rv_cholesky_f64(double *a, uint32_t n);

/// Solve L L^T x = b with the factor of rv_cholesky; x [n] may be b
RV_API void rv_cholesky_solve_f32(const float *l, uint32_t n, const float *b, float *x);
RV_API void rv_cholesky_solve_f64(const double *l, uint32_t n, const double *b,
                                  double *x);

/// Only the first half, L y = b: y^T y is then b^T A^-1 b; y may be b
RV_API void rv_forward_solve_f32(const float *l, uint32_t n, const float *b, float *y);
RV_API void rv_forward_solve_f64(const double *l, uint32_t n, const double *b,
                                 double *y);

/**
   Solve A x = b by elimination with partial pivoting.
   @param a  IO [n][n], destroyed
   @param b  IO [n], becomes x
   @return OK; ERR_VALUE if a pivot is zero or not finite
*/
RV_API RV_NODISCARD rv_status rv_solve_f32(float *a, float *b, uint32_t n);
RV_API RV_NODISCARD rv_status rv_solve_f64(double *a, double *b, uint32_t n);

/**
   Eigenvalues and vectors of a symmetric matrix, largest value first, ties in the order
   of the columns. Each vector has norm 1 and its largest component (the first of
   equals) is positive.
   @param a        IO [n][n], destroyed; both triangles are read
   @param values   O  [n]
   @param vectors  O  [n][n], vector k in row k
   @return OK; ERR_NONFINITE
*/
RV_API RV_NODISCARD rv_status rv_eigen_symmetric_f32(float *a, uint32_t n,
                                                     float *values, float *vectors);
RV_API RV_NODISCARD rv_status rv_eigen_symmetric_f64(double *a, uint32_t n,
                                                     double *values, double *vectors);

/// out [n][m] = a [n][k] b [k][m]; out is apart from a and b
RV_API void rv_matmul_f32(const float *a, const float *b, float *out, uint32_t n,
                          uint32_t k, uint32_t m);
RV_API void rv_matmul_f64(const double *a, const double *b, double *out, uint32_t n,
                          uint32_t k, uint32_t m);

/// out [n][m] = a [n][k] transpose of b [m][k]; out is apart from a and b
RV_API void rv_matmul_bt_f32(const float *a, const float *b, float *out, uint32_t n,
                             uint32_t k, uint32_t m);
RV_API void rv_matmul_bt_f64(const double *a, const double *b, double *out, uint32_t n,
                             uint32_t k, uint32_t m);

/// out [n] = a [n][m] x [m]; out is apart from x
RV_API void rv_matvec_f32(const float *a, const float *x, float *out, uint32_t n,
                          uint32_t m);
RV_API void rv_matvec_f64(const double *a, const double *x, double *out, uint32_t n,
                          uint32_t m);

RV_END_DECLS

#endif // RV_MATH_LINALG_H

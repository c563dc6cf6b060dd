// SPDX-License-Identifier: MIT
// Elementary functions over the whole f32 domain (every 4097th number; --all: every
// one), kernels, transforms, texts, small algebra.
#include "proofs/proof.h"

#include <ruview/math/elementary.h>
#include <ruview/math/fft.h>
#include <ruview/math/kernels.h>
#include <ruview/math/linalg.h>
#include <ruview/math/order.h>
#include <ruview/math/random.h>
#include <ruview/math/stats.h>
#include <ruview/math/text.h>

#include <stdlib.h>

enum { block = 4096, most = 2048 };

typedef float function_f32(float x);

// Every number in turn of its bit pattern, both signs, subnormals, infinities and NaN
static void
prove_function(rv_proof *const proof, const char *const name, function_f32 *const f)
{
    const uint64_t step = proof->all ? 1 : 4097;
    static float   y[block];
    size_t         n = 0;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += step) {
        y[n++] = f(rv_from_bits_f32((uint32_t)bits));
        if (n == block) {
            rv_proof_f32(proof, y, n);
            n = 0;
        }
    }
    rv_proof_f32(proof, y, n);
    rv_proof_part(proof, name);
}

// The same over arrays, which must give the bits of one at a time
static void
prove_rows(rv_proof *const proof)
{
    const rv_kernels *const k    = rv_kernels_for(proof->cpu_mask);
    const uint64_t          step = proof->all ? 1 : 4097;
    static float            x[block], y[block], z[block], w[block];
    size_t                  n = 0;
    for (uint64_t bits = 0; bits <= UINT32_MAX; bits += step) {
        x[n] = rv_from_bits_f32((uint32_t)bits);
        y[n] = rv_from_bits_f32((uint32_t)bits * 2654435761U);
        if (++n < block && bits + step <= UINT32_MAX) {
            continue;
        }
        k->atan2(y, x, z, n);
        rv_proof_f32(proof, z, n);
        k->sincos(x, z, w, n);
        rv_proof_f32(proof, z, n);
        rv_proof_f32(proof, w, n);
        k->exp(x, z, n);
        rv_proof_f32(proof, z, n);
        k->log(x, z, n);
        rv_proof_f32(proof, z, n);
        n = 0;
    }
    rv_proof_part(proof, "rows");
}

static void
prove_f64(rv_proof *const proof)
{
    rv_random random;
    rv_random_init(&random, 1, 64);
    for (int i = 0; i < 20000; ++i) {
        double x = rv_from_bits_f64(rv_random_u64(&random));
        if (i % 2) {
            x = rv_random_normal_f64(&random) * 100.0;
        }
        const double y    = rv_random_normal_f64(&random);
        double       v[5] = {0.0, 0.0, rv_atan2_f64(y, x), rv_exp_f64(x),
                             rv_log_f64(rv_abs_f64(x))};
        rv_sincos_f64(x, &v[0], &v[1]);
        rv_proof_f64(proof, v, 5);
    }
    rv_proof_part(proof, "f64");
}

static void
random_array(rv_random *const random, float *const x, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        x[i] = rv_random_normal_f32(random);
    }
}

static void
prove_kernels(rv_proof *const proof)
{
    const rv_kernels *const k = rv_kernels_for(proof->cpu_mask);
    static float            a[most], b[most], c[most], d[most], y[most], z[most];
    static uint8_t          bytes[most];
    rv_random               random;
    rv_random_init(&random, 2, 0);
    random_array(&random, a, most);
    random_array(&random, b, most);
    random_array(&random, c, most);
    random_array(&random, d, most);
    random_array(&random, y, most);
    random_array(&random, z, most);
    for (size_t i = 0; i < most; ++i) {
        bytes[i] = (uint8_t)rv_random_u32(&random);
    }
    for (size_t n = 0; n < 1500; n = n < 100 ? n + 1 : n + 97) {
        uint32_t    index[16];
        float       v[16];
        const float sums[] = {k->sum(a, n),       k->sum_abs(a, n),  k->norm2(a, n),
                              k->dot(a, b, n),    k->dist2(a, b, n), k->wnorm2(a, b, n),
                              k->cnorm2(a, b, n), k->cnorm1(a, b, n)};
        rv_proof_f32(proof, sums, sizeof sums / sizeof *sums);
        k->cdot(a, b, c, d, n, v);
        rv_proof_f32(proof, v, 2);
        const double wide = k->dot_f64(a, b, n);
        rv_proof_f64(proof, &wide, 1);
        index[0] = (uint32_t)k->argmax(a, n, &v[0]);
        index[1] = (uint32_t)k->argmin(a, n, &v[1]);
        index[2] = (uint32_t)k->cargmax2(a, b, n, &v[2]);
        index[3] = k->hamming(bytes, bytes + 7, n / 2);
        rv_proof_u32(proof, index, 4);
        rv_proof_f32(proof, v, 3);
        k->axpy(0.37F, a, y, n);
        k->blend(0.1F, b, z, n);
        k->welford(c, 0.125F, y, z, n);
        k->cmac(a, b, c, d, y, z, n);
        k->caxpy(0.7F, -0.3F, a, b, y, z, n);
        k->csoft(y, z, 0.5F, y, z, n);
        k->cmacc(a, b, c, d, y, z, n);
        k->mag(y, z, y, n);
        k->cspread_16(a, b, c, d, y, z, n / 16);
        k->csoft_16(y, z, v, y, z, n / 16);
        rv_proof_f32(proof, y, n);
        rv_proof_f32(proof, z, n);
        k->cargmax2_16(y, z, n / 16, index, v);
        rv_proof_u32(proof, index, 16);
        rv_proof_f32(proof, v, 16);
    }
    rv_proof_part(proof, "kernels");
}

static float *
floats(const size_t n)
{
    float *const p = calloc(n, sizeof *p);
    if (!p) {
        abort();
    }
    return p;
}

static void
prove_transforms(rv_proof *const proof)
{
    static const uint32_t lengths[] = {1,   2,   15,  64,  77,  85,   114,  128, 156,
                                       168, 256, 342, 512, 726, 1024, 1452, 2048};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; ++i) {
        const size_t n       = lengths[i];
        size_t       n_bytes = 0;
        rv_fft       plan;
        rv_random    random;
        if (rv_fft_size((uint32_t)n, &n_bytes) != RV_OK) {
            abort();
        }
        float *const mem  = floats(n_bytes / sizeof(float) + 1);
        float *const x    = floats(n * 32);
        float *const y    = floats(n * 32);
        float *const work = floats(n * 64);
        if (rv_fft_init(&plan, (uint32_t)n, mem, n_bytes) != RV_OK) {
            abort();
        }
        rv_fft_select(&plan, proof->cpu_mask);
        rv_random_init(&random, 3, n);
        random_array(&random, x, n * 32);
        rv_fft_forward(&plan, x, x + n, y, y + n, work);
        rv_proof_f32(proof, y, 2 * n);
        rv_fft_inverse_16(&plan, x, x + 16 * n, y, y + 16 * n, work);
        rv_proof_f32(proof, y, 32 * n);
        free(mem);
        free(x);
        free(y);
        free(work);
    }
    rv_proof_part(proof, "transforms");
}

static void
prove_texts(rv_proof *const proof)
{
    rv_random random;
    rv_random_init(&random, 4, 0);
    for (int i = 0; i < 20000; ++i) {
        char           out[RV_TEXT_MAX];
        const uint64_t bits = rv_random_u64(&random);
        const float    x    = rv_from_bits_f32((uint32_t)bits);
        const double   y    = rv_from_bits_f64(bits);
        const float    z    = rv_random_normal_f32(&random);
        rv_proof_bytes(proof, out, rv_text_f32(out, x));
        rv_proof_bytes(proof, out, rv_text_f64(out, y));
        rv_proof_bytes(proof, out, rv_text_debug_f32(out, z));
        rv_proof_bytes(proof, out, rv_text_fixed(out, (double)z, (uint32_t)(i % 10)));
        rv_proof_bytes(proof, out, rv_text_i64(out, (int64_t)bits));
    }
    rv_proof_part(proof, "texts");
}

static void
prove_algebra(rv_proof *const proof)
{
    enum { n = 12 };
    static float a[n * n], s[n * n], l[n * n], values[n], vectors[n * n], x[n],
        work[most];
    uint32_t  index[most];
    rv_random random;
    rv_random_init(&random, 5, 0);
    for (int round = 0; round < 50; ++round) {
        random_array(&random, a, n * n);
        random_array(&random, x, n);
        rv_matmul_bt_f32(a, a, s, n, n, n);
        for (int i = 0; i < n; ++i) {
            s[i * n + i] += 1.0F;
        }
        memcpy(l, s, sizeof l);
        const float failed = rv_cholesky_f32(l, n) == RV_OK ? 0.0F : 1.0F;
        rv_cholesky_solve_f32(l, n, x, x);
        rv_proof_f32(proof, &failed, 1);
        rv_proof_f32(proof, x, n);
        if (rv_solve_f32(a, x, n) == RV_OK &&
            rv_eigen_symmetric_f32(s, n, values, vectors) == RV_OK) {
            rv_proof_f32(proof, x, n);
            rv_proof_f32(proof, values, n);
            rv_proof_f32(proof, vectors, n * n);
        }
    }
    static float y[most];
    for (size_t count = 1; count < 300; count += 7) {
        random_array(&random, y, count);
        const rv_circular mean = rv_circular_mean_f32(y, count);
        const float       v[]  = {rv_median_f32(y, count, work),
                                  rv_robust_scale_f32(y, count, work, NULL),
                                  rv_quantile_f32(y, count, 0.9F, work),
                                  rv_variance_f32(y, count),
                                  mean.angle,
                                  mean.length};
        rv_proof_f32(proof, v, sizeof v / sizeof *v);
        rv_argsort_f32(y, index, count);
        rv_proof_u32(proof, index, count);
    }
    rv_proof_part(proof, "algebra");
}

int
main(const int argc, char **const argv)
{
    rv_proof proof;
    rv_proof_begin(&proof, "math", argc, argv);
    prove_function(&proof, "sin", rv_sin_f32);
    prove_function(&proof, "cos", rv_cos_f32);
    prove_function(&proof, "exp", rv_exp_f32);
    prove_function(&proof, "pow2", rv_pow2_f32);
    prove_function(&proof, "log", rv_log_f32);
    prove_function(&proof, "log10", rv_log10_f32);
    prove_function(&proof, "cbrt", rv_cbrt_f32);
    prove_rows(&proof);
    prove_f64(&proof);
    prove_kernels(&proof);
    prove_transforms(&proof);
    prove_texts(&proof);
    prove_algebra(&proof);
    return rv_proof_end(&proof);
}

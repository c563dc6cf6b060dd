// SPDX-License-Identifier: MIT
// The body of linalg.c for one number type: REAL, its suffix by NAME(), ROOT and ABS.
// No include guard: linalg.c includes it once per type.

rv_status
NAME(rv_cholesky)(REAL *const a, const uint32_t n)
{
    for (size_t j = 0; j < n; ++j) {
        REAL d = a[j * n + j];
        for (size_t k = 0; k < j; ++k) {
            d -= a[j * n + k] * a[j * n + k];
        }
        if (!(d > 0) || d - d != 0) {
            return RV_ERR_VALUE;
        }
        const REAL root = ROOT(d);
        a[j * n + j]    = root;
        for (size_t i = j + 1; i < n; ++i) {
            REAL v = a[i * n + j];
            for (size_t k = 0; k < j; ++k) {
                v -= a[i * n + k] * a[j * n + k];
            }
            a[i * n + j] = v / root;
            a[j * n + i] = 0;
        }
    }
    return RV_OK;
}

void
NAME(rv_forward_solve)(const REAL *const l, const uint32_t n, const REAL *const b,
                       REAL *const y)
{
    for (size_t i = 0; i < n; ++i) {
        REAL v = b[i];
        for (size_t k = 0; k < i; ++k) {
            v -= l[i * n + k] * y[k];
        }
        y[i] = v / l[i * n + i];
    }
}

void
NAME(rv_cholesky_solve)(const REAL *const l, const uint32_t n, const REAL *const b,
                        REAL *const x)
{
    NAME(rv_forward_solve)(l, n, b, x);
    for (size_t i = n; i-- > 0;) {
        REAL v = x[i];
        for (size_t k = i + 1; k < n; ++k) {
            v -= l[k * n + i] * x[k];
        }
        x[i] = v / l[i * n + i];
    }
}

rv_status
NAME(rv_solve)(REAL *const a, REAL *const b, const uint32_t n)
{
    for (size_t j = 0; j < n; ++j) {
        size_t best = j;
        for (size_t i = j + 1; i < n; ++i) {
            if (ABS(a[i * n + j]) > ABS(a[best * n + j])) {
                best = i;
            }
        }
        const REAL pivot = a[best * n + j];
        if (pivot == 0 || pivot - pivot != 0) {
            return RV_ERR_VALUE;
        }
        if (best != j) {
            for (size_t k = j; k < n; ++k) {
                const REAL swap = a[j * n + k];
                a[j * n + k]    = a[best * n + k];
                a[best * n + k] = swap;
            }
            const REAL swap = b[j];
            b[j]            = b[best];
            b[best]         = swap;
        }
        for (size_t i = j + 1; i < n; ++i) {
            const REAL f = a[i * n + j] / pivot;
            for (size_t k = j + 1; k < n; ++k) {
                a[i * n + k] -= f * a[j * n + k];
            }
            b[i] -= f * b[j];
        }
    }
    for (size_t i = n; i-- > 0;) {
        REAL v = b[i];
        for (size_t k = i + 1; k < n; ++k) {
            v -= a[i * n + k] * b[k];
        }
        b[i] = v / a[i * n + i];
    }
    return RV_OK;
}

// One rotation that makes a[p][q] zero; the rows of v turn along
static void
NAME(rotate)(REAL *const a, REAL *const v, const size_t n, const size_t p,
             const size_t q)
{
    const REAL apq = a[p * n + q];
    if (apq == 0) {
        return;
    }
    const REAL theta = (a[q * n + q] - a[p * n + p]) / (apq + apq);
    const REAL side  = ABS(theta) + ROOT(theta * theta + 1);
    const REAL t     = (theta < 0 ? -1 : 1) / side;
    const REAL c     = 1 / ROOT(t * t + 1);
    const REAL s     = t * c;
    for (size_t k = 0; k < n; ++k) {
        const REAL akp = a[k * n + p];
        const REAL akq = a[k * n + q];
        a[k * n + p]   = c * akp - s * akq;
        a[k * n + q]   = s * akp + c * akq;
    }
    for (size_t k = 0; k < n; ++k) {
        const REAL apk = a[p * n + k];
        const REAL aqk = a[q * n + k];
        a[p * n + k]   = c * apk - s * aqk;
        a[q * n + k]   = s * apk + c * aqk;
    }
    a[p * n + q] = 0;
    a[q * n + p] = 0;
    for (size_t k = 0; k < n; ++k) {
        const REAL vp = v[p * n + k];
        const REAL vq = v[q * n + k];
        v[p * n + k]  = c * vp - s * vq;
        v[q * n + k]  = s * vp + c * vq;
    }
}

static void
NAME(swap_rows)(REAL *const v, const size_t n, const size_t i, const size_t j)
{
    for (size_t k = 0; k < n; ++k) {
        const REAL swap = v[i * n + k];
        v[i * n + k]    = v[j * n + k];
        v[j * n + k]    = swap;
    }
}

// The largest component, the first of equals, becomes positive
static void
NAME(point_up)(REAL *const v, const size_t n)
{
    size_t best = 0;
    for (size_t k = 1; k < n; ++k) {
        if (ABS(v[k]) > ABS(v[best])) {
            best = k;
        }
    }
    if (v[best] < 0) {
        for (size_t k = 0; k < n; ++k) {
            v[k] = -v[k];
        }
    }
}

rv_status
NAME(rv_eigen_symmetric)(REAL *const a, const uint32_t order, REAL *const values,
                         REAL *const vectors)
{
    const size_t n     = order;
    REAL         total = 0;
    for (size_t i = 0; i < n * n; ++i) {
        if (a[i] - a[i] != 0) {
            return RV_ERR_NONFINITE;
        }
        total += a[i] * a[i];
        vectors[i] = i / n == i % n ? 1 : 0;
    }
    for (int sweep = 0; sweep < 30; ++sweep) {
        REAL off = 0;
        for (size_t p = 0; p < n; ++p) {
            for (size_t q = p + 1; q < n; ++q) {
                off += a[p * n + q] * a[p * n + q];
            }
        }
        if (!(off > total * EPSILON_SQUARED)) {
            break;
        }
        for (size_t p = 0; p < n; ++p) {
            for (size_t q = p + 1; q < n; ++q) {
                NAME(rotate)(a, vectors, n, p, q);
            }
        }
    }
    for (size_t i = 0; i < n; ++i) {
        values[i] = a[i * n + i];
    }
    for (size_t i = 0; i < n; ++i) { // selection: the first of equals stays first
        size_t best = i;
        for (size_t k = i + 1; k < n; ++k) {
            if (values[k] > values[best]) {
                best = k;
            }
        }
        for (size_t k = best; k > i; --k) {
            const REAL swap = values[k];
            values[k]       = values[k - 1];
            values[k - 1]   = swap;
            NAME(swap_rows)(vectors, n, k, k - 1);
        }
        NAME(point_up)(vectors + i * n, n);
    }
    return RV_OK;
}

void
NAME(rv_matmul)(const REAL *const a, const REAL *const b, REAL *const out,
                const uint32_t n, const uint32_t k, const uint32_t m)
{
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < m; ++j) {
            REAL v = 0;
            for (size_t l = 0; l < k; ++l) {
                v += a[i * k + l] * b[l * m + j];
            }
            out[i * m + j] = v;
        }
    }
}

void
NAME(rv_matmul_bt)(const REAL *const a, const REAL *const b, REAL *const out,
                   const uint32_t n, const uint32_t k, const uint32_t m)
{
    for (size_t i = 0; i < n; ++i) {
        for (size_t j = 0; j < m; ++j) {
            REAL v = 0;
            for (size_t l = 0; l < k; ++l) {
                v += a[i * k + l] * b[j * k + l];
            }
            out[i * m + j] = v;
        }
    }
}

void
NAME(rv_matvec)(const REAL *const a, const REAL *const x, REAL *const out,
                const uint32_t n, const uint32_t m)
{
    for (size_t i = 0; i < n; ++i) {
        REAL v = 0;
        for (size_t l = 0; l < m; ++l) {
            v += a[i * m + l] * x[l];
        }
        out[i] = v;
    }
}

// SPDX-License-Identifier: MIT
#include <ruview/people/ospa.h>

#include "base/exact.h"
#include "base/try.h"

#include <ruview/math/elementary.h>
#include <ruview/people/assign.h>

rv_status
rv_ospa(const float (*const a)[2], const uint32_t n_a, const float (*const b)[2],
        const uint32_t n_b, const double cutoff_m, double *const out)
{
    if (n_a > n_b) {
        return rv_ospa(b, n_b, a, n_a, cutoff_m, out);
    }
    if (n_b > RV_ASSIGN_MAX) {
        return RV_ERR_SHAPE;
    }
    if (n_a == 0) {
        *out = n_b != 0 ? cutoff_m : 0.0;
        return RV_OK;
    }
    double cost[RV_ASSIGN_MAX * RV_ASSIGN_MAX] = {0};
    for (uint32_t i = 0; i < n_a; ++i) {
        for (uint32_t j = 0; j < n_b; ++j) {
            const double dx = (double)a[i][0] - (double)b[j][0];
            const double dy = (double)a[i][1] - (double)b[j][1];
            const double d  = rv_sqrt_f64(dx * dx + dy * dy);
            // Not a number stays one, and is refused below
            cost[i * n_b + j] = d > cutoff_m ? cutoff_m : d;
        }
    }
    uint32_t column[RV_ASSIGN_MAX];
    RV_TRY(rv_assign(cost, n_a, n_b, column));
    double sum = cutoff_m * (double)(n_b - n_a);
    for (uint32_t i = 0; i < n_a; ++i) {
        sum += cost[i * n_b + column[i]];
    }
    *out = sum / n_b;
    return RV_OK;
}

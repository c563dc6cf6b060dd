// SPDX-License-Identifier: MIT
#include "cli/poisson.h"

#include <math.h>

double
rv_poisson_below(const uint32_t n)
{
    const double k = n + 1.0;
    const double q = 1.0 - 1.0 / (9.0 * k) + 1.6449 / (3.0 * sqrt(k));
    return n == 0 ? 2.9957 : k * q * q * q;
}

// SPDX-License-Identifier: MIT
#include "sim/sim_math.h"

rv_cplx
rv_sim_turn(const double turns)
{
    const double q  = rv_sim_floor(turns * 4.0 + 0.5);
    const float  x  = (float)((turns * 4.0 - q) * (RV_SIM_PI / 2.0)); // |x| <= pi/4
    const float  xx = x * x;
    const float  s =
        x * (1.0F + xx * (-1.0F / 6 + xx * (1.0F / 120 + xx * (-1.0F / 5040))));
    const float c =
        1.0F +
        xx * (-0.5F + xx * (1.0F / 24 + xx * (-1.0F / 720 + xx * (1.0F / 40320))));
    const unsigned quadrant = (unsigned)((int64_t)q & 3);
    const rv_cplx  out[4]   = {{c, s}, {-s, c}, {-c, -s}, {s, -c}};
    return out[quadrant];
}

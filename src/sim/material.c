// SPDX-License-Identifier: MIT
#include "sim/material.h"

/// Table 3 of P.2040-3: eps = a f^b (b = 0 for all of these), sigma = c f^d; f in GHz
static const struct {
    float a, c, d;
} table[RV_SIM_N_MATERIALS] = {
    [RV_SIM_CONCRETE]     = {5.24F, 0.0462F, 0.7822F},
    [RV_SIM_BRICK]        = {3.91F, 0.0238F, 0.16F},
    [RV_SIM_PLASTERBOARD] = {2.73F, 0.0085F, 0.9395F},
    [RV_SIM_WOOD]         = {1.99F, 0.0047F, 1.0718F},
    [RV_SIM_GLASS]        = {6.31F, 0.0036F, 1.3394F},
    [RV_SIM_CHIPBOARD]    = {2.58F, 0.0217F, 0.78F},
    [RV_SIM_FLOORBOARD]   = {3.66F, 0.0044F, 1.3515F},
    [RV_SIM_METAL]        = {1.0F, 1e7F, 0.0F},
    [RV_SIM_VACUUM]       = {1.0F, 0.0F, 0.0F},
};

rv_cplx
rv_material_permittivity(const rv_sim_material material, const float freq_ghz)
{
    const float log2_f =
        rv_sim_to_db(freq_ghz) * 0.33219281F; // log2(f) = 10 log10(f) / (10 log10(2))
    const float sigma =
        table[material].c * rv_sim_from_db(table[material].d * log2_f * 3.01029996F);
    const rv_cplx out = {table[material].a, -17.98F * sigma / freq_ghz};
    return out;
}

/// Root with a real part >= 0
static rv_cplx
root(const rv_cplx z)
{
    const double  re = (double)z.re;
    const double  im = (double)z.im;
    const double  m  = __builtin_sqrt(re * re + im * im);
    const double  a  = __builtin_sqrt(0.5 * (m + re > 0.0 ? m + re : 0.0));
    const double  b  = __builtin_sqrt(0.5 * (m - re > 0.0 ? m - re : 0.0));
    const rv_cplx w  = {(float)a, (float)(im < 0.0 ? -b : b)};
    return w;
}

static rv_cplx
quotient(const rv_cplx a, const rv_cplx b)
{
    const double  re = (double)b.re;
    const double  im = (double)b.im;
    const double  m  = re * re + im * im;
    const rv_cplx q  = {(float)(((double)a.re * re + (double)a.im * im) / m),
                        (float)(((double)a.im * re - (double)a.re * im) / m)};
    return q;
}

rv_cplx
rv_material_reflection(const rv_cplx permittivity, const float cosine,
                       const bool parallel)
{
    const rv_cplx inside = {permittivity.re - (1.0F - cosine * cosine),
                            permittivity.im};
    const rv_cplx w      = root(inside);
    const rv_cplx n      = {(parallel ? permittivity.re : 1.0F) * cosine,
                            (parallel ? permittivity.im : 0.0F) * cosine};
    const rv_cplx above  = {n.re - w.re, n.im - w.im};
    const rv_cplx below  = {n.re + w.re, n.im + w.im};
    if (below.re == 0.0F && below.im == 0.0F) {
        const rv_cplx grazing = {-1.0F, 0.0F};
        return grazing;
    }
    return quotient(above, below);
}

float
rv_material_transmission(const rv_cplx permittivity, const float freq_ghz,
                         const float thickness_m)
{
    const rv_cplx n      = root(permittivity);
    const rv_cplx r      = rv_material_reflection(permittivity, 1.0F, false);
    const float   k      = (float)(2.0 * RV_SIM_PI * 1e9 / RV_SIM_C_MPS) * freq_ghz;
    const float decay_db = 8.6858896F * k * (n.im < 0.0F ? -n.im : n.im) * thickness_m;
    return (1.0F - (r.re * r.re + r.im * r.im)) * rv_sim_from_db(-0.5F * decay_db);
}

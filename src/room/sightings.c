// SPDX-License-Identifier: MIT
#include <ruview/room/sightings.h>

#include "room/room_math.h"

#include <string.h>

// Squared residual over its variance at which a path no longer speaks for a cell
static const float reach2 = 9.0F;

enum { no_path = 255, refits = 3 };

rv_sightings_config
rv_sightings_config_default(const float origin_m[2], const float size_m[2])
{
    return (rv_sightings_config){
        .origin_m  = {origin_m[0], origin_m[1]},
        .size_m    = {size_m[0], size_m[1]},
        .step_m    = 0.25F,
        .min_links = 4,
        .min_share = 0.5F,
    };
}

static float
distance(const float a[3], const float b[3])
{
    const float x = a[0] - b[0];
    const float y = a[1] - b[1];
    const float z = a[2] - b[2];
    return rv_sqrt_f32(x * x + y * y + z * z);
}

// Detour over a place, beyond the straight way
static float
detour(const rv_sighting_link *const link, const float place[3])
{
    return distance(link->tx_m, place) + distance(place, link->rx_m) -
           distance(link->tx_m, link->rx_m);
}

// The path of a link that fits a place best, and its squared residual over variance
static uint8_t
best_path(const rv_sighting_link *const link, const float place[3], const float grain2,
          float *const off2)
{
    const float way  = detour(link, place);
    uint8_t     best = no_path;
    *off2            = reach2;
    for (uint8_t k = 0; k < link->n_paths; ++k) {
        const float off = link->excess_m[k] - way;
        const float r2  = off * off / (link->sigma_m[k] * link->sigma_m[k] + grain2);
        if (r2 < *off2) {
            *off2 = r2;
            best  = k;
        }
    }
    return best;
}

typedef struct {
    uint32_t n;
    float    height_m;
    uint32_t wanted; ///< Links that must agree
} plan;

static plan
make_plan(const rv_sightings_config *const cfg, const rv_sighting_link *const link,
          const uint32_t n)
{
    plan  p   = {.n = n};
    float sum = 0.0F;
    for (uint32_t i = 0; i < n; ++i) {
        if (link[i].n_paths > 0) {
            sum += 0.5F * (link[i].tx_m[2] + link[i].rx_m[2]);
            ++p.wanted;
        }
    }
    p.height_m = p.wanted > 0 ? sum / (float)p.wanted : 0.0F;
    const uint32_t share =
        (uint32_t)rv_to_i32(cfg->min_share * (float)p.wanted + 0.999F);
    p.wanted = share > cfg->min_links ? share : cfg->min_links;
    return p;
}

// The cell that most links have a path for; false when too few have
static bool
search(const rv_sightings_config *const cfg, const rv_sighting_link *const link,
       const plan *const p, float place[3])
{
    const float grain2 = 0.5F * cfg->step_m * cfg->step_m;
    const int   nx     = rv_to_i32(cfg->size_m[0] / cfg->step_m);
    const int   ny     = rv_to_i32(cfg->size_m[1] / cfg->step_m);
    float       most   = 0.0F;
    for (int c = 0; c < nx * ny; ++c) {
        const float at[3] = {cfg->origin_m[0] + ((float)(c % nx) + 0.5F) * cfg->step_m,
                             cfg->origin_m[1] + ((float)(c / nx) + 0.5F) * cfg->step_m,
                             p->height_m};
        float       score = 0.0F;
        uint32_t    votes = 0;
        for (uint32_t i = 0; i < p->n; ++i) {
            float off2;
            votes += best_path(&link[i], at, grain2, &off2) != no_path;
            score += 1.0F - off2 / reach2;
        }
        if (votes >= p->wanted && score > most) {
            most = score;
            memcpy(place, at, sizeof at);
        }
    }
    return most > 0.0F;
}

// Gradient of the detour at a place
static void
gradient(const rv_sighting_link *const link, const float place[3], double g[2])
{
    const double d1 = (double)distance(link->tx_m, place);
    const double d2 = (double)distance(link->rx_m, place);
    for (uint32_t k = 0; k < 2; ++k) {
        g[k] = ((double)place[k] - (double)link->tx_m[k]) / (d1 > 0.1 ? d1 : 0.1) +
               ((double)place[k] - (double)link->rx_m[k]) / (d2 > 0.1 ? d2 : 0.1);
    }
}

typedef struct {
    double   xx, xy, yy, x, y, chi2;
    uint32_t n;
} normal;

static normal
gather(const rv_sighting_link *const link, const uint32_t n, const uint8_t *const path,
       const float place[3])
{
    normal m = {0};
    for (uint32_t i = 0; i < n; ++i) {
        if (path[i] == no_path) {
            continue;
        }
        double       g[2];
        const double sigma = (double)link[i].sigma_m[path[i]];
        const double w     = 1.0 / (sigma * sigma);
        const double off =
            (double)link[i].excess_m[path[i]] - (double)detour(&link[i], place);
        gradient(&link[i], place, g);
        m.xx += w * g[0] * g[0];
        m.xy += w * g[0] * g[1];
        m.yy += w * g[1] * g[1];
        m.x += w * g[0] * off;
        m.y += w * g[1] * off;
        m.chi2 += w * off * off;
        ++m.n;
    }
    return m;
}

// Refine a place on the paths that voted for it; false when they do not fix it
static bool
refine(const rv_sightings_config *const cfg, const rv_sighting_link *const link,
       const plan *const p, uint8_t *const path, float place[3], rv_sighting *const out)
{
    const float grain2 = 0.5F * cfg->step_m * cfg->step_m;
    normal      m      = {0};
    double      det    = 0.0;
    for (uint32_t round = 0; round <= refits; ++round) {
        float       off2;
        const float wide2 =
            round < refits ? grain2 : 0.0F; // At last by the paths alone
        for (uint32_t i = 0; i < p->n; ++i) {
            path[i] = best_path(&link[i], place, wide2, &off2);
        }
        m   = gather(link, p->n, path, place);
        det = m.xx * m.yy - m.xy * m.xy;
        if (m.n < p->wanted || !(det > 1e-6 * (m.xx + m.yy) * (m.xx + m.yy))) {
            return false;
        }
        if (round < refits) {
            place[0] += (float)((m.yy * m.x - m.xy * m.y) / det);
            place[1] += (float)((m.xx * m.y - m.xy * m.x) / det);
        }
    }
    const double reduced = m.chi2 / (double)(m.n - 2);
    const double wider   = reduced > 1.0 ? reduced : 1.0;
    *out                 = (rv_sighting){.position_m    = {place[0], place[1]},
                                         .covariance_m2 = {(float)(wider * m.yy / det),
                                                           (float)(-wider * m.xy / det),
                                                           (float)(wider * m.xx / det)}};
    return true;
}

static bool
is_inside(const rv_sightings_config *const cfg, const float place[3])
{
    return room_in_range(place[0], cfg->origin_m[0],
                         cfg->origin_m[0] + cfg->size_m[0]) &&
           room_in_range(place[1], cfg->origin_m[1], cfg->origin_m[1] + cfg->size_m[1]);
}

static void
take_out(rv_sighting_link *const link, const uint8_t path)
{
    for (uint8_t k = path; k + 1 < link->n_paths; ++k) {
        link->excess_m[k] = link->excess_m[k + 1];
        link->sigma_m[k]  = link->sigma_m[k + 1];
    }
    --link->n_paths;
}

rv_status
rv_sightings_find(const rv_sightings_config *const cfg, rv_sighting_link *const link,
                  const uint32_t n, rv_sighting *const out, uint32_t *const found)
{
    *found = 0;
    if (!room_in_range(cfg->step_m, 0.05F, 1.0F) || cfg->min_links < 3 ||
        !room_in_range(cfg->min_share, 0.0F, 1.0F) ||
        !room_in_range(cfg->size_m[0], cfg->step_m, 100.0F) ||
        !room_in_range(cfg->size_m[1], cfg->step_m, 100.0F)) {
        return RV_ERR_CONFIG;
    }
    if (n > RV_ROOM_MAX_LINKS) {
        return RV_ERR_RANGE;
    }
    const plan p = make_plan(cfg, link, n);
    for (uint32_t k = 0; k < RV_SIGHTINGS_MAX; ++k) {
        uint8_t path[RV_ROOM_MAX_LINKS];
        float   place[3] = {0};
        if (!search(cfg, link, &p, place) ||
            !refine(cfg, link, &p, path, place, &out[*found])) {
            break;
        }
        *found += is_inside(cfg, place);
        for (uint32_t i = 0; i < n; ++i) {
            if (path[i] != no_path) {
                take_out(&link[i], path[i]);
            }
        }
    }
    return RV_OK;
}

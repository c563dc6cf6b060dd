// SPDX-License-Identifier: MIT
#include "room/pairs.h"

#include "room/room_math.h"

#include <string.h>

// Ends nearer than this are the same antenna [m]
static const float same_end_m = 0.02F;

// Shorter links say nothing about a room [m]
static const float min_length_m = 0.2F;

// cos^2 of 15 degrees
static const float cos2_parallel = 0.933012702F;

static float
distance2(const float a[3], const float b[3])
{
    const float dx = a[0] - b[0];
    const float dy = a[1] - b[1];
    const float dz = a[2] - b[2];
    return dx * dx + dy * dy + dz * dz;
}

static bool
same_end(const float a[3], const float b[3])
{
    return distance2(a, b) < same_end_m * same_end_m;
}

rv_status
rv_pairs_check(const rv_room_link *const links, const uint32_t n_links)
{
    for (uint32_t i = 0; i < n_links; ++i) {
        for (uint32_t k = 0; k < 3 && links[i].located; ++k) {
            if (!rv_is_finite_f32(links[i].tx_m[k]) ||
                !rv_is_finite_f32(links[i].rx_m[k])) {
                return RV_ERR_NONFINITE;
            }
        }
    }
    return RV_OK;
}

static bool
parallel(const rv_room_pair *const p, const rv_room_pair *const q)
{
    float dot = 0.0F;
    for (uint32_t k = 0; k < 3; ++k) {
        dot += (p->b_m[k] - p->a_m[k]) * (q->b_m[k] - q->a_m[k]);
    }
    const float lengths = p->length_m * q->length_m;
    return dot * dot > cos2_parallel * lengths * lengths;
}

static uint8_t
classify(const rv_room_pair *const pair, const uint32_t p, uint8_t *const n_classes,
         uint8_t *const first)
{
    for (uint8_t c = 0; c < *n_classes; ++c) {
        if (parallel(&pair[first[c]], &pair[p])) {
            return c;
        }
    }
    first[*n_classes] = (uint8_t)p;
    return (*n_classes)++;
}

uint32_t
rv_pairs_build(const rv_room_link *const links, const uint32_t n_links,
               uint8_t *const pair_of, rv_room_pair *const pair)
{
    uint8_t  first[RV_ROOM_MAX_LINKS];
    uint8_t  n_classes = 0;
    uint32_t n_pairs   = 0;
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_room_link *const link = &links[i];
        pair_of[i]                     = RV_PAIR_NONE;
        if (!link->located) {
            continue;
        }
        const float length2 = distance2(link->tx_m, link->rx_m);
        if (length2 < min_length_m * min_length_m) {
            continue;
        }
        uint32_t p = 0;
        while (
            p < n_pairs &&
            !(same_end(pair[p].a_m, link->tx_m) && same_end(pair[p].b_m, link->rx_m)) &&
            !(same_end(pair[p].a_m, link->rx_m) && same_end(pair[p].b_m, link->tx_m))) {
            ++p;
        }
        pair_of[i] = (uint8_t)p;
        if (p == n_pairs) {
            memcpy(pair[p].a_m, link->tx_m, sizeof pair[p].a_m);
            memcpy(pair[p].b_m, link->rx_m, sizeof pair[p].b_m);
            pair[p].length_m  = __builtin_sqrtf(length2);
            pair[p].direction = classify(pair, p, &n_classes, first);
            ++n_pairs;
        }
    }
    return n_pairs;
}

static bool
usable(const rv_room_sample *const s)
{
    return s->valid && rv_is_finite_f32(s->loss_db) &&
           rv_is_finite_f32(s->variance_db2) && s->variance_db2 >= 0.0F &&
           rv_is_finite_f32(s->sigma_db) && s->sigma_db > 0.0F &&
           rv_is_finite_f32(s->weight) && s->weight > 0.0F;
}

void
rv_pairs_merge(const rv_room_sample *const samples, const uint8_t *const pair_of,
               const uint32_t n_links, const uint32_t n_pairs,
               rv_pair_sample *const merged)
{
    float loss_weight[RV_ROOM_MAX_LINKS];
    float level_weight[RV_ROOM_MAX_LINKS];
    memset(loss_weight, 0, sizeof loss_weight);
    memset(level_weight, 0, sizeof level_weight);
    memset(merged, 0, n_pairs * sizeof *merged);
    for (uint32_t i = 0; i < n_links; ++i) {
        const rv_room_sample *const s = &samples[i];
        if (pair_of[i] == RV_PAIR_NONE || !usable(s)) {
            continue;
        }
        rv_pair_sample *const m      = &merged[pair_of[i]];
        const float           weight = s->weight < 1.0F ? s->weight : 1.0F;
        const float           var    = s->sigma_db * s->sigma_db;
        m->valid                     = true;
        m->looks += weight;
        m->variance_db2 += weight * s->variance_db2;
        m->noise_db2 += weight * var;
        if (rv_is_finite_f32(s->level_db) && s->level_db != 0.0F) {
            m->level_db += weight * s->level_db;
            level_weight[pair_of[i]] += weight;
        }
        if (s->has_baseline) {
            // A distrusted link counts as a noisier one
            const float precision = weight / var;
            m->has_loss           = true;
            m->loss_db += precision * s->loss_db;
            loss_weight[pair_of[i]] += precision;
        }
    }
    for (uint32_t p = 0; p < n_pairs; ++p) {
        rv_pair_sample *const m = &merged[p];
        if (m->valid) {
            m->variance_db2 /= m->looks;
            m->noise_db2 /= m->looks;
        }
        if (level_weight[p] > 0.0F) {
            m->level_db /= level_weight[p];
        }
        if (m->has_loss) {
            m->loss_db /= loss_weight[p];
            m->loss_var = 1.0F / loss_weight[p];
        }
    }
}

uint32_t
rv_pairs_directions(const rv_room_pair *const pair, const uint32_t n_pairs,
                    const uint64_t which)
{
    uint64_t seen  = 0;
    uint32_t count = 0;
    for (uint32_t p = 0; p < n_pairs; ++p) {
        const uint64_t bit = (uint64_t)1 << (pair[p].direction & 63U);
        if ((which >> p & 1U) != 0 && (seen & bit) == 0) {
            seen |= bit;
            ++count;
        }
    }
    return count;
}

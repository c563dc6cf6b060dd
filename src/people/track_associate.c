// SPDX-License-Identifier: MIT
#include "people/track_associate.h"

#include "base/exact.h"
#include "people/track_motion.h"

#include <ruview/people/assign.h>

bool
rv_tracker_usable(const rv_tracker *const self, const rv_detection *const d)
{
    const float *const c = d->covariance_m2;
    return rv_tracker_in_range(d->position_m[0], self->cfg.lower_m[0],
                               self->cfg.upper_m[0]) &&
           rv_tracker_in_range(d->position_m[1], self->cfg.lower_m[1],
                               self->cfg.upper_m[1]) &&
           rv_tracker_in_range(d->position_m[2], -1e4F, 1e4F) &&
           rv_tracker_in_range(c[0], 1e-8F, 1e4F) &&
           rv_tracker_in_range(d->lag_s, 0.0F, 10.0F) &&
           rv_tracker_in_range(c[2], 1e-8F, 1e4F) && c[1] * c[1] < c[0] * c[2];
}

void
rv_tracker_noise(const rv_tracker *const self, const rv_detection *const d, double r[3])
{
    for (uint32_t k = 0; k < 3; ++k) {
        r[k] = (double)d->covariance_m2[k] * (double)self->cfg.noise_cycles;
    }
}

typedef struct {
    uint32_t n_rows, n_detections;
    uint8_t  row[RV_TRACKER_MAX_TRACKS];
    uint8_t  detection[RV_MAX_DETECTIONS];
} candidates;

static const double unreachable = 1e6;

// Rows are tracks of one seniority; column n_detections + row means "no detection"
static void
assign_rows(rv_tracker *const self, const rv_detection *const detections,
            const candidates *const c, int8_t *const taken_by)
{
    const uint32_t n_columns = c->n_detections + c->n_rows;
    double         cost[RV_TRACKER_MAX_TRACKS * RV_ASSIGN_MAX];
    for (uint32_t i = 0; i < c->n_rows; ++i) {
        const rv_tracker_slot *const t   = &self->slot[c->row[i]];
        double *const                row = cost + (size_t)i * n_columns;
        for (uint32_t j = 0; j < n_columns; ++j) {
            row[j] = j == c->n_detections + i
                         ? (double)self->cfg.gate + (double)self->cfg.miss_evidence
                         : unreachable;
        }
        for (uint32_t j = 0; j < c->n_detections; ++j) {
            const rv_detection *const d = &detections[c->detection[j]];
            const double z[2] = {(double)d->position_m[0], (double)d->position_m[1]};
            double       r[3];
            rv_tracker_noise(self, d, r);
            const double d2 = rv_motion_distance2(t->x, t->p, z, r, (double)d->lag_s);
            if (d2 <= (double)self->cfg.gate) {
                row[j] = d2;
            }
        }
    }
    uint32_t column[RV_TRACKER_MAX_TRACKS];
    if (rv_assign(cost, c->n_rows, n_columns, column) != RV_OK) {
        return; // Costs are finite and the shape fits: not reached
    }
    for (uint32_t i = 0; i < c->n_rows; ++i) {
        const bool hit = column[i] < c->n_detections &&
                         cost[(size_t)i * n_columns + column[i]] < unreachable;
        if (hit) {
            const uint8_t d                 = c->detection[column[i]];
            self->slot[c->row[i]].detection = (int8_t)d;
            taken_by[d]                     = (int8_t)c->row[i];
        }
    }
}

// Confirmed tracks choose first, then lost ones, then tentative ones
void
rv_tracker_associate(rv_tracker *const self, const rv_detection *const detections,
                     const uint32_t n, int8_t *const taken_by)
{
    static const rv_tracker_state order[3] = {RV_TRACKER_ACTIVE, RV_TRACKER_LOST,
                                              RV_TRACKER_TENTATIVE};
    for (uint32_t k = 0; k < 3; ++k) {
        candidates c = {0};
        for (uint32_t s = 0; s < RV_TRACKER_MAX_TRACKS; ++s) {
            if (self->slot[s].state == order[k]) {
                c.row[c.n_rows++] = (uint8_t)s;
            }
        }
        for (uint32_t d = 0; d < n; ++d) {
            if (taken_by[d] == -1 && rv_tracker_usable(self, &detections[d])) {
                c.detection[c.n_detections++] = (uint8_t)d;
            }
        }
        if (c.n_rows != 0 && c.n_detections != 0) {
            assign_rows(self, detections, &c, taken_by);
        }
    }
}

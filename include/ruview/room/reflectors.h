// SPDX-License-Identifier: MIT
/**
   @file reflectors.h
   Things that reflect and stay: where they are, how certain that is, and whether they
   move over hours and days. Only where the bandwidth can tell them apart.

   Place      After cir and geometry, off by default.
   Method     A sighting is a place with a covariance. It joins the reflector that it
              fits best (chi-square gate), else it begins one. Each reflector keeps
              forgetting sums of position over time, whose weighted regression gives
              place, drift and the standard errors of both: a wall is what drifts by
              less than `wall_m_per_day` for certain, a mobile thing what drifts by more
              than `mobile_m_per_day` for certain. What is not seen for long is dropped;
              two that have come together are merged.
   Limit      Sightings closer than c / B cannot be told apart: below `least_hz` the
              answer is BANDWIDTH and nothing is kept. 20 MHz resolve 15 m of path.
   Source     "Multipath Assisted Positioning with Simultaneous Localization and
              Mapping", IEEE Trans. Wireless Commun. 15 (2016), sect. III (association
              by covariance); weighted regression: "Applied Regression Analysis" (1998),
              ch. 1 and 9.
   Exactness  f64, reflectors in index order; ties to the lower.
*/
#ifndef RV_ROOM_REFLECTORS_H
#define RV_ROOM_REFLECTORS_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_REFLECTORS_MAX = 64,
};

typedef enum {
    RV_REFLECTOR_UNKNOWN, ///< Too few sightings or too short a span to say
    RV_REFLECTOR_WALL,
    RV_REFLECTOR_FURNITURE,
    RV_REFLECTOR_MOBILE,
} rv_reflector_class;

typedef struct {
    float    least_hz;         ///< Bandwidth below which nothing is kept (150 MHz: 2 m)
    float    gate;             ///< Chi-square, 2 degrees of freedom (13.8)
    uint32_t min_sightings;    ///< To be reported (20)
    float    wall_m_per_day;   ///< (0.05)
    float    mobile_m_per_day; ///< (1.0)
    uint64_t memory_us;        ///< Time constant of forgetting (1 day)
    uint64_t drop_us;          ///< Not seen for longer: dropped (3 days)
    float    floor_m; ///< Standing error of a place, never averaged away (0.05)
} rv_reflectors_config;

typedef struct {
    float position_m[2];
    float covariance_m2[3]; ///< xx, xy, yy, positive definite
} rv_sighting;

typedef struct {
    uint32_t           id; ///< 1, 2, …, never used again
    rv_reflector_class kind;
    uint32_t           sightings;
    float              position_m[2]; ///< At its last sighting
    float              sigma_m;
    float              drift_m_per_day, drift_sigma_m_per_day;
    uint64_t           first_us, last_us;
} rv_reflector;

/// One reflector; private. Sums of weight, time, time^2, position, time x position,
/// position^2, with time counted from `last_us`.
typedef struct {
    uint32_t id, sightings;
    uint64_t first_us, last_us;
    double   w, t, tt, p[2], tp[2], pp;
} rv_reflector_sums;

typedef struct {
    rv_reflectors_config cfg;
    rv_reason            reason; ///< NONE; BANDWIDTH: nothing is kept
    uint32_t             n, next_id;
    uint64_t             t_us;
    rv_reflector_sums    slot[RV_REFLECTORS_MAX];
} rv_reflectors;

RV_API rv_reflectors_config rv_reflectors_config_default(void);

/// The map holds its reflectors itself: no memory is lent. ERR_CONFIG; then unchanged.
RV_API RV_NODISCARD rv_status rv_reflectors_init(rv_reflectors              *self,
                                                 const rv_reflectors_config *cfg,
                                                 float bandwidth_hz);

/**
   Sightings of one moment.

   @param n_taken  O  How many were used; 0 when `reason` is BANDWIDTH.
   @return ERR_RANGE when time runs backwards.
*/
RV_API RV_NODISCARD rv_status rv_reflectors_push(rv_reflectors *self, uint64_t t_us,
                                                 const rv_sighting *sightings,
                                                 uint32_t n, uint32_t *n_taken);

/// Those seen often enough, by id; `out` has room for RV_REFLECTORS_MAX
RV_API uint32_t rv_reflectors_list(const rv_reflectors *self, rv_reflector *out);

RV_END_DECLS

#endif // RV_ROOM_REFLECTORS_H

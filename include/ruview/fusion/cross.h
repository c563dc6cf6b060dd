// SPDX-License-Identifier: MIT
/**
   @file cross.h
   Do the links see something in common? Each link gives one number per cycle (say, how
   much its amplitude moved); the largest eigenvalue of their correlation matrix over
   the last seconds says how much of what happens is shared.

   0: as independent as chance makes them. 1: one cause. An empty room is near 0; that
   is no fault. Opposite signs count as shared: a body that shadows one link may
   brighten another.

   Place      stage 6.
   Source     (lambda_max - 1) / (n - 1) with the noise edge (1 + sqrt(n / samples))^2
              of "Distribution of eigenvalues for some sets of random matrices", Math.
              USSR Sbornik 1 (1967) in place of 1.
   Exactness  power iteration with a fixed number of steps from a fixed start.
*/
#ifndef RV_FUSION_CROSS_H
#define RV_FUSION_CROSS_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// Value of a link that has nothing to say: infinite
#define RV_CROSS_SILENT __builtin_inff()

/// Start from rv_cross_config_default()
typedef struct {
    uint16_t n_links;   ///< 1..64
    float    follow_us; ///< Memory [us] (5 s)
    uint16_t steps;     ///< Power iterations per call, 1..64 (8)
} rv_cross_config;

/// State; fields are private
typedef struct {
    rv_cross_config cfg;
    float          *mean;   ///< [n]
    float          *cov;    ///< [n][n]
    float          *vector; ///< [n] principal direction
    float          *work;   ///< [3][n]
    float          *seen;   ///< [n] weight of what was seen, 0..1
    uint64_t        last_us;
    float           samples; ///< Effective number
    uint32_t        n_used;  ///< One more than the last link that ever spoke
} rv_cross;

RV_API rv_cross_config rv_cross_config_default(uint16_t n_links);

/// Bytes of memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_cross_size(const rv_cross_config *cfg,
                                            size_t                *n_bytes);

/// Begin in caller memory of rv_cross_size() bytes aligned to 64, lent until the last
/// use. ERR_CONFIG; ERR_MEMORY (null, unaligned or short); on error nothing has
/// changed.
RV_API RV_NODISCARD rv_status rv_cross_init(rv_cross *self, const rv_cross_config *cfg,
                                            void *mem, size_t n_bytes);

/**
   One cycle.

   @param value  I  [n_links]; RV_CROSS_SILENT (or NaN): nothing to say now. Links that
                    never said anything cost nothing.
   @return 0..1 with sigma; WARMING_UP before enough samples; UNSUPPORTED for one link.
*/
RV_API RV_REALTIME rv_estimate rv_cross_push(rv_cross *self, const float *value,
                                             uint64_t t_us);

/// [n_links] how much each link takes part in what is shared (unit vector, signs kept)
RV_API const float *rv_cross_vector(const rv_cross *self);

RV_END_DECLS

#endif // RV_FUSION_CROSS_H

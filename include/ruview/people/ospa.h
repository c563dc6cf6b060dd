// SPDX-License-Identifier: MIT
/**
   @file ospa.h
   How far a set of places is from the true one, with a price for those too many or too
   few.

   Place      `ruview eval`; not part of a cycle.
   Source     "A Consistent Metric for Performance Evaluation of Multi-Object Filters",
              IEEE Trans. Signal Process. 56 (2008), eq. 3, order 1.
*/
#ifndef RV_PEOPLE_OSPA_H
#define RV_PEOPLE_OSPA_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdint.h>

RV_BEGIN_DECLS

/**
   Mean distance of the best assignment of the smaller set to the larger one, each cut
   off at `cutoff_m`, with `cutoff_m` for everyone left over.

   @param a, b  I  [n][2] places [m], at most RV_ASSIGN_MAX each.
   @param out   O  0 .. cutoff_m; 0 when both are empty.
   @return ERR_SHAPE, ERR_NONFINITE; then `out` is unchanged.
*/
RV_API RV_NODISCARD rv_status rv_ospa(const float (*a)[2], uint32_t n_a,
                                      const float (*b)[2], uint32_t n_b,
                                      double cutoff_m, double *out);

RV_END_DECLS

#endif // RV_PEOPLE_OSPA_H

// SPDX-License-Identifier: MIT
/**
   @file despike.h
   Hampel filter: a sample too far from the median of its neighbours in time is replaced
   by that median.

   Over CSI it runs per tone on re and im over the newest frames of the link's ring. A
   frame in which more than half of the tones stand out is not spiky but different, and
   is left as it is: the gate judges it.

   Source     "The Influence Curve and Its Role in Robust Estimation", J. Am. Stat.
              Assoc. 69 (1974), 383-393; floor on the MAD: "Generalized Hampel Filters",
              EURASIP J. Adv. Signal Process. 2016:87.
   Exactness  compare, subtract, multiply.
*/
#ifndef RV_PREP_DESPIKE_H
#define RV_PREP_DESPIKE_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_DESPIKE_PAST = 6,  ///< Frames before the newest one that are looked at
    RV_HAMPEL_MAX   = 64, ///< Half window of rv_hampel, at most
};

/// Start from rv_despike_config_default()
typedef struct {
    float threshold; ///< [robust sigmas], > 0 (4)
    float floor;     ///< Least sigma, in units of the frame's RMS, >= 0 (0.01); the
                     ///< frame's own noise where that is known and larger
    float share;     ///< More tones than this share: not a spike, 0..1 (0.5)
} rv_despike_config;

RV_API rv_despike_config rv_despike_config_default(void);

/**
   Despike the newest frame in place.

   @param past    I  [n_past] earlier frames of the same link, newest first, same shape.
   @param n_past  I  At least RV_DESPIKE_PAST, or nothing is done.
   @param streak  I/O  [n_streams * n_tones] zeros at first: how often in a row a sample
                  was replaced. After three times it is what the channel has become.
   @return Samples replaced, or that stood out when they were too many to replace
           (`*whole` is set then).
*/
RV_API RV_REALTIME uint32_t rv_despike_push(const rv_despike_config *cfg,
                                            const rv_csi *const *past, uint32_t n_past,
                                            rv_csi *now, uint8_t *streak, bool *whole);

/**
   Hampel filter over a whole signal, centred window shortened at the ends. Windows read
   the original signal. sigma = 1.4826 MAD, at least `floor`; where sigma <= 1e-15,
   every value that differs from the median by more than 1e-15 is an outlier.

   @param x         I  [n] finite.
   @param half      I  Half window, 1..RV_HAMPEL_MAX.
   @param out       O  [n], does not overlap `x`.
   @param median    O  [n] or NULL.
   @param sigma     O  [n] or NULL.
   @param outlier   O  [n] or NULL: true where replaced.
   @param n_outlier O  How many were replaced.
   @return OK; ERR_EMPTY; ERR_RANGE (half); ERR_NONFINITE, nothing written.
*/
RV_API RV_NODISCARD rv_status rv_hampel(const double *x, size_t n, uint32_t half,
                                        double threshold, double floor, double *out,
                                        double *median, double *sigma, bool *outlier,
                                        size_t *n_outlier);

RV_END_DECLS

#endif // RV_PREP_DESPIKE_H

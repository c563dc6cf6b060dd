// SPDX-License-Identifier: MIT
/**
   @file field_model.h
   What the empty room looks like on one link, mode by mode, and whether now is still
   that: the mean of every tone, the few directions in which an empty room wanders, the
   noise level, and a presence test with a stated false-alarm rate.

   Place      Calibration feeds and finalises (minutes, once); each cycle pushes one
              vector.
   Input      Log amplitudes [dB] of one link, [n_tones]. The common level of each
              vector is removed first, so that gain steps are not bodies.
   Source     Noise level: median eigenvalue over the median of the limiting law, "The
              Optimal Hard Threshold for Singular Values is 4/sqrt(3)", IEEE Trans. Inf.
              Theory 60 (2014); the law: "Distribution of eigenvalues for some sets of
              random matrices", Math. USSR Sbornik 1 (1967). Presence: energy outside
              the modes against its own empty-room distribution (CFAR); before that is
              learned, the chi-square law in the cube-root form of "The Distribution of
              Chi-Square", Proc. Natl. Acad. Sci. 17 (1931).
   Exactness  Sums over tones left to right in f64; eigenvectors by cyclic rotations in
              a fixed order.
*/
#ifndef RV_ROOM_FIELD_MODEL_H
#define RV_ROOM_FIELD_MODEL_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_FIELD_MAX_TONES     = 256,
    RV_FIELD_MAX_MODES     = 8,
    RV_FIELD_HISTORY       = 512, ///< Windows that the threshold remembers
    RV_FIELD_LEAST_HISTORY = 16,  ///< Windows from which on it is learned
};

typedef struct {
    uint32_t n_tones;      ///< 4..RV_FIELD_MAX_TONES
    uint32_t max_modes;    ///< Empty-room modes to keep at most, 0..8 (3)
    uint32_t min_frames;   ///< To finalise, >= 2 n_tones (1200)
    uint32_t window;       ///< Frames of one presence statistic, 1..1024 (50)
    float    false_alarms; ///< Designed false alarms per independent window (1e-4)
    uint64_t expiry_us;    ///< Age at which a model is refused (24 h)
    float    mode_margin;  ///< Above the noise edge to count as a mode (1.02)
} rv_field_model_config;

typedef enum {
    RV_FIELD_EMPTY,      ///< Nothing fed
    RV_FIELD_COLLECTING, ///< Fed, not finalised
    RV_FIELD_READY,
} rv_field_state;

/// What one vector gave
typedef struct {
    rv_reason   reason; ///< NOT_CALIBRATED, STALE, WARMING_UP, NONFINITE or NONE
    rv_estimate energy; ///< Mean squared residual over the window / noise variance;
                        ///< empty room about 1
    float drift;        ///< Size of the motion along the empty-room modes [sigmas]
    float statistic;    ///< (energy - empty median) / empty robust sigma
    float threshold;    ///< On `statistic`
    bool  present;      ///< statistic > threshold
} rv_field_frame;

/// State; fields are private, except those that a report may read
typedef struct {
    rv_field_model_config cfg;
    rv_field_state        state;
    uint64_t              n_frames;
    uint64_t              calibrated_us;
    uint32_t              n_found;   ///< Significant modes found
    uint32_t              n_modes;   ///< Of these, kept
    double                noise_db2; ///< Variance per tone outside the modes
    double                explained; ///< Share of the variance in the modes kept, 0..1
    double                empty_median, empty_sigma; ///< Of the window energy
    double                z;        ///< Normal quantile of the designed false alarms
    double                limit;    ///< The same for a scatter known from few windows
    double               *mean;     ///< [n_tones]
    double               *moment;   ///< [n_tones][n_tones]
    double               *mode;     ///< [n_tones][n_tones], kept ones first
    double               *value;    ///< [n_tones] eigenvalues, largest first
    double               *work;     ///< [n_tones]
    double               *residual; ///< [window] squared residuals
    double               *history;  ///< [RV_FIELD_HISTORY] learned window energies
    uint32_t              next, filled, n_history, n_learning;
    double                learning;
} rv_field_model;

RV_API rv_field_model_config rv_field_model_config_default(uint32_t n_tones);

/// Bytes of memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_field_model_size(const rv_field_model_config *cfg,
                                                  size_t                      *n_bytes);

/// Begin in caller memory of rv_field_model_size() bytes aligned to 64, lent until the
/// last use. ERR_CONFIG; ERR_MEMORY (null, unaligned or short); on error nothing has
/// changed.
RV_API RV_NODISCARD rv_status rv_field_model_init(rv_field_model              *self,
                                                  const rv_field_model_config *cfg,
                                                  void *mem, size_t n_bytes);

/// One vector of the empty room. ERR_NONFINITE, ERR_STATE (finalised): nothing changed.
RV_API RV_NODISCARD rv_status rv_field_model_feed(rv_field_model *self,
                                                  const float    *level_db);

/// End of the first pass: modes and noise level. ERR_STATE with too few vectors.
RV_API RV_NODISCARD rv_status rv_field_model_finalise(rv_field_model *self,
                                                      uint64_t        t_us);

/**
   A further vector of the empty room after finalising: learns the distribution of the
   window energy, which real noise makes wider than theory. From 16 windows on it is
   used, and the threshold is Student's quantile for so few: the median and the median
   absolute deviation know the scatter as 0.37 (n - 1) degrees of freedom would
   ("Robust Statistics", 1981, p. 108), the median adds pi / 2n to the variance of what
   is tested; quantile from "Bounds on Normal Approximations to Student's", Ann. Math.
   Statist. 30 (1959).
*/
RV_API RV_NODISCARD rv_status rv_field_model_learn(rv_field_model *self,
                                                   const float    *level_db);

/// One vector of now. Constant time: (modes + 1) x n_tones.
RV_API RV_REALTIME RV_NODISCARD rv_status rv_field_model_push(rv_field_model *self,
                                                              const float    *level_db,
                                                              uint64_t        t_us,
                                                              rv_field_frame *out);

/// Forget everything; memory stays
RV_API void rv_field_model_reset(rv_field_model *self);

/// Median of the limiting law of sample eigenvalues for gamma = tones / frames, 0..1
RV_API double rv_marchenko_pastur_median(double gamma);

RV_END_DECLS

#endif // RV_ROOM_FIELD_MODEL_H

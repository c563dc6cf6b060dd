// SPDX-License-Identifier: MIT
/**
   @file calibrate.h
   Empty-room baseline of one link: record it, judge whether it qualifies, and compare
   every later frame with it in the complex plane.

   Recording aligns each frame to the first ones (complex gain and slope), and gathers
   it in up to 16 blocks of equal length. Blocks whose residual is large or correlated
   from frame to frame (somebody moved), or whose mean lies apart from the others
   (something was moved), are left out. The baseline qualifies when it is long enough
   and enough blocks agree; otherwise it is *not qualified*, with the reason, and is not
   used.

   Place      stage 2, after sanitise.
   Source     Welford, "Note on a Method for Calculating Corrected Sums of Squares and
              Products", Technometrics 4 (1962); von Mises concentration: "Statistical
              Analysis of Circular Data" (1993), eq. 4.40; motion from the correlation
              of successive residuals: "WiDetect", IMWUT 3 (2019).
*/
#ifndef RV_PREP_CALIBRATE_H
#define RV_PREP_CALIBRATE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_CALIBRATE_BLOCKS   = 16,
    RV_CALIBRATE_ID_BYTES = 32,
};

/// Which link a baseline belongs to; part of its content hash
typedef struct {
    uint64_t tx;       ///< RV_TX_UNKNOWN: not known
    uint32_t freq_mhz; ///< 0 unknown
    uint16_t layout;   ///< rv_layout id
    uint8_t  node;     ///< Receiver
} rv_calibrate_link;

/// Start from rv_calibrate_config_default()
typedef struct {
    rv_calibrate_link link;
    uint16_t          n_tones;     ///< K, 4..2048
    uint16_t          n_streams;   ///< 1..16
    uint32_t          min_frames;  ///< Until it may qualify, >= 32 (200)
    uint64_t          min_us;      ///< Shortest recording [us] (8 s)
    float             clean_share; ///< Share of blocks that must agree, 0..1 (0.7)
    float             motion;      ///< Correlation of residuals above which
                                   ///< a block counts as motion (0.35)
    float    apart;                ///< Robust sigmas that a block may lie apart (6)
    uint64_t max_age_us;           ///< Older: CALIBRATION_OLD (7 days)
    uint32_t cpu_mask;             ///< kernels.h (0: baseline)
} rv_calibrate_config;

typedef enum {
    RV_CALIBRATE_NONE,      ///< Neither recorded nor imported: not calibrated
    RV_CALIBRATE_RECORDING, ///< The first recording is under way
    RV_CALIBRATE_REFUSED,   ///< Recorded and not qualified
    RV_CALIBRATE_READY,     ///< Qualified baseline
} rv_calibrate_state;

/// How a recording stands
typedef struct {
    rv_calibrate_state state;
    rv_reason          reason; ///< NONE when READY. NOT_CALIBRATED, WARMING_UP
                               ///< (recording), TOO_SHORT, MOVING,
                               ///< NOT_STATIONARY, PHASE_GARBAGE, LOW_QUALITY
    uint32_t frames;           ///< Taken
    uint64_t duration_us;
    float    progress;     ///< 0..1, of what is needed at least
    uint16_t blocks;       ///< Recorded
    uint16_t blocks_clean; ///< That the baseline rests on
    float    motion;       ///< Correlation of residuals, median over blocks, 0..1
    float    snr_db;       ///< Static component over residual [dB]
    uint64_t captured_us;  ///< End of the recording; 0 none
    uint64_t session;      ///< Given to begin
    uint8_t  id[RV_CALIBRATE_ID_BYTES]; ///< BLAKE3 of the canonical bytes
    uint64_t id64;                      ///< Its first 8 bytes, little-endian; 0 none
} rv_calibrate_verdict;

/// One frame against the baseline
typedef struct {
    rv_reason   reason;    ///< NONE, or why the rest is unknown
    rv_estimate deviation; ///< Residual energy less its mean when empty, in deviations
                           ///< of the recording's frames about the running means of
                           ///< their blocks. That is an upper bound: frames of an
                           ///< empty room scatter by 0.5..1
    float residual_db;     ///< Residual energy over static energy [dB]
    float echo_db;         ///< The part of it that is smooth over the tones, as an echo
                           ///< is and noise is not, over static energy [dB]
    rv_estimate echo;  ///< The same as a ratio, with its deviation where there is an
                       ///< echo; without one the ratio scatters by half of that
    float gain_db;     ///< Of the frame over the baseline, least squares
    float match;       ///< Coherence with the static component, 0..1
    float amplitude_z; ///< Mean over tones of |amplitude - mean| / sd
    float drift;       ///< Slow change of the static component [robust sigmas]
    float drift_sigma; ///< Its standard error, from the memory of the slow mean
    bool  old;         ///< Older than max_age_us
} rv_calibrate_result;

/// Sums over one stretch of a recording
typedef struct {
    uint64_t first_us, last_us;
    uint32_t frames;
    double   step;   ///< Sum over frames and samples of |x[t] - x[t-1]|^2
    double   lag_re; ///< Sum over frames of r[k+1] conj(r[k]), r about the running mean
    double   lag_im;
    double   rest;    ///< Sum over frames of the energy about the running mean
    double   rest2;   ///< Sum of its squares
    double   gain_db; ///< Sum of rv_csi.gain_db
} rv_calibrate_block;

/// State of one link; fields are private
typedef struct {
    rv_calibrate_config  cfg;
    rv_calibrate_verdict verdict;
    float             *static_re, *static_im; ///< [n_streams][K] baseline: complex mean
    float             *amp_mean, *amp_sd;     ///< [n_streams][K]
    float             *phase_mean, *kappa;    ///< [n_streams][K] von Mises
    float             *sigma;      ///< [n_streams][K] residual, sigma of re and im
    float             *weight;     ///< [K] 1 / residual power, mean 1
    float             *inverse;    ///< [n_streams][K] 1 / (2 sigma^2)
    float             *inverse_sd; ///< [n_streams][K] 1 / amp_sd
    float             *slow_re, *slow_im; ///< [n_streams][K] slow mean of H / g
    float             *ref_re, *ref_im; ///< [n_streams][K] first frame of the recording
    float             *prev_re, *prev_im; ///< [n_streams][K] frame before, aligned
    float             *now_re, *now_im;   ///< [n_streams][K] this frame, aligned
    float             *sums;              ///< [blocks][fields][n_streams][K]
    rv_calibrate_block block[RV_CALIBRATE_BLOCKS];
    float              still;              ///< Energy of the static component
    float              noise;              ///< Energy of the residual when empty
    float              null_mean, null_sd; ///< Of the residual statistic when empty
    uint64_t           first_us, last_us;  ///< Of the recording
    uint64_t           session;            ///< Of the recording
    uint64_t           slow_us;
    uint32_t           per_block, n_blocks, max_blocks;
    uint32_t           frames, unfit;
    uint32_t           slow_frames;
    bool               recording;
} rv_calibrate;

RV_API rv_calibrate_config rv_calibrate_config_default(uint16_t n_tones,
                                                       uint16_t n_streams);

/// Bytes of memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_calibrate_size(const rv_calibrate_config *cfg,
                                                size_t                    *n_bytes);

/// Begin in caller memory of rv_calibrate_size() bytes aligned to 64, lent until the
/// last use; state NONE. ERR_CONFIG; ERR_MEMORY (null, unaligned or short); on error
/// nothing has changed.
RV_API RV_NODISCARD rv_status rv_calibrate_init(rv_calibrate              *self,
                                                const rv_calibrate_config *cfg,
                                                void *mem, size_t n_bytes);

/// Start recording; a baseline in use stays in use until finish. `session` names the
/// command that started it, so that links recorded together can be told.
RV_API void rv_calibrate_begin(rv_calibrate *self, uint64_t session);

/// Take one sanitised frame into the recording. OK; ERR_STATE; ERR_SHAPE.
RV_API RV_REALTIME RV_NODISCARD rv_status rv_calibrate_record(rv_calibrate *self,
                                                              const rv_csi *csi);

/**
   End the recording and judge it. Qualified: the new baseline is in use. Not qualified:
   the one in use before stays (state READY with its own id, `refused` says why not).

   @param refused  O  Why the recording did not qualify; NONE when it did.
*/
RV_API rv_calibrate_verdict rv_calibrate_finish(rv_calibrate *self, rv_reason *refused);

/// How it stands
RV_API rv_calibrate_verdict rv_calibrate_get(const rv_calibrate *self);

/**
   Compare one sanitised frame with the baseline. The frame is fitted to the baseline by
   complex gain and slope, and its remaining phase and slope against the baseline are
   taken out in place. Without a baseline `csi` stays as it is and the reason is
   NOT_CALIBRATED.

   @return OK; ERR_SHAPE.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_calibrate_apply(rv_calibrate *self, rv_csi *csi, rv_calibrate_result *result);

/**
   The dynamic component H - g H0 of a frame that rv_calibrate_apply() took.

   @param out_re, out_im  O  [n_streams][K].
   @return OK; ERR_STATE without a baseline; ERR_SHAPE.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_calibrate_subtract(
    const rv_calibrate *self, const rv_csi *csi, float *out_re, float *out_im);

/// [n_streams][K] static component, or NULL without a baseline
RV_API const float *rv_calibrate_static_re(const rv_calibrate *self);
RV_API const float *rv_calibrate_static_im(const rv_calibrate *self);

/// Canonical bytes of the baseline; `out` NULL measures. ERR_STATE without one;
/// ERR_FULL.
RV_API RV_NODISCARD rv_status rv_calibrate_export(const rv_calibrate *self,
                                                  uint8_t *out, size_t *n_bytes);

/**
   Take a baseline from canonical bytes.

   @return OK; ERR_MAGIC, ERR_TRUNCATED, ERR_TRAILING, ERR_VALUE; ERR_DIFFERENT when it
           belongs to another link or shape; ERR_NONFINITE. On error `self` is
   unchanged.
*/
RV_API RV_NODISCARD rv_status rv_calibrate_import(rv_calibrate  *self,
                                                  const uint8_t *bytes, size_t n_bytes);

/// Which link canonical bytes belong to, and their shape. OK; ERR_TRUNCATED; ERR_MAGIC.
RV_API RV_NODISCARD rv_status rv_calibrate_identify(const uint8_t     *bytes,
                                                    size_t             n_bytes,
                                                    rv_calibrate_link *link,
                                                    uint16_t          *n_tones,
                                                    uint16_t          *n_streams);

/**
   Do links hold baselines of one session? One pass, links in ascending order.

   @param session   I  [n] of each link's verdict, 0: none.
   @param modal     O  The session most links have (ties: the one seen first); 0 none.
   @return Links that have a baseline of another session.
*/
RV_API uint32_t rv_calibrate_modal(const uint64_t *session, uint32_t n,
                                   uint64_t *modal);

RV_END_DECLS

#endif // RV_PREP_CALIBRATE_H

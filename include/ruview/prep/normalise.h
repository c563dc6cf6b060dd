// SPDX-License-Identifier: MIT
/**
   @file normalise.h
   A decoded frame becomes CSI: the tones that carry signal, in ascending order, with
   the receiver's gain taken out as one number.

   The phase is kept as it came; nothing is detrended, scored or windowed. Tones that
   never carry signal (dead) are bridged from their living neighbours and have weight 0.

   Place      stage 1, the first after the frame check.
   Exactness  sums run left to right over streams, then tones.
*/
#ifndef RV_PREP_NORMALISE_H
#define RV_PREP_NORMALISE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>
#include <ruview/frame/frame.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// All there is to choose; start from rv_normalise_config_default()
typedef struct {
    const rv_layout *layout;   ///< Of every frame to come
    uint8_t          n_rx;     ///< 1..4
    uint8_t          n_tx;     ///< 1..4
    uint16_t         dead_run; ///< Frames in a row that a tone is zero until it counts
                               ///< as dead, 1.. (20)
    float    forget_us;        ///< Memory of the gain statistics [us], > 0 (10 s)
    uint32_t cpu_mask;         ///< kernels.h (0: baseline)
} rv_normalise_config;

/// What is known about the receiver's gain
typedef struct {
    uint64_t frames;       ///< Taken so far
    float    gain_mean_db; ///< Forgetting mean of rv_csi.gain_db
    float    gain_sd_db;   ///< Its standard deviation
    uint16_t n_dead;       ///< Tones of weight 0
    uint32_t agc_steps;    ///< Jumps of the gain by more than 3 dB and 6 sigma
    bool     agc_step;     ///< The newest frame was such a jump
} rv_normalise_stats;

/// State of one link; fields are private
typedef struct {
    rv_normalise_config cfg;
    const rv_segment   *segment;
    uint16_t           *zero_run; ///< [K] frames in a row that were zero
    float              *weight;   ///< [K] 1 alive, 0 dead
    uint64_t            last_us;
    float               gain_var; ///< [dB^2]
    rv_normalise_stats  stats;
} rv_normalise;

/// Defaults for frames of one layout and n_rx x n_tx antennas
RV_API rv_normalise_config rv_normalise_config_default(const rv_layout *layout,
                                                       uint8_t n_rx, uint8_t n_tx);

/// Set `n_bytes` to the memory one link needs, or return ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_normalise_size(const rv_normalise_config *cfg,
                                                size_t                    *n_bytes);

/**
   Initialise in caller memory.

   @param mem  rv_normalise_size() bytes aligned to 64, lent until the last use.
   @return OK; ERR_CONFIG; ERR_MEMORY. On error `self` is unchanged.
*/
RV_API RV_NODISCARD rv_status rv_normalise_init(rv_normalise              *self,
                                                const rv_normalise_config *cfg,
                                                void *mem, size_t n_bytes);

/// Tones per stream: room at rv_csi.re and .im is n_rx x n_tx x this
RV_API uint32_t rv_normalise_tones(const rv_normalise *self);

/**
   Write the frame's active tones into a slot.

   @param frame  I    Passed rv_frame_check(); layout and antennas as configured.
   @param out    I/O  `re` and `im` are given by the caller; all other fields are set:
                      t_us from the frame, RMS over all samples 1, sto_ns, phase_rad
                      and noise 0.
   @return NONE, or why the frame was refused: UNKNOWN_LAYOUT (another layout or antenna
           count), NONFINITE, ALL_ZERO. Refused: nothing has changed but samples at `re`
           and `im`.
*/
RV_API RV_REALTIME rv_reason rv_normalise_push(rv_normalise   *self,
                                               const rv_frame *frame, rv_csi *out);

/// [K] weight per tone, 1 alive, 0 dead; lives as long as `self`
RV_API const float *rv_normalise_weight(const rv_normalise *self);

/// What is known about the gain
RV_API rv_normalise_stats rv_normalise_get_stats(const rv_normalise *self);

RV_END_DECLS

#endif // RV_PREP_NORMALISE_H

// SPDX-License-Identifier: MIT
/**
   @file tap_motion.h
   What moves, by delay: the static and the dynamic part of sixteen delay cells of one
   link, and the Doppler shift of the dynamic part where frames come often enough.

   A packet has its own common phase and gain, so every cell is divided by the cell of
   the link's strongest path; both cancel. Cell i lies i resolution cells 1/(K spacing)
   after it, two cells lie before. Each ratio's slow mean is its static part, what
   departs from it is dynamic, less what noise alone would give.

   Doppler    phase of the autocorrelation from one frame to the next ("pulse pair"):
              Doviak, Zrnic, "Doppler Radar and Weather Observations", 2nd ed. 1993,
              eq. (6.17). Unambiguous below half the frame rate.
   Time       the input's own: intervals may be irregular.
*/
#ifndef RV_CIR_TAP_MOTION_H
#define RV_CIR_TAP_MOTION_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/cir/operator.h>
#include <ruview/cir/solver.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_TAP_CELLS        = 16, ///< Delay cells of a link
    RV_TAP_CELLS_BEFORE = 2,  ///< Of them before the strongest path
};

typedef struct {
    float mean_s;     ///< Time constant of the static part, 0.5..600; default 10
    float recent_s;   ///< Time constant of the dynamic part, 0.1..60; default 1
    float least_rate; ///< Frames per second below which Doppler is unknown; default 10
    float gap_s;      ///< A longer gap starts over, > 0; default 2
    float significance; ///< Dynamic power / noise power that counts; default 4
} rv_tap_motion_config;

/// Memory of one link; all zero is the start
typedef struct {
    bool     has_last;
    uint16_t reference;  ///< Tap of the strongest path
    uint64_t t_us;       ///< Of the last frame
    uint32_t n;          ///< Frames since the start
    float    interval_s; ///< Mean
    float    static_re[RV_TAP_CELLS];
    float    static_im[RV_TAP_CELLS];
    float    last_re[RV_TAP_CELLS]; ///< Departure of the last frame
    float    last_im[RV_TAP_CELLS];
    float    power[RV_TAP_CELLS];  ///< Mean square of the departure
    float    lag_re[RV_TAP_CELLS]; ///< Mean of departure x conj(the one before)
    float    lag_im[RV_TAP_CELLS];
    float    noise; ///< Mean square that noise alone gives
} rv_tap_motion;

/// One cell, relative to the strongest path (1 = as strong)
typedef struct {
    float       delay_ns;      ///< After the strongest path
    float       static_power;  ///< Of the part that stays
    float       dynamic_power; ///< Of the part that moves, noise taken off, >= 0
    rv_estimate doppler_hz;    ///< Of the part that moves
} rv_tap_cell;

typedef struct {
    rv_reason   reason;  ///< NONE; WARMING_UP; or why the frame said nothing
    float       dynamic; ///< Sum of the dynamic powers over all cells
    float       share;   ///< Of the power outside the strongest path, 0..1
    uint16_t    busiest; ///< Cell with the most dynamic power
    rv_tap_cell cell[RV_TAP_CELLS];
} rv_tap_motion_result;

RV_API void rv_tap_motion_config_default(rv_tap_motion_config *config);

/**
   One more frame of the link.

   @param b_re,b_im  [G] Phi^H y in any unit: after rv_cir_solve of the sparse kind,
                     solver->b_re, b_im.
   @param result     The solver's result for that frame; with a reason the frame says
                     nothing and the memory stays as it is.
*/
RV_API RV_REALTIME void rv_tap_motion_push(rv_tap_motion              *self,
                                           const rv_tap_motion_config *config,
                                           const rv_cir_plan *plan, const float *b_re,
                                           const float         *b_im,
                                           const rv_cir_result *result, uint64_t t_us,
                                           rv_tap_motion_result *out);

RV_END_DECLS

#endif // RV_CIR_TAP_MOTION_H

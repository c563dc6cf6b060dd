// SPDX-License-Identifier: MIT
/**
   @file breathing.h
   Breaths per minute of somebody who keeps still, from one link; or why not.

   Amplitudes over their RMS are averaged to 2.5 samples a second at the times they were
   measured, so rate, jitter and loss do not matter. Neighbouring tones, which see the
   same, are averaged into eight bands. Over the last 40 s each band's spectrum is
   divided by its own mean and summed: bands where breathing is invisible do no harm,
   opposite signs do not cancel ("TR-BREATH: Time-Reversal Breathing Rate Estimation and
   Detection", IEEE TBME 2018, sums over links likewise; blind spots: "Human Respiration
   Detection with Commodity WiFi Devices", UbiComp 2016). The floor is a power law
   fitted robustly, because drift is red. A rate is answered when its peak is
   significant under Gamma-distributed noise whose order is measured in the same
   spectrum, and stays where it is.

   Place      vital, one per link, after motion.
*/
#ifndef RV_VITAL_BREATHING_H
#define RV_VITAL_BREATHING_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_BREATHING_BANDS   = 8,   ///< Groups of neighbouring tones
    RV_BREATHING_SAMPLES = 100, ///< 40 s
};

typedef struct {
    float    window_s; ///< Looked at, 15..40 (40)
    float    least_s;  ///< Of stillness before the first answer, 12..window_s (15)
    float    low_bpm;  ///< Slowest rate, >= 5 (6); four breaths must fit the window
    float    high_bpm; ///< Fastest rate, <= 40 (36)
    float    false_per_hour; ///< Answers where nobody breathes (0.1)
    uint32_t turn;           ///< Links with other numbers look at other moments (0)
} rv_breathing_config;

typedef struct {
    rv_estimate bpm;    ///< Known, or MOVING, WARMING_UP, NO_DATA, LOW_QUALITY,
                        ///< RATE_TOO_LOW
    float    peak;      ///< Over the floor, power ratio; 0 while nothing was looked at
    float    threshold; ///< That the peak must reach
    float    still_s;   ///< Time without motion that was used
    uint64_t t_us;      ///< End of the window
} rv_breathing_result;

/// State; private
typedef struct {
    rv_breathing_config config;
    uint16_t            n_tones, shape_tones, shape_streams, stride, n_bands;
    float               x[RV_BREATHING_SAMPLES][RV_BREATHING_BANDS]; ///< Ring
    uint32_t            n, next;
    float               sum[RV_BREATHING_BANDS]; ///< Of the sample being gathered
    uint32_t            n_sum;
    uint64_t            sample_us; ///< When it ends; 0 before the first frame
    uint64_t            last_us;   ///< Last frame
    uint32_t            missing;   ///< Samples without a frame in a row
    uint32_t            thin;      ///< Samples of the window without a frame
    bool                moving;
    float               earlier_bpm; ///< Candidate of the look before; 0 none
    uint32_t            agreed;      ///< Looks in a row that agreed
    uint32_t            since_look;  ///< Samples
    rv_breathing_result result;
} rv_breathing;

RV_API rv_breathing_config rv_breathing_config_default(void);

RV_API RV_NODISCARD rv_status rv_breathing_size(const rv_breathing_config *config,
                                                size_t                    *n_bytes);

/// @param memory  Not used: the state is the struct. May be NULL with n_bytes 0.
RV_API RV_NODISCARD rv_status rv_breathing_init(rv_breathing              *self,
                                                const rv_breathing_config *config,
                                                void *memory, size_t n_bytes);

/// A frame of the link, in order of time, and whether its motion module says moving:
/// what was gathered before a motion is forgotten
RV_API RV_REALTIME void rv_breathing_push(rv_breathing *self, const rv_csi *csi,
                                          bool moving);

/// The state of things at `t_us`
RV_API RV_REALTIME void rv_breathing_result_at(const rv_breathing *self, uint64_t t_us,
                                               rv_breathing_result *out);

RV_END_DECLS

#endif // RV_VITAL_BREATHING_H

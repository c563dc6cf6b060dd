// SPDX-License-Identifier: MIT
/**
   @file heart.h
   Heart beats per minute of somebody who keeps still and near, from one link; mostly an
   abstention.

   As breathing.h, at ten samples a second over 25 s. The chest moves 10 to 30 times as
   far with breathing, but far away in frequency: a Hann window holds that back, and
   what remains are the harmonics of the breath. A peak on one of them is no heart beat,
   and says so. ("Tracking Vital Signs During Sleep Leveraging Off-the-shelf WiFi",
   MobiHoc 2015; limits: Droitcour et al., "Range correlation and I/Q performance
   benefits in single-chip silicon Doppler radars", IEEE T-MTT 2004.)

   Place      vital, one per link, after breathing.
*/
#ifndef RV_VITAL_HEART_H
#define RV_VITAL_HEART_H

#include <ruview/vital/breathing.h>

RV_BEGIN_DECLS

enum {
    RV_HEART_BANDS   = 8,
    RV_HEART_SAMPLES = 256, ///< 25.6 s
};

typedef struct {
    float least_s;        ///< Of stillness before the first answer, 15..25 (20)
    float low_bpm;        ///< Slowest rate, >= 36 (42)
    float high_bpm;       ///< Fastest rate, <= 180 (150)
    float false_per_hour; ///< Answers where no heart beats (0.02)
} rv_heart_config;

typedef struct {
    rv_estimate bpm;    ///< Known, or MOVING, WARMING_UP, NO_DATA, RATE_TOO_LOW,
                        ///< LOW_QUALITY, AMBIGUOUS (a harmonic of the breath)
    float    peak;      ///< Over the floor, power ratio
    float    threshold; ///< That the peak must reach
    uint64_t t_us;      ///< End of the window
} rv_heart_result;

/// State; private
typedef struct {
    rv_heart_config config;
    uint16_t        n_tones, shape_tones, shape_streams, stride, n_bands;
    float           x[RV_HEART_SAMPLES][RV_HEART_BANDS]; ///< Ring
    uint32_t        n, next;
    float           sum[RV_HEART_BANDS];
    uint32_t        n_sum;
    uint64_t        sample_us, last_us;
    uint32_t        missing;
    float           thin;        ///< Smoothed share of samples without a frame
    float           earlier_bpm; ///< Candidate of the look before
    uint32_t        agreed, since_look;
    rv_heart_result result;
} rv_heart;

RV_API rv_heart_config rv_heart_config_default(void);

RV_API RV_NODISCARD rv_status rv_heart_init(rv_heart              *self,
                                            const rv_heart_config *config);

/// A frame of the link, in order of time; whether its motion module says moving; and
/// what its breathing module says
RV_API RV_REALTIME void rv_heart_push(rv_heart *self, const rv_csi *csi, bool moving,
                                      const rv_estimate *breathing);

/// The state of things at `t_us`
RV_API RV_REALTIME void rv_heart_result_at(const rv_heart *self, uint64_t t_us,
                                           rv_heart_result *out);

RV_END_DECLS

#endif // RV_VITAL_HEART_H

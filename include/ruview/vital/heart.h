// SPDX-License-Identifier: MIT
/**
   @file heart.h
   Heart beats per minute of somebody who keeps still and near, from one link; mostly an
   abstention.

   As breathing.h, at ten samples a second over 30 s, every 2 s. The chest moves 10 to
   30 times as far with breathing, but far away in frequency: a Hann window holds that
   back, and what remains are the harmonics of the breath. A peak on one of them is no
   heart beat, and says so. ("Tracking Vital Signs During Sleep Leveraging Off-the-shelf
   WiFi", MobiHoc 2015; limits: Droitcour et al., "Range correlation and I/Q performance
   benefits in single-chip silicon Doppler radars", IEEE T-MTT 2004.)

   Place      vital, one per link, after breathing.
   Cost       nothing but where a look is due: one cycle in 40.
*/
#ifndef RV_VITAL_HEART_H
#define RV_VITAL_HEART_H

#include <ruview/vital/breathing.h>

RV_BEGIN_DECLS

enum { RV_HEART_SAMPLES = 300 }; ///< 30 s

typedef struct {
    float    least_s;        ///< Of stillness before the first answer, 15..30 (20)
    float    low_bpm;        ///< Slowest rate, >= 42 (42)
    float    high_bpm;       ///< Fastest rate, <= 150 (150)
    float    false_per_hour; ///< Answers where no heart beats (0.02)
    uint32_t turn;           ///< Links with other numbers look at other moments (0)
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
    uint64_t        looked;      ///< Slot before which the last look ended
    float           earlier_bpm; ///< Candidate of the look before
    uint32_t        agreed, failed;
    bool            answering;
    rv_heart_result result;
} rv_heart;

RV_API rv_heart_config rv_heart_config_default(void);

RV_API RV_NODISCARD rv_status rv_heart_init(rv_heart              *self,
                                            const rv_heart_config *config);

/**
   Look at the link when a look is due.

   @param fft        Of length RV_VITAL_FFT.
   @param t_us       Now, the end of a cycle.
   @param breathing  What the breathing of the room is.
   @return A look was made.
*/
RV_API RV_REALTIME bool rv_heart_look(rv_heart *self, const rv_sampler *sampler,
                                      const rv_fft *fft, uint64_t t_us,
                                      const rv_estimate *breathing);

/// The state of things at `t_us`
RV_API RV_REALTIME void rv_heart_result_at(const rv_heart   *self,
                                           const rv_sampler *sampler, uint64_t t_us,
                                           rv_heart_result *out);

RV_END_DECLS

#endif // RV_VITAL_HEART_H

// SPDX-License-Identifier: MIT
/**
   @file stride.h
   How often somebody who walks sets a foot down, from links of 80 frames a second.

   Place      Beside gait.h, which makes it part of a signature.
   Method     A swinging leg moves at up to three times the speed of the body, so its
              Doppler shift lies where nothing else of a person does. Per link, four
              delay cells of 50 ns about the mean delay hold the room, and leave out
              most of the noise; their power at 25, 30 and 35 Hz, both ways, over the
              last 0.2 s is the motion of the link at the frame rate. ln of it, less
              its own mean of the last 10 s, averaged over links, beats once a step.
              Where it stays up for 1.5 s or more, nobody stops or turns: there its
              periodogram is taken, added to those before, and compared with its
              background, which falls with the frequency. Of noise alone the sum is a
              gamma variate, of whose cube root the scatter is known; a peak that
              stands out of it by `sigmas` is twice the stride.
   Limits     Of one link the legs lie below its noise: 24 links together are the least
              (six nodes that hear each other), and 12 are wrong too often
              (docs/people.md). Simulated bodies, steps alike on both sides. Strides
              from 0.75 to 1.6 a second.
   Source     limbs about the line of the body: Chen, Li, Ho, Wechsler, "Micro-Doppler
              effect in radar", IEEE Trans. Aerosp. Electron. Syst. 42 (2006); gait from
              the high part of the spectrum: "WifiU", UbiComp 2016; averaged
              periodograms: Welch, IEEE Trans. Audio Electroacoust. 15 (1967); the cube
              root: Wilson, Hilferty, "The distribution of chi-square", PNAS 17 (1931).
   Exactness  Frames, cells and links are summed in ascending order.
*/
#ifndef RV_PEOPLE_STRIDE_H
#define RV_PEOPLE_STRIDE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/csi.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_STRIDE_CELLS  = 4,   ///< Delay cells of a link
    RV_STRIDE_FRAMES = 32,  ///< Of a link, kept
    RV_STRIDE_SMOOTH = 45,  ///< Cycles in the slow part, at most
    RV_STRIDE_RUN    = 80,  ///< Cycles of one periodogram, at most
    RV_STRIDE_RATES  = 171, ///< Strides looked at: 0.75 .. 1.60 Hz in steps of 0.005
};

/// Newest frames of one link; all zero is the start
typedef struct {
    uint32_t count, next;
    uint64_t t_us[RV_STRIDE_FRAMES];
    float    re[RV_STRIDE_FRAMES][RV_STRIDE_CELLS];
    float    im[RV_STRIDE_FRAMES][RV_STRIDE_CELLS];
    float    mean; ///< ln power, of the last 10 s
    uint32_t n;    ///< Values in it
    uint64_t last_us;
} rv_stride_link;

typedef struct {
    uint32_t period_us; ///< Of the cycles, 25000 .. 100000 (50000)
    float    seconds;   ///< Of steady walking before there is a stride (10)
    float    sigmas;    ///< By which a peak must stand out of the rest (3.5)
    uint32_t links;     ///< That show a track in a cycle which counts (24)
} rv_stride_config;

/// What one track has shown; all zero is the start
typedef struct {
    float    recent[RV_STRIDE_SMOOTH]; ///< Ring
    uint32_t n_recent, next;
    double   mean; ///< Of the slow part, of the last 10 s
    uint32_t n_mean;
    float    run[RV_STRIDE_RUN]; ///< Steady so far
    uint32_t n_run;
    float    power[RV_STRIDE_RATES]; ///< Sum of the periodograms
    float    weight, weight2;        ///< Of the runs in it: sum, sum of squares
    float    steady_s;               ///< In it
} rv_stride;

RV_API rv_stride_config rv_stride_config_default(void);

/// ERR_CONFIG when it is out of the ranges above
RV_API RV_NODISCARD rv_status rv_stride_config_check(const rv_stride_config *cfg);

/// Take a frame, aligned by sanitise; frames nearer than 6 ms to the last are left out,
/// those without phase, too. Stream 0 is looked at
RV_API RV_REALTIME void rv_stride_link_push(rv_stride_link *self, const rv_csi *csi);

/**
   Motion of a link in the 0.2 s before `t_us`: ln of the power, summed over the three
   shifts, less its mean. To be asked once a cycle: that moves the mean.

   @return false with fewer than 16 frames in that time. `out` is then unchanged.
*/
RV_API RV_REALTIME bool rv_stride_link_motion(rv_stride_link *self, uint64_t t_us,
                                              float *out);

/// Take one cycle of a track: mean motion of its `n_links`; fewer than cfg.links: a gap
RV_API RV_REALTIME void rv_stride_push(rv_stride *self, const rv_stride_config *cfg,
                                       float motion, uint32_t n_links);

/**
   Strides a second.

   @param hz     O  0.75 .. 1.60; unchanged without.
   @return NONE; RATE_TOO_LOW when there never were enough links, fast enough;
           WARMING_UP before cfg.seconds; LOW_QUALITY when no peak stands out.
*/
RV_API RV_NODISCARD rv_reason rv_stride_measure(const rv_stride        *self,
                                                const rv_stride_config *cfg, float *hz);

RV_END_DECLS

#endif // RV_PEOPLE_STRIDE_H

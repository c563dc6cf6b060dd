// SPDX-License-Identifier: MIT
/**
   @file breathing.h
   Breaths per minute of somebody who keeps still, from one link; or why not.

   Looks at what the sampler gathered, at 2.5 samples a second over up to 60 s, every
   1.2 s. A chest moves to and fro, so all bands follow it in phase or in antiphase: the
   statistic is the energy along the real vector of bands that fits best, which is
   maximum-ratio combining with unknown weights (blind spots of single tones: "Human
   Respiration Detection with Commodity WiFi Devices", UbiComp 2016; sums over links:
   "TR-BREATH: Time-Reversal Breathing Rate Estimation and Detection", IEEE TBME 2018).
   Its null is known, with the number of independent bands measured in the same
   spectrum and a power law as the floor, because drift is red. What turns, as a fan
   does, does not fit a real vector, and says so; so does a line that belongs to a
   faster one.

   A rate is answered when its peak is significant and stays where it is, and until it
   is lost.

   Place      vital, one per link, after the sampler.
   Cost       nothing but where a look is due: one cycle in 24.
*/
#ifndef RV_VITAL_BREATHING_H
#define RV_VITAL_BREATHING_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/math/fft.h>
#include <ruview/vital/sampler.h>
#include <ruview/vital/vital_spectrum.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_BREATHING_SAMPLES = 150 }; ///< 60 s

typedef struct {
    float    window_s; ///< Looked at, 15..60 (60)
    float    least_s;  ///< Of stillness before the first answer, 12..window_s (15)
    float    low_bpm;  ///< Slowest rate, >= 5 (6); four breaths must fit the window
    float    high_bpm; ///< Fastest rate, <= 40 (36)
    float    false_per_hour; ///< Answers where nobody breathes (0.1)
    uint32_t turn;           ///< Links with other numbers look at other moments (0)
} rv_breathing_config;

/// Of the breath in stretches of 10 s, where noise has mean 1; 0: not known
typedef struct {
    float now;    ///< The last one
    float before; ///< Median of those before
    float least;  ///< Weakest of them but one
} rv_breath_energy;

/// Energy of lines about a third of the slots' rate, on both sides of it; order 0: not
/// looked for
typedef struct {
    float own[2], twice[2]; ///< A third of the rate away, and two thirds
    float order;            ///< Independent bands in the noise
} rv_breath_fast;

typedef struct {
    rv_estimate bpm; ///< Known, or MOVING, WARMING_UP, NO_DATA, LOW_QUALITY,
                     ///< RATE_TOO_LOW, INTERFERENCE (something turns)
    float peak;      ///< Energy of the peak, noise has mean 1; 0 while not looked at
    float threshold; ///< That the peak must reach
    float still_s;   ///< Time without motion that was used
    rv_breath_energy energy;
    rv_breath_fast   fast;
    uint64_t         t_us; ///< End of the window
} rv_breathing_result;

/// State; private
typedef struct {
    rv_breathing_config config;
    uint64_t            looked;      ///< Slot before which the last look ended
    float               earlier_bpm; ///< Candidate of the look before; 0 none
    uint32_t            agreed;      ///< Looks in a row that agreed
    uint32_t            failed;      ///< Looks in a row that did not, while answering
    bool                answering;
    rv_breathing_result result;
} rv_breathing;

RV_API rv_breathing_config rv_breathing_config_default(void);

RV_API RV_NODISCARD rv_status rv_breathing_init(rv_breathing              *self,
                                                const rv_breathing_config *config);

/**
   Look at the link when a look is due.

   @param fft   Of length RV_VITAL_FFT.
   @param t_us  Now, the end of a cycle.
   @param seen  O  The spectrum that was looked at, for the room; may be NULL.
   @return A look was made.
*/
RV_API RV_REALTIME bool rv_breathing_look(rv_breathing *self, const rv_sampler *sampler,
                                          const rv_fft *fft, uint64_t t_us,
                                          rv_spectrum *seen);

/// The state of things at `t_us`
RV_API RV_REALTIME void rv_breathing_result_at(const rv_breathing *self,
                                               const rv_sampler *sampler, uint64_t t_us,
                                               rv_breathing_result *out);

/// What one link saw
typedef struct {
    const rv_spectrum *spectrum; ///< Of its last look; no bins: not still
    rv_estimate        bpm;
    rv_breath_energy   energy;
    const rv_sampler  *sampler; ///< That it was seen in
    uint32_t back; ///< Of the links handed over, that which goes the other way between
                   ///< the same two antennas, counted from 1; 0: none, or not known
    rv_breath_fast fast; ///< As its result says
} rv_breathing_seen;

/**
   The breath of the room: the links' spectra added up, and the surest link.

   A chest moves all links in step, whichever way each sees it. A fan whose blades pass
   faster than frames come looks slow, but at another moment to each transmitter and
   from another side to each link: out of step, so no breath. Half a turn between two
   transmissions is in step, but not the same there and back between two nodes.
*/
typedef struct {
    rv_breathing fused;
    rv_spectrum  stack;
    uint64_t     end;                  ///< Of the last look
    float        in_step, out_of_step; ///< Of the links together, smoothed
    uint32_t     n_compared;           ///< Looks behind them
    bool         turning;              ///< Links see it out of step
    rv_reason    doubt;
    uint32_t     doubtful; ///< Looks to go without a doubt before an answer
    bool         compared; ///< The links were, about the present answer
    uint32_t     paused;   ///< Looks in a row: breath was there, and is not now
    uint32_t     breathed; ///< Looks in a row that saw a breath and no pause
} rv_breathing_room;

RV_API RV_NODISCARD rv_status rv_breathing_room_init(rv_breathing_room         *self,
                                                     const rv_breathing_config *config);

/**
   The room's breathing at `t_us`, once per cycle after the links have looked.

   @param link    [n_links]
   @param apnoea  O  A breath that was there for 10 s at least has paused for 10 s; told
                  once per pause.
   @return Known, or why not: as of the links, or INTERFERENCE.
*/
RV_API RV_REALTIME rv_estimate rv_breathing_room_look(rv_breathing_room       *self,
                                                      const rv_breathing_seen *link,
                                                      uint32_t n_links, uint64_t t_us,
                                                      bool *apnoea);

RV_END_DECLS

#endif // RV_VITAL_BREATHING_H

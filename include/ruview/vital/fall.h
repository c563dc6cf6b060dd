// SPDX-License-Identifier: MIT
/**
   @file fall.h
   A fall: a burst of motion faster than anybody walks, then sudden stillness.

   From frame to frame the amplitudes change by a mean square that grows with the square
   of the speed, as long as a body moves less than a quarter of a wavelength in between
   ("WiSpeed: A Statistical Electromagnetic Approach for Device-Free Indoor Speed
   Estimation", IEEE IoT-J 2018, eq. 16). Summed over links and less what the receivers'
   noise changes, it is compared with what it was while the same person walked, here and
   a moment ago: the power before an impact rises and ends within half a second ("RT-
   Fall: A Real-Time and Contactless Fall Detection System with Commodity WiFi Devices",
   IEEE TMC 2017). A candidate is told within a second of the impact; it is confirmed by
   stillness, and cancelled by motion.

   Height is not measured: somebody who throws himself on a bed looks the same.

   Place      vital, one per room, after the links' motion.
*/
#ifndef RV_VITAL_FALL_H
#define RV_VITAL_FALL_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_FALL_LINKS  = 64,
    RV_FALL_SLOTS  = 64, ///< Tenths of a second remembered
    RV_FALL_ACTIVE = 50, ///< Of activity: what walking is known from
};

typedef struct {
    float burst;     ///< Change over that of walking that makes a burst, 1..10 (1.5)
    float confirm_s; ///< Of stillness, 3..10 (5)
    float rate_hz;   ///< Frames per second below which a link says nothing (40)
} rv_fall_config;

typedef enum {
    RV_FALL_NONE,
    RV_FALL_CANDIDATE, ///< Just now
    RV_FALL_CONFIRMED, ///< Just now
    RV_FALL_CANCELLED, ///< Just now
} rv_fall_event;

typedef struct {
    rv_fall_event event;
    rv_reason     reason; ///< NONE, or why falls cannot be told now: NO_DATA,
                          ///< WARMING_UP (nobody has walked), RATE_TOO_LOW
    float    confidence;  ///< 0..1, of the event
    uint64_t impact_us;
} rv_fall_result;

/// State; private
typedef struct {
    rv_fall_config config;
    struct {
        float    floor; ///< Mean square change when nothing moves
        uint32_t n;     ///< Frames behind it
        float    sum;   ///< Excess over the floor in this slot
        uint32_t n_now; ///< Frames behind that
    } link[RV_FALL_LINKS];
    uint64_t slot;                     ///< Being filled
    uint32_t n;                        ///< Frames in it
    bool     stirred;                  ///< A link says that something moves
    bool     slow;                     ///< Frames came, but too slowly
    float    past[RV_FALL_SLOTS];      ///< Excess over the floor, per slot, without
                                       ///< the link that sees most
    float          all[RV_FALL_SLOTS]; ///< With it
    uint32_t       n_past;
    float          sigma;                  ///< Of a quiet slot
    float          active[RV_FALL_ACTIVE]; ///< Active slots
    uint32_t       n_active;
    bool           pending;
    uint64_t       pending_slot;
    float          ratio; ///< Of the burst
    rv_fall_result result;
} rv_fall;

RV_API rv_fall_config rv_fall_config_default(void);

RV_API RV_NODISCARD rv_status rv_fall_init(rv_fall *self, const rv_fall_config *config);

/**
   A frame of a link.

   @param link       0..RV_FALL_LINKS-1
   @param change     Mean square change of the amplitudes over their RMS since the frame
                     before.
   @param interval_s Between the two frames.
   @param quiet      Nothing moves, says the link's motion module.
*/
RV_API RV_REALTIME void rv_fall_push(rv_fall *self, uint32_t link, uint64_t t_us,
                                     float change, float interval_s, bool quiet);

/// What happened since the last call; once per cycle
RV_API RV_REALTIME rv_fall_result rv_fall_step(rv_fall *self, uint64_t t_us);

RV_END_DECLS

#endif // RV_VITAL_FALL_H

// SPDX-License-Identifier: MIT
/**
   @file radio.h
   What a receiver makes of a channel: gain control, noise, timing and carrier errors,
   eight bits, and the datagram.
*/
#ifndef RV_SIM_RADIO_H
#define RV_SIM_RADIO_H

#include "sim/channel.h"

/// Receiver state of one link
typedef struct {
    bool  locked;
    float gain_db; ///< LSB per unit of channel gain
} rv_radio_agc;

/// One report before it is written down
typedef struct {
    int8_t   iq[2 * 128]; ///< Imaginary first, in the order of the radio
    uint32_t clipped;
    int8_t   rssi_dbm;
    int8_t   noise_dbm;
} rv_radio_report;

/// Entries of a training field, in FFT order, that hold a tone
typedef struct {
    int     n;
    uint8_t entry[64];
} rv_radio_tones;

/// @param out  O  Of the legacy field, and of the one behind it
void rv_radio_tones_of(const rv_sim_radio *radio, rv_radio_tones out[2]);

/// What follows from the strength of a channel alone
typedef struct {
    float power_db;  ///< Of a tone, mean
    float wanted_db; ///< Gain that the gain control aims at
    float sigma;     ///< Noise of one training field per real part
} rv_radio_level;

/// @param re, im  [RV_CHANNEL_TONES] gain, tone -32 first
void rv_radio_level_of(const rv_sim_radio *radio, const float *re, const float *im,
                       rv_radio_level *out);

/**
   Measure a channel.

   @param tones   rv_radio_tones_of() the radio.
   @param level   rv_radio_level_of() the channel.
   @param re, im  [RV_CHANNEL_TONES] gain, tone -32 first; changed.
*/
void rv_radio_measure(rv_radio_agc *agc, const rv_sim_radio *radio,
                      const rv_radio_tones tones[2], const rv_radio_level *level,
                      rv_random *random, float *re, float *im, rv_radio_report *out);

/// What the header of a CSI datagram needs besides the report
typedef struct {
    uint8_t  node;
    uint32_t freq_mhz, sequence, tx_hash;
    uint16_t n_entries;
} rv_radio_header;

/// Write a raw CSI datagram with its trailer; returns its length
uint16_t rv_radio_encode_csi(const rv_radio_header *header,
                             const rv_radio_report *report, uint8_t *out);

/// Write a sync datagram; returns its length
uint16_t rv_radio_encode_sync(uint8_t node, bool leader, uint64_t local_us,
                              uint64_t epoch_us, uint32_t sequence, uint8_t *out);

#endif // RV_SIM_RADIO_H

// SPDX-License-Identifier: MIT
/**
   @file frame.h
   The CSI frame: what one receiver heard of one packet.

   A frame owns nothing: its samples lie with the decoder that made it and live until
   that decoder is called again. Samples stand in the order of the layout's entries,
   split-complex, [rx][tx][entry].
*/
#ifndef RV_FRAME_FRAME_H
#define RV_FRAME_FRAME_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/layout.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MAX_ANTENNAS = 4,   ///< Receive or transmit chains
    RV_DBM_UNKNOWN  = 127, ///< rssi_dbm, noise_dbm: the source does not say
};

/// Transmitter identity of a frame whose packet names none
#define RV_TX_UNKNOWN UINT64_C(0)

/// One CSI report
typedef struct {
    uint64_t         t_us;      ///< Arrival stamp [us since the epoch]
    uint64_t         device_us; ///< Sender's own stamp [us]; 0 unknown
    uint64_t         tx;        ///< Transmitter hash or address; RV_TX_UNKNOWN
    const rv_layout *layout;    ///< Never NULL in a valid frame
    uint32_t         freq_mhz;  ///< Centre frequency; 0 unknown
    uint32_t         sequence;  ///< Counts frames sent; see has_sequence
    uint16_t         bandwidth_mhz;
    uint8_t          node;     ///< Receiver
    uint8_t          n_rx;     ///< 1..4
    uint8_t          n_tx;     ///< 1..4, transmit streams
    uint8_t          ppdu;     ///< 0 HT/legacy, 1 HE-SU, 2 HE-MU, 3 HE-TB, 255 unknown
    int8_t           rssi_dbm; ///< RV_DBM_UNKNOWN when not known
    int8_t           rssi_rx_dbm[RV_MAX_ANTENNAS]; ///< Per antenna, or RV_DBM_UNKNOWN
    int8_t           noise_dbm;                    ///< RV_DBM_UNKNOWN when not known
    uint16_t         rate;       ///< Rate word as the source has it; 0 unknown
    uint8_t          mcs_plus_1; ///< Modulation and coding scheme + 1; 0 unknown
    int16_t          agc_db;     ///< Receiver gain [0.1 dB]; INT16_MIN unknown
    bool             has_sequence;
    bool             clock_synced;   ///< Sender says that its clock follows the mesh
    bool             synthetic;      ///< Made by a simulator
    bool             amplitude_only; ///< im is all zero and re >= 0: no phase is known
    const float     *re;             ///< [n_rx][n_tx][layout->n_entries]
    const float     *im;             ///< same
} rv_frame;

/**
   Check everything that later stages rely on.

   @return RV_REASON_NONE, or why the frame must be refused: UNKNOWN_LAYOUT, BAD_VALUE
           (antenna counts, bandwidth, a null pointer), NONFINITE, ALL_ZERO.
*/
RV_API RV_REALTIME rv_reason rv_frame_check(const rv_frame *frame);

RV_END_DECLS

#endif // RV_FRAME_FRAME_H

// SPDX-License-Identifier: MIT
/**
   @file sim.h
   The channel simulator: a seeded world whose radios send the datagrams that real nodes
   would, each tagged as simulated, and the truth about it.

   Method: image sources to order two in a box room (Allen and Berkley, "Image method
   for efficiently simulating small-room acoustics", JASA 1979) with the Fresnel
   coefficients of the walls' materials (Recommendation ITU-R P.2040-3, 2023); people
   are articulated bodies of point scatterers, each with the bistatic radar equation
   (Skolnik, "Radar Handbook", 2008, ch. 23), that also shadow the still paths by
   knife-edge diffraction (3GPP TR 38.901, 7.6.4.2, blockage model B). Each transmitter
   has a slot; every other radio reports what it heard.

   The same configuration gives the same bytes, always and everywhere.
*/
#ifndef RV_SIM_SIM_H
#define RV_SIM_SIM_H

#include <ruview/sim/scenario.h>

#include <stddef.h>

RV_BEGIN_DECLS

enum {
    RV_SIM_KEYPOINTS = 17, ///< COCO order
    RV_SIM_MAX_BYTES = 512 ///< Of one datagram
};

/// A datagram as it arrives at the host
typedef struct {
    uint64_t       t_us;    ///< Arrival
    uint64_t       sent_us; ///< When the radio wave was on the air
    uint8_t        node;    ///< Node that reports
    uint8_t        tx;      ///< Node that was heard; the node itself in a sync packet
    bool           sync;    ///< A sync packet, not CSI
    uint16_t       n_bytes;
    const uint8_t *bytes; ///< Lives until the next call
} rv_sim_packet;

/// Where somebody is and what the body does
typedef struct {
    bool           present;
    bool           moving; ///< Walks or changes posture
    rv_sim_posture posture;
    float          position_m[3]; ///< Between the hips
    float          velocity_mps[3];
    float          heading_rad;
    float          keypoint_m[RV_SIM_KEYPOINTS][3];
    float          breath_hz;    ///< Now; 0 while held
    float          breath_phase; ///< 0..1, 0 at half inhalation
    float          heart_hz;
    float          heart_phase; ///< 0..1
} rv_sim_truth_person;

/// The truth at one moment
typedef struct {
    uint64_t            t_us;
    uint16_t            n_persons; ///< As many as the scenario has, present or not
    rv_sim_truth_person person[RV_SIM_MAX_PERSONS];
    uint32_t            doors_open; ///< Bit i: the door of partition i
    uint32_t            fans_on;    ///< Bit i: fan i
    uint32_t            moves;      ///< Pieces of furniture moved so far, each time
} rv_sim_truth;

/// What the simulator did
typedef struct {
    uint64_t sent;    ///< Datagrams handed out, sync packets among them
    uint64_t lost;    ///< Reports that the loss model swallowed
    uint64_t clipped; ///< Samples that hit the ends of int8
} rv_sim_counters;

typedef struct rv_sim_world rv_sim_world;

/// A simulator; initialise with rv_sim_init
typedef struct {
    rv_sim_world *world; ///< In the memory lent
} rv_sim;

/// Bytes that rv_sim_init needs
RV_API RV_NODISCARD rv_status rv_sim_size(const rv_sim_config *config, size_t *n_bytes);

/**
   Build the world in `memory`, which the caller keeps.

   @param memory  Aligned to 64, `n_bytes` from rv_sim_size.
   @return ERR_CONFIG (see rv_sim_config_check), ERR_MEMORY.
*/
RV_API RV_NODISCARD rv_status rv_sim_init(rv_sim *self, const rv_sim_config *config,
                                          void *memory, size_t n_bytes);

/// The next datagram in order of arrival; there is always one
RV_API RV_NODISCARD rv_status rv_sim_next(rv_sim *self, rv_sim_packet *out);

/**
   Other persons instead of those who were there, from the next transmission on: the
   nodes go on as they are. Times of their stays count from the scenario's start.

   @param config  Its persons are taken; the rest must be as it was given to
   rv_sim_init.
   @return ERR_CONFIG: nothing has changed.
*/
RV_API RV_NODISCARD rv_status rv_sim_set_persons(rv_sim              *self,
                                                 const rv_sim_config *config);

/// The truth at `t_us`, any time at or after the start
RV_API void rv_sim_truth_at(const rv_sim *self, uint64_t t_us, rv_sim_truth *out);

/**
   The channel between two nodes without any impairment, for tests and training.

   @param tx, rx  Indices into the scenario's nodes, not equal.
   @param t_s     Seconds since the start.
   @param n       Number of tones.
   @param tone    [n] tone numbers -32 .. 31, 312.5 kHz apart.
   @param re, im  O  [n] complex gain; free space at distance d gives lambda/(4 pi d).
*/
RV_API RV_NODISCARD rv_status rv_sim_channel(rv_sim *self, uint16_t tx, uint16_t rx,
                                             double t_s, uint16_t n,
                                             const int16_t *tone, float *re, float *im);

/// Transmitter hash that node `index` of the scenario is known by in trailers
RV_API uint32_t rv_sim_tx_hash(const rv_sim *self, uint16_t index);

/// Packets sent and lost so far
RV_API rv_sim_counters rv_sim_counts(const rv_sim *self);

RV_END_DECLS

#endif // RV_SIM_SIM_H

// SPDX-License-Identifier: MIT
/**
   @file clock.h
   What one node's clock, counter and network do, estimated from what arrives: offset,
   drift, jitter, rate, loss, reboots. Nothing is assumed.

   Device stamps (of frames, or of sync packets) against arrivals: in each block of a
   second the packet with the least delay counts, and a Theil-Sen line goes through the
   newest blocks, so that queueing and bursts do not matter. Sequence numbers give loss;
   without device stamps they also give the frame's place in time.

   Place      fusion, before frames are assigned to cycles' views.
   Source     least-delay filter: RFC 5905 section 10; "A rank-invariant method of
              linear and polynomial regression analysis", Proc. KNAW 53 (1950). Sequence
              arithmetic: `d = (int32)(seq - last)`.
*/
#ifndef RV_FUSION_CLOCK_H
#define RV_FUSION_CLOCK_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_CLOCK_BLOCKS    = 32, ///< Blocks behind the line fit
    RV_CLOCK_LOSS_RING = 16, ///< Half-second bins behind the loss estimate
    RV_CLOCK_GAPS      = 33, ///< Newest intervals behind the median interval
};

/// Start from rv_clock_config_default()
typedef struct {
    uint64_t block_us;    ///< Length of a block [us] (1 s)
    uint64_t sync_max_us; ///< A sync packet older than this is worthless (9 s)
    uint64_t absent_us;   ///< Silence after which the node is absent (100 ms, two
                          ///< cycles); at least two of its own median intervals
    uint64_t silent_us;   ///< Silence that no burst of losses explains (1 s); at least
                          ///< eight of its own median intervals
    uint64_t gap_max_us;  ///< Silence after which a sequence jump says nothing (30 s)
    float    max_loss;    ///< Share of loss that is still good, 0..1 (0.2)
    float    max_drift_ppm; ///< More is no clock (500)
    float    max_spread_us; ///< Uncertainty of placing that is still good (20 ms)
} rv_clock_config;

/// A sync packet (`spec` 4.3): local and mesh time of the node at one instant
typedef struct {
    uint64_t local_us;
    uint64_t epoch_us;
    uint32_t sequence; ///< The next frame's
    bool     leader;
    bool     valid; ///< The node says that it follows the mesh
} rv_clock_sync;

/// One block: the packet of least delay
typedef struct {
    uint64_t start_us;  ///< Arrival time of its first packet
    int64_t  device_us; ///< Device stamp of the fastest packet
    int64_t  delta_us;  ///< Its arrival minus device stamp
    uint32_t n;
} rv_clock_block;

/// State of one node; fields are private
typedef struct {
    rv_clock_config cfg;

    // Device stamps against arrivals
    rv_clock_block block[RV_CLOCK_BLOCKS];
    uint32_t       n_blocks, next_block;
    rv_clock_block open;      ///< Block being filled
    int64_t        origin_us; ///< Device time where the line has its offset
    double         offset_us; ///< arrival - device = offset + drift (device - origin)
    double         drift;     ///< Dimensionless
    double         sigma_us;  ///< Robust sigma of the blocks about the line
    double         delay_us;  ///< Robust sigma of packets above the line
    uint32_t       n_delays;  ///< Packets behind it
    uint64_t       device_us; ///< Newest device stamp; 0 none
    bool           has_line;
    uint64_t apart_since_us; ///< Since when every stamp lies far from the line; 0 none
    bool     apart_late;     ///< Above it

    // Sequence numbers and intervals
    uint64_t first_us, last_us; ///< Arrivals
    uint32_t sequence;          ///< Newest
    bool     has_sequence;
    float    gap_us[RV_CLOCK_GAPS]; ///< Newest intervals per sequence step
    uint32_t n_gaps, next_gap;
    float    interval_us;  ///< Their median; 0 not known yet
    float    gap_sigma_us; ///< Their robust sigma
    double   regular_us;   ///< Smoothed arrival of `sequence`, since first_us
    double   period_us;    ///< Smoothed interval; 0 not known yet

    uint32_t bin_got[RV_CLOCK_LOSS_RING], bin_lost[RV_CLOCK_LOSS_RING];
    uint64_t bin_number; ///< Of the newest bin, arrival / half a second
    uint32_t n_bins;

    rv_clock_sync sync;
    uint64_t      sync_us; ///< Its arrival
    bool          has_sync;

    uint64_t n_frames, n_lost, n_duplicate, n_reordered, n_reboots, n_backwards, n_set;
    uint64_t reboot_us; ///< Arrival of the last reboot; 0 none
} rv_clock;

/// What is known about a node at one instant. Deviations: counts as Poisson and
/// binomial; a robust sigma s of n values by 1.17 s / sqrt(n) (MAD) or 0.756 s /
/// sqrt(n) (mean); drift as the slope of n evenly spread points; stamps are whole
/// microseconds. Quality: how full the window behind the number is, 0..1.
typedef struct {
    bool        present; ///< A frame within cfg.absent_us
    bool        silent;  ///< No frame within cfg.silent_us, or none ever
    rv_reason   reason;  ///< NONE; NO_DATA (absent), LOSS, CLOCK, REBOOT, WARMING_UP
    rv_estimate rate_hz; ///< Frames that arrived per second, over about 8 s
    rv_estimate loss;    ///< Share missing, 0..1
    int64_t     offset_exact_us; ///< Node clock minus host clock; 0 without stamps
    rv_estimate offset_us;       ///< The same; unknown without stamps and beyond
                                 ///< 1000 s, where a float is too coarse
    rv_estimate drift_ppm;       ///< Node clock runs fast: positive
    rv_estimate jitter_us;       ///< Robust sigma of arrival against the fit
    rv_estimate spread_us;  ///< Uncertainty of a placed frame's time (value = sigma)
    bool        sync_valid; ///< A sync packet younger than cfg.sync_max_us, valid
    uint64_t    frames, lost, duplicates, reordered, reboots;
} rv_clock_state;

RV_API rv_clock_config rv_clock_config_default(void);
/// Bytes of memory beside `self` (none are needed; the call is there for uniformity)
RV_API RV_NODISCARD rv_status rv_clock_size(const rv_clock_config *cfg,
                                            size_t                *n_bytes);

/// Begin without a frame; `mem` may be NULL. ERR_CONFIG: `self` is unchanged.
RV_API RV_NODISCARD rv_status rv_clock_init(rv_clock *self, const rv_clock_config *cfg,
                                            void *mem, size_t n_bytes);

/**
   Take note of one frame.

   @param has_sequence  The packet counts frames.
   @param device_us     Node's own stamp, 0 unknown.
   @param arrival_us    Stamp of the input's timeline.
   @return NONE; DUPLICATE, REORDERED (the frame may still be used by time); REBOOT (the
           counter or clock started again: everything learnt is dropped);
           TIME_BACKWARDS (arrival before the last one: not taken).
*/
RV_API RV_REALTIME rv_reason rv_clock_push_frame(rv_clock *self, uint32_t sequence,
                                                 bool has_sequence, uint64_t device_us,
                                                 uint64_t arrival_us);

/// Take note of one sync packet. NONE; REBOOT (local clock went back); TIME_BACKWARDS.
RV_API RV_REALTIME rv_reason rv_clock_push_sync(rv_clock            *self,
                                                const rv_clock_sync *sync,
                                                uint64_t             arrival_us);

/**
   When was the frame measured, on the input's timeline? From the device stamp and the
   fit when there is one; else from the sequence number and the smoothed arrivals; else
   the arrival itself. Never later than its arrival.

   @param t_us  O  The time.
   @return Uncertainty [us] as value; unknown: CLOCK when only the arrival is known.
*/
RV_API RV_REALTIME rv_estimate rv_clock_place(const rv_clock *self, uint32_t sequence,
                                              bool has_sequence, uint64_t device_us,
                                              uint64_t arrival_us, uint64_t *t_us);

/**
   Mesh time of a frame from the last sync packet: epoch + (int32)(sequence - sync
   sequence) x interval, or device stamp + epoch - local.

   @return false without a valid sync packet younger than cfg.sync_max_us.
*/
RV_API RV_REALTIME bool rv_clock_mesh_time(const rv_clock *self, uint32_t sequence,
                                           uint64_t device_us, uint64_t arrival_us,
                                           uint64_t *mesh_us);

/// How the node stands at `now_us`
RV_API RV_REALTIME rv_clock_state rv_clock_get(const rv_clock *self, uint64_t now_us);

/// Clock of node a minus clock of node b; sigma from both. Unknown: CLOCK without
/// stamps or beyond 1000 s.
RV_API RV_REALTIME rv_estimate rv_clock_between(const rv_clock *a, const rv_clock *b,
                                                uint64_t now_us);

/**
   How far the mesh clocks of nodes lie apart: largest minus smallest (mesh time minus
   host time) over the nodes whose sync packet is younger than cfg.sync_max_us, whether
   or not they say that it is valid. Unknown: CLOCK with fewer than two such nodes.
*/
RV_API RV_REALTIME rv_estimate rv_clock_mesh_spread(const rv_clock *const *clock,
                                                    uint32_t n, uint64_t now_us);

RV_END_DECLS

#endif // RV_FUSION_CLOCK_H

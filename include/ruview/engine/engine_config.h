// SPDX-License-Identifier: MIT
/**
   @file engine_config.h
   Everything there is to choose about a run, and its digest: the same bytes on every
   machine, and part of where the witness chain starts.
*/
#ifndef RV_ENGINE_ENGINE_CONFIG_H
#define RV_ENGINE_ENGINE_CONFIG_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/trust/privacy.h>
#include <ruview/trust/record.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_NAME_BYTES       = 32, ///< Names, with the final zero
    RV_ZONE_VERTICES    = 12,
    RV_MAX_TRANSMITTERS = 16,
    RV_MAX_WORKERS      = 8,
};

/// A receiver
typedef struct {
    uint8_t  node; ///< Number in its packets
    char     name[RV_NAME_BYTES];
    bool     has_position;
    float    position_m[3]; ///< East, north, up
    uint64_t tx;            ///< The one transmitter that its filter lets through;
                            ///< RV_TX_UNKNOWN: as the packets say
} rv_node_config;

/// A transmitter whose place is known; nodes may be transmitters too
typedef struct {
    uint64_t tx;
    char     name[RV_NAME_BYTES];
    bool     has_position;
    float    position_m[3];
} rv_transmitter_config;

/// A named part of the floor
typedef struct {
    char    name[RV_NAME_BYTES];
    uint8_t n_vertices;                    ///< 3..12
    float   vertex_m[RV_ZONE_VERTICES][2]; ///< East, north
} rv_zone_config;

/// Start from rv_engine_config_default()
typedef struct {
    uint32_t period_us;       ///< Cycle, 1000..10000000 (50000)
    uint32_t lateness_us;     ///< Watermark, 0..10 periods (20000)
    uint32_t no_data_us;      ///< Silence until presence is unknown (2000000)
    uint16_t ring_frames;     ///< Frames kept per link, 8..1024 (64)
    uint16_t max_links;       ///< 1..64 (32)
    size_t   link_pool;       ///< Memory for all links together [bytes] (6 MiB)
    uint32_t cpu_mask;        ///< Instruction sets allowed, see math/kernels.h (0)
    uint8_t  n_workers;       ///< Threads that may work at once, 1..8 (1)
    bool     allow_synthetic; ///< Accept simulated datagrams (false: refuse, count)
    bool     digests;         ///< Keep a digest per stage and cycle (false)
    bool     pose;            ///< The program gives the engine the pose model that it
                              ///< ships (false); the run header says which

    char  room_name[RV_NAME_BYTES];
    bool  has_room;
    float room_m[3]; ///< Size east, north, up; one corner is the origin

    uint8_t               n_nodes, n_transmitters, n_zones;
    rv_node_config        node[RV_MAX_NODES];
    rv_transmitter_config transmitter[RV_MAX_TRANSMITTERS];
    rv_zone_config        zone[RV_MAX_ZONES];

    rv_privacy_mode mode;          ///< (PRIVATE_HOME)
    rv_sink         sink;          ///< Where the records go (LOCAL: this machine)
    bool            consent;       ///< Given for outputs that need it (false)
    bool            vitals_opt_in; ///< Breathing and heart rate in PRIVATE_HOME (false)
} rv_engine_config;

/// A run without geometry, 20 cycles per second, private home
RV_API rv_engine_config rv_engine_config_default(void);

/**
   Check every field.

   @return OK, or ERR_CONFIG; `why` then names the field and what would be right.
*/
RV_API RV_NODISCARD rv_status rv_engine_config_check(const rv_engine_config *config,
                                                     const char            **why);

/// BLAKE3 of the encoded configuration, without cpu_mask, digests and what only bounds
/// memory
RV_API void rv_engine_config_digest(const rv_engine_config *config,
                                    uint8_t                 out[RV_DIGEST_BYTES]);

/// What the configuration says that the persons agreed to
RV_API RV_PURE rv_consent rv_engine_consent(const rv_engine_config *config);

/// The node with that number, or NULL
RV_API RV_PURE const rv_node_config *rv_engine_config_node(
    const rv_engine_config *config, uint8_t node);

/// Position of a transmitter: its own entry, or that of a node with that `tx`; or NULL
RV_API RV_PURE const float *rv_engine_config_tx_position(const rv_engine_config *config,
                                                         uint64_t                tx);

RV_END_DECLS

#endif // RV_ENGINE_ENGINE_CONFIG_H

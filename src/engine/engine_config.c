// SPDX-License-Identifier: MIT
#include <ruview/engine/engine_config.h>

#include "base/exact.h"

#include <ruview/base/bytes.h>
#include <ruview/frame/frame.h>
#include <ruview/math/blake3.h>

#include <string.h>

rv_engine_config
rv_engine_config_default(void)
{
    rv_engine_config config;
    memset(&config, 0, sizeof config);
    config.period_us   = 50000;
    config.lateness_us = 20000;
    config.no_data_us  = 2000000;
    config.ring_frames = 64;
    config.max_links   = 32;
    config.n_workers   = 1;
    config.link_pool   = (size_t)6 << 20;
    config.mode        = RV_MODE_PRIVATE_HOME;
    return config;
}

// Positions beyond this are typing errors; it also keeps squares finite
static const float max_position_m = 1000.0F;

static bool
is_position(const float *const p, const int n)
{
    for (int i = 0; i < n; ++i) {
        if (!(p[i] >= -max_position_m && p[i] <= max_position_m)) {
            return false;
        }
    }
    return true;
}

static const char *
nodes_fault(const rv_engine_config *const config)
{
    if (config->n_nodes > RV_MAX_NODES) {
        return "nodes: at most 16";
    }
    for (int i = 0; i < config->n_nodes; ++i) {
        if (config->node[i].has_position &&
            !is_position(config->node[i].position_m, 3)) {
            return "nodes: position must lie within 1000 m";
        }
        for (int k = 0; k < i; ++k) {
            if (config->node[i].node == config->node[k].node) {
                return "nodes: the same node number stands twice";
            }
        }
    }
    return NULL;
}

static const char *
places_fault(const rv_engine_config *const config)
{
    if (config->n_transmitters > RV_MAX_TRANSMITTERS ||
        config->n_zones > RV_MAX_ZONES) {
        return "transmitters, zones: at most 16 each";
    }
    for (int i = 0; i < config->n_transmitters; ++i) {
        if (config->transmitter[i].tx == RV_TX_UNKNOWN) {
            return "transmitters: id must not be 0";
        }
        if (!is_position(config->transmitter[i].position_m, 3)) {
            return "transmitters: position must lie within 1000 m";
        }
    }
    for (int i = 0; i < config->n_zones; ++i) {
        const rv_zone_config *const zone = &config->zone[i];
        if (zone->n_vertices < 3 || zone->n_vertices > RV_ZONE_VERTICES) {
            return "zones: 3 to 12 vertices";
        }
        for (int v = 0; v < zone->n_vertices; ++v) {
            if (!is_position(zone->vertex_m[v], 2)) {
                return "zones: vertices must lie within 1000 m";
            }
        }
    }
    if (config->has_room &&
        (!is_position(config->room_m, 3) || !(config->room_m[0] > 0.0F) ||
         !(config->room_m[1] > 0.0F) || !(config->room_m[2] > 0.0F))) {
        return "room: size must be three positive lengths in metres";
    }
    return NULL;
}

static const char *
timing_fault(const rv_engine_config *const config)
{
    if (config->period_us < 1000 || config->period_us > 10000000) {
        return "period_us: 1000 to 10000000";
    }
    if (config->lateness_us / 10 > config->period_us) {
        return "lateness_us: at most 10 periods";
    }
    if (config->no_data_us < config->period_us) {
        return "no_data_us: at least one period";
    }
    if (config->ring_frames < 8 || config->ring_frames > 1024) {
        return "ring_frames: 8 to 1024";
    }
    if (config->max_links < 1 || config->max_links > RV_MAX_LINKS) {
        return "max_links: 1 to 64";
    }
    if (config->n_workers < 1 || config->n_workers > RV_MAX_WORKERS) {
        return "n_workers: 1 to 8";
    }
    if ((unsigned)config->mode > RV_MODE_STRICT_NO_IDENTITY) {
        return "privacy mode: not one of the five";
    }
    if ((unsigned)config->sink >= RV_SINK_COUNT) {
        return "sink: local, network or matter";
    }
    return NULL;
}

rv_status
rv_engine_config_check(const rv_engine_config *const config, const char **const why)
{
    const char *fault = timing_fault(config);
    fault             = fault ? fault : nodes_fault(config);
    fault             = fault ? fault : places_fault(config);
    *why              = fault;
    return fault ? RV_ERR_CONFIG : RV_OK;
}

static void
write_position(rv_writer *const w, const bool known, const float *const p, const int n)
{
    rv_write_u8(w, known);
    for (int i = 0; i < n; ++i) {
        rv_write_f32(w, known ? p[i] : 0.0F);
    }
}

void
rv_engine_config_digest(const rv_engine_config *const config,
                        uint8_t                       out[RV_DIGEST_BYTES])
{
    uint8_t   bytes[8192];
    rv_writer w = {.bytes = bytes, .size = sizeof bytes};
    rv_write_bytes(&w, "ruview.config.v1", 16);
    rv_write_u32(&w, config->period_us);
    rv_write_u32(&w, config->lateness_us);
    rv_write_u32(&w, config->no_data_us);
    rv_write_u16(&w, config->ring_frames);
    rv_write_u16(&w, config->max_links);
    rv_write_u8(&w, config->allow_synthetic);
    rv_write_bytes(&w, config->room_name, RV_NAME_BYTES);
    write_position(&w, config->has_room, config->room_m, 3);
    rv_write_u8(&w, config->n_nodes);
    for (int i = 0; i < config->n_nodes; ++i) {
        const rv_node_config *const node = &config->node[i];
        rv_write_u8(&w, node->node);
        rv_write_bytes(&w, node->name, RV_NAME_BYTES);
        write_position(&w, node->has_position, node->position_m, 3);
        rv_write_u64(&w, node->tx);
    }
    rv_write_u8(&w, config->n_transmitters);
    for (int i = 0; i < config->n_transmitters; ++i) {
        const rv_transmitter_config *const tx = &config->transmitter[i];
        rv_write_u64(&w, tx->tx);
        rv_write_bytes(&w, tx->name, RV_NAME_BYTES);
        write_position(&w, tx->has_position, tx->position_m, 3);
    }
    rv_write_u8(&w, config->n_zones);
    for (int i = 0; i < config->n_zones; ++i) {
        const rv_zone_config *const zone = &config->zone[i];
        rv_write_bytes(&w, zone->name, RV_NAME_BYTES);
        rv_write_u8(&w, zone->n_vertices);
        for (int v = 0; v < zone->n_vertices; ++v) {
            rv_write_f32(&w, zone->vertex_m[v][0]);
            rv_write_f32(&w, zone->vertex_m[v][1]);
        }
    }
    rv_write_u8(&w, (uint8_t)config->mode);
    rv_write_u8(&w, (uint8_t)config->sink);
    rv_write_u8(&w, config->consent);
    rv_write_u8(&w, config->vitals_opt_in);
    rv_blake3_hash(bytes, w.at, out);
}

const rv_node_config *
rv_engine_config_node(const rv_engine_config *const config, const uint8_t node)
{
    for (int i = 0; i < config->n_nodes; ++i) {
        if (config->node[i].node == node) {
            return &config->node[i];
        }
    }
    return NULL;
}

const float *
rv_engine_config_tx_position(const rv_engine_config *const config, const uint64_t tx)
{
    if (tx == RV_TX_UNKNOWN) {
        return NULL;
    }
    for (int i = 0; i < config->n_transmitters; ++i) {
        if (config->transmitter[i].tx == tx && config->transmitter[i].has_position) {
            return config->transmitter[i].position_m;
        }
    }
    return NULL;
}

rv_consent
rv_engine_consent(const rv_engine_config *const config)
{
    if (config->consent) {
        return RV_CONSENT_FULL;
    }
    return config->vitals_opt_in ? RV_CONSENT_VITALS : RV_CONSENT_NONE;
}

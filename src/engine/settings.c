// SPDX-License-Identifier: MIT
#include <ruview/engine/settings.h>

#include "base/exact.h"
#include "base/try.h"

#include <string.h>

enum { VERSION = 1 };

void
rv_engine_settings_of(const rv_engine_config *const config,
                      rv_engine_settings *const     settings)
{
    memset(settings, 0, sizeof *settings);
    settings->mode          = config->mode;
    settings->consent       = config->consent;
    settings->vitals_opt_in = config->vitals_opt_in;
    settings->no_data_us    = config->no_data_us;
    settings->n_zones       = config->n_zones;
    memcpy(settings->zone, config->zone, sizeof settings->zone);
}

void
rv_engine_settings_apply(const rv_engine_settings *const settings,
                         rv_engine_config *const         config)
{
    config->mode          = settings->mode;
    config->consent       = settings->consent;
    config->vitals_opt_in = settings->vitals_opt_in;
    config->no_data_us    = settings->no_data_us;
    config->n_zones       = settings->n_zones;
    memcpy(config->zone, settings->zone, sizeof config->zone);
}

rv_consent
rv_engine_settings_consent(const rv_engine_settings *const settings)
{
    return settings->consent         ? RV_CONSENT_FULL
           : settings->vitals_opt_in ? RV_CONSENT_VITALS
                                     : RV_CONSENT_NONE;
}

rv_status
rv_engine_settings_encode(const rv_engine_settings *const settings,
                          rv_writer *const                out)
{
    rv_write_u8(out, VERSION);
    rv_write_u8(out, (uint8_t)settings->mode);
    rv_write_u8(out, settings->consent);
    rv_write_u8(out, settings->vitals_opt_in);
    rv_write_u32(out, settings->no_data_us);
    rv_write_u8(out, settings->n_zones);
    for (int z = 0; z < settings->n_zones; ++z) {
        const rv_zone_config *const zone = &settings->zone[z];
        rv_write_bytes(out, zone->name, RV_NAME_BYTES);
        rv_write_u8(out, zone->n_vertices);
        for (int v = 0; v < zone->n_vertices; ++v) {
            rv_write_f32(out, zone->vertex_m[v][0]);
            rv_write_f32(out, zone->vertex_m[v][1]);
        }
    }
    return out->failed ? RV_ERR_FULL : RV_OK;
}

static bool
is_place(const float v)
{
    return v >= -1000.0F && v <= 1000.0F; // NaN is none
}

static bool
read_zone(rv_reader *const in, rv_zone_config *const zone)
{
    const uint8_t *const name = rv_read_bytes(in, RV_NAME_BYTES);
    zone->n_vertices          = rv_read_u8(in);
    if (!name || name[RV_NAME_BYTES - 1] != 0 || zone->n_vertices < 3 ||
        zone->n_vertices > RV_ZONE_VERTICES) {
        return false;
    }
    memcpy(zone->name, name, RV_NAME_BYTES);
    for (int v = 0; v < zone->n_vertices; ++v) {
        zone->vertex_m[v][0] = rv_read_f32(in);
        zone->vertex_m[v][1] = rv_read_f32(in);
        if (!is_place(zone->vertex_m[v][0]) || !is_place(zone->vertex_m[v][1])) {
            return false;
        }
    }
    return true;
}

rv_status
rv_engine_settings_decode(const uint8_t *const bytes, const size_t n,
                          rv_engine_settings *const settings)
{
    rv_reader          in      = {.bytes = bytes, .size = n};
    rv_engine_settings s       = {.mode = RV_MODE_STRICT_NO_IDENTITY};
    const uint8_t      version = rv_read_u8(&in);
    const uint8_t      mode    = rv_read_u8(&in);
    const uint8_t      consent = rv_read_u8(&in);
    const uint8_t      vitals  = rv_read_u8(&in);
    s.no_data_us               = rv_read_u32(&in);
    s.n_zones                  = rv_read_u8(&in);
    if (in.failed) {
        return RV_ERR_TRUNCATED;
    }
    if (version != VERSION || mode > RV_MODE_STRICT_NO_IDENTITY || consent > 1 ||
        vitals > 1 || s.n_zones > RV_MAX_ZONES) {
        return RV_ERR_VALUE;
    }
    s.mode          = (rv_privacy_mode)mode;
    s.consent       = consent == 1;
    s.vitals_opt_in = vitals == 1;
    for (int z = 0; z < s.n_zones; ++z) {
        const bool is_zone = read_zone(&in, &s.zone[z]);
        if (in.failed || !is_zone) {
            return in.failed ? RV_ERR_TRUNCATED : RV_ERR_VALUE;
        }
    }
    if (in.at != n) {
        return RV_ERR_TRAILING;
    }
    *settings = s;
    return RV_OK;
}

// ---- what needs a restart

static bool
same_position(const bool has_a, const float *const a, const bool has_b,
              const float *const b)
{
    return has_a == has_b && (!has_a || (a[0] == b[0] && a[1] == b[1] && a[2] == b[2]));
}

static bool
same_nodes(const rv_engine_config *const a, const rv_engine_config *const b)
{
    bool same = a->n_nodes == b->n_nodes;
    for (int i = 0; same && i < a->n_nodes; ++i) {
        const rv_node_config *const x = &a->node[i];
        const rv_node_config *const y = &b->node[i];
        same                          = x->node == y->node && x->tx == y->tx &&
               memcmp(x->name, y->name, RV_NAME_BYTES) == 0 &&
               same_position(x->has_position, x->position_m, y->has_position,
                             y->position_m);
    }
    return same;
}

static bool
same_transmitters(const rv_engine_config *const a, const rv_engine_config *const b)
{
    bool same = a->n_transmitters == b->n_transmitters;
    for (int i = 0; same && i < a->n_transmitters; ++i) {
        const rv_transmitter_config *const x = &a->transmitter[i];
        const rv_transmitter_config *const y = &b->transmitter[i];
        same = x->tx == y->tx && memcmp(x->name, y->name, RV_NAME_BYTES) == 0 &&
               same_position(x->has_position, x->position_m, y->has_position,
                             y->position_m);
    }
    return same;
}

rv_status
rv_engine_settings_check(const rv_engine_config *const now,
                         const rv_engine_config *const then, const char **const why)
{
    RV_TRY(rv_engine_config_check(then, why));
    uint8_t            a[RV_DIGEST_BYTES], b[RV_DIGEST_BYTES];
    rv_engine_settings settings;
    rv_engine_config   same = *then;
    rv_engine_settings_of(now, &settings);
    rv_engine_settings_apply(&settings, &same);
    rv_engine_config_digest(now, a);
    rv_engine_config_digest(&same, b);
    *why = !same_nodes(now, then)          ? "nodes"
           : !same_transmitters(now, then) ? "transmitters"
           : !same_position(now->has_room, now->room_m, then->has_room, then->room_m) ||
                   memcmp(now->room_name, then->room_name, RV_NAME_BYTES) != 0
               ? "room"
           : now->period_us != then->period_us || now->lateness_us != then->lateness_us
               ? "timing: period_us or lateness_us"
           : now->pose != then->pose     ? "pose"
           : memcmp(a, b, sizeof a) != 0 ? "the configuration"
                                         : NULL;
    return *why ? RV_ERR_UNSUPPORTED : RV_OK;
}

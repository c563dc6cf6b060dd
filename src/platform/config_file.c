// SPDX-License-Identifier: MIT
#include <ruview/platform/config_file.h>

#include "base/try.h"
#include "platform/yaml_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

rv_edge_config
rv_edge_config_default(void)
{
    rv_edge_config edge = {.http_port = 8080, .udp_port = 5005, .mqtt_port = 1883};
    strcpy(edge.bind_address, "127.0.0.1");
    strcpy(edge.udp_address, "127.0.0.1");
    return edge;
}

// ---- the file as it is written

typedef struct {
    char    *name;
    float   *size;
    unsigned size_count;
} yaml_room;

typedef struct {
    uint8_t  id;
    char    *name;
    float   *position;
    unsigned position_count;
    char    *transmitter;
} yaml_node;

typedef struct {
    char    *id;
    char    *name;
    float   *position;
    unsigned position_count;
} yaml_transmitter;

typedef struct {
    float xy[2];
} yaml_vertex;

typedef struct {
    char        *name;
    yaml_vertex *polygon;
    unsigned     polygon_count;
} yaml_zone;

typedef struct {
    int   mode;
    bool  consent;
    bool  vitals;
    char *signing_key;
} yaml_privacy;

/// What a recording says of the run that it was made in; live runs decide for
/// themselves
typedef struct {
    bool simulated;
    int  sink;
} yaml_run;

typedef struct {
    uint32_t *period_us;
    uint32_t *lateness_us;
    uint32_t *no_data_us;
} yaml_timing;

typedef struct {
    char     *bind;
    uint16_t *port;
    char     *token_file;
    char     *certificate;
    char     *key;
    char    **hosts;
    unsigned  hosts_count;
    char    **origins;
    unsigned  origins_count;
} yaml_server;

typedef struct {
    char     *bind;
    uint16_t *port;
    uint16_t *listen;
    unsigned  listen_count;
    char     *interface;
} yaml_udp;

typedef struct {
    char     *host;
    uint16_t *port;
} yaml_mqtt;

typedef struct {
    char *file;
} yaml_history;

typedef struct {
    yaml_room        *room;
    yaml_node        *nodes;
    unsigned          nodes_count;
    yaml_transmitter *transmitters;
    unsigned          transmitters_count;
    yaml_zone        *zones;
    unsigned          zones_count;
    yaml_privacy     *privacy;
    yaml_timing      *timing;
    yaml_run         *run;
    yaml_server      *server;
    yaml_udp         *udp;
    yaml_mqtt        *mqtt;
    yaml_history     *history;
    bool             *pose;
} yaml_file;

// libcyaml's macros cast away const and mix signs, as its documentation shows
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wpedantic"

static const cyaml_schema_value_t f32_entry = {
    CYAML_VALUE_FLOAT(CYAML_FLAG_DEFAULT, float)};

static const cyaml_strval_t mode_names[] = {
    {"raw_research", RV_MODE_RAW_RESEARCH},
    {"private_home", RV_MODE_PRIVATE_HOME},
    {"enterprise_anonymous", RV_MODE_ENTERPRISE_ANONYMOUS},
    {"care_with_consent", RV_MODE_CARE_WITH_CONSENT},
    {"strict_no_identity", RV_MODE_STRICT_NO_IDENTITY},
};

enum {
    opt     = CYAML_FLAG_OPTIONAL,
    opt_ptr = CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
    ptr     = CYAML_FLAG_POINTER,
};

static const cyaml_schema_field_t room_fields[] = {
    CYAML_FIELD_STRING_PTR("name", opt_ptr, yaml_room, name, 1, RV_NAME_BYTES - 1),
    CYAML_FIELD_SEQUENCE("size", ptr, yaml_room, size, &f32_entry, 3, 3),
    CYAML_FIELD_END};

static const cyaml_schema_field_t node_fields[] = {
    CYAML_FIELD_UINT("id", CYAML_FLAG_DEFAULT, yaml_node, id),
    CYAML_FIELD_STRING_PTR("name", opt_ptr, yaml_node, name, 1, RV_NAME_BYTES - 1),
    CYAML_FIELD_SEQUENCE("position", opt_ptr, yaml_node, position, &f32_entry, 3, 3),
    CYAML_FIELD_STRING_PTR("transmitter", opt_ptr, yaml_node, transmitter, 1, 18),
    CYAML_FIELD_END};

static const cyaml_schema_value_t node_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_node, node_fields)};

static const cyaml_schema_field_t transmitter_fields[] = {
    CYAML_FIELD_STRING_PTR("id", ptr, yaml_transmitter, id, 1, 18),
    CYAML_FIELD_STRING_PTR("name", opt_ptr, yaml_transmitter, name, 1,
                           RV_NAME_BYTES - 1),
    CYAML_FIELD_SEQUENCE("position", ptr, yaml_transmitter, position, &f32_entry, 3, 3),
    CYAML_FIELD_END};

static const cyaml_schema_value_t transmitter_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_transmitter, transmitter_fields)};

static const cyaml_schema_value_t vertex_entry = {
    CYAML_VALUE_SEQUENCE_FIXED(CYAML_FLAG_DEFAULT, float, &f32_entry, 2)};

static const cyaml_schema_field_t zone_fields[] = {
    CYAML_FIELD_STRING_PTR("name", ptr, yaml_zone, name, 1, RV_NAME_BYTES - 1),
    CYAML_FIELD_SEQUENCE("polygon", ptr, yaml_zone, polygon, &vertex_entry, 3,
                         RV_ZONE_VERTICES),
    CYAML_FIELD_END};

static const cyaml_schema_value_t zone_entry = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, yaml_zone, zone_fields)};

static const cyaml_schema_field_t privacy_fields[] = {
    CYAML_FIELD_ENUM("mode", CYAML_FLAG_STRICT, yaml_privacy, mode, mode_names,
                     CYAML_ARRAY_LEN(mode_names)),
    CYAML_FIELD_BOOL("consent", opt, yaml_privacy, consent),
    CYAML_FIELD_BOOL("vitals", opt, yaml_privacy, vitals),
    CYAML_FIELD_STRING_PTR("signing_key", opt_ptr, yaml_privacy, signing_key, 1,
                           RV_CONFIG_PATH_BYTES - 1),
    CYAML_FIELD_END};

static const cyaml_schema_field_t timing_fields[] = {
    CYAML_FIELD_UINT_PTR("period_us", opt_ptr, yaml_timing, period_us),
    CYAML_FIELD_UINT_PTR("lateness_us", opt_ptr, yaml_timing, lateness_us),
    CYAML_FIELD_UINT_PTR("no_data_us", opt_ptr, yaml_timing, no_data_us),
    CYAML_FIELD_END};

static const cyaml_strval_t sink_names[] = {
    {"local", RV_SINK_LOCAL}, {"network", RV_SINK_NETWORK}, {"matter", RV_SINK_MATTER}};

static const cyaml_schema_field_t run_fields[] = {
    CYAML_FIELD_BOOL("simulated", CYAML_FLAG_DEFAULT, yaml_run, simulated),
    CYAML_FIELD_ENUM("sink", CYAML_FLAG_STRICT, yaml_run, sink, sink_names,
                     CYAML_ARRAY_LEN(sink_names)),
    CYAML_FIELD_END};

static const cyaml_schema_value_t name_entry = {
    CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, RV_EDGE_NAME_BYTES - 1)};

static const cyaml_schema_field_t server_fields[] = {
    CYAML_FIELD_STRING_PTR("bind", opt_ptr, yaml_server, bind, 1, 63),
    CYAML_FIELD_UINT_PTR("port", opt_ptr, yaml_server, port),
    CYAML_FIELD_STRING_PTR("token_file", opt_ptr, yaml_server, token_file, 1,
                           RV_CONFIG_PATH_BYTES - 1),
    CYAML_FIELD_STRING_PTR("certificate", opt_ptr, yaml_server, certificate, 1,
                           RV_CONFIG_PATH_BYTES - 1),
    CYAML_FIELD_STRING_PTR("key", opt_ptr, yaml_server, key, 1,
                           RV_CONFIG_PATH_BYTES - 1),
    CYAML_FIELD_SEQUENCE("hosts", opt_ptr, yaml_server, hosts, &name_entry, 0,
                         RV_EDGE_NAMES),
    CYAML_FIELD_SEQUENCE("origins", opt_ptr, yaml_server, origins, &name_entry, 0,
                         RV_EDGE_NAMES),
    CYAML_FIELD_END};

static const cyaml_schema_value_t port_entry = {
    CYAML_VALUE_UINT(CYAML_FLAG_DEFAULT, uint16_t)};

static const cyaml_schema_field_t udp_fields[] = {
    CYAML_FIELD_STRING_PTR("bind", opt_ptr, yaml_udp, bind, 1, 63),
    CYAML_FIELD_UINT_PTR("port", opt_ptr, yaml_udp, port),
    CYAML_FIELD_SEQUENCE("listen", opt_ptr, yaml_udp, listen, &port_entry, 0,
                         RV_EDGE_PORTS),
    CYAML_FIELD_STRING_PTR("interface", opt_ptr, yaml_udp, interface, 1, 63),
    CYAML_FIELD_END};

static const cyaml_schema_field_t mqtt_fields[] = {
    CYAML_FIELD_STRING_PTR("host", ptr, yaml_mqtt, host, 1, 63),
    CYAML_FIELD_UINT_PTR("port", opt_ptr, yaml_mqtt, port), CYAML_FIELD_END};

static const cyaml_schema_field_t history_fields[] = {
    CYAML_FIELD_STRING_PTR("file", ptr, yaml_history, file, 1,
                           RV_CONFIG_PATH_BYTES - 1),
    CYAML_FIELD_END};

static const cyaml_schema_field_t file_fields[] = {
    CYAML_FIELD_MAPPING_PTR("room", opt_ptr, yaml_file, room, room_fields),
    CYAML_FIELD_SEQUENCE("nodes", opt_ptr, yaml_file, nodes, &node_entry, 0,
                         RV_MAX_NODES),
    CYAML_FIELD_SEQUENCE("transmitters", opt_ptr, yaml_file, transmitters,
                         &transmitter_entry, 0, RV_MAX_TRANSMITTERS),
    CYAML_FIELD_SEQUENCE("zones", opt_ptr, yaml_file, zones, &zone_entry, 0,
                         RV_MAX_ZONES),
    CYAML_FIELD_MAPPING_PTR("privacy", opt_ptr, yaml_file, privacy, privacy_fields),
    CYAML_FIELD_MAPPING_PTR("timing", opt_ptr, yaml_file, timing, timing_fields),
    CYAML_FIELD_BOOL_PTR("pose", opt_ptr, yaml_file, pose),
    CYAML_FIELD_MAPPING_PTR("run", opt_ptr, yaml_file, run, run_fields),
    CYAML_FIELD_MAPPING_PTR("server", opt_ptr, yaml_file, server, server_fields),
    CYAML_FIELD_MAPPING_PTR("udp", opt_ptr, yaml_file, udp, udp_fields),
    CYAML_FIELD_MAPPING_PTR("mqtt", opt_ptr, yaml_file, mqtt, mqtt_fields),
    CYAML_FIELD_MAPPING_PTR("history", opt_ptr, yaml_file, history, history_fields),
    CYAML_FIELD_END};

static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, yaml_file, file_fields)};

#pragma GCC diagnostic pop

// ---- from the file to the configuration

static bool
parse_tx(const char *const text, uint64_t *const tx)
{
    const char *const digits = strncmp(text, "0x", 2) == 0 ? text + 2 : text;
    const size_t      n      = strlen(digits);
    if (n < 1 || n > 16 || strspn(digits, "0123456789abcdefABCDEF") != n) {
        return false;
    }
    *tx = strtoull(digits, NULL, 16);
    return *tx != 0;
}

static void
copy_name(char out[RV_NAME_BYTES], const char *const name)
{
    memset(out, 0, RV_NAME_BYTES);
    if (name) {
        memcpy(out, name, strlen(name));
    }
}

static const char *
take_nodes(const yaml_file *const file, rv_engine_config *const engine)
{
    for (unsigned i = 0; i < file->nodes_count; ++i) {
        const yaml_node *const from = &file->nodes[i];
        rv_node_config *const  to   = &engine->node[i];
        memset(to, 0, sizeof *to);
        to->node = from->id;
        copy_name(to->name, from->name);
        to->has_position = from->position != NULL;
        if (from->position) {
            memcpy(to->position_m, from->position, sizeof to->position_m);
        }
        if (from->transmitter && !parse_tx(from->transmitter, &to->tx)) {
            return "nodes: transmitter must be 1 to 16 hexadecimal digits, not all "
                   "zero";
        }
    }
    engine->n_nodes = (uint8_t)file->nodes_count;
    return NULL;
}

static const char *
take_places(const yaml_file *const file, rv_engine_config *const engine)
{
    for (unsigned i = 0; i < file->transmitters_count; ++i) {
        const yaml_transmitter *const from = &file->transmitters[i];
        rv_transmitter_config *const  to   = &engine->transmitter[i];
        memset(to, 0, sizeof *to);
        copy_name(to->name, from->name);
        to->has_position = true;
        memcpy(to->position_m, from->position, sizeof to->position_m);
        if (!parse_tx(from->id, &to->tx)) {
            return "transmitters: id must be 1 to 16 hexadecimal digits, not all zero";
        }
    }
    engine->n_transmitters = (uint8_t)file->transmitters_count;
    for (unsigned i = 0; i < file->zones_count; ++i) {
        rv_zone_config *const to = &engine->zone[i];
        memset(to, 0, sizeof *to);
        copy_name(to->name, file->zones[i].name);
        to->n_vertices = (uint8_t)file->zones[i].polygon_count;
        for (unsigned v = 0; v < to->n_vertices; ++v) {
            memcpy(to->vertex_m[v], file->zones[i].polygon[v].xy,
                   sizeof to->vertex_m[v]);
        }
    }
    engine->n_zones = (uint8_t)file->zones_count;
    if (file->room) {
        engine->has_room = true;
        copy_name(engine->room_name, file->room->name);
        memcpy(engine->room_m, file->room->size, sizeof engine->room_m);
    }
    return NULL;
}

static void
take_settings(const yaml_file *const file, rv_engine_config *const engine)
{
    if (file->privacy) {
        engine->mode          = (rv_privacy_mode)file->privacy->mode;
        engine->consent       = file->privacy->consent;
        engine->vitals_opt_in = file->privacy->vitals;
    }
    if (file->pose) {
        engine->pose = *file->pose;
    }
    if (file->run) {
        engine->allow_synthetic = file->run->simulated;
        engine->sink            = (rv_sink)file->run->sink;
    }
    const yaml_timing *const timing = file->timing;
    if (timing && timing->period_us) {
        engine->period_us = *timing->period_us;
    }
    if (timing && timing->lateness_us) {
        engine->lateness_us = *timing->lateness_us;
    }
    if (timing && timing->no_data_us) {
        engine->no_data_us = *timing->no_data_us;
    }
}

static void
take_text(char *const out, const char *const text)
{
    if (text) {
        strcpy(out, text); // the schema bounds its length
    }
}

static void
take_port(uint16_t *const out, const uint16_t *const port)
{
    if (port) {
        *out = *port;
    }
}

static void
take_edges(const yaml_file *const file, rv_edge_config *const edge)
{
    if (file->server) {
        take_text(edge->bind_address, file->server->bind);
        take_port(&edge->http_port, file->server->port);
        take_text(edge->token_file, file->server->token_file);
        take_text(edge->tls_certificate, file->server->certificate);
        take_text(edge->tls_key, file->server->key);
        edge->n_hosts   = (uint8_t)file->server->hosts_count;
        edge->n_origins = (uint8_t)file->server->origins_count;
        for (int i = 0; i < edge->n_hosts; ++i) {
            take_text(edge->host[i], file->server->hosts[i]);
        }
        for (int i = 0; i < edge->n_origins; ++i) {
            take_text(edge->origin[i], file->server->origins[i]);
        }
    }
    if (file->udp) {
        take_text(edge->udp_address, file->udp->bind);
        take_port(&edge->udp_port, file->udp->port);
        take_text(edge->udp_interface, file->udp->interface);
        edge->n_udp_listen = (uint8_t)file->udp->listen_count;
        for (int i = 0; i < edge->n_udp_listen; ++i) {
            edge->udp_listen[i] = file->udp->listen[i];
        }
    }
    if (file->mqtt) {
        take_text(edge->mqtt_host, file->mqtt->host);
        take_port(&edge->mqtt_port, file->mqtt->port);
    }
    if (file->privacy) {
        take_text(edge->signing_key, file->privacy->signing_key);
    }
    if (file->history) {
        take_text(edge->history_file, file->history->file);
    }
}

rv_status
rv_config_parse(const char *const text, const size_t n, const char *const name,
                rv_engine_config *const engine, rv_edge_config *const edge,
                char error[RV_CONFIG_ERROR_BYTES])
{
    cyaml_data_t *data = NULL;
    RV_TRY(rv_yaml_parse(text, n, name, &file_schema, &data, error,
                         RV_CONFIG_ERROR_BYTES));
    const yaml_file *const file  = data;
    rv_engine_config       taken = *engine;
    const char            *why   = take_nodes(file, &taken);
    why                          = why ? why : take_places(file, &taken);
    take_settings(file, &taken);
    if (!why && rv_engine_config_check(&taken, &why) == RV_OK) {
        *engine = taken;
        take_edges(file, edge);
    }
    rv_yaml_free(&file_schema, data);
    if (why) {
        snprintf(error, RV_CONFIG_ERROR_BYTES, "%s: %s", name, why);
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

rv_status
rv_config_load(const char *const path, rv_engine_config *const engine,
               rv_edge_config *const edge, char error[RV_CONFIG_ERROR_BYTES])
{
    size_t      n    = 0;
    char *const text = rv_yaml_text(path, &n, error, RV_CONFIG_ERROR_BYTES);
    if (!text) {
        return RV_ERR_IO;
    }
    const rv_status status = rv_config_parse(text, n, path, engine, edge, error);
    free(text);
    return status;
}

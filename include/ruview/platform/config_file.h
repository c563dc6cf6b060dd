// SPDX-License-Identifier: MIT
/**
   @file config_file.h
   The configuration file: YAML, checked against a schema, errors with file and line.
   packaging/ruview.yaml is the commented example.
*/
#ifndef RV_PLATFORM_CONFIG_FILE_H
#define RV_PLATFORM_CONFIG_FILE_H

#include <ruview/engine/engine_config.h>

RV_BEGIN_DECLS

enum {
    RV_CONFIG_ERROR_BYTES = 1024,
    RV_CONFIG_PATH_BYTES  = 256,
    RV_EDGE_NAMES         = 8, ///< Further hosts, further origins
    RV_EDGE_NAME_BYTES    = 128,
    RV_EDGE_PORTS         = 7, ///< Further UDP ports
};

/// What the edges of the program are told; the engine's part lies beside it
typedef struct {
    char     bind_address[64];          ///< HTTP and WebSocket (127.0.0.1)
    uint16_t http_port;                 ///< (8080)
    char     udp_address[64];           ///< Nodes (127.0.0.1)
    uint16_t udp_port;                  ///< (5005)
    uint16_t udp_listen[RV_EDGE_PORTS]; ///< Listened to beside udp_port
    uint8_t  n_udp_listen;
    char     udp_interface[64]; ///< Captured from instead; empty: sockets
    char     token_file[RV_CONFIG_PATH_BYTES]; ///< Empty: no token
    char     tls_certificate[RV_CONFIG_PATH_BYTES];
    char     tls_key[RV_CONFIG_PATH_BYTES];
    uint8_t n_hosts, n_origins; ///< Names that requests may carry beside this machine's
    char    host[RV_EDGE_NAMES][RV_EDGE_NAME_BYTES];
    char    origin[RV_EDGE_NAMES][RV_EDGE_NAME_BYTES];
    char    mqtt_host[64];                       ///< Empty: no MQTT
    uint16_t mqtt_port;                          ///< (1883)
    char     history_file[RV_CONFIG_PATH_BYTES]; ///< Empty: no history
    char     signing_key[RV_CONFIG_PATH_BYTES];  ///< Ed25519, PEM; empty: unsigned
} rv_edge_config;

/// Loopback only, no MQTT, no history
RV_API rv_edge_config rv_edge_config_default(void);

/**
   Load a file over the defaults.

   @param text   The file's bytes; `name` stands in messages.
   @param error  O  On failure: "name:line: what was wrong and what would be right".
   @return OK; ERR_CONFIG or ERR_IO with `engine` and `edge` unchanged.
*/
RV_API RV_NODISCARD rv_status rv_config_parse(const char *text, size_t n,
                                              const char       *name,
                                              rv_engine_config *engine,
                                              rv_edge_config   *edge,
                                              char error[RV_CONFIG_ERROR_BYTES]);

/// The same from a file on disk
RV_API RV_NODISCARD rv_status rv_config_load(const char *path, rv_engine_config *engine,
                                             rv_edge_config *edge,
                                             char error[RV_CONFIG_ERROR_BYTES]);

RV_END_DECLS

#endif // RV_PLATFORM_CONFIG_FILE_H

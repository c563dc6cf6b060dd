// SPDX-License-Identifier: MIT
/**
   @file server.h
   The face of a running pipeline on the network: the page, WebSocket streams, REST,
   health and Prometheus text, by libwebsockets in a thread of its own.

   Place      server/: after publish. It serves bytes that passed the privacy gate and
              decides nothing about privacy; of a record it knows only the JSON.
   Messages   docs/schema.md.
   Threads    rv_server_publish(), rv_server_set_metrics() and rv_server_purge() may be
              called from any thread; they copy and return, and never wait for a client.
              The command callback runs in the server's thread.
   Memory     bounded: RV_SERVER_RING messages in flight, one latest message of each
              topic, 256 connections, 64 WebSockets. Buffers grow to the largest message
              seen (at most RV_SERVER_MESSAGE_MAX) and stay.
*/
#ifndef RV_SERVER_SERVER_H
#define RV_SERVER_SERVER_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_SERVER_RING            = 64,      ///< Messages that a slow client may lag behind
    RV_SERVER_MESSAGE_MAX     = 4 << 20, ///< Bytes of one message
    RV_SERVER_MAX_CONNECTIONS = 256,
    RV_SERVER_MAX_WEBSOCKETS  = 64,
    RV_SERVER_BODY_MAX        = 64 << 10, ///< Bytes of one request body
    RV_SERVER_REPLY_MAX       = 64 << 10, ///< Bytes a command may answer
};

/// What a message is about; the `type` of docs/schema.md
typedef enum {
    RV_TOPIC_HELLO,   ///< Sent first to each new client of /ws/sensing
    RV_TOPIC_RECORD,  ///< `sensing_update`, once per cycle
    RV_TOPIC_METRICS, ///< `metrics`, once per second
    RV_TOPIC_EVENT,   ///< `event`, and what else is passed on as it is
    RV_TOPIC_COUNT
} rv_server_topic;

/// Who may read a copy of a message. The gate makes one copy for each sink, or one for
/// both when they are equal.
enum {
    RV_READER_LOCAL   = 1, ///< Clients on this machine, not through a proxy
    RV_READER_NETWORK = 2, ///< All others
    RV_READER_BOTH    = 3,
};

/// Something that a client asks the program to do
typedef struct {
    const char *name; ///< "privacy/mode", "calibration/start", "recording/stop", …
    const char *body; ///< JSON object, checked (depth <= 32); "" when none was sent
    size_t      n_body;
    bool        local; ///< From this machine
} rv_server_command;

/**
   Carry out a command, in the server's thread: hand it on, do not work here.

   @param reply  O  [RV_SERVER_REPLY_MAX] JSON text; left "" the server writes
                    {"success":…}.
   @return HTTP status: 200, 202, 400, 403, 409, 501 (not supported) …
*/
typedef int rv_server_command_fn(void *context, const rv_server_command *command,
                                 char *reply, size_t room);

/// All there is to choose; start from rv_server_config_default(). Strings are copied.
typedef struct {
    const char           *bind_address; ///< IPv4 or IPv6 address ("127.0.0.1")
    uint16_t              port;         ///< 0: any free one (8080)
    const char           *token;   ///< Bearer token, 16..256 bytes; NULL: none (NULL)
    const char *const    *hosts;   ///< [n_hosts] further allowed Host names, no port
    size_t                n_hosts; ///< 0..32 (0)
    const char *const    *origins; ///< [n_origins] further origins, "https://host:port"
    size_t                n_origins;     ///< 0..32 (0)
    const char           *tls_cert_path; ///< PEM; NULL: plain HTTP (NULL)
    const char           *tls_key_path;  ///< PEM; NULL: plain HTTP (NULL)
    rv_server_command_fn *command;       ///< NULL: every command answers 501 (NULL)
    void                 *context;       ///< Handed to `command`
    void (*log)(const char *line); ///< Warnings, one line each; NULL: stderr (NULL)
} rv_server_config;

typedef struct rv_server rv_server;

/// Defaults: the page for this machine only, on port 8080
rv_server_config rv_server_config_default(void);

/**
   Open the port and start the thread.

   @param server  O  The server, to be ended by rv_server_destroy().
   @param problem  O  One sentence for people with the next step, or ""; may be NULL.
   @return OK; ERR_CONFIG (an address other than loopback without a token, a token that
           is too short, a bad address, half a TLS configuration); ERR_MEMORY;
           ERR_IO: the port or the certificate cannot be opened.
*/
RV_NODISCARD rv_status rv_server_create(const rv_server_config *config,
                                        rv_server **server, char problem[256]);

/// Close all connections and end the thread; NULL is allowed
void rv_server_destroy(rv_server *server);

/// The port in use
uint16_t rv_server_port(const rv_server *server);

/**
   Hand a message to all clients that listen, and keep it as the latest of its topic.

   @param sinks  RV_SINK_*: who may read this copy.
   @param json   I  [n] one JSON object, copied.
   @return OK; ERR_FULL: longer than RV_SERVER_MESSAGE_MAX; ERR_RANGE; ERR_MEMORY.
*/
RV_NODISCARD rv_status rv_server_publish(rv_server *server, rv_server_topic topic,
                                         unsigned sinks, const char *json, size_t n);

/// Replace the Prometheus text at /metrics; the server adds its own counters below it
RV_NODISCARD rv_status rv_server_set_metrics(rv_server *server, const char *text,
                                             size_t n);

/// Forget every record, sent or not: call it when the privacy mode tightens
void rv_server_purge(rv_server *server);

/// What the server itself counts
typedef struct {
    uint64_t requests; ///< HTTP requests answered
    uint64_t refused;  ///< … of them with 4xx for Host, Origin, token or a limit
    uint64_t messages; ///< Published to clients
    uint64_t skipped;  ///< Messages that slow clients missed
    uint64_t dropped;  ///< Clients closed because they lagged
    uint32_t clients;  ///< WebSockets now
} rv_server_counts;

void rv_server_counts_get(rv_server *server, rv_server_counts *counts);

RV_END_DECLS

#endif // RV_SERVER_SERVER_H

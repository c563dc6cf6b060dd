// SPDX-License-Identifier: MIT
/**
   @file state.h
   What the sources of the server share; nobody outside includes it.
*/
#ifndef RV_SERVER_STATE_H
#define RV_SERVER_STATE_H

#include "server/access.h"
#include "server/broadcast.h"
#include "server/server.h"

#include <libwebsockets.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    RV_N_SINKS       = 2,
    RV_PATH_MAX      = 256,
    RV_STALE_US      = 2 * 1000 * 1000,  ///< A record older than this is no picture
    RV_LAG_MAX_US    = 10 * 1000 * 1000, ///< A client that lags longer is closed
    RV_HEADER_TIME_S = 10,               ///< For a request to be complete
};

/// The latest message of a topic for one sink
typedef struct {
    rv_text text;
    int64_t at_us; ///< When it came, monotonic
} rv_latest;

typedef struct rv_session rv_session;

struct rv_server {
    struct lws_context    *context;
    struct lws_vhost      *vhost;
    struct lws_protocols   protocols[4];
    lws_retry_bo_t         idle;
    lws_sorted_usec_list_t tick;
    pthread_t              thread;
    atomic_bool            stop;
    uint16_t               port;
    bool                   is_tls;
    int64_t                started_us;
    char                   protocol_of_token[RV_ACCESS_TOKEN_MAX + 8];

    rv_access             access; ///< Only the server's thread
    rv_server_command_fn *command;
    void                 *command_context;
    rv_session           *sessions; ///< WebSockets; only the server's thread
    uint32_t              n_sessions;
    uint64_t              n_errors;
    unsigned char        *scratch; ///< LWS_PRE and one message, for sending
    size_t                n_scratch;
    char                 *reply; ///< [RV_SERVER_REPLY_MAX] of commands

    pthread_mutex_t  lock; ///< Over everything below
    rv_broadcast     broadcast;
    rv_latest        latest[RV_TOPIC_COUNT][RV_N_SINKS];
    rv_text          metrics;
    int64_t          record_times_us[32]; ///< Arrival of the last records, a ring
    uint64_t         n_records;
    rv_server_counts counts;
};

/// One request or WebSocket, in memory that libwebsockets lends
struct rv_session {
    rv_session *next_session;
    struct lws *wsi;

    // HTTP
    int         method; ///< LWSHUMETH_*
    char        path[RV_PATH_MAX];
    char       *request; ///< Body as far as it came
    size_t      n_request;
    size_t      n_room;  ///< At `request`
    int         status;  ///< That Host, Origin, token and limits earned
    bool        is_last; ///< Close after the answer
    int64_t     started_us;
    const char *body; ///< Answer left to send
    size_t      n_body;
    char       *owned; ///< Freed when sent; NULL: `body` is static
    bool        is_local;

    // WebSocket
    bool      is_websocket;
    bool      is_pose;  ///< /api/v1/stream/pose: records are rewritten as pose_data
    bool      pong_due; ///< It sent {"type":"ping"}
    bool      hello_due;
    rv_reader reader;
    int64_t   caught_up_us; ///< When it last had read everything
};

/// Monotonic microseconds
int64_t rv_server_now_us(void);

/// Copy of the latest message of a topic, NUL-terminated, to be freed; NULL: none, or
/// older than `max_age_us` (0: any age)
char *rv_server_latest(rv_server *server, rv_server_topic topic, unsigned sink,
                       int64_t max_age_us, size_t *n);

/// Records per second over the last ones; negative: unknown
double rv_server_record_rate(rv_server *server);

/// True when the peer is this machine and no proxy stands between
bool rv_server_is_local(struct lws *wsi);

/// HTTP status that Host, Origin and token of a request earn; 200: go on
int rv_server_admit(rv_server *server, struct lws *wsi, const char *path,
                    bool is_upgrade);

/// http.c: events of libwebsockets
int  rv_http_request(rv_server *server, rv_session *session, struct lws *wsi,
                     const char *path);
int  rv_http_body(rv_server *server, rv_session *session, struct lws *wsi,
                  const char *data, size_t n);
int  rv_http_body_end(rv_server *server, rv_session *session, struct lws *wsi);
int  rv_http_writable(rv_session *session, struct lws *wsi);
void rv_http_done(rv_session *session);

/// Answer an error as JSON
int rv_http_error(rv_server *server, rv_session *session, struct lws *wsi, int status,
                  const char *code, const char *text);

/// Answer with a body; `owned` is freed later, NULL when `body` is static
int rv_http_reply(rv_server *server, rv_session *session, struct lws *wsi, int status,
                  const char *type, const char *cache, const char *body, size_t n,
                  char *owned);

/// Refuse an upgrade with its HTTP status; what CONFIRM_UPGRADE has to return
int rv_http_refuse_upgrade(rv_server *server, struct lws *wsi, int status);

/// routes.c: answer a complete and admitted request
int rv_route(rv_server *server, rv_session *session, struct lws *wsi);

/// websocket.c
int  rv_websocket_confirm(rv_server *server, rv_session *session, struct lws *wsi);
int  rv_websocket_open(rv_server *server, rv_session *session, struct lws *wsi);
int  rv_websocket_writable(rv_server *server, rv_session *session, struct lws *wsi);
int  rv_websocket_receive(rv_session *session, struct lws *wsi, const char *data,
                          size_t n);
void rv_websocket_close(rv_server *server, rv_session *session);
void rv_websocket_tick(rv_server *server);

#endif // RV_SERVER_STATE_H

// SPDX-License-Identifier: MIT
// Streams: each client reads the broadcast ring at its own pace
#include "server/state.h"
#include "server/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *path;
    unsigned    topics;
    bool        is_pose;
} streams[] = {
    {"/ws/sensing",
     1U << RV_TOPIC_HELLO | 1U << RV_TOPIC_RECORD | 1U << RV_TOPIC_METRICS |
         1U << RV_TOPIC_EVENT,
     false},
    {"/ws/events", 1U << RV_TOPIC_EVENT, false},
    {"/api/v1/stream/events", 1U << RV_TOPIC_EVENT, false},
    {"/api/v1/stream/pose", 1U << RV_TOPIC_RECORD, true},
};

static int
find_stream(struct lws *const wsi)
{
    char path[RV_PATH_MAX];
    if (lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) <= 0) {
        return -1;
    }
    for (size_t i = 0; i < sizeof streams / sizeof *streams; ++i) {
        if (strcmp(streams[i].path, path) == 0) {
            return (int)i;
        }
    }
    return -1;
}

int
rv_websocket_confirm(rv_server *const server, rv_session *const session,
                     struct lws *const wsi)
{
    (void)session;
    int status = rv_server_admit(server, wsi, "", true);
    if (status == 200 && find_stream(wsi) < 0) {
        status = 404;
    }
    if (status == 200 && server->n_sessions >= RV_SERVER_MAX_WEBSOCKETS) {
        status = 503;
    }
    return status == 200 ? 0 : rv_http_refuse_upgrade(server, wsi, status);
}

int
rv_websocket_open(rv_server *const server, rv_session *const session,
                  struct lws *const wsi)
{
    const int stream = find_stream(wsi);
    if (stream < 0) {
        return -1;
    }
    const unsigned sink = rv_server_is_local(wsi) ? RV_READER_LOCAL : RV_READER_NETWORK;
    memset(session, 0, sizeof *session);
    session->wsi          = wsi;
    session->is_websocket = true;
    session->is_pose      = streams[stream].is_pose;
    session->hello_due    = true;
    session->caught_up_us = rv_server_now_us();
    session->next_session = server->sessions;
    server->sessions      = session;
    ++server->n_sessions;
    pthread_mutex_lock(&server->lock);
    session->reader =
        rv_broadcast_attach(&server->broadcast, streams[stream].topics, sink);
    server->counts.clients = server->n_sessions;
    pthread_mutex_unlock(&server->lock);
    lws_callback_on_writable(wsi);
    return 0;
}

void
rv_websocket_close(rv_server *const server, rv_session *const session)
{
    for (rv_session **link = &server->sessions; *link; link = &(*link)->next_session) {
        if (*link == session) {
            *link = session->next_session;
            --server->n_sessions;
            break;
        }
    }
    pthread_mutex_lock(&server->lock);
    server->counts.clients = server->n_sessions;
    pthread_mutex_unlock(&server->lock);
}

static bool
reserve(rv_server *const server, const size_t n)
{
    if (LWS_PRE + n > server->n_scratch) {
        unsigned char *const grown = realloc(server->scratch, LWS_PRE + n + n / 4);
        if (!grown) {
            return false;
        }
        server->scratch   = grown;
        server->n_scratch = LWS_PRE + n + n / 4;
    }
    return true;
}

static int
send_text(rv_server *const server, struct lws *const wsi, const char *const text,
          const size_t n)
{
    if (!reserve(server, n)) {
        return -1;
    }
    memcpy(server->scratch + LWS_PRE, text, n);
    return lws_write(wsi, server->scratch + LWS_PRE, n, LWS_WRITE_TEXT) < (int)n ? -1
                                                                                 : 0;
}

static int
send_hello(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    session->hello_due = false;
    if (session->is_pose) {
        static const char hello[] =
            "{\"type\":\"connection_established\",\"payload\":{\"status\":"
            "\"connected\",\"backend\":\"ruview\"}}";
        return send_text(server, wsi, hello, sizeof hello - 1);
    }
    size_t n = 0;
    if (!(session->reader.topics & 1U << RV_TOPIC_HELLO)) {
        return 0;
    }
    char *const hello =
        rv_server_latest(server, RV_TOPIC_HELLO, session->reader.sink, 0, &n);
    const int result = hello ? send_text(server, wsi, hello, n) : 0;
    free(hello);
    return result;
}

static int
send_pose(rv_server *const server, struct lws *const wsi, const size_t n)
{
    json_t *const record =
        json_loadb((const char *)server->scratch + LWS_PRE, n, 0, NULL);
    json_t *const pose   = rv_view_pose_data(record);
    char *const   text   = json_dumps(pose, JSON_COMPACT | JSON_REAL_PRECISION(9));
    const int     result = text ? send_text(server, wsi, text, strlen(text)) : -1;
    free(text);
    json_decref(pose);
    json_decref(record);
    return result;
}

// The number of the cycle that follows a gap, as the record's own head says it
static uint64_t
cycle_of(const char *const record)
{
    const char *const key = strstr(record, "\"cycle\":");
    return key ? strtoull(key + 8, NULL, 10) : 0;
}

// Copies the next message out of the ring, so that no lock is held while sending
static bool
take(rv_server *const server, rv_session *const session, size_t *const n,
     uint64_t *const skipped)
{
    bool taken = false;
    pthread_mutex_lock(&server->lock);
    const rv_broadcast_slot *const slot =
        rv_broadcast_next(&server->broadcast, &session->reader, skipped);
    server->counts.skipped += *skipped;
    if (slot && reserve(server, slot->text.n + 1)) {
        memcpy(server->scratch + LWS_PRE, slot->text.data, slot->text.n + 1);
        *n    = slot->text.n;
        taken = true;
    }
    pthread_mutex_unlock(&server->lock);
    return taken;
}

static int
send_next(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    size_t   n       = 0;
    uint64_t skipped = 0;
    if (!take(server, session, &n, &skipped)) {
        session->caught_up_us = rv_server_now_us();
        return 0;
    }
    if (skipped > 0) {
        unsigned char buffer[LWS_PRE + 128];
        const int     length =
            snprintf((char *)buffer + LWS_PRE, 128,
                     "{\"type\":\"lag\",\"skipped\":%llu,\"next_cycle\":%llu}",
                     (unsigned long long)skipped,
                     (unsigned long long)cycle_of((char *)server->scratch + LWS_PRE));
        if (lws_write(wsi, buffer + LWS_PRE, (size_t)length, LWS_WRITE_TEXT) < length) {
            return -1;
        }
    }
    if (session->is_pose
            ? send_pose(server, wsi, n)
            : lws_write(wsi, server->scratch + LWS_PRE, n, LWS_WRITE_TEXT) < (int)n) {
        return -1;
    }
    lws_callback_on_writable(wsi);
    return 0;
}

int
rv_websocket_writable(rv_server *const server, rv_session *const session,
                      struct lws *const wsi)
{
    if (session->hello_due) {
        lws_callback_on_writable(wsi);
        return send_hello(server, session, wsi);
    }
    if (session->pong_due) {
        session->pong_due = false;
        lws_callback_on_writable(wsi);
        return send_text(server, wsi, "{\"type\":\"pong\"}", 15);
    }
    return send_next(server, session, wsi);
}

int
rv_websocket_receive(rv_session *const session, struct lws *const wsi,
                     const char *const data, const size_t n)
{
    // Nothing but {"type":"ping"} is expected; what is longer is not for us
    if (n > 256) {
        lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
        return -1;
    }
    json_t *const message = json_loadb(data, n, 0, NULL);
    const char   *type    = json_string_value(json_object_get(message, "type"));
    if (type && strcmp(type, "ping") == 0) {
        session->pong_due = true;
        lws_callback_on_writable(wsi);
    }
    json_decref(message);
    return 0;
}

void
rv_websocket_tick(rv_server *const server)
{
    const int64_t now_us = rv_server_now_us();
    for (rv_session *s = server->sessions; s; s = s->next_session) {
        pthread_mutex_lock(&server->lock);
        const bool lags = rv_broadcast_waits(&server->broadcast, &s->reader) &&
                          now_us - s->caught_up_us > RV_LAG_MAX_US;
        server->counts.dropped += lags;
        pthread_mutex_unlock(&server->lock);
        if (lags) {
            s->caught_up_us = now_us;
            lws_set_timeout(s->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
        }
    }
}

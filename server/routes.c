// SPDX-License-Identifier: MIT
// From a path to an answer
#include "server/assets.h"
#include "server/state.h"
#include "server/views.h"

#include <ruview/base/version.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char mime_json[] = "application/json";

typedef enum { KIND_VIEW, KIND_COMMAND, KIND_ABSENT } route_kind;

typedef struct {
    const char *path;
    rv_view_fn *view;
    const char *command;
    int         method;
    route_kind  kind;
} route;

static const route routes[] = {
#define RV_VIEW(path, view) {path, view, NULL, LWSHUMETH_GET, KIND_VIEW},
#define RV_COMMAND(method, path, name)                                                 \
    {path, NULL, name, LWSHUMETH_##method, KIND_COMMAND},
#define RV_ABSENT(path) {path, NULL, NULL, -1, KIND_ABSENT},
#include "server/routes.def"
#undef RV_VIEW
#undef RV_COMMAND
#undef RV_ABSENT
};

enum { n_routes = sizeof routes / sizeof *routes };

static unsigned
sink_of(const rv_session *const session)
{
    return session->is_local ? RV_READER_LOCAL : RV_READER_NETWORK;
}

static json_t *
latest_json(rv_server *const server, const rv_session *const session,
            const rv_server_topic topic, const int64_t max_age_us)
{
    size_t      n = 0;
    char *const text =
        rv_server_latest(server, topic, sink_of(session), max_age_us, &n);
    json_t *const json = text ? json_loadb(text, n, 0, NULL) : NULL;
    free(text);
    return json;
}

static int
reply_json(rv_server *const server, rv_session *const session, struct lws *const wsi,
           const int status, json_t *const json)
{
    char *const text =
        json ? json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    json_decref(json);
    if (!text) {
        return rv_http_error(server, session, wsi, 500, "internal_error",
                             "the answer could not be made");
    }
    return rv_http_reply(server, session, wsi, status, mime_json, "no-store", text,
                         strlen(text), text);
}

static rv_view_facts
facts_of(rv_server *const server)
{
    return (rv_view_facts){.version = RV_VERSION,
                           .clients = server->n_sessions,
                           .uptime_s =
                               (double)(rv_server_now_us() - server->started_us) * 1e-6,
                           .rate_hz = rv_server_record_rate(server)};
}

static int
answer_view(rv_server *const server, rv_session *const session, struct lws *const wsi,
            rv_view_fn *const view, const int status)
{
    json_t *const record  = latest_json(server, session, RV_TOPIC_RECORD, RV_STALE_US);
    json_t *const hello   = latest_json(server, session, RV_TOPIC_HELLO, 0);
    json_t *const metrics = latest_json(server, session, RV_TOPIC_METRICS, 0);

    const rv_view_facts facts  = facts_of(server);
    json_t *const       answer = view(record, hello, metrics, &facts);
    json_decref(record);
    json_decref(hello);
    json_decref(metrics);
    return reply_json(server, session, wsi, status, answer);
}

static int
answer_ready(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    json_t *const record = latest_json(server, session, RV_TOPIC_RECORD, RV_STALE_US);
    const int     ready  = rv_view_is_live(record);
    json_decref(record);
    return answer_view(server, session, wsi, rv_view_status, ready ? 200 : 503);
}

static int
answer_latest(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    size_t      n = 0;
    char *const record =
        rv_server_latest(server, RV_TOPIC_RECORD, sink_of(session), RV_STALE_US, &n);
    if (record) {
        return rv_http_reply(server, session, wsi, 200, mime_json, "no-store", record,
                             n, record);
    }
    static const char none[] = "{\"status\":\"no data yet\",\"reason\":\"no_data\"}";
    return rv_http_reply(server, session, wsi, 200, mime_json, "no-store", none,
                         sizeof none - 1, NULL);
}

static int
answer_live(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    const double uptime_s = (double)(rv_server_now_us() - server->started_us) * 1e-6;
    return reply_json(server, session, wsi, 200,
                      json_pack("{s:s, s:f}", "status", "alive", "uptime", uptime_s));
}

static int
answer_ticket(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    char ticket[RV_ACCESS_TICKET_HEX + 1];
    if (rv_access_ticket_issue(&server->access, rv_server_now_us(), ticket) != RV_OK) {
        return rv_http_error(server, session, wsi, 503, "no_ticket",
                             "the system gave no random number");
    }
    return reply_json(server, session, wsi, 200,
                      json_pack("{s:s, s:i}", "ticket", ticket, "expires_s", 60));
}

static int
answer_sync(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    char         *end    = NULL;
    const long    node   = strtol(session->path + strlen("/api/v1/nodes/"), &end, 10);
    const char   *why    = "unknown_node";
    json_t *const record = latest_json(server, session, RV_TOPIC_RECORD, RV_STALE_US);
    json_t       *answer = NULL;
    if (strcmp(end, "/sync") == 0) {
        answer = rv_view_node_sync(record, node, &why);
    }
    json_decref(record);
    return answer ? reply_json(server, session, wsi, 200, answer)
                  : rv_http_error(server, session, wsi, 404, why,
                                  "no such node, or its clock is not known yet");
}

static int
answer_metrics(rv_server *const server, rv_session *const session,
               struct lws *const wsi)
{
    enum { room = 2048 };
    rv_server_counts counts;
    rv_server_counts_get(server, &counts);
    pthread_mutex_lock(&server->lock);
    const size_t n    = server->metrics.n;
    char *const  text = malloc(n + room);
    if (text && n > 0) {
        memcpy(text, server->metrics.data, n);
    }
    pthread_mutex_unlock(&server->lock);
    if (!text) {
        return -1;
    }
    const int own = snprintf(
        text + n, room,
        "# HELP ruview_http_requests_total Requests answered.\n"
        "# TYPE ruview_http_requests_total counter\n"
        "ruview_http_requests_total %llu\n"
        "# HELP ruview_http_refused_total Requests refused for host, origin, token or "
        "size.\n"
        "# TYPE ruview_http_refused_total counter\n"
        "ruview_http_refused_total %llu\n"
        "# HELP ruview_ws_clients WebSocket clients now.\n"
        "# TYPE ruview_ws_clients gauge\n"
        "ruview_ws_clients %u\n"
        "# HELP ruview_ws_skipped_total Records that slow clients missed.\n"
        "# TYPE ruview_ws_skipped_total counter\n"
        "ruview_ws_skipped_total %llu\n"
        "# HELP ruview_ws_dropped_total Clients closed because they lagged.\n"
        "# TYPE ruview_ws_dropped_total counter\n"
        "ruview_ws_dropped_total %llu\n",
        (unsigned long long)counts.requests, (unsigned long long)counts.refused,
        (unsigned)counts.clients, (unsigned long long)counts.skipped,
        (unsigned long long)counts.dropped);
    return rv_http_reply(server, session, wsi, 200,
                         "text/plain; version=0.0.4; charset=utf-8", "no-store", text,
                         n + (size_t)own, text);
}

static bool
is_too_deep(const char *const text, const size_t n)
{
    int depth = 0;
    for (size_t i = 0; i < n; ++i) {
        depth +=
            (text[i] == '{' || text[i] == '[') - (text[i] == '}' || text[i] == ']');
        if (depth > 32) {
            return true;
        }
    }
    return false;
}

// The body of a command: an object, no deeper than 32, whose `id` names no file outside
static const char *
check_body(const rv_session *const session)
{
    if (session->n_request == 0) {
        return NULL;
    }
    if (is_too_deep(session->request, session->n_request)) {
        return "the body is nested deeper than 32";
    }
    json_t *const body =
        json_loadb(session->request, session->n_request, JSON_REJECT_DUPLICATES, NULL);
    const char *problem = json_is_object(body) ? NULL : "the body is not a JSON object";
    static const char *const names[] = {"id", "room_id", "recording_id"};
    for (size_t i = 0; !problem && i < sizeof names / sizeof *names; ++i) {
        json_t *const id = json_object_get(body, names[i]);
        if (id && !(json_is_string(id) &&
                    strlen(json_string_value(id)) == json_string_length(id) &&
                    rv_access_is_safe_id(json_string_value(id)))) {
            problem = "an id has 1 to 64 of A-Z a-z 0-9 . _ - and no leading dot";
        }
    }
    json_decref(body);
    return problem;
}

static int
answer_command(rv_server *const server, rv_session *const session,
               struct lws *const wsi, const char *const name, const char *const id)
{
    const char *const problem =
        id && !rv_access_is_safe_id(id)
            ? "an id has 1 to 64 of A-Z a-z 0-9 . _ - and no leading dot"
            : check_body(session);
    if (problem) {
        return rv_http_error(server, session, wsi, 400, "bad_request", problem);
    }
    char of_id[96];
    snprintf(of_id, sizeof of_id, "{\"id\":\"%s\"}", id ? id : "");
    const char             *body    = session->request ? session->request : "";
    const rv_server_command command = {.name   = name,
                                       .body   = id ? of_id : body,
                                       .n_body = strlen(id ? of_id : body),
                                       .local  = session->is_local};
    server->reply[0]                = '\0';
    const int status                = server->command
                                          ? server->command(server->command_context, &command,
                                                            server->reply, RV_SERVER_REPLY_MAX)
                                          : 501;
    if (status == 501) {
        return rv_http_error(server, session, wsi, 501, "not_implemented",
                             "this program does not do that");
    }
    if (status < 400 && strcmp(name, "privacy/mode") == 0) {
        rv_server_purge(server); // the next record is the first that may be read
    }
    char *const text = server->reply[0] ? strdup(server->reply)
                                        : strdup(status < 400 ? "{\"success\":true}"
                                                              : "{\"success\":false}");
    return text ? rv_http_reply(server, session, wsi, status, mime_json, "no-store",
                                text, strlen(text), text)
                : -1;
}

static int
answer_asset(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    const char *const path =
        strcmp(session->path, "/") == 0 ? "/index.html" : session->path;
    for (size_t i = 0; i < rv_n_assets; ++i) {
        const rv_asset *const asset = &rv_assets[i];
        if (strcmp(asset->path, path) == 0) {
            // Names under /assets/ carry a hash of the content
            const char *const cache = strncmp(path, "/assets/", 8) == 0
                                          ? "public, max-age=31536000, immutable"
                                          : "no-cache";
            return rv_http_reply(server, session, wsi, 200, asset->type, cache,
                                 (const char *)asset->data, asset->n, NULL);
        }
    }
    return rv_http_error(server, session, wsi, 404, "not_found",
                         "there is nothing here");
}

// Bytes before the identifier when `pattern` ends in *; 0: no identifier. -1: no match
static int
match(const char *const pattern, const char *const path)
{
    const size_t n = strlen(pattern);
    if (pattern[n - 1] != '*') {
        return strcmp(pattern, path) == 0 ? 0 : -1;
    }
    return strncmp(pattern, path, n - 1) == 0 && path[n - 1] ? (int)n - 1 : -1;
}

static const struct {
    const char *path;
    int         method;
    int (*answer)(rv_server *, rv_session *, struct lws *);
} own[] = {
    {"/health/live", LWSHUMETH_GET, answer_live},
    {"/health/ready", LWSHUMETH_GET, answer_ready},
    {"/api/v1/status", LWSHUMETH_GET, answer_ready},
    {"/metrics", LWSHUMETH_GET, answer_metrics},
    {"/api/v1/sensing/latest", LWSHUMETH_GET, answer_latest},
    {"/api/v1/ws-ticket", LWSHUMETH_POST, answer_ticket},
    {"/api/v1/nodes/*", LWSHUMETH_GET, answer_sync},
};

int
rv_route(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    const int method =
        session->method == LWSHUMETH_HEAD ? LWSHUMETH_GET : session->method;
    bool found = false;

    for (size_t i = 0; i < sizeof own / sizeof *own; ++i) {
        if (match(own[i].path, session->path) >= 0) {
            found = true;
            if (own[i].method == method) {
                return own[i].answer(server, session, wsi);
            }
        }
    }
    for (size_t i = 0; i < n_routes; ++i) {
        const route *const r  = &routes[i];
        const int          at = match(r->path, session->path);
        if (at < 0) {
            continue;
        }
        found = true;
        if (r->kind == KIND_ABSENT) {
            return rv_http_error(server, session, wsi, 501, "not_implemented",
                                 "this server does not do that, and invents nothing");
        }
        if (r->method == method) {
            return r->kind == KIND_VIEW
                       ? answer_view(server, session, wsi, r->view, 200)
                       : answer_command(server, session, wsi, r->command,
                                        at > 0 ? session->path + at : NULL);
        }
    }
    if (found || method != LWSHUMETH_GET) {
        return rv_http_error(server, session, wsi, found ? 405 : 404,
                             found ? "method_not_allowed" : "not_found",
                             found ? "another method is needed here"
                                   : "there is nothing here");
    }
    return answer_asset(server, session, wsi);
}

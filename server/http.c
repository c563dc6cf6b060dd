// SPDX-License-Identifier: MIT
// Requests and answers: admission, bodies, headers that keep a browser safe
#include "server/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    chunk       = 16384,
    discard_max = 1 << 20, ///< Bytes of a refused body that are still read
};

static const struct {
    const char *name;
    const char *value;
} safety[] = {
    {"x-content-type-options:", "nosniff"},
    {"referrer-policy:", "no-referrer"},
    {"x-frame-options:", "DENY"},
    {"cross-origin-opener-policy:", "same-origin"},
    {"cross-origin-resource-policy:", "same-origin"},
    {"permissions-policy:", "camera=(), microphone=(), geolocation=(), usb=()"},
    {"content-security-policy:",
     "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
     "font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; "
     "form-action 'none'; frame-ancestors 'none'"},
};

static int
add(struct lws *const wsi, const char *const name, const char *const value,
    unsigned char **const p, unsigned char *const end)
{
    return lws_add_http_header_by_name(wsi, (const unsigned char *)name,
                                       (const unsigned char *)value, (int)strlen(value),
                                       p, end);
}

static int
write_head(rv_server *const server, struct lws *const wsi, const int status,
           const char *const type, const char *const cache, const size_t n)
{
    unsigned char        buffer[LWS_PRE + 2048];
    unsigned char *const start = buffer + LWS_PRE;
    unsigned char *const end   = buffer + sizeof buffer - 1;
    unsigned char       *p     = start;

    if (lws_add_http_common_headers(wsi, (unsigned)status, type, n, &p, end) ||
        add(wsi, "cache-control:", cache, &p, end)) {
        return -1;
    }
    for (size_t i = 0; i < sizeof safety / sizeof *safety; ++i) {
        if (add(wsi, safety[i].name, safety[i].value, &p, end)) {
            return -1;
        }
    }
    if (server->is_tls &&
        add(wsi, "strict-transport-security:", "max-age=31536000", &p, end)) {
        return -1;
    }
    if (status == 401 &&
        (add(wsi, "www-authenticate:", "Bearer realm=\"ruview\"", &p, end) ||
         add(wsi, "www-authenticate:",
             "Basic realm=\"RuView: the token is the password\"", &p, end))) {
        return -1;
    }
    return lws_finalize_write_http_header(wsi, start, &p, end);
}

int
rv_http_reply(rv_server *const server, rv_session *const session, struct lws *const wsi,
              const int status, const char *const type, const char *const cache,
              const char *const body, const size_t n, char *const owned)
{
    pthread_mutex_lock(&server->lock);
    ++server->counts.requests;
    server->counts.refused += (status == 400 || status == 401 || status == 403 ||
                               status == 413 || status == 421 || status == 429);
    pthread_mutex_unlock(&server->lock);

    session->body   = body;
    session->n_body = session->method == LWSHUMETH_HEAD ? 0 : n;
    session->owned  = owned;
    if (write_head(server, wsi, status, type, cache, n)) {
        return -1;
    }
    if (session->n_body == 0) {
        const bool ends = session->is_last;
        rv_http_done(session);
        return lws_http_transaction_completed(wsi) || ends ? -1 : 0;
    }
    lws_callback_on_writable(wsi);
    return 0;
}

static size_t
error_text(rv_server *const server, char *const out, const size_t room,
           const int status, const char *const code, const char *const text)
{
    unsigned char id[8];
    lws_get_random(server->context, id, sizeof id);
    char hex[17];
    for (size_t i = 0; i < sizeof id; ++i) {
        snprintf(hex + 2 * i, 3, "%02x", id[i]);
    }
    ++server->n_errors;
    return (size_t)snprintf(out, room,
                            "{\"type\":\"error\",\"error\":\"%s\",\"status\":%d,"
                            "\"text\":\"%s\",\"correlation_id\":\"%s\","
                            "\"success\":false}",
                            code, status, text, hex);
}

int
rv_http_error(rv_server *const server, rv_session *const session, struct lws *const wsi,
              const int status, const char *const code, const char *const text)
{
    char *const body = malloc(768);
    if (!body) {
        return -1;
    }
    const size_t n = error_text(server, body, 768, status, code, text);
    return rv_http_reply(server, session, wsi, status, "application/json", "no-store",
                         body, n, body);
}

// An answer with nothing to follow: in a refused upgrade the transaction ends at once
static int
refuse_now(rv_server *const server, struct lws *const wsi, const int status,
           const char *const code, const char *const text)
{
    unsigned char buffer[LWS_PRE + 768];
    char *const   body = (char *)buffer + LWS_PRE;
    const size_t  n    = error_text(server, body, 768, status, code, text);
    pthread_mutex_lock(&server->lock);
    ++server->counts.requests;
    ++server->counts.refused;
    pthread_mutex_unlock(&server->lock);
    if (write_head(server, wsi, status, "application/json", "no-store", n) ||
        lws_write(wsi, buffer + LWS_PRE, n, LWS_WRITE_HTTP_FINAL) < (int)n) {
        return -1;
    }
    return 1;
}

static const struct {
    int         status;
    const char *code;
    const char *text;
} refusals[] = {
    {400, "missing_host", "the request names no host"},
    {401, "unauthorized", "the token is missing or wrong; send Authorization: Bearer"},
    {403, "forbidden_origin",
     "pages of another origin may not read this; list the origin in the configuration"},
    {421, "unknown_host",
     "this server is not known under that name; list the host in the configuration"},
    {503, "too_many_clients", "64 WebSockets are open; close one"},
    {404, "not_found", "there is nothing here"},
    {411, "length_required", "send the body with a Content-Length"},
    {413, "body_too_large", "a request body holds 65536 bytes at most"},
    {414, "path_too_long", "a path has 255 bytes at most"},
};

static int
refusal(const int status)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; ++i) {
        if (refusals[i].status == status) {
            return (int)i;
        }
    }
    return 0;
}

int
rv_http_refuse_upgrade(rv_server *const server, struct lws *const wsi, const int status)
{
    const int i = refusal(status);
    return refuse_now(server, wsi, status, refusals[i].code, refusals[i].text);
}

static bool
header(struct lws *const wsi, char *const out, const int room,
       const enum lws_token_indexes token)
{
    out[0] = '\0';
    return lws_hdr_copy(wsi, out, room, token) > 0;
}

int
rv_server_admit(rv_server *const server, struct lws *const wsi, const char *const path,
                const bool is_upgrade)
{
    char host[RV_ACCESS_NAME_MAX];
    char text[2 * RV_ACCESS_TOKEN_MAX + 64];

    header(wsi, host, sizeof host, WSI_TOKEN_HOST);
    const int known = rv_access_host(&server->access, host);
    if (known != 200) {
        return known;
    }
    const int n_origin = lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN);
    if (n_origin > 0 &&
        (!header(wsi, text, sizeof text, WSI_TOKEN_ORIGIN) ||
         !rv_access_origin(&server->access, text, host, server->is_tls))) {
        return 403;
    }
    if (server->access.n_token == 0 || strcmp(path, "/health/live") == 0) {
        return 200;
    }
    if (header(wsi, text, sizeof text, WSI_TOKEN_HTTP_AUTHORIZATION) &&
        rv_access_authorization(&server->access, text)) {
        return 200;
    }
    if (is_upgrade && header(wsi, text, sizeof text, WSI_TOKEN_PROTOCOL) &&
        rv_access_protocol(&server->access, text)) {
        return 200;
    }
    if (is_upgrade) {
        const char *const ticket =
            lws_get_urlarg_by_name(wsi, "ticket=", text, sizeof text);
        if (ticket &&
            rv_access_ticket_redeem(&server->access, rv_server_now_us(), ticket)) {
            return 200;
        }
    }
    return 401;
}

static long
content_length(struct lws *const wsi)
{
    char text[24];
    return header(wsi, text, sizeof text, WSI_TOKEN_HTTP_CONTENT_LENGTH)
               ? strtol(text, NULL, 10)
               : 0;
}

// With a length of 0 the body is "complete" after this event, and only then may the
// answer begin
static bool
has_length(struct lws *const wsi)
{
    return lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0;
}

static int
answer(rv_server *const server, rv_session *const session, struct lws *const wsi)
{
    if (session->status == 200) {
        return rv_route(server, session, wsi);
    }
    const int i = refusal(session->status);
    return rv_http_error(server, session, wsi, session->status, refusals[i].code,
                         refusals[i].text);
}

int
rv_http_request(rv_server *const server, rv_session *const session,
                struct lws *const wsi, const char *const path)
{
    char *uri   = NULL;
    int   n_uri = 0;

    rv_http_done(session);
    session->started_us = rv_server_now_us();
    session->method     = lws_http_get_uri_and_method(wsi, &uri, &n_uri);
    session->is_local   = rv_server_is_local(wsi);
    snprintf(session->path, sizeof session->path, "%s", path);

    const long n    = content_length(wsi);
    session->status = rv_server_admit(server, wsi, session->path, false);
    if (session->status == 200 && strlen(path) >= sizeof session->path) {
        session->status = 414;
    } else if (session->status == 200 && (n < 0 || n > RV_SERVER_BODY_MAX)) {
        session->status = 413;
    } else if (session->status == 200 &&
               lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0) {
        session->status = 411;
    }
    // The answer comes after the body, also when the body is refused: a connection that
    // is closed over unread bytes takes the answer with it. libwebsockets, too, ends a
    // POST only after telling that its body is complete, even one of length 0
    if (session->method == LWSHUMETH_POST && has_length(wsi) && n >= 0 &&
        n <= discard_max) {
        session->n_room  = session->status == 200 ? (size_t)n : 0;
        session->request = calloc(1, session->n_room + 1);
        return session->request ? 0 : -1;
    }
    session->is_last = n != 0;           // do not read a body that nobody wants
    return answer(server, session, wsi); // which may end the session
}

int
rv_http_body(rv_server *const server, rv_session *const session, struct lws *const wsi,
             const char *const data, const size_t n)
{
    (void)server;
    (void)wsi;
    if (rv_server_now_us() - session->started_us >
        RV_HEADER_TIME_S * INT64_C(1000000)) {
        return -1;
    }
    if (!session->request || session->n_room == 0) {
        return 0; // nobody wants it
    }
    if (session->n_request + n > session->n_room) {
        return -1;
    }
    memcpy(session->request + session->n_request, data, n);
    session->n_request += n;
    return 0;
}

int
rv_http_body_end(rv_server *const server, rv_session *const session,
                 struct lws *const wsi)
{
    return session->request ? answer(server, session, wsi) : 0;
}

int
rv_http_writable(rv_session *const session, struct lws *const wsi)
{
    if (!session || session->n_body == 0) {
        return 0;
    }
    unsigned char buffer[LWS_PRE + chunk];
    const size_t  n       = session->n_body < chunk ? session->n_body : chunk;
    const bool    is_last = n == session->n_body;
    memcpy(buffer + LWS_PRE, session->body, n);
    if (lws_write(wsi, buffer + LWS_PRE, n,
                  is_last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < (int)n) {
        return -1;
    }
    session->body += n;
    session->n_body -= n;
    if (!is_last) {
        lws_callback_on_writable(wsi);
        return 0;
    }
    const bool ends = session->is_last;
    rv_http_done(session);
    return lws_http_transaction_completed(wsi) || ends ? -1 : 0;
}

void
rv_http_done(rv_session *const session)
{
    free(session->owned);
    free(session->request);
    session->owned     = NULL;
    session->request   = NULL;
    session->n_request = 0;
    session->n_room    = 0;
    session->body      = NULL;
    session->n_body    = 0;
    session->is_last   = false;
}

// SPDX-License-Identifier: MIT
#include "server/server.h"

#include "base/try.h"
#include "server/state.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void (*log_line)(const char *line);

rv_server_config
rv_server_config_default(void)
{
    return (rv_server_config){.bind_address = "127.0.0.1", .port = 8080};
}

int64_t
rv_server_now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
emit(const int level, const char *const line)
{
    (void)level;
    if (log_line) {
        log_line(line);
    } else {
        fprintf(stderr, "ruview: server: %s", line);
    }
}

static int
on_event(struct lws *const wsi, const enum lws_callback_reasons reason,
         void *const user, void *const in, const size_t n)
{
    rv_server *const  server  = lws_context_user(lws_get_context(wsi));
    rv_session *const session = user;

    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return rv_http_request(server, session, wsi, in);
    case LWS_CALLBACK_HTTP_BODY:
        return rv_http_body(server, session, wsi, in, n);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return rv_http_body_end(server, session, wsi);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return rv_http_writable(session, wsi);
    case LWS_CALLBACK_CLOSED_HTTP:
        if (session) {
            rv_http_done(session);
        }
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return rv_websocket_confirm(server, session, wsi);
    case LWS_CALLBACK_ESTABLISHED:
        return rv_websocket_open(server, session, wsi);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return rv_websocket_writable(server, session, wsi);
    case LWS_CALLBACK_RECEIVE:
        return rv_websocket_receive(session, wsi, in, n);
    case LWS_CALLBACK_CLOSED:
        rv_websocket_close(server, session);
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        for (rv_session *s = server->sessions; s; s = s->next_session) {
            lws_callback_on_writable(s->wsi);
        }
        return 0;
    default:
        return 0;
    }
}

static void
on_tick(lws_sorted_usec_list_t *const tick)
{
    rv_server *const server = lws_container_of(tick, rv_server, tick);
    rv_websocket_tick(server);
    lws_sul_schedule(server->context, 0, &server->tick, on_tick, LWS_US_PER_SEC);
}

static void *
serve(void *const argument)
{
    rv_server *const server = argument;
    on_tick(&server->tick);
    while (!atomic_load(&server->stop) && lws_service(server->context, 0) >= 0) {
    }
    return NULL;
}

static bool
is_loopback(const char *const address)
{
    return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0 ||
           strncmp(address, "::ffff:127.", 11) == 0;
}

bool
rv_server_is_local(struct lws *const wsi)
{
    char peer[64]  = "";
    char proxy[64] = "";
    lws_get_peer_simple(lws_get_network_wsi(wsi), peer, sizeof peer);
    if (!is_loopback(peer)) {
        return false;
    }
    return lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR) <= 0 &&
           lws_hdr_custom_copy(wsi, proxy, sizeof proxy, "forwarded:", 10) <= 0 &&
           lws_hdr_custom_copy(wsi, proxy, sizeof proxy, "via:", 4) <= 0;
}

static void
say(char problem[256], const char *const sentence)
{
    if (problem) {
        snprintf(problem, 256, "%s", sentence);
    }
}

static rv_status
set_access(rv_access *const access, const rv_server_config *const config,
           const bool is_ipv6, char problem[256])
{
    rv_access_init(access);
    if (config->token && rv_access_set_token(access, config->token) != RV_OK) {
        say(problem, "the token must have 16 to 256 bytes; make one with: "
                     "openssl rand -hex 32");
        return RV_ERR_CONFIG;
    }
    char own[INET6_ADDRSTRLEN + 2];
    snprintf(own, sizeof own, is_ipv6 ? "[%s]" : "%s", config->bind_address);
    rv_status status = rv_access_add_host(access, own);
    for (size_t i = 0; status == RV_OK && i < config->n_hosts; ++i) {
        status = rv_access_add_host(access, config->hosts[i]);
    }
    for (size_t i = 0; status == RV_OK && i < config->n_origins; ++i) {
        status = rv_access_add_origin(access, config->origins[i]);
    }
    if (status != RV_OK) {
        say(problem, "an allowed host or origin is empty or too long, or there are "
                     "more than 32");
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

static rv_status
check_config(const rv_server_config *const config, bool *const is_ipv6,
             char problem[256])
{
    struct in_addr  v4;
    struct in6_addr v6;
    if (!config->bind_address) {
        say(problem, "no address to listen on is given");
        return RV_ERR_CONFIG;
    }
    *is_ipv6 = inet_pton(AF_INET6, config->bind_address, &v6) == 1;
    if (!*is_ipv6 && inet_pton(AF_INET, config->bind_address, &v4) != 1) {
        say(problem, "the address to listen on must be an IPv4 or IPv6 address, such "
                     "as 127.0.0.1");
        return RV_ERR_CONFIG;
    }
    if (!is_loopback(config->bind_address) && !config->token) {
        say(problem, "listening on an address other than loopback needs a token: set "
                     "token_file in the configuration, or listen on 127.0.0.1");
        return RV_ERR_CONFIG;
    }
    if (!config->tls_cert_path != !config->tls_key_path) {
        say(problem, "TLS needs both a certificate and a key file");
        return RV_ERR_CONFIG;
    }
    return RV_OK;
}

// A client that offers only bearer.<token> gets that name back; one that offers
// ruview.v1 too gets ruview.v1
static void
set_protocols(rv_server *const server)
{
    snprintf(server->protocol_of_token, sizeof server->protocol_of_token, "bearer.%s",
             server->access.token);
    const char *const names[] = {"http", "ruview.v1", server->protocol_of_token};
    const size_t      n       = server->access.n_token ? 3 : 2;
    for (size_t i = 0; i < n; ++i) {
        server->protocols[i] =
            (struct lws_protocols){.name                  = names[i],
                                   .callback              = on_event,
                                   .per_session_data_size = sizeof(rv_session),
                                   .rx_buffer_size        = 1024};
    }
}

static rv_status
open_port(rv_server *const server, const rv_server_config *const config,
          const bool is_ipv6, char problem[256])
{
    struct lws_context_creation_info info;
    memset(&info, 0, sizeof info);
    info.port                 = config->port;
    info.iface                = config->bind_address;
    info.protocols            = server->protocols;
    info.user                 = server;
    info.server_string        = "ruview";
    info.gid                  = -1;
    info.uid                  = -1;
    info.timeout_secs         = RV_HEADER_TIME_S;
    info.timeout_secs_ah_idle = RV_HEADER_TIME_S;
    info.keepalive_timeout    = RV_HEADER_TIME_S;
    info.max_http_header_pool = RV_SERVER_MAX_CONNECTIONS;
    info.max_http_header_data = 8192;
    info.fd_limit_per_thread  = RV_SERVER_MAX_CONNECTIONS + 8; // and its own few
    server->idle.secs_since_valid_ping   = 30;
    server->idle.secs_since_valid_hangup = 45;
    info.retry_and_idle_policy           = &server->idle;
    info.options                         = LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND |
                   LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
                   (is_ipv6 ? LWS_SERVER_OPTION_IPV6_V6ONLY_MODIFY |
                                  LWS_SERVER_OPTION_IPV6_V6ONLY_VALUE
                            : LWS_SERVER_OPTION_DISABLE_IPV6);
    if (config->tls_cert_path) {
        info.options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath        = config->tls_cert_path;
        info.ssl_private_key_filepath = config->tls_key_path;
        info.ssl_options_set          = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
        info.alpn                     = "http/1.1";
        server->is_tls                = true;
    }
    server->context = lws_create_context(&info);
    if (!server->context) {
        say(problem, "libwebsockets cannot start");
        return RV_ERR_IO;
    }
    server->vhost = lws_create_vhost(server->context, &info);
    if (!server->vhost) {
        if (problem) {
            snprintf(problem, 256,
                     "cannot listen on %s port %u%s; is another program there? choose "
                     "another port",
                     config->bind_address, (unsigned)config->port,
                     config->tls_cert_path ? " or read the TLS files" : "");
        }
        return RV_ERR_IO;
    }
    server->port = (uint16_t)lws_get_vhost_listen_port(server->vhost);
    return RV_OK;
}

static rv_status
start(rv_server *const server, const rv_server_config *const config, char problem[256])
{
    bool is_ipv6 = false;
    RV_TRY(check_config(config, &is_ipv6, problem));
    RV_TRY(set_access(&server->access, config, is_ipv6, problem));
    server->command         = config->command;
    server->command_context = config->context;
    server->started_us      = rv_server_now_us();
    server->reply           = malloc(RV_SERVER_REPLY_MAX);
    if (!server->reply) {
        return RV_ERR_MEMORY;
    }
    log_line = config->log;
    lws_set_log_level(LLL_ERR, emit);
    set_protocols(server);
    RV_TRY(open_port(server, config, is_ipv6, problem));
    if (pthread_create(&server->thread, NULL, serve, server) != 0) {
        say(problem, "the system starts no further thread");
        return RV_ERR_IO;
    }
    return RV_OK;
}

static void
release(rv_server *const server)
{
    if (server->context) {
        lws_context_destroy(server->context);
    }
    for (int topic = 0; topic < RV_TOPIC_COUNT; ++topic) {
        for (int sink = 0; sink < RV_N_SINKS; ++sink) {
            rv_text_free(&server->latest[topic][sink].text);
        }
    }
    rv_broadcast_free(&server->broadcast);
    rv_text_free(&server->metrics);
    pthread_mutex_destroy(&server->lock);
    free(server->scratch);
    free(server->reply);
    free(server);
}

rv_status
rv_server_create(const rv_server_config *const config, rv_server **const server,
                 char problem[256])
{
    say(problem, "");
    rv_server *const made = calloc(1, sizeof *made);
    if (!made) {
        return RV_ERR_MEMORY;
    }
    pthread_mutex_init(&made->lock, NULL);
    const rv_status status = start(made, config, problem);
    if (status != RV_OK) {
        release(made);
        return status;
    }
    *server = made;
    return RV_OK;
}

void
rv_server_destroy(rv_server *const server)
{
    if (!server) {
        return;
    }
    atomic_store(&server->stop, true);
    lws_cancel_service(server->context);
    pthread_join(server->thread, NULL);
    release(server);
}

uint16_t
rv_server_port(const rv_server *const server)
{
    return server->port;
}

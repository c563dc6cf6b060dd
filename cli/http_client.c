// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/http_client.h"

#include <openssl/bio.h>
#include <openssl/ssl.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { text_room = 1 << 16, place_room = 256 };

/// "name:port" of a URL; whether it is one
static bool
read_url(const char *const url, bool *const is_tls, char place[place_room],
         char host[place_room])
{
    *is_tls                = strncmp(url, "https://", 8) == 0;
    const char *const rest = *is_tls                           ? url + 8
                             : strncmp(url, "http://", 7) == 0 ? url + 7
                                                               : url;
    const size_t      n    = strcspn(rest, "/");
    if (n == 0 || n > 200) {
        return false;
    }
    snprintf(place, place_room, "%.*s", (int)n, rest);
    const char *const colon = strrchr(place, ':');
    const bool has_port = colon && strspn(colon + 1, "0123456789") == strlen(colon + 1);
    if (!has_port) {
        strcat(place, *is_tls ? ":443" : ":80");
    }
    snprintf(host, place_room, "%.*s", (int)(strrchr(place, ':') - place), place);
    return true;
}

static BIO *
open_tls(SSL_CTX *const context, const char *const host)
{
    SSL       *ssl = NULL;
    BIO *const bio = BIO_new_ssl_connect(context);
    if (bio && BIO_get_ssl(bio, &ssl) > 0 && ssl) {
        SSL_set_verify(ssl, SSL_VERIFY_PEER, NULL);
        SSL_set_tlsext_host_name(ssl, host);
        SSL_set1_host(ssl, host);
    }
    return bio;
}

/// The whole answer, which the other end closes
static size_t
exchange(BIO *const bio, const char *const request, char *const out, const size_t room)
{
    size_t    n      = 0;
    const int length = (int)strlen(request);
    if (BIO_do_connect(bio) <= 0 || BIO_write(bio, request, length) != length) {
        return 0;
    }
    for (int got;
         n + 1 < room && (got = BIO_read(bio, out + n, (int)(room - n - 1))) > 0;
         n += (size_t)got) {
    }
    out[n] = '\0';
    return n;
}

int
rv_http_ask(const char *const url, const char *const method, const char *const path,
            const char *const token, const char *const body, char *const answer,
            const size_t room)
{
    char  place[place_room], host[place_room];
    bool  is_tls  = false;
    char *request = NULL;
    if (!read_url(url, &is_tls, place, host)) {
        fprintf(stderr, "ruview: '%s' is no address such as http://127.0.0.1:8080\n",
                url);
        return 0;
    }
    if (asprintf(&request,
                 "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n%s%s%s"
                 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                 method, path, host, token ? "Authorization: Bearer " : "",
                 token ? token : "", token ? "\r\n" : "", body ? strlen(body) : 0,
                 body ? body : "") < 0) {
        return 0;
    }
    SSL_CTX *const context = is_tls ? SSL_CTX_new(TLS_client_method()) : NULL;
    if (context) {
        SSL_CTX_set_default_verify_paths(context);
    }
    BIO *const  bio  = is_tls ? open_tls(context, host) : BIO_new_connect(place);
    char *const text = malloc(text_room);
    int         code = 0;
    size_t      n    = 0;
    signal(SIGPIPE, SIG_IGN);
    if (bio && text) {
        if (is_tls) {
            BIO_set_conn_hostname(bio, place);
        }
        n = exchange(bio, request, text, text_room);
    }
    const char *const rest = n > 0 ? strstr(text, "\r\n\r\n") : NULL;
    if (rest && sscanf(text, "HTTP/1.%*c %d", &code) == 1) {
        snprintf(answer, room, "%s", rest + 4);
    } else {
        code = 0;
        fprintf(stderr, "ruview: no answer from %s; is ruview serve running there?\n",
                url);
    }
    free(text);
    free(request);
    BIO_free_all(bio);
    SSL_CTX_free(context);
    return code;
}

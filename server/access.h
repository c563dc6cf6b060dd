// SPDX-License-Identifier: MIT
/**
   @file access.h
   Who may speak to the server: Host and Origin allow-lists, bearer token, tickets.

   DNS rebinding is stopped by the Host list, cross-site requests and WebSockets by the
   Origin list, other people by the token. Times are monotonic microseconds.
*/
#ifndef RV_SERVER_ACCESS_H
#define RV_SERVER_ACCESS_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RV_ACCESS_NAMES      = 40,
    RV_ACCESS_NAME_MAX   = 256,
    RV_ACCESS_TOKEN_MIN  = 16,
    RV_ACCESS_TOKEN_MAX  = 256,
    RV_ACCESS_TICKETS    = 64,
    RV_ACCESS_TICKET_HEX = 32,
};

/// A right to open one WebSocket
typedef struct {
    char    text[RV_ACCESS_TICKET_HEX + 1]; ///< "" unused
    int64_t expires_us;
} rv_access_ticket;

typedef struct {
    char             hosts[RV_ACCESS_NAMES][RV_ACCESS_NAME_MAX]; ///< Lower case
    size_t           n_hosts;
    char             origins[RV_ACCESS_NAMES][RV_ACCESS_NAME_MAX]; ///< Lower case
    size_t           n_origins;
    char             token[RV_ACCESS_TOKEN_MAX + 1]; ///< "": everybody may
    size_t           n_token;
    rv_access_ticket tickets[RV_ACCESS_TICKETS];
    size_t           next_ticket;
} rv_access;

/// Only localhost, 127.0.0.1 and [::1] and no token
void rv_access_init(rv_access *self);

/// Allow one more Host name (no port); ERR_FULL, ERR_RANGE when empty or too long
RV_NODISCARD rv_status rv_access_add_host(rv_access *self, const char *host);

/// Allow one more origin, "https://name:port"
RV_NODISCARD rv_status rv_access_add_origin(rv_access *self, const char *origin);

/// Ask for a token from now on; ERR_RANGE when its length is not 16..256
RV_NODISCARD rv_status rv_access_set_token(rv_access *self, const char *token);

/// HTTP status for a Host header: 200, 400 when missing (NULL or ""), 421 when not ours
int rv_access_host(const rv_access *self, const char *host);

/// True for an origin with scheme and authority equal to this server's under the name
/// `host`, and for those on the list; "null" is refused
bool rv_access_origin(const rv_access *self, const char *origin, const char *host,
                      bool is_tls);

/// Compare in time that does not depend on where the texts differ
bool rv_access_token(const rv_access *self, const char *candidate, size_t n);

/// True when an `Authorization` header holds the token: Bearer, or Basic with the token
/// as the password (so that a browser can ask its user)
bool rv_access_authorization(const rv_access *self, const char *header);

/// True when a Sec-WebSocket-Protocol header names bearer.<token>
bool rv_access_protocol(const rv_access *self, const char *header);

/// Make a ticket for one WebSocket within 60 s
RV_NODISCARD rv_status rv_access_ticket_issue(rv_access *self, int64_t now_us,
                                              char text[RV_ACCESS_TICKET_HEX + 1]);

/// True once for each ticket in time
bool rv_access_ticket_redeem(rv_access *self, int64_t now_us, const char *text);

/// 1..64 characters of [A-Za-z0-9._-], no leading dot
bool rv_access_is_safe_id(const char *id);

#endif // RV_SERVER_ACCESS_H

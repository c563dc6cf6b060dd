// SPDX-License-Identifier: MIT
#include "server/access.h"

#include "base/try.h"

#include <string.h>
#include <strings.h>
#include <sys/random.h>

static const int64_t ticket_life_us = 60 * INT64_C(1000000);

static char
lower(const char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static rv_status
add_name(char names[][RV_ACCESS_NAME_MAX], size_t *const n, const char *const name)
{
    const size_t length = strlen(name);
    if (length == 0 || length >= RV_ACCESS_NAME_MAX) {
        return RV_ERR_RANGE;
    }
    if (*n == RV_ACCESS_NAMES) {
        return RV_ERR_FULL;
    }
    for (size_t i = 0; i <= length; ++i) {
        names[*n][i] = lower(name[i]);
    }
    ++*n;
    return RV_OK;
}

void
rv_access_init(rv_access *const self)
{
    memset(self, 0, sizeof *self);
    static const char *const own[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof own / sizeof *own; ++i) {
        (void)add_name(self->hosts, &self->n_hosts, own[i]); // an empty list has room
    }
}

rv_status
rv_access_add_host(rv_access *const self, const char *const host)
{
    return add_name(self->hosts, &self->n_hosts, host);
}

rv_status
rv_access_add_origin(rv_access *const self, const char *const origin)
{
    return add_name(self->origins, &self->n_origins, origin);
}

rv_status
rv_access_set_token(rv_access *const self, const char *const token)
{
    const size_t n = strlen(token);
    if (n < RV_ACCESS_TOKEN_MIN || n > RV_ACCESS_TOKEN_MAX) {
        return RV_ERR_RANGE;
    }
    memcpy(self->token, token, n + 1);
    self->n_token = n;
    return RV_OK;
}

// Length of the name in "name:port"; SIZE_MAX when the port is not a number
static size_t
name_length(const char *const authority)
{
    const char *end = NULL;
    if (authority[0] == '[') {
        end = strchr(authority, ']');
        if (!end) {
            return SIZE_MAX;
        }
        ++end;
    } else {
        end = authority + strcspn(authority, ":");
    }
    const size_t n = (size_t)(end - authority);
    if (*end == '\0') {
        return n;
    }
    if (*end != ':' || end[1] == '\0' || strlen(end + 1) > 5 ||
        strspn(end + 1, "0123456789") != strlen(end + 1)) {
        return SIZE_MAX;
    }
    return n;
}

int
rv_access_host(const rv_access *const self, const char *const host)
{
    if (!host || host[0] == '\0') {
        return 400;
    }
    const size_t n = name_length(host);
    for (size_t i = 0; i < self->n_hosts; ++i) {
        if (strlen(self->hosts[i]) == n && strncasecmp(self->hosts[i], host, n) == 0) {
            return 200;
        }
    }
    return 421;
}

bool
rv_access_origin(const rv_access *const self, const char *const origin,
                 const char *const host, const bool is_tls)
{
    const char *const scheme = is_tls ? "https://" : "http://";
    const size_t      n      = strlen(scheme);
    if (strncasecmp(origin, scheme, n) == 0 && strcasecmp(origin + n, host) == 0) {
        return true;
    }
    for (size_t i = 0; i < self->n_origins; ++i) {
        if (strcasecmp(self->origins[i], origin) == 0) {
            return true;
        }
    }
    return false;
}

bool
rv_access_token(const rv_access *const self, const char *const candidate,
                const size_t n)
{
    // Every comparison reads n_token bytes of both texts: a candidate of another length
    // is compared as far as it goes, again and again
    volatile unsigned char differs = (unsigned char)(n != self->n_token);
    for (size_t i = 0; i < self->n_token; ++i) {
        const unsigned char theirs = n > 0 ? (unsigned char)candidate[i % n] : 0;
        differs = (unsigned char)(differs | (theirs ^ (unsigned char)self->token[i]));
    }
    return differs == 0;
}

static int
base64_value(const char c)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *const found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

// Decodes until padding, the end or a character that does not belong
static size_t
base64_decode(const char *text, char *const out, const size_t room)
{
    size_t   n    = 0;
    unsigned bits = 0;
    unsigned have = 0;
    for (int value; (value = base64_value(*text)) >= 0; ++text) {
        bits = (bits << 6 | (unsigned)value) & 0xFFFFU;
        have += 6;
        if (have >= 8) {
            have -= 8;
            if (n == room) {
                return 0;
            }
            out[n++] = (char)(bits >> have & 0xFFU);
        }
    }
    return n;
}

bool
rv_access_authorization(const rv_access *const self, const char *const header)
{
    if (strncasecmp(header, "Bearer ", 7) == 0) {
        const char *const token = header + 7 + strspn(header + 7, " ");
        return rv_access_token(self, token, strlen(token));
    }
    if (strncasecmp(header, "Basic ", 6) == 0) {
        char              plain[RV_ACCESS_TOKEN_MAX + 128];
        const size_t      n     = base64_decode(header + 6, plain, sizeof plain);
        const char *const colon = n ? memchr(plain, ':', n) : NULL;
        if (colon) {
            const size_t skip = (size_t)(colon - plain) + 1;
            return rv_access_token(self, colon + 1, n - skip);
        }
    }
    return false;
}

bool
rv_access_protocol(const rv_access *const self, const char *header)
{
    while (*header) {
        header += strspn(header, ", \t");
        const size_t n = strcspn(header, ", \t");
        if (n > 7 && strncmp(header, "bearer.", 7) == 0) {
            return rv_access_token(self, header + 7, n - 7);
        }
        header += n;
    }
    return false;
}

rv_status
rv_access_ticket_issue(rv_access *const self, const int64_t now_us,
                       char text[RV_ACCESS_TICKET_HEX + 1])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char     random[RV_ACCESS_TICKET_HEX / 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) {
        return RV_ERR_IO;
    }
    for (size_t i = 0; i < sizeof random; ++i) {
        text[2 * i]     = digits[random[i] >> 4];
        text[2 * i + 1] = digits[random[i] & 15];
    }
    text[RV_ACCESS_TICKET_HEX]     = '\0';
    rv_access_ticket *const ticket = &self->tickets[self->next_ticket];
    self->next_ticket              = (self->next_ticket + 1) % RV_ACCESS_TICKETS;
    memcpy(ticket->text, text, sizeof ticket->text);
    ticket->expires_us = now_us + ticket_life_us;
    return RV_OK;
}

bool
rv_access_ticket_redeem(rv_access *const self, const int64_t now_us,
                        const char *const text)
{
    if (strlen(text) != RV_ACCESS_TICKET_HEX) {
        return false;
    }
    bool found = false;
    for (size_t t = 0; t < RV_ACCESS_TICKETS; ++t) {
        rv_access_ticket *const ticket  = &self->tickets[t];
        volatile unsigned char  differs = 0;
        for (size_t i = 0; i < RV_ACCESS_TICKET_HEX; ++i) {
            differs = (unsigned char)(differs | (text[i] ^ ticket->text[i]));
        }
        if (differs == 0 && ticket->text[0]) {
            found = now_us < ticket->expires_us;
            memset(ticket, 0, sizeof *ticket);
        }
    }
    return found;
}

bool
rv_access_is_safe_id(const char *const id)
{
    const size_t n = strlen(id);
    return n >= 1 && n <= 64 && id[0] != '.' &&
           strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                      "0123456789._-") == n;
}

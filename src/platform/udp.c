// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "platform/udp.h"

#include "base/try.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CONTROL_BYTES = 128 };

struct rv_udp {
    int                     fd;
    uint16_t                port;
    rv_address              local;
    uint32_t                last_drops; ///< The kernel's counter, which wraps
    rv_udp_counts           counts;
    struct mmsghdr          message[RV_UDP_BATCH];
    struct iovec            vector[RV_UDP_BATCH];
    struct sockaddr_storage peer[RV_UDP_BATCH];
    uint8_t                 control[RV_UDP_BATCH][CONTROL_BYTES];
    uint8_t                 data[RV_UDP_BATCH][RV_UDP_MAX_BYTES];
};

static rv_address
address_of(const struct sockaddr_storage *const peer)
{
    rv_address out = {{0}, 0};
    if (peer->ss_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, peer, sizeof v4);
        return rv_address_v4(ntohl(v4.sin_addr.s_addr), ntohs(v4.sin_port));
    }
    if (peer->ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, peer, sizeof v6);
        memcpy(out.ip, &v6.sin6_addr, 16);
        out.port = ntohs(v6.sin6_port);
    }
    return out;
}

static bool
parse_address(const char *const text, const uint16_t port,
              struct sockaddr_storage *const out, socklen_t *const n)
{
    struct sockaddr_in  v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    memset(out, 0, sizeof *out);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(out, &v4, sizeof v4);
        *n = sizeof v4;
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(out, &v6, sizeof v6);
        *n = sizeof v6;
        return true;
    }
    return false;
}

static rv_status
set_up(rv_udp *const self, const struct sockaddr_storage *const at, const socklen_t n,
       const unsigned receive_bytes)
{
    const int on = 1;
    self->fd     = socket(at->ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (self->fd < 0) {
        return RV_ERR_IO;
    }
    if (receive_bytes > 0) {
        const int size = receive_bytes > INT32_MAX ? INT32_MAX : (int)receive_bytes;
        (void)setsockopt(self->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    }
    if (setsockopt(self->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0 ||
        bind(self->fd, (const struct sockaddr *)at, n) != 0) {
        return RV_ERR_IO;
    }
    // Without the drop counter (an old kernel) `dropped` stays 0
    (void)setsockopt(self->fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    struct sockaddr_storage bound;
    socklen_t               size = sizeof bound;
    if (getsockname(self->fd, (struct sockaddr *)&bound, &size) != 0) {
        return RV_ERR_IO;
    }
    self->local = address_of(&bound);
    self->port  = self->local.port;
    return RV_OK;
}

rv_status
rv_udp_open(rv_udp **const self, const char *const address, const uint16_t port,
            const unsigned receive_bytes)
{
    struct sockaddr_storage at;
    socklen_t               n = 0;
    if (!parse_address(address ? address : "127.0.0.1", port, &at, &n)) {
        return RV_ERR_CONFIG;
    }
    rv_udp *const made = calloc(1, sizeof *made);
    if (!made) {
        return RV_ERR_MEMORY;
    }
    const rv_status status = set_up(made, &at, n, receive_bytes);
    if (status != RV_OK) {
        const int why = errno;
        if (made->fd >= 0) {
            close(made->fd);
        }
        free(made);
        errno = why;
        return status;
    }
    for (int i = 0; i < RV_UDP_BATCH; ++i) {
        made->vector[i] =
            (struct iovec){.iov_base = made->data[i], .iov_len = RV_UDP_MAX_BYTES};
    }
    *self = made;
    return RV_OK;
}

void
rv_udp_close(rv_udp *const self)
{
    if (self) {
        close(self->fd);
        free(self);
    }
}

int
rv_udp_fd(const rv_udp *const self)
{
    return self->fd;
}

uint16_t
rv_udp_port(const rv_udp *const self)
{
    return self->port;
}

const rv_udp_counts *
rv_udp_counted(const rv_udp *const self)
{
    return &self->counts;
}

static uint64_t
now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/// The kernel's stamp and its count of drops
static uint64_t
read_control(rv_udp *const self, struct msghdr *const header)
{
    uint64_t t_us = 0;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
        if (c->cmsg_level != SOL_SOCKET) {
            continue;
        }
        if (c->cmsg_type == SO_TIMESTAMPNS) {
            struct timespec t;
            memcpy(&t, CMSG_DATA(c), sizeof t);
            t_us = (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
        } else if (c->cmsg_type == SO_RXQ_OVFL) {
            uint32_t drops;
            memcpy(&drops, CMSG_DATA(c), sizeof drops);
            self->counts.dropped += drops - self->last_drops;
            self->last_drops = drops;
        }
    }
    return t_us ? t_us : now_us();
}

rv_status
rv_udp_receive(rv_udp *const self, rv_input *const inputs, unsigned *const n)
{
    *n = 0;
    for (int i = 0; i < RV_UDP_BATCH; ++i) {
        self->message[i].msg_hdr = (struct msghdr){
            .msg_name       = &self->peer[i],
            .msg_namelen    = sizeof self->peer[i],
            .msg_iov        = &self->vector[i],
            .msg_iovlen     = 1,
            .msg_control    = self->control[i],
            .msg_controllen = CONTROL_BYTES,
        };
    }
    const int got = recvmmsg(self->fd, self->message, RV_UDP_BATCH, MSG_DONTWAIT, NULL);
    if (got < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? RV_OK
                                                                         : RV_ERR_IO;
    }
    for (int i = 0; i < got; ++i) {
        struct msghdr *const header = &self->message[i].msg_hdr;
        inputs[i]                   = (rv_input){.kind  = RV_INPUT_DATAGRAM,
                                                 .t_us  = read_control(self, header),
                                                 .from  = address_of(&self->peer[i]),
                                                 .to    = self->local,
                                                 .bytes = self->data[i],
                                                 .n     = self->message[i].msg_len};
        ++self->counts.datagrams;
        self->counts.bytes += self->message[i].msg_len;
        self->counts.cut += (header->msg_flags & MSG_TRUNC) != 0;
    }
    *n = (unsigned)got;
    return RV_OK;
}

rv_status
rv_udp_send(rv_udp *const self, const rv_address *const to, const uint8_t *const bytes,
            const size_t n)
{
    static const uint8_t v4_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    struct sockaddr_in   v4 = {.sin_family = AF_INET, .sin_port = htons(to->port)};
    struct sockaddr_in6  v6 = {.sin6_family = AF_INET6, .sin6_port = htons(to->port)};
    memcpy(&v4.sin_addr, to->ip + 12, 4);
    memcpy(&v6.sin6_addr, to->ip, 16);
    const bool                   is_v4 = memcmp(to->ip, v4_prefix, 12) == 0;
    const struct sockaddr *const at =
        is_v4 ? (const struct sockaddr *)&v4 : (const struct sockaddr *)&v6;
    const socklen_t size = is_v4 ? (socklen_t)sizeof v4 : (socklen_t)sizeof v6;
    const ssize_t   sent = sendto(self->fd, bytes, n, 0, at, size);
    return sent == (ssize_t)n ? RV_OK : RV_ERR_IO;
}

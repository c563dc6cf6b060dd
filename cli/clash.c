// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/clash.h"

#include <ruview/capture/adr018.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint64_t in_turn_us = 2000000, stands_us = 10000000, again_us = 60000000;

static const char *
name_of(const uint8_t ip[16], char text[INET6_ADDRSTRLEN])
{
    static const uint8_t v4[12] = {[10] = 0xFF, [11] = 0xFF};
    const bool           is_v4  = memcmp(ip, v4, sizeof v4) == 0;
    return inet_ntop(is_v4 ? AF_INET : AF_INET6, is_v4 ? ip + 12 : ip, text,
                     INET6_ADDRSTRLEN);
}

static bool
is_csi(const rv_input *const input)
{
    return input->kind == RV_INPUT_DATAGRAM && input->n > 4 &&
           ((uint32_t)input->bytes[0] | (uint32_t)input->bytes[1] << 8 |
            (uint32_t)input->bytes[2] << 16 | (uint32_t)input->bytes[3] << 24) ==
               RV_MAGIC_CSI;
}

void
rv_clash_push(rv_clash *const self, const rv_input *const input)
{
    if (!is_csi(input)) {
        return;
    }
    const uint8_t        number = input->bytes[4];
    rv_clash_node *const node   = &self->node[number];
    if (node->t_us[0] == 0 || memcmp(node->ip[0], input->from.ip, 16) == 0) {
        memcpy(node->ip[0], input->from.ip, 16);
        node->t_us[0] = input->t_us;
        return;
    }
    // A board that got a new address changes once; two boards change to and fro
    const bool is_back = node->t_us[1] != 0 &&
                         memcmp(node->ip[1], input->from.ip, 16) == 0 &&
                         input->t_us - node->t_us[1] < in_turn_us;
    memcpy(node->ip[1], node->ip[0], 16);
    memcpy(node->ip[0], input->from.ip, 16);
    node->t_us[1] = node->t_us[0];
    node->t_us[0] = input->t_us;
    if (!is_back) {
        return;
    }
    node->clash_us = input->t_us;
    if (node->told_us == 0 || input->t_us - node->told_us > again_us) {
        char one[INET6_ADDRSTRLEN], two[INET6_ADDRSTRLEN];
        node->told_us = input->t_us;
        fprintf(stderr,
                "ruview: two boards send as node %u, %s and %s; give each a number of "
                "its own\n",
                number, name_of(node->ip[1], one), name_of(node->ip[0], two));
    }
}

unsigned
rv_clash_list(const rv_clash *const self, const uint64_t now_us,
              uint8_t node[RV_CLASH_NODES])
{
    unsigned n = 0;
    for (unsigned i = 0; i < RV_CLASH_NODES; ++i) {
        const uint64_t then = self->node[i].clash_us;
        if (then != 0 && now_us < then + stands_us) {
            node[n++] = (uint8_t)i;
        }
    }
    return n;
}

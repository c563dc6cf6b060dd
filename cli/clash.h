// SPDX-License-Identifier: MIT
/**
   @file clash.h
   Two boards with one number: datagrams of the same node that come from two addresses
   in turn. Nothing can be measured by such a node, and no packet says why.
*/
#ifndef RV_CLI_CLASH_H
#define RV_CLI_CLASH_H

#include <ruview/capture/input.h>

#include <stdbool.h>

enum { RV_CLASH_NODES = 256 };

/// The two addresses that a node was heard from last
typedef struct {
    uint8_t  ip[2][16]; ///< Newest first
    uint64_t t_us[2];   ///< When; 0 never
    uint64_t told_us;   ///< 0 never
    uint64_t clash_us;  ///< When both were last heard in turn; 0 never
} rv_clash_node;

typedef struct {
    rv_clash_node node[RV_CLASH_NODES];
} rv_clash;

/// Look at one datagram; says on standard error, once a minute, when its node is two
void rv_clash_push(rv_clash *self, const rv_input *input);

/// The nodes that were two within the last 10 s, ascending; returns how many
unsigned rv_clash_list(const rv_clash *self, uint64_t now_us,
                       uint8_t node[RV_CLASH_NODES]);

#endif // RV_CLI_CLASH_H

// SPDX-License-Identifier: MIT
// Datagrams on standard input (u32 arrival [ms], u16 length, bytes), answers in
// hexadecimal on standard output: what check_wasm.mjs does with the wasm build.
#include "wasm/edge.h"

#include <stdio.h>

int
main(void)
{
    uint8_t head[6];
    if (edge_open() != 0) {
        return 2;
    }
    while (fread(head, sizeof head, 1, stdin) == 1) {
        const uint32_t t_ms = head[0] | (uint32_t)head[1] << 8 |
                              (uint32_t)head[2] << 16 | (uint32_t)head[3] << 24;
        const uint32_t n = head[4] | (uint32_t)head[5] << 8;
        if (n > EDGE_DATAGRAM || fread(edge_input(), 1, n, stdin) != n) {
            return 2;
        }
        const uint32_t m = edge_push(n, t_ms);
        for (uint32_t i = 0; i < m; ++i) {
            printf("%02x", edge_output()[i]);
        }
        putchar('\n');
    }
    fprintf(stderr, "%u\n", edge_cir_bytes());
    return 0;
}

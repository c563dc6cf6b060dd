// SPDX-License-Identifier: MIT
#include "proofs/proof.h"
#include "platform/lend.h"

#include <ruview/base/bytes.h>
#include <ruview/math/kernels.h>
#include <ruview/math/text.h>

#include <stdio.h>
#include <stdlib.h>

void
rv_proof_begin(rv_proof *const self, const char *const stage, const int argc,
               char **const argv)
{
    memset(self, 0, sizeof *self);
    self->stage = stage;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--mask") == 0 && i + 1 < argc) {
            self->cpu_mask = (uint32_t)strtoul(argv[++i], NULL, 0);
        } else if (strcmp(argv[i], "--reference") == 0 && i + 1 < argc) {
            self->reference = argv[++i];
        } else if (strcmp(argv[i], "--generate") == 0 && i + 1 < argc) {
            self->generate = argv[++i];
        } else if (strcmp(argv[i], "--parts") == 0) {
            self->parts = true;
        } else if (strcmp(argv[i], "--all") == 0) {
            self->all = true;
        } else {
            fprintf(stderr,
                    "usage: digest_%s [--mask M] [--reference FILE] [--generate FILE] "
                    "[--parts] [--all]\n",
                    stage);
            exit(2);
        }
    }
    if (rv_math_selftest(self->cpu_mask) != RV_OK) {
        fprintf(stderr,
                "digest_%s: this machine or build does not compute as IEEE-754\n",
                stage);
        exit(2);
    }
    rv_blake3_init(&self->whole);
    rv_blake3_init(&self->part);
    rv_blake3_select(&self->part, self->cpu_mask);
}

void
rv_proof_bytes(rv_proof *const self, const void *const data, const size_t n_bytes)
{
    rv_blake3_update(&self->part, data, n_bytes);
}

void
rv_proof_f32(rv_proof *const self, const float *const x, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        uint8_t bytes[4];
        rv_store_f32(bytes, x[i]);
        rv_proof_bytes(self, bytes, sizeof bytes);
    }
}

void
rv_proof_f64(rv_proof *const self, const double *const x, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        uint8_t bytes[8];
        rv_store_f64(bytes, x[i]);
        if (x[i] != x[i]) {
            rv_store_u64(bytes, 0x7FF8000000000000U);
        }
        rv_proof_bytes(self, bytes, sizeof bytes);
    }
}

void
rv_proof_u32(rv_proof *const self, const uint32_t *const x, const size_t n)
{
    for (size_t i = 0; i < n; ++i) {
        uint8_t bytes[4];
        rv_store_u32(bytes, x[i]);
        rv_proof_bytes(self, bytes, sizeof bytes);
    }
}

void *
rv_proof_memory(const size_t n_bytes)
{
    void *const p = rv_lend(n_bytes);
    if (!p) {
        abort();
    }
    return p;
}

void
rv_proof_must(const rv_status status)
{
    if (status != RV_OK) {
        abort();
    }
}

void
rv_proof_part(rv_proof *const self, const char *const name)
{
    uint8_t digest[32];
    rv_blake3_final(&self->part, digest);
    rv_blake3_update(&self->whole, digest, sizeof digest);
    rv_blake3_init(&self->part);
    rv_blake3_select(&self->part, self->cpu_mask);
    if (self->parts) {
        char hex[64];
        rv_text_hex_bytes(hex, digest, sizeof digest);
        printf("%s/%s %.64s\n", self->stage, name, hex);
    }
}

// The digest of this stage in an epoch file; empty when there is none
static void
read_reference(const char *const file_name, const char *const stage, char hex[65])
{
    char        name[64];
    char        digest[65];
    FILE *const file = fopen(file_name, "r");
    hex[0]           = 0;
    while (file && fscanf(file, "%63s %64s", name, digest) == 2) {
        if (strcmp(name, stage) == 0) {
            memcpy(hex, digest, sizeof digest);
        }
    }
    if (file) {
        fclose(file);
    }
}

// The epoch file with the line of this stage replaced, the other lines kept
static int
write_reference(const char *const file_name, const char *const stage,
                const char *const hex)
{
    enum { most = 64 };
    static char names[most][64];
    static char digests[most][65];
    int         n    = 0;
    int         at   = -1;
    FILE       *file = fopen(file_name, "r");
    while (file && n < most - 1 &&
           fscanf(file, "%63s %64s", names[n], digests[n]) == 2) {
        at = strcmp(names[n], stage) == 0 ? n : at;
        ++n;
    }
    if (file) {
        fclose(file);
    }
    at = at < 0 ? n++ : at;
    snprintf(names[at], sizeof names[at], "%s", stage);
    printf("before %s\nafter  %s\n", digests[at][0] ? digests[at] : "none", hex);
    snprintf(digests[at], sizeof digests[at], "%s", hex);
    file = fopen(file_name, "w");
    if (!file) {
        return 2;
    }
    for (int i = 0; i < n; ++i) {
        fprintf(file, "%s %s\n", names[i], digests[i]);
    }
    return fclose(file) == 0 ? 0 : 2;
}

int
rv_proof_end(rv_proof *const self)
{
    uint8_t digest[32];
    char    hex[65];
    char    wanted[65];
    rv_blake3_final(&self->whole, digest);
    hex[rv_text_hex_bytes(hex, digest, sizeof digest)] = 0;
    printf("%s %s\n", self->stage, hex);
    if (self->generate) {
        return write_reference(self->generate, self->stage, hex);
    }
    if (!self->reference) {
        return 0;
    }
    read_reference(self->reference, self->stage, wanted);
    if (!wanted[0]) {
        fprintf(stderr, "digest_%s: no reference in %s\n", self->stage,
                self->reference);
        return 2;
    }
    if (strcmp(hex, wanted) != 0) {
        fprintf(stderr, "digest_%s: the reference is %s\n", self->stage, wanted);
        return 1;
    }
    return 0;
}

// SPDX-License-Identifier: MIT
// BLAKE3 as the b3sum program computes it, plain and keyed, at the lengths of the
// official test vectors (bytes i mod 251), in one piece and in many, at every
// instruction set.
#define _POSIX_C_SOURCE 200809L

#include <ruview/math/blake3.h>
#include <ruview/math/kernels.h>
#include <ruview/math/text.h>
#include <ruview/platform/cpu.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { most = 102400 };

static const size_t lengths[] = {
    0,    1,    2,    3,    4,    5,    6,    7,    8,     63,    64,    65,
    127,  128,  129,  1023, 1024, 1025, 2048, 2049, 3072,  3073,  4096,  4097,
    5120, 5121, 6144, 6145, 7168, 7169, 8192, 8193, 16384, 31744, 33000, 102400};
enum { n_lengths = sizeof lengths / sizeof *lengths };

// The key of the official vectors
static const char key[] = "whats the Elvish word for friend";

static int
ask_b3sum(const char *const data_file, const char *const key_file, const size_t n,
          char hex[65])
{
    char command[512];
    snprintf(command, sizeof command,
             "head -c %zu %s > %s.part && b3sum --no-names %s %s.part %s %s", n,
             data_file, data_file, key_file ? "--keyed" : "", data_file,
             key_file ? "<" : "", key_file ? key_file : "");
    FILE *const pipe = popen(command, "r");
    const int   ok   = pipe && fread(hex, 1, 64, pipe) == 64;
    hex[64]          = 0;
    return pipe && pclose(pipe) == 0 && ok;
}

static int
compare(const uint8_t *const data, const size_t n, const int keyed,
        const char *const want)
{
    static const uint32_t masks[] = {RV_CPU_PLAIN, 0, RV_CPU_AVX2,
                                     RV_CPU_AVX2 | RV_CPU_AVX512};
    static const size_t   steps[] = {1 << 20, 1, 63, 1000, 5000};
    int                   wrong   = 0;
    for (int v = 0; v < 4; ++v) {
        if (masks[v] & ~(rv_cpu_mask() | RV_CPU_PLAIN)) {
            continue;
        }
        for (int s = 0; s < 5; ++s) {
            rv_blake3 h;
            uint8_t   out[32];
            char      hex[65] = {0};
            if (keyed) {
                rv_blake3_init_keyed(&h, (const uint8_t *)key);
            } else {
                rv_blake3_init(&h);
            }
            rv_blake3_select(&h, masks[v]);
            for (size_t at = 0; at < n; at += steps[s]) {
                rv_blake3_update(&h, data + at, n - at < steps[s] ? n - at : steps[s]);
            }
            rv_blake3_final(&h, out);
            rv_text_hex_bytes(hex, out, 32);
            if (strcmp(hex, want) != 0) {
                fprintf(stderr,
                        "b3sum: %zu bytes%s, mask %u, in steps of %zu: %s, not %s\n", n,
                        keyed ? " keyed" : "", masks[v], steps[s], hex, want);
                ++wrong;
            }
        }
    }
    return wrong;
}

static int
write_file(const char *const name, const void *const data, const size_t n)
{
    FILE *const file = fopen(name, "wb");
    if (!file) {
        return 0;
    }
    const int ok = fwrite(data, 1, n, file) == n;
    return fclose(file) == 0 && ok;
}

int
main(void)
{
    static uint8_t data[most];
    char           data_file[] = "b3sum-data-XXXXXX";
    char           key_file[]  = "b3sum-key-XXXXXX";
    char           part[64];
    if (system("b3sum --version > /dev/null 2>&1") != 0) {
        puts("not run: no b3sum");
        return 0;
    }
    for (size_t i = 0; i < most; ++i) {
        data[i] = (uint8_t)(i % 251);
    }
    close(mkstemp(data_file));
    close(mkstemp(key_file));
    int wrong = !write_file(data_file, data, most) || !write_file(key_file, key, 32);
    for (int i = 0; i < n_lengths && wrong == 0; ++i) {
        char want[65];
        for (int keyed = 0; keyed < 2; ++keyed) {
            if (!ask_b3sum(data_file, keyed ? key_file : NULL, lengths[i], want)) {
                fputs("b3sum: it does not answer\n", stderr);
                wrong = 1;
                break;
            }
            wrong += compare(data, lengths[i], keyed, want);
        }
    }
    snprintf(part, sizeof part, "%s.part", data_file);
    remove(part);
    remove(data_file);
    remove(key_file);
    printf("b3sum: %d lengths, plain and keyed, %d differ\n", n_lengths, wrong);
    return wrong != 0;
}

// SPDX-License-Identifier: MIT
// Runs a harness over stored inputs and over damaged copies of them: each cut short,
// and with bytes flipped, set, doubled or left out, by a generator with a fixed seed.
//
// usage: replay [-n DAMAGED_COPIES] FILE|FOLDER...
#define _DEFAULT_SOURCE
#include "fuzz.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>

enum { MAX_BYTES = 1 << 16 };

static uint64_t seed = 88172645463325252;
static unsigned n_files, n_runs;

/// Marsaglia's xorshift64
static uint32_t
random32(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 16);
}

static void
run(const uint8_t *const data, const size_t n)
{
    // a block of exactly this size, so that a sanitizer sees the first byte behind it
    uint8_t *const copy = malloc(n ? n : 1);
    if (!copy) {
        exit(2);
    }
    memcpy(copy, data, n);
    (void)LLVMFuzzerTestOneInput(copy, n);
    free(copy);
    ++n_runs;
}

static size_t
damage(uint8_t *const data, size_t n)
{
    for (unsigned times = 1 + random32() % 4; times > 0 && n > 1; --times) {
        const size_t at = random32() % n;
        switch (random32() % 6) {
        case 0:
            data[at] ^= (uint8_t)(1U << random32() % 8);
            break;
        case 1:
            data[at] = (uint8_t)random32();
            break;
        case 2:
            data[at] = random32() % 2 ? 0xFF : 0x00;
            break;
        case 3:
            memmove(data + at, data + at + 1, n - at - 1);
            --n;
            break;
        case 4:
            if (n < MAX_BYTES) {
                memmove(data + at + 1, data + at, n - at);
                ++n;
            }
            break;
        default:
            n = at + 1;
            break;
        }
    }
    return n;
}

static void
replay_file(const char *const path, const unsigned copies)
{
    static uint8_t data[MAX_BYTES], copy[MAX_BYTES + 1];
    FILE *const    file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    const size_t n = fread(data, 1, sizeof data, file);
    fclose(file);
    ++n_files;
    run(data, n);
    const size_t step = n / 64 + 1;
    for (size_t k = 0; k < n; k += step) {
        run(data, k);
    }
    for (unsigned i = 0; i < copies; ++i) {
        memcpy(copy, data, n);
        const size_t m = damage(copy, n);
        run(copy, m);
    }
}

static void
replay(const char *const path, const unsigned copies)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        perror(path);
        exit(2);
    }
    if (!S_ISDIR(info.st_mode)) {
        replay_file(path, copies);
        return;
    }
    struct dirent **entry = NULL;
    const int       n     = scandir(path, &entry, NULL, alphasort);
    for (int i = 0; i < n; ++i) {
        char inner[1024];
        if (entry[i]->d_name[0] != '.') {
            snprintf(inner, sizeof inner, "%s/%s", path, entry[i]->d_name);
            replay(inner, copies);
        }
        free(entry[i]);
    }
    free(entry);
}

int
main(int argc, char **argv)
{
    unsigned copies = 60;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "-n") == 0 && i + 1 < argc) {
            copies = (unsigned)strtoul(argv[++i], NULL, 10);
        } else {
            replay(argv[i], copies);
        }
    }
    printf("%u inputs, %u runs, seed 88172645463325252\n", n_files, n_runs);
    return n_files > 0 ? 0 : 2;
}

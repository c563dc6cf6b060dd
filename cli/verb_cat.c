// SPDX-License-Identifier: MIT
#include "cli/verb.h"
#include "platform/file_source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE = 1 << 20 };

static void
print_help(FILE *const out)
{
    fputs("usage: ruview cat FILE...\n\n"
          "Writes recordings to standard output, zstd and gzip unpacked:\n"
          "    ruview cat night.pcapng.zst | tshark -r -\n"
          "    ruview cat night.pcapng.zst | ruview replay -\n"
          "Several pcapng files in a row are one pcapng file.\n\n"
          "Exit codes: 0 written, 2 wrong usage or not readable.\n",
          out);
}

static bool
copy_all(const rv_capture_source *const source)
{
    if (source->bytes) {
        return fwrite(source->bytes, 1, source->n, stdout) == source->n;
    }
    uint8_t *const piece = malloc(PIECE);
    if (!piece) {
        return false;
    }
    int64_t n;
    bool    good = true;
    while (good && (n = source->read(source->context, piece, PIECE)) != 0) {
        good = n > 0 && fwrite(piece, 1, (size_t)n, stdout) == (size_t)n;
    }
    free(piece);
    return good;
}

int
rv_verb_cat(const int argc, char **const argv)
{
    if (argc < 2) {
        return rv_misused("cat", "name a FILE");
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_help(stdout);
        return RV_EXIT_OK;
    }
    for (int i = strcmp(argv[1], "--") == 0 ? 2 : 1; i < argc; ++i) {
        rv_file_source   *file = NULL;
        rv_capture_source source;
        const rv_status   status = rv_file_source_open(&file, argv[i], &source);
        if (status != RV_OK) {
            fprintf(stderr, "ruview cat: %s: %s\n", argv[i],
                    rv_recording_advice(status));
            return RV_EXIT_USAGE;
        }
        const bool good = copy_all(&source);
        rv_file_source_close(file);
        if (!good) {
            fprintf(stderr,
                    "ruview cat: %s: reading or writing failed, or the packed "
                    "stream is cut\n",
                    argv[i]);
            return RV_EXIT_USAGE;
        }
    }
    return fflush(stdout) == 0 ? RV_EXIT_OK : RV_EXIT_USAGE;
}

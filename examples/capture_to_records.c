// SPDX-License-Identifier: MIT
// cc capture_to_records.c $(pkg-config --cflags --libs ruview)
// Prints what the pipeline publishes of a capture (any known format), one JSON per
// line.
#include <ruview/ruview.h>

#include <stdio.h>
#include <stdlib.h>

static void
print(void *context, const char *json, size_t n, const uint8_t *witness)
{
    (void)witness;
    fprintf(context, "%.*s\n", (int)n, json);
}

static int64_t
read_file(void *context, uint8_t *into, size_t n)
{
    const size_t got = fread(into, 1, n, context);
    return got == 0 && ferror((FILE *)context) ? -1 : (int64_t)got;
}

int
main(int argc, char **argv)
{
    FILE    *file = argc > 1 ? fopen(argv[1], "rb") : stdin;
    size_t   n    = (rv_flat_bytes() + 63) / 64 * 64;
    rv_flat *flat = aligned_alloc(64, n);
    if (!file || !flat || rv_flat_begin(flat, n) ||
        rv_flat_source_read(flat, read_file, file, 1 << 20) ||
        rv_flat_memory(flat, &n) || rv_flat_open(flat, aligned_alloc(64, n), n)) {
        fputs("not a capture that I know\n", stderr);
        return 2;
    }
    rv_flat_set_sink(flat, print, stdout);
    while (rv_flat_step(flat) == RV_OK) {
    }
    fprintf(stderr, "%llu frames\n", (unsigned long long)rv_flat_accepted(flat));
    return rv_flat_accepted(flat) == 0;
}

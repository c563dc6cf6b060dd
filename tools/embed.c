// SPDX-License-Identifier: MIT
// embed FOLDER OUT.c: writes the files below FOLDER as a table of server/assets.h, in
// the order of their names, so that the same page gives the same program.
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { max_files = 256 };

static char  *files[max_files];
static size_t n_files;

static int
found(const char *const path, const struct stat *const info, const int type,
      struct FTW *const where)
{
    (void)info;
    (void)where;
    if (type == FTW_F && n_files < max_files) {
        files[n_files++] = strdup(path);
    }
    return 0;
}

static int
by_name(const void *const a, const void *const b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char *
type_of(const char *const path)
{
    static const char *const types[][2] = {
        {".html", "text/html; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
        {".woff2", "font/woff2"},
        {".webmanifest", "application/manifest+json"},
        {".json", "application/json"},
        {".txt", "text/plain; charset=utf-8"},
    };
    const char *const dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof *types; ++i) {
        if (strcmp(dot, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

static int
write_bytes(FILE *const out, const size_t index)
{
    FILE *const in = fopen(files[index], "rb");
    if (!in) {
        perror(files[index]);
        return 1;
    }
    fprintf(out, "static const unsigned char file_%zu[] = {", index);
    size_t n = 0;
    for (int byte; (byte = fgetc(in)) != EOF; ++n) {
        fprintf(out, n % 24 ? "%d," : "\n%d,", byte);
    }
    fprintf(out, "0};\n"); // so that an empty file is an array too
    fclose(in);
    return 0;
}

int
main(const int argc, char **const argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: embed FOLDER OUT.c\n");
        return 2;
    }
    if (nftw(argv[1], found, 8, FTW_PHYS) != 0) {
        perror(argv[1]);
        return 2;
    }
    qsort(files, n_files, sizeof *files, by_name);
    FILE *const out = fopen(argv[2], "w");
    if (!out) {
        perror(argv[2]);
        return 2;
    }
    fprintf(out, "#include \"server/assets.h\"\n");
    for (size_t i = 0; i < n_files; ++i) {
        if (write_bytes(out, i)) {
            return 2;
        }
    }
    fprintf(out, "const rv_asset rv_assets[] = {\n");
    for (size_t i = 0; i < n_files; ++i) {
        fprintf(out, "{\"%s\", \"%s\", file_%zu, sizeof file_%zu - 1},\n",
                files[i] + strlen(argv[1]), type_of(files[i]), i, i);
    }
    fprintf(out, "};\nconst size_t rv_n_assets = %zu;\n", n_files);
    return fclose(out) == 0 ? 0 : 2;
}

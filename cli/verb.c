// SPDX-License-Identifier: MIT
#include "cli/verb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int
rv_misused(const char *const verb, const char *const what)
{
    if (what) {
        fprintf(stderr, "ruview %s: %s\n", verb, what);
    }
    fprintf(stderr, "ruview %s --help tells its usage\n", verb);
    return RV_EXIT_USAGE;
}

bool
rv_output_spares(const char *const verb, const char *const out, const char *const in)
{
    struct stat a, b;
    if (!out || stat(out, &a) != 0 || stat(in, &b) != 0 || a.st_dev != b.st_dev ||
        a.st_ino != b.st_ino || !S_ISREG(a.st_mode)) {
        return true;
    }
    fprintf(stderr, "ruview %s: %s is what is read; choose another name to write to\n",
            verb, out);
    return false;
}

void
rv_output_discard(const char *const path)
{
    struct stat s;
    if (stat(path, &s) == 0 && S_ISREG(s.st_mode)) {
        (void)!remove(path);
    }
}

bool
rv_ends_with(const char *const path, const char *const ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

bool
rv_take_number(const char *const verb, const char *const option, const char *const text,
               const double most, double *const out)
{
    char        *end = NULL;
    const double n   = strtod(text, &end);
    if (end == text || *end != '\0' || !(n >= 0.0 && n <= most)) {
        fprintf(stderr, "ruview %s: %s takes a number from 0 to %.0f, not '%s'\n", verb,
                option, most, text);
        return false;
    }
    *out = n;
    return true;
}

// SPDX-License-Identifier: MIT
#include "bench/count.h"
#include "bench/harness.h"
#include "cli/verb.h"

#include <ruview/math/kernels.h>
#include <ruview/platform/cpu.h>

#include <stdlib.h>
#include <string.h>

static void
print_help(FILE *const out)
{
    const rv_bench_group *group = NULL;
    fputs("usage: ruview bench GROUP... [--json] [--seconds S] [--cpu-mask MASK] "
          "[--thorough] [--count]\n\n"
          "Times what a group names: median, 99th percentile and minimum per call.\n"
          "--seconds S   time for one measurement (0.3)\n"
          "--cpu-mask M  instruction sets to allow: 1 AVX2, 3 AVX-512, 0 baseline, 256 "
          "plain\n"
          "--json        one JSON object per line\n"
          "--thorough    also what takes minutes: a million cycles\n"
          "--count       count instructions; see bench/gate. --repeat R: R times the "
          "work\n\n"
          "Exit codes: 0 all bounds kept, 1 a bound was not kept, 2 wrong usage.\n\n"
          "groups:\n  all\n",
          out);
    for (uint32_t i = 0; (group = rv_bench_group_at(i)) != NULL; ++i) {
        fprintf(out, "  %-10s %s\n", group->name, group->help);
    }
}

// A stage that is timed inside a group of another name
static const char *
group_of(const char *const name)
{
    static const char *const also[][2] = {{"tomography", "room"},
                                          {"tracker", "people"}};
    for (size_t i = 0; i < sizeof also / sizeof *also; ++i) {
        if (strcmp(name, also[i][0]) == 0) {
            return also[i][1];
        }
    }
    return name;
}

// Number of groups run: 0 when none has that name
static int
run_group(const char *const name, rv_bench *const b)
{
    const rv_bench_group *group = NULL;
    int                   n     = 0;
    for (uint32_t i = 0; (group = rv_bench_group_at(i)) != NULL; ++i) {
        if (strcmp(name, "all") == 0 || strcmp(name, group->name) == 0) {
            b->group = group->name;
            group->run(b);
            ++n;
        }
    }
    return n;
}

int
rv_verb_bench(const int argc, char **const argv)
{
    rv_bench b = {.cpu_mask = rv_cpu_mask()};
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--help") == 0) {
            print_help(stdout);
            return RV_EXIT_OK;
        }
        if (strcmp(argv[i], "--json") == 0) {
            b.json = true;
        } else if (strcmp(argv[i], "--thorough") == 0) {
            b.thorough = true;
        } else if (strcmp(argv[i], "--count") == 0) {
            b.counting = true;
        } else if (strcmp(argv[i], "--repeat") == 0 && i + 1 < argc) {
            b.repeat = strtod(argv[++i], NULL);
        } else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc) {
            b.seconds = strtod(argv[++i], NULL);
        } else if (strcmp(argv[i], "--cpu-mask") == 0 && i + 1 < argc) {
            const uint32_t wanted = (uint32_t)strtoul(argv[++i], NULL, 0);
            b.cpu_mask            = wanted & (rv_cpu_mask() | RV_CPU_PLAIN);
        } else if (argv[i][0] == '-') {
            fprintf(stderr, "ruview bench: there is no option '%s'\n", argv[i]);
            return RV_EXIT_USAGE;
        }
    }
    if (b.counting && !rv_count_is_on()) {
        fputs("ruview bench: nobody counts; use bench/gate\n", stderr);
        return RV_EXIT_USAGE;
    }
    int n = 0;
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--seconds") == 0 || strcmp(argv[i], "--cpu-mask") == 0 ||
            strcmp(argv[i], "--repeat") == 0) {
            ++i;
        } else if (argv[i][0] != '-') {
            const int more = run_group(group_of(argv[i]), &b);
            if (more == 0) {
                fprintf(stderr, "ruview bench: there is no group '%s'\n", argv[i]);
                return RV_EXIT_USAGE;
            }
            n += more;
        }
    }
    if (n == 0) {
        return rv_misused("bench", "name a GROUP");
    }
    return b.n_over > 0 ? RV_EXIT_NEGATIVE : RV_EXIT_OK;
}

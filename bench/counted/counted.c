// SPDX-License-Identifier: MIT
// counted GROUP...: the groups of `ruview bench` that need neither files nor threads,
// counting instructions. A program of its own, because a build for another CPU has not
// the libraries of the ruview program; bench/project runs it under an emulator.
#include "bench/count.h"
#include "bench/harness.h"

#include <string.h>

int
main(const int argc, char **const argv)
{
    rv_bench b = {.counting = true};
    if (!rv_count_is_on()) {
        fputs("counted: nobody counts; use bench/project\n", stderr);
        return 2;
    }
    for (int i = 1; i < argc; ++i) {
        const rv_bench_group *group = NULL;
        for (uint32_t k = 0; (group = rv_bench_group_at(k)) != NULL; ++k) {
            if (strcmp(argv[i], group->name) == 0) {
                b.group = group->name;
                group->run(&b);
            }
        }
    }
    return 0;
}

// SPDX-License-Identifier: MIT
#include "cli/verb.h"

#include <ruview/base/version.h>

#include <stdio.h>

int
rv_verb_version(const int argc, char **const argv)
{
    (void)argc;
    (void)argv;
    printf("ruview %s, C ABI %d, record format %d, digest epoch %d\n", RV_VERSION,
           RV_ABI_VERSION, RV_RECORD_FORMAT, RV_DIGEST_EPOCH);
    return RV_EXIT_OK;
}

// SPDX-License-Identifier: MIT
/**
   @file fuzz.h
   What the fuzzers have in common. Every harness is one function that libFuzzer knows;
   the replay program calls the same function in the default tests.
*/
#ifndef RV_TESTS_FUZZ_H
#define RV_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/// Ends the process when something that must hold does not, in every build
#define MUST(condition)                                                                \
    do {                                                                               \
        if (!(condition)) {                                                            \
            fprintf(stderr, "%s:%d: must hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                   \
        }                                                                              \
    } while (0)

#endif // RV_TESTS_FUZZ_H

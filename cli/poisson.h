// SPDX-License-Identifier: MIT
/**
   @file poisson.h
   What a count of rare events allows to be said about their rate.
*/
#ifndef RV_CLI_POISSON_H
#define RV_CLI_POISSON_H

#include <stdint.h>

/// Largest mean of a Poisson count that gives `n` or fewer once in twenty (Wilson and
/// Hilferty, "The distribution of chi-square", PNAS 1931; exact for none)
double rv_poisson_below(uint32_t n);

#endif // RV_CLI_POISSON_H

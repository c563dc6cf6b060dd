// SPDX-License-Identifier: MIT
// Written by tools/gen_elementary.py; do not edit.
#ifndef RV_MATH_ELEMENTARY_TABLES_H
#define RV_MATH_ELEMENTARY_TABLES_H

#include <stdint.h>

// (sin r / r - 1) / u, u = r^2, |r| <= pi/4; error < 2^-45.7
static const double sin_f32[5] = {
    -0x1.555555555516bp-3, 0x1.1111110fd3d39p-7,   -0x1.a019fd9b346d6p-13,
    0x1.71d9a9f2f92d5p-19, -0x1.aa285701d01b8p-26,
};

// (cos r - 1 + u/2) / u^2, u = r^2, |r| <= pi/4; error < 2^-50.2
static const double cos_f32[5] = {
    0x1.5555555555437p-5,   -0x1.6c16c16b614f7p-10, 0x1.a019ff53a5c59p-16,
    -0x1.27e25f4b0e51ap-22, 0x1.1c81c305f942cp-29,
};

// (atan t / t - 1) / u, u = t^2, |t| <= sqrt 2 - 1; error < 2^-43.2
static const double atan_f32[8] = {
    -0x1.5555555552617p-2, 0x1.999999885eba1p-3,  -0x1.249240dab6c36p-3,
    0x1.c7196390b8f13p-4,  -0x1.7415b6398c9aep-4, 0x1.377e1a8d965c1p-4,
    -0x1.edc1c2341db5ap-5, 0x1.0dfb56562ec47p-5,
};

// (exp r - 1 - r) / r^2, |r| <= ln 2 / 2; error < 2^-44.0
static const double exp_f32[8] = {
    0x1.fffffffffe069p-2,  0x1.5555555554f97p-3,  0x1.55555565c5602p-5,
    0x1.111111170ad7ap-7,  0x1.6c166be7451fep-10, 0x1.a019c3721025ap-13,
    0x1.a136b08f4d167p-16, 0x1.72ad3afdd48dep-19,
};

// (ln((1+s)/(1-s)) / s - 2) / z, z = s^2, |s| <= 3 - 2 sqrt 2; error < 2^-42.1
static const double log_f32[5] = {
    0x1.5555555564e97p-1, 0x1.999998cafb89ap-2, 0x1.249323e52bb61p-2,
    0x1.c67ad9d7f596cp-3, 0x1.8c8c150c31d08p-3,
};

// (sin r / r - 1) / u, u = r^2, |r| <= pi/4; error < 2^-57.3
static const double sin_f64[7] = {
    -0x1.5555555555555p-3,  0x1.1111111111110p-7,   -0x1.a01a01a019938p-13,
    0x1.71de3a5460952p-19,  -0x1.ae645412c4787p-26, 0x1.61217f0ac7f98p-33,
    -0x1.ab17d3985bccep-41,
};

// (cos r - 1 + u/2) / u^2, u = r^2, |r| <= pi/4; error < 2^-60.0
static const double cos_f64[7] = {
    0x1.5555555555555p-5,   -0x1.6c16c16c16c16p-10, 0x1.a01a01a019d0ap-16,
    -0x1.27e4fb7712d61p-22, 0x1.1eed8deb97423p-29,  -0x1.9394ba0c332d9p-37,
    0x1.ab785aa02d659p-45,
};

// (atan t / t - 1) / u, u = t^2, |t| <= sqrt 2 - 1; error < 2^-58.2
static const double atan_f64[12] = {
    -0x1.5555555555555p-2, 0x1.9999999999953p-3,  -0x1.249249248d7edp-3,
    0x1.c71c71c304b25p-4,  -0x1.745d165df329bp-4, 0x1.3b1392d9d0130p-4,
    -0x1.110e8808d52b6p-4, 0x1.e19a139427a48p-5,  -0x1.ac7a9274c8714p-5,
    0x1.74ddcf11bfbf7p-5,  -0x1.1b33ac5ef371dp-5, 0x1.0ad34df8613e1p-6,
};

// (exp r - 1 - r) / r^2, |r| <= ln 2 / 2; error < 2^-61.6
static const double exp_f64[11] = {
    0x1p-1,
    0x1.5555555555557p-3,
    0x1.5555555555556p-5,
    0x1.11111111100dfp-7,
    0x1.6c16c16c162d6p-10,
    0x1.a01a01abe6323p-13,
    0x1.a01a01a6d7831p-16,
    0x1.71de0237484cdp-19,
    0x1.27e4db67ac2b0p-22,
    0x1.af4ddda1c08cdp-26,
    0x1.1f72fc83bcbc7p-29,
};

// (ln((1+s)/(1-s)) / s - 2) / z, z = s^2, |s| <= 3 - 2 sqrt 2; error < 2^-59.7
static const double log_f64[8] = {
    0x1.5555555555555p-1, 0x1.9999999999a38p-2, 0x1.2492492476ccap-2,
    0x1.c71c7201593cap-3, 0x1.745cf9047e55ep-3, 0x1.3b1c355ddb480p-3,
    0x1.0fbe957ed02d3p-3, 0x1.0c039fe4bea01p-3,
};

static const double half_pi_parts[4] = {
    // parts of (33, 33, 33, 53) bits
    0x1.921fb54400000p+0,
    0x1.0b4611a600000p-34,
    0x1.3198a2e000000p-69,
    0x1.b839a252049c1p-104,
};

static const double ln2_parts[2] = {
    // parts of (32, 53) bits
    0x1.62e42fee00000p-1,
    0x1.a39ef35793c76p-33,
};

static const double two_over_pi  = 0x1.45f306dc9c883p-1;
static const double inv_ln2      = 0x1.71547652b82fep+0;
static const double ln2          = 0x1.62e42fefa39efp-1;
static const double log10_e      = 0x1.bcb7b1526e50ep-2;
static const double pi_hi        = 0x1.921fb54442d18p+1;
static const double pi_lo        = 0x1.1a62633145c07p-53;
static const double half_pi_rest = 0x1.0b4611a626331p-34; // beyond part 0
static const double round_shift  = 0x1.8p52; // adding it rounds to a whole number

// 2/pi: 1216 bits after the point, the most significant word first
static const uint32_t two_over_pi_bits[38] = {
    0xa2f9836eU, 0x4e441529U, 0xfc2757d1U, 0xf534ddc0U, 0xdb629599U, 0x3c439041U,
    0xfe5163abU, 0xdebbc561U, 0xb7246e3aU, 0x424dd2e0U, 0x06492eeaU, 0x09d1921cU,
    0xfe1deb1cU, 0xb129a73eU, 0xe88235f5U, 0x2ebb4484U, 0xe99c7026U, 0xb45f7e41U,
    0x3991d639U, 0x835339f4U, 0x9c845f8bU, 0xbdf9283bU, 0x1ff897ffU, 0xde05980fU,
    0xef2f118bU, 0x5a0a6d1fU, 0x6d367ecfU, 0x27cb09b7U, 0x4f463f66U, 0x9e5fea2dU,
    0x7527bac7U, 0xebe5f17bU, 0x3d0739f7U, 0x8a5292eaU, 0x6bfb5fb1U, 0x1f8d5d08U,
    0x56033046U, 0xfc7b6babU,
};

#endif // RV_MATH_ELEMENTARY_TABLES_H

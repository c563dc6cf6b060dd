// SPDX-License-Identifier: MIT
/**
   @file rotation.h
   Randomised rotation of embeddings, R = H D: random signs, then the orthonormal
   Walsh-Hadamard transform. After it every coordinate carries a share of everything, so
   that signs are worth keeping.

   Source     "Approximate Nearest Neighbors and the Fast Johnson-Lindenstrauss
              Transform", STOC 2006 (H D); three rounds: "Practical and Optimal LSH for
              Angular Distance", NIPS 2015, section 4.
   Keying     A site's seed comes from its secret by BLAKE3 in keyed mode, so that
              sketches of two sites cannot be compared.
   Exactness  Adds and subtracts in butterfly order, one multiplication per round.
*/
#ifndef RV_PEOPLE_ROTATION_H
#define RV_PEOPLE_ROTATION_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_ROTATION_MAX_DIM    = 1024,
    RV_ROTATION_MAX_ROUNDS = 3,
};

typedef struct {
    uint32_t dim;    ///< 0..RV_ROTATION_MAX_DIM
    uint32_t padded; ///< Next power of two, >= 1
    uint32_t rounds; ///< 1..3
    float    scale;  ///< 1 / sqrt(padded)
    uint8_t  minus[RV_ROTATION_MAX_ROUNDS][RV_ROTATION_MAX_DIM / 8]; ///< Sign bits
} rv_site_rotation;

/// @param rounds  1 is the wire-compatible rotation; 3 hides structure, too
RV_API RV_NODISCARD rv_status rv_rotation_init(rv_site_rotation *self, uint64_t seed,
                                               uint32_t dim, uint32_t rounds);

/// Seed of a site from its 32-byte secret and the version of the embedding model
RV_API uint64_t rv_rotation_site_seed(const uint8_t secret[32], uint32_t version);

/**
   Rotate.

   @param x    I  [n]; beyond `dim` ignored, missing ones are 0.
   @param out  O  [padded] rotated; the first `dim` are the plain variant.
*/
RV_API RV_REALTIME void rv_rotation_apply(const rv_site_rotation *self, const float *x,
                                          uint32_t n, float *out);

RV_END_DECLS

#endif // RV_PEOPLE_ROTATION_H

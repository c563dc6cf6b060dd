// SPDX-License-Identifier: MIT
/**
   @file sketch_bank.h
   Who of those known is nearest? Sketches of one dimension and version with the
   embeddings they were made from: an exact search over the bits, a prefilter over the
   bits with exact re-ranking, and an answer that may be `unknown`.

   Method     All distances of a block by one kernel, then a max-heap of the k best on
              (distance, index). Exact: equal to sorting everything.
   Exactness  Integers; cosines are one division of left-to-right sums; ties go to what
              was inserted first.
*/
#ifndef RV_PEOPLE_SKETCH_BANK_H
#define RV_PEOPLE_SKETCH_BANK_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_SKETCH_BANK_MAX_DIM = 1024,
    RV_SKETCH_BANK_MAX_K   = 64,
};

typedef struct {
    uint32_t capacity; ///< Sketches, 1..2^24 (1024)
    uint32_t dim;      ///< Of the sketch, 1..RV_SKETCH_BANK_MAX_DIM (128)
    uint16_t version;  ///< Of the embedding model
    bool     exact;    ///< Keep the embeddings, too: [capacity][dim] floats (true)
    uint32_t factor;   ///< Candidates per wanted result of the prefilter, >= 1 (32: of
                       ///< the best eight in clusters of 512 it finds 0.92; 8 finds
                       ///< 0.56)
    uint32_t direct;   ///< Up to this many entries search embeddings directly (2048:
                       ///< where a prefilter of 32 begins to win; `bench sketch`)
    float    margin;   ///< Cosine by which the best must beat another identity (0.1)
    float    floor;    ///< Least cosine to be somebody known (0.7)
    uint32_t cpu_mask; ///< Instruction sets allowed; 0 baseline
} rv_sketch_bank_config;

/// One result
typedef struct {
    uint32_t id;
    uint32_t index;    ///< Order of insertion
    uint32_t distance; ///< Bits that differ
    float    cosine;   ///< Set by rv_sketch_bank_search; else 0
} rv_sketch_match;

typedef struct {
    rv_sketch_bank_config cfg;
    uint32_t              count;
    size_t                row_bytes; ///< Bytes of a sketch, rounded up to 8
    uint8_t              *bits;      ///< [capacity][row_bytes]
    float                *value;     ///< [capacity][dim] unit length, or NULL
    uint32_t             *id;        ///< [capacity]
} rv_sketch_bank;

/// Who is it?
typedef struct {
    rv_reason reason; ///< NONE; NO_DATA (empty bank), LOW_QUALITY (nobody near enough),
                      ///< AMBIGUOUS (two identities fit)
    uint32_t id;
    float    cosine, margin;
} rv_identity;

RV_API rv_sketch_bank_config rv_sketch_bank_config_default(void);

/// Bytes of memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_sketch_bank_size(const rv_sketch_bank_config *cfg,
                                                  size_t                      *n_bytes);

/// Begin in caller memory of rv_sketch_bank_size() bytes aligned to 64, lent until the
/// last use. ERR_CONFIG; ERR_MEMORY (null, unaligned or short); on error nothing has
/// changed.
RV_API RV_NODISCARD rv_status rv_sketch_bank_init(rv_sketch_bank              *self,
                                                  const rv_sketch_bank_config *cfg,
                                                  void *mem, size_t n_bytes);

/**
   Insert what rv_sketch_quantise() made.

   @param value  I  [dim] the embedding; may be NULL when the bank keeps none.
   @return ERR_SHAPE for another dimension, ERR_DIFFERENT for another version, ERR_FULL,
           ERR_NONFINITE (or an embedding of length 0); then nothing has changed.
*/
RV_API RV_NODISCARD rv_status rv_sketch_bank_insert(rv_sketch_bank *self, uint32_t id,
                                                    const uint8_t *bits, uint32_t dim,
                                                    uint16_t     version,
                                                    const float *value);

/// Forget everything
RV_API void rv_sketch_bank_clear(rv_sketch_bank *self);

/**
   The k nearest in bits, nearest first, ties by insertion.

   @param out  O  [k]
   @param n    O  Results, min(k, count).
   @return ERR_SHAPE, ERR_DIFFERENT, ERR_RANGE (k > RV_SKETCH_BANK_MAX_K).
*/
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_sketch_bank_nearest(const rv_sketch_bank *self, const uint8_t *bits, uint32_t dim,
                       uint16_t version, uint32_t k, rv_sketch_match *out, uint32_t *n);

/**
   The k of greatest cosine: exactly over all embeddings when the bank is small, else
   among factor x k candidates nearest in bits.

   @param value  I  [dim] query embedding; `bits` its sketch.
   @return ERR_STATE when the bank keeps no embeddings; ERR_NONFINITE; ERR_RANGE.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_sketch_bank_search(
    const rv_sketch_bank *self, const float *value, const uint8_t *bits, uint32_t k,
    rv_sketch_match *out, uint32_t *n);

/// Best identity with its margin over the best other identity, or why there is none
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_sketch_bank_identify(const rv_sketch_bank *self, const float *value,
                        const uint8_t *bits, rv_identity *out);

/// Least share of bits that differ from anything known, 0..1; 1 when nothing is known
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_sketch_bank_novelty(const rv_sketch_bank *self, const uint8_t *bits, uint32_t dim,
                       uint16_t version, float *novelty);

RV_END_DECLS

#endif // RV_PEOPLE_SKETCH_BANK_H

// SPDX-License-Identifier: MIT
/**
   @file identity.h
   Those who were known in this run by their signatures, and who of them somebody is.

   Place      After gait.h; settles who is who after a meeting, and knows people again
              who were lost. Lives in memory for one run; nothing of it is published but
              the answer, and that through the privacy gate.
   Exactness  Dot products left to right; ties go to who was enrolled first.
*/
#ifndef RV_PEOPLE_IDENTITY_H
#define RV_PEOPLE_IDENTITY_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/people/gait.h>
#include <ruview/people/sketch_bank.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_IDENTITY_MAX = 32, ///< Known at once; the oldest is forgotten
};

typedef struct {
    float    needed; ///< Log odds for any answer [nats] (4.6: 99 : 1)
    float    stray;  ///< Share of measurements that are of something else (0.02)
    uint32_t n[RV_GAIT_FEATURES];     ///< Numbers of each feature
    float    most[RV_GAIT_FEATURES];  ///< Most that it tells [nats]
    float    share[RV_GAIT_FEATURES]; ///< Of its scatter that is between people
    uint32_t count, next;
    uint32_t id[RV_IDENTITY_MAX];
    float    value[RV_IDENTITY_MAX][RV_GAIT_DIM];
} rv_identity_store;

/// How like two signatures are
typedef struct {
    float odds;   ///< Log odds of "the same" against "anybody else" [nats]
    float cosine; ///< Of the whole signatures
    bool  fits;   ///< The same person would differ so much in 99 % of cases
} rv_likeness;

/// An empty store with its defaults for signatures made so
RV_API void rv_identity_begin(rv_identity_store *self, const rv_gait_config *gait);

/// Remember, or renew, the signature of `id`, of length 1
RV_API void rv_identity_enrol(rv_identity_store *self, uint32_t id, const float *value);

/**
   Compare two signatures: per feature that both have,
   ln((1 - stray) N(d; 2 s^2) / N(d; 2 s^2 + 2 b^2) + stray), where d is their
   difference, s its scatter within a person and b between people ("Probabilistic Linear
   Discriminant Analysis for Inferences About Identity", ICCV 2007, for one dimension).
*/
RV_API RV_REALTIME rv_likeness rv_identity_likeness(const rv_identity_store *self,
                                                    const float *a, const float *b);

/**
   Who is it?

   @param value        I  [RV_GAIT_DIM] of length 1.
   @param among        I  [n_among] who it can be; NULL: anybody known.
   @param may_be_new   It can also be somebody never seen.
   @return reason NONE: `id`, with log odds of `needed` against all others together.
           NO_DATA: nobody to compare with, or one of `among` is not known. LOW_QUALITY:
           nobody fits, or not so well that it could not be somebody new. AMBIGUOUS: two
           are near. Cosine and margin are those of the nearest, whatever the reason.
*/
RV_API RV_REALTIME rv_identity rv_identity_who(const rv_identity_store *self,
                                               const float             *value,
                                               const uint32_t *among, uint32_t n_among,
                                               bool may_be_new);

RV_END_DECLS

#endif // RV_PEOPLE_IDENTITY_H

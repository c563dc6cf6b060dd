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

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_IDENTITY_MAX = 32, ///< Known at once; the oldest is forgotten
};

typedef struct {
    float    information; ///< Of the signatures, rv_gait_information() [nats]
    float    needed;      ///< Least information for any answer [nats] (4.6: 99 : 1)
    float    floor;       ///< Least cosine to be somebody known (0.8)
    float    margin;      ///< By which the best must beat the next (0.5)
    uint32_t count, next;
    uint32_t id[RV_IDENTITY_MAX];
    float    value[RV_IDENTITY_MAX][RV_GAIT_DIM];
} rv_identity_store;

/// An empty store with its defaults for signatures made so
RV_API void rv_identity_begin(rv_identity_store *self, const rv_gait_config *gait);

/// Remember, or renew, the signature of `id`, of length 1
RV_API void rv_identity_enrol(rv_identity_store *self, uint32_t id, const float *value);

/**
   Who is it?

   @param value        I  [RV_GAIT_DIM] of length 1.
   @param among        I  [n_among] who it can be; NULL: anybody known but `except`.
   @param except       Not this one; 0 nobody.
   @return reason NONE: `id`. NO_DATA: nobody to compare with, or one of `among` is not
           known. LOW_QUALITY: nobody is near enough, or no signature of this kind could
           tell people apart. AMBIGUOUS: two are near. Cosine and
           margin are those of the nearest, whatever the reason.
*/
RV_API RV_REALTIME rv_identity rv_identity_who(const rv_identity_store *self,
                                               const float             *value,
                                               const uint32_t *among, uint32_t n_among,
                                               uint32_t except);

RV_END_DECLS

#endif // RV_PEOPLE_IDENTITY_H

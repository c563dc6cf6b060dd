// SPDX-License-Identifier: MIT
/**
   @file record_diff.h
   Where two records first differ: the field by name and both values as text.
*/
#ifndef RV_TRUST_RECORD_DIFF_H
#define RV_TRUST_RECORD_DIFF_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

enum { RV_DIFF_TEXT = 96 };

/// All texts end in zero
typedef struct {
    char path[RV_DIFF_TEXT]; ///< "links[3].coherence.value"
    char first[RV_DIFF_TEXT];
    char second[RV_DIFF_TEXT];
} rv_record_difference;

/**
   Compare two records field by field in canonical order; floats by their bits.

   @return OK: equal. ERR_DIFFERENT: `difference` says where.
*/
RV_API RV_NODISCARD rv_status rv_record_diff(const rv_record *a, const rv_record *b,
                                             rv_record_difference *difference);

RV_END_DECLS

#endif // RV_TRUST_RECORD_DIFF_H

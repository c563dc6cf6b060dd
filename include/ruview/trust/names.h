// SPDX-License-Identifier: MIT
/**
   @file names.h
   One name on every output for each enumeration of the record; "?" for numbers outside.
*/
#ifndef RV_TRUST_NAMES_H
#define RV_TRUST_NAMES_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

enum { RV_N_FLAGS = 15 }; ///< RV_FLAG_* are the bits 0..14

RV_API RV_CONST const char *rv_class_name(rv_privacy_class value);
RV_API RV_CONST const char *rv_mode_name(rv_privacy_mode value);
RV_API RV_CONST const char *rv_gate_name(rv_gate_decision value);
RV_API RV_CONST const char *rv_track_state_name(rv_track_state value);
RV_API RV_CONST const char *rv_anchor_name(rv_anchor_class value);
RV_API RV_CONST const char *rv_event_name(rv_event_kind value);
RV_API RV_CONST const char *rv_keypoint_name(unsigned index); ///< COCO order
RV_API RV_CONST const char *rv_flag_name(unsigned bit);       ///< 0..RV_N_FLAGS-1

/// Mode of that name; ERR_NOT_FOUND
RV_API RV_NODISCARD rv_status rv_mode_parse(const char *name, rv_privacy_mode *mode);

RV_END_DECLS

#endif // RV_TRUST_NAMES_H

// SPDX-License-Identifier: MIT
/**
   @file json_scan.h
   Members of one flat JSON object, scanned in place and strictly (RFC 8259); nested
   values come as their text.
*/
#ifndef RV_CAPTURE_JSON_SCAN_H
#define RV_CAPTURE_JSON_SCAN_H

#include "capture/scan.h"

/// What a value is
typedef enum {
    RV_SCAN_STRING, ///< text: between the quotes, escapes not resolved
    RV_SCAN_NUMBER,
    RV_SCAN_WORD,   ///< true, false, null
    RV_SCAN_ARRAY,  ///< text: with its brackets
    RV_SCAN_OBJECT, ///< text: with its braces
} rv_scan_json_type;

/// One member of an object
typedef struct {
    rv_text           key;
    rv_scan_json_type type;
    rv_text           text;
} rv_scan_json_member;

/// Begin: `t` must hold exactly one object, blanks around it allowed
bool rv_scan_json_open(rv_text *t);

/// What a step through an object came to
typedef enum { RV_SCAN_MEMBER, RV_SCAN_DONE, RV_SCAN_BAD } rv_scan_json_step;

/// Next member; DONE when the object closed and nothing follows
rv_scan_json_step rv_scan_json_next(rv_text *t, rv_scan_json_member *member);

/// Next number of an array's text (with brackets); DONE at its end
rv_scan_json_step rv_scan_json_next_number(rv_text *array, rv_text *number);

#endif // RV_CAPTURE_JSON_SCAN_H

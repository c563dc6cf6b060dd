// SPDX-License-Identifier: MIT
/**
   @file json_parts.h
   The parts of a record in JSON that json_record.c puts together.
*/
#ifndef RV_PUBLISH_JSON_PARTS_H
#define RV_PUBLISH_JSON_PARTS_H

#include "publish/json_writer.h"

#include <ruview/trust/record.h>

void rv_json_tristate(rv_json *json, rv_tristate value);
void rv_json_answer(rv_json *json, rv_tristate value, float quality, rv_reason reason);
void rv_json_estimate(rv_json *json, rv_estimate estimate);
#define rv_json_member_estimate(json, literal, estimate)                               \
    do {                                                                               \
        rv_json_key((json), literal);                                                  \
        rv_json_estimate((json), (estimate));                                          \
    } while (0)
#define rv_json_member_reason(json, literal, reason)                                   \
    do {                                                                               \
        rv_json_key((json), literal);                                                  \
        rv_json_name((json), rv_reason_name(reason));                                  \
    } while (0)

/// Three shortest floats as [x,y,z]
void rv_json_vector(rv_json *json, const float v[3]);

/// Members with their keys
void rv_json_nodes(rv_json *json, const rv_record *record);
void rv_json_links(rv_json *json, const rv_record *record);
void rv_json_persons(rv_json *json, const rv_record *record);
void rv_json_map(rv_json *json, const rv_record *record);
void rv_json_events(rv_json *json, const rv_record *record);
void rv_json_event_members(rv_json *json, const rv_record_event *event);

#endif // RV_PUBLISH_JSON_PARTS_H

// SPDX-License-Identifier: MIT
/**
   @file json_world_parts.h
   One item of the world as JSON; json_world.c puts them in order.
*/
#ifndef RV_PUBLISH_JSON_WORLD_PARTS_H
#define RV_PUBLISH_JSON_WORLD_PARTS_H

#include "publish/json_writer.h"

#include <ruview/world/world.h>

#define KEY(j, literal) rv_json_key((j), literal)

/// A float as other implementations write it: always with a point or an exponent
void rv_json_world_f32(rv_json *json, float value);

/// `is_bare`: only what the format of other implementations has
void rv_json_world_node(rv_json *json, const rv_world_node *node, bool is_bare);
void rv_json_world_past(rv_json *json, const rv_world_past *past);
void rv_json_world_event(rv_json *json, const rv_world_event *event);

#endif // RV_PUBLISH_JSON_WORLD_PARTS_H

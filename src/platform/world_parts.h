// SPDX-License-Identifier: MIT
/**
   @file world_parts.h
   The parts of a snapshot of the world, for world_restore.c. What does not read as it
   must sets the object's `bad`.
*/
#ifndef RV_PLATFORM_WORLD_PARTS_H
#define RV_PLATFORM_WORLD_PARTS_H

#include "platform/json_object.h"

#include <ruview/world/world.h>

/// "cal:<16 hex>" or "cal:none", with its prefix
uint64_t rv_world_get_version(rv_object *o, const char *key, const char *prefix);

/// What is believed; 0 when it is unknown
float rv_world_get_value(rv_object *o, rv_reason reason);

/// The fields that the node's kind has
void rv_world_get_node(rv_object *o, rv_world_node *n);

/// The fields that the edge's relation has
void rv_world_get_edge(rv_object *o, rv_world_edge *e);

#endif // RV_PLATFORM_WORLD_PARTS_H

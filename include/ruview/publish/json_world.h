// SPDX-License-Identifier: MIT
/**
   @file json_world.h
   The world as canonical JSON: nodes by id (those of the rings among them), edges by
   (from, to, relation). The same world gives the same bytes, however it came about.
   There is never raw signal in it, because there is none in the world.
*/
#ifndef RV_PUBLISH_JSON_WORLD_H
#define RV_PUBLISH_JSON_WORLD_H

#include <ruview/world/world.h>

RV_BEGIN_DECLS

/// Where the room frame lies on the earth
typedef struct {
    double lat_deg, lon_deg, alt_m, heading_deg, scale;
} rv_registration;

/// Snapshot of a bare graph; conventions of rv_json_record. Sorts the graph's edges.
RV_API RV_NODISCARD rv_status rv_json_graph(rv_graph              *graph,
                                            const rv_registration *registration,
                                            char *out, size_t *n_bytes);

/// Snapshot of a world with its rings and what it needs to go on
RV_API RV_NODISCARD rv_status rv_json_world(rv_world              *world,
                                            const rv_registration *registration,
                                            char *out, size_t *n_bytes);

RV_END_DECLS

#endif // RV_PUBLISH_JSON_WORLD_H

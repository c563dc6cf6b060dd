// SPDX-License-Identifier: MIT
/**
   @file world_restore.h
   Reads the snapshots that publish/json_world.h writes. Strict: another schema version,
   an id that is given again, an end of an edge that is missing, a number that is not
   finite are refused, and the target is then not to be used.
*/
#ifndef RV_PLATFORM_WORLD_RESTORE_H
#define RV_PLATFORM_WORLD_RESTORE_H

#include <ruview/publish/json_world.h>

/// Into a fresh graph. ERR_VALUE, ERR_UNSUPPORTED (schema version), ERR_RANGE
/// (next_id)…
rv_status rv_graph_restore(rv_graph *graph, rv_registration *registration,
                           const char *text, size_t n_bytes);

/// Into a fresh world; goes on exactly where the snapshot was taken
rv_status rv_world_restore(rv_world *world, rv_registration *registration,
                           const char *text, size_t n_bytes);

#endif // RV_PLATFORM_WORLD_RESTORE_H

// SPDX-License-Identifier: MIT
/**
   @file views.h
   REST answers that are parts of the latest record. Each view is a function of bytes
   that passed the privacy gate, so none can show more than the record does. What the
   record does not know is null.
*/
#ifndef RV_SERVER_VIEWS_H
#define RV_SERVER_VIEWS_H

#include <jansson.h>
#include <stdint.h>

/// Facts of the server itself that stand in some answers
typedef struct {
    const char *version;
    uint32_t    clients;
    double      uptime_s;
    double      rate_hz; ///< Records per second; negative: unknown
} rv_view_facts;

/**
   Make one answer.

   @param record   The latest `sensing_update`; NULL: none, or too old.
   @param hello    The latest `hello`; may be NULL.
   @param metrics  The latest `metrics`; may be NULL.
   @return A new object; NULL: no memory.
*/
typedef json_t *rv_view_fn(const json_t *record, const json_t *hello,
                           const json_t *metrics, const rv_view_facts *facts);

rv_view_fn rv_view_health, rv_view_components, rv_view_status, rv_view_info,
    rv_view_system, rv_view_nodes, rv_view_mesh, rv_view_vital_signs, rv_view_pose,
    rv_view_pose_stats, rv_view_zones, rv_view_stream, rv_view_privacy, rv_view_version;

/// Sync object of one node; NULL with `*why` "unknown_node" or "no_sync"
json_t *rv_view_node_sync(const json_t *record, long node, const char **why);

/// The record as the pose stream tells it (`pose_data`)
json_t *rv_view_pose_data(const json_t *record);

/// True when the record says that frames arrive
int rv_view_is_live(const json_t *record);

#endif // RV_SERVER_VIEWS_H

// SPDX-License-Identifier: MIT
/**
   @file array.h
   Which nodes take part in a cycle's view, and which one contradicts the others. State
   per node, so that hysteresis works; measured clocks, not declared ones.

   Place      stage 4.
*/
#ifndef RV_FUSION_ARRAY_H
#define RV_FUSION_ARRAY_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/fusion/clock.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum { RV_ARRAY_NODES = 16 };

typedef enum { RV_ARRAY_OUT, RV_ARRAY_WATCHED, RV_ARRAY_IN } rv_array_part;

/// Start from rv_array_config_default()
typedef struct {
    float coherence;     ///< A node comes in at this coherence, 0..1 (0.7)
    float hysteresis;    ///< and goes out this much below (0.05)
    float spread_us;     ///< Placing uncertainty up to which a node is in (20 ms)
    float spread_max_us; ///< and up to which it is watched (60 ms)
    float outlier;       ///< Leave-one-out sigmas that are a contradiction (3)
    float outlier_floor; ///< Least sigma of coherence in that test (0.05)
} rv_array_config;

typedef struct {
    rv_array_config cfg;
    bool            open[RV_ARRAY_NODES]; ///< Coherence gate per node
} rv_array;

/// One node's evidence in one cycle
typedef struct {
    rv_clock_state clock;
    rv_estimate    coherence;
} rv_array_node;

typedef struct {
    uint32_t      n_in, n_watched;
    rv_array_part part[RV_ARRAY_NODES];
    rv_reason     why[RV_ARRAY_NODES];    ///< NONE when in
    float         weight[RV_ARRAY_NODES]; ///< Sums to 1 over nodes in
    float         sigma[RV_ARRAY_NODES];  ///< Leave-one-out sigmas below the others
    int16_t       contradicts;            ///< Node farthest below the others; -1 none
    rv_estimate   spread_us;              ///< Largest placing uncertainty of nodes in
} rv_array_result;

RV_API rv_array_config rv_array_config_default(void);
/// Begin with every node out
RV_API void rv_array_init(rv_array *self, const rv_array_config *cfg);

/// One cycle over `n` <= RV_ARRAY_NODES nodes. ERR_RANGE.
RV_API RV_REALTIME RV_NODISCARD rv_status rv_array_push(rv_array            *self,
                                                        const rv_array_node *node,
                                                        uint32_t             n,
                                                        rv_array_result     *result);

RV_END_DECLS

#endif // RV_FUSION_ARRAY_H

// SPDX-License-Identifier: MIT
/**
   @file stages.h
   The stages of the pipeline in their order, with their time budgets: one list that the
   engine, the metrics, the benchmark and the digests share.
*/
#ifndef RV_ENGINE_STAGES_H
#define RV_ENGINE_STAGES_H

#include <ruview/base/attributes.h>

#include <stdint.h>

RV_BEGIN_DECLS

/// X(name, wire name, budget of the product's design [us]). INGEST to ALIGN are
/// measured per frame, the others per cycle.
#define RV_STAGE_LIST(X)                                                               \
    X(INGEST, "ingest", 2000)                                                          \
    X(CALIBRATE, "calibrate", 2000)                                                    \
    X(ALIGN, "align", 1000)                                                            \
    X(FUSE, "fuse", 2000)                                                              \
    X(CIR, "cir", 15000)                                                               \
    X(GATE, "gate", 2000)                                                              \
    X(ROOM, "room", 8000)                                                              \
    X(VITAL, "vital", 2000)                                                            \
    X(PEOPLE, "people", 8000)                                                          \
    X(TRUST, "trust", 5000)                                                            \
    X(PUBLISH, "publish", 5000)                                                        \
    X(CYCLE, "cycle", 50000)

#define RV_STAGE_ENUM(name, wire, budget) RV_STAGE_##name,
typedef enum { RV_STAGE_LIST(RV_STAGE_ENUM) RV_N_STAGES } rv_stage;
#undef RV_STAGE_ENUM

/// Name on the wire; "unknown" for any other number
RV_API RV_CONST const char *rv_stage_name(rv_stage stage);

/// Budget [us]; 0 for any other number
RV_API RV_CONST uint32_t rv_stage_budget_us(rv_stage stage);

RV_END_DECLS

#endif // RV_ENGINE_STAGES_H

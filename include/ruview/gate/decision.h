// SPDX-License-Identifier: MIT
/**
   @file decision.h
   What the gate can say; part of the published record.
*/
#ifndef RV_GATE_DECISION_H
#define RV_GATE_DECISION_H

typedef enum {
    RV_GATE_ACCEPT,
    RV_GATE_PREDICT_ONLY,
    RV_GATE_REJECT,
    RV_GATE_RECALIBRATE,
} rv_gate_decision;

#endif // RV_GATE_DECISION_H

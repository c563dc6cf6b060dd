// SPDX-License-Identifier: MIT
#include <ruview/engine/stages.h>

#define NAME_CASE(name, wire, budget)                                                  \
    case RV_STAGE_##name:                                                              \
        return wire;
#define BUDGET_CASE(name, wire, budget)                                                \
    case RV_STAGE_##name:                                                              \
        return budget;

const char *
rv_stage_name(const rv_stage stage)
{
    switch (stage) {
        RV_STAGE_LIST(NAME_CASE)
    case RV_N_STAGES:
        break;
    }
    return "unknown";
}

uint32_t
rv_stage_budget_us(const rv_stage stage)
{
    switch (stage) {
        RV_STAGE_LIST(BUDGET_CASE)
    case RV_N_STAGES:
        break;
    }
    return 0;
}

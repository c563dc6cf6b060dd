// SPDX-License-Identifier: MIT
#include <ruview/base/reason.h>

#define NAME_CASE(name, value, wire, text)                                             \
    case RV_REASON_##name:                                                             \
        return wire;
#define TEXT_CASE(name, value, wire, text)                                             \
    case RV_REASON_##name:                                                             \
        return text;

const char *
rv_reason_name(const rv_reason reason)
{
    switch (reason) {
        RV_REASON_LIST(NAME_CASE)
    case RV_REASON_COUNT:
        break;
    }
    return "unknown";
}

const char *
rv_reason_text(const rv_reason reason)
{
    switch (reason) {
        RV_REASON_LIST(TEXT_CASE)
    case RV_REASON_COUNT:
        break;
    }
    return "unknown reason";
}

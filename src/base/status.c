// SPDX-License-Identifier: MIT
#include <ruview/base/status.h>

#define NAME_CASE(name, value, text)                                                   \
    case RV_##name:                                                                    \
        return #name;
#define TEXT_CASE(name, value, text)                                                   \
    case RV_##name:                                                                    \
        return text;

const char *
rv_status_name(const rv_status status)
{
    switch (status) {
        RV_STATUS_LIST(NAME_CASE)
    }
    return "UNKNOWN";
}

const char *
rv_status_text(const rv_status status)
{
    switch (status) {
        RV_STATUS_LIST(TEXT_CASE)
    }
    return "unknown status";
}

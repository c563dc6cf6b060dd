// SPDX-License-Identifier: MIT
#include <ruview/publish/rfc3339.h>

static void
put_digits(char *const out, uint32_t value, const int n)
{
    for (int i = n - 1; i >= 0; --i) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void
rv_rfc3339(const uint64_t t_us, char out[RV_RFC3339_CHARS])
{
    static const uint64_t last  = UINT64_C(253402300799999); // 9999-12-31T23:59:59.999
    const uint64_t        asked = t_us / 1000;
    const uint64_t        ms    = asked < last ? asked : last;
    const uint32_t        days  = (uint32_t)(ms / 86400000);
    const uint32_t        rest  = (uint32_t)(ms % 86400000);

    // Civil date from days with years that begin in March: the leap day comes last
    const uint32_t z     = days + 719468;
    const uint32_t era   = z / 146097;
    const uint32_t doe   = z % 146097;
    const uint32_t yoe   = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    const uint32_t doy   = doe - (365 * yoe + yoe / 4 - yoe / 100);
    const uint32_t mp    = (5 * doy + 2) / 153;
    const uint32_t month = mp < 10 ? mp + 3 : mp - 9;
    const uint32_t year  = yoe + era * 400 + (month <= 2);

    static const char pattern[] = "0000-00-00T00:00:00.000Z";
    for (int i = 0; i < RV_RFC3339_CHARS; ++i) {
        out[i] = pattern[i];
    }
    put_digits(out, year, 4);
    put_digits(out + 5, month, 2);
    put_digits(out + 8, doy - (153 * mp + 2) / 5 + 1, 2);
    put_digits(out + 11, rest / 3600000, 2);
    put_digits(out + 14, rest / 60000 % 60, 2);
    put_digits(out + 17, rest / 1000 % 60, 2);
    put_digits(out + 20, rest % 1000, 3);
}

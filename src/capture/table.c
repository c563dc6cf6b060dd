// SPDX-License-Identifier: MIT
#include "capture/table.h"

#include <ruview/math/elementary.h>

#include "base/exact.h"

const rv_layout *
rv_table_layout(const rv_capture_table *const told, const size_t n)
{
    if (told->layout != 0) {
        const rv_layout *const layout = rv_layout_by_id(told->layout);
        return layout && layout->n_entries == n ? layout : NULL;
    }
    if (n > RV_MAX_ENTRIES) {
        return NULL;
    }
    static const rv_chip order[] = {RV_CHIP_ESP32,       RV_CHIP_CANONICAL,
                                    RV_CHIP_ESP32_C5_C6, RV_CHIP_INTEL5300,
                                    RV_CHIP_ATHEROS,     RV_CHIP_NEXMON};
    for (size_t i = 0; i < sizeof order / sizeof *order; ++i) {
        const rv_layout *const layout = rv_layout_find(order[i], 0, (uint32_t)n, 0);
        if (layout) {
            return layout;
        }
    }
    return NULL;
}

bool
rv_table_stamp(const rv_capture_table *const told, const uint64_t index,
               uint64_t *const t_us)
{
    if (told->rate_mhz == 0 || index > UINT64_MAX / 1000000000) {
        return false;
    }
    *t_us = index * 1000000000 / told->rate_mhz;
    return true;
}

bool
rv_table_amplitude(const rv_capture_table *const told, double v, float *const out)
{
    if (told->is_db) {
        if (!(v > -400.0 && v < 400.0)) {
            *out = 0.0F; // -inf dB is how such tables write nothing
            return v <= -400.0;
        }
        v = rv_exp_f64(v * 0.11512925464970229); // 10^(v/20)
    }
    if (!(v >= 0.0 && v <= 1e30)) {
        return false;
    }
    *out = (float)v;
    return true;
}

bool
rv_table_amplitudes(const rv_capture_table *const told, float *const row,
                    const size_t n)
{
    bool good = true;
    if (told->is_db) {
        for (size_t i = 0; i < n; ++i) {
            good = rv_table_amplitude(told, (double)row[i], &row[i]) && good;
        }
        return good;
    }
    unsigned bad = 0;
    for (size_t i = 0; i < n; ++i) {
        bad |= (unsigned)!(row[i] >= 0.0F && row[i] <= 1e30F);
    }
    return bad == 0;
}

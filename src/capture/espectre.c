// SPDX-License-Identifier: MIT
// ESPectre's CSI streamer: u16 0x4353, u8 chip, u8 sequence, u16 entries, pairs of i8
// as the driver gives them: imaginary first.
#include "capture/espectre.h"

#include "base/exact.h"
#include "capture/format.h"
#include "capture/unpack_samples.h"

enum { HEAD = 6, MAGIC = 0x4353, CHIP_C5 = 5, CHIP_C6 = 6, LAYOUT_HTLTF64 = 10 };

bool
rv_espectre_is(const uint8_t *const bytes, const size_t n)
{
    return n >= 2 && rv_load_u16(bytes) == MAGIC;
}

const rv_layout *
rv_espectre_layout(const unsigned chip, const uint8_t *const iq, const size_t n)
{
    if (chip == CHIP_C5 || chip == CHIP_C6) {
        return rv_layout_find(RV_CHIP_ESP32_C5_C6, 20, (uint32_t)n, 0);
    }
    if (n == 64) { // tones +-27 and +-28 exist in the HT-LTF only
        const uint8_t outer =
            iq[54] | iq[55] | iq[56] | iq[57] | iq[72] | iq[73] | iq[74] | iq[75];
        if (outer != 0) {
            return rv_layout_by_id(LAYOUT_HTLTF64);
        }
    }
    return rv_layout_find(RV_CHIP_ESP32, 20, (uint32_t)n, 0);
}

rv_reason
rv_espectre_read(const rv_input *const input, float *const re, float *const im,
                 rv_frame *const frame)
{
    const uint8_t *const b = input->bytes;
    if (input->n < HEAD) {
        return RV_REASON_TRUNCATED;
    }
    const size_t n = rv_load_u16(b + 4);
    if (n > RV_ESPECTRE_MAX_TONES) {
        return RV_REASON_OVERSIZE;
    }
    if (input->n - HEAD < 2 * n) {
        return RV_REASON_TRUNCATED;
    }
    const rv_layout *const layout = rv_espectre_layout(b[2], b + HEAD, n);
    if (!layout) {
        return RV_REASON_UNKNOWN_LAYOUT;
    }
    *frame = (rv_frame){
        .t_us          = input->t_us,
        .layout        = layout,
        .sequence      = b[3],
        .bandwidth_mhz = layout->bandwidth_mhz,
        .node          = input->from.ip[15],
        .n_rx          = 1,
        .n_tx          = 1,
        .ppdu          = 0,
        .rssi_dbm      = RV_DBM_UNKNOWN,
        .rssi_rx_dbm = {RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN},
        .noise_dbm   = RV_DBM_UNKNOWN,
        .agc_db      = INT16_MIN,
        .re          = re,
        .im          = im,
    };
    rv_unpack_i8_swapped(b + HEAD, n, re, im);
    return rv_frame_check(frame);
}

// SPDX-License-Identifier: MIT
// nexmon_csi ("Free Your CSI: A Channel State Information Extraction Platform For
// Modern Wi-Fi Chipsets", WiNTECH 2019; readme and csireader.m): 18 bytes, then one
// 32-bit word per FFT bin. u16 0x1111, i8 RSSI and u8 frame control (0x1111 in old
// versions, which say neither), address[6], u16 sequence control, u16 core and stream,
// u16 channel specification, u16 chip.
#include "capture/nexmon.h"

#include "base/exact.h"
#include "capture/format.h"
#include "capture/gamma.h"
#include "capture/unpack_samples.h"

enum { HEAD = 18, MAGIC = 0x1111 };

/// How a chip packs its numbers
typedef enum { PACK_UNKNOWN, PACK_INT16, PACK_FLOAT_9_5, PACK_FLOAT_12_6 } packing;

static packing
packing_of(const uint16_t chip)
{
    switch (chip) {
    case 0x0001: // 4339
    case 0x0065: // 43455c0
    case 0xA6DC:
        return PACK_INT16;
    case 0x0003: // 4358
    case 0xDEAD:
        return PACK_FLOAT_9_5;
    case 0x006A: // 4366c0
    case 0xE834:
        return PACK_FLOAT_12_6;
    default:
        return PACK_UNKNOWN;
    }
}

bool
rv_nexmon_is(const uint8_t *const bytes, const size_t n)
{
    return n >= 2 && rv_load_u16(bytes) == MAGIC;
}

/// floor(log2 x) of a whole number below 2^24; -127 for 0
static int32_t
top_bit(const uint32_t x)
{
    const float v = (float)(int32_t)x;
    uint32_t    bits;
    memcpy(&bits, &v, sizeof bits);
    return (int32_t)(bits >> 23) - 127;
}

/// 2^e, |e| < 127
static float
power_of_two(const int32_t e)
{
    const uint32_t bits = (uint32_t)(e + 127) << 23;
    float          v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/// Whole part of 0 <= x < 2^22, by adding and taking away 2^23
static float
whole_part(const float x)
{
    const float   near = (x + 8388608.0F) - 8388608.0F;
    const int32_t over = near > x;
    return near - (float)over;
}

/// x or -x by a sign bit; never -0
static float
with_sign(const float x, const uint32_t bit)
{
    return x * (1.0F - 2.0F * (float)(int32_t)bit) + 0.0F;
}

/// The exponent of a packed word, sign extended
static int32_t
exponent_of(const uint32_t word, const unsigned n_exponent)
{
    const int32_t half = (int32_t)1 << (n_exponent - 1);
    const int32_t raw  = (int32_t)(word & (uint32_t)(2 * half - 1));
    return (raw ^ half) - half;
}

/**
   Words of one exponent and two mantissas with sign (sign real, real, sign imaginary,
   imaginary, exponent from the top) to integers whose largest has 11 bits: the
   exponents are made relative to the largest value, as csireader.m's unpack_float does.
   Its shifts are products with powers of two here, exact, the rest cut off.
*/
static void
unpack_float(const uint8_t *const packed, const unsigned n, const unsigned n_mantissa,
             const unsigned n_exponent, float *restrict const re,
             float *restrict const im)
{
    const uint32_t mantissa = (1U << (n_mantissa - 1)) - 1;
    int32_t        largest  = -((int32_t)1 << (n_exponent - 1));
    for (unsigned i = 0; i < n; ++i) {
        const uint32_t w = rv_load_u32(packed + 4 * i);
        const uint32_t x =
            (w >> (n_exponent + n_mantissa) & mantissa) | (w >> n_exponent & mantissa);
        const int32_t e = exponent_of(w, n_exponent) + top_bit(x);
        largest         = e > largest ? e : largest;
    }
    for (unsigned i = 0; i < n; ++i) {
        const uint32_t w      = rv_load_u32(packed + 4 * i);
        const float    factor = power_of_two(exponent_of(w, n_exponent) + 10 - largest);
        const uint32_t a      = w >> (n_exponent + n_mantissa) & mantissa;
        const uint32_t b      = w >> n_exponent & mantissa;
        const float    x      = whole_part((float)(int32_t)a * factor);
        const float    y      = whole_part((float)(int32_t)b * factor);
        re[i] = with_sign(x, w >> (n_exponent + 2 * n_mantissa - 1) & 1);
        im[i] = with_sign(y, w >> (n_exponent + n_mantissa - 1) & 1);
    }
}

static uint32_t
centre_mhz(const uint16_t spec)
{
    const uint32_t channel = spec & 0xFF;
    return (spec & 0xC000) == 0xC000 ? 5000 + 5 * channel
           : channel == 14           ? 2484
                                     : 2407 + 5 * channel;
}

static const rv_layout *
layout_of(const size_t n_words)
{
    return n_words > 256 ? NULL
                         : rv_layout_find(RV_CHIP_NEXMON, 0, (uint32_t)n_words, 0);
}

rv_reason
rv_nexmon_read(const rv_input *const input, float *const re, float *const im,
               rv_frame *const frame)
{
    const uint8_t *const b = input->bytes;
    if (input->n < HEAD) {
        return RV_REASON_TRUNCATED;
    }
    const size_t           n      = (input->n - HEAD) / 4;
    const rv_layout *const layout = layout_of(n);
    if (!layout || (input->n - HEAD) % 4 != 0) {
        return RV_REASON_BAD_VALUE;
    }
    const uint16_t streams = rv_load_u16(b + 12);
    const uint16_t spec    = rv_load_u16(b + 14);
    const int8_t   level   = (int8_t)b[2];
    *frame                 = (rv_frame){
                        .t_us = input->t_us,
                        // one core and stream per datagram: they must not mix
                        .tx            = rv_mac48(b + 4) | (uint64_t)(streams & 63) << 48,
                        .layout        = layout,
                        .freq_mhz      = centre_mhz(spec),
                        .sequence      = rv_load_u16(b + 10),
                        .bandwidth_mhz = layout->bandwidth_mhz,
                        .node          = input->from.ip[15],
                        .n_rx          = 1,
                        .n_tx          = 1,
                        .ppdu          = 255,
                        .rssi_dbm =
            rv_load_u16(b + 2) == MAGIC || level >= 0 ? (int8_t)RV_DBM_UNKNOWN : level,
                        .rssi_rx_dbm = {RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN, RV_DBM_UNKNOWN},
                        .noise_dbm   = RV_DBM_UNKNOWN,
                        .agc_db      = INT16_MIN,
                        .re          = re,
                        .im          = im,
    };
    switch (packing_of(rv_load_u16(b + 16))) {
    case PACK_INT16:
        rv_unpack_i16(b + HEAD, n, re, im);
        break;
    case PACK_FLOAT_9_5:
        unpack_float(b + HEAD, (unsigned)n, 9, 5, re, im);
        break;
    case PACK_FLOAT_12_6:
        unpack_float(b + HEAD, (unsigned)n, 12, 6, re, im);
        break;
    case PACK_UNKNOWN:
        return RV_REASON_UNSUPPORTED;
    }
    rv_gamma_remove(layout, 1, re, im);
    return rv_frame_check(frame);
}

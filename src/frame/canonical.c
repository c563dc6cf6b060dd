// SPDX-License-Identifier: MIT
#include <ruview/frame/canonical.h>

#include "base/try.h"

enum { FIXED_BYTES = 77, SAMPLE_BYTES = 16 };

bool
rv_is_utf8(const uint8_t *const bytes, const size_t n)
{
    // RFC 3629, section 4: the second byte bounds what the first announces
    for (size_t i = 0; i < n;) {
        const uint8_t b    = bytes[i];
        size_t        tail = 0;
        uint8_t       low = 0x80, high = 0xBF;
        if (b < 0x80) {
            ++i;
            continue;
        }
        if (b >= 0xC2 && b <= 0xDF) {
            tail = 1;
        } else if (b >= 0xE0 && b <= 0xEF) {
            tail = 2;
            low  = b == 0xE0 ? 0xA0 : 0x80;
            high = b == 0xED ? 0x9F : 0xBF;
        } else if (b >= 0xF0 && b <= 0xF4) {
            tail = 3;
            low  = b == 0xF0 ? 0x90 : 0x80;
            high = b == 0xF4 ? 0x8F : 0xBF;
        } else {
            return false;
        }
        if (tail > n - i - 1 || bytes[i + 1] < low || bytes[i + 1] > high) {
            return false;
        }
        for (size_t k = 2; k <= tail; ++k) {
            if ((bytes[i + k] & 0xC0) != 0x80) {
                return false;
            }
        }
        i += tail + 1;
    }
    return true;
}

size_t
rv_canonical_size(const rv_canonical *const frame)
{
    return FIXED_BYTES + (size_t)frame->n_device +
           (size_t)frame->rows * frame->cols * SAMPLE_BYTES;
}

static bool
is_nil(const uint8_t id[16])
{
    uint8_t any = 0;
    for (int i = 0; i < 16; ++i) {
        any = (uint8_t)(any | id[i]);
    }
    return any == 0;
}

rv_status
rv_canonical_encode(const rv_canonical *const frame, const double *const samples,
                    rv_writer *const out)
{
    static const uint8_t nil[16] = {0};
    if (frame->band > 2 || (!frame->has_spacing && frame->spacing_bits != 0) ||
        (frame->has_calibration && is_nil(frame->calibration)) ||
        !rv_is_utf8(frame->device, frame->n_device)) {
        return RV_ERR_VALUE;
    }
    const uint64_t n_samples = (uint64_t)frame->rows * frame->cols;
    if (n_samples > (SIZE_MAX - FIXED_BYTES - frame->n_device) / SAMPLE_BYTES ||
        out->failed || rv_canonical_size(frame) > out->size - out->at) {
        return RV_ERR_FULL;
    }
    rv_write_bytes(out, frame->id, 16);
    rv_write_u64(out, (uint64_t)frame->seconds);
    rv_write_u32(out, frame->nanos);
    rv_write_u32(out, frame->n_device);
    rv_write_bytes(out, frame->device, frame->n_device);
    rv_write_u8(out, frame->band);
    rv_write_u8(out, frame->channel);
    rv_write_u16(out, frame->bandwidth_mhz);
    rv_write_u8(out, frame->n_tx);
    rv_write_u8(out, frame->n_rx);
    rv_write_u8(out, frame->has_spacing);
    rv_write_u32(out, frame->spacing_bits);
    rv_write_u8(out, (uint8_t)frame->rssi_dbm);
    rv_write_u8(out, (uint8_t)frame->noise_dbm);
    rv_write_u32(out, frame->sequence);
    rv_write_bytes(out, frame->has_calibration ? frame->calibration : nil, 16);
    rv_write_u16(out, frame->model_id);
    rv_write_u16(out, frame->model_version);
    rv_write_u32(out, frame->rows);
    rv_write_u32(out, frame->cols);
    for (uint64_t i = 0; i < 2 * n_samples; ++i) {
        uint8_t *const p = rv_write_space(out, 8);
        if (p) {
            rv_store_f64(p, samples[i]);
        }
    }
    return out->failed ? RV_ERR_FULL : RV_OK;
}

// ---- decoding

typedef struct {
    rv_reader             in;
    rv_canonical_refusal *why;
} decoder;

static rv_status
refuse(decoder *const d, const rv_canonical_error error, const rv_status status,
       const uint64_t at, const uint64_t need)
{
    *d->why = (rv_canonical_refusal){.error = error, .at = at, .need = need};
    return status;
}

/// The next n bytes must be there: Truncated tells where they begin and what lacks
static rv_status
need(decoder *const d, const size_t n)
{
    const size_t left = d->in.size - d->in.at;
    return n <= left ? RV_OK
                     : refuse(d, RV_CANONICAL_TRUNCATED, RV_ERR_TRUNCATED, d->in.at,
                              n - left);
}

static rv_status
decode_device(decoder *const d, rv_canonical *const out)
{
    RV_TRY(need(d, 16));
    memcpy(out->id, rv_read_bytes(&d->in, 16), 16);
    RV_TRY(need(d, 8));
    out->seconds = (int64_t)rv_read_u64(&d->in);
    RV_TRY(need(d, 4));
    out->nanos = rv_read_u32(&d->in);
    RV_TRY(need(d, 4));
    out->n_device = rv_read_u32(&d->in);
    RV_TRY(need(d, out->n_device));
    out->device = rv_read_bytes(&d->in, out->n_device);
    if (!rv_is_utf8(out->device, out->n_device)) {
        return refuse(d, RV_CANONICAL_BAD_DEVICE_ID, RV_ERR_VALUE, 32, 0);
    }
    return RV_OK;
}

static rv_status
decode_radio(decoder *const d, rv_canonical *const out)
{
    RV_TRY(need(d, 1));
    out->band = rv_read_u8(&d->in);
    if (out->band > 2) {
        return refuse(d, RV_CANONICAL_BAD_DISCRIMINANT, RV_ERR_VALUE, d->in.at - 1, 0);
    }
    RV_TRY(need(d, 1));
    out->channel = rv_read_u8(&d->in);
    RV_TRY(need(d, 2));
    out->bandwidth_mhz = rv_read_u16(&d->in);
    RV_TRY(need(d, 1));
    out->n_tx = rv_read_u8(&d->in);
    RV_TRY(need(d, 1));
    out->n_rx = rv_read_u8(&d->in);
    RV_TRY(need(d, 1));
    const uint8_t tag = rv_read_u8(&d->in);
    if (tag > 1) {
        return refuse(d, RV_CANONICAL_BAD_DISCRIMINANT, RV_ERR_VALUE, d->in.at - 1, 0);
    }
    out->has_spacing = tag == 1;
    RV_TRY(need(d, 4));
    out->spacing_bits = rv_read_u32(&d->in);
    if (tag == 0 && out->spacing_bits != 0) {
        return refuse(d, RV_CANONICAL_RESERVED_NOT_ZERO, RV_ERR_VALUE, d->in.at - 4, 0);
    }
    return RV_OK;
}

static rv_status
decode_provenance(decoder *const d, rv_canonical *const out)
{
    RV_TRY(need(d, 1));
    out->rssi_dbm = (int8_t)rv_read_u8(&d->in);
    RV_TRY(need(d, 1));
    out->noise_dbm = (int8_t)rv_read_u8(&d->in);
    RV_TRY(need(d, 4));
    out->sequence = rv_read_u32(&d->in);
    RV_TRY(need(d, 16));
    memcpy(out->calibration, rv_read_bytes(&d->in, 16), 16);
    out->has_calibration = !is_nil(out->calibration);
    RV_TRY(need(d, 2));
    out->model_id = rv_read_u16(&d->in);
    RV_TRY(need(d, 2));
    out->model_version = rv_read_u16(&d->in);
    RV_TRY(need(d, 4));
    out->rows = rv_read_u32(&d->in);
    RV_TRY(need(d, 4));
    out->cols = rv_read_u32(&d->in);
    return RV_OK;
}

rv_status
rv_canonical_decode(const uint8_t *const bytes, const size_t n, rv_canonical *const out,
                    rv_canonical_refusal *const why)
{
    decoder d = {.in = {.bytes = bytes, .size = n}, .why = why};
    *why      = (rv_canonical_refusal){.error = RV_CANONICAL_OK};
    RV_TRY(decode_device(&d, out));
    RV_TRY(decode_radio(&d, out));
    RV_TRY(decode_provenance(&d, out));
    const uint64_t left      = n - d.in.at;
    const uint64_t n_samples = (uint64_t)out->rows * out->cols;
    const uint64_t expect =
        n_samples > UINT64_MAX / SAMPLE_BYTES ? UINT64_MAX : n_samples * SAMPLE_BYTES;
    if (left < expect) {
        return refuse(&d, RV_CANONICAL_PAYLOAD_MISMATCH, RV_ERR_TRUNCATED, d.in.at,
                      expect);
    }
    if (left > expect) {
        return refuse(&d, RV_CANONICAL_TRAILING_BYTES, RV_ERR_TRAILING,
                      d.in.at + expect, left - expect);
    }
    out->samples = bytes + d.in.at;
    return RV_OK;
}

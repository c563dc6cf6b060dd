// SPDX-License-Identifier: MIT
#include <ruview/base/version.h>
#include <ruview/capture/pcapng.h>

#include "base/try.h"
#include "capture/ip.h"
#include "capture/pcapng_blocks.h"

static size_t
padded(const size_t n)
{
    return (n + 3) & ~(size_t)3;
}

static void
write_padding(rv_writer *const out, const size_t n)
{
    static const uint8_t zero[4] = {0};
    rv_write_bytes(out, zero, padded(n) - n);
}

rv_status
rv_pcapng_write_header(rv_writer *const out)
{
    static const char application[36] = "ruview " RV_VERSION;
    if (out->failed || out->size - out->at < RV_PCAPNG_HEADER) {
        return RV_ERR_FULL;
    }
    rv_write_u32(out, PCAPNG_SHB);
    rv_write_u32(out, 72);
    rv_write_u32(out, PCAPNG_ORDER);
    rv_write_u16(out, 1); // version 1.0
    rv_write_u16(out, 0);
    rv_write_u64(out, UINT64_MAX); // section length: not known
    rv_write_u16(out, 4);          // shb_userappl
    rv_write_u16(out, sizeof application);
    rv_write_bytes(out, application, sizeof application);
    rv_write_u32(out, 0); // end of options
    rv_write_u32(out, 72);

    rv_write_u32(out, PCAPNG_IDB);
    rv_write_u32(out, 24);
    rv_write_u16(out, RV_LINK_RAW);
    rv_write_u16(out, 0);
    rv_write_u32(out, 0); // no limit of length
    rv_write_u32(out, 0); // no options: microseconds
    rv_write_u32(out, 24);
    return RV_OK;
}

size_t
rv_pcapng_size(const rv_input *const input)
{
    if (input->kind == RV_INPUT_DATAGRAM) {
        return 32 + padded(rv_ip_overhead(input) + input->n);
    }
    return 28 + padded(rv_input_encoded_size(input));
}

static rv_status
write_datagram(const rv_input *const input, const uint32_t size, rv_writer *const out)
{
    const size_t n = rv_ip_overhead(input) + input->n;
    rv_write_u32(out, PCAPNG_EPB);
    rv_write_u32(out, size);
    rv_write_u32(out, 0); // interface
    rv_write_u32(out, (uint32_t)(input->t_us >> 32));
    rv_write_u32(out, (uint32_t)input->t_us);
    rv_write_u32(out, (uint32_t)n);
    rv_write_u32(out, (uint32_t)n);
    RV_TRY(rv_ip_wrap(input, out));
    write_padding(out, n);
    rv_write_u32(out, size);
    return RV_OK;
}

static rv_status
write_custom(const rv_input *const input, const uint32_t size, rv_writer *const out)
{
    const size_t n = rv_input_encoded_size(input);
    rv_write_u32(out, PCAPNG_CUSTOM);
    rv_write_u32(out, size);
    rv_write_u32(out, RV_PCAPNG_PEN);
    rv_write_bytes(out, rv_pcapng_tag, sizeof rv_pcapng_tag);
    rv_write_u32(out, (uint32_t)n);
    RV_TRY(rv_input_encode(input, out));
    write_padding(out, n);
    rv_write_u32(out, size);
    return RV_OK;
}

rv_status
rv_pcapng_write(const rv_input *const input, rv_writer *const out)
{
    if (input->kind < RV_INPUT_DATAGRAM || input->kind > RV_INPUT_NOTE ||
        input->n > PCAPNG_MAX_BLOCK / 2) {
        return RV_ERR_VALUE;
    }
    const size_t size = rv_pcapng_size(input);
    if (out->failed || size > out->size - out->at) {
        return RV_ERR_FULL;
    }
    const size_t    before = out->at;
    const rv_status status = input->kind == RV_INPUT_DATAGRAM
                                 ? write_datagram(input, (uint32_t)size, out)
                                 : write_custom(input, (uint32_t)size, out);
    if (status != RV_OK) {
        out->at = before;
    }
    return status;
}

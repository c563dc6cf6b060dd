// SPDX-License-Identifier: MIT
#include "capture/npy.h"

#include "base/exact.h"
#include "base/try.h"

enum { ZIP_LOCAL = 0x04034B50 };

/// Text behind 'key': in the header's dictionary, or NULL
static const uint8_t *
value_of(const rv_text header, const char *const key, const size_t n)
{
    const uint8_t *p = rv_scan_find(header.at, header.end, key, n);
    if (!p) {
        return NULL;
    }
    p += n;
    while (p < header.end && (*p == ' ' || *p == ':')) {
        ++p;
    }
    return p < header.end ? p : NULL;
}

static rv_status
read_type(const uint8_t *p, const uint8_t *const end, rv_npy *const out)
{
    if (end - p < 5 || (*p != '\'' && *p != '"')) {
        return RV_ERR_UNSUPPORTED; // a record type
    }
    const char order = (char)p[1];
    out->kind        = (char)p[2];
    p += 3;
    unsigned size = 0;
    for (; p < end && (unsigned)*p - '0' <= 9 && size < 10000; ++p) {
        size = size * 10 + ((unsigned)*p - '0');
    }
    out->big = order == '>';
    if (order != '<' && order != '>' && order != '|' && order != '=') {
        return RV_ERR_VALUE;
    }
    switch (out->kind) {
    case 'b':
    case 'i':
    case 'u':
        out->size = (uint8_t)size;
        return size == 1 || size == 2 || size == 4 || size == 8 ? RV_OK : RV_ERR_VALUE;
    case 'f':
        out->size = (uint8_t)size;
        return size == 4 || size == 8 ? RV_OK : RV_ERR_UNSUPPORTED;
    case 'c':
        out->size = (uint8_t)size;
        return size == 8 || size == 16 ? RV_OK : RV_ERR_UNSUPPORTED;
    case 'U':
        out->size    = 4;
        out->n_chars = (uint16_t)size;
        return RV_OK;
    default:
        return RV_ERR_UNSUPPORTED;
    }
}

static rv_status
read_shape(const uint8_t *p, const uint8_t *const end, rv_npy *const out)
{
    if (p == end || *p != '(') {
        return RV_ERR_VALUE;
    }
    out->n = 1;
    for (++p; p < end && *p != ')'; ++p) {
        if (*p == ' ' || *p == ',') {
            continue;
        }
        uint64_t d     = 0;
        bool     digit = false;
        for (; p < end && (unsigned)*p - '0' <= 9; ++p) {
            d     = d * 10 + ((unsigned)*p - '0');
            digit = true;
            if (d > UINT32_MAX) {
                return RV_ERR_VALUE;
            }
        }
        --p;
        if (!digit || out->n_dims == RV_NPY_MAX_DIMS ||
            (d != 0 && out->n > UINT64_MAX / 16 / d)) {
            return RV_ERR_VALUE;
        }
        out->dim[out->n_dims++] = d;
        out->n *= d;
    }
    return p < end ? RV_OK : RV_ERR_VALUE;
}

rv_status
rv_npy_open(const uint8_t *const bytes, const size_t n, rv_npy *const out)
{
    static const uint8_t magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    *out                          = (rv_npy){.n_dims = 0};
    if (n < 12 || memcmp(bytes, magic, sizeof magic) != 0) {
        return n < 6 || memcmp(bytes, magic, sizeof magic) != 0 ? RV_ERR_MAGIC
                                                                : RV_ERR_TRUNCATED;
    }
    const bool   wide   = bytes[6] >= 2;
    const size_t begin  = wide ? 12 : 10;
    const size_t length = wide ? rv_load_u32(bytes + 8) : rv_load_u16(bytes + 8);
    if (bytes[6] < 1 || bytes[6] > 3 || length > n - begin) {
        return RV_ERR_TRUNCATED;
    }
    const rv_text        header  = {bytes + begin, bytes + begin + length};
    const uint8_t *const type    = value_of(header, RV_LITERAL("'descr'"));
    const uint8_t *const fortran = value_of(header, RV_LITERAL("'fortran_order'"));
    const uint8_t *const shape   = value_of(header, RV_LITERAL("'shape'"));
    if (!type || !fortran || !shape) {
        return RV_ERR_VALUE;
    }
    RV_TRY(read_type(type, header.end, out));
    RV_TRY(read_shape(shape, header.end, out));
    out->fortran        = *fortran == 'T';
    out->data           = header.end;
    const uint64_t each = out->kind == 'U' ? 4 * (uint64_t)out->n_chars : out->size;
    const uint64_t left = n - begin - length;
    if (each != 0 && out->n > left / each) {
        return RV_ERR_TRUNCATED;
    }
    return RV_OK;
}

static uint64_t
load(const uint8_t *const p, const unsigned size, const bool big)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < size; ++i) {
        v = v << 8 | p[big ? i : size - 1 - i];
    }
    return v;
}

static double
load_real(const uint8_t *const p, const unsigned size, const bool big)
{
    const uint64_t bits = load(p, size, big);
    if (size == 4) {
        const uint32_t narrow = (uint32_t)bits;
        float          v;
        memcpy(&v, &narrow, sizeof v);
        return (double)v;
    }
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

double
rv_npy_f64(const rv_npy *const a, const uint64_t index)
{
    const uint8_t *const p = a->data + index * a->size;
    switch (a->kind) {
    case 'f':
        return load_real(p, a->size, a->big);
    case 'c':
        return load_real(p, a->size / 2U, a->big);
    case 'i': {
        const uint64_t v    = load(p, a->size, a->big);
        const unsigned sign = 8U * a->size - 1;
        return v >> sign & 1 ? -(double)(~(v | ~(((UINT64_C(1) << sign) << 1) - 1)) + 1)
                             : (double)v;
    }
    case 'u':
    case 'b':
        return (double)load(p, a->size, a->big);
    default:
        return 0.0;
    }
}

void
rv_npy_row(const rv_npy *const a, const uint64_t first, const uint64_t stride,
           const size_t n, float *const out)
{
    const uint8_t *const p    = a->data + first * a->size;
    const size_t         step = (size_t)stride * a->size;
    if (a->kind == 'f' && a->size == 4 && !a->big) {
        for (size_t i = 0; i < n; ++i) {
            out[i] = rv_load_f32(p + i * step);
        }
    } else if (a->kind == 'f' && a->size == 8 && !a->big) {
        for (size_t i = 0; i < n; ++i) {
            out[i] = (float)rv_load_f64(p + i * step);
        }
    } else {
        for (size_t i = 0; i < n; ++i) {
            out[i] = (float)rv_npy_f64(a, first + i * stride);
        }
    }
}

double
rv_npy_imag(const rv_npy *const a, const uint64_t index)
{
    const unsigned half = a->size / 2U;
    return a->kind == 'c' ? load_real(a->data + index * a->size + half, half, a->big)
                          : 0.0;
}

uint32_t
rv_npy_char(const rv_npy *const a, const unsigned index)
{
    return a->kind == 'U' && a->n > 0 && index < a->n_chars
               ? (uint32_t)load(a->data + 4 * (size_t)index, 4, a->big)
               : 0;
}

rv_zip_step
rv_zip_next(const uint8_t *const bytes, const size_t n, size_t *const at,
            rv_zip_member *const out)
{
    const uint8_t *const p    = bytes + *at;
    const size_t         left = n - *at;
    if (left < 4 || rv_load_u32(p) != ZIP_LOCAL) {
        return RV_ZIP_DONE; // the directory, or the end
    }
    if (left < 30) {
        return RV_ZIP_BAD;
    }
    const uint32_t size = rv_load_u32(p + 18);
    const size_t   head = 30 + (size_t)rv_load_u16(p + 26) + rv_load_u16(p + 28);
    if (rv_load_u16(p + 8) != 0 || (rv_load_u16(p + 6) & 9) != 0) {
        return RV_ZIP_PACKED; // compressed, encrypted, or its size follows it
    }
    if (head > left || size > left - head) {
        return RV_ZIP_BAD;
    }
    out->name = (rv_text){p + 30, p + 30 + rv_load_u16(p + 26)};
    out->data = p + head;
    out->n    = size;
    *at += head + size;
    return RV_ZIP_MEMBER;
}

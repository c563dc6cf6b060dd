// SPDX-License-Identifier: MIT
#include "platform/unpack.h"

#include <ruview/base/bytes.h>

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

enum { PIECE = 1 << 17 };

struct rv_unpack {
    rv_pack         kind;
    rv_unpack_read *read;
    void           *context;
    ZSTD_DCtx      *zstd;
    z_stream        zlib;
    size_t          at, n; ///< Packed bytes that wait
    bool            ended; ///< The source gave all
    bool            open;  ///< Inside a frame: an end here is a cut
    uint8_t         piece[PIECE];
};

rv_pack
rv_pack_of(const uint8_t *const bytes, const size_t n)
{
    if (n < 4) {
        return RV_PACK_NONE;
    }
    const uint32_t magic = rv_load_u32(bytes);
    return magic == 0xFD2FB528U              ? RV_PACK_ZSTD
           : magic == 0x04034B50U            ? RV_PACK_ZIP
           : (magic & 0xFFFFFF) == 0x088B1FU ? RV_PACK_GZIP
                                             : RV_PACK_NONE;
}

rv_status
rv_unpack_open(rv_unpack **const self, const rv_pack kind, rv_unpack_read *const read,
               void *const context)
{
    rv_unpack *const made = calloc(1, sizeof *made);
    if (!made) {
        return RV_ERR_MEMORY;
    }
    made->kind      = kind;
    made->read      = read;
    made->context   = context;
    const bool good = kind == RV_PACK_ZSTD ? (made->zstd = ZSTD_createDCtx()) != NULL
                                           : inflateInit2(&made->zlib, 15 + 16) == Z_OK;
    if (!good) {
        free(made);
        return RV_ERR_MEMORY;
    }
    *self = made;
    return RV_OK;
}

void
rv_unpack_close(rv_unpack *const self)
{
    if (!self) {
        return;
    }
    if (self->kind == RV_PACK_ZSTD) {
        ZSTD_freeDCtx(self->zstd);
    } else {
        inflateEnd(&self->zlib);
    }
    free(self);
}

/// One call of the library; bytes made, or -1
static int64_t
unpack_some(rv_unpack *const self, uint8_t *const into, const size_t n)
{
    if (self->kind == RV_PACK_ZSTD) {
        ZSTD_inBuffer  in   = {self->piece, self->n, self->at};
        ZSTD_outBuffer out  = {into, n, 0};
        const size_t   left = ZSTD_decompressStream(self->zstd, &out, &in);
        if (ZSTD_isError(left)) {
            return -1;
        }
        self->at   = in.pos;
        self->open = left != 0;
        return (int64_t)out.pos;
    }
    const uInt room      = n < UINT32_MAX ? (uInt)n : UINT32_MAX;
    self->zlib.next_in   = self->piece + self->at;
    self->zlib.avail_in  = (uInt)(self->n - self->at);
    self->zlib.next_out  = into;
    self->zlib.avail_out = room;
    const int status     = inflate(&self->zlib, Z_NO_FLUSH);
    self->at             = self->n - self->zlib.avail_in;
    self->open           = status != Z_STREAM_END;
    if (status == Z_STREAM_END) {
        (void)inflateReset(&self->zlib);
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return -1;
    }
    return (int64_t)(room - self->zlib.avail_out);
}

int64_t
rv_unpack_take(rv_unpack *const self, uint8_t *const into, const size_t n)
{
    if (n == 0) {
        return 0;
    }
    for (;;) {
        if (self->at == self->n && !self->ended) {
            const int64_t got = self->read(self->context, self->piece, PIECE);
            if (got < 0) {
                return -1;
            }
            self->ended = got == 0;
            self->at    = 0;
            self->n     = (size_t)got;
        }
        if (self->at == self->n && self->ended && !self->open) {
            return 0;
        }
        const int64_t made = unpack_some(self, into, n);
        if (made != 0) {
            return made;
        }
        if (self->ended && self->at == self->n) {
            return self->open ? -1 : 0;
        }
    }
}

// ---- zip (APPNOTE.TXT 4.3): walk the central directory, inflate each member

typedef struct {
    uint16_t       method;
    uint32_t       crc, packed, size;
    const uint8_t *name;
    uint16_t       n_name;
    const uint8_t *data;
} zip_member;

static const uint8_t *
find_directory(const uint8_t *const bytes, const size_t n, uint16_t *const count)
{
    for (size_t back = 22; back <= n && back < 22 + 65536; ++back) {
        const uint8_t *const p = bytes + n - back;
        if (rv_load_u32(p) == 0x06054B50U) {
            const uint32_t at = rv_load_u32(p + 16);
            *count            = rv_load_u16(p + 10);
            return at <= n ? bytes + at : NULL;
        }
    }
    return NULL;
}

static bool
read_member(const uint8_t *const bytes, const size_t n, const uint8_t **const entry,
            zip_member *const m)
{
    const uint8_t *const p = *entry;
    if ((size_t)(bytes + n - p) < 46 || rv_load_u32(p) != 0x02014B50U) {
        return false;
    }
    const uint16_t extra = rv_load_u16(p + 30), comment = rv_load_u16(p + 32);
    const uint32_t local = rv_load_u32(p + 42);
    m->method            = rv_load_u16(p + 10);
    m->crc               = rv_load_u32(p + 16);
    m->packed            = rv_load_u32(p + 20);
    m->size              = rv_load_u32(p + 24);
    m->n_name            = rv_load_u16(p + 28);
    m->name              = p + 46;
    const size_t whole   = 46 + (size_t)m->n_name + extra + comment;
    if (whole > (size_t)(bytes + n - p) || (rv_load_u16(p + 8) & 1) || local > n ||
        n - local < 30) {
        return false;
    }
    const size_t data = (size_t)local + 30 + rv_load_u16(bytes + local + 26) +
                        rv_load_u16(bytes + local + 28);
    if (data > n || m->packed > n - data) {
        return false;
    }
    m->data = bytes + data;
    *entry  = p + whole;
    return true;
}

static bool
inflate_member(const zip_member *const m, uint8_t *const into)
{
    if (m->method == 0) {
        if (m->packed != m->size) {
            return false;
        }
        memcpy(into, m->data, m->size);
        return true;
    }
    z_stream z = {0};
    if (m->method != 8 || inflateInit2(&z, -15) != Z_OK) {
        return false;
    }
    uint8_t *const packed = malloc(m->packed ? m->packed : 1);
    if (packed) {
        memcpy(packed, m->data, m->packed);
    }
    z.next_in        = packed;
    z.avail_in       = packed ? m->packed : 0;
    z.next_out       = into;
    z.avail_out      = m->size;
    const int status = inflate(&z, Z_FINISH);
    inflateEnd(&z);
    free(packed);
    return status == Z_STREAM_END && z.avail_out == 0;
}

static void
write_local(rv_writer *const w, const zip_member *const m)
{
    rv_write_u32(w, 0x04034B50U);
    rv_write_u16(w, 20);
    rv_write_u16(w, 0);
    rv_write_u16(w, 0); // stored
    rv_write_u32(w, 0); // no time
    rv_write_u32(w, m->crc);
    rv_write_u32(w, m->size);
    rv_write_u32(w, m->size);
    rv_write_u16(w, m->n_name);
    rv_write_u16(w, 0);
    rv_write_bytes(w, m->name, m->n_name);
}

rv_status
rv_unzip(const uint8_t *const bytes, const size_t n, uint8_t **const out,
         size_t *const n_out)
{
    uint16_t             count = 0;
    const uint8_t *const first = n < 22 ? NULL : find_directory(bytes, n, &count);
    if (!first) {
        return RV_ERR_VALUE;
    }
    uint64_t       total = 0;
    const uint8_t *entry = first;
    zip_member     m;
    for (unsigned i = 0; i < count; ++i) {
        if (!read_member(bytes, n, &entry, &m)) {
            return RV_ERR_VALUE;
        }
        total += 30 + (uint64_t)m.n_name + m.size;
    }
    if (total > UINT32_MAX) {
        return RV_ERR_RANGE;
    }
    uint8_t *const made = malloc(total ? (size_t)total : 1);
    if (!made) {
        return RV_ERR_MEMORY;
    }
    rv_writer w = {.bytes = made, .size = (size_t)total};
    entry       = first;
    for (unsigned i = 0; i < count; ++i) {
        (void)read_member(bytes, n, &entry, &m);
        write_local(&w, &m);
        uint8_t *const into = rv_write_space(&w, m.size);
        if (!into || !inflate_member(&m, into) || crc32(0, into, m.size) != m.crc) {
            free(made);
            return RV_ERR_VALUE;
        }
    }
    *out   = made;
    *n_out = w.at;
    return RV_OK;
}

// SPDX-License-Identifier: MIT
// One zip of NumPy arrays, stored: per link i in order of its first frame
//   link<i>_csi complex64 [frames][rx][tx][entries], link<i>_t_us uint64,
//   link<i>_sequence uint32, link<i>_rssi_dbm int8 and link<i>_noise_dbm int8 (127 not
//   known), link<i>_tone int16 and link<i>_entry uint16 of the primary training field,
//   link<i>_info uint64: layout id, node, transmitter, centre MHz, bandwidth MHz,
//   spacing Hz, synthetic, amplitude_only.
#include "cli/convert.h"

#include <ruview/base/bytes.h>
#include <ruview/capture/crc32.h>

#include <stdio.h>
#include <stdlib.h>

typedef struct {
    FILE            *file;
    rv_convert_links links;
    uint64_t         at; ///< Bytes written
    uint8_t         *directory;
    size_t           n_directory;
    unsigned         n_members;
    bool             failed;
} npz_writer;

static void *
open_file(const char *const path)
{
    npz_writer *const self = calloc(1, sizeof *self);
    if (self && !(self->file = fopen(path, "wb"))) {
        free(self);
        return NULL;
    }
    return self;
}

static bool
take_frame(void *const context, const rv_frame *const frame)
{
    npz_writer *const self = context;
    return rv_convert_gather(&self->links, frame);
}

static void
put(npz_writer *const self, const void *const bytes, const size_t n)
{
    if (n > 0 && fwrite(bytes, 1, n, self->file) != n) {
        self->failed = true;
    }
    self->at += n;
}

/// The fields that a local header and a directory entry share
static void
write_common(rv_writer *const w, const uint32_t crc, const uint32_t size,
             const size_t n_name)
{
    rv_write_u16(w, 20); // version needed
    rv_write_u16(w, 0);  // flags
    rv_write_u16(w, 0);  // stored
    rv_write_u16(w, 0);  // no time
    rv_write_u16(w, 33); // 1980-01-01
    rv_write_u32(w, crc);
    rv_write_u32(w, size);
    rv_write_u32(w, size);
    rv_write_u16(w, (uint16_t)n_name);
    rv_write_u16(w, 0); // no extra field
}

static bool
add_to_directory(npz_writer *const self, const char *const name, const size_t n_name,
                 const uint32_t crc, const uint32_t size, const uint32_t offset)
{
    uint8_t *const more = realloc(self->directory, self->n_directory + 46 + n_name);
    if (!more) {
        return false;
    }
    self->directory = more;
    rv_writer w     = {.bytes = more + self->n_directory, .size = 46 + n_name};
    rv_write_u32(&w, 0x02014B50);
    rv_write_u16(&w, 20);
    write_common(&w, crc, size, n_name);
    rv_write_u16(&w, 0); // no comment
    rv_write_u16(&w, 0); // disk
    rv_write_u16(&w, 0); // internal
    rv_write_u32(&w, 0); // external
    rv_write_u32(&w, offset);
    rv_write_bytes(&w, name, n_name);
    self->n_directory += w.at;
    ++self->n_members;
    return true;
}

/// Text of an .npy header, padded so that the data begin at a multiple of 64
static size_t
npy_header(uint8_t out[256], const char *const type, const size_t *const dim,
           const int n_dims)
{
    char shape[96];
    int  n = 0;
    for (int i = 0; i < n_dims; ++i) {
        n += snprintf(shape + n, sizeof shape - (size_t)n, "%zu,%s", dim[i],
                      i + 1 < n_dims ? " " : "");
    }
    char *const text = (char *)out + 10;
    n = snprintf(text, 200, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }",
                 type, shape);
    size_t total = (10 + (size_t)n + 1 + 63) / 64 * 64;
    while (10 + (size_t)n + 1 < total) {
        text[n++] = ' ';
    }
    text[n]                       = '\n';
    static const uint8_t magic[8] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    for (int i = 0; i < 8; ++i) {
        out[i] = magic[i];
    }
    rv_store_u16(out + 8, (uint16_t)(total - 10));
    return total;
}

static void
put_array(npz_writer *const self, const size_t link, const char *const what,
          const char *const type, const size_t *const dim, const int n_dims,
          const uint8_t *const data, const size_t n)
{
    char         name[64];
    uint8_t      header[256], local[30 + sizeof name];
    const size_t n_name =
        (size_t)snprintf(name, sizeof name, "link%zu_%s.npy", link, what);
    const size_t n_header = npy_header(header, type, dim, n_dims);
    if (n > UINT32_MAX - n_header || self->at > UINT32_MAX - n - n_header - 94) {
        self->failed = true; // beyond zip's 4 GiB
        return;
    }
    const uint32_t crc  = rv_crc32(rv_crc32(0, header, n_header), data, n);
    const uint32_t size = (uint32_t)(n_header + n);
    if (!add_to_directory(self, name, n_name, crc, size, (uint32_t)self->at)) {
        self->failed = true;
        return;
    }
    rv_writer w = {.bytes = local, .size = sizeof local};
    rv_write_u32(&w, 0x04034B50);
    write_common(&w, crc, size, n_name);
    rv_write_bytes(&w, name, n_name);
    put(self, local, w.at);
    put(self, header, n_header);
    put(self, data, n);
}

/// Numbers of `each` bytes as little-endian bytes, in place on little-endian machines
static uint8_t *
encode(const void *const from, const size_t n, const size_t each)
{
    uint8_t *const out = malloc(n * each + 1);
    for (size_t i = 0; out && i < n; ++i) {
        if (each == 8) {
            rv_store_u64(out + 8 * i, ((const uint64_t *)from)[i]);
        } else if (each == 4) {
            uint32_t v;
            memcpy(&v, (const uint8_t *)from + 4 * i, 4);
            rv_store_u32(out + 4 * i, v);
        } else if (each == 2) {
            rv_store_u16(out + 2 * i, ((const uint16_t *)from)[i]);
        } else {
            out[i] = ((const uint8_t *)from)[i];
        }
    }
    return out;
}

static void
put_numbers(npz_writer *const self, const size_t link, const char *const what,
            const char *const type, const size_t *const dim, const int n_dims,
            const void *const from, const size_t n, const size_t each)
{
    uint8_t *const bytes = encode(from, n, each);
    if (!bytes) {
        self->failed = true;
        return;
    }
    put_array(self, link, what, type, dim, n_dims, bytes, n * each);
    free(bytes);
}

static void
put_link(npz_writer *const self, const size_t i)
{
    const rv_convert_link *const l = &self->links.link[i];
    const rv_segment *const      s = &l->layout->segment[l->layout->primary];
    const size_t   csi[4]          = {l->n, l->n_rx, l->n_tx, l->layout->n_entries};
    const size_t   tones           = s->n_tones;
    const uint64_t info[8]         = {l->layout->id,
                                      l->node,
                                      l->tx,
                                      l->freq_mhz,
                                      l->layout->bandwidth_mhz,
                                      l->layout->spacing_hz,
                                      l->synthetic,
                                      l->amplitude_only};
    const size_t   n_info          = 8;
    uint16_t       entry[RV_MAX_TONES];
    for (size_t k = 0; k < tones; ++k) {
        entry[k] = (uint16_t)(s->first + s->entry[k]);
    }
    put_numbers(self, i, "csi", "<c8", csi, 4, l->samples, 2 * l->n * l->n_samples, 4);
    put_numbers(self, i, "t_us", "<u8", &l->n, 1, l->t_us, l->n, 8);
    put_numbers(self, i, "sequence", "<u4", &l->n, 1, l->sequence, l->n, 4);
    put_numbers(self, i, "rssi_dbm", "|i1", &l->n, 1, l->rssi_dbm, l->n, 1);
    put_numbers(self, i, "noise_dbm", "|i1", &l->n, 1, l->noise_dbm, l->n, 1);
    put_numbers(self, i, "tone", "<i2", &tones, 1, s->tone, tones, 2);
    put_numbers(self, i, "entry", "<u2", &tones, 1, entry, tones, 2);
    put_numbers(self, i, "info", "<u8", &n_info, 1, info, n_info, 8);
}

static bool
close_file(void *const context)
{
    npz_writer *const self = context;
    for (size_t i = 0; i < self->links.n; ++i) {
        put_link(self, i);
    }
    const uint32_t offset = (uint32_t)self->at;
    put(self, self->directory, self->n_directory);
    uint8_t   end[22];
    rv_writer w = {.bytes = end, .size = sizeof end};
    rv_write_u32(&w, 0x06054B50);
    rv_write_u32(&w, 0); // disks
    rv_write_u16(&w, (uint16_t)self->n_members);
    rv_write_u16(&w, (uint16_t)self->n_members);
    rv_write_u32(&w, (uint32_t)self->n_directory);
    rv_write_u32(&w, offset);
    rv_write_u16(&w, 0);
    put(self, end, w.at);
    const bool good = fclose(self->file) == 0 && !self->failed;
    rv_convert_links_free(&self->links);
    free(self->directory);
    free(self);
    return good;
}

const rv_convert_target rv_convert_npz = {
    .name   = "npz",
    .ending = ".npz",
    .help = "NumPy arrays per link: csi [frames][rx][tx][entries], t_us, rssi_dbm, …",
    .open = open_file,
    .frame = take_frame,
    .close = close_file,
};

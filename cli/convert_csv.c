// SPDX-License-Identifier: MIT
// One row per frame; the samples as one quoted list "re im re im …" in the order
// [rx][tx][entry]. Numbers are written by our own shortest-form writer, so that reading
// them back gives the same bits.
#include "cli/convert.h"

#include <ruview/math/text.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void *
open_file(const char *const path)
{
    FILE *const file = fopen(path, "w");
    if (file) {
        fputs("t_us,node,tx,layout,freq_mhz,bandwidth_mhz,n_rx,n_tx,rssi_dbm,noise_dbm,"
              "agc_db,mcs,sequence,synthetic,amplitude_only,csi\n",
              file);
    }
    return file;
}

static void
put_level(FILE *const file, const int dbm)
{
    if (dbm == RV_DBM_UNKNOWN) {
        fputc(',', file);
    } else {
        fprintf(file, "%d,", dbm);
    }
}

static void
put_float(FILE *const file, const float v)
{
    char text[RV_TEXT_MAX];
    fwrite(text, 1, rv_text_f32(text, v), file);
}

static bool
write_frame(void *const context, const rv_frame *const f)
{
    FILE *const file = context;
    fprintf(file, "%" PRIu64 ",%u,", f->t_us, f->node);
    if (f->tx != RV_TX_UNKNOWN) {
        fprintf(file, "%08" PRIx64, f->tx);
    }
    fprintf(file, ",%s,", f->layout->name);
    if (f->freq_mhz) {
        fprintf(file, "%" PRIu32, f->freq_mhz);
    }
    fprintf(file, ",%u,%u,%u,", f->bandwidth_mhz, f->n_rx, f->n_tx);
    put_level(file, f->rssi_dbm);
    put_level(file, f->noise_dbm);
    if (f->agc_db != INT16_MIN) {
        fprintf(file, "%d.%d", f->agc_db / 10, abs(f->agc_db % 10));
    }
    fputc(',', file);
    if (f->mcs_plus_1) {
        fprintf(file, "%d", f->mcs_plus_1 - 1);
    }
    fputc(',', file);
    if (f->has_sequence) {
        fprintf(file, "%" PRIu32, f->sequence);
    }
    fprintf(file, ",%d,%d,\"", f->synthetic, f->amplitude_only);
    const size_t n = (size_t)f->n_rx * f->n_tx * f->layout->n_entries;
    for (size_t i = 0; i < n; ++i) {
        if (i > 0) {
            fputc(' ', file);
        }
        put_float(file, f->re[i]);
        fputc(' ', file);
        put_float(file, f->im[i]);
    }
    fputs("\"\n", file);
    return !ferror(file);
}

static bool
close_file(void *const context)
{
    return fclose(context) == 0;
}

const rv_convert_target rv_convert_csv = {
    .name   = "csv",
    .ending = ".csv",
    .help   = "one row per frame, the samples as a list \"re im re im …\"",
    .open   = open_file,
    .frame  = write_frame,
    .close  = close_file,
};

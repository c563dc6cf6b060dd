// SPDX-License-Identifier: MIT
// SigMF 1.0: for each link a dataset NAME-link<i>.sigmf-data of complex float32
// (frame after frame, [rx][tx][entry]) and its .sigmf-meta. A CSI frame is a spectrum,
// not a stretch of time: annotations say where each begins and when it came.
#include "cli/convert.h"

#include <ruview/base/bytes.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char            *stem; ///< Path without its ending
    rv_convert_links links;
} sigmf_writer;

static void *
open_file(const char *const path)
{
    sigmf_writer *const self = calloc(1, sizeof *self);
    if (!self) {
        return NULL;
    }
    const char *const dot = strstr(path, ".sigmf");
    const size_t      n   = dot ? (size_t)(dot - path) : strlen(path);
    self->stem            = malloc(n + 1);
    if (!self->stem) {
        free(self);
        return NULL;
    }
    memcpy(self->stem, path, n);
    self->stem[n] = 0;
    return self;
}

static bool
take_frame(void *const context, const rv_frame *const frame)
{
    sigmf_writer *const self = context;
    return rv_convert_gather(&self->links, frame);
}

static FILE *
open_part(const sigmf_writer *const self, const size_t i, const char *const ending)
{
    char      path[4096];
    const int n = snprintf(path, sizeof path, "%s-link%zu.%s", self->stem, i, ending);
    return n > 0 && (size_t)n < sizeof path ? fopen(path, "wb") : NULL;
}

static bool
write_data(const sigmf_writer *const self, const size_t i)
{
    const rv_convert_link *const l    = &self->links.link[i];
    FILE *const                  file = open_part(self, i, "sigmf-data");
    if (!file) {
        return false;
    }
    for (size_t k = 0; k < 2 * l->n * l->n_samples; ++k) {
        uint8_t bytes[4];
        rv_store_f32(bytes, l->samples[k]);
        fwrite(bytes, 1, sizeof bytes, file);
    }
    const bool good = !ferror(file);
    return fclose(file) == 0 && good;
}

static void
write_global(FILE *const file, const rv_convert_link *const l)
{
    const rv_segment *const s = &l->layout->segment[l->layout->primary];
    fprintf(file,
            "{\n  \"global\": {\n"
            "    \"core:datatype\": \"cf32_le\",\n    \"core:version\": \"1.0.0\",\n"
            "    \"core:recorder\": \"ruview\",\n"
            "    \"core:description\": \"channel state information; each annotation is "
            "one frame, [rx][tx][entry]\",\n"
            "    \"core:extensions\": [{\"name\": \"ruview\", \"version\": \"1.0.0\", "
            "\"optional\": true}],\n"
            "    \"ruview:layout\": \"%s\",\n    \"ruview:node\": %u,\n"
            "    \"ruview:n_rx\": %u,\n    \"ruview:n_tx\": %u,\n"
            "    \"ruview:entries\": %u,\n    \"ruview:spacing_hz\": %" PRIu32 ",\n"
            "    \"ruview:bandwidth_mhz\": %u,\n    \"ruview:synthetic\": %s,\n"
            "    \"ruview:amplitude_only\": %s,\n",
            l->layout->name, l->node, l->n_rx, l->n_tx, l->layout->n_entries,
            l->layout->spacing_hz, l->layout->bandwidth_mhz,
            l->synthetic ? "true" : "false", l->amplitude_only ? "true" : "false");
    if (l->tx == RV_TX_UNKNOWN) {
        fputs("    \"ruview:tx\": null,\n", file);
    } else {
        fprintf(file, "    \"ruview:tx\": \"%08" PRIx64 "\",\n", l->tx);
    }
    fputs("    \"ruview:tones\": [", file);
    for (unsigned k = 0; k < s->n_tones; ++k) {
        fprintf(file, "%s%d", k ? "," : "", s->tone[k]);
    }
    fputs("],\n    \"ruview:tone_entries\": [", file);
    for (unsigned k = 0; k < s->n_tones; ++k) {
        fprintf(file, "%s%d", k ? "," : "", s->first + s->entry[k]);
    }
    fputs("]\n  },\n", file);
}

static bool
write_meta(const sigmf_writer *const self, const size_t i)
{
    const rv_convert_link *const l    = &self->links.link[i];
    FILE *const                  file = open_part(self, i, "sigmf-meta");
    if (!file) {
        return false;
    }
    write_global(file, l);
    fputs("  \"captures\": [{\"core:sample_start\": 0", file);
    if (l->freq_mhz) {
        fprintf(file, ", \"core:frequency\": %" PRIu32 "000000", l->freq_mhz);
    }
    fputs("}],\n  \"annotations\": [\n", file);
    for (size_t k = 0; k < l->n; ++k) {
        fprintf(file,
                "    {\"core:sample_start\": %zu, \"core:sample_count\": %zu, "
                "\"ruview:t_us\": %" PRIu64 ", \"ruview:rssi_dbm\": ",
                k * l->n_samples, l->n_samples, l->t_us[k]);
        if (l->rssi_dbm[k] == RV_DBM_UNKNOWN) {
            fputs("null", file);
        } else {
            fprintf(file, "%d", l->rssi_dbm[k]);
        }
        fprintf(file, "}%s\n", k + 1 < l->n ? "," : "");
    }
    fputs("  ]\n}\n", file);
    const bool good = !ferror(file);
    return fclose(file) == 0 && good;
}

static bool
close_file(void *const context)
{
    sigmf_writer *const self = context;
    bool                good = true;
    for (size_t i = 0; i < self->links.n && good; ++i) {
        good = write_data(self, i) && write_meta(self, i);
    }
    rv_convert_links_free(&self->links);
    free(self->stem);
    free(self);
    return good;
}

const rv_convert_target rv_convert_sigmf = {
    .name   = "sigmf",
    .ending = ".sigmf",
    .help   = "SigMF 1.0 datasets NAME-link<i>, one per link",
    .open   = open_file,
    .frame  = take_frame,
    .close  = close_file,
};

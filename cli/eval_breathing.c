// SPDX-License-Identifier: MIT
#define _GNU_SOURCE // scandir
#include "cli/eval_breathing.h"

#include "platform/file_source.h"

#include <ruview/vital/breathing.h>
#include <ruview/vital/motion.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { max_links = 16, max_tones = 512 };

/// A link and what stands behind its row
typedef struct {
    const rv_layout *layout;
    uint8_t          node;
    size_t           row;
    rv_motion        motion;
    rv_sampler       sampler;
    rv_breathing     breathing;
} link;

typedef struct {
    link     link[max_links];
    uint32_t n;
    uint64_t first_us;
    rv_fft   fft;
    void    *fft_memory;
} bench;

static link *
find_link(bench *const b, const rv_frame *const f, const char *const name,
          rv_eval_breaths *const out)
{
    for (uint32_t i = 0; i < b->n; ++i) {
        if (b->link[i].layout == f->layout && b->link[i].node == f->node) {
            return &b->link[i];
        }
    }
    rv_eval_breath *const grown =
        b->n < max_links ? realloc(out->item, (out->n + 1) * sizeof *grown) : NULL;
    if (!grown) {
        return NULL;
    }
    out->item                 = grown;
    rv_eval_breath *const row = &grown[out->n];
    memset(row, 0, sizeof *row);
    snprintf(row->recording, sizeof row->recording, "%s", name);
    snprintf(row->layout, sizeof row->layout, "%s", f->layout->name);
    row->node                           = f->node;
    link *const               l         = &b->link[b->n++];
    const rv_motion_config    motion    = rv_motion_config_default();
    const rv_breathing_config breathing = rv_breathing_config_default();
    *l = (link){.layout = f->layout, .node = f->node, .row = out->n++};
    rv_sampler_init(&l->sampler);
    return rv_motion_init(&l->motion, &motion, NULL, 0) == RV_OK &&
                   rv_breathing_init(&l->breathing, &breathing) == RV_OK
               ? l
               : NULL;
}

static void
take_frame(bench *const b, link *const l, const rv_frame *const f,
           rv_eval_breath *const row)
{
    static float            re[max_tones], im[max_tones];
    const rv_segment *const seg = &f->layout->segment[f->layout->primary];
    const uint16_t          n   = seg->n_tones < max_tones ? seg->n_tones : max_tones;
    const uint64_t          t   = f->t_us + 1;
    for (uint16_t k = 0; k < n; ++k) {
        const uint32_t e = (uint32_t)seg->first + seg->entry[k];
        re[k]            = f->re[e];
        im[k]            = f->im[e];
    }
    const rv_csi csi = {.t_us       = t,
                        .n_tones    = n,
                        .n_streams  = 1,
                        .spacing_hz = 312500,
                        .tone       = seg->tone,
                        .re         = re,
                        .im         = im};
    rv_motion_push(&l->motion, &csi);
    rv_sampler_push(&l->sampler, &csi, l->motion.result.moving);
    ++row->frames;
    b->first_us           = b->first_us ? b->first_us : t;
    const uint64_t minute = t > b->first_us ? (t - b->first_us) / 60000000U : 0;
    if (minute >= RV_EVAL_MINUTES) {
        return;
    }
    rv_breathing_result r;
    const bool          looked =
        rv_breathing_look(&l->breathing, &l->sampler, &b->fft, t, &row->spectrum);
    rv_breathing_result_at(&l->breathing, &l->sampler, t, &r);
    rv_eval_minute *const m = &row->minute[minute];
    row->n_minutes          = (uint32_t)minute + 1;
    if (!looked && r.bpm.reason != RV_REASON_MOVING) {
        return;
    }
    m->looks += looked;
    if (rv_is_known(r.bpm)) {
        ++m->answers;
        m->bpm += (r.bpm.value - m->bpm) / (float)m->answers;
    } else {
        m->reason = r.bpm.reason;
    }
}

static bool
read_recording(const char *const path, const char *const name,
               rv_eval_breaths *const out)
{
    bench *const    b = calloc(1, sizeof *b);
    size_t          n = 0;
    rv_recording    recording;
    rv_capture_item item;
    bool            good = b && rv_fft_size(RV_VITAL_FFT, &n) == RV_OK;
    if (good) {
        b->fft_memory = malloc(n);
        good          = b->fft_memory &&
               rv_fft_init(&b->fft, RV_VITAL_FFT, b->fft_memory, n) == RV_OK;
    }
    if (good && rv_recording_open(&recording, path, NULL) == RV_OK) {
        while (rv_capture_next(recording.capture, &item) == RV_OK) {
            if (item.reason == RV_REASON_NONE && item.input.kind == RV_INPUT_FRAME) {
                const rv_frame *const f = item.input.frame;
                link *const           l = find_link(b, f, name, out);
                if (l) {
                    take_frame(b, l, f, &out->item[l->row]);
                }
            }
        }
        rv_recording_close(&recording);
    }
    if (b) {
        free(b->fft_memory);
    }
    free(b);
    return good;
}

static int
by_name(const struct dirent **const a, const struct dirent **const b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

bool
rv_eval_breathing(const char *const folder, rv_eval_breaths *const breaths)
{
    struct dirent **entry = NULL;
    const int       n     = scandir(folder, &entry, NULL, by_name);
    bool            good  = true;
    for (int i = 0; i < n; ++i) {
        const char *const name   = entry[i]->d_name;
        const size_t      length = strlen(name);
        char *const       path   = malloc(strlen(folder) + length + 2);
        struct stat       about;
        if (path && name[0] != '.') {
            sprintf(path, "%s/%s", folder, name);
            if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
                good &= rv_eval_breathing(path, breaths);
            } else if (length > 6 && strcmp(name + length - 6, ".jsonl") == 0) {
                good &= read_recording(path, name, breaths);
            }
        }
        free(path);
        free(entry[i]);
    }
    free(entry);
    return good;
}

void
rv_eval_breaths_free(rv_eval_breaths *const breaths)
{
    free(breaths->item);
    *breaths = (rv_eval_breaths){0};
}

void
rv_eval_print_breaths(FILE *const out, const rv_eval_breaths *const breaths)
{
    if (breaths->n > 0) {
        fputs(
            "\nbreathing of recordings without truth: answered looks and mean rate, or "
            "why not, minute by minute\n",
            out);
    }
    for (size_t i = 0; i < breaths->n; ++i) {
        const rv_eval_breath *const b = &breaths->item[i];
        fprintf(out, "%s node %u %s, %u frames:", b->recording, b->node, b->layout,
                b->frames);
        for (uint32_t m = 0; m < b->n_minutes; ++m) {
            const rv_eval_minute *const at = &b->minute[m];
            if (at->answers > 0) {
                fprintf(out, "  %u of %u, %.1f/min", at->answers, at->looks,
                        (double)at->bpm);
            } else {
                fprintf(out, "  0 of %u, %s", at->looks, rv_reason_name(at->reason));
            }
        }
        fputc('\n', out);
    }
}

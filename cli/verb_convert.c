// SPDX-License-Identifier: MIT
#include "cli/convert.h"
#include "cli/input_file.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include <ruview/capture/intel5300.h>
#include <ruview/capture/wire.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const rv_convert_target *const targets[] = {
#define RV_CONVERT(name) &rv_convert_##name,
#include "cli/converts.def"
#undef RV_CONVERT
};
enum { n_targets = sizeof targets / sizeof *targets };

typedef struct {
    const char              *in, *out;
    const rv_convert_target *target;
    bool                     scaled, quiet;
    rv_capture_config        config;
} options;

static void
print_help(FILE *const out)
{
    fputs(
        "usage: ruview convert IN -o OUT [--to TARGET] [--scaled] [--node N] [--quiet]"
        "\n\nReads a recording of any known format and writes another. The ending of "
        "OUT\n"
        "decides what, or --to does:\n",
        out);
    for (int i = 0; i < n_targets; ++i) {
        fprintf(out, "  %-8s %s\n", targets[i]->name, targets[i]->help);
    }
    fputs(
        "\n--scaled    Intel 5300: samples in sqrt(SNR), as get_scaled_csi.m has them\n"
        "--node N    receiver number where the format names none (0)\n"
        "--quiet     no progress bar\n\n"
        "Exit codes: 0 written, 1 nothing was accepted, 2 wrong usage or not "
        "possible.\n",
        out);
}

static const rv_convert_target *
target_by_ending(const char *const path)
{
    const size_t n = strlen(path);
    for (int i = 0; i < n_targets; ++i) {
        const size_t m = strlen(targets[i]->ending);
        if ((n >= m && strcmp(path + n - m, targets[i]->ending) == 0) ||
            (targets[i] == &rv_convert_sigmf && strstr(path, ".sigmf-"))) {
            return targets[i];
        }
    }
    return NULL;
}

static const rv_convert_target *
target_by_name(const char *const name)
{
    for (int i = 0; i < n_targets; ++i) {
        if (strcmp(targets[i]->name, name) == 0) {
            return targets[i];
        }
    }
    return NULL;
}

static bool
read_options(const int argc, char **const argv, options *const o)
{
    const char *to = NULL;
    rv_capture_config_default(&o->config);
    bool is_plain = false; // behind --
    for (int i = 1; i < argc; ++i) {
        if (is_plain && !o->in) {
            o->in = argv[i];
        } else if (!is_plain && strcmp(argv[i], "--") == 0) {
            is_plain = true;
        } else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc) {
            o->out = argv[++i];
        } else if (strcmp(argv[i], "--to") == 0 && i + 1 < argc) {
            to = argv[++i];
        } else if (strcmp(argv[i], "--node") == 0 && i + 1 < argc) {
            char      *end  = NULL;
            const long node = strtol(argv[++i], &end, 10);
            if (end == argv[i] || *end || node < 0 || node > 255) {
                fputs("ruview convert: --node takes 0..255\n", stderr);
                return false;
            }
            o->config.node = (uint8_t)node;
        } else if (strcmp(argv[i], "--scaled") == 0) {
            o->scaled = true;
        } else if (strcmp(argv[i], "--quiet") == 0) {
            o->quiet = true;
        } else if ((argv[i][0] != '-' || !argv[i][1]) && !o->in) {
            o->in = argv[i];
        } else {
            fprintf(stderr, "ruview convert: cannot use '%s'; see --help\n", argv[i]);
            return false;
        }
    }
    if (!o->in || !o->out) {
        fputs("ruview convert: IN and -o OUT are needed; see --help\n", stderr);
        return false;
    }
    o->target = to ? target_by_name(to) : target_by_ending(o->out);
    if (!o->target) {
        fprintf(stderr,
                "ruview convert: no target for '%s'; --to takes pcapng npz csv "
                "sigmf\n",
                to ? to : o->out);
        return false;
    }
    return true;
}

/// Samples of an Intel 5300 frame on their absolute scale
static void
scale(const rv_frame *const frame, rv_frame *const scaled, float *const re,
      float *const im)
{
    const double factor = rv_intel5300_scale(frame);
    const size_t n      = (size_t)frame->n_rx * frame->n_tx * frame->layout->n_entries;
    *scaled             = *frame;
    for (size_t i = 0; i < n; ++i) {
        re[i] = (float)((double)frame->re[i] * factor);
        im[i] = (float)((double)frame->im[i] * factor);
    }
    scaled->re = re;
    scaled->im = im;
}

typedef struct {
    rv_wire  wire;
    uint64_t n_written, n_refused;
    uint64_t n_other; ///< Datagrams that carry no CSI
    float    re[RV_MAX_ENTRIES * 16], im[RV_MAX_ENTRIES * 16];
} converter;

static bool
write_item(converter *const c, const options *const o, void *const target,
           const rv_input *const input)
{
    if (o->target->input) {
        ++c->n_written;
        return o->target->input(target, input);
    }
    const rv_frame *frame = input->kind == RV_INPUT_FRAME ? input->frame : NULL;
    rv_packet       packet;
    if (input->kind == RV_INPUT_DATAGRAM) {
        rv_wire_decode(&c->wire, input, &packet);
        if (packet.kind == RV_PACKET_CSI && packet.reason == RV_REASON_NONE) {
            frame = &packet.frame;
        } else if (packet.reason == RV_REASON_NONE) {
            ++c->n_other;
        } else {
            ++c->n_refused;
        }
    }
    if (!frame) {
        return true;
    }
    rv_frame scaled;
    if (o->scaled && frame->layout->chip == RV_CHIP_INTEL5300) {
        scale(frame, &scaled, c->re, c->im);
        frame = &scaled;
    }
    ++c->n_written;
    return o->target->frame(target, frame);
}

static int
convert(const options *const o)
{
    rv_recording r;
    if (!rv_input_open(&r, "ruview convert", o->in, &o->config)) {
        return RV_EXIT_USAGE;
    }
    converter *const c      = calloc(1, sizeof *c);
    void *const      target = c ? o->target->open(o->out) : NULL;
    if (!target) {
        fprintf(stderr, "ruview convert: %s: %s\n", o->out, strerror(errno));
        free(c);
        rv_recording_close(&r);
        return RV_EXIT_USAGE;
    }
    rv_wire_init(&c->wire);
    rv_progress     progress = rv_progress_begin(o->in, o->quiet);
    rv_capture_item item;
    rv_status       step = RV_OK;
    bool            good = true;
    while (good && (step = rv_capture_next(r.capture, &item)) == RV_OK) {
        if (item.reason == RV_REASON_NONE) {
            good = write_item(c, o, target, &item.input);
        } else {
            ++c->n_refused;
        }
        rv_progress_show(&progress, rv_recording_progress(&r));
    }
    rv_progress_end(&progress);
    good = o->target->close(target) && good;
    if (!good || step == RV_ERR_IO) {
        fprintf(stderr, "ruview convert: %s\n",
                good ? "reading failed or the packed stream is cut"
                     : "writing failed: no space, or more than the target can hold");
    } else if (!o->quiet) {
        fprintf(stderr, "%" PRIu64 " written to %s", c->n_written, o->out);
        if (c->n_other > 0) {
            fprintf(stderr, "; %" PRIu64 " datagrams carry no CSI", c->n_other);
        }
        if (c->n_refused > 0) {
            fprintf(stderr, "; %" PRIu64 " refused, `ruview inspect %s` says why",
                    c->n_refused, o->in);
        }
        fputc('\n', stderr);
    }
    if (!good) {
        rv_output_discard(o->out);
    }
    const int code = !good || step == RV_ERR_IO ? RV_EXIT_USAGE
                     : c->n_written             ? RV_EXIT_OK
                                                : RV_EXIT_NEGATIVE;
    free(c);
    rv_recording_close(&r);
    return code;
}

int
rv_verb_convert(const int argc, char **const argv)
{
    options o = {0};
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        print_help(stdout);
        return RV_EXIT_OK;
    }
    return read_options(argc, argv, &o) && rv_output_spares("convert", o.out, o.in)
               ? convert(&o)
               : RV_EXIT_USAGE;
}

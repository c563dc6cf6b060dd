// SPDX-License-Identifier: MIT
#include "cli/input_file.h"
#include "cli/inspect.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include <ruview/capture/wire.h>

#include <stdlib.h>
#include <string.h>

static void
print_help(FILE *const out)
{
    fputs(
        "usage: ruview inspect [--json] [--node N] [--quiet] FILE...\n"
        "       ruview inspect --formats\n\n"
        "Says what is in a recording: links, tone layouts, measured rates, gaps, "
        "losses,\n"
        "levels, and why anything was refused. The content decides which format it "
        "is;\n"
        "- is standard input; zstd, gzip and .npz are unpacked.\n\n"
        "--json      one JSON object per file, with frames_accepted and refused\n"
        "-F json     the same\n"
        "--node N    receiver number where the format names none (0)\n"
        "--quiet     no progress bar\n"
        "--formats   list the formats that are known\n\n"
        "Exit codes: 0 read, 1 no frame was accepted, 2 wrong usage or not readable.\n",
        out);
}

static void
print_formats(void)
{
    const rv_format *format;
    for (size_t i = 0; (format = rv_format_at(i)) != NULL; ++i) {
        printf("%-16s %s\n%-16s   time: %s\n", rv_format_name(format),
               rv_format_title(format), "", rv_format_time(format));
    }
}

static int
inspect_file(const char *const path, const rv_capture_config *const config,
             const bool json, const bool quiet)
{
    rv_recording r;
    if (!rv_input_open(&r, "ruview inspect", path, config)) {
        return RV_EXIT_USAGE;
    }
    static rv_wire  wire;
    rv_packet       packet;
    rv_capture_item item;
    rv_inspect      found    = {0};
    rv_progress     progress = rv_progress_begin(path, quiet);
    rv_status       step;
    rv_wire_init(&wire);
    while ((step = rv_capture_next(r.capture, &item)) == RV_OK) {
        const bool is_datagram =
            item.reason == RV_REASON_NONE && item.input.kind == RV_INPUT_DATAGRAM;
        if (is_datagram) {
            rv_wire_decode(&wire, &item.input, &packet);
        }
        rv_inspect_take(&found, &item, is_datagram ? &packet : NULL);
        rv_progress_show(&progress, rv_recording_progress(&r));
    }
    rv_progress_end(&progress);
    rv_inspect_finish(&found);
    (json ? rv_inspect_print_json : rv_inspect_print)(stdout, path, r.capture, &found);
    const bool any = found.n_accepted > 0;
    rv_inspect_free(&found);
    rv_recording_close(&r);
    if (step == RV_ERR_IO) {
        fprintf(stderr,
                "ruview inspect: %s: reading failed or the packed stream is cut\n",
                path);
        return RV_EXIT_USAGE;
    }
    return any ? RV_EXIT_OK : RV_EXIT_NEGATIVE;
}

int
rv_verb_inspect(const int argc, char **const argv)
{
    bool              json = false, quiet = false;
    int               worst = RV_EXIT_OK, n_files = 0;
    rv_capture_config config;
    rv_capture_config_default(&config);
    for (int i = 1; i < argc; ++i) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc) {
                argv[n_files++] = argv[i];
            }
            break;
        }
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_help(stdout);
            return RV_EXIT_OK;
        }
        if (strcmp(argv[i], "--formats") == 0) {
            print_formats();
            return RV_EXIT_OK;
        }
        if (strcmp(argv[i], "--json") == 0) {
            json = true;
        } else if (strcmp(argv[i], "-F") == 0 && i + 1 < argc &&
                   strcmp(argv[i + 1], "json") == 0) {
            json = true;
            ++i;
        } else if (strcmp(argv[i], "--quiet") == 0) {
            quiet = true;
        } else if (strcmp(argv[i], "--node") == 0 && i + 1 < argc) {
            char      *end  = NULL;
            const long node = strtol(argv[++i], &end, 10);
            if (end == argv[i] || *end || node < 0 || node > 255) {
                fputs("ruview inspect: --node takes 0..255\n", stderr);
                return RV_EXIT_USAGE;
            }
            config.node = (uint8_t)node;
        } else if (argv[i][0] == '-' && argv[i][1]) {
            fprintf(stderr, "ruview inspect: unknown option %s; see --help\n", argv[i]);
            return RV_EXIT_USAGE;
        } else {
            argv[n_files++] = argv[i]; // files move to the front
        }
    }
    if (n_files == 0) {
        return rv_misused("inspect", "name a FILE");
    }
    for (int i = 0; i < n_files; ++i) {
        const int code = inspect_file(argv[i], &config, json, quiet);
        worst          = code > worst ? code : worst;
        if (!json && i + 1 < n_files) {
            fputc('\n', stdout);
        }
    }
    return worst;
}

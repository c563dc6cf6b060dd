// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/front_end.h"
#include "cli/input_file.h"
#include "cli/plot_map.h"
#include "cli/plot_tracks.h"
#include "cli/progress.h"
#include "cli/verb.h"
#include "cli/waterfall.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview plot [OPTIONS] FILE -o PICTURE\n"
    "       ruview plot tracks [OPTIONS] FILE -o PICTURE.svg\n"
    "       ruview plot map [OPTIONS] FILE -o PICTURE\n\n"
    "Draw one link of a capture: amplitude, phase as received, phase after the "
    "packet's\n"
    "offset and slope were taken out, tones upwards, time to the right.\n\n"
    "  -o, --output FILE   .svg or .png\n"
    "  -l, --link N        link by its number in the list (default: the one with most\n"
    "                      frames); without -o the list is printed\n"
    "      --from S        begin S seconds into the capture (0)\n"
    "      --for S         draw S seconds (to the end)\n"
    "      --quiet         no progress bar\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 done, 1 no frame of such a link, 2 wrong usage or unreadable "
    "file.\n";

typedef struct {
    const char *path, *output;
    long        link; ///< -1: the one with most frames
    double      from_s, for_s;
    bool        quiet;
} options;

// Walks the recording; collects the frames of link `chosen` when there is one
static bool
walk(const options *const o, rv_front_end *const front, const long chosen,
     rv_waterfall *const out)
{
    rv_recording    recording;
    rv_capture_item item;
    uint64_t        first_us = 0;
    bool            ok       = true;
    if (!rv_input_open(&recording, "ruview plot", o->path, NULL)) {
        return false;
    }
    rv_progress progress = rv_progress_begin(chosen < 0 ? "links" : "frames", o->quiet);
    rv_front_end_init(front);
    while (ok && rv_capture_next(recording.capture, &item) == RV_OK) {
        const rv_front_link *const link = rv_front_end_take(front, &item);
        rv_progress_show(&progress, rv_recording_progress(&recording));
        if (!link) {
            continue;
        }
        first_us       = first_us == 0 ? link->raw.t_us : first_us;
        const double t = link->raw.t_us > first_us
                             ? (double)(link->raw.t_us - first_us) * 1e-6
                             : 0.0;
        if (chosen >= 0 && chosen < (long)front->n_links &&
            link == front->link[chosen] && t >= o->from_s &&
            (o->for_s <= 0.0 || t < o->from_s + o->for_s)) {
            ok = rv_waterfall_add(out, link, t);
        }
    }
    rv_progress_end(&progress);
    rv_recording_close(&recording);
    return ok;
}

static void
list_links(const rv_front_end *const front)
{
    char name[160];
    for (uint32_t i = 0; i < front->n_links; ++i) {
        const rv_front_link *const l = front->link[i];
        const double               s = (double)(l->last_us - l->first_us) * 1e-6;
        printf("%2u  %s: %llu frames, %.2f Hz\n", i,
               rv_front_link_name(l, name, sizeof name),
               (unsigned long long)l->n_frames,
               s > 0.0 ? (double)(l->n_frames - 1) / s : 0.0);
    }
}

static long
busiest(const rv_front_end *const front)
{
    long best = -1;
    for (uint32_t i = 0; i < front->n_links; ++i) {
        if (best < 0 || front->link[i]->n_frames > front->link[best]->n_frames) {
            best = i;
        }
    }
    return best;
}

static bool
write_png(const rv_waterfall *const picture, const char *const title, FILE *const out)
{
    rv_canvas canvas;
    size_t    n = 0;
    if (!rv_waterfall_draw(picture, title, &canvas)) {
        return false;
    }
    uint8_t *const bytes = rv_canvas_png(&canvas, &n);
    const bool     ok    = bytes && fwrite(bytes, 1, n, out) == n;
    free(bytes);
    rv_canvas_free(&canvas);
    return ok;
}

static int
draw(const options *const o, const rv_front_link *const link,
     const rv_waterfall *const picture)
{
    char        name[160], title[256];
    const bool  png = rv_ends_with(o->output, ".png");
    FILE *const out = fopen(o->output, "wb");
    snprintf(title, sizeof title, "%s: %zu frames",
             rv_front_link_name(link, name, sizeof name), picture->n);
    bool ok = out && (png ? write_png(picture, title, out)
                          : rv_waterfall_write_svg(picture, title, out));
    ok      = out && fclose(out) == 0 && ok;
    if (!ok) {
        fprintf(stderr, "ruview plot: %s cannot be written\n", o->output);
        return RV_EXIT_USAGE;
    }
    printf("%s: %s; phase without structure in %u frames\n", o->output, title,
           picture->n_garbage);
    return RV_EXIT_OK;
}

static int
run(const options *const o)
{
    static rv_front_end front;
    rv_waterfall        picture = {0};
    if (!walk(o, &front, -1, NULL)) {
        return RV_EXIT_USAGE;
    }
    const long chosen = o->link >= 0 ? o->link : busiest(&front);
    if (!o->output) {
        list_links(&front);
    }
    const bool there = chosen >= 0 && chosen < (long)front.n_links;
    rv_front_end_free(&front);
    if (!there || !o->output) {
        if (!there) {
            fputs("ruview plot: no frame of such a link; ruview plot FILE lists them\n",
                  stderr);
        }
        return there ? RV_EXIT_OK : RV_EXIT_NEGATIVE;
    }
    int code = RV_EXIT_USAGE;
    if (walk(o, &front, chosen, &picture)) {
        code = picture.n > 0 ? draw(o, front.link[chosen], &picture) : RV_EXIT_NEGATIVE;
    }
    rv_front_end_free(&front);
    rv_waterfall_free(&picture);
    return code;
}

int
rv_verb_plot(const int argc, char **const argv)
{
    static const struct option table[] = {{"output", required_argument, NULL, 'o'},
                                          {"link", required_argument, NULL, 'l'},
                                          {"from", required_argument, NULL, 'f'},
                                          {"for", required_argument, NULL, 'd'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    options                    o       = {.link = -1};
    double                     link    = 0.0;
    if (argc > 1 && strcmp(argv[1], "map") == 0) {
        return rv_plot_map(argc - 1, argv + 1);
    }
    if (argc > 1 && strcmp(argv[1], "tracks") == 0) {
        return rv_plot_tracks(argc - 1, argv + 1);
    }
    for (int c; (c = getopt_long(argc, argv, "o:l:h", table, NULL)) != -1;) {
        switch (c) {
        case 'o':
            o.output = optarg;
            break;
        case 'l':
            if (!rv_take_number("plot", "--link", optarg, 65535, &link)) {
                return RV_EXIT_USAGE;
            }
            o.link = (long)link;
            break;
        case 'f':
            if (!rv_take_number("plot", "--from", optarg, 1e9, &o.from_s)) {
                return RV_EXIT_USAGE;
            }
            break;
        case 'd':
            if (!rv_take_number("plot", "--for", optarg, 1e9, &o.for_s)) {
                return RV_EXIT_USAGE;
            }
            break;
        case 'q':
            o.quiet = true;
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            return rv_misused("plot", NULL);
        }
    }
    if (optind + 1 != argc) {
        return rv_misused("plot", "one FILE is needed");
    }
    o.path = argv[optind];
    if (o.output && !rv_ends_with(o.output, ".svg") &&
        !rv_ends_with(o.output, ".png")) {
        return rv_misused("plot", "-o takes the name of a picture, .svg or .png");
    }
    if (!rv_output_spares("plot", o.output, o.path)) {
        return RV_EXIT_USAGE;
    }
    return run(&o);
}

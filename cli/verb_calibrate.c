// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/calibration_store.h"
#include "cli/front_end.h"
#include "cli/input_file.h"
#include "cli/progress.h"
#include "cli/verb.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview calibrate [OPTIONS] FILE\n\n"
    "Record the empty room from a capture, link by link, and say whether each "
    "baseline\n"
    "qualifies: long enough, still, nobody there. One that does not is not kept.\n\n"
    "  -o, --output FILE   keep the baselines that qualify in this SQLite store\n"
    "      --export DIR    write them there too, one file NODE-ID.rvb each\n"
    "      --from S        begin S seconds into the capture (0)\n"
    "      --for S         record S seconds (to the end)\n"
    "      --min-frames N  frames of a link that is judged at all (200)\n"
    "  -F, --format FMT    text (default) or json: one object per link and line\n"
    "      --quiet         no progress bar\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 every link qualified, 1 some did not, 2 wrong usage or "
    "unreadable.\n";

typedef struct {
    const char *path, *store, *directory;
    double      from_s, for_s;
    uint32_t    min_frames;
    bool        json, quiet;
} options;

typedef struct {
    uint32_t n_ready, n_refused;
} tally;

static bool
export_to(const char *const directory, const rv_calibrate *const baseline)
{
    const rv_calibrate_verdict v = rv_calibrate_get(baseline);
    char                       path[4096];
    size_t                     n = 0;
    if (rv_calibrate_export(baseline, NULL, &n) != RV_OK) {
        return false;
    }
    uint8_t *const bytes = malloc(n);
    snprintf(path, sizeof path, "%s/%u-%016" PRIx64 ".rvb", directory,
             baseline->cfg.link.node, v.id64);
    FILE *const file = bytes ? fopen(path, "wb") : NULL;
    bool        ok   = file && rv_calibrate_export(baseline, bytes, &n) == RV_OK &&
              fwrite(bytes, 1, n, file) == n;
    if (file) {
        ok = fclose(file) == 0 && ok;
    }
    free(bytes);
    if (!ok) {
        fprintf(stderr, "ruview calibrate: %s cannot be written\n", path);
    }
    return ok;
}

static void
print_link(const options *const o, const rv_front_link *const link,
           const rv_reason refused)
{
    const rv_calibrate_verdict v = rv_calibrate_get(&link->calibrate);
    char                       name[160];
    rv_front_link_name(link, name, sizeof name);
    if (o->json) {
        printf(
            "{\"node_id\":%u,\"tx\":\"%016" PRIx64 "\",\"freq_mhz\":%" PRIu32
            ",\"layout\":\"%s\",\"qualified\":%s,\"reason\":\"%s\",\"frames\":%" PRIu64
            ",\"seconds\":%.3f,\"blocks\":%u,\"blocks_clean\":%u,\"motion\":%.4f,"
            "\"snr_db\":%.2f,\"id\":\"%016" PRIx64 "\"}\n",
            link->key.node, link->key.tx, link->key.freq_mhz, link->layout->name,
            refused == RV_REASON_NONE ? "true" : "false", rv_reason_name(refused),
            (uint64_t)v.frames, (double)v.duration_us * 1e-6, v.blocks, v.blocks_clean,
            (double)v.motion, (double)v.snr_db, v.id64);
        return;
    }
    printf("%s\n", name);
    if (refused == RV_REASON_NONE) {
        printf("  qualified: %" PRIu32
               " frames in %.1f s, %u of %u blocks, static over "
               "residual %.1f dB, id %016" PRIx64 "\n",
               v.frames, (double)v.duration_us * 1e-6, v.blocks_clean, v.blocks,
               (double)v.snr_db, v.id64);
    } else {
        printf("  not qualified: %s: %s (%" PRIu32 " frames in %.1f s, %u of %u blocks "
               "clean)\n",
               rv_reason_name(refused), rv_reason_text(refused), v.frames,
               (double)v.duration_us * 1e-6, v.blocks_clean, v.blocks);
    }
}

// By node, then transmitter; links of both alike as they appeared
static void
sort_links(rv_front_end *const front)
{
    for (uint32_t i = 1; i < front->n_links; ++i) {
        rv_front_link *const one = front->link[i];
        uint32_t             at  = i;
        for (; at > 0 && (front->link[at - 1]->key.node > one->key.node ||
                          (front->link[at - 1]->key.node == one->key.node &&
                           front->link[at - 1]->key.tx > one->key.tx));
             --at) {
            front->link[at] = front->link[at - 1];
        }
        front->link[at] = one;
    }
}

static bool
judge(const options *const o, rv_front_end *const front, tally *const out)
{
    rv_calibration_store *store = NULL;
    if (o->store && !(store = rv_calibration_store_open(o->store))) {
        return false;
    }
    bool ok = true;
    sort_links(front);
    for (uint32_t i = 0; i < front->n_links; ++i) {
        rv_front_link *const link    = front->link[i];
        rv_reason            refused = RV_REASON_NONE;
        rv_calibrate_finish(&link->calibrate, &refused);
        print_link(o, link, refused);
        out->n_ready += refused == RV_REASON_NONE;
        out->n_refused += refused != RV_REASON_NONE;
        if (refused == RV_REASON_NONE) {
            ok = (!store || rv_calibration_store_put(store, &link->calibrate)) && ok;
            ok = (!o->directory || export_to(o->directory, &link->calibrate)) && ok;
        }
    }
    rv_calibration_store_close(store);
    return ok;
}

// Is the item inside the stretch that was asked for? `first_us` is that of the first
// item
static bool
is_wanted(const options *const o, const uint64_t t_us, const uint64_t first_us)
{
    const double at = t_us > first_us ? (double)(t_us - first_us) * 1e-6 : 0.0;
    return at >= o->from_s && (o->for_s <= 0.0 || at < o->from_s + o->for_s);
}

static int
run(const options *const o)
{
    static rv_front_end front;
    rv_recording        recording;
    rv_capture_item     item;
    tally               found = {0, 0};
    if (!rv_input_open(&recording, "ruview calibrate", o->path, NULL)) {
        return RV_EXIT_USAGE;
    }
    rv_progress progress = rv_progress_begin("empty room", o->quiet);
    uint64_t    first_us = 0;
    rv_front_end_init(&front);
    while (rv_capture_next(recording.capture, &item) == RV_OK) {
        rv_front_link *const link = rv_front_end_take(&front, &item);
        rv_progress_show(&progress, rv_recording_progress(&recording));
        if (!link) {
            continue;
        }
        first_us = first_us == 0 ? link->raw.t_us : first_us;
        if (link->n_frames == 1) {
            link->calibrate.cfg.min_frames = o->min_frames;
            rv_calibrate_begin(&link->calibrate, first_us);
        }
        if (is_wanted(o, link->raw.t_us, first_us)) {
            (void)!rv_calibrate_record(&link->calibrate, &link->clean);
        }
    }
    rv_progress_end(&progress);
    const bool ok = judge(o, &front, &found);
    rv_front_end_free(&front);
    rv_recording_close(&recording);
    if (!o->json) {
        printf("%" PRIu32 " of %" PRIu32 " links qualified\n", found.n_ready,
               found.n_ready + found.n_refused);
    }
    return !ok                                         ? RV_EXIT_USAGE
           : found.n_refused > 0 || found.n_ready == 0 ? RV_EXIT_NEGATIVE
                                                       : RV_EXIT_OK;
}

int
rv_verb_calibrate(const int argc, char **const argv)
{
    static const struct option table[] = {{"output", required_argument, NULL, 'o'},
                                          {"export", required_argument, NULL, 'e'},
                                          {"from", required_argument, NULL, 'f'},
                                          {"for", required_argument, NULL, 'd'},
                                          {"min-frames", required_argument, NULL, 'm'},
                                          {"format", required_argument, NULL, 'F'},
                                          {"quiet", no_argument, NULL, 'q'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    options                    o       = {.min_frames = 200};
    double                     least   = 200.0;
    for (int c; (c = getopt_long(argc, argv, "o:F:h", table, NULL)) != -1;) {
        switch (c) {
        case 'o':
            o.store = optarg;
            break;
        case 'e':
            o.directory = optarg;
            break;
        case 'f':
            if (!rv_take_number("calibrate", "--from", optarg, 1e9, &o.from_s)) {
                return RV_EXIT_USAGE;
            }
            break;
        case 'd':
            if (!rv_take_number("calibrate", "--for", optarg, 1e9, &o.for_s)) {
                return RV_EXIT_USAGE;
            }
            break;
        case 'm':
            if (!rv_take_number("calibrate", "--min-frames", optarg, 1e9, &least)) {
                return RV_EXIT_USAGE;
            }
            break;
        case 'F':
            o.json = strcmp(optarg, "json") == 0;
            break;
        case 'q':
            o.quiet = true;
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            return rv_misused("calibrate", NULL);
        }
    }
    if (optind + 1 != argc) {
        return rv_misused("calibrate", "one FILE is needed");
    }
    if (least < 32.0) {
        return rv_misused("calibrate", "--min-frames takes 32 and more");
    }
    o.path       = argv[optind];
    o.min_frames = (uint32_t)least;
    if (!rv_output_spares("calibrate", o.store, o.path)) {
        return RV_EXIT_USAGE;
    }
    return run(&o);
}

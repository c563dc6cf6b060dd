// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/plot_tracks.h"

#include "cli/host.h"
#include "cli/input_file.h"
#include "cli/plot_map.h"
#include "cli/verb.h"

#include <getopt.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview plot tracks [OPTIONS] FILE -o PICTURE.svg\n\n"
    "Run a recording through the pipeline and draw the room with the ways of its "
    "people,\n"
    "the uncertainty at the end of each, and skeletons where a pose model gave any. "
    "What\n"
    "the privacy mode withholds is not drawn.\n\n"
    "  -o, --output FILE   .svg\n"
    "  -c, --config FILE   rooms, nodes, zones, privacy (default: what the file "
    "carries)\n"
    "      --every S       a skeleton every S seconds (3)\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 done, 1 nobody to draw, 2 wrong usage or unreadable file.\n";

typedef struct {
    uint32_t id;
    float    position_m[2];
    float    covariance_m2[3];
    bool     has_pose;
    float    keypoint_m[RV_N_KEYPOINTS][3];
    float    sigma_m;
} point;

typedef struct {
    rv_host   host;
    double    every_s;
    point    *list;
    size_t    n, room;
    uint64_t  pose_us; ///< When skeletons were last taken
    bool      failed, synthetic;
    rv_reason why; ///< Nobody was listed, last
    uint64_t  cycles, persons, poses;
} plot;

static void
take_person(plot *const self, const rv_record_person *const person, const bool pose)
{
    if (self->n == self->room) {
        const size_t room = self->room > 0 ? 2 * self->room : 1024;
        point *const list = realloc(self->list, room * sizeof *list);
        if (!list) {
            self->failed = true;
            return;
        }
        self->list = list;
        self->room = room;
    }
    point *const p = &self->list[self->n++];
    memset(p, 0, sizeof *p);
    p->id = person->id;
    memcpy(p->position_m, person->position_m, sizeof p->position_m);
    memcpy(p->covariance_m2, person->covariance_m2, sizeof p->covariance_m2);
    p->has_pose = pose && person->keypoint_reason == RV_REASON_NONE;
    if (p->has_pose) {
        memcpy(p->keypoint_m, person->keypoint_m, sizeof p->keypoint_m);
    }
}

static void
take_cycle(void *const context, const rv_cycle_output *const output)
{
    plot *const            self = context;
    const rv_record *const r    = output->record;
    const bool             due =
        self->pose_us == 0 || (double)(r->t_us - self->pose_us) * 1e-6 >= self->every_s;
    bool drawn = false;
    ++self->cycles;
    self->synthetic = self->synthetic || r->synthetic;
    self->why       = r->n_persons > 0 ? self->why : r->persons_reason;
    for (int i = 0; i < r->n_persons; ++i) {
        const rv_record_person *const person = &r->persons[i];
        if (person->state == RV_TRACK_ACTIVE) {
            take_person(self, person, due);
            ++self->persons;
            self->poses += person->keypoint_reason == RV_REASON_NONE;
            drawn = drawn || person->keypoint_reason == RV_REASON_NONE;
        }
    }
    if (due && drawn) {
        self->pose_us = r->t_us;
    }
}

// ---- the picture: the floor seen from above, heights leaning to the upper right

enum { scale = 110, margin = 50 };

static double
at_x(const double x, const double z)
{
    return margin + scale * (x + 0.22 * z);
}

static double
at_y(const rv_engine_config *const config, const double y, const double z)
{
    return margin + scale * ((double)config->room_m[1] + 1.0 - y - 0.45 * z);
}

static const char *
colour(const uint32_t id)
{
    static const char *const hues[] = {"#0b7285", "#c2255c", "#5f3dc4",
                                       "#2b8a3e", "#e67700", "#364fc7"};
    return hues[id % (sizeof hues / sizeof *hues)];
}

static void
draw_floor(FILE *const out, const rv_engine_config *const c, const char *const title,
           const bool has_heights)
{
    // Without anything that stands up, nothing leans over the northern wall
    const double top = has_heights ? 0.0 : 0.8 * scale;
    const double w   = at_x((double)c->room_m[0], 2.0) + margin;
    const double h   = at_y(c, 0.0, 0.0) + margin;
    fprintf(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
        "viewBox=\"0 %.0f %.0f %.0f\" font-family=\"sans-serif\" font-size=\"13\">\n"
        "<rect y=\"%.0f\" width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
        "<text x=\"%d\" y=\"%.0f\">%s</text>\n",
        w, h - top, top, w, h - top, top, margin, top + 24, title);
    fprintf(out,
            "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
            "fill=\"#f8f9fa\" stroke=\"#495057\"/>\n",
            at_x(0, 0), at_y(c, (double)c->room_m[1], 0), scale * (double)c->room_m[0],
            scale * (double)c->room_m[1]);
    for (int i = 0; i < c->n_zones; ++i) {
        fputs("<polygon fill=\"#e7f5ff\" stroke=\"#a5d8ff\" points=\"", out);
        for (int v = 0; v < c->zone[i].n_vertices; ++v) {
            fprintf(out, "%.1f,%.1f ", at_x((double)c->zone[i].vertex_m[v][0], 0),
                    at_y(c, (double)c->zone[i].vertex_m[v][1], 0));
        }
        fputs("\"/>\n", out);
    }
    for (int i = 0; i < c->n_nodes; ++i) {
        if (c->node[i].has_position) {
            const double x = at_x((double)c->node[i].position_m[0], 0);
            const double y = at_y(c, (double)c->node[i].position_m[1], 0);
            // The name on the side where there is room
            const bool is_east = c->node[i].position_m[0] > 0.5F * c->room_m[0];
            fprintf(out,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#343a40\"/>"
                    "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">node %d</text>\n",
                    x, y, is_east ? x - 7 : x + 7, y - 7, is_east ? "end" : "start",
                    c->node[i].node);
        }
    }
}

// Metres along both walls, and what the marks mean
static void
draw_axes(FILE *const out, const rv_engine_config *const c)
{
    fputs("<g stroke=\"#495057\">", out);
    for (int x = 0; (double)x <= (double)c->room_m[0] + 1e-6; ++x) {
        fprintf(out, "<path d=\"M%.1f %.1fv5\"/>", at_x(x, 0), at_y(c, 0, 0));
    }
    for (int y = 0; (double)y <= (double)c->room_m[1] + 1e-6; ++y) {
        fprintf(out, "<path d=\"M%.1f %.1fh-5\"/>", at_x(0, 0), at_y(c, y, 0));
    }
    fputs("</g>\n<g font-size=\"11\" text-anchor=\"middle\">", out);
    for (int x = 0; (double)x <= (double)c->room_m[0] + 1e-6; ++x) {
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%d%s</text>", at_x(x, 0),
                at_y(c, 0, 0) + 17, x, x == 0 ? " m" : "");
    }
    for (int y = 0; (double)y <= (double)c->room_m[1] + 1e-6; ++y) {
        fprintf(out, "<text x=\"%.1f\" y=\"%.1f\">%d</text>", at_x(0, 0) - 14,
                at_y(c, y, 0) + 4, y);
    }
    fprintf(out,
            "</g>\n<text x=\"%d\" y=\"%.1f\">lines: ways of tracks; ellipse: one "
            "sigma where each was seen last</text>\n",
            margin, at_y(c, 0, 0) + 36);
}

static void
draw_way(FILE *const out, const plot *const self, const uint32_t id)
{
    const rv_engine_config *const c    = &self->host.config;
    const point                  *last = NULL;
    fprintf(out,
            "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" "
            "stroke-opacity=\"0.6\" points=\"",
            colour(id));
    for (size_t i = 0; i < self->n; ++i) {
        const point *const p = &self->list[i];
        if (p->id == id) {
            fprintf(out, "%.1f,%.1f ", at_x((double)p->position_m[0], 0),
                    at_y(c, (double)p->position_m[1], 0));
            last = p;
        }
    }
    fputs("\"/>\n", out);
    if (!last) {
        return;
    }
    // one sigma: axes of the covariance; north is up, so that the angle turns over
    const double xx    = (double)last->covariance_m2[0];
    const double xy    = (double)last->covariance_m2[1];
    const double yy    = (double)last->covariance_m2[2];
    const double mean  = 0.5 * (xx + yy);
    const double apart = hypot(0.5 * (xx - yy), xy);
    const double x     = at_x((double)last->position_m[0], 0);
    const double y     = at_y(c, (double)last->position_m[1], 0);
    fprintf(out,
            "<ellipse rx=\"%.1f\" ry=\"%.1f\" fill=\"%s\" fill-opacity=\"0.12\" "
            "stroke=\"%s\" transform=\"translate(%.1f %.1f) rotate(%.1f)\"/>"
            "<text x=\"%.1f\" y=\"%.1f\" fill=\"%s\">#%u</text>\n",
            scale * sqrt(mean + apart), scale * sqrt(fmax(mean - apart, 0.0)),
            colour(id), colour(id), x, y, -28.64788975654116 * atan2(2.0 * xy, xx - yy),
            x + 6, y - 6, colour(id), id);
}

static void
draw_skeleton(FILE *const out, const rv_engine_config *const c, const point *const p)
{
    static const uint8_t bones[][2] = {{5, 6},   {5, 7},   {7, 9},   {6, 8},
                                       {8, 10},  {5, 11},  {6, 12},  {11, 12},
                                       {11, 13}, {13, 15}, {12, 14}, {14, 16}};
    fprintf(out,
            "<g stroke=\"%s\" stroke-width=\"2.5\" stroke-linecap=\"round\" "
            "fill=\"%s\">",
            colour(p->id), colour(p->id));
    for (size_t b = 0; b < sizeof bones / sizeof *bones; ++b) {
        const float *const from = p->keypoint_m[bones[b][0]];
        const float *const to   = p->keypoint_m[bones[b][1]];
        fprintf(out, "<path d=\"M%.1f %.1fL%.1f %.1f\"/>",
                at_x((double)from[0], (double)from[2]),
                at_y(c, (double)from[1], (double)from[2]),
                at_x((double)to[0], (double)to[2]),
                at_y(c, (double)to[1], (double)to[2]));
    }
    const float *const nose = p->keypoint_m[0];
    fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"6\" stroke=\"none\"/></g>\n",
            at_x((double)nose[0], (double)nose[2]),
            at_y(c, (double)nose[1], (double)nose[2]));
}

static bool
seen_before(const plot *const self, const size_t index)
{
    for (size_t i = 0; i < index; ++i) {
        if (self->list[i].id == self->list[index].id) {
            return true;
        }
    }
    return false;
}

static bool
draw(const plot *const self, const char *const path)
{
    char        title[160];
    FILE *const out = fopen(path, "w");
    if (!out) {
        return false;
    }
    snprintf(title, sizeof title, "%llu cycles%s%s", (unsigned long long)self->cycles,
             self->synthetic ? ", synthetic" : "",
             self->poses > 0 ? ", skeletons by a model trained on simulation" : "");
    draw_floor(out, &self->host.config, title, self->poses > 0);
    draw_axes(out, &self->host.config);
    for (size_t i = 0; i < self->n; ++i) {
        if (!seen_before(self, i)) {
            draw_way(out, self, self->list[i].id);
        }
    }
    for (size_t i = 0; i < self->n; ++i) {
        if (self->list[i].has_pose) {
            draw_skeleton(out, &self->host.config, &self->list[i]);
        }
    }
    fputs("</svg>\n", out);
    return fclose(out) == 0;
}

static int
run(plot *const self, const char *const path, const char *const output,
    const bool has_config)
{
    rv_input_file   file;
    rv_capture_item item;
    if (!rv_input_file_start(&file, &item, path, &self->host, has_config, take_cycle,
                             self)) {
        return RV_EXIT_USAGE;
    }
    rv_input_file_run(&file, &item, self->host.engine);
    rv_input_file_close(&file);
    rv_host_stop(&self->host);
    if (self->n == 0) {
        fprintf(stderr, "ruview plot: nobody to draw: %s%s\n",
                rv_reason_text(self->why),
                self->why == RV_REASON_PRIVACY ? RV_PLOT_OPEN_CLASS : "");
        return RV_EXIT_NEGATIVE;
    }
    if (self->failed || !draw(self, output)) {
        fprintf(stderr, "ruview plot: %s cannot be written\n", output);
        return RV_EXIT_USAGE;
    }
    printf("%s: somebody in %llu places, with a skeleton in %llu, in %llu cycles\n",
           output, (unsigned long long)self->persons, (unsigned long long)self->poses,
           (unsigned long long)self->cycles);
    return RV_EXIT_OK;
}

static bool
parse_every(const char *const text, double *const seconds)
{
    char *end = NULL;
    *seconds  = strtod(text, &end);
    if (end == text || *end != '\0' || !(*seconds >= 0.05 && *seconds <= 3600)) {
        fprintf(stderr,
                "ruview plot: --every is a number of seconds from 0.05 to 3600, not "
                "'%s'\n",
                text);
        return false;
    }
    return true;
}

int
rv_plot_tracks(const int argc, char **const argv)
{
    static const struct option table[] = {{"output", required_argument, NULL, 'o'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"every", required_argument, NULL, 'e'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    static plot                self;
    const char                *output = NULL, *config = NULL;
    self.every_s = 3.0;
    for (int c; (c = getopt_long(argc, argv, "o:c:h", table, NULL)) != -1;) {
        switch (c) {
        case 'o':
            output = optarg;
            break;
        case 'c':
            config = optarg;
            break;
        case 'e':
            if (!parse_every(optarg, &self.every_s)) {
                return RV_EXIT_USAGE;
            }
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            return rv_misused("plot tracks", NULL);
        }
    }
    if (optind + 1 != argc || !output) {
        return rv_misused("plot tracks", "one FILE and -o PICTURE.svg are needed");
    }
    if (!rv_ends_with(output, ".svg")) {
        return rv_misused("plot tracks", "-o takes the name of a picture, .svg");
    }
    if (!rv_output_spares("plot tracks", output, argv[optind])) {
        return RV_EXIT_USAGE;
    }
    if (!rv_host_configure(&self.host, config)) {
        return RV_EXIT_USAGE;
    }
    const int code = run(&self, argv[optind], output, config != NULL);
    free(self.list);
    return code;
}

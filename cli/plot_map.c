// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/plot_map.h"

#include "cli/host.h"
#include "cli/input_file.h"
#include "cli/painter.h"
#include "cli/verb.h"

#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview plot map [OPTIONS] FILE -o PICTURE\n\n"
    "Run a recording through the pipeline and draw, left, how often each cell of the "
    "room\n"
    "was occupied and the ways of the tracks with their uncertainty; right, how "
    "sharply\n"
    "the links see each cell. Where FILE has a .truth.jsonl beside it (ruview "
    "simulate),\n"
    "the true ways are drawn over the tracks and the error is printed.\n\n"
    "  -o, --output FILE   .png or .svg\n"
    "  -c, --config FILE   rooms, nodes, zones, privacy (default: what the file "
    "carries)\n"
    "      --truth FILE    the truth, JSON Lines (default: beside FILE)\n"
    "  -h, --help          this text\n\n"
    "Exit codes: 0 done, 1 no map to draw, 2 wrong usage or unreadable file.\n";

typedef struct {
    uint64_t t_us;
    uint32_t id; ///< Of a track; of a truth: its place in the list
    double   x, y, sigma;
} place;

typedef struct {
    place *list;
    size_t n, room;
} places;

typedef struct {
    rv_host   host;
    rv_reason why; ///< There is none
    int       nx, ny;
    double    origin[2], step[2];
    double   *occupied, *sigma; ///< [ny][nx] sums
    uint64_t  maps;
    places    track, truth;
    bool      failed, synthetic;
} plot;

static bool
add(places *const to, const place one)
{
    if (to->n == to->room) {
        const size_t room = to->room > 0 ? 2 * to->room : 4096;
        place *const list = realloc(to->list, room * sizeof *list);
        if (!list) {
            return false;
        }
        to->list = list;
        to->room = room;
    }
    to->list[to->n++] = one;
    return true;
}

static void
take_map(plot *const self, const rv_record *const r)
{
    const int n = r->map_nx * r->map_ny;
    if (r->map_reason != RV_REASON_NONE || r->occupied_levels == 0 || r->map_nz != 1) {
        self->why =
            r->map_reason != RV_REASON_NONE ? r->map_reason : r->occupied_reason;
        return;
    }
    if (!self->occupied) {
        self->nx       = r->map_nx;
        self->ny       = r->map_ny;
        self->occupied = calloc((size_t)n, sizeof(double));
        self->sigma    = calloc((size_t)n, sizeof(double));
        for (int k = 0; k < 2; ++k) {
            self->origin[k] = (double)r->map_origin_m[k];
            self->step[k]   = (double)r->map_step_m[k];
        }
    }
    self->failed = self->failed || !self->occupied || !self->sigma;
    for (int v = 0; v < n && !self->failed; ++v) {
        self->occupied[v] += 0.01 * (double)r->occupied[v];
        self->sigma[v] += r->map_sigma ? (double)r->map_sigma[v] : 0.0;
    }
    ++self->maps;
}

static void
take_cycle(void *const context, const rv_cycle_output *const output)
{
    plot *const            self = context;
    const rv_record *const r    = output->record;
    self->synthetic             = self->synthetic || r->synthetic;
    take_map(self, r);
    for (int i = 0; i < r->n_persons; ++i) {
        const rv_record_person *const p   = &r->persons[i];
        const place                   one = {
                              .t_us = r->t_us,
                              .id   = p->id,
                              .x    = (double)p->position_m[0],
                              .y    = (double)p->position_m[1],
                              .sigma = sqrt(0.5 * (double)(p->covariance_m2[0] + p->covariance_m2[2]))};
        if (p->state == RV_TRACK_ACTIVE && !add(&self->track, one)) {
            self->failed = true;
        }
    }
}

// ---- the truth

static void
take_truth_line(plot *const self, const char *const text, const size_t n)
{
    json_t *const line    = json_loadb(text, n, 0, NULL);
    json_t *const persons = json_object_get(line, "persons");
    size_t        i;
    json_t       *one;
    json_array_foreach(persons, i, one)
    {
        const json_t *const at = json_object_get(one, "position_m");
        const place         p  = {
                     .t_us = (uint64_t)json_integer_value(json_object_get(line, "t_us")),
                     .id   = (uint32_t)i,
                     .x    = json_number_value(json_array_get(at, 0)),
                     .y    = json_number_value(json_array_get(at, 1))};
        if (json_is_array(at) && !add(&self->truth, p)) {
            self->failed = true;
        }
    }
    json_decref(line);
}

static void
read_truth(plot *const self, const char *const path)
{
    FILE *const file = fopen(path, "r");
    char       *line = NULL;
    size_t      room = 0;
    for (ssize_t n; file && (n = getline(&line, &room, file)) > 0;) {
        take_truth_line(self, line, (size_t)n);
    }
    free(line);
    if (file) {
        fclose(file);
    }
}

static int
by_value(const void *const a, const void *const b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

// Distance of each tracked place to the nearest true one of its moment; median, or NaN
static double
median_error(const plot *const self)
{
    double *const off = malloc((self->track.n + 1) * sizeof(double));
    size_t        n = 0, first = 0;
    for (size_t i = 0; off && i < self->track.n; ++i) {
        const place *const at   = &self->track.list[i];
        double             best = INFINITY;
        while (first < self->truth.n &&
               self->truth.list[first].t_us + 25000 < at->t_us) {
            ++first;
        }
        for (size_t k = first;
             k < self->truth.n && self->truth.list[k].t_us <= at->t_us + 25000; ++k) {
            best = fmin(best, hypot(self->truth.list[k].x - at->x,
                                    self->truth.list[k].y - at->y));
        }
        if (isfinite(best)) {
            off[n++] = best;
        }
    }
    double median = NAN;
    if (n > 0) {
        qsort(off, n, sizeof *off, by_value);
        median = off[n / 2];
    }
    free(off);
    return median;
}

// ---- the picture: one painter for pixels and for SVG

enum { scale = 80, margin = 40, gap = 60, title_height = 34, foot_height = 58 };

typedef struct {
    double left, top, height_m;
} panel;

static double
px(const panel *const p, const double x)
{
    return p->left + scale * x;
}

static double
py(const panel *const p, const double y)
{
    return p->top + scale * (p->height_m - y);
}

static void
paint_cells(rv_painter *const to, const plot *const self, const panel *const p,
            const double *const sum, double *const low, double *const high)
{
    *low  = INFINITY;
    *high = -INFINITY;
    for (int v = 0; v < self->nx * self->ny; ++v) {
        *low  = fmin(*low, sum[v] / (double)self->maps);
        *high = fmax(*high, sum[v] / (double)self->maps);
    }
    const double span = *high > *low ? *high - *low : 1.0;
    for (int v = 0; v < self->nx * self->ny; ++v) {
        const double x = self->origin[0] + (v % self->nx - 0.5) * self->step[0];
        const double y = self->origin[1] + (v / self->nx + 0.5) * self->step[1];
        rv_paint_box(to, px(p, x), py(p, y), scale * self->step[0],
                     scale * self->step[1],
                     rv_colour_level((sum[v] / (double)self->maps - *low) / span));
    }
}

static void
paint_nodes(rv_painter *const to, const rv_engine_config *const c, const panel *const p)
{
    for (int i = 0; i < c->n_nodes; ++i) {
        if (c->node[i].has_position) {
            rv_paint_box(to, px(p, (double)c->node[i].position_m[0]) - 5,
                         py(p, (double)c->node[i].position_m[1]) - 5, 10, 10, 0xFFFFFF);
            rv_paint_box(to, px(p, (double)c->node[i].position_m[0]) - 3,
                         py(p, (double)c->node[i].position_m[1]) - 3, 6, 6, 0x212529);
        }
    }
}

// Ways: consecutive places of the same id; a circle of one sigma every five seconds
static void
paint_ways(rv_painter *const to, const places *const from, const panel *const p,
           const double width, const bool rings, const uint32_t colour)
{
    uint64_t ring_us = 0;
    for (size_t i = 0; i < from->n; ++i) {
        const place *const a = &from->list[i];
        for (size_t k = i + 1; k < from->n && from->list[k].t_us <= a->t_us + 250000;
             ++k) {
            const place *const b = &from->list[k];
            if (b->id == a->id && b->t_us > a->t_us) {
                rv_paint_line(to, px(p, a->x), py(p, a->y), px(p, b->x), py(p, b->y),
                              width, colour);
                break;
            }
        }
        if (rings && a->t_us >= ring_us) {
            rv_paint_ring(to, px(p, a->x), py(p, a->y), scale * a->sigma, colour);
            ring_us = a->t_us + 5000000;
        }
    }
}

// Metres along both walls
static void
paint_axes(rv_painter *const to, const rv_engine_config *const c, const panel *const p)
{
    char text[24];
    for (int x = 0; (double)x <= (double)c->room_m[0] + 1e-6; ++x) {
        rv_paint_line(to, px(p, x), py(p, 0), px(p, x), py(p, 0) + 5, 1.0, 0x212529);
        snprintf(text, sizeof text, x == 0 ? "%d m" : "%d", x);
        rv_paint_text(to, px(p, x) - 3, py(p, 0) + 8, text);
    }
    for (int y = 0; (double)y <= (double)c->room_m[1] + 1e-6; ++y) {
        rv_paint_line(to, px(p, 0) - 5, py(p, y), px(p, 0), py(p, y), 1.0, 0x212529);
        snprintf(text, sizeof text, "%d", y);
        rv_paint_text(to, px(p, 0) - (y < 10 ? 16 : 24), py(p, y) - 5, text);
    }
}

static void
paint(rv_painter *const to, const plot *const self, const double error)
{
    const rv_engine_config *const c    = &self->host.config;
    const double                  wide = scale * (double)c->room_m[0];
    const double                  high = scale * (double)c->room_m[1];
    const panel                   left = {margin, title_height, (double)c->room_m[1]};
    const panel right = {margin + wide + gap, title_height, (double)c->room_m[1]};
    double      least = 0.0, most = 0.0;
    char        text[160];
    paint_cells(to, self, &left, self->occupied, &least, &most);
    snprintf(text, sizeof text, "occupied: blue %.0f %%, yellow %.0f %% of the time%s",
             100.0 * least, 100.0 * most, self->synthetic ? ", synthetic" : "");
    rv_paint_text(to, margin, 12, text);
    paint_ways(to, &self->track, &left, 2.0, true, 0xFF6B6B);
    paint_ways(to, &self->truth, &left, 2.0, false, 0xFFFFFF);
    paint_nodes(to, c, &left);
    paint_cells(to, self, &right, self->sigma, &least, &most);
    snprintf(text, sizeof text, "sigma of the motion map: blue %.2f, yellow %.2f %s",
             least, most, to->svg ? "dB\u00B2" : "dB squared");
    rv_paint_text(to, right.left, 12, text);
    paint_nodes(to, c, &right);
    paint_axes(to, c, &left);
    paint_axes(to, c, &right);
    rv_paint_text(
        to, margin, title_height + high + 32,
        isfinite(error)
            ? "red: tracks, rings of one sigma; white: the truth; squares: nodes"
            : "red: tracks, rings of one sigma; squares: nodes");
}

static bool
draw(const plot *const self, const char *const path, const double error)
{
    const rv_engine_config *const c   = &self->host.config;
    const bool                    png = rv_ends_with(path, ".png");
    const int width  = 2 * margin + gap + (int)(2.0 * scale * (double)c->room_m[0]);
    const int height = title_height + foot_height + (int)(scale * (double)c->room_m[1]);
    FILE *const out  = fopen(path, "wb");
    rv_painter  to   = {.svg = png ? NULL : out};
    bool        ok   = out != NULL;
    if (ok && png) {
        size_t n   = 0;
        ok         = rv_canvas_init(&to.canvas, width, height);
        uint8_t *b = NULL;
        if (ok) {
            paint(&to, self, error);
            b  = rv_canvas_png(&to.canvas, &n);
            ok = b && fwrite(b, 1, n, out) == n;
        }
        free(b);
        rv_canvas_free(&to.canvas);
    } else if (ok) {
        fprintf(out,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
                "font-family=\"sans-serif\" font-size=\"13\" fill=\"none\">\n"
                "<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n"
                "<style>text{fill:#212529}</style>\n",
                width, height);
        paint(&to, self, error);
        fputs("</svg>\n", out);
    }
    return out && fclose(out) == 0 && ok;
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
    if (self->maps == 0) {
        fprintf(stderr, "ruview plot: no map to draw: %s%s\n",
                rv_reason_text(self->why),
                self->why == RV_REASON_PRIVACY ? RV_PLOT_OPEN_CLASS : "");
        return RV_EXIT_NEGATIVE;
    }
    const double error = median_error(self);
    if (self->failed || !draw(self, output, error)) {
        fprintf(stderr, "ruview plot: %s cannot be written\n", output);
        return RV_EXIT_USAGE;
    }
    printf("%s: %llu maps, somebody tracked at %zu places", output,
           (unsigned long long)self->maps, self->track.n);
    if (isfinite(error)) {
        printf(", median error %.2f m", error);
    }
    puts("");
    return RV_EXIT_OK;
}

int
rv_plot_map(const int argc, char **const argv)
{
    static const struct option table[] = {{"output", required_argument, NULL, 'o'},
                                          {"config", required_argument, NULL, 'c'},
                                          {"truth", required_argument, NULL, 't'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    static plot                self;
    const char                *output = NULL, *config = NULL, *truth = NULL;
    for (int c; (c = getopt_long(argc, argv, "o:c:h", table, NULL)) != -1;) {
        switch (c) {
        case 'o':
            output = optarg;
            break;
        case 'c':
            config = optarg;
            break;
        case 't':
            truth = optarg;
            break;
        case 'h':
            fputs(help, stdout);
            return RV_EXIT_OK;
        default:
            return rv_misused("plot map", NULL);
        }
    }
    if (optind + 1 != argc || !output) {
        return rv_misused("plot map", "one FILE and -o PICTURE are needed");
    }
    if (!rv_ends_with(output, ".svg") && !rv_ends_with(output, ".png")) {
        return rv_misused("plot map", "-o takes the name of a picture, .svg or .png");
    }
    if (!rv_output_spares("plot map", output, argv[optind])) {
        return RV_EXIT_USAGE;
    }
    if (!rv_host_configure(&self.host, config)) {
        return RV_EXIT_USAGE;
    }
    char              beside[4096];
    const char *const path = argv[optind];
    const char *const dot  = strrchr(path, '.');
    snprintf(beside, sizeof beside, "%.*s.truth.jsonl",
             dot ? (int)(dot - path) : (int)strlen(path), path);
    read_truth(&self, truth ? truth : beside);
    const int code = run(&self, path, output, config != NULL);
    free(self.track.list);
    free(self.truth.list);
    free(self.occupied);
    free(self.sigma);
    return code;
}

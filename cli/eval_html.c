// SPDX-License-Identifier: MIT
// The report of eval as one page: tables, ROC, time lines and spectra as inline SVG.
#include "cli/eval_windows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const sets[] = {"espectre", "espectre-test", "espectre-other",
                                   "ialr", "geotec"};
enum { n_sets = sizeof sets / sizeof *sets };

static const char style[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>ruview "
    "eval</title>"
    "<style>body{font:14px/1.5 system-ui,sans-serif;max-width:70em;margin:2em auto;"
    "padding:0 1em;color:#123}table{border-collapse:collapse}td,th{padding:.15em .7em;"
    "text-align:right;border-bottom:1px solid #dde}td:first-child,th:first-child{"
    "text-align:left}svg{background:#fafbfc;border:1px solid #dde}.n{color:#667}"
    "</style>\n<h1>ruview eval</h1>\n";

/// Names come from files
static void
put_text(FILE *const out, const char *text)
{
    for (; *text; ++text) {
        if (*text == '<') {
            fputs("&lt;", out);
        } else if (*text == '&') {
            fputs("&amp;", out);
        } else {
            fputc(*text, out);
        }
    }
}

static void
put_sets(FILE *const out, const rv_eval_table *const tables, const size_t n_shares,
         const size_t chosen)
{
    fputs(
        "<h2>Motion</h2>\n<p>F1 with the one constant that recordings decide chosen "
        "without the row's own session, chip or data set: only these are to be quoted. "
        "The worst row and the false positives are those of the constant that "
        "ships.</p>\n<table><tr><th>set<th>rows<th>F1 without session<th>without "
        "chip<th>without set<th>worst row<th>false positives<th>no answer</tr>\n",
        out);
    for (int i = 0; i < n_sets; ++i) {
        const rv_eval_table *const t     = &tables[chosen];
        rv_eval_counts             all   = {0};
        double                     worst = 2.0;
        size_t                     n     = 0;
        for (size_t k = 0; k < t->n; ++k) {
            const rv_eval_counts *const c = &t->row[k].counts;
            if (strcmp(t->row[k].set, sets[i]) == 0) {
                const double f = rv_eval_f1(c);
                worst          = f < worst ? f : worst;
                all.fp += c->fp;
                all.tn += c->tn;
                all.tp += c->tp;
                all.fn += c->fn;
                all.unknown += c->unknown;
                ++n;
            }
        }
        if (n == 0) {
            continue;
        }
        const double windows = (double)all.fp + all.tn + all.tp + all.fn;
        fprintf(out,
                "<tr><td>%s<td>%zu<td>%.3f<td>%.3f<td>%.3f<td>%.3f<td>%.1f %%<td>%.1f "
                "%%</tr>\n",
                sets[i], n, rv_eval_left_out(tables, n_shares, sets[i], 0),
                rv_eval_left_out(tables, n_shares, sets[i], 1),
                rv_eval_left_out(tables, n_shares, sets[i], 2), worst,
                100.0 * rv_eval_false_rate(&all),
                windows > 0 ? 100.0 * all.unknown / windows : 0.0);
    }
    fputs("</table>\n", out);
}

/// Found against falsely found, one point for each value of the constant
static void
put_roc(FILE *const out, const rv_eval_table *const tables, const float *const shares,
        const size_t n_shares)
{
    static const char *const colours[n_sets] = {"#06789a", "#2a9d5c", "#b0741a",
                                                "#8a4fb8", "#c0392b"};
    fputs("<h2>Found against falsely found</h2>\n<p>Share of moving windows found, by "
          "share of quiet windows called moving, for each value of the constant; one "
          "line "
          "a data set.</p>\n<svg width=\"420\" height=\"320\">"
          "<path d=\"M40 10V290H410\" fill=\"none\" stroke=\"#889\"/>"
          "<text x=\"200\" y=\"315\" class=\"n\">false</text>"
          "<text x=\"2\" y=\"20\">1</text><text x=\"2\" y=\"290\">0</text>\n",
          out);
    for (int i = 0; i < n_sets; ++i) {
        char points[1024] = "";
        for (size_t k = 0; k < n_shares; ++k) {
            rv_eval_counts all = {0};
            for (size_t j = 0; j < tables[k].n; ++j) {
                const rv_eval_row *const r = &tables[k].row[j];
                if (strcmp(r->set, sets[i]) == 0) {
                    all.tp += r->counts.tp;
                    all.fn += r->counts.fn;
                    all.fp += r->counts.fp;
                    all.tn += r->counts.tn;
                }
            }
            const double of = (double)all.tp + all.fn;
            if (of > 0) {
                const double x = 40 + 365 * rv_eval_false_rate(&all);
                const double y = 290 - 280 * all.tp / of;
                const size_t n = strlen(points);
                snprintf(points + n, sizeof points - n, "%.1f,%.1f ", x, y);
                fprintf(
                    out,
                    "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"><title>%s, "
                    "share %.2f: %.3f found, %.3f false</title></circle>\n",
                    x, y, colours[i], sets[i], (double)shares[k], all.tp / of,
                    rv_eval_false_rate(&all));
            }
        }
        if (points[0]) {
            fprintf(out,
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\"/>"
                    "<text x=\"260\" y=\"%d\" fill=\"%s\">%s</text>\n",
                    points, colours[i], 180 + 18 * i, colours[i], sets[i]);
        }
    }
    fputs("</svg>\n", out);
}

/// Truth above, answer below, one cell a window
static void
put_line(FILE *const out, const rv_eval_row *const r)
{
    const double step = r->n_windows > 0 ? 600.0 / (double)r->n_windows : 1.0;
    fputs("<tr><td>", out);
    put_text(out, r->name);
    fprintf(out, "<td>%.3f<td>", rv_eval_f1(&r->counts));
    if (r->onset_s >= 0.0) {
        fprintf(out, "%.2f s", r->onset_s);
    }
    fputs("<td><svg width=\"600\" height=\"20\">", out);
    for (size_t w = 0; w < r->n_windows;) {
        const char what = r->windows[w];
        size_t     to   = w + 1;
        while (to < r->n_windows && r->windows[to] == what) {
            ++to;
        }
        const bool        truth = what == '1' || what == 'm' || what == 'U';
        const char *const said  = what == '1'   ? "#06789a"
                                  : what == '0' ? "#e4e9ee"
                                  : what == 'f' ? "#c0392b"
                                  : what == 'm' ? "#e0a33a"
                                                : "#b9a7cf";
        fprintf(out,
                "<rect x=\"%.1f\" width=\"%.1f\" height=\"8\" fill=\"%s\"/>"
                "<rect x=\"%.1f\" y=\"10\" width=\"%.1f\" height=\"10\" fill=\"%s\"/>",
                (double)w * step, (double)(to - w) * step, truth ? "#345" : "#e4e9ee",
                (double)w * step, (double)(to - w) * step, said);
        w = to;
    }
    fputs("</svg></tr>\n", out);
}

static void
put_lines(FILE *const out, const rv_eval_table *const t)
{
    fputs(
        "<h2>Time lines</h2>\n<p>Above the truth, dark where somebody moves; below the "
        "answer: blue found, amber missed, red false, violet none.</p>\n<table><tr>"
        "<th>recording<th>F1<th>onset<th></tr>\n",
        out);
    for (size_t i = 0; i < t->n; ++i) {
        put_line(out, &t->row[i]);
    }
    fputs("</table>\n", out);
}

static void
put_spectrum(FILE *const out, const rv_spectrum *const s)
{
    float most = 1.0F;
    for (uint32_t i = 0; i < s->n_bins; ++i) {
        most = fmaxf(most, s->uu[i] + s->vv[i]);
    }
    fprintf(
        out,
        "<svg width=\"600\" height=\"120\"><title>%.0f s, 0.08 to 1.1 Hz, energy over "
        "the noise up to %.1f</title><polyline fill=\"none\" stroke=\"#06789a\" "
        "points=\"",
        (double)s->length_s, (double)most);
    for (uint32_t i = 0; i < s->n_bins; ++i) {
        fprintf(out, "%.1f,%.1f ", 600.0 * i / s->n_bins,
                115.0 - 110.0 * (double)((s->uu[i] + s->vv[i]) / most));
    }
    fputs("\"/></svg>", out);
}

static void
put_breaths(FILE *const out, const rv_eval_breaths *const breaths)
{
    if (breaths->n == 0) {
        return;
    }
    fputs(
        "<h2>Breathing of recordings without truth</h2>\n<p>Minute by minute: looks "
        "answered and their mean, or why not. Below it the spectrum of the link's last "
        "look, energy over the noise from 0.08 to 1.1 Hz.</p>\n<table>\n",
        out);
    for (size_t i = 0; i < breaths->n; ++i) {
        const rv_eval_breath *const b = &breaths->item[i];
        fputs("<tr><td>", out);
        put_text(out, b->recording);
        fprintf(out, ", node %u, %s, %u frames<td>", b->node, b->layout, b->frames);
        for (uint32_t m = 0; m < b->n_minutes; ++m) {
            const rv_eval_minute *const at = &b->minute[m];
            if (at->answers > 0) {
                fprintf(out, "%u of %u: %.1f/min<br>", at->answers, at->looks,
                        (double)at->bpm);
            } else {
                fprintf(out, "0 of %u: %s<br>", at->looks, rv_reason_name(at->reason));
            }
        }
        if (b->spectrum.n_bins > 0) {
            put_spectrum(out, &b->spectrum);
        }
        fputs("</tr>\n", out);
    }
    fputs("</table>\n", out);
}

static void
put_problems(FILE *const out, const rv_eval_problems *const problems)
{
    fputs(problems->n > 0 ? "<h2>Not read, or not wholly</h2>\n<table>\n" : "", out);
    for (size_t i = 0; i < problems->n; ++i) {
        fputs("<tr><td>", out);
        put_text(out, problems->item[i].file);
        fputs("<td style=\"text-align:left\">", out);
        put_text(out, problems->item[i].why);
        fputs("</tr>\n", out);
    }
    fputs(problems->n > 0 ? "</table>\n" : "", out);
}

bool
rv_eval_html(const char *const path, const rv_eval_table *const tables,
             const float *const shares, const size_t n_shares, const size_t chosen,
             const rv_eval_breaths *const  breaths,
             const rv_eval_problems *const problems)
{
    FILE *const out = fopen(path, "w");
    if (!out) {
        return false;
    }
    fputs(style, out);
    put_sets(out, tables, n_shares, chosen);
    put_roc(out, tables, shares, n_shares);
    put_lines(out, &tables[chosen]);
    put_breaths(out, breaths);
    put_problems(out, problems);
    return fclose(out) == 0;
}

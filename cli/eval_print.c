// SPDX-License-Identifier: MIT
#include "cli/eval.h"

#include <ruview/math/order.h>
#include <ruview/math/random.h>

#include <stdlib.h>
#include <string.h>

double
rv_eval_f1(const rv_eval_counts *const c)
{
    const uint32_t of = 2 * c->tp + c->fp + c->fn;
    return of > 0 ? 2.0 * c->tp / of : 1.0;
}

double
rv_eval_false_rate(const rv_eval_counts *const c)
{
    return c->fp + c->tn > 0 ? (double)c->fp / (c->fp + c->tn) : 0.0;
}

static void
add(rv_eval_counts *const sum, const rv_eval_counts *const c)
{
    sum->tp += c->tp;
    sum->fp += c->fp;
    sum->fn += c->fn;
    sum->tn += c->tn;
    sum->unknown += c->unknown;
}

/// What one data set comes to
typedef struct {
    const char    *set;
    size_t         n;
    double         mean, worst, worst_false, low, high;
    const char    *worst_name, *worst_false_name;
    rv_eval_counts all;
} summary;

enum { resamples = 2000 };

/// Bootstrap over recordings: 95 % interval of the mean F1
static void
interval(const double *const f1, const size_t n, double *const low, double *const high)
{
    static double means[resamples];
    rv_random     random;
    rv_random_init(&random, 20, n);
    for (int i = 0; i < resamples; ++i) {
        double sum = 0.0;
        for (size_t k = 0; k < n; ++k) {
            sum += f1[rv_random_below(&random, (uint32_t)n)];
        }
        means[i] = sum / (double)n;
    }
    rv_sort_f64(means, resamples);
    *low  = means[resamples * 25 / 1000];
    *high = means[resamples * 975 / 1000 - 1];
}

static summary
summarise(const rv_eval_table *const table, const char *const set)
{
    summary       s  = {.set = set, .worst = 2.0, .worst_false = -1.0};
    double *const f1 = malloc((table->n + 1) * sizeof *f1);
    for (size_t i = 0; i < table->n && f1; ++i) {
        const rv_eval_row *const row = &table->row[i];
        if (strcmp(row->set, set) != 0) {
            continue;
        }
        const double f     = rv_eval_f1(&row->counts);
        const double alarm = rv_eval_false_rate(&row->counts);
        f1[s.n++]          = f;
        s.mean += f;
        add(&s.all, &row->counts);
        if (f < s.worst) {
            s.worst      = f;
            s.worst_name = row->name;
        }
        if (alarm > s.worst_false) {
            s.worst_false      = alarm;
            s.worst_false_name = row->name;
        }
    }
    if (s.n > 0) {
        s.mean /= (double)s.n;
        interval(f1, s.n, &s.low, &s.high);
    }
    free(f1);
    return s;
}

static const char *
group_of(const rv_eval_row *const row, const int what)
{
    return what == 0 ? row->session : what == 1 ? row->chip : row->set;
}

double
rv_eval_left_out(const rv_eval_table *const tables, const size_t n,
                 const char *const set, const int what)
{
    double sum   = 0.0;
    size_t count = 0;
    for (size_t i = 0; i < tables[0].n; ++i) {
        const rv_eval_row *const mine = &tables[0].row[i];
        if (strcmp(mine->set, set) != 0) {
            continue;
        }
        size_t best      = 0;
        double best_mean = -1.0;
        for (size_t k = 0; k < n; ++k) {
            double others   = 0.0;
            size_t n_others = 0;
            for (size_t j = 0; j < tables[k].n; ++j) {
                const rv_eval_row *const row = &tables[k].row[j];
                if (strcmp(group_of(row, what), group_of(mine, what)) != 0) {
                    others += rv_eval_f1(&row->counts);
                    ++n_others;
                }
            }
            const double mean = n_others > 0 ? others / (double)n_others : 0.0;
            if (mean > best_mean) {
                best_mean = mean;
                best      = k;
            }
        }
        sum += rv_eval_f1(&tables[best].row[i].counts);
        ++count;
    }
    return count > 0 ? sum / (double)count : 0.0;
}

static const char *const sets[] = {"espectre", "espectre-test", "espectre-other",
                                   "ialr", "geotec"};
enum { n_sets = sizeof sets / sizeof *sets };

static void
print_text(FILE *const out, const rv_eval_table *const tables, const size_t n,
           const size_t chosen)
{
    const rv_eval_table *const t = &tables[chosen];
    fprintf(out,
            "motion, one rule set, calibrated on each stream's own past\n\n"
            "%-15s %5s %7s %15s %7s %7s %9s %8s %8s %8s %8s\n",
            "set", "rows", "F1", "95 % interval", "worst", "FP", "worst FP", "unknown",
            "-session", "-chip", "-set");
    for (int i = 0; i < n_sets; ++i) {
        const summary s = summarise(t, sets[i]);
        if (s.n == 0) {
            continue;
        }
        const uint32_t windows = s.all.tp + s.all.fp + s.all.fn + s.all.tn;
        fprintf(out,
                "%-15s %5zu %7.4f %7.4f..%.4f %7.4f %7.4f %9.4f %7.2f%% %8.4f %8.4f "
                "%8.4f\n",
                s.set, s.n, s.mean, s.low, s.high, s.worst, rv_eval_false_rate(&s.all),
                s.worst_false, 100.0 * s.all.unknown / (windows > 0 ? windows : 1),
                rv_eval_left_out(tables, n, s.set, 0),
                rv_eval_left_out(tables, n, s.set, 1),
                rv_eval_left_out(tables, n, s.set, 2));
    }
    fputs("\nper row: true and false positives, misses, true negatives, no answer, "
          "onset\n",
          out);
    for (size_t i = 0; i < t->n; ++i) {
        const rv_eval_row *const r = &t->row[i];
        fprintf(out, "%-15s F1 %.4f  tp %3u fp %3u fn %3u tn %3u none %2u", r->set,
                rv_eval_f1(&r->counts), r->counts.tp, r->counts.fp, r->counts.fn,
                r->counts.tn, r->counts.unknown);
        if (r->onset_s >= 0.0) {
            fprintf(out, " onset %.2f s", r->onset_s);
        }
        fprintf(out, "  %s\n", r->name);
    }
    fputs("\n-session, -chip, -set: the one constant that recordings decide (the share "
          "of "
          "moving\nvariance) chosen without the row's own session, chip or data set.\n"
          "A window without an answer counts as \"does not move\".\n",
          out);
}

static void
print_json(FILE *const out, const rv_eval_table *const tables,
           const float *const shares, const size_t n, const size_t chosen)
{
    const rv_eval_table *const t     = &tables[chosen];
    bool                       first = true;
    fprintf(out, "{\"motion\":{\"share\":%.2f,\"sets\":[", (double)shares[chosen]);
    for (int i = 0; i < n_sets; ++i) {
        const summary s = summarise(t, sets[i]);
        if (s.n == 0) {
            continue;
        }
        fprintf(out,
                "%s{\"set\":\"%s\",\"rows\":%zu,\"f1_mean\":%.5f,\"f1_low\":%.5f,"
                "\"f1_high\":%.5f,\"f1_worst\":%.5f,\"worst\":\"%s\","
                "\"false_rate\":%.5f,\"false_rate_worst\":%.5f,\"worst_false\":\"%s\","
                "\"tp\":%u,\"fp\":%u,\"fn\":%u,\"tn\":%u,\"unknown\":%u,"
                "\"f1_leave_session_out\":%.5f,\"f1_leave_chip_out\":%.5f,"
                "\"f1_leave_set_out\":%.5f}",
                first ? "" : ",", s.set, s.n, s.mean, s.low, s.high, s.worst,
                s.worst_name, rv_eval_false_rate(&s.all), s.worst_false,
                s.worst_false_name, s.all.tp, s.all.fp, s.all.fn, s.all.tn,
                s.all.unknown, rv_eval_left_out(tables, n, s.set, 0),
                rv_eval_left_out(tables, n, s.set, 1),
                rv_eval_left_out(tables, n, s.set, 2));
        first = false;
    }
    fputs("],\"rows\":[", out);
    for (size_t i = 0; i < t->n; ++i) {
        const rv_eval_row *const r = &t->row[i];
        fprintf(out,
                "%s{\"set\":\"%s\",\"name\":\"%s\",\"f1\":%.5f,\"tp\":%u,\"fp\":%u,"
                "\"fn\":%u,\"tn\":%u,\"unknown\":%u,\"onset_s\":",
                i > 0 ? "," : "", r->set, r->name, rv_eval_f1(&r->counts), r->counts.tp,
                r->counts.fp, r->counts.fn, r->counts.tn, r->counts.unknown);
        if (r->onset_s >= 0.0) {
            fprintf(out, "%.3f}", r->onset_s);
        } else {
            fputs("null}", out);
        }
    }
    fputs("]}", out);
}

void
rv_eval_print(FILE *const out, const bool json, const rv_eval_table *const tables,
              const float *const shares, const size_t n_shares, const size_t chosen)
{
    if (json) {
        print_json(out, tables, shares, n_shares, chosen);
    } else {
        print_text(out, tables, n_shares, chosen);
    }
}

// SPDX-License-Identifier: MIT
// ruview trend: is today unlike the days before, and is anything moving over the weeks?
#define _GNU_SOURCE
#include "cli/daily.h"
#include "cli/history_file.h"
#include "cli/verb.h"

#include <ruview/publish/rfc3339.h>
#include <ruview/world/longitudinal.h>

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: ruview trend [OPTIONS] HISTORY\n\n"
    "Sums a history file up by days (presence, motion, breathing, heart) and judges\n"
    "each day against the days before it. A verdict needs seven days; a day counts\n"
    "where the value was known for long enough.\n\n"
    "  -F, --format FMT   text (default), csv, json (one object per line)\n"
    "  -n, --days N       print the last N days (default 14; 0 all)\n"
    "      --zone HH:MM   local time minus UTC, as +01:00 (default +00:00)\n"
    "      --hours H      known hours that make a day (default 4)\n"
    "      --rate R       false alarms a year, of all metrics (default 1)\n"
    "  -h, --help         this text\n\n"
    "Exit codes: 0 the last day is usual, or too few days to say so; 1 something is\n"
    "unusual, rising or falling on it; 2 wrong usage or unreadable file.\n";

typedef struct {
    const char    *path;
    rv_rows_format how;
    size_t         days;
    int64_t        zone_ms;
    double         hours, rate;
} options;

static void
print_header(const options *const o)
{
    if (o->how == RV_ROWS_CSV) {
        puts("day,metric,value,hours,verdict,z,mean,sigma,days_before");
    } else if (o->how == RV_ROWS_TEXT) {
        puts("day         metric             value  hours  verdict          z      "
             "mean     "
             "sigma  days");
    }
}

static void
print_day(const options *const o, const int32_t day, const rv_daily_metric metric,
          const double value, const double hours,
          const rv_longitudinal_verdict *const v)
{
    char date[RV_RFC3339_CHARS];
    rv_rfc3339((uint64_t)day * 86400000000U, date);
    const bool        judged = v->reason == RV_REASON_NONE;
    const char *const verdict =
        judged ? rv_trend_name(v->trend) : rv_reason_name(v->reason);
    const char *const name = rv_daily_name(metric);
    if (o->how == RV_ROWS_JSON) {
        printf("{\"day\":\"%.10s\",\"metric\":\"%s\",\"value\":%.6g,\"hours\":%.2f,"
               "\"verdict\":\"%s\"",
               date, name, value, hours, verdict);
        if (judged) {
            printf(",\"z\":%.4g,\"mean\":%.6g,\"sigma\":%.4g", v->z, v->mean, v->sigma);
        }
        printf(",\"days_before\":%u}\n", v->n_days);
    } else if (o->how == RV_ROWS_CSV) {
        printf("%.10s,%s,%.6g,%.2f,%s,", date, name, value, hours, verdict);
        if (judged) {
            printf("%.4g,%.6g,%.4g", v->z, v->mean, v->sigma);
        } else {
            fputs(",,", stdout);
        }
        printf(",%u\n", v->n_days);
    } else if (judged) {
        printf("%.10s  %-14s %9.4g  %5.1f  %-12s %+5.1f %9.4g %9.3g  %4u%s\n", date,
               name, value, hours, verdict, v->z, v->mean, v->sigma, v->n_days,
               v->adopted ? "  (now the new normal)" : "");
    } else {
        printf("%.10s  %-14s %9.4g  %5.1f  %-12s %35u\n", date, name, value, hours,
               verdict, v->n_days);
    }
}

static int
judge(const options *const o, const rv_daily *const daily)
{
    rv_longitudinal        trend;
    rv_longitudinal_config cfg = rv_longitudinal_config_default();
    cfg.n_metrics              = RV_DAILY_METRICS;
    cfg.false_alarms_per_year  = o->rate;
    if (rv_longitudinal_init(&trend, &cfg) != RV_OK) {
        fprintf(stderr, "ruview trend: --rate must lie above 0 and at most at 100\n");
        return RV_EXIT_USAGE;
    }
    bool unusual = false;
    print_header(o);
    for (size_t d = 0; d < daily->n; ++d) {
        const rv_daily_day *const day = &daily->days[d];
        unusual                       = false;
        for (int m = 0; m < RV_DAILY_METRICS; ++m) {
            const double hours = day->known[m] / 3.6e6;
            if (!(hours > 0.0) || hours < o->hours) {
                continue;
            }
            rv_longitudinal_verdict v;
            const double            value = day->sum[m] / day->known[m];
            if (rv_longitudinal_push(&trend, (uint32_t)m, day->day, value, &v) !=
                RV_OK) {
                continue;
            }
            unusual = unusual || v.trend != RV_TREND_USUAL;
            if (o->days == 0 || d + o->days >= daily->n) {
                print_day(o, day->day, (rv_daily_metric)m, value, hours, &v);
            }
        }
    }
    if (daily->n == 0) {
        fprintf(stderr, "ruview trend: %s holds no known state yet\n", o->path);
    }
    return unusual ? RV_EXIT_NEGATIVE : RV_EXIT_OK;
}

static bool
parse_number(const char *const text, const double low, const double high,
             const char *const what, double *const out)
{
    char *end = NULL;
    *out      = strtod(text, &end);
    if (end == text || *end != '\0' || !(*out >= low && *out <= high)) {
        fprintf(stderr, "ruview trend: %s is a number from %g to %g, not '%s'\n", what,
                low, high, text);
        return false;
    }
    return true;
}

static bool
parse_zone(const char *const text, int64_t *const out)
{
    int        hours = 0, minutes = 0, n = 0;
    const bool form = sscanf(text, "%*1[+-]%2d:%2d%n", &hours, &minutes, &n) == 2 &&
                      text[n] == '\0' && hours <= 14 && minutes < 60 && hours >= 0 &&
                      minutes >= 0;
    if (!form) {
        fprintf(stderr, "ruview trend: --zone is +HH:MM or -HH:MM, not '%s'\n", text);
        return false;
    }
    *out = (text[0] == '-' ? -1 : 1) * (int64_t)(hours * 60 + minutes) * 60000;
    return true;
}

static bool
parse(options *const o, const int argc, char **const argv, bool *const asked)
{
    static const struct option longs[] = {{"format", required_argument, NULL, 'F'},
                                          {"days", required_argument, NULL, 'n'},
                                          {"zone", required_argument, NULL, 'z'},
                                          {"hours", required_argument, NULL, 'H'},
                                          {"rate", required_argument, NULL, 'r'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    bool                       well    = true;
    double                     days    = 14;
    for (int c; well && (c = getopt_long(argc, argv, "F:n:h", longs, NULL)) != -1;) {
        switch (c) {
        case 'F':
            well = rv_rows_format_parse("trend", optarg, &o->how);
            break;
        case 'n':
            well = parse_number(optarg, 0, 1e6, "--days", &days);
            break;
        case 'z':
            well = parse_zone(optarg, &o->zone_ms);
            break;
        case 'H':
            well = parse_number(optarg, 0, 24, "--hours", &o->hours);
            break;
        case 'r':
            well = parse_number(optarg, 1e-6, 100, "--rate", &o->rate);
            break;
        case 'h':
            *asked = true;
            return true;
        default:
            well = false;
        }
    }
    o->days = (size_t)days;
    o->path = argv[optind];
    return well && argc - optind == 1;
}

int
rv_verb_trend(const int argc, char **const argv)
{
    options o     = {.hours = 4, .rate = 1};
    bool    asked = false;
    if (!parse(&o, argc, argv, &asked)) {
        return rv_misused("trend", optind + 1 == argc ? NULL : "one HISTORY is needed");
    }
    if (asked) {
        fputs(help, stdout);
        return RV_EXIT_OK;
    }
    rv_history *const history = rv_history_file_open("trend", o.path);
    if (!history) {
        return RV_EXIT_USAGE;
    }
    rv_daily        daily;
    const rv_status read = rv_daily_read(&daily, history, o.zone_ms);
    if (read != RV_OK) {
        fprintf(stderr, "ruview trend: %s\n",
                read == RV_ERR_MEMORY ? "out of memory" : rv_history_error(history));
    }
    const int code = read == RV_OK ? judge(&o, &daily) : RV_EXIT_USAGE;
    rv_daily_free(&daily);
    rv_history_close(history);
    return code;
}

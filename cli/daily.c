// SPDX-License-Identifier: MIT
#include "cli/daily.h"

#include <stdlib.h>
#include <string.h>

static const int64_t day_ms = 86400000;

const char *
rv_daily_name(const rv_daily_metric metric)
{
    static const char *const names[] = {"presence", "motion", "breathing_bpm",
                                        "heart_bpm"};
    return (unsigned)metric < RV_DAILY_METRICS ? names[metric] : "?";
}

static int64_t
floor_day(const int64_t ms)
{
    return ms >= 0 ? ms / day_ms : -((day_ms - 1 - ms) / day_ms);
}

// The day itself, made when it is not there; rows come nearly in order
static rv_daily_day *
day_of(rv_daily *const self, const int32_t day)
{
    size_t at = self->n;
    while (at > 0 && self->days[at - 1].day > day) {
        --at;
    }
    if (at > 0 && self->days[at - 1].day == day) {
        return &self->days[at - 1];
    }
    if (self->n == self->room) {
        const size_t  room = self->room ? 2 * self->room : 64;
        rv_daily_day *days = realloc(self->days, room * sizeof *days);
        if (!days) {
            self->failed = 1;
            return NULL;
        }
        self->days = days;
        self->room = room;
    }
    memmove(&self->days[at + 1], &self->days[at], (self->n - at) * sizeof *self->days);
    self->days[at] = (rv_daily_day){.day = day};
    ++self->n;
    return &self->days[at];
}

static const char *
text_of(const rv_history_value *const values, const int n, const char *const name)
{
    for (int i = 0; i < n; ++i) {
        if (strcmp(values[i].name, name) == 0) {
            return values[i].text;
        }
    }
    return NULL;
}

static void
take_state(void *const user, const rv_history_value *const values, const int n)
{
    rv_daily *const   self      = user;
    const char *const predicate = text_of(values, n, "predicate");
    const char *const value     = text_of(values, n, "value");
    const char *const from      = text_of(values, n, "from_ms");
    const char *const until     = text_of(values, n, "until_ms");
    int               metric    = 0;
    if (!predicate || !value || !from || !until) {
        return; // Unknown then
    }
    while (metric < RV_DAILY_METRICS &&
           strcmp(predicate, rv_daily_name((rv_daily_metric)metric)) != 0) {
        ++metric;
    }
    const double  x   = strtod(value, NULL);
    int64_t       t   = strtoll(from, NULL, 10) + self->zone_ms;
    const int64_t end = strtoll(until, NULL, 10) + self->zone_ms;
    while (metric < RV_DAILY_METRICS && t < end) {
        const int64_t       day      = floor_day(t);
        const int64_t       midnight = (day + 1) * day_ms;
        const int64_t       stop     = end < midnight ? end : midnight;
        rv_daily_day *const into     = day_of(self, (int32_t)day);
        if (!into) {
            return;
        }
        into->sum[metric] += x * (double)(stop - t);
        into->known[metric] += (double)(stop - t);
        t = stop;
    }
}

rv_status
rv_daily_read(rv_daily *const self, rv_history *const history, const int64_t zone_ms)
{
    *self                  = (rv_daily){.zone_ms = zone_ms};
    const rv_status status = rv_history_query(history, RV_HISTORY_STATES, INT64_MIN,
                                              INT64_MAX, 0, take_state, self);
    return self->failed ? RV_ERR_MEMORY : status;
}

void
rv_daily_free(rv_daily *const self)
{
    free(self->days);
    *self = (rv_daily){0};
}

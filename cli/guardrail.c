// SPDX-License-Identifier: MIT
#include "cli/guardrail.h"

#include <ruview/base/version.h>

#include <stdlib.h>
#include <string.h>

static void
add(rv_guardrail_series *const series, const bool known, const float value)
{
    if (!known) {
        ++series->unknown;
        return;
    }
    if (series->n == series->room) {
        const size_t room = series->room ? 2 * series->room : 4096;
        float *const more = realloc(series->value, room * sizeof *more);
        if (!more) {
            ++series->unknown;
            return;
        }
        series->value = more;
        series->room  = room;
    }
    series->value[series->n++] = value;
}

// Height of the box around the keypoints of the first person that has any
static bool
spread_of(const rv_record *const record, float *const spread)
{
    for (int i = 0; i < record->n_persons; ++i) {
        const rv_record_person *const person = &record->persons[i];
        if (person->keypoint_reason != RV_REASON_NONE) {
            continue;
        }
        float low = person->keypoint_m[0][2], high = low;
        for (int k = 1; k < RV_N_KEYPOINTS; ++k) {
            const float z = person->keypoint_m[k][2];
            low           = z < low ? z : low;
            high          = z > high ? z : high;
        }
        *spread = high - low;
        return true;
    }
    return false;
}

void
rv_guardrail_push(rv_guardrail *const self, const rv_record *const record)
{
    float      spread     = 0.0F;
    const bool has_spread = spread_of(record, &spread);
    ++self->cycles;
    self->presence_yes += (record->presence == RV_YES);
    self->presence_no += (record->presence == RV_NO);
    self->presence_unknown += (record->presence == RV_UNKNOWN);
    add(&self->variance, rv_is_known(record->variance), record->variance.value);
    add(&self->motion, rv_is_known(record->motion), record->motion.value);
    add(&self->confidence, record->presence != RV_UNKNOWN, record->presence_quality);
    add(&self->persons, rv_is_known(record->occupancy), record->occupancy.value);
    add(&self->keypoint_spread_m, has_spread, spread);
    add(&self->rssi, rv_is_known(record->rssi_dbm), record->rssi_dbm.value);
    if (rv_is_known(record->occupancy)) {
        self->count_changes +=
            self->has_count && record->occupancy.value != self->last_count;
        self->last_count = record->occupancy.value;
        self->has_count  = true;
    }
    memcpy(self->witness, record->witness, sizeof self->witness);
}

static int
ascending(const void *const a, const void *const b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

enum { n_steps = 50 };

static void
write_series(FILE *const out, const char *const name, rv_guardrail_series *const series)
{
    fprintf(out, ",\n \"%s\": {\"n\": %zu, \"unknown\": %llu, \"quantiles\": [", name,
            series->n, (unsigned long long)series->unknown);
    if (series->n > 0) {
        qsort(series->value, series->n, sizeof *series->value, ascending);
        for (int i = 0; i <= n_steps; ++i) {
            const size_t at = (series->n - 1) * (size_t)i / n_steps;
            fprintf(out, "%s%.6g", i > 0 ? ", " : "", (double)series->value[at]);
        }
    }
    fputs("]}", out);
}

bool
rv_guardrail_write(rv_guardrail *const self, FILE *const out)
{
    const double n = self->cycles > 0 ? (double)self->cycles : 1.0;
    fprintf(out,
            "{\"record_format\": %d, \"digest_epoch\": %d, \"cycles\": %llu,\n"
            " \"presence\": {\"yes\": %.6f, \"no\": %.6f, \"unknown\": %.6f},\n"
            " \"count_changes\": %llu",
            RV_RECORD_FORMAT, RV_DIGEST_EPOCH, (unsigned long long)self->cycles,
            (double)self->presence_yes / n, (double)self->presence_no / n,
            (double)self->presence_unknown / n,
            (unsigned long long)self->count_changes);
    write_series(out, "variance", &self->variance);
    write_series(out, "motion", &self->motion);
    write_series(out, "confidence", &self->confidence);
    write_series(out, "persons", &self->persons);
    write_series(out, "keypoint_spread_m", &self->keypoint_spread_m);
    write_series(out, "rssi_dbm", &self->rssi);
    fputs(",\n \"witness\": \"", out);
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        fprintf(out, "%02x", self->witness[i]);
    }
    fputs("\"}\n", out);
    return fflush(out) == 0;
}

void
rv_guardrail_free(rv_guardrail *const self)
{
    free(self->variance.value);
    free(self->motion.value);
    free(self->confidence.value);
    free(self->persons.value);
    free(self->keypoint_spread_m.value);
    free(self->rssi.value);
}

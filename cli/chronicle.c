// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/chronicle.h"

#include "platform/history.h"
#include "platform/world_restore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    snapshot_ms   = 600000,
    apart_ms      = 1000, ///< Asked-for snapshots are at least so far apart
    track_ms      = 1000,
    snapshot_more = 1 << 14, ///< Room for what comes since the last one
};

struct rv_chronicle {
    rv_engine       *engine;
    rv_world        *world; ///< The engine's
    rv_history      *history;
    const rv_signer *signer;
    uint64_t         last_past;
    uint64_t         calibration; ///< In use
    int64_t          track_due_ms;
    int64_t          snapshot_due_ms;
    int64_t          snapshot_at_ms; ///< Newest
    size_t           snapshot_bytes; ///< Of it
    uint64_t         n_snapshots;
    bool             is_asked;
    bool             has_begun;
    bool             failed;
};

static const rv_registration nowhere = {.scale = 1.0};

static void
check(rv_chronicle *const self, const rv_status status)
{
    if (status != RV_OK && !self->failed) {
        self->failed = true;
        fprintf(stderr, "ruview: the history cannot be written: %s\n",
                rv_history_error(self->history));
    }
}

static void
audit(void *const user, const uint8_t record[RV_AUDIT_BYTES])
{
    rv_chronicle *const self = user;
    check(self, rv_history_audit(self->history, record));
}

/// Goes on from the newest snapshot; a world that does not fit starts afresh
static bool
resume(rv_chronicle *const self)
{
    char           *json = NULL;
    size_t          n    = 0;
    rv_registration where;
    if (rv_history_newest_snapshot(self->history, &json, &n) != RV_OK) {
        return true;
    }
    const rv_status status = rv_world_restore(self->world, &where, json, n);
    free(json);
    if (status != RV_OK) {
        fputs("ruview: the newest snapshot does not fit this place; the world starts "
              "afresh\n",
              stderr);
        if (rv_engine_reset_world(self->engine) != RV_OK) {
            return false;
        }
        self->world = rv_engine_get_world(self->engine);
    }
    const uint32_t count = rv_world_n_past(self->world);
    self->last_past      = count ? rv_world_past_at(self->world, count - 1)->id : 0;
    return true;
}

/// The audit chain goes on after the newest record in the file
static void
follow_audit(rv_chronicle *const self)
{
    const int64_t t_ms = rv_world_state(self->world)->t_ms;
    rv_audit      head = {0};
    check(self, rv_history_audit_head(self->history, &head));
    rv_world_set_audit(self->world, audit, self);
    rv_world_restart(self->world, &head, t_ms > 0 ? (uint64_t)t_ms * 1000 : 0);
}

rv_chronicle *
rv_chronicle_open(const char *const path, rv_engine *const engine,
                  const rv_signer *const signer)
{
    const rv_history_config config = rv_history_config_default(path);
    rv_chronicle *const     self   = calloc(1, sizeof *self);
    if (!self) {
        return NULL;
    }
    self->engine           = engine;
    self->signer           = signer;
    self->world            = rv_engine_get_world(engine);
    const rv_status status = rv_history_open(&self->history, &config);
    if (status == RV_OK && resume(self)) {
        follow_audit(self);
        return self;
    }
    fprintf(stderr, "ruview: the history %s cannot be used: %s\n", path,
            rv_status_text(status));
    rv_history_close(self->history);
    free(self);
    return NULL;
}

static void
begin_run(rv_chronicle *const self, const rv_record *const record, const int64_t t_ms)
{
    const rv_run_header header = rv_engine_get_run_header(self->engine);
    uint8_t             run[RV_DIGEST_BYTES];
    rv_run_digest(&header, run);
    check(self, rv_history_run(self->history, run, record->synthetic, t_ms));
    self->has_begun       = true;
    self->track_due_ms    = t_ms;
    self->snapshot_due_ms = t_ms + snapshot_ms;
}

static void
write_ended_beliefs(rv_chronicle *const self)
{
    const uint32_t n     = rv_world_n_past(self->world);
    uint32_t       first = n;
    while (first > 0 &&
           rv_world_past_at(self->world, first - 1)->id > self->last_past) {
        --first;
    }
    for (uint32_t i = first; i < n; ++i) {
        const rv_world_past *const past = rv_world_past_at(self->world, i);
        check(self, rv_history_state(self->history, past));
        self->last_past = past->id;
    }
}

static void
write_events(rv_chronicle *const self, const int64_t t_ms)
{
    enum { look_back = 32 };
    const uint32_t n = rv_world_n_events(self->world);
    for (uint32_t i = n > look_back ? n - look_back : 0; i < n; ++i) {
        const rv_world_event *const event = rv_world_event_at(self->world, i);
        if (event->last_ms >= t_ms - 1000) {
            check(self, rv_history_event(self->history, event));
        }
    }
}

static void
write_snapshot(rv_chronicle *const self, const uint64_t cycle, const int64_t t_ms)
{
    size_t n             = 0;
    self->snapshot_at_ms = t_ms;
    self->is_asked       = false;
    ++self->n_snapshots;
    char *const json = rv_chronicle_snapshot(self, &n);
    if (json) {
        check(self, rv_history_snapshot(self->history, cycle, t_ms, json, n));
        free(json);
    }
}

void
rv_chronicle_cycle(rv_chronicle *const self, const rv_cycle_output *const output)
{
    const rv_record *const r    = output->record;
    const int64_t          t_ms = (int64_t)(r->t_us / 1000);
    if (!self->has_begun) {
        begin_run(self, r, t_ms);
    }
    for (unsigned i = 0; i < output->n_attested; ++i) {
        const rv_attested attested =
            rv_attested_make(&output->attested[i], self->signer);
        check(self, rv_history_attested(self->history, &attested));
    }
    if (r->calibration != self->calibration && r->calibration != 0) {
        // Which and when; the baselines themselves are radio, and stay out
        check(self,
              rv_history_calibration(self->history, r->calibration, t_ms, NULL, 0));
    }
    self->calibration = r->calibration;
    write_ended_beliefs(self);
    if (r->n_events > 0) {
        write_events(self, t_ms);
    }
    if (t_ms >= self->track_due_ms) {
        self->track_due_ms = t_ms + track_ms;
        for (uint16_t i = 0; i < r->n_persons; ++i) {
            check(self, rv_history_track(self->history, t_ms, &r->persons[i]));
        }
    }
    if (t_ms >= self->snapshot_due_ms ||
        (self->is_asked &&
         (self->n_snapshots == 0 || t_ms >= self->snapshot_at_ms + apart_ms))) {
        self->snapshot_due_ms = t_ms + snapshot_ms;
        write_snapshot(self, r->cycle, t_ms);
    }
    check(self, rv_history_tick(self->history, t_ms));
}

char *
rv_chronicle_snapshot(rv_chronicle *const self, size_t *const n)
{
    // About as large as the last one: written in one go, and again when it was larger
    size_t room = self->snapshot_bytes + snapshot_more;
    for (int i = 0; i < 2; ++i) {
        char *const json = malloc(room + 1);
        *n               = room;
        const rv_status done =
            json ? rv_json_world(self->world, &nowhere, json, n) : RV_ERR_MEMORY;
        if (done == RV_OK) {
            json[*n]             = '\0';
            self->snapshot_bytes = *n;
            return json;
        }
        free(json);
        if (done != RV_ERR_FULL) {
            break;
        }
        room = *n;
    }
    *n = 0;
    return NULL;
}

void
rv_chronicle_ask_snapshot(rv_chronicle *const self)
{
    self->is_asked = true;
}

uint64_t
rv_chronicle_snapshots(const rv_chronicle *const self)
{
    return self->n_snapshots;
}

bool
rv_chronicle_close(rv_chronicle *const self)
{
    if (!self) {
        return true;
    }
    if (self->has_begun) {
        const rv_world_resume *const now = rv_world_state(self->world);
        write_snapshot(self, now->cycle, now->t_ms);
        check(self, rv_history_commit(self->history));
    }
    const bool well = !self->failed;
    rv_world_set_audit(self->world, NULL, NULL);
    rv_history_close(self->history);
    free(self);
    return well;
}

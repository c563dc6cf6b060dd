// SPDX-License-Identifier: MIT
#include "platform/history.h"

#include "base/try.h"
#include "platform/history_schema.h"
#include "platform/history_state.h"

#include <ruview/trust/names.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof rv_history_steps / sizeof *rv_history_steps == RV_HISTORY_VERSION,
               "one step for each version");

enum { rows_per_sweep = 2000, sweep_ms = 60000 };

static const char *const put_sql[N_PUTS] = {
    "INSERT INTO run(digest, synthetic, t_ms) VALUES(?1, ?2, ?3)",
    "INSERT OR REPLACE INTO state VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    "INSERT OR REPLACE INTO event VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT OR REPLACE INTO track VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    "INSERT OR REPLACE INTO calibration VALUES(?1, ?2, ?3)",
    "INSERT OR REPLACE INTO snapshot VALUES(?1, ?2, ?3, ?4)",
    "INSERT INTO audit(n, record) VALUES(?1, ?2)",
    "INSERT INTO attestation VALUES(?1, (SELECT count(*) FROM attestation WHERE "
    "run=?1),"
    " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
};

rv_history_config
rv_history_config_default(const char *const path)
{
    const rv_history_config config = {
        .path        = path,
        .keep_ms     = UINT64_C(30) * 24 * 3600 * 1000,
        .max_bytes   = UINT64_C(1) << 30,
        .commit_ms   = 1000,
        .audit_rows  = 1U << 17,
        .audit_files = 8,
    };
    return config;
}

const char *
rv_history_error(const rv_history *const self)
{
    return self && self->db ? sqlite3_errmsg(self->db) : "the file cannot be opened";
}

rv_status
rv_history_execute(rv_history *const self, const char *const sql)
{
    return sqlite3_exec(self->db, sql, NULL, NULL, NULL) == SQLITE_OK ? RV_OK
                                                                      : RV_ERR_IO;
}

rv_status
rv_history_ask(rv_history *const self, const char *const sql, int64_t *const out)
{
    sqlite3_stmt *statement = NULL;
    rv_status     status    = RV_ERR_IO;
    if (sqlite3_prepare_v2(self->db, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        *out   = sqlite3_column_int64(statement, 0);
        status = RV_OK;
    }
    sqlite3_finalize(statement);
    return status;
}

/// Bring the tables up to date, all steps in one transaction
static rv_status
migrate(rv_history *const self)
{
    int64_t version, application, tables;
    RV_TRY(rv_history_ask(self, "PRAGMA user_version", &version));
    RV_TRY(rv_history_ask(self, "PRAGMA application_id", &application));
    RV_TRY(rv_history_ask(self, "SELECT count(*) FROM sqlite_master", &tables));
    if (application != RV_HISTORY_APPLICATION && (application != 0 || tables != 0)) {
        return RV_ERR_MAGIC;
    }
    if (version > RV_HISTORY_VERSION) {
        return RV_ERR_UNSUPPORTED;
    }
    if (version == RV_HISTORY_VERSION) {
        return RV_OK;
    }
    if (self->config.read_only) {
        return RV_ERR_STATE;
    }
    if (tables == 0) {
        RV_TRY(rv_history_execute(self, "PRAGMA auto_vacuum=INCREMENTAL"));
    }
    RV_TRY(rv_history_execute(self, "PRAGMA journal_mode=WAL"));
    RV_TRY(rv_history_execute(self, "BEGIN IMMEDIATE"));
    for (int64_t i = version; i < RV_HISTORY_VERSION; ++i) {
        RV_TRY(rv_history_execute(self, rv_history_steps[i]));
    }
    char marks[128];
    snprintf(marks, sizeof marks,
             "PRAGMA application_id=%d;PRAGMA user_version=%d;COMMIT",
             RV_HISTORY_APPLICATION, RV_HISTORY_VERSION);
    return rv_history_execute(self, marks);
}

static rv_status
prepare(rv_history *const self)
{
    const bool write = !self->config.read_only;
    RV_TRY(rv_history_execute(self, "PRAGMA busy_timeout=5000"));
    RV_TRY(rv_history_execute(self, "PRAGMA cache_size=-1024"));
    if (write) {
        RV_TRY(rv_history_execute(self, self->config.full_sync
                                            ? "PRAGMA synchronous=FULL"
                                            : "PRAGMA synchronous=NORMAL"));
    }
    RV_TRY(migrate(self));
    if (write) {
        RV_TRY(rv_history_execute(self, "PRAGMA journal_mode=WAL"));
    }
    for (int i = 0; i < N_PUTS && write; ++i) {
        if (sqlite3_prepare_v3(self->db, put_sql[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &self->put[i], NULL) != SQLITE_OK) {
            return RV_ERR_IO;
        }
    }
    int64_t newest = 0;
    RV_TRY(rv_history_ask(self, "SELECT coalesce(max(run), 0) FROM run", &newest));
    self->run = newest;
    return rv_history_find_audit(self, &self->audit_first, &self->audit_next);
}

rv_status
rv_history_open(rv_history **const out, const rv_history_config *const config)
{
    rv_history *const self = calloc(1, sizeof *self);
    const int         how  = config->read_only ? SQLITE_OPEN_READONLY
                                               : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    if (!self) {
        return RV_ERR_MEMORY;
    }
    self->config = *config;
    if (sqlite3_open_v2(config->path, &self->db, how | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK) {
        rv_history_close(self);
        return config->read_only ? RV_ERR_NOT_FOUND : RV_ERR_IO;
    }
    rv_status status = prepare(self);
    if (status == RV_ERR_IO && sqlite3_errcode(self->db) == SQLITE_NOTADB) {
        status = RV_ERR_MAGIC;
    }
    if (status != RV_OK) {
        rv_history_close(self);
        return status;
    }
    *out = self;
    return RV_OK;
}

void
rv_history_close(rv_history *const self)
{
    if (!self) {
        return;
    }
    if (self->db && self->is_open) {
        (void)!rv_history_commit(self);
    }
    for (int i = 0; i < N_PUTS; ++i) {
        sqlite3_finalize(self->put[i]);
    }
    sqlite3_close(self->db);
    free(self);
}

rv_status
rv_history_commit(rv_history *const self)
{
    if (!self->is_open) {
        return RV_OK;
    }
    RV_TRY(rv_history_execute(self, "COMMIT"));
    self->is_open = false;
    self->committed += self->pending;
    self->pending = 0;
    return RV_OK;
}

uint64_t
rv_history_committed(const rv_history *const self)
{
    return self->committed;
}

// ---- writing

static rv_status
begin(rv_history *const self)
{
    if (self->config.read_only) {
        return RV_ERR_STATE;
    }
    if (!self->is_open) {
        RV_TRY(rv_history_execute(self, "BEGIN IMMEDIATE"));
        self->is_open = true;
    }
    return RV_OK;
}

static rv_status
run_put(rv_history *const self, const put which)
{
    const int code = sqlite3_step(self->put[which]);
    sqlite3_reset(self->put[which]);
    if (code != SQLITE_DONE) {
        return code == SQLITE_FULL ? RV_ERR_FULL : RV_ERR_IO;
    }
    ++self->pending;
    return RV_OK;
}

static void
bind_text(sqlite3_stmt *const s, const int i, const char *const text)
{
    sqlite3_bind_text(s, i, text, -1, SQLITE_TRANSIENT);
}

static void
bind_hex(sqlite3_stmt *const s, const int i, const uint64_t hash)
{
    char text[17];
    if (hash == 0) {
        sqlite3_bind_null(s, i);
    } else {
        snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
        bind_text(s, i, text);
    }
}

rv_status
rv_history_run(rv_history *const self, const uint8_t run[RV_DIGEST_BYTES],
               const bool synthetic, const int64_t t_ms)
{
    char digits[2 * RV_DIGEST_BYTES + 1];
    RV_TRY(begin(self));
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        snprintf(digits + 2 * i, 3, "%02x", run[i]);
    }
    sqlite3_stmt *const s = self->put[PUT_RUN];
    bind_text(s, 1, digits);
    sqlite3_bind_int(s, 2, synthetic);
    sqlite3_bind_int64(s, 3, t_ms);
    RV_TRY(run_put(self, PUT_RUN));
    self->run = sqlite3_last_insert_rowid(self->db);
    return rv_history_commit(self);
}

rv_status
rv_history_state(rv_history *const self, const rv_world_past *const past)
{
    RV_TRY(begin(self));
    sqlite3_stmt *const s = self->put[PUT_STATE];
    sqlite3_bind_int64(s, 1, self->run);
    sqlite3_bind_int64(s, 2, (int64_t)past->id);
    bind_text(s, 3, rv_predicate_name(past->predicate));
    if (past->reason == RV_REASON_NONE) {
        sqlite3_bind_double(s, 4, (double)past->value);
    } else {
        sqlite3_bind_null(s, 4);
    }
    bind_text(s, 5, rv_reason_name(past->reason));
    sqlite3_bind_double(s, 6, (double)past->confidence);
    bind_text(s, 7, rv_class_name(past->privacy_class));
    bind_hex(s, 8, past->calibration);
    sqlite3_bind_int64(s, 9, past->from_ms);
    sqlite3_bind_int64(s, 10, past->until_ms);
    return run_put(self, PUT_STATE);
}

rv_status
rv_history_event(rv_history *const self, const rv_world_event *const event)
{
    RV_TRY(begin(self));
    sqlite3_stmt *const s = self->put[PUT_EVENT];
    sqlite3_bind_int64(s, 1, self->run);
    sqlite3_bind_int64(s, 2, (int64_t)event->id);
    bind_text(s, 3, rv_event_name(event->kind));
    sqlite3_bind_int64(s, 4, event->subject);
    sqlite3_bind_int64(s, 5, event->count);
    sqlite3_bind_double(s, 6, (double)event->confidence);
    bind_text(s, 7, rv_reason_name(event->reason));
    sqlite3_bind_int64(s, 8, event->first_ms);
    sqlite3_bind_int64(s, 9, event->last_ms);
    return run_put(self, PUT_EVENT);
}

rv_status
rv_history_track(rv_history *const self, const int64_t t_ms,
                 const rv_record_person *const person)
{
    RV_TRY(begin(self));
    sqlite3_stmt *const s = self->put[PUT_TRACK];
    sqlite3_bind_int64(s, 1, self->run);
    sqlite3_bind_int64(s, 2, person->id);
    sqlite3_bind_int64(s, 3, t_ms);
    bind_text(s, 4, rv_track_state_name(person->state));
    sqlite3_bind_double(s, 5, (double)person->confidence);
    for (int k = 0; k < 3; ++k) {
        sqlite3_bind_double(s, 6 + k, (double)person->position_m[k]);
    }
    if (person->zone >= 0) {
        sqlite3_bind_int(s, 9, person->zone);
    } else {
        sqlite3_bind_null(s, 9);
    }
    return run_put(self, PUT_TRACK);
}

rv_status
rv_history_calibration(rv_history *const self, const uint64_t hash, const int64_t t_ms,
                       const void *const bytes, const size_t n)
{
    RV_TRY(begin(self));
    sqlite3_stmt *const s = self->put[PUT_CALIBRATION];
    bind_hex(s, 1, hash);
    sqlite3_bind_int64(s, 2, t_ms);
    sqlite3_bind_blob64(s, 3, bytes, n, SQLITE_TRANSIENT);
    return run_put(self, PUT_CALIBRATION);
}

rv_status
rv_history_snapshot(rv_history *const self, const uint64_t cycle, const int64_t t_ms,
                    const char *const json, const size_t n)
{
    RV_TRY(begin(self));
    sqlite3_stmt *const s = self->put[PUT_SNAPSHOT];
    sqlite3_bind_int64(s, 1, self->run);
    sqlite3_bind_int64(s, 2, (int64_t)cycle);
    sqlite3_bind_int64(s, 3, t_ms);
    sqlite3_bind_text64(s, 4, json, n, SQLITE_STATIC, SQLITE_UTF8);
    const rv_status status = run_put(self, PUT_SNAPSHOT);
    sqlite3_clear_bindings(s);
    RV_TRY(status);
    // A world goes on from the newest; the others are for looking back a few hours
    char drop[160];
    snprintf(drop, sizeof drop,
             "DELETE FROM snapshot WHERE (run, cycle) IN (SELECT run, cycle FROM"
             " snapshot ORDER BY run DESC, cycle DESC LIMIT 4 OFFSET %d)",
             RV_HISTORY_KEPT);
    return rv_history_execute(self, drop);
}

rv_status
rv_history_audit(rv_history *const self, const uint8_t record[RV_AUDIT_BYTES])
{
    RV_TRY(begin(self));
    sqlite3_bind_int64(self->put[PUT_AUDIT], 1, self->audit_next);
    sqlite3_bind_blob(self->put[PUT_AUDIT], 2, record, RV_AUDIT_BYTES,
                      SQLITE_TRANSIENT);
    RV_TRY(run_put(self, PUT_AUDIT));
    ++self->audit_next;
    return RV_OK;
}

static void
bind_bytes(sqlite3_stmt *const s, const int i, const uint8_t *const bytes,
           const size_t n)
{
    char digits[2 * RV_SIGNATURE_BYTES + 1];
    for (size_t k = 0; k < n && k < RV_SIGNATURE_BYTES; ++k) {
        snprintf(digits + 2 * k, 3, "%02x", bytes[k]);
    }
    bind_text(s, i, digits);
}

rv_status
rv_history_attested(rv_history *const self, const rv_attested *const attested)
{
    const rv_attestation *const e = &attested->entry;
    RV_TRY(begin(self));
    sqlite3_stmt *const s = self->put[PUT_ATTESTED];
    char                actor[RV_ACTOR_BYTES + 1];
    memcpy(actor, e->actor, RV_ACTOR_BYTES);
    actor[RV_ACTOR_BYTES] = '\0';
    sqlite3_bind_int64(s, 1, self->run);
    sqlite3_bind_int64(s, 2, (int64_t)e->t_us);
    bind_text(s, 3, rv_mode_name(e->mode));
    bind_text(s, 4, rv_class_name(e->target_class));
    bind_text(s, 5, rv_consent_name(e->consent));
    bind_text(s, 6, rv_attest_reason_name(e->reason));
    bind_text(s, 7, actor);
    bind_bytes(s, 8, e->core, sizeof e->core);
    bind_bytes(s, 9, e->hash, sizeof e->hash);
    if (attested->is_signed) {
        bind_bytes(s, 10, attested->key, sizeof attested->key);
        bind_bytes(s, 11, attested->signature, sizeof attested->signature);
    } else {
        sqlite3_bind_null(s, 10);
        sqlite3_bind_null(s, 11);
    }
    return run_put(self, PUT_ATTESTED);
}

// ---- retention

static rv_status
delete_before(rv_history *const self, const int64_t t_ms)
{
    static const char *const sql[] = {
        "DELETE FROM state WHERE (run, id) IN"
        " (SELECT run, id FROM state WHERE until_ms < %lld LIMIT %d)",
        "DELETE FROM event WHERE (run, id) IN"
        " (SELECT run, id FROM event WHERE last_ms < %lld LIMIT %d)",
        "DELETE FROM track WHERE (run, track, t_ms) IN"
        " (SELECT run, track, t_ms FROM track WHERE t_ms < %lld LIMIT %d)",
        "DELETE FROM snapshot WHERE (run, cycle) IN (SELECT run, cycle FROM snapshot"
        " WHERE t_ms < %lld AND t_ms < (SELECT max(t_ms) FROM snapshot) LIMIT %d)",
    };
    RV_TRY(begin(self));
    for (size_t i = 0; i < sizeof sql / sizeof *sql; ++i) {
        char text[256];
        snprintf(text, sizeof text, sql[i], (long long)t_ms, rows_per_sweep);
        RV_TRY(rv_history_execute(self, text));
    }
    return RV_OK;
}

uint64_t
rv_history_bytes(rv_history *const self)
{
    int64_t pages = 0, size = 0, free_pages = 0;
    if (rv_history_ask(self, "PRAGMA page_count", &pages) != RV_OK ||
        rv_history_ask(self, "PRAGMA page_size", &size) != RV_OK ||
        rv_history_ask(self, "PRAGMA freelist_count", &free_pages) != RV_OK) {
        return 0;
    }
    return (uint64_t)((pages - free_pages) * size);
}

/// Drop the oldest tenth of the time span while the file is too large
static rv_status
shrink(rv_history *const self, const int64_t now_ms)
{
    int64_t oldest = now_ms;
    if (self->config.max_bytes == 0 ||
        rv_history_bytes(self) <= self->config.max_bytes) {
        return RV_OK;
    }
    RV_TRY(rv_history_ask(self,
                          "SELECT min(t) FROM (SELECT min(until_ms) AS t FROM state"
                          " UNION ALL SELECT min(t_ms) FROM track"
                          " UNION ALL SELECT min(last_ms) FROM event)",
                          &oldest));
    RV_TRY(delete_before(self, oldest + (now_ms - oldest) / 10 + 1));
    return RV_OK;
}

static rv_status
sweep(rv_history *const self, const int64_t t_ms)
{
    const int64_t keep = (int64_t)self->config.keep_ms;
    self->swept_ms     = t_ms;
    if (t_ms > keep) {
        RV_TRY(delete_before(self, t_ms - keep));
    }
    RV_TRY(shrink(self, t_ms));
    RV_TRY(rv_history_commit(self));
    RV_TRY(rv_history_rotate_audit(self));
    return rv_history_execute(self, "PRAGMA incremental_vacuum(256)");
}

rv_status
rv_history_tick(rv_history *const self, const int64_t t_ms)
{
    if (!self->has_time) {
        self->has_time     = true;
        self->committed_ms = t_ms;
        self->swept_ms     = t_ms;
    }
    const int64_t since = t_ms - self->committed_ms;
    if (since < 0 || (uint64_t)since >= self->config.commit_ms) {
        self->committed_ms = t_ms;
        RV_TRY(rv_history_commit(self));
    }
    const int64_t rest = t_ms - self->swept_ms;
    return rest < 0 || rest >= sweep_ms ? sweep(self, t_ms) : RV_OK;
}

// SPDX-License-Identifier: MIT
#include "cli/calibration_store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

struct rv_calibration_store {
    sqlite3 *db;
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS baseline ("
    " id BLOB PRIMARY KEY, node INTEGER NOT NULL, tx BLOB NOT NULL,"
    " freq_mhz INTEGER NOT NULL, layout INTEGER NOT NULL, session INTEGER NOT NULL,"
    " captured_us INTEGER NOT NULL, bytes BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX IF NOT EXISTS baseline_link ON baseline"
    " (node, tx, freq_mhz, layout, captured_us);";

static bool
complain(const rv_calibration_store *const self, const char *const what)
{
    fprintf(stderr, "ruview: calibration store: %s: %s\n", what,
            sqlite3_errmsg(self->db));
    return false;
}

void
rv_calibration_store_close(rv_calibration_store *const self)
{
    if (self) {
        sqlite3_close(self->db);
        free(self);
    }
}

static rv_calibration_store *
open_store(const char *const path, const int flags, const char *const first)
{
    rv_calibration_store *const self = calloc(1, sizeof *self);
    if (!self) {
        return NULL;
    }
    if (sqlite3_open_v2(path, &self->db, flags, NULL) != SQLITE_OK ||
        sqlite3_exec(self->db, first, NULL, NULL, NULL) != SQLITE_OK) {
        complain(self, path);
        rv_calibration_store_close(self);
        return NULL;
    }
    return self;
}

rv_calibration_store *
rv_calibration_store_open(const char *const path)
{
    return open_store(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, schema);
}

rv_calibration_store *
rv_calibration_store_read(const char *const path)
{
    return open_store(path, SQLITE_OPEN_READONLY, "SELECT 1 FROM baseline LIMIT 1;");
}

// Binds the link in the columns node, tx, freq_mhz, layout from parameter `at` on
static void
bind_link(sqlite3_stmt *const s, const int at, const rv_calibrate_link *const link)
{
    sqlite3_bind_int(s, at, link->node);
    sqlite3_bind_blob(s, at + 1, &link->tx, sizeof link->tx, SQLITE_STATIC);
    sqlite3_bind_int64(s, at + 2, link->freq_mhz);
    sqlite3_bind_int(s, at + 3, link->layout);
}

bool
rv_calibration_store_put(rv_calibration_store *const self,
                         const rv_calibrate *const   baseline)
{
    const rv_calibrate_verdict v = rv_calibrate_get(baseline);
    size_t                     n = 0;
    if (rv_calibrate_export(baseline, NULL, &n) != RV_OK) {
        return false;
    }
    uint8_t *const bytes = malloc(n);
    if (!bytes || rv_calibrate_export(baseline, bytes, &n) != RV_OK) {
        free(bytes);
        return false;
    }
    sqlite3_stmt *s = NULL;
    bool          ok =
        sqlite3_prepare_v2(self->db,
                           "INSERT OR IGNORE INTO baseline (id, node, tx, freq_mhz, "
                           "layout, session, captured_us, bytes) "
                           "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                           -1, &s, NULL) == SQLITE_OK;
    if (ok) {
        sqlite3_bind_blob(s, 1, v.id, sizeof v.id, SQLITE_STATIC);
        bind_link(s, 2, &baseline->cfg.link);
        sqlite3_bind_int64(s, 6, (sqlite3_int64)v.session);
        sqlite3_bind_int64(s, 7, (sqlite3_int64)v.captured_us);
        sqlite3_bind_blob(s, 8, bytes, (int)n, SQLITE_STATIC);
        ok = sqlite3_step(s) == SQLITE_DONE;
    }
    if (!ok) {
        complain(self, "a baseline cannot be written");
    }
    sqlite3_finalize(s);
    free(bytes);
    return ok;
}

bool
rv_calibration_store_each(rv_calibration_store *const self,
                          rv_calibration_each *const each, void *const context)
{
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(self->db,
                           "SELECT bytes, max(captured_us) FROM baseline "
                           "GROUP BY node, tx, freq_mhz, layout "
                           "ORDER BY node, tx, freq_mhz, layout",
                           -1, &s, NULL) != SQLITE_OK) {
        return complain(self, "baselines cannot be read");
    }
    while (sqlite3_step(s) == SQLITE_ROW) {
        const void *const bytes = sqlite3_column_blob(s, 0);
        if (bytes) {
            each(context, bytes, (size_t)sqlite3_column_bytes(s, 0));
        }
    }
    return sqlite3_finalize(s) == SQLITE_OK;
}

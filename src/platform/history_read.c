// SPDX-License-Identifier: MIT
// Questions to the history. Asked through a second, read-only handle they see what is
// committed and never hold a writer up.
#include "platform/history_state.h"

#include "base/try.h"

#include <stdlib.h>
#include <string.h>

const char *
rv_history_kind_name(const rv_history_kind kind)
{
    static const char *const names[] = {"states",    "events", "tracks", "calibrations",
                                        "snapshots", "runs",   "privacy"};
    return (unsigned)kind < RV_HISTORY_KINDS ? names[kind] : "?";
}

static const char *const sql_of[RV_HISTORY_KINDS] = {
    "SELECT * FROM state WHERE until_ms >= ?1 AND from_ms <= ?2"
    " ORDER BY until_ms, run, id LIMIT ?3",
    "SELECT * FROM event WHERE last_ms >= ?1 AND first_ms <= ?2"
    " ORDER BY first_ms, run, id LIMIT ?3",
    "SELECT * FROM track WHERE t_ms BETWEEN ?1 AND ?2 ORDER BY t_ms, run, track LIMIT "
    "?3",
    "SELECT hash, t_ms, length(bytes) AS bytes FROM calibration"
    " WHERE t_ms BETWEEN ?1 AND ?2 ORDER BY t_ms, hash LIMIT ?3",
    "SELECT run, cycle, t_ms, length(json) AS bytes FROM snapshot"
    " WHERE t_ms BETWEEN ?1 AND ?2 ORDER BY t_ms, run LIMIT ?3",
    "SELECT * FROM run WHERE t_ms BETWEEN ?1 AND ?2 ORDER BY run LIMIT ?3",
    "SELECT * FROM attestation WHERE t_us = 0 OR t_us / 1000 BETWEEN ?1 AND ?2"
    " ORDER BY run, n LIMIT ?3",
};

static void
send_row(sqlite3_stmt *const s, rv_history_row *const row, void *const user)
{
    enum { most = 16 };
    rv_history_value values[most];
    int              n = sqlite3_column_count(s);
    n                  = n < most ? n : most;
    for (int i = 0; i < n; ++i) {
        const int type = sqlite3_column_type(s, i);
        values[i]      = (rv_history_value){.name = sqlite3_column_name(s, i),
                                            .text = (const char *)sqlite3_column_text(s, i),
                                            .is_number = type == SQLITE_INTEGER ||
                                                         type == SQLITE_FLOAT};
    }
    row(user, values, n);
}

rv_status
rv_history_query(rv_history *const self, const rv_history_kind kind,
                 const int64_t from_ms, const int64_t to_ms, const uint64_t limit,
                 rv_history_row *const row, void *const user)
{
    sqlite3_stmt *s = NULL;
    if ((unsigned)kind >= RV_HISTORY_KINDS) {
        return RV_ERR_RANGE;
    }
    if (sqlite3_prepare_v2(self->db, sql_of[kind], -1, &s, NULL) != SQLITE_OK) {
        return RV_ERR_IO;
    }
    sqlite3_bind_int64(s, 1, from_ms);
    sqlite3_bind_int64(s, 2, to_ms);
    sqlite3_bind_int64(s, 3, limit && limit < INT64_MAX ? (int64_t)limit : -1);
    int code = sqlite3_step(s);
    for (; code == SQLITE_ROW; code = sqlite3_step(s)) {
        send_row(s, row, user);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? RV_OK : RV_ERR_IO;
}

rv_status
rv_history_newest_snapshot(rv_history *const self, char **const out, size_t *const n)
{
    sqlite3_stmt *s      = NULL;
    rv_status     status = RV_ERR_NOT_FOUND;
    if (sqlite3_prepare_v2(
            self->db, "SELECT json FROM snapshot ORDER BY run DESC, cycle DESC LIMIT 1",
            -1, &s, NULL) != SQLITE_OK) {
        return RV_ERR_IO;
    }
    if (sqlite3_step(s) == SQLITE_ROW) {
        const size_t bytes = (size_t)sqlite3_column_bytes(s, 0);
        *out               = malloc(bytes + 1);
        status             = *out ? RV_OK : RV_ERR_MEMORY;
        if (*out) {
            memcpy(*out, sqlite3_column_text(s, 0), bytes);
            (*out)[bytes] = '\0';
            *n            = bytes;
        }
    }
    sqlite3_finalize(s);
    return status;
}

rv_status
rv_history_audit_head(rv_history *const self, rv_audit *const head)
{
    sqlite3_stmt *s      = NULL;
    rv_status     status = RV_OK;
    *head                = (rv_audit){0};
    if (sqlite3_prepare_v2(self->db,
                           "SELECT n, record FROM audit ORDER BY n DESC LIMIT 1", -1,
                           &s, NULL) != SQLITE_OK) {
        return RV_ERR_IO;
    }
    if (sqlite3_step(s) == SQLITE_ROW) {
        if (sqlite3_column_bytes(s, 1) == RV_AUDIT_BYTES) {
            rv_audit_head_after(head, sqlite3_column_blob(s, 1),
                                (uint64_t)sqlite3_column_int64(s, 0));
        } else {
            status = RV_ERR_CHECKSUM;
        }
    }
    sqlite3_finalize(s);
    return status;
}

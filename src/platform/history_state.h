// SPDX-License-Identifier: MIT
/**
   @file history_state.h
   The inside of a history, shared by the files that write, read and rotate it.
*/
#ifndef RV_PLATFORM_HISTORY_STATE_H
#define RV_PLATFORM_HISTORY_STATE_H

#include "platform/history.h"

#include <sqlite3.h>

typedef enum {
    PUT_RUN,
    PUT_STATE,
    PUT_EVENT,
    PUT_TRACK,
    PUT_CALIBRATION,
    PUT_SNAPSHOT,
    PUT_AUDIT,
    PUT_ATTESTED,
    N_PUTS,
} put;

struct rv_history {
    rv_history_config config;
    sqlite3          *db;
    sqlite3_stmt     *put[N_PUTS];
    int64_t           run;
    int64_t           committed_ms; ///< Time of the newest commit
    int64_t           swept_ms;
    int64_t           audit_first, audit_next; ///< In the table; next is its end
    uint64_t          pending;                 ///< Rows of the open transaction
    uint64_t          committed;
    bool              is_open; ///< A transaction is
    bool              has_time;
};

rv_status rv_history_execute(rv_history *self, const char *sql);

/// The one number that a query gives
rv_status rv_history_ask(rv_history *self, const char *sql, int64_t *out);

/// Number of the first audit record in the table and of the next to come
rv_status rv_history_find_audit(rv_history *self, int64_t *first, int64_t *next);

/// One file of the chain
typedef struct {
    int64_t first;
    char    path[512];
} rv_audit_file;

enum { RV_AUDIT_FILES_MOST = 64 };

/// The files of the chain, ascending; how many
unsigned rv_audit_files(const char *history, rv_audit_file file[RV_AUDIT_FILES_MOST]);

#endif // RV_PLATFORM_HISTORY_STATE_H

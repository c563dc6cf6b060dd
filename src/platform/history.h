// SPDX-License-Identifier: MIT
/**
   @file history.h
   What the world remembers beyond its rings: one SQLite file in WAL mode. Everything in
   it went through the privacy gate.

   Rows are written in transactions that are committed once per second of the input's
   timeline. A process killed at any instant loses at most the rows since the last
   commit and never damages the file. Old rows go by age, then by size of the file. The
   audit chain is bounded too: its older half goes to files, and of these the oldest go.

   The writer is narrow on purpose: another database needs these functions and no more.
*/
#ifndef RV_PLATFORM_HISTORY_H
#define RV_PLATFORM_HISTORY_H

#include "platform/signature.h"

#include <ruview/world/world.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    RV_HISTORY_VERSION = 3,  ///< Of the tables
    RV_HISTORY_KEPT    = 24, ///< Snapshots; four hours of them
};

typedef struct {
    const char *path;
    uint64_t    keep_ms;   ///< Age of the oldest row; default 30 days
    uint64_t    max_bytes; ///< Of the file, roughly; default 1 GiB; 0 no bound
    uint64_t    commit_ms; ///< Longest time of the input between commits; default 1000
    bool        full_sync; ///< Survive loss of power too, at the price of an fsync per
                           ///< commit; default false
    uint32_t audit_rows; ///< In the table before the older half goes to a file; default
                         ///< 131072
    uint32_t audit_files; ///< Kept; the oldest goes; default 8, at most 60
    bool     read_only;
} rv_history_config;

typedef struct rv_history rv_history;

rv_history_config rv_history_config_default(const char *path);

/**
   Open or make the file, and bring its tables up to RV_HISTORY_VERSION.

   @return ERR_IO; ERR_UNSUPPORTED: written by a later release; ERR_MAGIC: not a
   history; ERR_NOT_FOUND: read-only and not there; ERR_MEMORY.
*/
rv_status rv_history_open(rv_history **self, const rv_history_config *config);

/// Commits what is open
void rv_history_close(rv_history *self);

/// Why the last call failed, for people; never NULL
const char *rv_history_error(const rv_history *self);

/// A run begins; the rows that follow are of it
rv_status rv_history_run(rv_history *self, const uint8_t run[RV_DIGEST_BYTES],
                         bool synthetic, int64_t t_ms);

rv_status rv_history_state(rv_history *self, const rv_world_past *past);
rv_status rv_history_event(rv_history           *self,
                           const rv_world_event *event); ///< Or update
rv_status rv_history_track(rv_history *self, int64_t t_ms,
                           const rv_record_person *person);
rv_status rv_history_calibration(rv_history *self, uint64_t hash, int64_t t_ms,
                                 const void *bytes, size_t n);
rv_status rv_history_snapshot(rv_history *self, uint64_t cycle, int64_t t_ms,
                              const char *json, size_t n);
rv_status rv_history_audit(rv_history *self, const uint8_t record[RV_AUDIT_BYTES]);

/// A decision about privacy; they are numbered within the run
rv_status rv_history_attested(rv_history *self, const rv_attested *attested);

/// Time goes on: commits when it is time, and deletes a bounded number of old rows
rv_status rv_history_tick(rv_history *self, int64_t t_ms);
rv_status rv_history_commit(rv_history *self);

/// Rows committed since the file was opened
uint64_t rv_history_committed(const rv_history *self);

/// Newest snapshot into `out` (freed by the caller); ERR_NOT_FOUND
rv_status rv_history_newest_snapshot(rv_history *self, char **out, size_t *n);

/// What can be asked for
typedef enum {
    RV_HISTORY_STATES,
    RV_HISTORY_EVENTS,
    RV_HISTORY_TRACKS,
    RV_HISTORY_CALIBRATIONS,
    RV_HISTORY_SNAPSHOTS,
    RV_HISTORY_RUNS,
    RV_HISTORY_PRIVACY,
    RV_HISTORY_KINDS,
} rv_history_kind;

/// One value of a row
typedef struct {
    const char *name;
    const char *text; ///< NULL: SQL NULL
    bool        is_number;
} rv_history_value;

typedef void rv_history_row(void *user, const rv_history_value *values, int n);

/// Rows of a kind between two times, oldest first, `limit` at most (0 all)
rv_status rv_history_query(rv_history *self, rv_history_kind kind, int64_t from_ms,
                           int64_t to_ms, uint64_t limit, rv_history_row *row,
                           void *user);

/// "states" …
const char *rv_history_kind_name(rv_history_kind kind);

/// Head of the audit chain after the newest record; {0} when there is none
rv_status rv_history_audit_head(rv_history *self, rv_audit *head);

/// What a check found
typedef struct {
    uint64_t first_audit; ///< Number of the first audit record there is
    uint64_t last_audit;  ///< Of the last one that follows; 0 none
    unsigned audit_files; ///< Beside the table
    uint64_t decisions;   ///< About privacy, over all runs
    uint64_t signed_;     ///< Of them
} rv_history_found;

/**
   Is the file whole, does the audit chain hold over its files and the table, and do the
   decisions about privacy of each run, with their signatures?

   @param key  [32] Every decision must be signed by it; NULL: what is signed must hold.
   @return OK; ERR_CHECKSUM: the database is damaged; ERR_DIFFERENT: the audit chain;
           ERR_VALUE: the decisions; ERR_IO.
*/
rv_status rv_history_check(rv_history *self, const uint8_t *key,
                           rv_history_found *found);

/// Bytes of the file
uint64_t rv_history_bytes(rv_history *self);

/**
   The audit chain beside the database: FILE.audit.<12 digits>, the number of its first
   record, 64 bytes each. Called by the writer when its table is full: the older half
   goes into a file that is complete or absent, then leaves the table.
*/
rv_status rv_history_rotate_audit(rv_history *self);

#endif // RV_PLATFORM_HISTORY_H

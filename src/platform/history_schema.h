// SPDX-License-Identifier: MIT
/**
   @file history_schema.h
   The tables, as the steps from each version to the next. A released step never
   changes.
*/
#ifndef RV_PLATFORM_HISTORY_SCHEMA_H
#define RV_PLATFORM_HISTORY_SCHEMA_H

/// "RuVw", in the file's header
enum { RV_HISTORY_APPLICATION = 0x52755677 };

static const char *const rv_history_steps[] = {
    // 0 -> 1
    "CREATE TABLE run(run INTEGER PRIMARY KEY, digest TEXT NOT NULL,"
    " synthetic INTEGER NOT NULL, t_ms INTEGER NOT NULL);"
    "CREATE TABLE state(run INTEGER NOT NULL, id INTEGER NOT NULL,"
    " predicate TEXT NOT NULL, value REAL, reason TEXT NOT NULL, confidence REAL NOT "
    "NULL,"
    " class TEXT NOT NULL, calibration TEXT, from_ms INTEGER NOT NULL,"
    " until_ms INTEGER NOT NULL, PRIMARY KEY(run, id)) WITHOUT ROWID;"
    "CREATE TABLE event(run INTEGER NOT NULL, id INTEGER NOT NULL, kind TEXT NOT NULL,"
    " subject INTEGER NOT NULL, count INTEGER NOT NULL, confidence REAL NOT NULL,"
    " reason TEXT NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,"
    " PRIMARY KEY(run, id)) WITHOUT ROWID;"
    "CREATE TABLE track(run INTEGER NOT NULL, track INTEGER NOT NULL,"
    " t_ms INTEGER NOT NULL, state TEXT NOT NULL, confidence REAL NOT NULL,"
    " x_m REAL NOT NULL, y_m REAL NOT NULL, z_m REAL NOT NULL, zone INTEGER,"
    " PRIMARY KEY(run, track, t_ms)) WITHOUT ROWID;"
    "CREATE TABLE calibration(hash TEXT PRIMARY KEY, t_ms INTEGER NOT NULL,"
    " bytes BLOB) WITHOUT ROWID;"
    "CREATE TABLE snapshot(run INTEGER NOT NULL, cycle INTEGER NOT NULL,"
    " t_ms INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(run, cycle)) WITHOUT "
    "ROWID;",
    // 1 -> 2: the audit chain, and questions by time
    "CREATE TABLE audit(n INTEGER PRIMARY KEY, record BLOB NOT NULL);"
    "CREATE INDEX state_time ON state(until_ms);"
    "CREATE INDEX event_time ON event(last_ms);"
    "CREATE INDEX track_time ON track(t_ms);"
    "CREATE INDEX snapshot_time ON snapshot(t_ms);",
    // 2 -> 3: decisions about privacy, and where the audit chain in the table begins
    "CREATE TABLE attestation(run INTEGER NOT NULL, n INTEGER NOT NULL,"
    " t_us INTEGER NOT NULL, mode TEXT NOT NULL, class TEXT NOT NULL,"
    " consent TEXT NOT NULL, reason TEXT NOT NULL, actor TEXT NOT NULL,"
    " core TEXT NOT NULL, hash TEXT NOT NULL, key TEXT, signature TEXT,"
    " PRIMARY KEY(run, n)) WITHOUT ROWID;",
};

#endif // RV_PLATFORM_HISTORY_SCHEMA_H

// SPDX-License-Identifier: MIT
// Is a history whole? Its database, the audit chain over its files and the table, and
// the decisions about privacy with their signatures.
#include "platform/history_state.h"

#include "base/try.h"
#include "platform/run_log.h"

#include <ruview/trust/names.h>

#include <stdio.h>
#include <string.h>

static bool
is_text(sqlite3_stmt *const s, const int i)
{
    return sqlite3_column_type(s, i) == SQLITE_TEXT;
}

static const char *
text_of(sqlite3_stmt *const s, const int i)
{
    return is_text(s, i) ? (const char *)sqlite3_column_text(s, i) : "";
}

// ---- the audit chain, over its files and the table

/// Follows records from `number` on; the first of all is taken at its word
static rv_status
follow(rv_audit *const head, const uint8_t record[RV_AUDIT_BYTES], const int64_t number,
       rv_history_found *const found)
{
    size_t bad;
    if (found->first_audit == 0) {
        found->first_audit = (uint64_t)number;
        if (number > 1) { // what was before is gone: its link is in the record
            memcpy(head->link, record + RV_AUDIT_LINK_AT, RV_AUDIT_LINK);
        }
    } else if ((uint64_t)number != found->last_audit + 1) {
        return RV_ERR_DIFFERENT;
    }
    RV_TRY(rv_audit_verify(head, record, 1, &bad));
    found->last_audit = (uint64_t)number;
    return RV_OK;
}

static rv_status
check_file(const rv_audit_file *const file, rv_audit *const head,
           rv_history_found *const found)
{
    uint8_t     record[RV_AUDIT_BYTES];
    FILE *const in     = fopen(file->path, "rb");
    rv_status   status = in ? RV_OK : RV_ERR_IO;
    size_t      n      = 0;
    for (int64_t i = file->first; status == RV_OK; ++i) {
        n = fread(record, 1, sizeof record, in);
        if (n < sizeof record) {
            break;
        }
        status = follow(head, record, i, found);
    }
    if (in) {
        fclose(in);
    }
    return status == RV_OK && n != 0 ? RV_ERR_DIFFERENT : status;
}

static rv_status
check_chain(rv_history *const self, rv_history_found *const found)
{
    rv_audit_file  file[RV_AUDIT_FILES_MOST];
    sqlite3_stmt  *s      = NULL;
    rv_audit       head   = {0};
    rv_status      status = RV_OK;
    const unsigned n      = rv_audit_files(self->config.path, file);
    for (unsigned i = 0; i < n; ++i, ++found->audit_files) {
        RV_TRY(check_file(&file[i], &head, found));
    }
    if (sqlite3_prepare_v2(self->db,
                           "SELECT n, record FROM audit WHERE n > ?1 ORDER BY n", -1,
                           &s, NULL) != SQLITE_OK) {
        return RV_ERR_IO;
    }
    sqlite3_bind_int64(s, 1, (int64_t)found->last_audit);
    while (status == RV_OK && sqlite3_step(s) == SQLITE_ROW) {
        status = sqlite3_column_bytes(s, 1) == RV_AUDIT_BYTES
                     ? follow(&head, sqlite3_column_blob(s, 1),
                              sqlite3_column_int64(s, 0), found)
                     : RV_ERR_DIFFERENT;
    }
    sqlite3_finalize(s);
    return status;
}

// ---- decisions about privacy

/// A row as it is told, unchecked; false when it is none
static bool
read_attested(sqlite3_stmt *const s, rv_attested *const out)
{
    rv_attestation *const e     = &out->entry;
    const char *const     actor = text_of(s, 7);
    *out                        = (rv_attested){.is_signed = is_text(s, 10)};
    e->t_us                     = (uint64_t)sqlite3_column_int64(s, 2);
    bool known                  = rv_mode_parse(text_of(s, 3), &e->mode) == RV_OK &&
                 strlen(actor) <= RV_ACTOR_BYTES;
    e->target_class = rv_mode_class(e->mode);
    known      = known && strcmp(text_of(s, 4), rv_class_name(e->target_class)) == 0;
    e->consent = RV_CONSENT_COUNT;
    e->reason  = RV_ATTEST_REASON_COUNT;
    for (int i = 0; i < RV_CONSENT_COUNT; ++i) {
        if (strcmp(text_of(s, 5), rv_consent_name((rv_consent)i)) == 0) {
            e->consent = (rv_consent)i;
        }
    }
    for (int i = 0; i < RV_ATTEST_REASON_COUNT; ++i) {
        if (strcmp(text_of(s, 6), rv_attest_reason_name((rv_attest_reason)i)) == 0) {
            e->reason = (rv_attest_reason)i;
        }
    }
    if (!known || !rv_parse_hex(text_of(s, 8), e->core, sizeof e->core) ||
        !rv_parse_hex(text_of(s, 9), e->hash, sizeof e->hash)) {
        return false;
    }
    memcpy(e->actor, actor, strlen(actor));
    return !out->is_signed ||
           (rv_parse_hex(text_of(s, 10), out->key, RV_KEY_BYTES) &&
            rv_parse_hex(text_of(s, 11), out->signature, RV_SIGNATURE_BYTES));
}

static rv_status
check_decisions(rv_history *const self, const uint8_t *const key,
                rv_history_found *const found)
{
    sqlite3_stmt     *s      = NULL;
    rv_attested_check chain  = {.bad = false};
    int64_t           run    = -1;
    rv_status         status = RV_OK;
    if (sqlite3_prepare_v2(self->db, "SELECT * FROM attestation ORDER BY run, n", -1,
                           &s, NULL) != SQLITE_OK) {
        return RV_ERR_IO;
    }
    while (status == RV_OK && sqlite3_step(s) == SQLITE_ROW) {
        rv_attested next;
        if (sqlite3_column_int64(s, 0) != run) {
            run   = sqlite3_column_int64(s, 0);
            chain = (rv_attested_check){.bad = false};
        }
        const bool is_next = sqlite3_column_int64(s, 1) == (int64_t)chain.head.n;
        if (!is_next || !read_attested(s, &next) ||
            !rv_attested_follow(&chain, &next, key)) {
            status = RV_ERR_VALUE;
        }
        ++found->decisions;
        found->signed_ += next.is_signed;
    }
    sqlite3_finalize(s);
    return status;
}

rv_status
rv_history_check(rv_history *const self, const uint8_t *const key,
                 rv_history_found *const found)
{
    sqlite3_stmt *s      = NULL;
    rv_status     status = RV_ERR_IO;
    *found               = (rv_history_found){0};
    if (sqlite3_prepare_v2(self->db, "PRAGMA integrity_check", -1, &s, NULL) ==
            SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW) {
        status = strcmp((const char *)sqlite3_column_text(s, 0), "ok") == 0
                     ? RV_OK
                     : RV_ERR_CHECKSUM;
    }
    sqlite3_finalize(s);
    RV_TRY(status);
    RV_TRY(check_chain(self, found));
    return check_decisions(self, key, found);
}

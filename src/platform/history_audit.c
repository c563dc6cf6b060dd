// SPDX-License-Identifier: MIT
// The audit chain's older half: from the table into files that are complete or absent.
// A process killed between the file and the table leaves records in both; the next
// rotation writes the same file again.
#define _POSIX_C_SOURCE 200809L
#include "platform/history_state.h"

#include "base/try.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DIGITS = 12 };

static const char ending[] = ".audit.";

/// Folder and name of the database, from its path
static const char *
split(const char *const path, char folder[512])
{
    const char *const slash = strrchr(path, '/');
    if (!slash) {
        strcpy(folder, ".");
        return path;
    }
    snprintf(folder, 512, "%.*s", (int)(slash - path), path);
    return slash + 1;
}

static int
by_number(const void *const a, const void *const b)
{
    const int64_t x = ((const rv_audit_file *)a)->first;
    const int64_t y = ((const rv_audit_file *)b)->first;
    return (x > y) - (x < y);
}

unsigned
rv_audit_files(const char *const history, rv_audit_file file[RV_AUDIT_FILES_MOST])
{
    char              folder[512];
    const char *const name = split(history, folder);
    const size_t      n    = strlen(name);
    unsigned          k    = 0;
    DIR *const        dir  = opendir(folder[0] ? folder : "/");
    for (const struct dirent *e;
         dir && k < RV_AUDIT_FILES_MOST && (e = readdir(dir)) != NULL;) {
        const char *const rest = e->d_name + n + strlen(ending);
        if (strncmp(e->d_name, name, n) == 0 &&
            strncmp(e->d_name + n, ending, strlen(ending)) == 0 &&
            strlen(rest) == DIGITS && strspn(rest, "0123456789") == DIGITS) {
            file[k].first = strtoll(rest, NULL, 10);
            snprintf(file[k].path, sizeof file[k].path, "%s%s%s", history, ending,
                     rest);
            ++k;
        }
    }
    if (dir) {
        closedir(dir);
    }
    qsort(file, k, sizeof *file, by_number);
    return k;
}

rv_status
rv_history_find_audit(rv_history *const self, int64_t *const first, int64_t *const next)
{
    RV_TRY(rv_history_ask(self, "SELECT coalesce(min(n), 1) FROM audit", first));
    return rv_history_ask(self, "SELECT coalesce(max(n), 0) + 1 FROM audit", next);
}

/// Records `first` up to `end` of the table into a stream
static rv_status
copy_out(rv_history *const self, const int64_t first, const int64_t end,
         FILE *const out)
{
    sqlite3_stmt *s = NULL;
    int64_t       n = 0;
    if (sqlite3_prepare_v2(self->db,
                           "SELECT record FROM audit WHERE n >= ?1 AND n < ?2"
                           " ORDER BY n",
                           -1, &s, NULL) != SQLITE_OK) {
        return RV_ERR_IO;
    }
    sqlite3_bind_int64(s, 1, first);
    sqlite3_bind_int64(s, 2, end);
    while (sqlite3_step(s) == SQLITE_ROW &&
           sqlite3_column_bytes(s, 0) == RV_AUDIT_BYTES &&
           fwrite(sqlite3_column_blob(s, 0), RV_AUDIT_BYTES, 1, out) == 1) {
        ++n;
    }
    sqlite3_finalize(s);
    return n == end - first ? RV_OK : RV_ERR_IO;
}

static rv_status
write_file(rv_history *const self, const int64_t first, const int64_t end)
{
    char name[512], temporary[520];
    snprintf(name, sizeof name, "%s%s%0*lld", self->config.path, ending, DIGITS,
             (long long)first);
    snprintf(temporary, sizeof temporary, "%s.new", name);
    FILE *const file = fopen(temporary, "wb");
    if (!file) {
        return RV_ERR_IO;
    }
    rv_status status = copy_out(self, first, end, file);
    if (fflush(file) != 0 || fsync(fileno(file)) != 0) {
        status = RV_ERR_IO;
    }
    if (fclose(file) != 0 || status != RV_OK || rename(temporary, name) != 0) {
        remove(temporary);
        return RV_ERR_IO;
    }
    return RV_OK;
}

static void
drop_oldest(const rv_history *const self)
{
    rv_audit_file file[RV_AUDIT_FILES_MOST];
    unsigned      n = rv_audit_files(self->config.path, file);
    for (unsigned i = 0; n > self->config.audit_files && i < n; ++i, --n) {
        remove(file[i].path);
    }
}

rv_status
rv_history_rotate_audit(rv_history *const self)
{
    const int64_t n = self->audit_next - self->audit_first;
    if (n < (int64_t)self->config.audit_rows || n < 2) {
        return RV_OK;
    }
    RV_TRY(rv_history_commit(self));
    const int64_t end = self->audit_first + n / 2;
    RV_TRY(write_file(self, self->audit_first, end));
    char sql[96];
    snprintf(sql, sizeof sql, "DELETE FROM audit WHERE n < %lld", (long long)end);
    RV_TRY(rv_history_execute(self, sql));
    self->audit_first = end;
    drop_oldest(self);
    return RV_OK;
}

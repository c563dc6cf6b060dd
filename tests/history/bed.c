// SPDX-License-Identifier: MIT
#include "bed.h"

#include "cmocka_rv.h"

#include <stdio.h>

char folder[] = "/tmp/rv_history_XXXXXX";
char path[64];

const uint8_t run_digest[RV_DIGEST_BYTES] = {7};

int
fresh(void **const state)
{
    (void)state;
    char other[80];
    snprintf(path, sizeof path, "%s/h.db", folder);
    remove(path);
    snprintf(other, sizeof other, "%s-wal", path);
    remove(other);
    snprintf(other, sizeof other, "%s-shm", path);
    remove(other);
    rv_audit_file  file[RV_AUDIT_FILES_MOST];
    const unsigned n = rv_audit_files(path, file);
    for (unsigned i = 0; i < n; ++i) {
        remove(file[i].path);
    }
    return 0;
}

rv_history *
open_it(const bool read_only)
{
    rv_history       *h      = NULL;
    rv_history_config config = rv_history_config_default(path);
    config.read_only         = read_only;
    assert_int_equal(rv_history_open(&h, &config), RV_OK);
    return h;
}

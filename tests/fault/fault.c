// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "fault.h"

#include <ruview/publish/json_record.h>
#include <ruview/vital/presence.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

fault_kind fault_now;

static fault_kind
find_fault(void)
{
    const char *const name   = getenv("RV_FAULT");
    const char *const while_ = getenv("RV_FAULT_WHILE");
    if (!name || !while_ || access(while_, F_OK) != 0) {
        return fault_now;
    }
    return strcmp(name, "nan") == 0      ? FAULT_NAN
           : strcmp(name, "encode") == 0 ? FAULT_ENCODE
                                         : FAULT_TEXT;
}

/// What is published in place of a record that failed is not made to fail again
static bool
is_the_answer(const rv_record *const record)
{
    return record->presence_reason == RV_REASON_ERROR;
}

void      __real_rv_presence_update(rv_presence *self, uint64_t t_us,
                                    const rv_presence_link *link, uint32_t n_links,
                                    rv_presence_result *out);
void      __wrap_rv_presence_update(rv_presence *self, uint64_t t_us,
                                    const rv_presence_link *link, uint32_t n_links,
                                    rv_presence_result *out);
rv_status __real_rv_record_encode(const rv_record *record, uint8_t *out, size_t *n);
rv_status __wrap_rv_record_encode(const rv_record *record, uint8_t *out, size_t *n);
rv_status __real_rv_json_record(const rv_record *record, char *out, size_t *n);
rv_status __wrap_rv_json_record(const rv_record *record, char *out, size_t *n);

void
__wrap_rv_presence_update(rv_presence *const self, const uint64_t t_us,
                          const rv_presence_link *const link, const uint32_t n_links,
                          rv_presence_result *const out)
{
    __real_rv_presence_update(self, t_us, link, n_links, out);
    if (find_fault() == FAULT_NAN) {
        out->motion = rv_known(NAN, 0.1F, 1.0F);
    }
}

rv_status
__wrap_rv_record_encode(const rv_record *const record, uint8_t *const out,
                        size_t *const n)
{
    return !is_the_answer(record) && find_fault() == FAULT_ENCODE
               ? RV_ERR_NONFINITE
               : __real_rv_record_encode(record, out, n);
}

rv_status
__wrap_rv_json_record(const rv_record *const record, char *const out, size_t *const n)
{
    return !is_the_answer(record) && find_fault() == FAULT_TEXT
               ? RV_ERR_FULL
               : __real_rv_json_record(record, out, n);
}

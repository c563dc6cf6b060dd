// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "platform/run_log.h"

#include "base/try.h"

#include <ruview/base/version.h>
#include <ruview/trust/names.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

static int
digit(const char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

bool
rv_parse_hex(const char *const text, uint8_t *const bytes, const size_t n)
{
    if (!text || strlen(text) != 2 * n) {
        return false;
    }
    for (size_t i = 0; i < n; ++i) {
        const int high = digit(text[2 * i]);
        const int low  = digit(text[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

static bool
get_digest(const json_t *const root, const char *const key,
           uint8_t out[RV_DIGEST_BYTES])
{
    return rv_parse_hex(json_string_value(json_object_get(root, key)), out,
                        RV_DIGEST_BYTES);
}

static bool
get_u64(const json_t *const root, const char *const key, uint64_t *const out)
{
    const json_t *const value = json_object_get(root, key);
    if (!json_is_integer(value) || json_integer_value(value) < 0) {
        return false;
    }
    *out = (uint64_t)json_integer_value(value);
    return true;
}

/// The next line as JSON
static rv_status
read_line(rv_run_log *const self, json_t **const root)
{
    const ssize_t n = getline(&self->line, &self->room, self->file);
    if (n < 0) {
        return ferror(self->file) ? RV_ERR_IO : RV_ERR_END;
    }
    ++self->n_lines;
    *root = json_loadb(self->line, (size_t)n, JSON_REJECT_DUPLICATES, NULL);
    if (!*root) {
        return self->line[n - 1] == '\n' ? RV_ERR_VALUE : RV_ERR_TRUNCATED;
    }
    return RV_OK;
}

static rv_status
get_stages(rv_run_log *const self, const json_t *const root)
{
    const json_t *const stages = json_object_get(root, "stages");
    const size_t        n      = json_array_size(stages);
    if (n > RV_MAX_DIGEST_STAGES) {
        return RV_ERR_VALUE;
    }
    for (size_t i = 0; i < n; ++i) {
        const char *const name = json_string_value(json_array_get(stages, i));
        if (!name || strlen(name) >= RV_STAGE_NAME) {
            return RV_ERR_VALUE;
        }
        memcpy(self->stage[i], name, strlen(name) + 1);
    }
    self->n_stages = (unsigned)n;
    return RV_OK;
}

static rv_status
get_header(rv_run_log *const self, const json_t *const root)
{
    const char *const type = json_string_value(json_object_get(root, "type"));
    uint64_t          format, epoch;
    uint8_t           run[RV_DIGEST_BYTES];
    if (!type || (strcmp(type, "witness") != 0 && strcmp(type, "digests") != 0)) {
        return RV_ERR_MAGIC;
    }
    if (!get_u64(root, "record_format", &format) ||
        !get_u64(root, "digest_epoch", &epoch) || format > UINT32_MAX ||
        epoch > UINT32_MAX || !get_digest(root, "run", self->run) ||
        !get_digest(root, "config", self->header.config) ||
        !get_digest(root, "calibration", self->header.calibration) ||
        !get_digest(root, "model", self->header.model) ||
        !get_digest(root, "privacy", self->header.privacy)) {
        return RV_ERR_VALUE;
    }
    self->header.record_format = (uint32_t)format;
    self->header.digest_epoch  = (uint32_t)epoch;
    rv_run_digest(&self->header, run);
    if (memcmp(run, self->run, sizeof run) != 0) {
        return RV_ERR_VALUE;
    }
    RV_TRY(get_stages(self, root));
    return format == RV_RECORD_FORMAT ? RV_OK : RV_ERR_UNSUPPORTED;
}

rv_status
rv_run_log_open(rv_run_log *const self, const char *const path)
{
    *self      = (rv_run_log){0};
    self->file = fopen(path, "rb");
    if (!self->file) {
        return RV_ERR_IO;
    }
    json_t   *root   = NULL;
    rv_status status = read_line(self, &root);
    if (status == RV_OK) {
        status = get_header(self, root);
        json_decref(root);
    } else if (status != RV_ERR_IO) {
        status = RV_ERR_MAGIC;
    }
    if (status != RV_OK) {
        rv_run_log_close(self);
    }
    return status;
}

void
rv_run_log_close(rv_run_log *const self)
{
    if (self->file) {
        fclose(self->file);
    }
    free(self->line);
    self->file = NULL;
    self->line = NULL;
}

static rv_status
get_cycle(const rv_run_log *const self, const json_t *const root,
          rv_witness_line *const line, rv_stage_row *const row)
{
    const json_t *const stages = json_object_get(root, "stages");
    if (!get_u64(root, "cycle", &line->cycle) || !get_u64(root, "t_us", &line->t_us) ||
        !get_digest(root, "witness", line->witness) ||
        json_array_size(stages) != self->n_stages) {
        return RV_ERR_VALUE;
    }
    *row = (rv_stage_row){0};
    for (unsigned i = 0; i < self->n_stages; ++i) {
        if (!rv_parse_hex(json_string_value(json_array_get(stages, i)), row->stage[i],
                          RV_STAGE_DIGEST_BYTES)) {
            return RV_ERR_VALUE;
        }
    }
    return RV_OK;
}

static const char *
get_text(const json_t *const root, const char *const key)
{
    const char *const text = json_string_value(json_object_get(root, key));
    return text ? text : "";
}

/// Index of a name among n, n when it is none of them
static unsigned
find_name(const char *const text, const char *(*const name)(unsigned), const unsigned n)
{
    unsigned i = 0;
    while (i < n && strcmp(text, name(i)) != 0) {
        ++i;
    }
    return i;
}

static const char *
class_name(const unsigned i)
{
    return rv_class_name((rv_privacy_class)i);
}

static const char *
consent_name(const unsigned i)
{
    return rv_consent_name((rv_consent)i);
}

static const char *
reason_name(const unsigned i)
{
    return rv_attest_reason_name((rv_attest_reason)i);
}

static rv_status
get_attested(const json_t *const root, rv_attested *const out)
{
    rv_attestation *const e = &out->entry;
    *out                    = (rv_attested){.is_signed = false};
    const unsigned class_   = find_name(get_text(root, "class"), class_name, 4);
    const unsigned consent =
        find_name(get_text(root, "consent"), consent_name, RV_CONSENT_COUNT);
    const unsigned reason =
        find_name(get_text(root, "reason"), reason_name, RV_ATTEST_REASON_COUNT);
    const char *const actor = get_text(root, "actor");
    if (rv_mode_parse(get_text(root, "mode"), &e->mode) != RV_OK || class_ == 4 ||
        consent == RV_CONSENT_COUNT || reason == RV_ATTEST_REASON_COUNT ||
        strlen(actor) > RV_ACTOR_BYTES || !get_u64(root, "t_us", &e->t_us) ||
        !get_digest(root, "core", e->core) || !get_digest(root, "hash", e->hash)) {
        return RV_ERR_VALUE;
    }
    e->target_class = (rv_privacy_class)class_;
    e->consent      = (rv_consent)consent;
    e->reason       = (rv_attest_reason)reason;
    memcpy(e->actor, actor, strlen(actor));
    if (!json_object_get(root, "key") && !json_object_get(root, "signature")) {
        return RV_OK;
    }
    out->is_signed = true;
    return rv_parse_hex(get_text(root, "key"), out->key, RV_KEY_BYTES) &&
                   rv_parse_hex(get_text(root, "signature"), out->signature,
                                RV_SIGNATURE_BYTES)
               ? RV_OK
               : RV_ERR_VALUE;
}

/// An input that stands in no recording
static rv_status
get_input(const rv_run_log *const self, const json_t *const root)
{
    const char *const text  = get_text(root, "bytes");
    const size_t      n     = strlen(text) / 2;
    uint8_t *const    bytes = malloc(n + 1);
    uint64_t          t_us  = 0;
    const bool        good =
        bytes && get_u64(root, "t_us", &t_us) && rv_parse_hex(text, bytes, n);
    if (good && self->input) {
        self->input(self->user, t_us, bytes, n);
    }
    free(bytes);
    return good ? RV_OK : RV_ERR_VALUE;
}

rv_status
rv_run_log_next(rv_run_log *const self, rv_witness_line *const line,
                rv_stage_row *const row)
{
    for (;;) {
        json_t *root = NULL;
        RV_TRY(read_line(self, &root));
        if (strcmp(get_text(root, "type"), "input") == 0) {
            const rv_status status = get_input(self, root);
            json_decref(root);
            RV_TRY(status);
            continue;
        }
        if (strcmp(get_text(root, "type"), "attestation") != 0) {
            const rv_status status = get_cycle(self, root, line, row);
            json_decref(root);
            return status;
        }
        rv_attested     attested;
        const rv_status status = get_attested(root, &attested);
        json_decref(root);
        RV_TRY(status);
        if (self->attested) {
            self->attested(self->user, &attested);
        }
    }
}

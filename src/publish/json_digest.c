// SPDX-License-Identifier: MIT
#include "publish/json_writer.h"

#include <ruview/math/text.h>
#include <ruview/publish/json_digest.h>
#include <ruview/trust/names.h>

static void
put_digest(rv_json *const j, const char *const key,
           const uint8_t digest[RV_DIGEST_BYTES])
{
    rv_json_key_n(j, key, rv_json_length(key));
    rv_json_hex_bytes(j, digest, RV_DIGEST_BYTES);
}

rv_status
rv_json_witness_header(const rv_run_header *const header,
                       const char *const *const stages, const unsigned n_stages,
                       char *const out, size_t *const n_bytes)
{
    uint8_t run[RV_DIGEST_BYTES];
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_run_digest(header, run);
    rv_json_open(&json, '{');
    rv_json_key(&json, "type");
    rv_json_name(&json, stages ? "digests" : "witness");
    rv_json_key(&json, "record_format");
    rv_json_u64(&json, header->record_format);
    rv_json_key(&json, "digest_epoch");
    rv_json_u64(&json, header->digest_epoch);
    put_digest(&json, "run", run);
    put_digest(&json, "config", header->config);
    put_digest(&json, "calibration", header->calibration);
    put_digest(&json, "model", header->model);
    put_digest(&json, "privacy", header->privacy);
    if (stages) {
        rv_json_key(&json, "stages");
        rv_json_open(&json, '[');
        for (unsigned i = 0; i < n_stages; ++i) {
            rv_json_name(&json, stages[i]);
        }
        rv_json_close(&json, ']');
    }
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

rv_status
rv_json_witness_line(const rv_witness_line *const line, const rv_stage_row *const row,
                     const unsigned n_stages, char *const out, size_t *const n_bytes)
{
    rv_json json = rv_json_begin(out, *n_bytes);
    rv_json_open(&json, '{');
    rv_json_key(&json, "cycle");
    rv_json_u64(&json, line->cycle);
    rv_json_key(&json, "t_us");
    rv_json_u64(&json, line->t_us);
    put_digest(&json, "witness", line->witness);
    if (row) {
        rv_json_key(&json, "stages");
        rv_json_open(&json, '[');
        for (unsigned i = 0; i < n_stages && i < RV_MAX_DIGEST_STAGES; ++i) {
            rv_json_hex_bytes(&json, row->stage[i], RV_STAGE_DIGEST_BYTES);
        }
        rv_json_close(&json, ']');
    }
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

static void
put_name(rv_json *const j, const char *const key, const char *const name)
{
    rv_json_key_n(j, key, rv_json_length(key));
    rv_json_name(j, name);
}

rv_status
rv_json_attestation_line(const rv_attestation *const entry, const uint8_t *const key,
                         const uint8_t *const signature, char *const out,
                         size_t *const n_bytes)
{
    rv_json json                      = rv_json_begin(out, *n_bytes);
    char    actor[RV_ACTOR_BYTES + 1] = {0};
    for (unsigned i = 0; i < RV_ACTOR_BYTES; ++i) {
        actor[i] = entry->actor[i];
    }
    rv_json_open(&json, '{');
    put_name(&json, "type", "attestation");
    put_name(&json, "mode", rv_mode_name(entry->mode));
    put_name(&json, "class", rv_class_name(entry->target_class));
    put_name(&json, "consent", rv_consent_name(entry->consent));
    put_name(&json, "reason", rv_attest_reason_name(entry->reason));
    rv_json_key(&json, "t_us");
    rv_json_u64(&json, entry->t_us);
    rv_json_key(&json, "actor");
    rv_json_string(&json, actor);
    put_digest(&json, "core", entry->core);
    put_digest(&json, "hash", entry->hash);
    if (key && signature) {
        char text[2 * 64 + 2];
        text[0] = '"';
        rv_text_hex_bytes(text + 1, signature, 64);
        text[129] = '"';
        put_digest(&json, "key", key);
        rv_json_key(&json, "signature");
        rv_json_text(&json, text, sizeof text);
    }
    rv_json_close(&json, '}');
    return rv_json_end(&json, n_bytes);
}

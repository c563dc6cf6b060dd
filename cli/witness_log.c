// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/witness_log.h"

#include "platform/run_log.h"

#include <ruview/publish/json_digest.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { line_room = 4096 };

static bool
put_line(FILE *const file, const char *const text, const size_t n)
{
    return fwrite(text, 1, n, file) == n && fputc('\n', file) != EOF;
}

bool
rv_witness_log_begin(FILE *const file, const rv_engine *const engine, const bool stages)
{
    const char *names[RV_N_STAGES];
    for (int s = 0; s < RV_N_STAGES; ++s) {
        names[s] = rv_stage_name((rv_stage)s);
    }
    const rv_run_header header = rv_engine_get_run_header(engine);
    char                text[line_room];
    size_t              n = sizeof text;
    return rv_json_witness_header(&header, stages ? names : NULL,
                                  stages ? RV_STAGE_CYCLE : 0, text, &n) == RV_OK &&
           put_line(file, text, n);
}

bool
rv_witness_log_cycle(FILE *const file, const rv_cycle_output *const output,
                     const bool stages)
{
    rv_witness_line line = {.cycle = output->record->cycle,
                            .t_us  = output->record->t_us};
    char            text[line_room];
    size_t          n = sizeof text;
    memcpy(line.witness, output->record->witness, sizeof line.witness);
    return rv_json_witness_line(&line, stages ? output->stages : NULL,
                                stages ? RV_STAGE_CYCLE : 0, text, &n) == RV_OK &&
           put_line(file, text, n);
}

bool
rv_witness_log_input(FILE *const file, const rv_input *const input)
{
    fprintf(file, "{\"type\":\"input\",\"t_us\":%llu,\"bytes\":\"",
            (unsigned long long)input->t_us);
    for (size_t i = 0; i < input->n; ++i) {
        fprintf(file, "%02x", input->bytes[i]);
    }
    return fputs("\"}\n", file) != EOF && !ferror(file);
}

bool
rv_witness_log_attested(FILE *const file, const rv_cycle_output *const output,
                        const rv_signer *const signer)
{
    for (unsigned i = 0; i < output->n_attested; ++i) {
        const rv_attested a = rv_attested_make(&output->attested[i], signer);
        char              text[line_room];
        size_t            n = sizeof text;
        if (rv_json_attestation_line(&a.entry, a.is_signed ? a.key : NULL,
                                     a.is_signed ? a.signature : NULL, text,
                                     &n) != RV_OK ||
            !put_line(file, text, n)) {
            return false;
        }
    }
    return true;
}

static void
keep_attested(void *const user, const rv_attested *const attested)
{
    rv_witness_log *const log = user;
    rv_attested *const    more =
        realloc(log->attested, (log->n_attested + 1) * sizeof *more);
    if (!more) {
        log->damaged = true;
        return;
    }
    log->attested                    = more;
    log->attested[log->n_attested++] = *attested;
}

static void
keep_input(void *const user, const uint64_t t_us, const uint8_t *const bytes,
           const size_t n)
{
    rv_witness_log *const   log = user;
    rv_witness_input *const more =
        realloc(log->input, (log->n_inputs + 1) * sizeof *more);
    uint8_t *const copy = malloc(n + 1);
    log->input          = more ? more : log->input;
    if (!more || !copy) {
        free(copy);
        log->damaged = true;
        return;
    }
    memcpy(copy, bytes, n);
    log->input[log->n_inputs++] = (rv_witness_input){t_us, copy, n};
}

static bool
keep_line(rv_witness_log *const log, size_t *const room,
          const rv_witness_line *const line)
{
    if (log->n == *room) {
        *room                       = *room ? 2 * *room : 4096;
        rv_witness_line *const more = realloc(log->line, *room * sizeof *more);
        if (!more) {
            return false;
        }
        log->line = more;
    }
    log->line[log->n++] = *line;
    return true;
}

bool
rv_witness_log_read(rv_witness_log *const log, const char *const path)
{
    rv_run_log      file;
    rv_witness_line line;
    rv_stage_row    row;
    size_t          room   = 0;
    rv_status       status = rv_run_log_open(&file, path);
    *log                   = (rv_witness_log){.n = 0};
    if (status != RV_OK) {
        fprintf(stderr, "ruview: %s: %s%s\n", path,
                status == RV_ERR_IO ? strerror(errno)
                                    : "line 1 is no header of a witness log",
                status == RV_ERR_IO && errno == ENOENT
                    ? "; ruview record writes it, --witness LOG names another"
                    : "");
        return false;
    }
    memcpy(log->run, file.run, sizeof log->run);
    memcpy(log->config, file.header.config, sizeof log->config);
    file.attested = keep_attested;
    file.input    = keep_input;
    file.user     = log;
    while ((status = rv_run_log_next(&file, &line, &row)) == RV_OK &&
           keep_line(log, &room, &line)) {
    }
    log->damaged = log->damaged || status != RV_ERR_END;
    rv_run_log_close(&file);
    return true;
}

void
rv_witness_log_free(rv_witness_log *const log)
{
    for (size_t i = 0; i < log->n_inputs; ++i) {
        free(log->input[i].bytes);
    }
    free(log->input);
    log->input    = NULL;
    log->n_inputs = 0;
    free(log->line);
    free(log->attested);
    log->line     = NULL;
    log->attested = NULL;
}

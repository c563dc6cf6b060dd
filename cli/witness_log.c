// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/witness_log.h"

#include <ruview/publish/json_digest.h>

#include <jansson.h>

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

static bool
read_hex(const json_t *const value, uint8_t out[RV_DIGEST_BYTES])
{
    const char *const text = json_string_value(value);
    if (!text || strlen(text) != 2 * RV_DIGEST_BYTES) {
        return false;
    }
    for (int i = 0; i < RV_DIGEST_BYTES; ++i) {
        char       pair[3] = {text[2 * i], text[2 * i + 1], '\0'};
        char      *end     = NULL;
        const long byte    = strtol(pair, &end, 16);
        if (*end != '\0' || byte < 0) {
            return false;
        }
        out[i] = (uint8_t)byte;
    }
    return true;
}

static bool
read_header(rv_witness_log *const log, const char *const text)
{
    json_t *const json = json_loads(text, 0, NULL);
    const bool    good = json && read_hex(json_object_get(json, "run"), log->run);
    json_decref(json);
    return good;
}

static bool
read_line(rv_witness_line *const line, const char *const text)
{
    json_t *const       json  = json_loads(text, 0, NULL);
    const json_t *const cycle = json_object_get(json, "cycle");
    const json_t *const t_us  = json_object_get(json, "t_us");
    const bool          good  = json_is_integer(cycle) && json_is_integer(t_us) &&
                      read_hex(json_object_get(json, "witness"), line->witness);
    line->cycle = (uint64_t)json_integer_value(cycle);
    line->t_us  = (uint64_t)json_integer_value(t_us);
    json_decref(json);
    return good;
}

bool
rv_witness_log_read(rv_witness_log *const log, const char *const path)
{
    *log             = (rv_witness_log){.n = 0};
    FILE *const file = fopen(path, "r");
    char       *text = NULL;
    size_t      room = 0, have = 0;
    if (!file || getline(&text, &room, file) <= 0 || !read_header(log, text)) {
        fprintf(stderr, "ruview: %s: %s\n", path,
                file ? "line 1 is no witness header" : strerror(errno));
        if (file) {
            fclose(file);
        }
        free(text);
        return false;
    }
    while (!log->damaged && getline(&text, &room, file) > 0) {
        if (log->n == have) {
            have                        = have ? 2 * have : 4096;
            rv_witness_line *const more = realloc(log->line, have * sizeof *more);
            if (!more) {
                log->damaged = true;
                break;
            }
            log->line = more;
        }
        log->damaged = !read_line(&log->line[log->n], text);
        log->n += !log->damaged;
    }
    free(text);
    fclose(file);
    return true;
}

void
rv_witness_log_free(rv_witness_log *const log)
{
    free(log->line);
    log->line = NULL;
}

// SPDX-License-Identifier: MIT
#include "cli/input_file.h"

#include <ruview/platform/config_print.h>

#include <errno.h>
#include <string.h>

bool
rv_input_open(rv_recording *const recording, const char *const verb,
              const char *const path, const rv_capture_config *const config)
{
    const rv_status status = rv_recording_open(recording, path, config);
    if (status == RV_ERR_IO) {
        const char *const why = strerror(errno);
        fprintf(stderr, "%s: %s: %s: %s\n", verb, path, rv_recording_advice(status),
                why);
    } else if (status != RV_OK) {
        fprintf(stderr, "%s: %s: %s\n", verb, path, rv_recording_advice(status));
    }
    return status == RV_OK;
}

bool
rv_input_file_open(rv_input_file *const file, const char *const path)
{
    *file = (rv_input_file){.path = path};
    return rv_input_open(&file->recording, "ruview", path, NULL);
}

void
rv_input_file_close(rv_input_file *const file)
{
    rv_recording_close(&file->recording);
}

rv_status
rv_input_file_next(rv_input_file *const file, rv_capture_item *const item)
{
    if (file->is_held) {
        file->is_held = false;
        *item         = file->held;
        return RV_OK;
    }
    const rv_status status = rv_capture_next(file->recording.capture, item);
    if (status == RV_OK && item->reason != RV_REASON_NONE &&
        file->first_reason == RV_REASON_NONE) {
        file->first_reason = item->reason;
        file->first_offset = item->offset;
        file->first_line   = item->line;
    }
    return status;
}

// No run of ours recorded this: the records are to say so
static void
put_before(rv_input_file *const file, rv_capture_item *const item)
{
    const rv_command command = {.kind = RV_COMMAND_FROM_FILE};
    rv_writer        w       = {.bytes = file->command, .size = sizeof file->command};
    (void)!rv_command_encode(&command, &w);
    file->held    = *item;
    file->is_held = true;
    *item         = (rv_capture_item){.offset = item->offset,
                                      .line   = item->line,
                                      .input  = {.kind  = RV_INPUT_COMMAND,
                                                 .t_us  = item->input.t_us,
                                                 .bytes = file->command,
                                                 .n     = w.at}};
}

bool
rv_input_file_configure(rv_input_file *const file, rv_capture_item *const item,
                        rv_host *const host, const bool keep)
{
    const size_t head   = strlen(RV_CONFIG_NOTE);
    bool         is_run = false;
    while (rv_input_file_next(file, item) == RV_OK) {
        if (item->reason != RV_REASON_NONE) {
            continue;
        }
        const rv_input *const note = &item->input;
        if (note->kind != RV_INPUT_NOTE) {
            if (!is_run) {
                put_before(file, item);
            }
            return true;
        }
        if (note->n <= head || memcmp(note->bytes, RV_CONFIG_NOTE, head) != 0) {
            continue;
        }
        is_run = true;
        if (keep) {
            continue;
        }
        char error[RV_CONFIG_ERROR_BYTES];
        if (rv_config_parse((const char *)note->bytes + head, note->n - head,
                            "configuration in the recording", &host->config,
                            &host->edge, error) != RV_OK) {
            fprintf(stderr, "ruview: %s\n", error);
            return false;
        }
    }
    item->reason = RV_REASON_NO_DATA;
    return true;
}

bool
rv_input_file_start(rv_input_file *const file, rv_capture_item *const item,
                    const char *const path, rv_host *const host, const bool keep,
                    rv_engine_sink *const sink, void *const context)
{
    if (!rv_input_file_open(file, path)) {
        return false;
    }
    host->config.allow_synthetic = true;
    if (!rv_input_file_configure(file, item, host, keep) ||
        !rv_host_start(host, sink, context)) {
        rv_input_file_close(file);
        return false;
    }
    return true;
}

void
rv_input_file_run(rv_input_file *const file, rv_capture_item *const item,
                  rv_engine *const engine)
{
    for (rv_status s = RV_OK; s == RV_OK; s = rv_input_file_next(file, item)) {
        if (item->reason == RV_REASON_NONE) {
            (void)!rv_engine_push(engine, &item->input);
        }
    }
    rv_engine_finish(engine);
}

const char *
rv_input_file_format(const rv_input_file *const file)
{
    return rv_format_name(rv_capture_format(file->recording.capture));
}

void
rv_input_file_print_refused(const rv_input_file *const file, FILE *const out)
{
    const rv_capture_counts *const counts = rv_capture_counted(file->recording.capture);
    for (int r = 1; r < RV_REASON_COUNT; ++r) {
        if (counts->refused[r] == 0) {
            continue;
        }
        fprintf(out, "unread    %llu %s: %s", (unsigned long long)counts->refused[r],
                rv_reason_name((rv_reason)r), rv_reason_text((rv_reason)r));
        if (r == (int)file->first_reason) {
            fprintf(out, " (first at byte %llu",
                    (unsigned long long)file->first_offset);
            if (file->first_line > 0) {
                fprintf(out, ", line %llu", (unsigned long long)file->first_line);
            }
            fputc(')', out);
        }
        fputc('\n', out);
    }
}

// SPDX-License-Identifier: MIT
#define _GNU_SOURCE
#include "cli/input_file.h"

#include <ruview/platform/config_print.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
map_file(rv_input_file *const file)
{
    const int   fd = open(file->path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        fprintf(stderr, "ruview: %s: %s\n", file->path, strerror(errno));
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    if (!S_ISREG(info.st_mode) || info.st_size == 0) {
        fprintf(stderr, "ruview: %s: %s\n", file->path,
                S_ISREG(info.st_mode) ? "the file is empty; record something first"
                                      : "not a regular file");
        close(fd);
        return false;
    }
    file->n          = (size_t)info.st_size;
    void *const data = mmap(NULL, file->n, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED) {
        fprintf(stderr, "ruview: %s: %s\n", file->path, strerror(errno));
        return false;
    }
    file->bytes = data;
    return true;
}

bool
rv_input_file_open(rv_input_file *const file, const char *const path)
{
    *file = (rv_input_file){.path = path};
    if (!map_file(file)) {
        return false;
    }
    const rv_capture_source source = {.bytes = file->bytes, .n = file->n};
    rv_capture_config       config;
    size_t                  n = 0;
    rv_capture_config_default(&config);
    rv_status status = rv_capture_size(&config, &source, &n);
    if (status == RV_OK) {
        file->memory = aligned_alloc(64, (n + 63) & ~(size_t)63);
        status       = file->memory ? rv_capture_init(&file->capture, &config, &source,
                                                      file->memory, n)
                                    : RV_ERR_MEMORY;
    }
    if (status != RV_OK) {
        fprintf(stderr, "ruview: %s: byte 0: %s\n", path,
                status == RV_ERR_MAGIC
                    ? "no known capture format; ruview inspect --help lists them"
                    : rv_status_text(status));
        rv_input_file_close(file);
        return false;
    }
    return true;
}

void
rv_input_file_close(rv_input_file *const file)
{
    free(file->memory);
    if (file->bytes) {
        munmap((void *)(uintptr_t)file->bytes, file->n);
    }
    file->memory = NULL;
    file->bytes  = NULL;
}

rv_status
rv_input_file_next(rv_input_file *const file, rv_capture_item *const item)
{
    const rv_status status = rv_capture_next(file->capture, item);
    if (status == RV_OK && item->reason != RV_REASON_NONE &&
        file->first_reason == RV_REASON_NONE) {
        file->first_reason = item->reason;
        file->first_offset = item->offset;
        file->first_line   = item->line;
    }
    return status;
}

bool
rv_input_file_configure(rv_input_file *const file, rv_capture_item *const item,
                        rv_host *const host, const bool keep)
{
    const size_t head = strlen(RV_CONFIG_NOTE);
    while (rv_input_file_next(file, item) == RV_OK) {
        if (item->reason != RV_REASON_NONE) {
            continue;
        }
        const rv_input *const note = &item->input;
        if (note->kind != RV_INPUT_NOTE) {
            return true;
        }
        if (keep || note->n <= head || memcmp(note->bytes, RV_CONFIG_NOTE, head) != 0) {
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

const char *
rv_input_file_format(const rv_input_file *const file)
{
    return rv_format_name(rv_capture_format(file->capture));
}

void
rv_input_file_print_refused(const rv_input_file *const file, FILE *const out)
{
    const rv_capture_counts *const counts = rv_capture_counted(file->capture);
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

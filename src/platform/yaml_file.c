// SPDX-License-Identifier: MIT
#define _POSIX_C_SOURCE 200809L
#include "platform/yaml_file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// libcyaml says what is wrong first, then where, innermost place first
typedef struct {
    char text[512];
    int  line;
} complaint;

__attribute__((format(printf, 3, 0))) static void
note(const cyaml_log_t level, void *const context, const char *const format,
     va_list args)
{
    complaint *const c = context;
    char             text[sizeof c->text];
    vsnprintf(text, sizeof text, format, args);
    text[strcspn(text, "\n")] = '\0';
    if (level < CYAML_LOG_ERROR) {
        return;
    }
    const char *const place = strstr(text, "(line: ");
    if (place && c->line == 0) {
        c->line = atoi(place + strlen("(line: "));
    }
    if (c->text[0] == '\0') {
        snprintf(c->text, sizeof c->text, "%s",
                 strncmp(text, "Load: ", 6) == 0 ? text + 6 : text);
    }
}

// libcyaml names the mapping's line; a key that should not be there has its own
static int
line_of_key(const char *const text, const size_t n, const char *const wrong,
            const int from)
{
    static const char lead[] = "Unexpected key: ";
    if (strncmp(wrong, lead, strlen(lead)) != 0) {
        return from;
    }
    const char *const key  = wrong + strlen(lead);
    const size_t      size = strlen(key);
    int               line = 1;
    for (size_t at = 0; at < n; ++at) {
        const bool starts = at == 0 || strchr("\n \t{,-", text[at - 1]) != NULL;
        if (starts && line >= from && n - at > size &&
            memcmp(text + at, key, size) == 0 && text[at + size] == ':') {
            return line;
        }
        line += (text[at] == '\n');
    }
    return from;
}

static cyaml_config_t
loader(complaint *const wrong)
{
    return (cyaml_config_t){.log_fn    = note,
                            .log_ctx   = wrong,
                            .log_level = CYAML_LOG_ERROR,
                            .mem_fn    = cyaml_mem,
                            .flags     = CYAML_CFG_DEFAULT};
}

rv_status
rv_yaml_parse(const char *const text, const size_t n, const char *const name,
              const cyaml_schema_value_t *const schema, cyaml_data_t **const data,
              char *const error, const size_t n_error)
{
    complaint            wrong  = {.line = 0};
    const cyaml_config_t config = loader(&wrong);
    *data                       = NULL;
    const cyaml_err_t err =
        cyaml_load_data((const uint8_t *)text, n, &config, schema, data, NULL);
    if (err == CYAML_OK) {
        return RV_OK;
    }
    snprintf(error, n_error, "%s:%d: %s (%s)", name,
             line_of_key(text, n, wrong.text, wrong.line > 0 ? wrong.line : 1),
             wrong.text[0] ? wrong.text : "cannot be read", cyaml_strerror(err));
    return RV_ERR_CONFIG;
}

void
rv_yaml_free(const cyaml_schema_value_t *const schema, cyaml_data_t *const data)
{
    complaint            wrong  = {.line = 0};
    const cyaml_config_t config = loader(&wrong);
    cyaml_free(&config, schema, data, 0);
}

char *
rv_yaml_text(const char *const path, size_t *const n, char *const error,
             const size_t n_error)
{
    enum { max_bytes = 1 << 20 };
    FILE *const file = fopen(path, "rb");
    if (!file) {
        snprintf(error, n_error, "%s: %s", path, strerror(errno));
        return NULL;
    }
    char *const text = malloc(max_bytes);
    *n               = text ? fread(text, 1, max_bytes, file) : 0;
    const bool bad   = !text || ferror(file) || *n == max_bytes;
    fclose(file);
    errno = 0;
    if (bad) {
        snprintf(error, n_error, "%s: cannot be read, or is over 1 MiB", path);
        free(text);
        return NULL;
    }
    return text;
}

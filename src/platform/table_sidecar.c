// SPDX-License-Identifier: MIT
#include "platform/table_sidecar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
take_layout(const char *const value, rv_capture_config *const config)
{
    uint32_t               n     = 0;
    const rv_layout *const table = rv_layout_table(&n);
    const unsigned long    id    = strtoul(value, NULL, 10);
    for (uint32_t i = 0; i < n; ++i) {
        if (table[i].id == id || strcmp(table[i].name, value) == 0) {
            config->table.layout = table[i].id;
            return true;
        }
    }
    return false;
}

static bool
take_value(const char *const key, const char *const value,
           rv_capture_config *const config)
{
    char        *end    = NULL;
    const double v      = strtod(value, &end);
    const bool   number = end != value && *end == 0;
    if (strcmp(key, "layout") == 0) {
        return take_layout(value, config);
    }
    if (strcmp(key, "rate_hz") == 0) {
        if (!number || !(v >= 0.001 && v <= 100000.0)) {
            return false;
        }
        config->table.rate_mhz = (uint32_t)(v * 1000.0 + 0.5);
        return true;
    }
    if (strcmp(key, "unit") == 0) {
        config->table.is_db = strcmp(value, "db") == 0;
        return config->table.is_db || strcmp(value, "linear") == 0;
    }
    if (strcmp(key, "node") == 0) {
        if (!number || !(v >= 0.0 && v <= 255.0)) {
            return false;
        }
        config->node = (uint8_t)v;
        return true;
    }
    return false;
}

/// Without blanks around it and without a comment
static char *
trim(char *s)
{
    s[strcspn(s, "#\r\n")] = 0;
    s += strspn(s, " \t");
    size_t n = strlen(s);
    while (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t')) {
        s[--n] = 0;
    }
    return s;
}

rv_status
rv_table_sidecar_read(const char *const path, rv_capture_config *const config,
                      unsigned *const line)
{
    char name[4096], text[512];
    *line            = 0;
    const int   n    = snprintf(name, sizeof name, "%s.table", path);
    FILE *const file = n > 0 && (size_t)n < sizeof name ? fopen(name, "r") : NULL;
    if (!file) {
        return RV_OK;
    }
    rv_status status = RV_OK;
    for (unsigned number = 1; status == RV_OK && fgets(text, sizeof text, file);
         ++number) {
        char *const s     = trim(text);
        char *const colon = strchr(s, ':');
        if (*s == 0) {
            continue;
        }
        if (colon) {
            *colon = 0;
        }
        if (!colon || !take_value(trim(s), trim(colon + 1), config)) {
            status = RV_ERR_CONFIG;
            *line  = number;
        }
    }
    fclose(file);
    return status;
}

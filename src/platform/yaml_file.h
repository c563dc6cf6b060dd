// SPDX-License-Identifier: MIT
/**
   @file yaml_file.h
   A YAML text against a schema, with complaints that people can act on: file, line,
   what is wrong.
*/
#ifndef RV_PLATFORM_YAML_FILE_H
#define RV_PLATFORM_YAML_FILE_H

#include <ruview/base/status.h>

#include <cyaml/cyaml.h>
#include <stddef.h>

/**
   @param name   I  What the complaint calls the text.
   @param data   O  Freed by rv_yaml_free().
   @param error  O  [n_error] "name:line: what (kind)" when the answer is ERR_CONFIG.
*/
rv_status rv_yaml_parse(const char *text, size_t n, const char *name,
                        const cyaml_schema_value_t *schema, cyaml_data_t **data,
                        char *error, size_t n_error);
void      rv_yaml_free(const cyaml_schema_value_t *schema, cyaml_data_t *data);

/**
   The text of a file of less than 1 MiB, freed by the caller.

   @return NULL with "path: why" in `error` [n_error]; errno is 0 unless the file could
           not be opened.
*/
char *rv_yaml_text(const char *path, size_t *n, char *error, size_t n_error);

#endif // RV_PLATFORM_YAML_FILE_H

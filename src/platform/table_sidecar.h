// SPDX-License-Identifier: MIT
/**
   @file table_sidecar.h
   FILE.table beside a table of amplitudes: what the table itself does not say.
*/
#ifndef RV_PLATFORM_TABLE_SIDECAR_H
#define RV_PLATFORM_TABLE_SIDECAR_H

#include <ruview/base/status.h>
#include <ruview/capture/capture.h>

/**
   Read PATH.table, lines of "key: value" with # comments: layout (name or id), rate_hz,
   unit (db, linear), node. Only what it names is changed.

   @param line  Set to the line of the first mistake, else 0.
   @return OK also when there is no such file; ERR_CONFIG for a line that is none.
*/
rv_status rv_table_sidecar_read(const char *path, rv_capture_config *config,
                                unsigned *line);

#endif // RV_PLATFORM_TABLE_SIDECAR_H

// SPDX-License-Identifier: MIT
/**
   @file tar_file.h
   Writes and reads archives of plain files in the ustar format (POSIX.1-1988), which
   any tar opens. Nothing of the machine enters: owner 0, time 0, mode 0644, so that the
   same files give the same archive.
*/
#ifndef RV_CLI_TAR_FILE_H
#define RV_CLI_TAR_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { RV_TAR_NAME = 100 }; ///< With the terminating zero

/// Append `bytes` bytes from `from` under `name`
bool rv_tar_put(FILE *tar, const char *name, FILE *from, uint64_t bytes);

/// The two empty blocks at the end
bool rv_tar_end(FILE *tar);

/**
   Unpack all files into `folder`. A name that is no plain file name (of letters,
   digits, dot, dash, underscore; not starting with a dot) or a checksum that does not
   match ends it with false.
*/
bool rv_tar_unpack(FILE *tar, const char *folder);

#endif // RV_CLI_TAR_FILE_H

// SPDX-License-Identifier: MIT
/**
   @file input_file.h
   A capture file opened for reading, whatever its format, with messages for people.
*/
#ifndef RV_CLI_INPUT_FILE_H
#define RV_CLI_INPUT_FILE_H

#include "cli/host.h"

#include "platform/file_source.h"

#include <ruview/capture/capture.h>

#include <stdbool.h>
#include <stdio.h>

typedef struct {
    const char     *path;
    rv_recording    recording;
    rv_capture_item held;    ///< Comes after the command that was put before it
    bool            is_held; ///< `held` is next
    uint8_t         command[RV_COMMAND_HEADER];
    rv_reason       first_reason; ///< Of the first refusal, with its place
    uint64_t        first_offset, first_line;
} rv_input_file;

/// Open a capture for a verb ("ruview plot"); prints the reason, with the verb before
/// it, and returns false when it cannot. `config` NULL: the default.
bool rv_input_open(rv_recording *recording, const char *verb, const char *path,
                   const rv_capture_config *config);

/// Open and recognise, tables of amplitudes by the sidecar FILE.table; prints the
/// reason and returns false when it cannot
bool rv_input_file_open(rv_input_file *file, const char *path);

void rv_input_file_close(rv_input_file *file);

/// As rv_capture_next()
rv_status rv_input_file_next(rv_input_file *file, rv_capture_item *item);

/**
   Read up to the first item that is no note. A configuration among the notes replaces
   the host's, unless `keep`: then the file is the recording of a run and gives what the
   run was given. Any other file is led by the command RV_COMMAND_FROM_FILE, at the time
   of its first item.

   @param item  O  The first of these; its reason is NO_DATA when there is none.
   @return false, after a message, when the configuration in the file is wrong.
*/
bool rv_input_file_configure(rv_input_file *file, rv_capture_item *item, rv_host *host,
                             bool keep);

/**
   Open a capture and start the host's engine on it: rv_input_file_open(),
   rv_input_file_configure(), rv_host_start(). A recording is not live: simulated frames
   are welcome, and make the records synthetic.

   @return false, after a message, when one of them failed; nothing is left open then.
*/
bool rv_input_file_start(rv_input_file *file, rv_capture_item *item, const char *path,
                         rv_host *host, bool keep, rv_engine_sink *sink, void *context);

/// Give the engine `item` and all that follow, and finish its last cycle
void rv_input_file_run(rv_input_file *file, rv_capture_item *item, rv_engine *engine);

/// "pcapng", "ruview-jsonl", …
const char *rv_input_file_format(const rv_input_file *file);

/// What the reader refused, by reason, with the place of the first; nothing when all is
/// well
void rv_input_file_print_refused(const rv_input_file *file, FILE *out);

#endif // RV_CLI_INPUT_FILE_H

// SPDX-License-Identifier: MIT
/**
   @file file_source.h
   Opens a recording for the capture reader: a mapped file, a pipe, zstd or gzip
   unpacked as it is read, a zip archive (NumPy's .npz) unpacked into memory.
*/
#ifndef RV_PLATFORM_FILE_SOURCE_H
#define RV_PLATFORM_FILE_SOURCE_H

#include <ruview/base/status.h>
#include <ruview/capture/capture.h>

typedef struct rv_file_source rv_file_source;

/**
   Open.

   @param path  A file, or "-" for standard input.
   @param out   What rv_capture_init takes; valid until close.
   @return ERR_IO (errno tells), ERR_MEMORY, ERR_UNSUPPORTED (a directory), ERR_EMPTY.
*/
rv_status rv_file_source_open(rv_file_source **self, const char *path,
                              rv_capture_source *out);
void      rv_file_source_close(rv_file_source *self);

/// Bytes of the file as it lies on disk; 0 when not known
uint64_t rv_file_source_size(const rv_file_source *self);

/// Bytes taken from a pipe or packed file so far
uint64_t rv_file_source_taken(const rv_file_source *self);

/// A file and its reader together
typedef struct {
    rv_file_source *file;
    rv_capture     *capture;
    void           *memory;
    unsigned        sidecar_line; ///< Of the first mistake in FILE.table
} rv_recording;

/**
   Open a recording.

   FILE.table beside it, if there is one, tells what a table of amplitudes does not say
   (table_sidecar.h).

   @param config  NULL for the default.
   @return ERR_CONFIG for a mistake in FILE.table, else as rv_file_source_open and
   rv_capture_init; on error nothing is held.
*/
rv_status rv_recording_open(rv_recording *self, const char *path,
                            const rv_capture_config *config);
void      rv_recording_close(rv_recording *self);

/// Part that has been read, 0..1; negative when it cannot be known
double rv_recording_progress(const rv_recording *self);

/// One sentence for people about why opening failed, with the next step; never NULL
const char *rv_recording_advice(rv_status status);

#endif // RV_PLATFORM_FILE_SOURCE_H

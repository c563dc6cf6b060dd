// SPDX-License-Identifier: MIT
/**
   @file pose_file.h
   Weights of the pose model from a safetensors file.

   Source  "Safetensors", format of huggingface/safetensors (2023): u64 length, JSON
           header, little-endian data. Read strictly: every tensor F32, offsets without
           gap or overlap to the last byte, `format` "ruview-pose-1" and `trained_on`
           "simulation" in the metadata. A model that was trained on something else
           needs another word in the record, and is refused until there is one.
*/
#ifndef RV_PLATFORM_POSE_FILE_H
#define RV_PLATFORM_POSE_FILE_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>
#include <ruview/people/pose_model.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// A model and the memory of its weights
typedef struct rv_pose_file rv_pose_file;

/**
   A model from the bytes of a file, which need not outlive the call.

   @param why  O  What is wrong, a constant sentence; may be NULL.
   @return OK; ERR_TRUNCATED, ERR_TRAILING, ERR_VALUE, ERR_SHAPE, ERR_NONFINITE,
           ERR_NOT_FOUND (a tensor is missing), ERR_MEMORY.
*/
RV_API RV_NODISCARD rv_status rv_pose_file_parse(const uint8_t *bytes, size_t n,
                                                 rv_pose_file **out, const char **why);

/// The same from a file; ERR_IO with errno when it cannot be read
RV_API RV_NODISCARD rv_status rv_pose_file_open(const char *path, rv_pose_file **out,
                                                const char **why);

/// Lives until rv_pose_file_close()
RV_API const rv_pose_model *rv_pose_file_model(const rv_pose_file *self);

RV_API void rv_pose_file_close(rv_pose_file *self); ///< NULL is fine

RV_END_DECLS

#endif // RV_PLATFORM_POSE_FILE_H

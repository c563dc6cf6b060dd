// SPDX-License-Identifier: MIT
/**
   @file pose_shipped.h
   The weights that are part of the program: the bytes of models/pose.safetensors, made
   by cmake/embed_bytes.cmake.
*/
#ifndef RV_CLI_POSE_SHIPPED_H
#define RV_CLI_POSE_SHIPPED_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t rv_pose_shipped[];
extern const size_t  rv_n_pose_shipped; ///< 0: no model ships

#endif // RV_CLI_POSE_SHIPPED_H

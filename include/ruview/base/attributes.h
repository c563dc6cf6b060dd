// SPDX-License-Identifier: MIT
/**
   @file attributes.h
   Words for declarations: visibility, checked results, real-time functions.
*/
#ifndef RV_BASE_ATTRIBUTES_H
#define RV_BASE_ATTRIBUTES_H

#ifdef __cplusplus
#define RV_BEGIN_DECLS extern "C" {
#define RV_END_DECLS   }
#define RV_RESTRICT
#else
#define RV_BEGIN_DECLS
#define RV_END_DECLS
#define RV_RESTRICT restrict
#endif

#if defined(__GNUC__) || defined(__clang__)
#define RV_API       __attribute__((visibility("default")))
#define RV_NODISCARD __attribute__((warn_unused_result))
#define RV_PURE      __attribute__((pure))
#define RV_CONST     __attribute__((const))
#else
#define RV_API
#define RV_NODISCARD
#define RV_PURE
#define RV_CONST
#endif

/// Neither allocates, blocks, locks nor calls the system
#define RV_REALTIME

#endif // RV_BASE_ATTRIBUTES_H

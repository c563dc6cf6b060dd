// SPDX-License-Identifier: MIT
/**
   @file workers.h
   A pool of threads for independent work: what rv_engine_set_parallel() wants.
*/
#ifndef RV_PLATFORM_WORKERS_H
#define RV_PLATFORM_WORKERS_H

#include <ruview/engine/engine.h>

RV_BEGIN_DECLS

typedef struct rv_workers rv_workers;

/// `n` workers, the caller's thread among them, 1..RV_MAX_WORKERS; NULL when no thread
/// can be had, or one of them does not round as IEEE-754 says (rv_math_selftest() runs
/// in each; the engine's init runs it in the caller's)
RV_API rv_workers *rv_workers_create(unsigned n);
RV_API void        rv_workers_destroy(rv_workers *self);

/// An rv_engine_parallel; `context` is the pool
RV_API void rv_workers_run(void *context, uint32_t n, rv_engine_body *body, void *arg);

RV_END_DECLS

#endif // RV_PLATFORM_WORKERS_H

// SPDX-License-Identifier: MIT
/**
   @file engine.h
   The pipeline: inputs in, published cycles out.

   The engine consumes one ordered input log (capture/input.h) and nothing else. Frames
   go through stages 1 to 3 as they arrive; a cycle is closed when the log's own stamps
   say so, and goes through stages 4 to 10. The same log gives the same cycles, live or
   replayed, on any machine.

   Memory is laid out once, in what the caller lends; nothing is allocated afterwards
   and there is nothing to destroy. Times come from a clock that the caller may supply;
   they go into histograms and never into a result.
*/
#ifndef RV_ENGINE_ENGINE_H
#define RV_ENGINE_ENGINE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/capture/input.h>
#include <ruview/capture/wire.h>
#include <ruview/engine/engine_config.h>
#include <ruview/engine/histogram.h>
#include <ruview/engine/stages.h>
#include <ruview/people/pose_model.h>
#include <ruview/trust/attestation.h>
#include <ruview/trust/quality.h>
#include <ruview/trust/record.h>
#include <ruview/trust/stage_digest.h>
#include <ruview/trust/witness.h>
#include <ruview/world/world.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

typedef struct rv_engine rv_engine;

/// What one closed cycle gave, after the privacy gate. Lives until the sink returns.
typedef struct {
    const rv_record      *record;
    const uint8_t        *canonical; ///< Bytes that the witness covers
    size_t                n_canonical;
    const char           *json; ///< One object, no newline
    size_t                n_json;
    const rv_stage_row   *stages;   ///< Digest of each stage; NULL when switched off
    const rv_quality     *quality;  ///< Evidence behind it; not gated, not for outputs
    const rv_attestation *attested; ///< [n_attested] decisions about privacy since the
                                    ///< cycle before; the run's first one is START
    unsigned n_attested;
} rv_cycle_output;

/// Receives every cycle, in order, inside rv_engine_push()
typedef void rv_engine_sink(void *context, const rv_cycle_output *output);

/// Monotonic nanoseconds, for the histograms alone
typedef uint64_t rv_engine_clock(void *context);

/// Work on one of `n` items; items are independent of one another
typedef void rv_engine_body(void *arg, uint32_t item, uint32_t worker);

/**
   Runs body(arg, i, w) once for every i below `n`, in any order and at once if it
   likes, with w below config.n_workers and no two at once with the same w; returns when
   all are done. Results are collected in order of the items, so this changes no bit.
*/
typedef void rv_engine_parallel(void *context, uint32_t n, rv_engine_body *body,
                                void *arg);

/// What was received, and what became of it
typedef struct {
    uint64_t inputs;                   ///< Entries of the log
    uint64_t datagrams;                ///< Of them, datagrams
    uint64_t packets[RV_PACKET_KINDS]; ///< Datagrams by kind
    uint64_t frames_accepted;
    uint64_t frames_refused;
    uint64_t refused[RV_REASON_COUNT]; ///< Frames and datagrams, by reason
    uint64_t noted[RV_REASON_COUNT];   ///< Accepted with a remark: duplicates, reboots
    uint64_t lost;                     ///< Frames missing by their sequence numbers
    uint64_t cycles;
} rv_engine_counters;

/// Set `n_bytes` to what one engine needs; ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_engine_size(const rv_engine_config *config,
                                             size_t                 *n_bytes);

/**
   Lay an engine out in caller memory.

   @param mem  rv_engine_size() bytes aligned to 64, lent until the last use.
   @return OK; ERR_CONFIG; ERR_MEMORY; ERR_MACHINE when this machine does not round as
           IEEE-754 says.
*/
RV_API RV_NODISCARD rv_status rv_engine_init(rv_engine             **self,
                                             const rv_engine_config *config, void *mem,
                                             size_t n_bytes);

/// Where cycles go; NULL: nowhere
RV_API void rv_engine_set_sink(rv_engine *self, rv_engine_sink *sink, void *context);

/// Who runs independent work; NULL: the caller's thread alone
RV_API void rv_engine_set_parallel(rv_engine *self, rv_engine_parallel *parallel,
                                   void *context);

/// Where times come from; NULL: the histograms stay empty
RV_API void rv_engine_set_clock(rv_engine *self, rv_engine_clock *clock, void *context);

/**
   Use a pose model from the first input on; it is lent until the last use, and its
   digest becomes part of where the witness chain starts. Without one no skeleton is
   given, with the reason NO_MODEL.

   @return OK; ERR_STATE after the first input, or when there is a model already.
*/
RV_API RV_NODISCARD rv_status rv_engine_set_pose_model(rv_engine           *self,
                                                       const rv_pose_model *model);

/**
   Take one entry of the input log. Closes the cycles that its stamp completes, then
   works on the entry. Bad data is counted by reason and is no error.

   @return OK; ERR_VALUE for an input kind that does not exist.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_engine_push(rv_engine      *self,
                                                         const rv_input *input);

/// End of the log: close the cycles that hold what was pushed
RV_API RV_REALTIME void rv_engine_finish(rv_engine *self);

/// What was counted, how long each stage took where a clock was set, and what the
/// engine runs with. Valid as long as the engine.
RV_API const rv_engine_counters *rv_engine_get_counters(const rv_engine *self);
RV_API const rv_histogram       *rv_engine_get_histogram(const rv_engine *self,
                                                         rv_stage         stage);
RV_API const rv_engine_config   *rv_engine_get_config(const rv_engine *self);

/// Configuration, calibration, model and the first decision about privacy, from which
/// the witness chain starts
RV_API rv_run_header rv_engine_get_run_header(const rv_engine *self);

/// The world graph that every cycle feeds after its witness; it never enters a record
RV_API rv_world *rv_engine_get_world(rv_engine *self);

/// Empty the world, as at start
RV_API RV_NODISCARD rv_status rv_engine_reset_world(rv_engine *self);

/// See every number that a stage adds to its digest; needs config.digests
RV_API void rv_engine_set_probe(rv_engine *self, rv_stage_probe *probe, void *user);

RV_END_DECLS

#endif // RV_ENGINE_ENGINE_H

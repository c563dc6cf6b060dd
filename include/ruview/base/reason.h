// SPDX-License-Identifier: MIT
/**
   @file reason.h
   Why a value is unknown, a frame refused or a decision taken: one list for the whole
   product, so that every reason has one name on every output.
*/
#ifndef RV_BASE_REASON_H
#define RV_BASE_REASON_H

#include <ruview/base/attributes.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

/// X(name, value, wire name, text with the next step). Values are part of the record
/// format: append, never renumber.
#define RV_REASON_LIST(X)                                                              \
    X(NONE, 0, "none", "nothing stands against it")                                    \
    X(NO_DATA, 1, "no_data", "no frame arrived; check power, network and the port")    \
    X(WARMING_UP, 2, "warming_up", "not enough frames yet; wait")                      \
    X(NOT_CALIBRATED, 3, "not_calibrated", "no empty-room baseline; run calibrate")    \
    X(NO_GEOMETRY, 4, "no_geometry", "positions are not configured")                   \
    X(GEOMETRY_INSUFFICIENT, 5, "geometry_insufficient",                               \
      "the links do not see the place from enough sides; move or add nodes")           \
    X(TX_UNKNOWN, 6, "tx_unknown",                                                     \
      "the packet names no transmitter; set transmitter: in the configuration")        \
    X(NO_MODEL, 7, "no_model", "no model is loaded")                                   \
    X(LOW_QUALITY, 8, "low_quality", "the evidence is too weak")                       \
    X(MOVING, 9, "moving", "the person moves; wait for stillness")                     \
    X(NOBODY, 10, "nobody", "nobody is there to measure")                              \
    X(PRIVACY, 11, "privacy", "the privacy class withholds it")                        \
    X(GATE_REJECT, 12, "gate_reject", "the coherence gate refused the frames")         \
    X(CANNOT_TELL, 13, "cannot_tell",                                                  \
      "somebody motionless cannot be told from nobody without a baseline")             \
    X(STALE, 14, "stale", "the last frame is too old")                                 \
    X(RATE_TOO_LOW, 15, "rate_too_low", "frames arrive too rarely for this")           \
    X(BANDWIDTH, 16, "bandwidth", "the bandwidth is too small for this")               \
    X(UNSUPPORTED, 17, "unsupported", "this cannot be measured here")                  \
    X(TRUNCATED, 18, "truncated", "the packet ends before what it announces")          \
    X(OVERSIZE, 19, "oversize", "the packet announces more than the format allows")    \
    X(WRONG_MAGIC, 20, "wrong_magic", "the bytes belong to another format")            \
    X(UNKNOWN_LAYOUT, 21, "unknown_layout",                                            \
      "this number of entries matches no known tone layout")                           \
    X(NONFINITE, 22, "nonfinite", "a value is not finite")                             \
    X(BAD_VALUE, 23, "bad_value", "a field holds a value that it must not hold")       \
    X(BAD_CHECKSUM, 24, "bad_checksum", "the checksum does not match")                 \
    X(TIME_BACKWARDS, 25, "time_backwards", "the time stamp lies before the last one") \
    X(LATE, 26, "late", "the frame came after its cycle was closed")                   \
    X(DUPLICATE, 27, "duplicate", "the sequence number was seen already")              \
    X(REORDERED, 28, "reordered", "the sequence number lies before the last one")      \
    X(REBOOT, 29, "reboot", "the node started again")                                  \
    X(TABLE_FULL, 30, "table_full", "no room for another node or link")                \
    X(SYNTHETIC_REFUSED, 31, "synthetic_refused",                                      \
      "a simulated datagram came to a live source; use demo for simulations")          \
    X(NOT_CSI, 32, "not_csi", "the packet carries no CSI")                             \
    X(ALL_ZERO, 33, "all_zero", "every value is zero")                                 \
    X(LOSS, 34, "loss", "too many frames are missing")                                 \
    X(CLOCK, 35, "clock", "the clock of the node is not known well enough")            \
    X(DRIFT, 36, "drift", "the room differs from its baseline; calibrate again")       \
    X(STEP, 37, "step", "the channel changed at once and stayed; furniture moved?")    \
    X(PHASE_GARBAGE, 38, "phase_garbage", "the phase carries no delay structure")      \
    X(NOT_STATIONARY, 39, "not_stationary", "the room was not still")                  \
    X(TOO_SHORT, 40, "too_short", "not long enough")                                   \
    X(CONTRADICTION, 41, "contradiction", "two pieces of evidence disagree")           \
    X(CONSENT, 42, "consent", "consent was not given")                                 \
    X(ERROR, 43, "error", "an internal error; output is restricted")                   \
    X(AMBIGUOUS, 44, "ambiguous", "two explanations fit equally well")                 \
    X(AGC_STEP, 45, "agc_step", "the receiver changed its gain")                       \
    X(INTERFERENCE, 46, "interference", "a periodic mover or interferer is present")   \
    X(OVERLOAD, 47, "overload", "shed by policy: more input than the budget")          \
    X(ONE_SIDED, 48, "one_sided",                                                      \
      "motion shows at this receiver only, and no room does that; interference?")

#define RV_REASON_ENUM(name, value, wire, text) RV_REASON_##name = (value),
typedef enum { RV_REASON_LIST(RV_REASON_ENUM) RV_REASON_COUNT } rv_reason;
#undef RV_REASON_ENUM

/// Name on the wire, "none" …; "unknown" for any other number
RV_API RV_CONST const char *rv_reason_name(rv_reason reason);

/// One sentence for people with the next step
RV_API RV_CONST const char *rv_reason_text(rv_reason reason);

/// A measured number, or why there is none
typedef struct {
    float value;   ///< In the unit its name says; 0 while unknown
    float sigma;   ///< One standard deviation, same unit, >= 0
    float quality; ///< 0 worthless .. 1 as good as it gets
    rv_reason
        reason; ///< RV_REASON_NONE: known. Anything else: unknown, for that reason
} rv_estimate;

/// An unknown value with its reason
static inline rv_estimate
rv_unknown(const rv_reason reason)
{
    const rv_estimate unknown = {0.0F, 0.0F, 0.0F, reason};
    return unknown;
}

/// A known value
static inline rv_estimate
rv_known(const float value, const float sigma, const float quality)
{
    const rv_estimate known = {value, sigma, quality, RV_REASON_NONE};
    return known;
}

static inline bool
rv_is_known(const rv_estimate estimate)
{
    return estimate.reason == RV_REASON_NONE;
}

RV_END_DECLS

#endif // RV_BASE_REASON_H

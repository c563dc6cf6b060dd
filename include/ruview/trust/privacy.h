// SPDX-License-Identifier: MIT
/**
   @file privacy.h
   What may leave, to whom. One function decides, one gate applies it to the record, and
   every output comes after the gate.

   Privacy only tightens: an active class is the configured one or a stricter one. It
   tightens at once when the evidence weakens, when the room goes silent and after any
   error, and relaxes after 30 s of clean cycles, on the input's timeline. A run that
   has not yet had a clean cycle relaxes with the first one.

   Place      trust: after quality, before witness and publish.
*/
#ifndef RV_TRUST_PRIVACY_H
#define RV_TRUST_PRIVACY_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

/// Where an output goes
typedef enum {
    RV_SINK_LOCAL,   ///< This machine: loopback, its terminal, files on it
    RV_SINK_NETWORK, ///< Another machine: WebSocket, REST, MQTT
    RV_SINK_MATTER,  ///< A smart-home fabric
    RV_SINK_COUNT,
} rv_sink;

/// What can be shown
typedef enum {
    RV_OUTPUT_AMPLITUDE,     ///< Amplitude and phase per tone
    RV_OUTPUT_CIR,           ///< Taps
    RV_OUTPUT_POSE,          ///< Keypoints
    RV_OUTPUT_TRACKS,        ///< Who is where: ids, positions, velocities
    RV_OUTPUT_REID,          ///< Sketches that recognise a person
    RV_OUTPUT_VITALS,        ///< Breathing and heart rate, apnoea
    RV_OUTPUT_MAP,           ///< Where the room changed
    RV_OUTPUT_LINK_FEATURES, ///< What single links measure of the room
    RV_OUTPUT_ZONES,
    RV_OUTPUT_COUNT_EXACT,  ///< Number of persons
    RV_OUTPUT_MOTION,       ///< Motion, falls, entering and leaving
    RV_OUTPUT_HEALTH,       ///< Nodes and links: rates, clocks, losses
    RV_OUTPUT_COUNT_COARSE, ///< Nobody, or one or more
    RV_OUTPUT_PRESENCE,
    RV_OUTPUT_QUALITY, ///< Score, flags, gate, class
    RV_OUTPUT_COUNT,
} rv_output;

/**
   The one decision.

   @param sink   A sink outside its range counts as the strictest.
   @return RV_REASON_NONE: show it. RV_REASON_PRIVACY: the class withholds it.
           RV_REASON_CONSENT: it would be shown if consent were given.
*/
RV_API RV_CONST rv_reason rv_privacy_decide(rv_privacy_class privacy_class,
                                            rv_consent consent, rv_sink sink,
                                            rv_output output);

/// Class that a mode starts from
RV_API RV_CONST rv_privacy_class rv_mode_class(rv_privacy_mode mode);

/// Bits of what a mode does, as the attestation chain hashes them
RV_API RV_CONST uint8_t rv_mode_actions(rv_privacy_mode mode);

/// One step stricter: raw and derived -> anonymous -> restricted
RV_API RV_CONST rv_privacy_class rv_class_demote(rv_privacy_class privacy_class);

/// How the governor behaves
typedef struct {
    rv_privacy_mode mode;     ///< Default PRIVATE_HOME
    rv_consent      consent;  ///< Default NONE
    uint64_t        relax_us; ///< Clean time before relaxing; default 30 s
} rv_privacy_config;

/// What happened in a cycle, as far as privacy is concerned
typedef struct {
    uint64_t  t_us;
    bool      succeeded; ///< The cycle ran to its end
    bool      is_silent; ///< No node has sent for 2 s
    rv_reason weakness;  ///< NONE, or why the evidence does not carry the class
} rv_privacy_evidence;

/// State; lives with the caller
typedef struct {
    rv_privacy_config config;
    rv_privacy_class  active; ///< Class in force now
    rv_reason         reason; ///< Why `active` is stricter than the mode; NONE if not
    bool              has_settled; ///< A cycle has been good in every respect
    uint64_t          dirty_us; ///< Time of the newest cycle that asked for tightening
} rv_privacy;

RV_API rv_privacy_config rv_privacy_config_default(void);

/// Starts restricted: nothing but presence leaves before the first good cycle
RV_API RV_NODISCARD rv_status rv_privacy_init(rv_privacy              *self,
                                              const rv_privacy_config *config);

/// From the next cycle on; ERR_RANGE
RV_API RV_NODISCARD rv_status rv_privacy_set(rv_privacy *self, rv_privacy_mode mode,
                                             rv_consent consent);

/// The class of this cycle
RV_API RV_REALTIME rv_privacy_class
rv_privacy_step(rv_privacy *self, const rv_privacy_evidence *evidence);

/// Write class, mode, demotion into the record, then thin it out for `sink` in place
RV_API RV_REALTIME void rv_privacy_gate(const rv_privacy *self, rv_sink sink,
                                        rv_record *record);

/**
   The cycle failed: restricted from now on, and the record keeps its number, time and
   origin and nothing else; every value is unknown because of ERROR. Such a record can
   always be encoded.
*/
RV_API RV_REALTIME void rv_privacy_fail(rv_privacy *self, rv_record *record);

/**
   Thin out a record that was gated before, for a sink that may see less. The record
   keeps its class; a value already withheld stays so.
*/
RV_API RV_REALTIME void rv_privacy_thin(rv_consent consent, rv_sink sink,
                                        rv_record *record);

RV_END_DECLS

#endif // RV_TRUST_PRIVACY_H

// SPDX-License-Identifier: MIT
/**
   @file quality.h
   How far a cycle can be believed: a score from measured things, flags, and the pieces
   of evidence for and against it as typed records.

   The score starts from the coherence over time and across links and is only ever
   lowered: score = coherence x 0.8^c x (1 - loss) x 0.9 if the calibration is old, with
   c the number of flags of pieces of evidence that exclude each other; 0 without data.
   Whatever else speaks against a cycle never raises it.

   Place      trust: first of it. Nothing here is a text; publish/ finds the words.
*/
#ifndef RV_TRUST_QUALITY_H
#define RV_TRUST_QUALITY_H

#include <ruview/trust/record.h>

RV_BEGIN_DECLS

/// Limits; each is compared in the direction that its flag says
typedef struct {
    float    coherence_low;      ///< INCOHERENT below; default 0.35
    float    loss_high;          ///< LOSS above; default 0.2
    uint64_t spread_us;          ///< CLOCK_SPREAD above; default one period, 50 ms
    uint64_t calibration_age_us; ///< CALIBRATION_OLD above; default 24 h
    float    drift_high;         ///< DRIFT above [robust sigmas]; default 3
    float    geometry_low;       ///< GEOMETRY below, 0..1; default 0.2
    float    partition_high;     ///< PARTITION above, 0..1; default 0.7
    float    disagreement_high;  ///< CONTRADICTION above, 0..1; default 0.5
    float    phase_low;          ///< PHASE below: dominant tap ratio; default 0.1
    uint64_t silence_us;         ///< NO_DATA after; default 2 s
} rv_quality_config;

/// What a cycle measured, as far as belief is concerned. Unknown: rv_unknown.
typedef struct {
    uint64_t    t_us;
    uint64_t    newest_frame_us;    ///< Of any node; 0 none ever
    uint64_t    spread_us;          ///< Newest minus oldest frame placed in the cycle
    rv_estimate coherence;          ///< 0..1
    rv_estimate loss;               ///< Of the worst node, 0..1
    uint16_t    n_links;            ///< Live ones
    uint16_t    n_links_calibrated; ///< Of these
    uint16_t    n_sessions;         ///< Different calibration sessions among them
    uint64_t    calibrated_us;      ///< Oldest baseline in use; 0 none
    uint16_t    n_nodes_absent;
    uint16_t    first_absent; ///< Node; only with n_nodes_absent > 0
    rv_estimate drift;        ///< Largest over links [robust sigmas]
    uint16_t    drift_link;
    rv_estimate geometry;  ///< 0 all links see the place alike .. 1 from all sides
    rv_estimate partition; ///< 0 whole .. 1 the mesh is in two pieces
    rv_estimate phase;     ///< Dominant tap ratio, median over links
    bool        change_point;
    uint16_t    change_link;
    bool        one_sided; ///< Motion at one receiver that its opposite links lack
    uint16_t    one_sided_node;
    float       one_sided_sum, one_sided_limit; ///< CUSUM and what it passed
    bool        has_opinions; ///< The two below are there; they share no computation
    float       by_links;     ///< That somebody is there, 0..1: motion and breath
    float       by_tracks;    ///< The same: people who are followed, 0.5..1
} rv_quality_input;

/// What speaks for a cycle
typedef enum {
    RV_EVIDENCE_COHERENCE,   ///< value: coherence, limit: coherence_low
    RV_EVIDENCE_CALIBRATION, ///< value: links calibrated, limit: links
    RV_EVIDENCE_TIMING,      ///< value: spread [us], limit: spread_us
    RV_EVIDENCE_GEOMETRY,    ///< value, limit: geometry_low
    RV_EVIDENCE_LINKS,       ///< value: live links, limit: 1
} rv_evidence_kind;

typedef struct {
    rv_evidence_kind kind;
    float            value;
    float            limit;
} rv_evidence;

/// What speaks against it
typedef struct {
    uint32_t flag;    ///< RV_FLAG_*, one bit
    uint32_t subject; ///< Link or node, as the flag says; 0 when it says none
    float    value;   ///< Measured
    float    limit;   ///< That it passed
} rv_contradiction;

enum { RV_MAX_EVIDENCE = 5, RV_MAX_CONTRADICTIONS = 15 };

typedef struct {
    float            score; ///< 0..1
    float            lower; ///< Bounds: score +- 0.1 x contradictions, in 0..1
    float            upper;
    float            factor;   ///< Multiply every confidence by it, 0..1
    uint32_t         flags;    ///< RV_FLAG_*
    rv_reason        weakness; ///< NONE, or why the privacy class must tighten
    uint8_t          n_evidence;
    uint8_t          n_contradictions;
    rv_evidence      evidence[RV_MAX_EVIDENCE];
    rv_contradiction contradiction[RV_MAX_CONTRADICTIONS]; ///< Ascending flag
} rv_quality;

RV_API rv_quality_config rv_quality_config_default(void);

/// ERR_CONFIG when a limit is not finite or outside its range
RV_API RV_NODISCARD rv_status rv_quality_config_check(const rv_quality_config *config);

/// Score a cycle; pure
RV_API RV_REALTIME void rv_quality_score(const rv_quality_config *config,
                                         const rv_quality_input  *input,
                                         rv_quality              *quality);

/// Flags that tighten the privacy class: what makes the picture wrong, not just weak
enum {
    RV_FLAGS_DEMOTE = RV_FLAG_CONTRADICTION | RV_FLAG_CALIBRATION_MIX |
                      RV_FLAG_PARTITION | RV_FLAG_CLOCK_SPREAD | RV_FLAG_NO_DATA |
                      RV_FLAG_LOSS | RV_FLAG_ONE_SIDED,
};

RV_END_DECLS

#endif // RV_TRUST_QUALITY_H

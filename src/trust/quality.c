// SPDX-License-Identifier: MIT
#include <ruview/math/elementary.h>
#include <ruview/trust/quality.h>

#include "base/exact.h"

rv_quality_config
rv_quality_config_default(void)
{
    const rv_quality_config config = {
        .coherence_low      = 0.35F,
        .loss_high          = 0.2F,
        .spread_us          = 50000,
        .calibration_age_us = UINT64_C(24) * 3600 * 1000000,
        .drift_high         = 3.0F,
        .geometry_low       = 0.2F,
        .partition_high     = 0.7F,
        .disagreement_high  = 0.5F,
        .phase_low          = 0.1F,
        .silence_us         = UINT64_C(2000000),
    };
    return config;
}

static bool
is_share(const float v)
{
    return v >= 0.0F && v <= 1.0F;
}

rv_status
rv_quality_config_check(const rv_quality_config *const c)
{
    const bool shares = is_share(c->coherence_low) && is_share(c->loss_high) &&
                        is_share(c->geometry_low) && is_share(c->partition_high) &&
                        is_share(c->disagreement_high) && is_share(c->phase_low);
    const bool rest = c->drift_high > 0.0F && c->drift_high < 1e6F &&
                      c->spread_us > 0 && c->silence_us > 0;
    return shares && rest ? RV_OK : RV_ERR_CONFIG;
}

static void
raise_flag(rv_quality *const q, const uint32_t flag, const uint32_t subject,
           const float value, const float limit)
{
    q->flags |= flag;
    q->contradiction[q->n_contradictions] = (rv_contradiction){
        .flag = flag, .subject = subject, .value = value, .limit = limit};
    ++q->n_contradictions;
}

static void
add_evidence(rv_quality *const q, const rv_evidence_kind kind, const float value,
             const float limit)
{
    q->evidence[q->n_evidence] =
        (rv_evidence){.kind = kind, .value = value, .limit = limit};
    ++q->n_evidence;
}

/// Microseconds as a float; exact enough for a report, saturating never
static float
as_float(const uint64_t us)
{
    return (float)us;
}

static uint64_t
age_us(const uint64_t now, const uint64_t then)
{
    return now > then ? now - then : 0;
}

/// In the order of the flags' bits, so that the list is always ascending
static void
check_time_and_nodes(rv_quality *const q, const rv_quality_config *const c,
                     const rv_quality_input *const in)
{
    if (in->spread_us > c->spread_us) {
        raise_flag(q, RV_FLAG_CLOCK_SPREAD, 0, as_float(in->spread_us),
                   as_float(c->spread_us));
    } else if (in->n_links > 1) {
        add_evidence(q, RV_EVIDENCE_TIMING, as_float(in->spread_us),
                     as_float(c->spread_us));
    }
    if (in->n_nodes_absent > 0) {
        raise_flag(q, RV_FLAG_NODE_ABSENT, in->first_absent, (float)in->n_nodes_absent,
                   0.0F);
    }
    if (rv_is_known(in->loss) && in->loss.value > c->loss_high) {
        raise_flag(q, RV_FLAG_LOSS, 0, in->loss.value, c->loss_high);
    }
}

static void
check_calibration(rv_quality *const q, const rv_quality_config *const c,
                  const rv_quality_input *const in)
{
    if (in->n_links_calibrated < in->n_links) {
        raise_flag(q, RV_FLAG_UNCALIBRATED, 0, (float)in->n_links_calibrated,
                   (float)in->n_links);
    } else if (in->n_links > 0 && in->n_sessions == 1) {
        add_evidence(q, RV_EVIDENCE_CALIBRATION, (float)in->n_links_calibrated,
                     (float)in->n_links);
    }
    const uint64_t age = age_us(in->t_us, in->calibrated_us);
    if (in->calibrated_us != 0 && age > c->calibration_age_us) {
        raise_flag(q, RV_FLAG_CALIBRATION_OLD, 0, as_float(age),
                   as_float(c->calibration_age_us));
    }
    if (in->n_sessions > 1) {
        raise_flag(q, RV_FLAG_CALIBRATION_MIX, 0, (float)in->n_sessions, 1.0F);
    }
}

static void
check_signal(rv_quality *const q, const rv_quality_config *const c,
             const rv_quality_input *const in)
{
    if (rv_is_known(in->coherence)) {
        if (in->coherence.value >= c->coherence_low) {
            add_evidence(q, RV_EVIDENCE_COHERENCE, in->coherence.value,
                         c->coherence_low);
        } else {
            raise_flag(q, RV_FLAG_INCOHERENT, 0, in->coherence.value, c->coherence_low);
        }
    }
    if (rv_is_known(in->drift) && in->drift.value > c->drift_high) {
        raise_flag(q, RV_FLAG_DRIFT, in->drift_link, in->drift.value, c->drift_high);
    }
    if (rv_is_known(in->geometry)) {
        if (in->geometry.value >= c->geometry_low) {
            add_evidence(q, RV_EVIDENCE_GEOMETRY, in->geometry.value, c->geometry_low);
        } else {
            raise_flag(q, RV_FLAG_GEOMETRY, 0, in->geometry.value, c->geometry_low);
        }
    }
}

static void
check_agreement(rv_quality *const q, const rv_quality_config *const c,
                const rv_quality_input *const in)
{
    if (rv_is_known(in->partition) && in->partition.value > c->partition_high) {
        raise_flag(q, RV_FLAG_PARTITION, 0, in->partition.value, c->partition_high);
    }
    if (in->has_opinions) {
        const float apart = rv_abs_f32(in->by_links - in->by_tracks);
        if (apart > c->disagreement_high) {
            raise_flag(q, RV_FLAG_CONTRADICTION, 0, apart, c->disagreement_high);
        }
    }
    if (rv_is_known(in->phase) && in->phase.value < c->phase_low) {
        raise_flag(q, RV_FLAG_PHASE, 0, in->phase.value, c->phase_low);
    }
    const uint64_t silence = age_us(in->t_us, in->newest_frame_us);
    if (in->newest_frame_us == 0 || silence > c->silence_us) {
        raise_flag(q, RV_FLAG_NO_DATA, 0, as_float(silence), as_float(c->silence_us));
    } else if (in->n_links > 0) {
        add_evidence(q, RV_EVIDENCE_LINKS, (float)in->n_links, 1.0F);
    }
    if (in->change_point) {
        raise_flag(q, RV_FLAG_CHANGE_POINT, in->change_link, 1.0F, 0.0F);
    }
    if (in->one_sided) {
        raise_flag(q, RV_FLAG_ONE_SIDED, in->one_sided_node, in->one_sided_sum,
                   in->one_sided_limit);
    }
}

/// Flags that say that two pieces of evidence exclude each other
enum {
    EXCLUDING = RV_FLAG_CONTRADICTION | RV_FLAG_CALIBRATION_MIX | RV_FLAG_CLOCK_SPREAD |
                RV_FLAG_PARTITION | RV_FLAG_PHASE | RV_FLAG_DRIFT | RV_FLAG_GEOMETRY |
                RV_FLAG_ONE_SIDED,
};

static unsigned
count_bits(uint32_t bits)
{
    unsigned n = 0;
    for (; bits != 0; bits &= bits - 1) {
        ++n;
    }
    return n;
}

static float
clamp01(const float v)
{
    return v > 0.0F ? (v < 1.0F ? v : 1.0F) : 0.0F; // NaN gives 0
}

static rv_reason
find_weakness(const uint32_t flags)
{
    return flags & RV_FLAG_NO_DATA                      ? RV_REASON_NO_DATA
           : flags & RV_FLAG_CONTRADICTION              ? RV_REASON_CONTRADICTION
           : flags & RV_FLAG_ONE_SIDED                  ? RV_REASON_ONE_SIDED
           : flags & RV_FLAG_CALIBRATION_MIX            ? RV_REASON_NOT_CALIBRATED
           : flags & RV_FLAG_CLOCK_SPREAD               ? RV_REASON_CLOCK
           : flags & (RV_FLAG_PARTITION | RV_FLAG_LOSS) ? RV_REASON_LOSS
                                                        : RV_REASON_NONE;
}

void
rv_quality_score(const rv_quality_config *const config,
                 const rv_quality_input *const in, rv_quality *const quality)
{
    rv_quality q = {.factor = 1.0F};
    check_time_and_nodes(&q, config, in);
    check_calibration(&q, config, in);
    check_signal(&q, config, in);
    check_agreement(&q, config, in);

    const unsigned n = count_bits(q.flags & EXCLUDING);
    for (unsigned i = 0; i < n; ++i) {
        q.factor *= 0.8F;
    }
    if (rv_is_known(in->loss)) {
        q.factor *= 1.0F - clamp01(in->loss.value);
    }
    if (q.flags & RV_FLAG_CALIBRATION_OLD) {
        q.factor *= 0.9F;
    }
    if (q.flags & RV_FLAG_NO_DATA) {
        q.factor = 0.0F;
    }
    const float base = rv_is_known(in->coherence) ? clamp01(in->coherence.value) : 0.0F;
    const float half = 0.1F * (float)n;
    q.score          = base * q.factor;
    q.lower          = clamp01(q.score - half);
    q.upper          = clamp01(q.score + half);
    q.weakness       = find_weakness(q.flags);
    *quality         = q;
}

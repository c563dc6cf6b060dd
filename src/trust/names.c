// SPDX-License-Identifier: MIT
#include <ruview/trust/names.h>

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const classes[] = {"raw", "derived", "anonymous", "restricted"};

static const char *const modes[] = {
    "raw_research",      "private_home",       "enterprise_anonymous",
    "care_with_consent", "strict_no_identity",
};

static const char *const gates[] = {"accept", "predict_only", "reject", "recalibrate"};

static const char *const states[] = {"tentative", "active", "lost"};

static const char *const events[] = {
    "change_point", "fall_candidate", "fall_confirmed", "apnoea",         "node_absent",
    "node_back",    "recalibrate",    "mode_changed",   "person_entered", "person_left",
};

static const char *const anchors[] = {"unknown", "wall", "furniture", "mobile"};

static const char *const keypoints[] = {
    "nose",          "left_eye",       "right_eye",  "left_ear",    "right_ear",
    "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist",
    "right_wrist",   "left_hip",       "right_hip",  "left_knee",   "right_knee",
    "left_ankle",    "right_ankle",
};

static const char *const flags[] = {
    "clock_spread",    "node_absent", "loss",    "uncalibrated", "calibration_old",
    "calibration_mix", "incoherent",  "drift",   "geometry",     "partition",
    "contradiction",   "phase",       "no_data", "change_point", "one_sided",
};

_Static_assert(COUNT(events) == RV_EVENT_COUNT, "a name for every event");
_Static_assert(COUNT(keypoints) == RV_N_KEYPOINTS, "a name for every keypoint");
_Static_assert(COUNT(flags) == RV_N_FLAGS, "a name for every flag");
_Static_assert(RV_FLAG_ONE_SIDED == 1 << (RV_N_FLAGS - 1), "flags are bits 0..14");

const char *
rv_anchor_name(const rv_anchor_class value)
{
    return (unsigned)value < COUNT(anchors) ? anchors[value] : "?";
}

const char *
rv_class_name(const rv_privacy_class value)
{
    return (unsigned)value < COUNT(classes) ? classes[value] : "?";
}

const char *
rv_mode_name(const rv_privacy_mode value)
{
    return (unsigned)value < COUNT(modes) ? modes[value] : "?";
}

const char *
rv_gate_name(const rv_gate_decision value)
{
    return (unsigned)value < COUNT(gates) ? gates[value] : "?";
}

const char *
rv_track_state_name(const rv_track_state value)
{
    return (unsigned)value < COUNT(states) ? states[value] : "?";
}

const char *
rv_event_name(const rv_event_kind value)
{
    return (unsigned)value < COUNT(events) ? events[value] : "?";
}

const char *
rv_keypoint_name(const unsigned index)
{
    return index < COUNT(keypoints) ? keypoints[index] : "?";
}

const char *
rv_flag_name(const unsigned bit)
{
    return bit < COUNT(flags) ? flags[bit] : "?";
}

static bool
is_same(const char *a, const char *b)
{
    while (*a && *a == *b) {
        ++a;
        ++b;
    }
    return *a == *b;
}

rv_status
rv_mode_parse(const char *const name, rv_privacy_mode *const mode)
{
    for (unsigned i = 0; i < COUNT(modes); ++i) {
        if (is_same(name, modes[i])) {
            *mode = (rv_privacy_mode)i;
            return RV_OK;
        }
    }
    return RV_ERR_NOT_FOUND;
}

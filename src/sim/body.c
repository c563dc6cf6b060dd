// SPDX-License-Identifier: MIT
#include "sim/body.h"

/// Angles in the plane of walking; 0 stands upright. Thighs are measured from straight
/// down, forward positive; knees and elbows bend.
typedef struct {
    float hip_z; ///< Height of the hips over body height
    float pitch; ///< Trunk forward
    float thigh[2], knee[2];
    float arm[2], elbow[2];
} posture;

enum {
    NOSE,
    EYE      = 1,
    EAR      = 3,
    SHOULDER = 5,
    ELBOW    = 7,
    WRIST    = 9,
    HIP      = 11,
    KNEE     = 13,
    ANKLE    = 15,
}; // COCO: left before right

#define QUARTER 1.5707964F

static const posture rest[RV_SIM_N_POSTURES] = {
    [RV_SIM_STAND] = {RV_SIM_HIP_Z, 0, {0, 0}, {0, 0}, {0, 0}, {0.1F, 0.1F}},
    [RV_SIM_SIT]   = {0.27F,
                      0.05F,
                      {QUARTER, QUARTER},
                      {QUARTER, QUARTER},
                      {0.3F, 0.3F},
                      {1.2F, 1.2F}},
    [RV_SIM_LIE]   = {0.32F, -QUARTER, {QUARTER, QUARTER}, {0, 0}, {0, 0}, {0, 0}},
    [RV_SIM_FALL] =
        {0.07F, QUARTER, {-QUARTER, -QUARTER}, {0, 0}, {1.2F, 1.2F}, {0.5F, 0.5F}},
    [RV_SIM_JUMP]  = {RV_SIM_HIP_Z, 0, {0, 0}, {0, 0}, {0, 0}, {0.1F, 0.1F}},
    [RV_SIM_WAVE]  = {RV_SIM_HIP_Z, 0, {0, 0}, {0, 0}, {0, 2.4F}, {0.1F, 0.6F}},
    [RV_SIM_RAISE] = {RV_SIM_HIP_Z, 0, {0, 0}, {0, 0}, {1.7F, 1.7F}, {0.2F, 0.2F}},
};

static float
mix(const float a, const float b, const float share)
{
    return a + (b - a) * share;
}

static void
mix_posture(posture *const p, const posture *const q, const float share)
{
    p->hip_z = mix(p->hip_z, q->hip_z, share);
    p->pitch = mix(p->pitch, q->pitch, share);
    for (int i = 0; i < 2; ++i) {
        p->thigh[i] = mix(p->thigh[i], q->thigh[i], share);
        p->knee[i]  = mix(p->knee[i], q->knee[i], share);
        p->arm[i]   = mix(p->arm[i], q->arm[i], share);
        p->elbow[i] = mix(p->elbow[i], q->elbow[i], share);
    }
}

/// Lengths over the usual ones; the usual body multiplies by 1 and adds 0
typedef struct {
    float leg, arm, breadth, trunk;
} anatomy;

static float
share_of(const float x)
{
    return x == 0.0F ? 1.0F : x;
}

/// What long legs add to the height is taken from the trunk
static anatomy
anatomy_of(const rv_sim_person *const p)
{
    const float leg = share_of(p->leg);
    const float trunk =
        1.0F - (leg - 1.0F) * ((RV_SIM_THIGH + RV_SIM_SHANK) / (1.0F - RV_SIM_HIP_Z));
    return (anatomy){leg, share_of(p->arm), share_of(p->breadth), trunk};
}

/// Swing of legs and arms; the phase follows the way, so that feet hardly slip
static void
add_gait(posture *const p, const rv_script_state *const s, const float height,
         const float phase)
{
    const float thigh = RV_SIM_THIGH * height;
    const float cycle_m =
        RV_SIM_GAIT_LENGTH * __builtin_sqrtf(s->nominal / thigh) * thigh;
    const float strength =
        s->walking * rv_sim_clamp(s->nominal / RV_SIM_GAIT_SPEED, 0.3F, 1.3F);
    for (int i = 0; i < 2; ++i) {
        const double  turns = (double)(s->walked_m / cycle_m + phase) + 0.5 * i;
        const rv_cplx w     = rv_sim_turn(turns);
        const float   bend  = rv_sim_wave(turns + 0.15); // the knee leads the thigh
        p->thigh[i] += strength * RV_SIM_GAIT_THIGH * w.im;
        p->knee[i] += strength * RV_SIM_GAIT_KNEE * (bend > 0.0F ? bend * bend : 0.0F);
        p->arm[i] -= strength * RV_SIM_GAIT_ARM * w.im;
    }
    // the hips rise twice per cycle, by what a leg at that angle is short of its length
    const float lift =
        rv_sim_wave(2.0 * (double)(s->walked_m / cycle_m + phase) + 0.25);
    p->hip_z += strength * 0.011F * lift;
}

static void
add_action(posture *const p, const rv_script_state *const s)
{
    if (s->posture == RV_SIM_JUMP && s->posture_s < 3.0F) {
        const float t = s->posture_s - (s->posture_s < 1.5F ? 0.0F : 1.5F);
        if (t > 0.4F && t < 0.9F) { // in the air for half a second, 0.31 m high
            const float u = (t - 0.4F) / 0.5F;
            p->hip_z += 0.70F * u * (1.0F - u);
        } else if (t <= 0.4F) { // bend the knees
            const float dip =
                rv_sim_smooth(t / 0.2F) - rv_sim_smooth((t - 0.2F) / 0.2F);
            p->hip_z -= 0.08F * dip;
            for (int i = 0; i < 2; ++i) {
                p->thigh[i] += 0.6F * dip;
                p->knee[i] += 1.2F * dip;
            }
        }
    } else if (s->posture == RV_SIM_WAVE) {
        p->elbow[1] += s->blend * 0.7F * rv_sim_wave(1.5 * (double)s->posture_s);
    } else if (s->posture == RV_SIM_RAISE) {
        const float swing =
            s->blend * 1.1F * rv_sim_wave(0.35 * (double)s->posture_s - 0.25);
        p->arm[0] += swing;
        p->arm[1] += swing;
    }
}

/// The other arm does what one arm does
static void
swap_arms(posture *const p)
{
    const float arm   = p->arm[0];
    const float elbow = p->elbow[0];
    p->arm[0]         = p->arm[1];
    p->elbow[0]       = p->elbow[1];
    p->arm[1]         = arm;
    p->elbow[1]       = elbow;
}

/// Breathing: 0 .. 1 phase, displacement and rate
typedef struct {
    float breath_hz, breath_phase, breath_m;
    float heart_phase, heart_m;
} vital;

static vital
vitals_at(const rv_sim_person *const p, const double t)
{
    // the rate wanders as a slow sine whose integral is known
    const double wander_hz = 0.011;
    const double f         = (double)p->breath_hz;
    const double fm        = (double)p->breath_fm;
    const double turns     = f * t + f * fm / (2.0 * RV_SIM_PI * wander_hz) *
                                     (double)rv_sim_wave(wander_hz * t);
    float depth = 1.0F;
    vital v     = {0};
    for (uint8_t i = 0; i < p->n_held; ++i) {
        const float since = (float)(t - (double)p->held[i].from_s);
        const float left  = (float)((double)p->held[i].to_s - t);
        if (since > -1.0F && left > -1.0F) {
            const float in = 1.0F - rv_sim_smooth(since + 1.0F);
            const float up = 1.0F - rv_sim_smooth(left + 1.0F);
            depth          = in > up ? in : up;
        }
    }
    v.breath_phase = (float)(turns - rv_sim_floor(turns));
    v.breath_hz =
        depth < 0.5F
            ? 0.0F
            : p->breath_hz * (1.0F + p->breath_fm * rv_sim_wave(wander_hz * t + 0.25));
    v.breath_m        = 0.5F * p->breath_m * depth * rv_sim_wave(turns);
    const double beat = (double)p->heart_hz * t;
    v.heart_phase     = (float)(beat - rv_sim_floor(beat));
    v.heart_m         = 0.5F * p->heart_m * rv_sim_wave(beat);
    return v;
}

/// Sway in x and y: two sines each, of periods that never meet, RMS `sway`
static rv_vec3
sway_at(const rv_sim_person *const p, const double t, const float share)
{
    const float a = 1.265F * p->sway_m * share; // RMS of the two sines: 1/1.265
    return rv_vec(a * (rv_sim_wave(0.231 * t) + 0.5F * rv_sim_wave(0.517 * t + 0.3)),
                  a * (rv_sim_wave(0.173 * t + 0.6) + 0.5F * rv_sim_wave(0.611 * t)),
                  0.0F);
}

/// Forward and up parts along a heading
typedef struct {
    rv_vec3 forward, left;
} frame;

static rv_vec3
place(const frame *const f, const rv_vec3 origin, const float forward, const float left,
      const float up)
{
    return rv_vec(origin.x + forward * f->forward.x + left * f->left.x,
                  origin.y + forward * f->forward.y + left * f->left.y, origin.z + up);
}

static void
pose(const posture *const p, const frame *const f, const rv_vec3 hips, const float h,
     const anatomy *const a, rv_vec3 joint[RV_SIM_KEYPOINTS])
{
    const float s = rv_sin_f32(p->pitch);
    const float c = rv_cos_f32(p->pitch);
    // a point of the trunk: `along` its axis, `front` of it
#define TRUNK(along, front, side)                                                      \
    place(f, hips, (along)*a->trunk *s + (front)*c, (side),                            \
          (along)*a->trunk * c - (front)*s)
    joint[NOSE] = TRUNK(0.39F * h, 0.065F * h, 0.0F);
    for (int i = 0; i < 2; ++i) {
        const float side = i == 0 ? 1.0F : -1.0F;
        joint[EYE + i]   = TRUNK(RV_SIM_EYE * h, 0.055F * h, side * 0.018F * h);
        joint[EAR + i]   = TRUNK(RV_SIM_EYE * h, 0.0F, side * 0.045F * h);
        joint[SHOULDER + i] =
            TRUNK(RV_SIM_SHOULDER * h, 0.0F, side * RV_SIM_HALF_CHEST * h * a->breadth);
        joint[HIP + i] = TRUNK(0.0F, 0.0F, side * RV_SIM_HALF_HIP * h * a->breadth);
        // arms hang from the trunk and swing with it when it lies
        const float upper   = RV_SIM_UPPER_ARM * h * a->arm;
        const float forearm = RV_SIM_FOREARM * h * a->arm;
        const float thigh   = RV_SIM_THIGH * h * a->leg;
        const float shank   = RV_SIM_SHANK * h * a->leg;
        const float up      = p->arm[i] - p->pitch;
        const float low     = up + p->elbow[i];
        joint[ELBOW + i] = place(f, joint[SHOULDER + i], upper * rv_sin_f32(up), 0.0F,
                                 -upper * rv_cos_f32(up));
        joint[WRIST + i] = place(f, joint[ELBOW + i], forearm * rv_sin_f32(low), 0.0F,
                                 -forearm * rv_cos_f32(low));
        const float t    = p->thigh[i];
        const float k    = t - p->knee[i];
        joint[KNEE + i]  = place(f, joint[HIP + i], thigh * rv_sin_f32(t), 0.0F,
                                 -thigh * rv_cos_f32(t));
        joint[ANKLE + i] = place(f, joint[KNEE + i], shank * rv_sin_f32(k), 0.0F,
                                 -shank * rv_cos_f32(k));
    }
#undef TRUNK
}

static rv_vec3
middle(const rv_vec3 a, const rv_vec3 b)
{
    return rv_vec(0.5F * (a.x + b.x), 0.5F * (a.y + b.y), 0.5F * (a.z + b.z));
}

static void
put_scatterer(rv_body *const b, const int i, const rv_vec3 at, const float rcs)
{
    b->point[i]    = at;
    b->root_rcs[i] = __builtin_sqrtf(rcs);
}

static void
scatterers(rv_body *const b, const rv_vec3 *const j, const rv_vec3 front,
           const vital *const v, const float h)
{
    const rv_vec3 hips      = middle(j[HIP], j[HIP + 1]);
    const rv_vec3 shoulders = middle(j[SHOULDER], j[SHOULDER + 1]);
    const rv_vec3 up =
        rv_vec(shoulders.x - hips.x, shoulders.y - hips.y, shoulders.z - hips.z);
    const float depth = RV_SIM_CHEST_DEPTH * h;
    const float chest = depth + v->breath_m + v->heart_m;
    const float belly = depth + RV_SIM_BREATH_BELLY * v->breath_m;
    const float back  = -depth - RV_SIM_BREATH_BACK * v->breath_m;
    put_scatterer(b, 0, rv_vec_add(rv_vec_add(hips, up, 0.75F), front, chest),
                  RV_SIM_RCS_CHEST);
    put_scatterer(b, 1, rv_vec_add(rv_vec_add(hips, up, 0.30F), front, belly),
                  RV_SIM_RCS_BELLY);
    put_scatterer(b, 2, rv_vec_add(rv_vec_add(hips, up, 0.65F), front, back),
                  RV_SIM_RCS_BACK);
    put_scatterer(b, 3, hips, RV_SIM_RCS_PELVIS);
    put_scatterer(b, 4, middle(j[EAR], j[EAR + 1]), RV_SIM_RCS_HEAD);
    for (int i = 0; i < 2; ++i) {
        put_scatterer(b, 5 + i, middle(j[SHOULDER + i], j[ELBOW + i]),
                      RV_SIM_RCS_UPPER_ARM);
        put_scatterer(b, 7 + i, middle(j[ELBOW + i], j[WRIST + i]), RV_SIM_RCS_FOREARM);
        put_scatterer(b, 9 + i, middle(j[HIP + i], j[KNEE + i]), RV_SIM_RCS_THIGH);
        put_scatterer(b, 11 + i, middle(j[KNEE + i], j[ANKLE + i]), RV_SIM_RCS_SHANK);
    }
    b->centre = middle(hips, shoulders);
    b->top    = 0.0F;
    b->bottom = 100.0F;
    for (int i = 0; i < RV_SIM_KEYPOINTS; ++i) {
        b->top    = j[i].z > b->top ? j[i].z : b->top;
        b->bottom = j[i].z < b->bottom ? j[i].z : b->bottom;
    }
    // a lying body is as wide as it is long; seen from its side it is anyway
    b->width = RV_SIM_SCREEN_WIDTH_M +
               (h - RV_SIM_SCREEN_WIDTH_M) *
                   (1.0F - rv_sim_clamp(up.z / (RV_SIM_SHOULDER * h), 0.0F, 1.0F));
}

static void
tell(rv_sim_truth_person *const out, const rv_script_state *const s,
     const rv_sim_person *const person, const vital *const v, const rv_vec3 hips,
     const rv_vec3 *const joint)
{
    out->present         = true;
    out->moving          = s->moving;
    out->posture         = s->blend > 0.5F ? s->posture : RV_SIM_STAND;
    out->position_m[0]   = hips.x;
    out->position_m[1]   = hips.y;
    out->position_m[2]   = hips.z;
    out->velocity_mps[0] = s->vx;
    out->velocity_mps[1] = s->vy;
    out->heading_rad     = s->heading;
    out->breath_hz       = v->breath_hz;
    out->breath_phase    = v->breath_phase;
    out->heart_hz        = person->heart_hz;
    out->heart_phase     = v->heart_phase;
    for (int i = 0; i < RV_SIM_KEYPOINTS; ++i) {
        out->keypoint_m[i][0] = joint[i].x;
        out->keypoint_m[i][1] = joint[i].y;
        out->keypoint_m[i][2] = joint[i].z;
    }
}

bool
rv_body_at(const rv_script *const script, const rv_sim_person *const person,
           const double t_s, rv_body *const body, rv_sim_truth_person *const truth)
{
    const rv_script_state s = rv_script_at(script, person, t_s);
    if (truth) {
        *truth = (rv_sim_truth_person){0};
    }
    if (!s.present) {
        return false;
    }
    const float h = person->height_m;
    posture     p = rest[RV_SIM_STAND];
    mix_posture(&p, &rest[s.posture], s.blend);
    const anatomy a = anatomy_of(person);
    add_gait(&p, &s, h, person->gait_phase);
    add_action(&p, &s);
    if (person->left_handed && s.walking == 0.0F) { // arms at rest are alike
        swap_arms(&p);
    }

    const rv_cplx turn = rv_sim_turn((double)s.heading / (2.0 * RV_SIM_PI));
    const frame   f    = {{turn.re, turn.im, 0.0F}, {-turn.im, turn.re, 0.0F}};
    const bool    down =
        s.posture == RV_SIM_SIT || s.posture == RV_SIM_LIE || s.posture == RV_SIM_FALL;
    const rv_vec3 sway = sway_at(
        person, t_s, (1.0F - s.walking) * (down ? 1.0F - 0.9F * s.blend : 1.0F));
    // on long legs the hips are higher, as far as they stand on them
    const float   longer = (a.leg - 1.0F) * (RV_SIM_THIGH + RV_SIM_SHANK);
    const float   hip_z  = p.hip_z + longer * (p.hip_z / RV_SIM_HIP_Z);
    const rv_vec3 hips   = rv_vec(s.x + sway.x, s.y + sway.y, hip_z * h);
    rv_vec3       joint[RV_SIM_KEYPOINTS];
    pose(&p, &f, hips, h, &a, joint);

    const vital   v = vitals_at(person, t_s);
    const float   c = rv_cos_f32(p.pitch);
    const rv_vec3 front =
        rv_vec(c * f.forward.x, c * f.forward.y, -rv_sin_f32(p.pitch));
    scatterers(body, joint, front, &v, h);
    if (truth) {
        tell(truth, &s, person, &v, hips, joint);
    }
    return true;
}

// SPDX-License-Identifier: MIT
/**
   @file scenario.h
   What a simulated world consists of: a room, radios, people and the ways in which real
   receivers spoil what they measure. Plain data: every list has a fixed room here, so a
   scenario can be copied, compared and kept in a test.

   Room frame: x east, y north, z up [m]; the room spans [0, size_m]. Times are seconds
   since the start of the scenario.
*/
#ifndef RV_SIM_SCENARIO_H
#define RV_SIM_SCENARIO_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdbool.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_SIM_MAX_NODES      = 16,
    RV_SIM_MAX_PERSONS    = 8,
    RV_SIM_MAX_WAYPOINTS  = 64, ///< Per person
    RV_SIM_MAX_PARTITIONS = 8,
    RV_SIM_MAX_FANS       = 4,
    RV_SIM_MAX_DEAD       = 16, ///< Dead tones
    RV_SIM_MAX_SPANS      = 8,  ///< Door openings, held breaths
    RV_SIM_MAX_CLUTTER    = 64,
    RV_SIM_MAX_FURNITURE  = 8,
    RV_SIM_MAX_MOVES      = 3, ///< Of one piece of furniture
};

/// Building materials of Recommendation ITU-R P.2040-3 (2023), Table 3
typedef enum {
    RV_SIM_CONCRETE,
    RV_SIM_BRICK,
    RV_SIM_PLASTERBOARD,
    RV_SIM_WOOD,
    RV_SIM_GLASS,
    RV_SIM_CHIPBOARD,
    RV_SIM_FLOORBOARD,
    RV_SIM_METAL,
    RV_SIM_VACUUM, ///< Reflects nothing: for checks against free space
    RV_SIM_N_MATERIALS
} rv_sim_material;

/// Half-open span of time [s]
typedef struct {
    float from_s, to_s;
} rv_sim_span;

/// The outer walls, in this order: x = 0, x = size, y = 0, y = size, floor, ceiling
typedef struct {
    float           size_m[3];
    rv_sim_material wall[6];
} rv_sim_room;

/// A thin inner wall from floor to ceiling, with a door in it if it likes
typedef struct {
    float           from_m[2], to_m[2];
    float           thickness_m;
    rv_sim_material material;
    float           door_m[2]; ///< Along the wall from `from_m`; equal: no door
    uint8_t         n_open;
    rv_sim_span     open[RV_SIM_MAX_SPANS]; ///< When the door stands open
} rv_sim_partition;

/// A radio: a sensor node, or an access point that only transmits
typedef struct {
    uint8_t id;
    float   position_m[3];
    bool    transmits; ///< Has a slot
    bool    receives;  ///< Reports what it hears from the others
    float   clock_offset_us;
    float   clock_drift_ppm;
    bool  free_running;  ///< Takes its own clock for the mesh's, and says it is in step
    float clock_step_us; ///< Jump of its clock
    float clock_step_s;  ///< When; 0: never
    uint8_t     n_off;
    rv_sim_span off[RV_SIM_MAX_SPANS]; ///< Silent; then counter and clock begin at 0
    uint32_t    tx_hash; ///< Identity in the trailer; 0: derived from seed and id
} rv_sim_node;

typedef enum {
    RV_SIM_STAND,
    RV_SIM_SIT,
    RV_SIM_LIE,   ///< On a bed 0.5 m high, within 2.5 s
    RV_SIM_FALL,  ///< To the floor, within 0.5 s
    RV_SIM_JUMP,  ///< On the spot, twice in 3 s
    RV_SIM_WAVE,  ///< Stands and waves an arm
    RV_SIM_RAISE, ///< Stands and lifts both arms over the head and down again
    RV_SIM_N_POSTURES
} rv_sim_posture;

/// A stop on a person's way
typedef struct {
    float          x_m, y_m;
    float          pause_s;   ///< Stay here in that posture
    float          speed_mps; ///< On the way to the next stop, > 0
    rv_sim_posture posture;
} rv_sim_waypoint;

typedef struct {
    float           height_m;
    float           facing_rad; ///< At the first stop: 0 east, counter-clockwise
    float           breath_hz;
    float           breath_m;  ///< Displacement of the chest, peak to peak
    float           breath_fm; ///< Relative wander of the rate, 0 .. 0.2
    float           heart_hz;
    float           heart_m; ///< Displacement of the chest, peak to peak
    float           sway_m;  ///< Sway while standing, RMS; a tenth of it when seated
    float           from_s, until_s; ///< In the room; until 0: for ever
    bool            loop;            ///< From the last stop back to the first
    uint8_t         n_held;
    rv_sim_span     held[RV_SIM_MAX_SPANS]; ///< Breath held
    uint16_t        n_waypoints;            ///< >= 1
    rv_sim_waypoint waypoint[RV_SIM_MAX_WAYPOINTS];
    float           leg, arm,
        breadth;       ///< Lengths over the usual share of the height, 0.7 .. 1.3;
                       ///< 0: as usual. The trunk takes what the legs leave.
    bool  left_handed; ///< Waves the left arm
    float gait_phase;  ///< Of the first step [cycles], 0 .. 1
    float turn_rad[RV_SIM_MAX_WAYPOINTS]; ///< Turned by this while resting at the stop
} rv_sim_person;

/// A fan: blades that turn, on a head that may swing
typedef struct {
    float   position_m[3];
    float   radius_m;
    float   rpm;
    uint8_t n_blades;
    float   swing_rad;       ///< Half angle of the head's swing; 0: fixed
    float   swing_period_s;  ///< > 0
    float   from_s, until_s; ///< Running; until 0: for ever
} rv_sim_fan;

/// A piece of furniture that may be put elsewhere: it scatters and shadows
typedef struct {
    float   at_m[2];   ///< Middle of it on the floor
    float   size_m[3]; ///< Width (the screen that shadows), depth, height
    float   rcs_m2;    ///< Of its parts together
    uint8_t n_moves;
    float   move_s[RV_SIM_MAX_MOVES];  ///< Ascending: from then on it stands at
    float   to_m[RV_SIM_MAX_MOVES][2]; ///< this place
} rv_sim_furniture;

/// The radio and what is wrong with it. Zero switches an impairment off.
typedef struct {
    uint32_t freq_mhz;  ///< Centre of the 20 MHz channel
    float    rate_hz;   ///< Rounds of all transmitters per second
    uint16_t n_entries; ///< 64 (L-LTF) or 128 (L-LTF, HT-LTF)
    float    tx_dbm;
    float    noise_figure_db;
    bool     noise;             ///< Thermal noise and transmitter error
    float    evm_db;            ///< Error vector of the transmitter, below the signal
    bool     common_phase;      ///< Carrier phase anew in each packet
    float    sto_ns;            ///< Sampling-time offset, sigma per packet
    float    agc_step_db;       ///< Gain step; 0: gain fixed for ever
    float    agc_toggle;        ///< Chance per packet that the gain is one step off
    float    agc_target;        ///< RMS of an entry [LSB] that the gain aims at
    float    loss;              ///< Share of packets lost, 0..1
    float    loss_burst;        ///< Mean length of a run of losses [packets], >= 1
    float    slot_jitter_us;    ///< Of the transmission (channel access), mean
    float    arrival_delay_us;  ///< From radio to host, least
    float    arrival_jitter_us; ///< Beyond the least, mean of an exponential
    uint8_t  n_dead;
    int16_t  dead[RV_SIM_MAX_DEAD]; ///< Tone numbers that every node reports as 0

} rv_sim_radio;

/// A whole world
typedef struct {
    uint64_t      seed;
    uint64_t      start_us;   ///< Time stamp of second 0 [us since the epoch]
    float         duration_s; ///< What a file of it should hold; the source is endless
    rv_sim_room   room;
    rv_sim_radio  radio;
    uint16_t      n_clutter; ///< Furniture: still scatterers at seeded places
    uint16_t      n_nodes, n_persons, n_partitions, n_fans, n_furniture;
    rv_sim_node   node[RV_SIM_MAX_NODES];
    rv_sim_person person[RV_SIM_MAX_PERSONS];
    rv_sim_partition partition[RV_SIM_MAX_PARTITIONS];
    rv_sim_fan       fan[RV_SIM_MAX_FANS];
    rv_sim_furniture furniture[RV_SIM_MAX_FURNITURE];
} rv_sim_config;

/// An empty room of 6 x 5 x 2.6 m with four nodes, all impairments at their defaults
RV_API void rv_sim_config_default(rv_sim_config *config);

/// Defaults of one person: 1.75 m, 15 breaths and 66 beats per minute, one stop
RV_API void rv_sim_person_default(rv_sim_person *person);

/// Defaults of a piece: an armchair, 0.8 x 0.8 x 0.9 m
RV_API void rv_sim_furniture_default(rv_sim_furniture *furniture);

/// `n` random stops for `person`, away from the walls, some of them with a rest
RV_API rv_status rv_sim_person_wander(rv_sim_person *person, const rv_sim_room *room,
                                      uint64_t seed, uint16_t n);

/**
   Check a scenario.

   @param what  O  What is wrong, a constant sentence; may be NULL.
   @return OK or ERR_CONFIG.
*/
RV_API RV_NODISCARD rv_status rv_sim_config_check(const rv_sim_config *config,
                                                  const char         **what);

RV_END_DECLS

#endif // RV_SIM_SCENARIO_H

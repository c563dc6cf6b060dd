// SPDX-License-Identifier: MIT
/**
   @file physics.h
   Every physical constant of the simulator with its source. They were fixed before any
   detector or estimator was run against the simulator.
*/
#ifndef RV_SIM_PHYSICS_H
#define RV_SIM_PHYSICS_H

#define RV_SIM_C_MPS      299792458.0 ///< Speed of light; SI definition
#define RV_SIM_PI         3.14159265358979323846
#define RV_SIM_SPACING_HZ 312500.0 ///< IEEE 802.11-2020, Table 17-5

/// kT of one tone at 290 K: -174 dBm/Hz + 10 log10(312.5 kHz) = -119.05 dBm
#define RV_SIM_THERMAL_TONE_DBM (-119.05F)

/// Transmit power shared by the 56 tones: 10 log10(56) dB below the total
#define RV_SIM_TONE_SHARE_DB 17.48F

/// Two long training symbols are averaged (IEEE 802.11-2020, 17.3.3)
#define RV_SIM_TRAINING_GAIN_DB 3.01F

/// A transmitter at 64-QAM 5/6 must keep -27 dB (IEEE 802.11-2020, Table 19-23); the
/// default is 3 dB better, a usual margin of the vendors
#define RV_SIM_EVM_DB (-30.0F)

/// A usual noise figure of a 2.4 GHz receiver with its matching network
#define RV_SIM_NOISE_FIGURE_DB 7.0F

/// ESP32-S3 datasheet v1.6, Table 6-2: 802.11n HT20 MCS7 transmits 18.5 dBm
#define RV_SIM_TX_DBM 18.5F

/**
   Radar cross-sections of body parts [m^2], whose sum of 0.73 lies within the -5 .. +3
   dBsm of a standing adult at 1 .. 9 GHz (Dogaru, Nguyen and Le, "Computer models of
   the human body signature for sensing through the wall radar applications",
   ARL-TR-4290, 2007). Shared out by projected area after Winter, "Biomechanics and
   Motor Control of Human Movement", 2009, ch. 4.
*/
#define RV_SIM_RCS_CHEST     0.20F
#define RV_SIM_RCS_BELLY     0.13F
#define RV_SIM_RCS_BACK      0.08F
#define RV_SIM_RCS_PELVIS    0.08F
#define RV_SIM_RCS_HEAD      0.04F
#define RV_SIM_RCS_UPPER_ARM 0.02F
#define RV_SIM_RCS_FOREARM   0.015F
#define RV_SIM_RCS_THIGH     0.04F
#define RV_SIM_RCS_SHANK     0.025F

/// Lengths over body height (Winter 2009, Figure 4.1, after Drillis and Contini 1966)
#define RV_SIM_HIP_Z       0.530F
#define RV_SIM_SHOULDER    0.288F ///< Above the hips
#define RV_SIM_EYE         0.406F ///< Above the hips
#define RV_SIM_HALF_CHEST  0.129F
#define RV_SIM_HALF_HIP    0.0955F
#define RV_SIM_UPPER_ARM   0.186F
#define RV_SIM_FOREARM     0.146F
#define RV_SIM_THIGH       0.245F
#define RV_SIM_SHANK       0.246F
#define RV_SIM_CHEST_DEPTH 0.060F ///< From the axis to the front

/// A body as an absorbing screen 0.3 m wide: 3GPP TR 38.901, Table 7.6.4.2-5, human
#define RV_SIM_SCREEN_WIDTH_M 0.3F

/**
   Chest displacement at quiet breathing, 5 mm peak to peak (De Groote et al., "Chest
   wall motion during tidal breathing", Journal of Applied Physiology, 1997: 4.3 +- 1.1
   mm at the sternum); of the heart beat, 0.3 mm (Ramachandran and Singh, "Three
   dimensional reconstruction of cardiac displacement patterns on the chest wall",
   Medical and Biological Engineering and Computing, 1989: 0.2 .. 0.5 mm).
*/
#define RV_SIM_BREATH_M 0.005F
#define RV_SIM_HEART_M  0.0003F

/// Share of the chest's displacement that the abdomen and the back show (ibid.)
#define RV_SIM_BREATH_BELLY 0.9F
#define RV_SIM_BREATH_BACK  0.1F

/// Quiet standing: 4 mm RMS (Winter, "Human balance and posture control during standing
/// and walking", Gait & Posture, 1995); seated a tenth of it
#define RV_SIM_SWAY_M 0.004F

/**
   Gait: the cycle is 1.346 sqrt(v / thigh) x thigh long (Boulic, Magnenat-Thalmann and
   Thalmann, "A global human walking model with real-time kinematic personification",
   The Visual Computer, 1990); thigh +-25 degrees, knee up to 60, arm +-20 at 1.3 m/s
   (ibid., figures 6 to 9).
*/
#define RV_SIM_GAIT_LENGTH 1.346F
#define RV_SIM_GAIT_THIGH  0.436F
#define RV_SIM_GAIT_KNEE   1.047F
#define RV_SIM_GAIT_ARM    0.349F
#define RV_SIM_GAIT_SPEED  1.3F

/// Speeding up and slowing down [m/s^2] (Breniere and Do, "When and how does steady
/// state gait movement induced from upright posture begin?", Journal of Biomechanics,
/// 1986)
#define RV_SIM_GAIT_ACCELERATION 1.2F

/// A plastic fan blade of 0.02 m^2: mean over aspects of area x |reflection|^2 x gain
/// (Skolnik 2008, ch. 14: flat plate), rounded
#define RV_SIM_RCS_BLADE 0.005F

/// Furniture: 0.01 .. 0.3 m^2 per reflecting part, evenly in decibels
#define RV_SIM_RCS_CLUTTER_LOW_DB  (-20.0F)
#define RV_SIM_RCS_CLUTTER_HIGH_DB (-5.0F)

/// A piece of furniture has eight such parts in the middle of that range
#define RV_SIM_FURNITURE_PARTS 8
#define RV_SIM_RCS_FURNITURE   0.45F

#endif // RV_SIM_PHYSICS_H

// SPDX-License-Identifier: MIT
// Tone plans are those of IEEE Std 802.11-2020: table 17-9 (52 legacy tones), table
// 19-12 (HT 20: 56, HT 40: 114), table 21-5 (VHT 80: 242, VHT 160: 484), and of
// IEEE Std 802.11ax-2021, clause 27.3.10 (HE 242, 484, 996 and 2 x 996 tone units).
//
// Entry orders:
//  - ESP32, S2, S3, C3: "Wi-Fi Channel State Information" in the ESP-IDF programming
//    guide (LLTF, HT-LTF, STBC-HT-LTF one after the other, 0~31 then -32~-1; with a
//    secondary channel 0~63 or -64~-1 around the 40 MHz centre). Where a field lies in
//    a 40 MHz channel the entries that carry signal are those of the sub-carrier table
//    in Espressif's esp-radar component, which also leaves out tones +-30 of HT40.
//  - ESP32-C5, C61, C6: the same sub-carrier table: ascending tones. The programming
//    guide prints "0~28, -28~-1" for the C5; the vendor's code has the unused entry in
//    the middle, where an ascending order has its DC tone.
//  - Intel 5300: "Tool Release: Gathering 802.11n Traces with Channel State
//    Information", ACM SIGCOMM CCR 2011, and table 9-71 (grouping 2 and 4) of 802.11.
//  - FeitCSI and PicoScenes on Intel AX2xx: active tones, ascending
//    (feitcsi.kuskosoft.com/csi_format, PicoScenes' rxs_parsing_core).
//  - Nexmon: raw FFT order (0 .. N/2-1, -N/2 .. -1), "Free Your CSI", WiNTECH 2019.
#include <ruview/frame/layout.h>

#include "frame/tones.h"

#include <stddef.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

// ---- ascending tones of each plan
static const int16_t tones_l20[52]     = {RUN_26(-26), RUN_26(1)};
static const int16_t tones_l20_no1[51] = {RUN_26(-26), RUN_25(2)};
static const int16_t tones_rec56[44]   = {RUN_18(-26), RUN_26(1)};
static const int16_t tones_ht20[56]    = {RUN_28(-28), RUN_28(1)};
static const int16_t tones_ht40[114]   = {RUN_57(-58), RUN_57(2)};
static const int16_t tones_esp40[112]  = {RUN_28(-58), RUN_28(-29), RUN_28(2),
                                          RUN_28(31)};
static const int16_t tones_242[242]    = {RUN_121(-122), RUN_121(2)};
static const int16_t tones_intel20[30] = {
    -28, -26, -24, -22, -20, -18, -16, -14, -12, -10, -8, -6, -4, -2, -1,
    1,   3,   5,   7,   9,   11,  13,  15,  17,  19,  21, 23, 25, 27, 28};
static const int16_t tones_intel40[30] = {
    -58, -54, -50, -46, -42, -38, -34, -30, -26, -22, -18, -14, -10, -6, -2,
    2,   6,   10,  14,  18,  22,  26,  30,  34,  38,  42,  46,  50,  54, 58};

static const int16_t tones_vht160[484] = {RUN_121(-250), RUN_121(-126), RUN_121(6),
                                          RUN_121(130)};
static const int16_t tones_he40[484]   = {RUN_242(-244), RUN_242(3)};
static const int16_t tones_he80[996]   = {RUN_498(-500), RUN_498(3)};
static const int16_t tones_he160[1992] = {RUN_498(-1012), RUN_498(-509), RUN_498(12),
                                          RUN_498(515)};

// ---- which entry each of them is
static const uint16_t entry_all[2048]   = {RUN_1024(0), RUN_1024(1024)};
static const uint16_t fft64_l20[52]     = {RUN_26(38), RUN_26(1)};
static const uint16_t fft64_l20_no1[51] = {RUN_26(38), RUN_25(2)};
static const uint16_t fft64_rec56[44]   = {RUN_18(38), RUN_26(1)};
static const uint16_t fft64_ht20[56]    = {RUN_28(36), RUN_28(1)};
static const uint16_t fft128_ht40[114]  = {RUN_57(70), RUN_57(2)};
static const uint16_t fft128_esp40[112] = {RUN_28(70), RUN_28(99), RUN_28(2),
                                           RUN_28(31)};
static const uint16_t fft121_esp40[112] = {RUN_28(63), RUN_28(92), RUN_28(2),
                                           RUN_28(31)};
static const uint16_t fft256_242[242]   = {RUN_121(134), RUN_121(2)};
static const uint16_t mid64_l20[52]     = {RUN_26(6), RUN_26(33)};
static const uint16_t mid64_ht20[56]    = {RUN_28(4), RUN_28(33)};
static const uint16_t esp64_ht20[56]    = {RUN_28(2), RUN_28(31)};
static const uint16_t esp63_stbc[56]    = {RUN_28(1), RUN_28(30)};
static const uint16_t mid128_ht40[114]  = {RUN_57(6), RUN_57(66)};
static const uint16_t mid256_242[242]   = {RUN_121(6), RUN_121(130)};
static const uint16_t dc53_l20[52]      = {RUN_26(0), RUN_26(27)};
static const uint16_t dc57_ht20[56]     = {RUN_28(0), RUN_28(29)};
static const uint16_t dc117_ht40[114]   = {RUN_57(0), RUN_57(60)};
static const uint16_t dc245_242[242]    = {RUN_121(0), RUN_121(124)};

// ---- Intel AX2xx: without the pilot tones
// Legacy reports begin with the pilots: -21, -7, 7, 21, then the 48 data tones
static const uint16_t entry_ax_l20[52]     = {RUN_5(4),  0, RUN_13(9),  1, RUN_6(22),
                                              RUN_6(28), 2, RUN_13(34), 3, RUN_5(47)};
static const int16_t  tones_ax_ht20[52]    = {AX_HT20_0(0), AX_HT20_1(0)};
static const uint16_t entry_ax_ht20[52]    = {AX_HT20_0(28), AX_HT20_1(27)};
static const int16_t  tones_ax_ht40[108]   = {AX_HT40_0(0), AX_HT40_1(0)};
static const uint16_t entry_ax_ht40[108]   = {AX_HT40_0(58), AX_HT40_1(55)};
static const int16_t  tones_ax_vht80[234]  = {AX_VHT80_0(0), AX_VHT80_1(0)};
static const uint16_t entry_ax_vht80[234]  = {AX_VHT80_0(122), AX_VHT80_1(119)};
static const int16_t  tones_ax_he20[234]   = {AX_HE20_0(0), AX_HE20_1(0)};
static const uint16_t entry_ax_he20[234]   = {AX_HE20_0(122), AX_HE20_1(119)};
static const int16_t  tones_ax_he40[468]   = {AX_HE40_0(0), AX_HE40_1(0)};
static const uint16_t entry_ax_he40[468]   = {AX_HE40_0(244), AX_HE40_1(239)};
static const int16_t  tones_ax_he80[980]   = {AX_HE80_0(0), AX_HE80_1(0)};
static const uint16_t entry_ax_he80[980]   = {AX_HE80_0(500), AX_HE80_1(495)};
static const int16_t  tones_ax_vht160[468] = {AX_VHT160_0(0), AX_VHT160_1(0),
                                              AX_VHT160_2(0), AX_VHT160_3(0)};
static const uint16_t entry_ax_vht160[468] = {AX_VHT160_0(250), AX_VHT160_1(247),
                                              AX_VHT160_2(236), AX_VHT160_3(233)};
static const int16_t  tones_ax_he160[1960] = {AX_HE160_0(0), AX_HE160_1(0),
                                              AX_HE160_2(0), AX_HE160_3(0)};
static const uint16_t entry_ax_he160[1960] = {AX_HE160_0(1012), AX_HE160_1(1007),
                                              AX_HE160_2(984), AX_HE160_3(979)};

#define SEGMENT(field, first, tones, entries)                                          \
    {                                                                                  \
        (field), (first), (uint16_t)COUNT(tones), (tones), (entries)                   \
    }
#define LLTF   RV_FIELD_LLTF
#define HTLTF  RV_FIELD_HTLTF
#define STBC   RV_FIELD_STBC
#define VHTLTF RV_FIELD_VHTLTF
#define HELTF  RV_FIELD_HELTF
#define DF_HT  312500U
#define DF_HE  78125U

static const rv_layout layouts[] = {
#define RV_LAYOUT(id, name, chip, mhz, n, spacing, primary, ...)                       \
    {(id),                                                                             \
     (name),                                                                           \
     RV_CHIP_##chip,                                                                   \
     (mhz),                                                                            \
     (n),                                                                              \
     (spacing),                                                                        \
     sizeof((const rv_segment[]){__VA_ARGS__}) / sizeof(rv_segment),                   \
     (primary),                                                                        \
     {__VA_ARGS__}},
#include "frame/layouts.def"
#undef RV_LAYOUT
};

/// What a source can say of a report, and the layout that it means
typedef struct {
    uint8_t  chip;
    uint8_t  bandwidth_mhz; ///< 0 matches any
    int8_t   secondary;     ///< SECONDARY_ANY matches any
    uint16_t n_entries;
    uint16_t id;
} layout_key;

enum { SECONDARY_ANY = 2, SECONDARY_SOME = 3 };

static const layout_key keys[] = {
#define RV_LAYOUT_KEY(chip, mhz, n, secondary, id)                                     \
    {RV_CHIP_##chip, (mhz), (secondary), (n), (id)},
#define ANY  SECONDARY_ANY
#define SOME SECONDARY_SOME
#include "frame/layout_keys.def"
#undef RV_LAYOUT_KEY
};

const rv_layout *
rv_layout_table(uint32_t *const n)
{
    *n = (uint32_t)COUNT(layouts);
    return layouts;
}

const rv_layout *
rv_layout_by_id(const uint16_t id)
{
    for (size_t i = 0; i < COUNT(layouts); ++i) {
        if (layouts[i].id == id) {
            return &layouts[i];
        }
    }
    return NULL;
}

static int
key_fits(const layout_key *const key, const rv_chip chip, const uint16_t mhz,
         const uint32_t n_entries, const int secondary)
{
    return key->chip == (uint8_t)chip && key->n_entries == n_entries &&
           (mhz == 0 || key->bandwidth_mhz == 0 || key->bandwidth_mhz == mhz) &&
           (key->secondary == SECONDARY_ANY || key->secondary == secondary ||
            (key->secondary == SECONDARY_SOME && secondary != 0));
}

const rv_layout *
rv_layout_find(const rv_chip chip, const uint16_t bandwidth_mhz,
               const uint32_t n_entries, const int secondary)
{
    for (size_t i = 0; i < COUNT(keys); ++i) {
        if (key_fits(&keys[i], chip, bandwidth_mhz, n_entries, secondary)) {
            return rv_layout_by_id(keys[i].id);
        }
    }
    return NULL;
}

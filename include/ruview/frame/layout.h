// SPDX-License-Identifier: MIT
/**
   @file layout.h
   Which entry of a CSI report is which tone: one table for the whole product.

   A radio delivers the channel estimate of one or more training fields, each a list of
   complex values in an order of its own, with guard and DC entries among them. A layout
   names that order: chip family x bandwidth x number of entries -> segments -> tones.

   Place      frame: before everything that looks at a tone.
*/
#ifndef RV_FRAME_LAYOUT_H
#define RV_FRAME_LAYOUT_H

#include <ruview/base/attributes.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MAX_TONES    = 2048, ///< Active tones of one segment, at most
    RV_MAX_ENTRIES  = 2048, ///< Entries of one antenna pair, at most
    RV_MAX_SEGMENTS = 3,    ///< Training fields in one report, at most
};

/// Who made the report; the byte order and tone order hang on it
typedef enum {
    RV_CHIP_UNKNOWN     = 0,
    RV_CHIP_ESP32       = 1, ///< ESP32, S2, S3, C3: FFT order, imaginary byte first
    RV_CHIP_ESP32_C5_C6 = 2, ///< ESP32-C5, C6: ascending tones for the short variants
    RV_CHIP_INTEL5300   = 3,
    RV_CHIP_ATHEROS     = 4,
    RV_CHIP_NEXMON      = 5,
    RV_CHIP_PICOSCENES  = 6,
    RV_CHIP_FEITCSI     = 7, ///< Intel AX2xx
    RV_CHIP_CANONICAL   = 8, ///< Already on a canonical grid
    RV_CHIP_AMPLITUDE   = 9, ///< Table of amplitudes without phase
} rv_chip;

/// Training field that a segment was estimated from
typedef enum {
    RV_FIELD_LLTF   = 0, ///< Legacy, 52 tones at 20 MHz
    RV_FIELD_HTLTF  = 1,
    RV_FIELD_STBC   = 2, ///< Second HT-LTF of an STBC packet
    RV_FIELD_VHTLTF = 3,
    RV_FIELD_HELTF  = 4,
} rv_field;

/// One training field inside a report
typedef struct {
    rv_field        field;
    uint16_t        first;   ///< Index of its first entry
    uint16_t        n_tones; ///< Active tones (no guard, DC or dead entries)
    const int16_t  *tone;    ///< [n_tones] tone numbers, ascending, spacing_hz apart
    const uint16_t *entry;   ///< [n_tones] entry of each tone, counted from `first`
} rv_segment;

/// A way of laying out tones; lives in a constant table, compare by address or id
typedef struct {
    uint16_t    id;   ///< Stable across releases, 1..; 0 is no layout
    const char *name; ///< "esp32-lltf64", …
    rv_chip     chip;
    uint16_t    bandwidth_mhz; ///< 20, 40, 80, 160
    uint16_t    n_entries;     ///< Entries per antenna pair
    uint32_t    spacing_hz;    ///< Between tones n and n+1: 312500, or 78125 for HE
    uint8_t     n_segments;
    uint8_t     primary; ///< Segment that the pipeline uses
    rv_segment  segment[RV_MAX_SEGMENTS];
} rv_layout;

/// Layout with that id, or NULL
RV_API const rv_layout *rv_layout_by_id(uint16_t id);

/// All layouts in order of id; sets `n`
RV_API const rv_layout *rv_layout_table(uint32_t *n);

/**
   Layout of a report of `n_entries` entries (per antenna pair) from `chip`.

   @param bandwidth_mhz  20, 40, 80 or 160; 0 when the source does not say.
   @param secondary      Secondary channel: -1 below, 0 none, +1 above. ESP32 sends
   other tones in the same number of entries.
   @return NULL when no layout fits.
*/
RV_API const rv_layout *rv_layout_find(rv_chip chip, uint16_t bandwidth_mhz,
                                       uint32_t n_entries, int secondary);

RV_END_DECLS

#endif // RV_FRAME_LAYOUT_H

// SPDX-License-Identifier: MIT
/**
   @file adr018.h
   The datagrams of ESP32 nodes (UDP port 5005): every magic of the family, read and
   written. docs/formats.md has the bytes.

   One datagram is one packet. The length is checked before any field is read. What the
   host cannot use is named by its kind, never dropped silently. Encoding what was
   decoded gives the same bytes, reserved fields included.

   Of raw CSI the first byte of each pair is the imaginary part. Flag bit 5 announces a
   trailer behind the samples: u32 transmitter hash, then optionally u32 "RSIM", which
   says that a simulator made the packet. Parsers that do not know it see trailing
   bytes.
*/
#ifndef RV_CAPTURE_ADR018_H
#define RV_CAPTURE_ADR018_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/frame/frame.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_ADR018_PORT       = 5005,
    RV_ADR018_HEADER     = 20,  ///< Bytes before the samples of raw CSI
    RV_ADR018_MAX_TONES  = 256, ///< Entries per antenna of raw CSI
    RV_ADR018_MAX_BYTES  = 20 + 2 * 4 * 256 + 8,
    RV_ADR018_MAX_EVENTS = 16,
};

// First four bytes, little-endian
#define RV_MAGIC_CSI           UINT32_C(0xC5110001)
#define RV_MAGIC_VITALS        UINT32_C(0xC5110002)
#define RV_MAGIC_FEATURES      UINT32_C(0xC5110003)
#define RV_MAGIC_FUSED_VITALS  UINT32_C(0xC5110004)
#define RV_MAGIC_COMPRESSED    UINT32_C(0xC5110005)
#define RV_MAGIC_FEATURE_STATE UINT32_C(0xC5110006)
#define RV_MAGIC_WASM          UINT32_C(0xC5110007)
#define RV_MAGIC_SYNC          UINT32_C(0xC511A110)
#define RV_MAGIC_MESH          UINT32_C(0xC5118100)
#define RV_TAG_SIMULATED       UINT32_C(0x4D495352) ///< "RSIM"

/// Flags of raw CSI
enum {
    RV_CSI_FLAG_40MHZ   = 1 << 0,
    RV_CSI_FLAG_STBC    = 1 << 2,
    RV_CSI_FLAG_LDPC    = 1 << 3,
    RV_CSI_FLAG_SYNCED  = 1 << 4,
    RV_CSI_FLAG_TRAILER = 1 << 5,
};

/// What a datagram is
typedef enum {
    RV_PACKET_OTHER         = 0, ///< No magic of this family
    RV_PACKET_CSI           = 1,
    RV_PACKET_VITALS        = 2,
    RV_PACKET_FEATURES      = 3,
    RV_PACKET_FUSED_VITALS  = 4,
    RV_PACKET_COMPRESSED    = 5, ///< Header only: the stream has no key frames
    RV_PACKET_FEATURE_STATE = 6,
    RV_PACKET_WASM          = 7,
    RV_PACKET_SYNC          = 8,
    RV_PACKET_MESH          = 9,
    RV_PACKET_KINDS         = 10,
} rv_packet_kind;

/// Who speaks; `as` is set for ADR018 only
typedef enum {
    RV_FAMILY_ADR018   = 0,
    RV_FAMILY_NEXMON   = 1,
    RV_FAMILY_ESPECTRE = 2,
} rv_packet_family;

/// Raw CSI, 0xC5110001
typedef struct {
    uint8_t        n_antennas; ///< 1..4
    uint16_t       n_tones;    ///< Entries per antenna, 1..256
    uint32_t       freq_mhz;
    uint32_t       sequence;
    int8_t         rssi_dbm; ///< As sent
    int8_t         noise_dbm;
    uint8_t        ppdu;
    uint8_t        flags;
    const uint8_t *iq;        ///< [2 x n_antennas x n_tones] i8, imaginary first
    bool           has_tx;    ///< Trailer with the transmitter hash
    uint32_t       tx_hash;   ///< 0: the sender does not know
    bool           simulated; ///< Trailer with the simulation tag
    uint16_t       n_more;    ///< Bytes after all that, kept in `more`
    const uint8_t *more;
} rv_packet_csi;

/// Edge vitals, 0xC5110002; and fused vitals, 0xC5110004
typedef struct {
    uint8_t  flags;         ///< bit0 presence, bit1 fall, bit2 motion, bit3 mmWave
    uint16_t breathing_e2;  ///< Breaths/min x 100; 0 unknown
    uint32_t heart_e4;      ///< Beats/min x 10 000; 0 unknown
    int8_t   rssi_dbm;      ///< As sent
    uint8_t  n_persons;     ///< What the firmware claims
    uint8_t  spare[2];      ///< 0002: reserved; 0004: mmWave type, confidence 0..100
    float    motion_energy; ///< Unbounded
    float    presence;      ///< Unbounded, whatever its name says
    uint32_t uptime_ms;
    uint8_t  reserved[4];                                        ///< 0002 only
    float    mmwave_heart, mmwave_breathing, mmwave_distance_cm; ///< 0004 only
    uint8_t  mmwave_targets, mmwave_confidence;                  ///< 0004 only
    uint8_t  reserved_fused[6];                                  ///< 0004 only
} rv_packet_vitals;

/// Edge feature vector, 0xC5110003
typedef struct {
    uint8_t  reserved;
    uint16_t sequence;
    int64_t  device_us;
    float    feature[8]; ///< presence/10 motion/10 breathing/30 heart/120 variance
                         ///< persons/4 fall (RSSI+100)/100
} rv_packet_features;

/// Compressed CSI, 0xC5110005
typedef struct {
    uint8_t        channel;
    uint16_t       n_iq;
    uint16_t       n_data;
    const uint8_t *data;
    uint16_t       n_more;
    const uint8_t *more;
} rv_packet_compressed;

/// Feature state, 0xC5110006
typedef struct {
    uint8_t  mode;
    uint16_t sequence;
    uint64_t device_us;
    float value[9]; ///< motion presence breathing its-confidence heart its-confidence
                    ///< anomaly environment-shift coherence
    uint16_t flags;
    uint16_t reserved;
} rv_packet_feature_state;

/// WASM events, 0xC5110007
typedef struct {
    uint8_t  module;
    uint16_t n_events; ///< 0..16
    uint8_t  type[RV_ADR018_MAX_EVENTS];
    float    value[RV_ADR018_MAX_EVENTS];
} rv_packet_wasm;

/// Sync, 0xC511A110
typedef struct {
    uint8_t  flags; ///< bit0 leader, bit1 valid, bit2 smoothed offset
    uint8_t  reserved;
    uint64_t local_us; ///< Node clock
    uint64_t epoch_us; ///< Mesh clock
    uint32_t sequence; ///< CSI sequence number that comes next
    uint32_t reserved2;
} rv_packet_sync;

/// Mesh control, 0xC5118100; the payload's fields are read by rv_mesh_health and so on
typedef struct {
    uint8_t  type; ///< 1 time 2 role 3 channels 4 calibrate 5 feature 6 health 7 alert
    uint8_t  role;
    uint8_t  auth; ///< A label: no tag is carried
    uint32_t epoch;
    uint16_t n_payload;
    uint16_t reserved;
    const uint8_t *payload;
    uint16_t       n_more;
    const uint8_t *more;
} rv_packet_mesh;

/// One datagram, read. Pointers go into the datagram or into the decoder.
typedef struct {
    rv_packet_kind   kind;
    rv_packet_family family;
    rv_reason reason; ///< NONE: good. Else refused; `kind` still says what it was
    uint32_t  magic;
    uint8_t   node; ///< Not of MESH
    union {
        rv_packet_csi           csi;
        rv_packet_vitals        vitals;
        rv_packet_features      features;
        rv_packet_compressed    compressed;
        rv_packet_feature_state state;
        rv_packet_wasm          wasm;
        rv_packet_sync          sync;
        rv_packet_mesh          mesh;
    } as;
    rv_frame frame; ///< CSI with reason NONE only
} rv_packet;

/// Decoder: holds the samples of the frame decoded last
typedef struct {
    const rv_layout *layout; ///< Of the last frame, and what it was found for
    uint32_t         layout_key;
    float            re[RV_MAX_ANTENNAS * RV_ADR018_MAX_TONES];
    float            im[RV_MAX_ANTENNAS * RV_ADR018_MAX_TONES];
} rv_adr018;

/// Make ready
RV_API void rv_adr018_init(rv_adr018 *self);

/**
   Read one datagram.

   @param t_us  Arrival stamp for the frame.
   @param out   Its reason is NONE, or TRUNCATED, OVERSIZE (more antennas or entries
                than allowed, or a fixed-size packet that is too long), WRONG_MAGIC,
                UNKNOWN_LAYOUT, BAD_VALUE, NONFINITE, BAD_CHECKSUM, ALL_ZERO. A CSI
                packet refused for UNKNOWN_LAYOUT or ALL_ZERO has `as.csi`.
*/
RV_API RV_REALTIME void rv_adr018_decode(rv_adr018 *self, const uint8_t *bytes,
                                         size_t n, uint64_t t_us, rv_packet *out);

/**
   Write one datagram from `kind`, `node` and `as`; `magic`, checksums, `frame` and
   `reason` are not looked at.

   @return ERR_VALUE for what the decoder would refuse, ERR_FULL when `size` is short.
*/
RV_API rv_status rv_adr018_encode(const rv_packet *packet, uint8_t *out, size_t size,
                                  size_t *n);

/// Name of a kind: "csi", "vitals", …
RV_API RV_CONST const char *rv_packet_kind_name(rv_packet_kind kind);

/// Signed distance of two sequence numbers: 1 in order, d > 1 means d-1 lost, d <= 0
/// duplicate or reordered; wraps
static inline int32_t
rv_sequence_distance(const uint32_t sequence, const uint32_t last)
{
    const uint32_t d = sequence - last;
    return d <= INT32_MAX ? (int32_t)d : -(int32_t)(UINT32_MAX - d) - 1;
}

RV_END_DECLS

#endif // RV_CAPTURE_ADR018_H

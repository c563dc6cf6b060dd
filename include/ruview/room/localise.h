// SPDX-License-Identifier: MIT
/**
   @file localise.h
   From what the links measured to places where somebody moves: detections with a
   covariance that is meant to be true.

   Place      After tomography, before the tracker.
   Model      A moving body at x adds to the variance of link l the power that it
              scatters, A / (d1 d2)^falloff, over the power that stands on the link
              (bistatic radar equation; the falloff is a little below 2 because walls
              light the body, too). The strength A belongs to the body and its speed
              and is estimated at each place. A body is speckle: the logarithm of what
              one link sees of it scatters by about pi / sqrt(6) = 1.28 for one look.
              The evidence of a place is the log-likelihood ratio of the log variances
              against the background, with bounded influence of each link. Several
              bodies are fitted in turn, each with the others as part of the
              background, until each stands beside the others: from where one was
              found, from where they were in the last cycle, and from another cell in
              each cycle. The best counts when the mean over the last cycles of what
              it adds exceeds what one body can pretend to add.
   Source     "Radar Handbook" (2008), ch. 23 (bistatic equation); "See-Through Walls:
              Motion Tracking Using Variance-Based Radio Tomography Networks", IEEE
              Trans. Mobile Comput. 10 (2011) (variance as measurement); "Speckle
              Phenomena in Optics" (2007), ch. 3 (log of one look).
   Exactness  Sums over links in link order for each cell; maxima and ties to the lower
              cell.
*/
#ifndef RV_ROOM_LOCALISE_H
#define RV_ROOM_LOCALISE_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/room/room_link.h>
#include <ruview/room/tomography.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_MAX_DETECTIONS = 8,
};

/// Somebody or something that moves or shadows, at a place
typedef struct {
    float position_m[3];    ///< z is the height of the plan when links cannot tell it
    float covariance_m2[3]; ///< xx, xy, yy
    float strength;         ///< Evidence [nats] over an empty room, > 0
    float confidence;       ///< 0..1
    float lag_s;            ///< Place and covariance are of so long ago [s]
    bool  still;            ///< Seen by shadowing alone, not by motion
} rv_detection;

/// Start from rv_localise_config_default()
typedef struct {
    float    origin_m[3];     ///< Lower corner of the room
    float    size_m[3];       ///< Extent, > 0
    float    step_m;          ///< Cell of the search plan, 0.05..1 (0.25)
    uint32_t max_links;       ///< 1..RV_ROOM_MAX_LINKS (64)
    float    body_m;          ///< Height of the scattering centre of a body (1.0)
    float    variance_looks;  ///< Independent samples in one `variance_db2` (8)
    float    falloff;         ///< Of scattered power with d1 d2, 0.5..2 (1.7)
    float    log_strength;    ///< Usual ln A [ln(dB^2 m^(2 falloff - 2))] (-0.4)
    float    strength_spread; ///< Its scatter [nats] (1.2)
    float    misfit;          ///< Scatter of the model's log variance [nats] (1.25)
    float    lag_s;           ///< Age of what `variance_db2` shows [s] (0.3)
    float    threshold;       ///< Evidence of the first body [nats], > 0 (3)
    float    threshold_more;  ///< Evidence that one body more adds [nats], > 0 (1.2),
    float    split_gain;     ///< and this for each pair over half the number of bodies,
                             ///< > 0 (0.15): two at one place explain a scatter that
                             ///< is smaller than `misfit`, and are not two
    float    keep_share;     ///< Share of both for who was there before, 0..1 (0.3)
    float    gain_memory;    ///< Share of a cycle in what a body adds, 0..1 (0.1)
    float    shadow_sigmas;  ///< Loss over its sigma for somebody still (6)
    uint32_t max_detections; ///< 1..RV_MAX_DETECTIONS (4)
    uint32_t cpu_mask;       ///< Instruction sets allowed; 0 baseline
} rv_localise_config;

/// What one cycle gave
typedef struct {
    rv_reason    reason; ///< NONE: detections below (possibly none)
    uint32_t     n_detections;
    rv_detection detection[RV_MAX_DETECTIONS]; ///< Strongest first
    float        evidence;                     ///< Of the strongest place [nats]
    float        sigma_m; ///< Of the strongest place, root of the mean axis variance
} rv_localise_result;

/// Bodies that explained the last cycle best, were there so many; private
typedef struct {
    uint32_t n; ///< 0: unknown
    uint32_t cell[RV_MAX_DETECTIONS];
    float    log_strength[RV_MAX_DETECTIONS];
} rv_localise_guess;

/// What a cycle takes from those before; private
typedef struct {
    rv_localise_guess guess[RV_MAX_DETECTIONS]; ///< [n - 1] of n: where to start
    float             gain[RV_MAX_DETECTIONS]; ///< [n - 1]: mean of what the n-th added
    uint32_t          n_reported;
    uint32_t          turn; ///< Which cell is tried next
} rv_localise_memory;

/// State; fields are private
typedef struct {
    rv_localise_config cfg;
    rv_localise_memory memory;
    uint32_t           nx, ny;
    uint32_t           n_cells; ///< nx x ny, up to a multiple of 16
    uint32_t           n_links;
    uint32_t           n_pairs;
    rv_room_link       link[RV_ROOM_MAX_LINKS];
    uint8_t            pair_of[RV_ROOM_MAX_LINKS];
    rv_room_pair       pair[RV_ROOM_MAX_LINKS];
    float             *gain;         ///< [n_pairs][n_cells] ln gain
    float             *score;        ///< [n_cells] evidence [nats]
    float             *log_strength; ///< [n_cells] ln A that fits best there
    float             *alone;    ///< [n_cells] evidence of one body and no other [nats]
    float              residual; ///< Remembered squared residuals over their variance
    float              freedom;  ///< Degrees of freedom that these came from
} rv_localise;

RV_API rv_localise_config rv_localise_config_default(const float origin_m[3],
                                                     const float size_m[3]);

RV_API RV_NODISCARD rv_status rv_localise_size(const rv_localise_config *cfg,
                                               size_t                   *n_bytes);

RV_API RV_NODISCARD rv_status rv_localise_init(rv_localise              *self,
                                               const rv_localise_config *cfg, void *mem,
                                               size_t n_bytes);

/// As rv_tomography_set_links()
RV_API RV_NODISCARD rv_status rv_localise_set_links(rv_localise        *self,
                                                    const rv_room_link *links,
                                                    uint32_t            n_links);

/**
   One cycle.

   @param samples  I  [n] in the order of the links.
   @param image    I  What tomography gave for the same samples, or NULL.
   @param out      O  Detections, or the reason why there can be none.
   @return ERR_SHAPE when `n` is not the number of links.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_localise_push(rv_localise *self, const rv_room_sample *samples, uint32_t n,
                 const rv_tomography_frame *image, rv_localise_result *out);

/**
   Evidence for one moving body at a place against none there, which is the empty room
   or the body elsewhere with even odds: ln of the likelihood there over their mean.

   @param evidence  O  [nx][ny] at the middles of nx x ny equal cells of the room,
                       x fastest; after a push that gave a result.
*/
RV_API RV_REALTIME void rv_localise_evidence(const rv_localise *self, uint32_t nx,
                                             uint32_t ny, float *evidence);

RV_END_DECLS

#endif // RV_ROOM_LOCALISE_H

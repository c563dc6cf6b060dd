// SPDX-License-Identifier: MIT
/**
   @file tomography.h
   Where in the room the links changed: an image of the loss [dB] and of the motion
   [dB^2] over a grid of voxels, with the uncertainty of each voxel.

   Place   After the gate, once per cycle, on numbers per link.
   Model   Link l sees voxel v when the detour over v is shorter than `excess_m`:
           W[l][v] = (share of the voxel inside the ellipse) / sqrt(d_l). Links with the
           same two ends, in either direction, are one measurement.
   Source  "Radio Tomographic Imaging with Wireless Networks", IEEE Trans. Mobile
           Comput. 9 (2010), eq. 6-9, 19-21 (ellipse, exponential prior, regularised
           linear inverse); "See-Through Walls: Motion Tracking Using Variance-Based
           Radio Tomography Networks", IEEE Trans. Mobile Comput. 10 (2011) (variance as
           the measurement); "Coordinate descent algorithms", Math. Program. 151 (2015)
           (the sparse solver).
   Method  The linear inverse is written in measurement space,
           x = C W' (W C W' + R)^-1 y:
           one small triangular solve and one product [voxels][links] per frame. The
           set of valid links may change from frame to frame: the factor is renewed
           exactly, and nothing else.
   Exactness  Sums over links run in link order for each voxel; none is split.
*/
#ifndef RV_ROOM_TOMOGRAPHY_H
#define RV_ROOM_TOMOGRAPHY_H

#include <ruview/base/attributes.h>
#include <ruview/base/reason.h>
#include <ruview/base/status.h>
#include <ruview/room/room_link.h>

#include <stddef.h>
#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_TOMOGRAPHY_MAX_VOXELS = 16384,
};

typedef enum {
    RV_TOMOGRAPHY_LINEAR, ///< Regularised linear, with covariance
    RV_TOMOGRAPHY_SPARSE, ///< Non-negative L1, converged; `sigma` stays the linear one
} rv_tomography_solver;

/// All there is to choose; start from rv_tomography_config_default()
typedef struct {
    float    origin_m[3];    ///< Lower corner of the room (0, 0, 0)
    float    size_m[3];      ///< Extent, > 0 (6, 6, 2.8)
    uint32_t nx, ny, nz;     ///< Voxels per axis (8, 8, 4); nz = 1: a plan, in which a
                             ///< body is a column from floor to `body_m`
    uint32_t max_links;      ///< Directed links, 1..RV_ROOM_MAX_LINKS (64)
    float    body_m;         ///< Height of a body [m] (1.8), used by plans
    float    excess_m;       ///< Detour of the ellipse [m], 0.005..1 (0.03)
    float    prior_sigma_db; ///< Prior scatter of a voxel's loss (0.32)
    float    prior_sigma_motion_db; ///< Prior scatter of a voxel's motion [dB^2] (1.5)
    float    prior_length_m;        ///< Distance at which the prior forgets (0.7)
    float    model_sigma_db;     ///< Misfit of the model itself, added to noise (0.5)
    float    variance_looks;     ///< Independent samples in one `variance_db2` (8)
    rv_tomography_solver solver; ///< (LINEAR)
    float                sparse_kappa;   ///< L1 weight relative to |W'y|_inf (0.1)
    float                sparse_gap;     ///< Relative duality gap to stop at (1e-3)
    uint32_t             max_iterations; ///< Of the sparse solver (400)
} rv_tomography_config;

/// What one cycle gave. Arrays live in the object until the next push.
typedef struct {
    rv_reason    reason;        ///< Why there is no image at all, or NONE
    rv_reason    loss_reason;   ///< Why there is no `loss` (e.g. NOT_CALIBRATED)
    const float *loss;          ///< [nz][ny][nx] loss per voxel [dB], or NULL
    const float *loss_sigma;    ///< [nz][ny][nx] posterior sigma [dB], or NULL
    const float *motion;        ///< [nz][ny][nx] variance per voxel [dB^2], or NULL
    const float *motion_sigma;  ///< [nz][ny][nx] posterior sigma [dB^2], or NULL
    uint32_t     nx, ny, nz;    ///< Shape of the images
    float        origin_m[3];   ///< Centre of voxel 0
    float        step_m[3];     ///< From voxel to voxel
    float        loss_residual; ///< RMS of what the image does not explain [dB]
    float        resolution;    ///< 0..1: mean share of the prior variance that the
                                ///< links take from the motion image
    uint32_t n_pairs;           ///< Physical links used
    uint32_t n_directions;      ///< Directions among them, 15 degrees apart
    uint32_t n_iterations;      ///< Of the sparse solver, for the last image
    float    gap;               ///< Relative duality gap reached by it
} rv_tomography_frame;

/// Linear inverse of one kind of image; private
typedef struct {
    float    prior;                    ///< Prior variance of a voxel
    uint64_t pairs;                    ///< Pairs in the factor
    float    noise[RV_ROOM_MAX_LINKS]; ///< Noise variance in the factor
    double  *factor;                   ///< Cholesky of prior x gram + noise
    float   *image, *sigma;            ///< [n_voxels]
    float   *iterate;                  ///< Sparse solution, kept for a warm start
} rv_tomography_inverse;

/// State; fields are private
typedef struct {
    rv_tomography_config  cfg;
    uint32_t              n_voxels;
    uint32_t              n_links;
    uint32_t              n_pairs;
    rv_room_link          link[RV_ROOM_MAX_LINKS];
    rv_room_pair          pair[RV_ROOM_MAX_LINKS];
    uint8_t               pair_of[RV_ROOM_MAX_LINKS];
    float                *weight; ///< [n_pairs][n_voxels] W
    float                *spread; ///< [n_pairs][n_voxels] (C W')', unit prior
    double               *gram;   ///< [max_links][max_links] W C W', unit prior
    float                *kernel; ///< [nz][ny][nx] prior correlation by offset
    float                *work;   ///< [max_links + 4][n_voxels] scratch
    rv_tomography_inverse loss, motion;
} rv_tomography;

/// Defaults: a 6 x 6 x 2.8 m room, 8 x 8 x 4 voxels
RV_API rv_tomography_config rv_tomography_config_default(void);

/// The finer plan of the same room: `step_m` squares (0.25), one layer
RV_API rv_tomography_config rv_tomography_config_plan(const float origin_m[3],
                                                      const float size_m[3],
                                                      float       step_m);

/// Memory for one object, or ERR_CONFIG
RV_API RV_NODISCARD rv_status rv_tomography_size(const rv_tomography_config *cfg,
                                                 size_t                     *n_bytes);

/// Begin without links. ERR_CONFIG, ERR_MEMORY; on error `self` is unchanged.
RV_API RV_NODISCARD rv_status rv_tomography_init(rv_tomography              *self,
                                                 const rv_tomography_config *cfg,
                                                 void *mem, size_t n_bytes);

/**
   Tell where the links are; call again when a link appears or moves. Only what changed
   is computed again (about 0.1 ms per new link and 256 voxels).

   @return ERR_RANGE for more than `max_links`; ERR_NONFINITE for a located link that is
           not; then nothing has changed.
*/
RV_API RV_NODISCARD rv_status rv_tomography_set_links(rv_tomography      *self,
                                                      const rv_room_link *links,
                                                      uint32_t            n_links);

/**
   One cycle.

   @param samples  I  [n_links] in the order of rv_tomography_set_links().
   @param n        Must equal the number of links, else ERR_SHAPE.
   @param out      O  Images, or reasons: NO_GEOMETRY (no located link),
                   NO_DATA (none valid), GEOMETRY_INSUFFICIENT (< 3 directions).
*/
RV_API RV_REALTIME RV_NODISCARD rv_status
rv_tomography_push(rv_tomography *self, const rv_room_sample *samples, uint32_t n,
                   rv_tomography_frame *out);

/// Centre of a voxel [m]
RV_API void rv_tomography_centre(const rv_tomography *self, uint32_t voxel,
                                 float centre_m[3]);

RV_END_DECLS

#endif // RV_ROOM_TOMOGRAPHY_H

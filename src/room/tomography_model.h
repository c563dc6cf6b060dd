// SPDX-License-Identifier: MIT
// The forward model of tomography: what a voxel does to a pair of links, and the same
// spread by the prior covariance.
#ifndef RV_SRC_ROOM_TOMOGRAPHY_MODEL_H
#define RV_SRC_ROOM_TOMOGRAPHY_MODEL_H

#include <ruview/room/tomography.h>

/// Extent of a voxel along an axis [m]
float rv_tomography_step(const rv_tomography *self, uint32_t axis);

/// [n_voxels] share of each voxel inside the ellipse of the pair, over the square root
/// of its length
void rv_tomography_fill_weight(const rv_tomography *self, const rv_room_pair *pair,
                               float *weight);

/// [n_voxels] prior covariance times a weight
void rv_tomography_fill_spread(const rv_tomography *self, const float *weight,
                               float *spread);

#endif // RV_SRC_ROOM_TOMOGRAPHY_MODEL_H

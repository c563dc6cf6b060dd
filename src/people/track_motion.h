// SPDX-License-Identifier: MIT
// Position and velocity in the plan with their full covariance.
//
// State x = (x, y, vx, vy); covariance as its upper triangle, row by row:
// p[0] xx, [1] x y, [2] x vx, [3] x vy, [4] yy, [5] y vx, [6] y vy, [7] vx vx,
// [8] vx vy, [9] vy vy. A measurement is (x, y) with covariance r = (xx, xy, yy).
#ifndef RV_SRC_PEOPLE_MOTION_H
#define RV_SRC_PEOPLE_MOTION_H

/// Constant velocity over dt [s], white acceleration of scatter `accel` [m/s^2];
/// `keep` scales the velocity per second (1: kept)
void rv_motion_predict(double x[4], double p[10], double dt, double accel, double keep);

/// Squared distance of a measurement in innovation sigmas; the measurement is of the
/// place `lag` [s] ago
double rv_motion_distance2(const double x[4], const double p[10], const double z[2],
                           const double r[3], double lag);

/// Kalman update by such a measurement
void rv_motion_update(double x[4], double p[10], const double z[2], const double r[3],
                      double lag);

#endif // RV_SRC_PEOPLE_MOTION_H

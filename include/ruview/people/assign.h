// SPDX-License-Identifier: MIT
/**
   @file assign.h
   The cheapest one-to-one assignment of rows to columns.

   Source  "A shortest augmenting path algorithm for dense and sparse linear assignment
           problems", Computing 38 (1987); "The Hungarian method for the assignment
           problem", Nav. Res. Logist. Q. 2 (1955).
   Exactness  Ties go to the lower column; costs are compared, added and subtracted in a
           fixed order.
*/
#ifndef RV_PEOPLE_ASSIGN_H
#define RV_PEOPLE_ASSIGN_H

#include <ruview/base/attributes.h>
#include <ruview/base/status.h>

#include <stdint.h>

RV_BEGIN_DECLS

enum {
    RV_ASSIGN_MAX = 16, ///< Columns
};

/**
   Assign every row to its own column at the least total cost.

   @param cost     I  [n_rows][n_columns] finite.
   @param n_rows   0..n_columns.
   @param column   O  [n_rows] column of each row.
   @return ERR_SHAPE for n_rows > n_columns or n_columns > RV_ASSIGN_MAX;
           ERR_NONFINITE; then `column` is unchanged.
*/
RV_API RV_REALTIME RV_NODISCARD rv_status rv_assign(const double *cost, uint32_t n_rows,
                                                    uint32_t  n_columns,
                                                    uint32_t *column);

RV_END_DECLS

#endif // RV_PEOPLE_ASSIGN_H

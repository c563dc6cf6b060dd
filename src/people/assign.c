// SPDX-License-Identifier: MIT
#include <ruview/people/assign.h>

#include "base/exact.h"

#include <stdbool.h>
#include <string.h>

// Row and column 0 are a virtual start: indices of the search are one higher
typedef struct {
    double   row_price[RV_ASSIGN_MAX + 1], column_price[RV_ASSIGN_MAX + 1];
    uint32_t row_of[RV_ASSIGN_MAX + 1]; // of each column; 0 none
    uint32_t came_from[RV_ASSIGN_MAX + 1];
} search;

static bool
finite(const double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return (bits & 0x7FF0000000000000U) != 0x7FF0000000000000U;
}

// Shortest augmenting path from one row to a free column, in reduced costs
static uint32_t
grow(search *const s, const double *const cost, const uint32_t row,
     const uint32_t n_columns)
{
    double least[RV_ASSIGN_MAX + 1];
    bool   done[RV_ASSIGN_MAX + 1]  = {false};
    bool   known[RV_ASSIGN_MAX + 1] = {false};
    s->row_of[0]                    = row;
    uint32_t column                 = 0;
    do {
        done[column]            = true;
        const uint32_t at       = s->row_of[column];
        uint32_t       next     = 0;
        double         shortest = 0.0;
        for (uint32_t j = 1; j <= n_columns; ++j) {
            if (done[j]) {
                continue;
            }
            const double reduced = cost[(at - 1) * n_columns + (j - 1)] -
                                   s->row_price[at] - s->column_price[j];
            if (!known[j] || reduced < least[j]) {
                known[j]        = true;
                least[j]        = reduced;
                s->came_from[j] = column;
            }
            if (next == 0 || least[j] < shortest) {
                shortest = least[j];
                next     = j;
            }
        }
        for (uint32_t j = 0; j <= n_columns; ++j) {
            if (done[j]) {
                s->row_price[s->row_of[j]] += shortest;
                s->column_price[j] -= shortest;
            } else {
                least[j] -= shortest;
            }
        }
        column = next;
    } while (s->row_of[column] != 0);
    return column;
}

rv_status
rv_assign(const double *const cost, const uint32_t n_rows, const uint32_t n_columns,
          uint32_t *const column)
{
    if (n_rows > n_columns || n_columns > RV_ASSIGN_MAX) {
        return RV_ERR_SHAPE;
    }
    for (uint32_t i = 0; i < n_rows * n_columns; ++i) {
        if (!finite(cost[i])) {
            return RV_ERR_NONFINITE;
        }
    }
    search s;
    memset(&s, 0, sizeof s);
    for (uint32_t row = 1; row <= n_rows; ++row) {
        uint32_t at = grow(&s, cost, row, n_columns);
        while (at != 0) {
            const uint32_t before = s.came_from[at];
            s.row_of[at]          = s.row_of[before];
            at                    = before;
        }
    }
    for (uint32_t j = 1; j <= n_columns; ++j) {
        if (s.row_of[j] != 0) {
            column[s.row_of[j] - 1] = j - 1;
        }
    }
    return RV_OK;
}

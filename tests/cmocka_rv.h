// SPDX-License-Identifier: MIT
// cmocka with the headers that it needs before itself, and what tests share.
#ifndef RV_TESTS_CMOCKA_RV_H
#define RV_TESTS_CMOCKA_RV_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif // RV_TESTS_CMOCKA_RV_H

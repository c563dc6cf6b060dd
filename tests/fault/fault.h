// SPDX-License-Identifier: MIT
/**
   @file fault.h
   Errors put into a running engine. The linker leads three functions through here:
   presence (a stage that yields a number that is none), the record's encoder, and the
   record's text. Nothing of this is in a program that ships.
*/
#ifndef RV_TESTS_FAULT_H
#define RV_TESTS_FAULT_H

typedef enum {
    FAULT_NONE,
    FAULT_NAN,    ///< A stage publishes NaN
    FAULT_ENCODE, ///< The record cannot be encoded
    FAULT_TEXT,   ///< The record cannot be written as text
} fault_kind;

/// From now on, every cycle until FAULT_NONE. In a program, the environment says it:
/// RV_FAULT=nan|encode|text, while the file RV_FAULT_WHILE exists.
extern fault_kind fault_now;

#endif // RV_TESTS_FAULT_H

// SPDX-License-Identifier: MIT
/**
   @file chronicle.h
   A run's memory on disk: the history file, fed by the engine's world. A world whose
   snapshot is in the file goes on from there.
*/
#ifndef RV_CLI_CHRONICLE_H
#define RV_CLI_CHRONICLE_H

#include "platform/signature.h"

#include <ruview/engine/engine.h>
#include <ruview/world/world.h>

#include <stdbool.h>

typedef struct rv_chronicle rv_chronicle;

/**
   Open. Prints the reason and returns NULL when it cannot.

   @param path    Of the history file.
   @param signer  Signs decisions about privacy; NULL: nobody.
*/
rv_chronicle *rv_chronicle_open(const char *path, rv_engine *engine,
                                const rv_signer *signer);

/// Takes what a cycle published. A write that fails is said once, and the run goes on.
void rv_chronicle_cycle(rv_chronicle *self, const rv_cycle_output *output);

/// The world as canonical JSON, freed by the caller; NULL when memory is short
char *rv_chronicle_snapshot(rv_chronicle *self, size_t *n);

/// A snapshot into the file with one of the next cycles: at once when the last one is a
/// second old, however often it is asked for. Costs nothing here.
void rv_chronicle_ask_snapshot(rv_chronicle *self);

/// Snapshots written so far
uint64_t rv_chronicle_snapshots(const rv_chronicle *self);

/// A last snapshot, and what is open is committed; false when something was lost
bool rv_chronicle_close(rv_chronicle *self);

#endif // RV_CLI_CHRONICLE_H

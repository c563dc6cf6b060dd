// SPDX-License-Identifier: MIT
/**
   @file wire.h
   Datagrams of every node family, told apart by their first bytes: what the engine
   calls for an input of kind DATAGRAM.
*/
#ifndef RV_CAPTURE_WIRE_H
#define RV_CAPTURE_WIRE_H

#include <ruview/capture/adr018.h>
#include <ruview/capture/input.h>

RV_BEGIN_DECLS

/// Decoder of all families; holds the samples of the frame decoded last
typedef struct {
    rv_adr018 adr018;
} rv_wire;

/// Begin; nothing was heard yet
RV_API void rv_wire_init(rv_wire *self);

/// Read a datagram: ADR-018 (rv_adr018_decode), Nexmon, ESPectre. For other families
/// than ADR-018 `as` is not set. Needs input->kind DATAGRAM.
RV_API RV_REALTIME void rv_wire_decode(rv_wire *self, const rv_input *input,
                                       rv_packet *out);

RV_END_DECLS

#endif // RV_CAPTURE_WIRE_H

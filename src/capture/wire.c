// SPDX-License-Identifier: MIT
#include <ruview/capture/wire.h>

#include "capture/espectre.h"
#include "capture/nexmon.h"

void
rv_wire_init(rv_wire *const self)
{
    rv_adr018_init(&self->adr018);
}

void
rv_wire_decode(rv_wire *const self, const rv_input *const input, rv_packet *const out)
{
    float *const re = self->adr018.re, *const im = self->adr018.im;
    const bool nexmon   = rv_nexmon_is(input->bytes, input->n);
    const bool espectre = rv_espectre_is(input->bytes, input->n);
    if (!nexmon && !espectre) {
        rv_adr018_decode(&self->adr018, input->bytes, input->n, input->t_us, out);
        return;
    }
    // One of these bytes alone is no proof: a refusal is that of the family they name
    out->kind   = RV_PACKET_CSI;
    out->magic  = rv_load_u16(input->bytes);
    out->node   = input->from.ip[15];
    out->family = nexmon ? RV_FAMILY_NEXMON : RV_FAMILY_ESPECTRE;
    out->reason = nexmon ? rv_nexmon_read(input, re, im, &out->frame)
                         : rv_espectre_read(input, re, im, &out->frame);
}

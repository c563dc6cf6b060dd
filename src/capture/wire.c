// SPDX-License-Identifier: MIT
#include <ruview/capture/wire.h>

void
rv_wire_init(rv_wire *const self)
{
    rv_adr018_init(&self->adr018);
}

void
rv_wire_decode(rv_wire *const self, const rv_input *const input, rv_packet *const out)
{
    rv_adr018_decode(&self->adr018, input->bytes, input->n, input->t_us, out);
}

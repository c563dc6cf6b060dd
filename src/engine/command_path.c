// SPDX-License-Identifier: MIT
// Commands of the input log: what changes how the engine goes on.
#include "engine/engine_state.h"

#include "base/try.h"

#include <ruview/engine/settings.h>

#include <string.h>

rv_status
rv_engine_decide_privacy(rv_engine *const self, const rv_attestation *const decision)
{
    rv_attestation entry = *decision;
    if (self->n_attested == RV_MAX_ATTESTED) {
        return RV_ERR_FULL;
    }
    RV_TRY(rv_attest(&self->attestation, &entry));
    RV_TRY(rv_privacy_set(&self->privacy, entry.mode, entry.consent));
    self->attested[self->n_attested++] = entry;
    self->config.mode                  = entry.mode;
    self->config.consent               = entry.consent == RV_CONSENT_FULL;
    if (entry.consent != RV_CONSENT_FULL) {
        self->config.vitals_opt_in = entry.consent == RV_CONSENT_VITALS;
    }
    if (entry.reason != RV_ATTEST_START) {
        rv_engine_add_event(self, RV_EVENT_MODE_CHANGED, entry.t_us,
                            (uint32_t)entry.mode, 1.0F, RV_REASON_NONE);
    }
    return RV_OK;
}

/// Who asked, as far as it is printable; what is not becomes a question mark
static void
name_actor(char actor[RV_ACTOR_BYTES], const uint8_t *const name, const uint32_t n)
{
    memset(actor, 0, RV_ACTOR_BYTES);
    for (uint32_t i = 0; i < n && i < RV_ACTOR_BYTES - 1; ++i) {
        actor[i] = name[i] > 0x20 && name[i] < 0x7F ? (char)name[i] : '?';
    }
}

static void
take_decision(rv_engine *const self, const rv_command *const command,
              const uint64_t t_us)
{
    const bool     is_mode  = command->kind == RV_COMMAND_MODE;
    rv_attestation decision = {.mode    = self->privacy.config.mode,
                               .consent = self->privacy.config.consent,
                               .reason =
                                   is_mode ? RV_ATTEST_OPERATOR : RV_ATTEST_CONSENT,
                               .t_us = t_us};
    if (is_mode ? command->value > RV_MODE_STRICT_NO_IDENTITY
                : command->value > 1 || command->subject > 1) {
        rv_engine_refuse(self, RV_REASON_BAD_VALUE, false);
        return;
    }
    if (is_mode) {
        decision.mode = (rv_privacy_mode)command->value;
    } else {
        decision.consent = command->value == 0     ? RV_CONSENT_NONE
                           : command->subject == 1 ? RV_CONSENT_VITALS
                                                   : RV_CONSENT_FULL;
    }
    name_actor(decision.actor, command->blob, command->n_blob);
    if (rv_engine_decide_privacy(self, &decision) != RV_OK) {
        rv_engine_refuse(self, RV_REASON_OVERLOAD, false);
    }
}

static void
take_settings(rv_engine *const self, const rv_command *const command,
              const uint64_t t_us)
{
    rv_engine_settings settings;
    if (rv_engine_settings_decode(command->blob, command->n_blob, &settings) != RV_OK ||
        settings.no_data_us < self->config.period_us) {
        rv_engine_refuse(self, RV_REASON_BAD_VALUE, false);
        return;
    }
    const rv_attestation decision = {.mode    = settings.mode,
                                     .consent = rv_engine_settings_consent(&settings),
                                     .reason  = RV_ATTEST_CONFIG,
                                     .t_us    = t_us,
                                     .actor   = "config"};
    const bool           is_new   = decision.mode != self->privacy.config.mode ||
                        decision.consent != self->privacy.config.consent;
    if (is_new && rv_engine_decide_privacy(self, &decision) != RV_OK) {
        rv_engine_refuse(self, RV_REASON_OVERLOAD, false);
        return;
    }
    rv_engine_settings_apply(&settings, &self->config);
    self->presence.config.no_data_us = settings.no_data_us;
    rv_engine_place_zones(self);
    // A graph without room for all zones only does not show them
    (void)!rv_engine_show_zones(self);
}

void
rv_engine_take_command(rv_engine *const self, const rv_input *const input)
{
    rv_command command;
    if (rv_command_decode(input->bytes, input->n, &command) != RV_OK) {
        rv_engine_refuse(self, RV_REASON_BAD_VALUE, false);
        return;
    }
    switch (command.kind) {
    case RV_COMMAND_MODE:
    case RV_COMMAND_CONSENT:
        take_decision(self, &command, input->t_us);
        break;
    case RV_COMMAND_CALIBRATE_START:
        rv_engine_calibrate_begin(self, input->t_us, command.value);
        break;
    case RV_COMMAND_CALIBRATE_STOP:
        rv_engine_calibrate_end(self, input->t_us);
        break;
    case RV_COMMAND_RELOAD:
        take_settings(self, &command, input->t_us);
        break;
    case RV_COMMAND_BASELINE:
        if (rv_engine_take_baseline(self, command.blob, command.n_blob) != RV_OK) {
            rv_engine_refuse(self, RV_REASON_BAD_VALUE, false);
        }
        break;
    case RV_COMMAND_FROM_FILE:
        self->from_file = true;
        break;
    case RV_COMMAND_SHED:
        self->counters.noted[RV_REASON_OVERLOAD] += command.value;
        break;
    case RV_COMMAND_SOCKET_LOSS:
        self->counters.noted[RV_REASON_LOSS] += command.value;
        break;
    }
}

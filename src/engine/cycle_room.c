// SPDX-License-Identifier: MIT
// Stages 7 and 8 of a cycle: where something moves or shadows, and who that is.
#include "engine/engine_state.h"

#include "base/exact.h"

#include <string.h>

// Links take part with both ends known; new links are told to the room once
static void
tell_links(rv_engine *const self)
{
    if (self->room_links == self->links.n_links) {
        return;
    }
    rv_room_link ends[RV_MAX_LINKS];
    for (int i = 0; i < self->links.n_links; ++i) {
        (void)rv_engine_link_ends(self, &self->links.link[i], &ends[i]);
    }
    (void)!rv_tomography_set_links(&self->tomography, ends, self->links.n_links);
    (void)!rv_localise_set_links(&self->localise, ends, self->links.n_links);
    memcpy(self->room_link, ends, self->links.n_links * sizeof *ends);
    self->room_links = self->links.n_links;
}

// Why there is no place: the transmitters first, since they hide behind the rest
static rv_reason
missing_geometry(const rv_engine *const self)
{
    for (int i = 0; i < self->links.n_links; ++i) {
        if (self->links.link[i].key.tx != RV_TX_UNKNOWN) {
            return RV_REASON_NO_GEOMETRY;
        }
    }
    return self->links.n_links > 0 ? RV_REASON_TX_UNKNOWN : RV_REASON_NO_DATA;
}

static void
no_room(rv_engine *const self, const rv_reason reason)
{
    memset(&self->found, 0, sizeof self->found);
    self->found.reason      = reason;
    self->record.map_reason = reason;
}

static void
fill_map(rv_engine *const self)
{
    rv_record *const                 record = &self->record;
    const rv_tomography_frame *const image  = &self->image;
    if (image->reason != RV_REASON_NONE || !image->motion) {
        record->map_reason =
            image->reason != RV_REASON_NONE ? image->reason : RV_REASON_WARMING_UP;
        return;
    }
    const rv_tomography_config *const cfg = &self->tomography.cfg;
    record->map_nx                        = (uint16_t)cfg->nx;
    record->map_ny                        = (uint16_t)cfg->ny;
    record->map_nz                        = (uint16_t)cfg->nz;
    rv_tomography_centre(&self->tomography, 0, record->map_origin_m);
    record->map_step_m[0] = cfg->size_m[0] / (float)cfg->nx;
    record->map_step_m[1] = cfg->size_m[1] / (float)cfg->ny;
    record->map_step_m[2] = cfg->size_m[2] / (float)cfg->nz;
    rv_engine_digest(self, RV_STAGE_ROOM, "motion", 0, image->motion,
                     (size_t)cfg->nx * cfg->ny * cfg->nz);
    record->map       = image->motion;
    record->map_sigma = image->motion_sigma;
}

static void
see_room(rv_engine *const self)
{
    if (!self->has_room) {
        const rv_reason why = missing_geometry(self);
        no_room(self, why == RV_REASON_NO_DATA ? RV_REASON_NO_GEOMETRY : why);
        return;
    }
    tell_links(self);
    rv_room_sample sample[RV_MAX_LINKS];
    bool           any = false;
    for (int i = 0; i < self->links.n_links; ++i) {
        const rv_link *const link = &self->links.link[i];
        sample[i]                 = rv_link_level_get(&link->level);
        // A link in doubt about its baseline still sees motion, so only refused frames
        // are left out
        sample[i].valid = sample[i].valid && link->weight > 0.0F &&
                          link->gated.decision != RV_GATE_REJECT;
        any = any || sample[i].valid;
    }
    if (!any) {
        no_room(self, RV_REASON_NO_DATA);
        return;
    }
    if (rv_tomography_push(&self->tomography, sample, self->links.n_links,
                           &self->image) != RV_OK ||
        rv_localise_push(&self->localise, sample, self->links.n_links, &self->image,
                         &self->found) != RV_OK) {
        no_room(self, RV_REASON_ERROR);
        return;
    }
    if (self->image.reason == RV_REASON_NO_GEOMETRY) {
        self->image.reason = missing_geometry(self);
    }
    if (self->found.reason == RV_REASON_NO_GEOMETRY) {
        self->found.reason = missing_geometry(self);
    }
    fill_map(self);
}

void
rv_cycle_room(rv_engine *const self, const uint64_t end_us)
{
    see_room(self);
    rv_gather_cells(self, end_us); // Before a change borrows the search
    rv_watch_room(self, end_us);
    rv_gather_anchors(self, end_us);
}

static void
fill_identity(const rv_identity *const answer, rv_record_person *const out)
{
    out->identity_reason = answer->reason;
    out->identity        = answer->reason == RV_REASON_NONE ? answer->id : 0;
    out->identity_cosine = answer->cosine;
    out->identity_margin = answer->margin;
}

static void
fill_person(const rv_track *const track, rv_record_person *const out)
{
    memset(out, 0, sizeof *out);
    out->id              = track->id;
    out->state           = (rv_track_state)track->state;
    out->confidence      = track->confidence;
    out->ambiguous       = track->ambiguous;
    out->zone            = track->zone;
    out->keypoint_reason = RV_REASON_NO_MODEL;
    memcpy(out->position_m, track->position_m, sizeof out->position_m);
    memcpy(out->velocity_mps, track->velocity_mps, sizeof out->velocity_mps);
    memcpy(out->covariance_m2, track->covariance_m2, sizeof out->covariance_m2);
}

static void
fill_zones(rv_engine *const self, const bool blind)
{
    rv_record *const record = &self->record;
    record->n_zones         = (uint16_t)self->zones.n_zones;
    record->zones_reason    = self->zones.n_zones == 0 ? RV_REASON_NO_GEOMETRY
                              : blind                  ? self->found.reason
                                                       : RV_REASON_NONE;
    for (uint32_t z = 0; z < self->zones.n_zones; ++z) {
        record->zone_occupied[z] = blind ? RV_UNKNOWN : RV_NO;
    }
    for (int i = 0; i < record->n_persons && !blind; ++i) {
        const int16_t zone = record->persons[i].zone;
        if (zone >= 0 && record->persons[i].state == RV_TRACK_ACTIVE) {
            record->zone_occupied[zone] = RV_YES;
        }
    }
}

void
rv_cycle_people(rv_engine *const self, const uint64_t end_us)
{
    rv_record *const record = &self->record;
    const bool       blind  = self->found.reason != RV_REASON_NONE;
    if (rv_tracker_push(&self->tracker, end_us, self->found.detection,
                        blind ? 0 : self->found.n_detections, blind,
                        &self->tracks) != RV_OK) {
        memset(&self->tracks, 0, sizeof self->tracks);
    }
    rv_cycle_identity(self, end_us);
    float    sure[RV_MAX_PERSONS];
    uint32_t n_sure = 0;
    for (uint32_t i = 0; i < self->tracks.n_tracks; ++i) {
        rv_track *const track = &self->tracks.track[i];
        if (track->state == RV_TRACKER_ACTIVE && n_sure < RV_MAX_PERSONS) {
            sure[n_sure++] = track->existence;
        }
        track->zone = rv_zones_locate(&self->zones, track->position_m[0],
                                      track->position_m[1], track->zone);
        self->tracker.slot[track->slot].zone = track->zone;
        rv_engine_digest(self, RV_STAGE_PEOPLE, "position_m", track->id,
                         track->position_m, 3);
        rv_engine_digest(self, RV_STAGE_PEOPLE, "covariance_m2", track->id,
                         track->covariance_m2, 3);
        rv_engine_digest(self, RV_STAGE_PEOPLE, "identity_cosine", track->id,
                         &self->identity[track->slot].answer.cosine, 1);
        fill_person(track, &self->record_person[record->n_persons]);
        fill_identity(&self->identity[track->slot].answer,
                      &self->record_person[record->n_persons++]);
        if (track->id > self->newest_person) {
            self->newest_person = track->id;
            rv_engine_add_event(self, RV_EVENT_PERSON_ENTERED, end_us, track->id,
                                track->confidence, RV_REASON_NONE);
        }
    }
    for (uint32_t i = 0; i < self->tracks.n_ended; ++i) {
        rv_engine_add_event(self, RV_EVENT_PERSON_LEFT, end_us,
                            self->tracks.ended_id[i], 1.0F, RV_REASON_NONE);
    }
    // As many as are tracked are there, whatever else says
    if (self->tracks.n_active > 0 &&
        !(rv_is_known(record->occupancy) &&
          record->occupancy.value >= (float)self->tracks.n_active)) {
        record->occupancy          = rv_head_count(sure, n_sure);
        record->occupancy_at_least = true;
    }
    record->persons_reason = blind                    ? self->found.reason
                             : record->n_persons == 0 ? RV_REASON_NOBODY
                                                      : RV_REASON_NONE;
    fill_zones(self, blind);
}

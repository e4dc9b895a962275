/* What the office decides and people answer, for the tests of the alerts; included after programme.h. */
#ifndef DUBAN_TESTS_OFFICE_H
#define DUBAN_TESTS_OFFICE_H

#include "common/domain/alert.h"
#include "tests/unit/domain/programme.h"

enum { QINGCHUAN = 5 };

static inline void windows_start(struct programme *p) {
    programme_start(p);
    p->plan.reporting.windows[0] = 510;
    p->plan.reporting.windows[1] = 990;
    p->plan.reporting.window_count = 2;
}

static inline struct cell_event *decided(struct programme *p, enum event_kind kind, const char *known,
                                         struct more more) {
    struct cell_event *event = event_add(p, kind, NULL, known);
    event->stream_county = false;
    event->stream_office = true;
    more.by = slice_of("值班员");
    size_t len = 0, index = p->count - 1;
    cr_assert_eq(more_encode(kind, &more, p->more[index], sizeof p->more[index], &len), PROTO_OK);
    event->more = (struct slice){(const char *)p->more[index], len};
    return event;
}
/* rule NULL = all; until NULL = until resolved */
static inline struct cell_event *mute(struct programme *p, const char *rule, const char *until, const char *known) {
    struct more more = {0};
    more.mute.rule = slice_of(rule);
    more.mute.until = on(until);
    return decided(p, EVENT_MUTE, known, more);
}
static inline struct cell_event *issue(struct programme *p, const char *level, const char *known) {
    struct more more = {0};
    more.issue.number = slice_of("");
    more.issue.level = slice_of(level);
    return decided(p, EVENT_ISSUE, known, more);
}
static inline struct cell_event *override_light(struct programme *p, const char *light, const char *until,
                                                const char *known) {
    struct more more = {0};
    more.override.light = slice_of(light);
    more.override.until = on(until);
    struct cell_event *event = decided(p, EVENT_OVERRIDE, known, more);
    event->reason = slice_of("现场核实");
    return event;
}
static inline struct cell_event *take_back(struct programme *p, const uint8_t uid[EVENT_UID_BYTES], const char *known) {
    struct more more = {0};
    memcpy(more.of_event.uid, uid, EVENT_UID_BYTES);
    return decided(p, EVENT_REVERSAL, known, more);
}

static inline struct alert_case case_at(struct programme *p, const char *now) {
    return (struct alert_case){
        .plan = &p->plan, .cell = &p->cells[QINGCHUAN], .events = p->events, .count = p->count, .now = at(now)};
}

#endif

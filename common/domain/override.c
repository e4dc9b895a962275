#include "common/domain/override.h"

#include "common/domain/alert_words.h"
#include "common/domain/decision.h"
#include "proto/more.h"

struct said {
    enum light light;
    struct day from, until; /* `until`: the last day; of one taken back, the day before that */
    bool taken_back;
    struct slice by, reason;
};

static bool read(const struct cell_event *events, size_t count, size_t at, struct instant known, struct said *out) {
    const struct cell_event *event = &events[at];
    struct more more;
    if (event->kind != EVENT_OVERRIDE || event->known_at.ms > known.ms ||
        more_decode(EVENT_OVERRIDE, event->more, &more) != PROTO_OK || !day_is(more.override.until))
        return false;
    *out = (struct said){.light = alert_light(more.override.light),
                         .from = instant_day(event->known_at),
                         .until = more.override.until,
                         .by = more.by,
                         .reason = event->reason};
    if (out->light == LIGHT_NONE && !slice_is(more.override.light, light_word(LIGHT_NONE))) return false;
    size_t reversal = decision_reversal(events, count, event->uid, known);
    out->taken_back = reversal != NO_INDEX;
    if (!out->taken_back) return true;
    struct day back = {instant_day(events[reversal].known_at).n - 1};
    if (back.n < out->until.n) out->until = back;
    return true;
}

static void show(struct assessment *out, const struct said *said) {
    if (out->proposed == out->light) out->proposed = said->light;
    if (said->light != out->light) out->light_since = said->from;
    out->light = said->light;
    out->overridden = true;
    out->override_by = said->by;
    out->override_reason = said->reason;
    out->override_until = said->until;
}

/* The end of the newest word is a change of what is shown, too. */
static void show_computed_again(struct assessment *out, const struct said *said) {
    struct day end = {said->until.n + 1};
    if (said->light != out->light && day_is(out->light_since) && end.n > out->light_since.n) out->light_since = end;
}

/* The newest word that was not taken back, begun by that day; *ended: the one whose end is the newest change. */
static bool find(const struct cell_event *events, size_t count, struct instant known, struct day today,
                 struct said *out, struct said *ended) {
    *ended = (struct said){.until = DAY_NONE};
    for (size_t i = count; i-- > 0;) {
        if (!read(events, count, i, known, out) || out->from.n > today.n) continue;
        bool stands = !out->taken_back && out->until.n >= today.n;
        if (stands) return true;
        if (out->until.n < today.n && (!day_is(ended->until) || out->until.n > ended->until.n)) *ended = *out;
        if (!out->taken_back) return false;
    }
    return false;
}

void override_apply(const struct assess_context *context, const struct cell_event *events, size_t count,
                    struct assessment *out) {
    struct instant known = {context->known_at.ms - 1};
    struct day today = instant_day(context->known_at);
    if (context->as_of.n < today.n) today = context->as_of;
    out->computed_light = out->light;
    out->override_until = DAY_NONE;
    struct said said, ended;
    if (!find(events, count, known, today, &said, &ended)) {
        if (day_is(ended.until)) show_computed_again(out, &ended);
        return;
    }
    show(out, &said);
    int64_t end = day_end(said.until).ms;
    if (end >= context->known_at.ms && end < out->next_check.ms) out->next_check.ms = end;
}

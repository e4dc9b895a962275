#include "services/board/facts.h"

static enum error_code load_view(struct pg *pg, const struct facts_ask *ask, struct facts *out, struct error *err) {
    struct programme programme = {0};
    struct moment moment = {.known_at = ask->now, .as_of = instant_day(ask->now)};
    enum error_code code = programme_find(pg, ask->programme, &programme, err);
    if (code) return code;
    if (ask->moment) return view_load(pg, &programme, ask->moment, &out->view, err);
    if (ask->present) return present_look(ask->present, pg, &programme, ask->now, &out->view, err);
    return view_load(pg, &programme, &moment, &out->view, err);
}

enum error_code facts_load(struct pg *pg, const struct facts_ask *ask, struct facts *out, struct error *err) {
    *out = (struct facts){.past = ask->moment != NULL, .sample = ask->sample, .change = ask->change};
    enum error_code code = load_view(pg, ask, out, err);
    if (!code) code = morning_make(&out->view, pg, ask->now, &out->morning, err);
    if (!code)
        code = query_board_standing(pg, out->view.programme.id, out->view.moment.known_at, &out->standing, err);
    return code;
}

void facts_finish(struct facts *facts) {
    board_standing_finish(&facts->standing);
    morning_finish(&facts->morning);
    view_finish(&facts->view);
    *facts = (struct facts){0};
}

struct moment facts_moment(struct day as_of, struct instant known_at, struct instant now) {
    struct moment moment = {.known_at = now, .past = instant_is(known_at) && known_at.ms <= now.ms};
    if (moment.past) moment.known_at = known_at;
    moment.as_of = instant_day(moment.known_at);
    if (day_is(as_of) && as_of.n < moment.as_of.n) moment.as_of = as_of;
    return moment;
}

/* The moment that is asked for: the same as `duban status --as-of … --known-at …`. */
#include <criterion/criterion.h>
#include <string.h>

#include "services/board/facts.h"

static struct instant at(const char *text) {
    struct instant instant;
    cr_assert(instant_parse(text, strlen(text), &instant), "%s", text);
    return instant;
}

static struct day on(const char *text) {
    struct day day;
    cr_assert(day_parse(text, strlen(text), &day), "%s", text);
    return day;
}

Test(facts, a_moment_is_what_it_is_about_and_what_was_known) {
    const struct instant now = at("2021-10-08T09:00:00+08:00"), then = at("2021-09-24T08:30:00+08:00");
    struct moment moment = facts_moment(DAY_NONE, INSTANT_NONE, now);
    cr_expect(moment.known_at.ms == now.ms && moment.as_of.n == on("2021-10-08").n && !moment.past);
    moment = facts_moment(on("2021-08-31"), INSTANT_NONE, now);
    cr_expect(moment.known_at.ms == now.ms && moment.as_of.n == on("2021-08-31").n && !moment.past, "as known now");
    moment = facts_moment(DAY_NONE, then, now);
    cr_expect(moment.known_at.ms == then.ms && moment.as_of.n == on("2021-09-24").n && moment.past);
    moment = facts_moment(on("2021-08-31"), then, now);
    cr_expect(moment.known_at.ms == then.ms && moment.as_of.n == on("2021-08-31").n && moment.past);
}

Test(facts, nothing_is_known_of_what_is_to_come) {
    const struct instant now = at("2021-10-08T09:00:00+08:00");
    struct moment moment = facts_moment(on("2021-12-31"), at("2021-12-31T00:00:00+08:00"), now);
    cr_expect(moment.known_at.ms == now.ms && moment.as_of.n == on("2021-10-08").n && !moment.past);
}

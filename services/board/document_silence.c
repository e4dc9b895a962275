#include "services/board/document_silence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/words.h"

static void period_with_year(const struct facts *facts, struct period of, char out[32]) {
    char period[32];
    int year, month, mday;
    out[0] = '\0';
    if (!day_is(of.first)) return;
    day_split(of.first, &year, &month, &mday);
    period_words(&facts->view.plan->reporting, of, period);
    snprintf(out, 32, "%d年%.20s", year, period);
}

void closed_period_words(const struct facts *facts, char out[32]) {
    period_with_year(facts, facts->morning.period, out);
}

void near_day_words(const struct facts *facts, struct day day, char out[40]) {
    char words[32];
    int year, here, month, mday;
    out[0] = '\0';
    if (!day_is(day)) return;
    day_split(day, &year, &month, &mday);
    day_split(facts->view.moment.as_of, &here, &month, &mday);
    day_words(day, words);
    if (year == here)
        snprintf(out, 40, "%s", words);
    else
        snprintf(out, 40, "%d年%s", year, words);
}

/* --- finding it --- */

static struct day last_heard(const struct facts *facts, const struct feed *feed) {
    if (!facts->view.moment.past && instant_is(feed->stream->status_at)) return instant_day(feed->stream->status_at);
    if (feed->position) return instant_day(feed->position->known_at);
    return feed->last ? instant_day(feed->last->known_at) : DAY_NONE;
}

/* Of several periods that did not come the first: since then it is silent. An alert stands for each. */
static void take_alert(const struct alert_row *alert, struct day *first) {
    if (strcmp(alert->rule, "missing") == 0 && day_is(alert->period) && (!day_is(*first) || alert->period.n < first->n))
        *first = alert->period;
}

static struct day first_missing(const struct facts *facts, const struct stream *stream) {
    struct day first = DAY_NONE;
    for (size_t i = 0; i < facts->view.alerts.count; i++)
        if (strcmp(facts->view.alerts.items[i].stream, stream->name) == 0)
            take_alert(&facts->view.alerts.items[i], &first);
    return first;
}

/* The same of each of the view's streams (heap), in one walk; NULL without memory. */
static struct day *all_first_missing(const struct facts *facts) {
    const struct streams *streams = &facts->view.streams;
    struct day *first = calloc(streams->count + 1, sizeof *first);
    for (size_t i = 0; first && i < streams->count; i++)
        first[i] = DAY_NONE;
    for (size_t i = 0; first && i < facts->view.alerts.count; i++) {
        const struct stream *stream = streams_find(streams, slice_of(facts->view.alerts.items[i].stream));
        if (stream) take_alert(&facts->view.alerts.items[i], &first[stream - streams->items]);
    }
    return first;
}

static struct day since_when(const struct facts *facts, const struct feed *feed, const struct area_silence *silence) {
    struct day closing = silence->period.closing;
    enum feed_state state = silence->state;
    switch (state) {
    case FEED_OFFLINE:
        return last_heard(facts, feed);
    case FEED_REJECTED:
        return feed->last ? instant_day(feed->last->known_at) : DAY_NONE;
    case FEED_MISSING:
        return day_is(closing) ? (struct day){closing.n + 1} : DAY_NONE;
    case FEED_NEVER:
    case FEED_OK:
        break;
    }
    return DAY_NONE;
}

static int32_t days_since(const struct facts *facts, enum feed_state state, struct day since) {
    int32_t days = facts->view.moment.as_of.n - since.n;
    return state == FEED_MISSING ? days + 1 : days; /* the day after the closing day is the first day late */
}

static struct area_silence silence(const struct facts *facts, const struct feed *feed, enum feed_state state,
                                   size_t missing, struct day first) {
    struct area_silence out = {.is = true,
                               .state = state,
                               .feed = feed,
                               .missing = missing,
                               .period = facts->morning.period,
                               .since = DAY_NONE};
    const struct plan *plan = facts->view.plan;
    if (state == FEED_MISSING && day_is(first) && first.n < out.period.first.n)
        out.period = period_of(plan->calendar, &plan->reporting, first);
    if (feed) out.since = since_when(facts, feed, &out);
    if (day_is(out.since)) out.days = days_since(facts, state, out.since);
    return out;
}

struct area_silence silence_of_feed(const struct facts *facts, const struct feed *feed) {
    if (feed->state == FEED_OK) return (struct area_silence){.since = DAY_NONE};
    return silence(facts, feed, feed->state, feed->missing, first_missing(facts, feed->stream));
}

/* A county with two agents is silent for the worse of them. */
static void take_feed(const struct facts *facts, const struct feed *feed, const struct day *first,
                      struct area_silence *areas) {
    const struct streams *streams = &facts->view.streams;
    const struct stream *stream = streams_find(streams, slice_of(feed->stream->name));
    if (feed->stream->role != STREAM_COUNTY || feed->state == FEED_OK) return;
    for (size_t i = 0; feed->stream->areas && i < feed->stream->area_count; i++) {
        size_t area = plan_find_area(facts->view.plan, slice_of(feed->stream->areas[i]));
        if (area != NO_INDEX && (!areas[area].is || areas[area].state < feed->state))
            areas[area] = silence(facts, feed, feed->state, feed->missing,
                                  stream ? first[stream - streams->items] : DAY_NONE);
    }
}

struct area_silence *silences_find(const struct facts *facts) {
    size_t count = facts->view.plan->area_count;
    struct area_silence *areas = calloc(count + 1, sizeof *areas);
    AUTO_FREE size_t *bare = morning_without_agent(&facts->morning);
    AUTO_FREE struct day *first = all_first_missing(facts);
    if (!areas || !bare || !first) {
        free(areas);
        return NULL;
    }
    for (size_t i = 0; i < facts->morning.feeds.count; i++)
        take_feed(facts, &facts->morning.feeds.items[i], first, areas);
    for (size_t i = 0; i < count; i++)
        if (!areas[i].is && bare[i] && !facts->view.plan->areas[i].city)
            areas[i] = silence(facts, NULL, FEED_NEVER, bare[i], DAY_NONE);
    return areas;
}

/* --- saying it --- */

void silence_words(const struct facts *facts, const char *who, const struct area_silence *silence,
                   struct buffer *out) {
    char period[32] = "", day[40];
    bool several = silence->period.first.n < facts->morning.period.first.n;
    if (day_is(silence->period.first)) period_words(&facts->view.plan->reporting, silence->period, period);
    switch (silence->state) {
    case FEED_MISSING:
        near_day_words(facts, silence->period.closing, day);
        buffer_printf(out, "%s%s%s数据未到（应%s）", who, period, several ? "起" : "", day);
        break;
    case FEED_OFFLINE:
        near_day_words(facts, silence->since, day);
        buffer_printf(out, "%s采集端断线%s%s%s", who, *day ? "（" : "", day, *day ? "起）" : "");
        break;
    case FEED_REJECTED:
        near_day_words(facts, silence->since, day);
        buffer_printf(out, "%s报表被退回%s%s%s", who, *day ? "（" : "", day, *day ? "）" : "");
        break;
    case FEED_NEVER:
        buffer_printf(out, "%s还没有接入", who);
        break;
    case FEED_OK:
        break;
    }
}

json_t *silence_json(const struct facts *facts, size_t area, const struct area_silence *silence) {
    const struct plan *plan = facts->view.plan;
    if (!silence->is) return json_null();
    CLEAN(buffer_finish) struct buffer words = {0};
    char period[40];
    const struct stream *stream = silence->feed ? silence->feed->stream : NULL;
    const char *unit = stream ? stream->unit : area != NO_INDEX ? plan->areas[area].name : "";
    bool owes = silence->missing > 0 && day_is(silence->period.first);
    period_with_year(facts, silence->period, period);
    if (silence->period.first.n < facts->morning.period.first.n) strcat(period, "起");
    silence_words(facts, area != NO_INDEX ? area_short(&plan->areas[area]) : unit, silence, &words);
    return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:s}", "area",
                     json_of_text(area != NO_INDEX ? plan->areas[area].code : NULL), "stream",
                     json_of_text(stream ? stream->name : NULL), "unit", unit, "state", feed_state_word(silence->state),
                     "since", json_of_day(silence->since), "days",
                     day_is(silence->since) ? json_integer(silence->days) : json_null(), "period",
                     json_of_text(owes ? period : NULL), "due",
                     json_of_day(owes ? silence->period.closing : DAY_NONE), "missing",
                     (json_int_t)silence->missing, "words", buffer_text(&words));
}

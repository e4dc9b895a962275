#include "services/board/document_silence.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/words.h"

void closed_period_words(const struct facts *facts, char out[32]) {
    char period[32];
    int year, month, mday;
    out[0] = '\0';
    if (!day_is(facts->morning.period.first)) return;
    day_split(facts->morning.period.first, &year, &month, &mday);
    period_words(&facts->view.plan->reporting, facts->morning.period, period);
    snprintf(out, 32, "%d年%.20s", year, period);
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

/* The newest day that figures of these areas are about; DAY_NONE. */
static struct day newest_figure(const struct facts *facts, const struct stream *stream) {
    const struct plan *plan = facts->view.plan;
    struct day newest = DAY_NONE;
    for (size_t i = 0; stream->areas && i < stream->area_count; i++) {
        size_t area = plan_find_area(plan, slice_of(stream->areas[i]));
        for (size_t target = 0; area != NO_INDEX && target < plan->target_count; target++) {
            size_t cell = plan_find_cell(plan, target, area);
            if (cell == NO_INDEX || plan->targets[target].reporter != REPORTER_COUNTY) continue;
            const struct assessment *now = &facts->view.cells[cell];
            if (now->has_value && now->figure_as_of.n > newest.n) newest = now->figure_as_of;
        }
    }
    return newest;
}

/* The closing day of the first period that did not come is the last day that was not late: the one after its newest
 * figures, where that is before the newest one owed. */
static struct day missing_since(const struct facts *facts, const struct stream *stream) {
    const struct plan *plan = facts->view.plan;
    struct period period = facts->morning.period;
    struct day newest = newest_figure(facts, stream);
    struct period after =
        period_after(plan->calendar, &plan->reporting, period_of(plan->calendar, &plan->reporting, newest));
    if (day_is(newest) && after.first.n < period.first.n) period = after;
    return day_is(period.closing) ? (struct day){period.closing.n + 1} : DAY_NONE;
}

static struct day since_when(const struct facts *facts, const struct feed *feed, enum feed_state state) {
    switch (state) {
    case FEED_OFFLINE:
        return last_heard(facts, feed);
    case FEED_REJECTED:
        return feed->last ? instant_day(feed->last->known_at) : DAY_NONE;
    case FEED_MISSING:
        return missing_since(facts, feed->stream);
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
                                   size_t missing) {
    struct area_silence out = {
        .is = true, .state = state, .feed = feed, .missing = missing, .since = DAY_NONE};
    if (feed) out.since = since_when(facts, feed, state);
    if (day_is(out.since)) out.days = days_since(facts, state, out.since);
    return out;
}

struct area_silence silence_of_feed(const struct facts *facts, const struct feed *feed) {
    if (feed->state == FEED_OK) return (struct area_silence){.since = DAY_NONE};
    return silence(facts, feed, feed->state, feed->missing);
}

/* A county with two agents is silent for the worse of them. */
static void take_feed(const struct facts *facts, const struct feed *feed, struct area_silence *areas) {
    if (feed->stream->role != STREAM_COUNTY || feed->state == FEED_OK) return;
    for (size_t i = 0; feed->stream->areas && i < feed->stream->area_count; i++) {
        size_t area = plan_find_area(facts->view.plan, slice_of(feed->stream->areas[i]));
        if (area != NO_INDEX && (!areas[area].is || areas[area].state < feed->state))
            areas[area] = silence_of_feed(facts, feed);
    }
}

struct area_silence *silences_find(const struct facts *facts) {
    size_t count = facts->view.plan->area_count;
    struct area_silence *areas = calloc(count + 1, sizeof *areas);
    AUTO_FREE size_t *bare = morning_without_agent(&facts->morning);
    if (!areas || !bare) {
        free(areas);
        return NULL;
    }
    for (size_t i = 0; i < facts->morning.feeds.count; i++)
        take_feed(facts, &facts->morning.feeds.items[i], areas);
    for (size_t i = 0; i < count; i++)
        if (!areas[i].is && bare[i] && !facts->view.plan->areas[i].city)
            areas[i] = silence(facts, NULL, FEED_NEVER, bare[i]);
    return areas;
}

/* --- saying it --- */

void silence_words(const struct facts *facts, const char *who, const struct area_silence *silence,
                   struct buffer *out) {
    char period[32] = "", day[40];
    if (day_is(facts->morning.period.first))
        period_words(&facts->view.plan->reporting, facts->morning.period, period);
    switch (silence->state) {
    case FEED_MISSING:
        near_day_words(facts, facts->morning.period.closing, day);
        buffer_printf(out, "%s%s数据未到（应%s）", who, period, day);
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
    char period[32];
    const struct stream *stream = silence->feed ? silence->feed->stream : NULL;
    const char *unit = stream ? stream->unit : area != NO_INDEX ? plan->areas[area].name : "";
    bool owes = silence->missing > 0 && day_is(facts->morning.period.first);
    closed_period_words(facts, period);
    silence_words(facts, area != NO_INDEX ? area_short(&plan->areas[area]) : unit, silence, &words);
    return json_pack("{s:o, s:o, s:s, s:s, s:o, s:o, s:o, s:o, s:I, s:s}", "area",
                     json_of_text(area != NO_INDEX ? plan->areas[area].code : NULL), "stream",
                     json_of_text(stream ? stream->name : NULL), "unit", unit, "state", feed_state_word(silence->state),
                     "since", json_of_day(silence->since), "days",
                     day_is(silence->since) ? json_integer(silence->days) : json_null(), "period",
                     json_of_text(owes ? period : NULL), "due",
                     json_of_day(owes ? facts->morning.period.closing : DAY_NONE), "missing",
                     (json_int_t)silence->missing, "words", buffer_text(&words));
}

#include "common/report/sent.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/words.h"

enum { ANSWERS_SHOWN = 4 };

static bool add(struct answer_list *list, const struct answer_row *answer) {
    const struct answer_row **items = realloc(list->items, (list->count + 1) * sizeof *items);
    if (!items) return false;
    list->items = items;
    items[list->count++] = answer;
    return true;
}

/* A reply to a message with many items is one reply. */
static bool is_another_reply(const struct answer_list *list, const struct answer_row *answer) {
    return !list->count || list->items[list->count - 1]->reply != answer->reply;
}

static bool sort_answer(const struct view *view, const struct answer_row *answer, struct sent *out) {
    struct day tomorrow = {view->moment.as_of.n + 1}, next = calendar_next_working(view->plan->calendar, tomorrow);
    if (!day_is(next)) next = tomorrow;
    bool recent = answer->known_at.ms >= day_start(out->since).ms;
    if (*answer->refused) {
        out->unmatched += recent;
        return true;
    }
    if (recent && is_another_reply(&out->replies, answer) && !add(&out->replies, answer)) return false;
    if (strcmp(answer->outcome, "standing") == 0 && answer->by_day.n < next.n) return add(&out->ending, answer);
    if (strcmp(answer->outcome, "broken") == 0 && answer->ended_at.ms >= day_start(out->since).ms)
        return add(&out->broken, answer);
    return true;
}

bool sent_find(const struct view *view, struct sent *out) {
    bool ok = true;
    for (size_t i = 0; ok && i < out->answers.count; i++)
        ok = sort_answer(view, &out->answers.items[i], out);
    return ok;
}

enum error_code sent_read(struct pg *pg, const struct view *view, struct day since, struct sent *out,
                          struct error *err) {
    *out = (struct sent){.since = since};
    struct instant known_at = view->moment.known_at;
    enum error_code code = query_sent(pg, view->programme.id, day_start(since), known_at, &out->counts, err);
    if (!code) code = query_answers(pg, view->programme.id, known_at, &out->answers, err);
    if (!code && !sent_find(view, out)) code = error_set(err, ERROR_MEMORY, "out of memory");
    return code;
}

void sent_finish(struct sent *sent) {
    free(sent->replies.items);
    free(sent->ending.items);
    free(sent->broken.items);
    answer_rows_finish(&sent->answers);
    *sent = (struct sent){0};
}

void answer_subject(const struct view *view, const struct answer_row *answer, struct buffer *out) {
    size_t target = plan_find_target(view->plan, slice_of(answer->target));
    size_t area = plan_find_area(view->plan, slice_of(answer->area));
    size_t cell = target != NO_INDEX && area != NO_INDEX ? plan_find_cell(view->plan, target, area) : NO_INDEX;
    const struct stream *stream = streams_find(&view->streams, slice_of(answer->stream));
    if (cell != NO_INDEX)
        cell_name_words(view, cell, out);
    else
        buffer_add_text(out, stream ? stream->unit : answer->number);
}

static void answer_words(const struct view *view, const struct answer_row *answer, bool words, struct buffer *out) {
    char by[32];
    day_words(answer->by_day, by);
    answer_subject(view, answer, out);
    if (words && *answer->words) buffer_printf(out, "“%s”", answer->words);
    buffer_printf(out, "（%s%s%s%s）", answer->who, *by ? "，" : "", by, *by ? "前" : "");
}

static void print_answers(const struct view *view, const struct answer_list *list, const char *title, bool words,
                          const char *command, struct buffer *out) {
    if (!list->count) return;
    buffer_printf(out, "  %s %zu  ", title, list->count);
    for (size_t i = 0; i < list->count && i < ANSWERS_SHOWN; i++) {
        buffer_add_text(out, i ? "｜" : "");
        answer_words(view, list->items[i], words, out);
    }
    buffer_printf(out, "%s%s\n", list->count > ANSWERS_SHOWN ? "｜…" : "", command);
}

static void print_counts(const struct sent_counts *counts, struct buffer *out) {
    if (!counts->messages) return;
    buffer_printf(out, "（送达 %lld", (long long)counts->delivered);
    if (counts->failed) buffer_printf(out, "，未送达 %lld", (long long)counts->failed);
    if (counts->trial) buffer_printf(out, "，试运行留存 %lld", (long long)counts->trial);
    buffer_add_text(out, "）");
}

void sent_print(const struct view *view, const struct sent *sent, struct buffer *out) {
    char at[INSTANT_TEXT_MAX], day[32];
    day_words(sent->since, day);
    instant_print(sent->counts.next, at);
    buffer_printf(out, "七 %s以来发出 %lld 条", day, (long long)sent->counts.messages);
    print_counts(&sent->counts, out);
    buffer_printf(out, "；待发 %lld 项", (long long)sent->counts.waiting);
    if (*at) buffer_printf(out, "（%.10s %.5s）", at, at + 11);
    buffer_printf(out, "；暂存 %lld 项   duban outbox\n", (long long)sent->counts.held);
    print_answers(view, &sent->replies, "回复", true, "   duban alerts --promises", out);
    print_answers(view, &sent->ending, "承诺到期", false, "", out);
    print_answers(view, &sent->broken, "承诺落空", false, "", out);
    if (sent->unmatched) buffer_printf(out, "  没有对上的回复 %zu   duban alerts --promises\n", sent->unmatched);
}

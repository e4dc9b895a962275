#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "proto/more.h"
#include "services/alerter/window.h"

/* --- what the notices are about, as it stands now --- */

static enum error_code read_cells(struct pg *pg, const struct docket *docket, const struct waiting_notices *notices,
                                  struct instant now, struct assess_scratch *scratch, struct window_view *out,
                                  struct error *err) {
    size_t all = docket->plan->cell_count;
    AUTO_FREE bool *wanted = calloc(all + 1, 1);
    AUTO_FREE size_t *cells = calloc(all + 1, sizeof *cells);
    if (!wanted || !cells) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < notices->count; i++) {
        size_t index = notices->items[i].cell ? docket_cell(docket, notices->items[i].cell) : NO_INDEX;
        if (index != NO_INDEX) wanted[index] = true;
    }
    subjects_close(docket, wanted);
    size_t count = 0;
    for (size_t i = 0; i < all; i++)
        if (wanted[i]) cells[count++] = i;
    return subjects_load(pg, docket, cells, count, now, scratch, &out->subjects, err);
}

static int by_number(const void *a, const void *b) {
    int32_t first = *(const int32_t *)a, second = *(const int32_t *)b;
    return (first > second) - (first < second);
}

static enum error_code read_streams(struct pg *pg, const struct docket *docket, const struct waiting_notices *notices,
                                    struct instant now, struct assess_scratch *scratch, struct window_view *out,
                                    struct error *err) {
    size_t count = 0;
    out->streams = calloc(notices->count + 1, sizeof *out->streams);
    if (!out->streams) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < notices->count; i++)
        if (notices->items[i].stream) out->streams[count++] = notices->items[i].stream;
    qsort(out->streams, count, sizeof *out->streams, by_number);
    for (size_t i = 0; i < count; i++)
        if (out->stream_count == 0 || out->streams[out->stream_count - 1] != out->streams[i])
            out->streams[out->stream_count++] = out->streams[i];
    return work_silence_read(pg, docket, out->streams, out->stream_count, now, scratch, &out->silence, err);
}

/* Alerts on their first rung that were never answered have no past to tell; those are the many. */
static enum error_code read_past(struct pg *pg, const struct waiting_notices *notices, struct window_view *out,
                                 struct error *err) {
    AUTO_FREE int64_t *alerts = calloc(notices->count + 1, sizeof *alerts);
    AUTO_FREE int64_t *messages = calloc(notices->count + 1, sizeof *messages);
    if (!alerts || !messages) return error_set(err, ERROR_MEMORY, "out of memory");
    size_t alert_count = 0, message_count = 0;
    for (size_t i = 0; i < notices->count; i++) {
        const struct waiting_notice *n = &notices->items[i];
        if (n->message) messages[message_count++] = n->message;
        if (i > 0 && notices->items[i - 1].alert == n->alert) continue;
        if (*n->past || n->rung > RUNG_REMINDED || n->rung_said) alerts[alert_count++] = n->alert;
    }
    enum error_code code = outbox_past(pg, alerts, alert_count, &out->pasts, err);
    return code ? code : outbox_failures(pg, out->docket->programme, messages, message_count, &out->failures, err);
}

enum error_code window_view_read(struct pg *pg, const struct docket *docket, const struct waiting_notices *notices,
                                 struct instant now, struct assess_scratch *scratch, struct window_view *out,
                                 struct error *err) {
    *out = (struct window_view){.docket = docket, .now = now};
    enum error_code code = read_cells(pg, docket, notices, now, scratch, out, err);
    if (!code) code = read_streams(pg, docket, notices, now, scratch, out, err);
    return code ? code : read_past(pg, notices, out, err);
}

void window_view_finish(struct window_view *view) {
    subjects_finish(&view->subjects);
    work_silence_finish(&view->silence);
    alert_pasts_finish(&view->pasts);
    message_failures_finish(&view->failures);
    outbox_told_finish(&view->told);
    free(view->streams);
}

const struct subject *window_subject(const struct window_view *view, int32_t cell) {
    size_t index = cell ? docket_cell(view->docket, cell) : NO_INDEX;
    return index == NO_INDEX ? NULL : subjects_find(&view->subjects, index);
}
const struct stream_facts *window_stream(const struct window_view *view, int32_t stream) {
    const int32_t *found =
        stream ? bsearch(&stream, view->streams, view->stream_count, sizeof *view->streams, by_number) : NULL;
    return found ? &view->silence.facts[found - view->streams] : NULL;
}
/* --- still true? --- */

static bool called_for(const struct alert_wants *wants, const struct waiting_notice *notice) {
    for (size_t i = 0; i < wants->count; i++) {
        const struct alert_want *want = &wants->items[i];
        if (want->rule == notice->rule && want->period.n == notice->period.n && want->file == notice->file)
            return !want->stands_only && !want->inhibit;
    }
    return false;
}

/* What a person decided, and that something is over, is said in any case. */
static bool is_decided(const struct waiting_notice *notice) {
    return strcmp(notice->step, "recovered") == 0 || strcmp(notice->step, "issued") == 0 ||
           strcmp(notice->step, "withdrawn") == 0;
}

/* Decided so shortly before the window that the alert's own state does not know of it yet. */
static bool is_muted(const struct window_view *view, const struct subject *subject, const struct stream_facts *stream,
                     const struct waiting_notice *notice) {
    const struct docket *docket = view->docket;
    struct alert_case judged = {.plan = docket->plan, .rules = &docket->rules, .now = view->now};
    if (subject) {
        judged.cell = &docket->plan->cells[subject->index];
        judged.events = subject->events;
        judged.count = subject->event_count;
    } else {
        judged.stream = stream->name;
        judged.events = stream->decisions;
        judged.count = stream->decision_count;
    }
    return alert_mute(&judged, notice->rule, notice->opened_at) != NO_INDEX;
}

const char *window_over(const struct window_view *view, const struct waiting_notice *notice) {
    const struct docket *docket = view->docket;
    const struct subject *subject = window_subject(view, notice->cell);
    const struct stream_facts *stream = window_stream(view, notice->stream);
    bool house = !notice->cell && !notice->stream;
    if (!subject && !stream && !house) return "retired";
    if (is_decided(notice)) return NULL;
    if (notice->state == ALERT_RESOLVED || notice->state == ALERT_SUPPRESSED) return "before";
    if (house) return NULL;
    if (is_muted(view, subject, stream, notice)) return "muted";
    struct alert_wants wants;
    if (subject)
        alert_wants_cell(docket->plan, &docket->rules, &docket->plan->cells[subject->index], subject->events,
                         subject->event_count, &subject->assessment, view->now, &wants);
    else
        alert_wants_stream(docket->plan, &docket->rules, stream, view->now, &wants);
    return called_for(&wants, notice) ? NULL : "before";
}

/* --- the item --- */

/* The reporter's words of the newest report: not of an older one, whose words may no longer hold. */
static void fill_words(const struct subject *subject, struct digest_item *out) {
    const struct assessment *a = &subject->assessment;
    for (size_t i = subject->event_count; i-- > 0;) {
        const struct cell_event *event = &subject->events[i];
        bool report = event->kind == EVENT_FIGURE || event->kind == EVENT_CORRECTION ||
                      event->kind == EVENT_NO_CHANGE || event->kind == EVENT_WORDS;
        if (!report || !event->note.ptr || event->note.len == 0) continue;
        if (a->has_value && day_is(event->as_of) && event->as_of.n < a->figure_as_of.n) continue;
        out->words = event->note;
        out->words_unit = event->reporter;
        return;
    }
}

/* "31.0" was written with one decimal, though the decimal itself has none. */
static unsigned decimals_written(const struct cell_event *event) {
    const char *raw = event->source_raw.ptr;
    size_t len = raw ? event->source_raw.len : 0, at = 0;
    while (at < len && raw[at] != '.') at++;
    unsigned count = 0;
    for (at++; at < len && raw[at] >= '0' && raw[at] <= '9'; at++) count++;
    unsigned own = event->figure.form == FIGURE_VALUE ? event->figure.value.scale : 0;
    return count > own && count <= 4 ? count : own;
}

static void fill_due_document(const struct subject *subject, struct digest_item *out) {
    for (size_t i = subject->event_count; i-- > 0 && subject->assessment.extended;) {
        struct more more;
        if (subject->events[i].kind != EVENT_EXTENSION || more_decode(EVENT_EXTENSION, subject->events[i].more, &more) ||
            more.extension.due.n != subject->assessment.due.n)
            continue;
        out->due_document = more.extension.document;
        return;
    }
}

/* A red stands from the day it was released. */
static void fill_red_since(const struct subject *subject, struct digest_item *out) {
    if (strncmp(out->cause, "red_", 4) != 0) return;
    for (size_t i = subject->event_count; i-- > 0;) {
        if (subject->events[i].kind != EVENT_RELEASE) continue;
        struct day day = instant_day(subject->events[i].known_at);
        if (day.n < subject->assessment.light_since.n) out->red_since = day;
        return;
    }
}

/* The newest issue; of a withdrawn one it is the one taken back. */
static void fill_issue(const struct cell_event *events, size_t count, struct digest_item *out) {
    for (size_t i = count; i-- > 0;) {
        struct more more;
        if (events[i].kind != EVENT_ISSUE || more_decode(EVENT_ISSUE, events[i].more, &more)) continue;
        enum alert_rung rung = alert_level_rung(more.issue.level);
        bool circular = slice_is(more.issue.level, "circular");
        out->issue = (struct digest_issue){.level = circular ? "circular" : alert_rung_name(rung),
                                           .document = more.issue.document,
                                           .by = more.by,
                                           .on = instant_day(events[i].known_at)};
        return;
    }
}

static bool join(char **list, const char *text, const char *between) {
    size_t len = *list ? strlen(*list) : 0, more = strlen(text), gap = *list ? strlen(between) : 0;
    char *grown = realloc(*list, len + gap + more + 1);
    if (!grown) return false;
    memcpy(grown + len, between, gap);
    memcpy(grown + len + gap, text, more + 1);
    *list = grown;
    return true;
}

static bool join_recipient(const struct docket *docket, char **list, const char *recipient) {
    char words[RECIPIENT_MAX];
    route_words(docket->plan, recipient, words, sizeof words);
    return join(list, words, "、");
}

static void fill_past(const struct window_view *view, int64_t alert, struct digest_item *out) {
    const struct alert_past *past = alert_pasts_find(&view->pasts, alert);
    for (size_t i = 0; i < DIGEST_RUNGS; i++) out->said[i] = past ? past->said[i] : INSTANT_NONE;
    out->answer.said = out->answer.by = DAY_NONE;
    if (!past || !past->answered) return;
    out->answer = (struct digest_answer){.who = past->who, .reason = past->reason, .text = past->words,
                                         .said = instant_day(past->answered_at), .by = past->by_day};
}

static void fill_cell(const struct window_view *view, const struct subject *subject, struct digest_item *out) {
    const struct assessment *a = &subject->assessment;
    out->cell = &view->docket->plan->cells[subject->index];
    out->assessment = a;
    if (a->has_value) out->reported_at = a->figure_known_at;
    if (a->has_value && a->figure_event < subject->event_count)
        out->decimals = decimals_written(&subject->events[a->figure_event]);
    fill_words(subject, out);
    fill_due_document(subject, out);
    fill_red_since(subject, out);
    if (strcmp(out->step, "issued") == 0 || strcmp(out->step, "withdrawn") == 0 || strcmp(out->step, "red_card") == 0)
        fill_issue(subject->events, subject->event_count, out);
}

static void fill_stream(const struct stream_facts *stream, int64_t file, struct digest_item *out) {
    out->stream = stream;
    for (size_t i = 0; i < stream->receipt_count; i++)
        if (stream->receipts[i].id == file) out->receipt = &stream->receipts[i];
    if (strcmp(out->step, "issued") == 0 || strcmp(out->step, "withdrawn") == 0)
        fill_issue(stream->decisions, stream->decision_count, out);
}

static bool fill_house(const struct window_view *view, struct window_item *out) {
    const struct waiting_notice *notice = out->newest;
    const struct message_failure *failure = message_failures_find(&view->failures, notice->message);
    int year, month, mday;
    if (day_is(notice->period)) {
        day_split(notice->period, &year, &month, &mday);
        out->item.house.year = year;
    }
    if (!failure) return true;
    out->item.house.number = failure->number;
    out->item.house.channel = failure->channel;
    out->item.house.answer = failure->answer;
    if (!join_recipient(view->docket, &out->others, failure->recipient)) return false;
    out->item.house.meant_for = out->others;
    return true;
}

bool window_item_fill(const struct window_view *view, const struct waiting_notice *const *notices, size_t first,
                      size_t count, bool room, struct window_item *out) {
    const struct waiting_notice *newest = notices[first];
    for (size_t i = first + 1; i < first + count; i++)
        if (notices[i]->id > newest->id) newest = notices[i];
    *out = (struct window_item){.newest = newest, .first = first, .count = count};
    out->item = (struct digest_item){
        .rule = newest->rule,
        .step = newest->step,
        .cause = newest->cause,
        .alert = newest->alert,
        .recipient = room ? notices[first]->recipient : NULL,
        .reported_at = INSTANT_NONE,
        .red_since = DAY_NONE,
        .issue.on = DAY_NONE,
        .opened_at = newest->opened_at,
        .past = *newest->past ? newest->past : NULL,
    };
    fill_past(view, newest->alert, &out->item);
    const struct subject *subject = window_subject(view, newest->cell);
    const struct stream_facts *stream = window_stream(view, newest->stream);
    if (subject) fill_cell(view, subject, &out->item);
    if (stream) fill_stream(stream, newest->file, &out->item);
    if (!subject && !stream && !fill_house(view, out)) return false;
    for (size_t i = first; i < first + count; i++)
        if (*notices[i]->meant_for && !join_recipient(view->docket, &out->meant_for, notices[i]->meant_for)) return false;
    out->item.meant_for = out->meant_for;
    return true;
}

bool window_item_alone(const struct window_view *view, struct window_item *item) {
    const struct plan *plan = view->docket->plan;
    const struct subject *subject = window_subject(view, item->newest->cell);
    if (!subject) return true;
    struct recipients recipients;
    route_cell(plan, item->item.rule, item->item.step, item->item.cell, &recipients);
    for (size_t i = 0; i < recipients.count; i++)
        if (!join_recipient(view->docket, &item->others, recipients.keys[i])) return false;
    item->item.others = item->others;
    return pace_of_cell(plan, item->item.cell, subject->events, subject->event_count, view->now,
                        instant_day(view->now), subject->assessment.forecast.n, &item->item.pace);
}

void window_item_finish(struct window_item *item) {
    free(item->others);
    free(item->meant_for);
}

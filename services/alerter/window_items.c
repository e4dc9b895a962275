#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
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

static enum error_code read_streams(struct pg *pg, const struct docket *docket, const struct waiting_notices *notices,
                                    struct instant now, struct assess_scratch *scratch, struct window_view *out,
                                    struct error *err) {
    out->streams = calloc(notices->count + 1, sizeof *out->streams);
    if (!out->streams) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < notices->count; i++) {
        int32_t stream = notices->items[i].stream;
        bool known = stream == 0;
        for (size_t k = 0; k < out->stream_count && !known; k++) known = out->streams[k] == stream;
        if (!known) out->streams[out->stream_count++] = stream;
    }
    return work_silence_read(pg, docket, out->streams, out->stream_count, now, scratch, &out->silence, err);
}

enum error_code window_view_read(struct pg *pg, const struct docket *docket, const struct waiting_notices *notices,
                                 struct instant now, struct assess_scratch *scratch, struct window_view *out,
                                 struct error *err) {
    *out = (struct window_view){.docket = docket, .now = now};
    enum error_code code = read_cells(pg, docket, notices, now, scratch, out, err);
    return code ? code : read_streams(pg, docket, notices, now, scratch, out, err);
}

void window_view_finish(struct window_view *view) {
    subjects_finish(&view->subjects);
    work_silence_finish(&view->silence);
    free(view->streams);
}

static const struct subject *subject_of(const struct window_view *view, const struct waiting_notice *notice) {
    size_t index = notice->cell ? docket_cell(view->docket, notice->cell) : NO_INDEX;
    return index == NO_INDEX ? NULL : subjects_find(&view->subjects, index);
}
static const struct stream_facts *stream_of(const struct window_view *view, const struct waiting_notice *notice) {
    for (size_t i = 0; i < view->stream_count; i++)
        if (view->streams[i] == notice->stream) return &view->silence.facts[i];
    return NULL;
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

const char *window_over(const struct window_view *view, const struct waiting_notice *notice) {
    const struct docket *docket = view->docket;
    const struct subject *subject = subject_of(view, notice);
    const struct stream_facts *stream = stream_of(view, notice);
    if (!subject && !stream) return "retired";
    if (strcmp(notice->step, "recovered") == 0) return NULL;
    if (notice->state == ALERT_RESOLVED || notice->state == ALERT_SUPPRESSED) return "before";
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

static bool join(char **list, const char *text, const char *between) {
    size_t len = *list ? strlen(*list) : 0, more = strlen(text), gap = *list ? strlen(between) : 0;
    char *grown = realloc(*list, len + gap + more + 1);
    if (!grown) return false;
    memcpy(grown + len, between, gap);
    memcpy(grown + len + gap, text, more + 1);
    *list = grown;
    return true;
}

static bool fill_others(const struct docket *docket, const struct waiting_notice *notice, const struct subject *subject,
                        struct window_item *out) {
    struct recipients recipients;
    route_cell(docket->plan, notice->rule, notice->step, &docket->plan->cells[subject->index], &recipients);
    for (size_t i = 0; i < recipients.count; i++) {
        char words[RECIPIENT_MAX];
        route_words(docket->plan, recipients.keys[i], words, sizeof words);
        if (!join(&out->others, words, "、")) return false;
    }
    return true;
}

bool window_item_meant_for(const struct docket *docket, struct window_item *item, const char *recipient) {
    char words[RECIPIENT_MAX];
    route_words(docket->plan, recipient, words, sizeof words);
    bool done = join(&item->meant_for, words, "、");
    item->item.meant_for = item->meant_for;
    return done;
}

bool window_item_fill(const struct window_view *view, const struct waiting_notice *notice, struct window_item *out) {
    const struct subject *subject = subject_of(view, notice);
    const struct stream_facts *stream = stream_of(view, notice);
    *out = (struct window_item){.alert = notice->alert, .first = notice};
    out->item = (struct digest_item){
        .rule = notice->rule,
        .step = notice->step,
        .key = notice->key,
        .cause = notice->cause,
        .reported_at = INSTANT_NONE,
        .stream = stream,
        .opened_at = notice->opened_at,
        .past = *notice->past ? notice->past : NULL,
    };
    for (size_t i = 0; stream && i < stream->receipt_count; i++)
        if (stream->receipts[i].id == notice->file) out->item.receipt = &stream->receipts[i];
    if (subject) {
        out->item.cell = &view->docket->plan->cells[subject->index];
        out->item.assessment = &subject->assessment;
        if (subject->assessment.has_value) out->item.reported_at = subject->assessment.figure_known_at;
        fill_words(subject, &out->item);
        if (notice->rule == ALERT_OVERDUE && !fill_others(view->docket, notice, subject, out)) return false;
        out->item.others = out->others;
    }
    return !*notice->meant_for || window_item_meant_for(view->docket, out, notice->meant_for);
}

void window_item_finish(struct window_item *item) {
    free(item->others);
    free(item->meant_for);
}

#include "common/desk/card.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/domain/alert.h"
#include "common/report/words.h"

/* --- which proposal --- */

static enum alert_rung rung_wanted(enum draft_level level) {
    return level == DRAFT_YELLOW_CARD ? RUNG_YELLOW_CARD : RUNG_RED_CARD;
}

/* The standing alert of a cell that has come furthest. */
static const struct alert_row *furthest(const struct view *view, size_t cell) {
    const struct alert_row *best = NULL;
    for (size_t i = 0; i < view->alerts.count; i++) {
        const struct alert_row *alert = &view->alerts.items[i];
        if (strcmp(alert->target, view_target(view, cell)->code) != 0 ||
            strcmp(alert->area, view_area(view, cell)->code) != 0)
            continue;
        if (!best || alert->rung > best->rung) best = alert;
    }
    return best;
}

/* By a decision that stands: the alert itself learns of it a moment later. */
static bool issued_already(const struct view *view, size_t cell, const struct alert_row *alert,
                           enum draft_level level) {
    for (size_t i = 0; i < view->desk.count; i++) {
        const struct desk_event *event = &view->desk.events[i];
        struct more more;
        if (event->event.kind != EVENT_ISSUE || event->cell != cell || event->event.known_at.ms < alert->opened_at.ms ||
            more_decode(EVENT_ISSUE, event->event.more, &more) != PROTO_OK ||
            desk_event_reversed(view->desk.events, view->desk.count, event))
            continue;
        if (alert_level_rung(more.issue.level) >= rung_wanted(level)) return true;
    }
    return false;
}

enum error_code card_proposal(const struct view *view, const struct named *named, enum draft_level level,
                              const struct alert_row **out, bool *issued, struct error *err) {
    *issued = false;
    CLEAN(buffer_finish) struct buffer name = {0};
    named_words(view, named, &name);
    if (named->cell == NO_INDEX)
        return error_set(err, ERROR_CONFLICT, "%s is about %s: cards are issued about a target of a county",
                         named->number, buffer_text(&name));
    const struct alert_row *alert = named->alert ? named_alert(view, named) : furthest(view, named->cell);
    if (!alert && named->alert)
        return error_set(err, ERROR_CONFLICT, "%s is over: nothing is left to issue", named->number);
    if (!alert || alert->rung < RUNG_YELLOW_CARD)
        return error_set(err, ERROR_CONFLICT, "no card about %s is proposed: it stands at %s", buffer_text(&name),
                         alert ? alert_rung_word((enum alert_rung)alert->rung) : "nothing");
    if (alert->rung < (int64_t)rung_wanted(level))
        return error_set(err, ERROR_CONFLICT, "only 黄牌 is proposed about %s, not %s", buffer_text(&name),
                         draft_level_chinese(level));
    *issued = alert->issued >= (int64_t)rung_wanted(level) || issued_already(view, named->cell, alert, level);
    if (*issued)
        return error_set(err, ERROR_CONFLICT, "%s about %s is issued already; `duban decisions` shows it",
                         draft_level_chinese(level), buffer_text(&name));
    *out = alert;
    return ERROR_OK;
}

/* --- the draft's facts --- */

void card_finish(struct card *card) {
    notice_rows_finish(&card->notices);
    answer_rows_finish(&card->answers);
    free(card->reminders);
    free(card->said);
    free(card->numbers);
    free(card->document);
    *card = (struct card){0};
}

static const char *step_word(const struct alert_row *alert, const char *step) {
    enum alert_rule rule;
    if (strcmp(step, "urged") == 0) return "催办";
    if (strcmp(step, "issued") == 0) return "督办";
    return alert_rule_find(slice_of(alert->rule), &rule) ? alert_rule_word(rule) : step;
}

/* What a county, a lead or a room was told; each step of a window once. Proposals and reviews are the office's own. */
static void add_reminders(const struct alert_row *alert, struct card *card) {
    static const char *const own[] = {"yellow_card", "red_card", "recovered", "withdrawn"};
    for (size_t i = 0; i < card->notices.count; i++) {
        const struct notice_row *notice = &card->notices.items[i];
        bool counts = notice->alert == alert->id && notice->message_id && strcmp(notice->recipient, "office") != 0;
        for (size_t k = 0; counts && k < sizeof own / sizeof *own; k++)
            counts = strcmp(notice->step, own[k]) != 0;
        const char *word = step_word(alert, notice->step);
        size_t count = card->draft.reminder_count;
        for (size_t k = 0; counts && k < count; k++)
            counts = card->reminders[k].at.ms != notice->window_at.ms || strcmp(card->reminders[k].word, word) != 0;
        if (!counts) continue;
        snprintf(card->numbers[count], NAMED_NUMBER_MAX, "%s/%lld", notice->message, (long long)notice->item);
        card->reminders[count] = (struct draft_reminder){notice->window_at, word, card->numbers[count]};
        card->draft.reminder_count++;
    }
}

static const char *outcome_words(const struct answer_row *answer) {
    static const struct {
        const char *outcome, *words;
    } all[] = {{"kept", "兑现"},
               {"broken", "未兑现"},
               {"worse", "其间情况变差"},
               {"replaced", "后另有承诺"},
               {"reversed", "已收回"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].outcome, answer->outcome) == 0) return all[i].words;
    return NULL;
}

static void add_answers(const struct alert_row *alert, struct card *card) {
    for (size_t i = 0; i < card->answers.count; i++) {
        const struct answer_row *answer = &card->answers.items[i];
        if (answer->alert != alert->id) continue;
        card->said[card->draft.answer_count++] =
            (struct draft_answer){.at = answer->known_at,
                                  .who = slice_of(answer->who),
                                  .by_day = answer->by_day,
                                  .reason = reply_reason_chinese(slice_of(answer->reason)),
                                  .text = slice_of(*answer->words ? answer->words : NULL),
                                  .outcome = outcome_words(answer)};
    }
}

/* The county's own words of the newest report. */
static void add_words(const struct view *view, size_t cell, struct draft *draft) {
    const struct cell_events *events = &view->events[cell];
    for (size_t i = events->count; i-- > 0;) {
        const struct cell_event *event = &events->events[i];
        bool report = event->kind == EVENT_FIGURE || event->kind == EVENT_CORRECTION ||
                      event->kind == EVENT_NO_CHANGE || event->kind == EVENT_WORDS;
        if (!report || event->note.len == 0) continue;
        if (view->cells[cell].has_value && day_is(event->as_of) && event->as_of.n < view->cells[cell].figure_as_of.n)
            continue;
        draft->words = event->note;
        draft->words_unit = event->reporter;
        return;
    }
}

enum error_code card_gather(struct pg *pg, const struct view *view, size_t cell, const struct alert_row *alert,
                            struct card *out, struct error *err) {
    enum error_code code = query_notices(pg, view->programme.id, view->moment.known_at, &out->notices, err);
    if (!code) code = query_answers(pg, view->programme.id, view->moment.known_at, &out->answers, err);
    if (code) return code;
    out->reminders = calloc(out->notices.count + 1, sizeof *out->reminders);
    out->numbers = calloc(out->notices.count + 1, sizeof *out->numbers);
    out->said = calloc(out->answers.count + 1, sizeof *out->said);
    const struct extension *extension = requests_extension_granted(&view->requests, cell);
    if (extension && extension->document.ptr) out->document = strndup(extension->document.ptr, extension->document.len);
    if (!out->reminders || !out->numbers || !out->said) return error_set(err, ERROR_MEMORY, "out of memory");
    const struct assessment *now = &view->cells[cell];
    out->draft.plan = view->plan;
    out->draft.cell = &view->plan->cells[cell];
    out->draft.now = now;
    out->draft.today = view->moment.as_of;
    out->draft.reported_at = now->has_value ? now->figure_known_at : INSTANT_NONE;
    out->draft.extension_document = out->document;
    out->draft.reminders = out->reminders;
    out->draft.answers = out->said;
    out->draft.answer_days = view->rules.alerts.answer_days;
    add_reminders(alert, out);
    add_answers(alert, out);
    add_words(view, cell, &out->draft);
    return ERROR_OK;
}

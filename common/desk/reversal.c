/* A decision is taken back by a decision of its own. */
#include <ctype.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/desk/desk_parts.h"
#include "common/report/desk_words.h"
#include "common/report/evidence.h"
#include "common/report/json.h"
#include "common/report/words.h"

enum { UID_DIGITS_MIN = 8, UID_TEXT = 37 };

/* "1a2b3c4d" or more of it, dashes or not. */
static bool begins(const char *uid, const char *text) {
    size_t digits = 0;
    for (; *text; text++) {
        if (*text == '-') continue;
        while (*uid == '-')
            uid++;
        if (tolower((unsigned char)*text) != *uid) return false;
        uid++;
        digits++;
    }
    return digits >= UID_DIGITS_MIN;
}

static enum error_code by_uid(const struct view *view, const char *text, const struct desk_event **out,
                              struct error *err) {
    *out = NULL;
    for (size_t i = 0; i < view->desk.count; i++) {
        char uid[UID_TEXT];
        uid_print(view->desk.events[i].event.uid, uid);
        if (!begins(uid, text)) continue;
        if (*out) return error_set(err, ERROR_USAGE, "%s… names more than one decision: give more of its number", text);
        *out = &view->desk.events[i];
    }
    if (*out) return ERROR_OK;
    return error_set(
        err, ERROR_NOT_FOUND,
        "no decision %s is known: give E0007, K0004, or 8 or more digits of its number (`duban decisions`)", text);
}

static enum error_code by_request(const struct view *view, char letter, unsigned number, const struct desk_event **out,
                                  struct error *err) {
    bool found = false;
    *out = NULL;
    for (size_t i = 0; letter == 'E' && i < view->requests.extension_count; i++)
        if (view->requests.extensions[i].number == number) {
            *out = view->requests.extensions[i].decided;
            found = true;
        }
    for (size_t i = 0; letter == 'K' && i < view->requests.close_out_count; i++) {
        const struct close_out *one = &view->requests.close_outs[i];
        if (one->number != number) continue;
        *out = !one->checked || (one->verified && one->verified > one->checked) ? one->verified : one->checked;
        found = true;
    }
    if (*out) return ERROR_OK;
    return error_set(err, found ? ERROR_CONFLICT : ERROR_NOT_FOUND,
                     found ? "%c%04u is not decided: there is nothing to take back" : "there is no request %c%04u",
                     letter, number);
}

static enum error_code find_decision(struct desk_case *one, const char *text, const struct desk_event **out,
                                     struct error *err) {
    const struct view *view = one->view;
    unsigned number;
    enum error_code code = request_number_parse(text, 'E', &number)   ? by_request(view, 'E', number, out, err)
                           : request_number_parse(text, 'K', &number) ? by_request(view, 'K', number, out, err)
                                                                      : by_uid(view, text, out, err);
    one->unknown = code == ERROR_NOT_FOUND || code == ERROR_USAGE;
    if (!code) code = desk_seen(one, (*out)->cell, err);
    if (code) return code;
    if (!decision_is_reversible((uint32_t)(*out)->event.kind))
        return error_set(err, ERROR_CONFLICT, "%s is %s: that cannot be taken back%s", text,
                         event_kind_name((uint32_t)(*out)->event.kind),
                         (*out)->event.kind == EVENT_REVERSAL ? ", decide anew" : "");
    if (!desk_event_reversed(view->desk.events, view->desk.count, *out)) return ERROR_OK;
    desk_already(one, "已收回");
    return error_set(err, ERROR_CONFLICT, "%s is taken back already", text);
}

/* Copies of codes that the event keeps without a NUL. */
static const char *kept(struct buffer *text, struct slice slice) {
    if (!slice.len) return NULL;
    buffer_add(text, slice.ptr, slice.len);
    return buffer_text(text);
}

enum error_code check_reverse(struct desk_case *one, struct pg *pg, struct error *err) {
    (void)pg;
    const struct desk_event *decision = NULL;
    enum error_code code = find_decision(one, one->request->subject[0], &decision, err);
    if (code) return code;
    struct desk_decision *reversal = desk_make(one, EVENT_REVERSAL, NO_INDEX, err);
    if (!reversal) return ERROR_MEMORY;
    one->taken_back = decision;
    one->cell = reversal->cell = decision->cell;
    reversal->target = kept(&one->texts[0], decision->target);
    reversal->area = kept(&one->texts[1], decision->area);
    memcpy(reversal->more.of_event.uid, decision->event.uid, EVENT_UID_BYTES);
    return ERROR_OK;
}

static void words_of(const struct view *view, uint32_t kind, size_t cell, struct slice area_code, struct slice note,
                     struct slice more, struct buffer *out) {
    CLEAN(buffer_finish) struct buffer words = {0};
    size_t area = area_code.ptr ? plan_find_area(view->plan, area_code) : NO_INDEX;
    if (cell != NO_INDEX)
        cell_name_words(view, cell, out);
    else if (note.len) /* one stream of a county or a department */
        buffer_add(out, note.ptr, note.len);
    else if (area != NO_INDEX)
        buffer_add_text(out, view->plan->areas[area].name);
    desk_words(kind, more, &words);
    buffer_printf(out, "%s%s", out->len ? " " : "", words.len ? buffer_text(&words) : evidence_kind_name(kind));
}

void desk_event_words(const struct view *view, const struct desk_event *event, struct buffer *out) {
    words_of(view, (uint32_t)event->event.kind, event->cell, event->area, event->event.note, event->event.more, out);
}

void desk_decision_words(const struct view *view, const struct desk_decision *decision, struct buffer *out) {
    uint8_t more[MORE_BYTES_MAX];
    size_t len = 0;
    if (more_encode((uint32_t)decision->kind, &decision->more, more, sizeof more, &len) != PROTO_OK) len = 0;
    words_of(view, (uint32_t)decision->kind, decision->cell, slice_of(decision->area), slice_of(decision->note),
             (struct slice){(const char *)more, len}, out);
}

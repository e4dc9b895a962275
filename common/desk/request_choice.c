#include "common/desk/request_choice.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "common/report/json.h"
#include "common/report/words.h"

static enum error_code cell_of_words(const struct view *view, const char *const *words, size_t count,
                                     const char *numbers, size_t *cell, struct error *err) {
    if (count != 2)
        return error_set(err, ERROR_USAGE, "“%s” is no number of a request (%s): give one, or TARGET AREA", words[0],
                         numbers);
    return view_find(view->plan, words[0], words[1], view->moment.as_of, cell, err);
}

/* --- extensions --- */

static enum error_code no_such_extension(const struct view *view, const char *word, struct error *err) {
    CLEAN(buffer_finish) struct buffer waiting = {0};
    for (size_t i = 0; i < view->requests.extension_count; i++)
        if (view->requests.extensions[i].state == EXTENSION_WAITING)
            buffer_printf(&waiting, " E%04u", view->requests.extensions[i].number);
    return error_set(err, ERROR_NOT_FOUND, "there is no extension %s; %s%s", word,
                     waiting.len ? "these wait:" : "none waits for a decision", buffer_text(&waiting));
}

static enum error_code decided_already(const struct extension *one, struct error *err) {
    char uid[37];
    if (!one->decided)
        return error_set(err, ERROR_CONFLICT, "E%04u waits no more: a later request of the same cell took its place",
                         one->number);
    uid_print(one->decided->event.uid, uid);
    return error_set(err, ERROR_CONFLICT, "E%04u is decided (%s): take that back first, `duban reverse %.8s`",
                     one->number, extension_state_word(one->state), uid);
}

enum error_code extension_named(const struct view *view, const char *const *words, size_t count, bool wanted,
                                size_t *cell, const struct extension **asked, struct error *err) {
    const char *word = words[0];
    unsigned number;
    *asked = NULL;
    if (!request_number_parse(word, 'E', &number)) {
        enum error_code code = cell_of_words(view, words, count, "E0007", cell, err);
        if (!code) *asked = requests_extension_waiting(&view->requests, *cell);
        if (!code && wanted && !*asked)
            return error_set(err, ERROR_CONFLICT, "no extension of %s %s waits for a decision",
                             view_target(view, *cell)->code, view_area(view, *cell)->name);
        return code;
    }
    for (size_t i = 0; i < view->requests.extension_count; i++) {
        const struct extension *one = &view->requests.extensions[i];
        if (one->number != number) continue;
        *cell = one->cell;
        *asked = one;
        return one->state == EXTENSION_WAITING ? ERROR_OK : decided_already(one, err);
    }
    return no_such_extension(view, word, err);
}

/* --- close-outs --- */

enum error_code close_out_possible(const struct view *view, size_t cell, struct error *err) {
    const struct target *target = view_target(view, cell);
    const char *area = view_area(view, cell)->name;
    if (view->plan->cells[cell].rollup)
        return error_set(err, ERROR_USAGE,
                         "%s of the whole city is the sum of its counties: they are closed one by one", target->code);
    if (target->kind == KIND_HOLD)
        return error_set(err, ERROR_USAGE,
                         "%s is reached and then held: it is never closed, and alerts again when it falls back",
                         target->code);
    if (target->kind == KIND_ACTIVITY || target->kind == KIND_PARAMETER || view->plan->cells[cell].no_task)
        return error_set(err, ERROR_USAGE, "%s %s has nothing that could be done and closed", target->code, area);
    return ERROR_OK;
}

bool close_out_wants_lead(const struct view *view, size_t cell) {
    const struct target *target = view_target(view, cell);
    const struct task *task = view_task(view, cell);
    if (target->reporter == REPORTER_OFFICE || task->lead_count == 0) return false;
    if (target->reporter == REPORTER_UNIT)
        for (size_t i = 0; i < task->lead_count; i++)
            if (task->leads[i] == target->reporter_unit) return false;
    return true;
}

static enum error_code no_such_close_out(const struct view *view, const char *word, struct error *err) {
    CLEAN(buffer_finish) struct buffer open = {0};
    for (size_t i = 0; i < view->requests.close_out_count; i++) {
        const struct close_out *one = &view->requests.close_outs[i];
        if (one->state == CLOSE_OUT_CLAIMED || one->state == CLOSE_OUT_LEAD_CHECKED)
            buffer_printf(&open, " K%04u", one->number);
    }
    return error_set(err, ERROR_NOT_FOUND, "there is no close-out %s; %s%s", word,
                     open.len ? "these are under way:" : "none is under way", buffer_text(&open));
}

enum error_code close_out_named(const struct view *view, const char *const *words, size_t count,
                                const struct close_out **claimed, struct error *err) {
    const char *word = words[0];
    unsigned number;
    size_t cell;
    *claimed = NULL;
    if (!request_number_parse(word, 'K', &number)) {
        enum error_code code = cell_of_words(view, words, count, "K0004", &cell, err);
        if (!code) code = close_out_possible(view, cell, err);
        if (!code && !(*claimed = requests_close_out(&view->requests, cell)))
            code = error_set(err, ERROR_CONFLICT,
                             "nobody has claimed %s %s done: the county sends 销号申请.csv, or `duban closeout claim`",
                             view_target(view, cell)->code, view_area(view, cell)->name);
        return code;
    }
    for (size_t i = 0; i < view->requests.close_out_count; i++)
        if (view->requests.close_outs[i].number == number) *claimed = &view->requests.close_outs[i];
    if (!*claimed) return no_such_close_out(view, word, err);
    return close_out_possible(view, (*claimed)->cell, err);
}

#include "common/desk/naming.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/report/words.h"

enum { NEAR_MAX = 160 };

bool naming_is_number(const char *word) {
    size_t len;
    unsigned item;
    return message_number_parse(word, &len, &item);
}

static enum error_code no_such_number(struct pg *pg, const struct view *view, struct slice number, struct error *err) {
    char near[NEAR_MAX];
    enum error_code code = query_numbers_near(pg, view->programme.id, number, near, sizeof near, err);
    if (code) return code;
    return error_set(err, ERROR_NOT_FOUND, "there is no message %.*s; %s%s", (int)number.len, number.ptr,
                     *near ? "there are " : "none has been sent yet", near);
}

static enum error_code no_such_item(const struct said_items *said, struct slice number, unsigned item,
                                    struct error *err) {
    if (!said->count) return error_set(err, ERROR_NOT_FOUND, "message %.*s has no items", (int)number.len, number.ptr);
    return error_set(err, ERROR_NOT_FOUND, "message %.*s has no item %u: its items are 1 to %" PRId64, (int)number.len,
                     number.ptr, item, said->items[said->count - 1].item);
}

static size_t cell_named(const struct plan *plan, const struct said_item *said) {
    size_t target = *said->target ? plan_find_target(plan, slice_of(said->target)) : NO_INDEX;
    size_t area = *said->area ? plan_find_area(plan, slice_of(said->area)) : NO_INDEX;
    return target == NO_INDEX || area == NO_INDEX ? NO_INDEX : plan_find_cell(plan, target, area);
}

static bool already(const struct naming *naming, const struct said_item *said) {
    for (size_t i = 0; i < naming->count; i++)
        if (naming->items[i].alert == said->alert && strcmp(naming->items[i].said->number, said->number) == 0)
            return true;
    return false;
}

static enum error_code add_items(const struct view *view, const struct said_items *said, struct slice number,
                                 unsigned item, struct naming *out, struct error *err) {
    bool any = false;
    struct named *grown = realloc(out->items, (out->count + said->count + 1) * sizeof *grown);
    if (!grown) return error_set(err, ERROR_MEMORY, "out of memory");
    out->items = grown;
    for (size_t i = 0; i < said->count; i++) {
        const struct said_item *one = &said->items[i];
        if (item && one->item != item) continue;
        any = true;
        if (already(out, one)) continue;
        struct named *named = &out->items[out->count++];
        *named = (struct named){.whole = !item, .cell = cell_named(view->plan, one), .alert = one->alert, .said = one};
        snprintf(named->number, sizeof named->number, "%s/%" PRId64, one->number, one->item);
    }
    return any ? ERROR_OK : no_such_item(said, number, item, err);
}

static enum error_code add_number(struct pg *pg, const struct view *view, const char *word, struct naming *out,
                                  struct error *err) {
    size_t len;
    unsigned item;
    if (!message_number_parse(word, &len, &item))
        return error_set(err, ERROR_USAGE, "%s is no number of a message: D21-1108-05, or D21-1108-05/2 for one item",
                         word);
    struct slice number = {word, len};
    struct said_items *said = &out->said[out->said_count];
    enum error_code code = query_said(pg, view->programme.id, number, said, err);
    if (code) return code;
    out->said_count++;
    if (!said->count) return no_such_number(pg, view, number, err);
    return add_items(view, said, number, item, out, err);
}

static enum error_code add_cell(const struct view *view, const char *target, const char *area, struct naming *out,
                                struct error *err) {
    size_t cell = NO_INDEX;
    enum error_code code = view_find(view->plan, target, area, view->moment.as_of, &cell, err);
    if (code) return code;
    out->items = calloc(1, sizeof *out->items);
    if (!out->items) return error_set(err, ERROR_MEMORY, "out of memory");
    out->items[0] = (struct named){.cell = cell};
    out->count = 1;
    return ERROR_OK;
}

/* "-02" behind "D21-1108-01" is D21-1108-02: a list of the same day, as it is read from the brief. false: too long. */
static bool whole_number(const char *first, const char *word, char out[NAMED_NUMBER_MAX]) {
    int day = *word == '-' ? (int)strlen("D21-1108") : 0;
    return snprintf(out, NAMED_NUMBER_MAX, "%.*s%s", day, first, word) < NAMED_NUMBER_MAX;
}

enum error_code naming_read(struct pg *pg, const struct view *view, const char *const *words, size_t count,
                            struct naming *out, struct error *err) {
    *out = (struct naming){0};
    if (!naming_is_number(words[0])) {
        if (count == 2) return add_cell(view, words[0], words[1], out, err);
        return error_set(err, ERROR_USAGE,
                         "“%s” is no number of a message (D21-1108-05, or D21-1108-05/2 for one item): give one, or "
                         "TARGET AREA",
                         words[0]);
    }
    out->said = calloc(count, sizeof *out->said);
    if (!out->said) return error_set(err, ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < count; i++) {
        char number[NAMED_NUMBER_MAX];
        if (!whole_number(words[0], words[i], number))
            return error_set(err, ERROR_USAGE, "%.20s… is no number of a message: D21-1108-05", words[i]);
        enum error_code code = add_number(pg, view, number, out, err);
        if (code) return code;
    }
    return ERROR_OK;
}

void naming_finish(struct naming *naming) {
    for (size_t i = 0; i < naming->said_count; i++)
        said_items_finish(&naming->said[i]);
    free(naming->said);
    free(naming->items);
    *naming = (struct naming){0};
}

void named_words(const struct view *view, const struct named *named, struct buffer *out) {
    if (named->cell != NO_INDEX)
        cell_name_words(view, named->cell, out);
    else if (named->said && *named->said->unit)
        buffer_add_text(out, named->said->unit);
    else
        buffer_add_text(out, named->number);
}

const struct alert_row *named_alert(const struct view *view, const struct named *named) {
    for (size_t i = 0; i < view->alerts.count; i++)
        if (named->alert && view->alerts.items[i].id == named->alert) return &view->alerts.items[i];
    return NULL;
}

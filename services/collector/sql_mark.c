#include "services/collector/sql_mark.h"

#include <stdio.h>
#include <string.h>

#include "common/base/text.h"

static const int64_t day_us = MS_DAY * 1000LL;

static const struct {
    enum answer_kind kind;
    const char *word;
} kept[] = {{ANSWER_EXACT, "exact"}, {ANSWER_DAY, "day"}, {ANSWER_LOCAL, "local"}, {ANSWER_INSTANT, "instant"}};
enum { KEPT_COUNT = sizeof kept / sizeof *kept };

bool sql_mark_fits(enum answer_kind kind) {
    for (size_t i = 0; i < KEPT_COUNT; i++)
        if (kept[i].kind == kind) return true;
    return false;
}

/* 12.00, as a numeric(10,2) gives it, is whole, too. */
static bool read_whole(struct slice value, int64_t *out) {
    const char *point = memchr(value.ptr, '.', value.len);
    size_t len = point ? (size_t)(point - value.ptr) : value.len;
    for (size_t i = len + 1; i < value.len; i++)
        if (value.ptr[i] != '0') return false;
    return text_to_int(value.ptr, len, out);
}

bool sql_mark_read(enum answer_kind kind, struct slice value, struct sql_mark *out) {
    struct stamp stamp;
    *out = (struct sql_mark){.kind = kind};
    if (!value.ptr || !sql_mark_fits(kind)) return false;
    if (kind == ANSWER_EXACT) return out->found = read_whole(value, &out->value);
    if (!stamp_read(value, &stamp) || stamp.has_zone != (kind == ANSWER_INSTANT)) return false;
    out->value = stamp.us;
    return out->found = true;
}

struct sql_mark sql_mark_later(struct sql_mark old, struct sql_mark fresh) {
    if (!fresh.found) return old;
    return old.found && old.kind == fresh.kind && old.value > fresh.value ? old : fresh;
}

struct sql_mark sql_mark_until(struct sql_mark mark, struct instant now, int zone) {
    if (!mark.found || mark.kind == ANSWER_EXACT || !instant_is(now)) return mark;
    int64_t limit = now.ms * 1000;
    if (mark.kind != ANSWER_INSTANT) limit += (int64_t)zone * MS_MINUTE * 1000;
    if (mark.kind == ANSWER_DAY) limit -= limit % day_us;
    if (mark.value > limit) mark.value = limit;
    return mark;
}

static void print_value(struct sql_mark mark, char out[STAMP_TEXT_MAX]) {
    if (mark.kind == ANSWER_EXACT)
        snprintf(out, STAMP_TEXT_MAX, "%lld", (long long)mark.value);
    else
        stamp_print(&(struct stamp){.us = mark.value, .has_zone = mark.kind == ANSWER_INSTANT,
                                    .has_time = mark.kind != ANSWER_DAY},
                    out);
}

void sql_mark_since(struct sql_mark mark, const struct sql_overlap *overlap, char out[SQL_MARK_TEXT_MAX]) {
    if (mark.kind == ANSWER_EXACT)
        mark.value = mark.value < INT64_MIN + overlap->count ? INT64_MIN : mark.value - overlap->count;
    else if (mark.kind == ANSWER_DAY)
        mark.value -= (overlap->ms + MS_DAY - 1) / MS_DAY * day_us;
    else
        mark.value -= overlap->ms * 1000;
    print_value(mark, out);
}

void sql_mark_print(struct sql_mark mark, char out[SQL_MARK_TEXT_MAX]) {
    char value[STAMP_TEXT_MAX];
    *out = 0;
    if (!mark.found) return;
    print_value(mark, value);
    for (size_t i = 0; i < KEPT_COUNT; i++)
        if (kept[i].kind == mark.kind) snprintf(out, SQL_MARK_TEXT_MAX, "%s %s", kept[i].word, value);
}

bool sql_mark_parse(const char *text, struct sql_mark *out) {
    *out = (struct sql_mark){.found = false};
    for (size_t i = 0; i < KEPT_COUNT; i++) {
        size_t len = strlen(kept[i].word);
        if (strncmp(text, kept[i].word, len) == 0 && text[len] == ' ')
            return sql_mark_read(kept[i].kind, slice_of(text + len + 1), out);
    }
    return false;
}

#include "services/collector/source_answer.h"

#include <jansson.h>
#include <string.h>

#include "common/base/text.h"
#include "services/collector/try_words.h"

static bool set_text(json_t *map, const char *key, struct slice text) {
    return json_object_set_new(map, key, json_stringn_nocheck(text.ptr ? text.ptr : "", text.len)) == 0;
}

/* What was read is in the texts: only whole characters go out, and no controls. */
static bool set_words(json_t *map, const char *key, const char *words) {
    struct buffer clean = {0};
    text_clean(words, strlen(words), &clean);
    bool set = !clean.failed && set_text(map, key, (struct slice){buffer_text(&clean), clean.len});
    buffer_finish(&clean);
    return set;
}

static bool set_count(json_t *map, const char *key, size_t count) {
    return json_object_set_new(map, key, json_integer((json_int_t)count)) == 0;
}

/* Takes the map. */
static bool print(json_t *map, bool sound, struct source_answer *out) {
    char *text = sound && map ? json_dumps(map, JSON_COMPACT) : NULL;
    if (text) {
        buffer_add_text(&out->body, text);
        buffer_add_char(&out->body, '\n');
    }
    free(text);
    json_decref(map);
    return text && !out->body.failed;
}

void source_answer_finish(struct source_answer *answer) {
    buffer_finish(&answer->body);
}

/* --- a problem --- */

static bool set_problem(json_t *map, int status, enum refusal_code code, const char *reason, const char *remedy) {
    const struct refusal_row *row = refusal_row(code);
    return set_words(map, "title", row->meaning) && set_count(map, "status", (size_t)status) &&
           set_words(map, "code", row->word) && set_words(map, "reason", reason ? reason : row->meaning) &&
           set_words(map, "remedy", remedy ? remedy : row->remedy);
}

bool source_answer_refusal(int status, enum refusal_code code, const char *reason, struct source_answer *out) {
    *out = (struct source_answer){.status = status, .problem = true};
    json_t *map = json_object();
    bool sound = map && set_words(map, "result", status == 503 ? "later" : "refused") &&
                 set_problem(map, status, code, reason, NULL);
    return print(map, sound, out);
}

/* --- rows --- */

static json_t *refused_row(const struct verdict *verdict, const struct outcome *outcome) {
    const struct refusal *refusal = &outcome->reading.refusal;
    size_t row = outcome->reading.row;
    json_t *map = json_object();
    bool sound = map && set_count(map, "line", verdict->sheet.rows[row].line) &&
                 set_words(map, "place", sheet_cell_place(verdict->arena, &verdict->sheet, row, refusal->column)) &&
                 set_words(map, "column", try_column(verdict, refusal->column)) &&
                 set_words(map, "code", refusal_row(refusal->code)->word) &&
                 set_words(map, "reason", refusal->reason) && set_words(map, "remedy", refusal_remedy(refusal));
    if (sound) return map;
    json_decref(map);
    return NULL;
}

static json_t *held_row(const struct verdict *verdict, const struct outcome *outcome) {
    json_t *map = json_object(), *codes = json_array();
    bool sound = map && codes && set_count(map, "line", verdict->sheet.rows[outcome->reading.row].line) &&
                 set_text(map, "place", outcome->event.source.place) &&
                 set_words(map, "reason", try_reason(verdict, outcome));
    for (unsigned i = 0; sound && i < DOUBT_COUNT; i++)
        if (outcome->doubts >> i & 1) sound = json_array_append_new(codes, json_string(doubt_word(i))) == 0;
    if (sound && json_object_set(map, "codes", codes) == 0) {
        json_decref(codes);
        return map;
    }
    json_decref(codes);
    json_decref(map);
    return NULL;
}

static bool set_rows(json_t *map, const struct verdict *verdict) {
    json_t *refused = json_array(), *held = json_array();
    bool sound = refused && held;
    for (size_t i = 0; sound && !verdict->whole.code && i < verdict->outcome_count; i++) {
        const struct outcome *outcome = &verdict->outcomes[i];
        if (outcome->kind == OUTCOME_REFUSED && json_array_size(refused) < SOURCE_ANSWER_ROWS_MAX)
            sound = json_array_append_new(refused, refused_row(verdict, outcome)) == 0;
        else if (outcome->kind == OUTCOME_EVENT && outcome->doubts && json_array_size(held) < SOURCE_ANSWER_ROWS_MAX)
            sound = json_array_append_new(held, held_row(verdict, outcome)) == 0;
    }
    sound = sound && json_object_set(map, "refused_rows", refused) == 0 && json_object_set(map, "held_rows", held) == 0;
    json_decref(refused);
    json_decref(held);
    return sound;
}

/* --- a receipt --- */

static bool set_verdict(json_t *map, const struct verdict *verdict) {
    return (!verdict->period || set_words(map, "period", verdict->period)) && set_count(map, "taken", verdict->taken) &&
           set_count(map, "unchanged", verdict->unchanged) && set_count(map, "held", verdict->held) &&
           set_count(map, "refused", verdict->refused) && set_count(map, "blank", verdict->blank) &&
           (!verdict->note || set_words(map, "note", verdict->note)) && set_rows(map, verdict);
}

static bool set_receipt(json_t *map, const struct more *more) {
    json_t *rows = json_array();
    bool sound = rows && (!more->receipt.period.len || set_text(map, "period", more->receipt.period)) &&
                 set_count(map, "taken", more->receipt.taken) && set_count(map, "unchanged", more->receipt.unchanged) &&
                 set_count(map, "held", more->receipt.held) && set_count(map, "refused", more->receipt.refused);
    for (uint32_t i = 0; sound && i < more->receipt.refusal_count; i++) {
        const struct more_refusal *refusal = &more->receipt.refusals[i];
        json_t *row = json_object();
        sound = row && set_text(row, "place", refusal->place) && set_text(row, "code", refusal->code) &&
                set_text(row, "reason", refusal->text);
        sound = json_array_append_new(rows, row) == 0 && sound;
    }
    sound = sound && json_object_set(map, "refused_rows", rows) == 0;
    json_decref(rows);
    return sound;
}

static bool set_again(json_t *map, const struct taken *taken) {
    char at[INSTANT_TEXT_MAX];
    instant_print(taken->before.taken_at, at);
    return set_words(map, "message", "已收过") && set_words(map, "first_document", taken->before.name) &&
           set_words(map, "first_taken_at", at) && (!taken->has_receipt || set_receipt(map, &taken->receipt));
}

/* --- the whole --- */

static int whole_status(enum refusal_code code) {
    if (code == REFUSAL_TOO_LARGE) return 413;
    if (code == REFUSAL_NOT_TEXT || code == REFUSAL_BAD_ENCODING || code == REFUSAL_GARBLED ||
        code == REFUSAL_OPEN_QUOTE || (code >= REFUSAL_WORKBOOK_OLD && code <= REFUSAL_ARCHIVE))
        return 400;
    return 422;
}

bool source_answer_taken(const struct source_settings *source, const char *name, const struct taken *taken,
                         struct source_answer *out) {
    const struct refusal *whole = &taken->verdict.whole;
    *out = (struct source_answer){.status = 200};
    if (taken->how == DOCUMENT_LATER) return source_answer_refusal(503, REFUSAL_REQUEST_LATER, taken->why, out);
    json_t *map = json_object();
    bool again = taken->how == DOCUMENT_AGAIN;
    out->problem = !again && whole->code;
    if (out->problem) out->status = whole_status(whole->code);
    bool sound = map &&
                 set_words(map, "result",
                           again          ? "again"
                           : out->problem ? "refused"
                                          : "taken") &&
                 set_words(map, "source", source->name) && set_words(map, "document", name);
    if (sound && out->problem) sound = set_problem(map, out->status, whole->code, whole->reason, whole->remedy);
    sound = sound && (again ? set_again(map, taken) : set_verdict(map, &taken->verdict));
    return print(map, sound, out);
}

/* --- for a terminal --- */

static void words_of_rows(const struct verdict *verdict, struct buffer *out) {
    for (size_t i = 0; i < verdict->outcome_count; i++) {
        const struct outcome *outcome = &verdict->outcomes[i];
        bool refused = outcome->kind == OUTCOME_REFUSED;
        if (!refused && !(outcome->kind == OUTCOME_EVENT && outcome->doubts)) continue;
        buffer_printf(out, "  第%zu行%s：%s\n", verdict->sheet.rows[outcome->reading.row].line,
                      refused ? "退回" : "待核", try_remark(verdict, outcome));
    }
}

static void words_of_verdict(const char *name, const struct verdict *verdict, struct buffer *out) {
    if (verdict->whole.code) {
        buffer_printf(out, "%s 整份退回（%s）：%s。\n怎么改：%s。\n", name, refusal_row(verdict->whole.code)->word,
                      verdict->whole.reason, refusal_remedy(&verdict->whole));
        return;
    }
    buffer_printf(out, "%s 收 %u（其中待核 %u）  无变化 %u  没有数 %u  退回 %u\n", name, verdict->taken, verdict->held,
                  verdict->unchanged, verdict->blank, verdict->refused);
    words_of_rows(verdict, out);
    if (verdict->note) buffer_printf(out, "注意：%s\n", verdict->note);
}

void source_answer_words(const char *name, const struct taken *taken, struct buffer *out) {
    char at[INSTANT_TEXT_MAX];
    switch (taken->how) {
    case DOCUMENT_TAKEN:
        words_of_verdict(name, &taken->verdict, out);
        break;
    case DOCUMENT_AGAIN:
        instant_print(taken->before.taken_at, at);
        buffer_printf(out, "%s 已收过：内容与%s收的“%s”一样，这次什么也没有记。\n", name, at, taken->before.name);
        break;
    case DOCUMENT_LATER:
        buffer_printf(out, "%s 现在收不了，一个数也没有收：%s\n", name, taken->why);
        break;
    }
    if (*taken->trouble) buffer_printf(out, "注意：%s\n", taken->trouble);
}

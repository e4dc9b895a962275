#include "services/cli/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/word.h"

static const struct word verbs[] = {
    {"drop", SCRIPT_DROP}, {"append", SCRIPT_APPEND}, {"rename", SCRIPT_RENAME}, {"run", SCRIPT_RUN}, {NULL, 0}};

const char *script_verb_name(enum script_verb verb) {
    return word_text(verbs, (int)verb);
}

struct cursor {
    const char *at, *end; /* of one line */
};

static void skip_spaces(struct cursor *cursor) {
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
        cursor->at++;
}

/* The next word, without its quotes; false when there is none, or its quote does not close. */
static bool next_word(struct cursor *cursor, const char **word, size_t *len) {
    skip_spaces(cursor);
    if (cursor->at == cursor->end) return false;
    if (*cursor->at == '"') {
        const char *close = memchr(cursor->at + 1, '"', (size_t)(cursor->end - cursor->at - 1));
        if (!close) return false;
        *word = cursor->at + 1;
        *len = (size_t)(close - *word);
        cursor->at = close + 1;
        return *len > 0;
    }
    *word = cursor->at;
    while (cursor->at < cursor->end && *cursor->at != ' ' && *cursor->at != '\t')
        cursor->at++;
    *len = (size_t)(cursor->at - *word);
    return true;
}

static struct script_line *add_line(struct script *script) {
    if (script->count == script->capacity) {
        size_t capacity = script->capacity ? 2 * script->capacity : 64;
        struct script_line *lines = realloc(script->lines, capacity * sizeof *lines);
        if (!lines) return NULL;
        script->lines = lines;
        script->capacity = capacity;
    }
    script->lines[script->count] = (struct script_line){0};
    return &script->lines[script->count++];
}

static const char *parse_arguments(struct cursor *cursor, struct script_line *line) {
    const char *word;
    size_t len;
    if (line->verb == SCRIPT_RUN) {
        skip_spaces(cursor);
        if (cursor->at == cursor->end) return "run wants a command";
        line->source = strndup(cursor->at, (size_t)(cursor->end - cursor->at));
        return line->source ? NULL : "out of memory";
    }
    if (!next_word(cursor, &word, &len)) return "wants SRC and DEST";
    line->source = strndup(word, len);
    if (!next_word(cursor, &word, &len)) return "wants SRC and DEST";
    line->target = strndup(word, len);
    skip_spaces(cursor);
    if (cursor->at != cursor->end) return "something stands behind DEST; paths with spaces want double quotes";
    return line->source && line->target ? NULL : "out of memory";
}

static const char *parse_line(struct cursor *cursor, struct script *script, unsigned number) {
    const char *word;
    size_t len;
    struct instant at;
    int verb;
    char text[16] = "";
    if (!next_word(cursor, &word, &len) || !instant_parse(word, len, &at))
        return "a line begins with an instant, like 2021-07-01T08:00:00+08:00";
    if (script->count && at.ms < script->lines[script->count - 1].at.ms)
        return "stands before the line above it in time: put the lines in order";
    if (!next_word(cursor, &word, &len)) return "wants a verb: drop, append, rename, run";
    if (len < sizeof text) memcpy(text, word, len);
    if (!word_find(verbs, text, strlen(text), &verb)) return "unknown verb: drop, append, rename, run";
    struct script_line *line = add_line(script);
    if (!line) return "out of memory";
    line->at = at;
    line->verb = (enum script_verb)verb;
    line->line = number;
    return parse_arguments(cursor, line);
}

bool script_parse(const char *name, const char *text, struct script *out, struct findings *findings) {
    *out = (struct script){0};
    size_t errors = findings->errors;
    unsigned number = 0;
    while (*text) {
        const char *end = strchrnul(text, '\n');
        struct cursor cursor = {text, end > text && end[-1] == '\r' ? end - 1 : end};
        number++;
        skip_spaces(&cursor);
        const char *wrong = cursor.at == cursor.end || *cursor.at == '#' ? NULL : parse_line(&cursor, out, number);
        if (wrong) {
            char place[ERROR_PLACE_MAX];
            snprintf(place, sizeof place, "%s:%u", name, number);
            findings_add(findings, false, place, "%s", wrong);
        }
        text = *end ? end + 1 : end;
    }
    return findings->errors == errors;
}

void script_finish(struct script *script) {
    for (size_t i = 0; i < script->count; i++) {
        free(script->lines[i].source);
        free(script->lines[i].target);
    }
    free(script->lines);
    *script = (struct script){0};
}

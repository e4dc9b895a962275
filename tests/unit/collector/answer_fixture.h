/* A database's answer from a text with tabs, as tests/feeds/README.md tells, put before a paper as its sheet. */
#ifndef DUBAN_TESTS_ANSWER_FIXTURE_H
#define DUBAN_TESTS_ANSWER_FIXTURE_H

#include "services/collector/sql_sheet.h"
#include "tests/unit/collector/paper_fixture.h"

struct answer_fixture {
    struct sql_settings sql;
    struct sql_rows rows;
};

static inline bool answer_fixture_is(const char *name) {
    size_t len = strlen(name);
    return len > 7 && strcmp(name + len - 7, ".answer") == 0;
}

static inline enum answer_kind answer_fixture_kind(const char *word) {
    static const char *const words[] = {"text", "exact", "double", "single", "boolean", "day", "local", "instant", "bytes"};
    for (size_t i = 0; i < ANSWER_KINDS; i++)
        if (strcmp(words[i], word) == 0) return (enum answer_kind)i;
    cr_assert(false, "no kind of column: %s", word);
    return ANSWER_TEXT;
}

/* The fields of a line; empty ones are fields, too. */
static inline size_t answer_fixture_split(char *line, char *fields[ANSWER_COLUMNS_MAX]) {
    size_t count = 0;
    for (char *field; (field = strsep(&line, "\t")) && count < ANSWER_COLUMNS_MAX;)
        fields[count++] = field;
    return count;
}

static inline void answer_fixture_read(struct answer_fixture *out, const char *text, struct paper_fixture *paper) {
    char *fields[ANSWER_COLUMNS_MAX], *copy = strdup(text), *rest = copy, *line;
    struct buffer answer = {0};
    enum answer_kind kinds[ANSWER_COLUMNS_MAX];
    size_t lines = 0, columns = 0;
    *out = (struct answer_fixture){.sql = {.zone = STAMP_HERE}};
    answer_begin(&answer);
    while ((line = strsep(&rest, "\n")) && (*line || rest)) {
        if (strncmp(line, "zone ", 5) == 0) {
            out->sql.zoned = stamp_zone(line + 5, &out->sql.zone);
            continue;
        }
        size_t count = answer_fixture_split(line, fields);
        if (lines++ == 0) columns = count;
        cr_assert_eq(count, columns, "line %zu has %zu fields", lines, count);
        if (lines > 2) answer_add_row(&answer);
        for (size_t i = 0; i < count; i++) {
            if (lines == 1) kinds[i] = answer_fixture_kind(fields[i]);
            if (lines == 2) answer_add_column(&answer, kinds[i], slice_of(fields[i]));
            if (lines > 2) answer_add_value(&answer, slice_of(strcmp(fields[i], "NULL") == 0 ? NULL : fields[i]));
        }
    }
    answer_end(&answer);
    cr_assert(sql_sheet_fill((struct slice){buffer_text(&answer), answer.len}, &out->sql, &paper->mapping, paper->arena,
                             &out->rows));
    paper->paper.sheet = &out->rows.sheet;
    paper->paper.given = out->rows.whole.code ? &out->rows.whole : NULL;
    buffer_finish(&answer);
    free(copy);
}

#endif

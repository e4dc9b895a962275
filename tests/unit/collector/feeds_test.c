/* Every shape of tests/feeds: a real file, the mapping it is read with, and what must become of it, written by hand.
 * tests/feeds/README.md says how the expectations are written. */
#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/base/file.h"
#include "tests/unit/collector/answer_fixture.h"
#include "tests/unit/collector/paper_fixture.h"

#define FEEDS DUBAN_SOURCE_DIR "/tests/feeds"
enum { LINES_MAX = 256, LINE_MAX_BYTES = 1024, NAMES_MAX = 256 };

struct lines {
    char *items[LINES_MAX];
    size_t count;
};

struct feed {
    struct paper_fixture paper; /* first: the memory's context is both */
    const char *path;           /* of the case's folder */
    struct lines expected, notes;
    char counts[64], period[32], today[16], saved[16], name[256];
    struct source_extent last;
};

static struct buffer read_text(const char *folder, const char *name) {
    char path[768];
    struct buffer out = {0};
    struct error err;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    cr_assert_eq(file_read(path, 1 << 26, &out, &err), ERROR_OK, "%s: %s", path, err.message);
    return out;
}

static void lines_add(struct lines *lines, const char *text) {
    cr_assert_lt(lines->count, LINES_MAX);
    lines->items[lines->count++] = strdup(text);
}
static void lines_finish(struct lines *lines) {
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i]);
    lines->count = 0;
}

/* --- what was known before --- */

static struct figure figure_of(const char *text) {
    struct figure out = {.form = FIGURE_VALUE};
    const char *slash = strchr(text, '/');
    if (strcmp(text, "done") == 0 || strcmp(text, "undone") == 0)
        return (struct figure){.form = FIGURE_DONE, .done = *text == 'd'};
    size_t len = slash ? (size_t)(slash - text) : strlen(text);
    cr_assert_eq(decimal_parse(text, len, &out.value), PROTO_OK, "%s", text);
    if (slash) {
        out.form = FIGURE_FRACTION;
        cr_assert_eq(decimal_parse(slash + 1, strlen(slash + 1), &out.denominator), PROTO_OK, "%s", text);
    }
    return out;
}

static void read_before(struct feed *feed, char *rest) {
    char *target = strtok(rest, " "), *area = strtok(NULL, " "), *day = strtok(NULL, " "), *value = strtok(NULL, " ");
    char *doubted = strtok(NULL, " ");
    cr_assert(value, "%s: before TARGET AREA DAY VALUE", feed->path);
    paper_fixture_knows(&feed->paper, target, area, day, figure_of(value), doubted != NULL);
}

static enum error_code last_file(void *context, const char *source, struct source_extent *out, struct error *err) {
    const struct feed *feed = (const struct feed *)context;
    (void)source, (void)err;
    *out = (struct source_extent){.found = feed->last.found, .figures = feed->last.figures};
    buffer_add_text(&out->cells, buffer_text(&feed->last.cells));
    return ERROR_OK;
}

/* --- the expectations --- */

static bool take_word(const char *line, const char *word, const char **rest) {
    size_t len = strlen(word);
    if (strncmp(line, word, len) != 0 || (line[len] != ' ' && line[len] != 0)) return false;
    *rest = line[len] ? line + len + 1 : line + len;
    return true;
}

static void read_line(struct feed *feed, char *line, struct lines *befores) {
    const char *rest;
    if (*line == 0 || *line == '#') return;
    if (take_word(line, "today", &rest))
        snprintf(feed->today, sizeof feed->today, "%s", rest);
    else if (take_word(line, "saved", &rest))
        snprintf(feed->saved, sizeof feed->saved, "%s", rest);
    else if (take_word(line, "before", &rest))
        lines_add(befores, rest);
    else if (take_word(line, "last", &rest)) {
        feed->last.found = true;
        feed->last.figures++;
        buffer_printf(&feed->last.cells, "%s\n", rest);
    } else if (take_word(line, "note", &rest))
        lines_add(&feed->notes, rest);
    else if (take_word(line, "counts", &rest))
        snprintf(feed->counts, sizeof feed->counts, "%s", rest);
    else if (take_word(line, "period", &rest))
        snprintf(feed->period, sizeof feed->period, "%s", rest);
    else
        lines_add(&feed->expected, line);
}

static void read_expected(struct feed *feed, struct lines *befores) {
    struct buffer text = read_text(feed->path, "expected.txt");
    char *at = NULL;
    snprintf(feed->today, sizeof feed->today, "2021-07-02");
    char *copy = strdup(buffer_text(&text));
    for (char *line = strtok_r(copy, "\n", &at); line; line = strtok_r(NULL, "\n", &at))
        read_line(feed, line, befores);
    free(copy);
    buffer_finish(&text);
}

/* --- what became of it --- */

static const char *value_text(const struct figure *figure) {
    static char out[2 * DECIMAL_TEXT_MAX + 2];
    char top[DECIMAL_TEXT_MAX], bottom[DECIMAL_TEXT_MAX];
    if (figure->form == FIGURE_DONE) return figure->done ? " done" : " undone";
    if (figure->form == FIGURE_NONE) return "";
    decimal_print(figure->value, top);
    decimal_print(figure->denominator, bottom);
    if (figure->form == FIGURE_VALUE)
        snprintf(out, sizeof out, " %s", top);
    else
        snprintf(out, sizeof out, " %s/%s", top, bottom);
    return out;
}

static const char *kind_word(uint32_t kind) {
    switch (kind) {
    case EVENT_FIGURE:
        return "figure";
    case EVENT_CORRECTION:
        return "correction";
    case EVENT_NO_CHANGE:
        return "no_change";
    case EVENT_WORDS:
        return "words";
    default:
        return "?";
    }
}

static void event_line(const struct feed *feed, const struct outcome *outcome, char *line) {
    const struct event *event = &outcome->event;
    char day[DAY_TEXT_MAX];
    (void)feed;
    day_print(event->as_of, day);
    int len = snprintf(line, LINE_MAX_BYTES, "%.*s %s %.*s %.*s %s%s", (int)event->source.place.len,
                       event->source.place.ptr, kind_word(event->kind), (int)event->target.len, event->target.ptr,
                       (int)event->area.len, event->area.ptr, day, value_text(&event->figure));
    if (event->note.len)
        len += snprintf(line + len, LINE_MAX_BYTES - (size_t)len, " “%.*s”", (int)event->note.len, event->note.ptr);
    for (unsigned i = 0; i < DOUBT_COUNT; i++)
        if (outcome->doubts & 1u << i) len += snprintf(line + len, LINE_MAX_BYTES - (size_t)len, " !%s", doubt_word(i));
}

static void refusal_line(struct verdict *verdict, const char *place, const struct refusal *refusal, char *line) {
    snprintf(line, LINE_MAX_BYTES, "%s refused %s %s ", place,
             refusal->column == NO_COLUMN ? "-" : sheet_letters(verdict->arena, refusal->column),
             refusal_row(refusal->code)->word);
}

static bool same_words(const char *expected, const char *prefix, const char *sentence) {
    size_t len = strlen(prefix);
    bool bare = strlen(expected) + 1 == len && strncmp(expected, prefix, len - 1) == 0;
    return bare || (strncmp(expected, prefix, len) == 0 && strstr(sentence, expected + len));
}

/* One line of the outcome against the next expected one. */
static void expect_line(struct feed *feed, size_t *at, const char *line, const char *sentence) {
    const char *wanted = *at < feed->expected.count ? feed->expected.items[*at] : "(nothing)";
    bool same = sentence ? same_words(wanted, line, sentence) : strcmp(wanted, line) == 0;
    cr_expect(same, "%s\n  expected: %s\n  found:    %s%s", feed->path, wanted, line, sentence ? sentence : "");
    (*at)++;
}

static void expect_outcome(struct feed *feed, size_t *at, const struct outcome *outcome) {
    struct verdict *verdict = &feed->paper.verdict;
    const struct reading *reading = &outcome->reading;
    const struct plan *plan = feed->paper.plan.plan;
    char line[LINE_MAX_BYTES], day[DAY_TEXT_MAX];
    const char *place = sheet_place(verdict->arena, &verdict->sheet, reading->row);
    if (outcome->kind == OUTCOME_EVENT) {
        event_line(feed, outcome, line);
        expect_line(feed, at, line, NULL);
    } else if (outcome->kind == OUTCOME_REFUSED) {
        refusal_line(verdict, place, &reading->refusal, line);
        expect_line(feed, at, line, refusal_sentence(verdict->arena, &reading->refusal));
        cr_expect_not(refusal_row(reading->refusal.code)->file, "%s: a file's code at a row", feed->path);
    } else if (outcome->kind == OUTCOME_UNCHANGED) {
        day_print(reading->as_of, day);
        snprintf(line, sizeof line, "%s unchanged %s %s %s", place,
                 reading->target != NO_INDEX ? plan->targets[reading->target].code : "-",
                 plan->areas[reading->area].code, day);
        expect_line(feed, at, line, NULL);
    }
}

static void expect_note(struct feed *feed) {
    const char *note = feed->paper.verdict.note ? feed->paper.verdict.note : "";
    for (size_t i = 0; i < feed->notes.count; i++)
        cr_expect(strstr(note, feed->notes.items[i]), "%s\n  the note lacks: %s\n  it says:       %s", feed->path,
                  feed->notes.items[i], note);
    cr_expect(feed->notes.count || !*note, "%s: a note nobody expects: %s", feed->path, note);
}

static void expect_all(struct feed *feed) {
    struct verdict *verdict = &feed->paper.verdict;
    char line[LINE_MAX_BYTES];
    size_t at = 0;
    if (verdict->whole.code) {
        snprintf(line, sizeof line, "whole %s ", refusal_row(verdict->whole.code)->word);
        expect_line(feed, &at, line, refusal_sentence(verdict->arena, &verdict->whole));
        cr_expect(refusal_row(verdict->whole.code)->file, "%s: a row's code for the file", feed->path);
    }
    for (size_t i = 0; i < verdict->outcome_count && !verdict->whole.code; i++)
        expect_outcome(feed, &at, &verdict->outcomes[i]);
    for (; at < feed->expected.count; at++)
        cr_expect(false, "%s\n  expected: %s\n  found:    (nothing)", feed->path, feed->expected.items[at]);
    expect_note(feed);
    if (*feed->counts)
        cr_expect_str_eq(counts_of(&feed->paper), feed->counts, "%s: %s", feed->path, counts_of(&feed->paper));
    if (*feed->period)
        cr_expect_str_eq(verdict->period ? verdict->period : "", feed->period, "%s: %s", feed->path, verdict->period);
    uint8_t receipt[EVENT_BYTES_MAX];
    size_t used = 0;
    cr_expect_eq(event_encode(&verdict->receipt, receipt, sizeof receipt, &used), PROTO_OK, "%s", feed->path);
}

/* --- the folders --- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t names_in(const char *folder, char *names[NAMES_MAX]) {
    size_t count = 0;
    DIR *dir = opendir(folder);
    cr_assert_not_null(dir, "%s", folder);
    for (struct dirent *entry; (entry = readdir(dir)) && count < NAMES_MAX;)
        if (entry->d_name[0] != '.') names[count++] = strdup(entry->d_name);
    closedir(dir);
    qsort(names, count, sizeof *names, by_text);
    return count;
}

static void names_finish(char *names[NAMES_MAX], size_t count) {
    for (size_t i = 0; i < count; i++)
        free(names[i]);
}

static bool is_folder(const char *path) {
    struct stat seen;
    return stat(path, &seen) == 0 && S_ISDIR(seen.st_mode);
}

/* The one file that is neither mapping nor expectation. */
static void find_name(struct feed *feed) {
    char *names[NAMES_MAX];
    size_t count = names_in(feed->path, names);
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], "mapping.yaml") != 0 && strcmp(names[i], "expected.txt") != 0)
            snprintf(feed->name, sizeof feed->name, "%s", names[i]);
    names_finish(names, count);
    cr_assert(*feed->name, "%s: there is no file to be read", feed->path);
}

static void judge_case(const char *path) {
    struct feed feed = {.path = path};
    struct lines befores = {.count = 0};
    read_expected(&feed, &befores);
    find_name(&feed);
    struct buffer plan = read_text(FEEDS, "plan.yaml"), mapping = read_text(path, "mapping.yaml");
    struct buffer denominators = read_text(FEEDS, "denominators.csv"), bytes = read_text(path, feed.name);
    const struct plan_text texts[] = {
        {.role = "plan", .name = "plan.yaml", .bytes = {buffer_text(&plan), plan.len}},
        {.role = "denominators", .name = "denominators.csv", .bytes = {buffer_text(&denominators), denominators.len}}};
    paper_fixture_open_on(&feed.paper, plan_fixture_read(texts, 2), buffer_text(&mapping), feed.today);
    feed.paper.paper.name = slice_of(feed.name);
    feed.paper.paper.memory.last_file = feed.last.found ? last_file : NULL;
    feed.paper.paper.modified = *feed.saved ? day_at(day_of(feed.saved), 18, 0) : INSTANT_NONE;
    for (size_t i = 0; i < befores.count; i++)
        read_before(&feed, befores.items[i]);
    struct answer_fixture answer = {.rows = {.count = 0}};
    if (answer_fixture_is(feed.name)) answer_fixture_read(&answer, buffer_text(&bytes), &feed.paper);
    paper_fixture_judge_bytes(&feed.paper, buffer_text(&bytes), bytes.len);
    expect_all(&feed);
    sql_rows_finish(&answer.rows);
    paper_fixture_close(&feed.paper);
    buffer_finish(&plan);
    buffer_finish(&denominators);
    buffer_finish(&mapping);
    buffer_finish(&bytes);
    buffer_finish(&feed.last.cells);
    lines_finish(&feed.expected);
    lines_finish(&feed.notes);
    lines_finish(&befores);
}

/* Cases are the folders that hold an expected.txt, at most two levels down. */
static size_t judge_below(const char *folder, int depth) {
    char *names[NAMES_MAX], path[700];
    size_t count = names_in(folder, names), cases = 0;
    snprintf(path, sizeof path, "%s/expected.txt", folder);
    if (file_exists(path)) {
        judge_case(folder);
        cases++;
    }
    for (size_t i = 0; depth && i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        if (is_folder(path)) cases += judge_below(path, depth - 1);
    }
    names_finish(names, count);
    return cases;
}

Test(feeds, every_shape_as_written_beside_it, .timeout = 240) {
    char *names[NAMES_MAX], path[600];
    size_t count = names_in(FEEDS, names), shapes = 0;
    for (size_t i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s", FEEDS, names[i]);
        if (!is_folder(path)) continue;
        cr_expect_gt(judge_below(path, 1), 0, "%s holds no case", names[i]);
        shapes++;
    }
    cr_expect_eq(shapes, 32, "there are folders for %zu shapes", shapes);
    names_finish(names, count);
}

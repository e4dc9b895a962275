#include "services/collector/learn_open.h"

#include <string.h>

#include "common/base/cleanup.h"
#include "services/collector/workbook.h"

struct opening {
    const struct paper *paper;
    struct day today;
    struct arena *arena;
    struct learn_asker *asker;
    struct learn_opened *out;
    struct refusal *refusal;
};

static void see(struct opening *in) {
    in->out->seen = learn_see(&in->out->sheet, catalogue_plan(in->paper->catalogue), in->today, in->arena);
}

/* --- text --- */

static bool split(struct opening *in, char separator) {
    struct slice text = {buffer_text(&in->out->decoded.text), in->out->decoded.text.len};
    sheet_finish(&in->out->sheet);
    in->out->seen = (struct seen){.depth = 0};
    bool done = separator ? sheet_split(text, separator, in->arena, &in->out->sheet, in->refusal)
                          : sheet_lines(text, in->arena, &in->out->sheet, in->refusal);
    if (done) see(in);
    return done;
}

/* The separator with which the widest table is seen. */
static bool open_text(struct opening *in) {
    static const char separators[] = {',', '\t', ';'};
    char best = ',';
    size_t width = 0;
    if (!decode(in->paper->bytes, in->arena, &in->out->decoded, in->refusal)) return false;
    struct slice text = {buffer_text(&in->out->decoded.text), in->out->decoded.text.len};
    if (sheet_looks_like_lines(text)) return split(in, 0);
    for (size_t i = 0; i < sizeof separators; i++) {
        if (!split(in, separators[i]) || in->out->seen.depth == 0 || in->out->seen.width <= width) continue;
        best = separators[i];
        width = in->out->seen.width;
    }
    return split(in, best);
}

/* --- a workbook --- */

static bool read_sheet(struct opening *in, struct workbook *workbook, size_t index) {
    struct workbook_extent extent;
    sheet_finish(&in->out->sheet);
    in->out->seen = (struct seen){.depth = 0};
    if (!workbook_read(workbook, index, &in->out->sheet, &extent, in->refusal)) return false;
    see(in);
    return true;
}

/* "6月" → "{month}月": the sheet of the period that is open. NULL: no such name. */
static const char *month_pattern(const char *name) {
    size_t digits = strspn(name, "0123456789");
    return digits >= 1 && digits <= 2 && strcmp(name + digits, "月") == 0 ? "{month}月" : NULL;
}

static void offer_sheet(struct opening *in, const char *name, struct learn_question *question) {
    const char *pattern = month_pattern(name);
    for (size_t i = 0; pattern && i < question->choice_count; i++)
        if (strcmp(question->choices[i], pattern) == 0) pattern = NULL;
    if (pattern) learn_offer(question, pattern, "报告期那个月的工作表，{month}月");
    learn_offer(question, name, say(in->arena, "工作表“%s”", name));
}

static bool open_workbook(struct opening *in) {
    CLEAN(workbook_destroy) struct workbook *workbook = NULL;
    struct learn_question question = {.key = "sheet", .words = "有几张工作表都像。用哪一张？", .proposal = ""};
    size_t tables = 0, first = NO_COLUMN;
    if (!workbook_open(in->paper->bytes, in->paper->file, &workbook_limits, in->arena, &workbook, in->refusal))
        return false;
    size_t count = workbook_sheet_count(workbook);
    for (size_t i = 0; i < count; i++) {
        if (workbook_sheet_hidden(workbook, i)) continue;
        if (!read_sheet(in, workbook, i)) return false;
        if (in->out->seen.depth == 0) continue;
        if (tables++ == 0) first = i;
        offer_sheet(in, arena_copy(in->arena, workbook_sheet_name(workbook, i)), &question);
    }
    if (first == NO_COLUMN) return count > 0;
    if (tables > 1) in->out->sheet_answer = learn_ask(in->asker, &question);
    if (in->asker->failed) return false;
    for (size_t i = 0; i < count && *in->out->sheet_answer; i++)
        if (strcmp(workbook_sheet_name(workbook, i), in->out->sheet_answer) == 0) first = i;
    return read_sheet(in, workbook, first);
}

bool learn_open(const struct paper *paper, struct day today, struct arena *arena, struct learn_asker *asker,
                struct learn_opened *out, struct refusal *refusal) {
    struct opening in = {paper, today, arena, asker, out, refusal};
    *out = (struct learn_opened){.sheet_answer = ""};
    *refusal = (struct refusal){.code = REFUSAL_NONE};
    return decode_is_zip(paper->bytes) ? open_workbook(&in) : open_text(&in);
}

void learn_opened_finish(struct learn_opened *opened) {
    sheet_finish(&opened->sheet);
    decoded_finish(&opened->decoded);
}

#include "services/collector/structure.h"

#include <stdio.h>
#include <string.h>

#include "common/base/cleanup.h"
#include "common/base/text.h"
#include "services/collector/checks.h"
#include "services/collector/workbook.h"

enum { NAME_MAX_BYTES = 256, LISTED_MAX = 12 };

static void forget_sheet(struct verdict *out) {
    sheet_finish(&out->sheet);
    out->header = (struct header){.row = NO_COLUMN, .titles = {.as_of = DAY_NONE, .other_as_of = DAY_NONE}};
}

static bool find_header(const struct paper *paper, struct verdict *out, struct refusal *refusal) {
    const struct header_search search = {.sheet = &out->sheet,
                                         .mapping = paper->mapping,
                                         .plan = catalogue_plan(paper->catalogue),
                                         .today = instant_day(paper->now),
                                         .arena = out->arena};
    return header_find(&search, &out->header, refusal);
}

/* --- text --- */

static bool split_and_find(const struct paper *paper, struct verdict *out, char separator, struct refusal *refusal) {
    struct slice text = {buffer_text(&out->decoded.text), out->decoded.text.len};
    forget_sheet(out);
    bool split = separator ? sheet_split(text, separator, out->arena, &out->sheet, refusal)
                           : sheet_lines(text, out->arena, &out->sheet, refusal);
    return split && find_header(paper, out, refusal);
}

/* [{…}, {…}], as programs like to write it, or an object over several lines: told apart from a table whose columns are
 * not found. */
static bool is_other_json(struct slice text) {
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end && strchr(" \t\r\n", *at))
        at++;
    if (at == end || *at++ != '[') return false;
    while (at < end && strchr(" \t\r\n", *at))
        at++;
    return at == end || *at == '{' || *at == ']';
}

static bool no_line_is_an_object(const struct sheet *sheet) {
    return sheet->named && sheet->row_count > 1 && sheet->rows[0].cell_count == 0;
}

static bool refuse_json(struct verdict *out) {
    out->whole = refuse(out->arena, REFUSAL_JSON_LINES, NO_COLUMN, "是 JSON，但不是一行一个对象");
    return false;
}

static bool find_in_lines(const struct paper *paper, struct verdict *out) {
    bool found = split_and_find(paper, out, 0, &out->whole);
    return found || !no_line_is_an_object(&out->sheet) ? found : refuse_json(out);
}

/* The separator is the one with which a header row is found. */
static bool find_in_text(const struct paper *paper, struct verdict *out) {
    static const char separators[] = {',', '\t', ';'};
    struct slice text = {buffer_text(&out->decoded.text), out->decoded.text.len};
    if (sheet_looks_like_lines(text)) return find_in_lines(paper, out);
    if (is_other_json(text)) return refuse_json(out);
    if (paper->mapping->separator) return split_and_find(paper, out, paper->mapping->separator, &out->whole);
    char best = ',';
    size_t best_matched = 0;
    for (size_t i = 0; i < sizeof separators; i++) {
        if (split_and_find(paper, out, separators[i], &out->whole)) return true;
        /* ties go to the comma, so that what is said of a file without any header is said of its plain lines */
        if (out->header.row != NO_COLUMN && out->header.matched > best_matched) {
            best_matched = out->header.matched;
            best = separators[i];
        }
    }
    return split_and_find(paper, out, best, &out->whole);
}

/* --- which worksheet --- */

struct day structure_open_period(const struct paper *paper) {
    const struct plan *plan = catalogue_plan(paper->catalogue);
    struct day today = instant_day(paper->now);
    struct period now = period_of(plan->calendar, &plan->reporting, today);
    struct period last = period_before(plan->calendar, &plan->reporting, now);
    return today.n <= last.closing.n ? last.last : now.last;
}

static void expand(const char *pattern, struct day day, char out[NAME_MAX_BYTES]) {
    int year, month, mday;
    size_t len = 0;
    day_split(day, &year, &month, &mday);
    while (*pattern && len < NAME_MAX_BYTES - 8) {
        size_t word = strncmp(pattern, "{yyyy}", 6) == 0    ? 6
                      : strncmp(pattern, "{mm}", 4) == 0    ? 4
                      : strncmp(pattern, "{month}", 7) == 0 ? 7
                                                            : 0;
        if (word == 0)
            out[len++] = *pattern++;
        else
            len += (size_t)snprintf(out + len, 8, "%0*d", word == 6 ? 4 : word == 4 ? 2 : 1, word == 6 ? year : month);
        pattern += word;
    }
    out[len] = 0;
}

/* Full-width digits and spaces as people type them say the same. */
static void even_out(const char *text, char out[NAME_MAX_BYTES]) {
    struct buffer half = {0};
    size_t len = 0;
    text_halfwidth(text, strlen(text), &half);
    for (const char *at = buffer_text(&half); *at && len < NAME_MAX_BYTES - 1; at++)
        if (*at != ' ') out[len++] = *at;
    out[len] = 0;
    buffer_finish(&half);
}

/* The last star takes as much as it must. */
static bool stars_match(const char *pattern, const char *name) {
    const char *star = NULL, *taken = NULL;
    while (*name) {
        if (*pattern == '*') {
            star = ++pattern;
            taken = name;
        } else if (*pattern == *name) {
            pattern++, name++;
        } else if (star) {
            pattern = star;
            name = ++taken;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == 0;
}

bool structure_sheet_matches(const char *pattern, const char *name, struct day day) {
    char wanted[NAME_MAX_BYTES], expanded[NAME_MAX_BYTES], here[NAME_MAX_BYTES];
    expand(pattern, day, expanded);
    even_out(expanded, wanted);
    even_out(name, here);
    return stars_match(wanted, here);
}

/* "说明、Sheet2" */
static const char *sheet_list(struct verdict *out, const struct workbook *workbook, size_t without) {
    const char *list = "";
    size_t listed = 0;
    for (size_t i = 0; i < workbook_sheet_count(workbook); i++) {
        if (i == without) continue;
        if (listed++ < LISTED_MAX)
            list = say(out->arena, "%s%s%s", list, *list ? "、" : "", workbook_sheet_name(workbook, i));
    }
    return listed > LISTED_MAX ? say(out->arena, "%s等%zu张", list, listed) : list;
}

/* --- reading a worksheet --- */

static bool read_sheet(const struct paper *paper, struct workbook *workbook, size_t index, struct verdict *out,
                       struct refusal *refusal) {
    struct workbook_extent extent;
    forget_sheet(out);
    out->unread = (struct unread){.line = 0};
    bool read = workbook_read(workbook, index, &out->sheet, &extent, refusal) && find_header(paper, out, refusal);
    out->unread.line = extent.line;
    return read;
}

static bool read_named(const struct paper *paper, struct workbook *workbook, size_t index, struct verdict *out) {
    bool read = read_sheet(paper, workbook, index, out, &out->whole);
    out->unread.sheets = sheet_list(out, workbook, index);
    return read;
}

static bool find_by_name(const struct paper *paper, struct workbook *workbook, struct verdict *out) {
    size_t found = NO_COLUMN, count = workbook_sheet_count(workbook);
    struct day day = structure_open_period(paper);
    const char *pattern = paper->mapping->sheet;
    for (size_t i = 0; i < count; i++) {
        if (!structure_sheet_matches(pattern, workbook_sheet_name(workbook, i), day)) continue;
        if (found != NO_COLUMN) {
            out->whole = refuse(out->arena, REFUSAL_SHEET_TWICE, NO_COLUMN, "“%s”和“%s”两张工作表都对得上“%s”",
                                workbook_sheet_name(workbook, found), workbook_sheet_name(workbook, i), pattern);
            return false;
        }
        found = i;
    }
    if (found != NO_COLUMN) return read_named(paper, workbook, found, out);
    out->whole = refuse(out->arena, REFUSAL_SHEET_MISSING, NO_COLUMN, "没有叫“%s”的工作表，只有：%s", pattern,
                        sheet_list(out, workbook, NO_COLUMN));
    return false;
}

static size_t only_visible(const struct workbook *workbook) {
    size_t found = NO_COLUMN;
    for (size_t i = 0; i < workbook_sheet_count(workbook); i++) {
        if (workbook_sheet_hidden(workbook, i)) continue;
        if (found != NO_COLUMN) return NO_COLUMN;
        found = i;
    }
    return found;
}

/* Without a name: the one visible worksheet that has the header. */
static bool find_by_header(const struct paper *paper, struct workbook *workbook, struct verdict *out) {
    size_t only = only_visible(workbook);
    if (only != NO_COLUMN) return read_named(paper, workbook, only, out);
    size_t found = NO_COLUMN, best = NO_COLUMN, best_matched = 0;
    struct refusal refusal;
    for (size_t i = 0; i < workbook_sheet_count(workbook); i++) {
        if (workbook_sheet_hidden(workbook, i)) continue;
        bool here = read_sheet(paper, workbook, i, out, &refusal);
        if (out->sheet.failed) return false;
        if (here && found != NO_COLUMN) {
            forget_sheet(out);
            out->whole = refuse(out->arena, REFUSAL_SHEET_TWICE, NO_COLUMN, "“%s”和“%s”两张工作表都有这样的表头",
                                workbook_sheet_name(workbook, found), workbook_sheet_name(workbook, i));
            return false;
        }
        size_t matched = out->header.row == NO_COLUMN ? 0 : out->header.matched + 1;
        if (here) found = i;
        if (best == NO_COLUMN || matched > best_matched) best = i, best_matched = matched;
    }
    if (found == NO_COLUMN) found = best;
    if (found != NO_COLUMN) return read_named(paper, workbook, found, out);
    out->whole = refuse(out->arena, REFUSAL_SHEET_MISSING, NO_COLUMN, "工作表都隐藏了：%s",
                        sheet_list(out, workbook, NO_COLUMN));
    return false;
}

static bool find_in_workbook(const struct paper *paper, struct verdict *out) {
    CLEAN(workbook_destroy) struct workbook *workbook = NULL;
    out->workbook = true;
    if (!workbook_open(paper->bytes, paper->file, &workbook_limits, out->arena, &workbook, &out->whole)) return false;
    return paper->mapping->sheet ? find_by_name(paper, workbook, out) : find_by_header(paper, workbook, out);
}

/* What came as cells is what it is: nothing to be found out but the header. */
static bool find_in_cells(const struct paper *paper, struct verdict *out) {
    out->sheet = *paper->sheet;
    *paper->sheet = (struct sheet){.row_count = 0};
    if (paper->given) {
        out->whole = *paper->given;
        return false;
    }
    return find_header(paper, out, &out->whole);
}

bool structure_find(const struct paper *paper, struct verdict *out) {
    if (paper->sheet) return find_in_cells(paper, out);
    if (decode_is_zip(paper->bytes)) return find_in_workbook(paper, out);
    return decode(paper->bytes, out->arena, &out->decoded, &out->whole) && find_in_text(paper, out);
}

void structure_warn(struct verdict *verdict) {
    const struct sheet *sheet = &verdict->sheet;
    if (!sheet->name) return;
    if (verdict->unread.line)
        check_add(verdict, say(verdict->arena, "空行太多，第%zu行起没有读", verdict->unread.line));
    if (sheet->hidden_rows) check_add(verdict, say(verdict->arena, "隐藏的%zu行也读了", sheet->hidden_rows));
    if (sheet->hidden_columns) check_add(verdict, say(verdict->arena, "隐藏的%zu列也读了", sheet->hidden_columns));
    if (verdict->unread.sheets && *verdict->unread.sheets)
        check_add(verdict, say(verdict->arena, "没有读的工作表：%s", verdict->unread.sheets));
}

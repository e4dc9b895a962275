/* One table of figures, drawn a hundred ways from a fixed seed: columns shuffled, titles above, blank lines, sums and
 * signatures, numbers, names and days as offices write them, one column a county or a target, commas or tabs. Never
 * does a figure change, go missing or appear. */
#include "tests/unit/collector/paper_fixture.h"

static uint64_t state;
static size_t chance(size_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (size_t)(state % below);
}

enum { TARGETS = 3, AREAS = 2, FIGURES = TARGETS * AREAS, COLUMNS = 6 };

/* In tenths; each target is in 公里 and counts them with one decimal at least. */
static const struct {
    const char *code, *names[3];
} targets[TARGETS] = {{"T06.1", {"T06.1", "直连道路", "“新改建 直连道路”"}},
                      {"T06.2", {"T06.2", "工程", "Ｔ０６．２"}},
                      {"T06.5", {"T06.5", "架线", "“架线”"}}};
static const struct {
    const char *code, *names[4];
} areas[AREAS] = {{"510822", {"青川县", "青川", "青 川 县", "510822000000"}},
                  {"510821", {"旺苍县", "广元市旺苍县", "510821", "旺　苍"}}};
/* T06.2 and T06.5 have no task in 旺苍: its figures are blank there. */
static const int tenths[FIGURES] = {10315, 680, 41, -1, 995, -1};
static const char *const days[] = {"2021-06-30", "2021/6/30", "2021.6.30", "20210630", "2021年6月30日", "2021年6月"};

static void write_number(struct buffer *out, int value, char separator) {
    static const char *const wide[] = {"０", "１", "２", "３", "４", "５", "６", "７", "８", "９"};
    char plain[32];
    snprintf(plain, sizeof plain, value % 10 ? "%d.%d" : "%d", value / 10, value % 10);
    switch (chance(6)) {
    case 0:
        buffer_printf(out, "%d.%d0", value / 10, value % 10);
        break;
    case 1:
        if (value >= 10000)
            buffer_printf(out, separator == ',' ? "\"%d,%03d.%d\"" : "%d,%03d.%d", value / 10000, value / 10 % 1000,
                          value % 10);
        else
            buffer_printf(out, " %s ", plain);
        break;
    case 2:
        for (const char *at = plain; *at; at++)
            buffer_add_text(out, *at == '.' ? "．" : wide[*at - '0']);
        break;
    case 3:
        buffer_printf(out, "%s公里", plain);
        break;
    case 4:
        buffer_printf(out, "+%s", plain);
        break;
    default:
        buffer_add_text(out, plain);
    }
}

static void shuffle(size_t *order, size_t count) {
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t k = chance(i), kept = order[i - 1];
        order[i - 1] = order[k];
        order[k] = kept;
    }
}

static void write_titles(struct buffer *out) {
    for (size_t i = chance(4); i > 0; i--)
        buffer_add_text(out, i == 3   ? "附件2 2021年重点任务进展情况表\n"
                             : i == 2 ? "填报单位：青川县 单位：公里 截至2021年6月30日\n"
                                      : "\n");
}

static void write_separated(struct buffer *out, bool first, char separator) {
    if (!first) buffer_add_char(out, separator);
}

/* --- one row a figure --- */

static void write_long_cell(struct buffer *out, size_t column, size_t figure, const char *day, char separator) {
    size_t target = figure / AREAS, area = figure % AREAS;
    switch (column) {
    case 0:
        buffer_add_text(out, targets[target].names[chance(3)]);
        break;
    case 1:
        buffer_add_text(out, areas[area].names[chance(4)]);
        break;
    case 2:
        buffer_add_text(out, day);
        break;
    case 3:
        if (tenths[figure] >= 0) write_number(out, tenths[figure], separator);
        break;
    case 4:
        buffer_add_text(out, "公里");
        break;
    default:
        buffer_printf(out, "%zu", figure + 1);
    }
}

static void write_long(struct buffer *out, char separator) {
    static const char *const names[COLUMNS] = {"指标", "地区", "数据日期", "数值", "单位", "序号"};
    size_t columns[COLUMNS], rows[FIGURES];
    const char *day = days[chance(6)];
    shuffle(columns, COLUMNS);
    shuffle(rows, FIGURES);
    for (size_t i = 0; i < COLUMNS; i++) {
        write_separated(out, i == 0, separator);
        buffer_add_text(out, names[columns[i]]);
        if (columns[i] == 3 && chance(2)) buffer_add_text(out, "（公里）");
    }
    buffer_add_text(out, "\r\n");
    for (size_t row = 0; row < FIGURES; row++) {
        if (tenths[rows[row]] < 0 && chance(2)) continue; /* nothing to report there: the row may be gone */
        for (size_t i = 0; i < COLUMNS; i++) {
            write_separated(out, i == 0, separator);
            write_long_cell(out, columns[i], rows[row], day, separator);
        }
        buffer_add_text(out, "\r\n");
        if (chance(4) == 0) buffer_add_text(out, "\r\n");
    }
}

/* --- one column a county, or a target --- */

static void write_wide(struct buffer *out, bool by_area, char separator) {
    size_t count = by_area ? AREAS : TARGETS, others = by_area ? TARGETS : AREAS, columns[TARGETS + 2], rows[TARGETS];
    const char *day = days[chance(6)];
    shuffle(columns, count + 2);
    shuffle(rows, others);
    for (size_t i = 0; i < count + 2; i++) {
        write_separated(out, i == 0, separator);
        if (columns[i] < count)
            buffer_add_text(out, by_area ? areas[columns[i]].names[chance(4)] : targets[columns[i]].names[chance(3)]);
        else
            buffer_add_text(out, columns[i] == count ? (by_area ? "指标" : "地区") : "数据日期");
        if (columns[i] < count && chance(2)) buffer_add_text(out, "(公里)");
    }
    buffer_add_text(out, "\n");
    for (size_t row = 0; row < others; row++) {
        for (size_t i = 0; i < count + 2; i++) {
            size_t figure = by_area ? rows[row] * AREAS + columns[i] : columns[i] * AREAS + rows[row];
            write_separated(out, i == 0, separator);
            if (columns[i] == count)
                buffer_add_text(out, by_area ? targets[rows[row]].names[chance(3)] : areas[rows[row]].names[chance(4)]);
            else if (columns[i] > count)
                buffer_add_text(out, day);
            else if (tenths[figure] >= 0)
                write_number(out, tenths[figure], separator);
            else if (chance(2))
                buffer_add_text(out, chance(2) ? "-" : "/");
        }
        buffer_add_text(out, "\n");
    }
}

/* --- what was taken --- */

static void expect_figures(const struct paper_fixture *f, const char *text) {
    bool seen[FIGURES] = {false};
    cr_assert_eq(f->verdict.whole.code, REFUSAL_NONE, "%s\n%s", f->verdict.whole.reason, text);
    for (size_t i = 0; i < f->verdict.outcome_count; i++) {
        const struct outcome *outcome = &f->verdict.outcomes[i];
        const struct event *event = &outcome->event;
        cr_assert_neq(outcome->kind, OUTCOME_REFUSED, "%s\n%s", outcome->reading.refusal.reason, text);
        if (outcome->kind != OUTCOME_EVENT) continue;
        size_t figure = 0;
        while (figure < FIGURES && !(slice_is(event->target, targets[figure / AREAS].code) &&
                                     slice_is(event->area, areas[figure % AREAS].code)))
            figure++;
        cr_assert_lt(figure, FIGURES, "%s", text);
        cr_assert_not(seen[figure], "%s", text);
        seen[figure] = true;
        struct decimal wanted = {tenths[figure], 1};
        cr_assert_eq(decimal_compare(event->figure.value, wanted), 0, "figure %zu\n%s", figure, text);
        cr_assert_eq(event->as_of.n, day_of("2021-06-30").n, "%s", text);
    }
    for (size_t i = 0; i < FIGURES; i++)
        cr_assert_eq(seen[i], tenths[i] >= 0, "figure %zu\n%s", i, text);
}

Test(shapes, no_way_of_drawing_a_table_changes_a_figure, .timeout = 240) {
    static const char separators[] = {',', '\t', ';'};
    static const char *const mappings[] = {"{unit: 公里}", "{layout: wide-area, unit: 公里}",
                                           "{layout: wide-target, unit: 公里}"};
    struct paper_fixture f;
    state = 20211124;
    for (size_t shape = 0; shape < 3; shape++) {
        paper_fixture_open(&f, mappings[shape], "2021-07-02");
        for (int round = 0; round < 100; round++) {
            char separator = separators[chance(3)];
            struct buffer text = {0};
            if (chance(3) == 0) buffer_add_text(&text, "\xef\xbb\xbf");
            write_titles(&text);
            if (shape == 0)
                write_long(&text, separator);
            else
                write_wide(&text, shape == 1, separator);
            if (chance(2)) buffer_add_text(&text, "填表人：张三\n");
            paper_fixture_judge_bytes(&f, buffer_text(&text), text.len);
            expect_figures(&f, buffer_text(&text));
            buffer_finish(&text);
        }
        paper_fixture_close(&f);
    }
}

/* Many areas: rolled up by their codes, and small enough to be sent. */
#include <zlib.h>

#include "common/base/buffer.h"
#include "services/board/document_level.h"
#include "tests/unit/board/facts_scene.h"

enum { TARGETS = 59, COUNTRY = 2843, PROVINCE = 183 };

/* Counties as a country has them: in 31 provinces, each with cities of some nine counties. */
static void country(size_t counties, const char *only, struct buffer *out) {
    static const char *const codes[] = {"11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33",
                                        "34", "35", "36", "37", "41", "42", "43", "44", "45", "46", "50",
                                        "51", "52", "53", "54", "61", "62", "63", "64", "65"};
    enum { PROVINCES = sizeof codes / sizeof *codes, IN_CITY = 9 };
    buffer_add_text(out, "programme: bench\ntitle: bench\ncity: {code: \"100000\", name: 全国}\nareas:\n");
    for (size_t i = 0; i < counties; i++) {
        size_t place = only ? i : i / PROVINCES;
        buffer_printf(out, "  - {code: \"%s%02zu%02zu\", name: 县%zu}\n", only ? only : codes[i % PROVINCES],
                      place / IN_CITY + 1, place % IN_CITY + 1, i);
    }
    buffer_add_text(out, "units: [{name: 部门}]\ntasks:\n");
    for (int t = 1; t <= TARGETS; t++) {
        if (t % 3 == 1) buffer_printf(out, "  - code: T%02d\n    title: 任务%d\n    leads: [部门]\n    targets:\n", t, t);
        buffer_printf(out, "      - {code: T%02d.%d, name: 指标%d, unit: 公里, kind: latest, value: 100, opening: 0, due: 2021-12-31}\n",
                      t - (t - 1) % 3, t, t);
    }
}

/* A tenth of the cells red, a fifth yellow, some silent: as uneven as a real morning. */
static void colour(struct scene *scene) {
    static const enum light lights[] = {LIGHT_RED,  LIGHT_YELLOW, LIGHT_YELLOW, LIGHT_BLUE, LIGHT_BLUE,
                                        LIGHT_BLUE, LIGHT_BLUE,   LIGHT_GREEN,  LIGHT_GREY, LIGHT_BLUE};
    unsigned random = 20210101;
    for (size_t i = 0; i < scene->plan->cell_count; i++) {
        struct assessment *cell = &scene->facts.view.cells[i];
        random = random * 1103515245 + 12345;
        cell->light = cell->proposed = cell->computed_light = lights[random >> 16 & 0x7fff ? (random >> 16) % 10 : 0];
        cell->report_state = cell->light == LIGHT_GREY ? REPORT_MISSING : REPORT_ON_TIME;
    }
}

static void country_scene(struct scene *scene, size_t counties, const char *only) {
    CLEAN(buffer_finish) struct buffer text = {0};
    country(counties, only, &text);
    scene_init(scene, buffer_text(&text), "2021-11-08T08:30:00+08:00");
    colour(scene);
}

static size_t packed(const json_t *document, size_t *plain) {
    char *text = json_dumps(document, JSON_COMPACT);
    *plain = strlen(text);
    uLongf len = compressBound(*plain);
    unsigned char *out = malloc(len);
    cr_assert_eq(compress2(out, &len, (const unsigned char *)text, *plain, 9), Z_OK);
    free(out);
    free(text);
    return len;
}

static size_t marks_of(const json_t *document) {
    size_t marks = 0, i;
    json_t *area;
    json_array_foreach(json_object_get(document, "areas"), i, area)
        marks += json_array_size(json_object_get(area, "marks"));
    return marks;
}

Test(level, a_country_is_shown_by_province_with_one_mark_a_county, .timeout = 120) {
    CLEAN(scene_finish) struct scene scene;
    size_t plain, small;
    country_scene(&scene, COUNTRY, NULL);
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &office, NULL);
    small = packed(document, &plain);
    cr_expect_str_eq(said(document, "level"), "province");
    cr_expect_eq(json_array_size(json_object_get(document, "areas")), 1 + 31);
    cr_expect_eq(marks_of(document), COUNTRY);
    cr_expect_str_eq(said(document, "areas.1.name"), "北京市");
    cr_expect_str_eq(said(document, "areas.1.marks.0"), "red", "worst first");
    cr_expect_str_eq(said(document, "tasks.0.cells"), "[]");
    cr_expect_leq(small, 40 * 1024, "%zu bytes, %zu compressed", plain, small);
    CLEAN(json_drop) json_t *sichuan =
        made(document_overview, &scene, &office, &(struct document_request){.under = "51"});
    cr_expect_str_eq(said(sichuan, "level"), "city");
    cr_expect_eq(marks_of(sichuan), COUNTRY / 31, "%zu", marks_of(sichuan));
    CLEAN(json_drop) json_t *city =
        made(document_overview, &scene, &office, &(struct document_request){.under = "5101"});
    cr_expect_str_eq(said(city, "level"), "county");
    cr_expect_eq(json_array_size(json_object_get(city, "areas")), 1 + 9);
    cr_expect_str_eq(said(city, "areas.1.marks"), "");
}

Test(level, a_province_is_shown_by_city, .timeout = 60) {
    CLEAN(scene_finish) struct scene scene;
    size_t plain, small;
    country_scene(&scene, PROVINCE, "51");
    CLEAN(json_drop) json_t *document = made(document_overview, &scene, &office, NULL);
    small = packed(document, &plain);
    cr_expect_str_eq(said(document, "level"), "city");
    cr_expect_eq(json_array_size(json_object_get(document, "areas")), 1 + 21);
    cr_expect_eq(marks_of(document), PROVINCE);
    cr_expect_leq(small, 40 * 1024, "%zu bytes, %zu compressed", plain, small);
}

Test(level, sixty_areas_are_shown_as_they_are_and_one_more_is_rolled_up) {
    static const struct {
        size_t counties;
        const char *word;
    } rows[] = {{60, "county"}, {61, "city"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CLEAN(scene_finish) struct scene scene;
        country_scene(&scene, rows[i].counties, "51");
        CLEAN(json_drop) json_t *document = made(document_overview, &scene, &office, NULL);
        cr_expect_str_eq(said(document, "level"), rows[i].word);
    }
}

/* A list of one target in a whole country comes in pages, worst first, each row once. */
Test(level, lists_come_in_pages_of_sixty, .timeout = 60) {
    CLEAN(scene_finish) struct scene scene;
    country_scene(&scene, PROVINCE, "51");
    char after[64] = "";
    size_t rows = 0, pages = 0, rank = 1;
    do {
        CLEAN(json_drop) json_t *document =
            made(document_task, &scene, &office, &(struct document_request){.code = "T01", .after = *after ? after : NULL});
        json_t *cells = json_object_get(document, "cells"), *cell;
        size_t i;
        json_array_foreach(cells, i, cell)
            cr_assert_eq(json_integer_value(json_object_get(cell, "rank")), (json_int_t)rank++);
        rows += json_array_size(cells);
        pages++;
        const char *next = said(document, "next"), *at = strstr(next, "after=");
        if (pages == 1) cr_expect_str_eq(said(document, "cells.0.lamp"), "red");
        *after = '\0';
        if (at) { /* /api/v1/tasks/T01?after=T01.2%2F510305 */
            char target[24], area[24];
            cr_assert_eq(sscanf(at, "after=%23[^%]%%2F%23[0-9]", target, area), 2, "%s", next);
            snprintf(after, sizeof after, "%s/%s", target, area);
        }
    } while (*after && pages < 20);
    cr_expect_eq(rows, 3 * PROVINCE);
    cr_expect_eq(pages, (3 * PROVINCE + 59) / 60);
}

Test(level, a_page_that_is_gone_says_so) {
    CLEAN(scene_finish) struct scene scene;
    struct error err = {0};
    country_scene(&scene, 3, "51");
    struct document_request request = {.code = "T01", .after = "T01.1/999999"};
    cr_expect_null(document_task(&scene.facts, &office, &request, &err));
    cr_expect_eq(err.code, ERROR_USAGE);
    cr_expect_str_eq(err.place, "after");
}
